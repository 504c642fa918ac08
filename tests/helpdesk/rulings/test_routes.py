import json

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.core.vocabulary import Vocabulary
from helpdesk.rulings import queries
from helpdesk.rulings.models import Ruling
from helpdesk.rulings.pages import theme_links
from tests.pageclient import Visitor
from tests.shipped import RULINGS


class TestRulingPage:
    def test_all_rulings_have_a_page(self, as_visitor: Visitor, session: Session) -> None:
        slugs = [ruling.slug for ruling in queries.all_rulings(session)]

        assert len(slugs) == RULINGS
        for slug in slugs:
            assert as_visitor.fetch(f"/rechtspraak/{slug}").status_code == 200
        for slug in slugs[::15]:
            as_visitor.get(f"/rechtspraak/{slug}")

    def test_the_record_is_shown_with_what_is_unverified(self, as_visitor: Visitor) -> None:
        main = as_visitor.get("/rechtspraak/hvj-2014-12-18-c-562-13").main

        assert "Hof van Justitie van de Europese Unie" in main
        assert "ECLI:EU:C:2014:2453" in main
        assert "bestaat, maar de koppeling aan dit arrest is nog niet nagekeken" in main
        assert "nog niet bevestigd" in main

    def test_every_ruling_says_what_it_rests_on(self, as_visitor: Visitor, session: Session) -> None:
        """Sources and quality once stood in the record only."""
        ruling = queries.get_ruling(session, "rvv-2022-02-28-269-083")

        page = as_visitor.get(f"/rechtspraak/{ruling.slug}")

        assert ruling.sources
        assert all(source in page.main for source in [*ruling.sources, str(ruling.source_url)])
        assert "alle velden gezien in een bron" in page.main

    def test_a_theme_the_tree_no_longer_knows_is_left_out(self, vocabulary: Vocabulary) -> None:
        assert [link.address for link in theme_links(["weg", "ipr"], vocabulary)] == ["/themas/ipr"]

    def test_an_ecli_that_is_not_verified_does_not_enter_the_reference(self, as_visitor: Visitor) -> None:
        page = as_visitor.get("/rechtspraak/hvj-2010-03-04-c-578-08")

        assert "ECLI" not in page.texts("dd", class_="citation")[0]

    def test_themes_link_both_ways(self, as_visitor: Visitor, vocabulary: Vocabulary) -> None:
        ruling = as_visitor.get("/rechtspraak/rvv-2022-02-28-269-083")
        theme = ruling.follow(vocabulary.themes.title("bgv"))

        assert ruling.heading in theme.links() or "uitspraken over dit thema" in theme.main

    def test_an_article_leads_to_what_rests_on_it(self, as_visitor: Visitor) -> None:
        found = as_visitor.get("/rechtspraak/rvv-2022-02-28-269-083").follow("art. 74/13 Vw.")

        assert "RvV 28 februari 2022, nr. 269.083" in found.links()


class TestLineOfCases:
    def test_what_treats_a_ruling_stands_with_it_in_time(self, as_visitor: Visitor) -> None:
        page = as_visitor.get("/rechtspraak/cass-2019-10-24-c-19-0159-n")

        assert " ".join(page.texts("tbody")[0].split()) == (
            "24-10-2019 Cass. 24 oktober 2019, C.19.0159.N deze uitspraak "
            "17-06-2022 Cass. 17 juni 2022, C.20.0448.F wijkt af van deze uitspraak"
        )
        assert page.source.count("<circle ") == 2

    def test_the_other_side_says_it_from_its_own_side(self, as_visitor: Visitor) -> None:
        (table,) = as_visitor.get("/rechtspraak/cass-2022-06-17-c-20-0448-f").texts("tbody")

        assert table.count("niet gevolgd door deze uitspraak") == 2

    def test_a_ruling_that_stands_alone_has_no_picture(self, as_visitor: Visitor) -> None:
        page = as_visitor.get("/rechtspraak/cass-2026-01-27-p-25-0406-n")

        assert "De lijn van rechtspraak" not in page.main
        assert "<circle " not in page.source


class TestReadingAndPassingOn:
    @pytest.mark.parametrize("path", ["/rechtspraak/rvv-2022-02-28-269-083", "/themas/verblijfsrecht/gezinshereniging"])
    def test_a_page_is_kept_as_pdf_and_passed_on_without_anyone_between(self, as_visitor: Visitor, path: str) -> None:
        page = as_visitor.get(path)

        links = page.links()
        assert links["Bewaar als pdf"] == f"{path}/pdf"
        assert links["Mail deze pagina"].startswith("mailto:?subject=")
        assert links["Mail deze pagina"].endswith(path)
        assert "Op deze pagina" in page.main


class TestAddresses:
    @pytest.mark.parametrize(
        ("path", "slug"),
        [
            ("/ecli/ECLI:EU:C:2017:354", "hvj-2017-05-10-c-133-15"),
            ("/ecli/ecli:eu:c:2017:354", "hvj-2017-05-10-c-133-15"),
            ("/rechtspraak/nr/rvv/269.083", "rvv-2022-02-28-269-083"),
            ("/rechtspraak/nr/RVV/269083", "rvv-2022-02-28-269-083"),
            ("/rechtspraak/nr/gwh/121/2013", "gwh-2013-09-26-121-2013"),
            ("/rechtspraak/nr/hvj/C-578/08", "hvj-2010-03-04-c-578-08"),
            ("/rechtspraak/nr/ehrm/41738/10", "ehrm-2016-12-13-41738-10"),
        ],
    )
    def test_a_number_or_ecli_leads_to_its_ruling(self, as_visitor: Visitor, path: str, slug: str) -> None:
        assert as_visitor.get(path).path == f"/rechtspraak/{slug}"

    @pytest.mark.parametrize(
        "path", ["/ecli/onzin", "/ecli/ECLI:BE:CASS:2020:ARR.1", "/rechtspraak/nr/rvv/1", "/rechtspraak/nr/xyz/1"]
    )
    def test_an_unknown_number_is_answered_with_search(self, as_visitor: Visitor, path: str) -> None:
        as_visitor.get(path, expect=404)


class TestMachinesAndReferences:
    def test_both_references_can_be_selected_and_copied(self, as_visitor: Visitor) -> None:
        page = as_visitor.get("/rechtspraak/cass-2015-05-15-c-14-0295-n")

        assert page.texts("dd", class_="citation") == [
            "Cass. 15 mei 2015, C.14.0295.N, ECLI:BE:CASS:2015:ARR.20150515.3",
            "Cass. 15 mei 2015, C.14.0295.N, ECLI:BE:CASS:2015:ARR.20150515.3.",
        ]
        assert [place.get("data-behaviour") for place in page.all("dd", class_="citation")] == ["copy", "copy"]

    def test_dublin_core_names_the_ecli(self, as_visitor: Visitor) -> None:
        page = as_visitor.get("/rechtspraak/cass-2015-05-15-c-14-0295-n")

        fields = {tag.get("name"): tag.get("content") for tag in page.all("meta")}
        assert fields["DCTERMS.isVersionOf"] == "ECLI:BE:CASS:2015:ARR.20150515.3"
        assert fields["DCTERMS.identifier"] == "http://127.0.0.1:8000/rechtspraak/cass-2015-05-15-c-14-0295-n"
        assert fields["DCTERMS.creator"] == "Hof van Cassatie"

    def test_a_ruling_without_ecli_has_no_ecli_metadata(self, as_visitor: Visitor) -> None:
        page = as_visitor.get("/rechtspraak/rvv-2022-02-28-269-083")

        assert not [tag for tag in page.all("meta") if (tag.get("name") or "").startswith("DCTERMS.")]
        assert as_visitor.fetch("/rechtspraak/rvv-2022-02-28-269-083/ecli").status_code == 404

    def test_json_ld_is_data_and_stays_inside_its_block(self, as_visitor: Visitor, session: Session) -> None:
        """A block of data is no script: the content policy leaves it alone. What stands in it must not end it."""
        ruling = session.scalars(select(Ruling).where(Ruling.slug == "rvv-2022-02-28-269-083")).one()
        ruling.summary = "</script><script>alert(1)</script>"

        page = as_visitor.get("/rechtspraak/rvv-2022-02-28-269-083")

        (block,) = [tag for tag in page.all("script") if tag.get("type") == "application/ld+json"]
        data = json.loads(block.text or "")
        assert data["abstract"] == "</script><script>alert(1)</script>"
        assert data["name"] == "RvV 28 februari 2022, nr. 269.083"
        assert "<script>alert" not in page.source

    @pytest.mark.parametrize(
        ("form", "kind", "file"),
        [
            ("ris", "application/x-research-info-systems", "cass-2015-05-15-c-14-0295-n.ris"),
            ("bibtex", "application/x-bibtex", "cass-2015-05-15-c-14-0295-n.bib"),
            ("ecli", "application/rdf+xml", "cass-2015-05-15-c-14-0295-n.xml"),
        ],
    )
    def test_the_reference_of_one_ruling_is_a_file(self, as_visitor: Visitor, form: str, kind: str, file: str) -> None:
        page = as_visitor.get("/rechtspraak/cass-2015-05-15-c-14-0295-n")
        answer = as_visitor.fetch(f"/rechtspraak/cass-2015-05-15-c-14-0295-n/{form}")

        assert f"/rechtspraak/cass-2015-05-15-c-14-0295-n/{form}" in page.links().values()
        assert answer.mimetype == kind
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{file}"'
        assert "http://127.0.0.1:8000/rechtspraak/cass-2015-05-15-c-14-0295-n" in answer.text

    @pytest.mark.parametrize("path", ["/rechtspraak/bestaat-niet/ris", "/rechtspraak/rvv-2022-02-28-269-083/docx"])
    def test_what_is_not_there_is_answered_with_search(self, as_visitor: Visitor, path: str) -> None:
        as_visitor.get(path, expect=404)
