import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.core import outbox
from helpdesk.core.errors import ContentBroken
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.rulings.models import RulingMention
from helpdesk.settings import PROJECT
from helpdesk.texts import actions, queries
from helpdesk.texts.models import PublishedText, TextKind, TextVersion

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
PAGE = "themas/verblijfsrecht/terugkeer/bgv.md"


def library(folder: Path, vocabulary: Vocabulary) -> actions.Library:
    return actions.read_library(folder, vocabulary)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small copy of the library: one theme page without links, and one lexicon term."""
    page = tmp_path / PAGE
    page.parent.mkdir(parents=True)
    page.write_text(
        '---\ntitle: Bevel\nsummary: Kort.\nthemes: [bgv]\nstand_of_law: 2026-11-25\nsources: ["art. 7 Vw."]\n---\n\n'
        "## In het kort\n\n- Zie [BGV](lexicon:bgv).\n"
    )
    term = tmp_path / "lexicon" / "bgv.md"
    term.parent.mkdir()
    term.write_text(
        '---\ntitle: BGV\nsummary: Bevel.\nthemes: [bgv]\nstand_of_law: 2026-11-25\nsources: ["art. 7 Vw."]\n---\n'
    )
    return tmp_path


class TestReadLibrary:
    def test_every_problem_of_every_file_is_named(self, folder: Path, vocabulary: Vocabulary) -> None:
        (folder / PAGE).write_text((folder / PAGE).read_text().replace("lexicon:bgv", "lexicon:bestaat-niet"))
        (folder / "lexicon" / "kapot.md").write_text("geen velden")

        with pytest.raises(ContentBroken) as broken:
            library(folder, vocabulary)

        assert [(problem.path, problem.line) for problem in broken.value.problems] == [
            ("lexicon/kapot.md", 1),
            (PAGE, 10),
        ]

    def test_a_file_that_is_not_utf8_is_named(self, folder: Path, vocabulary: Vocabulary) -> None:
        (folder / "lexicon" / "oud.md").write_bytes(b"---\ntitle: caf\xe9\n---\n")

        with pytest.raises(ContentBroken, match="UTF-8"):
            library(folder, vocabulary)


class TestImport:
    def test_a_second_import_changes_nothing(self, session: Session, vocabulary: Vocabulary) -> None:
        before = session.scalar(select(func.count()).select_from(TextVersion))

        shipped = library(PROJECT / "content", vocabulary)
        report = actions.import_library(session, shipped, vocabulary, now=NOW, overwrite=False)

        assert (report.added, report.changed) == (0, 0)
        assert session.scalar(select(func.count()).select_from(TextVersion)) == before
        assert actions.is_as_imported(session, PROJECT / "content")

    def test_a_changed_file_becomes_a_new_version_and_is_announced(
        self, session: Session, vocabulary: Vocabulary, folder: Path
    ) -> None:
        last = outbox.last_entry(session)
        old = queries.get_text(session, TextKind.THEME, "bgv").version.number

        actions.import_library(session, library(folder, vocabulary), vocabulary, now=NOW, overwrite=False)

        live = queries.get_text(session, TextKind.THEME, "bgv").version
        assert (live.number, live.title) == (old + 1, "Bevel")
        assert "thema/bgv" in {entry.document_id for entry in outbox.entries_after(session, last)}

    def test_a_text_edited_on_the_site_is_left_alone_unless_asked(
        self, session: Session, vocabulary: Vocabulary, folder: Path
    ) -> None:
        text = session.scalars(select(PublishedText).where(PublishedText.content_path == PAGE)).one()
        text.imported_checksum = "of an older file"
        session.flush()

        report = actions.import_library(session, library(folder, vocabulary), vocabulary, now=NOW, overwrite=False)
        assert report.edited_on_site == [PAGE]
        assert queries.get_text(session, TextKind.THEME, "bgv").version.title != "Bevel"

        actions.import_library(session, library(folder, vocabulary), vocabulary, now=NOW, overwrite=True)
        assert queries.get_text(session, TextKind.THEME, "bgv").version.title == "Bevel"

    def test_the_rulings_a_text_discusses_are_noted(self, session: Session) -> None:
        mentions = set(
            session.scalars(select(RulingMention.ruling_slug).where(RulingMention.document_id == "thema/gh-belg"))
        )

        assert "gwh-2019-10-24-149-2019" in mentions


class TestExport:
    def test_import_and_export_change_no_byte(self, session: Session, tmp_path: Path) -> None:
        content = PROJECT / "content"

        count = actions.export_library(session, tmp_path)

        files = [path for name in actions.FOLDERS for path in (content / name).rglob("*.md")]
        assert count == len(files)
        assert all((tmp_path / path.relative_to(content)).read_bytes() == path.read_bytes() for path in files)

    def test_line_ends_of_windows_come_back(self, session: Session, vocabulary: Vocabulary, tmp_path: Path) -> None:
        content = Path(shutil.copytree(PROJECT / "content", tmp_path / "content"))
        changed = [content / PAGE, content / "rechtspraak/rvv/2022-02-28-269-083.md"]
        for path in changed:
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

        actions.import_library(session, library(content, vocabulary), vocabulary, now=NOW, overwrite=False)
        actions.export_library(session, tmp_path / "out")

        assert all((tmp_path / "out" / path.relative_to(content)).read_bytes() == path.read_bytes() for path in changed)
        assert b"\r\n" in changed[1].read_bytes()
        assert "\r" not in queries.get_text(session, TextKind.THEME, "bgv").version.html
