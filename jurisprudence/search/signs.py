"""One byte for every word of every text: what phrases are found by.

Each of the most frequent terms of a segment has a sign of its own, all others share the rest. A place in a text is then
looked at without asking which terms stand there. Only where the sign is one of several terms it is asked.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

from jurisprudence.search.packs import Array

if TYPE_CHECKING:
    from jurisprudence.search.segments import FieldPostings

NOTHING = 0
"""The sign of the gaps between texts, and of what is left of a text's room."""

SEVERAL = 1
"""The sign of a place where several terms stand, such as a compound and its parts."""

FIRST_OWN, FIRST_SHARED, SIGNS = 2, 200, 256
GAP = 20
"""Places between two texts: words so far from each other can be looked at without leaving the text unnoticed."""

POSTINGS_AT_ONCE = 1_000_000


@dataclass(frozen=True)
class Meaning:
    """The signs of a place that holds one of the terms of a step: those that prove it and those that may mean it."""

    sure: frozenset[int]
    possible: frozenset[int]


class Signs:
    """The signs of one segment, whose terms `row_of` finds; `starts` is the place of the first word of each text."""

    def __init__(self, arrays: Mapping[str, Array], row_of: Callable[[bytes], int | None]) -> None:
        self._signs = arrays["text.signs"]
        self._row_of = row_of
        self.starts = _starts(arrays["text.exact_lengths"])
        self._own = dict(zip(arrays["text.own_signs"].tolist(), range(FIRST_OWN, FIRST_SHARED), strict=False))
        self._hidden = frozenset(arrays["text.hidden_terms"].tolist())

    def at(self, places: Array) -> Array:
        """Return the signs of places; further than GAP from a text they mean nothing."""
        signs: Array = self._signs.take(places, mode="clip")
        return signs

    def meaning(self, terms: Iterable[bytes]) -> Meaning:
        """Return the signs of a step of a phrase."""
        sure, possible = set[int](), set[int]()
        for term in terms:
            row = self._row_of(term)
            if row in self._own:
                sure.add(self._own[row])
                possible |= {SEVERAL} if row in self._hidden else set()
            elif row is not None:
                possible |= {_shared_sign(term), SEVERAL}
        return Meaning(frozenset(sure), frozenset(possible))


class Glance:
    """What the signs say of the places of one step of a phrase: whether the other steps stand where they should.

    `order` numbers the steps, that one first; `base` is the number of the first document of the segment.
    """

    def __init__(self, signs: Signs, base: int, steps: Sequence[Iterable[bytes]], order: Sequence[int]) -> None:
        self._signs, self._base = signs, base
        near = [number for number in order[1:] if abs(number - order[0]) <= GAP]
        self._beside = [(number - order[0], signs.meaning(steps[number])) for number in near]
        self._sees_all = len(near) == len(order) - 1

    def __call__(self, documents: Array, counts: Array, positions: Array) -> tuple[Array, Array]:
        """Tell for each position whether the phrase is sure to be there, and whether it may be.

        `counts` is how many of the positions, which lie end to end, are in each of the documents.
        """
        places = np.repeat(self._signs.starts[documents - self._base], counts) + positions
        sure, possible = np.full(len(places), self._sees_all), np.ones(len(places), dtype=bool)
        for distance, meaning in self._beside:
            signs = self._signs.at(places + distance)
            proves = _is_any_of(signs, meaning.sure)
            sure &= proves
            possible &= proves | _is_any_of(signs, meaning.possible)
        return sure, possible


def _is_any_of(signs: Array, wanted: Iterable[int]) -> Array:
    found = np.zeros(len(signs), dtype=bool)
    for sign in wanted:
        found |= signs == sign
    return found


def sign_arrays(postings: "FieldPostings", lengths: Array) -> dict[str, Array]:
    """Return the signs of the texts of a segment, and what they mean.

    `lengths` counts the index terms of each text; a text has no more word positions than that. `own_signs` are the rows
    of the terms with a sign of their own, in order of the signs, `hidden_terms` those that also stand beside others.
    """
    counts = np.add.reduceat(postings.frequencies, postings.ends[:-1].astype(np.int64), dtype=np.int64)
    own = np.argsort(-counts, kind="stable")[: FIRST_SHARED - FIRST_OWN]
    of_terms = np.array([_shared_sign(term) for term in postings.terms], dtype=np.uint8)
    of_terms[own] = np.arange(FIRST_OWN, FIRST_OWN + len(own))
    signs = _signs(postings, of_terms, lengths)
    shown = np.bincount(signs, minlength=SIGNS)[FIRST_OWN : FIRST_OWN + len(own)]
    return {
        "text.signs": signs,
        "text.own_signs": own.astype(np.uint32),
        "text.hidden_terms": own[shown < counts[own]].astype(np.uint32),
    }


def _shared_sign(term: bytes) -> int:
    return FIRST_SHARED + crc32(term) % (SIGNS - FIRST_SHARED)


def _starts(lengths: Array) -> Array:
    """Return the place of the first word of each text, and of one more."""
    ends = np.cumsum(lengths, dtype=np.int64)
    return np.concatenate(([0], ends)) + GAP * np.arange(1, len(lengths) + 2)


def _signs(postings: "FieldPostings", of_terms: Array, lengths: Array) -> Array:
    starts = _starts(lengths)
    signs = np.full(int(starts[-1]), NOTHING, dtype=np.uint8)
    shared = [np.zeros(0, dtype=np.int64)]
    for places, wanted in _places_with_signs(postings, of_terms, starts):
        before = signs[places]
        signs[places] = wanted
        shared.append(places[(signs[places] != wanted) | ((before != NOTHING) & (before != wanted))])
    signs[np.concatenate(shared)] = SEVERAL
    return signs


def _places_with_signs(postings: "FieldPostings", of_terms: Array, starts: Array) -> Iterator[tuple[Array, Array]]:
    """Yield the places of all terms, each with the sign of its term; piecemeal, because all need much memory."""
    of_postings = np.repeat(of_terms, np.diff(postings.ends).astype(np.int64))
    done = 0
    for first in range(0, len(of_postings), POSTINGS_AT_ONCE):
        some = slice(first, first + POSTINGS_AT_ONCE)
        frequencies = postings.frequencies[some]
        end = done + int(frequencies.sum(dtype=np.int64))
        places = np.repeat(starts[postings.documents[some]], frequencies) + postings.positions[done:end]
        yield places, np.repeat(of_postings[some], frequencies)
        done = end
