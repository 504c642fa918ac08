"""The rulings an editor looks for, and what was in one before."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from helpdesk.accounts.models import User
from helpdesk.core.paging import Page
from helpdesk.rulings.models import (
    Ruling,
    RulingChange,
    RulingState,
    state_of,
)

PER_PAGE = 50
MOST_CHANGES = 20


@dataclass(frozen=True, kw_only=True)
class RulingFilter:
    """What the editors' list is limited to; `text` is a number, an ECLI or an address, or a part of one."""

    text: str = ""
    court: str | None = None
    state: RulingState | None = None


@dataclass(frozen=True)
class ListedRuling:
    """One ruling in the editors' list."""

    slug: str
    court: str
    number: str
    decided_on: date
    keywords: str
    state: RulingState
    updated_at: datetime


@dataclass(frozen=True)
class PastChange:
    """What was before a change: who changed it (None for a command), when, and the old values by field."""

    act: str
    before: dict[str, Any]
    by: str | None
    changed_at: datetime


def rulings_page(session: Session, wanted: RulingFilter, *, number: int) -> Page[ListedRuling]:
    """Return one page of the rulings an editor looks for, decided last first."""
    conditions = _conditions(wanted)
    total = session.scalar(select(func.count()).select_from(Ruling).where(*conditions)) or 0
    rows = session.execute(
        select(
            Ruling.slug,
            Ruling.court,
            Ruling.number,
            Ruling.decided_on,
            Ruling.keywords,
            Ruling.published_at,
            Ruling.withdrawn_reason,
            Ruling.updated_at,
        )
        .where(*conditions)
        .order_by(Ruling.decided_on.desc(), Ruling.slug)
        .offset((number - 1) * PER_PAGE)
        .limit(PER_PAGE)
    )
    items = [
        ListedRuling(
            slug=row.slug,
            court=row.court,
            number=row.number,
            decided_on=row.decided_on,
            keywords=row.keywords,
            state=state_of(row.published_at, row.withdrawn_reason),
            updated_at=row.updated_at,
        )
        for row in rows
    ]
    return Page(items, number, PER_PAGE, total)


def changes_of(session: Session, ruling_id: int) -> list[PastChange]:
    """Return the last changes of a ruling, newest first, at most twenty."""
    query = (
        select(RulingChange, User.display_name)
        .outerjoin(User, User.id == RulingChange.changed_by_id)
        .where(RulingChange.ruling_id == ruling_id)
        .order_by(RulingChange.id.desc())
        .limit(MOST_CHANGES)
    )
    return [PastChange(change.act, change.before, name, change.changed_at) for change, name in session.execute(query)]


def _conditions(wanted: RulingFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.court:
        conditions.append(Ruling.court == wanted.court)
    if wanted.state is RulingState.PUBLISHED:
        conditions.append(Ruling.published_at.is_not(None))
    elif wanted.state is not None:
        conditions.append(Ruling.published_at.is_(None))
        is_withdrawn = wanted.state is RulingState.WITHDRAWN
        conditions.append(Ruling.withdrawn_reason.is_not(None) if is_withdrawn else Ruling.withdrawn_reason.is_(None))
    if wanted.text:
        bare = wanted.text.replace(".", "").replace(" ", "")  # 246.433 is kept as RVV:246433
        conditions.append(
            or_(
                Ruling.number_normal.contains(wanted.text.upper(), autoescape=True),
                Ruling.number_normal.contains(bare.upper(), autoescape=True),
                Ruling.ecli.contains(wanted.text.upper(), autoescape=True),
                Ruling.slug.contains(wanted.text.lower(), autoescape=True),
            )
        )
    return conditions
