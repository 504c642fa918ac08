"""Which folder holds the index and which generation is the newest: one small file, replaced as a whole.

Everything is written beside what readers use; they see it at the moment the small file is replaced. Whatever a writer
that was killed leaves behind is not named there and is removed by the next one.
"""

import errno
import fcntl
import json
import os
import shutil
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

FORMAT = 8
"""Raise it when analysis or layout change: older indexes then count as damaged and are rebuilt."""

CURRENT = "current.json"
LOCK = "write.lock"
LOCK_PAUSE = 0.05
"""Seconds between attempts to get the lock."""

_NO_DAMAGE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.EMFILE, errno.ENFILE})

Stamp = tuple[int, int, int]


class IndexDamaged(Exception):
    """The index is absent, incomplete or of another version: rebuild it from its source with `replace_all`."""


class IndexBusy(Exception):
    """Another writer held the index longer than we wait; nothing was changed, try again later."""


@dataclass(frozen=True)
class Generation:
    """What the small file says.

    `number` grows with every change; `contents` is the number of Whoosh's own table of contents in the folder and
    `checksum` the sum over that file.
    """

    folder: str
    number: int
    contents: int
    checksum: int


class Generations:
    """The directory of one index: its current generation and its folders, one per rebuild."""

    def __init__(self, directory: Path) -> None:
        self.directory = Path(directory)

    def stamp(self) -> Stamp:
        """Return what changes whenever another generation becomes current. Raises IndexDamaged without one."""
        try:
            status = (self.directory / CURRENT).stat()
        except OSError as error:
            raise IndexDamaged(f"No index in {self.directory}.") from error
        return status.st_mtime_ns, status.st_ino, status.st_size

    def current(self) -> Generation:
        """Return the current generation. Raises IndexDamaged when there is none or another version wrote it."""
        with damage_named():
            entry: dict[str, Any] = json.loads((self.directory / CURRENT).read_text(encoding="utf-8"))
            checksum = entry.pop("sum")
            if entry.pop("format") != FORMAT:
                raise IndexDamaged(f"The index is not of format {FORMAT}.")
            if checksum != _sum_of(entry):
                raise IndexDamaged(f"{CURRENT} was altered.")
            return Generation(**entry)

    def switch(self, generation: Generation) -> None:
        """Make a generation the current one: the moment at which readers see it."""
        path, entry = self.directory / CURRENT, asdict(generation)
        temporary = path.with_suffix(f".{os.getpid()}.tmp")
        with temporary.open("w", encoding="utf-8") as file:
            json.dump({"format": FORMAT, **entry, "sum": _sum_of(entry)}, file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)

    def folder(self, generation: Generation) -> Path:
        """Return where the files of a generation are."""
        return self.directory / generation.folder

    def last_number(self) -> int:
        """Return the highest generation ever used here, also when the index itself is damaged."""
        numbers = [int(name) for path in self._folders() if (name := path.name.partition("-")[2]).isdigit()]
        with suppress(IndexDamaged):  # a damaged index is what a rebuild is for
            numbers.append(self.current().number)
        return max(numbers, default=0)

    def fresh_folder(self, number: int) -> Path:
        """Make the folder of a rebuild."""
        folder = self.directory / f"index-{number}"
        folder.mkdir(parents=True)
        return folder

    def remove_leftovers(self, kept: str) -> None:
        """Remove the folders of earlier and of interrupted rebuilds, and files that were never finished."""
        for folder in self._folders():
            if folder.name != kept:
                shutil.rmtree(folder, ignore_errors=True)
        for path in self.directory.glob("current.*.tmp"):
            path.unlink(missing_ok=True)

    @contextmanager
    def writing(self, wait_seconds: float) -> Iterator[None]:
        """Hold the lock of all writers, threads and processes alike; a process that dies lets go. Raises IndexBusy."""
        self.directory.mkdir(parents=True, exist_ok=True)
        with (self.directory / LOCK).open("w") as lock:
            give_up_at = time.monotonic() + wait_seconds
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError as error:
                    if time.monotonic() > give_up_at:
                        raise IndexBusy("De zoekindex wordt net bijgewerkt.") from error
                    time.sleep(LOCK_PAUSE)
                else:
                    break
            yield

    def _folders(self) -> list[Path]:
        return [path for path in self.directory.glob("index-*") if path.is_dir()]


@contextmanager
def damage_named() -> Iterator[None]:
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


def _sum_of(entry: dict[str, Any]) -> int:
    return zlib.crc32(json.dumps(entry, sort_keys=True).encode())
