"""What people come for, from the first page to the answer, at a desk and on a phone."""

import re

import pytest
from playwright.sync_api import expect

from helpdesk.core.roles import Role
from tests.browser.conftest import Tab, nothing_in, sign_in


class TestSearch:
    @pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "no scripts"])
    def test_one_searches_and_opens_a_ruling(self, tab: Tab) -> None:
        """Everything works without scripts too."""
        tab.open("/")
        tab.keep_picture("home")
        box = tab.page.get_by_role("main").get_by_label(re.compile("^Zoek in thema"))
        box.fill("gezinshereniging bestaansmiddelen")
        box.press("Enter")

        expect(tab.page).to_have_url(re.compile(r"/zoeken\?.*q=gezinshereniging"))
        tab.keep_picture("search")
        ruling = tab.page.get_by_role("main").locator("a[href^='/rechtspraak/']").first
        title = ruling.inner_text()
        ruling.click()

        expect(tab.page).to_have_url(re.compile(r"/rechtspraak/[a-z0-9-]+"))
        expect(tab.page.get_by_role("heading", level=1)).to_be_visible()
        assert title
        tab.keep_picture("ruling")

    def test_enter_asks_once(self, tab: Tab) -> None:
        """Typing once sent the question twice: as a form, and by the script that follows the filters."""
        tab.open("/zoeken?q=gezinshereniging")
        asked: list[str] = []
        tab.page.on("request", lambda request: asked.append(request.url) if "/zoeken?" in request.url else None)
        box = tab.page.get_by_role("main").get_by_label(re.compile("^Zoek in thema"))
        box.fill("inreisverbod")
        box.press("Enter")

        expect(tab.page.get_by_role("heading", level=1)).to_have_text("Zoeken naar inreisverbod")
        assert len(asked) == 1

    @pytest.mark.parametrize("size", ["wide"])
    def test_a_filter_asks_with_the_words_in_the_box(self, tab: Tab) -> None:
        """The title follows the words, the number is told, and the keyboard stays where it was."""
        tab.open("/zoeken?q=gezinshereniging")
        tab.page.get_by_role("main").get_by_label(re.compile("^Zoek in thema")).fill("inreisverbod")
        box = tab.page.get_by_role("checkbox", name=re.compile("^Rechtspraak"))
        box.press("Space")

        expect(tab.page).to_have_url(re.compile(r"q=inreisverbod&soort=rechtspraak"))
        expect(tab.page.get_by_role("heading", level=1)).to_have_text("Zoeken naar inreisverbod")
        expect(tab.page.get_by_role("checkbox", name=re.compile("^Rechtspraak"))).to_be_focused()
        count = tab.page.locator(".results__count").inner_text()
        expect(tab.page.locator("#aantal-resultaten")).to_have_text(count)

        tab.page.get_by_label("Volgorde").select_option("nieuwste")
        expect(tab.page).to_have_url(re.compile(r"q=inreisverbod&soort=rechtspraak.*sorteer=nieuwste"))

        tab.page.evaluate("history.go(-2)")
        expect(tab.page.get_by_role("heading", level=1)).to_have_text("Zoeken naar gezinshereniging")
        expect(tab.page.get_by_role("main").get_by_role("combobox", name=re.compile("^Zoek in thema"))).to_be_visible()

    def test_a_number_leads_straight_to_its_ruling(self, tab: Tab) -> None:
        slug = tab.site.samples["public.show_ruling"]["slug"]
        number = str(tab.site.samples["public.find_by_number"]["number"])

        tab.open("/zoeken?q=" + number)

        expect(tab.page.get_by_role("main").locator(f"a[href^='/rechtspraak/{slug}']").first).to_be_visible()

    def test_nothing_found_is_no_dead_end(self, tab: Tab) -> None:
        tab.open("/zoeken?q=xqzwvbk")

        expect(tab.page.get_by_role("main").get_by_role("link").first).to_be_visible()
        tab.keep_picture("search-nothing")


class TestThemes:
    def test_one_browses_to_a_theme_page(self, tab: Tab) -> None:
        path = str(tab.site.samples["public.show_theme"]["path"])
        tab.open("/themas")
        tab.keep_picture("themes")

        steps = path.split("/")
        for depth in range(1, len(steps) + 1):
            address = "/themas/" + "/".join(steps[:depth])
            link = tab.page.get_by_role("main").locator(f"a[href='{address}']:visible").first
            link.click()
            expect(tab.page).to_have_url(tab.site.address + address)

        trail = tab.page.get_by_role("navigation").locator("a[href='/themas']").first
        expect(trail).to_be_visible()
        expect(tab.page.get_by_role("heading", level=1)).to_be_visible()
        tab.keep_picture("theme")

    def test_one_reaches_every_part_with_the_keyboard(self, tab: Tab) -> None:
        """The first stop of the Tab key is a link that jumps past the menu."""
        tab.open("/lexicon")

        tab.page.keyboard.press("Tab")
        tab.page.keyboard.press("Enter")

        target = tab.path.removeprefix("/lexicon#")
        expect(tab.page.locator(f"main#{target}, main #{target}").first).to_be_visible()


class TestAdvice:
    def test_a_jurist_signs_in_and_records_an_advice(self, tab: Tab) -> None:
        sign_in(tab, Role.JURIST)
        tab.open("/helpdesk/adviezen/nieuw")
        form = tab.page.get_by_role("main")
        form.get_by_label("Vraag", exact=True).fill("Mag mijn partner werken?")
        typed = {
            "Hoofdthema": "gezinshereniging",
            "Verblijfssituatie": "4",
            "Nationaliteit": "marok",
            "Uitkomst": "2",
            "Categorie": "1",
            "Sector": "wel",
            "Regio": "limb",
            "Bestede tijd in minuten": "12",
        }
        for label, value in typed.items():
            form.get_by_label(label, exact=True).fill(value)
        tab.keep_picture("advice-form")

        form.get_by_role("button", name="Bewaren", exact=True).click()

        expect(tab.page).to_have_url(re.compile(r"/helpdesk/adviezen/\d+$"))
        expect(tab.page.get_by_role("main")).to_contain_text("Mag mijn partner werken?")
        tab.keep_picture("advice")

    def test_a_form_with_mistakes_says_what_to_do(self, tab: Tab) -> None:
        sign_in(tab, Role.JURIST)
        tab.open("/helpdesk/adviezen/nieuw")

        tab.page.get_by_role("main").get_by_role("button", name="Bewaren", exact=True).click()

        expect(tab.page.get_by_role("main")).to_contain_text("Schrijf de vraag op.")
        nothing_in(tab.barriers())
        tab.keep_picture("advice-mistakes")
        tab.faults = [fault for fault in tab.faults if "status of 422" not in fault]  # what the form answers
