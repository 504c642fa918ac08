"""Reading an index that others write: each generation is opened once per process, each file of arrays too."""

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from jurisprudence.search.generations import Generation, Generations, IndexDamaged, Stamp, damage_named
from jurisprudence.search.packs import Array
from jurisprudence.search.snapshot import Contents, Segment, Snapshot

READ_PAUSES = (0.01, 0.05, 0.1)
"""Seconds between attempts to open an index whose files disappear; a writer needs less to finish."""

SMALL = 200
SMALL_SHARE = 0.1
DELETED_SHARE = 0.2
"""A merge takes segments of under 200 documents or a tenth of the index, and those of which a fifth is deleted."""


@dataclass(frozen=True)
class Held:
    """One segment of a generation: its name, the documents deleted from it, its arrays."""

    name: str
    deleted: Sequence[int]
    contents: Contents

    @property
    def alive(self) -> Array:
        """Return a mask of the documents that are not deleted."""
        alive = np.ones(self.contents.size, dtype=bool)
        alive[list(self.deleted)] = False
        return alive


class ReadableIndex(ABC):
    """The reading side of an index, for any number of threads; what it never does is wait for a writer."""

    def __init__(self, directory: Path) -> None:
        self._generations = Generations(directory)
        self._opening = threading.Lock()
        self._snapshot: Snapshot | None = None
        self._seen: Stamp | None = None
        self._opened: dict[str, Contents] = {}

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

    @abstractmethod
    def _segments_of(self, generation: Generation) -> list[tuple[str, Sequence[int]]]:
        """Return name and deleted documents of each segment."""

    @abstractmethod
    def _arrays_of(self, generation: Generation, name: str) -> Mapping[str, Array]:
        """Return the arrays of a segment. Raises IndexDamaged when they cannot be had."""

    def _held(self, generation: Generation) -> list[Held]:
        """Return the segments of a generation."""
        found = []
        for name, deleted in self._segments_of(generation):
            key = f"{generation.folder}/{name}"
            if key not in self._opened:
                self._opened[key] = Contents(self._arrays_of(generation, name))
            found.append(Held(name, deleted, self._opened[key]))
        return found

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
            segments, base = [], 0
            held = self._held(current)
            for one in held:
                segments.append(Segment(one.contents, one.alive, base))
                base += one.contents.size
            live = {f"{current.folder}/{one.name}" for one in held}
            self._opened = {key: contents for key, contents in self._opened.items() if key in live}
            return Snapshot(segments, current.number)


def worth_merging(segments: Sequence[Held]) -> list[Held]:
    """Return the small segments and those with much deleted; nothing when that is one segment without deletions."""
    limit = max(SMALL, SMALL_SHARE * sum(one.contents.size for one in segments))
    chosen = [
        one for one in segments if one.contents.size < limit or len(one.deleted) > DELETED_SHARE * one.contents.size
    ]
    is_tidy = len(chosen) == 1 and not chosen[0].deleted
    return [] if is_tidy else chosen
