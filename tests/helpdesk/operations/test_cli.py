"""The commands as an operator types them."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskCliRunner

from helpdesk.app import create_app
from helpdesk.cli import main
from helpdesk.operations import actions, queries
from tests.conftest import settings_for

pytestmark = pytest.mark.stored


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An installation of its own, with the shipped content."""
    app = create_app(settings_for(tmp_path_factory.mktemp("eigen")))
    done = app.test_cli_runner().invoke(main, ["init"])
    assert done.exit_code == 0, done.output
    return app


@pytest.fixture
def runner(installed: Flask) -> FlaskCliRunner:
    """What runs commands on it."""
    return installed.test_cli_runner()


def data_dir(app: Flask) -> Path:
    with app.app_context():
        return app.extensions["helpdesk"].settings.data_dir  # type: ignore[no-any-return]


def run(runner: FlaskCliRunner, *words: str) -> Result:
    return runner.invoke(main, list(words))


class TestBackupAndRestore:
    def test_a_backup_comes_back_with_its_index(self, installed: Flask, runner: FlaskCliRunner, tmp_path: Path) -> None:
        file, key = tmp_path / "kopie.tar.gz", tmp_path / "sleutel"

        made = run(runner, "backup", str(file), "--secrets", str(key))
        checked = run(runner, "backup", str(file), "--check")
        back = run(runner, "restore", str(file), "--secrets", str(key))
        status = run(runner, "index", "status")

        assert [made.exit_code, checked.exit_code, back.exit_code] == [0, 0, 0], back.output
        assert "Opnieuw verwijderd: 0 vrije teksten" in back.output
        assert status.exit_code == 0, status.output
        assert key.stat().st_mode & 0o777 == 0o600
        assert key.read_text().strip() == installed.extensions["helpdesk"].settings.secret_key

    def test_nothing_is_put_back_under_a_site_that_serves(
        self, installed: Flask, runner: FlaskCliRunner, tmp_path: Path
    ) -> None:
        file = tmp_path / "kopie.tar.gz"
        run(runner, "backup", str(file))

        with actions.in_use(data_dir(installed)):
            refused = run(runner, "restore", str(file))

        assert refused.exit_code == 1
        assert "Stop ze eerst" in refused.output

    def test_a_file_that_is_no_backup_is_refused_in_words(self, runner: FlaskCliRunner, tmp_path: Path) -> None:
        (tmp_path / "brief.txt").write_text("Beste helpdesk")

        refused = run(runner, "restore", str(tmp_path / "brief.txt"))

        assert refused.exit_code == 1
        assert "geen reservekopie" in refused.output
        assert "Traceback" not in refused.output


class TestDoctor:
    def test_a_fresh_installation_has_nothing_broken(self, runner: FlaskCliRunner) -> None:
        done = run(runner, "doctor")

        assert done.exit_code == 0, done.output
        assert "FOUT" not in done.output
        assert "gelijk aan de databank" in done.output

    def test_settings_are_shown_without_secrets(self, installed: Flask) -> None:
        held = installed.extensions["helpdesk"]
        secret = replace(
            held.settings,
            smtp_url="smtp://ik:wachtwoord@mail.test",
            database_url="postgresql://ik:wachtwoord@db/helpdesk",
        )

        shown = dict(queries.settings_in_force(secret))

        assert shown["DATABASE_URL"] == "postgresql://ik:…@db/helpdesk"
        assert shown["SMTP_URL"] == "(ingesteld)"
        assert held.settings.secret_key not in " ".join(shown.values())

    def test_a_damaged_index_is_an_error_with_what_to_do(self, installed: Flask, runner: FlaskCliRunner) -> None:
        index = data_dir(installed) / "index"
        number = next(path for path in index.iterdir() if path.is_file() and "applied" in path.name)
        before = number.read_bytes()
        number.write_text("0")

        done = run(runner, "doctor")

        number.write_bytes(before)
        assert "loopt" in done.output
        assert "wijzigingen achter" in done.output

    @pytest.mark.skipif(os.getuid() == 0, reason="root may write everywhere")
    def test_a_folder_that_cannot_be_written_is_an_error(self, installed: Flask, runner: FlaskCliRunner) -> None:
        folder = data_dir(installed)
        folder.chmod(0o500)

        done = run(runner, "doctor")

        folder.chmod(0o700)
        assert done.exit_code == 1
        assert "kan niet geschreven worden" in done.output
