"""Looking at addresses of others: the only module that opens connections to hosts an editor named.

Only http and https on their own ports, only hosts whose every address is public, also after a redirect; the connection
goes to the address that was looked up, so a name that changes its mind reaches nothing inside. An answer is read up to
64 kilobytes and a whole look takes no longer than `MOST_SECONDS`, however slowly the other side speaks.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

import httpx

MOST_SECONDS = 20.0
STEP_SECONDS = 8.0  # for one connection or one piece of an answer
MOST_REDIRECTS = 5
MOST_BYTES = 65_536
PORTS = {"http": 80, "https": 443}
_MOVED_FOR_GOOD = frozenset({HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.PERMANENT_REDIRECT})

Resolve = Callable[[str, int], list[str]]  # the addresses of a host; raises OSError when it has none


class NotPublic(ValueError):
    """An address leads to no public host; nothing was opened."""


@dataclass(frozen=True)
class Seen:
    """What was found at an address: the status of the answer, or None and why there was none.

    `moved_to` is where every step led for good, None when the page did not move. `retry_after_seconds` is what the
    other side asks for when it is too busy.
    """

    status: int | None
    reason: str = ""
    moved_to: str | None = None
    retry_after_seconds: int | None = None
    is_public: bool = True


def public_addresses(host: str, port: int) -> list[str]:
    """Return the addresses of a host. Raises OSError when the name is unknown."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True)
class Fetcher:
    """Looks at addresses under a name. `resolve` and `transport` are those of the system unless a test gives others."""

    user_agent: str
    resolve: Resolve = public_addresses
    transport: httpx.AsyncBaseTransport | None = field(default=None, repr=False)

    def look_at_all(self, addresses: Sequence[str]) -> dict[str, Seen]:
        """Look at some addresses at once; the answer has them all."""

        async def together() -> list[Seen]:
            return list(await asyncio.gather(*(self._look_at(address) for address in addresses)))

        return dict(zip(addresses, asyncio.run(together()), strict=True))

    async def _look_at(self, address: str) -> Seen:
        try:
            async with asyncio.timeout(MOST_SECONDS):
                return await self._follow(address)
        except TimeoutError:
            return Seen(None, "De andere kant antwoordt niet binnen 20 seconden.")
        except NotPublic as refused:
            return Seen(None, str(refused), is_public=False)
        except (httpx.TimeoutException, httpx.ConnectError, OSError):
            return Seen(None, "Er komt geen verbinding tot stand.")
        except (httpx.HTTPError, httpx.InvalidURL, ValueError):
            return Seen(None, "Het antwoord is onleesbaar.")

    async def _follow(self, address: str) -> Seen:
        here, is_for_good, has_moved = address, True, False
        async with httpx.AsyncClient(
            transport=self.transport, timeout=STEP_SECONDS, trust_env=False, follow_redirects=False
        ) as client:
            for _ in range(MOST_REDIRECTS + 1):
                answer = await self._ask(client, here)
                target = answer.headers.get("location", "")
                if not answer.is_redirect or not target:
                    moved_to = here if has_moved and is_for_good and answer.is_success else None
                    return Seen(answer.status_code, "", moved_to, _retry_after(answer))
                is_for_good = is_for_good and answer.status_code in _MOVED_FOR_GOOD
                has_moved, here = True, urljoin(here, target)
        return Seen(None, "De link verwijst te vaak door.")

    async def _ask(self, client: httpx.AsyncClient, address: str) -> httpx.Response:
        """Ask for the head; when that is refused for the page itself, of which only the beginning is read."""
        request = await self._request(client, "HEAD", address)
        try:
            answer = await client.send(request)
            if not answer.is_error:
                return answer
        except httpx.RemoteProtocolError:
            pass  # some servers hang up on HEAD
        answer = await client.send(await self._request(client, "GET", address), stream=True)
        try:
            size = 0
            async for piece in answer.aiter_raw():
                size += len(piece)
                if size > MOST_BYTES:
                    break
        finally:
            await answer.aclose()
        return answer

    async def _request(self, client: httpx.AsyncClient, method: str, address: str) -> httpx.Request:
        """Return a request to the public address of a host, which still names the host itself. Raises NotPublic."""
        parts = urlsplit(address)
        host = (parts.hostname or "").rstrip(".")
        if parts.scheme not in PORTS or not host or parts.username is not None or parts.password is not None:
            raise NotPublic("Alleen adressen met http:// of https:// worden nagekeken.")
        port = parts.port or PORTS[parts.scheme]
        if port != PORTS[parts.scheme]:
            raise NotPublic("Alleen de gewone poorten van http en https worden nagekeken.")
        found = await asyncio.get_running_loop().run_in_executor(None, self.resolve, host, port)
        if not found or not all(_is_public(one) for one in found):
            raise NotPublic("Dit adres ligt niet op het openbare internet.")
        there = httpx.URL(address).copy_with(host=found[0], port=None)
        name = httpx.URL(address).raw_host.decode("ascii")
        return client.build_request(
            method,
            there,
            headers={"Host": name, "User-Agent": self.user_agent, "Accept": "*/*"},
            extensions={"sni_hostname": name},
        )


def _is_public(address: str) -> bool:
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None) or ip
    return bool(ip.is_global and inner.is_global and not ip.is_multicast)


def _retry_after(answer: httpx.Response) -> int | None:
    text = answer.headers.get("retry-after", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < len("100000000") else None
