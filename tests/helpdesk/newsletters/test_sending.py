"""Nobody twice, nobody skipped: against a real mail server, and with real kills."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, delete, insert, select, text, update
from sqlalchemy.orm import Session

from benchmarks import newsletter as drills
from helpdesk import jobs
from helpdesk.cli import main
from helpdesk.core import mail
from helpdesk.core.mail import Conversation, Door, Letter, MailServerGone
from helpdesk.newsletters import actions, letters, queries, rules
from helpdesk.newsletters.models import (
    Bounce,
    Delivery,
    DeliveryState,
    Issue,
    IssueItem,
    IssueState,
    SingleLetter,
    Subscriber,
    SubscriberState,
)
from helpdesk.newsletters.rules import BounceKind, Step
from helpdesk.newsletters.sending import Pace, Recipient, Sender, read_bounces, take_bounce
from helpdesk.settings import Settings
from helpdesk.web.services import KEY, Services
from tests.conftest import POSTGRES
from tests.mailserver import HANG_UP, OK, MailServer, mail_server

pytestmark = pytest.mark.stored

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
SECRET = "x" * 40


@pytest.fixture
def server() -> Iterator[MailServer]:
    """A mail server that takes everything until told otherwise."""
    with mail_server() as running:
        yield running


@pytest.fixture
def issue(session: Session) -> Issue:
    """An issue for six readers in three domains, its sending begun."""
    return begun(session, [f"lezer{number}@d{number % 3}.example.org" for number in range(6)])


def begun(session: Session, emails: list[str], *, now: datetime = NOW) -> Issue:
    """Store these readers, when they are new, and an issue whose sending begins."""
    known = queries.emails_among(session, emails)
    fresh = [
        {"email": email, "key": rules.new_key(), "state": SubscriberState.ACTIVE, "asked_at": now}
        for email in emails
        if email not in known
    ]
    if fresh:
        session.execute(insert(Subscriber), fresh)
    made = Issue(
        subject="Nieuws over verblijf",
        intro="",
        state=IssueState.APPROVED,
        revision=1,
        since_at=now,
        composed_at=now,
        troubles=0,
        items=[
            IssueItem(
                position=1,
                source="nieuws/a",
                kind="Nieuws",
                title="Een arrest",
                teaser="Kort.",
                address="/nieuws/a",
                branches=[],
            )
        ],
    )
    session.add(made)
    session.flush()
    assert actions.begin(session, made, now=now)
    session.commit()
    return made


def letter_to(recipient: Recipient) -> Letter:
    return Letter(
        to=recipient.email,
        subject="Nieuws",
        text="Dag",
        sender="Redactie <redactie@example.org>",
        message_id=mail.message_id(recipient.token, "example.org"),
        sent_at=NOW,
        return_path=rules.return_path("terug@example.org", recipient.token),
    )


def sender(
    session: Session,
    issue: Issue,
    server: MailServer,
    *,
    at: Callable[[], datetime] = lambda: NOW,
    write: Callable[[Recipient], Letter] = letter_to,
    seconds: float = 5,
) -> Sender:
    """A sender of so many seconds at most: it does not wait for what is put off for longer."""
    return Sender(
        session,
        issue.id,
        letter_to=write,
        open_door=lambda: Conversation(server.url),
        clock=at,
        key=SECRET,
        pace=Pace(seconds=seconds),
    )


def states(session: Session, issue: Issue) -> dict[str, str]:
    query = (
        select(Subscriber.email, Delivery.state)
        .join(Delivery, Delivery.subscriber_id == Subscriber.id)
        .where(Delivery.issue_id == issue.id)
    )
    return dict(session.execute(query).all())


def taken(server: MailServer) -> list[str]:
    return sorted(letter.recipient for letter in server.letters)


class TestSending:
    def test_everybody_gets_it_once(self, session: Session, issue: Issue, server: MailServer) -> None:
        did = sender(session, issue, server).run()
        again = sender(session, issue, server).run()

        assert (did.sent, again.sent) == (6, 0)
        assert taken(server) == sorted(states(session, issue))
        session.refresh(issue)
        assert (issue.state, issue.number, issue.year) == (IssueState.SENT, 1, 2026)

    def test_who_leaves_during_the_run_gets_nothing_more(
        self, session: Session, issue: Issue, server: MailServer
    ) -> None:
        def write(recipient: Recipient) -> Letter:
            if recipient.email.startswith("lezer0"):
                leaver = queries.find_by_email(session, "lezer3@d0.example.org")
                eraser = queries.find_by_email(session, "lezer4@d1.example.org")
                assert leaver is not None
                assert eraser is not None
                actions.leave(session, leaver, now=NOW, key=SECRET)
                actions.erase(session, eraser, now=NOW, key=SECRET)
                session.commit()
            return letter_to(recipient)

        sender(session, issue, server, write=write).run()

        assert taken(server) == [f"lezer{number}@d{number % 3}.example.org" for number in (0, 1, 2, 5)]
        assert queries.progress_of(session, issue.id)[DeliveryState.DROPPED] == 2

    def test_what_is_refused_is_not_tried_again(self, session: Session, issue: Issue, server: MailServer) -> None:
        server.at_recipient = lambda address: "550 onbekend" if address.startswith("lezer2") else OK

        sender(session, issue, server).run()

        assert states(session, issue)["lezer2@d2.example.org"] == DeliveryState.REJECTED
        assert len(server.letters) == 5

    def test_a_domain_that_puts_off_is_left_alone_for_a_while(
        self, session: Session, issue: Issue, server: MailServer
    ) -> None:
        asked: list[str] = []

        def answer(address: str) -> str:
            asked.append(address)
            return "451 straks" if address.endswith("@d0.example.org") and len(asked) == 1 else OK

        server.at_recipient = answer
        sender(session, issue, server).run()
        assert taken(server) == [f"lezer{number}@d{number % 3}.example.org" for number in (1, 2, 4, 5)]

        sender(session, issue, server, at=lambda: NOW + timedelta(minutes=4)).run()
        assert len(server.letters) == 4

        sender(session, issue, server, at=lambda: NOW + timedelta(minutes=6)).run()
        assert taken(server) == sorted(states(session, issue))

    def test_one_full_mailbox_does_not_stop_its_domain(
        self, session: Session, issue: Issue, server: MailServer
    ) -> None:
        server.at_recipient = lambda address: "452 vol" if address == "lezer0@d0.example.org" else OK
        for minutes in (0, 6):
            sender(session, issue, server, at=lambda minutes=minutes: NOW + timedelta(minutes=minutes)).run()  # type: ignore[misc]

        assert states(session, issue)["lezer3@d0.example.org"] == DeliveryState.SENT
        for hours in (24, 49, 54, 59):
            sender(session, issue, server, at=lambda hours=hours: NOW + timedelta(hours=hours)).run()  # type: ignore[misc]
        assert states(session, issue)["lezer0@d0.example.org"] == DeliveryState.REJECTED

    def test_a_connection_that_breaks_loses_nobody(self, session: Session, issue: Issue, server: MailServer) -> None:
        dropped: set[str] = set()

        def answer(address: str) -> str:
            if address in dropped:
                return OK
            dropped.add(address)
            return HANG_UP

        server.at_recipient = answer
        for minute in range(20):
            later = NOW + timedelta(minutes=minute)
            sender(session, issue, server, at=lambda later=later: later, seconds=0.9).run()  # type: ignore[misc]

        assert taken(server) == sorted(states(session, issue))

    def test_a_mail_server_that_is_gone_is_tried_later_each_time(self, session: Session, issue: Issue) -> None:
        def nobody() -> AbstractContextManager[Door]:
            raise MailServerGone("weg")

        for hours in range(3):
            Sender(
                session,
                issue.id,
                letter_to=letter_to,
                open_door=nobody,
                clock=lambda hours=hours: NOW + timedelta(hours=hours),  # type: ignore[misc]
                key=SECRET,
                pace=Pace(seconds=0.9),
            ).run()
            session.refresh(issue)

        assert issue.troubles == 3
        assert issue.retry_at == NOW + timedelta(hours=2, seconds=4)
        assert issue.state == IssueState.SENDING
        assert queries.progress_of(session, issue.id)[DeliveryState.QUEUED] == 6

    def test_a_lost_answer_is_decided_by_a_person(
        self, session: Session, issue: Issue, server: MailServer, jurist: int
    ) -> None:
        server.at_letter = lambda address: HANG_UP if address.startswith("lezer1") else OK
        sender(session, issue, server).run()
        assert states(session, issue)["lezer1@d1.example.org"] == DeliveryState.UNKNOWN
        sender(session, issue, server, at=lambda: NOW + timedelta(days=1)).run()
        assert taken(server).count("lezer1@d1.example.org") == 1

        [doubtful] = queries.doubtful_copies(session, issue.id)
        delivery = queries.find_delivery(session, doubtful.id)
        assert delivery is not None
        server.at_letter = lambda _: OK
        actions.decide(session, delivery, again=True, by=jurist, now=NOW)
        session.commit()
        sender(session, issue, server).run()

        assert taken(server).count("lezer1@d1.example.org") == 2
        with pytest.raises(actions.StepRefused):
            actions.decide(session, delivery, again=True, by=jurist, now=NOW)

    def test_a_claim_of_a_dead_sender_is_never_sent_by_itself(
        self, session: Session, issue: Issue, server: MailServer
    ) -> None:
        first = select(Delivery.id).where(Delivery.issue_id == issue.id).order_by(Delivery.id).limit(1)
        claimed = session.scalars(first).one()
        session.execute(
            update(Delivery)
            .where(Delivery.id == claimed)
            .values(state=DeliveryState.SENDING, sender="elders:1:abc", changed_at=NOW)
        )
        session.commit()

        sender(session, issue, server, at=lambda: NOW + timedelta(minutes=5)).run()
        session.refresh(issue)
        assert (len(server.letters), issue.state) == (5, IssueState.SENDING)  # it may still be talking

        sender(session, issue, server, at=lambda: NOW + timedelta(minutes=11)).run()
        session.refresh(issue)
        assert (len(server.letters), issue.state) == (5, IssueState.SENT)
        assert len(queries.doubtful_copies(session, issue.id)) == 1

    def test_a_paused_issue_rests(self, session: Session, issue: Issue, server: MailServer, jurist: int) -> None:
        def write(recipient: Recipient) -> Letter:
            if issue.state == IssueState.SENDING:
                actions.take_step(session, issue, Step.PAUSE, by=jurist, now=NOW, four_eyes=True)
                session.commit()
            return letter_to(recipient)

        sender(session, issue, server, write=write).run()
        assert len(server.letters) == 1

        actions.take_step(session, issue, Step.RESUME, by=jurist, now=NOW, four_eyes=True)
        session.commit()
        sender(session, issue, server).run()
        assert taken(server) == sorted(states(session, issue))


@pytest.fixture(params=["sqlite", "postgresql"])
def own_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of its own, which other processes can open; on PostgreSQL a schema beside the others."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'newsletter.sqlite'}"
        return
    url = os.environ.get(POSTGRES, "").replace("postgresql://", "postgresql+psycopg://", 1)
    if not url:
        pytest.skip(f"no PostgreSQL: {POSTGRES} is not set")
    engine: Engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA IF EXISTS newsletter_drill CASCADE"))
        connection.execute(text("CREATE SCHEMA newsletter_drill"))
    yield f"{url}{'&' if '?' in url else '?'}options=-csearch_path%3Dnewsletter_drill"
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA newsletter_drill CASCADE"))
    engine.dispose()


def test_nobody_twice_and_nobody_missing_when_senders_are_killed(own_database: str) -> None:
    """The drill of `make bench` with a smaller list: kills, lost connections and answers, 4xx, 5xx."""
    result = drills.drill(300, 3, database_url=own_database)

    assert result.kills == 3
    assert (result.twice, result.missing, result.wrongly_refused) == ([], [], [])
    assert len(result.unknown) <= result.kills + result.lost_answers
    assert sum(state == DeliveryState.SENT for state in result.states.values()) > 280


def test_two_senders_at_once_send_nothing_twice(own_database: str) -> None:
    result = drills.together(200, 2, database_url=own_database)

    assert set(result.taken.values()) == {1}
    assert set(result.states.values()) == {DeliveryState.SENT}
    assert len(result.taken) == 200


class TestLetters:
    @pytest.fixture
    def settings(self, house_app: Flask) -> Settings:
        """The settings of the application."""
        held = house_app.extensions[KEY]
        assert isinstance(held, Services)
        return held.settings

    def test_a_copy_holds_what_its_reader_wants_with_his_own_links(
        self, house_app: Flask, issue: Issue, settings: Settings
    ) -> None:
        with house_app.app_context():
            edition = letters.Edition.of(issue, settings)
            one, two = (
                edition.letter_to(
                    Recipient(number, f"{number:020x}", f"a{number}@example.org", f"k{number}", frozenset(), 0), NOW
                )
                for number in (1, 2)
            )

        wire = mail.as_bytes(one)
        assert b"To: a1@example.org\r\n" in wire
        assert one.return_path.endswith("+00000000000000000001@localhost")
        [header] = [line for line in wire.split(b"\r\n") if line.startswith(b"List-Unsubscribe:")]
        address = header.partition(b"<")[2].partition(b">")[0].decode()
        assert address == f"{settings.base_url}/nieuwsbrief/uitschrijven/{letters.reader_token(settings, 'k1')}"
        assert len(header) > 78
        assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in wire
        assert letters.reader_token(settings, "k1").encode() not in mail.as_bytes(two)
        assert all(blank.encode() not in wire for blank in (letters.LEAVE_BLANK, letters.READER_BLANK))
        assert one.message_id != two.message_id

    def test_the_html_survives_old_programs_and_dark_screens(
        self, house_app: Flask, issue: Issue, settings: Settings
    ) -> None:
        with house_app.app_context():
            html = letters.Edition.of(issue, settings).letter_for_proof("a@example.org", NOW).html or ""

        assert "@media (prefers-color-scheme: dark)" in html
        assert 'style="' in html
        assert "<script" not in html
        assert "<img" not in html  # nothing that tells who opened it

    def test_the_text_reads_by_itself(self, house_app: Flask, issue: Issue, settings: Settings) -> None:
        with house_app.app_context():
            said = letters.Edition.of(issue, settings).letter_for_proof("a@example.org", NOW).text

        assert "1. Nieuws: Een arrest" in said
        assert f"{settings.base_url}/nieuws/a" in said.splitlines()
        assert "<" not in said


BOUNCE = """From: MAILER-DAEMON@mx.example.org
To: terug+{token}@example.org
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="grens"

--grens
Content-Type: text/plain

Niet bezorgd.

--grens
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; lezer0@d0.example.org
Action: {action}
Status: {status}

--grens--
"""


class TestBounces:
    def came_back(self, session: Session, issue: Issue, *, action: str, status: str) -> bytes:
        query = (
            select(Delivery.token)
            .join(Subscriber, Subscriber.id == Delivery.subscriber_id)
            .where(Delivery.issue_id == issue.id, Subscriber.email == "lezer0@d0.example.org")
        )
        token = session.scalars(query).one()
        return BOUNCE.format(token=token, action=action, status=status).encode()

    def reader(self, session: Session) -> Subscriber:
        found = queries.find_by_email(session, "lezer0@d0.example.org")
        assert found is not None
        return found

    def test_an_address_that_is_gone_is_suppressed(self, session: Session, issue: Issue, server: MailServer) -> None:
        sender(session, issue, server).run()
        wire = self.came_back(session, issue, action="failed", status="5.1.1")

        assert take_bounce(session, wire, now=NOW, key=SECRET)
        assert take_bounce(session, wire, now=NOW, key=SECRET)

        assert self.reader(session).state == SubscriberState.LEFT
        assert len(session.scalars(select(Bounce)).all()) == 1

    def test_one_that_is_full_has_three_issues(self, session: Session, issue: Issue, server: MailServer) -> None:
        current = issue
        for round_number in (1, 2, 3):
            sender(session, current, server).run()
            wire = self.came_back(session, current, action="failed", status="5.2.2")
            take_bounce(session, wire, now=NOW, key=SECRET)
            expected = SubscriberState.ACTIVE if round_number < 3 else SubscriberState.LEFT
            assert self.reader(session).state == expected
            if round_number < 3:
                current = begun(session, list(states(session, issue)), now=NOW + timedelta(days=30 * round_number))

    def test_a_mailbox_is_read_and_emptied(
        self, session: Session, issue: Issue, server: MailServer, tmp_path: Path
    ) -> None:
        sender(session, issue, server).run()
        for part in ("cur", "new", "tmp"):
            (tmp_path / "Maildir" / part).mkdir(parents=True)
        wire = self.came_back(session, issue, action="failed", status="5.1.1")
        (tmp_path / "Maildir" / "new" / "1.a").write_bytes(wire)
        (tmp_path / "Maildir" / "new" / "2.b").write_bytes(
            b"To: terug@example.org\nSubject: afwezig\n\nIk ben er niet.\n"
        )

        assert read_bounces(session, tmp_path / "Maildir", now=NOW, key=SECRET) == 1
        assert list((tmp_path / "Maildir" / "new").iterdir()) == []

    @pytest.mark.parametrize("wire", [b"", b"\xff\xfe\x00", b"To: terug+" + b"a" * 20 + b"@example.org\n\nIk ben weg."])
    def test_what_is_no_bounce_does_nothing(self, session: Session, wire: bytes) -> None:
        assert not take_bounce(session, wire, now=NOW, key=SECRET)

    def test_a_full_mailbox_is_soft_and_an_unknown_one_hard(self) -> None:
        wire = BOUNCE.format(token="a" * 20, action="failed", status="5.1.1").encode()
        full = BOUNCE.format(token="a" * 20, action="failed", status="5.2.2").encode()
        late = BOUNCE.format(token="a" * 20, action="delayed", status="4.4.1").encode()

        assert rules.read_bounce(wire) == ("a" * 20, BounceKind.HARD)
        assert rules.read_bounce(full) == ("a" * 20, BounceKind.SOFT)
        assert rules.read_bounce(late) == ("a" * 20, BounceKind.SOFT)


class TestWhoeverRunsIt:
    def typed(self, house_app: Flask, *words: str, given: bytes = b"") -> str:
        done = house_app.test_cli_runner().invoke(main, ["newsletter", *words], input=given)
        return done.output

    def test_a_command_sends_and_tells(self, house_app: Flask, session: Session, issue: Issue) -> None:
        assert "wachten\t6" in self.typed(house_app, "status", "2026/1")

        said = self.typed(house_app, "resume", str(issue.id))

        assert "nr. 1 van 2026\tverstuurd\t6 brieven" in said
        assert "verstuurd\t6" in said
        session.expire_all()
        assert issue.state == IssueState.SENT
        assert "al helemaal verstuurd" in self.typed(house_app, "resume", "2026/1")

    def test_a_command_refuses_what_nobody_approved(self, house_app: Flask, session: Session, jurist: int) -> None:
        drafted = actions.start_issue(session, by=jurist, now=NOW)
        session.commit()

        assert "Dat kan niet meer" in self.typed(house_app, "send", str(drafted.id))
        assert "nog niet verstuurd" in self.typed(house_app, "resume", str(drafted.id))
        assert "Er is geen nieuwsbrief 'x'" in self.typed(house_app, "status", "x")

    def test_a_bounce_comes_through_a_pipe(self, house_app: Flask, session: Session, issue: Issue) -> None:
        token = session.scalars(select(Delivery.token).where(Delivery.issue_id == issue.id)).first()
        wire = BOUNCE.format(token=token, action="failed", status="5.1.1").encode()

        assert "Genoteerd." in self.typed(house_app, "bounce", given=wire)
        assert "geen teruggekomen nieuwsbrief" in self.typed(house_app, "bounce", given=b"dag")

    def test_the_job_runner_begins_what_is_due(self, house_app: Flask, session: Session, issue: Issue) -> None:
        issue.state, issue.number, issue.year, issue.sent_on = IssueState.SCHEDULED, None, None, None
        issue.planned_at = NOW - timedelta(days=400)
        session.execute(delete(Delivery))
        session.commit()

        with house_app.app_context():
            jobs.send_newsletters()

        session.expire_all()
        assert issue.state == IssueState.SENT
        assert queries.progress_of(session, issue.id)[DeliveryState.SENT] == 6

    def test_the_job_runner_sends_the_letters_that_wait_once(self, house_app: Flask, session: Session) -> None:
        actions.ask(session, "wacht@example.org", [], now=datetime.now(UTC), key=SECRET)
        session.commit()

        with house_app.app_context():
            jobs.send_newsletter_letters()
            jobs.send_newsletter_letters()
            jobs.read_newsletter_bounces()
            jobs.keep_periods()

        session.expire_all()
        assert list(session.scalars(select(SingleLetter.state))) == [DeliveryState.SENT]


class TestHoldAfterRestore:
    def test_nobody_gets_a_copy_that_may_have_left_after_the_backup(
        self, session: Session, issue: Issue, server: MailServer
    ) -> None:
        """A backup does not know what left after it was made: a person decides on those copies."""
        planned = begun(session, ["later@example.org"])
        planned.state, planned.planned_at = IssueState.SCHEDULED, NOW
        session.commit()

        assert actions.hold_after_restore(session, now=NOW) == 2
        session.commit()
        sender(session, issue, server).run()

        assert server.letters == []
        assert set(states(session, issue).values()) == {DeliveryState.UNKNOWN}
        assert issue.state == IssueState.PAUSED
        held = session.get_one(Issue, planned.id, populate_existing=True)
        assert (held.state, held.planned_at) == (IssueState.APPROVED, None)
        assert queries.due_issues(session, now=NOW) == []
