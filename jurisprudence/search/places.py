"""Where the sentences and words of a text stand, packed as one byte string beside the text.

A snippet is read straight from there: its sentence without the rest of the text, its words without analysis.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

import numpy as np

from jurisprudence.search.packs import Array, narrow

_HEAD = 8
_STEP_TYPES: dict[int, Literal["B", "H", "I"]] = {1: "B", 2: "H", 4: "I"}


@dataclass(frozen=True)
class WordPlaces:
    """The sentences of a text that hold words, in order, and its words.

    `firsts` are the positions of their first words, `offsets` the bytes of UTF-8 at which they begin. `steps` has, per
    word position, how many characters further than the word before it this word begins; for the first word of a
    sentence, how far into the sentence.
    """

    firsts: Sequence[int]
    offsets: Sequence[int]
    steps: Sequence[int]

    def extent(self, sentence: int) -> slice:
        """Return which bytes of the text are a sentence and what follows it without words."""
        after = self.offsets[sentence + 1] if sentence + 1 < len(self.offsets) else None
        return slice(self.offsets[sentence], after)

    def starts(self, sentence: int, positions: Iterable[int]) -> list[int]:
        """Return at which characters of a sentence those words begin that stand at these positions, ascending."""
        first = self.firsts[sentence]
        after = self.firsts[sentence + 1] if sentence + 1 < len(self.firsts) else len(self.steps)
        inside = sorted({position - first for position in positions if first <= position < after})
        begins = list(accumulate(self.steps[first : first + inside[-1] + 1] if inside else ()))
        return sorted({begins[position] for position in inside})


def pack_places(firsts: Array, offsets: Array, steps: Array) -> bytes:
    """Return word places as bytes: two numbers that tell how to read them, then all of them."""
    narrowed = narrow(steps)
    head = np.array([len(firsts), narrowed.itemsize], dtype=np.uint32)
    return b"".join(part.tobytes() for part in (head, firsts.astype(np.uint32), offsets.astype(np.uint32), narrowed))


def read_places(packed: bytes) -> WordPlaces:
    """Return the word places that `pack_places` made bytes of."""
    view = memoryview(packed)
    count, width = view[:_HEAD].cast("I")
    middle, end = _HEAD + 4 * count, _HEAD + 8 * count
    firsts = view[_HEAD:middle].cast("I").tolist()  # searched through often, in which a list is faster
    return WordPlaces(firsts, view[middle:end].cast("I"), view[end:].cast(_STEP_TYPES[width]))
