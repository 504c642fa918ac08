"""Following and stopping, digests and the ledger; never commits.

Two senders at once never send one letter twice: whoever changes its state from `queued` to `sending` sends it, and that
is stored before the mail server hears of it.
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from helpdesk.alerts import queries, rules
from helpdesk.alerts.models import (
    AlertAttempt,
    AlertDigest,
    AlertFollow,
    AlertFollower,
    AlertItem,
    FollowKind,
    SendState,
)
from helpdesk.alerts.queries import Library, Span
from helpdesk.alerts.rules import Found, Listed, TooManyAttempts, Wanted
from helpdesk.core import erasures, outbox
from helpdesk.core.clock import brussels_date
from helpdesk.core.mail import Answer, Delivery

HANDLE_BYTES = 18
_ENDS = {
    Delivery.SENT: SendState.SENT,
    Delivery.REJECTED: SendState.REJECTED,
    Delivery.UNKNOWN: SendState.UNKNOWN,
}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request to follow something: what, by which name, by whom (a normal address), and keyed digests."""

    address: str
    address_digest: str
    wanted: Wanted
    title: str
    rhythm: str
    source_digest: str


def ask(session: Session, asked: Asked, library: Library, *, now: datetime) -> None:
    """Note that an address may want to follow something; a letter will ask to confirm it.

    What is followed already, or asked twice, is one follow. An address gets at most one such letter a day; what was
    asked in between waits under the same link. Who erased himself today gets none. Nothing here tells whether the
    address was known.

    Raises:
        TooManyAttempts: the source asked ten times in the last hour; nothing is noted.
    """
    if queries.count_attempts(session, asked.source_digest, now=now) >= rules.MOST_ATTEMPTS:
        raise TooManyAttempts
    session.add(AlertAttempt(source_digest=asked.source_digest, asked_at=now))
    if queries.was_erased(session, asked.address_digest, now=now):
        return
    follower = _follower(session, asked, now=now)
    if not _note_follow(session, follower, asked, library, now=now):
        return
    is_under_way = follower.letter_state in {SendState.QUEUED, SendState.SENDING}
    if not is_under_way and (follower.letter_at is None or follower.letter_at <= now - rules.BETWEEN_LETTERS):
        follower.letter_state = SendState.QUEUED


def _follower(session: Session, asked: Asked, *, now: datetime) -> AlertFollower:
    of_postgres = session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert(AlertFollower) if of_postgres else sqlite.insert(AlertFollower)
    values = {
        "handle": secrets.token_urlsafe(HANDLE_BYTES),
        "address": asked.address,
        "rhythm": asked.rhythm,
        "asked_at": now,
    }
    # two requests may come at once: the one that comes second takes the row that is there
    session.execute(insert.values(values).on_conflict_do_nothing(index_elements=["address"]))
    return session.scalars(select(AlertFollower).where(AlertFollower.address == asked.address)).one()


def _note_follow(session: Session, follower: AlertFollower, asked: Asked, library: Library, *, now: datetime) -> bool:
    """Note one follow that waits for confirmation; return whether there is something to confirm."""
    follow = session.scalar(
        select(AlertFollow).where(AlertFollow.follower_id == follower.id, AlertFollow.digest == asked.wanted.digest)
    )
    if follow is not None and follow.confirmed_at is not None and follow.stopped_at is None:
        return False
    if follow is None:
        count = select(func.count(AlertFollow.id)).where(
            AlertFollow.follower_id == follower.id, AlertFollow.stopped_at.is_(None)
        )
        if (session.scalar(count) or 0) >= rules.MOST_FOLLOWS:
            return False
        follow = AlertFollow(
            follower_id=follower.id, kind=asked.wanted.kind, key=asked.wanted.key, digest=asked.wanted.digest
        )
    follow.title = asked.title[: rules.MOST_TITLE]
    follow.asked_at, follow.confirmed_at, follow.stopped_at = now, None, None
    follow.after_entry = outbox.last_entry(session)
    follow.seen = queries.known_now(asked.wanted, library)
    session.add(follow)
    session.flush()
    return True


def confirm(
    session: Session, follower: AlertFollower, follow_ids: Collection[int], rhythm: str, due_on: date, *, now: datetime
) -> list[AlertFollow]:
    """Let someone follow what he ticked of what waited, and forget the rest; return what he follows from now on.

    `due_on` is the last day a digest was due: the first one comes on the next.
    """
    waiting = queries.waiting_follows(session, follower, now=now)
    confirmed = [follow for follow in waiting if follow.id in follow_ids]
    for follow in confirmed:
        follow.confirmed_at = now
    for follow in waiting:
        if follow not in confirmed:
            session.delete(follow)
    if confirmed:
        if follower.confirmed_at is None:
            follower.confirmed_at, follower.looked_on = now, due_on
        follower.rhythm = rhythm
    session.flush()
    return confirmed


def change_rhythm(session: Session, follower: AlertFollower, rhythm: str) -> None:
    """Let someone get his digests daily or weekly from now on."""
    follower.rhythm = rhythm
    session.flush()


def stop(session: Session, follower: AlertFollower, follow_ids: Collection[int], *, now: datetime) -> int:
    """Stop some of what someone follows, also in a digest that was not sent yet; return how many were stopped."""
    follows = [follow for follow in queries.follows_of(session, follower) if follow.id in follow_ids]
    for follow in follows:
        follow.stopped_at = now
    queued = select(AlertDigest.id).where(AlertDigest.follower_id == follower.id, AlertDigest.state == SendState.QUEUED)
    session.flush()
    session.execute(
        delete(AlertItem).where(
            AlertItem.digest_id.in_(queued), AlertItem.follow_id.in_([follow.id for follow in follows])
        )
    )
    filled = select(AlertItem.digest_id)
    session.execute(delete(AlertDigest).where(AlertDigest.id.in_(queued), AlertDigest.id.not_in(filled)))
    return len(follows)


def stop_all(session: Session, follower: AlertFollower, *, now: datetime) -> int:
    """Stop everything someone follows and forget what waits for confirmation; return how many were stopped."""
    for follow in queries.waiting_follows(session, follower, now=now):
        session.delete(follow)
    return stop(session, follower, [follow.id for follow in queries.follows_of(session, follower)], now=now)


def erase(session: Session, follower: AlertFollower, address_digest: str, *, now: datetime) -> None:
    """Erase an address with all it followed and was sent. Its keyed digest says for a day that it wants no mail.

    The ledger of erasures keeps that digest, so that a backup does not bring the address back.
    """
    erasures.note(session, address_digest, [erasures.PersonKind.FOLLOWER], at=now)
    session.add(AlertAttempt(source_digest=address_digest, asked_at=now))
    session.flush()
    session.execute(delete(AlertFollower).where(AlertFollower.id == follower.id))
    session.expire_all()


@dataclass(frozen=True)
class Forgotten:
    """How much was removed at night."""

    followers: int
    follows: int
    attempts: int


def forget(session: Session, *, now: datetime) -> Forgotten:
    """Remove what was not confirmed in time, and addresses that have followed nothing for a month."""
    late = AlertFollow.confirmed_at.is_(None) & (AlertFollow.asked_at <= now - rules.CONFIRM_WITHIN)
    follows = session.execute(delete(AlertFollow).where(late).returning(AlertFollow.id)).all()
    kept = select(AlertFollow.follower_id).where(
        AlertFollow.stopped_at.is_(None) | (AlertFollow.stopped_at > now - rules.KEPT_AFTER_STOPPING)
    )
    gone = delete(AlertFollower).where(
        AlertFollower.id.not_in(kept),
        AlertFollower.letter_at.is_(None) | (AlertFollower.letter_at <= now - rules.BETWEEN_LETTERS),
    )
    followers = session.execute(gone.returning(AlertFollower.id)).all()
    old = delete(AlertAttempt).where(AlertAttempt.asked_at <= now - rules.BETWEEN_LETTERS)
    attempts = session.execute(old.returning(AlertAttempt.id)).all()
    session.expire_all()
    return Forgotten(len(followers), len(follows), len(attempts))


def make_digest(session: Session, follower_id: int, due_on: date, spans: "Spans", *, now: datetime) -> bool:
    """Put together what someone is told on a day, in one transaction with the ledger; return whether there is a mail.

    Nothing new is no mail, but the day counts as looked into. When another process was first, nothing happens.
    """
    follower = session.get(AlertFollower, follower_id, populate_existing=True)
    if follower is None:
        return False
    read = [_Reading(follow, spans, now) for follow in queries.follows_of(session, follower)]
    claimed = session.execute(
        update(AlertFollower)
        .where(AlertFollower.id == follower_id, AlertFollower.looked_on.is_(None) | (AlertFollower.looked_on < due_on))
        .values(looked_on=due_on)
        .returning(AlertFollower.id)
        .execution_options(synchronize_session=False)
    ).all()
    if not claimed:
        return False
    digest: AlertDigest | None = None
    for one in read:
        one.follow.after_entry = max(one.follow.after_entry, spans.library.until)
        if one.fresh_keys:
            one.follow.seen = sorted({*one.follow.seen, *one.fresh_keys})
        lines = one.lines(session, due_on)
        if lines and digest is None:
            digest = _new_digest(follower_id, due_on, now)
            session.add(digest)
            session.flush()
        if digest is not None:
            session.add_all(AlertItem(digest_id=digest.id, follow_id=one.follow.id, **line) for line in lines)
    session.flush()
    return digest is not None


def _new_digest(follower_id: int, due_on: date, now: datetime) -> AlertDigest:
    return AlertDigest(
        follower_id=follower_id,
        handle=secrets.token_urlsafe(HANDLE_BYTES),
        due_on=due_on,
        state=SendState.QUEUED,
        made_at=now,
        state_at=now,
        try_at=now,
        attempts=0,
    )


class Spans:
    """The spans of one run: those who were told up to the same entry share what is read."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._spans: dict[int, Span] = {}

    def after(self, entry: int) -> Span:
        """Return the span after an entry of the outbox."""
        return self._spans.setdefault(entry, Span(self.library, entry))


class _Reading:
    """What one follow has to tell."""

    def __init__(self, follow: AlertFollow, spans: Spans, now: datetime) -> None:
        wanted = Wanted(FollowKind(follow.kind), follow.key)
        found = queries.found_for(wanted, spans.after(follow.after_entry), follow.seen)
        keeps_what_it_saw = wanted.kind in {FollowKind.ARTICLE, FollowKind.RULING}
        self.follow = follow
        self.fresh_keys = [one.key for one in found] if keeps_what_it_saw else []
        self.listed: Listed = rules.within_reason(found, today=brussels_date(now))
        self.address = queries.address_of_follow(wanted, spans.library.vocabulary)

    def lines(self, session: Session, due_on: date) -> list[dict[str, object]]:
        """Return the rows of the ledger, without what it holds already."""
        told = queries.told(session, self.follow.id, [one.document_id for one in self.listed.lines])
        counted: list[dict[str, object]] = [
            {"document_id": name, "version": due_on.isoformat(), "label": "", "title": words, "address": self.address}
            | {"note": "", "dated_on": None}
            for name, words in rules.counted_lines(self.listed).items()
        ]
        return [*(_row(one) for one in self.listed.lines if one.key not in told), *counted]


def _row(found: Found) -> dict[str, object]:
    names = ("document_id", "version", "label", "title", "address", "note", "dated_on")
    return {name: getattr(found, name) for name in names}


def claim_letter(session: Session, follower_id: int, *, now: datetime) -> bool:
    """Take the letter that asks someone to confirm; return whether it is ours to send. Commit before sending."""
    return _is_ours(
        session,
        update(AlertFollower)
        .where(AlertFollower.id == follower_id, AlertFollower.letter_state == SendState.QUEUED)
        .values(letter_state=SendState.SENDING, letter_at=now)
        .returning(AlertFollower.id),
    )


def settle_letter(session: Session, follower_id: int, answer: Answer | None) -> None:
    """Note what became of that letter; None means that nothing was sent and it may go again."""
    state = SendState.QUEUED if answer is None else _ENDS.get(answer.delivery, SendState.QUEUED)
    session.execute(
        update(AlertFollower)
        .where(AlertFollower.id == follower_id, AlertFollower.letter_state == SendState.SENDING)
        .values(letter_state=state)
    )


def claim_digest(session: Session, digest_id: int, *, now: datetime) -> bool:
    """Take a digest; return whether it is ours to send. Commit before sending."""
    return _is_ours(
        session,
        update(AlertDigest)
        .where(AlertDigest.id == digest_id, AlertDigest.state == SendState.QUEUED, AlertDigest.try_at <= now)
        .values(state=SendState.SENDING, state_at=now, attempts=AlertDigest.attempts + 1)
        .returning(AlertDigest.id),
    )


def settle_digest(session: Session, digest_id: int, answer: Answer | None, *, now: datetime) -> SendState:
    """Note what became of a digest and return it; None means that nothing was sent and it may go again.

    What the server postponed is tried again four times, ever later, and then counts as rejected.
    """
    digest = session.get_one(AlertDigest, digest_id, populate_existing=True)
    values: dict[str, object] = {"state_at": now}
    if answer is None:
        values |= {"state": SendState.QUEUED, "attempts": digest.attempts - 1}
    elif answer.delivery == Delivery.POSTPONED:
        again = rules.retry_at(digest.attempts, now)
        values |= {"state": SendState.REJECTED} if again is None else {"state": SendState.QUEUED, "try_at": again}
    else:
        values |= {"state": _ENDS[answer.delivery]}
    session.execute(
        update(AlertDigest).where(AlertDigest.id == digest_id, AlertDigest.state == SendState.SENDING).values(values)
    )
    return SendState(str(values["state"]))


def note_lost(session: Session, *, now: datetime) -> int:
    """Let letters that nobody has been sending for ten minutes be unknown: the sender died; return how many."""
    before = now - rules.LOST_AFTER
    digests = update(AlertDigest).where(AlertDigest.state == SendState.SENDING, AlertDigest.state_at < before)
    letters = update(AlertFollower).where(
        AlertFollower.letter_state == SendState.SENDING, AlertFollower.letter_at < before
    )
    lost = session.execute(digests.values(state=SendState.UNKNOWN, state_at=now).returning(AlertDigest.id)).all()
    lost_letters = session.execute(letters.values(letter_state=SendState.UNKNOWN).returning(AlertFollower.id)).all()
    return len(lost) + len(lost_letters)


def _is_ours(session: Session, claim: ReturningUpdate[tuple[int]]) -> bool:
    rows: Sequence[object] = session.execute(claim.execution_options(synchronize_session=False)).all()
    return bool(rows)
