"""As little of a mail server as a conversation needs, so that the sender is what is measured.

What it does with a letter stands in the address: `weg+…` is refused, `later+…` put off once, with `afbreken+…` it hangs
up once before it has the letter, with `verloren+…` after it. Everybody else's letter is taken.
"""

import asyncio
import sys
from collections import Counter
from pathlib import Path
from typing import TextIO


class MailServer(asyncio.Protocol):
    """One conversation; `seen` counts how often an address was named in any of them."""

    def __init__(self, log: TextIO, seen: Counter[str]) -> None:
        self._log = log
        self._seen = seen
        self._unread = b""
        self._recipient = ""
        self._takes_letter = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        assert isinstance(transport, asyncio.Transport)
        self._line = transport
        self._line.write(b"220 hier\r\n")

    def data_received(self, data: bytes) -> None:
        """Answer a command, or take a letter once its closing line is here; write down for whom before answering."""
        self._unread += data
        if self._takes_letter:
            if self._unread.endswith(b"\r\n.\r\n"):
                self._unread, self._takes_letter = b"", False
                self._log.write(f"{self._recipient}\n")
                self._answer("hang up" if self._recipient.startswith("verloren") else "250 OK")
        elif self._unread.endswith(b"\r\n"):
            command, self._unread = self._unread.decode().strip(), b""
            self._answer(self._said_to(command))

    def _said_to(self, command: str) -> str:
        if command.upper().startswith("RCPT"):
            self._recipient = command.partition("<")[2].partition(">")[0]
            return self._said_to_recipient(self._recipient)
        self._takes_letter = command.upper() == "DATA"
        return {"DATA": "354 ga je gang", "QUIT": "221 dag"}.get(command.upper(), "250 OK")

    def _said_to_recipient(self, address: str) -> str:
        self._seen[address] += 1
        kind, is_first = address.partition("+")[0], self._seen[address] == 1
        if kind == "weg":
            return "550 onbekend"
        if kind == "later" and is_first:
            return "451 straks"
        return "hang up" if kind == "afbreken" and is_first else "250 OK"

    def _answer(self, words: str) -> None:
        if words == "hang up":
            self._line.abort()
        else:
            self._line.write(words.encode() + b"\r\n")


async def serve(log: TextIO) -> None:
    """Be the mail server until killed; tell the port on standard output."""
    seen: Counter[str] = Counter()
    listening = await asyncio.get_running_loop().create_server(lambda: MailServer(log, seen), "127.0.0.1", 0)
    sys.stdout.write(f"{listening.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await listening.serve_forever()


if __name__ == "__main__":
    with Path(sys.argv[1]).open("a", encoding="utf-8", buffering=1) as taken:
        asyncio.run(serve(taken))
