"""Snippets: for each hit the pieces that answer, cut at sentences, escaped, with what matched marked."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import pairwise
from typing import Any

import numpy as np

from jurisprudence.search.analysis import FUNCTION_WORDS, Marker, sentence_starts
from jurisprudence.search.matching import PrefixTerms
from jurisprudence.search.packs import Array
from jurisprudence.search.question import Article, Clause, Identifier, Phrase, Prefix, Question, Term, Word
from jurisprudence.search.results import Snippet
from jurisprudence.search.snapshot import Snapshot

KEYWORDS, SUMMARY, TEXT = "kernwoorden", "samenvatting", "tekst"
MOST_SNIPPETS = 2
MOST_MARKED_WORDS = 24
LONGEST = 320
LEAD = 80
KEYWORD_SEPARATOR = " – "


class SnippetMaker:
    """Makes the snippets of one question; `groups` are the index terms of each word asked for."""

    def __init__(self, snapshot: Snapshot, question: Question, prefix_terms: PrefixTerms) -> None:
        self._snapshot = snapshot
        clauses = question.required[:MOST_MARKED_WORDS]
        self._groups = [group for clause in clauses if (group := frozenset(_terms(clause, prefix_terms)))]
        self._wanted = frozenset().union(*self._groups)
        self._markers: dict[str, Marker] = {}
        self._places = [self._places_in_text(group) for group in self._groups]

    def snippets(self, number: int, record: dict[str, Any]) -> tuple[Snippet, ...]:
        """Return at most two snippets of a document, best first; without any match how it begins."""
        language = record["language"]
        found = []
        for label, text in ((KEYWORDS, KEYWORD_SEPARATOR.join(record["keywords"])), (SUMMARY, record["summary"])):
            start, end, held = self._best_sentence(text, language)
            if held:
                found.append((held, Snippet(label, self._marked(text, start, end, language))))
        text_snippet = self._text_snippet(number, language)
        if text_snippet is not None:
            found.append(text_snippet)
        found.sort(key=lambda pair: -pair[0])
        return tuple(snippet for _, snippet in found[:MOST_SNIPPETS]) or self._beginning(number, record)

    def _marker(self, language: str) -> Marker:
        found = self._markers.get(language)
        if found is None:
            found = self._markers[language] = Marker(self._wanted, language)
        return found

    def _places_in_text(self, group: frozenset[bytes]) -> list[tuple[Array, Array, Array]]:
        """Return, per term of a group, its documents, where their positions end, and the positions."""
        places = []
        for term in sorted(group):
            postings = self._snapshot.postings("text", term)
            if postings is not None:
                ends = np.cumsum(postings.frequencies, dtype=np.int64)
                places.append((postings.documents, ends, postings.positions))
        return places

    def _text_snippet(self, number: int, language: str) -> tuple[int, Snippet] | None:
        positions = [self._positions(places, number) for places in self._places]
        if not any(len(found) for found in positions):
            return None
        first_words, offsets = self._snapshot.sentences(number)
        held = np.zeros(len(first_words), dtype=np.int64)
        for found in positions:
            held[np.unique(np.searchsorted(first_words, found, side="right") - 1)] += 1
        best = int(np.argmax(held))
        text = self._snapshot.text(number)
        end = int(offsets[best + 1]) if best + 1 < len(offsets) else len(text)
        return int(held[best]), Snippet(TEXT, self._marked(text, int(offsets[best]), end, language))

    @staticmethod
    def _positions(places: Sequence[tuple[Array, Array, Array]], number: int) -> Array:
        pieces = []
        for documents, ends, positions in places:
            row = int(np.searchsorted(documents, number))
            if row < len(documents) and documents[row] == number:
                pieces.append(positions[int(ends[row - 1]) if row else 0 : int(ends[row])])
        return np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.int64)

    def _best_sentence(self, text: str, language: str) -> tuple[int, int, int]:
        """Return start, end and number of words asked for of the sentence that holds most of them."""
        starts = [*sentence_starts(text), len(text)]
        spans = self._marker(language).spans(text)
        best = (0, 0, 0)
        for start, end in pairwise(starts):
            inside = {text[left:right].lower() for left, right in spans if start <= left < end}
            if len(inside) > best[2]:
                best = (start, end, len(inside))
        return best

    def _marked(self, text: str, start: int, end: int, language: str) -> str:
        """Return a piece of text as HTML; a very long sentence is cut around its first match."""
        piece = text[start:end]
        spans = self._marker(language).spans(piece)
        left, right = _window(piece, spans[0][0] if spans else 0)
        html = ["… "] if left else []
        place = left
        for first, last in spans:
            if left <= first and last <= right:
                html += [escape(piece[place:first]), "<mark>", escape(piece[first:last]), "</mark>"]
                place = last
        html.append(escape(piece[place:right].rstrip()))
        if right < len(piece.rstrip()):
            html.append(" …")
        return "".join(html)

    def _beginning(self, number: int, record: dict[str, Any]) -> tuple[Snippet, ...]:
        label, text = (SUMMARY, record["summary"]) if record["summary"] else (TEXT, self._snapshot.text(number))
        if not text.strip():
            return ()
        starts = [start for start in sentence_starts(text) if start <= LONGEST] + [len(text)]
        end = next((start for start in starts[1:] if start >= LEAD), len(text))
        return (Snippet(label, self._marked(text, 0, end, record["language"])),)


def _terms(clause: Clause, prefix_terms: PrefixTerms) -> Iterator[bytes]:
    """Yield the index terms that may be marked for one clause; small words only when nothing else was asked."""
    terms = [
        term for alternative in (*clause.alternatives, *clause.expansions) for term in _of(alternative, prefix_terms)
    ]
    telling = [term for term in terms if term.decode() not in FUNCTION_WORDS]
    yield from telling or terms


def _of(term: Term, prefix_terms: PrefixTerms) -> Iterable[bytes]:
    match term:
        case Word():
            return [one for step in (*term.steps, term.joined) for one in step]
        case Phrase():
            return [one for step in term.steps for one in step]
        case Prefix():
            return prefix_terms(term.start)
        case Article() | Identifier():
            return term.step


def _window(piece: str, first_match: int) -> tuple[int, int]:
    """Return the part of a sentence to show: all of it, or whole words around its first match."""
    if len(piece) <= LONGEST:
        return 0, len(piece)
    left = max(0, first_match - LEAD)
    if left:
        left = piece.find(" ", left, first_match) + 1 or first_match
    right = min(len(piece), left + LONGEST)
    if right < len(piece):
        right = max(piece.rfind(" ", left, right), left + LONGEST // 2)
    return left, right
