"""Ask a site what is due when it is due, whether or not earlier answers came: an open loop.

A closed loop, in which so many visitors each wait for their answer, asks less as the site gets slower, and so hides
what a visitor would have waited. Here a time runs from the moment a request was due. Each request has a connection of
its own, as nginx makes them (deploy/nginx.conf).
"""

import asyncio
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

PATIENCE_SECONDS = 20.0
GOOD = frozenset({200, 204, 301, 302, 303})


@dataclass(frozen=True)
class Request:
    """One thing that is asked; `after_seconds` is how long after its turn, for what a page itself asks."""

    kind: str
    wire: bytes
    after_seconds: float = 0.0


@dataclass(frozen=True)
class Answered:
    """How long one request took, from when it was due, and the status; 0 when there was no answer."""

    kind: str
    milliseconds: float
    status: int

    @property
    def is_good(self) -> bool:
        """Whether it was answered as it should."""
        return self.status in GOOD


Turns = Sequence[Sequence[Request]]


def a_request(
    path: str, *, cookie: str = "", typed: bytes | None = None, agent: str = "Mozilla/5.0 Firefox/140.0"
) -> bytes:
    """Return a GET, or a POST of a form, as it goes over the wire."""
    lines = [f"{'GET' if typed is None else 'POST'} {path} HTTP/1.0", "Host: 127.0.0.1", f"User-Agent: {agent}"]
    lines += [f"Cookie: {cookie}"] if cookie else []
    if typed is not None:
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(typed)}"]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + (typed or b"")


def send_all(turns: Turns, *, per_second: float, ports: Sequence[int], seed: int) -> list[Answered]:
    """Send turns at random moments, on average so many a second, over the ports in turn; wait for all answers."""
    return asyncio.run(_send_all(turns, per_second, ports, random.Random(seed)))  # noqa: S311 - repeatable, not secret


async def _send_all(turns: Turns, per_second: float, ports: Sequence[int], rng: random.Random) -> list[Answered]:
    loop = asyncio.get_running_loop()
    under_way = []
    due = loop.time() + 0.1
    for number, turn in enumerate(turns):
        due += rng.expovariate(per_second)
        await asyncio.sleep(max(0.0, due - loop.time()))
        port = ports[number % len(ports)]
        under_way += [asyncio.create_task(_one(request, due + request.after_seconds, port)) for request in turn]
    return list(await asyncio.gather(*under_way))


async def _one(request: Request, due: float, port: int) -> Answered:
    loop = asyncio.get_running_loop()
    if request.after_seconds:
        await asyncio.sleep(max(0.0, due - loop.time()))
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            status = await _ask(request.wire, port)
    except (OSError, TimeoutError, ValueError):
        status = 0
    return Answered(request.kind, (loop.time() - due) * 1_000, status)


async def _ask(wire: bytes, port: int) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(wire)
        answer = await reader.read(-1)
        return int(answer[9:12])
    finally:
        writer.close()


def by_kind(answered: Sequence[Answered]) -> Iterator[tuple[str, Sequence[Answered]]]:
    """Give the answers of each kind, and of all together under "all"."""
    kinds: Mapping[str, list[Answered]] = {kind: [] for kind in sorted({one.kind for one in answered})}
    for one in answered:
        kinds[one.kind].append(one)
    yield "all", answered
    yield from kinds.items()
