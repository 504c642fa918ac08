"""What the explorer found as a document: one table with its chart, and what was counted in words."""

import csv
import io
from collections.abc import Sequence

from helpdesk.core.documents import Cell, Document, Grid, GridRow, Part
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.explorer import rules
from helpdesk.explorer.rules import CrossTable, Question
from helpdesk.figures.documents import number_cell, share_cell, signed, with_noun, without_formula
from helpdesk.figures.rules import growth as growth_of
from helpdesk.figures.rules import share as share_of
from helpdesk.web.filters import long_date, number

PERSONS_COUNTED = (
    "Verblijfssituatie en nationaliteit kijken naar elke persoon over wie het advies gaat; een filter op allebei "
    "vraagt één persoon met beide. Het jaarverslag telt alleen de eerste persoon."
)


def cross_document(question: Question, table: CrossTable, vocabulary: Vocabulary) -> Document:
    """Return what the explorer found as a document: one table with its chart, and what was counted in words."""
    first, last = long_date(question.period.first_on), long_date(question.period.last_on)
    several = [words for name, words in rules.COUNTED_SEVERAL_TIMES.items() if name in {question.row, question.column}]
    counts = (
        f"Een rij telt vermeldingen: een advies telt één keer per {' en per '.join(several)}."
        if several
        else "Een rij telt adviezen: elk advies telt één keer."
    )
    chosen = [
        f"{field.title}: {vocabulary.lists[field.code_list].label(question.filters[name])}"
        for name, field in rules.EXPLORER_FIELDS.items()
        if name in question.filters
    ]
    advice = with_noun(table.advice, "advies", "adviezen")
    change = signed(growth_of(table.advice, table.advice_before))
    sentences = [
        f"Van {first} tot en met {last}: {advice}; een jaar eerder {number(table.advice_before)} ({change}).",
        *([f"Alleen {', '.join(chosen)}."] if chosen else []),
        *([PERSONS_COUNTED] if question.asks_about_persons else []),
        "Intern: kleine aantallen kunnen naar een persoon wijzen. Publiceer deze tabel niet.",
    ]
    grid = _cross_grid(question, table, counts)
    return Document(
        title=grid.title, subtitle=counts, parts=[Part(level=2, title="Tabel", paragraphs=sentences, grids=[grid])]
    )


def field_title(name: str) -> str:
    """Return the title of a field of the explorer."""
    return rules.TIME_FIELDS.get(name) or rules.EXPLORER_FIELDS[name].title


def _cross_grid(question: Question, table: CrossTable, counts: str) -> Grid:
    unit = "Totaal vermeldingen" if question.counts_mentions else "Totaal"
    several = question.column is not None
    total = sum(table.row_total(row) for row, _ in table.rows)
    columns = [label[:1].upper() + label[1:] for _, label in table.columns]

    def cells(own: Sequence[int], n: int, before: int, *, is_total: bool = False) -> list[Cell]:
        counts_twice = question.column in rules.COUNTED_SEVERAL_TIMES or (is_total and question.counts_mentions)
        share = share_cell(None if counts_twice else share_of(n, table.advice))
        growth = growth_of(n, before)
        return [
            *(number_cell(one) for one in own),
            *([number_cell(n)] if several else []),
            share,
            number_cell(before),
            Cell(signed(growth), growth, "share"),
        ]

    rows = [
        GridRow(
            label[:1].upper() + label[1:],
            cells(
                [table.counts.get((row, column), 0) for column, _ in table.columns],
                table.row_total(row),
                table.before.get(row, 0),
            ),
        )
        for row, label in table.rows
    ]
    by = f" en {field_title(question.column).lower()}" if question.column else ""
    return Grid(
        name="verkenner",
        title=f"Adviezen per {field_title(question.row).lower()}{by}",
        heading=field_title(question.row),
        columns=[*columns, *([unit] if several else []), "Aandeel", "Jaar eerder", "Verschil"],
        rows=rows,
        total=GridRow(
            unit,
            cells(
                [table.column_total(column) for column, _ in table.columns],
                total,
                sum(table.before.values()),
                is_total=True,
            ),
        ),
        definition=f"{counts} Aandeel van alle {with_noun(table.advice, 'advies', 'adviezen')}.",
        drawn=len(columns) if several else 0,
    )


def grid_csv(grid: Grid) -> bytes:
    """Return one table as CSV with semicolons: numbers bare, so that a spreadsheet calculates with them."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([grid.heading, *grid.columns])
    for row in (*grid.rows, *([grid.total] if grid.total else [])):
        writer.writerow(
            [without_formula(row.label), *(cell.value if cell.value is not None else "" for cell in row.cells)]
        )
    return text.getvalue().encode()
