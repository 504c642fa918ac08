"""Which documents a question finds, why (tier) and how strongly (score): one pass over the snapshot's arrays."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np

from jurisprudence.search.budget import Budget
from jurisprudence.search.lookups import Lookups
from jurisprudence.search.named import own_article_tag
from jurisprudence.search.ordering import Ranking, Scores
from jurisprudence.search.packs import Array
from jurisprudence.search.phrases import PhraseSearch
from jurisprudence.search.question import (
    Article,
    Clause,
    Identifier,
    Phrase,
    Prefix,
    Question,
    Step,
    Tagged,
    Term,
    Word,
)
from jurisprudence.search.ranking import (
    CITED_ARTICLE_SCORE,
    EXPANSION_WEIGHT,
    NAMED_COURT_FACTOR,
    OWN_ARTICLE_SCORE,
    RELAXED_SHARE,
    TAGGED_SCORE,
    WEIGHTS,
    Tier,
    about_factors,
    coverage,
    inverse_frequency,
)
from jurisprudence.search.recognition import named_documents
from jurisprudence.search.results import Kind
from jurisprudence.search.segments import TEXT_FIELDS
from jurisprudence.search.snapshot import Postings, Snapshot

FEW_ANSWERS = 5
SUBJECT_FIELDS = ("title", "keywords", "synonyms")
"""Fields that say what a document is about; what stands elsewhere may be mentioned in passing."""
ARTICLE_STEP: Step = (b"artikel", b"art", b"articl", b"article")

PrefixTerms = Callable[[str], Sequence[bytes]]


@dataclass(frozen=True)
class Matches:
    """The documents found: `mask` over all documents, `ranking` to order them by.

    `direct` are the documents that the question names, `strict` those that answer all of it. `relaxed` says that no
    document does.
    """

    mask: Array
    ranking: Ranking
    direct: Array
    strict: Array
    relaxed: bool = False


class Evaluation:
    """One question against one snapshot; adds up scores while it goes."""

    def __init__(self, lookups: Lookups, prefix_terms: PrefixTerms, budget: Budget | None = None) -> None:
        self.snapshot = snapshot = lookups.snapshot
        self._lookups = lookups
        self._budget = budget or Budget()
        self.scores = Scores(snapshot)
        self._prefix_terms = prefix_terms
        self._scored: set[tuple[str, bytes]] = set()
        self._phrases: dict[Sequence[Step], Array] = {}

    def term(self, term: Term, weight: float = 1.0) -> Array:
        """Return the mask of documents that hold a term; with a weight its score is added once.

        Raises:
            QuestionTooHeavy: the budget of the question is spent.
        """
        self._budget.check()
        match term:
            case Word():
                return self._word(term, weight)
            case Phrase():
                return self._phrase(term, weight)
            case Prefix():
                return self._step(tuple(self._prefix_terms(term.start)), weight)
            case Article():
                return self._article(term, weight)
            case Identifier():
                return self._tagged("identifier", term.normal) | self._step(term.step, weight)
            case Tagged():
                found = reduce(np.logical_or, (self._tagged(term.facet, value) for value in term.values))
                self.scores.add(np.flatnonzero(found), TAGGED_SCORE * weight)
                return found

    def is_held(self, term: Term) -> bool:
        """Tell whether any document holds a term, deleted ones included."""
        match term:
            case Word(steps=(step,)):
                return any(self._lookups[one] for one in (*step, *term.joined))
        return bool(self.term(term, 0).any())

    def any_of(self, terms: Iterable[Term], weight: float = 1.0) -> Array:
        """Return the documents that hold at least one of the terms."""
        return reduce(np.logical_or, (self.term(term, weight) for term in terms), self._none())

    def named_by(self, terms: Iterable[Term]) -> Array:
        """Return the documents of which a field that says what they are about holds one of the terms; adds no score."""
        return reduce(np.logical_or, (self._named_by(term) for term in terms), self._none())

    def phrase(self, steps: Sequence[Step], candidates: Array, slop: int = 0) -> Array:
        """Return the candidates in which the steps follow each other within one field."""
        if not slop and tuple(steps) in self._phrases:
            return self._phrases[tuple(steps)] & candidates
        return self._in_one_field(TEXT_FIELDS, steps, candidates, slop)

    def _in_one_field(self, names: Sequence[str], steps: Sequence[Step], candidates: Array, slop: int) -> Array:
        found = self._none()
        if candidates.any():
            for name in names:
                held = [self._held_in(name, step) for step in steps]
                if all(held):
                    search = PhraseSearch(self.snapshot, name, held, self._budget.check)
                    found[search.documents(candidates, slop)] = True
        return found

    def _held_in(self, name: str, step: Step) -> dict[bytes, Postings]:
        return {term: postings for term in step if (postings := self._lookups[term].get(name))}

    def _named_by(self, term: Term) -> Array:
        match term:
            case Word():
                return self._all_held(term.steps) | self._held(term.joined)
            case Phrase():
                return self._in_one_field(SUBJECT_FIELDS, term.steps, self._all_held(term.steps), term.slop)
        return self.term(term, 0)

    def _all_held(self, steps: Sequence[Step]) -> Array:
        return reduce(np.logical_and, map(self._held, steps))

    def _held(self, step: Step) -> Array:
        found = self._none()
        for term in step:
            for name, postings in self._lookups[term].items():
                if name in SUBJECT_FIELDS:
                    found[postings.numbers] = True
        return found

    def _phrase(self, phrase: Phrase, weight: float) -> Array:
        found = self._phrases.get(phrase.steps) if not phrase.slop else None
        if found is None:
            found = self.phrase(phrase.steps, self._all_steps(phrase.steps, weight), phrase.slop)
        if not phrase.slop:
            self._phrases[phrase.steps] = found
        return found

    def _word(self, word: Word, weight: float) -> Array:
        return self._all_steps(word.steps, weight) | self._step(word.joined, weight)

    def _all_steps(self, steps: Sequence[Step], weight: float) -> Array:
        return reduce(np.logical_and, (self._step(step, weight) for step in steps))

    def _step(self, step: Step, weight: float) -> Array:
        found = self._none()
        for term in step:
            for name, postings in self._lookups[term].items():
                found[postings.numbers] = True
                self._add_score(name, term, postings, weight)
        return found

    def _add_score(self, name: str, term: bytes, postings: Postings, weight: float) -> None:
        if not weight or (name, term) in self._scored:
            return
        self._scored.add((name, term))
        telling = WEIGHTS[name] * inverse_frequency(len(postings.documents), self.snapshot.size)
        self.scores.add_term(name, postings, weight * telling)

    def _article(self, article: Article, weight: float) -> Array:
        cited = self._none()
        for value in self.snapshot.article_values(article.number, article.law):
            cited |= self._tagged("artikel", value)
            about = self.snapshot.tagged("identifier", own_article_tag(value))
            self.scores.add(about, OWN_ARTICLE_SCORE * weight)
        self.scores.add(np.flatnonzero(cited), CITED_ARTICLE_SCORE * weight)
        in_text = self._step(article.step, weight)
        if article.number.isdigit():
            if article.law_steps:
                in_text &= self._step(tuple(term for step in article.law_steps for term in step), 0)
            else:
                in_text = self.phrase((ARTICLE_STEP, article.step), in_text)
        return cited | in_text

    def _tagged(self, name: str, value: str) -> Array:
        found = self._none()
        found[self.snapshot.tagged(name, value)] = True
        return found

    def _none(self) -> Array:
        return np.zeros(self.snapshot.size, dtype=bool)


def match(
    lookups: Lookups,
    question: Question,
    prefix_terms: PrefixTerms,
    *,
    expand: bool = True,
    budget: Budget | None = None,
) -> Matches:
    """Find the living documents that answer a question, before any facet is chosen. Raises QuestionTooHeavy."""
    evaluation, snapshot = Evaluation(lookups, prefix_terms, budget), lookups.snapshot
    living = snapshot.alive & ~evaluation.any_of(question.excluded, 0)
    none = np.zeros_like(living)
    if not question.clauses:
        tiers = np.zeros(snapshot.size, dtype=np.int8)
        return Matches(living, Ranking(evaluation.scores, (), tiers, none, lambda _: none), none, living)
    literal = [evaluation.any_of(clause.alternatives) for clause in question.required]
    widened = _widened(evaluation, question, literal) if expand else literal
    direct = living & named_documents(snapshot, question)
    all_words = living & reduce(np.logical_and, literal)
    strict = living & reduce(np.logical_and, widened) | direct
    mask, factors = strict, [_worth(snapshot, question)]
    if _may_hold_a_part(question, int(np.count_nonzero(strict)), expand=expand):
        share = coverage(literal, widened)
        factors += [share, about_factors(_about(evaluation, question, widened))]
        mask = strict | living & (share > 0) & (share >= RELAXED_SHARE * share[living].max(initial=0.0))
    tiers = _tiers(evaluation, question, strict, all_words, direct)
    may_rise = all_words & (tiers < int(Tier.PHRASE)) if question.sequence else none
    ranking = Ranking(
        evaluation.scores, factors, tiers, may_rise, lambda candidates: evaluation.phrase(question.sequence, candidates)
    )
    relaxed = bool(mask.any()) and not strict.any()
    return Matches(mask, ranking, direct, strict, relaxed=relaxed)


def _may_hold_a_part(question: Question, answers: int, *, expand: bool) -> bool:
    """Tell whether documents with a part of the words are shown too: in a sentence, and where few hold them all.

    One long text that happens to hold all words is no reason to hide the page about them. Whoever gave operators or
    asked for the words as typed gets such pages only instead of none.
    """
    if len(question.required) == 1:
        return False
    is_plain = not question.excluded and all(
        isinstance(clause.alternatives[0], Word) and len(clause.alternatives) <= 1 + _names_a_facet(clause)
        for clause in question.required
    )
    return answers == 0 or question.is_sentence or (expand and is_plain and answers < FEW_ANSWERS)


def _about_all(evaluation: Evaluation, question: Question, strict: Array) -> Array:
    """Return the theme pages about all of the question in our words: as good as texts that hold what was typed.

    Whoever asks for "administratieve detentie" wants the page about vasthouding, not one that mentions both words.
    """
    if not any(clause.expansions for clause in question.required):
        return np.zeros_like(strict)
    about = (evaluation.named_by((*clause.alternatives, *clause.expansions)) for clause in question.required)
    themes = np.zeros_like(strict)
    themes[evaluation.snapshot.tagged("soort", Kind.THEME)] = True
    return strict & themes & reduce(np.logical_and, about)


def _about(evaluation: Evaluation, question: Question, widened: Sequence[Array]) -> Array:
    """Return, per document, the share of the question that the fields saying what it is about hold.

    A long text mentions many words in passing; the page whose title, keywords or everyday words hold them answers.
    """
    typed = [evaluation.named_by(clause.alternatives) for clause in question.required]
    wide = [
        found | evaluation.named_by(clause.expansions) for found, clause in zip(typed, question.required, strict=True)
    ]
    return coverage(typed, wide, widened)


def _names_a_facet(clause: Clause) -> bool:
    return isinstance(clause.alternatives[-1], Tagged)


def _worth(snapshot: Snapshot, question: Question) -> Array:
    """Return what each document's score is worth; whoever names a court, year, article or number wants the rulings."""
    names_rulings = any(isinstance(term, Tagged | Article | Identifier) for term in question.terms)
    worth = snapshot.worth[names_rulings]
    courts = [term for term in question.terms if isinstance(term, Tagged) and term.facet == "hof"]
    if courts:
        worth = worth.copy()
    for value in (value for term in courts for value in term.values):
        worth[snapshot.tagged("hof", value)] *= NAMED_COURT_FACTOR
    return worth


def in_every_word(question: Question) -> Question:
    """Return a spoken question in which each word counts, for when none of the telling ones is written anywhere."""
    return replace(question, clauses=tuple(replace(clause, is_required=True) for clause in question.clauses))


def loosened(question: Question) -> Question:
    """Return the question with its phrases broken into words, for when nobody wrote them together."""
    clauses = []
    for clause in question.clauses:
        if any(isinstance(term, Phrase) for term in clause.alternatives):
            steps = [step for term in clause.alternatives if isinstance(term, Phrase) for step in term.steps]
            clauses += [Clause((Word(step[0].decode(), (step,)),)) for step in steps]
        else:
            clauses.append(clause)
    return replace(question, clauses=tuple(clauses), sequence=(), title_keys=(), name_key="")


def _widened(evaluation: Evaluation, question: Question, literal: Sequence[Array]) -> list[Array]:
    return [
        found | evaluation.any_of(clause.expansions, EXPANSION_WEIGHT) if clause.expansions else found
        for clause, found in zip(question.required, literal, strict=True)
    ]


def _tiers(evaluation: Evaluation, question: Question, strict: Array, all_words: Array, direct: Array) -> Array:
    """Return the tiers of all documents; which of those with all words hold the question as a phrase is asked later."""
    tiers = np.zeros(len(strict), dtype=np.int8)
    if not question.is_sentence:
        best = all_words | _about_all(evaluation, question, strict)
        # a product and a maximum: assigning to a mask takes fifty times as long
        tiers = np.maximum(strict.view(np.int8) * np.int8(Tier.EXPANDED), best.view(np.int8) * np.int8(Tier.ALL_WORDS))
    for key in question.title_keys:
        tiers[evaluation.snapshot.tagged("title_key", key)] = Tier.TITLE
    tiers[np.flatnonzero(direct)] = Tier.IDENTIFIER
    return tiers
