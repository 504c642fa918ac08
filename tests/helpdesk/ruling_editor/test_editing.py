"""Editors add, correct, publish and withdraw rulings by the form."""

import time
from collections.abc import Iterator
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from helpdesk.core import outbox, pdf
from helpdesk.core.audit import AuditEntry
from helpdesk.ruling_editor import queries as editor_queries
from helpdesk.rulings import queries
from helpdesk.rulings.models import Ruling, RulingState
from tests.conftest import House
from tests.pageclient import Page, Visitor
from tests.pdfs import a_pdf, a_pdf_of_blank_pages
from tests.shipped import RULINGS

SLUG = "rvv-2022-02-28-269-083"
NEW = "/redactie/uitspraken/nieuw"
CORRECT = f"/redactie/uitspraken/{SLUG}"
CHAIN = "BGV - openbare orde - art. 74/13 Vw. - verwerping"
UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


def typed(**other: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    """Return what an editor types for a new ruling that breaks no rule."""
    return {
        "court": "RVV",
        "number": "nr. 269999",
        "decided_on": "14-03-2022",
        "language": "nl",
        "keywords": CHAIN,
        "outcome": "dismissed",
        "articles": "art 74/13 Vw.",
        "themes": ["bgv"],
        "summary": "Een bevel na een veroordeling.",
        **other,
    }


def errors(page: Page) -> list[str]:
    return page.texts("p", class_="error")


def summary_of_errors(page: Page) -> dict[str, str]:
    """Return the address of each line of the error summary."""
    (box,) = page.all("div", class_="error-summary")
    return {"".join(link.itertext()): link.get("href", "") for link in box.iter("a")}


def find(session: Session, slug: str) -> Ruling:
    found = queries.find_ruling(session, slug)
    assert found is not None
    session.refresh(found)
    return found


def acts(session: Session, slug: str) -> list[tuple[str, str | None]]:
    query = select(AuditEntry).where(AuditEntry.subject_id == slug).order_by(AuditEntry.id)
    return [(entry.act, entry.detail) for entry in session.scalars(query)]


@pytest.fixture
def uploads(house: House) -> Iterator[Path]:
    """The folder of the files, emptied afterwards: no transaction undoes those."""
    folder = house.app.extensions["helpdesk"].settings.uploads_dir
    yield folder
    for path in sorted(folder.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()


def send(visitor: Visitor, path: str, file: bytes, *, button: str = "publiceren", **values: Any) -> Any:  # noqa: ANN401 - any field
    """Send the form with a file, as a browser does; return the bare answer."""
    form = visitor.get(path).fill(values)
    data: dict[str, Any] = {name: form.data.getlist(name) for name in form.data} | {"knop": button}
    data["pdf"] = FileStorage(BytesIO(file), "arrest van Jan Raadsman.pdf", content_type="application/pdf")
    boundary, body = encode_multipart(data)
    return visitor.fetch(path, method="POST", data=body, content_type=f"multipart/form-data; boundary={boundary}")


class TestList:
    def test_the_newest_come_first_fifty_a_page(self, as_editor: Visitor) -> None:
        page = as_editor.get("/redactie/uitspraken")

        assert f"{RULINGS} uitspraken" in page.texts("h2")
        assert len(page.table()) == 51
        assert page.table()[1][:2] == ["Hof van Cassatie P.25.0406.N", "27-01-2026"]
        assert len(page.follow("Volgende").follow("Volgende").table()) == RULINGS - 100 + 1

    @pytest.mark.parametrize("asked", ["269.083", "269083", "269 083", SLUG])
    def test_a_number_finds_its_ruling(self, as_editor: Visitor, asked: str) -> None:
        page = as_editor.get("/redactie/uitspraken").fill({"zoek": asked}).submit()

        assert [row[0] for row in page.table()[1:]] == ["Raad voor Vreemdelingenbetwistingen 269.083"]

    def test_court_and_state_limit_the_list(self, as_editor: Visitor, session: Session) -> None:
        find(session, SLUG).published_at = None

        drafts = as_editor.get("/redactie/uitspraken?stand=ontwerp&hof=rvv")
        published = as_editor.get("/redactie/uitspraken?stand=gepubliceerd&hof=rvv")

        assert [row[3][:7] for row in drafts.table()[1:]] == ["ontwerp"]
        assert "12 uitspraken" in published.texts("h2")

    def test_a_page_far_beyond_the_last_is_empty(self, as_editor: Visitor) -> None:
        assert "Geen uitspraak past" in as_editor.get("/redactie/uitspraken?pagina=999999&zoek=%25_&stand=x").main


class TestAdd:
    def test_an_editor_adds_a_ruling_and_the_public_reads_it(
        self, as_editor: Visitor, as_visitor: Visitor, session: Session
    ) -> None:
        last = outbox.last_entry(session)

        page = as_editor.get(NEW).fill(typed()).submit("Publiceren")

        slug = "rvv-2022-03-14-269-999"
        assert page.path == f"/redactie/uitspraken/{slug}"
        assert "staat op de site" in page.main
        stored = find(session, slug)
        assert (stored.number, stored.keywords) == ("269.999", CHAIN.replace(" - ", " – "))
        assert [(article.normal, article.label) for article in stored.articles] == [("VW:74/13", "art. 74/13 Vw.")]
        assert {entry.document_id for entry in outbox.entries_after(session, last)} == {f"rechtspraak/{slug}"}
        assert acts(session, slug) == [("ruling.added", None), ("ruling.published", None)]
        assert "RvV 14 maart 2022, nr. 269.999" in as_visitor.get(f"/rechtspraak/{slug}").heading

    def test_the_address_fills_in_what_a_list_of_references_knows(self, as_editor: Visitor) -> None:
        form = as_editor.get(f"{NEW}?hof=cass&nummer=C.19.0159.N&datum=2019-10-24&ecli=ECLI:BE:CASS:2019:A&x=y").fill(
            {}
        )

        assert [form.data[name] for name in ("court", "number", "decided_on", "ecli")] == [
            *("CASS", "C.19.0159.N", "2019-10-24", "ECLI:BE:CASS:2019:A")
        ]

    def test_an_address_with_nonsense_gives_an_empty_form(self, as_editor: Visitor) -> None:
        form = as_editor.get(f"{NEW}?hof=x&datum=gisteren").fill({})

        assert (form.data["court"], form.data["decided_on"]) == ("", "")

    def test_what_is_missing_and_what_is_wrong_come_together(self, as_editor: Visitor) -> None:
        """One round: an editor once mended the empty fields to be told of the rules only then."""
        values = typed(
            number="", themes=[], ecli="ECLI:X", parties="A t. B", articles="art. 1 Onzinwet", source_url="ftp://x"
        )

        page = as_editor.get(NEW).fill(values).submit("Publiceren", expect=UNPROCESSABLE)

        said = summary_of_errors(page)
        assert said["Vul het nummer in."] == "#number"
        assert said["Vink minstens één thema aan."] == "#themes"
        assert [anchor for sentence, anchor in said.items() if "ECLI heeft vijf delen" in sentence] == ["#ecli"]
        assert [anchor for sentence, anchor in said.items() if "Onbekende wet" in sentence] == ["#articles"]
        assert {"#parties", "#source_url"} <= set(said.values())
        assert len(errors(page)) == len(said) == 6
        assert page.fill({}).data["summary"] == "Een bevel na een veroordeling."

    @pytest.mark.parametrize(
        ("field", "value", "sentence"),
        [
            ("decided_on", "", "Vul de datum van de uitspraak in."),
            ("decided_on", "32-13-2022", "Schrijf de datum als 14-03-2026."),
            ("decided_on", "01-01-2990", "ligt in de toekomst"),
            ("court", "", "Kies een rechtscollege."),
            ("summary", " ", "Schrijf een samenvatting."),
            ("summary", "Kort.\n\n# Tekst van de uitspraak\n\nMeer.", "mag niet in de samenvatting staan"),
            ("keywords", "", "Schrijf de trefwoordenketen."),
            ("keywords", f"{'x' * 1_000} - verwerping", "‘Trefwoordenketen’ telt 1013 tekens"),
            ("outcome", "", "Bevestig die door opnieuw te bewaren."),
            ("number", "12/2022", "is geen nummer van dit hof"),
            ("sources", "a\na", "‘Bronnen’ noemt iets twee keer."),
        ],
    )
    def test_each_rule_is_explained_at_its_field(
        self, as_editor: Visitor, field: str, value: str, sentence: str
    ) -> None:
        page = as_editor.get(NEW).fill(typed(**{field: value})).submit("Publiceren", expect=UNPROCESSABLE)

        (said,) = errors(page)
        assert sentence in said
        assert list(summary_of_errors(page).values()) == [f"#{field}"]

    def test_the_outcome_of_the_chain_is_proposed_and_confirmed_by_saving(
        self, as_editor: Visitor, session: Session
    ) -> None:
        page = as_editor.get(NEW).fill(typed(outcome="")).submit("Publiceren", expect=UNPROCESSABLE)

        page.fill({}).submit("Publiceren")

        assert find(session, "rvv-2022-03-14-269-999").outcome == "dismissed"

    def test_a_draft_is_not_public(self, as_editor: Visitor, as_visitor: Visitor, session: Session) -> None:
        page = as_editor.get(NEW).fill(typed()).submit("Bewaren zonder te publiceren")

        assert "Stand: ontwerp" in page.main
        as_visitor.get("/rechtspraak/rvv-2022-03-14-269-999", expect=404)

        page.fill({}).submit("Publiceren")

        assert find(session, "rvv-2022-03-14-269-999").state is RulingState.PUBLISHED
        as_visitor.get("/rechtspraak/rvv-2022-03-14-269-999")


class TestDuplicates:
    def test_a_ruling_that_is_there_is_refused_with_the_way_to_it(self, as_editor: Visitor) -> None:
        values = typed(number="269083", decided_on="2022-02-28")

        page = as_editor.get(NEW).fill(values).submit("Publiceren", expect=UNPROCESSABLE)

        assert "staat al in de databank" in errors(page)[0]
        assert page.links()[SLUG] == CORRECT

    def test_the_same_number_on_another_date_must_be_confirmed(self, as_editor: Visitor, session: Session) -> None:
        page = as_editor.get(NEW).fill(typed(number="269.083")).submit("Publiceren", expect=UNPROCESSABLE)

        assert "Van dit hof staat er al een uitspraak met nummer 269.083, van 28 februari 2022." in page.main
        assert page.links()[SLUG] == CORRECT
        page = page.fill({}).submit("Publiceren", expect=UNPROCESSABLE)
        page.fill({"confirm": True}).submit("Publiceren")

        assert find(session, "rvv-2022-03-14-269-083").state is RulingState.PUBLISHED

    def test_a_tick_is_about_the_doubts_it_stood_under(self, as_editor: Visitor) -> None:
        page = as_editor.get(NEW).fill(typed(number="269.083")).submit("Publiceren", expect=UNPROCESSABLE)

        other = {"confirm": True, "number": "268.001"}
        page = page.fill(other).submit("Publiceren", expect=UNPROCESSABLE)

        assert "nummer 268.001" in page.main

    def test_an_outcome_that_the_chain_contradicts_must_be_confirmed(self, as_editor: Visitor) -> None:
        page = as_editor.get(NEW).fill(typed(outcome="annulled")).submit("Publiceren", expect=UNPROCESSABLE)

        assert "Je koos ‘vernietiging’ als uitkomst, maar volgens de keten is het ‘verwerping’." in page.main

    def test_an_ecli_of_another_court_must_be_confirmed(self, as_editor: Visitor) -> None:
        values = typed(ecli="ECLI:BE:CASS:2022:ARR.20220314.1", ecli_status="mapped")

        page = as_editor.get(NEW).fill(values).submit("Publiceren", expect=UNPROCESSABLE)

        assert "De code van het hof in de ECLI is die van Hof van Cassatie." in page.main


class TestParse:
    def test_the_chain_is_read_beside_its_field_without_scripts(self, as_editor: Visitor) -> None:
        page = as_editor.get(NEW).fill({"keywords": CHAIN}).submit("Bekijk de ontleding")

        assert page.texts("span", class_="parsed__kind") == ["onderwerp", "feit", "artikel", "uitkomst"]
        assert page.fill({}).data["outcome"] == "dismissed"
        assert errors(page) == []

    def test_the_script_gets_just_that_part(self, as_editor: Visitor) -> None:
        token = as_editor.get(NEW).fill({}).data["csrf_token"]

        answer = as_editor.fetch(
            "/redactie/uitspraken/ontleding",
            method="POST",
            data={"keywords": "(A t. <b>) Visum – art. 1 Onzinwet – niets", "csrf_token": token},
        )

        assert answer.status_code == 200
        assert "<html" not in answer.text
        assert "A t. &lt;b&gt;" in answer.text
        assert "niet herkend" in answer.text
        assert "geen uitkomst herkend" in answer.text


class TestPersons:
    SAID = "Mevrouw Amina Voorbeeld, geboren op 12 maart 1985, kreeg een bevel."

    def refused(self, as_editor: Visitor, **other: Any) -> Page:  # noqa: ANN401 - any field
        return as_editor.get(NEW).fill(typed(summary=self.SAID, **other)).submit("Publiceren", expect=UNPROCESSABLE)

    def test_what_is_found_is_shown_in_its_place_and_nothing_is_published(
        self, as_editor: Visitor, session: Session
    ) -> None:
        page = self.refused(as_editor, keywords=f"{CHAIN}", full_text="Regel een.\nRijksregister 85.07.30-033.28.")

        assert page.texts("mark") == [
            *("Mevrouw Amina Voorbeeld", "geboren op 12 maart 1985", "85.07.30-033.28"),
        ]
        assert page.links()["Volledige tekst, regel 2"] == "#full_text"
        assert "We vonden 3 mogelijke persoonsgegevens" in errors(page)[0]
        assert queries.find_ruling(session, "rvv-2022-03-14-269-999") is None

    def test_a_text_that_was_adapted_is_published_and_that_is_noted(self, as_editor: Visitor, session: Session) -> None:
        page = self.refused(as_editor)

        page.fill({"summary": "Een vrouw kreeg een bevel.", "privacy_answer": "aangepast"}).submit("Publiceren")

        assert ("ruling.privacy_adapted", None) in acts(session, "rvv-2022-03-14-269-999")

    def test_saying_adapted_is_not_enough(self, as_editor: Visitor) -> None:
        page = self.refused(as_editor).fill({"privacy_answer": "aangepast"}).submit("Publiceren", expect=UNPROCESSABLE)

        assert "We vonden nog 2 mogelijke persoonsgegevens." in errors(page)[0]

    def test_a_reason_clears_them_and_goes_to_the_log_without_the_data(
        self, as_editor: Visitor, session: Session
    ) -> None:
        answer = {"privacy_answer": "geen", "privacy_reason": "Het hof publiceert deze naam zelf."}

        self.refused(as_editor).fill(answer).submit("Publiceren")

        noted = acts(session, "rvv-2022-03-14-269-999")
        assert ("ruling.privacy_cleared", "Het hof publiceert deze naam zelf.") in noted
        assert not any("Amina" in str(entry) for entry in noted)

    @pytest.mark.parametrize("reason", ["", "mag", "De naam mevrouw Amina Voorbeeld is verzonnen."])
    def test_a_reason_says_something_and_names_nobody(self, as_editor: Visitor, reason: str) -> None:
        answer = {"privacy_answer": "geen", "privacy_reason": reason}

        page = self.refused(as_editor).fill(answer).submit("Publiceren", expect=UNPROCESSABLE)

        assert summary_of_errors(page).popitem()[1] == "#privacy_reason"

    def test_an_answer_is_about_what_it_stood_under(self, as_editor: Visitor) -> None:
        answer = {
            "privacy_answer": "geen",
            "privacy_reason": "Het hof publiceert deze naam zelf.",
            "summary": "De heer Jan Anders kreeg een bevel.",
        }

        page = self.refused(as_editor).fill(answer).submit("Publiceren", expect=UNPROCESSABLE)

        assert page.texts("mark") == ["De heer Jan Anders"]

    def test_a_draft_needs_no_answer_but_publishing_it_does(self, as_editor: Visitor) -> None:
        page = as_editor.get(NEW).fill(typed(summary=self.SAID)).submit("Bewaren zonder te publiceren")

        page.fill({}).submit("Publiceren", expect=UNPROCESSABLE)

    def test_a_published_ruling_cannot_be_saved_around_the_warning(self, as_editor: Visitor, session: Session) -> None:
        form = as_editor.get(CORRECT).fill({"summary": self.SAID})
        form.data["knop"] = "bewaren"

        form.submit(expect=UNPROCESSABLE)

        assert "Amina" not in find(session, SLUG).summary

    def test_nothing_of_it_is_logged(self, as_editor: Visitor, capfd: pytest.CaptureFixture[str]) -> None:
        self.refused(as_editor)

        said = capfd.readouterr()
        assert "Amina" not in said.out + said.err


class TestCorrect:
    def test_the_form_holds_what_is_stored_and_saving_it_changes_nothing(
        self, as_editor: Visitor, session: Session
    ) -> None:
        slugs = session.scalars(select(Ruling.slug).order_by(Ruling.slug)).all()[::7]
        sources = {slug: find(session, slug).content_source for slug in slugs}

        for slug in slugs:
            form = as_editor.get(f"/redactie/uitspraken/{slug}").fill({})
            page = form.submit("Bewaren op de site", expect=form.submit("Bekijk de ontleding").status)
            assert page.path == f"/redactie/uitspraken/{slug}"

        assert {slug: find(session, slug).content_source for slug in slugs} == sources
        assert editor_queries.changes_of(session, find(session, slugs[0]).id) == []

    def test_a_correction_shows_in_the_history(self, as_editor: Visitor) -> None:
        before = as_editor.get(CORRECT).fill({}).data["summary"]

        page = as_editor.get(CORRECT).fill({"summary": "Beter gezegd."}).submit("Bewaren op de site")

        assert "Gewijzigd door Proef redacteur" in page.main
        assert before in page.texts("span", class_="typed")

    def test_a_changed_number_moves_the_ruling_and_its_old_address_leads_there(
        self, as_editor: Visitor, as_visitor: Visitor
    ) -> None:
        page = as_editor.get(CORRECT).fill({"number": "269.084"}).submit("Bewaren op de site")

        moved = "rvv-2022-02-28-269-084"
        assert page.path == f"/redactie/uitspraken/{moved}"
        answer = as_visitor.fetch(f"/rechtspraak/{SLUG}")
        assert (answer.status_code, answer.location) == (301, f"/rechtspraak/{moved}")
        assert as_editor.get(CORRECT).path == f"/redactie/uitspraken/{moved}"

    def test_a_replaced_ecli_leads_to_the_ruling(self, as_editor: Visitor, as_visitor: Visitor) -> None:
        path = "/redactie/uitspraken/hvj-2018-05-08-c-82-16"

        as_editor.get(path).fill({"ecli": "ECLI:EU:C:2018:309"}).submit("Bewaren op de site")

        answer = as_visitor.fetch("/ecli/ECLI:EU:C:2018:308")
        assert (answer.status_code, answer.location) == (301, "/rechtspraak/hvj-2018-05-08-c-82-16")
        assert as_visitor.fetch("/ecli/ECLI:EU:C:2018:309").status_code == 302

    def test_news_keeps_its_link_to_a_ruling_that_moved(self, as_editor: Visitor, as_visitor: Visitor) -> None:
        slug = "hvj-2025-08-01-c-758-24-en-c-759-24"
        as_editor.get(f"/redactie/uitspraken/{slug}").fill({"decided_on": "2025-08-02"}).submit("Bewaren op de site")

        page = as_visitor.get("/nieuws/veilig-land-verzoeker-en-rechter-moeten-bronnen-kennen")

        assert "HvJ 2 augustus 2025, C-758/24 en C-759/24, Alace en Canpelli" in page.links()

    def test_the_one_who_comes_second_sees_both_versions_and_loses_nothing(
        self, as_editor: Visitor, session: Session
    ) -> None:
        second = as_editor.get(CORRECT).fill({"summary": "Van de tweede.", "sources": "Nota"})
        as_editor.get(CORRECT).fill({"summary": "Van de eerste."}).submit("Bewaren op de site")

        page = second.submit("Bewaren op de site", expect=HTTPStatus.CONFLICT)

        assert ["Samenvatting", "Van de tweede.", "Van de eerste."] in page.table()
        assert {row[0] for row in page.table()[1:]} == {"Samenvatting", "Bronnen"}
        assert page.fill({}).data["summary"] == "Van de tweede."
        assert find(session, SLUG).summary == "Van de eerste."

        page.fill({}).submit("Bewaren op de site")

        assert find(session, SLUG).summary == "Van de tweede."

    def test_themes_keep_their_order(self, as_editor: Visitor, session: Session) -> None:
        path = "/redactie/uitspraken/hvj-2018-05-08-c-82-16"
        before = [theme.node for theme in find(session, "hvj-2018-05-08-c-82-16").themes]

        as_editor.get(path).fill({"themes": [*before, "bgv"]}).submit("Bewaren op de site")

        assert [theme.node for theme in find(session, "hvj-2018-05-08-c-82-16").themes] == [*before, "bgv"]


class TestWithdraw:
    def withdraw(self, as_editor: Visitor, reason: str, *, expect: int = HTTPStatus.OK) -> Page:
        return as_editor.get(CORRECT).fill({"reason": reason}).submit("Intrekken", expect=expect)

    def test_a_withdrawn_ruling_answers_410_with_its_reason(self, as_editor: Visitor, as_visitor: Visitor) -> None:
        page = self.withdraw(as_editor, "Vernietigd door de Raad van State.")

        assert "Stand: ingetrokken" in page.main
        gone = as_visitor.get(f"/rechtspraak/{SLUG}", expect=HTTPStatus.GONE)
        assert "Vernietigd door de Raad van State." in gone.main
        assert SLUG not in as_visitor.fetch("/sitemap.xml").text
        assert "269.083" not in as_visitor.get("/zoeken?q=269.083&soort=rechtspraak").links()
        assert as_visitor.fetch(f"/rechtspraak/{SLUG}/bron.pdf").status_code == 404

    def test_it_is_published_again_by_the_form(self, as_editor: Visitor, as_visitor: Visitor) -> None:
        page = self.withdraw(as_editor, "Vernietigd door de Raad van State.")

        page.fill({}).submit("Publiceren")

        assert as_visitor.get(f"/rechtspraak/{SLUG}").status == 200

    @pytest.mark.parametrize("reason", ["", "weg", "Op vraag van mevrouw Amina Voorbeeld.", "x" * 501])
    def test_the_reason_is_fit_for_the_public(self, as_editor: Visitor, reason: str) -> None:
        page = self.withdraw(as_editor, reason, expect=UNPROCESSABLE)

        assert len(errors(page)) == 1

    def test_what_changed_meanwhile_is_looked_at_first(self, as_editor: Visitor, session: Session) -> None:
        form = as_editor.get(CORRECT).fill({"reason": "Vernietigd door de Raad van State."})
        as_editor.get(CORRECT).fill({"summary": "Anders."}).submit("Bewaren op de site")

        page = form.submit("Intrekken")

        assert "Iemand wijzigde deze uitspraak net." in page.main
        assert find(session, SLUG).state is RulingState.PUBLISHED


class TestPdf:
    TEXT = "De Raad verwerpt het beroep."

    def test_its_text_fills_the_empty_field_and_the_editor_sees_it_first(
        self, as_editor: Visitor, as_visitor: Visitor, session: Session, uploads: Path
    ) -> None:
        answer = send(as_editor, NEW, a_pdf(self.TEXT), **typed())
        assert answer.status_code == UNPROCESSABLE
        page = as_editor._page(answer, UNPROCESSABLE)
        assert page.fill({}).data["full_text"] == self.TEXT
        assert list(summary_of_errors(page).values()) == ["#full_text"]
        assert "Raadsman" not in page.source

        page.fill({}).submit("Publiceren")

        stored = find(session, "rvv-2022-03-14-269-999")
        assert stored.full_text == self.TEXT
        assert stored.file is not None
        assert (uploads / f"{stored.file.sha256}.pdf").is_file()
        public = as_visitor.get(f"/rechtspraak/{stored.slug}")
        file = as_visitor.fetch(public.links()["Bewaar de uitspraak"])
        assert file.data.startswith(b"%PDF-")
        assert file.mimetype == "application/pdf"
        assert file.headers["Content-Disposition"] == f"attachment; filename={stored.slug}.pdf"
        assert file.headers["X-Content-Type-Options"] == "nosniff"
        file.close()

    def test_a_text_that_is_there_stays(self, as_editor: Visitor, session: Session, uploads: Path) -> None:
        answer = send(as_editor, NEW, a_pdf(self.TEXT), **typed(full_text="Eigen lezing."))

        assert answer.status_code == 303
        assert find(session, "rvv-2022-03-14-269-999").full_text == "Eigen lezing."
        assert len(list(uploads.glob("*.pdf"))) == 1

    def test_names_in_the_file_need_an_answer_too(self, as_editor: Visitor, uploads: Path) -> None:
        """A text without names beside a file with them would publish them all the same."""
        given = a_pdf("Mevrouw Amina Voorbeeld vraagt asiel.")

        answer = send(as_editor, NEW, given, **typed(full_text="Een vrouw vraagt asiel."))

        page = as_editor._page(answer, UNPROCESSABLE)
        assert page.links()["Pdf, regel 1"] == "#pdf"
        assert uploads.is_dir()

    def test_names_in_the_text_that_was_just_read_are_shown_in_the_same_round(
        self, as_editor: Visitor, uploads: Path
    ) -> None:
        answer = send(as_editor, NEW, a_pdf("Mevrouw Amina Voorbeeld vraagt asiel."), **typed())

        page = as_editor._page(answer, UNPROCESSABLE)
        assert list(summary_of_errors(page).values()) == ["#full_text", "#privacy_answer"]
        assert {"Volledige tekst, regel 1", "Pdf, regel 1"} <= set(page.links())
        assert uploads.is_dir()

    def test_a_scan_says_that_it_cannot_be_read(self, as_editor: Visitor, uploads: Path) -> None:
        answer = send(as_editor, NEW, a_pdf_of_blank_pages(1), button="pdf", **typed())

        assert "geen leesbare tekst" in as_editor._page(answer, HTTPStatus.OK).main
        assert uploads.is_dir()

    @pytest.mark.parametrize(
        ("given", "why"),
        [
            (b"MZ is a program", "geen pdf"),
            (a_pdf("a", password="x"), "wachtwoord"),
            (b"%PDF-1.7 stuk", "beschadigd"),
            (b"%PDF-" + b"0" * pdf.MOST_BYTES, "groter dan 20 MB"),
        ],
        ids=["program", "encrypted", "broken", "large"],
    )
    def test_another_file_is_refused_with_the_reason_and_the_form_is_kept(
        self, as_editor: Visitor, session: Session, uploads: Path, given: bytes, why: str
    ) -> None:
        page = as_editor._page(send(as_editor, NEW, given, **typed()), UNPROCESSABLE)

        assert why in errors(page)[0]
        assert page.fill({}).data["summary"] == "Een bevel na een veroordeling."
        assert list(uploads.rglob("*.pdf")) == []
        assert queries.find_ruling(session, "rvv-2022-03-14-269-999") is None

    def test_a_file_that_is_taken_away_leaves_the_disk(
        self, as_editor: Visitor, as_visitor: Visitor, uploads: Path
    ) -> None:
        send(as_editor, CORRECT, a_pdf(self.TEXT), full_text="Eigen lezing.")
        with as_visitor.fetch(f"/rechtspraak/{SLUG}/bron.pdf") as file:
            assert file.status_code == 200

        page = as_editor.get(CORRECT).fill({"without_pdf": True}).submit("Bewaren op de site")

        assert "pdf, 1 pagina, 1 kB" in page.texts("span", class_="typed")
        assert as_visitor.fetch(f"/rechtspraak/{SLUG}/bron.pdf").status_code == 404
        assert list(uploads.rglob("*.pdf")) == []

    @pytest.mark.parametrize("fingerprint", ["../../secret_key", "0" * 64])
    def test_a_file_that_waited_too_long_is_asked_again(self, as_editor: Visitor, fingerprint: str) -> None:
        """It is not left out in silence; a made-up name finds nothing either."""
        form = as_editor.get(CORRECT).fill({"summary": "Anders."})
        form.data["pending_pdf"] = fingerprint

        page = form.submit("Bewaren op de site", expect=UNPROCESSABLE)

        assert errors(page) == ["De pdf van daarstraks is intussen opgeruimd: laad ze opnieuw op."]
        assert page.fill({}).submit("Bewaren op de site").status == HTTPStatus.OK


class TestLimits:
    def test_a_full_text_may_be_long(self, as_editor: Visitor, session: Session, uploads: Path) -> None:
        """Two million characters, two bytes each, beside a file."""
        long = "é " * 999_999

        answer = send(as_editor, CORRECT, a_pdf("De Raad verwerpt het beroep."), full_text=long)

        assert answer.status_code == HTTPStatus.SEE_OTHER
        assert len(find(session, SLUG).full_text or "") == 1_999_997
        assert len(list(uploads.glob("*.pdf"))) == 1

    @pytest.mark.parametrize("field", ["number", "ecli", "keywords", "articles", "parties", "source_url", "sources"])
    @pytest.mark.parametrize("unit", ["art. 1 Vw. - ", "art. 1 Vw.\n"], ids=["line", "lines"])
    def test_a_field_with_a_million_characters_is_refused_in_time(
        self, as_editor: Visitor, field: str, unit: str
    ) -> None:
        form = as_editor.get(NEW).fill(typed(**{field: unit * 80_000}))
        started = time.process_time()

        form.submit("Publiceren", expect=UNPROCESSABLE)

        assert time.process_time() - started < 20

    def test_other_forms_keep_their_limit(self, as_editor: Visitor) -> None:
        data = {"keywords": "x" * 1_100_000}

        assert as_editor.fetch("/redactie/uitspraken/ontleding", method="POST", data=data).status_code == 413

    def test_a_visitor_cannot_send_a_large_body(self, as_visitor: Visitor) -> None:
        data = {"keywords": "x" * 1_100_000}

        assert as_visitor.fetch(NEW, method="POST", data=data).status_code == 413
