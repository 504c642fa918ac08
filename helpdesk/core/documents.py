"""A report on its way to the screen, a printer or an office program: parts, sentences, tables with their chart.

One structure, several writers (`workbook`, `word`, templates): what one shows the others show too. All text is Dutch
and ready to print; the number behind a cell goes along for programs that calculate.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

HIDDEN = "×"  # a number that is too small to publish
ABSENT = "–"  # nothing was counted

CellKind = Literal["number", "share", "text"]


@dataclass(frozen=True)
class Cell:
    """One cell: as printed, and the number behind it: None when hidden, absent or no number. Shares are in percent."""

    text: str
    value: int | None = None
    kind: CellKind = "number"


@dataclass(frozen=True)
class GridRow:
    """One row of a table: its label and its cells."""

    label: str
    cells: Sequence[Cell]


@dataclass(frozen=True, kw_only=True)
class Grid:
    """One table. `name` is unique in its document; `definition` says what is counted and of what the shares are.

    `drawn` is the column the chart shows, None for none; `draws_total` lets it show the last row instead, a bar per
    column.
    """

    name: str
    title: str
    heading: str
    columns: Sequence[str]
    rows: Sequence[GridRow]
    total: GridRow | None = None
    definition: str = ""
    notes: Sequence[str] = ()
    drawn: int | None = None
    draws_total: bool = False

    @property
    def kinds(self) -> list[CellKind]:
        """What each column holds, by its first row: numbers stand right, words left."""
        return [cell.kind for cell in self.rows[0].cells] if self.rows else ["text"] * len(self.columns)

    @property
    def bars(self) -> list[tuple[str, int, str]]:
        """Label, number and words of each bar of the chart; what has no number has no bar."""
        found: list[tuple[str, Cell]] = []
        if self.draws_total and self.total is not None:
            found = list(zip(self.columns, self.total.cells, strict=True))
        elif self.drawn is not None:
            found = [(row.label, row.cells[self.drawn]) for row in self.rows]
        return [(label, cell.value, cell.text) for label, cell in found if cell.value is not None]

    @property
    def chart_title(self) -> str:
        """What stands for the chart where it cannot be seen."""
        what = "" if self.drawn is None or len(self.columns) == 1 else f" ({self.columns[self.drawn].lower()})"
        return f"Staafdiagram: {self.title}{what}. De tabel geeft dezelfde cijfers."


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part with its heading; level 2 is a chapter, 3 and 4 are below it."""

    level: int
    title: str
    paragraphs: Sequence[str] = ()
    bullets: Sequence[str] = ()
    is_ranking: bool = False  # the bullets are numbered
    grids: Sequence[Grid] = ()


@dataclass(frozen=True, kw_only=True)
class Document:
    """A whole report. `facts` are label and value under the title."""

    title: str
    subtitle: str
    facts: Sequence[tuple[str, str]] = ()
    parts: Sequence[Part] = ()
    definitions: Sequence[tuple[str, str]] = field(default_factory=tuple)

    @property
    def grids(self) -> Iterator[Grid]:
        """All tables, in the order of the parts."""
        return (grid for part in self.parts for grid in part.grids)
