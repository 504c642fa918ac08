"""What is written comes back as it was, whatever signs it holds."""

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jurisprudence.exchange.json_lines import read_json_lines, write_json_lines
from jurisprudence.exchange.record import FIELDS, InvalidRecord, RulingRecord, fields_of
from jurisprudence.exchange.sheets import MOST_CELL, read_csv, write_csv, write_spreadsheet_csv

Write = Callable[[Iterable[RulingRecord]], Iterator[str]]
Read = Callable[[BinaryIO], Iterator[tuple[int, RulingRecord | InvalidRecord]]]

_SIGNS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
_NASTY = st.sampled_from(
    ["=1+1", "'=x", "''@", "-2", "\t", "\r", "\r\n", "\n", '"', '""', ";", ",", "; ", "\ufeff", "\u2028", "{}"]
)
_TEXT = st.lists(st.one_of(st.text(_SIGNS, max_size=20), _NASTY), max_size=5).map("".join)
_LONG = _TEXT.map(lambda text: text if text.strip() else None)
_LINE = _TEXT.map(lambda text: " ".join(text.split()) or None)
_ITEM = _TEXT.map(lambda text: " ".join(text.replace(";", "").split())).filter(bool)
_ITEMS = st.lists(_ITEM, max_size=4, unique=True).map(tuple)
RECORDS = st.builds(
    RulingRecord,
    court=_LINE.filter(bool),
    division=_LINE,
    number=_LINE.filter(bool),
    role_number=_LINE,
    decided_on=st.dates(min_value=date(1000, 1, 1)),
    ecli=_LINE,
    language=_LINE.filter(bool),
    title=_LINE,
    keywords=_LONG,
    summary=_LONG,
    full_text=_LONG,
    themes=_ITEMS,
    articles=_ITEMS,
    outcome=_LINE,
    source_url=_LINE,
    published=st.none(),
)


def read_back(write: Write, read: Read, records: list[RulingRecord]) -> list[RulingRecord | InvalidRecord]:
    """Write records to a file and read that file."""
    written = "".join(write(records)).encode()
    return [found for _, found in read(io.BytesIO(written))]


@pytest.mark.parametrize(
    ("write", "read"),
    [(write_json_lines, read_json_lines), (write_csv, read_csv), (write_spreadsheet_csv, read_csv)],
    ids=["jsonl", "csv", "spreadsheet"],
)
@given(records=st.lists(RECORDS, max_size=3))
def test_records_survive_writing_and_reading(write: Write, read: Read, records: list[RulingRecord]) -> None:
    assert read_back(write, read, records) == records


@given(record=RECORDS)
def test_no_cell_begins_as_a_formula(record: RulingRecord) -> None:
    """A spreadsheet runs what begins so: a summary could send the reader's other cells elsewhere."""
    import csv  # noqa: PLC0415 - the independent reader of this one test

    rows = list(csv.reader(io.StringIO("".join(write_csv([record])), newline="")))

    assert rows[0] == list(FIELDS)
    assert [cell for cell in rows[1] if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))] == []


def test_a_text_too_long_for_a_cell_is_left_out_of_a_spreadsheet_only() -> None:
    record = RulingRecord(
        court="RVV", number="1", decided_on=date(2020, 1, 1), language="nl", full_text="x" * MOST_CELL
    )

    assert read_back(write_csv, read_csv, [record]) == [record]
    assert read_back(write_spreadsheet_csv, read_csv, [record]) == [replace(record, full_text=None)]


def test_the_fields_are_the_promised_ones_in_order() -> None:
    """Others read and write this form: a name only changes with an alias."""
    record = RulingRecord(court="RVV", number="246433", decided_on=date(2020, 12, 18), language="nl", themes=("bgv",))

    assert list(fields_of(record)) == [
        "court", "division", "number", "role_number", "decided_on", "ecli", "language", "title", "keywords", "summary",
        "full_text", "themes", "articles", "outcome", "source_url",
    ]  # fmt: skip
    assert fields_of(record)["decided_on"] == "2020-12-18"
    assert fields_of(record)["themes"] == ["bgv"]
