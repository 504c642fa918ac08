"""Snippets: for each hit the pieces that answer, cut at sentences, escaped, with what matched marked."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from html import escape
from itertools import pairwise
from typing import Any

import numpy as np

from jurisprudence.search.analysis import FUNCTION_WORDS, Marker, sentence_starts
from jurisprudence.search.matching import PrefixTerms
from jurisprudence.search.packs import Array
from jurisprudence.search.question import Article, Identifier, Phrase, Prefix, Question, Term, Word
from jurisprudence.search.results import Snippet
from jurisprudence.search.snapshot import Snapshot

KEYWORDS, SUMMARY, TEXT = "kernwoorden", "samenvatting", "tekst"
MOST_SNIPPETS = 2
MOST_MARKED_WORDS = 24
LONGEST = 320
LEAD = 80
KEYWORD_SEPARATOR = " – "


class SnippetMaker:
    """Makes the snippets of one question.

    What was typed is marked; words that count as the same (synonyms, the parts of a compound) only in a document that
    holds nothing of what was typed: someone who asks for "gezinshereniging" does not want each "gezin" marked.
    """

    def __init__(self, snapshot: Snapshot, question: Question, prefix_terms: PrefixTerms) -> None:
        clauses = question.required[:MOST_MARKED_WORDS]
        wide = [(*clause.alternatives, *clause.expansions) for clause in clauses]
        self._literal = _Marking(snapshot, [_terms(clause.alternatives, prefix_terms) for clause in clauses])
        self._wide = _Marking(snapshot, [_terms(alternatives, prefix_terms) for alternatives in wide])

    def snippets(self, number: int, record: dict[str, Any]) -> tuple[Snippet, ...]:
        """Return at most two snippets of a document, best first; without any match how it begins."""
        return (
            self._literal.snippets(number, record)
            or self._wide.snippets(number, record)
            or self._literal.beginning(number, record)
        )


class _Marking:
    """Marks groups of index terms, one group per word asked for."""

    def __init__(self, snapshot: Snapshot, groups: Sequence[frozenset[bytes]]) -> None:
        self._snapshot = snapshot
        self._groups = [group for group in groups if group]
        self._wanted = frozenset().union(*self._groups)
        self._markers: dict[str, Marker] = {}

    def snippets(self, number: int, record: dict[str, Any]) -> tuple[Snippet, ...]:
        """Return at most two snippets with something marked, best first; none when nothing matches."""
        language = record["text_language"]
        found = []
        for label, text in ((KEYWORDS, KEYWORD_SEPARATOR.join(record["keywords"])), (SUMMARY, record["summary"])):
            start, end, held = self._best_sentence(text, language)
            if held:
                found.append((held, Snippet(label, self._marked(text, start, end, language))))
        text_snippet = self._text_snippet(number, language)
        if text_snippet is not None:
            found.append(text_snippet)
        found.sort(key=lambda pair: -pair[0])
        return tuple(snippet for _, snippet in found[:MOST_SNIPPETS])

    def _marker(self, language: str) -> Marker:
        found = self._markers.get(language)
        if found is None:
            found = self._markers[language] = Marker(self._wanted, language)
        return found

    @cached_property
    def _places(self) -> list[list[tuple[Array, Array, Array]]]:
        return [self._places_in_text(group) for group in self._groups]

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

    def beginning(self, number: int, record: dict[str, Any]) -> tuple[Snippet, ...]:
        """Return how a document begins, nothing for one without words."""
        label, text = (SUMMARY, record["summary"]) if record["summary"] else (TEXT, self._snapshot.text(number))
        if not text.strip():
            return ()
        starts = [start for start in sentence_starts(text) if start <= LONGEST] + [len(text)]
        end = next((start for start in starts[1:] if start >= LEAD), len(text))
        return (Snippet(label, self._marked(text, 0, end, record["text_language"])),)


def literal_terms(question: Question) -> frozenset[bytes]:
    """Return the index terms of what was typed, for marking a whole document; beginnings of words are left out."""
    groups = (_terms(clause.alternatives, lambda _start: ()) for clause in question.required[:MOST_MARKED_WORDS])
    return frozenset().union(*groups)


def _terms(alternatives: Iterable[Term], prefix_terms: PrefixTerms) -> frozenset[bytes]:
    """Return the index terms that may be marked for one word asked for; small words only when there is nothing else."""
    terms = frozenset(term for alternative in alternatives for term in _of(alternative, prefix_terms))
    return frozenset(term for term in terms if term.decode() not in FUNCTION_WORDS) or terms


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
