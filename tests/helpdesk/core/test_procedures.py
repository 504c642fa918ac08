from collections.abc import Callable

import pytest

from helpdesk.core import markup, procedures
from helpdesk.core.markup import Highlighter

SOURCE = """## De weg

!!! verloop "Van verzoek tot beroep"
    1. **Jij**: Je doet je verzoek. Dat moet [snel](thema:ib).
    2. **DVZ**: DVZ registreert je verzoek <b>.
    3. **Jij**: Je gaat in beroep. De termijn staat in de beslissing.
"""


@pytest.fixture
def rendered() -> str:
    return markup.render(SOURCE, lambda _scheme, identity: f"/themas/{identity}").html


class TestDrawing:
    def test_the_list_stays_and_a_drawing_with_one_name_stands_above_it(self, rendered: str) -> None:
        assert rendered.count("<svg ") == 1
        assert 'role="img" aria-label="Van verzoek tot beroep: 3 stappen, hieronder als lijst"' in rendered
        assert rendered.index("<svg ") < rendered.index("<ol>")
        assert rendered.count("<li>") == 3

    def test_each_step_has_its_number_and_a_line_to_the_next(self, rendered: str) -> None:
        assert rendered.count("<circle ") == 3
        assert rendered.count("<line ") == 2
        assert all(f">{number}</text>" in rendered for number in (1, 2, 3))

    def test_who_acts_again_comes_back_to_the_same_lane(self, rendered: str) -> None:
        assert rendered.count('<circle class="path__step" fill="#0b4f55" cx="5.0%"') == 2
        assert rendered.count('<circle class="path__step" fill="#0b4f55" cx="29.0%"') == 1

    def test_only_the_first_sentence_is_drawn_and_signs_are_escaped(self, rendered: str) -> None:
        drawing = rendered[rendered.index("<svg ") : rendered.index("</svg>")]

        assert "Je gaat in beroep" in drawing
        assert "termijn" not in drawing
        assert "&lt;b&gt;" in drawing

    def test_the_drawing_is_not_searched_or_marked(self, rendered: str) -> None:
        """A mark inside a drawing is no drawing; the list below it is marked."""
        spans: Callable[[str], list[tuple[int, int]]] = lambda text: (  # noqa: E731 - one expression
            [(text.index("beroep"), text.index("beroep") + 6)] if "beroep" in text else []
        )
        shown = str(Highlighter(spans).html(rendered))

        assert "<mark" not in shown[shown.index("<svg ") : shown.index("</svg>")]
        assert "<mark" in shown[shown.index("<ol>") :]
        assert "stappen, hieronder" not in markup.render(SOURCE, lambda *_: None).plain

    def test_a_list_in_which_nobody_acts_is_not_drawn(self) -> None:
        html = markup.render('!!! verloop "Weg"\n    1. Iets.\n    2. **DVZ**: Beslist.\n', lambda *_: None).html

        assert "<svg" not in html
        assert html.count("<li>") == 2


class TestProblems:
    def test_a_good_block_has_none(self) -> None:
        assert procedures.problems_of(SOURCE) == []
        assert procedures.problems_of("Zonder blok.") == []

    @pytest.mark.parametrize(
        ("items", "said"),
        [
            ("1. Iets gebeurt.", "elke stap begint met"),
            ("Geen lijst.", "elke stap begint met"),
            (f"1. **DVZ**: {'a' * 51}.", "hoogstens 50 tekens"),
            ("\n    ".join(f"{n}. **Partij {n}**: Doet iets." for n in range(1, 7)), "hoogstens 5 partijen"),
        ],
    )
    def test_a_block_that_cannot_be_drawn_is_refused(self, items: str, said: str) -> None:
        (problem,) = procedures.problems_of(f'!!! verloop "Weg"\n    {items}\n')

        assert said in problem
