"""The path of a procedure as a drawing: made from the ordered list that says the same, which stays below it.

A list in a block `verloop` says in each item who acts and what happens: "**DVZ**: registreert je verzoek. Dat …".
Everyone who acts has a lane; a line goes from step to step. Letters keep the size of the page and widths are shares of
the space there is, so the drawing fits a telephone. Nothing but presentation attributes: the content policy is strict.
"""

import html
import re
import textwrap
from dataclasses import dataclass

BLOCK = "verloop"  # name of the block in Markdown, and class of the box around it
MOST_LANES = 5
MOST_LABEL = 50  # characters: at most three lines
_LANES_PERCENT = (5, 29)  # of the width, the first and the last; the words stand to the right of the lanes
_WORDS_AT = "36%"
_DRAWN = re.compile(r'<svg class="path".*?</svg>', re.DOTALL)
_NAMED = re.compile(r'<svg class="path" role="img" aria-label="(?P<name>[^"]*)"[^>]*>')
_BOX = re.compile(
    rf'<div class="admonition {BLOCK}">\s*<p class="admonition-title">(?P<title>.*?)</p>\s*<ol>', re.DOTALL
)
_LIST = re.compile(r"<ol>(?P<items>.*?)</ol>", re.DOTALL)
_ITEM = re.compile(r"<li>(?P<words>.*?)</li>", re.DOTALL)
_STEP = re.compile(r"\s*(?:<p>)?\s*<strong>(?P<who>.*?)</strong>:\s*(?P<what>.*)", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_WRITTEN_BLOCK = re.compile(rf'^!!! {BLOCK} "[^"\n]+"\n(?P<inside>(?:(?: {{4}}.*)?\n?)*)', re.MULTILINE)
_WRITTEN_ITEM = re.compile(r"^ {4}\d+\. (?P<words>.*(?:\n {5,}.*)*)", re.MULTILINE)
_WRITTEN_STEP = re.compile(r"\*\*(?P<who>[^*]+)\*\*: (?P<what>[^.]+)\.")


@dataclass(frozen=True)
class Layout:
    """How much room a drawing has: the characters on a line of words, and the height of a step."""

    line_characters: int
    row_px: int


SCREEN = Layout(22, 74)  # fits a telephone of 320 pixels
PAPER = Layout(60, 46)  # a label on one line, so that a path keeps its page


@dataclass(frozen=True)
class Step:
    """One step: who acts and the first sentence of what happens, as plain text."""

    who: str
    what: str


def problems_of(source: str) -> list[str]:
    """Return what is wrong with the blocks `verloop` in a Markdown text, as Dutch sentences that say what to do."""
    problems = []
    for block in _WRITTEN_BLOCK.finditer(source):
        items = [found["words"] for found in _WRITTEN_ITEM.finditer(block["inside"])]
        steps = [found for item in items if (found := _WRITTEN_STEP.match(item))]
        if not items or len(steps) < len(items):
            problems.append(
                f"Een blok '{BLOCK}' is een genummerde lijst; elke stap begint met '**Wie**: wat er gebeurt.'"
            )
        problems += [
            f"De eerste zin van een stap telt hoogstens {MOST_LABEL} tekens: kort '{step['what']}' in."
            for step in steps
            if len(_plain_link(step["what"])) > MOST_LABEL
        ]
        if len({step["who"] for step in steps}) > MOST_LANES:
            problems.append(f"In een blok '{BLOCK}' treden hoogstens {MOST_LANES} partijen op.")
    return problems


def draw(safe_html: str, layout: Layout = SCREEN) -> str:
    """Put a drawing above each list of a block `verloop` in sanitised HTML; a list that is no path stays as it is."""

    def with_drawing(box: re.Match[str]) -> str:
        steps = _steps_at(safe_html, box.end() - len("<ol>"))
        lead = box[0].removesuffix("<ol>")
        return f"{lead}{_drawing(box['title'], steps, layout)}<ol>" if steps else box[0]

    return _BOX.sub(with_drawing, safe_html)


def draw_for_paper(safe_html: str) -> str:
    """Draw the paths in HTML that `draw` made once more, for a sheet of paper.

    A PDF takes what a drawing is called from its title; on a screen that would show as a hint at the pointer.
    """
    return _NAMED.sub(r"\g<0><title>\g<name></title>", draw(_DRAWN.sub("", safe_html), PAPER))


def _plain_link(words: str) -> str:
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", words)


def _steps_at(safe_html: str, place: int) -> list[Step]:
    """Return the steps of the list that starts here; none when an item says not who acts, or too many act."""
    written = _LIST.match(safe_html, place)
    items = _ITEM.findall(written["items"]) if written else []
    read = [_STEP.fullmatch(item) for item in items]
    steps = [Step(_plain(found["who"]), _plain(found["what"]).partition(".")[0]) for found in read if found]
    return steps if len(steps) == len(items) and len({step.who for step in steps}) <= MOST_LANES else []


def _plain(safe_html: str) -> str:
    return " ".join(html.unescape(_TAG.sub("", safe_html)).split())


def _drawing(title: str, steps: list[Step], layout: Layout) -> str:
    lanes = list(dict.fromkeys(step.who for step in steps))
    places = [_lane_percent(lanes.index(step.who), len(lanes)) for step in steps]
    heights = [layout.row_px * number + 28 for number in range(len(steps))]
    described = f"{_plain(title)}: {len(steps)} stappen, hieronder als lijst"
    lines = [
        f'<line class="path__line" stroke="#0b4f55" stroke-width="2"'
        f' x1="{left}%" y1="{above}" x2="{right}%" y2="{below}" />'
        for left, right, above, below in zip(places, places[1:], heights, heights[1:], strict=False)
    ]
    marks = [
        mark
        for number, (step, place, height) in enumerate(zip(steps, places, heights, strict=True), 1)
        for mark in _marks(number, step, place, height, layout)
    ]
    drawn = "".join([*lines, *marks])
    return (
        f'<svg class="path" role="img" aria-label="{html.escape(described)}" fill="currentColor" font-size="15"'
        f' font-family="Source Sans 3" width="100%" height="{layout.row_px * len(steps)}">{drawn}</svg>'
    )


def _lane_percent(lane: int, lanes: int) -> float:
    """Return the middle of a lane, in percent of the width."""
    first, last = _LANES_PERCENT
    return round(first + (last - first) * lane / max(1, lanes - 1), 2)


def _marks(number: int, step: Step, place: float, height: int, layout: Layout) -> list[str]:
    words = textwrap.wrap(step.what, layout.line_characters)
    look = 'class="path__number" fill="#ffffff" font-weight="700" text-anchor="middle"'
    return [
        f'<circle class="path__step" fill="#0b4f55" cx="{place}%" cy="{height}" r="13" />',
        f'<text {look} x="{place}%" y="{height + 5}">{number}</text>',
        f'<text font-weight="700" x="{_WORDS_AT}" y="{height - 11}">{html.escape(step.who, quote=False)}</text>',
        *(
            f'<text x="{_WORDS_AT}" y="{height + 7 + 18 * line}">{html.escape(part, quote=False)}</text>'
            for line, part in enumerate(words)
        ),
    ]
