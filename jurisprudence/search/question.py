"""What a visitor's text turns into: typed terms, each of which the matcher knows how to look up."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Step = tuple[bytes, ...]
"""The index terms that satisfy one position."""


@dataclass(frozen=True)
class Word:
    """One word; a hyphenated word has several steps. `joined` are terms for the word written together."""

    text: str
    steps: tuple[Step, ...]
    joined: Step = ()


@dataclass(frozen=True)
class Phrase:
    """Words that follow each other, or, with `slop`, stand at most that many words from the rarest one."""

    text: str
    steps: tuple[Step, ...]
    slop: int = 0


@dataclass(frozen=True)
class Prefix:
    """The beginning of a word, three letters or more, folded."""

    text: str
    start: str


@dataclass(frozen=True)
class Article:
    """An article of a law; `law` is a law id ("VW") or None, `number` folded ("40ter").

    `step` finds the number in running text; a bare number ("8") is only believed there beside a word of `law_steps`.
    """

    text: str
    number: str
    law: str | None
    step: Step
    law_steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Identifier:
    """A ruling number, case number or ECLI in its normal form; `step` finds it in running text.

    `court` is the code of the court named beside it: several courts number their rulings alike.
    """

    text: str
    normal: str
    step: Step
    court: str | None = None


@dataclass(frozen=True)
class Tagged:
    """Values of a facet that words name in passing: the court in "kafala HvJ", the year in "opvang 2025"."""

    text: str
    facet: str
    values: tuple[str, ...]


Term = Word | Phrase | Prefix | Article | Identifier | Tagged


@dataclass(frozen=True)
class Clause:
    """Alternatives of which one must be found; `expansions` count too, but below what was typed.

    A clause that is not required only helps to recognise phrases: "de", "art.", in a spoken question also "geen".
    """

    alternatives: tuple[Term, ...]
    expansions: tuple[Term, ...] = ()
    is_required: bool = True

    @property
    def text(self) -> str:
        """Return the clause as the visitor wrote it."""
        return " OF ".join(dict.fromkeys(term.text for term in self.alternatives))


@dataclass(frozen=True)
class Question:
    """A visitor's text, understood: all required clauses must hold, no excluded term may occur.

    `filters` maps facet names to values as typed; `notes` are Dutch sentences about what could not be read; `sequence`
    is the whole question as one phrase (empty under two words); `title_keys` compare it with titles and `name_key` with
    the names of cases. `is_sentence`: somebody speaks, so most of the words say nothing about the subject.
    """

    text: str
    clauses: tuple[Clause, ...] = ()
    excluded: tuple[Term, ...] = ()
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    sequence: tuple[Step, ...] = ()
    title_keys: tuple[str, ...] = ()
    name_key: str = ""
    is_sentence: bool = False

    @property
    def terms(self) -> list[Term]:
        """Return everything that was typed as a term, in order."""
        return [term for clause in self.clauses for term in clause.alternatives]

    @property
    def required(self) -> tuple[Clause, ...]:
        """Return the clauses that must hold; when only small words were typed, those."""
        return tuple(dict.fromkeys(clause for clause in self.clauses if clause.is_required)) or self.clauses

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is searched for, so that every document fits."""
        return not self.clauses and not self.excluded
