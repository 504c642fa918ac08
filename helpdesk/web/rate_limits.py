"""How much one source may ask of what is dear: searches, downloads, the reading of long texts.

Every source has a bucket of points that fills up again; what a route costs stands in COSTS. Buckets live in the memory
of one process and are known by a digest with a key that the process makes when it starts and never shows: no address is
kept. A source is one address, and of IPv6 the network of one connection. Requests of this machine itself are not
counted: behind a proxy that is not named in HELPDESK_TRUSTED_PROXIES they would be everybody's.
"""

import hashlib
import ipaddress
import math
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Final

from flask import Flask, current_app, request
from flask.typing import ResponseReturnValue

from helpdesk.settings import Settings
from helpdesk.web.errors import explain
from helpdesk.web.metrics import LOOPBACK

COSTS: Final[Mapping[tuple[str, str], int]] = {
    ("public.search", "GET"): 2,
    ("public.list_rulings", "GET"): 2,
    ("public.suggest", "GET"): 1,
    ("public.follow_search", "GET"): 2,
    ("public.follow_page", "GET"): 2,
    ("public.print_theme", "GET"): 20,
    ("public.print_news", "GET"): 20,
    ("public.print_ruling", "GET"): 20,
    ("public.download_rulings", "GET"): 60,
    ("public.map_ecli_of_year", "GET"): 30,
    ("public.read_letter", "POST"): 20,
    ("public.follow", "POST"): 20,
    ("public.subscribe", "POST"): 20,
    ("public.judge_page", "POST"): 5,
    ("public.ask_link", "POST"): 20,
    ("public.report_violation", "POST"): 5,
    ("api.search", "GET"): 2,
    ("api.list_rulings", "GET"): 2,
    ("api.list_texts", "GET"): 2,
    ("api.read_references", "POST"): 20,
}
"""Points by endpoint and method. What is not named is free; checks of health never stand here."""

UNKNOWN_ADDRESS = 2  # points: the page that says so searches for what was meant
MOST_SOURCES = 50_000  # buckets in memory, some ten megabytes; the one that was used longest ago goes first
KEY = "helpdesk.rate_limits"
NETWORK_OF_IPV6 = 64  # bits that one connection shares


class Buckets:
    """A bucket of points per source; safe to share between threads."""

    def __init__(self, points_per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = float(points_per_minute)
        self._per_second = points_per_minute / 60
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._held: OrderedDict[bytes, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._held)

    def take(self, address: str, points: int) -> int:
        """Take points out of the bucket of a source; return 0, or the seconds to wait when it holds too few."""
        source, now = self._digest(address), self._clock()
        with self._lock:
            held, since = self._held.pop(source, (self._most, now))
            held = min(self._most, held + (now - since) * self._per_second)
            waits = 0 if held >= points else math.ceil((points - held) / self._per_second)
            self._held[source] = (held if waits else held - points, now)
            if len(self._held) > MOST_SOURCES:
                self._held.popitem(last=False)
        return waits

    def _digest(self, address: str) -> bytes:
        return hashlib.blake2b(_source(address).encode(), key=self._key, digest_size=16).digest()


def init_rate_limits(app: Flask, settings: Settings) -> None:
    """Look before each view whether its source still has points."""
    if settings.rate_points_per_minute:
        app.extensions[KEY] = Buckets(settings.rate_points_per_minute)
        app.before_request(_take_points)


def _take_points() -> ResponseReturnValue | None:
    method = "GET" if request.method == "HEAD" else request.method
    points = COSTS.get((request.endpoint, method), 0) if request.endpoint else UNKNOWN_ADDRESS
    if not points or request.remote_addr in LOOPBACK:
        return None
    seconds = current_app.extensions[KEY].take(request.remote_addr or "-", points)
    return _refuse(seconds) if seconds else None


def _refuse(seconds: int) -> ResponseReturnValue:
    wait = "1 seconde" if seconds == 1 else f"{seconds} seconden"
    answer = current_app.make_response(
        explain(
            HTTPStatus.TOO_MANY_REQUESTS,
            "Te veel vragen na elkaar",
            f"Vanaf jouw verbinding kwamen er te veel na elkaar. Wacht {wait} en laad de pagina dan opnieuw.",
        )
    )
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _source(address: str) -> str:
    """Return what one connection is known by; a text that is no address is its own source."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((int(found), NETWORK_OF_IPV6), strict=False))
    return str(found)
