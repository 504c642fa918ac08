"""Reading the log of the helpdesk: the free text of a record is read by who recorded it, codes by who counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, case, exists, func, null, select
from sqlalchemy.orm import Session

from helpdesk.advice.models import Advice, AdviceTheme, CallerPreset, SavedDraft, Snippet
from helpdesk.advice.rules import CallerCodes
from helpdesk.core.errors import NotFound
from helpdesk.core.paging import Page

PER_PAGE = 50
EXCERPT_LENGTH = 140


@dataclass(frozen=True, kw_only=True)
class AdviceFilter:
    """Which advice to list; None is no limit. The period includes both days; `nodes` are a theme and all below it."""

    first_on: date | None = None
    last_on: date | None = None
    region: str | None = None
    category: str | None = None
    sector: str | None = None
    channel: str | None = None
    residence_situation: str | None = None
    nodes: tuple[str, ...] = ()
    recorded_by: int | None = None


@dataclass(frozen=True, kw_only=True)
class AdviceRow:
    """One line of the list. `excerpt` opens the question; None when a colleague recorded it."""

    id: int
    given_on: date
    channel: str
    region: str
    category: str
    sector: str | None
    residence_situation: str
    nationality: str
    outcome: str
    time_spent_minutes: int
    recorded_by_id: int
    excerpt: str | None
    nodes: tuple[str, ...]  # the main theme first


def get_own_advice(session: Session, advice_id: int, *, recorded_by: int) -> Advice:
    """Return a record this colleague made. Raises NotFound, also when a colleague made it."""
    advice = session.scalar(select(Advice).where(Advice.id == advice_id, Advice.recorded_by_id == recorded_by))
    if advice is None:
        raise NotFound("Dit advies bestaat niet, of een collega heeft het genoteerd.")
    return advice


def advice_page(session: Session, wanted: AdviceFilter, *, number: int, with_text_of: int) -> Page[AdviceRow]:
    """Return one page of fifty, newest advice first; a number past the end gives the last page.

    Only the rows recorded by the colleague `with_text_of` carry the opening of the question.
    """
    conditions = _conditions(wanted)
    total = session.scalar(select(func.count()).select_from(Advice).where(*conditions)) or 0
    last = max(1, -(-total // PER_PAGE))
    number = min(number, last)
    rows = session.execute(
        select(
            Advice.id,
            Advice.given_on,
            Advice.channel,
            Advice.caller_region,
            Advice.caller_category,
            Advice.caller_sector,
            Advice.residence_situation,
            Advice.nationality,
            Advice.outcome,
            Advice.time_spent_minutes,
            Advice.recorded_by_id,
            _excerpt(with_text_of),
        )
        .where(*conditions)
        .order_by(Advice.given_on.desc(), Advice.id.desc())
        .limit(PER_PAGE)
        .offset((number - 1) * PER_PAGE)
    ).all()
    nodes = _nodes_of(session, [row.id for row in rows])
    items = [
        AdviceRow(
            id=row.id,
            given_on=row.given_on,
            channel=row.channel,
            region=row.caller_region,
            category=row.caller_category,
            sector=row.caller_sector,
            residence_situation=row.residence_situation,
            nationality=row.nationality,
            outcome=row.outcome,
            time_spent_minutes=row.time_spent_minutes,
            recorded_by_id=row.recorded_by_id,
            excerpt=row.excerpt,
            nodes=nodes.get(row.id, ()),
        )
        for row in rows
    ]
    return Page(items=items, number=number, per_page=PER_PAGE, total=total)


@dataclass(frozen=True, kw_only=True)
class OpenDraft:
    """A draft that waits to be finished: its key, how the question begins, and when it was saved last."""

    key: str
    opening: str
    saved_at: datetime


def find_draft(session: Session, key: str, *, owner: int) -> SavedDraft | None:
    """Return a draft of this colleague, finished or not; None also when it is someone else's."""
    return session.scalar(select(SavedDraft).where(SavedDraft.key == key, SavedDraft.owner_id == owner))


def open_drafts(session: Session, *, owner: int) -> list[OpenDraft]:
    """Return the drafts of a colleague that are not recorded yet, the one saved last first."""
    query = (
        select(SavedDraft)
        .where(SavedDraft.owner_id == owner, SavedDraft.advice_id.is_(None))
        .order_by(SavedDraft.saved_at.desc(), SavedDraft.key)
    )
    return [
        OpenDraft(
            key=draft.key,
            opening=next(iter(draft.fields.get("question", [])), "")[:EXCERPT_LENGTH],
            saved_at=draft.saved_at,
        )
        for draft in session.scalars(query)
    ]


def find_last_caller(session: Session, *, recorded_by: int) -> CallerCodes | None:
    """Return the codes of the caller this colleague recorded last, None before the first."""
    row = session.execute(
        select(Advice.caller_category, Advice.caller_sector, Advice.caller_region)
        .where(Advice.recorded_by_id == recorded_by)
        .order_by(Advice.recorded_at.desc(), Advice.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    return CallerCodes(caller_category=row[0], caller_sector=row[1], caller_region=row[2])


def presets(session: Session, *, owner: int) -> list[CallerPreset]:
    """Return the presets of a colleague, by name."""
    query = select(CallerPreset).where(CallerPreset.owner_id == owner)
    return list(session.scalars(query.order_by(CallerPreset.name, CallerPreset.id)))


def snippets(session: Session, *, owner: int) -> list[Snippet]:
    """Return the snippets of a colleague, by name."""
    return list(session.scalars(select(Snippet).where(Snippet.owner_id == owner).order_by(Snippet.name, Snippet.id)))


def demo_advice_exists(session: Session, *, first_on: date, last_on: date) -> bool:
    """Tell whether any demo advice is dated in this period."""
    query = select(Advice.id).where(Advice.is_demo, Advice.given_on.between(first_on, last_on)).limit(1)
    return session.scalar(query) is not None


def _excerpt(with_text_of: int) -> ColumnElement[str | None]:
    opening = func.substr(Advice.question, 1, EXCERPT_LENGTH)
    return case((Advice.recorded_by_id == with_text_of, opening), else_=null()).label("excerpt")


def _conditions(wanted: AdviceFilter) -> list[ColumnElement[bool]]:
    equal = {
        Advice.caller_region: wanted.region,
        Advice.caller_category: wanted.category,
        Advice.caller_sector: wanted.sector,
        Advice.channel: wanted.channel,
        Advice.residence_situation: wanted.residence_situation,
        Advice.recorded_by_id: wanted.recorded_by,
    }
    conditions: list[ColumnElement[bool]] = [column == value for column, value in equal.items() if value is not None]
    if wanted.first_on is not None:
        conditions.append(Advice.given_on >= wanted.first_on)
    if wanted.last_on is not None:
        conditions.append(Advice.given_on <= wanted.last_on)
    if wanted.nodes:
        conditions.append(
            exists().where(AdviceTheme.advice_id == Advice.id, AdviceTheme.node.in_(wanted.nodes)).correlate(Advice)
        )
    return conditions


def _nodes_of(session: Session, advice_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    rows = session.execute(
        select(AdviceTheme.advice_id, AdviceTheme.node)
        .where(AdviceTheme.advice_id.in_(advice_ids))
        .order_by(AdviceTheme.advice_id, AdviceTheme.position)
    ).all()
    nodes: dict[int, tuple[str, ...]] = {}
    for advice_id, node in rows:
        nodes[advice_id] = (*nodes.get(advice_id, ()), node)
    return nodes
