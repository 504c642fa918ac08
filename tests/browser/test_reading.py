"""Reading a long page: the contents follow, headings and pages are passed on, all by keyboard."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Tab

PAGE = "/themas/verblijfsrecht/internationale-bescherming/ib-procedure"


@pytest.mark.parametrize("size", ["wide"])
def test_the_contents_stay_in_view_and_say_where_one_is(tab: Tab) -> None:
    tab.open(PAGE)
    contents = tab.page.get_by_role("navigation", name="Op deze pagina")
    current = contents.locator('[aria-current="location"]')
    expect(current).to_have_text("In het kort")

    tab.page.locator("#het-gesprek-bij-het-cgvs").evaluate("heading => heading.scrollIntoView()")

    expect(current).to_have_text("Het gesprek bij het CGVS")
    expect(contents).to_be_in_viewport()


def test_the_address_of_a_heading_is_copied_by_keyboard(tab: Tab) -> None:
    tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.open(PAGE)
    button = tab.page.get_by_role("button", name="Kopieer link naar: Hoe lang duurt het?")
    button.focus()
    button.press("Enter")

    expect(tab.page.get_by_role("status").filter(has_text="Gekopieerd")).to_be_visible()
    copied = tab.page.evaluate("navigator.clipboard.readText()")
    assert re.fullmatch(rf"https?://.+{PAGE}#hoe-lang-duurt-het", copied)


@pytest.mark.parametrize("has_scripts", [False], ids=["no scripts"])
def test_without_scripts_the_page_is_kept_and_mailed(tab: Tab) -> None:
    tab.open(PAGE)
    tools = tab.page.get_by_role("list", name="Bewaren en delen").get_by_role("link")

    expect(tools).to_have_text(["Bewaar als pdf", "Mail deze pagina"])
    expect(tab.page.get_by_role("img", name=re.compile("7 stappen"))).to_be_visible()
