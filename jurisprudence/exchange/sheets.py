"""CSV: a header row with the names of the fields, one ruling per row, lists joined by "; ".

A spreadsheet runs a cell that begins with =, +, -, @, a tab or a line end as a formula. Such a cell is written with an
apostrophe in front. A reader takes one apostrophe away from a cell that has one or more in front of such a sign, so
that what was written comes back as it was, apostrophes of its own included.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import BinaryIO, Final, Self

from jurisprudence.exchange.lines import MOST_LINE_BYTES, read_lines
from jurisprudence.exchange.record import (
    FIELDS,
    LISTS,
    REQUIRED,
    TREATMENT,
    InvalidRecord,
    RulingRecord,
    UnreadableFile,
    fields_of,
    make_record,
)

LIST_SEPARATOR: Final = "; "
MOST_CELL: Final = 32_767
"""Characters in one cell of a spreadsheet; what is longer spills over the cells beside it."""
_RISKY: Final = re.compile(r"'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_GUARDED: Final = re.compile(r"'+[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_SPREADSHEET_DATE: Final = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})")


def write_csv(records: Iterable[RulingRecord]) -> Iterator[str]:
    """Yield the header and one row per record: commas, quotation marks where needed, CRLF (RFC 4180)."""
    yield from _rows(records, FIELDS, delimiter=",")


def write_spreadsheet_csv(records: Iterable[RulingRecord]) -> Iterator[str]:
    """Yield CSV that a spreadsheet in Belgium opens with a double click: a byte order mark and semicolons.

    The last column tells how a ruling was treated. A full text longer than a cell is left empty; a reader keeps what it
    has where a cell is empty.
    """
    yield "\ufeff"
    yield from _rows(records, (*FIELDS, TREATMENT), delimiter=";", most_cell=MOST_CELL)


def read_csv(stream: BinaryIO) -> Iterator[tuple[int, RulingRecord | InvalidRecord]]:
    """Yield the record of each row, or why it is none, with the number of its first line; empty rows are left out.

    The header decides between commas and semicolons. Names may be written in any case, a date also as 18/12/2020, the
    way a spreadsheet rewrites it; a line "sep=;" in front is left out. A row that is too short lacks its last fields.

    Raises:
        UnreadableFile: no header, a column that is unknown or stands there twice, a required column that is missing, or
            a file that cannot be read any further.
    """
    lines = _Lines(stream)
    names, delimiter = _header(lines)
    csv.field_size_limit(MOST_LINE_BYTES)
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        place = lines.number + 1
        try:
            row = next(rows)
            if any(cell.strip() for cell in row):
                yield place, _record(names, row)
        except StopIteration:
            return
        except InvalidRecord as wrong:
            yield place, wrong
        except csv.Error:
            yield place, InvalidRecord("Deze rij is geen geldige CSV: controleer de aanhalingstekens.")


class _Lines:
    """The lines of a file for the CSV reader: one that cannot be read raises, and the next one can still be asked."""

    def __init__(self, stream: BinaryIO) -> None:
        self._lines = read_lines(stream)
        self.number = 0

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        self.number, line = next(self._lines)
        if isinstance(line, InvalidRecord):
            raise line
        return line


def _header(lines: _Lines) -> tuple[list[str], str]:
    try:
        first = next(lines, "")
        if first.lower().startswith("sep="):
            first = next(lines, "")
    except InvalidRecord as wrong:
        raise UnreadableFile(lines.number, str(wrong)) from wrong
    if not first.strip():
        raise UnreadableFile(max(lines.number, 1), "Hier moeten de namen van de velden staan: de eerste rij is leeg.")
    delimiter = ";" if first.count(";") > first.count(",") else ","
    try:
        names = [name.strip().lower() for name in next(csv.reader([first], delimiter=delimiter), [])]
    except csv.Error as wrong:
        raise UnreadableFile(lines.number, "De rij met de namen van de velden is niet te lezen als CSV.") from wrong
    while names and not names[-1]:  # a spreadsheet writes the empty columns on the right too
        names.pop()
    _check_names(names, lines.number)
    return names, delimiter


def _check_names(names: list[str], line: int) -> None:
    known = f"Kies uit: {', '.join(FIELDS)}."
    unknown = [name for name in names if name not in {*FIELDS, TREATMENT}]
    if unknown:
        raise UnreadableFile(line, f"De kolom '{unknown[0][:40]}' ken ik niet. {known}")
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise UnreadableFile(line, f"De kolom '{twice[0]}' staat er twee keer.")
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        raise UnreadableFile(line, f"De kolom '{missing[0]}' ontbreekt. {known}")


def _record(names: list[str], row: list[str]) -> RulingRecord:
    while len(row) > len(names) and not row[-1].strip():
        row.pop()
    if len(row) > len(names):
        raise InvalidRecord(f"Deze rij telt {len(row)} cellen, de eerste rij {len(names)}.")
    given: dict[str, object] = {}
    for name, cell in zip(names, row, strict=False):
        text = cell[1:] if _GUARDED.match(cell) else cell
        given[name] = text.split(LIST_SEPARATOR.strip()) if name in LISTS else text
    given["decided_on"] = _SPREADSHEET_DATE.sub(
        lambda found: f"{found[3]}-{found[2]:0>2}-{found[1]:0>2}", str(given.get("decided_on", "")).strip()
    )
    return make_record(given)


def _rows(
    records: Iterable[RulingRecord], names: Sequence[str], *, delimiter: str, most_cell: int | None = None
) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n")
    for row in chain([list(names)], (_cells(record, names, most_cell) for record in records)):
        writer.writerow(row)
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def _cells(record: RulingRecord, names: Sequence[str], most_cell: int | None) -> list[str]:
    fields = fields_of(record)
    if most_cell is not None and len(record.full_text or "") >= most_cell:
        fields["full_text"] = None
    values = (fields.get(name) for name in names)
    cells = (LIST_SEPARATOR.join(value) if isinstance(value, list) else value or "" for value in values)
    return [f"'{cell}" if _RISKY.match(cell) else cell for cell in cells]
