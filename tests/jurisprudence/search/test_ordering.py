"""The order of results: what is not looked at would not have been shown, so it equals sorting everything."""

import random
from collections.abc import Callable

import numpy as np
import pytest

from jurisprudence.search import ordering
from jurisprudence.search.lookups import Lookups
from jurisprudence.search.matching import Evaluation
from jurisprudence.search.ordering import Ranking, Scores
from jurisprudence.search.packs import Array
from jurisprudence.search.question import Word
from jurisprudence.search.ranking import TIER_STEP, Tier
from tests.jurisprudence.search.conftest import NewIndex, a_document

SIZE = 6_000

Case = tuple[Ranking, Array, Array, Array]


class _Fixed(Scores):
    """Scores that are known beforehand."""

    def __init__(self, scores: Array) -> None:
        self._scores = scores

    def of(self, wanted: Array) -> Array:
        """Return them, and nonsense for the documents nobody asks for."""
        return np.where(wanted, self._scores, np.float32(1e6))


def some(chance: np.random.Generator, share: float) -> Array:
    return chance.random(SIZE) < share


@pytest.fixture(
    params=[(0.9, 0.5), (0.9, 0.004), (0.5, 0.0), (0.02, 0.5), (1.0, 1.0), (0.001, 0.3), (0.0, 0.5)], ids=str
)
def case(request: pytest.FixtureRequest) -> Case:
    """Return a ranking, what was found, the ranks that settle equals, and the keys of all.

    The parameters are the shares of documents found, and of those that hold the phrase.
    """
    found_share, phrase_share = request.param
    chance = np.random.default_rng(7)
    scores = np.round(chance.random(SIZE) * 40).astype(np.float32)  # many are equal
    tiers = np.array([Tier.EXPANDED, Tier.ALL_WORDS, Tier.TITLE], dtype=np.int8)[chance.integers(0, 3, SIZE)]
    may_rise, holds = some(chance, 0.9) & (tiers < Tier.PHRASE), some(chance, phrase_share)
    factors = [np.full(SIZE, 0.5, dtype=np.float32), np.linspace(0.5, 1, SIZE).round(1).astype(np.float32)]
    ranking = Ranking(_Fixed(scores), factors, tiers, may_rise, lambda candidates: candidates & holds)
    keys = scores * factors[0] * factors[1] + np.where(may_rise & holds, np.int8(Tier.PHRASE), tiers) * TIER_STEP
    return ranking, some(chance, found_share), chance.permutation(SIZE), keys


class TestBest:
    @pytest.mark.parametrize("count", [1, 10, 200, 600, SIZE])
    @pytest.mark.parametrize("fewest", [ordering.FEWEST_TRIED, 1])
    def test_the_first_are_those_of_sorting_everything(
        self,
        case: Case,
        monkeypatch: pytest.MonkeyPatch,
        count: int,
        fewest: int,
    ) -> None:
        monkeypatch.setattr(ordering, "FEWEST_TRIED", fewest)
        monkeypatch.setattr(ordering, "FEW", fewest)
        ranking, found, ties, keys = case

        numbers, found_keys = ranking.best(found, count, ties)

        expected = sorted(np.flatnonzero(found).tolist(), key=lambda number: (-keys[number], ties[number]))[:count]
        assert numbers.tolist() == expected
        assert found_keys.tolist() == keys[expected].tolist()

    def test_few_are_tried_when_many_hold_the_phrase(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Here every second document does: ten that rose are among the first few hundred."""
        monkeypatch.setattr(ordering, "FEW", SIZE - 1)
        tried: list[int] = []

        def every_second(candidates: Array) -> Array:
            tried.append(int(candidates.sum()))
            rose: Array = candidates & (np.arange(SIZE) % 2 == 0)
            return rose

        everything, none = np.ones(SIZE, dtype=bool), np.zeros(SIZE, dtype=np.int8)
        ranking = Ranking(_Fixed(np.arange(SIZE, dtype=np.float32)), (), none, everything, every_second)

        numbers, _ = ranking.best(everything, 10, np.arange(SIZE))

        assert numbers.tolist() == list(range(SIZE - 2, SIZE - 22, -2))
        assert sum(tried) < SIZE / 4


class TestKeys:
    def test_they_are_those_of_the_order(self, case: Case) -> None:
        ranking, _, _, keys = case
        shown = random.Random(1).sample(range(SIZE), 10)  # noqa: S311 -- the same documents in every run

        assert ranking.keys(np.array(shown)).tolist() == keys[shown].tolist()
        assert ranking.keys(np.zeros(0, dtype=np.intp)).tolist() == []


@pytest.fixture(scope="module")
def evaluate(new_index: NewIndex) -> Callable[[], Evaluation]:
    index = new_index()
    index.replace_all(
        a_document(f"n/{number:03}", text="visum " * (number % 5 + 1) + "paspoort " * (number % 2))
        for number in range(300)
    )
    return lambda: Evaluation(Lookups(index.snapshot()), lambda _start: ())


class TestScores:
    @pytest.mark.parametrize(
        "wanted", [[], [0], [299], [3, 4, 5], list(range(0, 300, 3)), list(range(290)), list(range(300))]
    )
    def test_those_of_some_documents_are_those_they_have_among_all(
        self, evaluate: Callable[[], Evaluation], wanted: list[int]
    ) -> None:
        """Looked up one by one, in a mask or all: what a document scores does not depend on who else is wanted."""
        evaluation, mask = evaluate(), np.zeros(300, dtype=bool)
        mask[wanted] = True
        for word in (b"visum", b"paspoort"):
            evaluation.term(Word("", ((word,),)))

        everyone = evaluation.scores.of(np.ones(300, dtype=bool))
        assert evaluation.scores.of(mask)[wanted].tolist() == everyone[wanted].tolist()
        assert (everyone > 0).all()
