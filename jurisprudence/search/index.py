"""The search index on disk: the only module that knows Whoosh.

Whoosh keeps schema, writer, segments, generations and deletions. The postings of a segment never change, so they are
decoded once into a file of arrays beside it, which every process maps into memory. A rebuild goes into a folder of its
own and becomes the index by replacing one small file; until then the old index answers.
"""

import errno
import json
import os
import shutil
import threading
import time
import warnings
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jurisprudence.search.documents import index_fields
from jurisprudence.search.packs import Array, PackDamaged, read_pack, write_pack
from jurisprudence.search.results import Document
from jurisprudence.search.segments import (
    TAG_FIELDS,
    TEXT_FIELDS,
    FieldPostings,
    StoredDocument,
    document_arrays,
    field_arrays,
    length_arrays,
)
from jurisprudence.search.snapshot import Segment, Snapshot

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Whoosh dates from 2016: its regular expressions warn when compiled
    from whoosh import fields, formats
    from whoosh.codec.whoosh3 import W3Codec, W3LeafMatcher, W3Segment, W3TermsReader
    from whoosh.filedb.filestore import FileStorage
    from whoosh.filedb.structfile import StructFile
    from whoosh.index import TOC, FileIndex
    from whoosh.reading import SegmentReader
    from whoosh.util.filelock import try_for
    from whoosh.writing import CLEAR, SegmentWriter

FORMAT = 1
"""Raise it when analysis or layout change: older indexes then count as damaged and are rebuilt."""

CURRENT = "current.json"
LOCK = "write.lock"
INDEX_NAME = "search"
ARRAYS_SUFFIX = ".arrays"
LOCK_SECONDS = 10.0
POOL_MEGABYTES = 256
SMALL_SEGMENT = 200
MOST_SMALL_SEGMENTS = 6
READ_PAUSES = (0.01, 0.05, 0.1)
"""Seconds between attempts to open an index whose files disappear; a writer needs less to finish."""

Progress = Callable[[int], None]

_NO_DAMAGE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.EMFILE, errno.ENFILE})


class IndexDamaged(Exception):
    """The index is absent, incomplete or of another version: rebuild it from its source with `replace_all`."""


class IndexBusy(Exception):
    """Another writer held the index longer than we wait; nothing was changed, try again later."""


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
    """A field whose value is already analysed: term → positions."""

    def __init__(self) -> None:
        super().__init__(_PackedPositions(), None, scorable=True)

    def index(self, value: dict[bytes, list[int]], **_options: object) -> Iterator[tuple[bytes, int, float, bytes]]:
        for term, positions in value.items():
            yield term, len(positions), float(len(positions)), array("I", positions).tobytes()


class _Tags(fields.FieldType):  # type: ignore[misc]
    """A field of whole values that a document has or has not."""

    def __init__(self) -> None:
        super().__init__(formats.Existence(), None)

    def index(self, value: Sequence[str], **_options: object) -> Iterator[tuple[bytes, int, float, bytes]]:
        for tag in dict.fromkeys(value):
            yield tag.encode(), 1, 1.0, b""


def _schema() -> fields.Schema:
    return fields.Schema(
        id=_Tags(),
        **{name: _LegalText() for name in TEXT_FIELDS},
        **{name: _Tags() for name in TAG_FIELDS},
        record=fields.STORED(),
        text_stored=fields.STORED(),
        sentences=fields.STORED(),
        day=fields.STORED(),
    )


@dataclass(frozen=True)
class _Current:
    """What the small file says: which folder is the index, and a number that grows with every change."""

    folder: str
    generation: int


class SearchIndex:
    """One index in one directory, for any number of threads and processes.

    Reading never waits for writing. Writers wait for each other at most `lock_seconds`.
    """

    def __init__(self, directory: Path, *, lock_seconds: float = LOCK_SECONDS) -> None:
        self._directory = Path(directory)
        self._lock_seconds = lock_seconds
        self._opening = threading.Lock()
        self._snapshot: Snapshot | None = None
        self._seen: tuple[int, int, int] | None = None

    def replace_all(self, documents: Iterable[Document], progress: Progress | None = None) -> int:
        """Build the index anew from these documents and return how many there are.

        The index so far answers until the new one is complete; when building fails it stays. `progress` is called with
        the number of documents done so far.

        Raises:
            IndexBusy: another writer is at work.
        """
        with self._writing():
            generation = self._last_generation() + 1
            folder = self._fresh_folder(generation)
            storage = FileStorage(str(folder))
            TOC.create(storage, _schema(), INDEX_NAME)
            count = _write(_index_in(folder), map(index_fields, documents), (), mergetype=CLEAR, progress=progress)
            _load_segments(folder)
            self._switch(_Current(folder.name, generation))
            self._remove_other_folders(folder.name)
        return count

    def update(self, documents: Iterable[Document], remove: Iterable[str] = ()) -> None:
        """Add documents, replacing those with the same id, and remove the ids given; unknown ids are no error.

        Raises:
            IndexDamaged: there is no usable index to change.
            IndexBusy: another writer is at work.
        """
        changed = {document.id: index_fields(document) for document in documents}
        with self._writing(), _damage_named():
            current = self._current()
            folder = self._directory / current.folder
            _write(_index_in(folder), changed.values(), {*remove, *changed}, mergetype=_merge_small)
            live = _load_segments(folder)
            self._switch(_Current(current.folder, current.generation + 1))
            _remove_other_arrays(folder, live)

    def snapshot(self) -> Snapshot:
        """Return the newest generation, shared by all threads; costs one look at a file when nothing changed.

        Raises:
            IndexDamaged: there is no usable index.
        """
        stamp = self._stamp()
        snapshot = self._snapshot
        if snapshot is not None and stamp == self._seen:
            return snapshot
        with self._opening:
            if self._snapshot is None or stamp != self._seen:
                self._snapshot, self._seen = self._open(stamp)
            return self._snapshot

    @property
    def is_usable(self) -> bool:
        """Tell whether searching would work."""
        try:
            self.snapshot()
        except IndexDamaged:
            return False
        return True

    @property
    def generation(self) -> int:
        """Return the number of the newest generation; it grows with every change. Raises IndexDamaged."""
        return self.snapshot().generation

    def document_count(self) -> int:
        """Return how many documents can be found. Raises IndexDamaged."""
        return self.snapshot().count

    def _open(self, stamp: tuple[int, int, int]) -> tuple[Snapshot, tuple[int, int, int]]:
        """Open the newest generation, again when a writer replaced files in the middle of it."""
        for pause in READ_PAUSES:
            try:
                return self._open_once(), stamp
            except IndexDamaged:
                time.sleep(pause)
                stamp = self._stamp()
        return self._open_once(), stamp

    def _open_once(self) -> Snapshot:
        with _damage_named():
            current = self._current()
            return Snapshot(_segments(self._directory / current.folder), current.generation)

    def _stamp(self) -> tuple[int, int, int]:
        try:
            status = (self._directory / CURRENT).stat()
        except OSError as error:
            raise IndexDamaged(f"No index in {self._directory}.") from error
        return status.st_mtime_ns, status.st_ino, status.st_size

    def _current(self) -> _Current:
        """Read which folder is the index. Raises IndexDamaged when another version wrote it."""
        content = json.loads((self._directory / CURRENT).read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise IndexDamaged(f"The index has format {content['format']}, this version needs {FORMAT}.")
        return _Current(str(content["folder"]), int(content["generation"]))

    def _switch(self, current: _Current) -> None:
        """Make a generation the current one: the moment at which readers see it."""
        path = self._directory / CURRENT
        temporary = path.with_suffix(f".{os.getpid()}.tmp")
        content = {"format": FORMAT, "folder": current.folder, "generation": current.generation}
        with temporary.open("w", encoding="utf-8") as file:
            json.dump(content, file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)

    def _last_generation(self) -> int:
        """Return the highest generation ever used here, also when the index itself is damaged."""
        numbers = [int(name) for path in self._folders() if (name := path.name.partition("-")[2]).isdigit()]
        with suppress(IndexDamaged), _damage_named():  # a damaged index is what a rebuild is for
            numbers.append(self._current().generation)
        return max(numbers, default=0)

    def _folders(self) -> list[Path]:
        return [path for path in self._directory.glob("index-*") if path.is_dir()]

    def _fresh_folder(self, generation: int) -> Path:
        folder = self._directory / f"index-{generation}"
        folder.mkdir(parents=True)
        return folder

    def _remove_other_folders(self, kept: str) -> None:
        for folder in self._folders():
            if folder.name != kept:
                shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Hold the lock of all writers, threads and processes alike. Raises IndexBusy."""
        self._directory.mkdir(parents=True, exist_ok=True)
        lock = FileStorage(str(self._directory)).lock(LOCK)
        if not try_for(lock.acquire, timeout=self._lock_seconds, delay=0.05):
            raise IndexBusy("De zoekindex wordt net bijgewerkt.")
        try:
            yield
        finally:
            lock.release()


@contextmanager
def _damage_named() -> Iterator[None]:
    """Turn whatever broken files cause into IndexDamaged; a full disk or missing rights stay what they are.

    Whoosh and pickle raise nearly every built-in exception on broken files, also a bare Exception.
    """
    try:
        yield
    except (IndexDamaged, IndexBusy):
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _NO_DAMAGE:
            raise
        raise IndexDamaged(f"The search index cannot be read: {error!r}") from error


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


def _read_toc(folder: Path) -> TOC:
    with _reading(folder) as storage:
        return TOC.read(storage, INDEX_NAME, schema=_schema())


def _index_in(folder: Path) -> FileIndex:
    return FileIndex(FileStorage(str(folder)), schema=_schema(), indexname=INDEX_NAME)


def _write(
    index: FileIndex,
    documents: Iterable[dict[str, Any]],
    remove: Iterable[str],
    *,
    mergetype: Callable[..., list[Any]],
    progress: Progress | None = None,
) -> int:
    """Commit the changes to Whoosh and return the number of documents written; a failure leaves no trace."""
    writer = SegmentWriter(index, limitmb=POOL_MEGABYTES, compound=False, codec=W3Codec(compression=1))
    seen: set[str] = set()
    try:
        for identity in remove:
            writer.delete_by_term("id", identity)
        for document in documents:
            _note_id(document["id"][0], seen)
            writer.add_document(**document)
            if progress is not None:
                progress(len(seen))
        writer.commit(mergetype=mergetype)
    except BaseException:
        if not writer.is_closed:
            writer.cancel()
        raise
    return len(seen)


def _note_id(identity: str, seen: set[str]) -> None:
    """Remember an id. Raises ValueError when a document with the same id came before."""
    if identity in seen:
        raise ValueError(f"Two documents have the id {identity}.")
    seen.add(identity)


def _merge_small(writer: SegmentWriter, segments: list[Any]) -> list[Any]:
    """Keep large segments; take small ones together once there are many. Empty ones disappear."""
    alive = [segment for segment in segments if segment.doc_count()]
    small = [segment for segment in alive if segment.doc_count_all() < SMALL_SEGMENT]
    if len(small) < MOST_SMALL_SEGMENTS:
        return alive
    for segment in small:
        reader = SegmentReader(writer.storage, writer.schema, segment)
        writer.add_reader(reader)
        reader.close()
    return [segment for segment in alive if segment not in small]


def _segments(folder: Path) -> list[Segment]:
    """Open all segments of the newest Whoosh generation in a folder."""
    toc = _read_toc(folder)
    opened, base = [], 0
    for whoosh_segment in toc.segments:
        arrays = _arrays_of(folder, whoosh_segment)
        segment = Segment(arrays, sorted(whoosh_segment.deleted_docs()), base)
        opened.append(segment)
        base += segment.size
    return opened


def _load_segments(folder: Path) -> set[str]:
    """Decode what is not decoded yet and return the names of the array files in use."""
    toc = _read_toc(folder)
    for whoosh_segment in toc.segments:
        path = _arrays_path(folder, whoosh_segment)
        if not path.exists():
            write_pack(path, _decode(folder, whoosh_segment))
    return {_arrays_path(folder, whoosh_segment).name for whoosh_segment in toc.segments}


def _remove_other_arrays(folder: Path, live: set[str]) -> None:
    for path in folder.glob(f"*{ARRAYS_SUFFIX}"):
        if path.name not in live:
            path.unlink(missing_ok=True)


def _arrays_path(folder: Path, whoosh_segment: W3Segment) -> Path:
    return folder / f"{whoosh_segment.segment_id()}{ARRAYS_SUFFIX}"


def _arrays_of(folder: Path, whoosh_segment: W3Segment) -> dict[str, Array]:
    """Map the arrays of a segment; missing or damaged ones are decoded again from Whoosh's own files."""
    path = _arrays_path(folder, whoosh_segment)
    try:
        return read_pack(path)
    except PackDamaged:
        write_pack(path, _decode(folder, whoosh_segment))
        return read_pack(path)


def _decode(folder: Path, whoosh_segment: W3Segment) -> dict[str, Array]:
    """Return all arrays of one Whoosh segment."""
    codec, arrays = whoosh_segment.codec(), dict[str, Array]()
    with _reading(folder) as storage:
        for name, postings in _decode_postings(codec, codec.terms_reader(storage, whoosh_segment)).items():
            arrays |= field_arrays(name, postings)
        documents = codec.per_document_reader(storage, whoosh_segment)
        numbers = range(documents.doc_count_all())
        for name in TEXT_FIELDS:
            lengths = [documents.doc_field_length(number, name, 0) or 0 for number in numbers]
            arrays |= length_arrays(name, lengths, documents.field_length(name))
        arrays |= document_arrays([_stored(documents.stored_fields(number)) for number in numbers])
        documents.close()
    return arrays


def _stored(values: dict[str, Any]) -> StoredDocument:
    return StoredDocument(json.loads(values["record"]), values["text_stored"], values["sentences"], values["day"])


def _decode_postings(codec: W3Codec, terms: W3TermsReader) -> dict[str, FieldPostings]:
    found = {name: FieldPostings() for name in (*TEXT_FIELDS, *TAG_FIELDS)}
    schema = _schema()
    for (name, term), info in terms.items():
        if name in found:
            matcher = codec.postings_reader(terms._postfile, info, schema[name].format)  # noqa: SLF001
            found[name].add(term, *_blocks(matcher, has_positions=name in TEXT_FIELDS))
    return found


def _blocks(matcher: W3LeafMatcher, *, has_positions: bool) -> tuple[list[int], list[bytes]]:
    """Return all documents and packed positions of one term, a block at a time.

    Whoosh's public matcher gives one posting per call, which is ten times slower; hence its private block readers.
    """
    documents: list[int] = []
    positions: list[bytes] = []
    while matcher.is_active():
        matcher._read_ids()  # noqa: SLF001
        documents.extend(matcher._ids)  # noqa: SLF001
        if has_positions:
            matcher._read_values()  # noqa: SLF001
            positions.extend(matcher._values)  # noqa: SLF001
        matcher._next_block()  # noqa: SLF001
    return documents, positions
