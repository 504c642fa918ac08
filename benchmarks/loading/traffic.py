"""What visitors, colleagues and programs ask: pages with a long tail, questions that differ, forms of a jurist.

Of a hundred turns eighty are pages, fifteen searches and five the rest. Behind each page and search comes what its
script sends to be counted.
"""

import itertools
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import httpx
import yaml
from loading.client import Request, a_request

PAGES, SEARCHES, OTHERS = 80, 15, 5
OF_PAGES = {"home": 10, "themes": 44, "news": 12, "lexicon": 12, "rulings": 16, "articles": 6}  # hundredths
OF_OTHERS = {"list of advice": 20, "draft": 30, "advice": 10, "API": 25, "feed": 15}
ARTICLES = ("vw/40ter", "vw/9bis", "vw/9ter", "vw/74/13", "vw/10", "evrm/8", "vw/39/82", "vw/57/6")
LOC = re.compile(r"<loc>([^<]+)</loc>")
EMAIL, PASSWORD = "jurist@demo.example", "demo-jurist-2019"  # the demo account
NEW_ADVICE = "/helpdesk/adviezen/nieuw"
COUNTED_AFTER_SECONDS = 0.3  # the script waits until the page is there
FORMS = 12  # opened beforehand: as many jurists who type


@dataclass
class Traffic:
    """All that can be asked of one site. Turns are endless and repeatable; no question comes twice."""

    pages: Mapping[str, Sequence[str]]
    questions: Iterator[str]
    cookie: str
    forms: Sequence[Mapping[str, str]]
    rng: random.Random
    _weights: dict[str, Sequence[float]] = field(default_factory=dict)
    _saved: Iterator[int] = field(default_factory=itertools.count)

    def turns(self, count: int) -> list[Sequence[Request]]:
        """Return so many turns: one view or one other request each."""
        kinds = self.rng.choices(("page", "search", "other"), (PAGES, SEARCHES, OTHERS), k=count)
        return [self._turn(kind) for kind in kinds]

    def _turn(self, kind: str) -> Sequence[Request]:
        if kind == "page":
            return self._view("page", self._page())
        if kind == "search":
            question = next(self.questions)
            return self._view("search", f"/zoeken?q={quote(question)}", zoek=question, gevonden="9")
        return [self._other(self.rng.choices(list(OF_OTHERS), list(OF_OTHERS.values()))[0])]

    def _view(self, kind: str, path: str, **also: str) -> Sequence[Request]:
        counted = urlencode({"pad": path.partition("?")[0], **also}).encode()
        agent = f"Mozilla/5.0 (X11; rv:{self.rng.randrange(100, 140)}.0) Firefox/140.0"
        return [
            Request(kind, a_request(path, agent=agent)),
            Request("counting", a_request("/telling", typed=counted, agent=agent), COUNTED_AFTER_SECONDS),
        ]

    def _page(self) -> str:
        """Choose a page: a few are read by many, most by few (Zipf)."""
        kind = self.rng.choices(list(OF_PAGES), list(OF_PAGES.values()))[0]
        pages = self.pages[kind]
        weights = self._weights.setdefault(kind, [1 / rank for rank in range(1, len(pages) + 1)])
        return self.rng.choices(pages, weights)[0]

    def _other(self, kind: str) -> Request:
        if kind == "list of advice":
            return Request(kind, a_request("/helpdesk/adviezen?van=2019-01-01&tot=2019-12-31", cookie=self.cookie))
        if kind == "draft":
            return Request(kind, self._form("/helpdesk/adviezen/ontwerp"))
        if kind == "advice":
            return Request(kind, self._form(NEW_ADVICE))
        if kind == "feed":
            return Request(kind, a_request(self.rng.choice(("/nieuws/atom.xml", "/sitemap.xml"))))
        path = self.rng.choice((f"/api/v1/search?q={quote(next(self.questions))}", "/api/v1/rulings", "/api/v1/texts"))
        return Request(kind, a_request(path))

    def _form(self, path: str) -> bytes:
        number = next(self._saved)
        typed = {
            **self.forms[number % len(self.forms)],
            "question": f"Mag de partner werken tijdens de aanvraag, nummer {number}?",
            "main_theme": "gezinshereniging",
            "residence_situation": "voorlopig_voorwaardelijk",
            "nationality": "MA",
            "answer": "Ja, zie de themapagina.",
            "outcome": "advies",
            "caller_category": "non_profit_professional",
            "caller_sector": "welzijn",
            "caller_region": "antwerpen",
            "channel": "telefoon",
            "time_spent_minutes": "12",
        }
        return a_request(path, cookie=self.cookie, typed=urlencode(typed).encode())


def traffic_of(address: str, lists: Path, *, seed: int) -> Traffic:
    """Look at a site that serves: which pages it has, and open forms as a jurist who is signed in."""
    rng = random.Random(seed)  # noqa: S311 - repeatable, not secret
    with httpx.Client(base_url=address, timeout=60) as browser:
        maps = [urlsplit(loc).path for loc in _locations(browser, "/sitemap.xml")]
        of_site = [path for name in maps for path in (urlsplit(loc).path for loc in _locations(browser, name))]
        cookie, forms = _signed_in(browser)
    pages = {
        "home": ["/"],
        "themes": _under(of_site, "/themas"),
        "news": _under(of_site, "/nieuws"),
        "lexicon": _under(of_site, "/lexicon"),
        "rulings": _under(of_site, "/rechtspraak"),
        "articles": [f"/wetgeving/{article}" for article in ARTICLES],
    }
    for paths in pages.values():
        rng.shuffle(paths)
    asked = yaml.safe_load((lists / "zoekvragen.yaml").read_text(encoding="utf-8"))["questions"]
    return Traffic(pages, different([one["ask"] for one in asked], rng), cookie, forms, rng)


def different(questions: Sequence[str], rng: random.Random) -> Iterator[str]:
    """Give the questions as they stand, then with a word left out, then two together; none twice."""
    given: set[str] = set()
    shorter = [
        " ".join(words[:place] + words[place + 1 :])
        for words in (question.split() for question in questions)
        if len(words) > 2  # noqa: PLR2004 - one word alone says too little
        for place in range(len(words))
    ]
    rng.shuffle(shorter)
    pairs = (f"{one} {other}" for one, other in itertools.permutations(questions, 2))
    for question in itertools.chain(questions, shorter, pairs):
        if question not in given:
            given.add(question)
            yield question


def _locations(browser: httpx.Client, path: str) -> list[str]:
    answer = browser.get(path)
    answer.raise_for_status()
    return LOC.findall(answer.text)


def _under(paths: Sequence[str], folder: str) -> list[str]:
    found = [path for path in paths if path == folder or path.startswith(f"{folder}/")]
    assert found, folder
    return found


class _Hidden(HTMLParser):
    """Collects the hidden fields of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a hidden field."""
        told = dict(attrs)
        if tag == "input" and told.get("type") == "hidden" and (name := told.get("name")):
            self.fields.setdefault(name, told.get("value") or "")


def _signed_in(browser: httpx.Client) -> tuple[str, list[dict[str, str]]]:
    """Sign in as the demo jurist; return the cookie and the hidden fields of open forms with the date of today."""
    typed = {**_hidden(browser.get("/aanmelden").text), "email": EMAIL, "password": PASSWORD}
    assert browser.post("/aanmelden", data=typed).status_code == HTTPStatus.SEE_OTHER
    forms = []
    for _ in range(FORMS):
        page = browser.get(NEW_ADVICE, follow_redirects=True)
        today = re.search(r'name="given_on"[^>]*value="([^"]+)"', page.text)
        assert today is not None
        forms.append({**_hidden(page.text), "given_on": today[1]})
    return "; ".join(f"{name}={value}" for name, value in browser.cookies.items()), forms


def _hidden(page: str) -> dict[str, str]:
    reader = _Hidden()
    reader.feed(page)
    return reader.fields
