"""Sums over files that have none of their own, so that a damaged one is never mistaken for a whole one."""

import json
import os
import zlib
from pathlib import Path

SUMS_SUFFIX = ".sums"
_PIECE = 1 << 20


def seal(path: Path) -> int:
    """See to it that a file is on the disk and return the sum over its content."""
    total = 0
    with path.open("rb") as file:
        os.fsync(file.fileno())
        while piece := file.read(_PIECE):
            total = zlib.crc32(piece, total)
    return total


def note_sums(folder: Path, name: str) -> None:
    """Seal all files `name`.… and write their sums beside them."""
    sums = json.dumps({path.name: seal(path) for path in sorted(folder.glob(f"{name}.*"))})
    path = folder / f"{name}{SUMS_SUFFIX}"
    temporary = path.with_suffix(".tmp")
    temporary.write_text(f"{zlib.crc32(sums.encode())}\n{sums}", encoding="utf-8")
    seal(temporary)
    temporary.replace(path)


def sums_agree(folder: Path, name: str) -> bool:
    """Tell whether all files with a sum are still what they were; what was noted last does not count."""
    try:
        checksum, _, sums = (folder / f"{name}{SUMS_SUFFIX}").read_text(encoding="utf-8").partition("\n")
        if int(checksum) != zlib.crc32(sums.encode()):
            return False
        return all(seal(folder / file) == expected for file, expected in json.loads(sums).items())
    except (OSError, ValueError):
        return False
