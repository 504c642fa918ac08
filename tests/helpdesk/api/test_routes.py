import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from openapi_spec_validator import OpenAPIV31SpecValidator
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.core.clock import now
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.rulings.models import AliasKind, Ruling, RulingAlias
from helpdesk.texts.models import TextKind
from tests.addresses import audience_of, rules_of
from tests.pageclient import Visitor

RULING = "/api/v1/rulings/rvv-2022-02-28-269-083"
Get = Callable[..., Any]


@pytest.fixture
def get(api: Any) -> Get:  # noqa: ANN401 - the client of conftest, which is no package
    """Ask an address and hold the answer against the description."""
    asked: Get = api.get
    return asked


@pytest.fixture
def post(api: Any) -> Get:  # noqa: ANN401 - the client of conftest, which is no package
    """Send JSON to an address and hold the answer against the description."""
    sent: Get = api.post
    return sent


class TestDescription:
    def test_it_is_valid_openapi_and_names_the_site(self, as_visitor: Visitor) -> None:
        description = as_visitor.fetch("/api/v1/openapi.json").json

        assert description is not None
        OpenAPIV31SpecValidator(description).validate()
        assert description["servers"] == [{"url": "http://127.0.0.1:8000"}]

    def test_every_address_is_described_and_every_description_has_an_address(
        self, bare_app: Flask, as_visitor: Visitor
    ) -> None:
        served = {re.sub(r"<(?:[^:>]+:)?(\w+)>", r"{\1}", rule.rule) for rule in rules_of(bare_app) if is_api(rule)}
        description = as_visitor.fetch("/api/v1/openapi.json").json

        assert description is not None
        assert set(description["paths"]) == served


def is_api(rule: Any) -> bool:  # noqa: ANN401 - a rule of Werkzeug
    return audience_of(rule) == "api"


class TestSearch:
    def test_the_answer_has_the_promised_form(self, get: Get) -> None:
        answer = get("/api/v1/search?q=269.083")

        assert answer["direct"][0]["id"] == "rvv-2022-02-28-269-083"
        assert answer["direct"][0]["kind"] == "rechtspraak"
        assert answer["direct"][0]["url"] == "http://127.0.0.1:8000/rechtspraak/rvv-2022-02-28-269-083"
        assert answer["facets"]["soort"][0].keys() == {"value", "label", "count"}

    def test_a_theme_is_named_by_its_node(self, get: Get) -> None:
        first = get("/api/v1/search?q=dringende medische hulp&soort=thema")["results"][0]

        assert (first["id"], first["node"]) == ("dringende-medische-hulp", "dringende-medische-hulp")

    @pytest.mark.parametrize("query", ["q=xyzzyq", "q=%22", "pagina=x&sorteer=9", "jaar=nu&hof=x"])
    def test_it_reads_as_leniently_as_the_page(self, get: Get, query: str) -> None:
        assert get(f"/api/v1/search?{query}")["total"] >= 0


class TestRulings:
    def test_the_pages_follow_each_other_and_hold_every_ruling_once(self, get: Get) -> None:
        address, found, pages = "/api/v1/rulings?per_pagina=40", [], 0
        while address:
            answer = get(address)
            found += [ruling["id"] for ruling in answer["results"]]
            address, pages = (answer["next"] or "").partition(":8000")[2], pages + 1

        assert (pages, answer["total"], len(found), len(set(found))) == (3, 108, 108, 108)
        assert found[0] == "cass-2026-01-27-p-25-0406-n"

    @pytest.mark.parametrize(
        ("query", "holds"),
        [
            ("hof=GWH&hof=rvs", lambda ruling: ruling["court"] in {"GWH", "RVS"}),
            ("jaar=2022&jaar=2013", lambda ruling: ruling["decided_on"][:4] in {"2022", "2013"}),
            ("artikel=VW:74/13", lambda ruling: "VW:74/13" in ruling["articles"]),
            ("uitkomst=dismissed", lambda ruling: ruling["outcome"] == "dismissed"),
            ("hof=RVV&uitkomst=dismissed", lambda ruling: (ruling["court"], ruling["outcome"]) == ("RVV", "dismissed")),
        ],
    )
    def test_a_filter_keeps_exactly_what_it_says(self, get: Get, query: str, holds: Callable[[Any], bool]) -> None:
        everything = [*get("/api/v1/rulings?per_pagina=100")["results"]]
        everything += get("/api/v1/rulings?per_pagina=100&pagina=2")["results"]

        found = get(f"/api/v1/rulings?{query}&per_pagina=100")["results"]

        assert found == [ruling for ruling in everything if holds(ruling)] != []

    def test_a_theme_counts_with_what_lies_below_it(self, get: Get, vocabulary: Vocabulary) -> None:
        below = set(vocabulary.themes.below("verblijfsrecht"))

        found = get("/api/v1/rulings?thema=verblijfsrecht&per_pagina=100")

        assert found["total"] > get("/api/v1/rulings?thema=bgv")["total"] > 0
        assert all(below & set(ruling["themes"]) for ruling in found["results"])

    @pytest.mark.parametrize(
        ("query", "advice"),
        [
            ("hof=XYZ", "kies uit: RVV"), ("jaar=nu", "vier cijfers"), ("jaar=20220", "vier cijfers"),
            ("thema=bestaat-niet", "bestaat niet"), ("artikel=9bis", "VW:9bis"), ("uitkomst=gewonnen", "kies uit:"),
            ("pagina=0", "van 1 tot"), ("pagina=-1", "van 1 tot"), ("pagina=1e3", "van 1 tot"), ("pagina=²", "van 1"),
            ("per_pagina=101", "van 1 tot 100"), ("court=RVV", "kies uit: hof, jaar"),
            ("pagina=1&pagina=2", "één waarde"),
            ("&".join(f"jaar={year}" for year in range(1900, 2000)), "ten hoogste 30"),
        ],
    )  # fmt: skip
    def test_a_parameter_that_cannot_be_used_is_refused_with_what_to_do(
        self, get: Get, query: str, advice: str
    ) -> None:
        assert advice in get(f"/api/v1/rulings?{query}", expect=400)["detail"]

    def test_a_withdrawn_ruling_says_why_and_an_old_address_leads_on(
        self, get: Get, as_visitor: Visitor, session: Session
    ) -> None:
        ruling = session.scalars(select(Ruling).where(Ruling.slug == RULING.rpartition("/")[2])).one()
        session.add(RulingAlias(kind=AliasKind.SLUG, value="rvv-oud", ruling_id=ruling.id, noted_at=now()))
        session.commit()
        assert as_visitor.fetch("/api/v1/rulings/rvv-oud").headers["Location"] == RULING

        ruling.published_at, ruling.withdrawn_reason = None, "Er stond een naam in."
        session.commit()
        assert get(RULING, expect=410)["detail"] == "Er stond een naam in."

        ruling.withdrawn_reason = None  # a draft: its address is nobody's business
        session.commit()
        assert "Location" not in as_visitor.fetch("/api/v1/rulings/rvv-oud").headers

    def test_a_page_past_the_end_is_empty(self, get: Get) -> None:
        answer = get("/api/v1/rulings?pagina=1000000")

        assert (answer["results"], answer["next"], answer["total"]) == ([], None, 108)

    def test_the_next_page_keeps_the_filters(self, get: Get) -> None:
        following = get("/api/v1/rulings?hof=CASS&hof=GWH&per_pagina=1")["next"]

        assert following == "http://127.0.0.1:8000/api/v1/rulings?hof=CASS&hof=GWH&per_pagina=1&pagina=2"


class TestRuling:
    def test_a_ruling_has_every_field_of_its_record(self, get: Get) -> None:
        ruling = get(RULING)

        assert ruling["articles"] == ["VW:74/13", "HANDVEST:24"]
        assert ruling["outcome"] == "dismissed"
        assert ruling["unverified"] == ["language"]
        assert ruling["full_text"] is None

    def test_every_ruling_has_the_described_form(self, get: Get) -> None:
        for page in (1, 2):
            for ruling in get(f"/api/v1/rulings?per_pagina=100&pagina={page}")["results"]:
                assert {**get(f"/api/v1/rulings/{ruling['id']}"), "full_text": None} == {**ruling, "full_text": None}

    def test_an_unknown_ruling_is_a_problem_document(self, get: Get) -> None:
        assert "bestaat-niet" in get("/api/v1/rulings/bestaat-niet", expect=404)["detail"]


class TestTexts:
    @pytest.mark.parametrize("kind", ["thema", "nieuws", "lexicon", "pagina"])
    def test_each_kind_can_be_listed_and_each_text_read(self, get: Get, kind: str) -> None:
        listed = get(f"/api/v1/texts?soort={kind}&per_pagina=100")

        assert {text["kind"] for text in listed["results"]} == {kind}
        text = get(f"/api/v1/texts/{kind}/{listed['results'][0]['id']}")
        assert text["html"].startswith("<")
        assert text.items() >= listed["results"][0].items()

    def test_together_they_are_all_texts(self, get: Get) -> None:
        kinds = [get(f"/api/v1/texts?soort={kind}")["total"] for kind in TextKind]

        assert get("/api/v1/texts")["total"] == sum(kinds)

    def test_notes_for_the_editors_are_not_public(self, get: Get) -> None:
        """What could not be confirmed is for the editors; the source of a text holds it."""
        text = get("/api/v1/texts/thema/gh-belg")

        assert not {"source", "to_check", "plain"} & text.keys()

    def test_only_about_a_theme(self, get: Get) -> None:
        found = get("/api/v1/texts?thema=gh-belg")["results"]

        assert "gh-belg" in [text["id"] for text in found]
        assert all("gh-belg" in text["themes"] for text in found)

    @pytest.mark.parametrize("query", ["soort=boek", "soort=thema&soort=nieuws", "thema=x", "hof=RVV"])
    def test_a_parameter_that_cannot_be_used_is_refused(self, get: Get, query: str) -> None:
        assert get(f"/api/v1/texts?{query}", expect=400)["detail"]

    def test_an_unknown_text_is_a_problem_document(self, get: Get) -> None:
        assert get("/api/v1/texts/lexicon/bestaat-niet", expect=404)["status"] == 404


class TestEveryAnswer:
    @pytest.mark.parametrize(
        "address",
        [RULING, "/api/v1/rulings?hof=RVV", "/api/v1/texts", "/api/v1/texts/lexicon/bgv", "/api/v1/search?q=bgv",
         "/api/v1/openapi.json"],
    )  # fmt: skip
    def test_what_one_has_already_is_not_sent_again(self, as_visitor: Visitor, address: str) -> None:
        first = as_visitor.fetch(address)
        again = as_visitor.fetch(address, headers={"If-None-Match": first.headers["ETag"]})
        other = as_visitor.fetch(address, headers={"If-None-Match": '"iets-anders"'})

        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
        assert (other.status_code, other.data) == (200, first.data)
        assert first.headers["Cache-Control"] == "no-cache"

    def test_different_answers_have_different_marks(self, as_visitor: Visitor) -> None:
        marks = [as_visitor.fetch(f"/api/v1/rulings?jaar={year}").headers["ETag"] for year in (2020, 2021, 2022)]

        assert len(set(marks)) == 3

    @pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
    def test_nothing_can_be_written(self, as_visitor: Visitor, method: str) -> None:
        assert as_visitor.fetch("/api/v1/rulings", method=method).status_code in {400, 405}

    def test_an_unknown_address_is_a_problem_document(self, as_visitor: Visitor) -> None:
        answer = as_visitor.fetch("/api/v1/bestaat-niet")

        assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


class TestArticles:
    def test_an_article_answers_what_rests_on_it(self, get: Get) -> None:
        answer = get("/api/v1/articles/vw/40ter")

        assert (answer["id"], answer["display"]) == ("VW:40ter", "art. 40ter Vw.")
        assert {"thema", "nieuws"} <= {text["kind"] for text in answer["texts"]}
        assert "gwh-2013-09-26-121-2013" in {ruling["slug"] for ruling in answer["rulings"]}
        assert answer["before"] == "http://127.0.0.1:8000/wetgeving/vw/40bis"

    def test_a_slash_belongs_to_the_number(self, get: Get) -> None:
        assert get("/api/v1/articles/VW/74/13")["id"] == "VW:74/13"

    def test_an_unknown_article_says_which_there_are(self, get: Get) -> None:
        assert "40ter" in get("/api/v1/articles/vw/999", expect=404)["detail"]
        get("/api/v1/articles/xyz/1", expect=404)


class TestReferences:
    def test_a_text_answers_what_it_refers_to(self, post: Get) -> None:
        text = "Art. 40ter, § 2 Vw. en C-133/15; zie RvV nr. 111.111 en artikel 9bis."
        found = post("/api/v1/references", {"text": text})["references"]

        assert [(one["kind"], one["normal"]) for one in found] == [
            ("article", "VW:40ter|§2"),
            ("eu_case", "HVJ:C-133/15"),
            ("ruling", "RVV:111111"),
            ("article", "VW:9bis"),
        ]
        assert all(text[one["start"] : one["end"]] == one["text"] for one in found)
        assert [one["url"] for one in found] == [
            "http://127.0.0.1:8000/wetgeving/vw/40ter",
            "http://127.0.0.1:8000/rechtspraak/hvj-2017-05-10-c-133-15",
            None,
            "http://127.0.0.1:8000/wetgeving/vw/9bis",
        ]

    def test_the_law_of_an_article_without_one_can_be_given(self, post: Get) -> None:
        found = post("/api/v1/references", {"text": "artikel 9bis", "default_law": "vw"})["references"]

        assert [one["normal"] for one in found] == ["VW:9bis"]
        assert post("/api/v1/references", {"text": "artikel 9bis"})["references"][0]["normal"] == "?:9bis"

    @pytest.mark.parametrize("body", [None, [], {"tekst": "x"}, {"text": 1}, {"text": "x", "default_law": "zzz"}])
    def test_what_is_no_text_is_refused(self, post: Get, body: object) -> None:
        assert post("/api/v1/references", body, expect=400)["detail"]

    def test_two_megabytes_are_refused_with_the_limit(self, post: Get) -> None:
        refused = post("/api/v1/references", {"text": "a" * 2_000_000}, expect=413)

        assert "1 000 000 bytes" in refused["detail"]

    def test_nothing_else_can_be_sent(self, as_visitor: Visitor) -> None:
        assert as_visitor.fetch("/api/v1/search", method="POST", json={"text": "x"}).status_code == 405
