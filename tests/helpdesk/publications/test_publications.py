import io
import zlib
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader
from sqlalchemy.orm import Session

from helpdesk.core import publication_files
from helpdesk.core.errors import ContentBroken
from helpdesk.core.publication_files import FileKind, FileRefused, PublicationStore, Received
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.texts import actions
from tests.helpdesk.publications.examples import NOW, TEXT, hand_in, pages_at
from tests.pageclient import Visitor
from tests.pdfs import a_pdf


def a_picture(form: str = "PNG", *, size: tuple[int, int] = (40, 20)) -> bytes:
    picture = Image.new("RGB", size, "red")
    about = picture.getexif()
    about[0x010F] = "Toestel van Jan"
    about[0x0112] = 6  # to be turned a quarter
    file = io.BytesIO()
    picture.save(file, form, exif=about)
    return file.getvalue()


def a_picture_that_claims(width: int, height: int) -> bytes:
    """Return a small PNG whose head says that it is huge."""
    data = bytearray(a_picture())
    data[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")

    data[29:33] = zlib.crc32(bytes(data[12:29])).to_bytes(4, "big")
    return bytes(data)


def refuse_nothing(_: Received) -> None:
    """Look at a file that any publication may have."""


class TestReceive:
    def test_a_pdf_is_kept_without_who_made_it(self, store: PublicationStore) -> None:
        received = store.receive(io.BytesIO(a_pdf("Hallo", author="Jan")), FileKind.PDF, check=refuse_nothing)

        path = store.folder / f"{received.sha256}.pdf"
        assert (received.pages, received.size_bytes) == (1, path.stat().st_size)
        assert b"Jan" not in path.read_bytes()
        metadata = PdfReader(path).metadata
        assert metadata is None or metadata.author is None

    @pytest.mark.parametrize(("form", "kind"), [("PNG", FileKind.PNG), ("JPEG", FileKind.JPEG)])
    def test_a_picture_is_kept_upright_without_where_it_was_made(
        self, store: PublicationStore, form: str, kind: FileKind
    ) -> None:
        received = store.receive(io.BytesIO(a_picture(form)), kind, check=refuse_nothing)

        path = store.folder / f"{received.sha256}.{kind}"
        with Image.open(path) as clean:
            assert clean.size == (20, 40)
            assert dict(clean.getexif()) == {}
        assert b"Jan" not in path.read_bytes()

    @pytest.mark.parametrize(
        ("data", "expected", "said"),
        [
            (b"MZ\x90\x00" + b"\x00" * 200, FileKind.PDF, "geen pdf, png of jpg"),
            (b"#!/bin/sh\nrm -rf /\n", FileKind.PDF, "geen pdf, png of jpg"),
            (b"", FileKind.PDF, "geen pdf, png of jpg"),
            (b"<svg onload='x'>", FileKind.PNG, "geen pdf, png of jpg"),
            (a_picture(), FileKind.PDF, "een png, geen pdf"),
            (b"%PDF-1.7 maar verder niets", FileKind.PDF, "beschadigd"),
            (a_pdf("x", password="geheim"), FileKind.PDF, "wachtwoord"),
            (b"\x89PNG\r\n\x1a\n maar verder niets", FileKind.PNG, "beschadigd"),
            (a_picture()[:60], FileKind.PNG, "beschadigd"),
            (a_picture_that_claims(100_000, 100_000), FileKind.PNG, "te groot"),
            (a_picture_that_claims(8_000, 8_000), FileKind.PNG, "te groot"),
            (b"%PDF-" + b"0" * 20_000_001, FileKind.PDF, "groter dan 20 MB"),
            (a_picture() + b"0" * 10_000_001, FileKind.PNG, "groter dan 10 MB"),
        ],
        ids=range(13),
    )
    def test_what_is_not_what_it_says_is_refused(
        self, store: PublicationStore, data: bytes, expected: FileKind, said: str
    ) -> None:
        with pytest.raises(FileRefused, match=said):
            store.receive(io.BytesIO(data), expected, check=refuse_nothing)

    @pytest.mark.parametrize(("data", "kind"), [(a_pdf("Hallo"), FileKind.PDF), (a_picture(), FileKind.PNG)])
    def test_of_what_is_not_wanted_nothing_is_kept(self, store: PublicationStore, data: bytes, kind: FileKind) -> None:
        """A file that was erased must not come back on the server because someone hands it in again."""

        def refuse(received: Received) -> None:
            raise FileRefused(received.sha256)

        with pytest.raises(FileRefused):
            store.receive(io.BytesIO(data), kind, check=refuse, with_original=True)

        assert [path for path in store.folder.rglob("*") if path.is_file()] == []


def bring_in(session: Session, vocabulary: Vocabulary, content: Path, store: PublicationStore) -> None:
    library = actions.read_library(content, vocabulary, on=NOW.date())
    files = actions.receive_files(session, library, content, store)
    actions.import_library(session, library, vocabulary, now=NOW, overwrite=False)
    actions.import_files(session, files, now=NOW)


class TestLibrary:
    def test_the_file_comes_back_as_it_was_imported(
        self, session: Session, vocabulary: Vocabulary, content: Path, store: PublicationStore, tmp_path: Path
    ) -> None:
        bring_in(session, vocabulary, content, store)
        bring_in(session, vocabulary, content, store)

        actions.export_library(session, tmp_path / "out")
        actions.export_files(session, tmp_path / "out", store)

        for name in ("eerste-hulp-bij-een-bevel.md", "eerste-hulp.pdf"):
            exported = tmp_path / "out" / "publicaties" / name
            assert exported.read_bytes() == (content / "publicaties" / name).read_bytes()
        assert len(publication_files.files_of(session, "eerste-hulp-bij-een-bevel")) == 1

    def test_a_changed_file_is_a_new_version(
        self, session: Session, vocabulary: Vocabulary, content: Path, store: PublicationStore
    ) -> None:
        bring_in(session, vocabulary, content, store)
        (content / "publicaties" / "eerste-hulp.pdf").write_bytes(a_pdf("Hallo", "en meer"))

        bring_in(session, vocabulary, content, store)

        files = publication_files.files_of(session, "eerste-hulp-bij-een-bevel")
        assert [(file.number, file.pages) for file in files] == [(2, 2), (1, 1)]

    @pytest.mark.parametrize(
        ("name", "data", "said"),
        [
            ("eerste-hulp.pdf", b"MZ\x90\x00", "niet wat de naam zegt"),
            ("iets-anders.pdf", b"%PDF-", "ontbreekt"),
        ],
    )
    def test_a_file_that_is_not_there_or_not_what_it_says_fails_the_check(
        self, vocabulary: Vocabulary, content: Path, name: str, data: bytes, said: str
    ) -> None:
        (content / "publicaties" / "eerste-hulp.pdf").unlink()
        (content / "publicaties" / name).write_bytes(data)

        with pytest.raises(ContentBroken, match=said) as broken:
            actions.read_library(content, vocabulary, on=NOW.date())

        assert broken.value.problems[0].line == 6

    @pytest.mark.parametrize("name", ["../geheim.pdf", "/etc/passwd", "Hoofdletter.pdf", "x.exe", "x.pdf.exe"])
    def test_a_name_that_leads_elsewhere_is_refused(self, vocabulary: Vocabulary, content: Path, name: str) -> None:
        path = content / "publicaties" / "eerste-hulp-bij-een-bevel.md"
        path.write_text(TEXT.replace("eerste-hulp.pdf", name), "utf-8")

        with pytest.raises(ContentBroken, match="'file' heeft alleen"):
            actions.read_library(content, vocabulary, on=NOW.date())


@pytest.mark.usefixtures("published")
class TestPages:
    ADDRESS = "/publicaties/eerste-hulp-bij-een-bevel"

    def test_the_public_finds_and_downloads_it(self, as_visitor: Visitor) -> None:
        page = as_visitor.get("/publicaties").follow("Eerste hulp bij een bevel")
        assert page.path == self.ADDRESS

        address = next(link.get("href", "") for link in page.all("a") if "Download" in "".join(link.itertext()))
        with as_visitor.fetch(address) as answer:
            assert answer.data.startswith(b"%PDF-")
            assert b"Jan" not in answer.data
            assert answer.headers["Content-Disposition"] == "attachment; filename=eerste-hulp.pdf"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.mimetype == "application/pdf"

    @pytest.mark.parametrize("path", ["/bestand/7", "/bestand/0", "/iets"])
    def test_a_version_that_never_was_is_not_found(self, as_visitor: Visitor, path: str) -> None:
        assert as_visitor.fetch(self.ADDRESS + path).status_code == 404

    def test_an_editor_hands_in_a_new_version_and_the_old_one_stays(self, as_editor: Visitor) -> None:
        page = hand_in(as_editor, a_pdf("Hallo", "twee", author="Jan"), note="Nieuwe adressen.")
        assert "De nieuwe versie staat op de site." in page.main

        public = as_editor.get(self.ADDRESS)
        assert "2 pagina's" in public.main
        assert "Vorige versies" in public.main
        assert pages_at(as_editor, f"{self.ADDRESS}/bestand") == 2
        assert pages_at(as_editor, f"{self.ADDRESS}/bestand/1") == 1

    @pytest.mark.parametrize(
        ("data", "note", "said"),
        [
            (b"MZ\x90\x00 programma", "x", "geen pdf, png of jpg"),
            (a_picture(), "x", "Kies een pdf"),
            (None, "x", "Kies een pdf"),
            (a_pdf("x"), " ", "Schrijf in één zin"),
        ],
        ids=range(4),
    )
    def test_what_cannot_be_taken_is_explained_and_changes_nothing(
        self, as_editor: Visitor, session: Session, data: bytes | None, note: str, said: str
    ) -> None:
        page = hand_in(as_editor, data, note=note, expect=422)

        assert said in page.main
        assert len(publication_files.files_of(session, "eerste-hulp-bij-een-bevel")) == 1

    def test_a_file_of_sixty_megabytes_is_refused(self, as_editor: Visitor, session: Session) -> None:
        page = hand_in(as_editor, b"%PDF-" + b"0" * 60_000_000, note="x", expect=413)

        assert page.heading
        assert len(publication_files.files_of(session, "eerste-hulp-bij-een-bevel")) == 1

    def test_editors_see_how_often_it_was_downloaded(self, as_visitor: Visitor, as_editor: Visitor) -> None:
        firefox = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
        links = [link.get("data-sealed") for link in as_visitor.get(self.ADDRESS).all("a") if link.get("data-sealed")]
        for told in (*links, *links, f"{self.ADDRESS}/bestand", "0" * 20 + f"{self.ADDRESS}/bestand"):
            as_visitor.fetch("/telling", method="POST", data={"pad": told}, headers=firefox)

        assert "2 downloads in een jaar" in as_editor.get("/redactie/publicaties").main
