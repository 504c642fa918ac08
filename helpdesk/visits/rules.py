"""Decisions about counting visits: pure. What is a person, what is a robot, which words may be kept."""

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from helpdesk.core.privacy import find_traces

LEAST_SHOWN = 5  # searches: rarer words can point at who typed them
MOST_WORDS = 100  # characters of a search that are kept
MOST_PATH = 300
MOST_PAGES = 50_000  # paths ever counted; only pages that exist are
MOST_WORDS_A_MONTH = 20_000  # different searches; what sends made-up words fills no disk
SALT_BYTES = 32
DIGEST_BYTES = 16
# What calls itself a program. Most never run our script; these do, or fetch on behalf of nobody.
ROBOT = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|headless|lighthouse|pagespeed|prerender|preview|monitor|pingdom|uptime|scrap|"
    r"archiver|facebookexternalhit|whatsapp|embedly|curl/|wget|python|java/|okhttp|go-http|libwww|httpclient|phantom|"
    r"selenium|puppeteer|playwright|validator|checker|feed|transcoder|fetch|scan|gpt|claude|perplexity|bytespider",
    re.IGNORECASE,
)


class Headers(Protocol):
    """The headers of a request, or a mapping in their place."""

    def get(self, key: str, default: str, /) -> str:
        """Return a header, the default without it."""


@dataclass
class Batch:
    """Counts of one process that are not stored yet. `seen` holds digests of visitors of `day`, never an address."""

    views: Counter[tuple[date, str]] = field(default_factory=Counter)
    seen: set[tuple[date, bytes]] = field(default_factory=set)
    searches: Counter[tuple[date, str]] = field(default_factory=Counter)
    without_result: Counter[tuple[date, str]] = field(default_factory=Counter)

    @property
    def size(self) -> int:
        """How many rows storing this writes."""
        return len(self.views) + len(self.seen) + len(self.searches)


def is_person(headers: Headers) -> bool:
    """Tell whether a browser that someone looks at sent this: no robot, nothing loaded ahead."""
    agent = headers.get("User-Agent", "")
    purpose = headers.get("Sec-Purpose", "") + headers.get("Purpose", "") + headers.get("X-Moz", "")
    return (
        bool(agent) and not ROBOT.search(agent) and not re.search("prefetch|prerender|preview", purpose, re.IGNORECASE)
    )


def may_be_recognised(headers: Headers) -> bool:
    """Tell whether a visitor may be known again within the day: Global Privacy Control and Do Not Track ask not to."""
    return "1" not in {headers.get("Sec-GPC", ""), headers.get("DNT", "")}


def visitor_digest(salt: bytes, address: str, agent: str) -> bytes:
    """Return what stands for a visitor on one day; without the salt nobody can compute it again."""
    return hashlib.blake2b(f"{address}\n{agent}".encode(), key=salt, digest_size=DIGEST_BYTES).digest()


def search_words(text: str) -> str | None:
    """Return the words of a search as they are counted; None when they are too long or could name someone."""
    words = " ".join(text.lower().split())
    if (
        not words
        or len(words) > MOST_WORDS
        or not words.isprintable()
        or find_traces(text)
        or re.search(r"\d{6}", words)
    ):
        return None
    return words


def first_of_month(day: date) -> date:
    """Return the first day of a month."""
    return day.replace(day=1)
