"""The columns of facets: however often a value occurs, and however many documents there are, counts are exact."""

import random

import numpy as np
import pytest

from jurisprudence.search.columns import as_bits, facet_column


@pytest.mark.parametrize("size", [1, 7, 8, 9, 63, 64, 65, 200, 1_000])
def test_counts_are_those_of_counting(size: int) -> None:
    """From values that one document carries to those that all carry; some documents carry several."""
    chance = random.Random(size)  # noqa: S311 -- the same documents in every run
    lists = [sorted(chance.sample(range(size), k)) for k in {1, size // 70 + 1, size // 2 + 1, size}]
    column = facet_column([str(k) for k in range(len(lists))], [np.array(one, dtype=np.uint16) for one in lists], size)

    for share in (0.0, 0.1, 0.9, 1.0):
        within = np.array([chance.random() < share for _ in range(size)], dtype=bool)
        expected = [sum(bool(within[number]) for number in numbers) for numbers in lists]
        assert column.counts(within, as_bits(within)).tolist() == expected


def test_both_kinds_of_values_occur_in_a_large_index() -> None:
    column = facet_column(["a", "b"], [np.arange(1_000), np.array([5])], 1_000)

    assert (column.common.tolist(), column.rare.tolist(), column.documents.tolist()) == ([0], [1], [5])


def test_a_facet_without_values_counts_nothing() -> None:
    column = facet_column([], [], 0)

    assert column.counts(np.zeros(0, dtype=bool), as_bits(np.zeros(0, dtype=bool))).tolist() == []
