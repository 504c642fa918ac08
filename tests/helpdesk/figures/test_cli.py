import json
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session


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

    def test_csv_has_a_row_per_code_and_a_total_per_table(self, run: Runner) -> None:
        lines = run("--year", "2019", "--format", "csv").stdout.splitlines()

        assert lines[0] == "tabel;code;label;aantal;aandeel_pct;rang"
        assert "regio;antwerpen;Provincie Antwerpen;0;;" in lines
        assert "kanaal;totaal;Totaal;0;;" in lines

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
        done = run("--year", "2019", "--format", "pdf")

        assert done.exit_code == 1
        assert "Het formaat 'pdf' is niet beschikbaar. Kies uit: json, csv." in done.stderr

    @pytest.mark.parametrize("year", ["0", "10000", "vorig"])
    def test_a_year_that_is_none_is_refused(self, year: str, run: Runner) -> None:
        assert run("--year", year).exit_code == 2
