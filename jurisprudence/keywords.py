"""The trefwoordenketen: the line of keywords above a ruling, read into typed segments and an outcome.

A chain runs from subject to disposition: "BGV – bijlage 13septies – openbare orde – art. 74/13 Vw. – verwerping".
Chains come from many hands, so reading is tolerant: a hyphen for a dash, a dash without its blanks, words broken over
two lines. The type of a segment is a reading aid; what a segment says is never changed.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Self

import yaml

from jurisprudence.legislation import LawRegister

SEPARATOR: Final = " \u2013 "

_VIOLATIONS: Final = frozenset({"violation", "no_violation"})
_BREAK: Final = re.compile(r"\s-\s|\s-(?=[^\W\d])|(?<!\d)[\u2013\u2014]|[\u2013\u2014](?!\d)")
_LONGEST_DOCUMENT_NAME: Final = 3  # "attest van immatriculatie"; more words tell what happened with the document
_PARTIES: Final = re.compile(r"^\((?P<parties>[^()]*\st\.\s[^()]*)\)\s*")
_ARTICLE: Final = re.compile(r"^(?:(?:juncto|jo\.)\s+)?art(?:ikel(?:en)?|t)?\b\.?\s*[\dIVXL]", re.IGNORECASE)
_DOCUMENT: Final = re.compile(
    r"\bbijlage\s*\d|\b(?:[A-N]|EU)\+?[ -]kaart\b"
    r"|\b(?:(?:huwelijks|geboorte|overlijdens|erkennings)?akten?|(?:verblijfs|identiteits)kaart|verblijfstitel|visum"
    r"|paspoort|laissez-passer|reisdocument(?:en)?|bewijsstuk(?:ken)?|(?:medisch )?attest|\w*getuigschrift)\b",
    re.IGNORECASE,
)


class SegmentKind(StrEnum):
    """What a segment of a chain speaks about."""

    SUBJECT = "subject"
    DOCUMENT = "document"
    ARTICLE = "article"
    FACT = "fact"
    REASONING = "reasoning"
    DISPOSITION = "disposition"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One outcome of the code list: its code, its Dutch label and the words in a chain that mean it."""

    code: str
    label: str
    order: int
    dispositions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OutcomeRegister:
    """All outcomes in the order in which they are shown."""

    outcomes: tuple[Outcome, ...]

    @classmethod
    def of(cls, outcomes: Iterable[Outcome]) -> Self:
        """Return the register of these outcomes, in the order in which they are shown."""
        return cls(tuple(sorted(outcomes, key=lambda outcome: (outcome.order, outcome.code))))

    def find_outcome(self, code: str) -> Outcome | None:
        """Return the outcome with that code, or None."""
        return next((outcome for outcome in self.outcomes if outcome.code == code), None)

    def outcome_of(self, segment: str) -> Outcome | None:
        """Return the outcome whose words open the segment, the longest words first; None when none do.

        "geen schending art. 5 EVRM" is no violation, although the word for a violation is in it.
        """
        text = segment.casefold()
        known = [(words, outcome) for outcome in self.outcomes for words in outcome.dispositions]
        known.sort(key=lambda pair: -len(pair[0]))
        return next((o for words, o in known if re.match(rf"{re.escape(words.casefold())}(?!\w)", text)), None)


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment of a chain; `outcome` is a code, and only a disposition has one."""

    text: str
    kind: SegmentKind
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class KeywordChain:
    """A chain as read: the parties that may open it, and its segments in order."""

    parties: str | None
    segments: tuple[Segment, ...]

    @property
    def text(self) -> str:
        """The chain written our way: en dashes between blanks, the parties in brackets in front."""
        chain = SEPARATOR.join(segment.text for segment in self.segments)
        return f"({self.parties}) {chain}" if self.parties else chain

    @property
    def outcome(self) -> str | None:
        """Code of the first disposition, which weighs most ("… voor het overige" comes second); None without one.

        "gegrond" before another disposition says nothing of its own: "gegrond – vernietiging" is an annulment.
        """
        codes = [segment.outcome for segment in self.segments if segment.outcome]
        return next((code for code in codes if code != "founded"), codes[0] if codes else None)

    def of_kind(self, kind: SegmentKind) -> tuple[str, ...]:
        """Return the texts of the segments of one kind, in order."""
        return tuple(segment.text for segment in self.segments if segment.kind is kind)


def load_outcomes(path: Path) -> OutcomeRegister:
    """Read `content/lijsten/uitkomsten.yaml`.

    Raises:
        OSError: the file cannot be read.
        KeyError: an entry lacks a required field; the key is the name of that field.
    """
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))["outcomes"]
    return OutcomeRegister.of(map(read_outcome, entries))


def read_outcome(entry: Mapping[str, Any]) -> Outcome:
    """Read one entry of the register. Raises KeyError with the name of a required field that lacks."""
    return Outcome(entry["code"], entry["label"], entry["order"], tuple(entry["dispositions"]))


def parse_keywords(text: str, outcomes: OutcomeRegister, laws: LawRegister | None = None) -> KeywordChain:
    """Read a chain of keywords.

    The first segment is the subject. What stands between subject and disposition is an article, a document, a fact
    (before the first article) or reasoning (after it); with `laws` the bare name of a law counts as an article.
    Dispositions are the last segments that open with words of the code list; the Strasbourg and Luxembourg chains may
    open with "schending" instead. An empty text gives no segments.
    """
    plain = re.sub(r"(?<=\w)-\n\s*(?=[a-z])", "", text)
    plain = " ".join(plain.split())
    parties = _PARTIES.match(plain)
    pieces = split_chain(plain[parties.end() :] if parties else plain)
    found = _dispositions(pieces, outcomes)
    articles = {place for place, piece in enumerate(pieces) if _ARTICLE.match(piece) or (laws and laws.find_law(piece))}
    first_article = min(articles, default=len(pieces))
    segments = tuple(
        Segment(piece, SegmentKind.DISPOSITION, found[place])
        if place in found
        else Segment(piece, SegmentKind.ARTICLE if place in articles else _kind(piece, place, first_article))
        for place, piece in enumerate(pieces)
    )
    return KeywordChain(parties["parties"] if parties else None, segments)


def split_chain(text: str) -> tuple[str, ...]:
    """Cut a chain at its dashes: "a – b", "a –b", "a - b", "a—b"; not at "13-15", "27–29" or "9bis-aanvraag"."""
    pieces = (piece.strip(" ;") for piece in _BREAK.split(text))
    return tuple(piece for piece in pieces if piece)


def _dispositions(pieces: tuple[str, ...], outcomes: OutcomeRegister) -> dict[int, str]:
    """Return place and outcome of every disposition: the run at the end, or else each (absence of a) violation."""
    read = [outcomes.outcome_of(piece) for piece in pieces]
    found: dict[int, str] = {}
    for place in range(len(pieces) - 1, 0, -1):
        outcome = read[place]
        if outcome is None or (outcome.code in _VIOLATIONS and not set(found.values()) <= _VIOLATIONS):
            break  # a violation named before another disposition was pleaded, not found
        found[place] = outcome.code
    if set(found.values()) <= _VIOLATIONS:
        found |= {place: outcome.code for place, outcome in enumerate(read) if outcome and outcome.code in _VIOLATIONS}
    return dict(sorted(found.items()))


def _kind(piece: str, place: int, first_article: int) -> SegmentKind:
    if place == 0:
        return SegmentKind.SUBJECT
    if place > first_article:
        return SegmentKind.REASONING
    is_name = len(piece.split()) <= _LONGEST_DOCUMENT_NAME
    return SegmentKind.DOCUMENT if is_name and _DOCUMENT.search(piece) else SegmentKind.FACT
