import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.core import outbox, references
from helpdesk.core.errors import ContentBroken
from helpdesk.core.references import NotedReference, ReferenceSource
from helpdesk.core.vocabulary import ThemeTree, Vocabulary
from helpdesk.rulings import queries as ruling_queries
from helpdesk.rulings.models import RulingTreatment
from helpdesk.settings import PROJECT
from helpdesk.texts import actions, queries
from helpdesk.texts.models import LibraryState, PublishedText, TextKind, TextVersion

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
PAGE = "themas/verblijfsrecht/terugkeer/bgv.md"


def library(folder: Path, vocabulary: Vocabulary) -> actions.Library:
    return actions.read_library(folder, vocabulary, on=NOW.date())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small copy of the library: one theme page without links, and one lexicon term."""
    page = tmp_path / PAGE
    page.parent.mkdir(parents=True)
    page.write_text(
        '---\ntitle: Bevel\nsummary: Kort.\nthemes: [bgv]\nstand_of_law: 2026-11-25\nsources: ["art. 7 Vw."]\n---\n\n'
        "## In het kort\n\n- Zie [BGV](lexicon:bgv).\n" + "woord " * 240
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
            (PAGE, 11),
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
        assert actions.is_as_imported(session, PROJECT / "content", vocabulary)

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
        noted = {(row.target, row.origin) for row in references.references_of(session, "thema/gh-belg")}

        assert ("GWH:149/2019", "record") in noted
        assert ("VW:40ter", "record") in noted  # a source of the page
        assert any(target == "VW:40ter" and origin == "automatic" for target, origin in noted)


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A copy of the shipped library that a test may change."""
    return Path(shutil.copytree(PROJECT / "content", tmp_path / "content"))


def announced_after(session: Session, last: int) -> set[str]:
    return {entry.document_id for entry in outbox.entries_after(session, last)}


class TestChangedLists:
    def test_new_lists_render_again_and_announce_every_document(self, session: Session, vocabulary: Vocabulary) -> None:
        """A moved theme once kept its old address in stored texts and in the index for ever."""
        live = queries.get_text(session, TextKind.THEME, "bgv").version
        html, number = live.html, live.number
        live.html = "<p>Met een oud adres</p>"
        session.get_one(LibraryState, 1).nodes = ["vroeger-thema"]
        last = outbox.last_entry(session)
        changed = replace(vocabulary, digest="anders")
        assert not actions.is_as_imported(session, PROJECT / "content", changed)

        shipped = library(PROJECT / "content", changed)
        report = actions.import_library(session, shipped, changed, now=NOW, overwrite=False)

        live = queries.get_text(session, TextKind.THEME, "bgv").version
        assert (live.html, live.number) == (html, number)
        assert (report.follows_new_lists, report.rendered_again, report.changed) == (True, 1, 0)
        everything = {f"thema/{theme.id}" for theme in vocabulary.themes.all} | {"thema/vroeger-thema", "lexicon/bgv"}
        assert everything <= announced_after(session, last)
        assert actions.is_as_imported(session, PROJECT / "content", changed)

    def test_a_text_edited_on_the_site_follows_the_lists_too(self, session: Session, vocabulary: Vocabulary) -> None:
        live = queries.get_text(session, TextKind.THEME, "bgv")
        live.version.source += "\nDe redactie over [reguleren](thema:humanitaire-regularisatie-9bis).\n"
        changed = replace(vocabulary, digest="anders")

        actions.import_library(session, library(PROJECT / "content", changed), changed, now=NOW, overwrite=False)

        html = queries.get_text(session, TextKind.THEME, "bgv").version.html
        assert 'href="/themas/verblijfsrecht/humanitaire-regularisatie-9bis"' in html.rpartition("De redactie")[2]

    def test_a_text_whose_theme_moved_keeps_its_versions(
        self, session: Session, vocabulary: Vocabulary, content: Path
    ) -> None:
        """The file moves with its node; a second text with the same address would break the import."""
        theme = replace(vocabulary.themes["bgv"], path="ipr/bgv", parent="ipr", level=2)
        moved = ThemeTree([theme if one.id == "bgv" else one for one in vocabulary.themes.all])
        changed = replace(vocabulary, themes=moved, digest="anders")
        (content / PAGE).rename(content / "themas/ipr/bgv.md")

        report = actions.import_library(session, library(content, changed), changed, now=NOW, overwrite=False)

        live = queries.get_text(session, TextKind.THEME, "bgv")
        assert (live.text.content_path, live.version.number) == ("themas/ipr/bgv.md", 1)
        assert (report.changed, report.withdrawn) == (1, 0)
        assert report.rendered_again > 0
        assert session.get_one(ReferenceSource, "thema/bgv").address == "/themas/ipr/bgv"


class TestWithdraw:
    SLUG = "cassatie-toestemming-van-het-kind-bij-erkenning"  # no other text links to it
    NEWS = f"nieuws/2026/2026-11-25-{SLUG}.md"

    def test_a_text_without_file_leaves_the_site_and_comes_back_with_it(
        self, session: Session, vocabulary: Vocabulary, content: Path
    ) -> None:
        last = outbox.last_entry(session)
        written = (content / self.NEWS).read_bytes()
        (content / self.NEWS).unlink()

        report = actions.import_library(session, library(content, vocabulary), vocabulary, now=NOW, overwrite=False)

        assert report.withdrawn == 1
        assert queries.find_text(session, TextKind.NEWS, self.SLUG) is None
        assert announced_after(session, last) == {f"nieuws/{self.SLUG}"}
        assert actions.is_as_imported(session, content, vocabulary)
        assert references.references_of(session, f"nieuws/{self.SLUG}") == []

        (content / self.NEWS).write_bytes(written)
        report = actions.import_library(session, library(content, vocabulary), vocabulary, now=NOW, overwrite=False)

        assert (report.changed, report.withdrawn) == (1, 0)
        assert queries.get_text(session, TextKind.NEWS, self.SLUG).version.number == 2

    def test_a_text_edited_on_the_site_stays_unless_asked(
        self, session: Session, vocabulary: Vocabulary, content: Path
    ) -> None:
        queries.get_text(session, TextKind.NEWS, self.SLUG).version.source += "\nBewerkt.\n"
        (content / self.NEWS).unlink()
        read = library(content, vocabulary)

        report = actions.import_library(session, read, vocabulary, now=NOW, overwrite=False)
        assert (report.withdrawn, report.gone_but_edited) == (0, [self.NEWS])

        report = actions.import_library(session, read, vocabulary, now=NOW, overwrite=True)
        assert (report.withdrawn, report.gone_but_edited) == (1, [])

    def test_a_ruling_without_file_leaves_the_site_and_comes_back_with_it(
        self, session: Session, vocabulary: Vocabulary, content: Path
    ) -> None:
        mentioned = set(session.scalars(select(NotedReference.target)))
        treated = set(session.scalars(select(RulingTreatment.treated_slug)))
        ruling = next(
            one
            for one in ruling_queries.all_rulings(session)
            if not {one.number_normal, one.ecli} & mentioned and one.slug not in treated
        )
        slug, file = ruling.slug, content / str(ruling.content_path)
        last, written = outbox.last_entry(session), file.read_bytes()
        file.unlink()

        report = actions.import_library(session, library(content, vocabulary), vocabulary, now=NOW, overwrite=False)

        assert report.withdrawn == 1
        assert ruling_queries.rulings_by_slug(session, [slug]) == []
        assert announced_after(session, last) == {f"rechtspraak/{slug}"}
        assert actions.is_as_imported(session, content, vocabulary)

        file.write_bytes(written)
        report = actions.import_library(session, library(content, vocabulary), vocabulary, now=NOW, overwrite=False)

        assert (report.changed, report.withdrawn) == (1, 0)
        assert ruling_queries.get_ruling(session, slug).published_at == NOW

    def test_a_folder_that_is_not_there_says_nothing(
        self, session: Session, vocabulary: Vocabulary, folder: Path
    ) -> None:
        """A content folder that is not mounted must not empty the site."""
        news = queries.count_texts(session, TextKind.NEWS)

        actions.import_library(session, library(folder, vocabulary), vocabulary, now=NOW, overwrite=False)

        assert queries.count_texts(session, TextKind.LEXICON) == 1
        assert queries.count_texts(session, TextKind.NEWS) == news >= 30
        assert ruling_queries.count_rulings(session) > 100


class TestExport:
    def test_import_and_export_change_no_byte(self, session: Session, tmp_path: Path) -> None:
        content = PROJECT / "content"

        count = actions.export_library(session, tmp_path)

        files = [path for name in actions.FOLDERS for path in (content / name).rglob("*.md")]
        files.append(content / "lijsten" / "bedragen.yaml")
        assert count == len(files)
        assert all((tmp_path / path.relative_to(content)).read_bytes() == path.read_bytes() for path in files)

    def test_line_ends_of_windows_come_back(
        self, session: Session, vocabulary: Vocabulary, content: Path, tmp_path: Path
    ) -> None:
        changed = [content / PAGE, content / "rechtspraak/rvv/2022-02-28-269-083.md"]
        for path in changed:
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

        actions.import_library(session, library(content, vocabulary), vocabulary, now=NOW, overwrite=False)
        actions.export_library(session, tmp_path / "out")

        assert all((tmp_path / "out" / path.relative_to(content)).read_bytes() == path.read_bytes() for path in changed)
        assert b"\r\n" in changed[1].read_bytes()
        assert "\r" not in queries.get_text(session, TextKind.THEME, "bgv").version.html
