"""The map of who is where, by province: drawn from a list of links, whose place it takes.

A list in a block `kaart` has a link for each of the five Flemish provinces and Brussels: "[Limburg](#limburg)". The
shapes are our own and say only what lies beside what. Each is a link with its name in it, so that nothing is lost with
the list. Letters keep the size of the page while the shapes take the width there is, so the map fits a telephone.
Nothing but presentation attributes: the content policy is strict.
"""

import html
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

BLOCK = "kaart"  # name of the block in Markdown, and class of the box around it
_HEIGHT_PX = 240
_LINE_PX = 18
_TO_BASELINE_PX = 5  # from the middle of a line of letters


@dataclass(frozen=True)
class Shape:
    """One place on a field of 100 by 100: its outline, and where the middle of its name stands."""

    outline: str
    name_x: int
    name_y: int


# West to east; Brussels comes last because it lies upon Vlaams-Brabant.
SHAPES: Mapping[str, Shape] = {
    "West-Vlaanderen": Shape("0,36 14,12 27,4 27,92 10,96 3,74", 14, 50),
    "Oost-Vlaanderen": Shape("28,4 41,10 53,4 53,57 46,71 44,88 28,92", 40, 40),
    "Antwerpen": Shape("54,4 63,0 78,6 77,26 76,44 54,44", 65, 26),
    "Limburg": Shape("78,20 86,10 100,28 99,62 90,80 80,71 77,44", 89, 46),
    "Vlaams-Brabant": Shape("54,46 76,46 79,72 75,98 49,98 45,88 47,72 54,58", 63, 59),
    "Brussel": Shape("52,74 72,74 74,84 72,94 52,94 50,84", 62, 84),
}
NAMES = tuple(SHAPES)
_AS_WRITTEN = "'- [Limburg](#limburg)'"

_BOX = re.compile(
    rf'(?P<lead><div class="admonition {BLOCK}">\s*<p class="admonition-title">(?P<title>(?:(?!</p>).)*)</p>\s*)'
    r"<ul>(?P<items>(?:(?!</ul>).)*)</ul>\s*</div>",  # the list alone: with more in the box it is no map
    re.DOTALL,
)
_ITEM = re.compile(r"<li>(?P<words>.*?)</li>", re.DOTALL)
_LINK = re.compile(r'\s*(?:<p>)?\s*<a href="#(?P<place>[a-z0-9_-]+)">(?P<name>[^<]*)</a>\s*(?:</p>)?\s*')
_TAG = re.compile(r"<[^>]*>")
_NAMED = re.compile(r'<svg class="map" role="group" aria-label="(?P<name>[^"]*)"[^>]*>')
_WRITTEN_BLOCK = re.compile(rf"^!!! {BLOCK}\b[^\n]*\n(?P<inside>(?:(?: {{4}}.*)?\n?)*)", re.MULTILINE)
_WRITTEN_LINK = re.compile(r" {4}- \[(?P<name>[^\]]+)\]\(#[a-z0-9_-]+\)\s*")


def problems_of(source: str) -> list[str]:
    """Return what is wrong with the blocks `kaart` in a Markdown text, as Dutch sentences that say what to do."""
    return [
        problem
        for block in _WRITTEN_BLOCK.finditer(source)
        for problem in _problems_of_lines(block["inside"].split("\n"))
    ]


def draw(safe_html: str) -> str:
    """Put a map in the place of the list of each block `kaart` in sanitised HTML; a list that is no map stays."""

    def with_map(box: re.Match[str]) -> str:
        links = [_LINK.fullmatch(item) for item in _ITEM.findall(box["items"])]
        places = {link["name"]: link["place"] for link in links if link}
        is_map = len(links) == len(SHAPES) and places.keys() == SHAPES.keys()
        return f"{box['lead']}{_map(box['title'], places)}</div>" if is_map else box[0]

    return _BOX.sub(with_map, safe_html)


def name_for_paper(safe_html: str) -> str:
    """Give the maps in HTML a title too: a PDF takes from it what a drawing is called, a screen would show a hint."""
    return _NAMED.sub(r"\g<0><title>\g<name></title>", safe_html)


def _problems_of_lines(lines: list[str]) -> list[str]:
    written = [line for line in lines if line.strip()]
    links = [_WRITTEN_LINK.fullmatch(line) for line in written]
    names = Counter(link["name"] for link in links if link)
    return [
        *(
            f"In een blok '{BLOCK}' is elke regel een link naar een kopje van deze pagina, zoals {_AS_WRITTEN}; "
            f"dat is '{line.strip()}' niet."
            for line, link in zip(written, links, strict=True)
            if not link
        ),
        *(f"De kaart kent '{name}' niet: kies uit {', '.join(NAMES)}." for name in names if name not in SHAPES),
        *(f"'{name}' staat meer dan één keer op de kaart: schrap er een." for name in names if names[name] > 1),
        *(
            f"'{name}' ontbreekt op de kaart: schrijf er een regel voor, zoals {_AS_WRITTEN}."
            for name in NAMES
            if name not in names
        ),
    ]


def _map(title: str, places: Mapping[str, str]) -> str:
    described = html.escape(" ".join(html.unescape(_TAG.sub("", title)).split()))
    drawn = "".join(_area(name, shape, places[name]) for name, shape in SHAPES.items())
    return (
        f'<svg class="map" role="group" aria-label="{described}" fill="#17262b" font-size="15"'
        f' font-family="Source Sans 3" width="100%" height="{_HEIGHT_PX}">{drawn}</svg>'
    )


def _area(name: str, shape: Shape, place: str) -> str:
    """Return one place as a link; the field of its outline is stretched over the map, its letters are not."""
    head, _, rest = name.partition("-")
    lines = [f"{head}-", rest] if rest else [head]
    first_px = _TO_BASELINE_PX - _LINE_PX * (len(lines) - 1) // 2
    words = "".join(
        f'<text text-anchor="middle" x="{shape.name_x}%" y="{shape.name_y}%" dy="{first_px + _LINE_PX * number}">'
        f"{line}</text>"
        for number, line in enumerate(lines)
    )
    return (
        f'<a class="map__place" href="#{place}" aria-label="{name}">'
        '<svg aria-hidden="true" width="100%" height="100%" viewBox="0 0 100 100" preserveAspectRatio="none">'
        f'<polygon fill="#eef3f1" stroke="#0b4f55" stroke-width="0.3" points="{shape.outline}" /></svg>{words}</a>'
    )
