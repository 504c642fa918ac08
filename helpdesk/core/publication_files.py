"""The files of publications: judged by their content, cleaned, kept with every version outside the web root.

What the public gets is a clean copy, without the properties of the file (author, place, device). Of a file that came
from content/ the original is kept beside it, so that an export gives it back byte for byte; of a file that an editor
handed in only the clean copy is kept.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import IO

from pypdf import PdfReader
from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from helpdesk.core import pictures
from helpdesk.core.db import Base
from helpdesk.core.pdf import MOST_BYTES, PdfRefused, PdfStore
from helpdesk.core.pictures import PictureRefused

MOST_PICTURE_BYTES = 10_000_000
_CHUNK_BYTES = 1_000_000
_HEAD_BYTES = 16


class FileKind(StrEnum):
    """What a file is; the value is the end of its name."""

    PDF = "pdf"
    PNG = "png"
    JPEG = "jpg"

    @property
    def mimetype(self) -> str:
        """How the kind is called on the web."""
        return {"pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg"}[self.value]


_HEADS = {b"%PDF-": FileKind.PDF, b"\x89PNG\r\n\x1a\n": FileKind.PNG, b"\xff\xd8\xff": FileKind.JPEG}


class PublicationFile(Base):
    """One version of the file of a publication; the public gets the highest number that is not hidden."""

    __tablename__ = "publication_file"
    __table_args__ = (UniqueConstraint("slug", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(200))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(4))
    sha256: Mapped[str] = mapped_column(String(64))  # of the clean copy
    given_sha256: Mapped[str] = mapped_column(
        String(64)
    )  # of the file in content/, of the clean copy, or of what it was made of
    size_bytes: Mapped[int]
    pages: Mapped[int | None]
    note: Mapped[str] = mapped_column(String(200))
    stored_at: Mapped[datetime]
    stored_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    hidden_reason: Mapped[str | None] = mapped_column(String(500))  # why nobody but editors may have this version


class PublicationPart(Base):
    """A version of a text that an edition says the words of: a chapter of it, or a term that it explains."""

    __tablename__ = "publication_part"
    __table_args__ = (Index("ix_publication_part_text_id", "text_id", "number"),)

    file_id: Mapped[int] = mapped_column(ForeignKey("publication_file.id", ondelete="CASCADE"), primary_key=True)
    text_id: Mapped[int] = mapped_column(ForeignKey("text.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)


class FileRefused(ValueError):
    """A file is not taken; the message says why in Dutch and what to do."""


@dataclass(frozen=True)
class Received:
    """A file that was taken and stands in the store. `given_sha256` is the fingerprint of what was handed in."""

    kind: FileKind
    sha256: str
    given_sha256: str
    size_bytes: int
    pages: int | None


Check = Callable[[Received], None]
"""Looks at a file that was read and is not kept yet. Raises FileRefused for one that must not be."""


class PublicationStore:
    """The folder of the files, named by their SHA-256."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._pdfs = PdfStore(folder)

    def receive(self, stream: IO[bytes], expected: FileKind, *, check: Check, with_original: bool = False) -> Received:
        """Take a file that can be read twice, and keep a clean copy; the original as well when that is asked.

        Raises:
            FileRefused: of another kind than its name says, too large, broken, protected, too heavy to read, or refused
                by `check`: nothing of it is kept.
        """
        head = stream.read(_HEAD_BYTES)
        kind = kind_of(head)
        if kind is None:
            raise FileRefused(
                "Dit bestand is geen pdf, png of jpg, ook al heet het misschien zo. Kies een ander bestand."
            )
        if kind is not expected:
            raise FileRefused(f"Dit bestand is een {kind}, geen {expected}. Kies een {expected}.")
        stream.seek(0)
        given = _fingerprint(stream, most=MOST_BYTES if kind is FileKind.PDF else MOST_PICTURE_BYTES)
        stream.seek(0)
        known_by = given if with_original else None
        received = (
            self._receive_pdf(stream, known_by, check)
            if kind is FileKind.PDF
            else self._receive_picture(stream, kind, known_by, check)
        )
        if with_original:
            stream.seek(0)
            self._write(f"{given}.orig", stream.read())
        return received

    def keep_made(self, pdf: bytes, given_sha256: str) -> Received:
        """Keep a PDF that we made ourselves as it is: it holds nothing of a person, and its tags must stay.

        `given_sha256` is the fingerprint of what it was made of.
        """
        sha256 = hashlib.sha256(pdf).hexdigest()
        self._write(f"{sha256}.{FileKind.PDF}", pdf)
        return Received(FileKind.PDF, sha256, given_sha256, len(pdf), len(PdfReader(BytesIO(pdf)).pages))

    def path_of(self, file: PublicationFile) -> Path | None:
        """Return where the clean copy of a version stands, None when it is lost."""
        path = self.folder / f"{file.sha256}.{file.kind}"
        return path if path.is_file() else None

    def original_of(self, file: PublicationFile) -> Path | None:
        """Return where the file as it is exported stands: the original, or the clean copy when that is all there is."""
        original = self.folder / f"{file.given_sha256}.orig"
        return original if original.is_file() else self.path_of(file)

    def erase(self, file: PublicationFile) -> bool:
        """Delete the clean copy of a version, the words read from it and the original; False when none was there."""
        paths = [
            self.folder / name
            for name in (f"{file.sha256}.{file.kind}", f"{file.sha256}.json", f"{file.given_sha256}.orig")
        ]
        there = [path for path in paths if path.is_file()]
        for path in there:
            path.unlink(missing_ok=True)
        return bool(there)

    def _receive_pdf(self, stream: IO[bytes], known_by: str | None, check: Check) -> Received:
        try:
            pdf = self._pdfs.receive(stream)
        except PdfRefused as refused:
            raise FileRefused(str(refused)) from refused
        received = Received(FileKind.PDF, pdf.sha256, known_by or pdf.sha256, pdf.size_bytes, pdf.pages)
        try:
            check(received)
        except FileRefused:
            self._pdfs.forget(pdf.sha256)
            raise
        self._pdfs.keep(pdf.sha256)
        return received

    def _receive_picture(self, stream: IO[bytes], kind: FileKind, known_by: str | None, check: Check) -> Received:
        try:
            clean = pictures.clean_picture(stream.read(), "JPEG" if kind is FileKind.JPEG else "PNG")
        except PictureRefused as refused:
            raise FileRefused(str(refused)) from refused
        sha256 = hashlib.sha256(clean).hexdigest()
        received = Received(kind, sha256, known_by or sha256, len(clean), None)
        check(received)
        self._write(f"{sha256}.{kind}", clean)
        return received

    def _write(self, name: str, data: bytes) -> None:
        """Put a file in place whole: a crash never leaves half of one."""
        self.folder.mkdir(parents=True, exist_ok=True)
        aside = self.folder / f"{name}.new"
        aside.write_bytes(data)
        aside.replace(self.folder / name)


def kind_of(head: bytes) -> FileKind | None:
    """Tell by its first bytes what a file is; None when it is nothing we publish."""
    return next((kind for begin, kind in _HEADS.items() if head.startswith(begin)), None)


def files_of(session: Session, slug: str) -> list[PublicationFile]:
    """Return the versions of the file of a publication, newest first."""
    query = select(PublicationFile).where(PublicationFile.slug == slug).order_by(PublicationFile.number.desc())
    return list(session.scalars(query))


def shown_of(files: Iterable[PublicationFile]) -> list[PublicationFile]:
    """Return the versions that the public may have, in the order given."""
    return [file for file in files if file.hidden_reason is None]


def newest_files(session: Session) -> dict[str, PublicationFile]:
    """Return the version of each file that the public gets, by publication; none when every version is hidden."""
    query = select(PublicationFile).where(PublicationFile.hidden_reason.is_(None)).order_by(PublicationFile.number)
    return {file.slug: file for file in session.scalars(query)}


def slugs_with_files(session: Session) -> set[str]:
    """Return the publications that have had a file, hidden or not."""
    return set(session.scalars(select(PublicationFile.slug).distinct()))


def find_hidden(session: Session, slug: str, *fingerprints: str) -> PublicationFile | None:
    """Return the newest hidden version of a publication that is, or was made of, what has one of these fingerprints."""
    is_same = or_(PublicationFile.sha256.in_(fingerprints), PublicationFile.given_sha256.in_(fingerprints))
    query = select(PublicationFile).where(PublicationFile.slug == slug, PublicationFile.hidden_reason.is_not(None))
    return session.scalar(query.where(is_same).order_by(PublicationFile.number.desc()).limit(1))


def shown_elsewhere(session: Session, file: PublicationFile) -> PublicationFile | None:
    """Return a version, of any publication, that the public may have and that is the very same file as this one."""
    is_same = or_(PublicationFile.sha256 == file.sha256, PublicationFile.given_sha256 == file.given_sha256)
    query = select(PublicationFile).where(PublicationFile.hidden_reason.is_(None), is_same)
    return session.scalar(query.order_by(PublicationFile.slug, PublicationFile.number).limit(1))


def stored_as(session: Session, file: PublicationFile) -> list[PublicationFile]:
    """Return every version, of any publication, whose file is the one on the disk that this version has."""
    query = select(PublicationFile).where(PublicationFile.sha256 == file.sha256)
    return list(session.scalars(query.order_by(PublicationFile.slug, PublicationFile.number)))


def refuse_hidden(session: Session, slug: str, received: Received) -> None:
    """Refuse a file that is hidden already: it would come back under a new number. Raises FileRefused."""
    if (hidden := find_hidden(session, slug, received.sha256, received.given_sha256)) is not None:
        raise FileRefused(f"Dit bestand is afgeschermd als versie {hidden.number}: kies een verbeterd bestand.")


def note_parts(session: Session, file: PublicationFile, parts: Iterable[tuple[int, int]]) -> None:
    """Note which versions of texts an edition says the words of, as pairs of the id of a text and a number."""
    noted = session.scalars(select(PublicationPart).where(PublicationPart.file_id == file.id))
    known = {(part.text_id, part.number) for part in noted}
    session.add_all(
        PublicationPart(file_id=file.id, text_id=text_id, number=number)
        for text_id, number in sorted(set(parts) - known)
    )


def editions_with(session: Session, text_id: int, number: int) -> list[PublicationFile]:
    """Return the editions that say the words of a version of a text, by publication, newest first."""
    query = (
        select(PublicationFile)
        .join(PublicationPart, PublicationPart.file_id == PublicationFile.id)
        .where(PublicationPart.text_id == text_id, PublicationPart.number == number)
        .order_by(PublicationFile.slug, PublicationFile.number.desc())
    )
    return list(session.scalars(query))


def files_stored_between(session: Session, begin: datetime, end: datetime | None) -> list[PublicationFile]:
    """Return the files stored from a moment on and before another, by publication, newest first."""
    query = select(PublicationFile).where(PublicationFile.stored_at >= begin)
    if end is not None:
        query = query.where(PublicationFile.stored_at < end)
    return list(session.scalars(query.order_by(PublicationFile.slug, PublicationFile.number.desc())))


def given_before(session: Session, slug: str) -> Collection[str]:
    """Return the fingerprints of every file that a publication has had."""
    return set(session.scalars(select(PublicationFile.given_sha256).where(PublicationFile.slug == slug)))


def add_version(
    session: Session, slug: str, name: str, received: Received, *, note: str, by: int | None, now: datetime
) -> PublicationFile:
    """Make a file that was received the newest version of a publication; those before stay.

    Raises:
        FileRefused: it is one that was hidden.
    """
    refuse_hidden(session, slug, received)
    before = files_of(session, slug)
    file = PublicationFile(
        slug=slug,
        number=before[0].number + 1 if before else 1,
        name=name,
        kind=received.kind,
        sha256=received.sha256,
        given_sha256=received.given_sha256,
        size_bytes=received.size_bytes,
        pages=received.pages,
        note=note,
        stored_at=now,
        stored_by_id=by,
    )
    session.add(file)
    session.flush()
    return file


def fingerprint_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fingerprint(stream: IO[bytes], *, most: int) -> str:
    whole, size = hashlib.sha256(), 0
    while chunk := stream.read(_CHUNK_BYTES):
        size += len(chunk)
        if size > most:
            raise FileRefused(f"Dit bestand is groter dan {most // 1_000_000} MB. Maak het kleiner.")
        whole.update(chunk)
    return whole.hexdigest()
