"""Decisions about the explorer: pure. What can be counted by what, and what is kept under a name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from helpdesk.core.errors import Rejected
from helpdesk.figures.rules import Period


class ViewRejected(Rejected):
    """A question cannot be kept under this name."""


@dataclass(frozen=True)
class ExplorerField:
    """A coded field one can count by and filter on. `in_list` is its name as a filter of the list of advice, if any."""

    name: str
    title: str
    code_list: str
    in_list: str | None = None


THEME = "thema"  # counted in mentions: an advice counts once for each of its branches
TIME_FIELDS = {"jaar": "Jaar", "maand": "Maand"}
EXPLORER_FIELDS = {
    field.name: field
    for field in (
        ExplorerField("regio", "Regio", "regio_vraagsteller", "regio"),
        ExplorerField("categorie", "Categorie", "categorie_vraagsteller", "categorie"),
        ExplorerField("sector", "Sector", "sector_vraagsteller", "sector"),
        ExplorerField(THEME, "Hoofdthema", "hoofdthema", "thema"),
        ExplorerField("verblijf", "Verblijfssituatie", "verblijfssituatie", "verblijf"),
        ExplorerField("nationaliteit", "Nationaliteit", "nationaliteit"),
        ExplorerField("kanaal", "Kanaal", "kanaal", "kanaal"),
        ExplorerField("uitkomst", "Uitkomst", "uitkomst_advies"),
    )
}
PERSON_FIELDS = frozenset({"verblijf", "nationaliteit"})
# an advice can count in several rows of these: once in each
COUNTED_SEVERAL_TIMES = {
    THEME: "hoofdthema",
    "verblijf": "verblijfssituatie van de personen over wie het gaat",
    "nationaliteit": "nationaliteit van de personen over wie het gaat",
}
MOST_VIEW_NAME = 80
MOST_VIEW_QUERY = 1_000
MOST_VIEWS = 50


@dataclass(frozen=True, kw_only=True)
class Question:
    """What the explorer is asked; `column` is None for one column. Screen, CSV and XLSX answer the same question."""

    period: Period
    row: str
    column: str | None
    filters: Mapping[str, str]  # code by name of the field

    @property
    def counts_mentions(self) -> bool:
        """Whether an advice can count in more than one row or column."""
        return bool(COUNTED_SEVERAL_TIMES.keys() & {self.row, self.column})

    @property
    def asks_about_persons(self) -> bool:
        """Whether it matters who the advice is about: then every person counts, not the first alone."""
        return bool(PERSON_FIELDS & {self.row, self.column, *self.filters})

    def to_query(self) -> dict[str, Any]:
        """Return the parameters of the address that asks this."""
        asked = {"van": self.period.first_on.isoformat(), "tot": self.period.last_on.isoformat(), "rij": self.row}
        return {**asked, **({"kolom": self.column} if self.column else {}), **self.filters}


@dataclass(frozen=True)
class CrossTable:
    """Counts by row and column, each a code and a label; `before` is each row one year earlier.

    `advice` is how much advice fits the question, and `advice_before` one year earlier, each counted once.
    """

    rows: list[tuple[str, str]]
    columns: list[tuple[str, str]]
    counts: Mapping[tuple[str, str], int]
    before: Mapping[str, int]
    advice: int
    advice_before: int

    def row_total(self, row: str) -> int:
        """Return what a row adds up to."""
        return sum(self.counts.get((row, column), 0) for column, _ in self.columns)

    def column_total(self, column: str) -> int:
        """Return what a column adds up to."""
        return sum(self.counts.get((row, column), 0) for row, _ in self.rows)


def year_earlier(period: Period) -> Period:
    """Return the same days one year earlier; 29 February becomes the 28th."""
    return Period(_year_earlier(period.first_on), _year_earlier(period.last_on))


def _year_earlier(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def check_view(name: str, query: str, *, held: int) -> None:
    """Refuse a view without a name, or one too many. Raises ViewRejected."""
    problems = []
    if not name.strip():
        problems.append("Geef deze vraag een naam.")
    if len(name) > MOST_VIEW_NAME:
        problems.append(f"Maak de naam korter: hoogstens {MOST_VIEW_NAME} tekens.")
    if len(query) > MOST_VIEW_QUERY:
        problems.append("Deze vraag is te lang om te bewaren.")
    if held >= MOST_VIEWS:
        problems.append(f"Je bewaarde al {MOST_VIEWS} vragen. Verwijder er eerst een.")
    if problems:
        raise ViewRejected(problems)
