"""Facets: which documents a choice leaves, and how many hits each value would give."""

from collections.abc import Mapping, Sequence
from functools import reduce

import numpy as np

from jurisprudence.search.columns import as_bits
from jurisprudence.search.packs import Array
from jurisprudence.search.results import FacetValue
from jurisprudence.search.segments import FACET_FIELDS
from jurisprudence.search.snapshot import Snapshot

MOST_VALUES = {"artikel": 60}

Choices = Mapping[str, Sequence[str]]


def chosen_masks(snapshot: Snapshot, choices: Choices) -> dict[str, Array]:
    """Return, per facet with a choice, the documents that carry at least one chosen value."""
    masks = {}
    for name, values in choices.items():
        mask = np.zeros(snapshot.size, dtype=bool)
        for value in values:
            mask[snapshot.tagged(name, value)] = True
        masks[name] = mask
    return masks


def count_facets(
    snapshot: Snapshot, found: Array, chosen: Mapping[str, Array], choices: Choices
) -> dict[str, tuple[FacetValue, ...]]:
    """Return every facet's values with counts, largest first; no facet is narrowed by its own choice."""
    narrowed = _Within(reduce(np.logical_and, chosen.values(), found))
    counts = {}
    for name in FACET_FIELDS:
        others = [mask for facet, mask in chosen.items() if facet != name]
        within = _Within(reduce(np.logical_and, others, found)) if name in chosen else narrowed
        counts[name] = _values(snapshot, name, within, frozenset(choices.get(name, ())))
    return counts


class _Within:
    """The documents among which a facet is counted, as a mask and as bits."""

    def __init__(self, mask: Array) -> None:
        self.mask, self.bits = mask, as_bits(mask)


def _values(snapshot: Snapshot, name: str, within: _Within, selected: frozenset[str]) -> tuple[FacetValue, ...]:
    """Count one facet; a chosen value is shown even when it has no hits or the list is cut short."""
    column = snapshot.facet_columns[name]
    counted = column.counts(within.mask, within.bits)
    order, counts = np.argsort(-counted, kind="stable").tolist(), counted.tolist()
    shown = order[: MOST_VALUES.get(name, len(order))]
    values = [
        FacetValue(column.values[code], counts[code], column.values[code] in selected) for code in shown if counts[code]
    ]
    known = {value.value for value in values}
    late = [
        FacetValue(value, counts[column.values.index(value)] if value in column.values else 0, selected=True)
        for value in sorted(selected - known)
    ]
    return (*values, *late)
