"""Postings in the blocks that Whoosh reads and writes: from the arrays of a segment, and back."""

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from jurisprudence.search.segments import TEXT_FIELDS, FieldPostings
from jurisprudence.search.snapshot import Contents

BLOCK = 128
"""Postings per block."""


@dataclass(frozen=True)
class Block:
    """Postings of one term: documents, how often each holds it, packed 32-bit positions, shortest and longest field."""

    documents: "array[int]"
    weights: "array[float]"
    values: list[bytes]
    shortest: int
    longest: int


class FieldBlocks:
    """The postings of one field of a segment, block by block."""

    def __init__(self, contents: Contents, name: str) -> None:
        arrays = contents.arrays
        self._ends = arrays[f"{name}.ends"].tolist()
        self._documents = arrays[f"{name}.documents"].astype(np.uint32)
        self._has_positions = name in TEXT_FIELDS
        if self._has_positions:
            self._weights = arrays[f"{name}.frequencies"].astype(np.float32)
            self._places = arrays[f"{name}.position_ends"].astype(np.int64) * 4
            self._positions = arrays[f"{name}.positions"].astype(np.uint32).tobytes()
            self._lengths = arrays[f"{name}.lengths"][self._documents]

    def of_term(self, row: int) -> Iterator[Block]:
        """Yield the blocks of the term in a row of the vocabulary."""
        first, last = self._ends[row], self._ends[row + 1]
        for start in range(first, last, BLOCK):
            yield self._block(start, min(start + BLOCK, last))

    def _block(self, start: int, end: int) -> Block:
        documents = array("I", self._documents[start:end].tobytes())
        if not self._has_positions:
            return Block(documents, array("f", [1.0]) * (end - start), [], 0, 0)
        places, positions = self._places[start : end + 1].tolist(), self._positions
        values = [positions[left:right] for left, right in pairwise(places)]
        lengths = self._lengths[start:end]
        weights = array("f", self._weights[start:end].tobytes())
        return Block(documents, weights, values, int(lengths.min()), int(lengths.max()))


class PostingsCollector:
    """Collects the postings of one field, term by term in ascending order of the terms."""

    def __init__(self) -> None:
        self._terms: list[bytes] = []
        self._ends = array("Q", [0])
        self._documents, self._frequencies = array("I"), array("I")
        self._positions: list[bytes] = []

    def start_term(self, term: bytes) -> None:
        """Begin the postings of a term; those of the one before are complete."""
        if self._terms:
            self._ends.append(len(self._documents))
        self._terms.append(term)

    def add(self, documents: Iterable[int], values: Iterable[bytes]) -> None:
        """Add a block: documents, and the packed positions of each; a field of whole values has none."""
        self._documents.extend(documents)
        for value in values:
            self._frequencies.append(len(value) // 4)
            self._positions.append(value)

    def postings(self) -> FieldPostings:
        """Return all that was collected."""
        ends = [*self._ends, *([len(self._documents)] if self._terms else [])]
        return FieldPostings(
            self._terms,
            np.array(ends, dtype=np.uint64),
            np.frombuffer(self._documents, dtype=np.uint32),
            np.frombuffer(self._frequencies, dtype=np.uint32),
            np.frombuffer(b"".join(self._positions), dtype=np.uint32),
        )
