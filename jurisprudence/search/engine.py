"""Search: from a visitor's text and choices to one page of results."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce
from pathlib import Path

import numpy as np

from jurisprudence.search.budget import Budget
from jurisprudence.search.facets import Choices, chosen_masks, count_facets
from jurisprudence.search.index import SearchIndex
from jurisprudence.search.lookups import Lookups
from jurisprudence.search.matching import Evaluation, Matches, in_every_word, loosened, match
from jurisprudence.search.named import DEFAULT_COURTS
from jurisprudence.search.packs import Array
from jurisprudence.search.query import DEFAULT_LAWS, parse
from jurisprudence.search.question import Article, Phrase, Question, Term
from jurisprudence.search.respelling import with_respellings
from jurisprudence.search.results import Hit, Kind, SearchResults, Sort
from jurisprudence.search.searchable import SearchableIndex
from jurisprudence.search.segments import FACET_FIELDS
from jurisprudence.search.snapshot import Snapshot
from jurisprudence.search.snippets import SnippetMaker
from jurisprudence.search.stems import fold
from jurisprudence.search.suggest import Completion, Suggester
from jurisprudence.search.thesaurus import Leads, Thesaurus

FEW_HITS = 3
MOST_RESPELLED_WORDS = 12
MOST_DROPPED_WORDS = 8
MOST_DIRECT = 5
MOST_PER_PAGE = 1_000
MOST_CHOICES = 500
_WRITTEN_WORD = re.compile(r"[^\W\d_]{4,}")


@dataclass(frozen=True)
class _Asked:
    """A question as it was finally matched: with expansions, or loosened when nothing held it as typed."""

    question: Question
    matches: Matches
    expansions: tuple[Term, ...]
    found: Array
    is_respelled: bool = False


class SearchEngine:
    """Searches one index; safe to share between threads.

    `index` is a folder, or an index kept elsewhere (`postgres/index.py`). `thesaurus` are groups of equivalent
    expressions, `leads` pairs of expressions and what else to search for them; `laws` and `courts` map folded names to
    their ids. `seconds` of processor time is what one question may take.
    """

    def __init__(
        self,
        index: Path | SearchableIndex,
        *,
        thesaurus: Iterable[Sequence[str]] = (),
        leads: Leads = (),
        laws: Mapping[str, str] = DEFAULT_LAWS,
        courts: Mapping[str, Sequence[str]] = DEFAULT_COURTS,
        seconds: float | None = None,
    ) -> None:
        self._seconds = seconds
        self.index: SearchableIndex = SearchIndex(index) if isinstance(index, Path) else index
        self._thesaurus = Thesaurus(thesaurus, leads)
        self._laws = laws
        self._courts = courts

    def search(
        self,
        text: str = "",
        *,
        filters: Choices | None = None,
        sort: Sort = Sort.RELEVANCE,
        page: int = 1,
        per_page: int = 10,
        expand: bool = True,
    ) -> SearchResults:
        """Return one page of hits with exact total, facets and how the question was understood.

        `filters` are the chosen values per facet; an unknown value simply has no hits. A page past the end is empty.
        Without words all documents are found, newest first.

        Raises:
            IndexDamaged: there is no usable index; rebuild it.
            QuestionTooHeavy: it takes more processor time than one question may.
        """
        snapshot = self.index.snapshot()
        lookups, suggester = Lookups(snapshot), Suggester(snapshot, Budget(self._seconds))
        question = parse(text, self._laws, self._courts)
        choices = _choices(snapshot, question, filters or {})
        chosen = chosen_masks(snapshot, choices)
        asked = self._ask(lookups, suggester, question, chosen, expand=expand)
        total = int(np.count_nonzero(asked.found))
        page, per_page = max(page, 1), min(max(per_page, 1), MOST_PER_PAGE)
        shown = _page_of(snapshot, asked, sort, (page - 1) * per_page, per_page)
        direct = _direct(snapshot, asked)
        suggester.budget.check()
        snapshot.expect([*shown, *direct])
        makes = SnippetMaker(lookups, asked.question, suggester.prefix_terms, [*shown, *direct])
        strict_total = int(np.count_nonzero(_within(asked.matches.strict, chosen)))
        return SearchResults(
            total=total,
            hits=tuple(_hit(snapshot, makes, *one) for one in shown.items()),
            facets=count_facets(snapshot, asked.matches.mask, chosen, choices),
            page=page,
            per_page=per_page,
            understood_as=_understood(question, choices),
            also_searched=_also_searched(lookups, suggester, asked.expansions),
            notes=(*question.notes, *_said_of_parts(question, strict_total, total)),
            direct=tuple(_hit(snapshot, makes, *one) for one in direct.items()),
            suggestion=self._respelled(lookups, suggester, question, chosen, 0 if asked.is_respelled else strict_total),
            without_word=self._without_word(lookups, suggester, question, chosen) if not strict_total else (),
            relaxed=asked.matches.relaxed,
            articles=_articles(question),
        )

    def all_ids(
        self, text: str = "", *, filters: Choices | None = None, sort: Sort = Sort.RELEVANCE, expand: bool = True
    ) -> list[str]:
        """Return the ids of all hits of a search, in the order in which `search` shows them page by page.

        Raises:
            IndexDamaged: there is no usable index; rebuild it.
            QuestionTooHeavy: it takes more processor time than one question may.
        """
        snapshot = self.index.snapshot()
        question = parse(text, self._laws, self._courts)
        chosen = chosen_masks(snapshot, _choices(snapshot, question, filters or {}))
        asked = self._ask(
            Lookups(snapshot), Suggester(snapshot, Budget(self._seconds)), question, chosen, expand=expand
        )
        return [snapshot.identity(number) for number in _ordered(snapshot, asked, sort, snapshot.size)[0].tolist()]

    def answering(
        self, ids: Collection[str], text: str = "", *, filters: Choices | None = None, expand: bool = True
    ) -> list[str]:
        """Return which of these documents answer all of a search, newest first; unknown ones are left out.

        Documents with a part of the words, which a list shows when few hold them all, do not count: nobody wants a mail
        about them.

        Raises:
            IndexDamaged: there is no usable index; rebuild it.
        """
        snapshot = self.index.snapshot()
        question = parse(text, self._laws, self._courts)
        chosen = chosen_masks(snapshot, _choices(snapshot, question, filters or {}))
        asked = self._ask(Lookups(snapshot), Suggester(snapshot), question, chosen, expand=expand)
        answers = _within(asked.matches.strict, chosen)
        numbers = {number: one for one in ids if (number := snapshot.number_of(one)) is not None and answers[number]}
        return [numbers[number] for number in sorted(numbers, key=lambda number: int(snapshot.newest_rank[number]))]

    def complete(self, typed: str, limit: int = 8) -> list[Completion]:
        """Return suggestions for what is being typed: titles first, then words. Raises IndexDamaged."""
        return Suggester(self.index.snapshot()).complete(typed[:100], limit)

    def _ask(
        self,
        lookups: Lookups,
        suggester: Suggester,
        question: Question,
        chosen: Mapping[str, Array],
        *,
        expand: bool,
    ) -> _Asked:
        """Match the question; phrases are loosened only when nothing else is found."""
        expansions: tuple[Term, ...] = ()
        respellings: tuple[Term, ...] = ()
        if expand:
            question, expansions = self._thesaurus.expand(question)
        lookups.snapshot.prepare(question, suggester.prefix_terms)
        if expand:
            evaluation = Evaluation(lookups, suggester.prefix_terms, suggester.budget)
            question, respellings = with_respellings(question, evaluation.is_held, suggester.respell)
            expansions += respellings
        matches = match(lookups, question, suggester.prefix_terms, expand=expand, budget=suggester.budget)
        if not matches.mask.any() and question.is_sentence:
            question = in_every_word(question)
            matches = match(lookups, question, suggester.prefix_terms, expand=expand, budget=suggester.budget)
        if not matches.mask.any() and any(isinstance(term, Phrase) for term in question.terms):
            question = loosened(question)
            matches = match(lookups, question, suggester.prefix_terms, expand=expand, budget=suggester.budget)
            matches = replace(matches, strict=np.zeros_like(matches.strict), relaxed=True)
        return _Asked(question, matches, expansions, _within(matches.mask, chosen), bool(respellings))

    def _respelled(
        self,
        lookups: Lookups,
        suggester: Suggester,
        question: Question,
        chosen: Mapping[str, Array],
        total: int,
    ) -> str | None:
        """Return the question with unknown words respelled, when that finds more than the question itself."""
        words = _WRITTEN_WORD.findall(question.text)
        if total >= FEW_HITS or not words or len(words) > MOST_RESPELLED_WORDS:
            return None
        better = {word: found for word in words if (found := suggester.respell(word))}
        if not better:
            return None
        text = _WRITTEN_WORD.sub(lambda word: better.get(word.group(), word.group()), question.text)
        return text if self._count(lookups, suggester, parse(text, self._laws, self._courts), chosen) > total else None

    def _without_word(
        self, lookups: Lookups, suggester: Suggester, question: Question, chosen: Mapping[str, Array]
    ) -> tuple[tuple[str, int], ...]:
        """Return the questions with one word dropped that have hits, most hits first."""
        required = question.required
        if question.is_sentence or not 2 <= len(required) <= MOST_DROPPED_WORDS:  # noqa: PLR2004 -- with one word nothing is left
            return ()
        evaluation = Evaluation(lookups, suggester.prefix_terms, suggester.budget)
        allowed = _within(lookups.snapshot.alive & ~evaluation.any_of(question.excluded, 0), chosen)
        holding = [evaluation.any_of((*clause.alternatives, *clause.expansions), 0) for clause in required]
        found = []
        for dropped in range(len(required)):
            rest = [number for number in range(len(required)) if number != dropped]
            count = int(np.count_nonzero(reduce(np.logical_and, (holding[number] for number in rest), allowed)))
            if count:
                found.append((" ".join(required[number].text for number in rest), count))
        return tuple(sorted(dict.fromkeys(found), key=lambda pair: (-pair[1], pair[0])))

    @staticmethod
    def _count(lookups: Lookups, suggester: Suggester, question: Question, chosen: Mapping[str, Array]) -> int:
        """Return how many documents answer the question exactly as it stands."""
        matches = match(lookups, question, suggester.prefix_terms, budget=suggester.budget)
        return int(np.count_nonzero(_within(matches.strict, chosen)))


def _choices(snapshot: Snapshot, question: Question, filters: Choices) -> dict[str, tuple[str, ...]]:
    """Join the values chosen on the page with those typed as hof:, jaar: …; a facet without values is no choice."""
    joined: dict[str, tuple[str, ...]] = {}
    for name in FACET_FIELDS:
        chosen = [str(value) for value in list(filters.get(name, ()))[:MOST_CHOICES] if value]
        typed = [value for raw in question.filters.get(name, ()) for value in _as_written(snapshot, name, raw)]
        if chosen or typed:
            joined[name] = tuple(dict.fromkeys([*chosen, *typed]))
    return joined


def _as_written(snapshot: Snapshot, name: str, typed: str) -> list[str]:
    """Return the facet values a typed value means, whatever its capitals; itself when there is none."""
    wanted = fold(typed)
    return [value for value in snapshot.facet_columns[name].values if fold(value) == wanted] or [typed]


def _within(mask: Array, chosen: Mapping[str, Array]) -> Array:
    for allowed in chosen.values():
        mask = mask & allowed
    return mask


def _page_of(snapshot: Snapshot, asked: _Asked, sort: Sort, offset: int, length: int) -> dict[int, float]:
    """Return the document numbers of one page in order, each with its score."""
    numbers, scores = _ordered(snapshot, asked, sort, offset + length)
    numbers = numbers[offset:]
    if not len(numbers):
        return {}
    scores = asked.matches.ranking.keys(numbers) if scores is None else scores[offset:]
    return dict(zip(numbers.tolist(), scores.tolist(), strict=True))


def _ordered(snapshot: Snapshot, asked: _Asked, sort: Sort, count: int) -> tuple[Array, Array | None]:
    """Return the first document numbers, and their scores if those make the order; equals settled by date and id."""
    if sort is Sort.RELEVANCE and asked.question.clauses:
        return asked.matches.ranking.best(asked.found, count, snapshot.newest_rank)
    match sort:
        case Sort.OLDEST:
            ranks = snapshot.oldest_rank
        case Sort.COURT:
            ranks = snapshot.court_rank
        case _:
            ranks = snapshot.newest_rank
    numbers = np.flatnonzero(asked.found)
    return numbers[np.argsort(ranks[numbers])][:count], None


def _direct(snapshot: Snapshot, asked: _Asked) -> dict[int, float]:
    numbers = np.flatnonzero(asked.matches.direct)
    if not len(numbers):
        return {}
    numbers = numbers[np.argsort(snapshot.newest_rank[numbers])][:MOST_DIRECT]
    return dict(zip(numbers.tolist(), asked.matches.ranking.keys(numbers).tolist(), strict=True))


def _hit(snapshot: Snapshot, makes: SnippetMaker, number: int, score: float) -> Hit:
    record = snapshot.record(number)
    return Hit(
        id=record["id"],
        kind=Kind(record["kind"]),
        address=record["address"],
        title=record["title"],
        score=round(score, 4),
        snippets=makes.snippets(number, record),
        court=record["court"],
        numbers=tuple(record["numbers"]),
        dated_on=date.fromisoformat(record["dated_on"]) if record["dated_on"] else None,
        outcome=record["outcome"],
        mark=record["mark"],
        node=record["node"],
        themes=tuple(record["themes"]),
        language=record["language"],
    )


def _articles(question: Question) -> tuple[tuple[str, str | None], ...]:
    """Return the articles a question consists of; none when it asks anything else as well."""
    named = [term for clause in question.required for term in clause.alternatives if isinstance(term, Article)]
    if not named or len(named) < len(question.required):
        return ()
    return tuple(dict.fromkeys((article.number, article.law) for article in named))


def _understood(question: Question, choices: Mapping[str, Sequence[str]]) -> str:
    """Say in Dutch what was searched."""
    words = " EN ".join(clause.text for clause in question.required)
    without = "".join(f" NIET {term.text}" for term in question.excluded)
    chosen = "; ".join(f"{name}: {' of '.join(choices[name])}" for name in question.filters if name in choices)
    described = (words + without).strip() or ("" if chosen else "alle documenten")
    return "; ".join(part for part in (described, chosen) if part)


def _said_of_parts(question: Question, strict_total: int, total: int) -> tuple[str, ...]:
    """Say that documents with a part of the words are among the hits."""
    if not 0 < strict_total < total or question.is_sentence:
        return ()
    holds = "Eén document bevat" if strict_total == 1 else f"{strict_total} documenten bevatten"
    return (f"{holds} alle woorden; daaronder staan documenten met een deel ervan.",)


def _also_searched(lookups: Lookups, suggester: Suggester, expansions: Sequence[Term]) -> tuple[str, ...]:
    """Return the equivalents that occur somewhere in the index."""
    evaluation = Evaluation(lookups, suggester.prefix_terms, suggester.budget)
    found = {fold(term.text): term.text for term in reversed(expansions) if evaluation.is_held(term)}
    return tuple(reversed(found.values()))
