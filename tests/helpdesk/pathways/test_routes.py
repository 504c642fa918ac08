from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from helpdesk.core.vocabulary import Vocabulary
from helpdesk.settings import PROJECT
from helpdesk.texts import queries, rules
from helpdesk.texts.models import TextKind
from tests.pageclient import Visitor

SHIPPED = sorted((PROJECT / "content" / "beslisbomen").glob("*.md"))


class TestPathway:
    def test_a_visitor_answers_and_comes_to_the_page_of_the_theme(self, as_visitor: Visitor) -> None:
        page = as_visitor.get("/wegwijzer").follow("Met wie wil je in België samenwonen?")
        page = page.follow("Een Belg")
        assert page.heading.startswith("Woonde die Belg")

        page = page.follow("Nee").follow("Zijn kind of dat van zijn partner")

        assert page.path == "/wegwijzer/gezinshereniging/belg/nee/kind"
        assert page.heading == "Je komt uit bij: Met een Belg (art. 40ter)"
        assert page.follow("Lees verder: Met een Belg (art. 40ter)").path.endswith("/gh-belg")

    def test_each_choice_shows_its_basis_and_can_be_changed(self, as_visitor: Visitor) -> None:
        page = as_visitor.get("/wegwijzer/gezinshereniging/belg/nee/kind")

        changes = [link.get("href") for link in page.all("a", class_="made__change")]
        assert changes == [f"/wegwijzer/gezinshereniging{end}" for end in ("", "/belg", "/belg/nee")]
        assert page.links()["art. 40ter, § 2 Vw."].startswith("/wetgeving/vw/40ter")

    def test_an_address_that_ends_nowhere_leads_on_from_the_last_choice(self, as_visitor: Visitor) -> None:
        """A shared address must not die with one choice that was renamed."""
        page = as_visitor.get("/wegwijzer/gezinshereniging/belg/vroeger/kind", expect=404)

        assert "bestaat niet (meer)" in page.main
        assert page.links()["Nee"] == "/wegwijzer/gezinshereniging/belg/nee"

    def test_only_the_start_is_for_search_engines(self, as_visitor: Visitor) -> None:
        assert "noindex" not in as_visitor.get("/wegwijzer/welke-bijlage").source
        assert "noindex" in as_visitor.get("/wegwijzer/welke-bijlage/aanvraag").source

    def test_an_unknown_tree_is_not_found(self, as_visitor: Visitor) -> None:
        as_visitor.get("/wegwijzer/bestaat-niet", expect=404)

    @pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
    def test_every_address_of_a_shipped_tree_is_a_page(
        self, as_visitor: Visitor, vocabulary: Vocabulary, path: Path
    ) -> None:
        draft, problems = rules.read_text(f"beslisbomen/{path.name}", path.read_text("utf-8"), vocabulary)
        assert problems == []
        assert draft is not None
        assert draft.tree is not None
        waiting: list[tuple[str, ...]] = [()]
        seen = 0
        while waiting:
            choices = waiting.pop()
            seen += 1
            as_visitor.get("/".join((f"/wegwijzer/{path.stem}", *choices)))
            step = draft.tree.at(choices).step
            waiting += [(*choices, choice.id) for choice in step.choices] if step else []

        assert seen > 20


class TestAsText:
    def test_its_questions_are_in_the_index(self, as_visitor: Visitor, session: Session) -> None:
        live = queries.get_text(session, TextKind.TREE, "welke-bijlage")

        assert "Bijlage 15bis" in live.version.plain
        page = as_visitor.get("/zoeken?q=welke+bijlage+heb+ik+gekregen&soort=wegwijzer")
        assert "/wegwijzer/welke-bijlage" in " ".join(page.links().values())

    def test_a_broken_step_is_named_at_its_line(self, vocabulary: Vocabulary) -> None:
        source = SHIPPED[0].read_text("utf-8").replace("next: band-belg", "next: weg")

        _, problems = rules.read_text("beslisbomen/gezinshereniging.md", source, vocabulary)

        lines = source.split("\n")
        assert [lines[problem.line - 1].strip() for problem in problems] == ["- id: vrij-verkeer"]

    def test_other_texts_link_to_it_by_identity(self, as_visitor: Visitor) -> None:
        page = as_visitor.get("/themas/verblijfsrecht/gezinshereniging")

        assert page.links()["wegwijzer"] == "/wegwijzer/gezinshereniging"
