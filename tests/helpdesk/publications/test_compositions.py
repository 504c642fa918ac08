"""Publications that are put together from theme pages."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy.orm import Session

from helpdesk.cli import main
from helpdesk.core import publication_files
from helpdesk.core.errors import ContentBroken
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.publications import queries
from helpdesk.settings import PROJECT
from helpdesk.texts import actions
from helpdesk.texts import queries as text_queries
from helpdesk.texts.models import TextKind
from tests.helpdesk.publications.examples import LATER, LONG, NOW, SHORT, build, change
from tests.pageclient import Visitor

pytestmark = [pytest.mark.stored]


@pytest.mark.usefixtures("has_pango", "only_the_short_one")
class TestEditions:
    def test_the_document_says_what_its_pages_say(self, house_app: Flask, as_visitor: Visitor) -> None:
        run = build(house_app)

        assert (len(run.made), run.problems) == (1, [])
        with as_visitor.fetch(f"/publicaties/{SHORT}/bestand") as answer:
            reader = PdfReader(BytesIO(answer.data))
        words = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
        assert "Nog niet nagekeken door een jurist" in words
        assert "Stand van het recht: 25" in words
        assert "Iedereen in de doelgroep mag inburgeren" in words
        assert "Decreet van 7 juni 2013" in words  # a footnote
        assert "Strengere regels aangekondigd" in words
        assert "Hoe vraag je het aan?" not in words  # a section that was not chosen
        assert words.count("Woorden uitgelegd") >= 2  # in the contents and above the list
        assert "/StructTreeRoot" in reader.root_object
        assert reader.outline
        assert reader.metadata is not None
        assert reader.metadata.title == "Wie moet en mag inburgeren?"

    def test_the_same_texts_make_no_new_edition_and_the_same_bytes(self, house_app: Flask, session: Session) -> None:
        build(house_app)
        [first] = publication_files.files_of(session, SHORT)

        assert (build(house_app, LATER).made, build(house_app, LATER).unchanged) == ([], 1)

        session.delete(first)
        session.commit()
        build(house_app, LATER)
        assert publication_files.files_of(session, SHORT)[0].sha256 == first.sha256

    def test_a_page_that_changed_makes_an_edition_that_says_so(
        self, house_app: Flask, session: Session, as_visitor: Visitor
    ) -> None:
        build(house_app)
        change(session, "inburgering", "Inburgering is een traject", "Inburgering blijft een traject")

        assert build(house_app, LATER, only_missing=True).made == []
        build(house_app, LATER)

        newest, _ = publication_files.files_of(session, SHORT)
        assert newest.note == "Bijgewerkt: Moet of mag je inburgeren?; Het traject en wat het betekent"
        assert "Eerste uitgave" in as_visitor.get(f"/publicaties/{SHORT}").main

    def test_a_section_that_was_renamed_keeps_the_last_edition(
        self, house_app: Flask, session: Session, as_editor: Visitor
    ) -> None:
        """A document that silently lost a part would say less than its title promises."""
        build(house_app)
        change(session, "inburgering", "En in Brussel?", "Brussel")

        run = build(house_app, LATER)

        said = "Deze kopjes staan niet meer op hun pagina: inburgering: En in Brussel?."
        assert run.made == []
        assert [said in problem for problem in run.problems] == [True]
        assert len(publication_files.files_of(session, SHORT)) == 1
        assert said in as_editor.get(f"/redactie/publicaties/{SHORT}").main

    def test_a_page_that_was_withdrawn_is_left_out(
        self, house_app: Flask, session: Session, as_editor: Visitor
    ) -> None:
        build(house_app)
        gone = text_queries.get_text(session, TextKind.THEME, "nationaliteitsverklaring").text
        actions.withdraw(session, gone, reason="Niet meer juist.", now=LATER)
        session.commit()

        run = build(house_app, LATER)

        assert len(run.made) == 1
        assert run.problems == [f"{SHORT}: 'nationaliteitsverklaring' heeft geen tekst meer en is weggelaten"]
        assert (
            "Weggelaten: het thema 'nationaliteitsverklaring'" in as_editor.get(f"/redactie/publicaties/{SHORT}").main
        )

    def test_an_editor_has_a_new_edition_made(self, session: Session, as_editor: Visitor) -> None:
        page = as_editor.get("/redactie/publicaties").follow("Wie moet en mag inburgeren?").fill({}).submit()

        assert "De nieuwe uitgave staat op de site." in page.main
        [edition] = publication_files.files_of(session, SHORT)
        assert edition.stored_by_id is not None
        assert "De uitgave op de site zegt al wat" in page.fill({}).submit().main

    def test_an_export_leaves_it_out_since_it_can_be_printed_again(
        self, house_app: Flask, session: Session, tmp_path: Path
    ) -> None:
        build(house_app)
        with house_app.app_context():
            store = publication_files.PublicationStore(house_app.extensions["helpdesk"].settings.publications_dir)

        assert actions.export_files(session, tmp_path, store) == 0

    def test_the_command_says_what_it_made(self, house_app: Flask) -> None:
        done = house_app.test_cli_runner().invoke(main, ["publications", "build"])

        assert done.exit_code == 0
        assert done.output.startswith("1 nieuw, 0 ongewijzigd, 0 problemen")


class TestBeforeTheFirstEdition:
    @pytest.mark.usefixtures("has_pango")
    def test_it_can_be_had_at_once(self, as_visitor: Visitor, session: Session) -> None:
        """A new installation has no editions until its job runner made them; nobody waits for that."""
        page = as_visitor.get("/publicaties").follow("Wie moet en mag inburgeren?")

        link = next(link for link in page.all("a") if "Download (pdf)" in "".join(link.itertext()))
        answer = as_visitor.fetch(link.get("href", ""))
        assert answer.mimetype == "application/pdf"
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{SHORT}.pdf"'
        assert publication_files.files_of(session, SHORT) == []
        assert as_visitor.fetch(f"/publicaties/{SHORT}/bestand/1").status_code == 404

    def test_the_shipped_publications_find_all_they_name(self, session: Session, vocabulary: Vocabulary) -> None:
        found = queries.compositions(session, vocabulary)

        assert [one.live.text.slug for one in found] == [LONG, SHORT]
        assert [(one.gone, one.lost) for one in found] == [([], [])] * 2


class TestChecking:
    @pytest.mark.parametrize(
        ("what", "instead", "said"),
        [
            ("      - En in Brussel?", "      - En in Gent?", "staat geen kopje 'En in Gent?'"),
            ("thema: nationaliteitsverklaring", "thema: visum-nergens", "'thema' moet een thema"),
            ("thema: nationaliteitsverklaring", "thema: gezinshereniging", "'gezinshereniging' heeft geen eigen tekst"),
            ("chapters:", "file: iets.pdf\nchapters:", "niet beide"),
        ],
    )
    def test_a_chapter_that_is_not_there_fails_the_check(
        self, vocabulary: Vocabulary, tmp_path: Path, what: str, instead: str, said: str
    ) -> None:
        written = (PROJECT / "content" / "publicaties" / f"{SHORT}.md").read_text("utf-8")
        assert what in written
        for folder in ("publicaties", "themas/andere-wetgeving"):
            (tmp_path / folder).mkdir(parents=True)
        page = "themas/andere-wetgeving/inburgering.md"
        (tmp_path / page).write_bytes((PROJECT / "content" / page).read_bytes())
        (tmp_path / "publicaties" / f"{SHORT}.md").write_text(written.replace(what, instead), "utf-8")

        with pytest.raises(ContentBroken, match=re.escape(said)):
            actions.read_library(tmp_path, vocabulary, on=NOW.date())
