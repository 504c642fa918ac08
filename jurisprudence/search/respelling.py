"""Search also for the likely spelling of a word that nobody wrote: a slip of the finger never gives an empty page."""

from collections.abc import Callable
from dataclasses import replace

from jurisprudence.search.analysis import title_key
from jurisprudence.search.question import Clause, Question, Term, Word
from jurisprudence.search.thesaurus import expression_term

MOST_RESPELLED = 12
"""Words looked up per question; who types more unknown ones types noise."""


def with_respellings(
    question: Question, is_found: Callable[[Term], bool], respell: Callable[[str], str | None]
) -> tuple[Question, tuple[Term, ...]]:
    """Return the question in which a word nobody wrote may also be its likely spelling, and those spellings in order.

    `is_found` tells whether any document holds a term, `respell` gives the likely spelling of a word or None.
    """
    unknown, clauses = 0, list[Clause]()
    found: list[Term] = []
    for clause in question.clauses:
        better = None
        match clause.alternatives:
            case (Word(text=text),) if clause.is_required and unknown < MOST_RESPELLED:
                if not any(map(is_found, (*clause.alternatives, *clause.expansions))):
                    unknown += 1
                    better = respell(text)
        term = expression_term(better) if better else None
        clauses.append(replace(clause, expansions=(*clause.expansions, term)) if term else clause)
        found += [term] if term else []
    titles = _titles(clauses, found) if found else ()
    return replace(question, clauses=tuple(clauses), title_keys=(*question.title_keys, *titles)), tuple(found)


def _titles(clauses: list[Clause], respelled: list[Term]) -> tuple[str, ...]:
    """Return the keys of the title that the whole question is, once its words are spelled as they should be."""
    text = " ".join(
        clause.expansions[-1].text if clause.expansions and clause.expansions[-1] in respelled else clause.text
        for clause in clauses
    )
    return tuple(dict.fromkeys(title_key(text, language) for language in ("nl", "fr")))
