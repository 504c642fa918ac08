"""A mail server as a program of its own, to be killed: `python -m tests.faults.post_office <port> <file>`.

It takes every letter, writes in the file for whom, and only then, a moment later, says so: a kill in that moment loses
the answer and not the letter.
"""

import asyncio
import signal
import sys
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

SECONDS_A_LETTER = 0.01


class PostOffice:
    """What happens to a letter."""

    def __init__(self, file: Path) -> None:
        """Write down in a file who got one."""
        self._file = file

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name there
        """Take a letter."""
        del server, session
        with self._file.open("a", encoding="utf-8") as taken:
            taken.write(f"{envelope.rcpt_tos[0]}\n")
        await asyncio.sleep(SECONDS_A_LETTER)
        return "250 OK"


if __name__ == "__main__":
    Controller(PostOffice(Path(sys.argv[2])), hostname="127.0.0.1", port=int(sys.argv[1])).start()
    signal.pause()
