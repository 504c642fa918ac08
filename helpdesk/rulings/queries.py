"""Reading rulings: what the public may see, and for editors also drafts and what was withdrawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from helpdesk.accounts.models import User
from helpdesk.core.errors import NotFound
from helpdesk.core.paging import Page
from helpdesk.rulings.models import (
    AliasKind,
    Ruling,
    RulingAlias,
    RulingChange,
    RulingFile,
    RulingMention,
    RulingState,
    RulingTheme,
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


def rulings_by_number(session: Session, number_normal: str) -> list[Ruling]:
    """Return the published rulings with this number (RVV:246433), newest first; a number may occur twice."""
    query = _published().where(Ruling.number_normal == number_normal)
    return list(session.scalars(query.order_by(Ruling.decided_on.desc(), Ruling.slug)))


def rulings_by_slug(session: Session, slugs: Sequence[str]) -> list[Ruling]:
    """Return the published rulings with these addresses, in the order asked; unknown ones are left out."""
    found = {ruling.slug: ruling for ruling in session.scalars(_published().where(Ruling.slug.in_(slugs)))}
    return [found[slug] for slug in slugs if slug in found]


def rulings_named(session: Session, slugs: Sequence[str]) -> list[Ruling]:
    """Return the published rulings with these addresses, present or old, each once, in the order asked."""
    found = {ruling.slug: ruling for ruling in rulings_by_slug(session, slugs)}
    if lost := [slug for slug in slugs if slug not in found]:
        moved = (
            select(RulingAlias.value, Ruling)
            .join(Ruling, Ruling.id == RulingAlias.ruling_id)
            .where(RulingAlias.kind == AliasKind.SLUG, RulingAlias.value.in_(lost), Ruling.published_at.is_not(None))
        )
        found |= {row.value: row.Ruling for row in session.execute(moved)}
    return list(dict.fromkeys(found[slug] for slug in slugs if slug in found))


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


def mentions_of(session: Session, ruling: Ruling) -> list[RulingMention]:
    """Return the texts that discuss a ruling, under its present or an old address: news first, then by title."""
    old = select(RulingAlias.value).where(RulingAlias.kind == AliasKind.SLUG, RulingAlias.ruling_id == ruling.id)
    about = or_(RulingMention.ruling_slug == ruling.slug, RulingMention.ruling_slug.in_(old))
    query = select(RulingMention).where(about).order_by(RulingMention.title, RulingMention.document_id)
    once = {mention.document_id: mention for mention in session.scalars(query)}
    return sorted(once.values(), key=lambda mention: not mention.document_id.startswith("nieuws/"))


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


def is_file_used(session: Session, sha256: str) -> bool:
    """Tell whether a ruling has this PDF."""
    return session.scalar(select(RulingFile.ruling_id).where(RulingFile.sha256 == sha256).limit(1)) is not None


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
