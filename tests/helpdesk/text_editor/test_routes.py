import html
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from helpdesk.core import markup, outbox
from helpdesk.core.clock import BRUSSELS
from helpdesk.core.roles import Role
from helpdesk.jobs import expire_texts, publish_planned_texts
from helpdesk.text_editor import actions
from helpdesk.text_editor.actions import StepRefused
from helpdesk.text_editor.models import TextOpened, TextWork
from helpdesk.text_editor.rules import FIELDS
from helpdesk.texts import queries as text_queries
from helpdesk.texts.models import PublishedText, TextKind, TextVersion
from helpdesk.web.services import services
from tests.conftest import House
from tests.helpdesk.text_editor.examples import acts, add_editor, term_values, visitor_of
from tests.pageclient import Page, Visitor

BGV = "/redactie/teksten/lexicon/bgv"
NEW = "/redactie/teksten/lexicon/proefbegrip"
NEWS = "cassatie-toestemming-van-het-kind-bij-erkenning"


@pytest.fixture
def as_chief(house: House, session: Session) -> Visitor:
    """A second editor, who is a jurist too."""
    _, token = add_editor(session, roles=[Role.EDITOR, Role.JURIST])
    return visitor_of(house, session, token)


def begin(editor: Visitor, **values: Any) -> Page:  # noqa: ANN401 - any field
    given = {"kind": "lexicon", "title": "Proefbegrip", **values}
    return editor.get("/redactie/teksten/nieuw").fill(given).submit("Begin te schrijven")


def open_draft(editor: Visitor, address: str = BGV) -> Page:
    editor.get(address).fill({}, action=f"{address}/bewerken").submit("Bewerken")
    return editor.get(f"{address}/ontwerp")


def press(editor: Visitor, address: str, button: str, *, expect: int = 200, **values: Any) -> Page:  # noqa: ANN401
    """Press a button of the overview of a text, as its page offers it."""
    page = editor.get(address)
    for form in page.all("form"):
        names = {"".join(one.itertext()).strip() for one in form.iter("button")}
        if button in names:
            data = {one.get("name", ""): one.get("value", "") for one in form.iter("input") if one.get("name")}
            data = {name: value for name, value in data.items() if name not in {"sign", "confirm"}} | values
            knop = next(one for one in form.iter("button") if "".join(one.itertext()).strip() == button)
            return editor.post(form.get("action", ""), {**data, "knop": knop.get("value", "")}, expect=expect)
    raise AssertionError(f"{address} has no button {button}")


def send(editor: Visitor, address: str, values: Mapping[str, object], *, expect: int = 200) -> Page:
    """Ask for a step that the page does not offer."""
    token = next(one for one in editor.get(address).all("input") if one.get("name") == "csrf_token")
    return editor.post(f"{address}/ontwerp/stap", {"csrf_token": token.get("value", ""), **values}, expect=expect)


def publish_change(writer: Visitor, chief: Visitor, values: Mapping[str, Any], address: str = BGV) -> Page:
    """Change a text, have it approved by a colleague and publish it."""
    noted = {"change_note": "De uitleg is aangevuld.", "is_substantive": "inhoudelijk", **values}
    open_draft(writer, address).fill(noted).submit("Bewaren en indienen")
    press(chief, address, "Goedkeuren")
    return press(writer, address, "Nu publiceren")


class TestNewText:
    def test_a_term_is_written_approved_by_another_and_read_by_the_public(
        self, as_editor: Visitor, as_chief: Visitor, as_visitor: Visitor, session: Session
    ) -> None:
        last = outbox.last_entry(session)

        page = begin(as_editor)
        assert page.path == f"{NEW}/ontwerp"
        page.fill(term_values()).submit("Bewaren en indienen")
        press(as_chief, NEW, "Goedkeuren")
        press(as_editor, NEW, "Nu publiceren")

        public = as_visitor.get("/lexicon/proefbegrip")
        assert "Een woord om mee te proberen." in public.main
        assert {entry.document_id for entry in outbox.entries_after(session, last)} == {"lexicon/proefbegrip"}
        text = text_queries.get_text(session, TextKind.LEXICON, "proefbegrip").text
        assert (text.content_path, text.imported_checksum) == ("lexicon/proefbegrip.md", None)
        assert acts(session, "lexicon/proefbegrip") == [
            "text.begun", "text.edited", "text.submitted", "text.approved", "text.published",
        ]  # fmt: skip

    def test_who_submitted_may_not_approve(self, as_editor: Visitor) -> None:
        begin(as_editor).fill(term_values()).submit("Bewaren en indienen")

        assert "Goedkeuren" not in as_editor.get(NEW).texts("button")
        answer = send(as_editor, NEW, {"knop": "goedkeuren", "revision": 3}, expect=422)
        assert "vraag een collega" in answer.main

    def test_a_very_small_team_may(self, as_editor: Visitor, house: House, session: Session) -> None:
        """HELPDESK_FOUR_EYES=uit: the log says that it was the same person."""
        object.__setattr__(services_of(house), "four_eyes", False)
        try:
            begin(as_editor).fill(term_values()).submit("Bewaren en indienen")
            press(as_editor, NEW, "Goedkeuren")
            press(as_editor, NEW, "Nu publiceren")
        finally:
            object.__setattr__(services_of(house), "four_eyes", True)

        assert text_queries.find_text(session, TextKind.LEXICON, "proefbegrip") is not None

    def test_an_address_that_is_taken_leads_to_what_has_it(self, as_editor: Visitor) -> None:
        page = as_editor.get("/redactie/teksten/nieuw").fill({"kind": "lexicon", "title": "BGV"})

        answer = page.submit("Begin te schrijven", expect=422)

        assert answer.links()["bgv"] == BGV

    def test_a_theme_page_for_a_node_without_one(
        self, as_editor: Visitor, as_chief: Visitor, as_visitor: Visitor, session: Session
    ) -> None:
        bare = services_vocabulary(as_editor).themes["rijbewijs"]
        session.execute(delete(PublishedText).where(PublishedText.slug == bare.id))
        address = f"/redactie/teksten/thema/{bare.id}"
        begin(as_editor, kind="thema", title="Een nieuwe pagina", node=bare.id)
        words = "Wat hieronder hoort en voor wie, met wat je verder kan lezen. " * 10
        as_editor.get(f"{address}/ontwerp").fill(
            term_values(title="Een nieuwe pagina", themes=[bare.id], body=words)
        ).submit("Bewaren en indienen")
        press(as_chief, address, "Goedkeuren")
        press(as_chief, address, "Nu publiceren")

        assert as_visitor.get(f"/themas/{bare.path}").heading == "Een nieuwe pagina"
        text = text_queries.get_text(session, TextKind.THEME, bare.id).text
        assert text.content_path == f"themas/{bare.path}.md"


def services_of(house: House) -> Any:  # noqa: ANN401 - the frozen settings
    with house.app.app_context():
        return services().settings


def services_vocabulary(visitor: Visitor) -> Any:  # noqa: ANN401 - the registers
    with visitor.client.application.app_context():
        return services().vocabulary


class TestSave:
    def test_a_draft_is_saved_whatever_it_says(self, as_editor: Visitor, session: Session) -> None:
        """What cannot be published yet is a warning, never a reason to lose text."""
        page = open_draft(as_editor).fill({"stand_of_law": "morgen", "body": "Lees [niets](lexicon:bestaat-niet)."})

        answer = page.submit("Bewaren")

        assert "moet een datum zijn" in answer.main
        work = session.scalars(select(TextWork)).one()
        assert (work.typed["stand_of_law"], work.state) == ("morgen", "concept")

    def test_a_dead_link_warns_when_saved_and_blocks_when_published(
        self, as_editor: Visitor, as_chief: Visitor, session: Session
    ) -> None:
        values = {
            "body": "Lees [niets](lexicon:bestaat-niet).",
            "change_note": "Proef.",
            "is_substantive": "inhoudelijk",
        }
        warned = open_draft(as_editor).fill(values).submit("Bewaren")
        assert "De link ‘lexicon:bestaat-niet’" in warned.main.replace(
            "'lexicon:bestaat-niet'", "‘lexicon:bestaat-niet’"
        )
        warned.fill({}, action=f"{BGV}/ontwerp").submit("Bewaren en indienen")
        press(as_chief, BGV, "Goedkeuren")

        answer = press(as_editor, BGV, "Nu publiceren", expect=422)

        assert "leidt nergens heen" in answer.main
        assert text_queries.get_text(session, TextKind.LEXICON, "bgv").version.number == 1

    def test_two_editors_who_save_see_both_texts(self, as_editor: Visitor, as_chief: Visitor, session: Session) -> None:
        mine, theirs = open_draft(as_editor), as_chief.get(f"{BGV}/ontwerp")
        mine.fill({"summary": "Wat de eerste schreef."}).submit("Bewaren")

        answer = theirs.fill({"summary": "Wat de tweede schreef."}).submit("Bewaren", expect=409)

        row = answer.table()[1]
        assert row[:2] == ["Wat de tweede schreef.", "Wat de eerste schreef."]
        assert "[geschrapt: eerste] [toegevoegd: tweede]" in row[2].replace("][", "] [")
        assert session.scalars(select(TextWork)).one().typed["summary"] == "Wat de eerste schreef."

        again = answer.fill({}, action=f"{BGV}/ontwerp").submit("Bewaren")
        session.expire_all()
        assert session.scalars(select(TextWork)).one().typed["summary"] == "Wat de tweede schreef."
        assert "bewaard" in again.main

    def test_the_same_form_sent_twice_is_submitted_once(self, as_editor: Visitor, session: Session) -> None:
        form = open_draft(as_editor).fill({"change_note": "Proef.", "is_substantive": "redactioneel", "title": "Nieuw"})

        form.submit("Bewaren en indienen")
        answer = form.submit("Bewaren en indienen")

        assert "Dit ontwerp is al ingediend." in answer.text
        assert acts(session, "lexicon/bgv").count("text.submitted") == 1

    def test_what_is_typed_is_kept_without_a_version_and_who_is_there_is_told(
        self, as_editor: Visitor, as_chief: Visitor, session: Session
    ) -> None:
        data = open_draft(as_editor).fill({"summary": "Half getypt"}, action=f"{BGV}/ontwerp").data
        kept = as_editor.fetch(f"{BGV}/ontwerp/bijhouden", method="POST", data=data)
        assert kept.json == {"others": [], "is_overtaken": False}

        page = as_chief.get(f"{BGV}/ontwerp")
        assert "Ook Proef redacteur heeft deze tekst open." in page.main
        assert "Half getypt" not in page.source

        again = as_editor.get(f"{BGV}/ontwerp")
        assert "Half getypt" in again.source
        assert session.scalars(select(TextWork)).one().revision == 1
        again.fill({}, action=f"{BGV}/ontwerp/laten-vallen").submit()
        assert session.scalars(select(TextOpened)).one().typed is None

    def test_a_text_of_five_million_signs_is_refused_and_nothing_changes(
        self, as_editor: Visitor, session: Session
    ) -> None:
        form = open_draft(as_editor).fill({"body": "a" * 5_000_000})

        answer = form.submit("Bewaren", expect=413)

        assert "wat je typte staat er nog" in answer.main
        assert len(session.scalars(select(TextWork)).one().typed["body"]) < 1_000

    def test_a_text_that_is_too_long_to_render_is_kept_with_a_warning(
        self, as_editor: Visitor, session: Session
    ) -> None:
        answer = open_draft(as_editor).fill({"body": "woord " * 40_000}).submit("Bewaren")

        assert "het maximum is 200000" in answer.main
        assert len(session.scalars(select(TextWork)).one().typed["body"]) == 240_000

    def test_script_in_markdown_is_text(self, as_editor: Visitor) -> None:
        hostile = '<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror="alert(1)">'
        form = open_draft(as_editor).fill({"body": hostile}, action=f"{BGV}/ontwerp")

        answer = as_editor.fetch(f"{BGV}/ontwerp/voorbeeld", method="POST", data=form.data)

        assert answer.status_code == 200
        assert "<script" not in answer.text
        assert "<img" not in answer.text
        assert 'href="javascript' not in answer.text

    def test_a_draft_that_was_published_under_ones_hands_goes_on_as_a_new_one(
        self, as_editor: Visitor, as_chief: Visitor, session: Session
    ) -> None:
        open_draft(as_editor)
        mine = as_chief.get(f"{BGV}/ontwerp").fill({"summary": "Wat ik nog typte."})
        press(as_editor, BGV, "Ontwerp weggooien")

        answer = mine.submit("Bewaren")

        assert "bewaard als een nieuw ontwerp" in answer.main
        assert session.scalars(select(TextWork)).one().typed["summary"] == "Wat ik nog typte."

    def test_a_text_that_an_import_put_at_the_address_meanwhile_is_seen_before_it_is_replaced(
        self, as_editor: Visitor, as_chief: Visitor, session: Session
    ) -> None:
        begin(as_editor).fill(term_values(body="Een uitleg.")).submit("Bewaren en indienen")
        press(as_chief, NEW, "Goedkeuren")
        moved = text_queries.get_text(session, TextKind.LEXICON, "bgv").text
        moved.slug, moved.content_path = "proefbegrip", "lexicon/proefbegrip.md"

        refused = press(as_editor, NEW, "Nu publiceren", expect=422)
        assert "bewaar het ontwerp opnieuw en vergelijk" in refused.main
        as_editor.get(f"{NEW}/ontwerp").fill({"summary": "Anders."}).submit("Bewaren")
        page = as_editor.get(f"{NEW}/ontwerp")
        assert "De gepubliceerde tekst is gewijzigd sinds dit ontwerp begon." in page.main
        page.fill({"change_note": "Proef.", "is_substantive": "inhoudelijk"}).submit("Bewaren en indienen")
        press(as_chief, NEW, "Goedkeuren")
        press(as_editor, NEW, "Nu publiceren")

        assert text_queries.get_text(session, TextKind.LEXICON, "proefbegrip").version.number == 2


class TestReview:
    def test_a_remark_returns_the_draft_and_waits_for_who_submitted_it(
        self, as_editor: Visitor, as_chief: Visitor
    ) -> None:
        changed = {"change_note": "Proef.", "is_substantive": "redactioneel", "title": "Nieuw"}
        open_draft(as_editor).fill(changed).submit("Bewaren en indienen")
        assert "Goed te keuren" in as_chief.get("/redactie/teksten").texts("h3")
        assert "Goed te keuren" not in as_editor.get("/redactie/teksten").texts("h3")

        refused = press(as_chief, BGV, "Terugsturen", remark="kort", expect=422)
        assert "minstens 10 tekens" in refused.main
        press(as_chief, BGV, "Terugsturen", remark="Noem ook art. 74/14 Vw. als bron.")

        waiting = as_editor.get("/redactie/teksten")
        assert "Teruggestuurd naar jou" in waiting.texts("h3")
        assert "Noem ook art. 74/14 Vw." in waiting.main

    def test_a_change_after_the_approval_asks_for_a_new_one(self, as_editor: Visitor, as_chief: Visitor) -> None:
        changed = {"change_note": "Proef.", "is_substantive": "redactioneel", "title": "Nieuw"}
        open_draft(as_editor).fill(changed).submit("Bewaren en indienen")
        press(as_chief, BGV, "Goedkeuren")

        as_editor.get(f"{BGV}/ontwerp").fill({"title": "Iets heel anders"}).submit("Bewaren")

        assert "Nu publiceren" not in as_editor.get(BGV).texts("button")

    def test_an_approval_of_what_changed_meanwhile_does_nothing(self, as_editor: Visitor, as_chief: Visitor) -> None:
        changed = {"change_note": "Proef.", "is_substantive": "redactioneel", "title": "Nieuw"}
        open_draft(as_editor).fill(changed).submit("Bewaren en indienen")

        answer = send(as_chief, BGV, {"knop": "goedkeuren", "revision": 1})

        assert "Iemand wijzigde dit intussen" in answer.text
        assert "ter nazicht" in as_chief.get(BGV).main

    def test_a_note_and_the_kind_of_change_are_asked(self, as_editor: Visitor) -> None:
        answer = open_draft(as_editor).fill({"title": "Nieuw"}).submit("Bewaren en indienen")

        assert "Schrijf wat er verandert en waarom" in answer.main
        assert "Kies of de wijziging inhoudelijk is" in answer.main


class TestPublish:
    def test_the_old_version_stays_to_be_read_and_compared(
        self, as_editor: Visitor, as_chief: Visitor, as_visitor: Visitor, session: Session
    ) -> None:
        session.scalars(
            select(TextVersion).join(PublishedText).where(PublishedText.slug == "bgv", PublishedText.kind == "lexicon")
        ).one().published_at = datetime(2026, 3, 1, tzinfo=UTC)
        publish_change(as_editor, as_chief, {"summary": "Een beslissing die je verplicht om weg te gaan."})

        assert "weg te gaan" in as_visitor.get("/lexicon/bgv").main
        old = as_visitor.get("/lexicon/bgv?op=2026-03-02")
        assert "Dit is een oude versie (1)" in old.main
        assert "weg te gaan" not in old.main
        assert 'content="noindex"' in old.source
        assert old.follow("Naar de tekst van vandaag").path == "/lexicon/bgv"
        missing = as_visitor.get("/lexicon/bgv?op=2025-01-01", expect=404)
        assert "De eerste versie is van 1 maart 2026" in missing.main
        history = as_visitor.get("/lexicon/bgv/geschiedenis")
        assert "De uitleg is aangevuld." in history.main
        difference = history.follow("Verschil met de vorige")
        assert "Samenvatting" in difference.texts("h4")
        assert "[toegevoegd:" in difference.main

    def test_a_planned_text_comes_at_its_moment(
        self, as_editor: Visitor, as_chief: Visitor, house: House, session: Session
    ) -> None:
        changed = {"change_note": "Proef.", "is_substantive": "inhoudelijk", "title": "Nieuw"}
        open_draft(as_editor).fill(changed).submit("Bewaren en indienen")
        press(as_chief, BGV, "Goedkeuren")
        past = press(as_editor, BGV, "Plannen", day="2020-01-01", hour="08:00", expect=422)
        assert "al voorbij" in past.main
        tomorrow = datetime.now(BRUSSELS).date() + timedelta(days=1)
        planned = press(as_editor, BGV, "Plannen", day=tomorrow.isoformat(), hour="08:30")
        assert "om 08.30 uur" in planned.main

        run(house, publish_planned_texts)
        assert text_queries.get_text(session, TextKind.LEXICON, "bgv").version.number == 1
        session.scalars(select(TextWork)).one().publish_at = datetime(2026, 1, 1, tzinfo=UTC)
        session.commit()
        run(house, publish_planned_texts)

        session.expire_all()
        assert text_queries.get_text(session, TextKind.LEXICON, "bgv").version.title == "Nieuw"
        assert session.scalars(select(TextWork)).all() == []

    def test_a_planned_text_with_a_link_that_died_goes_back(
        self, as_editor: Visitor, as_chief: Visitor, house: House, session: Session
    ) -> None:
        changed = {"change_note": "Proef.", "is_substantive": "inhoudelijk", "title": "Nieuw"}
        open_draft(as_editor).fill(changed).submit("Bewaren en indienen")
        press(as_chief, BGV, "Goedkeuren")
        work = session.scalars(select(TextWork)).one()
        work.state, work.publish_at = "gepland", datetime(2026, 1, 1, tzinfo=UTC)
        work.typed = work.typed | {"body": "Lees [niets](lexicon:weg)."}
        session.commit()

        run(house, publish_planned_texts)

        session.expire_all()
        assert session.scalars(select(TextWork)).one().state == "concept"
        assert "Niet gepubliceerd op het geplande moment" in as_editor.get(BGV).main

    def test_a_text_expires_on_its_day(self, as_visitor: Visitor, house: House, session: Session) -> None:
        text = text_queries.get_text(session, TextKind.NEWS, NEWS).text
        text.expires_on = datetime.now(BRUSSELS).date()
        session.commit()

        run(house, expire_texts)

        assert "Deze tekst gold tot" in as_visitor.get(f"/nieuws/{NEWS}", expect=410).main

    def test_a_changed_slug_leads_on_for_good(
        self, as_editor: Visitor, as_chief: Visitor, as_visitor: Visitor, session: Session
    ) -> None:
        address = f"/redactie/teksten/nieuws/{NEWS}"
        publish_change(as_editor, as_chief, {"slug": "erkenning-en-toestemming"}, address)

        answer = as_visitor.fetch(f"/nieuws/{NEWS}?versie=1")
        assert (answer.status_code, answer.location) == (301, "/nieuws/erkenning-en-toestemming?versie=1")
        live = text_queries.get_text(session, TextKind.NEWS, "erkenning-en-toestemming")
        assert f"aliases: [{NEWS}]" in live.version.source

    def test_a_check_of_a_jurist_is_shown_and_ends_with_a_change_of_substance(
        self, as_editor: Visitor, as_chief: Visitor, as_visitor: Visitor
    ) -> None:
        changed = {"change_note": "Proef.", "is_substantive": "inhoudelijk", "title": "Nieuw"}
        open_draft(as_editor).fill(changed).submit("Bewaren en indienen")
        press(as_chief, BGV, "Goedkeuren", sign="ja")
        press(as_editor, BGV, "Nu publiceren")
        assert "Nagekeken door een jurist" in as_visitor.get("/lexicon/bgv").main
        assert "(pe)" in as_visitor.get("/lexicon/bgv").main

        publish_change(as_editor, as_chief, {"title": "Weer anders"})
        assert "Nog niet nagekeken door een jurist" in as_visitor.get("/lexicon/bgv").main


class TestStillRight:
    def test_an_editor_moves_the_review_date_without_a_version(
        self, as_editor: Visitor, as_visitor: Visitor, session: Session
    ) -> None:
        press(as_editor, BGV, "Nog juist", sign="ja")

        live = text_queries.get_text(session, TextKind.LEXICON, "bgv")
        assert live.version.number == 1
        assert live.text.review_on is not None
        public = as_visitor.get("/lexicon/bgv").main
        assert "Nagelezen door de redactie op" in public
        assert "Nog niet nagekeken door een jurist" in public
        assert acts(session, "lexicon/bgv") == ["text.confirmed"]

    def test_a_jurist_signs_in_the_file(self, as_chief: Visitor, as_visitor: Visitor, session: Session) -> None:
        press(as_chief, BGV, "Nog juist", sign="ja")

        live = text_queries.get_text(session, TextKind.LEXICON, "bgv")
        assert (live.version.number, live.version.is_substantive, live.version.reviewed_by) == (2, False, "pe")
        assert "reviewed_by: pe" in live.version.source
        assert "Nagekeken door een jurist" in as_visitor.get("/lexicon/bgv").main


class TestWithdraw:
    REASON = "De regel is opgeheven; lees de pagina over terugkeer."

    def test_a_withdrawn_text_says_why_and_is_found_nowhere(
        self, as_editor: Visitor, as_visitor: Visitor, session: Session
    ) -> None:
        address = f"/redactie/teksten/nieuws/{NEWS}"
        last = outbox.last_entry(session)

        press(as_editor, address, "Intrekken", reason=self.REASON, confirm="y")

        gone = as_visitor.get(f"/nieuws/{NEWS}", expect=410)
        assert self.REASON in gone.main
        for rest in ("?versie=1", "?op=2026-11-25", "/geschiedenis"):
            assert self.REASON in as_visitor.get(f"/nieuws/{NEWS}{rest}", expect=410).main
        assert NEWS not in as_visitor.fetch("/nieuws/atom.xml").text
        assert NEWS not in as_visitor.fetch("/sitemap/nieuws.xml").text
        assert {entry.document_id for entry in outbox.entries_after(session, last)} == {f"nieuws/{NEWS}"}

    def test_a_text_that_others_link_to_lists_them_first(self, as_editor: Visitor) -> None:
        assert "Je kreeg een bevel om het grondgebied te verlaten" in as_editor.get(BGV.replace("bgv", "rvv")).links()

        address = BGV.replace("bgv", "rvv")
        answer = press(as_editor, address, "Intrekken", reason=self.REASON, expect=422)

        assert "verwijzen naar deze tekst" in answer.main

    def test_a_withdrawn_theme_page_still_shows_what_lies_under_it(
        self, as_editor: Visitor, as_visitor: Visitor
    ) -> None:
        address = "/redactie/teksten/thema/gezinshereniging"
        press(as_editor, address, "Intrekken", reason=self.REASON, confirm="y")

        gone = as_visitor.get("/themas/verblijfsrecht/gezinshereniging", expect=410)
        assert self.REASON in gone.main
        assert "Onder dit thema" in gone.texts("h2")
        assert (
            ">http://127.0.0.1:8000/themas/verblijfsrecht/gezinshereniging<"
            not in as_visitor.fetch("/sitemap/thema.xml").text
        )

    def test_it_comes_back_as_a_new_version(self, as_editor: Visitor, as_chief: Visitor, as_visitor: Visitor) -> None:
        address = f"/redactie/teksten/nieuws/{NEWS}"
        press(as_editor, address, "Intrekken", reason=self.REASON, confirm="y")

        publish_change(as_editor, as_chief, {"summary": "Weer op de site."}, address)

        assert "Weer op de site." in as_visitor.get(f"/nieuws/{NEWS}").main


class TestHide:
    REASON = "Er stond een gegeven van een persoon in."
    EDITED = f"/redactie/teksten/nieuws/{NEWS}"
    ADDRESS = f"/nieuws/{NEWS}"

    def test_an_old_version_is_read_by_nobody_any_more(
        self, as_editor: Visitor, as_chief: Visitor, as_visitor: Visitor
    ) -> None:
        publish_change(as_editor, as_chief, {"summary": "Zonder dat gegeven."}, self.EDITED)
        before = as_visitor.get(f"{self.ADDRESS}?versie=1").main

        press(as_editor, self.EDITED, "Afschermen", number="1", hidden_reason=self.REASON)

        assert self.REASON in as_visitor.get(f"{self.ADDRESS}?versie=1", expect=410).main
        history = as_visitor.get(f"{self.ADDRESS}/geschiedenis")
        assert "niet meer getoond" in history.main  # no gap in the numbers without a word
        assert self.REASON not in history.main
        assert not [link for link in history.links().values() if "versie=1" in link or "van=1" in link]
        compared = as_visitor.get(f"{self.ADDRESS}/geschiedenis?van=1&tot=2")
        assert "verschil" not in compared.main.lower()
        assert "Zonder dat gegeven." in as_visitor.get(self.ADDRESS).main

        press(as_editor, self.EDITED, "Weer tonen", number="1")

        assert as_visitor.get(f"{self.ADDRESS}?versie=1").main == before

    def test_pages_of_its_day_no_longer_explain_a_term_in_its_words(
        self, as_editor: Visitor, as_chief: Visitor, session: Session
    ) -> None:
        """A stored page holds the explanations of the day it was made, and an old version is not made again."""
        [reader, *_] = session.scalars(
            select(TextVersion).where(TextVersion.html.contains('<dd id="uitleg-')).order_by(TextVersion.id)
        )
        term = markup.explained_slugs(reader.html)[0]
        secret = text_queries.get_text(session, TextKind.LEXICON, term).version.summary
        address = f"/redactie/teksten/lexicon/{term}"
        assert html.escape(secret, quote=False) in reader.html
        publish_change(as_editor, as_chief, {"summary": "Wat het begrip vandaag betekent."}, address)
        reader.html += html.escape(secret, quote=False)  # said elsewhere: those words are its own
        session.commit()

        press(as_editor, address, "Afschermen", number="1", hidden_reason=self.REASON)

        session.refresh(reader)
        assert reader.html.count(html.escape(secret, quote=False)) == 1
        assert f'<dd id="uitleg-{term}">Wat het begrip vandaag betekent.</dd>' in reader.html
        old = session.scalars(select(TextVersion.html).where(TextVersion.html.contains(f'"uitleg-{term}"'))).all()
        assert not [one for one in old if f'"uitleg-{term}">{html.escape(secret, quote=False)}' in one]

    def test_a_text_that_was_withdrawn_comes_back_without_it(
        self, as_editor: Visitor, as_chief: Visitor, as_visitor: Visitor
    ) -> None:
        press(as_editor, self.EDITED, "Intrekken", reason=TestWithdraw.REASON, confirm="y")
        press(as_editor, self.EDITED, "Afschermen", number="1", hidden_reason=self.REASON)

        publish_change(as_editor, as_chief, {"summary": "Weer op de site."}, self.EDITED)

        assert self.REASON in as_visitor.get(f"{self.ADDRESS}?versie=1", expect=410).main

    def test_what_the_public_reads_now_is_not_on_offer(self, as_editor: Visitor, session: Session) -> None:
        assert "Afschermen" not in as_editor.get(self.EDITED).main
        live = text_queries.get_text(session, TextKind.NEWS, NEWS)

        with pytest.raises(StepRefused):
            actions.hide(session, live.text, live.version, reason=self.REASON, by=1, now=datetime.now(UTC))

    def test_what_a_colleague_hid_a_moment_ago_keeps_his_reason(
        self, as_editor: Visitor, as_chief: Visitor, as_visitor: Visitor
    ) -> None:
        publish_change(as_editor, as_chief, {"summary": "Zonder dat gegeven."}, self.EDITED)
        publish_change(as_editor, as_chief, {"summary": "En beter gezegd."}, self.EDITED)
        late = as_chief.get(self.EDITED).fill(
            {"number": "1", "hidden_reason": "Een andere reden, later ingetikt."}, action=f"{self.EDITED}/afschermen"
        )
        press(as_editor, self.EDITED, "Afschermen", number="1", hidden_reason=self.REASON)

        answer = late.submit("Afschermen", expect=422)

        assert "was al afgeschermd" in answer.main
        assert "Een andere reden, later ingetikt." in answer.main  # to use for another version, or to copy
        assert self.REASON in as_visitor.get(f"{self.ADDRESS}?versie=1", expect=410).main

    def test_of_two_editors_at_the_very_same_moment_the_first_decides(
        self, as_editor: Visitor, as_chief: Visitor, session: Session
    ) -> None:
        """The second read the version before the first had stored his reason."""
        publish_change(as_editor, as_chief, {"summary": "Zonder dat gegeven."}, self.EDITED)
        text = text_queries.get_text(session, TextKind.NEWS, NEWS).text
        version = text_queries.find_version(session, text.id, 1)
        assert version is not None
        stored = update(TextVersion).where(TextVersion.id == version.id)
        session.execute(stored.values(hidden_reason=self.REASON), execution_options={"synchronize_session": False})
        assert version.hidden_reason is None

        with pytest.raises(StepRefused, match="al afgeschermd"):
            actions.hide(session, text, version, reason="Een andere reden.", by=1, now=datetime.now(UTC))

        session.refresh(version)
        assert version.hidden_reason == self.REASON

    def test_what_is_shown_cannot_be_shown_again(self, as_editor: Visitor, as_chief: Visitor, session: Session) -> None:
        """Two editors press the button: the log tells of one act."""
        publish_change(as_editor, as_chief, {"summary": "Zonder dat gegeven."}, self.EDITED)
        text = text_queries.get_text(session, TextKind.NEWS, NEWS).text
        version = text_queries.find_version(session, text.id, 1)
        assert version is not None

        with pytest.raises(StepRefused, match="niet"):
            actions.show_again(session, text, version, by=1, now=datetime.now(UTC))

    def test_a_reason_that_says_too_much_is_replaced_without_showing_the_version(
        self, as_editor: Visitor, as_chief: Visitor, as_visitor: Visitor, session: Session
    ) -> None:
        publish_change(as_editor, as_chief, {"summary": "Zonder dat gegeven."}, self.EDITED)
        press(as_editor, self.EDITED, "Afschermen", number="1", hidden_reason=self.REASON)
        instead: dict[str, Any] = {"anders-number": "1", "anders-hidden_reason": "Er stond iets in dat er niet hoort."}

        page = press(as_editor, self.EDITED, "Reden wijzigen", **instead)

        assert "de nieuwe reden van versie 1" in page.main
        gone = as_visitor.get(f"{self.ADDRESS}?versie=1", expect=410).main
        assert (instead["anders-hidden_reason"] in gone, self.REASON in gone) == (True, False)
        assert acts(session, f"nieuws/{NEWS}")[-1] == "text.reason_changed"
        live = text_queries.get_text(session, TextKind.NEWS, NEWS)
        with pytest.raises(StepRefused, match="niet"):
            actions.change_reason(session, live.text, live.version, reason="x", by=1, now=datetime.now(UTC))
        short = press(
            as_editor, self.EDITED, "Reden wijzigen", **instead | {"anders-hidden_reason": "kort"}, expect=422
        )
        assert "in minstens" in short.main

    def test_a_reason_names_nobody(self, as_editor: Visitor, as_chief: Visitor, as_visitor: Visitor) -> None:
        publish_change(as_editor, as_chief, {"summary": "Zonder dat gegeven."}, self.EDITED)
        typed = "Het ging over mevr. Peeters, 0475 12 34 56."

        answer = press(as_editor, self.EDITED, "Afschermen", number="1", hidden_reason=typed, expect=422)

        assert typed in answer.main
        assert "Noem in de reden geen naam" in answer.main
        as_visitor.get(f"{self.ADDRESS}?versie=1")


class TestList:
    def test_filters_limit_the_list(self, as_editor: Visitor, session: Session) -> None:
        open_draft(as_editor)
        total = session.scalar(select(func.count()).where(PublishedText.kind.in_(FIELDS)))

        assert f"{total} teksten" in as_editor.get("/redactie/teksten").texts("h2")
        assert "1 tekst" in as_editor.get("/redactie/teksten?stand=concept&soort=lexicon").texts("h2")
        assert "0 teksten" in as_editor.get("/redactie/teksten?nalezen=ja&eigenaar=1").texts("h2")
        assert len(as_editor.get("/redactie/teksten?pagina=2").table()) == 51

    def test_an_owner_and_dates_are_set_without_a_version(self, as_editor: Visitor) -> None:
        page = as_editor.get(BGV).fill({"review_on": "2027-03-01", "expires_on": ""}, action=f"{BGV}/beheer").submit()

        assert "1 maart 2027" in page.main
        wrong = as_editor.get(BGV).fill({"expires_on": "2020-01-01"}, action=f"{BGV}/beheer").submit(expect=422)
        assert "moet na vandaag liggen" in wrong.main

    @pytest.mark.parametrize(
        ("words", "expected"),
        [
            ("40ter vw", "art. 40ter Vw."),
            ("belg", "(thema:gh-belg)"),
            ("269.083", "(rechtspraak:rvv-2022-02-28-269-083)"),
            ("grondgebied", "[Bevel om het grondgebied te verlaten](lexicon:bgv)"),
        ],
    )
    def test_what_a_text_can_link_to_is_found(self, as_editor: Visitor, words: str, expected: str) -> None:
        answer = as_editor.fetch(
            "/redactie/teksten/koppelingen", query_string={"q": words}, headers={"Accept": "application/json"}
        )

        assert any(expected in target["markdown"] for target in answer.json or [])
        assert expected in as_editor.get(f"/redactie/teksten/koppelingen?q={words}").main


def run(house: House, job: Any) -> None:  # noqa: ANN401 - a job takes nothing
    with house.app.app_context():
        job()
