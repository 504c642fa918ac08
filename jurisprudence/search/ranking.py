"""How well a document answers: field weights, BM25F, and the tiers that no weight can overturn."""

from collections.abc import Sequence
from enum import IntEnum
from math import log

import numpy as np

from jurisprudence.search.packs import Array

WEIGHTS = {"reference": 6.0, "title": 4.0, "keywords": 3.0, "summary": 2.0, "text": 1.0, "synonyms": 4.0}
EXPANSION_WEIGHT = 0.6
K1 = 1.2
B = 0.75
TIER_STEP = 10_000.0
CITED_ARTICLE_SCORE = 8.0
OWN_ARTICLE_SCORE = 16.0
TAGGED_SCORE = 8.0
KIND_FACTORS = {"thema": 1.4, "wegwijzer": 1.4, "lexicon": 0.9, "pagina": 0.6}
NAMED_COURT_FACTOR = 3.0  # of the rulings of a court that is asked for
NEWEST_NEWS_FACTOR = 0.7  # a news item tells what a page or ruling explains
NEWS_HALF_LIFE_DAYS = 365
LEAST_NEWS_FACTOR = 0.3
OVERRULED_FACTOR = 0.001  # below everything else of its tier
EXPANDED_SHARE = 0.7
RELAXED_SHARE = 0.3
ABOUT_BONUS = 2.0  # of a document that is about all that was asked, beside one that mentions it


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


def news_factors(ages_in_days: Array) -> Array:
    """Return what is left of the score of news of these ages: never all, half of that after a year, and a floor."""
    halved = np.power(np.float32(0.5), ages_in_days / np.float32(NEWS_HALF_LIFE_DAYS))
    factors: Array = np.maximum(NEWEST_NEWS_FACTOR * halved, LEAST_NEWS_FACTOR).astype(np.float32)
    return factors


def coverage(literal: Sequence[Array], widened: Sequence[Array], held_by: Sequence[Array] | None = None) -> Array:
    """Return, per document, the share of the words asked for that it holds, each counted by how telling it is.

    A word that is held as an equivalent counts for less; a word that no document holds counts for nothing. `held_by`
    are the documents that tell how rare each word is, when it is looked for in some of the fields only.
    """
    size = len(literal[0])
    held, whole = np.zeros(size, dtype=np.float32), 0.0
    for typed, wide, everywhere in zip(literal, widened, held_by or widened, strict=True):
        documents = int(np.count_nonzero(everywhere))
        if documents:
            telling = inverse_frequency(documents, size)
            held += np.float32(telling) * np.where(typed, 1.0, np.where(wide, EXPANDED_SHARE, 0.0)).astype(np.float32)
            whole += telling
    return held / np.float32(whole or 1.0)


def about_factors(about: Array) -> Array:
    """Return what the score of each document is worth for the share of the question its subject fields hold.

    The square: half of the words in a title says much less than all of them.
    """
    factors: Array = (1.0 + ABOUT_BONUS * about * about).astype(np.float32)
    return factors
