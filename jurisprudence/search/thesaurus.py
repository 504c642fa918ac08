"""Equivalent expressions: what is also searched, below what the visitor typed."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from jurisprudence.search.analysis import FUNCTION_WORDS, clean, query_words
from jurisprudence.search.question import Article, Clause, Phrase, Question, Step, Tagged, Term, Word
from jurisprudence.search.sentences import is_light
from jurisprudence.search.stems import fold

LONGEST_EXPRESSION = 6
MOST_CLAUSES = 40
MOST_EXPANSIONS = 12

Key = tuple[bytes, ...]
Leads = Iterable[tuple[Sequence[str], Sequence[str]]]


class Thesaurus:
    """Groups of expressions that mean the same, such as ("BGV", "bevel om het grondgebied te verlaten").

    `leads` go one way only: from how people speak, or another language, to the words of our texts. Small words do not
    count in an expression: "recours au CCE" is recognised in "recours CCE" and the reverse.
    """

    def __init__(self, groups: Iterable[Sequence[str]] = (), leads: Leads = ()) -> None:
        self._equivalents: dict[Key, list[str]] = {}
        for group in groups:
            for expression in group:
                self._add(expression, [other for other in group if other != expression])
        for expressions, targets in leads:
            for expression in expressions:
                self._add(expression, targets)
        self._equivalents.pop((), None)

    def expand(self, question: Question) -> tuple[Question, tuple[Term, ...]]:
        """Return the question with equivalents added to its clauses, and those equivalents in order.

        The longest expression wins: within "bevel om het grondgebied te verlaten" the word "bevel" is not expanded.
        """
        clauses, added = list(question.clauses), list[Term]()
        telling = [place for place, clause in enumerate(clauses) if not _is_small(clause)]
        start = 0
        while start < len(telling) <= MOST_CLAUSES and self._equivalents:
            places = self._longest_at(clauses, telling[start:])
            terms = self._terms(clauses, places)
            added += terms
            for place in places:
                clauses[place] = replace(clauses[place], expansions=(*clauses[place].expansions, *terms))
            start += max(len(places), 1)
        return replace(question, clauses=tuple(clauses)), tuple(dict.fromkeys(added))

    def _add(self, expression: str, others: Iterable[str]) -> None:
        known = self._equivalents.setdefault(_key_of_text(expression), [])
        known += [other for other in others if other not in known and other != expression]

    def _longest_at(self, clauses: Sequence[Clause], places: Sequence[int]) -> Sequence[int]:
        """Return the places that the longest known expression takes, none when no expression begins here."""
        lengths = range(min(LONGEST_EXPRESSION, len(places)), 0, -1)
        known = (places[:length] for length in lengths if _key_of(clauses, places[:length]) in self._equivalents)
        return next(known, ())

    def _terms(self, clauses: Sequence[Clause], places: Sequence[int]) -> list[Term]:
        expressions = self._equivalents[_key_of(clauses, places)][:MOST_EXPANSIONS] if places else []
        return [term for expression in expressions if (term := expression_term(expression)) is not None]


def says_enough(expression: str) -> bool:
    """Tell whether an expression is still itself without its small words; "waar heb ik recht op" is just "recht"."""
    words = query_words(clean(expression))
    return len(words) == 1 or sum(not _is_small_word(word.text) for word in words) > 1


def expression_term(expression: str) -> Term | None:
    """Return an expression as a term, None when it holds no word."""
    steps = tuple(step for word in query_words(clean(expression)) for step in word.steps)
    if len(steps) > 1:
        return Phrase(expression, steps)
    return Word(expression, steps) if steps else None


def _is_small(clause: Clause) -> bool:
    match clause.alternatives:
        case (Word(text=text),):
            return _is_small_word(text)
    return False


def _is_small_word(text: str) -> bool:
    return fold(text) in FUNCTION_WORDS or is_light(text)


def _key_of(clauses: Sequence[Clause], places: Sequence[int]) -> Key:
    """Return the key of clauses that are single loose words, names of courts or articles; others have the empty key."""
    steps: list[Step] = []
    for place in places:
        match clauses[place].alternatives:
            case (Word(steps=found),) | (Word(steps=found) | Phrase(steps=found), Tagged()):
                steps += found
            case (Article(step=found_step),):
                steps.append(found_step)
            case _:
                return ()
    return tuple(step[0] for step in steps)


def _key_of_text(expression: str) -> Key:
    words = query_words(clean(expression))
    telling = [word for word in words if not _is_small_word(word.text)] or words
    return tuple(step[0] for word in telling for step in word.steps)
