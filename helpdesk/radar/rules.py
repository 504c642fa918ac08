"""What the radar shows, in which order, and when something that was put away comes back: pure."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from helpdesk.core.privacy import find_traces
from helpdesk.visits.rules import LEAST_SHOWN
from jurisprudence.legislation import article_order_key

MOST_REASON = 300
MOST_NAMED = 3  # of what touches a page: the rest is counted
MARK_CHARACTERS = 16


class SignKind(StrEnum):
    """Why something deserves a look; the value stands in addresses and in the database."""

    TOUCHED = "geraakt"  # a ruling, a treatment or an amount is newer than the page
    NOT_USEFUL = "niet-nuttig"
    LINK = "link-stuk"
    OVERDUE = "nalezen"
    PROPOSAL = "voorstel"
    NOT_FOUND = "niet-gevonden"


@dataclass(frozen=True, kw_only=True)
class Sign:
    """One thing that deserves a look.

    `evidence` names what it rests on: what was put away comes back as soon as something is added. `document_id` is
    None for what concerns no page; `right_on` is the day the page was last right, or the day the sign appeared.
    """

    kind: SignKind
    subject: str
    title: str
    reasons: tuple[str, ...]
    evidence: frozenset[str]
    right_on: date
    document_id: str | None = None
    node: str | None = None  # whose advice and views count, for what is no page
    owner_id: int | None = None

    @property
    def mark(self) -> str:
        """A short form of the evidence, by which a form says what its editor saw."""
        return hashlib.sha256("\n".join(sorted(self.evidence)).encode()).hexdigest()[:MARK_CHARACTERS]


@dataclass(frozen=True)
class Weighed:
    """A sign with what makes it urgent."""

    sign: Sign
    views: int
    age_days: int
    advice: int

    @property
    def weight(self) -> int:
        """Views by age by pieces of advice; each at least one, and few pieces of advice count as none."""
        advice = self.advice if self.advice >= LEAST_SHOWN else 0
        return (1 + self.views) * (1 + max(0, self.age_days)) * (1 + advice)


@dataclass(frozen=True)
class Range:
    """The articles of a law that a source names: one, or up to and with `last`."""

    law: str
    first: str
    last: str | None = None

    def covers(self, number: str) -> bool:
        """Tell whether an article of the same law lies in it."""
        if self.last is None:
            return number == self.first
        key = article_order_key(number)
        return bool(article_order_key(self.first) <= key <= article_order_key(self.last))

    def meets(self, other: "Range") -> bool:
        """Tell whether two sources name an article in common."""
        return self.law == other.law and (self.covers(other.first) or other.covers(self.first))


@dataclass
class ArticleIndex:
    """Which pages rely on which article."""

    _single: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    _ranges: dict[str, list[tuple[Range, str]]] = field(default_factory=lambda: defaultdict(list))
    _by_law: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, named: Range, page: str) -> None:
        """Note that a page relies on these articles."""
        if named.last is None:
            self._single[named.law, named.first].add(page)
            self._by_law[named.law].add(named.first)
        else:
            self._ranges[named.law].append((named, page))

    def pages(self, named: Range) -> set[str]:
        """Return the pages that rely on an article that is named."""
        found = set(self._single.get((named.law, named.first), ()))
        if named.last is not None:
            for number in self._by_law.get(named.law, ()):
                if named.covers(number):
                    found |= self._single[named.law, number]
        return found | {page for other, page in self._ranges.get(named.law, ()) if other.meets(named)}


@dataclass(frozen=True, kw_only=True)
class Touch:
    """Something newer than a page that the page may have to follow: what it is in Dutch, and by what it is known."""

    page: str
    evidence: str
    words: str
    on: date


def touched_reasons(touches: Iterable[Touch]) -> tuple[str, ...]:
    """Return why a page is touched, the newest first; after three the rest is counted."""
    ordered = sorted({one.words: one for one in touches}.values(), key=lambda one: (-one.on.toordinal(), one.words))
    rest = len(ordered) - MOST_NAMED
    named = [one.words for one in ordered[:MOST_NAMED]]
    return tuple([*named, f"en nog {rest}"] if rest > 0 else named)


def is_away(sign: Sign, put_away: Mapping[tuple[str, str], frozenset[str]]) -> bool:
    """Tell whether an editor put this away and nothing was added since."""
    seen = put_away.get((sign.kind, sign.subject))
    return seen is not None and sign.evidence <= seen


def by_weight(signs: Iterable[Weighed]) -> list[Weighed]:
    """Order signs: the most urgent first, then by title and kind."""
    return sorted(signs, key=lambda one: (-one.weight, one.sign.title.casefold(), one.sign.kind, one.sign.subject))


def reason_problems(reason: str) -> list[str]:
    """Return what is wrong with a reason to put something away, in Dutch."""
    problems = []
    if not reason.strip():
        problems.append("Schrijf waarom dit niet nodig is.")
    if len(reason) > MOST_REASON:
        problems.append(f"Maak de reden korter: {len(reason)} tekens, en er passen er {MOST_REASON}.")
    if find_traces(reason):
        problems.append("Haal uit de reden wat iemand aanwijst: een nummer, een adres.")
    return problems


def day_words(day: date) -> str:
    """Write a day the short Belgian way."""
    return f"{day:%d-%m-%Y}"


def counted(number: int, one: str, many: str) -> str:
    """Return a number with its noun."""
    return f"{number} {one if number == 1 else many}"


def grouped(touches: Sequence[Touch]) -> dict[str, list[Touch]]:
    """Group touches by page."""
    found: dict[str, list[Touch]] = defaultdict(list)
    for one in touches:
        found[one.page].append(one)
    return found
