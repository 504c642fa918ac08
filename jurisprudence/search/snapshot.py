"""One generation of the index, ready to be searched: an immutable view that all threads share."""

import json
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, compress, pairwise
from typing import Any
from zlib import crc32

import numpy as np

from jurisprudence.search.columns import FacetColumn, facet_column
from jurisprudence.search.documents import NO_DAY
from jurisprudence.search.named import OVERRULED_TAG
from jurisprudence.search.packs import Array
from jurisprudence.search.pairs import Pairs
from jurisprudence.search.places import WordPlaces, read_places
from jurisprudence.search.question import Question
from jurisprudence.search.ranking import KIND_FACTORS, OVERRULED_FACTOR, length_norm, news_factors
from jurisprudence.search.results import Kind
from jurisprudence.search.segments import FACET_FIELDS, TEXT_FIELDS, StoredDocument
from jurisprudence.search.signs import Signs
from jurisprudence.search.stems import fold

SPARSE = 64
"""A document is looked up in a list of so many times more sooner than a whole list in a mask."""


@dataclass(frozen=True)
class Postings:
    """Where one term stands in one field; `documents` ascend, `positions` lie end to end per document.

    `ends` counts positions up to and including each document, from some number on that `positions` begins at.
    """

    documents: Array
    frequencies: Array
    positions: Array
    ends: Array

    @cached_property
    def numbers(self) -> Array:
        """Return the documents as numbers to index with; numpy would convert narrower ones each time."""
        return self.documents.astype(np.intp)

    def rows_among(self, wanted: Array, numbers: Array) -> Array:
        """Return the rows of the documents of a mask, which are given as numbers too."""
        if SPARSE * len(numbers) > len(self.documents):
            return np.flatnonzero(wanted[self.numbers])
        rows, is_held = self.rows_of(numbers)
        held: Array = rows[is_held]
        return held

    def rows_of(self, documents: Array) -> tuple[Array, Array]:
        """Return the row of each of some documents, and which of them hold the term; the row of others says nothing."""
        rows = np.searchsorted(self.numbers, documents)
        return rows, self.numbers.take(rows, mode="clip") == documents

    def positions_in(self, documents: Array) -> Iterator[tuple[int, list[int]]]:
        """Yield the positions in each of these documents (ascending numbers) that holds the term."""
        rows, is_held = self.rows_of(documents)
        rows = rows[is_held]
        for row, number in zip(rows.tolist(), self.numbers[rows].tolist(), strict=True):
            start, end = self._extent(row)
            yield number, self.positions[start:end].tolist()

    def position_starts(self, rows: Array) -> Array:
        """Return where in `positions` the documents of these rows begin."""
        if not len(rows):
            return np.zeros(0, dtype=np.int64)
        return self.ends[rows].astype(np.int64) - self._base - self.frequencies[rows]

    @property
    def _base(self) -> int:
        return int(self.ends[0]) - int(self.frequencies[0])

    def _extent(self, row: int) -> tuple[int, int]:
        end = int(self.ends[row]) - self._base
        return end - int(self.frequencies[row]), end


class Contents:
    """The arrays of one segment and what was read from them; shared by all generations that hold the segment."""

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self.arrays = arrays
        self.size = len(arrays["days"])
        self._vocabularies: dict[str, _Field] = {}
        self._blobs: dict[str, tuple[memoryview, memoryview]] = {}

    def vocabulary(self, name: str) -> "_Field":
        """Return the sorted terms of a field and their postings."""
        found = self._vocabularies.get(name)
        if found is None:
            found = self._vocabularies[name] = _Field(self.arrays, name)
        return found

    @cached_property
    def signs(self) -> Signs | None:
        """Return the signs of the words of all texts, None for a segment that has none in memory."""
        return Signs(self.arrays, self.vocabulary("text").row) if "text.signs" in self.arrays else None

    @cached_property
    def pairs(self) -> Pairs | None:
        """Return the pairs of frequent words in all texts, None for a segment that has none in memory."""
        return Pairs(self.arrays, self.vocabulary("text").row) if "text.pair_codes" in self.arrays else None

    def stored(self, number: int) -> StoredDocument:
        """Return what is kept of a document beside its postings."""
        record = json.loads(self.piece("records", number))
        text = self.piece("texts", number)
        sentences, of_summary = self.piece("text.sentences", number), self.piece("summary.sentences", number)
        return StoredDocument(record, text, sentences, of_summary, int(self.arrays["days"][number]))

    def number_of(self, identity: str) -> int | None:
        """Return the number of the document with an id, None when there is none."""
        row = self.vocabulary("id").row(identity.encode("utf-8", "replace"))
        return None if row is None else int(self.arrays["id.documents"][int(self.arrays["id.ends"][row])])

    def piece(self, name: str, number: int) -> bytes:
        """Return one byte string of a blob: a record, a text, the sentences of a document."""
        blob = self._blobs.get(name)
        if blob is None:
            blob = self._blobs[name] = self.arrays[f"{name}.bytes"].data, self.arrays[f"{name}.ends"].data
        pieces, ends = blob
        return pieces[ends[number] : ends[number + 1]].tobytes()

    def records(self) -> Iterator[bytes]:
        """Yield the record of every document, as JSON."""
        return (self.piece("records", number) for number in range(self.size))

    @cached_property
    def ids(self) -> Array:
        """Return the id of every document, as bytes."""
        ids = np.array(list(self.vocabulary("id")) or [b""], dtype=np.bytes_)[: self.size]
        ordered = np.empty_like(ids)
        ordered[self.arrays["id.documents"]] = ids
        return ordered

    @cached_property
    def titles(self) -> list[tuple[str, str, str, str]]:
        """Return of every document its title folded, its title, its kind and its address."""
        records = map(json.loads, self.records())
        return [(fold(record["title"]), record["title"], record["kind"], record["address"]) for record in records]


class Segment:
    """A segment as one generation sees it: its contents, which documents are alive, the place of its first one."""

    def __init__(self, contents: Contents, alive: Array, base: int) -> None:
        self.contents = contents
        self.alive = alive
        self.base = base
        self.size = contents.size


class _Field:
    """The terms of a field, sorted, and their postings, read from the map one at a time."""

    def __init__(self, arrays: Mapping[str, Array], name: str) -> None:
        self._starts = arrays[f"{name}.starts"].data
        self._bytes = arrays[f"{name}.vocabulary"].data
        self._slots = arrays[f"{name}.slots"].data
        self._last_slot = len(self._slots) - 1
        self._ends = arrays[f"{name}.ends"].data
        self._documents = arrays[f"{name}.documents"]
        self._frequencies = arrays.get(f"{name}.frequencies")
        self._places, self._positions = arrays.get(f"{name}.position_ends"), arrays.get(f"{name}.positions")

    def __iter__(self) -> Iterator[bytes]:
        for start, end in pairwise(self._starts):
            yield bytes(self._bytes[start:end])

    def row(self, term: bytes, checksum: int | None = None) -> int | None:
        """Return the place of a term (its crc32 may be given) among the sorted ones; None for one that is not held."""
        slot = (crc32(term) if checksum is None else checksum) & self._last_slot
        while row := self._slots[slot]:
            if self._bytes[self._starts[row - 1] : self._starts[row]] == term:
                return int(row) - 1
            slot = (slot + 1) & self._last_slot
        return None

    def postings(self, row: int, base: int) -> Postings:
        """Return the postings of a term by its row; `base` is added to the numbers of the documents."""
        first, last = self._ends[row], self._ends[row + 1]
        documents = self._documents[first:last]
        if base:
            documents = documents.astype(np.uint32) + np.uint32(base)
        if self._frequencies is None or self._places is None or self._positions is None:  # a field of whole values
            return Postings(documents, documents[:0], documents[:0], documents[:0])
        ends = self._places[first : last + 1]
        positions = self._positions[int(ends[0]) : int(ends[-1])]
        return Postings(documents, self._frequencies[first:last], positions, ends[1:])


class Snapshot:
    """All documents of one generation, numbered 0 to `size` - 1; `alive` masks out the deleted ones."""

    def __init__(self, segments: Sequence[Segment], generation: int) -> None:
        self.segments = tuple(segments)
        self.generation = generation
        self.size = sum(segment.size for segment in segments)
        self.alive = _concatenated([segment.alive for segment in segments], np.bool_)
        self.count = int(self.alive.sum())
        self._bases = [segment.base for segment in segments]
        self._fields: dict[str, list[tuple[_Field, int]]] = {}
        self.days = self._joined("days", np.int32)
        self.norms = {name: self._norms(name) for name in TEXT_FIELDS}
        self.newest_rank, self.oldest_rank = self._date_ranks()

    def in_text_fields(self, term: bytes) -> Mapping[str, Postings]:
        """Return where a term stands, by text field, in their order; deleted documents included."""
        checksum, found = crc32(term), dict[str, Postings]()
        for name in TEXT_FIELDS:
            postings = self._postings(name, term, checksum)
            if postings is not None:
                found[name] = postings
        return found

    def _postings(self, name: str, term: bytes, checksum: int) -> Postings | None:
        fields = self._fields.get(name)
        if fields is None:
            fields = [(segment.contents.vocabulary(name), segment.base) for segment in self.segments]
            self._fields[name] = fields
        rows = [(field, field.row(term, checksum), base) for field, base in fields]
        found = [field.postings(row, base) for field, row, base in rows if row is not None]
        if len(found) < 2:  # noqa: PLR2004 -- nothing to join
            return found[0] if found else None
        frequencies = np.concatenate([postings.frequencies for postings in found])
        return Postings(
            np.concatenate([postings.documents for postings in found]),
            frequencies,
            np.concatenate([postings.positions for postings in found]),
            np.cumsum(frequencies, dtype=np.int64),
        )

    def tagged(self, name: str, value: str) -> Array:
        """Return the numbers of the documents that carry a tag; empty for an unknown value."""
        term = value.encode("utf-8", "replace")
        postings = self._postings(name, term, crc32(term))
        return postings.numbers if postings is not None else np.zeros(0, dtype=np.intp)

    def tag_values(self, name: str) -> list[str]:
        """Return all values of a tag field, sorted."""
        values = {term for segment in self.segments for term in segment.contents.vocabulary(name)}
        return sorted(term.decode() for term in values)

    def number_of(self, identity: str) -> int | None:
        """Return the number of the living document with an id, None when there is none."""
        for segment in self.segments:
            number = segment.contents.number_of(identity)
            if number is not None and segment.alive[number]:
                return segment.base + number
        return None

    def prepare(self, question: Question, prefix_terms: Callable[[str], Sequence[bytes]]) -> None:
        """Be told what is about to be looked up; an index that is far away fetches all of it at once."""

    def expect(self, numbers: Sequence[int]) -> None:
        """Be told which documents a page shows; an index that is far away fetches them all at once."""

    def identity(self, number: int) -> str:
        """Return the id of a document."""
        segment = self._segment_of(number)
        identity: bytes = segment.contents.ids[number - segment.base]
        return identity.decode()

    def record(self, number: int) -> dict[str, Any]:
        """Return what is stored of a document apart from its text."""
        segment = self._segment_of(number)
        record: dict[str, Any] = json.loads(segment.contents.piece("records", number - segment.base).decode())
        return record

    def text(self, number: int, extent: slice = slice(None)) -> str:
        """Return the cleaned text of a document, or of its UTF-8 a part."""
        segment = self._segment_of(number)
        return segment.contents.piece("texts", number - segment.base)[extent].decode()

    def places(self, name: str, number: int) -> WordPlaces:
        """Return where the sentences and words of the text or summary of a document stand."""
        segment = self._segment_of(number)
        return read_places(segment.contents.piece(f"{name}.sentences", number - segment.base))

    def versions(self) -> dict[str, str]:
        """Return the version of every living document by its id."""
        living = (compress(segment.contents.records(), segment.alive.tolist()) for segment in self.segments)
        records = map(json.loads, chain.from_iterable(living))
        return {record["id"]: record["version"] for record in records}

    @cached_property
    def text_ends(self) -> Array:
        """Return where each text begins when all are laid end to end, and where the last one ends, in index terms.

        A text has no more word positions than index terms.
        """
        return np.concatenate(([0], np.cumsum(self._joined("text.exact_lengths", np.int64))))

    @cached_property
    def court_rank(self) -> Array:
        """Return each document's place by court, newest first within one; without a court last."""
        values = self.facet_columns["hof"].values
        courts = np.full(self.size, len(values), dtype=np.int64)
        for place, value in enumerate(values):
            courts[self.tagged("hof", value)] = place
        return _places(np.lexsort((self.newest_rank, courts)))

    @cached_property
    def worth(self) -> Mapping[bool, Array]:
        """Return what each document's score is worth to who names rulings (True) and to others (False).

        Our own pages explain, which counts for the others; news ages against the newest document; what a later ruling
        or law overruled comes below what still stands.
        """
        aged = np.ones(self.size, dtype=np.float32)
        news = self.tagged("soort", Kind.NEWS)
        aged[news] = news_factors(self.days.max(initial=0) - self.days[news])
        explained = aged.copy()
        for kind, factor in KIND_FACTORS.items():
            explained[self.tagged("soort", kind)] = factor
        for factors in (aged, explained):
            factors[self.tagged("identifier", OVERRULED_TAG)] *= OVERRULED_FACTOR
        return {True: aged, False: explained}

    @cached_property
    def facet_columns(self) -> dict[str, FacetColumn]:
        """Return the column of every facet."""
        return {name: self._facet_column(name) for name in FACET_FIELDS}

    def article_values(self, number: str, law: str | None) -> list[str]:
        """Return the values of the facet `artikel` that mean this article, of any law when none is named."""
        values = self._articles_by_number.get(number, [])
        return [value for value in values if law is None or value.startswith(f"{law}:")]

    @cached_property
    def _articles_by_number(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for value in self.facet_columns["artikel"].values:
            _, _, numbers = value.casefold().partition(":")
            for number in dict.fromkeys(numbers.split("..")):
                found.setdefault(number, []).append(value)
        return found

    def _segment_of(self, number: int) -> Segment:
        return self.segments[bisect_right(self._bases, number) - 1]

    def _norms(self, name: str) -> Array:
        total = sum(float(segment.contents.arrays[f"{name}.length_total"][0]) for segment in self.segments)
        return length_norm(self._joined(f"{name}.lengths", np.float32), total / self.size if self.size else 0.0)

    def _joined(self, name: str, dtype: type[Any]) -> Array:
        return _concatenated([segment.contents.arrays[name] for segment in self.segments], dtype)

    def _facet_column(self, name: str) -> FacetColumn:
        values = self.tag_values(name)
        return facet_column(values, [self.tagged(name, value) for value in values], self.size)

    def _date_ranks(self) -> tuple[Array, Array]:
        """Return each document's place by date, newest or oldest first; undated last, ties by id."""
        ids = _concatenated([segment.contents.ids for segment in self.segments], np.bytes_)
        by_id = _places(np.argsort(ids, kind="stable"))
        undated = self.days == NO_DAY
        newest = np.lexsort((by_id, -self.days, undated))
        oldest = np.lexsort((by_id, self.days, undated))
        return _places(newest), _places(oldest)


def _concatenated(pieces: Sequence[Array], dtype: type[Any]) -> Array:
    if not pieces:
        return np.zeros(0, dtype=dtype)
    joined = np.concatenate(pieces)
    return joined if dtype is np.bytes_ else joined.astype(dtype)


def _places(order: Array) -> Array:
    places = np.empty(len(order), dtype=np.int64)
    places[order] = np.arange(len(order))
    return places
