import os
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from helpdesk.core import pdf
from helpdesk.core.pdf import PdfRefused, PdfStore
from tests.pdfs import a_pdf, a_pdf_of_blank_pages, a_pdf_that_repeats, a_pdf_with_notes


@pytest.fixture
def store(tmp_path: Path) -> PdfStore:
    """An empty folder for files."""
    return PdfStore(tmp_path / "uploads")


class TestReceive:
    def test_a_pdf_is_read_and_waits_under_its_fingerprint(self, store: PdfStore) -> None:
        read = store.receive(BytesIO(a_pdf("Het hof beslist.", "Het tweede blad.")))

        assert (read.pages, read.text, read.is_cut) == (2, "Het hof beslist.\n\nHet tweede blad.", False)
        assert store.find(read.sha256) == read
        assert store.kept(read.sha256) is None

        store.keep(read.sha256)

        assert store.find(read.sha256) == read
        assert store.kept(read.sha256) == store.folder / f"{read.sha256}.pdf"

    def test_what_stands_in_the_properties_is_not_kept(self, store: PdfStore) -> None:
        """The author of a file can be the lawyer of the one it is about."""
        given = a_pdf("Het hof beslist.", author="Jan Raadsman", attachment=b"bijlage met namen")
        read = store.receive(BytesIO(given))
        store.keep(read.sha256)
        path = store.kept(read.sha256)
        assert path is not None

        kept = path.read_bytes()

        assert b"Raadsman" in given
        assert b"namen" in given
        assert b"Raadsman" not in kept
        assert b"namen" not in kept
        assert PdfReader(path).metadata is None

    def test_notes_scripts_and_signatures_are_not_kept_but_links_are(self, store: PdfStore) -> None:
        """The certificate of an identity card holds the national register number of who signed."""
        read = store.receive(BytesIO(a_pdf_with_notes()))
        store.keep(read.sha256)
        path = store.kept(read.sha256)
        assert path is not None

        kept = path.read_bytes()

        assert not [word for word in (b"Raadsman", b"alert", b"certificaat") if word in kept]
        notes: list[Any] = PdfReader(path).pages[0].annotations or []
        assert [note.get_object()["/Subtype"] for note in notes] == ["/Link", "/Widget"]
        assert notes[0].get_object()["/A"]["/URI"] == "https://www.rvv-cce.be/"

    @pytest.mark.parametrize(
        ("given", "why"),
        [
            (b"<html><body>%PDF-1.7</body></html>", "geen pdf"),
            (b"", "leeg"),
            (b"%PDF-1.7\nniets", "beschadigd"),
            (a_pdf("Het hof beslist.")[:300], "beschadigd"),
            (a_pdf("Geheim.", password="sleutel"), "wachtwoord"),
            (a_pdf("Geheim.", password=""), "wachtwoord"),
            (a_pdf_of_blank_pages(501), "telt 501 pagina's"),
            (b"%PDF-" + b"0" * pdf.MOST_BYTES, "groter dan 20 MB"),
        ],
        ids=["html", "empty", "no pdf inside", "cut off", "encrypted", "encrypted for owners", "long", "large"],
    )
    def test_another_file_is_refused_with_the_reason(self, store: PdfStore, given: bytes, why: str) -> None:
        with pytest.raises(PdfRefused, match=why):
            store.receive(BytesIO(given))

        assert list(store.folder.rglob("*.pdf")) == []

    def test_a_scan_has_no_text(self, store: PdfStore) -> None:
        read = store.receive(BytesIO(a_pdf_of_blank_pages(500)))

        assert (read.pages, read.text) == (500, "")

    def test_text_is_read_up_to_two_million_characters(self, store: PdfStore) -> None:
        read = store.receive(BytesIO(a_pdf_that_repeats("a" * 1_000, times=2_100)))

        assert (len(read.text), read.is_cut) == (pdf.MOST_CHARACTERS, True)

    def test_a_file_that_takes_too_long_is_refused(self, store: PdfStore, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pdf, "MOST_SECONDS", 0.5)
        hostile = a_pdf_that_repeats("a" * 10, times=200_000, pages=400)  # 90 kB that unpacks to 800 MB of text

        with pytest.raises(PdfRefused, match="te veel tijd"):
            store.receive(BytesIO(hostile))

    def test_what_nobody_came_back_for_is_removed(self, store: PdfStore) -> None:
        left = store.receive(BytesIO(a_pdf("Een.")))
        for path in (store.folder / "pending").iterdir():
            os.utime(path, (0, 0))

        store.receive(BytesIO(a_pdf("Twee.")))

        assert store.find(left.sha256) is None


@pytest.mark.parametrize("sha256", ["../../secret_key", "", "A" * 64, "0" * 64])
def test_a_name_that_is_no_fingerprint_finds_nothing(store: PdfStore, sha256: str) -> None:
    assert store.find(sha256) is None
    assert store.kept(sha256) is None
