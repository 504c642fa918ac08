"""Where words follow each other: which documents hold a phrase in one of their fields."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from jurisprudence.search.packs import Array
from jurisprudence.search.question import Step
from jurisprudence.search.signs import Glance, Signs
from jurisprudence.search.snapshot import Postings, Snapshot

WORTH_MARKING = 350
"""Marking all places of a term pays from one place looked for in so many words of text; measured at both sizes."""

OFTEN = 8
"""Where a term stands more often than this in a document, its first place is tried before the others."""

_Places = tuple[Array, Array]
"""Documents and the positions in them, side by side."""


@dataclass(frozen=True)
class PhraseSearch:
    """One phrase looked for in one field; `options` are, per step, the postings of its terms, none of them without.

    `check` is called before each piece of work that can be large.
    """

    snapshot: Snapshot
    name: str
    steps: Sequence[Step]
    options: Sequence[Sequence[Postings]]
    check: Callable[[], None]

    def documents(self, candidates: Array, slop: int) -> Array:
        """Return the candidates (a mask), some more than once, in which the steps follow each other.

        Every place of the rarest step is tried; of the other steps only what stands beside it is looked at. With
        `slop` they may stand that many words from it.
        """
        self.check()
        sizes = [sum(len(found.positions) for found in of_step) for of_step in self.options]
        order = sorted(range(len(sizes)), key=sizes.__getitem__)
        signs = [one for segment in self.snapshot.segments if (one := segment.contents.signs) is not None]
        if self.name != "text" or slop or len(signs) < len(self.snapshot.segments):
            every = [_places_of(found, np.flatnonzero(candidates[found.documents])) for found in self.options[order[0]]]
            return self._verified(_joined(every), order, slop)
        sure, possible = self._glanced(signs, candidates, order)
        return np.concatenate((np.flatnonzero(sure), self._verified(possible, order, slop)))

    def _glanced(self, signs: Sequence[Signs], candidates: Array, order: Sequence[int]) -> tuple[Array, _Places]:
        """Return the mask of the candidates that surely hold the phrase, and the places where others may hold it."""
        sure, possible = candidates & False, list[_Places]()
        for segment, of_segment in zip(self.snapshot.segments, signs, strict=True):
            glance = Glance(of_segment, self.steps, order)
            for found in self.options[order[0]]:
                self.check()
                first, last = np.searchsorted(found.documents, (segment.base, segment.base + segment.size))
                rows = first + np.flatnonzero((candidates & ~sure)[found.documents[first:last]])
                if found.frequencies[rows].sum(dtype=np.int64) > OFTEN * len(rows):
                    documents = found.documents[rows].astype(np.int64)
                    is_sure, _ = glance(documents - segment.base, found.positions[found.position_starts(rows)])
                    sure[documents[is_sure]] = True
                    rows = rows[~is_sure]
                documents, positions = _places_of(found, rows)
                is_sure, is_possible = glance(documents - segment.base, positions)
                sure[documents[is_sure]] = True
                left = np.flatnonzero(is_possible & ~is_sure)
                left = left[~sure[documents[left]]]
                possible.append((documents[left], positions[left]))
        return sure, _joined(possible)

    def _verified(self, places: _Places, order: Sequence[int], slop: int) -> Array:
        """Return the documents of the places of the rarest step beside which all others stand."""
        documents, positions = places
        for number in order[1:]:
            if not len(documents):
                break
            self.check()
            wanted = positions - slop if slop else positions + (number - order[0])
            stands = np.zeros(len(documents), dtype=bool)
            for found in self.options[number]:
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
        row_of = np.full(self.snapshot.size, -1, dtype=np.int32)
        row_of[found.documents] = np.arange(len(found.documents), dtype=np.int32)
        rows = row_of[documents]
        held = np.flatnonzero(rows >= 0)
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


def _places_of(found: Postings, rows: Array) -> _Places:
    """Return every place of a term in the documents of these rows of its postings."""
    counts = found.frequencies[rows].astype(np.int64)
    places = np.repeat(found.position_starts(rows) - (np.cumsum(counts) - counts), counts)
    positions = found.positions[places + np.arange(len(places))]
    return np.repeat(found.documents[rows].astype(np.int64), counts), positions.astype(np.int64)


def _joined(pieces: Sequence[_Places]) -> _Places:
    if len(pieces) == 1:
        return pieces[0]
    empty = np.zeros(0, dtype=np.int64)
    return (
        np.concatenate([empty, *(documents for documents, _ in pieces)]),
        np.concatenate([empty, *(positions for _, positions in pieces)]),
    )
