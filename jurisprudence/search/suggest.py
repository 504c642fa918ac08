"""Respell words nobody wrote and finish what is being typed, from the words of our own documents (never from stems)."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from jurisprudence.search.packs import Array
from jurisprudence.search.results import Kind
from jurisprudence.search.snapshot import Snapshot
from jurisprudence.search.stems import fold, stem

MOST_PREFIX_WORDS = 64
LONGEST_RESPELLED = 24
KIND_ORDER = {Kind.THEME: 0, Kind.LEXICON: 1, Kind.PAGE: 2, Kind.NEWS: 3, Kind.RULING: 4}
SHORTEST_RESPELLED = 4
TWO_EDITS_FROM = 8


@dataclass(frozen=True)
class Completion:
    """What could be meant by what has been typed so far; a word has no kind and no address."""

    text: str
    kind: Kind | None = None
    address: str | None = None


class Suggester:
    """The written words and the titles of one snapshot, prepared when first needed."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def prefix_terms(self, start: str) -> Sequence[bytes]:
        """Return the index terms of the words that begin so (folded), of the most frequent of them when many do."""
        words = self._words_beginning(start)[:MOST_PREFIX_WORDS]
        return tuple(
            dict.fromkeys(stem(fold(word), language).encode() for word in words for language in ("nl", "fr", ""))
        )

    def respell(self, word: str) -> str | None:
        """Return the most likely written word one or two edits away, None when the word itself is known."""
        folded = fold(word)
        edits = 2 if len(folded) >= TWO_EDITS_FROM else 1
        if not SHORTEST_RESPELLED <= len(folded) <= LONGEST_RESPELLED or self.knows(folded):
            return None
        rows = self._rows_alike(folded, edits)
        distances = _edit_distances(folded, self._letters[rows], self._lengths[rows])
        near = [
            (int(distance), -self._counts[row], self._words[row])
            for distance, row in zip(distances.tolist(), rows.tolist(), strict=True)
            if distance <= edits
        ]
        return min(near)[2] if near else None

    def knows(self, folded: str) -> bool:
        """Tell whether a document contains this word, accents aside."""
        place = bisect_left(self._folded, folded)
        return place < len(self._folded) and self._folded[place] == folded

    def complete(self, typed: str, limit: int = 8) -> list[Completion]:
        """Return titles in which what was typed begins a word, then words that begin with its last word."""
        wanted = " ".join(fold(typed).split())
        if len(wanted) < 2:  # noqa: PLR2004 -- one letter says nothing
            return []
        titles = [
            (not folded.startswith(wanted), KIND_ORDER[kind], len(title), title, kind, address)
            for folded, title, kind, address in self._titles
            if folded.startswith(wanted) or f" {wanted}" in folded
        ]
        found = [Completion(title, kind, address) for *_, title, kind, address in sorted(titles)[:limit]]
        *before, last = wanted.split(" ")
        words = self._words_beginning(last)[: limit - len(found)]
        return found + [Completion(" ".join([*before, word])) for word in words]

    def _words_beginning(self, start: str) -> list[str]:
        first = bisect_left(self._folded, start)
        last = bisect_left(self._folded, start + "\U0010ffff")
        rows = sorted(range(first, last), key=lambda row: (-self._counts[row], self._words[row]))
        return [self._words[row] for row in rows]

    def _rows_alike(self, folded: str, edits: int) -> Array:
        """Return the rows of words of about the same length that share nearly all letters."""
        different = np.bitwise_count(self._letter_sets ^ _letter_set(folded))
        alike = (different <= 2 * edits) & (np.abs(self._lengths - len(folded)) <= edits)
        return np.flatnonzero(alike)

    @cached_property
    def _table(self) -> list[tuple[str, str, int]]:
        """Every word as (folded, as mostly written, number of documents), sorted."""
        written: dict[str, tuple[int, str]] = {}
        counts: defaultdict[str, int] = defaultdict(int)
        for word, count in self._snapshot.words():
            folded = fold(word)
            counts[folded] += count
            written[folded] = max(written.get(folded, (0, "")), (count, word))
        return [(folded, written[folded][1], counts[folded]) for folded in sorted(counts)]

    @cached_property
    def _folded(self) -> list[str]:
        return [folded for folded, _, _ in self._table]

    @cached_property
    def _words(self) -> list[str]:
        return [word for _, word, _ in self._table]

    @cached_property
    def _counts(self) -> list[int]:
        return [count for _, _, count in self._table]

    @cached_property
    def _lengths(self) -> Array:
        return np.array([len(folded) for folded in self._folded], dtype=np.int64)

    @cached_property
    def _letters(self) -> Array:
        """The words as rows of character codes, zero after their end, cut after the longest we respell."""
        width = LONGEST_RESPELLED + 2
        packed = np.array([folded[:width] for folded in self._folded], dtype=f"<U{width}")
        codes: Array = packed.view(np.uint32).reshape(len(packed), width)
        return codes

    @cached_property
    def _letter_sets(self) -> Array:
        codes = self._letters.astype(np.int64) - ord("a")
        bits = np.where((codes >= 0) & (codes < 26), np.left_shift(1, codes.clip(0, 25)), 0)  # noqa: PLR2004
        sets: Array = np.bitwise_or.reduce(bits, axis=1).astype(np.uint32)
        return sets

    @cached_property
    def _titles(self) -> list[tuple[str, str, Kind, str]]:
        records = (self._snapshot.record(int(number)) for number in np.flatnonzero(self._snapshot.alive))
        return [(fold(record["title"]), record["title"], Kind(record["kind"]), record["address"]) for record in records]


def _letter_set(folded: str) -> np.uint32:
    bits = 0
    for letter in folded:
        if "a" <= letter <= "z":
            bits |= 1 << (ord(letter) - ord("a"))
    return np.uint32(bits)


def _edit_distances(word: str, letters: Array, lengths: Array) -> Array:
    """Return, per row of letters, the number of inserted, dropped, changed or swapped letters from the word."""
    width = letters.shape[1]
    before = np.zeros((len(letters), width + 1), dtype=np.int64)
    last = np.broadcast_to(np.arange(width + 1), (len(letters), width + 1)).copy()
    for row, letter in enumerate(word):
        here = np.empty_like(last)
        here[:, 0] = row + 1
        for column in range(width):
            changed = last[:, column] + (letters[:, column] != ord(letter))
            here[:, column + 1] = np.minimum(np.minimum(here[:, column], last[:, column + 1]) + 1, changed)
            if row and column:
                swapped = (letters[:, column] == ord(word[row - 1])) & (letters[:, column - 1] == ord(letter))
                better = np.minimum(here[:, column + 1], before[:, column - 1] + 1)
                here[:, column + 1] = np.where(swapped, better, here[:, column + 1])
        before, last = last, here
    distances: Array = last[np.arange(len(letters)), np.minimum(lengths, width)]
    return distances
