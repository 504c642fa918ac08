"""Decision trees: a path of questions that leads to a theme page, written as data in the front matter of a text.

A tree is read whole or not at all: every choice leads somewhere, nothing goes round in circles, every leaf is a theme.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

MOST_QUESTION = 200  # characters
MOST_HELP = 600
MOST_STEPS = 100
MOST_CHOICES = 15
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_STEP_FIELDS = frozenset({"id", "question", "help", "basis", "orientation", "choices"})
_CHOICE_FIELDS = frozenset({"id", "label", "next", "thema", "explanation", "basis"})


@dataclass(frozen=True)
class Choice:
    """One answer. It leads to the step `next`, or to the page of a `theme` with a short `explanation`."""

    id: str
    label: str
    basis: tuple[str, ...]
    next: str | None = None
    theme: str | None = None
    explanation: str = ""


@dataclass(frozen=True)
class Step:
    """One question. `is_orientation` says that the answer has no basis in law: it only finds the way."""

    id: str
    question: str
    help: str
    is_orientation: bool
    choices: tuple[Choice, ...]

    def find(self, choice_id: str) -> Choice | None:
        """Return a choice, or None."""
        return next((choice for choice in self.choices if choice.id == choice_id), None)


@dataclass(frozen=True)
class Made:
    """A choice that was made: at which step, which one, and the path of the step itself."""

    step: Step
    choice: Choice
    path: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """Where a path leads: the choices made, then a step that asks or, when there is none, the leaf of the last choice.

    `is_whole` tells whether every part of the path exists.
    """

    made: tuple[Made, ...]
    step: Step | None
    is_whole: bool


@dataclass(frozen=True)
class Tree:
    """A whole tree; the first step is where everyone starts."""

    steps: tuple[Step, ...]

    @cached_property
    def _by_id(self) -> Mapping[str, Step]:
        return {step.id: step for step in self.steps}

    def at(self, path: Sequence[str]) -> Place:
        """Follow choices from the start, as far as they exist."""
        made: list[Made] = []
        step: Step | None = self.steps[0]
        for number, choice_id in enumerate(path):
            choice = step.find(choice_id) if step else None
            if step is None or choice is None:
                return Place(tuple(made), step, is_whole=False)
            made.append(Made(step, choice, tuple(path[:number])))
            step = self._by_id[choice.next] if choice.next else None
        return Place(tuple(made), step, is_whole=True)

    @property
    def words(self) -> str:
        """All words of the tree, a line for each, for the index."""
        lines = (
            [step.question, step.help, *(f"{choice.label} {choice.explanation}".strip() for choice in step.choices)]
            for step in self.steps
        )
        return "\n".join(line for some in lines for line in some if line)


@dataclass(frozen=True)
class TreeProblem:
    """Something wrong in a tree: at which step ("" for the whole), and what to do in Dutch."""

    step: str
    message: str


class _Broken(ValueError):
    """A part of a tree cannot be read; the message is Dutch."""


def read_tree(
    entries: Sequence[Mapping[str, Any]], *, is_theme: Callable[[str], bool], is_source: Callable[[str], bool]
) -> tuple[Tree | None, list[TreeProblem]]:
    """Read the steps of a tree; None with every problem when it breaks a rule."""
    problems: list[TreeProblem] = []
    steps: list[Step] = []
    if not 0 < len(entries) <= MOST_STEPS:
        return None, [TreeProblem("", f"Een beslisboom heeft 1 tot {MOST_STEPS} stappen ('steps').")]
    for entry in entries:
        try:
            steps.append(_step(entry))
        except _Broken as broken:
            problems.append(TreeProblem(str(entry.get("id", "")), str(broken)))
    if problems:
        return None, problems
    tree = Tree(tuple(steps))
    problems += _twice(tree)
    problems += [problem for step in steps for problem in _leads_nowhere(step, tree, is_theme, is_source)]
    if not problems:
        problems += [*_circles(tree), *_unreachable(tree)]
    return (None if problems else tree), problems


def _step(entry: Mapping[str, Any]) -> Step:
    _check_fields(entry, _STEP_FIELDS)
    orientation = entry.get("orientation", False)
    if not isinstance(orientation, bool):
        raise _Broken("'orientation' is true of false.")
    choices = entry.get("choices")
    if not isinstance(choices, list) or not 1 < len(choices) <= MOST_CHOICES:
        raise _Broken(f"Een stap heeft 2 tot {MOST_CHOICES} keuzes ('choices').")
    basis = _basis(entry)
    step = Step(
        id=_identity(entry),
        question=_line(entry, "question", most=MOST_QUESTION),
        help=_line(entry, "help", most=MOST_HELP, required=False),
        is_orientation=orientation,
        choices=tuple(_choice(choice, basis) for choice in choices),
    )
    if len({choice.id for choice in step.choices}) < len(step.choices):
        raise _Broken("Twee keuzes van deze stap hebben dezelfde 'id'.")
    if not orientation and not all(choice.basis for choice in step.choices):
        raise _Broken("Geef de stap of elke keuze een 'basis', of schrijf 'orientation: true'.")
    return step


def _choice(entry: object, basis_of_step: tuple[str, ...]) -> Choice:
    if not isinstance(entry, dict):
        raise _Broken("Een keuze bestaat uit velden: id, label, en 'next' of 'thema'.")
    _check_fields(entry, _CHOICE_FIELDS)
    following, theme = entry.get("next"), entry.get("thema")
    if (following is None) == (theme is None) or not isinstance(following or theme, str):
        raise _Broken("Elke keuze leidt naar een volgende stap ('next') of naar een thema ('thema'), niet naar beide.")
    return Choice(
        id=_identity(entry),
        label=_line(entry, "label", most=MOST_QUESTION),
        basis=_basis(entry) or basis_of_step,
        next=following,
        theme=theme,
        explanation=_line(entry, "explanation", most=MOST_HELP, required=theme is not None),
    )


def _check_fields(entry: Mapping[str, Any], known: frozenset[str]) -> None:
    for name in entry:
        if name not in known:
            raise _Broken(f"Het veld '{name}' hoort hier niet: schrap het of verbeter de naam.")


def _identity(entry: Mapping[str, Any]) -> str:
    name = entry.get("id")
    if not isinstance(name, str) or not _ID.fullmatch(name) or len(name) > len("een-heel-lange-naam-van-een-keuze"):
        raise _Broken("Elke stap en keuze heeft een korte 'id' van kleine letters, cijfers en streepjes.")
    return name


def _line(entry: Mapping[str, Any], name: str, *, most: int, required: bool = True) -> str:
    value = entry.get(name)
    if value is None and not required:
        return ""
    if not isinstance(value, str) or not value.strip():
        raise _Broken(f"'{name}' ontbreekt of is geen tekst.")
    text = " ".join(value.split())
    if len(text) > most:
        raise _Broken(f"'{name}' telt {len(text)} tekens; het maximum is {most}.")
    if "{{" in text:
        raise _Broken(f"Een bedrag hoort op de pagina van het thema, niet in '{name}'.")
    return text


def _basis(entry: Mapping[str, Any]) -> tuple[str, ...]:
    value = entry.get("basis", [])
    if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
        raise _Broken("'basis' is een lijst, bijvoorbeeld [\"art. 40ter Vw.\"].")
    return tuple(value)


def _twice(tree: Tree) -> Iterator[TreeProblem]:
    seen: set[str] = set()
    for step in tree.steps:
        if step.id in seen:
            yield TreeProblem(step.id, "Deze stap staat er twee keer.")
        seen.add(step.id)


def _leads_nowhere(
    step: Step, tree: Tree, is_theme: Callable[[str], bool], is_source: Callable[[str], bool]
) -> Iterator[TreeProblem]:
    known = {one.id for one in tree.steps}
    for choice in step.choices:
        if choice.next is not None and choice.next not in known:
            yield TreeProblem(step.id, f"De keuze '{choice.id}' leidt naar de stap '{choice.next}', die er niet is.")
        if choice.theme is not None and not is_theme(choice.theme):
            yield TreeProblem(step.id, f"De keuze '{choice.id}' leidt naar het thema '{choice.theme}', dat er niet is.")
    for source in dict.fromkeys(source for choice in step.choices for source in choice.basis):
        if not is_source(source):
            yield TreeProblem(step.id, f"De basis '{source}' is niet herkend; schrijf ze als 'art. 40ter Vw.'.")


def _circles(tree: Tree) -> Iterator[TreeProblem]:
    """Name a step in a circle: take away what leads only to leaves, and what nothing leads to, until all go round."""
    left = {step.id: {choice.next for choice in step.choices if choice.next} for step in tree.steps}
    while True:
        led_to = set[str]().union(*left.values()) if left else set()
        loose = [name for name, following in left.items() if not following & set(left) or name not in led_to]
        if not loose:
            break
        for name in loose:
            del left[name]
    if left:
        name = next(step.id for step in tree.steps if step.id in left)
        yield TreeProblem(name, "Vanaf deze stap kun je in een kring lopen: laat een keuze ergens anders heen leiden.")


def _unreachable(tree: Tree) -> Iterator[TreeProblem]:
    by_id = {step.id: step for step in tree.steps}
    reached, waiting = set[str](), [tree.steps[0].id]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += [choice.next for choice in by_id[name].choices if choice.next]
    for step in tree.steps:
        if step.id not in reached:
            yield TreeProblem(step.id, "Geen enkele keuze leidt naar deze stap.")
