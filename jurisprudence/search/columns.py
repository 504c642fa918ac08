"""The values of one facet and the documents that carry them, laid out for counting."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from jurisprudence.search.packs import Array

WORD = 64
"""Documents that one number of a row of bits tells of."""


@dataclass(frozen=True)
class FacetColumn:
    """The values of one facet; `common` and `rare` number them.

    A common value is one that so many documents carry that a row of bits is smaller than a list of them; in `bits` the
    hits are counted sixty-four at a time. `documents` carry the rare values, for each in turn from `starts` on.
    """

    values: tuple[str, ...]
    common: Array
    bits: Array
    rare: Array
    documents: Array
    starts: Array

    def counts(self, within: Array, bits_within: Array) -> Array:
        """Return how many documents of a mask carry each value; `bits_within` is the mask as `as_bits` gives it."""
        counts = np.zeros(len(self.values), dtype=np.int64)
        if len(self.common):
            counts[self.common] = np.bitwise_count(self.bits & bits_within).sum(axis=1, dtype=np.int64)
        if len(self.rare):
            counts[self.rare] = np.add.reduceat(within[self.documents], self.starts, dtype=np.int64)
        return counts


def facet_column(values: Sequence[str], documents: Sequence[Array], size: int) -> FacetColumn:
    """Return the column of these values; `documents` has for each those, out of `size`, that carry it."""
    is_common = np.array([len(numbers) * WORD > size for numbers in documents], dtype=bool)
    common, rare = np.flatnonzero(is_common), np.flatnonzero(~is_common)
    masks = [np.bincount(documents[value], minlength=size) > 0 for value in common.tolist()]
    lists = [documents[value] for value in rare.tolist()]
    lengths = np.array([len(numbers) for numbers in lists], dtype=np.int64)
    return FacetColumn(
        tuple(values),
        common,
        np.array([as_bits(mask) for mask in masks], dtype=np.uint64),
        rare,
        np.concatenate([np.zeros(0, dtype=np.int64), *lists]).astype(np.int64),
        np.cumsum(lengths) - lengths,
    )


def as_bits(mask: Array) -> Array:
    """Return a mask as bits, sixty-four to a number."""
    packed = np.packbits(mask)
    padded = np.zeros(-(-len(mask) // WORD) * WORD // 8, dtype=np.uint8)
    padded[: len(packed)] = packed
    return padded.view(np.uint64)
