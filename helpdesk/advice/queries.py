"""Reading the log of the helpdesk: the free text of a record is read by who recorded it, codes by who counts."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, case, func, null, select
from sqlalchemy.orm import Session

from helpdesk.accounts.models import User
from helpdesk.advice.models import (
    Advice,
    AdviceChange,
    AdvicePerson,
    AdviceTheme,
    CallerPreset,
    SavedDraft,
    Snippet,
)
from helpdesk.advice.rules import TRACES_CONFIRMED, CallerCodes, corrected_by
from helpdesk.core.audit import AuditEntry
from helpdesk.core.clock import BRUSSELS
from helpdesk.core.paging import Page
from helpdesk.core.references import ADVICE
from helpdesk.core.roles import Role
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.search.queries import find_documents
from helpdesk.texts.models import TextKind
from helpdesk.texts.queries import find_text
from jurisprudence.search.results import Document, Kind

PER_PAGE = 50
EXCERPT_LENGTH = 140
AT_A_TIME = 500  # rows whose themes are read in one statement
MOST_DIGITS = 10  # of a number of advice


@dataclass(frozen=True, kw_only=True)
class AdviceFilter:
    """Which advice to list; None is no limit. The period includes both days; `nodes` are a theme and all below it.

    `residence_situation` is that of any person the advice is about.
    """

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


def may_record(session: Session, user_id: int) -> bool:
    """Tell whether this colleague is still at the helpdesk, so that what comes under their seal may be kept."""
    user = session.get(User, user_id)
    return user is not None and user.is_active and not user.roles.isdisjoint({Role.JURIST, Role.COORDINATOR})


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
    nodes = nodes_of(session, [row.id for row in rows])
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
    """A draft that waits to be finished: its key, how the question begins, and when it was saved last.

    `corrects` is the advice that it corrects, None of new advice.
    """

    key: str
    corrects: int | None
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
            corrects=corrected_by(draft.fields),
            opening=next(iter(draft.fields.get("question", [])), "")[:EXCERPT_LENGTH],
            saved_at=draft.saved_at,
        )
        for draft in session.scalars(query)
    ]


@dataclass(frozen=True, kw_only=True)
class FoundSource:
    """Something an advice can rest on, as it is now; a text has a version."""

    document_id: str
    title: str
    address: str
    version: int | None


def find_sources(
    session: Session, document_ids: Sequence[str], *, owner: int, vocabulary: Vocabulary
) -> list[FoundSource]:
    """Return public documents and own advice by id, in the order asked; what is not there is left out."""
    texts = {kind.value for kind in TextKind}
    public = [one for one in document_ids if one.partition("/")[0] in {*texts, Kind.RULING.value}]
    documents = find_documents(session, public, vocabulary)
    found = []
    for document_id in document_ids:
        kind, _, slug = document_id.partition("/")
        if document_id in documents:
            document = documents[document_id]
            live = find_text(session, TextKind(kind), slug) if kind in texts else None
            version = live.version.number if live else None
            found.append(
                FoundSource(
                    document_id=document_id, title=document.title[:300], address=document.address, version=version
                )
            )
        elif kind == ADVICE and slug.isascii() and slug.isdigit() and len(slug) < MOST_DIGITS:
            given_on = session.scalar(
                select(Advice.given_on).where(Advice.id == int(slug), Advice.recorded_by_id == owner)
            )
            if given_on is not None:
                title = f"Advies {slug} van {given_on:%d-%m-%Y}"
                address = f"/helpdesk/adviezen/{slug}"
                found.append(FoundSource(document_id=document_id, title=title, address=address, version=None))
    return found


def last_change(session: Session, *, owner: int) -> int:
    """Return the number of the newest change of a jurist's own advice, 0 when there is none."""
    query = select(func.coalesce(func.max(AdviceChange.id), 0)).where(AdviceChange.owner_id == owner)
    return session.scalar(query) or 0


def own_advice_total(session: Session, *, owner: int) -> int:
    """Count a jurist's own advice."""
    return session.scalar(select(func.count()).select_from(Advice).where(Advice.recorded_by_id == owner)) or 0


def jurists_with_changes(session: Session) -> list[int]:
    """Return the users that have an index of own advice, by id."""
    return list(session.scalars(select(AdviceChange.owner_id).distinct().order_by(AdviceChange.owner_id)))


def changes_after(session: Session, number: int, *, owner: int) -> list[int | None]:
    """Return the advice that changed after a number, each once; None stands for all of it."""
    query = (
        select(AdviceChange.advice_id)
        .where(AdviceChange.owner_id == owner, AdviceChange.id > number)
        .order_by(AdviceChange.id)
    )
    return list(dict.fromkeys(session.scalars(query)))


def own_documents(
    session: Session, *, owner: int, vocabulary: Vocabulary, ids: Sequence[int] | None = None
) -> list[Document]:
    """Return a jurist's own advice as the index receives it, by number; what has no text any more is left out."""
    query = select(Advice.id, Advice.question, Advice.answer, Advice.given_on).where(
        Advice.recorded_by_id == owner, Advice.question != ""
    )
    if ids is not None:
        query = query.where(Advice.id.in_(ids))
    rows = session.execute(query.order_by(Advice.id)).all()
    themes: dict[int, tuple[str, ...]] = {}
    for place in range(0, len(rows), AT_A_TIME):
        themes |= nodes_of(session, [row.id for row in rows[place : place + AT_A_TIME]])
    return [
        Document(
            id=f"{ADVICE}/{row.id}",
            kind=Kind.PAGE,
            address=f"/helpdesk/adviezen/{row.id}",
            title=row.question[:EXCERPT_LENGTH],
            summary=row.question,
            text=row.answer,
            keywords=tuple(vocabulary.themes.title(node) for node in themes.get(row.id, ())),
            themes=themes.get(row.id, ()),
            dated_on=row.given_on,
        )
        for row in rows
    ]


def scope_exceptions(session: Session, wanted: AdviceFilter) -> int:
    """Count the listed advice that went by e-mail although its theme does not allow it."""
    conditions = [*_conditions(wanted), Advice.scope_exception.is_not(None)]
    return session.scalar(select(func.count()).select_from(Advice).where(*conditions)) or 0


def same_questions(
    session: Session, entries: Collection[tuple[date, str]], *, recorded_by: int
) -> set[tuple[date, str]]:
    """Return which of these days and questions this colleague recorded before."""
    days = sorted({day for day, _ in entries})
    found: set[tuple[date, str]] = set()
    for place in range(0, len(days), AT_A_TIME):
        query = select(Advice.given_on, Advice.question).where(
            Advice.recorded_by_id == recorded_by, Advice.given_on.in_(days[place : place + AT_A_TIME])
        )
        found |= {(row.given_on, row.question) for row in session.execute(query)}
    return found & set(entries)


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


def traces_confirmed(session: Session, *, first_on: date, last_on: date) -> int:
    """Count how often, in a period of Brussels days, someone confirmed that what looked like a person points at nobody.

    Each record and each correction counts once. How many words, which ones and in whose advice is not told.
    """
    begin = datetime.combine(first_on, time(), tzinfo=BRUSSELS)
    end = datetime.combine(last_on + timedelta(days=1), time(), tzinfo=BRUSSELS)
    query = select(func.count()).where(
        AuditEntry.act == TRACES_CONFIRMED, AuditEntry.noted_at >= begin, AuditEntry.noted_at < end
    )
    return session.scalar(query) or 0


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
        Advice.recorded_by_id: wanted.recorded_by,
    }
    conditions: list[ColumnElement[bool]] = [column == value for column, value in equal.items() if value is not None]
    if wanted.first_on is not None:
        conditions.append(Advice.given_on >= wanted.first_on)
    if wanted.last_on is not None:
        conditions.append(Advice.given_on <= wanted.last_on)
    if wanted.residence_situation is not None:
        others = select(AdvicePerson.advice_id).where(AdvicePerson.residence_situation == wanted.residence_situation)
        conditions.append((Advice.residence_situation == wanted.residence_situation) | Advice.id.in_(others))
    if wanted.nodes:
        conditions.append(Advice.id.in_(select(AdviceTheme.advice_id).where(AdviceTheme.node.in_(wanted.nodes))))
    return conditions


def nodes_of(session: Session, advice_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Return the themes of each advice, the main theme first; what has none is left out."""
    rows = session.execute(
        select(AdviceTheme.advice_id, AdviceTheme.node)
        .where(AdviceTheme.advice_id.in_(advice_ids))
        .order_by(AdviceTheme.advice_id, AdviceTheme.position)
    ).all()
    nodes: dict[int, tuple[str, ...]] = {}
    for advice_id, node in rows:
        nodes[advice_id] = (*nodes.get(advice_id, ()), node)
    return nodes
