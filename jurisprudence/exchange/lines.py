"""The lines of a file that someone else made: counted, of bounded length, and only when they are UTF-8."""

import zlib
from collections.abc import Iterator
from gzip import BadGzipFile
from typing import BinaryIO, Final

from jurisprudence.exchange.record import InvalidRecord, UnreadableFile

MOST_LINE_BYTES: Final = 4_000_000
_BOM: Final = b"\xef\xbb\xbf"
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")


def read_lines(stream: BinaryIO) -> Iterator[tuple[int, str | InvalidRecord]]:
    """Yield each line with its number, counting from 1, its line end included; or why it cannot be read.

    A byte order mark in front is left out. No more than one line is held at a time, and never more than four million
    bytes of it.

    Raises:
        UnreadableFile: the packed file is damaged or no gzip at all, or the text is UTF-16.
    """
    number = 0
    while line := _next(stream, number + 1):
        number += 1
        if number == 1:
            if line.startswith(_UTF_16):
                raise UnreadableFile(1, "Dit bestand is als UTF-16 bewaard. Bewaar het als UTF-8.")
            line = line.removeprefix(_BOM)
        if len(line) > MOST_LINE_BYTES:
            _skip_rest(stream, line, number)
            yield number, InvalidRecord(f"Deze regel is langer dan {MOST_LINE_BYTES // 1_000_000} miljoen bytes.")
            continue
        try:
            yield number, line.decode()
        except UnicodeDecodeError as wrong:
            place = wrong.start + 1
            yield number, InvalidRecord(f"Byte {place} van deze regel is geen UTF-8. Bewaar het bestand als UTF-8.")


def _next(stream: BinaryIO, number: int) -> bytes:
    try:
        return stream.readline(MOST_LINE_BYTES + 1)
    except BadGzipFile as broken:
        raise UnreadableFile(number, "Dit is geen geldig gzip-bestand.") from broken
    except (EOFError, zlib.error) as broken:
        raise UnreadableFile(number, "Het gzip-bestand is beschadigd: de rest kan niet gelezen worden.") from broken


def _skip_rest(stream: BinaryIO, line: bytes, number: int) -> None:
    while line and not line.endswith(b"\n"):
        line = _next(stream, number)
