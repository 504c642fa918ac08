"""Reading published rulings."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, extract, func, or_, select
from sqlalchemy.orm import Session, defer

from helpdesk.core.errors import NotFound
from helpdesk.rulings.models import Ruling, RulingArticle, RulingMention, RulingTheme
from helpdesk.rulings.rules import ECLI_OF_ANOTHER

AT_A_TIME = 100  # rulings with their full text in memory
_STATES_ECLI = and_(Ruling.ecli.is_not(None), func.coalesce(Ruling.ecli_status, "") != ECLI_OF_ANOTHER)


@dataclass(frozen=True, kw_only=True)
class RulingFilter:
    """Which rulings are wanted; of each field one of the values must hold, an empty one asks nothing.

    `nodes` are nodes of the taxonomy (with those below them, when those are wanted), `articles` normal forms.
    """

    courts: Sequence[str] = ()
    years: Sequence[int] = ()
    nodes: Sequence[str] = ()
    articles: Sequence[str] = ()
    outcomes: Sequence[str] = ()

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return what a ruling must fulfil."""
        about = select(RulingTheme.ruling_id).where(RulingTheme.node.in_(self.nodes))
        resting = select(RulingArticle.ruling_id).where(RulingArticle.normal.in_(self.articles))
        return [
            *([Ruling.court.in_(self.courts)] if self.courts else []),
            *([or_(*map(_decided_in, self.years))] if self.years else []),
            *([Ruling.id.in_(about)] if self.nodes else []),
            *([Ruling.id.in_(resting)] if self.articles else []),
            *([Ruling.outcome.in_(self.outcomes)] if self.outcomes else []),
        ]


def _published() -> Select[Ruling]:
    return select(Ruling).where(Ruling.published_at.is_not(None))


def _stream(session: Session, query: Select[Ruling]) -> Iterator[Ruling]:
    with session.scalars(query.order_by(Ruling.slug).execution_options(yield_per=AT_A_TIME)) as found:
        yield from found


def _decided_in(year: int) -> ColumnElement[bool]:
    return Ruling.decided_on.between(date(year, 1, 1), date(year, 12, 31))


def get_ruling(session: Session, slug: str) -> Ruling:
    """Return a published ruling by its address. Raises NotFound."""
    ruling = session.scalar(_published().where(Ruling.slug == slug))
    if ruling is None:
        raise NotFound(f"Er is geen uitspraak op het adres /rechtspraak/{slug}.")
    return ruling


def find_ruling_by_ecli(session: Session, ecli: str) -> Ruling | None:
    """Return the published ruling with this ECLI in upper case, or None."""
    return session.scalars(_published().where(Ruling.ecli == ecli).order_by(Ruling.slug)).first()


def rulings_by_number(session: Session, number_normal: str) -> list[Ruling]:
    """Return the published rulings with this number (RVV:246433), newest first; a number may occur twice."""
    query = _published().where(Ruling.number_normal == number_normal)
    return list(session.scalars(query.order_by(Ruling.decided_on.desc(), Ruling.slug)))


def rulings_by_slug(session: Session, slugs: Sequence[str]) -> list[Ruling]:
    """Return the published rulings with these addresses, in the order asked; unknown ones are left out."""
    found = {ruling.slug: ruling for ruling in session.scalars(_published().where(Ruling.slug.in_(slugs)))}
    return [found[slug] for slug in slugs if slug in found]


def rulings_about(session: Session, nodes: Sequence[str], *, limit: int) -> list[Ruling]:
    """Return the newest published rulings under these nodes."""
    about = select(RulingTheme.ruling_id).where(RulingTheme.node.in_(nodes))
    query = _published().where(Ruling.id.in_(about)).order_by(Ruling.decided_on.desc(), Ruling.slug).limit(limit)
    return list(session.scalars(query))


def count_rulings_about(session: Session, nodes: Sequence[str]) -> int:
    """Count the published rulings under these nodes."""
    about = select(RulingTheme.ruling_id).where(RulingTheme.node.in_(nodes))
    return session.scalar(select(func.count()).where(Ruling.id.in_(about), Ruling.published_at.is_not(None))) or 0


def newest_rulings(session: Session, *, limit: int) -> list[Ruling]:
    """Return the published rulings decided last."""
    return list(session.scalars(_published().order_by(Ruling.decided_on.desc(), Ruling.slug).limit(limit)))


def all_rulings(session: Session) -> list[Ruling]:
    """Return every published ruling by address."""
    return list(session.scalars(_published().order_by(Ruling.slug)))


def rulings_where(session: Session, wanted: RulingFilter, *, offset: int, limit: int) -> list[Ruling]:
    """Return the published rulings that are wanted, decided last first; without their full text until it is asked."""
    query = _published().where(*wanted.conditions()).order_by(Ruling.decided_on.desc(), Ruling.slug)
    return list(session.scalars(query.offset(offset).limit(limit).options(defer(Ruling.full_text))))


def count_rulings_where(session: Session, wanted: RulingFilter) -> int:
    """Count the published rulings that are wanted."""
    query = select(func.count()).select_from(Ruling).where(Ruling.published_at.is_not(None), *wanted.conditions())
    return session.scalar(query) or 0


def stream_rulings(session: Session) -> Iterator[Ruling]:
    """Yield every published ruling by address, a hundred in memory at a time; asked when the first one is wanted."""
    yield from _stream(session, _published())


def stream_rulings_with_ecli(session: Session, year: int) -> Iterator[Ruling]:
    """Yield the published rulings of a year whose ECLI may be stated, by address, a hundred in memory at a time."""
    yield from _stream(session, _published().where(_decided_in(year), _STATES_ECLI))


def last_changes(session: Session, *, with_ecli: bool = False) -> dict[int, datetime]:
    """Return when a ruling of each year last changed (UTC), the newest year first; only those with an ECLI if asked."""
    year = extract("year", Ruling.decided_on)
    query = select(year, func.max(Ruling.updated_at)).where(Ruling.published_at.is_not(None)).group_by(year)
    if with_ecli:
        query = query.where(_STATES_ECLI)
    return {int(number): moment for number, moment in session.execute(query.order_by(year.desc()))}


def changes_in(session: Session, year: int) -> list[tuple[str, datetime]]:
    """Return the address of each published ruling of a year and when it last changed (UTC), by address."""
    query = select(Ruling.slug, Ruling.updated_at).where(Ruling.published_at.is_not(None), _decided_in(year))
    return [(slug, moment) for slug, moment in session.execute(query.order_by(Ruling.slug))]


def count_rulings(session: Session) -> int:
    """Count the published rulings."""
    return session.scalar(select(func.count()).select_from(Ruling).where(Ruling.published_at.is_not(None))) or 0


def mentions_of(session: Session, slug: str) -> list[RulingMention]:
    """Return the texts that discuss a ruling: news first, then by title."""
    query = select(RulingMention).where(RulingMention.ruling_slug == slug).order_by(RulingMention.title)
    return sorted(session.scalars(query), key=lambda mention: not mention.document_id.startswith("nieuws/"))
