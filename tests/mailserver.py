"""A real mail server for tests, on a port of its own: what a letter goes through is a true SMTP conversation."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

OK = "250 OK"
HANG_UP = "hang up"  # instead of an answer: the connection breaks


@dataclass
class Received:
    """One letter the server took."""

    sender: str
    recipient: str
    wire: bytes

    @property
    def message(self) -> EmailMessage:
        """The letter as a mail program reads it."""
        message = message_from_bytes(self.wire, policy=policy.SMTP)
        assert isinstance(message, EmailMessage)
        return message


@dataclass
class MailServer:
    """What the server answers, and what it took; `at_recipient` and `at_letter` decide by recipient, and take all."""

    at_recipient: Callable[[str], str] = lambda _: OK
    at_letter: Callable[[str], str] = lambda _: OK
    letters: list[Received] = field(default_factory=list)
    url: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    async def handle_RCPT(  # noqa: N802 - the name the library calls
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[Any]
    ) -> str:
        """Decide on one recipient."""
        del session, options
        answer = self.at_recipient(address)
        if answer == OK:
            envelope.rcpt_tos.append(address)
        return self._said(server, answer)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take one letter, or not. A connection that breaks here has taken the letter: only the answer is lost."""
        del session
        recipient = envelope.rcpt_tos[0]
        answer = self.at_letter(recipient)
        if answer in {OK, HANG_UP}:
            assert isinstance(envelope.content, bytes)
            with self.lock:
                self.letters.append(Received(envelope.mail_from or "", recipient, envelope.content))
        return self._said(server, answer)

    def _said(self, server: SMTP, answer: str) -> str:
        if answer == HANG_UP:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
            return "421 gone"
        return answer


@contextmanager
def mail_server(port: int = 0) -> Iterator[MailServer]:
    """Run a mail server on the loopback for as long as the block lasts."""
    handler = MailServer()
    controller = Controller(handler, hostname="127.0.0.1", port=port or _free_port())
    controller.start()
    try:
        handler.url = f"smtp://127.0.0.1:{controller.port}"
        yield handler
    finally:
        controller.stop()


def _free_port() -> int:

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
