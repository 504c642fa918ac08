"""Versions of files that editors keep from the public."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete
from sqlalchemy.orm import Session

from helpdesk.cli import main
from helpdesk.core import publication_files
from helpdesk.core.errors import ContentBroken
from helpdesk.core.publication_files import PublicationFile, PublicationPart
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.publications import actions
from helpdesk.publications.actions import NothingToDo
from helpdesk.publications.rules import hidden_sentence
from helpdesk.text_editor import queries as text_editor_queries
from helpdesk.text_editor.queries import PrintedEdition
from helpdesk.texts import actions as text_actions
from helpdesk.texts import queries as text_queries
from helpdesk.texts.models import PublishedText, TextKind, TextVersion
from tests.helpdesk.publications.examples import (
    LATER,
    NOW,
    SHORT,
    TEXT,
    build,
    change,
    hand_in,
    pages_at,
    store_of,
)
from tests.helpdesk.text_editor.examples import acts
from tests.pageclient import Page, Visitor
from tests.pdfs import a_pdf

SLUG = "eerste-hulp-bij-een-bevel"
ADDRESS = f"/publicaties/{SLUG}"
EDITORS = f"/redactie/publicaties/{SLUG}/versies"
REASON = "Er stond een gegeven van een persoon in."
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)

pytestmark = [pytest.mark.stored]


def hide(editor: Visitor, number: int, reason: str = REASON, *, at: str = EDITORS, expect: int = 200) -> Page:
    values = {"number": str(number), "hidden_reason": reason}
    return editor.get(at).fill(values, action=f"{at}/afschermen").submit("Afschermen", expect=expect)


def other_reason(editor: Visitor, number: int, reason: str, *, expect: int = 200) -> Page:
    values = {"anders-number": str(number), "anders-hidden_reason": reason}
    return editor.get(EDITORS).fill(values, action=f"{EDITORS}/reden").submit("Reden wijzigen", expect=expect)


def show_again(editor: Visitor, number: int, *, at: str = EDITORS) -> Page:
    page = editor.get(at)
    buttons = [one for one in page.all("button") if one.get("aria-label", "").endswith(f" {number} weer")]
    assert len(buttons) == 1
    values = {one.get("name", ""): one.get("value", "") for one in page.all("input") if one.get("name") == "csrf_token"}
    return editor.post(f"{at}/weer-tonen", {**values, "number": number})


def text_of(session: Session, slug: str = SLUG) -> PublishedText:
    text = text_queries.find_any_text(session, TextKind.PUBLICATION, slug)
    assert text is not None
    return text


@pytest.fixture
def two_versions(published: None, as_editor: Visitor) -> None:  # noqa: ARG001 - what it stores is what counts
    """A publication whose file was replaced: the first has one page, the second two."""
    hand_in(as_editor, a_pdf("Hallo", "twee"), note="Nieuwe adressen.")


@pytest.mark.usefixtures("two_versions")
class TestOldVersion:
    def test_nobody_gets_it_any_more_until_it_is_shown_again(
        self, as_editor: Visitor, as_visitor: Visitor, session: Session
    ) -> None:
        before = as_visitor.fetch(f"{ADDRESS}/bestand/1")

        page = hide(as_editor, 1)

        assert "De site toont versie 1 niet meer." in page.main
        gone = as_visitor.get(f"{ADDRESS}/bestand/1", expect=410)
        assert (gone.heading, REASON in gone.main) == ("Versie 1 tonen we niet meer", True)
        public = as_visitor.get(ADDRESS)
        assert "2 pagina's" in public.main
        assert "Vorige versies" not in public.main
        assert not [link for link in public.links().values() if link.endswith("/bestand/1")]
        assert pages_at(as_visitor, f"{ADDRESS}/bestand") == 2

        assert "De site toont versie 1 weer." in show_again(as_editor, 1).main
        assert as_visitor.fetch(f"{ADDRESS}/bestand/1").data == before.data
        assert acts(session, f"publicatie/{SLUG}")[-2:] == ["publication.file_hidden", "publication.file_shown"]

    @pytest.mark.parametrize("method", ["GET", "HEAD"])
    def test_who_has_it_already_is_told_too(self, as_editor: Visitor, as_visitor: Visitor, method: str) -> None:
        """A cache that asks whether its copy is still good must not be told that it is."""
        tag = as_visitor.fetch(f"{ADDRESS}/bestand/1").headers["ETag"]
        hide(as_editor, 1)

        for asked in (
            {"If-None-Match": tag},
            {"If-None-Match": "*"},
            {"If-Modified-Since": "Thu, 31 Dec 2037 00:00:00 GMT"},
            {"Range": "bytes=0-99"},
            {"Range": "bytes=0-99", "If-Range": tag},
        ):
            answer = as_visitor.fetch(f"{ADDRESS}/bestand/1", method=method, headers=asked)
            assert (answer.status_code, b"%PDF" in answer.data) == (410, False), asked

    def test_editors_still_open_it_and_nobody_else(self, as_editor: Visitor, as_jurist: Visitor) -> None:
        hide(as_editor, 1)

        assert pages_at(as_editor, f"{EDITORS}/1") == 1
        assert as_editor.fetch(f"{EDITORS}/1").headers["Cache-Control"] == "no-store"
        assert as_editor.fetch(f"{EDITORS}/3").status_code == 404
        assert as_jurist.fetch(f"{EDITORS}/1").status_code == 403

    def test_downloads_that_were_counted_stay(self, as_editor: Visitor, as_visitor: Visitor) -> None:
        firefox = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
        links = [link.get("data-sealed") for link in as_visitor.get(ADDRESS).all("a") if link.get("data-sealed")]
        for told in links:
            as_visitor.fetch("/telling", method="POST", data={"pad": told}, headers=firefox)

        hide(as_editor, 1)

        assert "2 downloads in een jaar" in as_editor.get("/redactie/publicaties").main

    @pytest.mark.parametrize(
        ("number", "reason", "said"),
        [
            ("1", "", "Schrijf waarom je ze afschermt"),
            ("1", "kort", "in minstens"),
            ("1", "x" * 501, "Maak dit korter"),
            ("1", "Het ging over mevr. Peeters, 0475 12 34 56.", "Noem in de reden geen naam"),
            ("", REASON, "Kies welke versie"),
            ("7", REASON, "Kies welke versie"),
            ("niets", REASON, "Kies welke versie"),
        ],
    )
    def test_what_is_not_in_order_is_explained_and_changes_nothing(
        self, as_editor: Visitor, as_visitor: Visitor, number: str, reason: str, said: str
    ) -> None:
        values = {one.get("name", ""): one.get("value", "") for one in as_editor.get(EDITORS).all("input")}

        answer = as_editor.post(
            f"{EDITORS}/afschermen", {**values, "number": number, "hidden_reason": reason}, expect=422
        )

        assert said in answer.main
        assert reason in answer.main
        assert as_visitor.fetch(f"{ADDRESS}/bestand/1").status_code == 200

    def test_of_two_editors_at_once_the_first_decides(self, as_editor: Visitor, session: Session) -> None:
        open_page = as_editor.get(EDITORS).fill(
            {"number": "1", "hidden_reason": "Een andere reden, later ingetikt."}, action=f"{EDITORS}/afschermen"
        )
        [_, first] = publication_files.files_of(session, SLUG)
        actions.hide(session, text_of(session), first, reason=REASON, by=1, now=NOW)

        answer = open_page.submit("Afschermen", expect=409)

        assert "Dat was al gebeurd" in answer.main
        assert "Een andere reden, later ingetikt." in answer.main
        assert not [one for one in answer.all("option") if one.get("selected") is not None]  # nothing goes by accident
        session.expire_all()
        assert publication_files.files_of(session, SLUG)[1].hidden_reason == REASON
        assert acts(session, f"publicatie/{SLUG}").count("publication.file_hidden") == 1

    def test_what_is_shown_cannot_be_shown_again(self, session: Session, house_app: Flask) -> None:
        [_, first] = publication_files.files_of(session, SLUG)

        with pytest.raises(NothingToDo):
            actions.show_again(session, store_of(house_app), text_of(session), first, by=1, now=NOW)

    def test_the_same_file_under_another_number_goes_with_it(
        self, as_editor: Visitor, as_visitor: Visitor, session: Session
    ) -> None:
        """An editor may have put back a file that was replaced: one address less would hide nothing."""
        hand_in(as_editor, a_pdf("Hallo"), note="Toch maar terug.")
        files = publication_files.files_of(session, SLUG)
        assert [file.sha256 == files[2].sha256 for file in files] == [True, False, True]

        page = hide(as_editor, 1)

        assert "De site toont versie 1 en 3 niet meer: dat is hetzelfde bestand." in page.main
        assert [as_visitor.fetch(f"{ADDRESS}/bestand/{number}").status_code for number in (1, 2, 3)] == [410, 200, 410]
        assert "versie 1 en 3 weer" in show_again(as_editor, 3).main

    def test_a_reason_that_says_too_much_is_replaced_without_showing_the_file(
        self, as_editor: Visitor, as_visitor: Visitor, session: Session
    ) -> None:
        hand_in(as_editor, a_pdf("Hallo"), note="Toch maar terug.")
        hide(as_editor, 1)
        instead = "Er stond iets in dat er niet hoort."

        page = other_reason(as_editor, 3, instead)

        assert "Bezoekers lezen nu de nieuwe reden van versie 1 en 3." in page.main
        for number in (1, 3):
            gone = as_visitor.get(f"{ADDRESS}/bestand/{number}", expect=410).main
            assert (instead in gone, REASON in gone) == (True, False)
        assert acts(session, f"publicatie/{SLUG}")[-2:] == ["publication.reason_changed"] * 2
        refused = other_reason(as_editor, 1, "Het ging over mevr. Peeters, 0475 12 34 56.", expect=422)
        assert "Noem in de reden geen naam" in refused.main
        assert "mevr. Peeters" in refused.main
        assert instead in as_visitor.get(f"{ADDRESS}/bestand/1", expect=410).main

    def test_what_a_colleague_shows_again_meanwhile_gets_no_reason(
        self, as_editor: Visitor, as_visitor: Visitor
    ) -> None:
        hide(as_editor, 1)
        hide(as_editor, 2)
        values = {"anders-number": "1", "anders-hidden_reason": "Een andere reden, later ingetikt."}
        late = as_editor.get(EDITORS).fill(values, action=f"{EDITORS}/reden")
        show_again(as_editor, 1)

        answer = late.submit("Reden wijzigen", expect=409)

        assert "niet (meer) afgeschermd" in answer.main
        assert "Een andere reden, later ingetikt." in answer.main
        assert as_visitor.fetch(f"{ADDRESS}/bestand/1").status_code == 200

    def test_what_is_off_the_site_comes_back_without_it(
        self, as_editor: Visitor, as_visitor: Visitor, session: Session
    ) -> None:
        text = text_of(session)
        text_actions.withdraw(session, text, reason="Voor deze test.", now=LATER)

        page = as_editor.get("/redactie/publicaties").follow(SLUG)
        assert "niet meer op de site" in page.text
        hide(as_editor, 1)

        assert as_visitor.fetch(f"{ADDRESS}/bestand/1").status_code == 404
        text.live_number = 1
        assert as_visitor.fetch(f"{ADDRESS}/bestand/1").status_code == 410


@pytest.mark.usefixtures("two_versions")
class TestNewestVersion:
    def test_the_one_before_takes_its_place(self, as_editor: Visitor, as_visitor: Visitor) -> None:
        page = hide(as_editor, 2)

        assert "krijgt versie 1: kijk na of die wel in orde is" in page.main
        assert pages_at(as_visitor, f"{ADDRESS}/bestand") == 1
        assert "1 pagina" in as_visitor.get(ADDRESS).main
        assert as_visitor.fetch(f"{ADDRESS}/bestand/2").status_code == 410

    def test_a_browser_that_kept_it_gets_the_one_before(self, as_editor: Visitor, as_visitor: Visitor) -> None:
        """The file that takes its place is older: its day must not make a browser keep what it has."""
        had = as_visitor.fetch(f"{ADDRESS}/bestand")
        hide(as_editor, 2)

        for asked in ({"If-None-Match": had.headers["ETag"]}, {"If-Modified-Since": "Thu, 31 Dec 2037 00:00:00 GMT"}):
            answer = as_visitor.fetch(f"{ADDRESS}/bestand", headers=asked)
            assert (answer.status_code, answer.data.startswith(b"%PDF-")) == (200, True)
            assert answer.data != had.data

    def test_no_cache_on_the_way_keeps_a_file(self, as_visitor: Visitor) -> None:
        answer = as_visitor.fetch(f"{ADDRESS}/bestand")

        kept = {part.strip() for part in answer.headers["Cache-Control"].split(",")}
        assert {"no-cache", "private"} <= kept
        assert answer.headers["ETag"] == f'"{hashlib.sha256(answer.data).hexdigest()}"'
        again = as_visitor.fetch(f"{ADDRESS}/bestand", headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304
        part = as_visitor.fetch(f"{ADDRESS}/bestand", headers={"Range": "bytes=0-4"})
        assert (part.status_code, part.data) == (206, b"%PDF-")

    def test_without_any_left_there_is_nothing_to_download(self, as_editor: Visitor, as_visitor: Visitor) -> None:
        hide(as_editor, 1)
        page = hide(as_editor, 2)

        assert "lever een verbeterd bestand in" in page.main
        assert REASON in as_visitor.get(f"{ADDRESS}/bestand", expect=410).main
        public = as_visitor.get(ADDRESS)
        assert f"tonen we niet meer: {REASON}" in public.main
        assert "Download" not in public.main
        assert "nu geen bestand" in as_visitor.get("/publicaties").main
        assert "Afschermen" not in as_editor.get(EDITORS).texts("button")

    def test_it_cannot_come_back_under_a_new_number(
        self, as_editor: Visitor, as_visitor: Visitor, session: Session
    ) -> None:
        hide(as_editor, 2)

        page = hand_in(as_editor, a_pdf("Hallo", "twee"), note="Nog eens.", expect=422)

        assert "Dit bestand is afgeschermd als versie 2" in page.main
        assert len(publication_files.files_of(session, SLUG)) == 2
        hand_in(as_editor, a_pdf("Hallo", "twee", "drie"), note="Verbeterd.")
        assert pages_at(as_visitor, f"{ADDRESS}/bestand") == 3


@pytest.mark.usefixtures("two_versions")
class TestErasing:
    def test_a_hidden_file_leaves_the_server(
        self, house_app: Flask, as_editor: Visitor, as_visitor: Visitor, session: Session
    ) -> None:
        store, first = store_of(house_app), publication_files.files_of(session, SLUG)[1]
        kept = [store.path_of(first), store.original_of(first)]
        assert len(set(kept)) == 2
        hide(as_editor, 1)

        done = house_app.test_cli_runner().invoke(main, ["publications", "erase", SLUG, "1"])

        assert (done.exit_code, done.output) == (0, f"Versie 1 van {SLUG} is gewist.\n")
        assert not [path for path in kept if path is not None and path.exists()]
        assert not list(store.folder.glob(f"{first.sha256}*"))  # nor the words that were read from it
        assert REASON in as_visitor.get(f"{ADDRESS}/bestand/1", expect=410).main
        assert pages_at(as_visitor, f"{ADDRESS}/bestand") == 2
        page = as_editor.get(EDITORS)
        assert "Het bestand is gewist." in page.main
        assert "Weer tonen" not in page.texts("button")
        assert as_editor.fetch(f"{EDITORS}/1").status_code == 404
        with pytest.raises(NothingToDo, match="gewist"):
            actions.show_again(session, store, text_of(session), first, by=1, now=NOW)
        assert acts(session, f"publicatie/{SLUG}")[-1] == "publication.file_erased"
        again = house_app.test_cli_runner().invoke(main, ["publications", "erase", SLUG, "1"])
        assert again.output == f"Versie 1 van {SLUG} was al weg.\n"
        assert "de nieuwe reden van versie 1" in other_reason(as_editor, 1, "Er stond iets in dat er niet hoort.").main

    def test_handing_it_in_again_does_not_bring_it_back(
        self, house_app: Flask, as_editor: Visitor, session: Session, vocabulary: Vocabulary, content: Path
    ) -> None:
        """Neither by the form nor by an import of a folder in which it lies still, with another author by now."""
        store = store_of(house_app)
        hide(as_editor, 1)
        house_app.test_cli_runner().invoke(main, ["publications", "erase", SLUG, "1"])
        left = {path for path in store.folder.rglob("*") if path.is_file()}

        hand_in(as_editor, a_pdf("Hallo"), note="Nog eens.", expect=422)
        (content / "publicaties" / "eerste-hulp.pdf").write_bytes(a_pdf("Hallo", author="Iemand anders"))
        library = text_actions.read_library(content, vocabulary, on=NOW.date())
        with pytest.raises(ContentBroken, match="afgeschermd als versie 1"):
            text_actions.receive_files(session, library, content, store)

        assert {path for path in store.folder.rglob("*") if path.is_file()} == left
        assert "Het bestand is gewist." in as_editor.get(EDITORS).main

    @pytest.mark.parametrize(
        ("slug", "number", "said"),
        [(SLUG, "2", "scherm ze eerst af"), (SLUG, "9", "geen versie 9"), ("niets", "1", "geen versie 1")],
    )
    def test_what_the_public_may_have_stays(
        self, house_app: Flask, as_visitor: Visitor, slug: str, number: str, said: str
    ) -> None:
        done = house_app.test_cli_runner().invoke(main, ["publications", "erase", slug, number])

        assert done.exit_code == 1
        assert said in done.output
        assert pages_at(as_visitor, f"{ADDRESS}/bestand") == 2

    def test_the_same_file_of_another_publication_stays(
        self, house_app: Flask, as_editor: Visitor, session: Session
    ) -> None:
        """Files are named by what they are: two publications may share one."""
        hide(as_editor, 1)
        first = publication_files.files_of(session, SLUG)[1]
        values = {name: getattr(first, name) for name in ("number", "name", "kind", "sha256", "given_sha256")}
        session.add(PublicationFile(**values, slug="andere", size_bytes=1, pages=1, note="", stored_at=NOW))
        session.commit()

        done = house_app.test_cli_runner().invoke(main, ["publications", "erase", SLUG, "1"])

        assert "Versie 1 van andere is dit bestand" in done.output
        assert store_of(house_app).path_of(first) is not None

    def test_every_version_that_loses_its_file_is_named_and_noted(
        self, house_app: Flask, as_editor: Visitor, session: Session
    ) -> None:
        hand_in(as_editor, a_pdf("Hallo"), note="Toch maar terug.")
        hide(as_editor, 1)

        done = house_app.test_cli_runner().invoke(main, ["publications", "erase", SLUG, "1"])

        assert done.output == f"Versie 1 van {SLUG} is gewist.\nVersie 3 van {SLUG} is gewist.\n"
        assert acts(session, f"publicatie/{SLUG}")[-2:] == ["publication.file_erased"] * 2


@pytest.mark.usefixtures("published")
class TestLibrary:
    def test_an_export_has_the_file_the_public_gets(
        self, as_editor: Visitor, session: Session, house_app: Flask, tmp_path: Path
    ) -> None:
        hand_in(as_editor, a_pdf("Hallo", "twee"), note="Nieuwe adressen.")
        newest = publication_files.files_of(session, SLUG)[0]
        hide(as_editor, 2)

        assert text_actions.export_files(session, tmp_path / "out", store_of(house_app)) == 1
        exported = (tmp_path / "out" / "publicaties" / "eerste-hulp.pdf").read_bytes()
        assert hashlib.sha256(exported).hexdigest() != newest.sha256
        assert text_actions.files_kept_back(session) == []

    def test_an_export_holds_back_what_is_hidden_and_says_so(
        self, as_editor: Visitor, session: Session, house_app: Flask, tmp_path: Path
    ) -> None:
        hide(as_editor, 1)

        assert text_actions.export_files(session, tmp_path / "out", store_of(house_app)) == 0
        assert text_actions.files_kept_back(session) == [f"publicaties/{SLUG}.md"]

    def test_an_import_does_not_bring_it_back(
        self, as_editor: Visitor, session: Session, vocabulary: Vocabulary, content: Path, house_app: Flask
    ) -> None:
        """The file stands in content/ still; the same with another author is the same once it is cleaned."""
        hide(as_editor, 1)
        library = text_actions.read_library(content, vocabulary, on=NOW.date())

        assert text_actions.receive_files(session, library, content, store_of(house_app)) == {}

        (content / "publicaties" / "eerste-hulp.pdf").write_bytes(a_pdf("Hallo", author="Iemand anders"))
        with pytest.raises(ContentBroken, match="afgeschermd als versie 1"):
            text_actions.receive_files(session, library, content, store_of(house_app))


def newer_version(session: Session, node: str, *, at: datetime | None, edit: Callable[[str], str] = str) -> TextVersion:
    """Publish a next version of a theme page whose text is changed by `edit`; without `at` at the same moment."""
    text, live = text_queries.get_text(session, TextKind.THEME, node)
    values = {
        column.name: getattr(live, column.name) for column in TextVersion.__table__.columns if column.name != "id"
    }
    version = TextVersion(**values | {"number": live.number + 1, "html": edit(live.html)})
    version.published_at = at or live.published_at
    session.add(version)
    text.live_number = version.number
    session.commit()
    return version


def printed_from(session: Session, kind: TextKind, slug: str, number: int) -> list[PrintedEdition]:
    text = text_queries.find_any_text(session, kind, slug)
    assert text is not None
    version = text_queries.find_version(session, text.id, number)
    assert version is not None
    return text_editor_queries.editions_printed_from(session, text, version)


@pytest.mark.usefixtures("has_pango", "only_the_short_one")
class TestEditions:
    AT = f"/redactie/publicaties/{SHORT}/versies"
    TITLE = "Wie moet en mag inburgeren?"

    def test_a_hidden_edition_is_not_made_again_before_its_page_changes(
        self, house_app: Flask, session: Session, as_editor: Visitor, as_visitor: Visitor
    ) -> None:
        build(house_app)
        page = hide(as_editor, 1, at=self.AT)
        assert "verbeter de pagina en maak een nieuwe uitgave" in page.main

        assert REASON in as_visitor.get(f"/publicaties/{SHORT}/bestand", expect=410).main
        assert build(house_app, only_missing=True) == build(house_app, only_missing=True)
        run = build(house_app)
        assert (run.made, ["uitgave 1 stond, en die is afgeschermd" in one for one in run.problems]) == ([], [True])
        refused = as_editor.get(f"/redactie/publicaties/{SHORT}").fill({}).submit("Nu een nieuwe uitgave maken")
        assert "Verbeter eerst de pagina" in refused.main

        change(session, "inburgering", "Inburgering is een traject", "Inburgering blijft een traject")
        assert len(build(house_app, LATER).made) == 1
        assert [file.number for file in publication_files.files_of(session, SHORT)] == [2, 1]
        assert as_visitor.fetch(f"/publicaties/{SHORT}/bestand").status_code == 200

    def test_other_markup_that_looks_the_same_on_paper_is_refused_too(
        self, house_app: Flask, session: Session, as_editor: Visitor
    ) -> None:
        """A release may rename a class: the nightly run must go on to the next publication."""
        build(house_app)
        hide(as_editor, 1, at=self.AT)

        change(session, "inburgering", "<p>", '<p class="anders">', at=NOW)
        run = build(house_app)

        assert (run.made, ["uitgave 1 stond, en die is afgeschermd" in one for one in run.problems]) == ([], [True])
        assert len(publication_files.files_of(session, SHORT)) == 1

    def test_an_old_edition_goes_and_the_newest_stays(
        self, house_app: Flask, session: Session, as_editor: Visitor, as_visitor: Visitor
    ) -> None:
        build(house_app)
        change(session, "inburgering", "Inburgering is een traject", "Inburgering blijft een traject")
        build(house_app, LATER)

        hide(as_editor, 1, at=self.AT)

        gone = as_visitor.get(f"/publicaties/{SHORT}/bestand/1", expect=410)
        assert gone.heading == "Uitgave 1 tonen we niet meer"
        assert "Eerste uitgave" not in as_visitor.get(f"/publicaties/{SHORT}").main
        assert build(house_app, LATER).unchanged == 1

    def test_the_editor_of_a_page_is_told_which_editions_say_its_words(
        self, house_app: Flask, session: Session, as_editor: Visitor
    ) -> None:
        build(house_app)
        newer_version(session, "inburgering", at=LATER, edit=lambda html: html.replace("is een traject", "was er een"))
        build(house_app, LATER)
        at = "/redactie/teksten/thema/inburgering"
        values = {"number": "1", "hidden_reason": REASON}

        page = as_editor.get(at).fill(values, action=f"{at}/afschermen").submit("Afschermen")

        assert "1 uitgave van een publicatie is eruit gedrukt" in page.main
        assert f"{self.TITLE}, uitgave 1" in page.main
        assert f"{self.TITLE}, uitgave 2" not in page.main
        versions = page.follow(f"{self.TITLE}, uitgave 1")
        [chosen] = [one for one in versions.all("option") if one.get("selected") is not None]
        assert chosen.get("value") == "1"
        hide(as_editor, 1, at=self.AT)
        assert "nog te downloaden" not in as_editor.get(at).main

    def test_a_newer_version_with_the_same_words_is_noted_with_the_edition(
        self, house_app: Flask, session: Session
    ) -> None:
        """Printed are some sections of a page: what changed elsewhere on it, the same day, makes no new edition."""
        build(house_app)
        newer_version(session, "inburgering", at=None)
        build(house_app, LATER)
        build(house_app, LATER)

        edition = PrintedEdition(SHORT, self.TITLE, 1, is_hidden=False, is_by_date=False)
        assert [printed_from(session, TextKind.THEME, "inburgering", number) for number in (1, 2)] == [[edition]] * 2
        assert printed_from(session, TextKind.THEME, "gh-belg", 1) == []

    def test_a_term_that_it_explains_is_a_part_too(self, house_app: Flask, session: Session) -> None:
        build(house_app)

        [edition] = publication_files.files_of(session, SHORT)
        parts = {part.text_id for part in session.query(PublicationPart).filter_by(file_id=edition.id)}
        terms = {live.text.slug for live in text_queries.terms(session) if live.text.id in parts}
        assert terms
        assert [one.number for one in printed_from(session, TextKind.LEXICON, min(terms), 1)] == [1]

    def test_an_edition_of_before_it_was_noted_is_known_by_its_date(self, house_app: Flask, session: Session) -> None:
        """Databases of earlier releases hold editions without a note of their parts."""
        build(house_app)
        newer_version(session, "inburgering", at=LATER, edit=lambda html: html.replace("is een traject", "was er een"))
        session.execute(delete(PublicationPart))
        for text in text_queries.known_texts(session, TextKind.PUBLICATION):
            for version in text_queries.versions_of(session, text.id):
                version.published_at = LONG_AGO
        first = text_queries.get_text(session, TextKind.THEME, "inburgering").text
        old = text_queries.find_version(session, first.id, 1)
        assert old is not None
        old.published_at = LONG_AGO
        session.commit()

        guessed = PrintedEdition(SHORT, self.TITLE, 1, is_hidden=False, is_by_date=True)
        assert printed_from(session, TextKind.THEME, "inburgering", 1) == [guessed]
        assert printed_from(session, TextKind.THEME, "inburgering", 2) == []

        old.withdrawn_at = LONG_AGO
        assert printed_from(session, TextKind.THEME, "inburgering", 1) == []


class TestSentence:
    @pytest.mark.parametrize(
        ("numbers", "left", "said"),
        [
            ([1], 2, "De site toont versie 1 niet meer."),
            ([2], 1, "Wie de publicatie downloadt, krijgt versie 1"),
            ([1, 3, 4], 2, "versie 1, 3 en 4 niet meer: dat is hetzelfde bestand."),
            ([1], None, "Er is nu niets te downloaden"),
        ],
    )
    def test_it_says_what_the_reader_gets_now(self, numbers: list[int], left: int | None, said: str) -> None:
        assert said in hidden_sentence(numbers, left, TEXT)

    def test_a_hidden_file_is_none_of_those_shown(self) -> None:
        hidden, shown = PublicationFile(number=2, hidden_reason=REASON), PublicationFile(number=1, hidden_reason=None)

        assert publication_files.shown_of([hidden, shown]) == [shown]
