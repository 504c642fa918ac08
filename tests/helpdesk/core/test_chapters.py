import pytest

from helpdesk.core import chapters, markup, procedures
from helpdesk.core.chapters import Chapter
from helpdesk.core.markup import Explanation

PAGE = markup.render(
    """## In het kort

- Eerst dit. Zie [hieronder](#voorwaarden).

## Voorwaarden

Je hebt een BGV nodig.

### Uitzondering

Lees [opvang](thema:opvang).

## Wat nu?

!!! verloop "De weg"
    1. **Jij**: Je vraagt het.
    2. **DVZ**: DVZ beslist.
""",
    lambda _scheme, identity: f"/themas/{identity}",
    terms=[Explanation("bgv", "Bevel", "BGV", is_exact=True, explanation="Een bevel om te vertrekken.")],
)
BGV = Explanation("bgv", "Bevel", "BGV", is_exact=True, explanation="Een bevel om te vertrekken.")


class TestReading:
    @pytest.mark.parametrize(
        ("entry", "said"),
        [
            ({"thema": "bestaat-niet"}, "'thema' moet een thema"),
            ({"title": "Zonder thema"}, "'thema' moet een thema"),
            ({"thema": "opvang", "title": "x" * 121}, "hoogstens 120 tekens"),
            ({"thema": "opvang", "sections": "In het kort"}, "'sections' moet een lijst"),
            ({"thema": "opvang", "kopjes": []}, "het veld 'kopjes' hoort hier niet"),
        ],
    )
    def test_what_is_wrong_is_said_by_chapter(self, entry: dict[str, object], said: str) -> None:
        _, problems = chapters.read_chapters([{"thema": "opvang"}, entry], is_theme=lambda name: name == "opvang")

        assert len(problems) == 1
        assert problems[0].startswith("Hoofdstuk 2: ")
        assert said in problems[0]

    def test_there_is_an_end_to_a_publication(self) -> None:
        _, problems = chapters.read_chapters([{"thema": "opvang"}] * 31, is_theme=lambda _: True)

        assert problems == ["Een publicatie telt hoogstens 30 hoofdstukken."]


class TestCutting:
    def test_a_chapter_without_sections_is_the_whole_page(self) -> None:
        assert chapters.cut(PAGE.html, Chapter("x"), PAGE.contents) == PAGE.html

    def test_sections_come_in_the_order_of_the_chapter_with_what_lies_under_them(self) -> None:
        cut = chapters.cut(PAGE.html, Chapter("x", sections=("Voorwaarden", "In het kort")), PAGE.contents)

        assert cut.index("Uitzondering") < cut.index("Eerst dit")
        assert cut.count('<div class="in-short">') == cut.count("</div>") == 1
        assert "De weg" not in cut

    def test_a_section_that_is_gone_is_named(self) -> None:
        gone = chapters.missing_sections(Chapter("x", sections=("Voorwaarden", "Weg")), PAGE.contents)

        assert gone == ["Weg"]


class TestInADocument:
    def test_headings_sink_and_ids_stay_apart(self) -> None:
        whole = chapters.as_chapter(PAGE.html, "h3", {"/themas/opvang": "hoofdstuk-5"})

        assert '<h3 id="h3-voorwaarden">Voorwaarden</h3>' in whole
        assert '<h4 id="h3-uitzondering">' in whole
        assert 'href="#h3-voorwaarden"' in whole
        assert 'class="chapter-link" href="#hoofdstuk-5"' in whole
        assert "<h2" not in whole

    def test_terms_are_explained_once_for_the_whole(self) -> None:
        whole, explained = markup.explain_at_the_end(PAGE.html * 2, [BGV])

        assert whole.count('href="#uitleg-bgv"') == 1
        assert "explained" not in whole
        assert explained.count("<dt>") == 1

    def test_a_path_is_drawn_for_paper_with_a_name_that_a_pdf_reads(self) -> None:
        """PDF/UA asks for words instead of each drawing, and WeasyPrint takes them from its title."""
        drawn = procedures.draw_for_paper(PAGE.html)

        assert drawn.count("<svg") == PAGE.html.count("<svg") == 1
        assert "<title>De weg: 2 stappen, hieronder als lijst</title>" in drawn
        assert 'height="92"' in drawn
