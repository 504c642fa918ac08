"""What a page weighs when someone opens it for the first time: counted, not timed.

Compressed as the web server in front does it, without pictures. What a script fetches later, when a visitor begins to
type or comes to the filters, is no part of the first view.
"""

import gzip
import re
from collections.abc import Iterator
from functools import cache

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from helpdesk.core.vocabulary import Vocabulary
from helpdesk.web.shell import STATIC
from tests.addresses import OF_UPLOADS, address_of, audience_of, rules_of, sample_values
from tests.pageclient import Page, Visitor

MOST_BYTES = 100_000
HEAVY = (  # long lists and texts, beside one page of each kind
    "/zoeken?q=verblijf",
    "/zoeken?q=bevel+om+het+grondgebied+te+verlaten&pagina=2",
    "/rechtspraak?hof=RVV&hof=RVS&hof=GWH",
    "/themas/verblijfsrecht/internationale-bescherming/ib-procedure",
    "/themas/verblijfsrecht/gezinshereniging/gh-belg",
)
_FONT = re.compile(r"url\([\"']?([^\"')]+\.woff2)")

pytestmark = [pytest.mark.stored]


@cache
def weight_of(address: str) -> int:
    """Return how many bytes a file of style, script or font takes on its way."""
    content = (STATIC / address.partition("?")[0].removeprefix("/static/")).read_bytes()
    return len(content) if ".woff2" in address else len(gzip.compress(content, 6))


def files_of(page: Page) -> Iterator[str]:
    """Return the addresses of what a page loads by itself, a font of a style sheet as if every page used it."""
    for link in page.all("link"):
        if link.get("rel") in {"stylesheet", "preload"}:
            yield link.get("href", "")
        if link.get("rel") == "stylesheet":
            path = STATIC / link.get("href", "").partition("?")[0].removeprefix("/static/")
            for font in _FONT.findall(path.read_text("utf-8")):
                found = (path.parent / font).resolve().relative_to(STATIC) if not font.startswith("/") else font
                yield f"/static/{str(found).removeprefix('/static/')}"
    for script in page.all("script"):
        if script.get("src"):
            yield script.get("src", "")


def first_view(page: Page, whole: bytes) -> int:
    """Return the bytes of a first view of a page: its HTML and everything it loads, each file once."""
    files = {address.partition("?")[0] for address in files_of(page)}
    return len(gzip.compress(whole, 6)) + sum(weight_of(address) for address in files)


def test_no_public_page_weighs_over_100_kilobytes(
    house_app: Flask, as_visitor: Visitor, session: Session, vocabulary: Vocabulary
) -> None:
    """Readers come by telephone, on prepaid data; Lighthouse and promise 12 say the same."""
    samples = sample_values(session, vocabulary)
    addresses = [
        address_of(house_app, rule, samples)
        for rule in rules_of(house_app)
        if audience_of(rule) == "public" and "GET" in (rule.methods or set()) and rule.endpoint not in OF_UPLOADS
    ]
    weights: dict[str, int] = {}
    for address in (*addresses, *HEAVY):
        answer = as_visitor.fetch(address)
        if answer.mimetype == "text/html" and answer.status_code < 300:
            weights[address] = first_view(as_visitor.get(address), answer.data)

    assert len(weights) > 30
    assert set(HEAVY) <= set(weights)
    assert {address: weight for address, weight in weights.items() if weight >= MOST_BYTES} == {}


def test_what_is_counted_is_what_the_page_loads(as_visitor: Visitor) -> None:
    """A test that looked at nothing would pass as well."""
    page = as_visitor.get("/rechtspraak")
    files = {address.partition("?")[0] for address in files_of(page)}

    assert {"/static/site.css", "/static/behaviours/filters.js"} <= files
    assert sum(address.endswith(".woff2") for address in files) == 2
    assert all(weight_of(address) > 100 for address in files)
