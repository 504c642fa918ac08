"""No page keeps anyone out: axe (WCAG 2.2 A and AA) finds nothing, at a desk, on a phone, enlarged, in any colours."""

import pytest

from helpdesk.core.roles import Role
from tests.addresses import OF_UPLOADS, address_of, audience_of, rules_of
from tests.browser.conftest import Site, Tab, nothing_in, sign_in

NO_PAGES = frozenset(
    {
        "/nieuws/atom.xml",
        "/opensearch.xml",
        "/robots.txt",
        "/sitemap.xml",
        "/gezond",
        "/metrics",
        "/zoeken/suggesties",
        "/sitemap/ecli.xml",
        "/.well-known/security.txt",
    }
)
FILES = frozenset(
    f"public.{name}"
    for name in (
        "map_texts",
        "map_rulings",
        "map_ecli_of_year",
        "download_ruling",
        "print_theme",
        "print_news",
        "print_ruling",
        "download_rulings",
        "follow_article",
        "follow_search",
        "follow_page",
        "follow_theme",
    )
) | {"desk.download_report", "desk.download_exploration", "admin.download_accounts"}
NOT_THERE = frozenset(  # no training or guidance is there yet; entering figures is for a coordinator
    {"desk.change_training", "desk.change_guidance", "desk.enter_figures"}
)
OF_ONE_ADVICE = frozenset(
    f"desk.{name}" for name in ("show_advice", "correct_advice", "propose")
)  # there is none yet: the journey that records one looks at them
WITH_PICTURES = (
    "/themas/verblijfsrecht/internationale-bescherming/ib-procedure",
    "/rechtspraak/cass-2019-10-24-c-19-0159-n",
)  # the path of a procedure, a line of cases
HOME_OF = {"desk": Role.JURIST, "editing": Role.EDITOR, "admin": Role.ADMIN, "account": Role.JURIST}


def pages_of(site: Site, audience: str) -> list[str]:
    """Return an address of every page of an audience that can be visited as it is."""
    return [
        address_of(site.app, rule, site.samples)
        for rule in rules_of(site.app)
        if audience_of(rule) == audience
        and "GET" in (rule.methods or set())
        and rule.rule not in NO_PAGES
        and rule.endpoint not in FILES | NOT_THERE | OF_ONE_ADVICE
        and rule.endpoint not in OF_UPLOADS
    ]


def barriers_at(tab: Tab, addresses: list[str]) -> list[str]:
    """Visit the addresses and return every barrier met."""
    found = []
    for address in addresses:
        tab.open(address)
        found += tab.barriers()
    return found


def sideways_at(tab: Tab, addresses: list[str]) -> list[str]:
    """Visit the addresses and return those that scroll sideways: at a desk axe has looked at them already."""
    found = []
    for address in addresses:
        tab.open(address)
        found += tab.sideways()
    return found


def test_public_pages(tab: Tab) -> None:
    addresses = [*pages_of(tab.site, "public"), "/zoeken?q=gezinshereniging", "/zoeken?q=xqzwvbk", *WITH_PICTURES]

    nothing_in(barriers_at(tab, addresses))


@pytest.mark.parametrize("audience", HOME_OF)
def test_pages_of_colleagues(tab: Tab, audience: str) -> None:
    addresses = pages_of(tab.site, audience)
    if not addresses:
        pytest.skip(f"{audience} has no pages yet")
    sign_in(tab, HOME_OF[audience])

    nothing_in(barriers_at(tab, addresses) if tab.size == "wide" else sideways_at(tab, addresses))


def test_pages_that_say_what_went_wrong(tab: Tab) -> None:
    tab.open("/bestaat-niet")

    nothing_in(tab.barriers())
    tab.keep_picture("not-found")
    tab.faults = [fault for fault in tab.faults if "status of 404" not in fault]  # what this page answers


@pytest.mark.parametrize("size", ["wide"])
@pytest.mark.parametrize("audience", ["public", *HOME_OF])
def test_a_page_reads_at_320_pixels(tab: Tab, audience: str) -> None:
    """WCAG 1.4.10: at 320 pixels (1280 enlarged four times) nothing scrolls sideways, also in colours of one's own."""
    tab.page.set_viewport_size({"width": 320, "height": 640})
    if audience in HOME_OF:
        sign_in(tab, HOME_OF[audience])
    found = []
    for address in [*pages_of(tab.site, audience), *(WITH_PICTURES if audience == "public" else ())]:
        tab.open(address)
        found += tab.barriers_when_enlarged() if audience == "public" else tab.sideways()

    nothing_in(found)
