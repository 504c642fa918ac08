"""Texts that live: a way through questions, terms that explain themselves, an amount that changes everywhere."""

import re

import pytest
from playwright.sync_api import expect

from helpdesk.core.clock import brussels_date, now
from helpdesk.core.roles import Role
from tests.browser.conftest import Tab, nothing_in, sign_in


class TestPathway:
    @pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "no scripts"])
    def test_one_answers_by_keyboard_and_changes_an_answer(self, tab: Tab) -> None:
        tab.open("/wegwijzer/gezinshereniging")
        for answer in ("Een Belg", "Nee", re.compile("^Zijn kind")):
            tab.page.get_by_role("link", name=answer).focus()
            tab.page.keyboard.press("Enter")
            tab.page.wait_for_load_state()
        expect(tab.page.get_by_role("heading", level=1)).to_contain_text("Met een Belg")
        tab.keep_picture("pathway")

        tab.page.get_by_role("link", name=re.compile("^Wijzig je antwoord op: Woonde")).click()

        expect(tab.page).to_have_url(re.compile("/wegwijzer/gezinshereniging/belg$"))

    def test_paper_shows_the_choices_and_no_way_to_change_them(self, tab: Tab) -> None:
        tab.open("/wegwijzer/gezinshereniging/belg/nee/kind")
        tab.page.emulate_media(media="print")

        expect(tab.page.get_by_text("Zijn kind of dat van zijn partner")).to_be_visible()
        expect(tab.page.get_by_text("Wijzig", exact=True).first).to_be_hidden()

    def test_no_step_keeps_anyone_out(self, tab: Tab) -> None:
        found = []
        for path in ("", "/belg", "/belg/nee/kind"):
            tab.open(f"/wegwijzer/gezinshereniging{path}")
            found += tab.barriers()

        nothing_in(found)


class TestTerms:
    PAGE = "/themas/verblijfsrecht/gezinshereniging/gh-belg"

    def test_a_term_explains_itself_with_the_focus_and_leaves_with_escape(self, tab: Tab) -> None:
        tab.open(self.PAGE)
        link = tab.page.locator("a.term").first
        bubble = tab.page.locator(".explanation")

        link.focus()
        expect(bubble).to_be_visible()
        described_by = link.get_attribute("aria-describedby")
        assert bubble.inner_text() == tab.page.locator(f"#{described_by}").text_content()
        nothing_in(tab.barriers())
        tab.keep_picture("term")

        tab.page.keyboard.press("Escape")
        expect(bubble).to_be_hidden()
        expect(link).to_be_focused()

    @pytest.mark.parametrize("has_scripts", [False], ids=["no scripts"])
    def test_without_scripts_the_link_leads_to_the_explanation_and_paper_shows_it(self, tab: Tab) -> None:
        tab.open(self.PAGE)
        tab.page.emulate_media(media="print")
        expect(tab.page.locator(".explained")).to_be_visible()
        tab.page.emulate_media(media="screen")

        tab.page.locator("a.term").first.click()

        expect(tab.page).to_have_url(re.compile("/lexicon/"))


class TestAmounts:
    @pytest.mark.parametrize("size", ["wide"])
    def test_one_edit_changes_the_page_that_shows_the_amount(self, tab: Tab) -> None:
        sign_in(tab, Role.EDITOR)
        tab.open("/redactie/bedragen")
        tab.page.get_by_role("link", name=re.compile("^Nieuw bedrag toevoegen: .*vanaf 12 jaar")).click()
        expect(tab.page.get_by_role("link", name="Visum C")).to_be_visible()
        tab.page.get_by_label("Nieuw bedrag").fill("95,50")
        tab.page.get_by_label("Geldig vanaf").fill(brussels_date(now()).isoformat())
        tab.page.get_by_label("Bron", exact=True).fill("Verordening van vandaag")
        tab.keep_picture("amount")
        tab.page.get_by_role("button", name="Bewaren").click()

        expect(tab.page.get_by_text("1 pagina is meteen aangepast")).to_be_visible()
        tab.open("/lexicon/visum-c")
        tab.page.get_by_role("link", name="95,50 euro").click()
        expect(tab.page).to_have_url(re.compile("/bedragen#visum-c$"))
