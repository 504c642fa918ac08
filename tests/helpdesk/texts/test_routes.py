from datetime import UTC, date, datetime

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from helpdesk.core import province_map
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.texts import queries, rules
from helpdesk.texts.models import PublishedText, TextKind
from helpdesk.texts.routes import NEWS_PER_PAGE
from helpdesk.web.filters import long_date
from tests.pageclient import Visitor


class TestThemes:
    def test_every_node_is_a_page_with_its_place_in_the_tree(self, as_visitor: Visitor, vocabulary: Vocabulary) -> None:
        for theme in vocabulary.themes.all:
            assert as_visitor.fetch(f"/themas/{theme.path}").status_code == 200
        for theme in vocabulary.themes.all[::20]:
            page = as_visitor.get(f"/themas/{theme.path}")
            for above in vocabulary.themes.ancestors(theme.id):
                assert page.links()[above.title].endswith(f"/themas/{above.path}")

    def test_a_node_lists_what_lies_below_with_one_sentence(self, as_visitor: Visitor, vocabulary: Vocabulary) -> None:
        page = as_visitor.get("/themas/verblijfsrecht/gezinshereniging")

        for child in vocabulary.themes.children("gezinshereniging"):
            assert child.title in page.links()

    def test_a_text_says_which_law_it_describes_and_who_checked_it(self, as_visitor: Visitor, session: Session) -> None:
        live = queries.get_text(session, TextKind.THEME, "gh-belg")
        assert live.version.stand_of_law is not None

        page = as_visitor.get("/themas/verblijfsrecht/gezinshereniging/gh-belg")

        assert "Nog niet nagekeken door een jurist." in page.text
        assert f"Stand van het recht: {' '.join(long_date(live.version.stand_of_law).split())}" in page.text
        assert "art. 40ter Vw." in page.main

    def test_the_day_of_publication_is_that_of_brussels(self, as_visitor: Visitor, session: Session) -> None:
        """Half past eleven in the evening of 1 March in London is 2 March here."""
        live = queries.get_text(session, TextKind.THEME, "gh-belg")
        live.version.published_at = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)

        page = as_visitor.get("/themas/verblijfsrecht/gezinshereniging/gh-belg")

        assert "Gepubliceerd op 2 maart 2026" in page.text

    def test_a_node_without_text_says_so(self, as_visitor: Visitor, session: Session, vocabulary: Vocabulary) -> None:
        bare = vocabulary.themes["rijbewijs"]
        session.execute(delete(PublishedText).where(PublishedText.slug == bare.id))

        assert "nog geen tekst" in as_visitor.get(f"/themas/{bare.path}").main

    def test_at_least_forty_pages_spread_over_all_branches(self, session: Session, vocabulary: Vocabulary) -> None:
        written = queries.nodes_with_text(session)

        assert len(written) >= 40
        assert {vocabulary.themes.branch(node).id for node in written} == {
            branch.id for branch in vocabulary.themes.branches
        }


class TestNews:
    def test_the_newest_stands_first_and_those_of_one_day_by_address(
        self, as_visitor: Visitor, session: Session
    ) -> None:
        slugs = list(session.scalars(select(PublishedText.slug).where(PublishedText.kind == "nieuws")))
        newest, older = sorted(slugs)[3], max(slugs)
        for slug, day in ((newest, date(2026, 12, 2)), (older, date(2026, 12, 1))):
            queries.get_text(session, TextKind.NEWS, slug).version.dated_on = day

        page = as_visitor.get("/nieuws")

        assert page.texts("time")[:3] == ["2 december 2026", "1 december 2026", "25 november 2026"]
        shown = [slug for link in page.links().values() if (slug := link.rpartition("/")[2]) in slugs]
        assert shown[:2] == [newest, older]
        assert shown == [item.text.slug for item in queries.news(session, limit=NEWS_PER_PAGE)]

    @pytest.mark.parametrize("number", ["0", "-1", "abc", "999999999", "99999999999999999999", "1.5", ""])
    def test_a_strange_page_number_is_answered(self, as_visitor: Visitor, number: str) -> None:
        assert as_visitor.get(f"/nieuws?pagina={number}").heading == "Nieuws"

    def test_a_news_item_shows_its_ruling_and_the_ruling_links_back(self, as_visitor: Visitor) -> None:
        page = as_visitor.get("/nieuws/veilig-land-verzoeker-en-rechter-moeten-bronnen-kennen")
        ruling = page.follow("HvJ 1 augustus 2025, C-758/24 en C-759/24, Alace en Canpelli")

        assert page.heading in ruling.links()

    def test_the_feed_holds_the_newest_items(self, as_visitor: Visitor) -> None:
        response = as_visitor.fetch("/nieuws/atom.xml")

        assert response.mimetype == "application/atom+xml"
        assert response.text.count("<entry>") == NEWS_PER_PAGE


class TestLexicon:
    def test_terms_stand_under_their_letter(self, as_visitor: Visitor) -> None:
        page = as_visitor.get("/lexicon")

        assert len(page.all("dt")) >= 30
        assert page.texts("h2") == sorted(page.texts("h2"))

    def test_a_term_names_its_themes(self, as_visitor: Visitor) -> None:
        assert "Bevel om het grondgebied te verlaten (BGV)" in as_visitor.get("/lexicon/bgv").links()


class TestWorklist:
    def test_an_editor_sees_what_could_not_be_confirmed_and_the_public_does_not(
        self, as_editor: Visitor, as_visitor: Visitor, session: Session
    ) -> None:
        live = queries.get_text(session, TextKind.THEME, "gh-belg")

        open_point = live.version.to_check[0]
        assert open_point in as_editor.get("/redactie/na-te-kijken").main
        assert open_point not in as_visitor.get("/themas/verblijfsrecht/gezinshereniging/gh-belg").text


@pytest.mark.parametrize(
    "path", ["/over", "/contact", "/privacy", "/toegankelijkheid", "/hergebruik", "/fiches", "/per-provincie"]
)
def test_the_site_explains_itself(as_visitor: Visitor, path: str) -> None:
    assert len(as_visitor.get(path).main) > 300


class TestProvinces:
    def test_each_place_on_the_map_leads_to_a_heading_of_the_page(self, as_visitor: Visitor) -> None:
        """A drawing is no HTML: the checks of every page do not look at its links."""
        page = as_visitor.get("/per-provincie")

        led_to = [link.get("href", "")[1:] for link in page.root.iter("{http://www.w3.org/2000/svg}a")]
        headings = {heading.get("id"): heading for heading in page.all("h2")}
        assert [headings[place].text for place in led_to] == list(province_map.NAMES)

    def test_the_table_says_what_the_map_says(self, as_visitor: Visitor) -> None:
        rows = as_visitor.get("/per-provincie").table(0)

        assert {row[0].partition(",")[0] for row in rows[1:]} == set(province_map.NAMES)

    def test_the_page_says_of_which_day_its_law_is_and_that_no_jurist_checked_it(self, as_visitor: Visitor) -> None:
        main = as_visitor.get("/per-provincie").main

        assert "Stand van het recht" in main
        assert "Nog niet nagekeken door een jurist" in main

    @pytest.mark.parametrize(
        "path", ["/contact", "/fiches/juridische-bijstand", "/themas/verblijfsrecht/staatloosheid"]
    )
    def test_who_looks_for_help_is_led_there(self, as_visitor: Visitor, path: str) -> None:
        assert "/per-provincie" in as_visitor.get(path).links().values()

    def test_its_versions_have_an_address(self, as_visitor: Visitor) -> None:
        assert "Waar kun je terecht, per provincie?" in as_visitor.get("/per-provincie/geschiedenis").heading


class TestSheets:
    @pytest.mark.parametrize("name", rules.SHEETS)
    def test_a_sheet_says_of_which_day_it_speaks(self, as_visitor: Visitor, name: str) -> None:
        main = as_visitor.get(f"/fiches/{name}").main

        assert "Stand van het recht" in main

    def test_the_list_leads_to_every_sheet(self, as_visitor: Visitor) -> None:
        led_to = set(as_visitor.get("/fiches").links().values())

        assert {f"/fiches/{name}" for name in rules.SHEETS} - led_to == set()

    def test_the_first_page_leads_to_the_list(self, as_visitor: Visitor) -> None:
        assert as_visitor.get("/").links()["Fiches voor de eerste lijn"] == "/fiches"

    @pytest.mark.parametrize("path", ["/fiches/bestaat-niet", "/fiches/fiche-werk", "/fiche-werk"])
    def test_a_sheet_has_one_address(self, as_visitor: Visitor, path: str) -> None:
        as_visitor.get(path, expect=404)


@pytest.mark.parametrize("path", ["/themas/bestaat/niet", "/nieuws/bestaat-niet", "/lexicon/bestaat-niet"])
def test_an_unknown_text_is_answered_with_search(as_visitor: Visitor, path: str) -> None:
    assert "Zoek hieronder" in as_visitor.get(path, expect=404).main
