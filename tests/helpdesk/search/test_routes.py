import csv
import io
import json
import re
from xml.etree import ElementTree as ET

import pytest
import rispy
from bibtexparser.entrypoint import parse_string
from flask import Flask
from werkzeug.datastructures import MultiDict

from helpdesk.core.vocabulary import Vocabulary
from helpdesk.search.forms import SearchRequest
from helpdesk.settings import PROJECT
from helpdesk.web.services import services
from jurisprudence.search.quality import ALL, load_questions
from jurisprudence.search.results import Sort
from tests.pageclient import Visitor
from tests.shipped import RULINGS


class TestHome:
    def test_search_comes_first_and_the_five_branches_follow(self, as_visitor: Visitor, vocabulary: Vocabulary) -> None:
        page = as_visitor.get("/")

        assert page.all("input")[0].get("name") == "q"
        assert {branch.title for branch in vocabulary.themes.branches} <= page.links().keys()
        assert f"Alle {RULINGS} uitspraken" in page.links()

    def test_it_has_a_door_for_each_of_the_four_questions(self, as_visitor: Visitor) -> None:
        page = as_visitor.get("/")

        assert page.texts("h2")[:4] == [
            "Ik zoek een regel",
            "Ik zoek een uitspraak",
            "Ik heb een document in handen",
            "Ik zoek iemand die helpt",
        ]
        links = page.links()
        assert links["Welke bijlage heb ik gekregen?"] == "/wegwijzer/welke-bijlage"
        assert links["Met wie wil je in België samenwonen?"] == "/wegwijzer/gezinshereniging"
        assert links["Overzicht van alle documenten"] == "/themas/verblijfsrecht/verblijfsdocumenten"
        assert links["Raad voor Vreemdelingenbetwistingen"] == "/rechtspraak?hof=RVV"
        assert links["De helpdesk bereiken"] == "/contact"


class TestGrowth:
    def test_the_list_of_all_rulings_shows_how_the_base_grew(self, as_visitor: Visitor) -> None:
        (table,) = as_visitor.get("/rechtspraak").texts("tbody")

        years = [row.split() for row in re.findall(r"\d{4}\s+\d+\s+\d+", table)]
        assert years == sorted(years)
        assert sum(int(count) for _, count, _ in years) == int(years[-1][2]) == RULINGS

    def test_a_choice_of_them_does_not(self, as_visitor: Visitor) -> None:
        assert "Hoe groeide" not in as_visitor.get("/rechtspraak?hof=CASS").main
        assert "Hoe groeide" not in as_visitor.get("/zoeken").main


class TestSearch:
    @pytest.mark.parametrize(
        ("question", "address"),
        [
            ("269.083", "/rechtspraak/rvv-2022-02-28-269-083"),
            ("RvV nr. 269 083", "/rechtspraak/rvv-2022-02-28-269-083"),
            ("C-578/08", "/rechtspraak/hvj-2010-03-04-c-578-08"),
            ("C\u2011578/08", "/rechtspraak/hvj-2010-03-04-c-578-08"),
            ("ECLI:BE:CASS:2015:ARR.20150515.3", "/rechtspraak/cass-2015-05-15-c-14-0295-n"),
            ("P.24.1568.N", "/rechtspraak/cass-2024-12-10-p-24-1568-n"),
            ("121/2013", "/rechtspraak/gwh-2013-09-26-121-2013"),
            ("41738/10", "/rechtspraak/ehrm-2016-12-13-41738-10"),
            ("gezinshereniging met een belg", "/themas/verblijfsrecht/gezinshereniging/gh-belg"),
            ("oranje kaart", "/themas/verblijfsrecht/verblijfsdocumenten/attest-immatriculatie"),
            ("bevel om het grondgebied te verlaten", "/themas/verblijfsrecht/terugkeer/bgv"),
            ("mijn man laten overkomen", "/themas/verblijfsrecht/gezinshereniging"),
            ("schijnhuwelijk", "/themas/ipr/huwelijk/schijnhuwelijk"),
            ("dringende medische hulp", "/themas/sociaal-recht/ocmw-dienstverlening/dringende-medische-hulp"),
        ],
    )
    def test_it_comes_among_the_first_three(self, as_visitor: Visitor, question: str, address: str) -> None:
        page = as_visitor.get(f"/zoeken?q={question}")

        titles = page.all("h3", class_="entry__title")[:3]
        assert address in [str(heading[0].get("href")).partition("?")[0] for heading in titles]

    def test_parts_of_a_compound_are_not_marked_where_the_whole_stands(self, house_app: Flask) -> None:
        with house_app.app_context():
            found = services().search.search("gezinshereniging", filters={"thema": ["gezinshereniging"]})

        marked = [re.findall("<mark>(.*?)</mark>", snippet.html) for hit in found.hits for snippet in hit.snippets]
        whole = [["hereniging" in word.lower() for word in words] for words in marked]
        assert any(all(words) for words in whole if words)
        assert not [words for words in whole if any(words) and not all(words)]

    def test_an_article_leads_straight_to_its_page(self, as_visitor: Visitor) -> None:
        """A question that is an article gets the artikelfiche as a card, when one law is meant."""
        assert as_visitor.get("/zoeken?q=art. 40ter Vw.").follow("art. 40ter Vw.").path == "/wetgeving/vw/40ter"
        assert as_visitor.get("/zoeken?q=40ter").follow("art. 40ter Vw.").path == "/wetgeving/vw/40ter"
        assert "Dit zoek je" not in as_visitor.get("/zoeken?q=40ter bestaansmiddelen").texts("h2")

    def test_the_language_of_a_ruling_is_a_facet(self, as_visitor: Visitor) -> None:
        assert "44 resultaten" in as_visitor.get("/rechtspraak?taal=fr").main

    def test_facets_narrow_and_can_be_removed(self, as_visitor: Visitor) -> None:
        page = as_visitor.get("/zoeken?q=vreemdeling&soort=rechtspraak&hof=CASS&hof=GWH")

        chosen = page.texts("ul", class_="chosen")
        assert "Rechtscollege: Hof van Cassatie" in chosen[0]
        without = page.follow("Verwijder filter Rechtscollege: Hof van Cassatie ×")
        assert "Hof van Cassatie" not in "".join(without.texts("ul", class_="chosen"))

    def test_a_value_with_blanks_gets_an_id_that_stays(self, as_visitor: Visitor) -> None:
        """A blank in an id breaks what points at it; after a search the focus returns by id."""
        first = as_visitor.get("/zoeken?thema=a b")
        again = as_visitor.get("/zoeken?q=bgv&thema=ipr&thema=a b")

        ids = [str(box.get("id")) for page in (first, again) for box in page.all("input") if box.get("value") == "a b"]
        assert len(ids) == 2
        assert len(set(ids)) == 1
        assert " " not in ids[0]

    def test_the_number_of_results_is_a_heading_and_is_told_outside_the_list(self, as_visitor: Visitor) -> None:
        """A live region that is itself replaced is not read out, and a role takes the heading away."""
        page = as_visitor.get("/zoeken?q=bgv")

        (told,) = [line for line in page.all("p") if line.get("role") == "status"]
        (heading,) = page.all("h2", class_="results__count")
        assert (told.get("id"), heading.get("role")) == ("aantal-resultaten", None)
        assert told.text == heading.text

    def test_nothing_found_says_what_to_try(self, as_visitor: Visitor) -> None:
        main = as_visitor.get("/zoeken?q=xyzzyq kwakkel").main

        assert "Niets gevonden." in main
        assert f"selectie van {RULINGS} uitspraken" in main

    def test_nothing_within_the_filters_offers_themes_about_the_words(self, as_visitor: Visitor) -> None:
        page = as_visitor.get("/zoeken?q=dringende medische hulp&jaar=1999")

        assert "Niets gevonden." in page.main
        assert any("ringende medische hulp" in title for title in page.links())

    @pytest.mark.parametrize(
        "query",
        [
            "pagina=-5", "pagina=999999999&q=a", "sorteer=onzin", "jaar=abc&q=a", "hof=&thema=bestaatniet",
            "q=%00%01%1b", "q=***", "q=%22", "q=(((", "q=hof:", "q=AND OR NOT", "letterlijk=misschien&q=bgv",
            "q=" + "x" * 3000, "artikel=%3Cscript%3E&q=a", "soort=rechtspraak&soort=rechtspraak", "q=%F0%9F%98%80",
            "q=jaar:2019..abc",
        ],
    )  # fmt: skip
    def test_strange_parameters_are_answered(self, as_visitor: Visitor, query: str) -> None:
        assert as_visitor.get(f"/zoeken?{query}").path.startswith("/zoeken")

    def test_what_was_typed_is_escaped(self, as_visitor: Visitor) -> None:
        response = as_visitor.fetch("/zoeken?q=<script>alert(1)</script>")

        assert "<script>alert" not in response.text


class TestWordsGoAlong:
    def test_a_page_that_was_found_marks_what_was_asked(self, as_visitor: Visitor) -> None:
        found = as_visitor.get("/zoeken?q=inkomen bestaansmiddelen&soort=thema")

        page = found.follow("Bestaansmiddelen bij gezinshereniging")

        assert page.path.endswith("?zoek=inkomen+bestaansmiddelen")
        marks = page.texts("mark")
        assert f"{len(marks)} treffers op deze pagina" in page.main
        assert {"bestaansmiddelen"} < {mark.lower() for mark in marks}

    def test_a_ruling_marks_its_keywords_and_summary(self, as_visitor: Visitor) -> None:
        page = as_visitor.get("/rechtspraak/rvv-2022-02-28-269-083?zoek=gezinsleven")

        assert "treffer" in page.main
        assert all("gezinsleven" in mark.lower() for mark in page.texts("mark"))

    @pytest.mark.parametrize("words", ["<script>alert(1)</script>", "%00", '"', "x" * 5_000, "***", "hof:rvv"])
    def test_strange_words_do_no_harm(self, as_visitor: Visitor, words: str) -> None:
        assert as_visitor.get(f"/lexicon/bgv?zoek={words}").path.startswith("/lexicon/bgv")


class TestSuggestions:
    def test_titles_and_everyday_words_lead_to_pages(self, as_visitor: Visitor) -> None:
        titles = as_visitor.fetch("/zoeken/suggesties?q=gezinshereniging met een b").json
        words = as_visitor.fetch("/zoeken/suggesties?q=mijn man la").json

        assert titles is not None
        assert titles[0]["address"] == "/themas/verblijfsrecht/gezinshereniging/gh-belg"
        assert words is not None
        assert words[0] == {
            "text": "mijn man laten overkomen",
            "kind": "Thema",
            "address": "/themas/verblijfsrecht/gezinshereniging",
            "leads_to": "Gezinshereniging",
        }

    @pytest.mark.parametrize("typed", ["", "x", "\x00", "*" * 5_000, "<b>"])
    def test_nothing_to_suggest_is_an_empty_list(self, as_visitor: Visitor, typed: str) -> None:
        assert as_visitor.fetch("/zoeken/suggesties", query_string={"q": typed}).json == []


class TestQuality:
    def test_the_figures_measured_at_the_start_are_shown_per_kind(self, as_visitor: Visitor) -> None:
        table = as_visitor.get("/over/zoeken").table()

        assert table[0][0] == "Soort vraag"
        assert {"Gewone woorden", "Nummers en ECLI", "Alles samen"} <= {row[0] for row in table}
        assert next(row for row in table if row[0] == "Nummers en ECLI")[-1].replace("\xa0", " ") == "100 %"

    def test_every_kind_of_question_has_a_name_for_the_visitor(self, vocabulary: Vocabulary) -> None:
        asked = {question.kind for question in load_questions(PROJECT / "content" / "lijsten" / "zoekvragen.yaml")}

        assert asked | {ALL} == {kind.code for kind in vocabulary.question_kinds}


class TestHelp:
    def test_every_example_finds_something(self, as_visitor: Visitor) -> None:
        page = as_visitor.get("/zoeken/hulp")

        examples = [str(link[0].get("href")) for link in page.all("dt")]
        assert len(examples) >= 12
        for address in examples:
            assert "Niets gevonden." not in as_visitor.get(address).main


class TestRulingList:
    def test_the_newest_stands_first(self, as_visitor: Visitor) -> None:
        page = as_visitor.get("/rechtspraak")

        assert page.heading == "Rechtspraak"
        assert page.texts("h3")[0].startswith("Cass. 27 januari 2026")
        assert f"{RULINGS} resultaten" in page.main

    def test_pages_do_not_repeat(self, as_visitor: Visitor) -> None:
        titles = [
            title
            for number in range(1, RULINGS // 10 + 2)
            for title in as_visitor.get(f"/rechtspraak?pagina={number}").texts("h3")
        ]

        assert len(titles) == len(set(titles)) == RULINGS


class TestDownload:
    @pytest.mark.parametrize(
        "query", ["q=gezinsleven", "hof=GWH&hof=RVV&sorteer=oudste", "q=kind&thema=verblijfsrecht&letterlijk=1"]
    )
    def test_the_file_holds_the_rulings_of_the_list_in_its_order(self, as_visitor: Visitor, query: str) -> None:
        """All pages, from the same question: what one sees is what one gets."""
        listed: list[str] = []
        pages = [as_visitor.get(f"/rechtspraak?{query}")]
        while "Volgende" in pages[-1].links():
            pages.append(pages[-1].follow("Volgende"))
        for page in pages:
            hits = [hit for hit in page.all("li", class_="hit") if hit in list(page.all("ol", class_="entries")[0])]
            listed += [str(hit.find("h3/a").get("href")).partition("?")[0] for hit in hits]  # type: ignore[union-attr]

        entries = rispy.loads(as_visitor.fetch(f"/rechtspraak/download/ris?{query}&pagina=2").text)

        assert [entry["urls"][0].partition(":8000")[2] for entry in entries] == listed
        assert len(listed) > 1

    def test_only_rulings_of_a_search_in_everything(self, as_visitor: Visitor) -> None:
        page = as_visitor.get("/zoeken?q=gezinshereniging")
        address = page.links()["RIS (Zotero, EndNote)"]

        entries = rispy.loads(as_visitor.fetch(address).text)

        assert address == "/rechtspraak/download/ris?q=gezinshereniging"
        assert f"bevat alle {len(entries)} uitspraken van deze zoekvraag" in page.main
        assert {entry["type_of_reference"] for entry in entries} == {"CASE"}

    def test_a_list_without_rulings_offers_no_file(self, as_visitor: Visitor) -> None:
        for query in ("q=gezinshereniging&soort=thema", "q=xyzzyq kwakkel"):
            assert "Download deze uitspraken" not in as_visitor.get(f"/zoeken?{query}").main

    def test_every_shipped_ruling_is_read_by_independent_readers(self, as_visitor: Visitor) -> None:
        listed = [json.loads(line) for line in as_visitor.fetch("/rechtspraak/download/jsonl").text.splitlines()]
        ris = rispy.loads(as_visitor.fetch("/rechtspraak/download/ris").text)
        bibtex = parse_string(as_visitor.fetch("/rechtspraak/download/bibtex").text)
        sheet = io.StringIO(as_visitor.fetch("/rechtspraak/download/csv").text, newline="")
        rows = list(csv.reader(sheet, delimiter=";"))

        assert len(listed) == len(ris) == len(bibtex.entries) == len(rows) - 1 == RULINGS
        assert bibtex.failed_blocks == bibtex.comments == []
        assert [entry["number"] for entry in ris] == [ruling["number"] for ruling in listed]
        assert [entry["abstract"] for entry in ris] == [" ".join(ruling["summary"].split()) for ruling in listed]
        assert [entry["year"] for entry in bibtex.entries] == [ruling["decided_on"][:4] for ruling in listed]
        assert rows[0] == ["\ufeffcourt", *list(listed[0])[1:], "treatment"]
        assert {row[2]: row[-1] for row in rows[1:]}["C.19.0159.N"] == "Later anders beslist"
        assert [
            note for entry in ris if entry["number"] == "C.19.0159.N" for note in entry["notes"] if "Let op" in note
        ] == ["Let op: Later anders beslist"]
        assert [row[2] for row in rows[1:]] == [ruling["number"] for ruling in listed]

    @pytest.mark.parametrize(
        ("form", "kind", "file"),
        [
            ("csv", "text/csv", "uitspraken.csv"),
            ("jsonl", "application/x-ndjson", "uitspraken.jsonl"),
            ("ris", "application/x-research-info-systems", "uitspraken.ris"),
            ("bibtex", "application/x-bibtex", "uitspraken.bib"),
        ],
    )
    def test_the_answer_is_streamed_and_stored_under_a_name(
        self, as_visitor: Visitor, form: str, kind: str, file: str
    ) -> None:
        answer = as_visitor.fetch(f"/rechtspraak/download/{form}?q=bgv", buffered=False)

        assert answer.is_streamed
        assert answer.content_type == f"{kind}; charset=utf-8"
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{file}"'
        answer.close()

    def test_a_file_that_cannot_hold_all_says_so(self, as_visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("helpdesk.search.pages.MOST_DOWNLOADED", 100)
        monkeypatch.setattr("helpdesk.search.routes.MOST_DOWNLOADED", 100)

        answer = as_visitor.fetch("/rechtspraak/download/jsonl")

        assert f"Het bestand bevat de eerste 100 van de {RULINGS} uitspraken" in as_visitor.get("/rechtspraak").main
        assert answer.headers["Content-Disposition"] == 'attachment; filename="uitspraken-eerste-100.jsonl"'
        assert len(answer.text.splitlines()) == 100

    def test_an_unknown_form_does_not_exist(self, as_visitor: Visitor) -> None:
        as_visitor.get("/rechtspraak/download/docx", expect=404)

    def test_robots_are_kept_out(self, as_visitor: Visitor) -> None:
        assert "Disallow: /rechtspraak/download\n" in as_visitor.fetch("/robots.txt").text


class TestUnknownAddress:
    def test_the_nearest_pages_are_offered(self, as_visitor: Visitor) -> None:
        page = as_visitor.get("/themas/dringende-medische-hulp", expect=404)

        assert "Dringende medische hulp" in "".join(page.texts("h3"))

    def test_a_slip_of_the_finger_in_an_address_is_understood(self, as_visitor: Visitor) -> None:
        page = as_visitor.get("/gezinsherenging", expect=404)

        assert "Gezinshereniging in België" in page.texts("h3")


class TestMachines:
    def test_health(self, as_visitor: Visitor) -> None:
        assert as_visitor.fetch("/gezond").json == {"database": "in orde", "index": "in orde", "uitspraken": RULINGS}

    def test_the_sitemaps_list_texts_rulings_and_nodes(self, as_visitor: Visitor) -> None:
        index = as_visitor.fetch("/sitemap.xml").text

        for path, file in (
            ("/", "pagina"),
            ("/themas/verblijfsrecht/terugkeer/bgv", "thema"),
            ("/rechtspraak/rvv-2022-02-28-269-083", "rechtspraak-2022"),
            ("/lexicon/bgv", "lexicon"),
        ):
            assert f"<loc>http://127.0.0.1:8000/sitemap/{file}.xml</loc><lastmod>20" in index
            assert f"<loc>http://127.0.0.1:8000{path}</loc>" in as_visitor.fetch(f"/sitemap/{file}.xml").text

    def test_every_address_of_the_sitemaps_answers_and_every_ruling_is_there_once(self, as_visitor: Visitor) -> None:
        base = "http://127.0.0.1:8000"
        index = re.findall(f"<loc>{base}(.+?)</loc>", as_visitor.fetch("/sitemap.xml").text)
        found = [path for file in index for path in re.findall(f"<loc>{base}(.+?)</loc>", as_visitor.fetch(file).text)]

        assert len([path for path in found if path.startswith("/rechtspraak/")]) == RULINGS
        assert len(found) == len(set(found))
        assert [path for path in found[::9] if as_visitor.fetch(path).status_code != 200] == []

    def test_the_sitemap_of_e_justice_carries_the_metadata_of_the_rulings_with_an_ecli(
        self, as_visitor: Visitor
    ) -> None:
        """Namespace and elements as JUPORTAL publishes them; an ECLI that may be of another ruling is not claimed."""
        names = {"map": "http://www.sitemaps.org/schemas/sitemap/0.9", "ecli": "https://e-justice.europa.eu/ecli"}
        index = ET.fromstring(as_visitor.fetch("/sitemap/ecli.xml").text)  # noqa: S314 - we made it ourselves
        places = [str(place.text).partition(":8000")[2] for place in index.iterfind(".//map:loc", names)]
        documents = [ET.fromstring(as_visitor.fetch(place).text) for place in places]  # noqa: S314 - same

        found = [one for document in documents for one in document.iterfind(".//ecli:metadata", names)]

        assert len(found) == 90
        assert all(len(one.findall("ecli:isVersionOf[@value]", names)) == 1 for one in found)
        assert {one.findtext("ecli:accessRights", namespaces=names) for one in found} == {"public"}

    @pytest.mark.parametrize("path", ["/sitemap/rechtspraak-1830.xml", "/sitemap/ecli-1830.xml", "/sitemap/x.xml"])
    def test_a_sitemap_of_nothing_does_not_exist(self, as_visitor: Visitor, path: str) -> None:
        assert as_visitor.fetch(path).status_code == 404

    @pytest.mark.parametrize("path", ["/robots.txt", "/opensearch.xml"])
    def test_the_others_answer(self, as_visitor: Visitor, path: str) -> None:
        assert as_visitor.fetch(path).status_code == 200


class TestSearchRequest:
    def test_links_keep_the_rest_of_the_search(self) -> None:
        asked = SearchRequest.read(
            MultiDict(
                [("q", "a b"), ("hof", "RVV"), ("hof", "RVV"), ("hof", "GWH"), ("sorteer", "nieuwste"), ("pagina", "3")]
            ),
            address="/zoeken",
        )

        assert asked.sort is Sort.NEWEST
        assert asked.link(without=("hof", "RVV")) == "/zoeken?q=a+b&hof=GWH&sorteer=nieuwste"
        assert asked.link(page=4) == "/zoeken?q=a+b&hof=RVV&hof=GWH&sorteer=nieuwste&pagina=4"
