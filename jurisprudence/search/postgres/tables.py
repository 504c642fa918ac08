"""The tables of an index in PostgreSQL: segments, what they hold of each term and document, and which are in use.

A segment never changes once it is written, except for which of its documents are deleted. What every question needs of
a segment lies in `search_arrays` and is held in memory by each process; postings and texts are fetched as they are
asked for.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

import numpy as np

from jurisprudence.search.generations import FORMAT
from jurisprudence.search.packs import Array
from jurisprudence.search.postgres.connections import Cursor
from jurisprudence.search.segments import TAG_FIELDS, TEXT_FIELDS, FieldPostings, StoredDocument, segment_arrays
from jurisprudence.search.snapshot import Contents

LONGEST_KEY = 200
"""Bytes of a term that PostgreSQL is asked to order; its indexes refuse keys of more than 2,700."""

BLOBS = ("records", "texts", "text.sentences", "summary.sentences")
_DOCUMENT_COLUMNS = ("record", "text", "sentences", "summary_sentences")
_POSTING_PARTS = ("vocabulary", "starts", "slots", "ends", "documents", "frequencies", "position_ends", "positions")
_FAR = frozenset(
    [f"{blob}.{part}" for blob in BLOBS for part in ("bytes", "ends")]
    + [f"{field}.{part}" for field in TEXT_FIELDS for part in _POSTING_PARTS]
    + [f"{field}.exact_lengths" for field in TEXT_FIELDS if field != "text"]
)
"""Arrays of a segment that no process holds in memory."""

_NO_POSTINGS = FieldPostings([], *[np.zeros(size, dtype=np.uint32) for size in (1, 0, 0, 0)])

_CREATE = """
CREATE TABLE search_generation (number bigint NOT NULL, format int NOT NULL, made bigint NOT NULL);
CREATE TABLE search_segments (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    size int NOT NULL,
    deleted int[] NOT NULL DEFAULT '{}',
    dropped_at timestamptz
);
CREATE TABLE search_arrays (
    segment int NOT NULL REFERENCES search_segments ON DELETE CASCADE,
    name text NOT NULL,
    dtype text NOT NULL,
    data bytea NOT NULL,
    PRIMARY KEY (segment, name)
);
CREATE TABLE search_documents (
    segment int NOT NULL REFERENCES search_segments ON DELETE CASCADE,
    number int NOT NULL,
    record bytea NOT NULL,
    text bytea NOT NULL,
    sentences bytea NOT NULL,
    summary_sentences bytea NOT NULL,
    PRIMARY KEY (segment, number)
);
CREATE TABLE search_postings (
    key bytea NOT NULL,
    segment int NOT NULL REFERENCES search_segments ON DELETE CASCADE,
    field smallint NOT NULL,
    term bytea,
    size int NOT NULL,
    documents bytea NOT NULL,
    frequencies bytea NOT NULL,
    positions bytea NOT NULL,
    PRIMARY KEY (key, segment, field)
);
CREATE INDEX ON search_postings (segment);
ALTER TABLE search_postings ALTER documents SET STORAGE EXTERNAL,
    ALTER frequencies SET STORAGE EXTERNAL, ALTER positions SET STORAGE EXTERNAL;
INSERT INTO search_generation
    SELECT moment, 0, moment FROM (SELECT (extract(epoch FROM clock_timestamp()) * 1e6)::bigint AS moment) AS this
"""
_DROP = (
    "DROP TABLE IF EXISTS search_generation, search_arrays, search_documents, search_postings, search_segments CASCADE"
)


@dataclass(frozen=True)
class SegmentRow:
    """One segment in use and the numbers of the documents deleted from it."""

    id: int
    size: int
    deleted: list[int]


def make_tables(cursor: Cursor, schema: str) -> None:
    """Make empty tables, unless those of this format are there; no other table of the schema is touched."""
    cursor.execute("SELECT to_regclass('search_generation') IS NOT NULL")
    found = cursor.fetchone()
    if found and found[0]:
        cursor.execute("SELECT format FROM search_generation")
        if cursor.fetchall() == [(FORMAT,)]:
            return
    cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")  # the name was checked: connections.py
    for statement in [_DROP, *_CREATE.split(";")]:
        cursor.execute(statement)
    cursor.execute("UPDATE search_generation SET format = %s", [FORMAT])


def next_generation(cursor: Cursor) -> None:
    """Let readers see what this transaction changed, once it is complete."""
    cursor.execute("UPDATE search_generation SET number = number + 1")


def segments_in_use(cursor: Cursor) -> list[SegmentRow]:
    """Return the segments of the newest generation in order."""
    cursor.execute("SELECT id, size, deleted FROM search_segments WHERE dropped_at IS NULL ORDER BY id")
    return [SegmentRow(*row) for row in cursor.fetchall()]


def mark_deleted(cursor: Cursor, segment: int, numbers: Iterable[int]) -> None:
    """Set which documents of a segment are deleted."""
    cursor.execute("UPDATE search_segments SET deleted = %s::int[] WHERE id = %s", [sorted(numbers), segment])


def drop_segments(cursor: Cursor, segments: Iterable[int]) -> None:
    """Take segments out of use; who is reading them reads on until `remove_dropped`."""
    cursor.execute(
        "UPDATE search_segments SET dropped_at = clock_timestamp() WHERE id = ANY(%s::int[])", [list(segments)]
    )


def remove_dropped(cursor: Cursor, seconds: float) -> None:
    """Remove what has been out of use for so many seconds."""
    cursor.execute(
        "DELETE FROM search_segments WHERE dropped_at <= clock_timestamp() - make_interval(secs => %s)", [seconds]
    )


def add_segment(cursor: Cursor, arrays: Mapping[str, Array]) -> None:
    """Write a segment (`segments.segment_arrays` with `rounded_lengths`) and take it into use."""
    contents = Contents(arrays)
    cursor.execute("INSERT INTO search_segments (size) VALUES (%s) RETURNING id", [contents.size])
    (segment,) = cursor.fetchone() or (0,)
    kept = {name: values for name, values in arrays.items() if name not in _FAR}
    kept["ids"] = contents.ids
    with cursor.copy("COPY search_arrays FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(["int4", "text", "text", "bytea"])
        for name, values in kept.items():
            copy.write_row((segment, name, values.dtype.str, values.tobytes()))
    with cursor.copy("COPY search_documents FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(["int4", "int4", *["bytea"] * len(BLOBS)])
        for number in range(contents.size):
            copy.write_row((segment, number, *(contents.piece(blob, number) for blob in BLOBS)))
    with cursor.copy("COPY search_postings FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(["bytea", "int4", "int2", "bytea", "int4", "bytea", "bytea", "bytea"])
        for field, name in enumerate(TEXT_FIELDS):
            for term, size, *parts in _posting_rows(contents, name):
                key = key_of(term)
                copy.write_row((key, segment, field, None if key == term else term, size, *parts))


def key_of(term: bytes) -> bytes:
    """Return what a term is stored under: itself, or when it is long its beginning and a digest."""
    return term if len(term) <= LONGEST_KEY else term[:LONGEST_KEY] + sha256(term).digest()


def read_segment(cursor: Cursor, segment: int) -> Contents:
    """Return all of a segment in memory, to write what is alive of it anew."""
    fields = dict.fromkeys(TAG_FIELDS, _NO_POSTINGS)  # theirs are among the arrays
    fields |= {name: _read_postings(cursor, segment, field) for field, name in enumerate(TEXT_FIELDS)}
    cursor.execute("SELECT name, dtype, data FROM search_arrays WHERE segment = %s", [segment])
    arrays = {name: np.frombuffer(data, dtype=dtype) for name, dtype, data in cursor.fetchall()}
    cursor.execute(
        f"SELECT {', '.join(_DOCUMENT_COLUMNS)} FROM search_documents WHERE segment = %s ORDER BY number",  # noqa: S608 -- names of ours
        [segment],
    )
    stored = [
        StoredDocument(json.loads(record), text, sentences, of_summary, day)
        for (record, text, sentences, of_summary), day in zip(cursor.fetchall(), arrays["days"].tolist(), strict=True)
    ]
    return Contents(segment_arrays(fields, stored, ()) | arrays)


def _posting_rows(contents: Contents, name: str) -> Iterator[tuple[bytes, int, bytes, bytes, bytes]]:
    """Yield each term of a field, the number of documents that hold it, and their numbers, frequencies, positions."""
    arrays = contents.arrays
    ends = arrays[f"{name}.ends"].tolist()
    places = arrays[f"{name}.position_ends"].tolist()
    documents, of_document = _raw(arrays[f"{name}.documents"])
    frequencies, of_frequency = _raw(arrays[f"{name}.frequencies"])
    positions, of_position = _raw(arrays[f"{name}.positions"])
    for row, term in enumerate(contents.vocabulary(name)):
        first, last = ends[row], ends[row + 1]
        yield (
            term,
            last - first,
            documents[first * of_document : last * of_document],
            frequencies[first * of_frequency : last * of_frequency],
            positions[places[first] * of_position : places[last] * of_position],
        )


def _read_postings(cursor: Cursor, segment: int, field: int) -> FieldPostings:
    cursor.execute(
        "SELECT coalesce(term, key), size, documents, frequencies, positions FROM search_postings "
        "WHERE segment = %s AND field = %s",
        [segment, field],
    )
    rows = sorted(cursor.fetchall())
    sizes = [size for _, size, *_ in rows]
    frequencies = [numbers(raw, size) for _, size, _, raw, _ in rows]
    return FieldPostings(
        [term for term, *_ in rows],
        np.cumsum([0, *sizes], dtype=np.uint64),
        _joined([numbers(raw, size) for _, size, raw, _, _ in rows]),
        _joined(frequencies),
        _joined([numbers(row[4], int(counts.sum())) for row, counts in zip(rows, frequencies, strict=True)]),
    )


def numbers(raw: bytes, count: int) -> Array:
    """Return so many unsigned numbers as an array; their length says how wide they are."""
    return np.frombuffer(raw, dtype=f"<u{len(raw) // count if count else 1}")


def _raw(values: Array) -> tuple[bytes, int]:
    return values.tobytes(), values.dtype.itemsize


def _joined(pieces: list[Array]) -> Array:
    return np.concatenate(pieces).astype(np.uint32) if pieces else np.zeros(0, dtype=np.uint32)
