"""One file of named number arrays and byte strings, memory-mapped when read and shared by all processes."""

import json
import mmap
import os
import struct
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

_MAGIC = b"JSP1"
_HEAD = struct.Struct("<4sII")
_ALIGNMENT = 16


class PackDamaged(Exception):
    """The file is no complete pack: truncated, altered or of another version."""


def narrow(values: Array) -> Array:
    """Return unsigned integers in the smallest type that holds them."""
    largest = int(values.max()) if len(values) else 0
    return values.astype(np.min_scalar_type(largest))


def write_pack(path: Path, arrays: Mapping[str, Array]) -> None:
    """Write the arrays to a file that appears whole or not at all."""
    entries, offset = {}, 0
    for name, array in arrays.items():
        raw = _raw(array)
        entries[name] = [array.dtype.str, offset, len(array), zlib.crc32(raw)]
        offset += -(-len(raw) // _ALIGNMENT) * _ALIGNMENT
    header = json.dumps(entries).encode()
    header += b" " * (-(_HEAD.size + len(header)) % _ALIGNMENT)
    temporary = path.with_name(f"{path.name}.{uuid4().hex}.tmp")
    with temporary.open("wb") as file:
        file.write(_HEAD.pack(_MAGIC, len(header), zlib.crc32(header)))
        file.write(header)
        for array in arrays.values():
            raw = _raw(array)
            file.write(raw)
            file.write(b"\0" * (-len(raw) % _ALIGNMENT))
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def read_pack(path: Path) -> dict[str, Array]:
    """Map a pack into memory and return its arrays, read-only.

    Raises:
        PackDamaged: the file is missing, shorter than promised, or its sums do not agree.
    """
    try:
        with path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        magic, length, checksum = _HEAD.unpack_from(mapped)
        header = mapped[_HEAD.size : _HEAD.size + length]
        if magic != _MAGIC or zlib.crc32(header) != checksum:
            raise PackDamaged(path.name)
        return {name: _checked(mapped, _HEAD.size + length, entry) for name, entry in json.loads(header).items()}
    except (OSError, ValueError, struct.error) as error:
        raise PackDamaged(path.name) from error


def _raw(array: Array) -> memoryview:
    return np.ascontiguousarray(array).view(np.uint8).data


def _checked(mapped: mmap.mmap, base: int, entry: Sequence[Any]) -> Array:
    dtype, offset, count, checksum = entry
    array: Array = np.frombuffer(mapped, dtype=np.dtype(dtype), count=count, offset=base + offset)
    if zlib.crc32(_raw(array)) != checksum:
        raise PackDamaged(dtype)
    return array
