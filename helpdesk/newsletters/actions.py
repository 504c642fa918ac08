"""Writing readers, issues and bounces; never commits. Sending, which must commit, is in `sending`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from helpdesk.accounts.rules import keyed_digest
from helpdesk.core import audit, erasures
from helpdesk.core.clock import brussels_date
from helpdesk.core.errors import Rejected
from helpdesk.newsletters import queries, rules
from helpdesk.newsletters.models import (
    Bounce,
    Consent,
    ConsentAct,
    Delivery,
    DeliveryState,
    Issue,
    IssueItem,
    IssueState,
    LetterKind,
    Movement,
    Preference,
    SingleLetter,
    Subscriber,
    SubscriberState,
    SubscriptionRequest,
    Suppression,
    SuppressionReason,
)
from helpdesk.newsletters.rules import BounceKind, ImportedReader, IssueDraft, Step


class TooManyRequests(Exception):
    """One source used the form too often; nothing was done but counting it."""


class EditedMeanwhile(Exception):
    """Someone else changed the issue since this editor opened it; nothing was stored."""


class StepRefused(Rejected):
    """A step does not fit where the issue stands, or this colleague may not take it; the message says so."""


@dataclass(frozen=True)
class Imported:
    """What an import did."""

    added: int
    known: int
    suppressed: int


# Readers ----------------------------------------------------------------------------------------------------------


def note_request(session: Session, source_digest: str, *, now: datetime) -> None:
    """Note that a source used the form, and refuse when it does so too often. Raises TooManyRequests."""
    session.add(SubscriptionRequest(source_digest=source_digest, asked_at=now))
    session.flush()
    if queries.requests_from(session, source_digest, since=now - rules.REQUEST_WINDOW) > rules.MOST_REQUESTS:
        raise TooManyRequests


def ask(session: Session, email: str, branches: Sequence[str], *, now: datetime, key: str) -> None:
    """Note that someone asked for the newsletter at an address, and let a letter go there.

    Whoever asks cannot tell from what happens whether the address was known. An address that was erased, that came
    back or that got a letter in the last day gets none.
    """
    reason = queries.suppression_of(session, rules.address_digest(email, key=key))
    if reason not in {None, SuppressionReason.LEFT}:
        return
    reader = queries.find_by_email(session, email)
    if reader is None:
        try:
            with session.begin_nested():
                reader = _new_reader(session, email, SubscriberState.PENDING, now=now)
        except IntegrityError:
            return  # asked twice in the same moment: the other one goes on
    if reader.state != SubscriberState.ACTIVE:
        reader.state, reader.asked_at = SubscriberState.PENDING, now
        _prefer(reader, branches)
        _note_consent(session, reader, ConsentAct.ASKED, rules.CONSENT_WORDS, now=now)
    kind = LetterKind.KNOWN if reader.state == SubscriberState.ACTIVE else LetterKind.CONFIRM
    _write_to(session, reader, kind, now=now)


def confirm(session: Session, reader: Subscriber, *, now: datetime, key: str) -> bool:
    """Let a reader in who followed the link of the letter; False when that was too long ago. Safe to repeat."""
    if reader.state == SubscriberState.ACTIVE:
        return True
    if reader.state != SubscriberState.PENDING or reader.asked_at < now - rules.CONFIRM_WITHIN:
        return False
    _let_in(session, reader, ConsentAct.CONFIRMED, now=now, key=key)
    return True


def change_preferences(session: Session, reader: Subscriber, branches: Sequence[str], *, now: datetime) -> None:
    """Store which branches a reader wants."""
    _prefer(reader, branches)
    _note_consent(session, reader, ConsentAct.CHANGED, " ".join(branches) or "alle takken", now=now)


def leave(session: Session, reader: Subscriber, *, now: datetime, key: str) -> None:
    """Take a reader off the list at once, copies on their way included. Safe to repeat: one letter says goodbye."""
    if reader.state == SubscriberState.LEFT:
        return
    was_active = reader.state == SubscriberState.ACTIVE
    _take_off(session, reader, now=now)
    _note_consent(session, reader, ConsentAct.LEFT, "uitgeschreven", now=now)
    suppress(session, rules.address_digest(reader.email, key=key), SuppressionReason.LEFT, now=now)
    if was_active:
        _write_to(session, reader, LetterKind.GOODBYE, now=now)


def come_back(session: Session, reader: Subscriber, *, now: datetime, key: str) -> bool:
    """Let a reader in again who left; False when the address is suppressed for another reason. Safe to repeat."""
    if reader.state == SubscriberState.LEFT:
        reason = queries.suppression_of(session, rules.address_digest(reader.email, key=key))
        if reason not in {None, SuppressionReason.LEFT}:
            return False
        _let_in(session, reader, ConsentAct.RETURNED, now=now, key=key)
    return reader.state == SubscriberState.ACTIVE


def erase(session: Session, reader: Subscriber, *, now: datetime, key: str, by: int | None = None) -> None:
    """Delete all we hold of a reader; only a digest stays, so that nothing is ever sent there again."""
    _take_off(session, reader, now=now)
    erasures.note(session, keyed_digest(reader.email, key=key), [erasures.PersonKind.SUBSCRIBER], at=now)
    suppress(session, rules.address_digest(reader.email, key=key), SuppressionReason.ERASED, now=now)
    audit.note(session, "newsletter.reader_erased", subject_id=reader.id, by=by, at=now)
    session.execute(update(Delivery).where(Delivery.subscriber_id == reader.id).values(subscriber_id=None, domain="-"))
    session.delete(reader)
    session.flush()


def import_readers(
    session: Session, readers: Sequence[ImportedReader], *, words: str, by: int, now: datetime, key: str
) -> Imported:
    """Add readers who agreed elsewhere; `words` say where and how. Known and suppressed addresses stay as they are."""
    digests = {reader.email: rules.address_digest(reader.email, key=key) for reader in readers}
    suppressed = queries.suppressed_among(session, list(digests.values()))
    known = queries.emails_among(session, list(digests))
    fresh = [reader for reader in readers if reader.email not in known and digests[reader.email] not in suppressed]
    for reader in fresh:
        added = _new_reader(session, reader.email, SubscriberState.ACTIVE, now=now)
        added.confirmed_at = now
        _prefer(added, reader.branches)
        agreed = f"{words} (toestemming van {reader.agreed_on})" if reader.agreed_on else words
        session.add(Consent(subscriber_id=added.id, act=ConsentAct.IMPORTED, words=agreed, given_at=now))
    _count(session, now=now, joined=len(fresh))
    audit.note(session, "newsletter.readers_imported", subject_id=len(fresh), by=by, at=now)
    already = sum(reader.email in known for reader in readers)
    return Imported(len(fresh), already, len(readers) - len(fresh) - already)


def suppress(session: Session, digest: str, reason: SuppressionReason, *, now: datetime) -> None:
    """Let an address get nothing any more; leaving never replaces a stronger reason."""
    found = session.get(Suppression, digest)
    if found is None:
        session.add(Suppression(digest=digest, reason=reason, noted_at=now))
    elif reason is not SuppressionReason.LEFT:
        found.reason, found.noted_at = reason, now
    session.flush()


def lift(session: Session, digest: str, *, by: int, now: datetime) -> bool:
    """Let an address be written to again, on request of its owner; False when it was free."""
    found = session.get(Suppression, digest)
    if found is None:
        return False
    audit.note(session, "newsletter.suppression_lifted", subject_id=digest[:12], by=by, at=now)
    session.delete(found)
    session.flush()
    return True


def block(session: Session, email: str, *, by: int, now: datetime, key: str) -> None:
    """Let an address get nothing any more, on request; its reader, if any, is taken off the list."""
    reader = queries.find_by_email(session, email)
    if reader is not None:
        _take_off(session, reader, now=now)
    digest = rules.address_digest(email, key=key)
    suppress(session, digest, SuppressionReason.ASKED, now=now)
    audit.note(session, "newsletter.address_blocked", subject_id=digest[:12], by=by, at=now)


def forget(session: Session, *, now: datetime) -> int:
    """Delete who never confirmed in a week, who left a month ago, and traces of the form of a day; return how many."""
    gone = [
        delete(SubscriptionRequest).where(SubscriptionRequest.asked_at < now - rules.LETTER_PAUSE),
        delete(Subscriber).where(
            Subscriber.state == SubscriberState.PENDING, Subscriber.asked_at < now - rules.CONFIRM_WITHIN
        ),
        delete(Subscriber).where(
            Subscriber.state == SubscriberState.LEFT, Subscriber.left_at < now - rules.RETURN_WITHIN
        ),
    ]
    count = sum(session.execute(one).rowcount for one in gone)  # type: ignore[attr-defined]  # a DELETE answers a CursorResult
    session.execute(update(Delivery).where(Delivery.subscriber_id.is_(None)).values(domain="-"))
    return count


def _new_reader(session: Session, email: str, state: SubscriberState, *, now: datetime) -> Subscriber:
    reader = Subscriber(email=email, key=rules.new_key(), state=state, asked_at=now)
    session.add(reader)
    session.flush()
    return reader


def _prefer(reader: Subscriber, branches: Sequence[str]) -> None:
    kept = {row.branch: row for row in reader.preferences}
    reader.preferences = [kept.get(branch) or Preference(branch=branch) for branch in branches]


def _let_in(session: Session, reader: Subscriber, act: ConsentAct, *, now: datetime, key: str) -> None:
    reader.state, reader.confirmed_at, reader.left_at = SubscriberState.ACTIVE, now, None
    _note_consent(session, reader, act, rules.CONSENT_WORDS, now=now)
    session.execute(
        delete(Suppression).where(
            Suppression.digest == rules.address_digest(reader.email, key=key),
            Suppression.reason == SuppressionReason.LEFT,
        )
    )
    _count(session, now=now, joined=1)


def _take_off(session: Session, reader: Subscriber, *, now: datetime) -> None:
    if reader.state == SubscriberState.ACTIVE:
        _count(session, now=now, left=1)
    reader.state, reader.left_at = SubscriberState.LEFT, now
    session.flush()


def _note_consent(session: Session, reader: Subscriber, act: ConsentAct, words: str, *, now: datetime) -> None:
    session.add(Consent(subscriber_id=reader.id, act=act, words=words, given_at=now))
    session.flush()


def _write_to(session: Session, reader: Subscriber, kind: LetterKind, *, now: datetime) -> None:
    """Queue a letter, unless the reader got one in the last day; saying goodbye is an answer and always goes."""
    last = queries.last_letter_at(session, reader)
    if kind is not LetterKind.GOODBYE and last is not None and last > now - rules.LETTER_PAUSE:
        return
    session.add(SingleLetter(subscriber_id=reader.id, kind=kind, state=DeliveryState.QUEUED, asked_at=now))
    session.flush()


def _count(session: Session, *, now: datetime, joined: int = 0, left: int = 0) -> None:
    """Add to what this day brought and took, in one statement: two requests may count at once."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    added = dialect.insert(Movement).values(day=brussels_date(now), joined=joined, left=left)
    session.execute(
        added.on_conflict_do_update(
            index_elements=["day"],
            set_={"joined": Movement.joined + added.excluded.joined, "left": Movement.left + added.excluded.left},
        )
    )


# Issues -----------------------------------------------------------------------------------------------------------


def start_issue(session: Session, *, by: int, now: datetime) -> Issue:
    """Begin a new issue about what was published since the last one."""
    issue = Issue(
        subject="",
        intro="",
        state=IssueState.DRAFT,
        revision=1,
        since_at=queries.last_started_at(session) or now - queries.FIRST_PERIOD,
        composed_by_id=by,
        composed_at=now,
        troubles=0,
    )
    session.add(issue)
    session.flush()
    audit.note(session, "newsletter.begun", subject_id=issue.id, by=by, at=now)
    return issue


def save_issue(session: Session, issue: Issue, draft: IssueDraft, *, seen: int, by: int, now: datetime) -> None:
    """Store what an editor composed; what was approved must be approved again.

    Raises:
        EditedMeanwhile: someone stored another revision than the one this editor saw.
        Rejected: something does not fit.
        StepRefused: the issue is being sent or planned.
    """
    if problems := rules.check_stored(draft):
        raise Rejected([problem.sentence for problem in problems])
    if draft == rules.draft_of(issue) and seen == issue.revision:
        return
    changed = session.execute(
        update(Issue)
        .where(Issue.id == issue.id, Issue.revision == seen, Issue.state.in_(rules.EDITABLE))
        .values(
            revision=seen + 1,
            subject=draft.subject,
            intro=draft.intro,
            state=IssueState.DRAFT,
            composed_by_id=by,
            composed_at=now,
            approved_by_id=None,
            approved_at=None,
        )
    )
    if not changed.rowcount:  # type: ignore[attr-defined]  # an UPDATE answers a CursorResult
        session.refresh(issue)
        if issue.state not in rules.EDITABLE:
            raise StepRefused(["Deze nieuwsbrief is gepland of verstuurd: je kunt hem niet meer wijzigen."])
        raise EditedMeanwhile
    session.execute(delete(IssueItem).where(IssueItem.issue_id == issue.id))
    rows = [
        {
            "issue_id": issue.id,
            "position": place,
            "source": item.source,
            "kind": item.kind,
            "title": item.title,
            "teaser": item.teaser,
            "address": item.address,
            "branches": list(item.branches),
        }
        for place, item in enumerate(draft.items, start=1)
    ]
    if rows:
        session.execute(insert(IssueItem), rows)
    session.flush()
    session.expire(issue)


def take_step(
    session: Session,
    issue: Issue,
    step: Step,
    *,
    by: int | None,
    now: datetime,
    four_eyes: bool,
    planned_at: datetime | None = None,
) -> None:
    """Bring an issue one step further.

    Raises:
        StepRefused: the step does not fit where the issue stands, something is wrong with it, or the same colleague
            composed and approves it.
    """
    if not rules.may_take(issue, step):
        raise StepRefused(["Dat kan niet meer: de nieuwsbrief staat intussen ergens anders. Bekijk de pagina opnieuw."])
    if step in {Step.SUBMIT, Step.APPROVE, Step.PLAN, Step.SEND} and (
        problems := rules.check_issue(rules.draft_of(issue))
    ):
        raise StepRefused([problem.sentence for problem in problems])
    if step in {Step.SUBMIT, Step.APPROVE, Step.PLAN, Step.SEND}:
        _refuse_hidden(session, issue)
    if step is Step.APPROVE and (by is None or not rules.may_approve(issue, by, four_eyes=four_eyes)):
        raise StepRefused(["Je stelde deze nieuwsbrief zelf samen: een collega moet hem goedkeuren."])
    if step is Step.PLAN and (planned_at is None or planned_at <= now):
        raise StepRefused(["Kies een dag en een uur die nog moeten komen."])
    audit.note(session, f"newsletter.{step.name.lower()}", subject_id=issue.id, by=by, at=now)
    if step is Step.SEND:
        begin(session, issue, now=now)
    elif step is Step.DISCARD:
        session.delete(issue)
    else:
        _set_state(issue, step, by=by, now=now, planned_at=planned_at)
    session.flush()


def _refuse_hidden(session: Session, issue: Issue) -> None:
    """Refuse an issue that may repeat what was hidden since it was composed. Raises StepRefused."""
    hidden = queries.items_of_hidden(session, issue)
    problems = [
        f"Bericht {place} zegt misschien nog wat in een afgeschermde versie van die tekst stond: haal het weg en voeg "
        "het opnieuw toe."
        for place, item in enumerate(issue.items, start=1)
        if item.source in hidden
    ]
    if problems:
        raise StepRefused(problems)


def _set_state(issue: Issue, step: Step, *, by: int | None, now: datetime, planned_at: datetime | None) -> None:
    issue.state = {
        Step.SUBMIT: IssueState.REVIEW,
        Step.GIVE_BACK: IssueState.DRAFT,
        Step.APPROVE: IssueState.APPROVED,
        Step.PLAN: IssueState.SCHEDULED,
        Step.UNPLAN: IssueState.APPROVED,
        Step.PAUSE: IssueState.PAUSED,
        Step.RESUME: IssueState.SENDING,
    }[step]
    if step is Step.APPROVE:
        issue.approved_by_id, issue.approved_at = by, now
    if step is Step.GIVE_BACK:
        issue.approved_by_id = issue.approved_at = None
    if step in {Step.PLAN, Step.UNPLAN}:
        issue.planned_at = planned_at
    if step is Step.RESUME:
        issue.retry_at, issue.troubles = None, 0


def begin(session: Session, issue: Issue, *, now: datetime) -> bool:
    """Freeze an issue: give it its number and a row for every reader it goes to; False when another was first."""
    today = brussels_date(now)
    begun = session.execute(
        update(Issue)
        .where(Issue.id == issue.id, Issue.state.in_(rules.STEPS[Step.SEND]))
        .values(
            state=IssueState.SENDING,
            year=today.year,
            number=queries.next_number(session, today.year),
            sent_on=today,
            started_at=now,
        )
    )
    if not begun.rowcount:  # type: ignore[attr-defined]  # an UPDATE answers a CursorResult
        return False
    rows = [
        {
            "issue_id": issue.id,
            "subscriber_id": reader.id,
            "token": rules.new_token(),
            "domain": reader.email.rpartition("@")[2],
            "state": DeliveryState.QUEUED,
            "attempts": 0,
            "changed_at": now,
        }
        for reader in queries.active_subscribers(session)
        if any(rules.wants(reader.branches, item.branches) for item in issue.items)
    ]
    if rows:
        session.execute(insert(Delivery), rows)
    session.flush()
    session.expire(issue)
    return True


def hold_after_restore(session: Session, *, now: datetime) -> int:
    """Stop every issue that would go out by itself after a backup was put back; return how many.

    What was sent after the backup was made is not in it: a planned issue waits for a person again, and copies that were
    not sent yet then are `unknown`, so that nobody gets one twice.
    """
    going = select(Issue).where(Issue.state.in_([IssueState.SENDING, IssueState.PAUSED, IssueState.SCHEDULED]))
    issues = session.scalars(going.order_by(Issue.id)).all()
    for issue in issues:
        if issue.state == IssueState.SCHEDULED:
            issue.state, issue.planned_at = IssueState.APPROVED, None
        else:
            issue.state = IssueState.PAUSED
            not_sent = Delivery.issue_id == issue.id, Delivery.state.in_([DeliveryState.QUEUED, DeliveryState.SENDING])
            session.execute(update(Delivery).where(*not_sent).values(state=DeliveryState.UNKNOWN, changed_at=now))
        audit.note(session, "newsletter.held", subject_id=issue.id, by=None, at=now, detail="backup restored")
    session.flush()
    return len(issues)


def decide(session: Session, delivery: Delivery, *, again: bool, by: int, now: datetime) -> None:
    """Let a person decide about a copy nobody knows about: send it again, or take it as sent. Raises StepRefused."""
    chosen = DeliveryState.QUEUED if again else DeliveryState.SENT
    decided = session.execute(
        update(Delivery)
        .where(Delivery.id == delivery.id, Delivery.state == DeliveryState.UNKNOWN)
        .values(state=chosen, sender=None, not_before_at=None, changed_at=now)
    )
    if not decided.rowcount:  # type: ignore[attr-defined]  # an UPDATE answers a CursorResult
        raise StepRefused(["Over deze brief is al beslist."])
    if again:
        session.execute(
            update(Issue)
            .where(Issue.id == delivery.issue_id, Issue.state == IssueState.SENT)
            .values(state=IssueState.SENDING, finished_at=None)
        )
    audit.note(session, "newsletter.copy_decided", subject_id=delivery.id, by=by, at=now, detail=chosen)


# Bounces ----------------------------------------------------------------------------------------------------------


def note_bounce(session: Session, token: str, kind: BounceKind, *, now: datetime, key: str) -> bool:
    """Note that a copy came back: an address that is gone gets nothing any more, one that missed three in a row too.

    Returns False when we know no such copy. Safe to repeat.
    """
    delivery = queries.find_delivery_by_token(session, token)
    if delivery is None:
        return False
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.execute(
        dialect.insert(Bounce)
        .values(delivery_id=delivery.id, subscriber_id=delivery.subscriber_id, kind=kind, noted_at=now)
        .on_conflict_do_nothing()
    )
    if delivery.subscriber_id is not None:
        give_up_on(session, delivery.subscriber_id, is_gone=kind is BounceKind.HARD, now=now, key=key)
    return True


def give_up_on(session: Session, reader_id: int, *, is_gone: bool, now: datetime, key: str) -> bool:
    """Stop writing to a reader whose address is gone, or who missed three issues in a row; tell whether we did."""
    reader = session.get(Subscriber, reader_id)
    if reader is None or reader.state == SubscriberState.LEFT:
        return False
    if not is_gone and queries.last_misses(session, reader_id, limit=rules.SOFT_LIMIT) < rules.SOFT_LIMIT:
        return False
    _take_off(session, reader, now=now)
    suppress(session, rules.address_digest(reader.email, key=key), SuppressionReason.BOUNCED, now=now)
    audit.note(session, "newsletter.reader_bounced", subject_id=reader.id, by=None, at=now)
    return True
