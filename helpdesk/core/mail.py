"""Mail: letters as bytes, and one conversation with the mail server; the only door to smtplib.

Without a mail server a letter becomes a file in the data folder. What a conversation answers is told apart finely
enough that nobody ever gets the same letter twice: only `Delivery.UNKNOWN` may have arrived without our knowing.
"""

import hashlib
import os
import smtplib
import socket
import ssl
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self
from urllib.parse import unquote, urlsplit

from email_validator import EmailNotValidError, validate_email

# A header over 77 characters would be encoded, and an encoded List-Unsubscribe is no address to mail programs.
WIRE = policy.SMTP.clone(max_line_length=998)
TIMEOUT_SECONDS = 30
LETTERS_KEPT = timedelta(days=30)  # as files, in a house without a mail server
DEFAULT_PORTS = {"smtp": 25, "smtps": 465}
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_ACCEPTED = range(200, 300)
_LATER = range(400, 500)
_GO_AHEAD = 354


class MailServerRefused(ValueError):
    """The address of the mail server cannot be used, or it may not be spoken to safely; the message says why."""


class MailServerGone(ConnectionError):
    """The mail server could not be reached or hung up before it had the letter: nothing was sent."""


class NoAddress(ValueError):
    """A text is no e-mail address a letter can be sent to; the message says so in Dutch, without the text."""


class Delivery(StrEnum):
    """What became of one letter."""

    SENT = "sent"  # the server took it
    POSTPONED = "postponed"  # 4xx: try again later
    REJECTED = "rejected"  # 5xx: never try this again
    UNKNOWN = "unknown"  # the server had the whole letter and its answer was lost


@dataclass(frozen=True)
class Answer:
    """What the server said to one letter; `code` is 0 when it said nothing."""

    delivery: Delivery
    code: int = 0
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One mail to one person. The caller decides the `message_id`: a second attempt carries the same.

    `return_path` is where bounces go (the envelope), `sender` what the reader sees ("Naam <adres>" or an address).
    `unsubscribe_url` makes it a letter that can be left with one click (RFC 8058).
    """

    to: str
    subject: str
    text: str
    sender: str
    message_id: str
    sent_at: datetime
    html: str | None = None
    return_path: str = ""
    unsubscribe_url: str | None = None
    list_id: str | None = None
    wire: bytes | None = field(default=None, repr=False)  # its bytes when a Stencil made them

    @property
    def envelope_sender(self) -> str:
        """The address of the envelope."""
        return self.return_path or Address(addr_spec=_address_in(self.sender)).addr_spec


def as_bytes(letter: Letter) -> bytes:
    """Return a letter as it goes over the wire.

    Raises:
        ValueError: a header holds a line break; no letter may carry a second header of a stranger.
    """
    if letter.wire is not None:
        return letter.wire
    message = EmailMessage(policy=WIRE)
    message["From"] = letter.sender
    message["To"] = letter.to
    message["Subject"] = letter.subject
    message["Date"] = letter.sent_at
    message["Message-ID"] = letter.message_id
    message["Auto-Submitted"] = "auto-generated"
    if letter.list_id:
        message["List-Id"] = letter.list_id
    if letter.unsubscribe_url:
        message["List-Unsubscribe"] = f"<{letter.unsubscribe_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(letter.text, cte="quoted-printable")
    if letter.html is not None:
        message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    return message.as_bytes()


class Stencil:
    """One letter to many: encoded once, with what differs from reader to reader filled in afterwards.

    Encoding takes a few milliseconds a letter, longer than the mail server needs for it. What differs stands in the
    letter as a blank: a word of letters and digits that stands nowhere else.
    """

    def __init__(self, letter: Letter, blanks: Collection[str]) -> None:
        """Encode the letter. Raises ValueError: a blank is not found back whole in the encoded letter."""
        self._letter = letter
        self._wire = as_bytes(letter)
        self._blanks = {blank: blank.encode("ascii") for blank in blanks}
        for blank, sought in self._blanks.items():
            if sought not in self._wire:
                raise ValueError(f"the blank {blank} does not stand in the letter")

    def filled(self, *, to: str, message_id: str, return_path: str, values: Mapping[str, str]) -> Letter:
        """Return the letter to one reader; `values` has what comes in place of each blank.

        Raises:
            ValueError: a value is not plain printable ASCII without blanks, so it could break out of its place.
        """
        wire = self._wire
        for blank, sought in self._blanks.items():
            value = values[blank]
            if not value.isascii() or not value.isprintable() or " " in value or "=" in value:
                raise ValueError(f"what comes in place of {blank} is no plain word")
            wire = wire.replace(sought, value.encode("ascii"))
        return replace(self._letter, to=to, message_id=message_id, return_path=return_path, wire=wire)


def message_id(seed: str, domain: str) -> str:
    """Return the identity of a letter, always the same for the same seed ("issue 12 subscriber 40")."""
    return f"<{hashlib.sha256(seed.encode()).hexdigest()[:32]}@{domain}>"


def normal_address(text: str) -> str:
    """Return an address as we keep it: trimmed, its domain in ASCII, in lower case.

    Whether the domain exists is not looked up: that would tell a name server who asks for what.

    Raises:
        NoAddress: it is none.
    """
    try:
        found = validate_email(text.strip(), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as wrong:
        raise NoAddress("Dit is geen e-mailadres. Schrijf het als naam@voorbeeld.be.") from wrong
    return (found.ascii_email or found.normalized).lower()


class Door(Protocol):
    """Where letters leave the house."""

    def send(self, letter: Letter) -> Answer:
        """Hand over one letter. Raises MailServerGone when nothing was sent because nobody listens any more."""
        ...


class Folder:
    """Letters as files, for a house without a mail server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, letter: Letter) -> Answer:
        """Write the letter beside its name and move it into place; a second attempt replaces the first."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        seed = f"{letter.message_id} {letter.to}"
        name = f"{letter.sent_at:%Y%m%dT%H%M%S}-{hashlib.sha256(seed.encode()).hexdigest()[:16]}.eml"
        aside = self.folder / f"{name}.{os.getpid()}.part"
        aside.write_bytes(as_bytes(letter))
        aside.replace(self.folder / name)
        return Answer(Delivery.SENT)

    def forget(self, *, before: datetime) -> int:
        """Remove the letters written before a moment; return how many."""
        return self._remove(path for path in self._paths() if path.stat().st_mtime < before.timestamp())

    def forget_to(self, addresses: Collection[str]) -> int:
        """Remove the letters to these addresses; return how many."""
        return self._remove(path for path in self._paths() if _recipient(path) in addresses)

    def _paths(self) -> list[Path]:
        return sorted(self.folder.glob("*.eml"))

    def _remove(self, paths: Iterator[Path]) -> int:
        count = 0
        for path in list(paths):
            path.unlink(missing_ok=True)
            count += 1
        return count

    def letters(self) -> Iterator[EmailMessage]:
        """Give the letters, the oldest first."""
        for path in self._paths():
            message = message_from_bytes(path.read_bytes(), policy=WIRE)
            if isinstance(message, EmailMessage):
                yield message


class Conversation:
    """One connection to a mail server, used for many letters; leaving the `with` hangs up politely."""

    def __init__(self, url: str, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._url = url
        self._timeout_seconds = timeout_seconds
        self._server: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        """Call the server. Raises MailServerGone, MailServerRefused."""
        self._server = _connected(self._url, self._timeout_seconds)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hang up."""
        if self._server is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._server.quit()
            self._server.close()
            self._server = None

    def send(self, letter: Letter) -> Answer:
        """Hand over one letter.

        Raises:
            MailServerGone: the connection broke before the server had the whole letter; nothing was sent.
        """
        server = self._server
        if server is None:
            raise MailServerGone("Er is geen verbinding met de mailserver.")
        wire = as_bytes(letter)
        try:
            refused = _announce(server, letter.envelope_sender, letter.to)
            if refused is not None:
                server.rset()
                return refused
            # The closing line goes with the letter: when this fails, the server never had all of it.
            server.send(_stuffed(wire))
        except (smtplib.SMTPServerDisconnected, OSError) as gone:
            raise MailServerGone("De verbinding met de mailserver brak af.") from gone
        try:
            return _answer(*server.getreply())
        except (smtplib.SMTPException, OSError):
            return Answer(Delivery.UNKNOWN)


@contextmanager
def open_door(smtp_url: str, folder: Path) -> Iterator[Door]:
    """Give a door for as long as the block lasts: the mail server, or the folder when there is none.

    Raises:
        MailServerGone: the mail server cannot be reached.
        MailServerRefused: its address is wrong, or it offers no encryption for a password that would need it.
    """
    if not smtp_url:
        yield Folder(folder)
        return
    with Conversation(smtp_url) as conversation:
        yield conversation


def _recipient(path: Path) -> str:
    return str(message_from_bytes(path.read_bytes(), policy=WIRE)["To"] or "").strip().lower()


def _address_in(sender: str) -> str:
    return sender[sender.rfind("<") + 1 :].rstrip(">").strip() if "<" in sender else sender.strip()


def _connected(url: str, timeout_seconds: float) -> smtplib.SMTP:
    parts = urlsplit(url)
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        raise MailServerRefused("HELPDESK_SMTP_URL moet smtp://gebruiker:wachtwoord@host:poort of smtps://… zijn.")
    host, port = parts.hostname, parts.port or DEFAULT_PORTS[parts.scheme]
    safely = ssl.create_default_context()
    try:
        server = (
            smtplib.SMTP_SSL(host, port, timeout=timeout_seconds, context=safely)
            if parts.scheme == "smtps"
            else smtplib.SMTP(host, port, timeout=timeout_seconds)
        )
        server.ehlo_or_helo_if_needed()
        if parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=safely)
            server.ehlo()
        elif parts.scheme == "smtp" and parts.username and host not in LOOPBACK:
            server.close()
            raise MailServerRefused("De mailserver biedt geen versleuteling aan; het wachtwoord is niet verstuurd.")
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
    except smtplib.SMTPAuthenticationError as refused:
        raise MailServerRefused("De mailserver weigert de gebruiker of het wachtwoord.") from refused
    except (smtplib.SMTPException, OSError, socket.gaierror) as gone:
        raise MailServerGone("De mailserver is niet te bereiken.") from gone
    return server


def _announce(server: smtplib.SMTP, sender: str, recipient: str) -> Answer | None:
    """Say who writes to whom; return the answer when the server wants no letter, None when it does."""
    code, words = server.mail(sender)
    if code in _ACCEPTED:
        code, words = server.rcpt(recipient)
    if code in _ACCEPTED:
        code, words = server.docmd("DATA")
        return None if code == _GO_AHEAD else _answer(code, words)
    return _answer(code, words)


def _answer(code: int, words: bytes) -> Answer:
    said = words.decode("utf-8", "replace")[:500]
    if code in _ACCEPTED:
        return Answer(Delivery.SENT, code, said)
    return Answer(Delivery.POSTPONED if code in _LATER else Delivery.REJECTED, code, said)


def _stuffed(wire: bytes) -> bytes:
    """Return the letter with its closing line; a line that begins with a dot gets one more (RFC 5321, 4.5.2)."""
    lines = wire.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    if lines and lines[-1] == b"":
        lines.pop()
    return b"\r\n".join([*(b"." + line if line.startswith(b".") else line for line in lines), b".", b""])
