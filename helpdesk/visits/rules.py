"""Decisions about counting visits: pure. What is a person, what is a robot, which words may be kept."""

import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from helpdesk.core.errors import NotFound
from helpdesk.core.privacy import find_traces, without_traces
from helpdesk.core.vocabulary import ThemeTree
from helpdesk.texts.models import TextKind

LEAST_SHOWN = 5  # searches: rarer words can point at who typed them
MOST_WORDS = 100  # characters of a search that are kept
MOST_PATH = 300
MOST_PAGES = 50_000  # paths ever counted; only pages that exist are
MOST_WORDS_A_MONTH = 20_000  # different searches; what sends made-up words fills no disk
MOST_REMARK = 500
MOST_VERDICTS_A_DAY = 50  # of one page: more is no reader but a program
REMARK_MONTHS = 12
SALT_BYTES = 32
DIGEST_BYTES = 16
# What calls itself a program. Most never run our script; these do, or fetch on behalf of nobody.
ROBOT = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|headless|lighthouse|pagespeed|prerender|preview|monitor|pingdom|uptime|scrap|"
    r"archiver|facebookexternalhit|whatsapp|embedly|curl/|wget|python|java/|okhttp|go-http|libwww|httpclient|phantom|"
    r"selenium|puppeteer|playwright|validator|checker|feed|transcoder|fetch|scan|gpt|claude|perplexity|bytespider",
    re.IGNORECASE,
)


_KINDS_BY_FOLDER: Mapping[str, TextKind] = {
    "nieuws": TextKind.NEWS,
    "lexicon": TextKind.LEXICON,
    "wegwijzer": TextKind.TREE,
    "publicaties": TextKind.PUBLICATION,
}


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a visitor says of a page; `version` is the one the page carried, None when it said none."""

    is_useful: bool
    remark: str
    version: int | None


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


def verdict_digest(salt: bytes, address: str, agent: str, path: str) -> bytes:
    """Return what stands for a visitor who judged a page today; it cannot be told to be the same one elsewhere."""
    return hashlib.blake2b(f"{address}\n{agent}\n{path}".encode(), key=salt, digest_size=DIGEST_BYTES).digest()


def place_of(path: str, themes: ThemeTree) -> tuple[TextKind, str] | None:
    """Return the kind and slug of the text that can be judged at a path; None when no such text stands there."""
    _, folder, rest = (path + "//").split("/", 2)
    name = rest.rstrip("/")
    if folder == "themas" and name:
        try:
            return TextKind.THEME, themes.get_by_path(name).id
        except NotFound:
            return None
    kind = _KINDS_BY_FOLDER.get(folder)
    return (kind, name) if kind is not None and name and "/" not in name else None


def remark_problems(remark: str) -> list[str]:
    """Return what is wrong with a remark, in Dutch: too long, or with what certainly points at a person."""
    problems = []
    if len(remark) > MOST_REMARK:
        problems.append(f"Maak je opmerking korter: {len(remark)} tekens, en er passen er {MOST_REMARK}.")
    found = list(dict.fromkeys(trace.what for trace in find_traces(remark)))
    if found:
        problems.append(f"In je opmerking staat {' en '.join(found)}. Haal dat weg: we bewaren niets over personen.")
    return problems


def kept_remark(remark: str) -> str | None:
    """Return a remark as it is stored: without what probably points at a person; None when there is none."""
    return without_traces(remark, kept_in="")[:MOST_REMARK].strip() or None


def remarks_end_on(today: date) -> date:
    """Return the first day whose remarks are still kept."""
    year, month = divmod(today.year * 12 + today.month - 1 - REMARK_MONTHS, 12)
    return date(year, month + 1, min(today.day, 28))


def first_of_month(day: date) -> date:
    """Return the first day of a month."""
    return day.replace(day=1)
