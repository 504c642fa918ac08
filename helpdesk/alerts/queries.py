"""Reading what is new to a follower, and who follows what.

One function, `found_for`, answers for a mail and for a feed: what entered or changed for a wanted thing within a span
of the outbox.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer, lazyload

from helpdesk.alerts import rules
from helpdesk.alerts.models import (
    AlertAttempt,
    AlertDigest,
    AlertFollow,
    AlertFollower,
    AlertItem,
    FollowKind,
    SendState,
)
from helpdesk.alerts.rules import Found, NotFollowable, Wanted
from helpdesk.core import references as graph
from helpdesk.core.outbox import OutboxEntry
from helpdesk.core.references import NotedReference, ReferenceSource
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.references import queries as reference_queries
from helpdesk.rulings import queries as ruling_queries
from helpdesk.rulings.models import AliasKind, Ruling, RulingTreatment
from helpdesk.rulings.rules.naming import fits, normals_of, ruling_title
from helpdesk.texts import queries as text_queries
from helpdesk.texts.models import PublishedText, TextKind, TextVersion
from helpdesk.texts.rules import address_of, is_living
from jurisprudence.legislation import InvalidSource, UnknownLaw, parse_normal
from jurisprudence.search.engine import SearchEngine
from jurisprudence.search.results import Kind
from jurisprudence.treatment import TREATMENTS

AT_A_TIME = 200  # rulings in memory with their tables
FEED_ENTRIES = 5_000  # of the outbox that a feed looks back
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
LABELS: Mapping[str, str] = {
    Kind.THEME: "Thema",
    Kind.RULING: "Uitspraak",
    Kind.NEWS: "Nieuws",
    Kind.LEXICON: "Lexicon",
    Kind.PAGE: "Over de site",
    Kind.TREE: "Wegwijzer",
    Kind.PUBLICATION: "Publicatie",
}


@dataclass(frozen=True)
class Library:
    """What a reading needs: the database, the lists, and the index as far as entry `until` of the outbox."""

    session: Session
    vocabulary: Vocabulary
    engine: SearchEngine
    until: int
    today: date


class Span:
    """What entered or changed substantively after an entry of the outbox, read once for all who follow something.

    A document counts when it was published at the moment of one of its entries, or later: an entry that only lets the
    index read a document again names one that was published before.
    """

    def __init__(self, library: Library, after: int) -> None:
        self.library = library
        self.after = after

    @cached_property
    def announced(self) -> dict[str, datetime]:
        """When each document was first announced in this span (UTC)."""
        query = (
            select(OutboxEntry.document_id, func.min(OutboxEntry.noted_at))
            .where(OutboxEntry.id > self.after, OutboxEntry.id <= self.library.until)
            .group_by(OutboxEntry.document_id)
        )
        return dict(self.library.session.execute(query).all())

    @cached_property
    def changes(self) -> dict[str, Found]:
        """What is new or says something else, by document."""
        return {found.document_id: found for found in (*self._texts(), *self._rulings())} if self.announced else {}

    def _texts(self) -> Iterator[Found]:
        session, vocabulary = self.library.session, self.library.vocabulary
        recent = select(TextVersion.text_id).where(TextVersion.published_at >= min(self.announced.values()))
        query = (
            select(PublishedText, TextVersion)
            .join(TextVersion, TextVersion.text_id == PublishedText.id)
            .where(PublishedText.live_number.is_not(None), PublishedText.id.in_(recent))
            .where(TextVersion.hidden_reason.is_(None))
            .options(defer(TextVersion.html), defer(TextVersion.plain))
            .order_by(PublishedText.id, TextVersion.number)
        )
        versions: dict[int, list[TextVersion]] = {}
        texts: dict[int, PublishedText] = {}
        for text, version in session.execute(query):
            texts[text.id] = text
            versions.setdefault(text.id, []).append(version)
        for number, text in texts.items():
            since = self.announced.get(text.document_id)
            found = _last_change(text, versions[number], since) if since is not None else None
            if found is not None:
                yield _text_found(text, found, vocabulary)

    def _rulings(self) -> Iterator[Found]:
        session, vocabulary = self.library.session, self.library.vocabulary
        query = (
            select(Ruling)
            .where(Ruling.published_at >= min(self.announced.values()))
            .options(defer(Ruling.full_text), lazyload(Ruling.articles), lazyload(Ruling.treated_by))
            .order_by(Ruling.slug)
            .execution_options(yield_per=AT_A_TIME)
        )
        for ruling in session.scalars(query):
            since = self.announced.get(ruling.document_id)
            if since is not None and ruling.published_at is not None and ruling.published_at >= since:
                yield _ruling_found(ruling, vocabulary)


def found_for(wanted: Wanted, span: Span, seen: Collection[str] = ()) -> list[Found]:
    """Return what is new for someone who follows this, in no order; `seen` holds the keys of what he knows already."""
    found = _READERS[wanted.kind](wanted.key, span, frozenset(seen))
    return [one for one in found if one.key not in seen]


def known_now(wanted: Wanted, library: Library) -> list[str]:
    """Return the keys of what refers to an article or a ruling at this moment, sorted; of other things nothing."""
    if wanted.kind not in {FollowKind.ARTICLE, FollowKind.RULING}:
        return []
    nothing_since = Span(library, library.until)
    return sorted(one.key for one in _READERS[wanted.kind](wanted.key, nothing_since, frozenset()))


def _of_search(key: str, span: Span, _seen: frozenset[str]) -> list[Found]:
    if not span.changes:
        return []
    asked = rules.search_of(key)
    ids = span.library.engine.answering(
        span.changes.keys(), asked.question, filters=asked.filters, expand=not asked.is_literal
    )
    return [span.changes[one] for one in ids]


def _of_theme(key: str, span: Span, _seen: frozenset[str]) -> list[Found]:
    themes = span.library.vocabulary.themes
    below = frozenset(themes.below(key)) if key in themes else frozenset()
    return [found for found in span.changes.values() if found.nodes & below]


def _of_news(key: str, span: Span, _seen: frozenset[str]) -> list[Found]:
    found = span.changes.get(f"{TextKind.NEWS}/{key}")
    return [found] if found is not None else []


def _of_article(key: str, span: Span, seen: frozenset[str]) -> list[Found]:
    """What refers to the article and did not before, and the texts on it that say something else now."""
    law, _, number = key.partition(":")
    sources = _sources(graph.referring_to_article(span.library.session, law, number))
    moments = reference_queries.moments(span.library.session, sources)
    found = []
    for source, row in sources.values():
        referring = _referring(source, row, moments.get(source.id, LONG_AGO), "verwijst", "nieuw bij dit artikel")
        if referring.key not in seen:
            found.append(referring)
        elif source.id in span.changes and source.kind != Kind.RULING:
            found.append(span.changes[source.id])
    return found


def _of_ruling(key: str, span: Span, _seen: frozenset[str]) -> list[Found]:
    """What cites the ruling and how it is treated; a ruling that treats it is not told a second time as citing it."""
    session = span.library.session
    ruling = find_ruling(session, key)
    if ruling is None:
        return []
    rows = ruling_queries.treatments_of(session, ruling.slug)
    treated = [_treated(span.library, row) for row in rows if row.treated_slug == ruling.slug]
    told = {found.document_id for found in treated}
    sources = _sources([row for row in graph.referring_to(session, normals_of(ruling)) if fits(row, ruling)])
    moments = reference_queries.moments(session, sources)
    citing = (
        _referring(source, row, moments.get(source.id, LONG_AGO), "aangehaald", "haalt de uitspraak aan")
        for source, row in sources.values()
    )
    return [*treated, *(found for found in citing if found.document_id not in told)]


_READERS = {
    FollowKind.SEARCH: _of_search,
    FollowKind.THEME: _of_theme,
    FollowKind.ARTICLE: _of_article,
    FollowKind.RULING: _of_ruling,
    FollowKind.NEWS: _of_news,
}


def _last_change(text: PublishedText, versions: Sequence[TextVersion], since: datetime) -> TextVersion | None:
    """Return the live version when a version published since then says something else; None when none does."""
    before: TextVersion | None = None
    is_changed = False
    for version in versions:
        is_changed |= version.published_at >= since and rules.is_substantive(version, before)
        before = version
    return next((one for one in versions if one.number == text.live_number), None) if is_changed else None


def _text_found(text: PublishedText, version: TextVersion, vocabulary: Vocabulary) -> Found:
    return Found(
        document_id=text.document_id,
        version=str(version.number),
        label=f"{LABELS[text.kind]}, {'nieuw' if version.number == 1 else 'gewijzigd'}",
        title=version.title,
        address=address_of(TextKind(text.kind), text.slug, vocabulary),
        changed_at=version.published_at,
        note=version.update_note or version.summary,
        dated_on=version.updated_on or version.dated_on,
        nodes=frozenset(row.node for row in text.themes),
    )


def _ruling_found(ruling: Ruling, vocabulary: Vocabulary) -> Found:
    return Found(
        document_id=ruling.document_id,
        version="nieuw",
        label=f"{LABELS[Kind.RULING]}, nieuw",
        title=ruling_title(ruling, vocabulary),
        address=f"/rechtspraak/{ruling.slug}",
        changed_at=ruling.published_at or ruling.updated_at,
        note=ruling.summary,
        dated_on=ruling.decided_on,
        nodes=frozenset(row.node for row in ruling.themes),
    )


def _sources(rows: Sequence[NotedReference]) -> dict[str, tuple[ReferenceSource, NotedReference]]:
    return {source.id: (source, ones[0]) for source, ones in graph.distinct_sources(rows)}


def _referring(source: ReferenceSource, row: NotedReference, changed_at: datetime, version: str, words: str) -> Found:
    return Found(
        document_id=source.id,
        version=version,
        label=f"{LABELS.get(source.kind, source.kind)}, {words}",
        title=source.title,
        address=source.address,
        changed_at=changed_at,
        note=row.context,
        dated_on=source.dated_on,
    )


def _treated(library: Library, row: RulingTreatment) -> Found:
    ruling = find_ruling(library.session, row.treating_slug) if row.treating_slug else None
    kind = TREATMENTS[row.kind].treated
    return Found(
        document_id=f"{Kind.RULING}/{row.treating_slug}"
        if row.treating_slug
        else f"behandeling/{row.treating_text}"[:300],
        version=f"behandeling:{row.kind}",
        label=kind.capitalize(),
        title=ruling_title(ruling, library.vocabulary) if ruling else row.treating_text or kind,
        address=f"/rechtspraak/{row.treating_slug or row.treated_slug}",
        changed_at=row.entered_at,
        note=row.note,
        dated_on=row.treated_on,
    )


@dataclass(frozen=True)
class Named:
    """What can be followed, by the name and the address of its page."""

    title: str
    address: str


def named(session: Session, wanted: Wanted, vocabulary: Vocabulary) -> Named:
    """Return the name of what someone wants to follow; of a search its words, without its filters.

    Raises:
        NotFollowable: it does not exist, or it is news that will not change.
    """
    if wanted.kind == FollowKind.SEARCH:
        return Named(rules.search_of(wanted.key).question or "alles", wanted.key)
    if wanted.kind == FollowKind.THEME:
        theme = vocabulary.themes[wanted.key]
        return Named(theme.title, f"/themas/{theme.path}")
    if wanted.kind == FollowKind.ARTICLE:
        return _named_article(wanted.key, vocabulary)
    if wanted.kind == FollowKind.RULING:
        ruling = find_ruling(session, wanted.key)
        if ruling is None:
            raise NotFollowable("Deze uitspraak staat niet in de databank.")
        return Named(ruling_title(ruling, vocabulary), f"/rechtspraak/{ruling.slug}")
    live = text_queries.find_text(session, TextKind.NEWS, wanted.key)
    if live is None:
        raise NotFollowable("Dit nieuwsbericht bestaat niet.")
    if not is_living(live.version.news_kind, live.version.updated_on):
        raise NotFollowable("Dit nieuwsbericht wordt niet bijgewerkt. Volg liever een thema: daar komt ook nieuws bij.")
    return Named(live.version.title, f"/nieuws/{wanted.key}")


def address_of_follow(wanted: Wanted, vocabulary: Vocabulary) -> str:
    """Return the page that shows what is followed; the first page when the lists no longer know it."""
    if wanted.kind == FollowKind.SEARCH:
        return wanted.key
    if wanted.kind == FollowKind.THEME:
        theme = vocabulary.themes.find(wanted.key)
        return f"/themas/{theme.path}" if theme is not None else "/themas"
    if wanted.kind == FollowKind.ARTICLE:
        try:
            return parse_normal(wanted.key, vocabulary.laws).address
        except (UnknownLaw, InvalidSource):
            return "/wetgeving"
    return f"/{'rechtspraak' if wanted.kind == FollowKind.RULING else 'nieuws'}/{wanted.key}"


def _named_article(key: str, vocabulary: Vocabulary) -> Named:
    try:
        article = parse_normal(key, vocabulary.laws)
    except (UnknownLaw, InvalidSource) as unknown:
        raise NotFollowable("Dit artikel kennen we niet.") from unknown
    return Named(article.display, article.address)


def find_ruling(session: Session, slug: str) -> Ruling | None:
    """Return the published ruling with this address, present or old, or None."""
    ruling = ruling_queries.find_ruling(session, slug) or ruling_queries.find_by_alias(session, AliasKind.SLUG, slug)
    return ruling if ruling is not None and ruling.published_at is not None else None


def find_follower(session: Session, address: str) -> AlertFollower | None:
    """Return who has this address, or None."""
    return session.scalar(select(AlertFollower).where(AlertFollower.address == address))


def find_follower_by_handle(session: Session, handle: str) -> AlertFollower | None:
    """Return whom a link in a mail is of, or None when he was erased."""
    return session.scalar(select(AlertFollower).where(AlertFollower.handle == handle))


def find_digest(session: Session, handle: str) -> AlertDigest | None:
    """Return the digest a link in a mail is of, or None when its reader was erased."""
    return session.scalar(select(AlertDigest).where(AlertDigest.handle == handle))


def hidden_since(session: Session, digest: AlertDigest) -> set[int]:
    """Return the ids of the items of a digest that tell of a version of a text that was hidden since."""
    document = PublishedText.kind + "/" + PublishedText.slug
    query = (
        select(document, TextVersion.number)
        .join(TextVersion, TextVersion.text_id == PublishedText.id)
        .where(TextVersion.hidden_reason.is_not(None), document.in_([item.document_id for item in digest.items]))
    )
    hidden = {(source, str(number)) for source, number in session.execute(query)}
    return {item.id for item in digest.items if (item.document_id, item.version) in hidden}


def follows_of(session: Session, follower: AlertFollower) -> list[AlertFollow]:
    """Return what someone follows now, in the order in which he asked."""
    query = select(AlertFollow).where(
        AlertFollow.follower_id == follower.id,
        AlertFollow.confirmed_at.is_not(None),
        AlertFollow.stopped_at.is_(None),
    )
    return list(session.scalars(query.order_by(AlertFollow.id)))


def waiting_follows(session: Session, follower: AlertFollower, *, now: datetime) -> list[AlertFollow]:
    """Return what waits for confirmation and may still be confirmed, in the order in which it was asked."""
    query = select(AlertFollow).where(
        AlertFollow.follower_id == follower.id,
        AlertFollow.confirmed_at.is_(None),
        AlertFollow.stopped_at.is_(None),
        AlertFollow.asked_at > now - rules.CONFIRM_WITHIN,
    )
    return list(session.scalars(query.order_by(AlertFollow.id)))


def count_attempts(session: Session, source_digest: str, *, now: datetime) -> int:
    """Count how often a source asked in the last hour."""
    query = select(func.count(AlertAttempt.id)).where(
        AlertAttempt.source_digest == source_digest, AlertAttempt.asked_at > now - rules.ATTEMPTS_WINDOW
    )
    return session.scalar(query) or 0


def was_erased(session: Session, address_digest: str, *, now: datetime) -> bool:
    """Tell whether an address was erased on request in the last day."""
    query = select(AlertAttempt.id).where(
        AlertAttempt.source_digest == address_digest, AlertAttempt.asked_at > now - rules.BETWEEN_LETTERS
    )
    return session.scalar(query.limit(1)) is not None


def followers_due(session: Session, rhythm: str, due_on: date) -> list[int]:
    """Return the ids of those who follow something in this rhythm and were not looked into for that day, by id."""
    is_active = select(AlertFollow.follower_id).where(
        AlertFollow.confirmed_at.is_not(None), AlertFollow.stopped_at.is_(None)
    )
    query = select(AlertFollower.id).where(
        AlertFollower.rhythm == rhythm,
        AlertFollower.confirmed_at.is_not(None),
        AlertFollower.looked_on.is_(None) | (AlertFollower.looked_on < due_on),
        AlertFollower.id.in_(is_active),
    )
    return list(session.scalars(query.order_by(AlertFollower.id)))


def letters_due(session: Session, *, now: datetime) -> list[int]:
    """Return the ids of those who are to be asked to confirm, by id; one that failed waits ten minutes."""
    query = select(AlertFollower.id).where(
        AlertFollower.letter_state == SendState.QUEUED,
        AlertFollower.letter_at.is_(None) | (AlertFollower.letter_at <= now - rules.RETRY_AFTER[0]),
    )
    return list(session.scalars(query.order_by(AlertFollower.id)))


def digests_due(session: Session, *, now: datetime) -> list[int]:
    """Return the ids of the digests that can be sent now, by id."""
    query = select(AlertDigest.id).where(AlertDigest.state == SendState.QUEUED, AlertDigest.try_at <= now)
    return list(session.scalars(query.order_by(AlertDigest.id)))


def told(session: Session, follow_id: int, document_ids: Collection[str]) -> set[str]:
    """Return the keys of what the ledger says a follow was told about these documents."""
    query = select(AlertItem.document_id, AlertItem.version).where(
        AlertItem.follow_id == follow_id, AlertItem.document_id.in_(document_ids)
    )
    return {f"{document_id} {version}" for document_id, version in session.execute(query)} if document_ids else set()


@dataclass(frozen=True)
class Status:
    """How many people follow what, and how far the mails are; names nobody."""

    followers: int
    unconfirmed: int
    follows: Mapping[str, int]
    digests: Mapping[str, int]
    unknown: Sequence[tuple[int, date]]  # number and day of the digests a person has to decide on


def status(session: Session) -> Status:
    """Return the state of the alerts."""
    confirmed = AlertFollower.confirmed_at.is_not(None)
    follows = select(AlertFollow.kind, func.count(AlertFollow.id)).where(
        AlertFollow.confirmed_at.is_not(None), AlertFollow.stopped_at.is_(None)
    )
    digests = select(AlertDigest.state, func.count(AlertDigest.id)).group_by(AlertDigest.state)
    unknown = select(AlertDigest.id, AlertDigest.due_on).where(AlertDigest.state == SendState.UNKNOWN)
    return Status(
        followers=session.scalar(select(func.count(AlertFollower.id)).where(confirmed)) or 0,
        unconfirmed=session.scalar(select(func.count(AlertFollower.id)).where(~confirmed)) or 0,
        follows=dict(session.execute(follows.group_by(AlertFollow.kind).order_by(AlertFollow.kind)).all()),
        digests=dict(session.execute(digests.order_by(AlertDigest.state)).all()),
        unknown=[(number, day) for number, day in session.execute(unknown.order_by(AlertDigest.id))],
    )


def newest_for(wanted: Wanted, library: Library) -> list[Found]:
    """Return what a feed shows: what a follower would have been told of the last changes, newest first."""
    span = Span(library, max(0, library.until - FEED_ENTRIES))
    return list(rules.within_reason(found_for(wanted, span), today=library.today).lines)
