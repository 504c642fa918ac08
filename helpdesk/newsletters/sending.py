"""Sending: nobody gets an issue twice, nobody is skipped, also when the sender is killed in the middle.

This room commits by itself (decision 15): what is written down before and after each conversation with the mail server
is the guarantee. One transaction stores what became of the last copy and claims the next one, so each sender has at
most one copy in `sending`. A copy found there after a crash is `unknown` and is never sent again by itself.
"""

import mailbox
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import structlog
from sqlalchemy import Table, bindparam, exists, func, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from helpdesk.core.mail import Answer, Door, Letter, MailServerGone
from helpdesk.core.mail import Delivery as Outcome
from helpdesk.newsletters import actions, queries, rules
from helpdesk.newsletters.models import (
    Delivery,
    DeliveryState,
    Issue,
    IssueState,
    SingleLetter,
    Subscriber,
    SubscriberState,
)

log = structlog.get_logger()

AHEAD = 50  # copies looked up at once; each is claimed by itself
DATABASE_TRIES = 200
DATABASE_WAIT_SECONDS = 0.05
LONGEST_NAP_SECONDS = 0.2  # so that pausing, and being told to stop, is noticed
NUMBER_OF_LETTERS = 200  # single letters in one go

SINGLE_OUTCOMES = {
    Outcome.SENT: DeliveryState.SENT,
    Outcome.POSTPONED: DeliveryState.QUEUED,
    Outcome.REJECTED: DeliveryState.REJECTED,
    Outcome.UNKNOWN: DeliveryState.UNKNOWN,
}
T = TypeVar("T")

_copies: Table = Delivery.__table__  # type: ignore[assignment]  # a declared class has a Table
_readers: Table = Subscriber.__table__  # type: ignore[assignment]
_issues: Table = Issue.__table__  # type: ignore[assignment]

_READS_IT = exists().where(_readers.c.id == _copies.c.subscriber_id, _readers.c.state == SubscriberState.ACTIVE)
_IS_BEING_SENT = exists().where(_issues.c.id == _copies.c.issue_id, _issues.c.state == IssueState.SENDING)
_CLAIM = (
    update(_copies)
    .where(_copies.c.id == bindparam("copy"), _copies.c.state == DeliveryState.QUEUED, _READS_IT, _IS_BEING_SENT)
    .values(
        state=DeliveryState.SENDING,
        sender=bindparam("me"),
        changed_at=bindparam("at"),
        attempts=_copies.c.attempts + 1,
    )
)
_SETTLE = (
    update(_copies)
    .where(
        _copies.c.id == bindparam("copy"),
        _copies.c.sender == bindparam("me"),
        _copies.c.state.in_([DeliveryState.SENDING, DeliveryState.UNKNOWN]),
    )
    .values(
        state=bindparam("became"),
        changed_at=bindparam("at"),
        code=bindparam("said"),
        not_before_at=bindparam("until"),
    )
)


@dataclass(frozen=True)
class Recipient:
    """One copy to be sent and whom it goes to; `key` stands for the reader in links, `branches` are those he wants."""

    delivery_id: int
    token: str
    email: str
    key: str
    branches: frozenset[str]
    attempts: int


@dataclass(frozen=True)
class Pace:
    """How fast copies leave, and how long a sender works before it lets others; None is until there is nothing left."""

    per_minute: int = 0
    seconds: float | None = None


@dataclass
class Sent:
    """What one run of a sender did."""

    sent: int = 0
    postponed: int = 0
    rejected: int = 0
    unknown: int = 0
    troubles: int = 0


@dataclass(frozen=True)
class _Settled:
    """What became of the copy of the last conversation."""

    recipient: Recipient
    became: DeliveryState
    code: int | None
    until: datetime | None = None
    whole_domain: bool = False


class Sender:
    """Sends one issue. Any number of senders may work on it at once, in any number of processes."""

    def __init__(
        self,
        session: Session,
        issue_id: int,
        *,
        letter_to: Callable[[Recipient], Letter],
        open_door: Callable[[], AbstractContextManager[Door]],
        clock: Callable[[], datetime],
        key: str,
        pace: Pace,
    ) -> None:
        """Prepare a sender; `open_door` may raise MailServerGone, `key` is the secret of the installation."""
        self._session = session
        self._issue_id = issue_id
        self._letter_to = letter_to
        self._open_door = open_door
        self._clock = clock
        self._key = key
        self._pace = pace
        self._me = f"{socket.gethostname()[:60]}:{os.getpid()}:{rules.new_token()}"
        self._ahead: list[Recipient] = []
        self._began_at: datetime | None = None  # the sending of the issue
        self._has_sent = False  # since the last trouble: the mail server came back
        self.did = Sent()

    def run(self) -> Sent:
        """Send until nothing is left, the time is up, or the issue is paused; what was put off is waited for.

        With a limit in seconds it never waits for what is put off: whoever called comes back later.

        Raises:
            MailServerRefused: the settings of the mail server are wrong.
        """
        started = time.monotonic()
        give_up_dead_claims(self._session, self._issue_id, now=self._clock())
        while self._may_go_on(started):
            wait = self._seconds_to_wait()
            if wait is None:
                break
            if wait > 0:
                if self._pace.seconds is not None and wait > self._pace.seconds:
                    break
                time.sleep(min(wait, LONGEST_NAP_SECONDS))
                continue
            self._talk(started)
        self._finish()
        return self.did

    def _talk(self, started: float) -> None:
        """Hold one connection and send over it as long as it lasts."""
        with ExitStack() as stack:
            try:
                door = stack.enter_context(self._open_door())
            except MailServerGone:
                self._note_trouble()
                return
            last: _Settled | None = None
            while True:
                next_one = self._turn(last) if self._may_go_on(started) else self._turn(last, claim=False)
                if next_one is None:
                    return
                began = time.monotonic()
                try:
                    answer = door.send(self._letter_to(next_one))
                except MailServerGone:
                    self._turn(self._sent_back(next_one), claim=False)
                    self._note_trouble()
                    return
                last = self._judge(next_one, answer)
                if last.became is DeliveryState.UNKNOWN:
                    self._turn(last, claim=False)  # the connection is gone too
                    return
                self._keep_pace(began)

    def _turn(self, last: _Settled | None, *, claim: bool = True) -> Recipient | None:
        """Store what became of the last copy and claim the next, in one transaction; None when there is none to claim.

        A database that is busy is asked again: nothing is being said to the mail server at this moment.
        """
        for attempt in range(DATABASE_TRIES):
            try:
                if last is not None:
                    self._settle(last)
                claimed = self._claim() if claim else None
                self._session.commit()
            except OperationalError:
                self._session.rollback()
                self._ahead.clear()
                if attempt == DATABASE_TRIES - 1:
                    raise
                time.sleep(DATABASE_WAIT_SECONDS)
            else:
                return claimed
        return None

    def _claim(self) -> Recipient | None:
        now = self._clock()
        while True:
            if not self._ahead:
                self._ahead = list(self._look_up(now))
                if not self._ahead:
                    return None
            wanted = self._ahead.pop(0)
            values = {"copy": wanted.delivery_id, "me": self._me, "at": now}
            if self._session.execute(_CLAIM, values).rowcount:  # type: ignore[attr-defined]  # an UPDATE answers a CursorResult
                return wanted
            if not self._drop_if_left(wanted, now) and not self._is_being_sent():
                self._ahead.clear()
                return None

    def _look_up(self, now: datetime) -> Iterator[Recipient]:
        copies = self._session.execute(
            select(_copies.c.id, _copies.c.token, _copies.c.attempts, _copies.c.subscriber_id)
            .where(
                _copies.c.issue_id == self._issue_id,
                _copies.c.state == DeliveryState.QUEUED,
                func.coalesce(_copies.c.not_before_at, now) <= now,
            )
            .order_by(_copies.c.attempts, _copies.c.id)  # one full mailbox must not stand before its whole domain
            .limit(AHEAD)
        ).all()
        wanted = [copy.subscriber_id for copy in copies if copy.subscriber_id is not None]
        of_these = select(Subscriber).where(Subscriber.id.in_(wanted)).execution_options(populate_existing=True)
        readers = {reader.id: reader for reader in self._session.scalars(of_these)}
        for number, token, attempts, reader_id in copies:
            reader = readers.get(reader_id)
            if reader is None:  # erased: claiming it will fail, and drop it
                yield Recipient(number, token, "", "", frozenset(), attempts)
            else:
                yield Recipient(number, token, reader.email, reader.key, reader.branches, attempts)

    def _drop_if_left(self, wanted: Recipient, now: datetime) -> bool:
        dropped = self._session.execute(
            update(_copies)
            .where(_copies.c.id == wanted.delivery_id, _copies.c.state == DeliveryState.QUEUED, ~_READS_IT)
            .values(state=DeliveryState.DROPPED, changed_at=now)
        )
        return bool(dropped.rowcount)  # type: ignore[attr-defined]  # an UPDATE answers a CursorResult

    def _is_being_sent(self) -> bool:
        state = self._session.scalar(select(_issues.c.state).where(_issues.c.id == self._issue_id))
        return state == IssueState.SENDING

    def _settle(self, last: _Settled) -> None:
        now = self._clock()
        values = {
            "copy": last.recipient.delivery_id,
            "me": self._me,
            "became": last.became,
            "at": now,
            "said": last.code,
            "until": last.until,
        }
        self._session.execute(_SETTLE, values)
        if last.whole_domain:
            self._ahead.clear()  # some of them are not to be tried now
            self._session.execute(
                update(_copies)
                .where(
                    _copies.c.issue_id == self._issue_id,
                    _copies.c.domain == last.recipient.email.rpartition("@")[2],
                    _copies.c.state == DeliveryState.QUEUED,
                    _copies.c.id != last.recipient.delivery_id,
                )
                .values(not_before_at=last.until)
            )

    def _judge(self, recipient: Recipient, answer: Answer) -> _Settled:
        tried = recipient.attempts + 1
        if answer.delivery is Outcome.SENT:
            self.did.sent += 1
            self._has_sent = True
            return _Settled(recipient, DeliveryState.SENT, answer.code)
        if answer.delivery is Outcome.UNKNOWN:
            self.did.unknown += 1
            return _Settled(recipient, DeliveryState.UNKNOWN, answer.code)
        now = self._clock()
        waited = now - (self._began_at or now)
        if answer.delivery is Outcome.REJECTED or rules.is_given_up(tried, waited=waited):
            self.did.rejected += 1
            return _Settled(recipient, DeliveryState.REJECTED, answer.code)
        self.did.postponed += 1
        until = now + rules.pause_after(tried)
        return _Settled(recipient, DeliveryState.QUEUED, answer.code, until, whole_domain=waited <= rules.PATIENCE)

    def _sent_back(self, recipient: Recipient) -> _Settled:
        """Put a copy back that the server never had. It waits a moment: others go first, should it be to blame."""
        tried = recipient.attempts + 1
        if tried >= rules.MOST_ATTEMPTS:
            self.did.rejected += 1
            return _Settled(recipient, DeliveryState.REJECTED, None)
        return _Settled(recipient, DeliveryState.QUEUED, None, self._clock() + rules.trouble_pause(tried))

    def _note_trouble(self) -> None:
        """Let every sender of this issue leave the mail server alone for a while, longer each time."""
        self.did.troubles += 1
        issue = self._session.get(Issue, self._issue_id, populate_existing=True)
        if issue is not None:
            issue.troubles = 1 if self._has_sent else issue.troubles + 1
            self._has_sent = False
            issue.retry_at = self._clock() + rules.trouble_pause(issue.troubles)
        self._session.commit()
        log.warning("newsletter_mail_server_gone", issue=self._issue_id)

    def _seconds_to_wait(self) -> float | None:
        """Return how long until there is something to send: 0 when there is now, None when there is nothing left."""
        now = self._clock()
        issue = self._session.get(Issue, self._issue_id, populate_existing=True)
        if issue is None or issue.state != IssueState.SENDING:
            self._session.rollback()
            return None
        self._began_at = issue.started_at
        moments = [issue.retry_at] if issue.retry_at is not None and issue.retry_at > now else []
        progress = queries.progress_of(self._session, self._issue_id)
        self._session.rollback()
        if not progress[DeliveryState.QUEUED]:
            return None
        if not list(self._peek(now)):
            moments += [progress.next_at] if progress.next_at is not None else []
        return max(((moment - now).total_seconds() for moment in moments), default=0.0)

    def _peek(self, now: datetime) -> Iterator[int]:
        query = (
            select(_copies.c.id)
            .where(
                _copies.c.issue_id == self._issue_id,
                _copies.c.state == DeliveryState.QUEUED,
                func.coalesce(_copies.c.not_before_at, now) <= now,
            )
            .limit(1)
        )
        yield from self._session.scalars(query).all()
        self._session.rollback()

    def _may_go_on(self, started: float) -> bool:
        return self._pace.seconds is None or time.monotonic() - started < self._pace.seconds

    def _keep_pace(self, began: float) -> None:
        if self._pace.per_minute:
            time.sleep(max(0.0, 60 / self._pace.per_minute - (time.monotonic() - began)))

    def _finish(self) -> None:
        """Close the issue when no copy can go any more, and stop writing to who was refused three times in a row."""
        now = self._clock()
        open_copies = exists().where(
            _copies.c.issue_id == self._issue_id,
            _copies.c.state.in_([DeliveryState.QUEUED, DeliveryState.SENDING]),
        )
        closed = self._session.execute(
            update(_issues)
            .where(_issues.c.id == self._issue_id, _issues.c.state == IssueState.SENDING, ~open_copies)
            .values(state=IssueState.SENT, finished_at=now, retry_at=None, troubles=0)
        )
        if closed.rowcount:  # type: ignore[attr-defined]  # an UPDATE answers a CursorResult
            for reader_id in queries.rejected_readers(self._session, self._issue_id):
                actions.give_up_on(self._session, reader_id, is_gone=False, now=now, key=self._key)
        self._session.commit()


def give_up_dead_claims(session: Session, issue_id: int, *, now: datetime) -> int:
    """Mark copies as unknown whose sender died while it may have been talking; return how many."""
    claimed = session.execute(
        select(_copies.c.id, _copies.c.sender, _copies.c.changed_at).where(
            _copies.c.issue_id == issue_id, _copies.c.state == DeliveryState.SENDING
        )
    ).all()
    dead = [
        number
        for number, sender, claimed_at in claimed
        if rules.is_gone(sender, claimed_at, now=now, host=socket.gethostname()[:60], runs=_runs)
    ]
    if dead:
        session.execute(
            update(_copies)
            .where(_copies.c.id.in_(dead), _copies.c.state == DeliveryState.SENDING)
            .values(state=DeliveryState.UNKNOWN, changed_at=now)
        )
    session.commit()
    return len(dead)


def _runs(number: int) -> bool:
    """Tell whether a process of this machine runs."""
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def send_single_letters(
    session: Session,
    *,
    letter_to: Callable[[Subscriber, SingleLetter], Letter],
    open_door: Callable[[], AbstractContextManager[Door]],
    clock: Callable[[], datetime],
) -> int:
    """Send the letters to single readers that wait; return how many went.

    Each is claimed before it goes, so that it never goes twice; one whose sender died is not sent again, its reader
    can ask anew. When the mail server is gone they keep waiting.
    """
    fresh = SingleLetter.state == DeliveryState.QUEUED, SingleLetter.asked_at > clock() - rules.CONFIRM_WITHIN
    waiting = select(SingleLetter.id).where(*fresh).order_by(SingleLetter.id)
    numbers = _patiently(session, lambda: list(session.scalars(waiting.limit(NUMBER_OF_LETTERS))))
    if not numbers:
        return 0
    sent = 0
    try:
        with open_door() as door:
            for number in numbers:
                sent += _send_single(session, number, door, letter_to=letter_to, clock=clock)
    except MailServerGone:
        log.warning("newsletter_mail_server_gone", letters=len(numbers) - sent)
    return sent


def _send_single(
    session: Session,
    number: int,
    door: Door,
    *,
    letter_to: Callable[[Subscriber, SingleLetter], Letter],
    clock: Callable[[], datetime],
) -> int:
    this = SingleLetter.id == number

    def claim() -> Letter | None:
        free = update(SingleLetter).where(this, SingleLetter.state == DeliveryState.QUEUED)
        claimed = session.execute(free.values(state=DeliveryState.SENDING, tried_at=clock()))
        if not claimed.rowcount:  # type: ignore[attr-defined]  # an UPDATE answers a CursorResult
            return None
        found = session.get_one(SingleLetter, number, populate_existing=True)
        return letter_to(queries.get_subscriber(session, found.subscriber_id), found)

    def settle(state: DeliveryState) -> None:
        _patiently(session, lambda: session.execute(update(SingleLetter).where(this).values(state=state)))

    letter = _patiently(session, claim)
    if letter is None:
        return 0
    try:
        answer = door.send(letter)
    except MailServerGone:
        settle(DeliveryState.QUEUED)
        raise
    settle(SINGLE_OUTCOMES[answer.delivery])
    return int(answer.delivery is Outcome.SENT)


def _patiently(session: Session, work: Callable[[], T]) -> T:
    """Do some work on the database and commit it; when that is busy, again."""
    for _ in range(DATABASE_TRIES):
        try:
            done = work()
            session.commit()
        except OperationalError:
            session.rollback()
            time.sleep(DATABASE_WAIT_SECONDS)
        else:
            return done
    done = work()
    session.commit()
    return done


def read_bounces(session: Session, place: Path, *, now: datetime, key: str) -> int:
    """Take in what came back to a Maildir folder or an mbox file; return how many were copies of ours.

    Each letter is removed once it is stored; what is no bounce of ours is removed too: nobody reads this mailbox.
    """
    box: mailbox.Mailbox[mailbox.Message] = (
        mailbox.Maildir(place, create=False) if place.is_dir() else mailbox.mbox(place, create=False)
    )
    taken = 0
    box.lock()
    try:
        for name in sorted(box.keys()):
            taken += take_bounce(session, box.get_bytes(name), now=now, key=key)
            box.remove(name)
        box.flush()
    finally:
        box.unlock()
        box.close()
    return taken


def take_bounce(session: Session, wire: bytes, *, now: datetime, key: str) -> bool:
    """Take in one letter that came back; False when it is no bounce of ours. Safe to repeat."""
    found = rules.read_bounce(wire)
    known = found is not None and actions.note_bounce(session, *found, now=now, key=key)
    session.commit()
    return known
