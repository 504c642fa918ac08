"""What the pages of a decision tree hand to their templates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Self

from helpdesk.core.trees import Choice, Made, Place
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.rulings.pages import Link
from helpdesk.texts.pages import Body
from helpdesk.texts.queries import Live
from helpdesk.web.highlighting import Highlighting
from helpdesk.web.views import PageBase
from jurisprudence.legislation import parse_source

LIST_ADDRESS = "/wegwijzer"


@dataclass(frozen=True)
class ChoiceRow:
    """One answer that can be chosen, with its basis in law."""

    label: str
    address: str
    basis: Sequence[Link]


@dataclass(frozen=True)
class MadeRow:
    """One answer that was given, and where another one can be chosen."""

    question: str
    label: str
    basis: Sequence[Link]
    change: str


@dataclass(frozen=True)
class Outcome:
    """Where the path ends: the page of a theme, and in a few sentences why."""

    title: str
    address: str
    explanation: str
    basis: Sequence[Link]


@dataclass(frozen=True, kw_only=True)
class PathwaysPage(PageBase):
    """All decision trees."""

    template: ClassVar[str] = "pathways/list.html"

    pathways: Sequence[tuple[Link, str]]
    title: str = "Wegwijzers"
    description: str = "Beantwoord enkele vragen en kom uit bij de pagina die bij jouw situatie past."
    canonical: str | None = LIST_ADDRESS

    @classmethod
    def of(cls, trees: Sequence[Live]) -> Self:
        """Return the page of live trees."""
        rows = [(Link(live.version.title, f"{LIST_ADDRESS}/{live.text.slug}"), live.version.summary) for live in trees]
        return cls(pathways=rows)


@dataclass(frozen=True, kw_only=True)
class StepPage(PageBase):
    """One place in a tree: the question with its answers, or the page it leads to; and the choices made so far.

    `body` is there at the start only; `is_lost` says that the rest of the address does not exist.
    """

    template: ClassVar[str] = "pathways/step.html"

    name: str
    start: str
    question: str
    help: str
    choices: Sequence[ChoiceRow]
    made: Sequence[MadeRow]
    outcome: Outcome | None
    body: Body | None
    is_lost: bool
    footing: str

    @classmethod
    def of(
        cls,
        live: Live,
        place: Place,
        vocabulary: Vocabulary,
        *,
        today: date,
        highlighting: Highlighting,
    ) -> Self:
        """Return the page of a place in a tree."""
        start = f"{LIST_ADDRESS}/{live.text.slug}"
        path = tuple(made.choice.id for made in place.made)
        here = "/".join((start, *path))
        step, is_start = place.step, not place.made
        outcome = None if step else _outcome(place.made[-1].choice, vocabulary)
        question = step.question if step else ""
        title = f"Je komt uit bij: {outcome.title}" if outcome else question
        return cls(
            title=live.version.title if is_start else title,
            description=live.version.summary if is_start else "",
            canonical=here,
            may_be_indexed=is_start and place.is_whole,
            highlight=highlighting.result() if is_start else None,
            name=live.version.title,
            start=start,
            question=question,
            help=step.help if step else "",
            choices=[
                ChoiceRow(choice.label, f"{here}/{choice.id}", basis_links(choice.basis, vocabulary))
                for choice in (step.choices if step else ())
            ],
            made=[_made(one, start, vocabulary) for one in place.made],
            outcome=outcome,
            body=Body.of(live, vocabulary, today=today, to_markup=highlighting.html) if is_start else None,
            is_lost=not place.is_whole,
            footing=_footing(live),
        )


def basis_links(basis: Sequence[str], vocabulary: Vocabulary) -> list[Link]:
    """Return the pages of legal sources, in their order."""
    references = [parse_source(source, vocabulary.laws) for source in basis]
    return [Link(reference.display, reference.address) for reference in references]


def _made(made: Made, start: str, vocabulary: Vocabulary) -> MadeRow:
    basis = basis_links(made.choice.basis, vocabulary)
    return MadeRow(made.step.question, made.choice.label, basis, "/".join((start, *made.path)))


def _outcome(choice: Choice, vocabulary: Vocabulary) -> Outcome:
    theme = vocabulary.themes[choice.theme or ""]
    basis = basis_links(choice.basis, vocabulary)
    return Outcome(theme.title, f"/themas/{theme.path}", choice.explanation, basis)


def _footing(live: Live) -> str:
    """Say how far the choices may be trusted, and that their address can be kept."""
    stand, reviewed = live.version.stand_of_law, live.version.reviewed_on
    said = [
        f"Stand van het recht: {stand:%d-%m-%Y}." if stand else "",
        "" if reviewed else "Nog niet nagekeken door een jurist.",
        "Dit adres bewaart je keuzes: je kunt het doorsturen of afdrukken.",
    ]
    return " ".join(sentence for sentence in said if sentence)
