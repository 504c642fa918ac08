"""Texts, front matter and lists made by chance: what is wrong is told in Dutch, nothing live comes through."""

import html
import re
from html.parser import HTMLParser

import nh3
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.core import markup
from helpdesk.core.amounts import read_register
from helpdesk.core.frontmatter import FrontMatterBroken, rewrite, split
from helpdesk.core.markup import Explanation, Highlighter, MarkupRefused, Rendered, render
from helpdesk.core.paging import page_number

ATTRIBUTES = {"class", "id", "href", "title", "rel", "scope", "aria-describedby", "tabindex", "role", "aria-label"}
SAFE_ADDRESS = re.compile(r"(?:https?://|mailto:|/(?![/\\])|#)", re.IGNORECASE)
TERMS = (
    Explanation(slug="bgv", title="BGV <b>", words="BGV", is_exact=True, explanation='"><script>alert(1)</script>'),
    Explanation(slug="eu", title="EU", words="<eu>", is_exact=False, explanation="&lt;"),
)
PIECES = st.one_of(
    st.text(alphabet="<>\"'&;:/\\()[]{}!#*_`~|=-+ \n\tabonclikhrefsvgjt0123", max_size=15),
    st.sampled_from(
        [
            *(
                "<script>alert(1)</script>",
                "<img src=x onerror=alert(1)>",
                "<svg/onload=alert(1)>",
                "<a href='javascript:1'>",
            ),
            *(
                "[x](javascript:alert(1))",
                "[x](JaVaScRiPt&colon;1)",
                "[x](data:text/html,1)",
                "[x](\x01javascript:1)",
                "](//e",
            ),
            *(
                "[x](vbscript:1)",
                "![x](javascript:1)",
                "[x]: javascript:1\n",
                "[x][x]",
                "<javascript:1>",
                "<https://e.test>",
            ),
            *(
                "{{bedrag:leefloon}}",
                "{{bedrag:<b>}}",
                "BGV",
                "<eu>",
                "&lt;eu&gt;",
                "&#106;avascript:",
                "&#x3c;script&#x3e;",
            ),
            *(
                "```\n",
                "~~~ html\n",
                "    <b>\n",
                '!!! opgelet "<b>"\n    a\n',
                "| a | b |\n|---|---|\n| <i> | [x](thema:gh) |\n",
            ),
            *(
                "## In het kort\n",
                "## <img>\n",
                "* ",
                "1. ",
                "> ",
                "<!-- ",
                " -->",
                "<![CDATA[",
                "<?php ",
                "<math><mi>",
                "<style>",
            ),
            *(
                "art. 9bis",
                "art. <b>8</b>",
                "\u2028",
                "\0",
                "\x1b",
                "\U0001f600",
                "\u202e",
                "{: onclick=x }",
                "[^1]",
                "\\",
            ),
        ]
    ),
)
SOURCES = st.lists(PIECES, max_size=14).map("".join)


class Live(HTMLParser):
    """Reads HTML as a browser would and notes what could act."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag, attribute or address we do not use."""
        if tag not in markup.TAGS | {"mark"}:
            self.found.append(tag)
        self.found += [name for name, _ in attrs if name not in ATTRIBUTES]
        self.found += [value or "" for name, value in attrs if name == "href" and not SAFE_ADDRESS.match(value or "")]

    def handle_comment(self, data: str) -> None:
        """Note a comment: old browsers ran some."""
        self.found.append(data)


def live_in(written: str) -> list[str]:
    reader = Live()
    reader.feed(written)
    reader.close()
    return reader.found


def rendered(source: str) -> Rendered | None:
    def places(text: str) -> list[tuple[int, int, str]]:
        return [(one.start(), one.end(), '/wetgeving/vw/9bis"><script>') for one in re.finditer(r"art\. \w+", text)]

    def resolve(_scheme: str, identity: str) -> str | None:
        return f"/themas/{identity}" if identity.isalnum() else None

    try:
        return render(source, resolve, places, amounts=lambda one: f"<b>{one}</b>" if one != "x" else None, terms=TERMS)
    except MarkupRefused:
        return None


@settings(max_examples=500, deadline=None)
@given(SOURCES)
def test_nothing_live_comes_through_the_renderer(source: str) -> None:
    """Also not by an amount, the address of a reference or the explanation of a term."""
    made = rendered(source)

    if made is not None:
        assert live_in(made.html) == []
        assert live_in(str(Highlighter(lambda text: [(0, 1)] if text else []).html(made.html))) == []
        assert live_in(markup.settle_links(made.html, lambda _address: 'https://elders.test/?a=b"c')) == []
        assert live_in(html.escape(made.plain)) == []


@settings(max_examples=300, deadline=None)
@given(SOURCES)
def test_a_second_sanitiser_agrees_about_what_was_rendered(source: str) -> None:
    """The same tags, classes and addresses after nh3, which reads HTML as browsers do."""
    made = rendered(source)
    if made is None:
        return
    again = nh3.clean(
        made.html,
        tags=set(markup.TAGS),
        attributes={"*": ATTRIBUTES - {"rel"}, "a": {"href", "class", "title", "rel", "aria-describedby"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )

    assert shape_of(again) == shape_of(made.html)


def shape_of(written: str) -> list[tuple[str, list[tuple[str, str | None]]]]:
    """Return each tag with its attributes, in order."""
    tags: list[tuple[str, list[tuple[str, str | None]]]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            tags.append((tag, sorted(attrs)))

    Reader(convert_charrefs=True).feed(written)
    return tags


YAML = st.lists(
    st.one_of(
        st.text(max_size=12),
        st.sampled_from(
            [
                *(
                    "---\n",
                    "title: ",
                    "amounts:\n",
                    "  - id: a\n",
                    "    periods:\n",
                    "      - {from: 2026-01-01}\n",
                    "- ",
                    "  ",
                ),
                *(
                    "&a [*a]",
                    "*a",
                    "&a ",
                    "!!python/object:os.system ",
                    "!!binary x",
                    "? ",
                    ": ",
                    "|\n",
                    ">-\n",
                    "{",
                    "}",
                    "[",
                    "]",
                ),
                *(
                    "1e999",
                    ".inf",
                    ".nan",
                    "0x1F",
                    "2026-02-31",
                    "2026-13-01T99:00",
                    "~",
                    "''",
                    '"\\ud800"',
                    "\t",
                    "#",
                    "%YAML",
                ),
                *(
                    "value: 1",
                    "unit: euro",
                    "9" * 5_000,
                    "<<: *a",
                    "\x85",
                    "\u2028",
                    "- {id: a, id: b}\n",
                    "\n",
                    "1:2:3",
                ),
            ]
        ),
    ),
    max_size=20,
).map("".join)


@settings(max_examples=400, deadline=None)
@given(YAML)
def test_front_matter_is_read_or_refused_with_a_line(source: str) -> None:
    told: list[FrontMatterBroken] = []
    for text in (source, f"---\n{source}\n---\ntekst"):
        try:
            split(text)
            rewrite(text, {"title": "Nieuw"})
        except FrontMatterBroken as broken:
            told.append(broken)
    assert all(str(broken) for broken in told)


@settings(max_examples=400, deadline=None)
@given(YAML)
def test_a_register_of_amounts_is_read_or_every_problem_told_with_its_line(source: str) -> None:
    for text in (source, f"amounts:\n{source}", f"amounts:\n  - id: a\n    {source}"):
        _register, problems = read_register(text)

        assert all(problem.line >= 1 and problem.message for problem in problems)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.none(), st.text(max_size=12), st.integers().map(str), st.just("9" * 5_000), st.just("²")))
def test_a_page_number_is_always_one_that_can_be_asked(text: str | None) -> None:
    assert 1 <= page_number(text) <= 1_000_000
