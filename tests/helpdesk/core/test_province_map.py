import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.core import chapters, markup, province_map
from helpdesk.core.markup import Highlighter, Rendered

LINES = [f"    - [{name}](#{markup.fold(name)})" for name in province_map.NAMES]
HEADINGS = "\n\n".join(f"## {name}\n\nTekst over {name}." for name in province_map.NAMES)
MOST_APART = 2  # of the field of 100 by 100: neighbours lie this close at most


def block(lines: list[str], title: str = "Waar woon je?") -> str:
    return f'!!! kaart "{title}"\n' + "\n".join(lines) + "\n\n"


def rendered(source: str) -> Rendered:
    return markup.render(source, lambda _scheme, _identity: None)


def map_in(html: str) -> ET.Element:
    found = re.search(r'<svg class="map".*</svg>', html, re.DOTALL)
    assert found is not None
    return ET.fromstring(found[0])  # noqa: S314 - what we drew ourselves


def outline(name: str) -> list[tuple[int, int]]:
    return [(int(x), int(y)) for x, y in (point.split(",") for point in province_map.SHAPES[name].outline.split())]


def is_inside(x: float, y: float, name: str) -> bool:
    """Tell whether a point lies within an outline: a line from it to the right crosses an odd number of sides."""
    points = outline(name)
    sides = zip(points, [*points[1:], points[0]], strict=True)
    return (
        sum((ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax for (ax, ay), (bx, by) in sides) % 2 == 1
    )


class TestMap:
    def test_each_place_is_a_link_to_its_heading_with_its_name_in_it(self) -> None:
        page = rendered(block(LINES) + HEADINGS)

        drawn = map_in(page.html)
        led = {link.get("href"): " ".join(part.text or "" for part in link.iter("text")) for link in drawn.iter("a")}
        assert led == {
            "#west-vlaanderen": "West- Vlaanderen",
            "#oost-vlaanderen": "Oost- Vlaanderen",
            "#antwerpen": "Antwerpen",
            "#limburg": "Limburg",
            "#vlaams-brabant": "Vlaams- Brabant",
            "#brussel": "Brussel",
        }
        assert [link.get("aria-label") for link in drawn.iter("a")] == list(province_map.NAMES)
        assert all(f'<h2 id="{place[1:]}">' in page.html for place in led if place)

    def test_the_map_takes_the_place_of_the_list_and_has_its_name(self) -> None:
        page = rendered(block(LINES, "Waar 'woon' je?") + HEADINGS)

        assert map_in(page.html).get("aria-label") == "Waar 'woon' je?"
        assert "<ul>" not in page.html
        assert "West-Vlaanderen\nOost-Vlaanderen" in page.plain

    def test_brussels_lies_upon_vlaams_brabant_in_whatever_order_they_are_written(self) -> None:
        page = rendered(block(LINES[::-1]) + HEADINGS)

        assert [link.get("aria-label") for link in map_in(page.html).iter("a")][-2:] == ["Vlaams-Brabant", "Brussel"]

    def test_nothing_in_it_is_refused_by_the_content_policy(self) -> None:
        """A strict policy drops what a style attribute or a script would do."""
        names = {name for element in map_in(rendered(block(LINES) + HEADINGS).html).iter() for name in element.attrib}

        assert "style" not in names
        assert not [name for name in names if name.startswith("on")]

    def test_a_list_that_is_no_map_stays_a_list(self) -> None:
        page = rendered(block(LINES[:-1]) + HEADINGS)

        assert "<svg" not in page.html
        assert page.html.count("<li>") == len(LINES) - 1

    def test_a_box_with_more_than_the_list_keeps_all_its_words(self) -> None:
        boxed = block([*LINES, "", "    Nog iets."]) + block(LINES)

        page = rendered(boxed + HEADINGS)

        assert "Nog iets." in page.html
        assert page.html.count("<li>") == len(LINES)
        assert page.html.count('<svg class="map"') == 1

    def test_the_map_is_not_marked(self) -> None:
        """A mark inside a drawing is no drawing."""
        html = rendered(block(LINES) + HEADINGS).html
        shown = str(Highlighter(lambda text: [(0, 3)] if len(text) > 3 else []).html(html))

        assert "<mark" not in shown[shown.index("<svg") : shown.rindex("</svg>")]
        assert "<mark" in shown[shown.rindex("</svg>") :]

    @settings(max_examples=200, deadline=None)
    @given(st.text(alphabet=st.sampled_from(list("<>'&;:/\\()[]{}!*_`= abonclikhrefsvg\"#")), max_size=40))
    def test_whatever_the_title_says_only_the_map_is_drawn(self, title: str) -> None:
        page = rendered(block(LINES, title) + HEADINGS)

        if '<svg class="map"' in page.html:
            assert {element.tag for element in map_in(page.html).iter()} == {"svg", "a", "polygon", "text"}


class TestShapes:
    @pytest.mark.parametrize("name", province_map.NAMES)
    def test_a_name_stands_in_its_own_shape(self, name: str) -> None:
        shape = province_map.SHAPES[name]

        holders = [other for other in province_map.NAMES if is_inside(shape.name_x, shape.name_y, other)]
        assert holders == (["Vlaams-Brabant", "Brussel"] if name == "Brussel" else [name])

    def test_brussels_lies_within_vlaams_brabant(self) -> None:
        assert all(is_inside(x, y, "Vlaams-Brabant") for x, y in outline("Brussel"))

    @pytest.mark.parametrize(
        ("west", "east"),
        [
            ("West-Vlaanderen", "Oost-Vlaanderen"),
            ("Oost-Vlaanderen", "Antwerpen"),
            ("Oost-Vlaanderen", "Vlaams-Brabant"),
            ("Antwerpen", "Limburg"),
            ("Vlaams-Brabant", "Limburg"),
        ],
    )
    def test_neighbours_lie_beside_each_other(self, west: str, east: str) -> None:
        nearest = min(abs(ax - bx) + abs(ay - by) for ax, ay in outline(west) for bx, by in outline(east))

        assert 0 < nearest <= MOST_APART
        assert province_map.SHAPES[west].name_x < province_map.SHAPES[east].name_x

    def test_antwerpen_lies_north_of_vlaams_brabant(self) -> None:
        assert max(y for _, y in outline("Antwerpen")) < min(y for _, y in outline("Vlaams-Brabant"))


class TestPaper:
    def test_a_chapter_of_a_publication_leads_to_its_own_headings(self) -> None:
        html = chapters.as_chapter(rendered(block(LINES) + HEADINGS).html, "h2", {})

        assert 'href="#h2-limburg"' in html
        assert 'id="h2-limburg"' in html

    def test_on_paper_the_map_has_a_title_for_the_reader_of_a_pdf(self) -> None:
        html = str(markup.for_print(rendered(block(LINES) + HEADINGS).html, "https://hier.test", lambda _: ""))

        assert "<title>Waar woon je?</title>" in html


class TestProblems:
    def test_a_good_block_has_none(self) -> None:
        assert province_map.problems_of(block(LINES) + HEADINGS) == []
        assert province_map.problems_of("Een kaart.\n\n- [Limburg](#limburg)\n") == []

    @pytest.mark.parametrize(
        ("lines", "said"),
        [
            (LINES[:-1], "'Brussel' ontbreekt op de kaart: schrijf er een regel voor"),
            ([*LINES, LINES[0]], "'West-Vlaanderen' staat meer dan één keer op de kaart"),
            ([*LINES, "    - [Luik](#luik)"], "De kaart kent 'Luik' niet: kies uit West-Vlaanderen, Oost-Vlaanderen"),
            ([*LINES, "    - Luik"], "dat is '- Luik' niet"),
            ([*LINES, "    - [Luik](thema:luik)"], "dat is '- [Luik](thema:luik)' niet"),
        ],
    )
    def test_a_block_that_is_no_map_says_what_to_do(self, lines: list[str], said: str) -> None:
        (problem,) = province_map.problems_of(block(lines) + HEADINGS)

        assert said in problem

    def test_a_link_to_a_heading_that_is_not_there_is_dead(self) -> None:
        assert rendered(block(LINES) + HEADINGS.replace("## Limburg", "## Lb")).dead_links == ("#limburg",)
        assert rendered(block(LINES) + HEADINGS).dead_links == ()
