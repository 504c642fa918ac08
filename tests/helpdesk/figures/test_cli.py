import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result
from docx import Document
from docx.oxml.ns import qn
from flask import Flask
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy.orm import Session

from helpdesk.activities import actions as activities
from helpdesk.core import pdf_writer
from tests.helpdesk.activities.examples import a_guidance, a_training

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def run(house_app: Flask, session: Session) -> "Runner":
    """Run the command on the database of the test."""
    session.commit()
    return Runner(house_app)


class Runner:
    def __init__(self, app: Flask) -> None:
        self.app = app

    def __call__(self, *arguments: str) -> Result:
        return self.app.test_cli_runner().invoke(args=["figures", "annual-report", *arguments])


class TestAnnualReport:
    def test_json_is_one_object_of_the_year(self, run: Runner) -> None:
        done = run("--year", "2019", "--format", "json")

        report = json.loads(done.stdout)
        assert report["year"] == 2019
        assert list(report["tables"]) == [
            "regio",
            "categorie",
            "sector",
            "verblijfssituatie",
            "kanaal",
            "hoofdthema",
        ]
        assert report["figures"]["begeleidingen"]["totaal"] == 0
        assert report["text"]["vormingen"] == ["In 2019 zijn geen vormingen genoteerd."]

    def test_csv_has_a_row_per_code_and_a_total_per_table(self, run: Runner) -> None:
        lines = run("--year", "2019", "--format", "csv").stdout.splitlines()

        assert lines[0] == "tabel;jaar;code;label;aantal;aandeel_pct;deelnemers;rang;bron"
        assert "regio;2019;antwerpen;Provincie Antwerpen;0;;;;" in lines
        assert "kanaal;2019;totaal;Totaal;0;;;;" in lines

    def test_it_writes_to_a_file(self, run: Runner, tmp_path: Path) -> None:
        done = run("--year", "2019", "--output", str(tmp_path / "verslag.json"))

        assert done.exit_code == 0
        assert done.stdout == ""
        assert json.loads((tmp_path / "verslag.json").read_text(encoding="utf-8"))["year"] == 2019

    def test_a_file_that_cannot_be_written_is_explained(self, run: Runner, tmp_path: Path) -> None:
        done = run("--year", "2019", "--output", str(tmp_path / "weg" / "verslag.json"))

        assert done.exit_code == 1
        assert "kan niet geschreven worden" in done.stderr

    def test_another_format_is_refused_with_what_there_is(self, run: Runner) -> None:
        done = run("--year", "2019", "--format", "odt")

        assert done.exit_code == 1
        assert "Het formaat 'odt' is niet beschikbaar. Kies uit: html, json, csv, xlsx, docx, pdf." in done.stderr

    @pytest.mark.parametrize("year", ["0", "10000", "vorig"])
    def test_a_year_that_is_none_is_refused(self, year: str, run: Runner) -> None:
        assert run("--year", year).exit_code == 2

    def test_a_version_that_does_not_exist_is_explained(self, run: Runner) -> None:
        done = run("--year", "2019", "--version", "3")

        assert done.exit_code == 1
        assert "Van 2019 bestaat geen versie 3." in done.stderr


@pytest.mark.stored
class TestOfficeForms:
    """Each form is opened by a reader that is not its writer."""

    @pytest.fixture
    def written(self, run: Runner, session: Session, jurist: int, tmp_path: Path) -> "Written":
        """Write the report of 2026 with one training and one guidance."""
        activities.store_trainings(session, [a_training()], recorded_by=jurist, now=NOW)
        activities.store_guidance(session, [a_guidance()], recorded_by=jurist, now=NOW)
        session.commit()
        return Written(run, tmp_path)

    def test_xlsx_has_a_sheet_and_a_native_chart_per_table(self, written: "Written") -> None:
        raw = written("xlsx")

        book = load_workbook(io.BytesIO(raw))
        assert book.sheetnames[0] == "Toelichting"
        sheet = book["Vormingen op vraag per sector i"]
        rows = list(sheet.iter_rows(min_row=4, values_only=True))
        assert rows[0][:3] == ("Sector", "Vormingen", "Ingeschreven deelnemers")
        assert ("Sector welzijn", 1, 14) in [row[:3] for row in rows]
        charts = [name for name in zipfile.ZipFile(io.BytesIO(raw)).namelist() if name.startswith("xl/charts/chart")]
        assert len(charts) == 10  # without advice in five years there is nothing to draw of those

    def test_docx_has_headings_table_heads_and_words_for_each_picture(self, written: "Written") -> None:
        raw = written("docx")

        paper = Document(io.BytesIO(raw))
        headings = [line.text for line in paper.paragraphs if line.style and line.style.name.startswith("Heading 2")]
        assert headings == [
            "A.1 Helpdeskadviezen",
            "A.2 Aantal vormingen",
            "A.3 Aantal begeleidingen",
            "A.4 Publicaties",
        ]
        root = paper.element
        assert len(list(root.iter(qn("w:tblHeader")))) == len(paper.tables)
        described = [picture.get("descr", "") for picture in root.iter(qn("wp:docPr"))]
        assert described
        assert all(text.startswith("Staafdiagram: ") for text in described)
        assert paper.core_properties.language == "nl-BE"

    def test_html_stands_on_its_own(self, written: "Written") -> None:
        text = written("html").decode()

        assert text.startswith("<!DOCTYPE html>")
        assert "1 externe vorming met 14 ingeschreven deelnemers" in text
        assert "/static/" not in text

    def test_pdf_is_tagged_and_says_the_same(self, written: "Written") -> None:
        raw = written("pdf")

        paper = PdfReader(io.BytesIO(raw))
        text = " ".join(" ".join(page.extract_text() for page in paper.pages).split())
        assert "1 externe vorming met 14 ingeschreven deelnemers" in text
        assert "/StructTreeRoot" in paper.root_object
        assert str(paper.root_object["/Lang"]) == "nl"

    def test_without_pango_only_the_pdf_is_missed(self, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(_name: str) -> None:
            raise OSError("cannot load library 'libpango-1.0-0'")

        monkeypatch.setattr(pdf_writer, "import_module", refuse)

        assert "ontbreekt Pango" in run("--year", "2019", "--format", "pdf").stderr
        assert run("--year", "2019", "--format", "html").exit_code == 0


class Written:
    """Writes the report of 2026 in a form and returns the file."""

    def __init__(self, run: Runner, folder: Path) -> None:
        self.run, self.folder = run, folder

    def __call__(self, form: str) -> bytes:
        path = self.folder / f"verslag.{form}"
        done = self.run("--year", "2026", "--format", form, "--output", str(path))
        if done.exit_code:
            pytest.fail(done.output)
        return path.read_bytes()
