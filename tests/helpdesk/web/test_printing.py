"""Pages as PDF: tagged, dated, with their sources at the foot, and made once."""

from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from pypdf import PdfReader

from helpdesk.core import markup
from helpdesk.core.pdf_writer import PdfUnavailable
from helpdesk.web import printing
from tests.pageclient import Visitor

THEME = "/themas/verblijfsrecht/gezinshereniging/gh-belg/pdf"
RULING = "/rechtspraak/rvv-2022-02-28-269-083/pdf"

pytestmark = [pytest.mark.stored]


def words_of(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())


@pytest.mark.usefixtures("has_pango")
class TestPdf:
    def test_a_theme_page_is_printed_with_its_sources_and_the_day(self, as_visitor: Visitor) -> None:
        answer = as_visitor.fetch(THEME)
        reader = PdfReader(BytesIO(answer.data))

        assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
        words = words_of(answer.data)
        assert "Nog niet nagekeken door een jurist" in words
        assert "Wet van 15 december 1980" in words
        assert "Afgedrukt op" in words
        assert "/themas/verblijfsrecht/gezinshereniging/gh-belg" in words.replace(" ", "")  # a line may end at a hyphen
        assert "/StructTreeRoot" in reader.root_object  # tagged: a screen reader finds headings and lists
        assert answer.headers["X-Robots-Tag"] == "noindex"

    def test_a_ruling_is_printed_with_its_reference(self, as_visitor: Visitor) -> None:
        words = words_of(as_visitor.fetch(RULING).data)

        assert "RvV 28 februari 2022, nr. 269.083" in words
        assert "enkel de tekst van de uitspraak geldt" in words

    def test_who_asks_next_gets_the_same_file(self, as_visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
        """A PDF takes a second of computing."""
        first = as_visitor.fetch(THEME).data
        monkeypatch.setattr(printing, "write_pdf", lambda _: pytest.fail("printed twice"))

        assert as_visitor.fetch(THEME).data == first


class TestWithout:
    def test_where_no_pdf_can_be_made_the_answer_says_why(
        self, as_visitor: Visitor, house_app: Flask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(_html: str) -> bytes:
            raise PdfUnavailable("Op de server ontbreekt Pango.")

        monkeypatch.setattr(printing, "write_pdf", refuse)
        for file in Path(house_app.extensions["helpdesk"].settings.data_dir, "printed").glob("*.pdf"):
            file.unlink()

        answer = as_visitor.fetch("/nieuws/cassatie-overmacht-ocmw-steun/pdf")

        assert answer.status_code == 501
        assert "Pango" in answer.get_data(as_text=True)

    def test_an_unknown_page_is_none_on_paper_either(self, as_visitor: Visitor) -> None:
        assert as_visitor.fetch("/themas/bestaat-niet/pdf").status_code == 404
        assert as_visitor.fetch("/rechtspraak/bestaat-niet/pdf").status_code == 404


class TestForPrint:
    def test_each_source_has_one_footnote_and_links_are_whole(self) -> None:
        link = '<a class="reference" href="/wetgeving/vw/9bis">art. 9bis Vw.</a>'
        page = f'<p>{link} en {link}, <a href="/themas/ipr">ipr</a></p>'

        printed = str(markup.for_print(page, "https://site.test", lambda address: f"<bron> {address}"))

        assert printed.count('class="footnote"') == 1
        assert "&lt;bron&gt; /wetgeving/vw/9bis" in printed
        assert 'href="https://site.test/themas/ipr"' in printed
