"""Where words follow each other: which documents hold a phrase in one of their fields."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np

from jurisprudence.search.packs import Array
from jurisprudence.search.signs import Glance, Signs
from jurisprudence.search.snapshot import Postings, Snapshot

WORTH_MARKING = 350
"""Marking all places of a term pays from one place looked for in so many words of text; measured at both sizes."""

OFTEN = 8
"""Where a term stands more often than this in a document, its first place is tried before the others."""

PLACES_AT_ONCE = 32_000
"""Places looked at together: what is worked out about them stays in the cache of a processor."""

FEW, MANY = 2_000, 10_000
"""Fewer places of the rarest word are looked up as they are; more are narrowed by pairs of words before."""

MOSTLY = 0.6
"""When more of a run of documents is wanted than this, reading all of it is faster than picking."""


@dataclass(frozen=True)
class _Places:
    """Where a term stands: documents, in how many places each, and the positions in all of them end to end."""

    documents: Array
    counts: Array
    positions: Array

    def owners(self, places: Array) -> Array:
        """Return the documents of some of the places, given by number."""
        owners: Array = self.documents[np.searchsorted(np.cumsum(self.counts), places, side="right")]
        return owners

    @property
    def pairs(self) -> "_Pairs":
        """Return the document of each place and the position in it."""
        return np.repeat(self.documents, self.counts), self.positions.astype(np.int64)


_Pairs = tuple[Array, Array]
"""Documents and the positions in them, side by side."""


@dataclass(frozen=True)
class PhraseSearch:
    """One phrase looked for in one field; `steps` are its words: their terms and where those stand, at least one each.

    `check` is called before each piece of work that can be large.
    """

    snapshot: Snapshot
    name: str
    steps: Sequence[Mapping[bytes, Postings]]
    check: Callable[[], None]

    def documents(self, candidates: Array, slop: int) -> Array:
        """Return the candidates (a mask), some more than once, in which the steps follow each other.

        Every place of the rarest step is tried; of the other steps only what stands beside it is looked at. With
        `slop` they may stand that many words from it.
        """
        self.check()
        sizes = [sum(len(found.positions) for found in step.values()) for step in self.steps]
        order = sorted(range(len(sizes)), key=sizes.__getitem__)
        numbers, paired = np.flatnonzero(candidates), np.zeros_like(candidates)
        held = [(found, found.rows_among(candidates, numbers)) for found in self.steps[order[0]].values()]
        places = sum(int(found.frequencies[rows].sum(dtype=np.int64)) for found, rows in held)
        signs = [one for segment in self.snapshot.segments if (one := segment.contents.signs) is not None]
        if self.name != "text" or slop or len(signs) < len(self.snapshot.segments) or places < FEW:
            return self._verified(_joined([_places_of(found, rows).pairs for found, rows in held]), order, slop)
        if places > MANY:
            paired, candidates = self._paired(candidates)
        glanced, possible = self._glanced(signs, candidates, order)
        return np.concatenate((np.flatnonzero(paired | glanced), self._verified(possible, order, slop)))

    def _paired(self, candidates: Array) -> tuple[Array, Array]:
        """Return the masks of the candidates that surely hold the phrase, and of the others that may.

        Each two steps in a row must be held as a pair; of two steps the pair is all there is to the phrase.
        """
        sure, others = np.zeros_like(candidates), candidates
        for first, second in pairwise(self.steps):
            sure, possible = np.zeros_like(candidates), np.zeros_like(candidates)
            for pair in product(first.items(), second.items()):
                self._mark_pair(pair, sure, possible)
            others = others & (sure | possible)
        return (sure & candidates, others & ~sure) if len(self.steps) == 2 else (np.zeros_like(candidates), others)  # noqa: PLR2004

    def _mark_pair(self, pair: Sequence[tuple[bytes, Postings]], sure: Array, possible: Array) -> None:
        """Mark the documents that surely hold a pair of terms, or where that is not kept, those with the rarer term."""
        (first, of_first), (second, of_second) = pair
        rarer = min(of_first.numbers, of_second.numbers, key=len)
        for segment in self.snapshot.segments:
            pairs = segment.contents.pairs
            held = pairs.documents(first, second) if pairs is not None else None
            if held is not None:
                sure[held.astype(np.intp) + segment.base] = True
            else:
                start, end = np.searchsorted(rarer, (segment.base, segment.base + segment.size))
                possible[rarer[start:end]] = True

    def _glanced(self, signs: Sequence[Signs], candidates: Array, order: Sequence[int]) -> tuple[Array, _Pairs]:
        """Return the mask of the candidates that surely hold the phrase, and the places where others may hold it."""
        numbers, sure, possible = np.flatnonzero(candidates), np.zeros_like(candidates), list[_Pairs]()
        for segment, of_segment in zip(self.snapshot.segments, signs, strict=True):
            glance = Glance(of_segment, segment.base, self.steps, order)
            for found in self.steps[order[0]].values():
                rows = found.rows_among(candidates, numbers)
                first, last = np.searchsorted(found.numbers[rows], (segment.base, segment.base + segment.size))
                for some in _in_parts(_without_first(found, rows[first:last], glance, sure), found):
                    self.check()
                    places = _places_of(found, _filled(some))
                    is_sure, is_possible = glance(places.documents, places.counts, places.positions)
                    likely = np.flatnonzero(is_possible)
                    documents = places.owners(likely)
                    sure[documents[is_sure[likely]]] = True
                    unsure = np.flatnonzero(candidates[documents] & ~sure[documents])
                    possible.append((documents[unsure], places.positions[likely[unsure]].astype(np.int64)))
        return sure & candidates, _joined(possible)

    def _verified(self, places: _Pairs, order: Sequence[int], slop: int) -> Array:
        """Return the documents of the places of the rarest step beside which all others stand."""
        documents, positions = places
        for number in order[1:]:
            if not len(documents):
                break
            self.check()
            wanted = positions - slop if slop else positions + (number - order[0])
            stands = np.zeros(len(documents), dtype=bool)
            for found in self.steps[number].values():
                if self.name == "text" and not slop and len(documents) > self.snapshot.text_ends[-1] // WORTH_MARKING:
                    stands |= self._stands_in_text(found, documents, wanted)
                else:
                    stands |= self._stands_near(found, documents, wanted, 2 * slop)
            documents, positions = documents[stands], positions[stands]
        return documents

    def _stands_in_text(self, found: Postings, documents: Array, wanted: Array) -> Array:
        """Tell for each place (document, position) whether the term stands there.

        All texts are laid end to end and the places of the term marked: without signs the fastest way for very many.
        """
        ends = self.snapshot.text_ends
        marks = np.zeros(int(ends[-1]), dtype=bool)
        marks[np.repeat(ends[found.documents], found.frequencies) + found.positions] = True
        places = ends[documents] + wanted
        inside = (wanted >= 0) & (places < ends[documents + 1])
        stands: Array = inside & marks[np.where(inside, places, 0)]
        return stands

    def _stands_near(self, found: Postings, documents: Array, wanted: Array, reach: int) -> Array:
        """Tell for each place (document, position) whether the term stands there or up to `reach` words further.

        A binary search in the positions of each document, for all places at once.
        """
        rows, is_held = found.rows_of(documents)
        held = np.flatnonzero(is_held)
        rows, wanted = rows[held], wanted[held]
        low = found.position_starts(rows)
        end = low + found.frequencies[rows]
        step = 1 << int(found.frequencies[rows].max(initial=0)).bit_length()
        low -= 1  # the last place known to stand before what is wanted
        while step := step >> 1:
            further = low + step
            inside = further < end
            inside[inside] = found.positions[further[inside]] < wanted[inside]
            low[inside] = further[inside]
        low += 1
        stands = np.zeros(len(documents), dtype=bool)
        inside = low < end
        stands[held[inside]] = found.positions[low[inside]] <= wanted[inside] + reach
        return stands


def _without_first(found: Postings, rows: Array, glance: Glance, sure: Array) -> Array:
    """Return the rows whose documents do not surely hold the phrase at the first place of the term; note the others.

    Where a phrase is usual this settles most documents, at one place each.
    """
    if found.frequencies[rows].sum(dtype=np.int64) <= OFTEN * len(rows):
        return rows
    documents = found.numbers[rows]
    is_sure, _ = glance(documents, np.ones_like(rows), found.positions[found.position_starts(rows)])
    sure[documents[is_sure]] = True
    return rows[~is_sure]


def _in_parts(rows: Array, found: Postings) -> list[Array]:
    """Return the rows in parts of about PLACES_AT_ONCE places."""
    ends = np.cumsum(found.frequencies[rows], dtype=np.int64)
    return (
        np.split(rows, np.searchsorted(ends, np.arange(PLACES_AT_ONCE, ends[-1], PLACES_AT_ONCE))) if len(rows) else []
    )


def _filled(rows: Array) -> Array:
    """Return all rows from the first to the last when most of them are among these."""
    run = int(rows[-1] - rows[0]) + 1 if len(rows) else 0
    return np.arange(rows[0], rows[-1] + 1) if MOSTLY * run < len(rows) < run else rows


def _places_of(found: Postings, rows: Array) -> _Places:
    """Return every place of a term in the documents of these rows of its postings."""
    counts, starts = found.frequencies[rows].astype(np.int64), found.position_starts(rows)
    if len(rows) and rows[-1] - rows[0] + 1 == len(rows):
        positions = found.positions[starts[0] : starts[-1] + counts[-1]]
    else:
        places = np.repeat(starts - (np.cumsum(counts) - counts), counts)
        positions = found.positions[places + np.arange(len(places))]
    return _Places(found.numbers[rows], counts, positions)


def _joined(pieces: Sequence[_Pairs]) -> _Pairs:
    empty = np.zeros(0, dtype=np.int64)
    return (
        np.concatenate([empty, *(documents for documents, _ in pieces)]),
        np.concatenate([empty, *(positions for _, positions in pieces)]),
    )
