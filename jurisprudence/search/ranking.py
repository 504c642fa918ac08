"""How well a document answers: field weights, BM25F, and the tiers that no weight can overturn."""

from enum import IntEnum
from math import log

import numpy as np

from jurisprudence.search.packs import Array

WEIGHTS = {"reference": 6.0, "title": 4.0, "keywords": 3.0, "summary": 2.0, "text": 1.0, "synonyms": 0.6}
EXPANSION_WEIGHT = 0.3
K1 = 1.2
B = 0.75
TIER_STEP = 10_000.0


class Tier(IntEnum):
    """Why a document was found, weakest first; a higher tier always comes before a lower one."""

    ANY_WORD = 0
    EXPANDED = 1
    ALL_WORDS = 2
    PHRASE = 3
    TITLE = 4
    IDENTIFIER = 5


def length_norm(lengths: Array, mean: float) -> Array:
    """Return the length part of BM25 for every document of a field; lengths and their mean count index terms."""
    if mean == 0.0:
        return np.full(len(lengths), K1, dtype=np.float32)
    return (K1 * ((1 - B) + B * lengths / np.float32(mean))).astype(np.float32)


def inverse_frequency(documents_with_term: int, documents: int) -> float:
    """Return how telling a term is, by the formula Whoosh uses."""
    return log(documents / (documents_with_term + 1)) + 1


def term_scores(frequencies: Array, norms: Array, weight: float) -> Array:
    """Return BM25 per document; `weight` is field weight × inverse frequency."""
    counted = frequencies.astype(np.float32)
    scores: Array = (weight * (K1 + 1)) * counted / (counted + norms)
    return scores
