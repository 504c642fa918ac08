"""Reports as XLSX: a sheet per table with a chart of the program's own. The only module that knows XlsxWriter."""

from io import BytesIO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from helpdesk.core.documents import Cell, Document, Grid

# the Belgian way in every program: a blank between thousands, whatever language the computer speaks
NUMBER = r"[>=1000000]#\ ###\ ##0;[>=1000]#\ ##0;0"
SHARE = r'0\ "%"'
FIRST_ROW = 4  # under the title, the definition and a blank
MOST_SHEET_NAME = 31
WIDEST_COLUMN = 60
ROW_PX = 20


class _Styles:
    """The formats of one workbook."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.title: Format = book.add_format({"bold": True, "font_size": 14})
        self.wrap: Format = book.add_format({"text_wrap": True, "valign": "top"})
        self.note: Format = book.add_format({"italic": True, "font_color": "#44546a"})
        self.head: Format = book.add_format({"bold": True, "bottom": 1})
        self.head_right: Format = book.add_format({"bold": True, "bottom": 1, "align": "right"})
        self.cells: dict[tuple[str, bool], Format] = {
            (kind, is_total): book.add_format(
                {"align": "right", "bold": is_total, **({"num_format": form} if form else {})}
                | ({"top": 1} if is_total else {})
            )
            for kind, form in (("number", NUMBER), ("share", SHARE), ("text", ""))
            for is_total in (False, True)
        }
        self.total: Format = book.add_format({"bold": True, "top": 1})


def write_workbook(document: Document) -> bytes:
    """Return a workbook: one sheet with the text, then one per table, named after it, with its chart beside it.

    A hidden number stays text, so that nothing calculates with it.
    """
    file = BytesIO()
    # text that begins with "=" stays text, and nothing is written to a temporary file
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": document.title, "subject": document.subtitle, "language": "nl-BE"})
    styles = _Styles(book)
    _write_text(book.add_worksheet("Toelichting"), document, styles)
    used = {"toelichting"}
    for grid in document.grids:
        _write_grid(book, grid, styles, _sheet_name(grid.title, used))
    book.close()
    return file.getvalue()


def _write_text(sheet: Worksheet, document: Document, styles: _Styles) -> None:
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 100)
    sheet.write_string(0, 0, document.title, styles.title)
    sheet.write_string(1, 0, document.subtitle)
    row = 3
    for label, value in document.facts:
        sheet.write_string(row, 0, label, styles.wrap)
        sheet.write_string(row, 1, value, styles.wrap)
        row += 1
    for part in document.parts:
        sheet.write_string(row + 1, 0, part.title, styles.head)
        row += 2
        for line in (*part.paragraphs, *part.bullets):
            sheet.write_string(row, 1, line, styles.wrap)
            row += 1
    sheet.write_string(row + 1, 0, "Begrippen", styles.head)
    for number, (term, definition) in enumerate(document.definitions, start=row + 2):
        sheet.write_string(number, 0, term, styles.wrap)
        sheet.write_string(number, 1, definition, styles.wrap)


def _write_grid(book: xlsxwriter.Workbook, grid: Grid, styles: _Styles, name: str) -> None:
    sheet = book.add_worksheet(name)
    sheet.write_string(0, 0, grid.title, styles.title)
    sheet.write_string(1, 0, grid.definition, styles.note)
    sheet.write_string(FIRST_ROW - 1, 0, grid.heading, styles.head)
    labels = [row.label for row in grid.rows]
    sheet.set_column(0, 0, min(WIDEST_COLUMN, max(map(len, [*labels, grid.heading]), default=10) + 2))
    for place, column in enumerate(grid.columns, start=1):
        sheet.write_string(FIRST_ROW - 1, place, column, styles.head_right)
        sheet.set_column(place, place, max(12, len(column) + 2))
    for number, row in enumerate(grid.rows, start=FIRST_ROW):
        sheet.write_string(number, 0, row.label)
        for place, cell in enumerate(row.cells, start=1):
            _write_cell(sheet, number, place, cell, styles, is_total=False)
    last = FIRST_ROW + len(grid.rows)
    if grid.total is not None:
        sheet.write_string(last, 0, grid.total.label, styles.total)
        for place, cell in enumerate(grid.total.cells, start=1):
            _write_cell(sheet, last, place, cell, styles, is_total=True)
    for number, note in enumerate(grid.notes, start=last + 2):
        sheet.write_string(number, 0, note, styles.note)
    sheet.freeze_panes(FIRST_ROW, 1)
    if grid.bars:
        _add_chart(book, sheet, grid, name)


def _write_cell(sheet: Worksheet, row: int, place: int, cell: Cell, styles: _Styles, *, is_total: bool) -> None:
    style = styles.cells[cell.kind if cell.value is not None else "text", is_total]
    if cell.value is None:
        sheet.write_string(row, place, cell.text, style)
    else:
        sheet.write_number(row, place, cell.value, style)


def _add_chart(book: xlsxwriter.Workbook, sheet: Worksheet, grid: Grid, name: str) -> None:
    head, last = FIRST_ROW - 1, FIRST_ROW + len(grid.rows) - 1
    if grid.draws_total:
        places = [head, 1, head, len(grid.columns)], [last + 1, 1, last + 1, len(grid.columns)]
        count = len(grid.columns)
    else:
        drawn = (grid.drawn or 0) + 1
        places = [FIRST_ROW, 0, last, 0], [FIRST_ROW, drawn, last, drawn]
        count = len(grid.rows)
    chart = book.add_chart({"type": "bar"})
    chart.add_series(
        {
            "name": grid.title,
            "categories": [name, *places[0]],
            "values": [name, *places[1]],
            "fill": {"color": "#0B4F55"},
            "data_labels": {"value": True},
            "gap": 40,
        }
    )
    chart.set_title({"name": grid.title, "name_font": {"size": 12}})
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True})  # the first row on top, as in the table
    chart.set_x_axis({"major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}}, "num_format": NUMBER})
    chart.set_size({"width": 760, "height": 140 + 30 * count})
    sheet.insert_chart(
        FIRST_ROW - 1, len(grid.columns) + 2, chart, {"description": grid.chart_title, "decorative": False}
    )


def _sheet_name(title: str, used: set[str]) -> str:
    """Return a name a sheet may have, not used yet in any case: 31 characters at most, none that programs refuse."""
    plain = "".join(" " if sign in "[]:*?/\\'" else sign for sign in title).strip()
    name, number = plain[:MOST_SHEET_NAME].strip(), 1
    while name.lower() in used:
        number += 1
        ending = f" {number}"
        name = plain[: MOST_SHEET_NAME - len(ending)].strip() + ending
    used.add(name.lower())
    return name
