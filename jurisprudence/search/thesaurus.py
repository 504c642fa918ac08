"""Equivalent expressions: what is also searched, below what the visitor typed."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from jurisprudence.search.analysis import clean, query_words
from jurisprudence.search.question import Article, Clause, Phrase, Question, Step, Term, Word

LONGEST_EXPRESSION = 6
MOST_CLAUSES = 40
MOST_EXPANSIONS = 12

Key = tuple[bytes, ...]


class Thesaurus:
    """Groups of expressions that mean the same, such as ("BGV", "bevel om het grondgebied te verlaten")."""

    def __init__(self, groups: Iterable[Sequence[str]] = ()) -> None:
        self._equivalents: dict[Key, list[str]] = {}
        for group in groups:
            for expression in group:
                others = [other for other in group if other != expression]
                self._equivalents.setdefault(_key(_steps(expression)), []).extend(others)
        self._equivalents.pop((), None)

    def expand(self, question: Question) -> tuple[Question, tuple[Term, ...]]:
        """Return the question with equivalents added to its clauses, and those equivalents in order.

        The longest expression wins: within "bevel om het grondgebied te verlaten" the word "bevel" is not expanded.
        """
        clauses, added = list(question.clauses), list[Term]()
        place = 0
        while place < len(clauses) <= MOST_CLAUSES and self._equivalents:
            length = self._longest_at(clauses, place)
            if length:
                terms = self._terms(clauses[place : place + length])
                added += terms
                for number in range(place, place + length):
                    clause = clauses[number]
                    clauses[number] = replace(clause, expansions=(*clause.expansions, *terms))
            place += max(length, 1)
        return replace(question, clauses=tuple(clauses)), tuple(dict.fromkeys(added))

    def _longest_at(self, clauses: Sequence[Clause], place: int) -> int:
        lengths = range(min(LONGEST_EXPRESSION, len(clauses) - place), 0, -1)
        return next((length for length in lengths if _key_of(clauses[place : place + length]) in self._equivalents), 0)

    def _terms(self, clauses: Sequence[Clause]) -> list[Term]:
        expressions = dict.fromkeys(self._equivalents[_key_of(clauses)])
        return [term for expression in list(expressions)[:MOST_EXPANSIONS] if (term := _term(expression)) is not None]


def _key_of(clauses: Sequence[Clause]) -> Key:
    """Return the key of clauses that are single loose words or articles; others have the empty key."""
    steps: list[Step] = []
    for clause in clauses:
        match clause.alternatives:
            case (Word(steps=found),):
                steps += found
            case (Article(step=found_step),):
                steps.append(found_step)
            case _:
                return ()
    return _key(steps)


def _key(steps: Iterable[Step]) -> Key:
    return tuple(step[0] for step in steps)


def _steps(expression: str) -> list[Step]:
    return [step for word in query_words(clean(expression)) for step in word.steps]


def _term(expression: str) -> Term | None:
    steps = tuple(_steps(expression))
    if len(steps) > 1:
        return Phrase(expression, steps)
    return Word(expression, steps) if steps else None
