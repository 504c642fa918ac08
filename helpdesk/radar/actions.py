"""Putting things on the radar away and taking them back; never commits."""

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from helpdesk.core import audit
from helpdesk.core.errors import Rejected
from helpdesk.radar import rules
from helpdesk.radar.models import PutAway
from helpdesk.radar.rules import Sign


def put_away(session: Session, sign: Sign, reason: str, *, by: int, now: datetime) -> PutAway:
    """Note that an editor finds nothing has to be done, with why; what was put away before is replaced.

    Raises:
        Rejected: the reason is empty, too long, or points at a person.
    """
    problems = rules.reason_problems(reason)
    if problems:
        raise Rejected(problems)
    found = session.scalar(_of(sign))
    if found is None:
        found = PutAway(kind=sign.kind.value, subject=sign.subject)
        try:
            with session.begin_nested():
                _fill(found, sign, reason, by=by, now=now)
                session.add(found)
        except IntegrityError:  # a colleague put the same away at the same moment
            found = session.scalars(_of(sign)).one()
    _fill(found, sign, reason, by=by, now=now)
    audit.note(session, "radar.put_away", subject_id=f"{sign.kind}:{sign.subject}"[:200], by=by, at=now)
    session.flush()
    return found


def take_back(session: Session, found: PutAway, *, by: int, now: datetime) -> None:
    """Show something again that was put away."""
    audit.note(session, "radar.taken_back", subject_id=f"{found.kind}:{found.subject}"[:200], by=by, at=now)
    session.delete(found)
    session.flush()


def _of(sign: Sign) -> Select[PutAway]:
    return select(PutAway).where(PutAway.kind == sign.kind.value, PutAway.subject == sign.subject)


def _fill(found: PutAway, sign: Sign, reason: str, *, by: int, now: datetime) -> None:
    found.evidence = sorted(sign.evidence)
    found.reason, found.put_away_by_id, found.put_away_at = reason.strip(), by, now
