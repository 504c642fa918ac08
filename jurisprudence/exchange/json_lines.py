"""JSON Lines: one ruling per line, as an object with the fields of the record."""

import json
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from jurisprudence.exchange.lines import read_lines
from jurisprudence.exchange.record import InvalidRecord, RulingRecord, fields_of, make_record


def write_json_lines(records: Iterable[RulingRecord]) -> Iterator[str]:
    """Yield one line per record, every field in it, accents as they are."""
    for record in records:
        yield json.dumps(fields_of(record), ensure_ascii=False) + "\n"


def read_json_lines(stream: BinaryIO) -> Iterator[tuple[int, RulingRecord | InvalidRecord]]:
    """Yield the record of each line, or why it is none, with the number of the line; blank lines are left out.

    Raises:
        UnreadableFile: the file cannot be read any further.
    """
    for number, line in read_lines(stream):
        if isinstance(line, InvalidRecord):
            yield number, line
        elif line.strip():
            try:
                yield number, read_json_line(line)
            except InvalidRecord as wrong:
                yield number, wrong


def read_json_line(line: str) -> RulingRecord:
    """Read one line. Raises InvalidRecord with the reason in Dutch."""
    try:
        value = json.loads(line.rstrip())
    except json.JSONDecodeError as broken:
        raise InvalidRecord(f"Dit is geen geldige JSON (teken {broken.pos + 1}).") from broken
    except (ValueError, RecursionError) as broken:  # a number of thousands of digits, brackets without end
        raise InvalidRecord("Deze JSON kan niet gelezen worden.") from broken
    if not isinstance(value, dict):
        raise InvalidRecord("Een regel moet één JSON-object zijn: {…}.")
    return make_record(value)
