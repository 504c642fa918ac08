"""What the pages about figures hand to their templates."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import ClassVar

from helpdesk.core.documents import ABSENT, Document
from helpdesk.core.pdf_writer import write_pdf
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.core.word import write_word
from helpdesk.core.workbook import write_workbook
from helpdesk.figures import rules
from helpdesk.figures.documents import report_csv, report_document, report_sentences
from helpdesk.figures.forms import CloseForm, FigureForm, LinesForm
from helpdesk.figures.models import EnteredFigure
from helpdesk.figures.rules import AnnualReport, CodeCount, Difference, Period
from helpdesk.web.charts import Bar, BarChart, bar_chart
from helpdesk.web.filters import number
from helpdesk.web.filters import share as in_percent
from helpdesk.web.views import PageBase, show_alone


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
    """The counts of a period, by region, category, sector and theme; `confirmed` is for coordinators, else None."""

    template: ClassVar[str] = "figures/counts.html"

    period: Period
    total: int
    tables: list[CountTable]
    confirmed: int | None
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


@dataclass(frozen=True)
class Download:
    """One form in which a report can be taken along."""

    label: str
    address: str


@dataclass(frozen=True)
class VersionLine:
    """One frozen version in the list of a year."""

    number: int
    closed_at: datetime
    closed_by: str
    reason: str
    address: str
    is_shown: bool


@dataclass(frozen=True, kw_only=True)
class PrintPage(PageBase):
    """A report that stands on its own: for a file, and for the printer."""

    template: ClassVar[str] = "figures/print.html"

    document: Document
    charts: Mapping[str, BarChart]

    @classmethod
    def of(cls, document: Document) -> "PrintPage":
        """Return the page of a document."""
        return cls(title=document.title, document=document, charts=charts_of(document))


@dataclass(frozen=True, kw_only=True)
class ReportPage(PageBase):
    """The annual report of a year on the screen, with its versions and what a coordinator can do with it."""

    template: ClassVar[str] = "figures/report.html"

    year: int
    document: Document
    charts: Mapping[str, BarChart]
    downloads: list[Download]
    versions: list[VersionLine]
    shows_now: bool
    differences: list[tuple[str, str, str]]
    may_close: bool
    is_over: bool
    form: CloseForm
    problems: Sequence[str] = ()
    may_be_indexed: bool = False


def charts_of(document: Document) -> dict[str, BarChart]:
    """Return the chart of each table that has one, by the name of the table."""
    return {
        grid.name: bar_chart(grid.name, grid.chart_title, [Bar(label, value, text) for label, value, text in grid.bars])
        for grid in document.grids
        if grid.bars
    }


def difference_lines(found: Sequence[Difference]) -> list[tuple[str, str, str]]:
    """Return the differences between two versions in words: which figure, before, after."""
    return [(one.name.replace(".", " › "), _plain(one.before), _plain(one.after)) for one in found]


def _plain(value: object) -> str:
    if isinstance(value, int):
        return number(value)
    return ABSENT if value is None else str(value)


@dataclass(frozen=True)
class EnteredFigureLine:
    """One entered number in the list."""

    id: int
    label: str
    value: str
    source: str
    note: str


@dataclass(frozen=True, kw_only=True)
class EnteredPage(PageBase):
    """What was entered for the report of a year, with the forms to add to it."""

    template: ClassVar[str] = "figures/entered.html"

    year: int
    lines: list[EnteredFigureLine]
    form: FigureForm
    lines_form: LinesForm
    problems: Sequence[str] = ()
    may_be_indexed: bool = False

    @classmethod
    def of(
        cls,
        entered: Sequence[EnteredFigure],
        *,
        year: int,
        form: FigureForm,
        lines_form: LinesForm,
        vocabulary: Vocabulary,
        problems: Sequence[str] = (),
    ) -> "EnteredPage":
        """Return the page of a year."""
        return cls(
            title=f"Ingevoerde cijfers voor {year}",
            year=year,
            lines=[
                EnteredFigureLine(
                    id=one.id,
                    label=vocabulary.lists[one.series].label(one.code),
                    value=f"{'ongeveer ' if one.is_approximate else ''}{number(one.value)}",
                    source=one.source,
                    note=one.note or "",
                )
                for one in entered
            ],
            form=form,
            lines_form=lines_form,
            problems=problems,
        )


@dataclass(frozen=True)
class ReportForm:
    """One form a report can be written in."""

    label: str
    mimetype: str
    write: Callable[[AnnualReport, Vocabulary, datetime], bytes]


def _as_json(report: AnnualReport, _vocabulary: Vocabulary, _now: datetime) -> bytes:
    """Return the report as one JSON object: its parts, its sentences, and its figures by their transcribed names."""
    whole = {**asdict(report), "text": report_sentences(report), "figures": rules.chapter_facts(report)}
    return (json.dumps(whole, ensure_ascii=False, indent=2) + "\n").encode()


def _as_html(report: AnnualReport, vocabulary: Vocabulary, _now: datetime) -> bytes:
    return show_alone(PrintPage.of(report_document(report, vocabulary))).encode()


def _as_xlsx(report: AnnualReport, vocabulary: Vocabulary, _now: datetime) -> bytes:
    return write_workbook(report_document(report, vocabulary))


def _as_docx(report: AnnualReport, vocabulary: Vocabulary, now: datetime) -> bytes:
    return write_word(report_document(report, vocabulary), now=now)


def _as_pdf(report: AnnualReport, vocabulary: Vocabulary, _now: datetime) -> bytes:
    """Raises PdfUnavailable."""
    return write_pdf(show_alone(PrintPage.of(report_document(report, vocabulary))))


REPORT_FORMS: Mapping[str, ReportForm] = {
    "html": ReportForm("webpagina (HTML)", "text/html", _as_html),
    "json": ReportForm("JSON", "application/json", _as_json),
    "csv": ReportForm("CSV", "text/csv", lambda report, _vocabulary, _now: report_csv(report)),
    "xlsx": ReportForm("Excel (XLSX)", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _as_xlsx),
    "docx": ReportForm(
        "Word (DOCX)", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", _as_docx
    ),
    "pdf": ReportForm("PDF", "application/pdf", _as_pdf),
}
TEXT_FORMS = frozenset({"html", "json", "csv"})
BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # without it Excel reads Syrië as SyriÃ«
