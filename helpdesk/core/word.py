"""Reports as DOCX: real headings, table heads, words for each picture. The only module that knows python-docx."""

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO

import docx
from docx.document import Document as WordDocument
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from helpdesk.core.documents import Document, Grid, GridRow, Part
from helpdesk.core.pictures import bar_chart_png

ACCENT = RGBColor(0x0B, 0x4F, 0x55)
MUTED = RGBColor(0x44, 0x50, 0x53)
PAGE_CM = (21.0, 29.7)
MARGIN_CM = 2.3
TEXT_CM = PAGE_CM[0] - 2 * MARGIN_CM
LABEL_CM = 7.2
FONT = "Calibri"


def write_word(document: Document, *, now: datetime) -> bytes:
    """Return a document of A4 pages in Dutch: title, facts, parts with their charts and tables, definitions."""
    paper = docx.Document()
    _prepare(paper, document, now)
    paper.add_heading(document.title, level=0)
    paper.add_paragraph(document.subtitle, style="Subtitle")
    for label, value in document.facts:
        line = paper.add_paragraph()
        line.add_run(f"{label}: ").bold = True
        line.add_run(value)
        line.paragraph_format.space_after = Pt(2)
    for part in document.parts:
        _add_part(paper, part)
    if document.definitions:
        paper.add_heading("Begrippen", level=1)
        for term, definition in document.definitions:
            line = paper.add_paragraph()
            line.add_run(f"{term}. ").bold = True
            line.add_run(definition)
    file = BytesIO()
    paper.save(file)
    return file.getvalue()


def _prepare(paper: WordDocument, document: Document, now: datetime) -> None:
    about = paper.core_properties
    about.title, about.subject, about.language = document.title, document.subtitle, "nl-BE"
    about.author, about.comments, about.last_modified_by = "Helpdesk", "", "Helpdesk"
    about.created = about.modified = now.astimezone(UTC).replace(tzinfo=None)
    section = paper.sections[0]
    section.page_width, section.page_height = Cm(PAGE_CM[0]), Cm(PAGE_CM[1])
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(MARGIN_CM)
    for name, size in (("Normal", 10.5), ("Title", 24), ("Subtitle", 12), ("Heading 1", 16), ("Heading 2", 13)):
        style = paper.styles[name]
        style.font.name, style.font.size = FONT, Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for kind in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
            fonts.set(qn(kind), FONT)
        for kind in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(kind), None)  # a theme font would win from the one named
        if name != "Normal":
            style.font.color.rgb = ACCENT
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "nl-BE")
    paper.styles["Normal"].element.get_or_add_rPr().append(language)
    _add_page_number(section.footer.paragraphs[0])


def _add_page_number(line: Paragraph) -> None:
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for kind, text in (("begin", ""), ("", " PAGE "), ("end", "")):
        run = line.add_run()
        if kind:
            sign = OxmlElement("w:fldChar")
            sign.set(qn("w:fldCharType"), kind)
        else:
            sign = OxmlElement("w:instrText")
            sign.set(qn("xml:space"), "preserve")
            sign.text = text
        run._r.append(sign)  # noqa: SLF001 - python-docx has no fields


def _add_part(paper: WordDocument, part: Part) -> None:
    paper.add_heading(part.title, level=part.level - 1)
    for paragraph in part.paragraphs:
        paper.add_paragraph(paragraph)
    for bullet in part.bullets:
        paper.add_paragraph(bullet, style="List Number" if part.is_ranking else "List Bullet")
    for grid in part.grids:
        _add_grid(paper, grid)


def _add_grid(paper: WordDocument, grid: Grid) -> None:
    caption = paper.add_paragraph()
    caption.paragraph_format.keep_with_next = True
    caption.paragraph_format.space_before = Pt(10)
    caption.add_run(grid.title).bold = True
    if grid.definition:
        _add_small(paper, grid.definition).paragraph_format.keep_with_next = True
    if grid.bars:
        _add_picture(paper, grid)
    table = paper.add_table(rows=0, cols=1 + len(grid.columns))
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    _add_row(table, grid.heading, grid.columns, grid.kinds, is_bold=True)
    _repeat_head(table)
    for row in grid.rows:
        _add_row(table, row.label, _texts(row), grid.kinds, is_bold=False)
    if grid.total is not None:
        _add_row(table, grid.total.label, _texts(grid.total), grid.kinds, is_bold=True)
    _set_widths(table, len(grid.columns))
    for note in grid.notes:
        _add_small(paper, note)
    paper.add_paragraph().paragraph_format.space_after = Pt(0)


def _add_small(paper: WordDocument, text: str) -> Paragraph:
    line = paper.add_paragraph()
    run = line.add_run(text)
    run.font.size, run.font.color.rgb = Pt(9), MUTED
    line.paragraph_format.space_after = Pt(4)
    return line


def _add_picture(paper: WordDocument, grid: Grid) -> None:
    line = paper.add_paragraph()
    line.paragraph_format.keep_with_next = True
    shape = line.add_run().add_picture(BytesIO(bar_chart_png(grid.bars)), width=Cm(TEXT_CM))
    shape._inline.docPr.set("descr", grid.chart_title)  # noqa: SLF001 - python-docx has no words for pictures
    shape._inline.docPr.set("title", grid.title)  # noqa: SLF001


def _texts(row: GridRow) -> list[str]:
    return [cell.text for cell in row.cells]


def _add_row(table: Table, label: str, texts: Sequence[str], kinds: Sequence[str], *, is_bold: bool) -> None:
    cells = table.add_row().cells  # type: ignore[no-untyped-call]  # python-docx types the rest
    _fill(cells[0], label, is_bold=is_bold, is_number=False)
    for cell, text, kind in zip(cells[1:], texts, kinds, strict=True):
        _fill(cell, text, is_bold=is_bold, is_number=kind != "text")


def _fill(cell: _Cell, text: str, *, is_bold: bool, is_number: bool) -> None:
    line = cell.paragraphs[0]
    line.paragraph_format.space_after = Pt(1)
    line.paragraph_format.space_before = Pt(1)
    run = line.add_run(text)
    run.bold, run.font.size = is_bold, Pt(9.5)
    if is_number:
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _repeat_head(table: Table) -> None:
    """Mark the first row as the head: repeated on a next page, and announced by a screen reader."""
    head = OxmlElement("w:tblHeader")
    head.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(head)  # noqa: SLF001 - python-docx has no table heads


def _set_widths(table: Table, columns: int) -> None:
    each = (TEXT_CM - LABEL_CM) / columns
    for place, column in enumerate(table.columns):
        column.width = Cm(LABEL_CM if place == 0 else each)
    for row in table.rows:
        cannot_split = OxmlElement("w:cantSplit")
        row._tr.get_or_add_trPr().append(cannot_split)  # noqa: SLF001 - python-docx cannot keep a row whole
        for place, cell in enumerate(row.cells):
            cell.width = Cm(LABEL_CM if place == 0 else each)
