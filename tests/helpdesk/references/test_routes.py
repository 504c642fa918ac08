from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from helpdesk.core.audit import AuditEntry
from helpdesk.core.references import NotedReference, ReferenceSource
from helpdesk.references.forms import MOST_LETTER
from helpdesk.rulings.models import RulingTreatment
from tests.pageclient import Visitor

LETTER = """De aanvraag van uw verblijf van meer dan drie maanden wordt geweigerd (bijlage 20).
In toepassing van artikel 40ter van de wet van 15 december 1980 en artikel 8 EVRM.
Zie ook het arrest C-133/15 en RvV nr. 111.111. U krijgt een bevel om het grondgebied te verlaten (bijlage 13).
Artikel 9bis is niet van toepassing."""


class TestLaws:
    def test_every_law_is_listed_with_what_rests_on_it(self, as_visitor: Visitor) -> None:
        page = as_visitor.get("/wetgeving")

        law = next(title for title, address in page.links().items() if address == "/wetgeving/vw")
        assert page.follow(law).heading == law

    def test_articles_stand_in_the_order_of_the_law(self, as_visitor: Visitor) -> None:
        """9 < 9bis < 9ter < 10 < 40bis < 40ter < 57/6; sorting as text once puts 10 before 9."""
        links = as_visitor.get("/wetgeving/vw").links()
        articles = [link.removeprefix("Art. ") for link in links if link.startswith("Art. ")]

        wanted = ["9bis", "9ter", "10", "40bis", "40ter", "74/13"]
        assert [article for article in articles if article in wanted] == wanted

    def test_an_unknown_law_is_answered_with_search(self, as_visitor: Visitor) -> None:
        as_visitor.get("/wetgeving/xyz", expect=404)


class TestArticle:
    @pytest.mark.parametrize(
        ("address", "heading"),
        [
            ("/wetgeving/vw/40ter", "Artikel 40ter Vw."),
            ("/wetgeving/vw/9bis", "Artikel 9bis Vw."),
            ("/wetgeving/vw/74/13", "Artikel 74/13 Vw."),
            ("/wetgeving/evrm/8", "Artikel 8 EVRM"),
        ],
    )
    def test_it_shows_themes_and_rulings(self, as_visitor: Visitor, address: str, heading: str) -> None:
        page = as_visitor.get(address)

        assert page.heading == heading
        assert "Thema's" in page.texts("h2")
        assert "Rechtspraak" in page.texts("h2")

    def test_rulings_are_split_by_outcome(self, as_visitor: Visitor) -> None:
        page = as_visitor.get("/wetgeving/vw/40ter")

        assert "GwH 26 september 2013, nr. 121/2013" in page.links()
        found = page.follow("gedeeltelijke vernietiging")
        assert "GwH 26 september 2013, nr. 121/2013" in found.links()

    def test_the_neighbours_are_those_of_the_law(self, as_visitor: Visitor) -> None:
        assert as_visitor.get("/wetgeving/vw/40ter").follow("Art. 40bis").path == "/wetgeving/vw/40bis"

    def test_one_address_per_article(self, as_visitor: Visitor) -> None:
        assert as_visitor.get("/wetgeving/VW/40TER").path == "/wetgeving/vw/40ter"

    @pytest.mark.parametrize("article", ["999", "9quater", "onzin", "40ter-x", "1..2", "9" * 5_000])
    def test_an_unknown_article_says_which_we_have(self, as_visitor: Visitor, article: str) -> None:
        page = as_visitor.get(f"/wetgeving/vw/{article}", expect=404)

        assert "hebben we niets" in page.main
        assert "Art. 40ter" in page.links()

    def test_it_can_be_followed(self, as_visitor: Visitor) -> None:
        feed = as_visitor.fetch("/wetgeving/vw/40ter/atom.xml")

        assert feed.mimetype == "application/atom+xml"
        assert "GwH 26\u00a0september 2013" in feed.get_data(as_text=True)
        assert as_visitor.fetch("/wetgeving/vw/999/atom.xml").status_code == 404

    def test_a_theme_page_links_the_articles_it_names(self, as_visitor: Visitor) -> None:
        page = as_visitor.get("/themas/verblijfsrecht/gezinshereniging/gh-belg")

        assert "/wetgeving/vw/40ter" in {link.get("href") for link in page.all("a")}

    def test_a_ruling_is_cited_by_the_texts_that_discuss_it(self, as_visitor: Visitor) -> None:
        page = as_visitor.get("/rechtspraak/gwh-2019-10-24-149-2019")

        assert "Aangehaald door" in page.texts("h2")


class TestLetter:
    def test_it_lists_what_the_letter_names(self, as_visitor: Visitor) -> None:
        page = as_visitor.get("/brieflezer").fill({"tekst": LETTER}).submit()

        assert page.path == "/brieflezer"
        links = page.links()
        assert "art. 40ter Vw." in links
        assert "art. 8 EVRM" in links
        assert any("C-133/15" in link for link in links)
        assert "art. 9bis" in page.main
        assert "zegt hier niet van welke wet" in page.main
        assert "111.111" in page.main
        assert "Niet in onze databank" in page.main
        assert any("Bevel" in link for link in links)

    def test_nothing_of_it_is_stored_or_logged(self, as_visitor: Visitor, session: Session) -> None:
        before = session.scalars(select(ReferenceSource.id)).all()

        with capture_logs() as lines:
            as_visitor.get("/brieflezer").fill({"tekst": f"KANARIE {LETTER}"}).submit()

        assert "KANARIE" not in str(lines)
        assert session.scalars(select(ReferenceSource.id)).all() == before

    def test_an_empty_letter_is_refused_and_a_long_one_is_kept(self, as_visitor: Visitor) -> None:
        empty = as_visitor.get("/brieflezer").fill({"tekst": ""}).submit(expect=422)
        assert "Plak de tekst van de brief in het vak." in empty.main

        long = "woord " * (MOST_LETTER // 5)
        refused = as_visitor.get("/brieflezer").fill({"tekst": long}).submit(expect=422)
        assert "hoogstens" in refused.main
        assert refused.texts("textarea")[0].startswith("woord woord")

    def test_a_letter_without_anything_says_what_to_do(self, as_visitor: Visitor) -> None:
        page = as_visitor.get("/brieflezer").fill({"tekst": "Beste, tot morgen."}).submit()

        assert "herkennen we geen" in page.main


class TestTreatments:
    def test_the_seeded_pair_stands_on_both_records(self, as_visitor: Visitor) -> None:
        """Is this still good law? C.19.0159.N against C.20.0448.F."""
        older = as_visitor.get("/rechtspraak/cass-2019-10-24-c-19-0159-n")
        assert "Later anders beslist" in older.main
        assert "Niet gevolgd door" in older.main

        newer = older.follow("Cass. 17 juni 2022, C.20.0448.F")
        assert "Wijkt af van" in newer.main

    def test_the_mark_is_visible_in_the_result_list(self, as_visitor: Visitor) -> None:
        hit = as_visitor.get("/zoeken?q=C.19.0159.N").texts("li", class_="hit")[0]

        assert "Later anders beslist" in hit

    def test_what_we_do_not_hold_is_named_in_words(self, as_visitor: Visitor) -> None:
        assert "RvV 30 maart 2018, nr. 202.022" in as_visitor.get("/rechtspraak/rvs-2019-09-12-245-427").main

    def test_an_editor_enters_and_removes_one(self, as_editor: Visitor, session: Session) -> None:
        page = as_editor.get("/redactie/behandelingen?uitspraak=gwh-2019-10-24-149-2019")

        saved = page.fill(
            {
                "treating": "Wet van 18 juli 2025",
                "kind": "supersedes",
                "treated_on": "2025-07-18",
                "note": "De wet wijzigt de voorwaarden.",
            }
        ).submit()

        assert "staat op beide uitspraken" in saved.text
        treated = as_editor.get("/rechtspraak/gwh-2019-10-24-149-2019").main
        assert "Achterhaald door" in treated
        assert "Wet van 18 juli 2025" in treated
        assert "treatment.entered" in session.scalars(select(AuditEntry.act)).all()
        entered = session.scalars(select(RulingTreatment).where(RulingTreatment.content_slug.is_(None))).one()
        as_editor.get("/redactie/behandelingen").fill(
            {}, action=f"/redactie/behandelingen/{entered.id}/schrappen"
        ).submit()
        assert "Achterhaald" not in as_editor.get("/rechtspraak/gwh-2019-10-24-149-2019").main

    def test_a_treatment_without_a_ruling_of_ours_is_refused_with_what_was_typed(self, as_editor: Visitor) -> None:
        page = as_editor.get("/redactie/behandelingen")

        refused = page.fill(
            {
                "treating": "cass-2019-10-24-c-99-9999-n",
                "treated": "een oud arrest",
                "treated_on": "2025-07-18",
                "note": "x",
            }
        ).submit(expect=422)

        assert "Er is geen uitspraak op het adres /rechtspraak/cass-2019-10-24-c-99-9999-n" in refused.main
        assert 'value="een oud arrest"' in refused.source

    def test_a_name_in_a_treatment_is_refused(self, as_editor: Visitor) -> None:
        """What it says stands on a public page."""
        refused = (
            as_editor.get("/redactie/behandelingen")
            .fill(
                {
                    "treating": "de wet van 18 juli 2025",
                    "treated": "gwh-2019-10-24-149-2019",
                    "treated_on": "2025-07-18",
                    "note": "De heer Jan Voorbeeld, rijksregisternummer 85.07.30-033.28, vroeg dit.",
                }
            )
            .submit(expect=422)
        )

        assert "Noem hier geen naam" in refused.main


class TestEditing:
    SOURCE = "thema/gh-belg"

    def test_the_worklist_offers_to_add_what_is_cited_and_lacks(self, as_editor: Visitor) -> None:
        page = as_editor.get("/redactie/verwijzingen")

        add = next(str(link.get("href")) for link in page.all("a") if "uitspraken/nieuw" in str(link.get("href")))
        assert "nummer=" in add or "ecli=" in add

    def test_a_reference_that_cannot_be_right_is_flagged(self, as_editor: Visitor, session: Session) -> None:
        session.add(
            NotedReference(
                source_id=self.SOURCE,
                target="RVS:235038",
                precise="RVS:235038",
                decided_on=date(2022, 2, 21),
                position=1,
                context="",
                origin="automatic",
            )
        )
        session.flush()

        assert "RvS 235.038: Het nummer is te laag voor die datum" in as_editor.get("/redactie/verwijzingen").main

    def test_a_removed_reference_stays_removed_and_can_come_back(self, as_editor: Visitor) -> None:
        def links() -> set[object]:
            page = as_editor.get("/themas/verblijfsrecht/gezinshereniging/gh-belg")
            return {link.get("href") for link in page.all("a", class_="reference")}

        assert "/wetgeving/vw/40ter" in links()
        page = as_editor.get(f"/redactie/verwijzingen/{self.SOURCE}")
        assert "herkend in de tekst" in page.main

        token = next(str(field.get("value")) for field in page.all("input") if field.get("name") == "csrf_token")
        address = f"/redactie/verwijzingen/{self.SOURCE}"
        as_editor.post(address, {"doel": "VW:40ter", "doe": "verwijder", "csrf_token": token})
        assert "/wetgeving/vw/40ter" not in links()

        as_editor.post(address, {"doel": "VW:40ter", "doe": "herstel", "csrf_token": token})
        assert "/wetgeving/vw/40ter" in links()

    def test_an_unknown_document_is_not_found(self, as_editor: Visitor) -> None:
        as_editor.get("/redactie/verwijzingen/thema/bestaat-niet", expect=404)
