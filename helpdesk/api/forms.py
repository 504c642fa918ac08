"""The parameters of an address, read strictly: a program is told what is wrong and what to do about it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from helpdesk.core.vocabulary import Vocabulary
from helpdesk.rulings.queries import RulingFilter
from helpdesk.texts.models import TextKind
from jurisprudence.courts import UnknownCourt
from jurisprudence.legislation import InvalidSource, Law, UnknownLaw, parse_normal

T = TypeVar("T")

PER_PAGE = 20
MOST_PER_PAGE = 100
MOST_PAGE = 1_000_000
MOST_VALUES = 30
YEARS = range(1800, 2200)


class BadParameters(ValueError):
    """Parameters that cannot be used; the message holds one Dutch sentence for each."""


class Given(Protocol):
    """The parameters of an address, several values per name."""

    def keys(self) -> Iterable[str]:
        """Return the names."""

    def getlist(self, key: str) -> list[str]:
        """Return all values of a name."""


@dataclass(frozen=True)
class Paging:
    """Which page of a list, counting from 1, and how long a page is."""

    page: int
    per_page: int

    @property
    def offset(self) -> int:
        """How many come before this page."""
        return (self.page - 1) * self.per_page


class ParameterReader:
    """Reads parameters by name and collects what is wrong; `finish` refuses, also names nobody asked for."""

    def __init__(self, given: Given) -> None:
        self._given = given
        self._asked: list[str] = []
        self._problems: list[str] = []

    def many(self, name: str, read: Callable[[str], T]) -> list[T]:
        """Read all values of a name; `read` raises ValueError or LookupError with a Dutch message."""
        self._asked.append(name)
        given = self._given.getlist(name)
        if len(given) > MOST_VALUES:
            self._problems.append(f"'{name}' staat er {len(given)} keer: geef er ten hoogste {MOST_VALUES}.")
            return []
        values = [value for value in dict.fromkeys(given) if value]
        found = []
        for value in values:
            try:
                found.append(read(value))
            except (ValueError, LookupError) as wrong:
                self._problems.append(f"{name}: {str(wrong.args[0])[:300]}")
        return found

    def one(self, name: str, read: Callable[[str], T]) -> T | None:
        """Read a name that may have one value."""
        found = self.many(name, read)
        if len(found) > 1:
            self._problems.append(f"'{name}' staat er {len(found)} keer: geef één waarde.")
        return found[0] if found else None

    def paging(self) -> Paging:
        """Read which page is wanted."""
        page = self.one("pagina", lambda text: _number(text, most=MOST_PAGE))
        per_page = self.one("per_pagina", lambda text: _number(text, most=MOST_PER_PAGE))
        return Paging(page or 1, per_page or PER_PAGE)

    def finish(self) -> None:
        """Refuse what was wrong. Raises BadParameters."""
        known = ", ".join(self._asked)
        unknown = [name for name in self._given.keys() if name not in self._asked]  # noqa: SIM118 - no mapping
        unasked = [f"De parameter '{name[:40]}' bestaat hier niet; kies uit: {known}." for name in unknown[:3]]
        if self._problems or unasked:
            raise BadParameters(" ".join([*self._problems, *unasked]))


def read_ruling_filter(reader: ParameterReader, vocabulary: Vocabulary) -> RulingFilter:
    """Read hof, jaar, thema, artikel and uitkomst; a theme counts with everything below it."""
    return RulingFilter(
        courts=reader.many("hof", lambda text: _court(text, vocabulary)),
        years=reader.many("jaar", _year),
        nodes=[node for below in reader.many("thema", lambda text: read_theme(text, vocabulary)) for node in below],
        articles=reader.many("artikel", lambda text: _article(text, vocabulary)),
        outcomes=reader.many("uitkomst", lambda text: _outcome(text, vocabulary)),
    )


def read_theme(text: str, vocabulary: Vocabulary) -> list[str]:
    """Return a node and those below it. Raises LookupError."""
    if text not in vocabulary.themes:
        raise LookupError(f"het thema '{text}' bestaat niet; gebruik een id zoals gh-belg.")
    return list(vocabulary.themes.below(text))


def read_kind(text: str) -> TextKind:
    """Return a kind of text. Raises LookupError."""
    if text not in set(TextKind):
        raise LookupError(f"'{text}' is geen soort; kies uit: {', '.join(TextKind)}.")
    return TextKind(text)


def _whole(text: str) -> str:
    """Return a number as it is counted: for JSON Schema, and so for programs that follow it, 30.0 is a whole number."""
    return text.removesuffix(".0")


def _number(text: str, *, most: int) -> int:
    text = _whole(text)
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most)) and 1 <= int(text) <= most):
        raise ValueError(f"'{text}' kan niet; geef een getal van 1 tot {most}.")
    return int(text)


def _year(text: str) -> int:
    text = _whole(text)
    if not (text.isascii() and text.isdigit() and len(text) == len("2020") and int(text) in YEARS):
        raise ValueError(f"'{text}' is geen jaar; geef vier cijfers, zoals 2020.")
    return int(text)


def _court(text: str, vocabulary: Vocabulary) -> str:
    try:
        return vocabulary.courts.get_court(text).id
    except UnknownCourt:
        known = ", ".join(court.id for court in vocabulary.courts.courts if not court.is_authority)
        raise LookupError(f"'{text}' ken ik niet; kies uit: {known}.") from None


def _article(text: str, vocabulary: Vocabulary) -> str:
    try:
        return parse_normal(text, vocabulary.laws).normal
    except (UnknownLaw, InvalidSource):
        raise LookupError(f"'{text}' is geen artikel dat ik ken; schrijf het zoals VW:9bis.") from None


def _outcome(text: str, vocabulary: Vocabulary) -> str:
    if vocabulary.outcomes.find_outcome(text) is None:
        known = ", ".join(outcome.code for outcome in vocabulary.outcomes.outcomes)
        raise LookupError(f"'{text}' is geen uitkomst; kies uit: {known}.")
    return text


def read_text_sent(body: object, vocabulary: Vocabulary) -> tuple[str, Law | None]:
    """Read {"text": …, "default_law": …}. Raises BadParameters."""
    if not isinstance(body, dict) or not isinstance(body.get("text"), str):
        raise BadParameters('Stuur JSON met de tekst: {"text": "…"}, met de kop Content-Type: application/json.')
    law_id = body.get("default_law")
    if law_id is None:
        return body["text"], None
    try:
        return body["text"], vocabulary.laws.get_law(str(law_id))
    except UnknownLaw as unknown:
        raise BadParameters(str(unknown).strip("'\"")) from unknown
