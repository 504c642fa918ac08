"""Removing what is kept long enough, and noting how much of it; never commits."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete
from sqlalchemy.orm import Session

from helpdesk.accounts import actions as accounts
from helpdesk.advice import actions as advice
from helpdesk.aftercare import actions as aftercare
from helpdesk.alerts import actions as alerts
from helpdesk.core import mail
from helpdesk.core.clock import brussels_date
from helpdesk.core.mail import Folder
from helpdesk.newsletters import actions as newsletters
from helpdesk.retention import rules
from helpdesk.retention.models import RetentionRun
from helpdesk.visits import actions as visits

Removed = Mapping[str, int]
"""How much was removed, by key of a rules.Period."""


@dataclass(frozen=True)
class Scope:
    """What the periods depend on: the months that free text is kept, and where mails lie as files."""

    advice_text_months: int
    mail_dir: Path


def _free_text(session: Session, scope: Scope, now: datetime) -> Removed:
    removed = aftercare.remove_old_text(session, months=scope.advice_text_months, now=now)
    return {"advice_text": removed.advice, "corrections": removed.revisions}


def _helpdesk(session: Session, _scope: Scope, now: datetime) -> Removed:
    return {
        "call_backs": aftercare.forget_call_backs(session, now=now),
        "drafts": advice.forget_old_drafts(session, now=now),
    }


def _logins(session: Session, _scope: Scope, now: datetime) -> Removed:
    return {
        "failed_logins": accounts.forget_failed_logins(session, now=now),
        "sessions": accounts.forget_sessions(session, now=now),
        "mailed_links": accounts.forget_links(session, now=now),
    }


def _visits(session: Session, _scope: Scope, now: datetime) -> Removed:
    today = brussels_date(now)
    return {
        "visitors": visits.forget_visitors(session, before=today),
        "rare_searches": visits.forget_rare_searches(session, today=today),
        "empty_pages": visits.forget_empty_pages(session),
        "remarks": visits.forget_remarks(session, today=today),
    }


def _follows(session: Session, _scope: Scope, now: datetime) -> Removed:
    gone = alerts.forget(session, now=now)
    return {"unconfirmed_follows": gone.follows, "followers": gone.followers, "follow_attempts": gone.attempts}


def _readers(session: Session, _scope: Scope, now: datetime) -> Removed:
    return {"readers": newsletters.forget(session, now=now)}


def _mails(_session: Session, scope: Scope, now: datetime) -> Removed:
    return {"mail_files": Folder(scope.mail_dir).forget(before=now - mail.LETTERS_KEPT)}


def _runs(session: Session, _scope: Scope, now: datetime) -> Removed:
    old = RetentionRun.run_on < brussels_date(now - rules.RUNS_KEPT)
    return {"runs": len(session.execute(delete(RetentionRun).where(old).returning(RetentionRun.kind)).all())}


JOBS: Mapping[str, Callable[[Session, Scope, datetime], Removed]] = {
    "free_text": _free_text,
    "helpdesk": _helpdesk,
    "logins": _logins,
    "visits": _visits,
    "follows": _follows,
    "readers": _readers,
    "mails": _mails,
    "runs": _runs,
}
"""What removes, by name; each is a transaction of its own, so that one that fails stops no other."""


def remove(session: Session, job: str, scope: Scope, *, now: datetime) -> Removed:
    """Remove what one job finds over its time, note how much of it, and return that."""
    removed = JOBS[job](session, scope, now)
    today = brussels_date(now)
    for kind, count in removed.items():
        run = session.get(RetentionRun, (kind, today))
        if run is None:
            session.add(RetentionRun(kind=kind, run_on=today, removed=count, run_at=now))
        else:
            run.removed, run.run_at = run.removed + count, now
    session.flush()
    return removed
