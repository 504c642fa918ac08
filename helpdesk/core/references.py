"""The graph of references: which text, ruling or piece of advice relies on which article or ruling.

Who publishes or records something notes in the same transaction what it refers to, by normal form. Whether we hold the
target is looked up when somebody reads: a ruling that is added later is found without reading any text again.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, ForeignKey, Index, String, delete, select, update
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, Session, contains_eager, mapped_column, relationship

from helpdesk.core.db import Base
from jurisprudence.legislation import ArticleReference, article_order_key
from jurisprudence.references.found import Reference
from jurisprudence.references.recogniser import Recogniser

ADVICE = "advies"  # kind of source that the public never sees
RULING_ADDRESS = "/rechtspraak/nr/"
CONTEXT_BEFORE, CONTEXT_AFTER = 90, 110  # characters quoted around a reference


class Origin(StrEnum):
    """Who says that a source refers to a target. What is suppressed is never noted automatically again."""

    RECORD = "record"  # the source names it in a field: legal basis, articles of a ruling, rulings discussed
    AUTOMATIC = "automatic"  # recognised in the text
    EDITOR = "editor"
    SUPPRESSED = "suppressed"


class ReferenceSource(Base):
    """Something that refers: one row per document that is public now, or per piece of advice."""

    __tablename__ = "reference_source"

    id: Mapped[str] = mapped_column(
        String(300), primary_key=True
    )  # document id: thema/gh-belg, rechtspraak/…, advies/12
    kind: Mapped[str] = mapped_column(String(20), index=True)
    version: Mapped[int | None]
    address: Mapped[str] = mapped_column(String(300))
    title: Mapped[str] = mapped_column(String(300))
    dated_on: Mapped[date | None]


class NotedReference(Base):
    """One reference from a source to an article or a ruling, with the words around it."""

    __tablename__ = "reference"
    __table_args__ = (Index("ix_reference_law_number", "law", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[str] = mapped_column(ForeignKey("reference_source.id", ondelete="CASCADE"), index=True)
    target: Mapped[str] = mapped_column(String(120), index=True)  # VW:40ter, VW:48/2..48/9, VW, RVV:246433, ECLI:…
    precise: Mapped[str] = mapped_column(String(200))  # VW:40ter|§2|l1
    law: Mapped[str | None] = mapped_column(String(40))  # of an article: VW
    number: Mapped[str | None] = mapped_column(String(60))
    to_number: Mapped[str | None] = mapped_column(String(60))  # last article of a range
    decided_on: Mapped[date | None]  # of a ruling, when the source says so
    position: Mapped[int]  # characters from the start of the plain text; -1: in a field
    context: Mapped[str] = mapped_column(LongText)
    origin: Mapped[str] = mapped_column(String(12))

    source: Mapped[ReferenceSource] = relationship()

    @property
    def is_article(self) -> bool:
        """Tell whether the target is an article or a law, not a ruling."""
        return self.law is not None

    def covers(self, number: str) -> bool:
        """Tell whether an article of the same law is meant: it is the one named, or lies in the range."""
        if self.number is None or self.to_number is None:
            return self.number == number
        key = article_order_key(number)
        return bool(article_order_key(self.number) <= key <= article_order_key(self.to_number))


@dataclass(frozen=True, kw_only=True)
class Target:
    """What a source refers to, as it is noted."""

    target: str
    precise: str
    origin: Origin
    law: str | None = None
    number: str | None = None
    to_number: str | None = None
    decided_on: date | None = None
    position: int = -1
    context: str = ""


@dataclass(frozen=True, kw_only=True)
class Source:
    """What refers, as it is noted."""

    id: str
    kind: str
    address: str
    title: str
    version: int | None = None
    dated_on: date | None = None


def note(session: Session, source: Source, targets: Iterable[Target]) -> None:
    """Replace what a source says of itself and what was recognised in it; what an editor added or removed stays."""
    session.merge(ReferenceSource(**vars(source)))
    session.flush()
    session.execute(
        delete(NotedReference).where(
            NotedReference.source_id == source.id, NotedReference.origin.in_((Origin.RECORD, Origin.AUTOMATIC))
        )
    )
    kept = session.execute(
        select(NotedReference.target, NotedReference.origin).where(NotedReference.source_id == source.id)
    )
    removed = {target for target, origin in kept if origin == Origin.SUPPRESSED}
    rows = (one for one in targets if one.origin != Origin.AUTOMATIC or one.target not in removed)
    session.add_all(NotedReference(source_id=source.id, **vars(row)) for row in rows)
    session.flush()


def forget(session: Session, source_id: str) -> None:
    """Leave a source out of the graph: it is no longer public. What an editor removed is remembered."""
    session.execute(
        delete(NotedReference).where(NotedReference.source_id == source_id, NotedReference.origin != Origin.SUPPRESSED)
    )
    if session.scalar(select(NotedReference.id).where(NotedReference.source_id == source_id).limit(1)) is None:
        session.execute(delete(ReferenceSource).where(ReferenceSource.id == source_id))


def move(session: Session, old_id: str, new_id: str, *, address: str) -> None:
    """Let a source have another id and address, with all that is noted of it and what an editor removed."""
    old = session.get(ReferenceSource, old_id)
    if old is None:
        return
    session.merge(
        ReferenceSource(
            id=new_id, kind=old.kind, version=old.version, address=address, title=old.title, dated_on=old.dated_on
        )
    )
    session.flush()
    session.execute(update(NotedReference).where(NotedReference.source_id == old_id).values(source_id=new_id))
    session.delete(old)
    session.flush()


def rename(session: Session, old: str, old_date: date, new: str, new_date: date) -> None:
    """Let what names a ruling in a field follow its corrected number and date."""
    is_meant = (
        (NotedReference.origin == Origin.RECORD)
        & (NotedReference.target == old)
        & ((NotedReference.decided_on == old_date) | NotedReference.decided_on.is_(None))
    )
    session.execute(update(NotedReference).where(is_meant).values(target=new, precise=new, decided_on=new_date))


def suppress(session: Session, source_id: str, target: str) -> bool:
    """Remove a recognised reference for good, on the word of an editor; return whether there was one.

    What the source names in a field is changed there.
    """
    removable = NotedReference.origin.in_((Origin.AUTOMATIC, Origin.EDITOR))
    rows = list(session.scalars(select(NotedReference).where(_is(source_id, target), removable)))
    for row in rows[:1]:
        row.origin, row.context, row.position = Origin.SUPPRESSED, "", -1
    for row in rows[1:]:
        session.delete(row)
    return bool(rows)


def restore(session: Session, source_id: str, target: str) -> bool:
    """Undo `suppress`: the reference counts again as one an editor added."""
    row = session.scalar(
        select(NotedReference).where(_is(source_id, target), NotedReference.origin == Origin.SUPPRESSED)
    )
    if row is None:
        return False
    row.origin = Origin.EDITOR
    return True


def recognised(text: str, recogniser: Recogniser, *, leave_out: Collection[str] = ()) -> Iterator[Target]:
    """Give what a plain text refers to, each with its context; one line is one paragraph.

    `leave_out` are targets a source must not count: a ruling does not cite itself.
    """
    for found in recogniser.find(text, lines_are_paragraphs=True):
        if found.names_a_law and found.target not in leave_out:
            yield _target(found, text)


def places(text: str, recogniser: Recogniser) -> list[tuple[int, int, str]]:
    """Return where a paragraph refers to something that has an address, with that address.

    An article leads to its page, the first of a range for the range; a ruling to the address that finds it by its
    number (`RULING_ADDRESS`), because whether we hold it may change.
    """
    found = ((one, address_of(one)) for one in recogniser.find(text))
    return [(one.start, one.end, address) for one, address in found if address is not None]


def address_of(found: Reference) -> str | None:
    """Return where a recognised reference leads on this site; None for an article without a law."""
    if found.article is not None:
        return found.article.address
    if found.ecli is not None:
        return f"/ecli/{found.ecli}"
    if found.number is not None:
        court, _, number = found.normal.partition(":")
        return f"{RULING_ADDRESS}{court.lower()}/{number}"
    return None


def addresses(row: NotedReference) -> set[str]:
    """Return the addresses to which a text links what this row names."""
    if row.law is not None:
        slug = row.law.lower().replace("_", "-")
        return {f"/wetgeving/{slug}/{row.number}" if row.number else f"/wetgeving/{slug}"}
    if row.target.startswith("ECLI:"):
        return {f"/ecli/{row.target}"}
    court, _, number = row.target.partition(":")
    return {f"{RULING_ADDRESS}{court.lower()}/{number}"}


def normal_of(address: str) -> str | None:
    """Return the normal form of the ruling an address of `address_of` stands for; None when it is no ruling's."""
    if address.startswith("/ecli/"):
        return address.removeprefix("/ecli/")
    court, _, number = address.removeprefix(RULING_ADDRESS).partition("/")
    return f"{court.upper()}:{number}" if address.startswith(RULING_ADDRESS) and number else None


def named_articles(articles: Iterable[ArticleReference]) -> Iterator[Target]:
    """Give the articles, or whole laws, a source names in a field."""
    for article in articles:
        yield Target(
            target=article.normal,
            precise=article.precise,
            origin=Origin.RECORD,
            law=article.law.id,
            number=article.number,
            to_number=article.to,
        )


def references_of(session: Session, source_id: str) -> list[NotedReference]:
    """Return what a source refers to, in the order of its text."""
    query = select(NotedReference).where(NotedReference.source_id == source_id, _IS_ALIVE)
    return list(session.scalars(query.order_by(NotedReference.position, NotedReference.id)))


def suppressed_of(session: Session, source_id: str) -> list[NotedReference]:
    """Return what an editor removed from a source, by target."""
    query = select(NotedReference).where(
        NotedReference.source_id == source_id, NotedReference.origin == Origin.SUPPRESSED
    )
    return list(session.scalars(query.order_by(NotedReference.target)))


def referring_to(session: Session, targets: Collection[str]) -> list[NotedReference]:
    """Return the public references to rulings with these normal forms, with their sources, newest source first."""
    return _with_sources(session, NotedReference.target.in_(targets))


def referring_to_article(session: Session, law: str, number: str) -> list[NotedReference]:
    """Return the public references to an article, ranges that cover it included, newest source first."""
    named_or_range = (NotedReference.number == number) | NotedReference.to_number.is_not(None)
    rows = _with_sources(session, (NotedReference.law == law) & named_or_range)
    return [row for row in rows if row.covers(number)]


_IS_ALIVE = NotedReference.origin != Origin.SUPPRESSED


def _is(source_id: str, target: str) -> ColumnElement[bool]:
    return (NotedReference.source_id == source_id) & (NotedReference.target == target)


def _with_sources(session: Session, condition: ColumnElement[bool]) -> list[NotedReference]:
    query = (
        select(NotedReference)
        .join(NotedReference.source)
        .options(contains_eager(NotedReference.source))
        .where(condition, _IS_ALIVE, ReferenceSource.kind != ADVICE)
    )
    rows = session.scalars(query.order_by(ReferenceSource.title, NotedReference.position, NotedReference.id))
    return sorted(rows, key=lambda row: row.source.dated_on or date.min, reverse=True)


def _target(found: Reference, text: str) -> Target:
    article = found.article
    return Target(
        target=found.target,
        precise=found.normal,
        origin=Origin.AUTOMATIC,
        law=article.law.id if article else None,
        number=article.number if article else None,
        to_number=article.to if article else None,
        decided_on=found.decided_on,
        position=found.start,
        context=quoted(text, found.start, found.end),
    )


def quoted(text: str, start: int, end: int) -> str:
    """Return the words around a place, within its line, cut at blanks; "…" stands where something is left out."""
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", end)
    line_end = len(text) if line_end < 0 else line_end
    left, right = max(line_start, start - CONTEXT_BEFORE), min(line_end, end + CONTEXT_AFTER)
    if left > line_start:
        blank = text.find(" ", left, start)
        left = blank + 1 if blank >= 0 else left
    if right < line_end:
        blank = text.rfind(" ", end, right)
        right = blank if blank >= 0 else right
    return f"{'… ' if left > line_start else ''}{text[left:right].strip()}{' …' if right < line_end else ''}"


def distinct_sources(rows: Sequence[NotedReference]) -> list[tuple[ReferenceSource, list[NotedReference]]]:
    """Group references by their source, in the order of the first; what a source names in a field comes first in it."""
    grouped: dict[str, list[NotedReference]] = {}
    for row in rows:
        grouped.setdefault(row.source_id, []).append(row)
    return [
        (found[0].source, sorted(found, key=lambda row: (row.origin != Origin.RECORD, row.position)))
        for found in grouped.values()
    ]
