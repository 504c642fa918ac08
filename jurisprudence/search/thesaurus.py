"""Equivalent expressions: what is also searched, below what the visitor typed."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
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
    count in an expression: "recours au CCE" is recognised in "recours CCE" and the reverse. An expression that would be
    one word without them keeps them: "geen papieren", "niet getrouwd" and "Belg worden" are not "papieren", "getrouwd"
    and "Belg". Those that are grammar only ("op") stay away from it as long as two words are left.
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
        every = list(range(len(clauses)))
        spoken = [place for place in every if not _is_small(clauses[place], _is_grammar)]
        telling = [place for place in spoken if not _is_small(clauses[place], _is_small_word)]
        after = -1
        for place in every if len(telling) <= MOST_CLAUSES and self._equivalents else ():
            if place > after:
                runs = (_from(place, some) for some in (telling, spoken, every))
                places = max((self._longest_at(clauses, run) for run in runs), key=len)
                terms = self._terms(clauses, places)
                added += terms
                for taken in places:
                    clauses[taken] = replace(clauses[taken], expansions=(*clauses[taken].expansions, *terms))
                after = max(places, default=place)
        return replace(question, clauses=tuple(clauses)), tuple(dict.fromkeys(added))

    def _add(self, expression: str, others: Iterable[str]) -> None:
        known = self._equivalents.setdefault(_key_of_text(expression), [])
        known += [other for other in others if other not in known and other != expression]

    def _longest_at(self, clauses: Sequence[Clause], places: Sequence[int]) -> Sequence[int]:
        """Return the places that the longest known expression takes, none when no expression begins here."""
        lengths = range(len(places), 0, -1)
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


def _from(place: int, places: list[int]) -> list[int]:
    """Return the places that an expression beginning at this one may take; none when it is not among them."""
    first = bisect_left(places, place)
    return places[first : first + LONGEST_EXPRESSION] if places[first : first + 1] == [place] else []


def _is_small(clause: Clause, is_small_word: Callable[[str], bool]) -> bool:
    match clause.alternatives:
        case (Word(text=text),):
            return is_small_word(text)
    return False


def _is_grammar(text: str) -> bool:
    return fold(text) in FUNCTION_WORDS


def _is_small_word(text: str) -> bool:
    return _is_grammar(text) or is_light(text)


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
    without_small = [word for word in words if not _is_small_word(word.text)]
    without_grammar = [word for word in words if not _is_grammar(word.text)]
    kept = next((some for some in (without_small, without_grammar) if len(some) > 1), words)
    return tuple(step[0] for word in kept for step in word.steps)
