import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from helpdesk.cli import main
from helpdesk.settings import PREFIX, PROJECT
from helpdesk.texts.actions import FOLDERS


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A copy of the shipped library that a test may break."""
    return Path(shutil.copytree(PROJECT / "content", tmp_path / "content"))


class TestBrokenLists:
    @pytest.mark.parametrize("arguments", [["content", "check"], ["init"], ["--help"]], ids=" ".join)
    def test_a_broken_list_is_explained_without_a_traceback(
        self, content: Path, tmp_path: Path, arguments: list[str]
    ) -> None:
        path = content / "lijsten" / "themas.yaml"
        path.write_text(path.read_text("utf-8").replace("    description: ", "    uitleg: ", 1), "utf-8")
        environment = {f"{PREFIX}CONTENT_DIR": str(content), f"{PREFIX}DATA_DIR": str(tmp_path / "data")}

        done = CliRunner(env=environment).invoke(main, arguments)

        assert done.exit_code == 1
        assert "Bij 'verblijfsrecht': Het veld 'description' ontbreekt." in done.output
        assert "1 probleem in de lijsten; er is niets gedaan." in done.output
        assert "Traceback" not in done.output


class TestQueue:
    @pytest.mark.parametrize("arguments", [["worker"], ["serve", "--with-worker", "--demo"]], ids=" ".join)
    @pytest.mark.parametrize("address", ["amqp://127.0.0.1", "sqlite:///", "queue.sqlite"])
    def test_a_queue_that_is_not_built_in_is_refused_before_anything_starts(
        self, tmp_path: Path, arguments: list[str], address: str
    ) -> None:
        environment = {f"{PREFIX}DATA_DIR": str(tmp_path), f"{PREFIX}QUEUE_URL": address}

        done = CliRunner(env=environment).invoke(main, arguments)

        assert (done.exit_code, done.output) == (
            1,
            (
                "Error: HELPDESK_QUEUE_URL moet sqlite:///<bestand>, postgresql://… of redis://… zijn: "
                "een andere soort wachtrij is niet ingebouwd.\n"
            ),
        )


@pytest.mark.stored
class TestServe:
    def test_an_empty_database_is_not_served(self, tmp_path: Path) -> None:
        """Every page would say that the site is out of order."""
        done = CliRunner(env={f"{PREFIX}DATA_DIR": str(tmp_path)}).invoke(main, ["serve"])

        assert (done.exit_code, done.output) == (1, "Error: De databank is nog leeg. Voer eerst helpdesk init uit.\n")


@pytest.mark.stored
class TestInit:
    def test_a_changed_list_arrives(self, content: Path, tmp_path: Path) -> None:
        """A new title of a theme without a text once never reached the index: "Inhoud: ongewijzigd"."""
        for folder in FOLDERS:
            shutil.rmtree(content / folder, ignore_errors=True)  # not every kind has texts
        term = content / "lexicon" / "bgv.md"
        term.parent.mkdir()
        term.write_text(
            '---\ntitle: BGV\nsummary: Bevel.\nthemes: [bgv]\nstand_of_law: 2026-11-25\nsources: ["art. 7 Vw."]\n---\n'
        )
        runner = CliRunner(env={f"{PREFIX}CONTENT_DIR": str(content), f"{PREFIX}DATA_DIR": str(tmp_path / "data")})
        first = runner.invoke(main, ["init"])
        again = runner.invoke(main, ["init"])
        path = content / "lijsten" / "themas.yaml"
        path.write_text(
            path.read_text("utf-8").replace("title: Verblijfsrecht\n", "title: Verblijf in België\n"), "utf-8"
        )

        changed = runner.invoke(main, ["init"])
        status = runner.invoke(main, ["index", "status"])

        assert "Lijsten" not in first.output
        assert "Inhoud: ongewijzigd" in again.output
        assert "Lijsten: gewijzigd, 0 teksten opnieuw opgemaakt" in changed.output
        assert status.exit_code == 0, status.output
        assert "Inhoud: ongewijzigd" in runner.invoke(main, ["init"]).output
