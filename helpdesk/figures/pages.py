"""What the pages about figures hand to their templates."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from helpdesk.figures import rules
from helpdesk.figures.rules import CodeCount, Period
from helpdesk.web.charts import Bar, BarChart, bar_chart
from helpdesk.web.filters import number
from helpdesk.web.filters import share as in_percent
from helpdesk.web.views import PageBase


@dataclass(frozen=True)
class CountLine:
    """One line of a table: a label, how much advice, and its share of all advice in whole percent."""

    label: str
    n: int
    share: int | None


@dataclass(frozen=True)
class CountTable:
    """One table with its chart. `explanation` names what is counted and of what the shares are."""

    name: str
    title: str
    explanation: str
    heading: str
    lines: list[CountLine]
    total: int
    total_label: str
    total_share: int | None
    chart: BarChart


@dataclass(frozen=True, kw_only=True)
class CountsPage(PageBase):
    """The counts of a period, by region, category, sector and theme."""

    template: ClassVar[str] = "figures/counts.html"

    period: Period
    total: int
    tables: list[CountTable]
    rounding: str = rules.ROUNDING
    title: str = "Cijfers"
    may_be_indexed: bool = False

    @property
    def total_in_words(self) -> str:
        """The total with its noun."""
        return "1 advies" if self.total == 1 else f"{number(self.total)} adviezen"


def count_table(
    name: str, title: str, counted: Sequence[CodeCount], *, of: int, explanation: str, adds_up: bool = True
) -> CountTable:
    """Return a table with its chart; `adds_up` is False when one piece of advice can count in several lines."""
    lines = [CountLine(row.label, row.n, rules.share(row.n, of)) for row in counted]
    total = sum(row.n for row in counted)
    bars = [Bar(line.label, line.n, f"{number(line.n)} ({in_percent(line.share)})") for line in lines]
    return CountTable(
        name=name,
        title=title,
        explanation=explanation,
        heading=title.removeprefix("Per ").capitalize(),
        lines=lines,
        total=total,
        total_label="Totaal" if adds_up else "Totaal vermeldingen",
        total_share=rules.share(total, of) if adds_up else None,
        chart=bar_chart(name, f"Staafdiagram: {title}. De tabel geeft dezelfde cijfers.", bars),
    )
