"""Snippets: for each hit the pieces that answer, cut at sentences, escaped, with what matched marked.

Which sentence answers is known from the postings, and where its words stand from the places beside the text: only that
sentence is read, and nothing is analysed again.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from html import escape
from itertools import chain
from typing import Any

import numpy as np

from jurisprudence.search.analysis import FUNCTION_WORDS, chunk_end, sentence_starts, words_with_places
from jurisprudence.search.inverting import PART_GAP
from jurisprudence.search.lookups import Lookups
from jurisprudence.search.matching import PrefixTerms
from jurisprudence.search.question import Article, Identifier, Phrase, Prefix, Question, Tagged, Term, Word
from jurisprudence.search.results import Snippet
from jurisprudence.search.snapshot import Snapshot

KEYWORDS, SUMMARY, TEXT = "kernwoorden", "samenvatting", "tekst"
LABELS = {"keywords": KEYWORDS, "summary": SUMMARY, "text": TEXT}
MOST_SNIPPETS = 2
MOST_MARKED_WORDS = 24
LONGEST = 320
LEAD = 80
KEYWORD_SEPARATOR = " – "

Spans = list[tuple[int, int]]
Found = tuple[int, Snippet]
"""A snippet with the number of words asked for that it holds."""


class SnippetMaker:
    """Makes the snippets of the documents on one page of results.

    What was typed is marked; words that count as the same (synonyms, the parts of a compound) only in a document that
    holds nothing of what was typed: someone who asks for "gezinshereniging" does not want each "gezin" marked.
    """

    def __init__(self, lookups: Lookups, question: Question, prefix_terms: PrefixTerms, numbers: Sequence[int]) -> None:
        clauses = question.required[:MOST_MARKED_WORDS]
        wide = [(*clause.alternatives, *clause.expansions) for clause in clauses]
        self._snapshot = lookups.snapshot
        self._literal = _Marking(lookups, [_terms(clause.alternatives, prefix_terms) for clause in clauses], numbers)
        self._wide = _Marking(lookups, [_terms(alternatives, prefix_terms) for alternatives in wide], numbers)

    def snippets(self, number: int, record: Mapping[str, Any]) -> tuple[Snippet, ...]:
        """Return at most two snippets of a document on the page, best first; without any match how it begins."""
        return (
            self._literal.snippets(number, record)
            or self._wide.snippets(number, record)
            or _beginning(record["summary"], self._snapshot, number)
        )


class _Marking:
    """Marks groups of index terms, one group per word asked for."""

    def __init__(self, lookups: Lookups, groups: Sequence[frozenset[bytes]], numbers: Sequence[int]) -> None:
        self._snapshot, self._lookups = lookups.snapshot, lookups
        self._groups = [group for group in groups if group]
        self._numbers = np.array(sorted(set(numbers)), dtype=np.intp)

    def snippets(self, number: int, record: Mapping[str, Any]) -> tuple[Snippet, ...]:
        """Return at most two snippets with something marked, best first; none when nothing matches."""
        found = []
        for name, by_number in self._places.items():
            positions = by_number.get(number)
            if positions:
                found.append(self._piece(name, number, record, positions))
        found.sort(key=lambda pair: -pair[0])
        return tuple(snippet for _, snippet in found[:MOST_SNIPPETS])

    @cached_property
    def _places(self) -> dict[str, dict[int, list[list[int]]]]:
        """Return per field and document of the page the positions of each word asked for that occurs there."""
        places: dict[str, dict[int, list[list[int]]]] = {name: {} for name in LABELS}
        for group in self._groups:
            for (name, number), held in self._places_of(group).items():
                places[name].setdefault(number, []).append(held)
        return places

    def _places_of(self, group: Iterable[bytes]) -> dict[tuple[str, int], list[int]]:
        """Return per field and document of the page the positions of the terms of one word."""
        of_group: dict[tuple[str, int], list[int]] = {}
        for term in group:
            for name, postings in self._lookups[term].items():
                for number, positions in postings.positions_in(self._numbers) if name in LABELS else ():
                    of_group.setdefault((name, number), []).extend(positions)
        return of_group

    def _piece(self, name: str, number: int, record: Mapping[str, Any], positions: list[list[int]]) -> Found:
        if name == "keywords":
            wanted = {position for held in positions for position in held}
            keywords, spans = _marked_keywords(record["keywords"], wanted, record["text_language"])
            return len(positions), Snippet(KEYWORDS, _as_html(keywords, spans))
        places = self._snapshot.places(name, number)
        held_by = _sentences_holding(positions, places.firsts)
        best = min(held_by, key=lambda sentence: (-held_by[sentence], sentence))
        extent = places.extent(best)
        of_summary = name == "summary"
        piece = record["summary"].encode()[extent].decode() if of_summary else self._snapshot.text(number, extent)
        spans = _spans(piece, places.starts(best, chain.from_iterable(positions)))
        return held_by[best], Snippet(LABELS[name], _as_html(piece, spans))


def _sentences_holding(positions: Iterable[Iterable[int]], firsts: Sequence[int]) -> dict[int, int]:
    """Return, per sentence that holds any, how many of the words asked for it holds."""
    counts: dict[int, int] = {}
    for held in positions:
        for sentence in {bisect_right(firsts, position) - 1 for position in held}:
            counts[sentence] = counts.get(sentence, 0) + 1
    return counts


def _spans(piece: str, starts: Sequence[int]) -> Spans:
    """Return where the words stand that begin at these characters, as far as a snippet can show them."""
    last = starts[0] + LONGEST if starts else 0
    return [(start, chunk_end(piece, start)) for start in starts if start <= last]


def _marked_keywords(keywords: Sequence[str], wanted: set[int], language: str) -> tuple[str, Spans]:
    """Return the keywords in one line and where the words at the wanted positions stand in it."""
    spans, offset, first = [], 0, 0
    for keyword in keywords:
        after = first
        for position, width, start, end in words_with_places(keyword, language):
            after = first + position + width
            if not wanted.isdisjoint(range(first + position, after)):
                spans.append((offset + start, offset + end))
        offset += len(keyword) + len(KEYWORD_SEPARATOR)
        first = after + PART_GAP
    return KEYWORD_SEPARATOR.join(keywords), spans


def _as_html(piece: str, spans: Spans) -> str:
    """Return a piece of text as HTML; a very long one is cut around its first match."""
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


def _beginning(summary: str, snapshot: Snapshot, number: int) -> tuple[Snippet, ...]:
    """Return how a document begins, nothing for one without words."""
    label, text = (SUMMARY, summary) if summary else (TEXT, snapshot.text(number))
    if not text.strip():
        return ()
    text = text[: 2 * LONGEST]
    starts = [start for start in sentence_starts(text) if start <= LONGEST] + [len(text)]
    end = next((start for start in starts[1:] if start >= LEAD), len(text))
    return (Snippet(label, _as_html(text[:end], [])),)


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
        case Tagged():
            return ()


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
