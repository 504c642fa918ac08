"""PDF files that editors hand in: judged by their content, read within limits, kept outside the web root.

A file waits in `pending/` until the ruling it belongs to is stored; one that waits over a day is removed at the next
upload. Files are named by their SHA-256; the text that was read stands beside each one. What was in the properties of
a file (author, title) is not kept: neither file nor name may tell who is concerned.

A hostile file cannot hold a worker: it is read in a process of its own with limits on time, memory and output.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from helpdesk.core import pdf_reader

MOST_BYTES = 20_000_000
MOST_PAGES = 500
MOST_CHARACTERS = 2_000_000
MOST_SECONDS = 20
LONGEST_PENDING_SECONDS = 86_400
_CHUNK_BYTES = 1_000_000
_SHA256 = re.compile(r"[0-9a-f]{64}")


class PdfRefused(ValueError):
    """A file is not taken; the message says why in Dutch and what to do."""


@dataclass(frozen=True)
class Pdf:
    """A PDF that was taken: its fingerprint, size, number of pages and the text in it ("" for a scan).

    `is_cut` tells that there was more text than two million characters.
    """

    sha256: str
    size_bytes: int
    pages: int
    text: str
    is_cut: bool


class PdfStore:
    """The folder of the files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._pending = folder / "pending"

    def receive(self, stream: IO[bytes]) -> Pdf:
        """Read a file that someone hands in and keep a clean copy pending.

        Raises:
            PdfRefused: too large, not a PDF, with a password, broken, too many pages, or too slow to read.
        """
        self._pending.mkdir(parents=True, exist_ok=True)
        self._sweep()
        with TemporaryDirectory(dir=self._pending) as folder:
            given, copy = Path(folder) / "given.pdf", Path(folder) / "copy.pdf"
            _save(stream, given)
            said = _read(given, copy)
            sha256 = _fingerprint(copy)
            pdf = Pdf(sha256, copy.stat().st_size, said["pages"], _plain(said["text"]), said["is_cut"])
            known = {"pages": pdf.pages, "text": pdf.text, "is_cut": pdf.is_cut}
            beside = Path(folder) / "copy.json"
            beside.write_text(json.dumps(known), "utf-8")
            for path in (copy, beside):
                _make_durable(path)
                path.replace(self._pending / f"{sha256}{path.suffix}")
        return pdf

    def find(self, sha256: str) -> Pdf | None:
        """Return a file that is kept or pending, None when it is not there (any more)."""
        path = self._path(sha256)
        if path is None:
            return None
        try:
            known = json.loads(path.with_suffix(".json").read_text("utf-8"))
            return Pdf(sha256, path.stat().st_size, known["pages"], known["text"], known["is_cut"])
        except (OSError, ValueError, KeyError):
            return None

    def keep(self, sha256: str) -> None:
        """Take a pending file out of the waiting room; nothing happens when it is kept already."""
        for suffix in (".json", ".pdf"):
            pending = self._pending / f"{sha256}{suffix}"
            if pending.exists():
                pending.replace(self.folder / pending.name)

    def forget(self, sha256: str) -> None:
        """Remove a file that waits and is not wanted; one that is kept stays."""
        for suffix in (".pdf", ".json"):
            (self._pending / f"{sha256}{suffix}").unlink(missing_ok=True)

    def kept(self, sha256: str) -> Path | None:
        """Return where a kept file stands, None when it is lost."""
        path = self.folder / f"{sha256}.pdf"
        return path if _SHA256.fullmatch(sha256) and path.is_file() else None

    def remove(self, sha256: str) -> None:
        """Remove a file that no ruling has any more."""
        for suffix in (".pdf", ".json"):
            (self.folder / f"{sha256}{suffix}").unlink(missing_ok=True)

    def _path(self, sha256: str) -> Path | None:
        if not _SHA256.fullmatch(sha256):
            return None
        paths = (self.folder / f"{sha256}.pdf", self._pending / f"{sha256}.pdf")
        return next((path for path in paths if path.is_file()), None)

    def _sweep(self) -> None:
        """Remove what nobody came back for."""
        oldest = time.time() - LONGEST_PENDING_SECONDS
        for path in self._pending.iterdir():
            if path.is_file() and path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)


def _save(stream: IO[bytes], path: Path) -> None:
    size = 0
    with path.open("wb") as file:
        while chunk := stream.read(_CHUNK_BYTES):
            if size == 0 and not chunk.startswith(b"%PDF-"):
                raise PdfRefused("Dit bestand is geen pdf. Bewaar de tekst als pdf en laad ze opnieuw op.")
            size += len(chunk)
            if size > MOST_BYTES:
                raise PdfRefused(f"Deze pdf is groter dan {MOST_BYTES // 1_000_000} MB. Maak ze kleiner.")
            file.write(chunk)
    if size == 0:
        raise PdfRefused("Dit bestand is leeg.")


def _read(path: Path, copy: Path) -> dict[str, Any]:
    """Let another process read a PDF. Raises PdfRefused."""
    limits = (str(MOST_PAGES), str(MOST_CHARACTERS))
    command = [sys.executable, "-I", pdf_reader.__file__, str(path), str(copy), *limits]
    try:
        done = subprocess.run(command, capture_output=True, timeout=MOST_SECONDS, check=False)  # noqa: S603 - our own program
        said: dict[str, Any] = json.loads(done.stdout) if done.returncode == 0 else {"refused": "heavy"}
    except (subprocess.TimeoutExpired, ValueError):
        said = {"refused": "heavy"}
    if (reason := said.get("refused")) is not None:
        raise PdfRefused(_refusal(str(reason), int(said.get("pages", 0))))
    return said


def _refusal(reason: str, pages: int) -> str:
    if reason == "pages":
        return f"Deze pdf telt {pages} pagina's; het maximum is {MOST_PAGES}. Laad alleen op wat nodig is."
    return {
        "encrypted": "Deze pdf is met een wachtwoord beveiligd. Bewaar ze zonder beveiliging en laad ze opnieuw op.",
        "broken": "Deze pdf is beschadigd en kan niet gelezen worden. Haal ze opnieuw op bij de bron.",
        "heavy": "Deze pdf lezen vraagt te veel tijd of geheugen. Druk ze opnieuw af naar een gewone pdf.",
    }[reason]


def _plain(text: str) -> str:
    """Return text without signs that no page or database takes; what a PDF holds can be anything."""
    whole = text.encode("utf-8", "replace").decode()
    return "".join(sign for sign in whole if sign.isprintable() or sign in "\n\t\xa0").strip()


def _fingerprint(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _make_durable(path: Path) -> None:
    """Have a file on the disk before anything says it is there."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
