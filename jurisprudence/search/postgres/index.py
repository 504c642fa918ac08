"""An index in PostgreSQL, for when a folder per machine no longer fits: one index for all machines and processes.

The terms, their positions and the arithmetic are those of the index in a folder, so that both find the same in the same
order; PostgreSQL keeps the segments, gives each question what it needs of them, and makes every change whole or not at
all. Its own full text is no part of it (docs/decisions/0023-an-index-in-postgresql.md).
"""

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice

from jurisprudence.search.generations import FORMAT, IndexDamaged
from jurisprudence.search.index import LENGTH_STEPS
from jurisprudence.search.inverting import Inverter, Progress, inverted
from jurisprudence.search.postgres import tables
from jurisprudence.search.postgres.connections import Connections, Cursor
from jurisprudence.search.postgres.reading import FarContents, FarSnapshot
from jurisprudence.search.postgres.tables import SegmentRow
from jurisprudence.search.reading import Held, worth_merging
from jurisprudence.search.results import Document
from jurisprudence.search.segments import rounded_lengths
from jurisprudence.search.snapshot import Segment

SCHEMA = "helpdesk_search"
MOST_AT_ONCE = 10_000
"""Documents in one segment; building one takes memory for so many."""

GRACE_SECONDS = 30.0
"""How long a segment that is out of use stays readable for who began before; no question takes that long."""

LOCK_SECONDS = 2.0
"""How long a writer waits for another: a visitor may be waiting with it, and whoever rebuilds takes minutes."""

_NEWEST = "SELECT number, format FROM search_generation"
_IN_USE = (
    "SELECT newest.number, newest.made, one.id, one.size, one.deleted FROM search_generation AS newest "
    "LEFT JOIN search_segments AS one ON one.dropped_at IS NULL ORDER BY one.id"
)


class PostgresIndex:
    """One index in one schema of a database, for any number of threads, processes and machines.

    Reading never waits for writing. Writers wait for each other at most `lock_seconds`. What is out of use is removed
    by the first writer after `grace_seconds`.
    """

    def __init__(
        self,
        url: str,
        *,
        schema: str = SCHEMA,
        lock_seconds: float = LOCK_SECONDS,
        grace_seconds: float = GRACE_SECONDS,
        most_at_once: int = MOST_AT_ONCE,
    ) -> None:
        self._connections = Connections(url, schema)
        self._lock_seconds, self._grace_seconds, self._most_at_once = lock_seconds, grace_seconds, most_at_once
        self._opening = threading.Lock()
        self._snapshot: FarSnapshot | None = None
        self._opened: dict[int, FarContents] = {}
        self._made: int | None = None

    def snapshot(self) -> FarSnapshot:
        """Return the newest generation, shared by all threads; costs one small query when nothing changed.

        Raises:
            IndexDamaged: there is no index of this version, or the server cannot be reached.
        """
        newest = self._connections.rows(_NEWEST)
        if not newest or newest[0][1] != FORMAT:
            raise IndexDamaged(f"There is no index of format {FORMAT} in PostgreSQL.")
        snapshot = self._snapshot
        if snapshot is not None and snapshot.generation == newest[0][0]:
            return snapshot
        with self._opening:
            if self._snapshot is None or self._snapshot.generation != newest[0][0]:
                self._snapshot = self._open()
            return self._snapshot

    @property
    def is_usable(self) -> bool:
        """Tell whether the newest generation can be read."""
        try:
            self.snapshot()
        except IndexDamaged:
            return False
        return True

    @property
    def is_serving(self) -> bool:
        """Tell whether searching works; without the server nothing does."""
        return self.is_usable

    @property
    def generation(self) -> int:
        """Return the number of the newest generation; it grows with every change. Raises IndexDamaged."""
        return self.snapshot().generation

    def document_count(self) -> int:
        """Return how many documents can be found. Raises IndexDamaged."""
        return self.snapshot().count

    def versions(self) -> Mapping[str, str]:
        """Return the version of every document by its id, to compare with the source. Raises IndexDamaged."""
        return self.snapshot().versions()

    def replace_all(self, documents: Iterable[Document], progress: Progress = lambda _count: None) -> int:
        """Build the index anew from these documents and return how many there are.

        The index so far answers until the new one is complete; when building fails it stays. `progress` is called with
        the number of documents done so far.

        Raises:
            IndexBusy: another writer is at work, or the server cannot be reached.
            ValueError: two documents have the same id.
        """
        rest, count = _distinct(documents), 0
        with self._connections.writing(self._lock_seconds) as cursor:
            tables.make_tables(cursor, self._connections.schema)
            before = [segment.id for segment in tables.segments_in_use(cursor)]
            while len(inverter := _inverted_from(rest, self._most_at_once, progress, count)):
                _write(cursor, inverter)
                count += len(inverter)
            self._switch(cursor, before)
        return count

    def update(self, documents: Iterable[Document], remove: Iterable[str] = ()) -> None:
        """Add documents, replacing those with the same id, and remove the ids given; unknown ids are no error.

        Raises:
            IndexDamaged: there is no usable index to change.
            IndexBusy: another writer is at work, or the server cannot be reached.
        """
        changed = {document.id: document for document in documents}
        inverter, gone = inverted(changed.values()), {*remove, *changed}
        self.snapshot()
        with self._connections.writing(self._lock_seconds) as cursor:
            emptied = [row.id for row in tables.segments_in_use(cursor) if self._delete(cursor, row, gone)]
            if len(inverter):
                _write(cursor, inverter)
            self._switch(cursor, emptied)

    def merge(self, most_segments: int = 1) -> int:
        """Take small segments together, and those with much deleted, when there are more than `most_segments`.

        Returns how many segments were taken together; no more than fit in one.

        Raises:
            IndexDamaged: there is no usable index.
            IndexBusy: another writer is at work, or the server cannot be reached.
        """
        self.snapshot()
        with self._connections.writing(self._lock_seconds) as cursor:
            held = [self._held(row) for row in tables.segments_in_use(cursor)]
            merged = _that_fit(worth_merging(held), self._most_at_once) if len(held) > most_segments else []
            if merged:
                self._take_together(cursor, merged)
            else:
                tables.remove_dropped(cursor, self._grace_seconds)
            return len(merged)

    def purge(self) -> int:
        """Write anew every segment in which something was deleted or replaced; return how many there were.

        The rows with the words of what was deleted go with the first change after the time of grace; PostgreSQL then
        uses their room in its files again.

        Raises:
            IndexDamaged: there is no usable index.
            IndexBusy: another writer is at work, or the server cannot be reached.
        """
        self.snapshot()
        with self._connections.writing(self._lock_seconds) as cursor:
            marked = [self._held(row) for row in tables.segments_in_use(cursor) if row.deleted]
            for one in marked:
                self._take_together(cursor, [one])
            if not marked:
                tables.remove_dropped(cursor, self._grace_seconds)
            return len(marked)

    def close(self) -> None:
        """Close the connections that are kept for the next question; a later one opens its own."""
        self._connections.close()

    def _open(self) -> FarSnapshot:
        rows = self._connections.rows(_IN_USE)
        if rows[0][1] != self._made:  # other tables, whose segments have the same numbers
            self._opened, self._made = {}, rows[0][1]
        segments, base = list[Segment](), 0
        held = [self._held(SegmentRow(*row)) for _, _, *row in rows if row[0] is not None]
        for one in held:
            segments.append(Segment(one.contents, one.alive, base))
            base += one.contents.size
        ids = [int(one.name) for one in held]
        self._opened = {segment: self._opened[segment] for segment in ids}
        return FarSnapshot(self._connections, segments, ids, rows[0][0])

    def _held(self, row: SegmentRow) -> Held:
        return Held(str(row.id), row.deleted, self._contents(row.id))

    def _contents(self, segment: int) -> FarContents:
        if segment not in self._opened:
            self._opened[segment] = FarContents(self._connections, segment)
        return self._opened[segment]

    def _delete(self, cursor: Cursor, row: SegmentRow, gone: Collection[str]) -> bool:
        """Delete documents from a segment and tell whether none is left."""
        contents = self._contents(row.id)
        found = {number for one in gone if (number := contents.number_of(one)) is not None}
        if not found.issubset(row.deleted):
            tables.mark_deleted(cursor, row.id, found.union(row.deleted))
        return len(found.union(row.deleted)) == row.size

    def _take_together(self, cursor: Cursor, chosen: Collection[Held]) -> None:
        """Write what is alive in the chosen segments as one."""
        inverter = Inverter()
        for one in chosen:
            inverter.add_segment(tables.read_segment(cursor, int(one.name)), one.alive)
        if len(inverter):
            _write(cursor, inverter)
        self._switch(cursor, [int(one.name) for one in chosen])

    def _switch(self, cursor: Cursor, dropped: Collection[int]) -> None:
        """Make what was written the newest generation, and remove what nobody can be reading any more."""
        tables.drop_segments(cursor, dropped)
        tables.next_generation(cursor)
        tables.remove_dropped(cursor, self._grace_seconds)


def _write(cursor: Cursor, inverter: Inverter) -> None:
    arrays = inverter.arrays()
    tables.add_segment(cursor, arrays | rounded_lengths(arrays, LENGTH_STEPS))


def _inverted_from(rest: Iterator[Document], most: int, progress: Progress, done: int) -> Inverter:
    """Analyse the next documents, as many as fit in a segment; `done` is how many there were before."""
    return inverted(islice(rest, most), lambda count: progress(done + count))


def _distinct(documents: Iterable[Document]) -> Iterator[Document]:
    """Yield the documents. Raises ValueError when two have one id."""
    seen = set[str]()
    for document in documents:
        if document.id in seen:
            raise ValueError(f"Two documents have the id {document.id}.")
        seen.add(document.id)
        yield document


def _that_fit(segments: Iterable[Held], most: int) -> list[Held]:
    """Return the smallest segments whose living documents fit in one together; nothing when that is one untouched."""
    chosen, room = list[Held](), most
    for one in sorted(segments, key=lambda held: held.contents.size):
        living = int(one.alive.sum())
        if living <= room:
            chosen.append(one)
            room -= living
    return [] if len(chosen) == 1 and not chosen[0].deleted else chosen
