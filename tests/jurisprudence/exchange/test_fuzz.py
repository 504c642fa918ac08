"""Files made by chance: each line becomes a record or a reason, or the file is refused; never anything else."""

import io
import json
from collections.abc import Callable, Iterator
from typing import BinaryIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jurisprudence.exchange.json_lines import read_json_lines
from jurisprudence.exchange.record import InvalidRecord, RulingRecord, UnreadableFile
from jurisprudence.exchange.sheets import read_csv

Reader = Callable[[BinaryIO], Iterator[tuple[int, RulingRecord | InvalidRecord]]]
FIELDS = [
    "court",
    "number",
    "role_number",
    "decided_on",
    "language",
    "ecli",
    "themes",
    "articles",
    "full_text",
    "anders",
]
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.lists(st.text(max_size=5), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
    st.sampled_from(
        ["RVV", "246433", "2020-12-18", "2020-02-31", "nl", "ECLI:BE:RVV:2020:1", "\0", "\ud800", "9" * 5_000]
    ),
)
GIVEN = st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=10)
LINES = st.one_of(
    GIVEN.map(lambda given: json.dumps(given).encode()),
    st.binary(max_size=60),
    st.sampled_from(
        [b"[" * 10_000, b'{"court": NaN}', b"1e999", b"\xef\xbb\xbf", b"", b'"', b"court,number", b"a;b;c", b"\r"]
    ),
    st.lists(st.text(alphabet=st.characters(codec="utf-8"), max_size=8), max_size=8).map(
        lambda cells: ",".join(cells).encode()
    ),
)
HEADER = b"court,number,role_number,decided_on,language"


@pytest.mark.parametrize("read", [read_json_lines, read_csv])
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(LINES, max_size=8), with_header=st.booleans())
def test_a_file_gives_records_and_reasons(read: Reader, lines: list[bytes], *, with_header: bool) -> None:
    content = b"\n".join([HEADER, *lines] if with_header else lines)
    told: list[tuple[int, object]] = []

    try:
        told += read(io.BytesIO(content))
    except UnreadableFile as refused:
        told.append((refused.line, refused))

    assert all(isinstance(one, RulingRecord) or str(one) for _, one in told)
    assert all(number >= 1 for number, _ in told)
