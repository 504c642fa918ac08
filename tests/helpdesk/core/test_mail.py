"""Letters, and what a conversation with a real mail server tells about them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from helpdesk.core import mail
from helpdesk.core.mail import Conversation, Delivery, Letter
from tests.mailserver import HANG_UP, OK, MailServer, mail_server

LEAVE = "https://www.example.org/nieuwsbrief/uit/" + "a" * 120
LETTER = Letter(
    to="lezer@example.org",
    subject="Nieuws over verblijf: één arrest, twee gevolgen",
    text="Beste lezer\n.\n.en dit begint met een punt\n" + "woord " * 300,
    html="<p>Beste lezer</p>",
    sender="De redactie <redactie@example.org>",
    return_path="terug+1@example.org",
    message_id=mail.message_id("uitgave 1 lezer 1", "example.org"),
    sent_at=datetime(2026, 11, 25, 9, 0, tzinfo=UTC),
    unsubscribe_url=LEAVE,
)


@pytest.fixture
def server() -> Iterator[MailServer]:
    """A mail server that takes everything until told otherwise."""
    with mail_server() as running:
        yield running


class TestLetter:
    def test_the_address_to_leave_stands_in_the_raw_header_as_it_is(self) -> None:
        """Encoded or folded in the middle it is no address to a mail program, and one click does nothing (RFC 8058)."""
        wire = mail.as_bytes(LETTER)

        assert f"List-Unsubscribe: <{LEAVE}>\r\n".encode() in wire
        assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in wire

    def test_no_line_is_longer_than_a_server_takes(self) -> None:
        assert max(len(line) for line in mail.as_bytes(LETTER).split(b"\r\n")) <= 998

    def test_a_line_break_in_a_header_is_refused(self) -> None:
        """A stranger's address must not add a second recipient."""
        with pytest.raises(ValueError, match="linefeed"):
            mail.as_bytes(replace(LETTER, subject="Dag\r\nBcc: ander@example.org"))

    def test_the_same_letter_has_the_same_identity(self) -> None:
        assert mail.message_id("a", "example.org") == mail.message_id("a", "example.org")
        assert mail.message_id("a", "example.org") != mail.message_id("b", "example.org")

    @pytest.mark.parametrize(
        ("typed", "kept"), [(" Lezer@Example.ORG ", "lezer@example.org"), ("a+b@bücher.de", "a+b@xn--bcher-kva.de")]
    )
    def test_an_address_is_kept_in_one_form(self, typed: str, kept: str) -> None:
        assert mail.normal_address(typed) == kept

    @pytest.mark.parametrize("typed", ["", "lezer", "lezer@", "a b@example.org", "a@example.org\nBcc: b@example.org"])
    def test_what_is_no_address_is_refused_without_repeating_it(self, typed: str) -> None:
        with pytest.raises(mail.NoAddress) as refused:
            mail.normal_address(typed)

        assert str(refused.value) == "Dit is geen e-mailadres. Schrijf het als naam@voorbeeld.be."


class TestConversation:
    def test_a_letter_arrives_word_for_word(self, server: MailServer) -> None:
        with Conversation(server.url) as door:
            assert door.send(LETTER).delivery is Delivery.SENT

        [received] = server.letters
        assert (received.sender, received.recipient) == ("terug+1@example.org", "lezer@example.org")
        assert received.message["Subject"] == LETTER.subject
        body = received.message.get_body(("plain",))
        assert body is not None
        assert body.get_content().splitlines() == LETTER.text.splitlines()

    @pytest.mark.parametrize(
        ("answer", "delivery"),
        [
            ("451 later", Delivery.POSTPONED),
            ("452 vol", Delivery.POSTPONED),
            ("550 onbekend", Delivery.REJECTED),
            ("552 te groot", Delivery.REJECTED),
        ],
    )
    @pytest.mark.parametrize("moment", ["at_recipient", "at_letter"])
    def test_what_the_server_answers_is_told(
        self, server: MailServer, moment: str, answer: str, delivery: Delivery
    ) -> None:
        """After a refusal the same connection takes the next letter."""
        setattr(server, moment, lambda recipient: answer if recipient == LETTER.to else OK)

        with Conversation(server.url) as door:
            refused = door.send(LETTER)
            taken = door.send(replace(LETTER, to="ander@example.org"))

        assert (refused.delivery, refused.code) == (delivery, int(answer[:3]))
        assert taken.delivery is Delivery.SENT
        assert [letter.recipient for letter in server.letters] == ["ander@example.org"]

    def test_a_connection_lost_before_the_letter_means_nothing_was_sent(self, server: MailServer) -> None:
        server.at_recipient = lambda _: HANG_UP

        with Conversation(server.url) as door, pytest.raises(mail.MailServerGone):
            door.send(LETTER)

        assert server.letters == []

    def test_a_lost_answer_is_unknown(self, server: MailServer) -> None:
        """The server has the letter, we cannot know: sending again by itself could mean twice."""
        server.at_letter = lambda _: HANG_UP

        with Conversation(server.url) as door:
            assert door.send(LETTER).delivery is Delivery.UNKNOWN

        assert len(server.letters) == 1

    def test_a_server_that_is_not_there_is_told(self) -> None:
        with pytest.raises(mail.MailServerGone), Conversation("smtp://127.0.0.1:1"):
            pass

    def test_an_address_that_is_no_mail_server_is_refused(self) -> None:
        with pytest.raises(mail.MailServerRefused, match="HELPDESK_SMTP_URL"), Conversation("http://example.org"):
            pass


class TestFolder:
    def test_without_a_server_a_letter_becomes_a_file(self, tmp_path: Path) -> None:
        with mail.open_door("", tmp_path) as door:
            door.send(LETTER)
            door.send(LETTER)
            door.send(replace(LETTER, to="ander@example.org"))

        letters = list(mail.Folder(tmp_path).letters())
        assert sorted(letter["To"] for letter in letters) == ["ander@example.org", "lezer@example.org"]
        assert not list(tmp_path.glob("*.part"))
