"""The page client must see every fault it promises to see, and none in a page that is well made."""

import pytest
from flask import Flask, redirect, request
from flask.typing import ResponseReturnValue

from tests.pageclient import FormMismatch, UnexpectedStatus, Visitor
from tests.pageclient_checks import PageBroken, problems_of

GOOD = """<!doctype html>
<html lang="nl">
<head><title>Zoeken – Helpdesk</title><link rel="stylesheet" href="/s.css"><script src="/s.js" defer></script></head>
<body>
<main>
<h1>Zoe\u00adken</h1>
<form action="/zoeken"><label for="q">Woorden</label><input id="q" name="q"><button>Zoek</button></form>
<form action="/bewaar" method="post">
  <input type="hidden" name="csrf_token" value="x">
  <label>Naam <input name="naam"></label>
  <select name="soort" aria-label="Soort"><option value="">Alle</option><option value="nieuws">Nieuws</option></select>
  <fieldset><legend>Thema</legend>
    <label><input type="checkbox" name="thema" value="a" checked> A</label>
    <label><input type="checkbox" name="thema" value="b"> B</label>
  </fieldset>
  <textarea name="vraag" aria-labelledby="kop">oud</textarea>
  <button name="doe" value="bewaar">Bewaar</button>
</form>
<h2 id="kop">Kop</h2><p><a href="#kop">Naar de kop</a> <a href="/"><img src="/l.svg" alt="Startpagina"></a></p>
<table><tr><th scope="col">Jaar</th></tr><tr><td>2019</td></tr></table>
</main>
</body>
</html>"""

FAULTS = {
    "HTML5: an unclosed element": ("<p><a href", "<p><b><a href"),
    "HTML5: no doctype": ("<!doctype html>\n", ""),
    "language: another language": ('lang="nl"', 'lang="fr"'),
    "heading: no h1": ("<h1>Zoe\u00adken</h1>", "<p>Zoeken</p>"),
    "heading: two h1": ('<h2 id="kop">Kop</h2>', '<h1 id="kop">Zoeken</h1>'),
    "heading: a level is skipped": ('<h2 id="kop">Kop</h2>', '<h4 id="kop">Kop</h4>'),
    "title: it opens with another word": ("<title>Zoeken", "<title>Helpdesk – Zoeken"),
    "id: it stands twice": ('<h2 id="kop">', '<h2 id="kop"><span id="kop"></span>'),
    "id: a label points nowhere": ('for="q"', 'for="p"'),
    "id: a link on the page points nowhere": ('href="#kop"', 'href="#kap"'),
    "label: a text field without": ('<label for="q">Woorden</label>', ""),
    "label: a list without": (' aria-label="Soort"', ""),
    "label: a text area without": (' aria-labelledby="kop"', ""),
    "form: no action": (' action="/zoeken"', ""),
    "form: no CSRF field": ('name="csrf_token"', 'name="other"'),
    "form: an empty CSRF field": ('name="csrf_token" value="x"', 'name="csrf_token" value=""'),
    "inline: a script": ("<main>", "<main><script>alert(1)</script>"),
    "inline: a style sheet": ("</head>", "<style>p{}</style></head>"),
    "inline: a style attribute": ("<p>", '<p style="color:red">'),
    "inline: an event": ("<p>", '<p onclick="x()">'),
    "inline: a javascript: address": ('<a href="/">', '<a href=" JavaScript:x()">'),
    "image: no alt": (' alt="Startpagina"', ""),
    "name: an empty link": ('alt="Startpagina"', 'alt=""'),
    "name: an empty button": ("<button>Zoek</button>", "<button></button>"),
    "link: it leads nowhere": ('<a href="/">', "<a>"),
    "table: no header": ('<th scope="col">Jaar</th>', "<td>Jaar</td>"),
}


class TestProblemsOf:
    def test_a_good_page_has_none(self) -> None:
        assert problems_of(GOOD) == []

    @pytest.mark.parametrize("fault", FAULTS)
    def test_a_fault_is_named(self, fault: str) -> None:
        good, bad = FAULTS[fault]
        assert GOOD.count(good) >= 1

        problems = problems_of(GOOD.replace(good, bad, 1))

        assert any(problem.startswith(fault.partition(":")[0] + ":") for problem in problems), problems


@pytest.fixture
def visitor() -> Visitor:
    """A visitor of a site of two pages."""
    app = Flask(__name__)

    @app.get("/")
    def home() -> str:
        return GOOD

    @app.get("/oud")
    def old() -> ResponseReturnValue:
        return redirect("/?van=oud")

    @app.get("/slecht")
    def bad() -> str:
        return GOOD.replace('lang="nl"', "")

    @app.route("/bewaar", methods=["GET", "POST"])
    def echo() -> str:
        sent = "|".join(f"{name}={value}" for name, value in request.values.items(multi=True))
        return GOOD.replace("<main>", f'<main><p class="gestuurd">{request.method} {sent}</p>')

    @app.get("/feed")
    def feed() -> ResponseReturnValue:
        return "<feed/>", 200, {"Content-Type": "application/atom+xml"}

    return Visitor(app.test_client())


class TestVisitor:
    def test_a_redirect_is_followed(self, visitor: Visitor) -> None:
        assert visitor.get("/oud").path == "/?van=oud"

    def test_another_status_is_refused(self, visitor: Visitor) -> None:
        with pytest.raises(UnexpectedStatus, match="answered 404, not 200"):
            visitor.get("/weg")

    def test_a_badly_made_page_is_refused(self, visitor: Visitor) -> None:
        with pytest.raises(PageBroken, match="/slecht\nlanguage"):
            visitor.get("/slecht")

    def test_a_feed_is_no_page(self, visitor: Visitor) -> None:
        with pytest.raises(UnexpectedStatus, match="use fetch"):
            visitor.get("/feed")

    def test_what_the_test_wrote_is_stored_before_each_request(self, visitor: Visitor) -> None:
        calls: list[str] = []
        visitor.before_request = lambda: calls.append("stored")

        visitor.get("/")

        assert calls


class TestPage:
    def test_words_links_and_tables_are_read(self, visitor: Visitor) -> None:
        page = visitor.get("/")

        assert page.heading == "Zoeken"
        assert page.links()["Naar de kop"] == "#kop"
        assert page.table() == [["Jaar"], ["2019"]]

    def test_a_form_sends_what_it_held_and_what_was_typed(self, visitor: Visitor) -> None:
        form = visitor.get("/").fill({"naam": "An", "soort": "nieuws"})

        answer = form.submit("Bewaar")

        assert answer.texts("p", class_="gestuurd") == [
            "POST csrf_token=x|naam=An|soort=nieuws|thema=a|vraag=oud|doe=bewaar"
        ]

    def test_boxes_can_be_ticked_and_cleared(self, visitor: Visitor) -> None:
        page = visitor.get("/")

        assert page.fill({"naam": "", "thema": ["a", "b"]}).data.getlist("thema") == ["a", "b"]
        assert page.fill({"naam": "", "thema": None}).data.getlist("thema") == []

    def test_a_search_form_is_sent_in_the_address(self, visitor: Visitor) -> None:
        with pytest.raises(UnexpectedStatus, match=r"/zoeken\?q=9bis answered 404"):
            visitor.get("/").fill({"q": "9bis"}).submit()

    def test_a_field_that_is_not_there_is_refused(self, visitor: Visitor) -> None:
        with pytest.raises(FormMismatch, match="no form with"):
            visitor.get("/").fill({"leeftijd": 3})

    def test_a_choice_that_is_not_offered_is_refused(self, visitor: Visitor) -> None:
        with pytest.raises(FormMismatch, match="does not offer"):
            visitor.get("/").fill({"soort": "roman"})
