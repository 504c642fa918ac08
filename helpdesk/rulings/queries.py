"""Reading published rulings."""

from collections.abc import Collection, Sequence

from sqlalchemy import Select, distinct, func, select
from sqlalchemy.orm import Session

from helpdesk.core import markup, references
from helpdesk.core.errors import NotFound
from helpdesk.rulings import rules
from helpdesk.rulings.models import Ruling, RulingArticle, RulingIdentifier, RulingTheme, RulingTreatment


def _published() -> Select[Ruling]:
    return select(Ruling).where(Ruling.published_at.is_not(None))


def get_ruling(session: Session, slug: str) -> Ruling:
    """Return a published ruling by its address. Raises NotFound."""
    ruling = session.scalar(_published().where(Ruling.slug == slug))
    if ruling is None:
        raise NotFound(f"Er is geen uitspraak op het adres /rechtspraak/{slug}.")
    return ruling


def find_ruling_by_ecli(session: Session, ecli: str) -> Ruling | None:
    """Return the published ruling with this ECLI in upper case, or None."""
    return session.scalars(_published().where(Ruling.ecli == ecli).order_by(Ruling.slug)).first()


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


def settle_links(session: Session, html: str, source_id: str) -> str:
    """Return rendered HTML in which the links made from references lead to what we hold now.

    What an editor removed from the document is plain words again.
    """
    addresses = markup.reference_addresses(html)
    if not addresses:
        return html
    removed = {address for row in references.suppressed_of(session, source_id) for address in references.addresses(row)}
    normals = {normal for address in addresses if (normal := references.normal_of(address))}
    known = held(session, normals)
    return markup.settle_links(html, lambda one: None if one in removed else rules.where_to(one, known))


def rulings_by_normal(session: Session, normal: str) -> list[Ruling]:
    """Return the published rulings with a normal form, be it a joined case or a roll number, newest first."""
    bearing = select(RulingIdentifier.ruling_id).where(RulingIdentifier.normal == normal)
    query = _published().where(Ruling.id.in_(bearing)).order_by(Ruling.decided_on.desc(), Ruling.slug)
    return list(session.scalars(query))


def rulings_cited_by(session: Session, ruling: Ruling) -> list[Ruling]:
    """Return the rulings of ours that a ruling cites, in the order of its text, where exactly one is meant."""
    noted = [row for row in references.references_of(session, ruling.document_id) if not row.is_article]
    known = held(session, {row.target for row in noted})
    slugs = [known[row.target][0] for row in noted if len(known.get(row.target, ())) == 1]
    return rulings_by_slug(session, [slug for slug in dict.fromkeys(slugs) if slug != ruling.slug])


def treatments_of(session: Session, slug: str) -> list[RulingTreatment]:
    """Return how a ruling treats others and is treated, oldest first."""
    query = select(RulingTreatment).where(
        (RulingTreatment.treating_slug == slug) | (RulingTreatment.treated_slug == slug)
    )
    return list(session.scalars(query.order_by(RulingTreatment.treated_on, RulingTreatment.id)))


def rulings_on_articles(session: Session, normals: Collection[str], *, apart_from: str, limit: int) -> list[Ruling]:
    """Return other published rulings on these articles (VW:40ter): most articles in common first, then the newest."""
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
    )
    return list(session.scalars(query)) if normals else []
