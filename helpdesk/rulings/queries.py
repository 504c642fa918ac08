"""Reading rulings: what the public may see; where a name says so, also drafts and what was withdrawn."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, distinct, extract, func, or_, select
from sqlalchemy.orm import Session, defer, lazyload

from helpdesk.core import markup, references
from helpdesk.core.errors import NotFound
from helpdesk.rulings.models import (
    AliasKind,
    Ruling,
    RulingAlias,
    RulingArticle,
    RulingFile,
    RulingIdentifier,
    RulingTheme,
    RulingTreatment,
)
from helpdesk.rulings.rules.naming import where_to
from helpdesk.rulings.rules.records import ECLI_OF_ANOTHER

AT_A_TIME = 100  # rulings with their full text in memory
_LISTED = (defer(Ruling.full_text), lazyload(Ruling.themes), lazyload(Ruling.articles))  # no list shows these
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


def rulings_once_named(session: Session, slugs: Sequence[str]) -> list[Ruling]:
    """Return the rulings with these addresses, present or old, published or not, each once, in the order asked."""
    found = (find_ruling(session, slug) or find_by_alias(session, AliasKind.SLUG, slug) for slug in slugs)
    return list(dict.fromkeys(ruling for ruling in found if ruling is not None))


def rulings_by_slug(session: Session, slugs: Sequence[str]) -> list[Ruling]:
    """Return the published rulings with these addresses, in the order asked; unknown ones are left out."""
    return _in_order(session, slugs, _published())


def listed_rulings(session: Session, slugs: Sequence[str]) -> list[Ruling]:
    """Return the same for a list; full text, themes and articles come when they are asked."""
    return _in_order(session, slugs, _published().options(*_LISTED))


def _in_order(session: Session, slugs: Sequence[str], query: Select[Ruling]) -> list[Ruling]:
    if not slugs:  # most rulings cite none of ours
        return []
    found = {ruling.slug: ruling for ruling in session.scalars(query.where(Ruling.slug.in_(slugs)))}
    return [found[slug] for slug in slugs if slug in found]


def keywords_of(session: Session, slugs: Sequence[str]) -> dict[str, str]:
    """Return the keywords of the published rulings with these addresses."""
    query = select(Ruling.slug, Ruling.keywords).where(Ruling.slug.in_(slugs), Ruling.published_at.is_not(None))
    return {row.slug: row.keywords for row in session.execute(query)} if slugs else {}


def rulings_named(session: Session, slugs: Sequence[str]) -> list[Ruling]:
    """Return the published rulings with these addresses, present or old, each once, in the order asked, for a list."""
    found = {ruling.slug: ruling for ruling in listed_rulings(session, slugs)}
    if lost := [slug for slug in slugs if slug not in found]:
        moved = (
            select(RulingAlias.value, Ruling)
            .join(Ruling, Ruling.id == RulingAlias.ruling_id)
            .where(RulingAlias.kind == AliasKind.SLUG, RulingAlias.value.in_(lost), Ruling.published_at.is_not(None))
            .options(*_LISTED)
        )
        found |= {row.value: row.Ruling for row in session.execute(moved)}
    return list(dict.fromkeys(found[slug] for slug in slugs if slug in found))


def rulings_about(session: Session, nodes: Sequence[str], *, limit: int) -> list[Ruling]:
    """Return the newest published rulings under these nodes, for a list."""
    about = select(RulingTheme.ruling_id).where(RulingTheme.node.in_(nodes))
    query = _published().where(Ruling.id.in_(about)).order_by(Ruling.decided_on.desc(), Ruling.slug).limit(limit)
    return list(session.scalars(query.options(*_LISTED)))


def count_rulings_about(session: Session, nodes: Sequence[str]) -> int:
    """Count the published rulings under these nodes."""
    about = select(RulingTheme.ruling_id).where(RulingTheme.node.in_(nodes))
    return session.scalar(select(func.count()).where(Ruling.id.in_(about), Ruling.published_at.is_not(None))) or 0


def newest_rulings(session: Session, *, limit: int) -> list[Ruling]:
    """Return the published rulings decided last, for a list."""
    query = _published().order_by(Ruling.decided_on.desc(), Ruling.slug).limit(limit)
    return list(session.scalars(query.options(*_LISTED)))


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


def held(session: Session, normals: Collection[str]) -> dict[str, list[str]]:
    """Return the addresses (slugs) of the published rulings with each of these normal forms, newest first.

    A form nobody bears is left out; one may be borne by several rulings.
    """
    query = (
        select(RulingIdentifier.normal, Ruling.slug)
        .join(Ruling, Ruling.id == RulingIdentifier.ruling_id)
        .where(RulingIdentifier.normal.in_(normals), Ruling.published_at.is_not(None))
        .order_by(Ruling.decided_on.desc(), Ruling.slug)
    )
    found: dict[str, list[str]] = {}
    for normal, slug in session.execute(query) if normals else ():
        found.setdefault(normal, []).append(slug)
    return found


def removed_addresses(session: Session, source_id: str) -> set[str]:
    """Return the addresses of the references that an editor removed from a document."""
    return {address for row in references.suppressed_of(session, source_id) for address in references.addresses(row)}


def settle_links(session: Session, html: str, removed: Collection[str]) -> str:
    """Return rendered HTML in which the links made from references lead to what we hold now.

    What was removed is plain words again.
    """
    addresses = markup.reference_addresses(html)
    if not addresses:
        return html
    normals = {normal for address in addresses if (normal := references.normal_of(address))}
    known = held(session, normals)
    return markup.settle_links(html, lambda one: None if one in removed else where_to(one, known))


def rulings_by_normal(session: Session, normal: str) -> list[Ruling]:
    """Return the published rulings with a normal form, be it a joined case or a roll number, newest first."""
    bearing = select(RulingIdentifier.ruling_id).where(RulingIdentifier.normal == normal)
    query = _published().where(Ruling.id.in_(bearing)).order_by(Ruling.decided_on.desc(), Ruling.slug)
    return list(session.scalars(query))


def rulings_cited_by(session: Session, ruling: Ruling) -> list[Ruling]:
    """Return the rulings of ours that a ruling cites, in the order of its text, where one is meant; for a list."""
    noted = [row for row in references.references_of(session, ruling.document_id) if not row.is_article]
    known = held(session, {row.target for row in noted})
    slugs = [known[row.target][0] for row in noted if len(known.get(row.target, ())) == 1]
    return listed_rulings(session, [slug for slug in dict.fromkeys(slugs) if slug != ruling.slug])


def treatments_of(session: Session, slug: str) -> list[RulingTreatment]:
    """Return how a ruling treats others and is treated, oldest first."""
    query = select(RulingTreatment).where(
        (RulingTreatment.treating_slug == slug) | (RulingTreatment.treated_slug == slug)
    )
    return list(session.scalars(query.order_by(RulingTreatment.treated_on, RulingTreatment.id)))


def rulings_on_articles(session: Session, normals: Collection[str], *, apart_from: str, limit: int) -> list[Ruling]:
    """Return other published rulings on these articles (VW:40ter): most in common, then newest first; for a list."""
    shared = (
        select(RulingArticle.ruling_id, func.count(distinct(RulingArticle.normal)).label("count"))
        .where(RulingArticle.normal.in_(normals))
        .group_by(RulingArticle.ruling_id)
        .subquery()
    )
    query = (
        _published()
        .join(shared, shared.c.ruling_id == Ruling.id)
        .where(Ruling.slug != apart_from)
        .order_by(shared.c.count.desc(), Ruling.decided_on.desc(), Ruling.slug)
        .limit(limit)
        .options(*_LISTED)
    )
    return list(session.scalars(query)) if normals else []


def find_ruling(session: Session, slug: str) -> Ruling | None:
    """Return the ruling with this address, published or not, or None."""
    return session.scalar(select(Ruling).where(Ruling.slug == slug))


def find_by_alias(session: Session, kind: AliasKind, value: str) -> Ruling | None:
    """Return the ruling that had this address or ECLI before, published or not, or None."""
    aliased = select(RulingAlias.ruling_id).where(RulingAlias.kind == kind, RulingAlias.value == value)
    return session.scalar(select(Ruling).where(Ruling.id.in_(aliased)))


def slugs_of_old_addresses(session: Session) -> dict[str, str]:
    """Return the present address of each ruling by its old addresses."""
    query = select(RulingAlias.value, Ruling.slug).join(Ruling, Ruling.id == RulingAlias.ruling_id)
    rows = session.execute(query.where(RulingAlias.kind == AliasKind.SLUG)).all()
    return {row.value: row.slug for row in rows}


def all_slugs(session: Session) -> set[str]:
    """Return every address that leads to a published ruling, old ones included."""
    old = select(RulingAlias.value).join(Ruling, Ruling.id == RulingAlias.ruling_id)
    return {
        *session.scalars(select(Ruling.slug).where(Ruling.published_at.is_not(None))),
        *session.scalars(old.where(RulingAlias.kind == AliasKind.SLUG, Ruling.published_at.is_not(None))),
    }


def rulings_with_number(session: Session, number_normal: str, *, besides: int | None) -> list[Ruling]:
    """Return the rulings with this number (RVV:246433), published or not, newest first, but for one id."""
    query = select(Ruling).where(Ruling.number_normal == number_normal)
    if besides is not None:
        query = query.where(Ruling.id != besides)
    return list(session.scalars(query.order_by(Ruling.decided_on.desc(), Ruling.slug)))


def is_file_used(session: Session, sha256: str) -> bool:
    """Tell whether a ruling has this PDF."""
    return session.scalar(select(RulingFile.ruling_id).where(RulingFile.sha256 == sha256).limit(1)) is not None
