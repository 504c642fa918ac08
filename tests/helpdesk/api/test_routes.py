from tests.pageclient import Visitor


class TestSearch:
    def test_the_answer_has_the_promised_form(self, as_visitor: Visitor) -> None:
        answer = as_visitor.fetch("/api/v1/search?q=269.083").json

        assert answer is not None
        assert answer.keys() == {"total", "query", "direct", "results", "facets", "suggestion"}
        assert answer["direct"][0]["id"] == "rvv-2022-02-28-269-083"
        assert answer["direct"][0]["kind"] == "rechtspraak"
        assert answer["direct"][0]["url"] == "http://127.0.0.1:8000/rechtspraak/rvv-2022-02-28-269-083"
        assert answer["facets"]["soort"][0].keys() == {"value", "label", "count"}

    def test_a_theme_is_named_by_its_node(self, as_visitor: Visitor) -> None:
        answer = as_visitor.fetch("/api/v1/search?q=dringende medische hulp&soort=thema").json

        assert answer is not None
        assert {"id": "dringende-medische-hulp", "node": "dringende-medische-hulp"}.items() <= answer["results"][
            0
        ].items()


class TestRuling:
    def test_a_ruling_has_every_field_of_its_record(self, as_visitor: Visitor) -> None:
        ruling = as_visitor.fetch("/api/v1/rulings/rvv-2022-02-28-269-083").json

        assert ruling is not None
        assert ruling["articles"] == ["VW:74/13", "HANDVEST:24"]
        assert ruling["outcome"] == "dismissed"
        assert ruling["unverified"] == ["language"]

    def test_an_unknown_ruling_is_a_problem_document(self, as_visitor: Visitor) -> None:
        response = as_visitor.fetch("/api/v1/rulings/bestaat-niet")

        assert (response.status_code, response.mimetype) == (404, "application/problem+json")
