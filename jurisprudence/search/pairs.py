"""Which texts hold two frequent words side by side: what settles a phrase of two such words, and narrows a longer one.

The more often words are written, the more places a phrase of them would have to be looked for at; these are kept as
pairs, each with the documents that hold it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from jurisprudence.search.packs import Array, narrow

if TYPE_CHECKING:
    from jurisprudence.search.segments import FieldPostings

FREQUENT = 500
"""Terms of a segment of which pairs are kept: those that stand in most places."""

TEXTS_AT_ONCE = 500
"""Together with the number of pairs of frequent terms this makes numbers of 32 bits, which are sorted fastest."""


class Pairs:
    """The pairs of one segment, whose terms `row_of` finds."""

    def __init__(self, arrays: Mapping[str, Array], row_of: Callable[[bytes], int | None]) -> None:
        self._row_of = row_of
        self._ranks = {row: rank for rank, row in enumerate(arrays["text.pair_terms"].tolist(), start=1)}
        self._codes, self._ends = arrays["text.pair_codes"], arrays["text.pair_ends"]
        self._documents = arrays["text.pair_documents"]

    def documents(self, first: bytes, second: bytes) -> Array | None:
        """Return the documents of the segment that hold the first term and right after it the second, ascending.

        None when that is not kept, because one of the terms is not frequent.
        """
        one, other = self._ranks.get(self._row_of(first)), self._ranks.get(self._row_of(second))
        if one is None or other is None:
            return None
        code = one * (FREQUENT + 1) + other
        place = int(np.searchsorted(self._codes, np.uint32(code)))
        is_held = place < len(self._codes) and self._codes[place] == code
        documents: Array = self._documents[int(self._ends[place]) : int(self._ends[place + is_held])]
        return documents


def pair_arrays(postings: "FieldPostings", position_ends: Array, lengths: Array) -> dict[str, Array]:
    """Return the pairs of the texts of a segment.

    `position_ends` counts, from 0 on, the positions up to and including each posting; `lengths` the index terms of each
    text. `pair_terms` are the rows of the frequent terms; a code is made of the places of two of them in it, from 1 on.
    """
    counts = np.add.reduceat(postings.frequencies, postings.ends[:-1].astype(np.int64), dtype=np.int64)
    terms = np.argsort(-counts, kind="stable")[:FREQUENT]
    found = list(_pairs_of_texts(postings, position_ends, terms, lengths))
    held = np.zeros((FREQUENT + 1) ** 2, dtype=np.int64)
    for codes, _ in found:
        held += np.bincount(codes, minlength=len(held))
    codes = np.flatnonzero(held)
    return {
        "text.pair_terms": terms.astype(np.uint32),
        "text.pair_codes": codes.astype(np.uint32),
        "text.pair_ends": narrow(np.concatenate(([0], np.cumsum(held[codes])))),
        "text.pair_documents": narrow(_by_code(found, np.cumsum(held) - held)),
    }


def _by_code(found: Sequence[tuple[Array, Array]], starts: Array) -> Array:
    """Return the documents of all pairs in order of their codes, from the place on where each code starts.

    Each piece is in order of its codes and goes where the pieces before it ended: sorting all would need much memory.
    """
    free = starts.copy()
    documents = np.zeros(sum(len(codes) for codes, _ in found), dtype=np.uint32)
    for codes, of_codes in found:
        firsts = np.flatnonzero(np.diff(codes, prepend=np.uint32(0)))  # no code is 0
        counts = np.diff(firsts, append=len(codes))
        documents[_end_to_end(free[codes[firsts]], counts)] = of_codes
        free[codes[firsts]] += counts
    return documents


def _pairs_of_texts(
    postings: "FieldPostings", position_ends: Array, terms: Array, lengths: Array
) -> Iterator[tuple[Array, Array]]:
    """Yield code and document of every pair, once for each document, some texts at a time."""
    cuts = np.arange(0, len(lengths) + TEXTS_AT_ONCE, TEXTS_AT_ONCE)
    extents = [(int(postings.ends[row]), int(postings.ends[row + 1])) for row in terms.tolist()]
    bounds = [first + np.searchsorted(postings.documents[first:last], cuts) for first, last in extents]
    rows = np.array(bounds, dtype=np.int64).reshape(len(terms), len(cuts))
    for number, first in enumerate(cuts[:-1].tolist()):
        of_texts = lengths[first : first + TEXTS_AT_ONCE].astype(np.int64)
        starts = np.cumsum(of_texts + 1) - of_texts - 1  # a place between two texts, so that none runs on into the next
        held = rows[:, number + 1] - rows[:, number]
        some = _end_to_end(rows[:, number], held)
        frequencies = postings.frequencies[some].astype(np.int64)
        positions = postings.positions[_end_to_end(position_ends[some].astype(np.int64), frequencies)]
        places = np.repeat(starts[postings.documents[some] - first], frequencies) + positions
        ranks = np.repeat(np.repeat(np.arange(1, len(terms) + 1, dtype=np.uint16), held), frequencies)
        owners = np.repeat(np.arange(len(of_texts), dtype=np.uint32), of_texts + 1)
        yield _distinct_pairs(_layers(places, ranks, len(owners)), owners, first)


def _end_to_end(firsts: Array, counts: Array) -> Array:
    """Return so many numbers from each first one on, all in a row."""
    ends = np.cumsum(counts)
    numbers: Array = np.repeat(firsts - (ends - counts), counts) + np.arange(int(ends[-1]) if len(ends) else 0)
    return numbers


def _layers(places: Array, ranks: Array, size: int) -> list[Array]:
    """Return rows of ranks by place, 0 where none is: as many as there are terms at the fullest place."""
    layers = []
    while len(places):
        layer = np.zeros(size, dtype=np.uint16)
        layer[places] = ranks
        layers.append(layer)
        is_left = layer[places] != ranks
        places, ranks = places[is_left], ranks[is_left]
    return layers


def _distinct_pairs(layers: list[Array], owners: Array, first: int) -> tuple[Array, Array]:
    """Return code and document of the pairs in these layers, sorted; `owners` is the text of each place."""
    keys = [np.zeros(0, dtype=np.uint32)]
    for one in layers:
        for other in layers:
            places = np.flatnonzero((one[:-1] > 0) & (other[1:] > 0))
            codes = one[places].astype(np.uint32) * np.uint32(FREQUENT + 1) + other[places + 1]
            keys.append(codes * np.uint32(TEXTS_AT_ONCE) + owners[places])
    ordered = np.sort(np.concatenate(keys))
    distinct = ordered[np.flatnonzero(np.diff(ordered, prepend=np.uint32(0)))]  # no key is 0
    codes, texts = np.divmod(distinct, np.uint32(TEXTS_AT_ONCE))
    return codes, texts + np.uint32(first)
