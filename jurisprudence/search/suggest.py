"""Respell words nobody wrote and finish what is being typed, from the words of our own documents (never from stems)."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np

from jurisprudence.search.packs import Array
from jurisprudence.search.results import Kind
from jurisprudence.search.segments import LETTERS_KEPT, letter_sets
from jurisprudence.search.snapshot import Contents, Snapshot
from jurisprudence.search.stems import fold, stem

MOST_PREFIX_WORDS = 64
MOST_PREFIX_ROWS = 256
LONGEST_RESPELLED = 24
KIND_SHOWN = (Kind.THEME, Kind.TREE, Kind.LEXICON, Kind.PAGE, Kind.PUBLICATION, Kind.NEWS, Kind.RULING)
KIND_ORDER = {kind: place for place, kind in enumerate(KIND_SHOWN)}
SHORTEST_RESPELLED = 4
TWO_EDITS_FROM = 8


@dataclass(frozen=True)
class Completion:
    """What could be meant by what has been typed so far; a word has no kind and no address."""

    text: str
    kind: Kind | None = None
    address: str | None = None


class _Folded:
    """The folded words of a segment as a sorted sequence, read from the map one at a time."""

    def __init__(self, contents: Contents) -> None:
        self._contents = contents
        self._size = len(contents.arrays["words.counts"])

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, row: int) -> bytes:
        if row >= self._size:
            raise IndexError(row)
        return self._contents.piece("words.folded", row)


class Suggester:
    """The written words and the titles of one snapshot, read where they lie; made anew for each question."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._contents = [segment.contents for segment in snapshot.segments]
        self._prefix_terms: dict[str, Sequence[bytes]] = {}

    def prefix_terms(self, start: str) -> Sequence[bytes]:
        """Return the index terms of the words that begin so (folded), of the most frequent of them when many do."""
        found = self._prefix_terms.get(start)
        if found is None:
            words = self._words_beginning(start)[:MOST_PREFIX_WORDS]
            stems = (stem(fold(word), language).encode() for word in words for language in ("nl", "fr", ""))
            found = self._prefix_terms[start] = tuple(dict.fromkeys(stems))
        return found

    def respell(self, word: str) -> str | None:
        """Return the most likely written word one or two edits away, None when the word itself is known."""
        folded = fold(word)
        edits = 2 if len(folded) >= TWO_EDITS_FROM else 1
        if not SHORTEST_RESPELLED <= len(folded) <= LONGEST_RESPELLED or self.knows(folded):
            return None
        near: dict[tuple[int, bytes], list[tuple[int, str]]] = {}
        for contents in self._contents:
            rows = _rows_alike(contents, folded, edits)
            letters = contents.arrays["words.letters"].reshape(-1, LETTERS_KEPT)[rows]
            distances = _edit_distances(folded, letters, contents.arrays["words.lengths"][rows].astype(np.int64))
            for row, distance in zip(rows.tolist(), distances.tolist(), strict=True):
                if distance <= edits:
                    key = (distance, contents.piece("words.folded", row))
                    near.setdefault(key, []).append(_written(contents, row))
        ranked = [(distance, -sum(count for count, _ in forms), max(forms)[1]) for (distance, _), forms in near.items()]
        return min(ranked)[2] if ranked else None

    def knows(self, folded: str) -> bool:
        """Tell whether a document contains this word, accents aside."""
        wanted = folded.encode()
        for contents in self._contents:
            words = _Folded(contents)
            place = bisect_left(words, wanted)
            if place < len(words) and words[place] == wanted:
                return True
        return False

    def complete(self, typed: str, limit: int = 8) -> list[Completion]:
        """Return titles in which what was typed begins a word, then words that begin with its last word."""
        wanted = " ".join(fold(typed).split())
        if len(wanted) < 2:  # noqa: PLR2004 -- one letter says nothing
            return []
        titles = [
            (not folded.startswith(wanted), KIND_ORDER[Kind(kind)], len(title), title, kind, address)
            for folded, title, kind, address in self._titles()
            if folded.startswith(wanted) or f" {wanted}" in folded
        ]
        found = [Completion(title, Kind(kind), address) for *_, title, kind, address in sorted(titles)[:limit]]
        *before, last = wanted.split(" ")
        words = self._words_beginning(last)[: limit - len(found)]
        return found + [Completion(" ".join([*before, word])) for word in words]

    def _titles(self) -> Iterator[tuple[str, str, str, str]]:
        for segment in self._snapshot.segments:
            titles = segment.contents.titles
            yield from titles if segment.alive.all() else compress(titles, segment.alive.tolist())

    def _words_beginning(self, start: str) -> list[str]:
        """Return the words that begin so, most frequent first, each in the form it is mostly written."""
        forms: dict[bytes, list[tuple[int, str]]] = {}
        for contents in self._contents:
            for row in _frequent_rows(contents, start.encode()):
                forms.setdefault(contents.piece("words.folded", row), []).append(_written(contents, row))
        ranked = [(-sum(count for count, _ in found), max(found)[1]) for found in forms.values()]
        return [word for _, word in sorted(ranked)]


def _frequent_rows(contents: Contents, start: bytes) -> list[int]:
    """Return the rows of the most frequent words of a segment that begin so."""
    words = _Folded(contents)
    first, last = bisect_left(words, start), bisect_left(words, start + b"\xff")
    counts = contents.arrays["words.counts"][first:last]
    if len(counts) <= MOST_PREFIX_ROWS:
        return list(range(first, last))
    chosen = np.argpartition(-counts.astype(np.int64), MOST_PREFIX_ROWS)[:MOST_PREFIX_ROWS] + first
    rows: list[int] = np.sort(chosen).tolist()
    return rows


def _written(contents: Contents, row: int) -> tuple[int, str]:
    """Return how many documents hold a word, and the word as it is written."""
    return int(contents.arrays["words.counts"][row]), contents.piece("words.written", row).decode()


def _rows_alike(contents: Contents, folded: str, edits: int) -> Array:
    """Return the rows of words of about the same length that share nearly all letters."""
    lengths = contents.arrays["words.lengths"]
    close = np.flatnonzero((lengths >= len(folded) - edits) & (lengths <= len(folded) + edits))
    different = np.bitwise_count(contents.arrays["words.sets"][close] ^ _letter_set(folded))
    alike: Array = close[different <= 2 * edits]
    return alike


def _letter_set(folded: str) -> np.uint32:
    letters = np.frombuffer(folded.encode("latin-1", "replace"), dtype=np.uint8)
    return np.uint32(letter_sets(letters.reshape(1, -1))[0])


def _edit_distances(word: str, letters: Array, lengths: Array) -> Array:
    """Return, per row of letters, the number of inserted, dropped, changed or swapped letters from the word."""
    width = min(letters.shape[1], len(word) + 2)  # longer words are further away
    before = np.zeros((len(letters), width + 1), dtype=np.int64)
    last = np.broadcast_to(np.arange(width + 1), (len(letters), width + 1)).copy()
    codes = word.encode("latin-1", "replace")
    for row, letter in enumerate(codes):
        here = np.empty_like(last)
        here[:, 0] = row + 1
        for column in range(width):
            changed = last[:, column] + (letters[:, column] != letter)
            here[:, column + 1] = np.minimum(np.minimum(here[:, column], last[:, column + 1]) + 1, changed)
            if row and column:
                swapped = (letters[:, column] == codes[row - 1]) & (letters[:, column - 1] == letter)
                better = np.minimum(here[:, column + 1], before[:, column - 1] + 1)
                here[:, column + 1] = np.where(swapped, better, here[:, column + 1])
        before, last = last, here
    distances: Array = last[np.arange(len(letters)), np.minimum(lengths, width)]
    return distances
