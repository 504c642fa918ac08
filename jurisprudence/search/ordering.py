"""The order of what was found: scores and the question as a phrase are worked out only for documents that need them.

Nothing is left out: what is not looked at comes after everything that is shown, whatever it would have been.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from jurisprudence.search.packs import Array
from jurisprudence.search.ranking import TIER_STEP, Tier, term_scores
from jurisprudence.search.snapshot import Postings, Snapshot

FEWEST_TRIED = 256
"""Documents tried for the phrase at once, at least; each further time eight times as many, or all if none held it."""

FEW = 12_000
"""So few documents are all tried at once: trying some first costs as much."""

GROUPS = 512
"""Among so many groups of values the largest of each tells nearly which are the largest of all."""


class Scores:
    """What each term adds to the score of which documents, added up when it is asked for."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._parts: list[Callable[[Array, Array, Array], None]] = []

    def add_term(self, name: str, postings: Postings, weight: float) -> None:
        """Add the score of a term in a field; `weight` is field weight × inverse frequency."""
        norms = self._snapshot.norms[name]

        def part(scores: Array, wanted: Array, wanted_numbers: Array) -> None:
            numbers, frequencies = postings.numbers, postings.frequencies
            if 2 * len(wanted_numbers) < len(numbers):
                rows = postings.rows_among(wanted, wanted_numbers)
                numbers, frequencies = numbers[rows], frequencies[rows]
            scores[numbers] += term_scores(frequencies, norms[numbers], weight)

        self._parts.append(part)

    def add(self, documents: Array, amount: float) -> None:
        """Add an amount for documents, given as numbers."""

        def part(scores: Array, _wanted: Array, _wanted_numbers: Array) -> None:
            scores[documents] += amount

        self._parts.append(part)

    def of(self, wanted: Array) -> Array:
        """Return the scores of all documents; those of others than the wanted ones (a mask) may miss something."""
        scores, numbers = np.zeros(self._snapshot.size, dtype=np.float32), np.flatnonzero(wanted)
        for part in self._parts:
            part(scores, wanted, numbers)
        return scores


@dataclass(frozen=True)
class Ranking:
    """What the documents found are ordered by.

    `factors` are multiplied with the scores. `tiers` are those of all documents but for the phrase: those that
    `may_rise` (a mask) stand higher when `holds_phrase` says so of them, given a mask.
    """

    scores: Scores
    factors: Sequence[Array]
    tiers: Array
    may_rise: Array
    holds_phrase: Callable[[Array], Array]

    def best(self, found: Array, count: int, tie_ranks: Array) -> tuple[Array, Array]:
        """Return the numbers of so many of the documents found (a mask), best first, and what they are ordered by.

        `tie_ranks` of all documents settle equals.
        """
        numbers = np.flatnonzero(found)
        scores, tiers = self._worth(found)[numbers], self.tiers[numbers]
        rising = np.flatnonzero(self.may_rise[numbers])
        if len(rising):
            tiers[rising[self._rises(numbers[rising], scores[rising], count)]] = Tier.PHRASE
        keys = scores + tiers * TIER_STEP
        top = np.flatnonzero(keys >= _reached_by(keys, count))
        top = top[np.lexsort((tie_ranks[numbers[top]], -keys[top]))][:count]
        return numbers[top], keys[top]

    def keys(self, numbers: Array) -> Array:
        """Return what these documents are ordered by: their tier, and within it their score."""
        wanted = self._mask(numbers)
        scores, tiers = self._worth(wanted)[numbers], self.tiers[numbers]
        tiers[self.holds_phrase(self.may_rise & wanted)[numbers]] = Tier.PHRASE
        keys: Array = scores + tiers * TIER_STEP
        return keys

    def _worth(self, wanted: Array) -> Array:
        scores = self.scores.of(wanted)
        for factors in self.factors:
            scores *= factors
        return scores

    def _rises(self, numbers: Array, scores: Array, count: int) -> Array:
        """Tell which of the documents that may rise do, as far down as the first `count` of all can depend on it.

        The best are tried first. Once `count` of them rose, one that was not tried comes after those in any case.
        """
        keys = (
            scores.astype(np.float64) + Tier.PHRASE * TIER_STEP
        )  # as rounded when they rise, so that equals stay equal
        tried = max(FEWEST_TRIED, 4 * count) if len(numbers) > FEW else len(numbers)
        while True:
            holds: Array = self.holds_phrase(self._mask(numbers[keys >= _reached_by(keys, tried)]))[numbers]
            if tried >= len(numbers) or np.count_nonzero(holds) >= count:
                return holds
            tried = 8 * tried if holds.any() else len(numbers)

    def _mask(self, numbers: Array) -> Array:
        mask = np.zeros(len(self.tiers), dtype=bool)
        mask[numbers] = True
        return mask


def _reached_by(values: Array, count: int) -> float:
    """Return a value that at least `count` of the values reach, the highest such or a little less."""
    if count >= len(values):
        return -np.inf
    if count < GROUPS and len(values) > 4 * GROUPS:
        values = values[: len(values) // GROUPS * GROUPS].reshape(-1, GROUPS).max(axis=0)
    return float(np.partition(values, len(values) - count)[len(values) - count])
