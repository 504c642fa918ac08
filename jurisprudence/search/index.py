"""The search index on disk: the only module that knows Whoosh.

Whoosh keeps schema, segments, generations and deletions. A segment is written twice from the same arrays: as Whoosh's
postings, and as one file of arrays that every process maps into memory. When that file is damaged it is decoded again
from Whoosh's. A rebuild goes into a folder of its own; until it is complete the old index answers.
"""

import json
import shutil
import threading
import time
import warnings
from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from jurisprudence.search.checksums import note_sums, seal, sums_agree
from jurisprudence.search.compounds import clear_memory
from jurisprudence.search.documents import prepare
from jurisprudence.search.generations import (
    FORMAT,
    Generation,
    Generations,
    IndexBusy,
    IndexDamaged,
    Stamp,
    damage_named,
)
from jurisprudence.search.inverting import Inverter
from jurisprudence.search.packs import Array, PackDamaged, read_pack, write_pack
from jurisprudence.search.results import Document
from jurisprudence.search.segments import (
    TAG_FIELDS,
    TEXT_FIELDS,
    FieldPostings,
    StoredDocument,
    counted_words,
    segment_arrays,
)
from jurisprudence.search.snapshot import Contents, Segment, Snapshot

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Whoosh dates from 2016: its regular expressions warn when compiled
    from whoosh import fields, formats
    from whoosh.codec.whoosh3 import W3Codec, W3FieldWriter, W3LeafMatcher, W3Segment, W3TermsReader
    from whoosh.filedb.filestore import FileStorage
    from whoosh.filedb.structfile import StructFile
    from whoosh.index import TOC, FileIndex
    from whoosh.util.numeric import byte_to_length
    from whoosh.writing import SegmentWriter

__all__ = ["FORMAT", "IndexBusy", "IndexDamaged", "SearchIndex"]

INDEX_NAME = "search"
ARRAYS_SUFFIX = ".arrays"
LOCK_SECONDS = 10.0
BLOCK = 128
"""Postings per block of Whoosh's files."""

READ_PAUSES = (0.01, 0.05, 0.1)
"""Seconds between attempts to open an index whose files disappear; a writer needs less to finish."""

SMALL = 200
SMALL_SHARE = 0.1
DELETED_SHARE = 0.2
"""A merge takes segments of under 200 documents or a tenth of the index, and those of which a fifth is deleted."""

Progress = Callable[[int], None]
AtStep = Callable[[str], None]
_LENGTHS = np.array([byte_to_length(code) for code in range(256)], dtype=np.uint32)


class _PackedPositions(formats.Format):  # type: ignore[misc]
    """Positions as packed 32-bit numbers: a whole block decodes at once."""

    def decode_frequency(self, value: bytes) -> int:
        return len(value) // 4

    def decode_weight(self, value: bytes) -> float:
        return len(value) / 4 * float(self.field_boost)

    def decode_positions(self, value: bytes) -> list[int]:
        positions = array("I")
        positions.frombytes(value)
        return positions.tolist()


class _LegalText(fields.FieldType):  # type: ignore[misc]
    """A field of analysed text; its postings are written by `_Writer`, never by Whoosh's analysis."""

    def __init__(self) -> None:
        super().__init__(_PackedPositions(), None, scorable=True)


class _Tags(fields.FieldType):  # type: ignore[misc]
    """A field of whole values that a document has or has not."""

    def __init__(self) -> None:
        super().__init__(formats.Existence(), None)


def _schema() -> fields.Schema:
    return fields.Schema(
        **{name: _LegalText() for name in TEXT_FIELDS},
        **{name: _Tags() for name in TAG_FIELDS},
        record=fields.STORED(),
        text_stored=fields.STORED(),
        sentences=fields.STORED(),
        summary_sentences=fields.STORED(),
        day=fields.STORED(),
    )


class SearchIndex:
    """One index in one directory, for any number of threads and processes.

    Reading never waits for writing. Writers wait for each other at most `lock_seconds`. `at_step` is called with the
    name of every step of a commit, before the next one begins.
    """

    def __init__(
        self, directory: Path, *, lock_seconds: float = LOCK_SECONDS, at_step: AtStep = lambda _step: None
    ) -> None:
        self._generations = Generations(directory)
        self._lock_seconds = lock_seconds
        self._at_step = at_step
        self._opening = threading.Lock()
        self._snapshot: Snapshot | None = None
        self._seen: Stamp | None = None
        self._opened: dict[Path, Contents] = {}

    def replace_all(self, documents: Iterable[Document], progress: Progress | None = None) -> int:
        """Build the index anew from these documents and return how many there are.

        The index so far answers until the new one is complete; when building fails it stays. `progress` is called with
        the number of documents done so far.

        Raises:
            IndexBusy: another writer is at work.
            ValueError: two documents have the same id.
        """
        with self._generations.writing(self._lock_seconds):
            inverter = _inverted(documents, progress)
            number = self._generations.last_number() + 1
            folder = self._generations.fresh_folder(number)
            TOC.create(FileStorage(str(folder)), _schema(), INDEX_NAME)
            self._at_step("folder")
            self._commit(Generation(folder.name, number - 1, 0, seal(_toc_path(folder, 0))), inverter, {})
        return len(inverter)

    def update(self, documents: Iterable[Document], remove: Iterable[str] = ()) -> None:
        """Add documents, replacing those with the same id, and remove the ids given; unknown ids are no error.

        Raises:
            IndexDamaged: there is no usable index to change.
            IndexBusy: another writer is at work.
        """
        changed = {document.id: document for document in documents}
        inverter = _inverted(changed.values())
        with self._generations.writing(self._lock_seconds), damage_named():
            current = self._generations.current()
            gone = {*remove, *changed}
            deleted = {
                segment.segment_id(): [number for one in gone if (number := contents.number_of(one)) is not None]
                for segment, contents in self._contents_of(current)
            }
            self._commit(current, inverter, deleted)

    def merge(self, most_segments: int = 1) -> int:
        """Take small segments together, and those with much deleted, when there are more than `most_segments`.

        Returns how many segments were taken together. For the job runner: publishing never waits for it, readers
        neither, other writers do.

        Raises:
            IndexDamaged: there is no usable index.
            IndexBusy: another writer is at work.
        """
        with self._generations.writing(self._lock_seconds), damage_named():
            current = self._generations.current()
            held = self._contents_of(current)
            merged = _worth_merging([segment for segment, _ in held]) if len(held) > most_segments else []
            if merged:
                inverter = Inverter()
                for segment, contents in held:
                    if segment in merged:
                        inverter.add_segment(contents, _alive(segment, contents.size))
                self._commit(current, inverter, {}, dropped={segment.segment_id() for segment in merged})
            else:
                self._clean(current, [segment for segment, _ in held])
            return len(merged)

    def snapshot(self) -> Snapshot:
        """Return the newest generation, shared by all threads; costs one look at a file when nothing changed.

        While the newest is damaged the last good one that this process opened serves on.

        Raises:
            IndexDamaged: there is no usable index and there was none before.
        """
        try:
            return self._newest()
        except IndexDamaged:
            if self._snapshot is None:
                raise
            return self._snapshot

    @property
    def is_usable(self) -> bool:
        """Tell whether the newest generation can be read; an older one may serve while it cannot."""
        try:
            self._newest()
        except IndexDamaged:
            return False
        return True

    @property
    def is_serving(self) -> bool:
        """Tell whether searching works, be it on the last good generation."""
        return self.is_usable or self._snapshot is not None

    @property
    def generation(self) -> int:
        """Return the number of the newest generation; it grows with every change. Raises IndexDamaged."""
        return self.snapshot().generation

    def document_count(self) -> int:
        """Return how many documents can be found. Raises IndexDamaged."""
        return self.snapshot().count

    def versions(self) -> Mapping[str, str]:
        """Return the version of every document by its id, to compare with the source. Raises IndexDamaged."""
        return self._newest().versions()

    def _newest(self) -> Snapshot:
        stamp = self._generations.stamp()
        snapshot = self._snapshot
        if snapshot is not None and stamp == self._seen:
            return snapshot
        with self._opening:
            if self._snapshot is None or stamp != self._seen:
                self._snapshot, self._seen = self._open(stamp)
            return self._snapshot

    def _open(self, stamp: Stamp) -> tuple[Snapshot, Stamp]:
        """Open the newest generation, again when a writer removed files in the middle of it."""
        for pause in READ_PAUSES:
            try:
                return self._open_once(), stamp
            except IndexDamaged:
                time.sleep(pause)
                stamp = self._generations.stamp()
        return self._open_once(), stamp

    def _open_once(self) -> Snapshot:
        with damage_named():
            current = self._generations.current()
            held = self._contents_of(current)
            segments, base = [], 0
            for whoosh_segment, contents in held:
                segments.append(Segment(contents, sorted(whoosh_segment.deleted_docs()), base))
                base += contents.size
            folder = self._generations.folder(current)
            live = {_arrays_path(folder, segment) for segment, _ in held}
            self._opened = {path: contents for path, contents in self._opened.items() if path in live}
            return Snapshot(segments, current.number)

    def _contents_of(self, generation: Generation) -> list[tuple[W3Segment, Contents]]:
        """Return Whoosh's segments of a generation with their arrays; each file is opened once per process."""
        folder, found = self._generations.folder(generation), []
        for segment in _read_toc(folder, generation).segments:
            path = _arrays_path(folder, segment)
            if path not in self._opened:
                self._opened[path] = Contents(_arrays_of(folder, segment))
            found.append((segment, self._opened[path]))
        return found

    def _commit(
        self,
        base: Generation,
        inverter: Inverter,
        deleted: Mapping[str, Sequence[int]],
        dropped: Collection[str] = (),
    ) -> None:
        """Write a new generation beside the current one and make it current; what dies half-way leaves no trace."""
        folder = self._generations.folder(base)
        writer = _Writer(folder, base)
        try:
            kept = [segment for segment in writer.segments if segment.segment_id() not in dropped]
            for segment in kept:
                for number in set(deleted.get(segment.segment_id(), ())) - set(segment.deleted_docs()):
                    segment.delete_document(number)
            kept = [segment for segment in kept if segment.doc_count()]
            if len(inverter):
                kept.append(self._write_segment(folder, writer, inverter.arrays()))
            committed = writer.write_toc(kept)
            self._at_step("contents")
        finally:
            writer.close()
        current = replace(base, number=base.number + 1, contents=committed, checksum=seal(_toc_path(folder, committed)))
        self._generations.switch(current)
        self._at_step("switch")
        self._clean(current, kept)

    def _clean(self, current: Generation, segments: Sequence[W3Segment]) -> None:
        """Remove what the current generation does not need: of generations before, of writers that were killed."""
        _remove_leftovers(self._generations.folder(current), current.contents, segments)
        self._at_step("files removed")
        self._generations.remove_leftovers(current.folder)
        self._at_step("folders removed")

    def _write_segment(self, folder: Path, writer: "_Writer", arrays: dict[str, Array]) -> W3Segment:
        arrays |= _quantised(arrays)
        segment = writer.write_segment(Contents(arrays))
        self._at_step("postings")
        note_sums(folder, segment.segment_id())
        self._at_step("sums")
        write_pack(_arrays_path(folder, segment), arrays)
        self._at_step("arrays")
        return segment


def _inverted(documents: Iterable[Document], progress: Progress | None = None) -> Inverter:
    """Analyse documents. Raises ValueError when two have the same id."""
    inverter, seen = Inverter(), set[str]()
    for document in documents:
        if document.id in seen:
            raise ValueError(f"Two documents have the id {document.id}.")
        seen.add(document.id)
        inverter.add(prepare(document))
        if progress is not None:
            progress(len(seen))
    clear_memory()
    return inverter


def _alive(segment: W3Segment, size: int) -> Array:
    alive = np.ones(size, dtype=bool)
    alive[list(segment.deleted_docs())] = False
    return alive


def _worth_merging(segments: Sequence[W3Segment]) -> list[W3Segment]:
    """Return the small segments and those with much deleted; nothing when that is one segment without deletions."""
    limit = max(SMALL, SMALL_SHARE * sum(segment.doc_count_all() for segment in segments))
    chosen = [
        segment
        for segment in segments
        if segment.doc_count_all() < limit or segment.deleted_count() > DELETED_SHARE * segment.doc_count_all()
    ]
    is_tidy = len(chosen) == 1 and not chosen[0].deleted_count()
    return [] if is_tidy else chosen


class _At:
    """What Whoosh's writer wants to know of an index: its storage, and the table of contents to go on from."""

    indexname = INDEX_NAME

    def __init__(self, folder: Path, generation: Generation) -> None:
        self.storage = FileStorage(str(folder))
        self._toc = _read_toc(folder, generation)

    def _read_toc(self) -> TOC:
        return self._toc


class _Writer(SegmentWriter):  # type: ignore[misc]
    """Whoosh's writer, given a segment as arrays instead of a document at a time."""

    def __init__(self, folder: Path, base: Generation) -> None:
        super().__init__(_At(folder, base), _lk=False, compound=False, codec=W3Codec(blocklimit=BLOCK, compression=0))

    def write_segment(self, contents: Contents) -> W3Segment:
        """Write all documents and postings and return the segment; nobody sees it before `write_toc`."""
        lengths = {name: contents.arrays[f"{name}.exact_lengths"].tolist() for name in TEXT_FIELDS}
        for number in range(contents.size):
            self._write_document(contents.stored(number), {name: lengths[name][number] for name in lengths})
        self.perdocwriter.close()
        for name in sorted((*TEXT_FIELDS, *TAG_FIELDS)):
            _write_field(self.fieldwriter, self.schema[name], name, contents)
        self.fieldwriter.close()
        return self.get_segment()

    def write_toc(self, segments: Sequence[W3Segment]) -> int:
        """Write the table of contents of the next generation and return its number."""
        _toc_path(Path(self.storage.folder), self.generation).unlink(missing_ok=True)  # of a writer that was killed
        TOC(self.schema, list(segments), self.generation).write(self.storage, INDEX_NAME)
        return int(self.generation)

    def close(self) -> None:
        """Close all files."""
        self._close_segment()
        self._finish()

    def _write_document(self, stored: StoredDocument, lengths: Mapping[str, int]) -> None:
        writer, schema = self.perdocwriter, self.schema
        writer.start_doc(self.docnum)
        for name, length in lengths.items():
            writer.add_field(name, schema[name], None, length)
        record = json.dumps(stored.record, ensure_ascii=False)
        values = {
            "record": record,
            "text_stored": stored.text,
            "sentences": stored.sentences,
            "summary_sentences": stored.summary_sentences,
            "day": stored.day,
        }
        for name, value in values.items():
            writer.add_field(name, schema[name], value, 0)
        writer.finish_doc()
        self.docnum += 1


def _write_field(writer: W3FieldWriter, field: fields.FieldType, name: str, contents: Contents) -> None:
    """Write the postings of one field, a block at a time.

    Whoosh's public interface takes one posting per call, which is five times slower; hence its private buffers.
    """
    writer.start_field(name, field)
    postings, block = _Postings(contents, name), writer._postwriter  # noqa: SLF001
    for row, term in enumerate(contents.vocabulary(name)):
        writer.start_term(term)
        for documents, weights, values, shortest, longest in postings.blocks(row):
            if block._ids:  # noqa: SLF001
                block._write_block()  # noqa: SLF001
            block._ids, block._weights, block._values = documents, weights, values  # noqa: SLF001
            block._minlength, block._maxlength, block._maxweight = shortest, longest, max(weights)  # noqa: SLF001
        writer.finish_term()
    writer.finish_field()


_Block = tuple["array[int]", "array[float]", list[bytes], int, int]


class _Postings:
    """The postings of one field of a segment as Whoosh's blocks."""

    def __init__(self, contents: Contents, name: str) -> None:
        arrays = contents.arrays
        self._ends = arrays[f"{name}.ends"].tolist()
        self._documents = arrays[f"{name}.documents"].astype(np.uint32)
        self._has_positions = name in TEXT_FIELDS
        if self._has_positions:
            self._weights = arrays[f"{name}.frequencies"].astype(np.float32)
            self._places = arrays[f"{name}.position_ends"].astype(np.int64) * 4
            self._positions = arrays[f"{name}.positions"].astype(np.uint32).tobytes()
            self._lengths = arrays[f"{name}.lengths"][self._documents]

    def blocks(self, row: int) -> Iterator[_Block]:
        first, last = self._ends[row], self._ends[row + 1]
        for start in range(first, last, BLOCK):
            yield self._block(start, min(start + BLOCK, last))

    def _block(self, start: int, end: int) -> _Block:
        documents = array("I", self._documents[start:end].tobytes())
        if not self._has_positions:
            return documents, array("f", [1.0]) * (end - start), [], 0, 0
        places, positions = self._places[start : end + 1].tolist(), self._positions
        values = [positions[left:right] for left, right in pairwise(places)]
        lengths = self._lengths[start:end]
        weights = array("f", self._weights[start:end].tobytes())
        return documents, weights, values, int(lengths.min()), int(lengths.max())


def _quantised(arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Return the field lengths as Whoosh rounds them, which scores are made of, and their exact sums."""
    found: dict[str, Array] = {}
    for name in TEXT_FIELDS:
        exact = arrays[f"{name}.exact_lengths"]
        found[f"{name}.lengths"] = _LENGTHS[np.searchsorted(_LENGTHS, exact).clip(0, len(_LENGTHS) - 1)]
        found[f"{name}.length_total"] = np.array([exact.sum(dtype=np.uint64)], dtype=np.float64)
    return found


class _Storage(FileStorage):  # type: ignore[misc]
    """A folder of Whoosh files; Whoosh leaves files open when reading fails, so we remember and close them."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder))
        self._opened: list[StructFile] = []

    def open_file(self, name: str, **options: object) -> StructFile:
        file = super().open_file(name, **options)
        self._opened.append(file)
        return file

    def close_files(self) -> None:
        for file in self._opened:
            if not file.is_closed:
                file.close()


@contextmanager
def _reading(folder: Path) -> Iterator[_Storage]:
    """Give access to a folder of Whoosh files and close them all afterwards."""
    storage = _Storage(folder)
    try:
        yield storage
    finally:
        storage.close_files()


def _toc_path(folder: Path, number: int) -> Path:
    return folder / f"_{INDEX_NAME}_{number}.toc"


def _read_toc(folder: Path, generation: Generation) -> TOC:
    """Read Whoosh's table of contents of a generation. Raises IndexDamaged when it was altered."""
    if seal(_toc_path(folder, generation.contents)) != generation.checksum:
        raise IndexDamaged("The table of contents was altered.")
    with _reading(folder) as storage:
        return TOC.read(storage, INDEX_NAME, gen=generation.contents, schema=_schema())


def _remove_leftovers(folder: Path, contents: int, segments: Sequence[W3Segment]) -> None:
    """Remove every file of a folder that the table of contents with this number does not need."""
    live = {segment.segment_id() for segment in segments}
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path != _toc_path(folder, contents) and (path.name.partition(".")[0] not in live or path.suffix == ".tmp"):
            path.unlink(missing_ok=True)


def _arrays_path(folder: Path, segment: W3Segment) -> Path:
    return folder / f"{segment.segment_id()}{ARRAYS_SUFFIX}"


def _arrays_of(folder: Path, segment: W3Segment) -> dict[str, Array]:
    """Map the arrays of a segment; missing or damaged ones are decoded again from Whoosh's own files.

    Raises:
        IndexDamaged: those are damaged as well.
    """
    path = _arrays_path(folder, segment)
    try:
        return read_pack(path)
    except PackDamaged as error:
        if not sums_agree(folder, segment.segment_id()):
            raise IndexDamaged(f"The files of {segment.segment_id()} were altered.") from error
        write_pack(path, _decoded(folder, segment))
        return read_pack(path)


def _decoded(folder: Path, segment: W3Segment) -> dict[str, Array]:
    """Return all arrays of one Whoosh segment."""
    codec = segment.codec()
    with _reading(folder) as storage:
        reader = codec.per_document_reader(storage, segment)
        stored = [_stored(reader.stored_fields(number)) for number in range(reader.doc_count_all())]
        reader.close()
        terms = codec.terms_reader(storage, segment)
        arrays = segment_arrays(_decoded_postings(codec, terms), stored, counted_words(stored))
    return arrays | _quantised(arrays)


def _stored(values: dict[str, Any]) -> StoredDocument:
    names = ("text_stored", "sentences", "summary_sentences", "day")
    return StoredDocument(json.loads(values["record"]), *(values[name] for name in names))


def _decoded_postings(codec: W3Codec, terms: W3TermsReader) -> dict[str, FieldPostings]:
    found = {name: _Decoding() for name in (*TEXT_FIELDS, *TAG_FIELDS)}
    schema = _schema()
    for (name, term), info in terms.items():
        matcher = codec.postings_reader(terms._postfile, info, schema[name].format)  # noqa: SLF001
        found[name].add(term, matcher, has_positions=name in TEXT_FIELDS)
    return {name: decoding.postings() for name, decoding in found.items()}


class _Decoding:
    """Collects the postings of one field as Whoosh holds them."""

    def __init__(self) -> None:
        self._terms: list[bytes] = []
        self._ends = array("Q", [0])
        self._documents, self._frequencies = array("I"), array("I")
        self._positions: list[bytes] = []

    def add(self, term: bytes, matcher: W3LeafMatcher, *, has_positions: bool) -> None:
        """Add one term, a block at a time.

        Whoosh's public matcher gives one posting per call, which is ten times slower; hence its private block readers.
        """
        self._terms.append(term)
        while matcher.is_active():
            matcher._read_ids()  # noqa: SLF001
            self._documents.extend(matcher._ids)  # noqa: SLF001
            if has_positions:
                matcher._read_values()  # noqa: SLF001
                self._frequencies.extend(len(value) // 4 for value in matcher._values)  # noqa: SLF001
                self._positions.extend(matcher._values)  # noqa: SLF001
            matcher._next_block()  # noqa: SLF001
        self._ends.append(len(self._documents))

    def postings(self) -> FieldPostings:
        return FieldPostings(
            self._terms,
            np.frombuffer(self._ends, dtype=np.uint64),
            np.frombuffer(self._documents, dtype=np.uint32),
            np.frombuffer(self._frequencies, dtype=np.uint32),
            np.frombuffer(b"".join(self._positions), dtype=np.uint32),
        )


def _index_in(folder: Path) -> FileIndex:
    return FileIndex(FileStorage(str(folder)), schema=_schema(), indexname=INDEX_NAME)
