"""How good a ranking is: measures over questions with known answers. Pure: rankings come in, figures come out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log2
from pathlib import Path
from statistics import fmean
from typing import Any

import yaml

DEPTH = 10
ALL = "alle"
GRADES = {1: 3, 3: 3, 5: 2, 10: 1}


class InvalidJudgement(ValueError):
    """A question in the list says something we cannot measure; the message names it."""


@dataclass(frozen=True)
class Judged:
    """A question and the documents an expert expects: `wanted` maps ids to the place they should reach (1, 3, 5, 10).

    `is_held_back` marks questions the search engine was not adjusted to.
    """

    ask: str
    kind: str
    wanted: Mapping[str, int]
    is_held_back: bool = False


@dataclass(frozen=True)
class Figures:
    """Means over a number of questions, each between 0 and 1."""

    questions: int
    success_at_1: float
    success_at_3: float
    success_at_5: float
    kept: float
    reciprocal_rank: float
    ndcg: float


def load_questions(path: Path) -> list[Judged]:
    """Read judged questions from a YAML file, in its order.

    Raises:
        InvalidJudgement: a question has no answer, an unknown place, or is asked twice.
    """
    with path.open(encoding="utf-8") as file:
        judged = [_judged(entry) for entry in yaml.safe_load(file)["questions"]]
    asked = [question.ask for question in judged]
    twice = {ask for ask in asked if asked.count(ask) > 1}
    if twice:
        raise InvalidJudgement(f"tweemaal gevraagd: {', '.join(sorted(twice))}")
    return judged


def _judged(entry: Mapping[str, Any]) -> Judged:
    wanted = {document: place for place, documents in entry["first"].items() for document in documents}
    if not wanted or not set(wanted.values()) <= GRADES.keys():
        raise InvalidJudgement(f"{entry['ask']}: `first` noemt geen documenten, of een andere plaats dan 1, 3, 5 of 10")
    return Judged(entry["ask"], entry["kind"], wanted, is_held_back=entry.get("set") == "test")


def success_at(ranking: Sequence[str], wanted: Mapping[str, int], depth: int) -> float:
    """Return 1 when a wanted document stands among the first `depth`, else 0.

    Source: Craswell, "Success at n", Encyclopedia of Database Systems (2009).
    """
    return float(any(document in wanted for document in ranking[:depth]))


def keeps_promise(ranking: Sequence[str], wanted: Mapping[str, int]) -> float:
    """Return 1 when one of the documents that should come highest reaches its place, else 0."""
    place = min(wanted.values())
    return float(any(wanted.get(document) == place for document in ranking[:place]))


def reciprocal_rank(ranking: Sequence[str], wanted: Mapping[str, int]) -> float:
    """Return 1 / place of the first wanted document among the first ten, 0 when there is none.

    Source: Voorhees, "The TREC-8 question answering track report" (1999).
    """
    return next((1 / place for place, document in enumerate(ranking[:DEPTH], start=1) if document in wanted), 0.0)


def ndcg(ranking: Sequence[str], wanted: Mapping[str, int]) -> float:
    """Return the discounted gain of the first ten as a share of the best possible one.

    Gain (2^grade - 1) / log2(1 + place); the grade is 3 for a document wanted in the first 1 or 3, 2 in the first 5,
    1 in the first 10. Source: Järvelin and Kekäläinen (2002), in the form of Burges et al. (2005).
    """
    gained = (GRADES[wanted[document]] if document in wanted else 0 for document in ranking[:DEPTH])
    best = sorted((GRADES[place] for place in wanted.values()), reverse=True)[:DEPTH]
    return _gain(gained) / _gain(best)


def _gain(grades: Iterable[int]) -> float:
    return sum((2.0**grade - 1) / log2(1 + place) for place, grade in enumerate(grades, start=1))


def figures(answered: Sequence[tuple[Judged, Sequence[str]]]) -> Figures:
    """Return the means over questions with their rankings (ids, best first); all zero without questions."""

    def mean(values: Iterable[float]) -> float:
        return fmean([*values] or [0.0])

    return Figures(
        questions=len(answered),
        success_at_1=mean(success_at(ranking, one.wanted, 1) for one, ranking in answered),
        success_at_3=mean(success_at(ranking, one.wanted, 3) for one, ranking in answered),
        success_at_5=mean(success_at(ranking, one.wanted, 5) for one, ranking in answered),
        kept=mean(keeps_promise(ranking, one.wanted) for one, ranking in answered),
        reciprocal_rank=mean(reciprocal_rank(ranking, one.wanted) for one, ranking in answered),
        ndcg=mean(ndcg(ranking, one.wanted) for one, ranking in answered),
    )


def figures_by_kind(answered: Sequence[tuple[Judged, Sequence[str]]]) -> dict[str, Figures]:
    """Return the figures per kind of question, in the order of the questions, and over all of them last."""
    kinds = dict.fromkeys(question.kind for question, _ in answered)
    groups = {kind: [pair for pair in answered if pair[0].kind == kind] for kind in kinds}
    return {kind: figures(group) for kind, group in groups.items()} | {ALL: figures(answered)}
