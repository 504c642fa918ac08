"""Reading live texts."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session, defer

from helpdesk.core.errors import NotFound
from helpdesk.texts.models import PublishedText, TextAlias, TextKind, TextTheme, TextVersion


class Live(NamedTuple):
    """A text with the version the public reads."""

    text: PublishedText
    version: TextVersion


_IS_LIVE = and_(TextVersion.text_id == PublishedText.id, TextVersion.number == PublishedText.live_number)


def _live(*kinds: TextKind) -> Select[PublishedText, TextVersion]:
    query = select(PublishedText, TextVersion).join(TextVersion, _IS_LIVE)
    return query.where(PublishedText.kind.in_(kinds)) if kinds else query


def find_text(session: Session, kind: TextKind, slug: str) -> Live | None:
    """Return a live text, or None."""
    row = session.execute(_live(kind).where(PublishedText.slug == slug)).first()
    return Live(row[0], row[1]) if row else None


def get_text(session: Session, kind: TextKind, slug: str) -> Live:
    """Return a live text. Raises NotFound."""
    found = find_text(session, kind, slug)
    if found is None:
        raise NotFound(f"Er is geen tekst '{slug}' van de soort {kind}.")
    return found


def find_any_text(session: Session, kind: str, slug: str) -> PublishedText | None:
    """Return a text, live or withdrawn, by its present address; None when there is none."""
    return session.scalar(select(PublishedText).where(PublishedText.kind == kind, PublishedText.slug == slug))


def known_texts(session: Session, kind: str) -> list[PublishedText]:
    """Return every text of a kind, live or withdrawn, by its slug."""
    return list(session.scalars(select(PublishedText).where(PublishedText.kind == kind).order_by(PublishedText.slug)))


def find_moved_text(session: Session, kind: str, slug: str) -> PublishedText | None:
    """Return the text that had this address before, live or withdrawn; None when none had."""
    had = select(TextAlias.text_id).where(TextAlias.kind == kind, TextAlias.slug == slug)
    return session.scalar(select(PublishedText).where(PublishedText.id.in_(had)))


def old_addresses(session: Session) -> dict[tuple[str, str], str]:
    """Return the present slug of each text by the kind and slug it had before."""
    query = select(TextAlias.kind, TextAlias.slug, PublishedText.slug).join(
        PublishedText, PublishedText.id == TextAlias.text_id
    )
    return {(kind, old): new for kind, old, new in session.execute(query.order_by(TextAlias.kind, TextAlias.slug))}


def aliases_of(session: Session, text_id: int) -> list[str]:
    """Return the slugs a text had before, in alphabetical order."""
    return list(session.scalars(select(TextAlias.slug).where(TextAlias.text_id == text_id).order_by(TextAlias.slug)))


def live_version(session: Session, text: PublishedText) -> Live:
    """Return a text with the version the public reads. Raises NotFound when it is off the site."""
    version = find_version(session, text.id, text.live_number) if text.live_number is not None else None
    if version is None:
        raise NotFound(f"De tekst '{text.slug}' staat niet op de site.")
    return Live(text, version)


def versions_of(session: Session, text_id: int) -> list[TextVersion]:
    """Return every version of a text, newest first."""
    query = select(TextVersion).where(TextVersion.text_id == text_id)
    return list(session.scalars(query.order_by(TextVersion.number.desc())))


def find_version(session: Session, text_id: int, number: int) -> TextVersion | None:
    """Return one version of a text, or None."""
    return session.scalar(select(TextVersion).where(TextVersion.text_id == text_id, TextVersion.number == number))


def withdrawn_nodes(session: Session) -> set[str]:
    """Return the nodes whose own text an editor withdrew: their page says so, and nothing leads there."""
    query = select(PublishedText.slug).where(
        PublishedText.kind == TextKind.THEME,
        PublishedText.live_number.is_(None),
        PublishedText.withdrawn_reason.is_not(None),
    )
    return set(session.scalars(query))


def substantive_changes(session: Session, nodes: Sequence[str], *, limit: int) -> list[Live]:
    """Return the versions of live texts about these nodes that change what the law says, newest first."""
    about = select(TextTheme.text_id).where(TextTheme.node.in_(nodes))
    query = (
        select(PublishedText, TextVersion)
        .join(TextVersion, TextVersion.text_id == PublishedText.id)
        .where(PublishedText.live_number.is_not(None), PublishedText.id.in_(about))
        .where(TextVersion.is_substantive, TextVersion.hidden_reason.is_(None))
        .order_by(TextVersion.published_at.desc(), TextVersion.id.desc())
    )
    return [Live(text, version) for text, version in session.execute(query.limit(limit))]


def texts_linking_to(session: Session, kind: str, slug: str) -> list[Live]:
    """Return the live texts whose Markdown links to a text by its identity, by their place in content/."""
    link = f"]({kind}:{slug})"
    query = _live().where(TextVersion.source.contains(link, autoescape=True)).order_by(PublishedText.content_path)
    found = (Live(text, version) for text, version in session.execute(query))
    return [live for live in found if (live.text.kind, live.text.slug) != (kind, slug)]


def expired_texts(session: Session, today: date) -> list[PublishedText]:
    """Return the live texts whose last day has passed, the longest ago first."""
    query = select(PublishedText).where(PublishedText.live_number.is_not(None), PublishedText.expires_on <= today)
    return list(session.scalars(query.order_by(PublishedText.expires_on, PublishedText.id)))


def summaries_of_themes(session: Session, nodes: Sequence[str]) -> dict[str, str]:
    """Return the one-sentence summary of each of these nodes that has a page of its own."""
    query = (
        select(PublishedText.slug, TextVersion.summary)
        .join(TextVersion, _IS_LIVE)
        .where(PublishedText.kind == TextKind.THEME, PublishedText.slug.in_(nodes))
    )
    return dict(session.execute(query).all()) if nodes else {}


def nodes_with_text(session: Session) -> set[str]:
    """Return the ids of the nodes that have a page of their own."""
    query = select(PublishedText.slug).where(
        PublishedText.kind == TextKind.THEME, PublishedText.live_number.is_not(None)
    )
    return set(session.scalars(query))


def news(session: Session, *, offset: int = 0, limit: int, nodes: Sequence[str] | None = None) -> list[Live]:
    """Return news, what was published or updated last first; only about these nodes when they are given.

    What is long of a text is read when it is asked.
    """
    newest_first = func.coalesce(TextVersion.updated_on, TextVersion.dated_on).desc()
    query = _live(TextKind.NEWS).order_by(newest_first, PublishedText.slug).offset(offset).limit(limit)
    if nodes is not None:
        about = select(TextTheme.text_id).where(TextTheme.node.in_(nodes))
        query = query.where(PublishedText.id.in_(about))
    long = (defer(column) for column in (TextVersion.source, TextVersion.html, TextVersion.plain))
    return [Live(text, version) for text, version in session.execute(query.options(*long))]


def count_texts(session: Session, kind: TextKind) -> int:
    """Count the live texts of a kind."""
    query = select(func.count()).where(PublishedText.kind == kind, PublishedText.live_number.is_not(None))
    return session.scalar(query) or 0


def terms(session: Session) -> list[Live]:
    """Return the lexicon by term, without regard to case."""
    query = _live(TextKind.LEXICON).order_by(func.lower(TextVersion.title), PublishedText.slug)
    return [Live(text, version) for text, version in session.execute(query)]


def texts(
    session: Session,
    *,
    kind: TextKind | None = None,
    nodes: Sequence[str] | None = None,
    offset: int = 0,
    limit: int | None = None,
) -> list[Live]:
    """Return live texts by kind and name; only of a kind, or about one of these nodes, when given."""
    query = _about(_live(*([kind] if kind else [])), nodes).order_by(PublishedText.kind, PublishedText.slug)
    return [Live(text, version) for text, version in session.execute(query.offset(offset).limit(limit))]


def last_changes(session: Session) -> dict[TextKind, datetime]:
    """Return when the text of each kind that changed last was published (UTC); a kind without texts is left out."""
    query = select(PublishedText.kind, func.max(TextVersion.published_at)).join(TextVersion, _IS_LIVE)
    return {TextKind(kind): moment for kind, moment in session.execute(query.group_by(PublishedText.kind))}


def changes_of(session: Session, kind: TextKind) -> list[tuple[str, datetime]]:
    """Return the name of each live text of a kind and when it was published (UTC), by name."""
    query = select(PublishedText.slug, TextVersion.published_at).join(TextVersion, _IS_LIVE)
    rows = session.execute(query.where(PublishedText.kind == kind).order_by(PublishedText.slug))
    return [(slug, moment) for slug, moment in rows]


def count_all(session: Session, *, kind: TextKind | None = None, nodes: Sequence[str] | None = None) -> int:
    """Count what `texts` returns without limit."""
    found = _about(_live(*([kind] if kind else [])), nodes).with_only_columns(PublishedText.id).subquery()
    return session.scalar(select(func.count()).select_from(found)) or 0


def _about(
    query: Select[PublishedText, TextVersion], nodes: Sequence[str] | None
) -> Select[PublishedText, TextVersion]:
    about = select(TextTheme.text_id).where(TextTheme.node.in_(nodes or []))
    return query if nodes is None else query.where(PublishedText.id.in_(about))


def all_texts(session: Session) -> list[Live]:
    """Return every live text by its place in content/."""
    return [Live(text, version) for text, version in session.execute(_live().order_by(PublishedText.content_path))]


def live_addresses(session: Session) -> list[tuple[str, str]]:
    """Return the kind and slug of every live text."""
    query = select(PublishedText.kind, PublishedText.slug).where(PublishedText.live_number.is_not(None))
    return [(kind, slug) for kind, slug in session.execute(query.order_by(PublishedText.kind, PublishedText.slug))]


def explained_terms(session: Session) -> list[tuple[str, str, list[str], str]]:
    """Return the slug, title, abbreviations and explanation of every live term, by its place in content/."""
    columns = PublishedText.slug, TextVersion.title, TextVersion.abbreviations, TextVersion.summary
    query = select(*columns).join(TextVersion, _IS_LIVE).where(PublishedText.kind == TextKind.LEXICON)
    return [
        (slug, title, abbreviations, summary)
        for slug, title, abbreviations, summary in session.execute(query.order_by(PublishedText.content_path))
    ]
