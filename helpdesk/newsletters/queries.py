"""Reading readers, issues and copies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session, selectinload

from helpdesk.accounts.models import User
from helpdesk.core.errors import NotFound
from helpdesk.core.paging import Page
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.newsletters.models import (
    Bounce,
    Consent,
    Delivery,
    DeliveryState,
    Issue,
    IssueState,
    Movement,
    SingleLetter,
    Subscriber,
    SubscriberState,
    SubscriptionRequest,
    Suppression,
    SuppressionReason,
)
from helpdesk.newsletters.rules import DraftItem, branches_of, shortened
from helpdesk.rulings.models import Ruling
from helpdesk.rulings.rules.naming import ruling_title
from helpdesk.texts.models import PublishedText, TextKind, TextVersion

PER_PAGE = 50
MOST_CANDIDATES = 60  # of a kind
FIRST_PERIOD = timedelta(days=60)  # what the first issue looks back on
WORDS = {TextKind.NEWS: "Nieuws", TextKind.THEME: "Themapagina"}
RULING_WORD = "Rechtspraak"


@dataclass(frozen=True)
class Progress:
    """What became of the copies of an issue, and the moment the next ones that were put off are due."""

    counts: dict[DeliveryState, int]
    next_at: datetime | None

    def __getitem__(self, state: DeliveryState) -> int:
        """Return how many copies are in a state."""
        return self.counts.get(state, 0)

    @property
    def total(self) -> int:
        """Copies in all."""
        return sum(self.counts.values())

    @property
    def done(self) -> int:
        """Copies about which nothing will happen by itself any more."""
        return self.total - self[DeliveryState.QUEUED] - self[DeliveryState.SENDING]


@dataclass(frozen=True)
class DoubtfulCopy:
    """A copy of which nobody knows whether it arrived; `email` is "" when its reader was erased."""

    id: int
    email: str
    changed_at: datetime


# Readers ----------------------------------------------------------------------------------------------------------


def find_by_email(session: Session, email: str) -> Subscriber | None:
    """Return the reader with an address in its normal form, or None."""
    return session.scalar(select(Subscriber).where(Subscriber.email == email))


def find_by_key(session: Session, key: str) -> Subscriber | None:
    """Return the reader whom a link names, or None when he was erased."""
    return session.scalar(select(Subscriber).where(Subscriber.key == key))


def get_subscriber(session: Session, subscriber_id: int) -> Subscriber:
    """Return a reader. Raises NotFound."""
    found = session.get(Subscriber, subscriber_id)
    if found is None:
        raise NotFound("Deze lezer is er niet meer.")
    return found


def suppression_of(session: Session, digest: str) -> SuppressionReason | None:
    """Return why an address gets nothing, or None."""
    found = session.get(Suppression, digest)
    return SuppressionReason(found.reason) if found else None


def suppressed_among(session: Session, digests: Sequence[str]) -> set[str]:
    """Return which of these addresses get nothing."""
    return {
        digest
        for start in range(0, len(digests), 500)
        for digest in session.scalars(
            select(Suppression.digest).where(Suppression.digest.in_(digests[start : start + 500]))
        )
    }


def emails_among(session: Session, emails: Sequence[str]) -> set[str]:
    """Return which of these addresses we hold already."""
    return {
        email
        for start in range(0, len(emails), 500)
        for email in session.scalars(select(Subscriber.email).where(Subscriber.email.in_(emails[start : start + 500])))
    }


def requests_from(session: Session, source_digest: str, *, since: datetime) -> int:
    """Count the uses of the public form by a source."""
    query = select(func.count()).where(
        SubscriptionRequest.source_digest == source_digest, SubscriptionRequest.asked_at > since
    )
    return session.scalar(query) or 0


def last_letter_at(session: Session, subscriber: Subscriber) -> datetime | None:
    """Return when a reader was last written to apart from an issue, or None."""
    return session.scalar(
        select(SingleLetter.asked_at)
        .where(SingleLetter.subscriber_id == subscriber.id)
        .order_by(SingleLetter.asked_at.desc(), SingleLetter.id.desc())
        .limit(1)
    )


def consents_of(session: Session, subscriber: Subscriber) -> list[Consent]:
    """Return what a reader agreed to, the oldest first."""
    query = select(Consent).where(Consent.subscriber_id == subscriber.id).order_by(Consent.given_at, Consent.id)
    return list(session.scalars(query))


def subscribers_page(session: Session, text: str, *, number: int) -> Page[Subscriber]:
    """Return one page of the readers whose address holds a text, by address."""
    fitting = Subscriber.email.contains(text.lower(), autoescape=True)
    total = session.scalar(select(func.count()).select_from(Subscriber).where(fitting)) or 0
    rows = session.scalars(
        select(Subscriber).where(fitting).order_by(Subscriber.email).offset((number - 1) * PER_PAGE).limit(PER_PAGE)
    )
    return Page(list(rows), number, PER_PAGE, total)


def active_subscribers(session: Session) -> list[Subscriber]:
    """Return everybody who gets the newsletter, by address."""
    query = select(Subscriber).where(Subscriber.state == SubscriberState.ACTIVE).order_by(Subscriber.email)
    return list(session.scalars(query))


def count_active(session: Session) -> int:
    """Count who gets the newsletter now."""
    return session.scalar(select(func.count()).where(Subscriber.state == SubscriberState.ACTIVE)) or 0


def count_suppressed(session: Session) -> dict[SuppressionReason, int]:
    """Count the addresses that get nothing, by reason."""
    query = select(Suppression.reason, func.count()).group_by(Suppression.reason).order_by(Suppression.reason)
    return {SuppressionReason(reason): count for reason, count in session.execute(query)}


# For the annual report --------------------------------------------------------------------------------------------


def issues_in_year(session: Session, year: int) -> int:
    """Count the issues of a year whose sending began."""
    return session.scalar(select(func.count()).where(Issue.year == year)) or 0


def subscribers_on(session: Session, day: date) -> int:
    """Count who was subscribed at the end of a Brussels day, those who were erased since included."""
    query = select(func.coalesce(func.sum(Movement.joined - Movement.left), 0)).where(Movement.day <= day)
    return session.scalar(query) or 0


# Issues -----------------------------------------------------------------------------------------------------------


def _issues() -> Select[Issue]:
    return select(Issue).options(selectinload(Issue.items))


def get_issue(session: Session, issue_id: int) -> Issue:
    """Return an issue with its items. Raises NotFound."""
    found = session.scalar(_issues().where(Issue.id == issue_id))
    if found is None:
        raise NotFound("Deze nieuwsbrief is er niet.")
    return found


def find_issue_named(session: Session, name: str) -> Issue | None:
    """Return an issue by "2026/5", or by its own number when it has not been sent yet; None when there is none."""
    year, _, number = name.partition("/")
    digits = [part for part in (year, number) if part.isascii() and part.isdigit() and len(part) < 10]  # noqa: PLR2004 - fits any database
    if "/" in name and len(digits) == 2:  # noqa: PLR2004 - a year and a number
        return session.scalar(_issues().where(Issue.year == int(year), Issue.number == int(number)))
    return session.scalar(_issues().where(Issue.id == int(year))) if digits and "/" not in name else None


def issues(session: Session) -> list[Issue]:
    """Return all issues, what is still to be sent first, then the newest."""
    is_sent = case((Issue.year.is_(None), 0), else_=1)
    return list(session.scalars(_issues().order_by(is_sent, Issue.year.desc(), Issue.number.desc(), Issue.id.desc())))


def archived_issues(session: Session, *, limit: int | None = None) -> list[Issue]:
    """Return the issues whose sending began, the newest first."""
    query = _issues().where(Issue.number.is_not(None)).order_by(Issue.year.desc(), Issue.number.desc())
    return list(session.scalars(query.limit(limit)))


def get_archived(session: Session, year: int, number: int) -> Issue:
    """Return an issue whose sending began. Raises NotFound."""
    found = session.scalar(_issues().where(Issue.year == year, Issue.number == number))
    if found is None:
        raise NotFound(f"Er is geen nieuwsbrief nr. {number} van {year}.")
    return found


def next_number(session: Session, year: int) -> int:
    """Return the number the next issue of a year gets."""
    return (session.scalar(select(func.max(Issue.number)).where(Issue.year == year)) or 0) + 1


def last_started_at(session: Session) -> datetime | None:
    """Return when the sending of the last issue began, None before the first."""
    return session.scalar(select(func.max(Issue.started_at)))


def due_issues(session: Session, *, now: datetime) -> list[int]:
    """Return the issues a job has to work on: those planned for now or before, and those being sent.

    A planned one with words that were hidden since waits for a person.
    """
    query = _issues().where(
        ((Issue.state == IssueState.SCHEDULED) & (Issue.planned_at <= now)) | (Issue.state == IssueState.SENDING)
    )
    issues = session.scalars(query.order_by(Issue.id))
    return [issue.id for issue in issues if issue.state == IssueState.SENDING or not items_of_hidden(session, issue)]


def items_of_hidden(session: Session, issue: Issue) -> set[str]:
    """Return the items of an issue that may repeat words of a version that was hidden, by document id.

    Such a version came on the site after the sending of the issue before began, and before that of this one. An item
    that says what is on the site now is none of them.
    """
    said = {item.source: (item.title, item.teaser) for item in issue.items}
    document = PublishedText.kind + "/" + PublishedText.slug
    is_hidden, was_later = TextVersion.hidden_reason.is_not(None), TextVersion.published_at >= issue.since_at
    of_these = select(document).join(TextVersion, TextVersion.text_id == PublishedText.id).where(document.in_(said))
    hidden = of_these.where(is_hidden, was_later)
    if issue.started_at is not None:
        hidden = hidden.where(TextVersion.published_at <= issue.started_at)
    live = of_these.where(TextVersion.number == PublishedText.live_number)
    words = live.add_columns(TextVersion.title, TextVersion.summary)
    now_on_site = {source: (_plain(title), shortened(summary)) for source, title, summary in session.execute(words)}
    return {source for source in session.scalars(hidden) if said[source] != now_on_site.get(source)}


def candidates(session: Session, vocabulary: Vocabulary, *, since: datetime) -> list[DraftItem]:
    """Return what was published since a moment and could be an item: news, then rulings, then theme pages.

    Of each kind the newest first, at most sixty.
    """
    news = _new_texts(session, vocabulary, TextKind.NEWS, since=since)
    return [
        *news,
        *_new_rulings(session, vocabulary, since=since),
        *_new_texts(session, vocabulary, TextKind.THEME, since=since),
    ]


def _new_texts(session: Session, vocabulary: Vocabulary, kind: TextKind, *, since: datetime) -> list[DraftItem]:
    changed = select(TextVersion.text_id).where(TextVersion.published_at >= since, TextVersion.is_substantive)
    rows = session.execute(
        select(PublishedText, TextVersion)
        .join(
            TextVersion,
            (TextVersion.text_id == PublishedText.id) & (TextVersion.number == PublishedText.live_number),
        )
        .where(PublishedText.kind == kind, PublishedText.id.in_(changed))
        .order_by(
            func.coalesce(TextVersion.updated_on, TextVersion.dated_on).desc(),
            TextVersion.published_at.desc(),
            PublishedText.slug,
        )
        .limit(MOST_CANDIDATES)
    )
    themes = vocabulary.themes
    return [
        DraftItem(
            source=text.document_id,
            kind=WORDS[kind],
            title=_plain(version.title),
            teaser=shortened(version.summary),
            address=f"/nieuws/{text.slug}" if kind is TextKind.NEWS else f"/themas/{themes[text.slug].path}",
            branches=branches_of([theme.node for theme in text.themes], themes),
        )
        for text, version in rows
        if kind is TextKind.NEWS or text.slug in themes
    ]


def _new_rulings(session: Session, vocabulary: Vocabulary, *, since: datetime) -> list[DraftItem]:
    query = (
        select(Ruling)
        .where(Ruling.published_at >= since)
        .order_by(Ruling.decided_on.desc(), Ruling.slug)
        .limit(MOST_CANDIDATES)
    )
    return [
        DraftItem(
            source=ruling.document_id,
            kind=RULING_WORD,
            title=_plain(ruling_title(ruling, vocabulary)),
            teaser=shortened(ruling.summary),
            address=f"/rechtspraak/{ruling.slug}",
            branches=branches_of([theme.node for theme in ruling.themes], vocabulary.themes),
        )
        for ruling in session.scalars(query)
    ]


def email_of(session: Session, user_id: int) -> str:
    """Return the address of a colleague. Raises NotFound."""
    found = session.scalar(select(User.email).where(User.id == user_id))
    if found is None:
        raise NotFound("Dit account is er niet meer.")
    return found


def _plain(text: str) -> str:
    """Return text with ordinary blanks: no-break ones do not come back from a form."""
    return " ".join(text.split())


# Copies -----------------------------------------------------------------------------------------------------------


def progress_of(session: Session, issue_id: int) -> Progress:
    """Return what became of the copies of an issue."""
    rows = session.execute(
        select(Delivery.state, func.count(), func.min(Delivery.not_before_at))
        .where(Delivery.issue_id == issue_id)
        .group_by(Delivery.state)
    ).all()
    counts = {DeliveryState(state): count for state, count, _ in rows}
    next_at = next((moment for state, _, moment in rows if state == DeliveryState.QUEUED), None)
    return Progress(counts, next_at)


def doubtful_copies(session: Session, issue_id: int) -> list[DoubtfulCopy]:
    """Return the copies a person has to decide about, in the order they were sent."""
    rows = session.execute(
        select(Delivery.id, Subscriber.email, Delivery.changed_at)
        .outerjoin(Subscriber, Subscriber.id == Delivery.subscriber_id)
        .where(Delivery.issue_id == issue_id, Delivery.state == DeliveryState.UNKNOWN)
        .order_by(Delivery.changed_at, Delivery.id)
    )
    return [DoubtfulCopy(number, email or "", changed_at) for number, email, changed_at in rows]


def find_delivery(session: Session, delivery_id: int) -> Delivery | None:
    """Return a copy, or None."""
    return session.get(Delivery, delivery_id)


def find_delivery_by_token(session: Session, token: str) -> Delivery | None:
    """Return the copy that came back, or None."""
    return session.scalar(select(Delivery).where(Delivery.token == token))


def last_misses(session: Session, subscriber_id: int, *, limit: int) -> int:
    """Count how many of the last copies for a reader were refused or came back; `limit` is how many are looked at."""
    last = (
        select(Delivery.id, Delivery.state)
        .where(
            Delivery.subscriber_id == subscriber_id,
            Delivery.state.in_([DeliveryState.SENT, DeliveryState.REJECTED]),
        )
        .order_by(Delivery.issue_id.desc())
        .limit(limit)
        .subquery()
    )
    came_back = select(Bounce.id).where(Bounce.delivery_id == last.c.id).exists()
    query = select(func.count()).select_from(last).where((last.c.state == DeliveryState.REJECTED) | came_back)
    return session.scalar(query) or 0


def rejected_readers(session: Session, issue_id: int) -> list[int]:
    """Return the readers whose copy of an issue was refused."""
    query = select(Delivery.subscriber_id).where(
        Delivery.issue_id == issue_id, Delivery.state == DeliveryState.REJECTED, Delivery.subscriber_id.is_not(None)
    )
    return [reader for reader in session.scalars(query.order_by(Delivery.id)) if reader is not None]
