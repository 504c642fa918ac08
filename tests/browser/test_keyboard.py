"""Whole journeys with the keyboard alone, each stop visible; and pages enlarged to twice their size."""

import re

import pytest
from playwright.sync_api import expect

from helpdesk.core.roles import Role
from tests.browser.conftest import A_CALL, Tab, nothing_in
from tests.browser.test_barriers import WITH_PICTURES, pages_of
from tests.conftest import EMAILS, PASSWORD

MOST_STOPS = 150
LINE_PIXELS = 2  # WCAG 2.4.13 asks for a mark of two pixels
FOCUS = """() => {
  const here = document.activeElement;
  if (!here || here === document.body) return null;
  const look = getComputedStyle(here), box = here.getBoundingClientRect();
  const label = here.labels?.[0]?.innerText ?? here.getAttribute("aria-label") ?? here.innerText ?? "";
  return {
    name: label.replace(/\\s+/g, " ").trim(),
    place: here.getAttribute("href") ?? here.id,
    isInHits: !!here.closest(".hit"),
    line: look.outlineStyle === "none" ? 0 : parseFloat(look.outlineWidth),
    isInView: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
}"""
CUT = """() => {
  const wide = document.documentElement.clientWidth, found = [];
  for (const one of document.querySelectorAll("main *, header *, footer *")) {
    const look = getComputedStyle(one);
    const isHidden = one.closest(".visually-hidden, .skip, svg, [hidden]") || !one.checkVisibility();
    if (isHidden || !one.innerText?.trim()) continue;
    const clips = (way) => ["hidden", "clip"].includes(look[`overflow${way}`]);
    const scrolls = one.closest(".table-scroll, pre");
    const name = `${one.tagName.toLowerCase()}.${one.className} "${one.innerText.trim().slice(0, 30)}"`;
    if (clips("X") && one.scrollWidth > one.clientWidth + 1) found.push(`${name} is cut at its side`);
    if (clips("Y") && one.scrollHeight > one.clientHeight + 1) found.push(`${name} is cut below`);
    if (!scrolls && one.getBoundingClientRect().right > wide + 1) found.push(`${name} leaves the window`);
  }
  return found;
}"""

pytestmark = [pytest.mark.parametrize("size", ["wide"])]


def walk_to(tab: Tab, name: str, *, is_hit: bool = False) -> None:
    """Press Tab until the focus is on what is called so (a pattern); every stop on the way must be seen."""
    hidden = []
    for _ in range(MOST_STOPS):
        tab.page.keyboard.press("Tab")
        stop = tab.page.evaluate(FOCUS)
        if stop is None:
            continue
        if stop["line"] < LINE_PIXELS or not stop["isInView"]:
            hidden.append(f"{tab.path}: one does not see the focus on '{stop['name']}' ({stop['place']})")
        if re.search(name, stop["name"]) and stop["isInHits"] >= is_hit:
            nothing_in(hidden)
            return
    pytest.fail(f"{tab.path}: the keyboard does not come to '{name}'\n" + "\n".join(hidden))


def enter(tab: Tab, address: str) -> None:
    """Press Enter and wait for the page that opens, whose address fits a pattern."""
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_url(re.compile(address))


def test_from_a_question_to_the_newsletter(tab: Tab) -> None:
    """Search, a result, its theme, the page as PDF, and a form, without a pointer."""
    keyboard = tab.page.keyboard
    tab.open("/")
    expect(tab.page.get_by_label(re.compile("^Zoek in thema"))).to_be_focused()
    keyboard.type("gezinshereniging")
    enter(tab, r"/zoeken\?q=gezinshereniging$")

    walk_to(tab, r"^Rechtspraak \d")  # a filter, with its number of hits
    keyboard.press("Space")
    expect(tab.page).to_have_url(re.compile("soort=rechtspraak"))
    expect(tab.page.get_by_role("checkbox", name=re.compile("^Rechtspraak"))).to_be_focused()
    walk_to(tab, ".", is_hit=True)
    enter(tab, r"/rechtspraak/[a-z0-9-]+")

    theme = tab.page.get_by_role("main").locator("a[href^='/themas/']").first.inner_text()
    walk_to(tab, f"^{re.escape(theme)}$")
    enter(tab, "/themas/")
    walk_to(tab, "^Bewaar als pdf$")
    walk_to(tab, "^Nieuwsbrief$")
    enter(tab, "/nieuwsbrief$")

    walk_to(tab, "^E-mailadres")
    keyboard.type("geen adres")
    keyboard.press("Enter")
    expect(tab.page.get_by_role("alert").or_(tab.page.locator(".error-summary"))).to_be_visible()
    walk_to(tab, "^E-mailadres")
    tab.faults = [fault for fault in tab.faults if "status of 422" not in fault]  # what a form with a mistake answers


def test_from_signing_in_to_a_piece_of_advice(tab: Tab) -> None:
    keyboard = tab.page.keyboard
    tab.open("/aanmelden")
    keyboard.type(EMAILS[Role.JURIST])
    walk_to(tab, "^Wachtwoord$")
    keyboard.type(PASSWORD)
    walk_to(tab, "^Aanmelden$")
    enter(tab, "/helpdesk")

    walk_to(tab, "^Nieuw advies$")
    enter(tab, "/adviezen/nieuw")
    expect(tab.page.get_by_label("Vraag", exact=True)).to_be_focused()
    keyboard.type("Mag mijn partner werken?")
    for label, value in A_CALL.items():
        walk_to(tab, f"^{label}")
        keyboard.press("Control+A")
        keyboard.type(value)
    walk_to(tab, "^Bewaren$")
    enter(tab, r"/helpdesk/adviezen/\d+$")


def test_public_pages_read_at_twice_their_size(tab: Tab) -> None:
    """WCAG 1.4.4 and 1.4.10: the window enlarged twice, then only its letters; nothing is cut or lies outside."""
    found = []
    for address in [*pages_of(tab.site, "public"), "/zoeken?q=gezinshereniging", *WITH_PICTURES]:
        tab.page.set_viewport_size({"width": 640, "height": 450})
        tab.open(address)
        found += [f"{address} enlarged twice: {what}" for what in [*tab.sideways(), *tab.page.evaluate(CUT)]]
        tab.page.set_viewport_size({"width": 1280, "height": 900})
        tab.page.evaluate("document.documentElement.style.fontSize = '200%'")
        found += [
            f"{address} with letters twice as large: {what}" for what in [*tab.sideways(), *tab.page.evaluate(CUT)]
        ]

    nothing_in(found)


def test_the_map_by_keyboard(tab: Tab) -> None:
    """A frame would run over the neighbours, so the shape itself shows the focus."""
    tab.open("/per-provincie")
    stroke = "() => parseFloat(getComputedStyle(document.activeElement.querySelector('polygon')).strokeWidth)"
    places = tab.page.locator(".map__place")

    for number in range(places.count()):
        places.nth(number).focus()
        tab.page.keyboard.press("Tab")
        tab.page.keyboard.press("Shift+Tab")  # what the keyboard reached shows its focus
        assert tab.page.evaluate(stroke) >= 2 * LINE_PIXELS  # half of it lies under a neighbour
    tab.page.keyboard.press("Enter")

    expect(tab.page).to_have_url(re.compile(r"/per-provincie#brussel$"))
    expect(tab.page.get_by_role("heading", name="Brussel", exact=True)).to_be_in_viewport()
