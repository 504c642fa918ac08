"""From documents to the arrays of a segment: every text is cut in chunks, and sorting turns it inside out.

What a chunk means is worked out once per distinct chunk, as numbers of terms. A text is then a row of numbers, and all
that follows is arithmetic on whole rows: the word positions, the postings of each term, the documents of each word.
"""

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from jurisprudence.search.analysis import chunk_steps, chunks_with_starts, sentence_starts, split_chunks
from jurisprudence.search.compounds import clear_memory
from jurisprudence.search.documents import Prepared, prepare
from jurisprudence.search.packs import Array, narrow
from jurisprudence.search.places import pack_places
from jurisprudence.search.results import Document
from jurisprudence.search.segments import (
    PLAIN_WORD,
    TAG_FIELDS,
    TEXT_FIELDS,
    FieldPostings,
    StoredDocument,
    Words,
    segment_arrays,
    written_words,
)
from jurisprudence.search.snapshot import Contents

PART_GAP = 100
"""Word positions between the parts of a field (keywords, numbers): phrases never cross two parts."""

MOST_WAITING = 8_000_000
"""Occurrences of terms held before they are sorted away; each takes eight bytes."""

GATHERED_AT_ONCE = 1_000_000
WRITTEN_FIELDS = frozenset({"title", "keywords", "summary", "text"})
"""The fields whose words are suggested: what people read, not what only helps to find."""

CUT_FIELDS = frozenset({"summary", "text"})
"""The fields of which one sentence is shown."""

_GAP = 0

Progress = Callable[[int], None]


class _Ragged:
    """Rows of numbers of uneven length, grown one row at a time and read many at a time."""

    def __init__(self) -> None:
        self._firsts = array("I")
        self._counts = array("H")
        self.values = array("I")

    def append(self, row: Sequence[int]) -> None:
        self._firsts.append(len(self.values))
        self._counts.append(len(row))
        self.values.extend(row)

    def expand(self, rows: Array) -> tuple[Array, Array]:
        """Return the places in `values` of all these rows, end to end, and for each the place of its row in `rows`."""
        counts = np.frombuffer(self._counts, dtype=np.uint16)[rows].astype(np.int64)
        starts = np.frombuffer(self._firsts, dtype=np.uint32)[rows] - (np.cumsum(counts) - counts)
        owners = np.repeat(np.arange(len(rows)), counts)
        return starts[owners] + np.arange(len(owners)), owners


class _Numbers(dict[bytes, int]):
    """Gives every distinct term the next number."""

    def __missing__(self, term: bytes) -> int:
        number = self[term] = len(self)
        return number


class _ChunkTable(dict[str, int]):
    """The number of every distinct chunk of one language, and what each number means."""

    def __init__(self, language: str, terms: _Numbers, words: _Numbers) -> None:
        super().__init__()
        self._language = language
        self._term_numbers, self._word_numbers = terms, words
        self._widths = array("H", [PART_GAP])
        self._terms, self._shifts, self._words = _Ragged(), array("H"), _Ragged()
        for rows in (self._terms, self._words):
            rows.append(())  # chunk 0 is the gap between two parts

    def __missing__(self, chunk: str) -> int:
        steps = chunk_steps(chunk, self._language)
        self._terms.append([self._term_numbers[term] for step in steps for term in step])
        self._shifts.extend(shift for shift, step in enumerate(steps) for _ in step)
        self._words.append([self._word_numbers[word.encode()] for word in PLAIN_WORD.findall(chunk.lower())])
        number = self[chunk] = len(self._widths)
        self._widths.append(len(steps))
        return number

    def numbers(self, text: str) -> list[int]:
        """Return the numbers of the chunks of a text."""
        return list(map(self.__getitem__, split_chunks(text)))

    def starts(self, chunks: Array) -> Array:
        """Return the word position at which each chunk starts."""
        widths = np.frombuffer(self._widths, dtype=np.uint16)[chunks]
        return np.cumsum(widths, dtype=np.int64) - widths

    def steps(self, chunks: Array, starts: Array, firsts: Array) -> tuple[Array, Array]:
        """Return, per word position, how much further than the word before it its chunk begins, and sentence starts.

        `starts` are the places of the chunks in their sentences, `firsts` the first chunks of the sentences; what is
        returned of these are their word positions.
        """
        widths = np.frombuffer(self._widths, dtype=np.uint16)[chunks]
        of_words, positions = np.repeat(starts, widths), (np.cumsum(widths, dtype=np.int64) - widths)[firsts]
        steps = np.diff(of_words, prepend=0)
        begins = positions[positions < len(steps)]  # a last sentence may be of no word
        steps[begins] = of_words[begins]
        return steps, positions

    def occurrences(self, chunks: Array) -> tuple[Array, Array]:
        """Return the terms of these chunks and their word positions, in order of position."""
        places, owners = self._terms.expand(chunks)
        shifts = np.frombuffer(self._shifts, dtype=np.uint16)[places]
        terms = np.frombuffer(self._terms.values, dtype=np.uint32)[places]
        return terms, (self.starts(chunks)[owners] + shifts).astype(np.uint32)

    def words(self, chunks: Array) -> Array:
        """Return the numbers of the words of these chunks."""
        places, _ = self._words.expand(chunks)
        return np.frombuffer(self._words.values, dtype=np.uint32)[places]


@dataclass(frozen=True)
class _Run:
    """Postings in order of term number, then document; `positions` lie end to end."""

    terms: Array
    documents: Array
    frequencies: Array
    positions: Array


@dataclass
class _Occurrences:
    """The terms of one field, document by document, sorted into runs when there are many."""

    terms: list[Array] = field(default_factory=list)
    positions: list[Array] = field(default_factory=list)
    documents: list[tuple[int, int]] = field(default_factory=list)
    runs: list[_Run] = field(default_factory=list)
    waiting: int = 0

    def add(self, number: int, terms: Array, positions: Array) -> None:
        self.terms.append(terms)
        self.positions.append(positions)
        self.documents.append((number, len(terms)))
        self.waiting += len(terms)
        if self.waiting > MOST_WAITING:
            self.sort()

    def sort(self) -> None:
        """Turn what is waiting into a run."""
        if self.waiting:
            terms, positions = np.concatenate(self.terms), np.concatenate(self.positions)
            numbers, counts = np.array(self.documents, dtype=np.uint32).T
            order = np.argsort(terms, kind="stable")
            terms, documents = terms[order], np.repeat(numbers, counts)[order]
            is_first = np.ones(len(terms), dtype=bool)
            is_first[1:] = (terms[1:] != terms[:-1]) | (documents[1:] != documents[:-1])
            first = np.flatnonzero(is_first)
            frequencies = np.diff(np.append(first, len(terms))).astype(np.uint32)
            self.runs.append(_Run(terms[first], documents[first], frequencies, narrow(positions)[order]))
        self.terms, self.positions, self.documents, self.waiting = [], [], [], 0


class Inverter:
    """Collects documents, and whole segments without their deleted documents, and gives the arrays of all of them."""

    def __init__(self) -> None:
        self._terms, self._words = _Numbers(), _Numbers()
        self._tables: dict[str, _ChunkTable] = {}
        self._text = {name: _Occurrences() for name in TEXT_FIELDS}
        self._tags = {name: _Occurrences() for name in TAG_FIELDS}
        self._stored: list[StoredDocument] = []
        self._words_of_documents: list[Array] = []

    def __len__(self) -> int:
        return len(self._stored)

    def add(self, document: Prepared) -> None:
        """Add one document."""
        number, table = len(self._stored), self._table(document.language)
        words, sentences = [], dict[str, bytes]()
        for name, parts in {**document.parts, "text": [document.text]}.items():
            if name in CUT_FIELDS:
                chunks, sentences[name] = _sentence_chunks(parts[0], table)
            else:
                chunks = _part_chunks(parts, table)
            self._text[name].add(number, *table.occurrences(chunks))
            if name in WRITTEN_FIELDS:
                words.append(table.words(chunks))
        for name, tags in document.tags.items():
            found = np.array([self._terms[tag.encode()] for tag in dict.fromkeys(tags)], dtype=np.uint32)
            self._tags[name].add(number, found, found)
        self._words_of_documents.append(np.unique(np.concatenate(words)))
        self._stored.append(
            StoredDocument(
                document.record, document.text.encode(), sentences["text"], sentences["summary"], document.day
            )
        )

    def add_segment(self, contents: Contents, alive: Array) -> None:
        """Add the documents of a segment that are still alive (a mask), in their order."""
        renumbered = (np.cumsum(alive) - 1 + len(self._stored)).astype(np.uint32)
        for name in (*TEXT_FIELDS, *TAG_FIELDS):
            run = _run_of(contents, name, alive, renumbered, self._terms)
            (self._text | self._tags)[name].runs.append(run)
        for number in np.flatnonzero(alive).tolist():
            stored = contents.stored(number)
            self._stored.append(stored)
            words = sorted(self._words[word.encode()] for word in written_words(stored))
            self._words_of_documents.append(np.array(words, dtype=np.uint32))

    def arrays(self) -> dict[str, Array]:
        """Return the arrays of a segment that holds everything added."""
        terms = list(self._terms)
        return segment_arrays(
            {name: _postings(found, terms) for name, found in (self._text | self._tags).items()},
            self._stored,
            self._counted_words(),
        )

    def _table(self, language: str) -> _ChunkTable:
        if language not in self._tables:
            self._tables[language] = _ChunkTable(language, self._terms, self._words)
        return self._tables[language]

    def _counted_words(self) -> Words:
        words = [word.decode() for word in self._words]
        held = [*self._words_of_documents, np.zeros(0, dtype=np.uint32)]
        counts = np.bincount(np.concatenate(held), minlength=len(words)).tolist()
        return [(word, count) for word, count in zip(words, counts, strict=True) if count]


def inverted(documents: Iterable[Document], progress: Progress = lambda _count: None) -> Inverter:
    """Analyse documents; `progress` is called with the number done so far. Raises ValueError when two have one id."""
    inverter, seen = Inverter(), set[str]()
    for document in documents:
        if document.id in seen:
            raise ValueError(f"Two documents have the id {document.id}.")
        seen.add(document.id)
        inverter.add(prepare(document))
        progress(len(seen))
    clear_memory()
    return inverter


def _part_chunks(parts: Sequence[str], table: _ChunkTable) -> Array:
    chunks: list[int] = []
    for part in parts:
        chunks += table.numbers(part)
        chunks.append(_GAP)
    return np.array(chunks, dtype=np.int64)


def _sentence_chunks(text: str, table: _ChunkTable) -> tuple[Array, bytes]:
    """Return the chunks of a text, and where its sentences and words stand (`places.pack_places`)."""
    chunks, starts = list[int](), list[int]()
    firsts, offsets, offset = [], [], 0
    for start, end in pairwise([*sentence_starts(text), len(text)]):
        sentence = text[start:end]
        found = chunks_with_starts(sentence)
        if found:
            firsts.append(len(chunks))
            offsets.append(offset)
            chunks += [table[chunk] for chunk, _ in found]
            starts += [place for _, place in found]
        offset += len(sentence.encode())
    numbers = np.array(chunks, dtype=np.int64)
    steps, positions = table.steps(numbers, np.array(starts, dtype=np.int64), np.array(firsts, dtype=np.int64))
    return numbers, pack_places(positions, np.array(offsets, dtype=np.int64), steps)


def _run_of(contents: Contents, name: str, alive: Array, renumbered: Array, terms: _Numbers) -> _Run:
    """Return the postings of one field of a segment, deleted documents left out."""
    vocabulary, arrays = contents.vocabulary(name), contents.arrays
    numbers = np.array([terms[term] for term in vocabulary], dtype=np.uint32)
    of_posting = np.repeat(numbers, np.diff(arrays[f"{name}.ends"]).astype(np.int64))
    documents = arrays[f"{name}.documents"]
    keep = alive[documents]
    if name in TAG_FIELDS:
        frequencies = np.zeros(int(keep.sum()), dtype=np.uint32)
        return _Run(of_posting[keep], renumbered[documents[keep]], frequencies, frequencies[:0])
    frequencies = arrays[f"{name}.frequencies"].astype(np.uint32)
    positions = arrays[f"{name}.positions"][np.repeat(keep, frequencies)].astype(np.uint32)
    return _Run(of_posting[keep], renumbered[documents[keep]], frequencies[keep], positions)


def _postings(found: _Occurrences, terms: Sequence[bytes]) -> FieldPostings:
    """Join the runs of one field, in order of the terms themselves."""
    found.sort()
    numbers = _joined([run.terms for run in found.runs])
    used = np.unique(numbers)
    by_name = sorted((terms[number], number) for number in used.tolist())
    rows = np.zeros(len(terms), dtype=np.uint32)
    rows[[number for _, number in by_name]] = np.arange(len(by_name), dtype=np.uint32)
    row_of_posting = rows[numbers]
    order = np.argsort(row_of_posting, kind="stable")
    frequencies = _joined([run.frequencies for run in found.runs])
    positions = _joined([run.positions for run in found.runs])
    counts = np.bincount(row_of_posting, minlength=len(by_name))
    return FieldPostings(
        [term for term, _ in by_name],
        np.concatenate(([0], np.cumsum(counts))).astype(np.uint64),
        _joined([run.documents for run in found.runs])[order],
        frequencies[order],
        _gathered(positions, frequencies, order),
    )


def _joined(pieces: Sequence[Array]) -> Array:
    return np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.uint32)


def _gathered(values: Array, lengths: Array, order: Array) -> Array:
    """Return runs of values in another order; piecemeal, because the places of all of them need much memory."""
    starts = np.cumsum(lengths, dtype=np.int64) - lengths
    pieces = [_runs(values, starts[part], lengths[part]) for part in _slices(order)]
    return _joined(pieces)


def _runs(values: Array, starts: Array, lengths: Array) -> Array:
    ends = np.cumsum(lengths, dtype=np.int64)
    places = np.repeat(starts - (ends - lengths), lengths) + np.arange(int(ends[-1]))
    gathered: Array = values[places]
    return gathered


def _slices(order: Array) -> Iterator[Array]:
    for first in range(0, len(order), GATHERED_AT_ONCE):
        yield order[first : first + GATHERED_AT_ONCE]
