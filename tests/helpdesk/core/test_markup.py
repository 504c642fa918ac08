import re

import nh3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.core import markup
from helpdesk.core.markup import Explanation, Highlighter, MarkupRefused, render


def known(_scheme: str, identity: str) -> str | None:
    return {"gh-belg": "/themas/verblijfsrecht/gezinshereniging/gh-belg", "bgv": "/lexicon/bgv"}.get(identity)


class TestRender:
    def test_a_link_by_identity_gets_its_address(self) -> None:
        assert 'href="/lexicon/bgv"' in render("Zie [BGV](lexicon:bgv).", known).html

    def test_an_unknown_identity_is_reported_and_not_linked(self) -> None:
        rendered = render("Zie [iets](thema:bestaat-niet).", known)

        assert rendered.dead_links == ("thema:bestaat-niet",)
        assert "bestaat-niet" not in rendered.html

    @pytest.mark.parametrize(
        "address", ["../anders", "pagina.html", "javascript:alert(1)", "data:text/html,x", "vbscript:1"]
    )
    def test_an_address_that_is_no_identity_is_reported(self, address: str) -> None:
        rendered = render(f"[x]({address})", known)

        assert rendered.dead_links == (address,)
        assert "href" not in rendered.html

    @pytest.mark.parametrize("address", ["http://[x]", "//[x", "https://[::1"])
    def test_an_address_that_cannot_be_taken_apart_is_reported(self, address: str) -> None:
        """Saving such a text once ended in an error, and the editor was not told why."""
        rendered = render(f"[x](<{address}>)", known)

        assert rendered.dead_links == (address,)
        assert "href" not in rendered.html

    def test_a_link_within_the_page_leads_to_a_heading_or_is_reported(self) -> None:
        rendered = render("[Naar boven](#top), [naar wie](#wie-mag-er), [elders](#elders)\n\n## Wie mag er?\n", known)

        assert rendered.dead_links == ("#top", "#elders")

    def test_in_het_kort_stands_in_a_box_of_its_own(self) -> None:
        html = render("## In het kort\n\n- een\n\n## Verder\n\ntekst", known).html

        box, rest = html.split("</div>", 1)
        assert box.startswith('<div class="in-short"><h2 id="in-het-kort">')
        assert "een" in box
        assert "Verder" in rest

    def test_a_warning_is_a_box(self) -> None:
        html = render('!!! opgelet "Opgelet"\n    Vertrek niet.', known).html

        assert '<div class="admonition opgelet">' in html

    def test_contents_name_each_section_with_its_anchor(self) -> None:
        assert render("## Wat is 't?\n\n### Diep\n\n## Méér & meer", known).contents == (
            ("wat-is-t", "Wat is 't?"),
            ("meer-meer", "Méér & meer"),
        )

    def test_html_in_a_text_is_text(self) -> None:
        html = render("a <b>vet</b> <script>alert(1)</script>", known).html

        assert html == "<p>a &lt;b&gt;vet&lt;/b&gt; &lt;script&gt;alert(1)&lt;/script&gt;</p>"

    def test_the_words_come_line_by_line(self) -> None:
        assert render("## Kop\n\nEen **zin**.\n\n| a | b |\n|---|---|\n| 1 | 2 |", known).plain.splitlines() == [
            "Kop", "Een zin.", "a", "b", "1", "2",
        ]  # fmt: skip

    @pytest.mark.parametrize(
        "hostile",
        [
            "[a" * 5_000,
            "[a](b" * 4_000,
            "(" * 5_000,
            "> " * 3_000 + "a",
            "- " * 2_000 + "a",
            "*" * 50_000,
            "a" * 200_001,
        ],
    )
    def test_a_text_that_would_hold_a_worker_is_refused(self, hostile: str) -> None:
        """Python-Markdown is quadratic on unclosed brackets and recursive on nesting."""
        with pytest.raises(MarkupRefused):
            render(hostile, known)


class TestSanitise:
    @pytest.mark.parametrize(
        "address", ["javascript:1", "vbscript:1", "data:1", "//elders.test", "/\\elders.test\n//x", "JaVaScRiPt:x"]
    )
    def test_no_live_address_stays(self, address: str) -> None:
        """Bleach 6.4 reads `javascript:1` as host and port and lets it through its own list."""
        html = markup.sanitise(f'<a href="{address}">x</a>')

        assert "script:" not in html.lower()
        assert 'href="//' not in html
        assert "data:" not in html

    @settings(max_examples=150, deadline=None)
    @given(st.text(alphabet=st.sampled_from(list("<>\"'=/ abonclikhrefsvgjt:&;#x\\\n-!")), max_size=120))
    def test_a_second_sanitiser_finds_nothing_more_to_remove(self, hostile: str) -> None:
        """What comes out has the same tags and attributes after nh3 with the same lists."""
        once = markup.sanitise(hostile)
        twice = nh3.clean(
            once, tags=set(markup.TAGS), attributes={"*": {"class", "id", "href", "title"}}, link_rel=None
        )

        assert re.findall(r"<[a-z0-9]+", once) == re.findall(r"<[a-z0-9]+", twice)


class TestMarked:
    def test_only_marks_pass(self) -> None:
        assert markup.marked("a <mark>b</mark> &lt;i&gt; <i>c</i>") == "a <mark>b</mark> &lt;i&gt; &lt;i&gt;c&lt;/i&gt;"

    @pytest.mark.parametrize(
        "snippet", ["<mark onclick=x>a</mark>", "<mark>a", "a</mark>", "<mark><script>a</script></mark>"]
    )
    def test_only_whole_plain_marks_pass(self, snippet: str) -> None:
        passed = str(markup.marked(snippet))

        assert "onclick" not in passed
        assert "<script" not in passed
        assert passed.count("<mark>") == passed.count("</mark>")


class TestHighlighter:
    def test_words_are_marked_and_tags_left_alone(self) -> None:
        highlighter = Highlighter(lambda text: [match.span() for match in re.finditer("strong|a", text)])

        html = highlighter.html('<p>a <strong>strong</strong> <a href="/a">b &lt; a</a></p>')

        assert html == (
            '<p><mark id="treffer-1">a</mark> <strong><mark id="treffer-2">strong</mark></strong> '
            '<a href="/a">b &lt; <mark id="treffer-3">a</mark></a></p>'
        )
        assert highlighter.count == 3

    def test_plain_text_is_escaped(self) -> None:
        highlighter = Highlighter(lambda text: [(0, 3)] if text else [])

        assert highlighter.text("<b> & c") == '<mark id="treffer-1">&lt;b&gt;</mark> &amp; c'


def places(text: str) -> list[tuple[int, int, str]]:
    return [(found.start(), found.end(), f"/wetgeving/vw/{found[1]}") for found in re.finditer(r"art\. (\w+)", text)]


class TestLinkReferences:
    def test_the_first_of_each_paragraph_is_linked(self) -> None:
        html = render("Zie art. 9bis en nog eens art. 9bis.\n\nEn art. 9bis.", known, places).html

        assert html.count('<a class="reference" href="/wetgeving/vw/9bis">art. 9bis</a>') == 2

    @pytest.mark.parametrize(
        "source",
        ["## art. 9bis", "[art. 9bis](lexicon:bgv)", "`art. 9bis`", "    art. 9bis", "*art.* 9bis"],
    )
    def test_links_code_and_headings_stay_as_they_are(self, source: str) -> None:
        assert "reference" not in render(source, known, places).html

    def test_signs_of_markup_in_the_words_stay_words(self) -> None:
        html = render('a & b < c art. 9bis "x"', known, places).html

        assert html.startswith("<p>a &amp; b &lt; c <a ")

    def test_the_words_of_the_text_stay_the_same(self) -> None:
        source = "Zie **art. 9bis** en\n\n- art. 10\n- art. 11"

        assert render(source, known, places).plain == render(source, known).plain

    def test_where_a_link_leads_is_settled_when_it_is_shown(self) -> None:
        html = render("art. 1 art. 2 art. 3", known, places).html
        settled = markup.settle_links(
            html,
            {"/wetgeving/vw/1": "/rechtspraak/x", "/wetgeving/vw/2": "https://juportal.be/content/y"}.get,
        )

        assert '<a class="reference" href="/rechtspraak/x">art. 1</a>' in settled
        assert 'class="reference external" rel="external noopener" href="https://juportal.be/content/y"' in settled
        assert "art. 3</p>" in settled

    def test_text_of_a_ruling_is_escaped(self) -> None:
        assert markup.linked_text("<b> art. 9", places).startswith("&lt;b&gt; <a ")


def resolve_nothing(_scheme: str, _identity: str) -> None:
    return None


AMOUNTS = {"leefloon": "1.288,46 euro"}.get
TERMS = (
    Explanation("bgv", "Bevel", "Bevel", is_exact=False, explanation="Een <bevel>."),
    Explanation("bgv", "Bevel", "BGV", is_exact=True, explanation="Een <bevel>."),
    Explanation("ai", "Attest", "AI", is_exact=True, explanation="Een kaart."),
)


class TestAmounts:
    def test_an_amount_is_a_link_to_its_source(self) -> None:
        rendered = markup.render("Het is {{bedrag:leefloon}}.", resolve_nothing, amounts=AMOUNTS)

        assert '<a class="amount" href="/bedragen#leefloon">1.288,46 euro</a>' in rendered.html
        assert rendered.plain == "Het is 1.288,46 euro."

    def test_in_a_heading_or_link_it_is_words_and_in_code_it_stays(self) -> None:
        rendered = markup.render(
            "## Van {{bedrag:leefloon}}\n\n[{{bedrag:leefloon}}](https://voorbeeld.be) `{{bedrag:leefloon}}`",
            resolve_nothing,
            amounts=AMOUNTS,
        )

        assert rendered.contents[0][1] == "Van 1.288,46 euro"
        assert 'class="amount"' not in rendered.html
        assert "<code>{{bedrag:leefloon}}</code>" in rendered.html
        assert rendered.html.count("1.288,46 euro") == 2

    def test_what_has_no_value_is_reported(self) -> None:
        rendered = markup.render("{{bedrag:weg}} {{bedrag:weg}}", resolve_nothing, amounts=AMOUNTS)

        assert rendered.dead_amounts == ("weg",)

    def test_the_ids_of_a_text_are_known(self) -> None:
        assert markup.amount_ids("{{bedrag:b}} {{bedrag:a}} {{bedrag:b}} {{bedrag:A}}") == ("b", "a")


class TestTerms:
    def render(self, source: str) -> str:
        return markup.render(source, resolve_nothing, terms=TERMS).html

    def test_the_first_time_a_term_is_explained(self) -> None:
        html = self.render("Een BGV is een bevel.\n\nEen BGV.")

        assert html.count('href="/lexicon/bgv"') == 1
        assert '<a class="term" href="/lexicon/bgv" aria-describedby="uitleg-bgv">BGV</a>' in html
        assert '<dd id="uitleg-bgv">Een &lt;bevel&gt;.</dd>' in html

    @pytest.mark.parametrize(
        "source",
        [
            "## Een BGV",
            "[het BGV](https://voorbeeld.be)",
            "`BGV`",
            "bgv of ai",
            "BGV's-achtig BGVX XBGV BGV-besluit niet-BGV",
            "Bevelen bevelschrift",
        ],
    )
    def test_not_in_headings_links_code_or_parts_of_words(self, source: str) -> None:
        html = self.render(source.replace("BGV's-achtig ", ""))

        assert "/lexicon/" not in html
        assert "explained" not in html

    def test_the_index_does_not_read_the_explanations(self) -> None:
        assert markup.render("Een BGV.", resolve_nothing, terms=TERMS).plain == "Een BGV."
