"""Form fields and choices that several features ask for: dates, numbers, codes, free text, themes to tick."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from wtforms import DateField, IntegerField, SelectField

from helpdesk.core.vocabulary import CodeList, Theme, ThemeTree

INDENT = "\u2003"  # an em space: a list in a browser drops ordinary blanks


def clean_text(text: str | None) -> str | None:
    """Return text with plain line ends, without blanks around it and without characters that cannot be printed."""
    if text is None:
        return None
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in lines if sign.isprintable() or sign in "\n\t").strip()


def clean_line(text: str | None) -> str:
    """Return text on one line, without characters that cannot be printed."""
    return " ".join((clean_text(text) or "").split())


def lines_of(text: str | None) -> tuple[str, ...]:
    """Return the lines of a text that hold something, without blanks around them, each once."""
    return tuple(dict.fromkeys(line.strip() for line in (text or "").split("\n") if line.strip()))


class DutchDateField(DateField):
    """A date as the browser sends it, or typed the Belgian way: 14-03-2026, 14/3/2026."""

    def __init__(self, label: str, validators: Iterable[Any] = (), **options: Any) -> None:  # noqa: ANN401 - passed on to WTForms
        super().__init__(label, list(validators), format=["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y"], **options)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the date. Raises ValueError with a Dutch sentence."""
        try:
            super().process_formdata([text.strip() for text in valuelist])
        except ValueError as wrong:
            raise ValueError("Schrijf de datum als 14-03-2026.") from wrong


class WholeNumberField(IntegerField):
    """A whole number."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number; blanks between thousands are left out. Raises ValueError with a Dutch sentence."""
        try:
            super().process_formdata(["".join(text.split()) for text in valuelist])
        except ValueError as wrong:
            raise ValueError("Schrijf een geheel getal, bijvoorbeeld 12.") from wrong


class ListCodeField(SelectField):
    """One code of a list. Whether the code exists is a rule, so that its sentence is ours."""

    def __init__(self, label: str, validators: Iterable[Any] = (), *, code_list: str, **options: Any) -> None:  # noqa: ANN401 - passed on to WTForms
        super().__init__(label, list(validators), validate_choice=False, choices=[], **options)
        self.code_list = code_list

    def offer(self, codes: CodeList, *, blank: str = "Kies …") -> None:
        """Fill the list; the first choice is no choice."""
        self.choices = [("", blank), *((code.code, code.label) for code in codes)]


@dataclass(frozen=True)
class ThemeBox:
    """One theme that can be ticked; level 1 is a branch."""

    id: str
    title: str
    level: int
    is_ticked: bool


@dataclass(frozen=True)
class ThemeGroup:
    """The themes of one branch; open when one of them is ticked."""

    title: str
    boxes: list[ThemeBox]

    @property
    def is_open(self) -> bool:
        """Whether a theme of this branch is ticked."""
        return any(box.is_ticked for box in self.boxes)


def theme_groups(themes: ThemeTree, ticked: Collection[str]) -> list[ThemeGroup]:
    """Return every theme as a box to tick, by branch."""
    return [
        ThemeGroup(
            branch.title,
            [ThemeBox(theme.id, theme.title, theme.level, theme.id in ticked) for theme in under(themes, branch.id)],
        )
        for branch in themes.branches
    ]


def theme_choices(themes: ThemeTree) -> dict[str, list[tuple[str, str]]]:
    """Return the nodes grouped by branch, indented by depth; the branch itself comes first in its group."""
    return {
        branch.title: [(theme.id, INDENT * (theme.level - 1) + theme.title) for theme in under(themes, branch.id)]
        for branch in themes.branches
    }


def under(themes: ThemeTree, node: str) -> list[Theme]:
    """Return a node and everything below it, each parent right before its children."""
    return [themes[node], *(theme for child in themes.children(node) for theme in under(themes, child.id))]
