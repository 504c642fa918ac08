"""Reading what was removed each night."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.retention.models import RetentionRun

MOST_LINES = 200


@dataclass(frozen=True)
class Total:
    """How much of one kind was removed in the year that is kept, and when it was looked at last."""

    removed: int
    last_at: datetime


def totals(session: Session) -> dict[str, Total]:
    """Return the total of each kind by its key; a kind that was never looked at is not in it."""
    last = func.max(RetentionRun.run_at, type_=RetentionRun.run_at.type)
    rows = session.execute(
        select(RetentionRun.kind, func.sum(RetentionRun.removed), last).group_by(RetentionRun.kind)
    ).all()
    return {kind: Total(int(removed), last_at) for kind, removed, last_at in rows}


def removals(session: Session) -> Sequence[RetentionRun]:
    """Return what was removed, by day from the newest and then by kind; nights that removed nothing are left out."""
    query = select(RetentionRun).where(RetentionRun.removed > 0)
    return session.scalars(query.order_by(RetentionRun.run_on.desc(), RetentionRun.kind).limit(MOST_LINES)).all()
