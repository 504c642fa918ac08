"""What the page of the explorer hands to its template."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from helpdesk.core.documents import Grid
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.explorer import rules
from helpdesk.explorer.forms import ViewForm
from helpdesk.explorer.rules import Question
from helpdesk.figures.pages import Download
from helpdesk.web.charts import BarChart
from helpdesk.web.views import PageBase


@dataclass(frozen=True)
class ExplorerChoice:
    """One list to choose from: its name in the address, its label, the choices and the chosen one."""

    name: str
    label: str
    choices: Sequence[tuple[str, str]]
    chosen: str


@dataclass(frozen=True)
class ViewLine:
    """A question that was kept under a name."""

    id: int
    name: str
    address: str


@dataclass(frozen=True, kw_only=True)
class ExplorerPage(PageBase):
    """Any coded field against any other, over any period. `drill` leads each row to its advice, or nowhere."""

    template: ClassVar[str] = "explorer/explorer.html"

    question: Question
    grid: Grid
    sentences: Sequence[str]
    chart: BarChart
    axes: Sequence[ExplorerChoice]
    filters: Sequence[ExplorerChoice]
    drill: Sequence[str | None]
    downloads: Sequence[Download]
    views: Sequence[ViewLine]
    form: ViewForm
    save_address: str
    problems: Sequence[str] = ()
    may_be_indexed: bool = False


def explorer_choices(question: Question, vocabulary: Vocabulary) -> tuple[list[ExplorerChoice], list[ExplorerChoice]]:
    """Return the two axes and the filters of the explorer, as asked."""
    fields = [*((name, field.title) for name, field in rules.EXPLORER_FIELDS.items()), *rules.TIME_FIELDS.items()]
    axes = [
        ExplorerChoice("rij", "Rijen", fields, question.row),
        ExplorerChoice("kolom", "Kolommen", [("", "Eén kolom"), *fields], question.column or ""),
    ]
    filters = [
        ExplorerChoice(
            name,
            field.title,
            [("", "Alle"), *((code.code, code.label) for code in vocabulary.lists[field.code_list])],
            question.filters.get(name, ""),
        )
        for name, field in rules.EXPLORER_FIELDS.items()
    ]
    return axes, filters


def drill_query(question: Question, row: str, vocabulary: Vocabulary) -> dict[str, Any] | None:
    """Return the filters of the list of advice that show a row; None when that list does not know one of the fields."""
    asked = {"van": question.period.first_on.isoformat(), "tot": question.period.last_on.isoformat()}
    wanted = dict(question.filters)
    if question.row in rules.TIME_FIELDS:
        asked = _days_of(question, row)
    else:
        wanted[question.row] = row
    for name, code in wanted.items():
        field = rules.EXPLORER_FIELDS[name]
        if field.in_list is None or code not in vocabulary.lists[field.code_list]:
            return None
        asked[field.in_list] = vocabulary.lists["hoofdthema"][code].extra["node"] if name == rules.THEME else code
    return asked


def _days_of(question: Question, key: str) -> dict[str, str]:
    """Return the part of the period that lies in a year (2019) or a month (201902)."""
    year, month = int(key[:4]), int(key[4:] or 0)
    first, last = date(year, month or 1, 1), date(year, month or 12, monthrange(year, month or 12)[1])
    return {
        "van": max(first, question.period.first_on).isoformat(),
        "tot": min(last, question.period.last_on).isoformat(),
    }
