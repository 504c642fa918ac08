"""What the tests of alerts share: texts and rulings that enter, and people who follow."""

from datetime import UTC, date, datetime, timedelta

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.alerts import actions, pages, queries, rules
from helpdesk.alerts.actions import Asked, Spans
from helpdesk.alerts.models import AlertDigest, AlertFollow, AlertFollower
from helpdesk.alerts.queries import Library
from helpdesk.core import outbox
from helpdesk.core.references import Origin, Source, Target, note
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.rulings.models import Ruling, RulingTheme
from helpdesk.search import actions as search
from helpdesk.search.actions import NodeIndex
from helpdesk.texts.models import PublishedText, TextKind, TextVersion
from helpdesk.web.services import services

NOW = datetime(2037, 11, 25, 12, tzinfo=UTC)  # a Wednesday, long after the shipped content was published
LATER = NOW + timedelta(days=1)
ADDRESS = "lezer@voorbeeld.be"
THEME = "/themas/verblijfsrecht/terugkeer/bgv"
ARTICLE = "/wetgeving/vw/40ter"
RULING = "rvv-2022-02-28-269-083"


def a_ruling(
    session: Session,
    number: int,
    *,
    summary: str = "Een nieuwe uitspraak.",
    decided_on: date = date(2037, 11, 20),
    at: datetime = LATER,
    node: str = "bgv",
) -> Ruling:
    """Publish a ruling and announce it."""
    ruling = Ruling(
        slug=f"rvv-{decided_on.isoformat()}-{number}",
        court="rvv",
        number=str(number),
        number_normal=f"RVV:{number}",
        role_numbers=[],
        decided_on=decided_on,
        language="nl",
        keywords="",
        summary=summary,
        sources=[],
        unverified=[],
        published_at=at,
        updated_at=at,
        themes=[RulingTheme(node=node, position=0)],
    )
    session.add(ruling)
    session.flush()
    outbox.announce(session, [ruling.document_id], at=at)
    session.flush()
    return ruling


def a_version(session: Session, document: str, *, at: datetime = LATER, **changes: object) -> TextVersion:
    """Publish a next version of a text and announce it; without changes it says the same."""
    kind, _, slug = document.partition("/")
    text = session.scalars(select(PublishedText).where(PublishedText.kind == kind, PublishedText.slug == slug)).one()
    live = session.scalars(
        select(TextVersion).where(TextVersion.text_id == text.id, TextVersion.number == text.live_number)
    ).one()
    values = {
        column.name: getattr(live, column.name) for column in TextVersion.__table__.columns if column.name != "id"
    }
    version = TextVersion(**values | {"number": live.number + 1, "published_at": at} | changes)
    session.add(version)
    text.live_number = version.number
    session.flush()
    outbox.announce(session, [text.document_id], at=at)
    session.flush()
    return version


def refers(session: Session, ruling: Ruling, target: Target) -> None:
    """Note that a ruling refers to something."""
    source = Source(
        id=ruling.document_id,
        kind="rechtspraak",
        address=f"/rechtspraak/{ruling.slug}",
        title=f"RvV nr. {ruling.number}",
        dated_on=ruling.decided_on,
    )
    note(session, source, [target])


def an_article(number: str = "40ter") -> Target:
    """A reference to an article of the Vreemdelingenwet."""
    return Target(target=f"VW:{number}", precise=f"VW:{number}", origin=Origin.RECORD, law="VW", number=number)


def a_library(app: Flask, session: Session, vocabulary: Vocabulary, *, on: datetime = LATER) -> Library:
    """What a reading needs, with an index that has caught up."""
    with app.app_context():
        held = services()
        node = NodeIndex(held.search.index, held.settings.index_dir)
        search.keep_up(session, node, vocabulary)
        return Library(session, vocabulary, held.search, search.applied_entry(node) or 0, on.date())


def a_follow(
    library: Library, address: str, *, by: str = ADDRESS, at: datetime = NOW, rhythm: str = "dagelijks"
) -> AlertFollow:
    """Let someone ask to follow a page of ours and confirm it."""
    session, vocabulary = library.session, library.vocabulary
    wanted = rules.wanted_at(address, vocabulary)
    title = pages.name_of(wanted, queries.named(session, wanted, vocabulary), vocabulary)
    asked = Asked(
        address=by, address_digest="a", wanted=wanted, title=title, rhythm=rhythm, source_digest=f"{by} {address}"[:64]
    )
    actions.ask(session, asked, library, now=at)
    follower = session.scalars(select(AlertFollower).where(AlertFollower.address == by)).one()
    follow = session.scalars(select(AlertFollow).where(AlertFollow.digest == wanted.digest)).one()
    actions.confirm(session, follower, [follow.id], rhythm, rules.due_on(rhythm, at, hour=6, weekday=1), now=at)
    return follow


def a_digest(library: Library, *, by: str = ADDRESS, on: datetime = LATER) -> AlertDigest | None:
    """Put together what someone is told on a day; None when that is nothing."""
    session = library.session
    follower = session.scalars(select(AlertFollower).where(AlertFollower.address == by)).one()
    due_on = rules.due_on(follower.rhythm, on, hour=6, weekday=1)
    if not actions.make_digest(session, follower.id, due_on, Spans(library), now=on):
        return None
    session.expire_all()
    return session.scalars(
        select(AlertDigest).where(AlertDigest.follower_id == follower.id, AlertDigest.due_on == due_on)
    ).one()


def documents(digest: AlertDigest | None) -> list[str]:
    """Return the documents of a digest in its order."""
    return [item.document_id for item in digest.items] if digest is not None else []


def a_living_item(session: Session) -> str:
    """Let a news item be one that is updated; return its slug."""
    slug = session.scalars(
        select(PublishedText.slug).where(PublishedText.kind == TextKind.NEWS).order_by(PublishedText.slug)
    ).first()
    assert slug is not None
    a_version(session, f"nieuws/{slug}", at=NOW - timedelta(days=1), news_kind="dossier")
    return slug
