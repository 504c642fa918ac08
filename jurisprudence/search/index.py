"""The search index on disk: the only module that knows Whoosh.

Whoosh keeps schema, segments, generations and deletions. A segment is written twice from the same arrays: as Whoosh's
postings, and as one file of arrays that every process maps into memory. When that file is damaged it is decoded again
from Whoosh's. A rebuild goes into a folder of its own; until it is complete the old index answers.
"""

import json
import shutil
import warnings
from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from jurisprudence.search.blocks import BLOCK, FieldBlocks, PostingsCollector
from jurisprudence.search.checksums import note_sums, seal, sums_agree
from jurisprudence.search.generations import (
    FORMAT,
    Generation,
    IndexBusy,
    IndexDamaged,
    damage_named,
)
from jurisprudence.search.inverting import Inverter, Progress, inverted
from jurisprudence.search.packs import Array, PackDamaged, read_pack, write_pack
from jurisprudence.search.reading import Held, ReadableIndex, worth_merging
from jurisprudence.search.results import Document
from jurisprudence.search.segments import (
    TAG_FIELDS,
    TEXT_FIELDS,
    FieldPostings,
    StoredDocument,
    counted_words,
    phrase_arrays,
    rounded_lengths,
    segment_arrays,
)
from jurisprudence.search.snapshot import Contents

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
AtStep = Callable[[str], None]
LENGTH_STEPS = np.array([byte_to_length(code) for code in range(256)], dtype=np.uint32)
"""The lengths of a field that Whoosh tells apart, in index terms; scores are made of these."""


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


class SearchIndex(ReadableIndex):
    """One index in one directory, for any number of threads and processes.

    Reading never waits for writing. Writers wait for each other at most `lock_seconds`. `at_step` is called with the
    name of every step of a commit, before the next one begins.
    """

    def __init__(
        self, directory: Path, *, lock_seconds: float = LOCK_SECONDS, at_step: AtStep = lambda _step: None
    ) -> None:
        super().__init__(directory)
        self._lock_seconds = lock_seconds
        self._at_step = at_step

    def replace_all(self, documents: Iterable[Document], progress: Progress = lambda _count: None) -> int:
        """Build the index anew from these documents and return how many there are.

        The index so far answers until the new one is complete; when building fails it stays. `progress` is called with
        the number of documents done so far.

        Raises:
            IndexBusy: another writer is at work.
            ValueError: two documents have the same id.
        """
        with self._generations.writing(self._lock_seconds):
            inverter = inverted(documents, progress)
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
        inverter = inverted(changed.values())
        with self._generations.writing(self._lock_seconds), damage_named():
            current = self._generations.current()
            gone = {*remove, *changed}
            deleted = {
                held.name: [number for one in gone if (number := held.contents.number_of(one)) is not None]
                for held in self._held(current)
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
            held = self._held(current)
            merged = worth_merging(held) if len(held) > most_segments else []
            self._take_together(current, held, merged)
            return len(merged)

    def purge(self) -> int:
        """Write anew every segment in which something was deleted or replaced: no file holds its words afterwards.

        Deleting only marks a document; its words stay in the files until then. Returns how many segments were written
        anew. For the job runner, as `merge`.

        Raises:
            IndexDamaged: there is no usable index.
            IndexBusy: another writer is at work.
        """
        with self._generations.writing(self._lock_seconds), damage_named():
            current = self._generations.current()
            held = self._held(current)
            marked = [one for one in held if one.deleted]
            self._take_together(current, held, marked)
            return len(marked)

    def _take_together(self, current: Generation, held: Sequence[Held], chosen: Sequence[Held]) -> None:
        """Write what is alive in the chosen segments as one, and remove every file that is not needed."""
        if not chosen:
            self._clean(current, {one.name for one in held})
            return
        inverter = Inverter()
        for one in chosen:
            inverter.add_segment(one.contents, one.alive)
        self._commit(current, inverter, {}, dropped={one.name for one in chosen})

    def _segments_of(self, generation: Generation) -> list[tuple[str, Sequence[int]]]:
        segments = _read_toc(self._generations.folder(generation), generation).segments
        return [(segment.segment_id(), sorted(segment.deleted_docs())) for segment in segments]

    def _arrays_of(self, generation: Generation, name: str) -> dict[str, Array]:
        """Map the arrays of a segment; missing or damaged ones are decoded again from Whoosh's own files.

        Raises:
            IndexDamaged: those are damaged as well.
        """
        folder = self._generations.folder(generation)
        path = _arrays_path(folder, name)
        try:
            return read_pack(path)
        except PackDamaged as error:
            if not sums_agree(folder, name):
                raise IndexDamaged(f"The files of {name} were altered.") from error
            segments = _read_toc(folder, generation).segments
            write_pack(path, _decoded(folder, next(one for one in segments if one.segment_id() == name)))
            return read_pack(path)

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
        self._clean(current, {segment.segment_id() for segment in kept})

    def _clean(self, current: Generation, names: Collection[str]) -> None:
        """Remove what the current generation does not need: of generations before, of writers that were killed."""
        _remove_leftovers(self._generations.folder(current), current.contents, names)
        self._at_step("files removed")
        self._generations.remove_leftovers(current.folder)
        self._at_step("folders removed")

    def _write_segment(self, folder: Path, writer: "_Writer", arrays: dict[str, Array]) -> W3Segment:
        arrays |= rounded_lengths(arrays, LENGTH_STEPS) | phrase_arrays(arrays)
        segment = writer.write_segment(Contents(arrays))
        self._at_step("postings")
        note_sums(folder, segment.segment_id())
        self._at_step("sums")
        write_pack(_arrays_path(folder, segment.segment_id()), arrays)
        self._at_step("arrays")
        return segment


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
    blocks, written = FieldBlocks(contents, name), writer._postwriter  # noqa: SLF001
    for row, term in enumerate(contents.vocabulary(name)):
        writer.start_term(term)
        for block in blocks.of_term(row):
            if written._ids:  # noqa: SLF001
                written._write_block()  # noqa: SLF001
            written._ids, written._weights, written._values = block.documents, block.weights, block.values  # noqa: SLF001
            written._minlength, written._maxlength = block.shortest, block.longest  # noqa: SLF001
            written._maxweight = max(block.weights)  # noqa: SLF001
        writer.finish_term()
    writer.finish_field()


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


def _remove_leftovers(folder: Path, contents: int, names: Collection[str]) -> None:
    """Remove every file of a folder that the table of contents with this number does not need."""
    for path in folder.iterdir():
        is_needed = path.name.partition(".")[0] in names and path.suffix != ".tmp"
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif not is_needed and path != _toc_path(folder, contents):
            path.unlink(missing_ok=True)


def _arrays_path(folder: Path, name: str) -> Path:
    return folder / f"{name}{ARRAYS_SUFFIX}"


def _decoded(folder: Path, segment: W3Segment) -> dict[str, Array]:
    """Return all arrays of one Whoosh segment."""
    codec = segment.codec()
    with _reading(folder) as storage:
        reader = codec.per_document_reader(storage, segment)
        stored = [_stored(reader.stored_fields(number)) for number in range(reader.doc_count_all())]
        reader.close()
        terms = codec.terms_reader(storage, segment)
        arrays = segment_arrays(_decoded_postings(codec, terms), stored, counted_words(stored))
    return arrays | rounded_lengths(arrays, LENGTH_STEPS) | phrase_arrays(arrays)


def _stored(values: dict[str, Any]) -> StoredDocument:
    names = ("text_stored", "sentences", "summary_sentences", "day")
    return StoredDocument(json.loads(values["record"]), *(values[name] for name in names))


def _decoded_postings(codec: W3Codec, terms: W3TermsReader) -> dict[str, FieldPostings]:
    found = {name: PostingsCollector() for name in (*TEXT_FIELDS, *TAG_FIELDS)}
    schema = _schema()
    for (name, term), info in terms.items():
        found[name].start_term(term)
        matcher = codec.postings_reader(terms._postfile, info, schema[name].format)  # noqa: SLF001
        for documents, values in _blocks(matcher, has_positions=name in TEXT_FIELDS):
            found[name].add(documents, values)
    return {name: collected.postings() for name, collected in found.items()}


def _blocks(matcher: W3LeafMatcher, *, has_positions: bool) -> Iterator[tuple[Sequence[int], Sequence[bytes]]]:
    """Yield documents and packed positions of one term, a block at a time.

    Whoosh's public matcher gives one posting per call, which is ten times slower; hence its private block readers.
    """
    while matcher.is_active():
        matcher._read_ids()  # noqa: SLF001
        if has_positions:
            matcher._read_values()  # noqa: SLF001
        yield matcher._ids, matcher._values if has_positions else ()  # noqa: SLF001
        matcher._next_block()  # noqa: SLF001


def _index_in(folder: Path) -> FileIndex:
    return FileIndex(FileStorage(str(folder)), schema=_schema(), indexname=INDEX_NAME)
