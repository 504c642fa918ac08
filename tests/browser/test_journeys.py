"""What people come for, from the first page to the answer, at a desk and on a phone."""

import re
from typing import ClassVar

import pytest
from playwright.sync_api import expect

from helpdesk.core.roles import Role
from tests.browser.conftest import A_CALL, Tab, nothing_in, sign_in, type_before


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
        tab.page.wait_for_load_state()  # before that no script hears a key
        box = tab.page.get_by_role("main").get_by_label(re.compile("^Zoek in thema"))
        box.press("End")  # whoever comes to the box gets the suggestions
        expect(tab.page.get_by_role("main").get_by_role("combobox", name=re.compile("^Zoek in thema"))).to_be_focused()

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


class TestReferences:
    @pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "no scripts"])
    def test_one_goes_from_a_theme_by_its_article_to_a_ruling_and_who_cites_it(self, tab: Tab) -> None:
        """Theme page, article, ruling, cited by, export: the three worlds are one."""
        tab.open("/themas/verblijfsrecht/gezinshereniging/gh-belg")
        main = tab.page.get_by_role("main")
        main.locator("a.reference[href='/wetgeving/vw/40ter']").first.click()
        expect(tab.page.get_by_role("heading", level=1)).to_have_text("Artikel 40ter Vw.")
        tab.keep_picture("article")

        main.locator("a[href='/rechtspraak/gwh-2019-10-24-149-2019']").first.click()
        expect(tab.page).to_have_url(re.compile("/rechtspraak/gwh-2019-10-24-149-2019"))
        cited_by = tab.page.get_by_role("region", name="Aangehaald door")
        expect(cited_by.get_by_role("link").first).to_be_visible()
        tab.keep_picture("ruling-cited-by")

        with tab.page.expect_download() as download:
            main.get_by_role("link", name=re.compile("RIS")).first.click()
        assert "GwH 24 oktober 2019" in download.value.path().read_text("utf-8")
        cited_by.get_by_role("link").first.click()
        expect(tab.page).to_have_url(re.compile("/(themas|nieuws|lexicon|rechtspraak)/"))

    def test_one_lets_a_letter_be_read(self, tab: Tab) -> None:
        tab.open("/brieflezer")
        tab.page.get_by_label("Tekst van de brief").fill(
            "Weigering op grond van artikel 40ter Vw. en artikel 8 EVRM, bijlage 20."
        )
        tab.page.get_by_role("button", name="Lees de brief").click()

        expect(tab.page.get_by_role("heading", name="Wat er in de brief staat")).to_be_visible()
        expect(tab.page.get_by_role("link", name="art. 40ter Vw.", exact=True)).to_be_visible()
        nothing_in(tab.barriers())
        tab.keep_picture("letter")


class TestAdvice:
    def test_a_jurist_signs_in_and_records_an_advice(self, tab: Tab) -> None:
        sign_in(tab, Role.JURIST)
        tab.open("/helpdesk/adviezen/nieuw")
        form = tab.page.get_by_role("main")
        form.get_by_label("Vraag", exact=True).fill("Mag mijn partner werken?")
        for label, value in A_CALL.items():
            form.get_by_label(label, exact=True).fill(value)
        tab.keep_picture("advice-form")

        form.get_by_role("button", name="Bewaren", exact=True).click()

        expect(tab.page).to_have_url(re.compile(r"/helpdesk/adviezen/\d+$"))
        expect(tab.page.get_by_role("main")).to_contain_text("Mag mijn partner werken?")
        nothing_in(tab.barriers())
        tab.keep_picture("advice")
        for name, word in (("advice-correct", "Verbeteren"), ("advice-propose", "Voorstel aan de redactie")):
            tab.page.get_by_role("main").get_by_role("link", name=word, exact=True).click()
            expect(tab.page.get_by_role("heading", level=1)).not_to_have_text(re.compile(r"^Advies \d+$"))
            nothing_in(tab.barriers())
            tab.keep_picture(name)
            tab.page.go_back()

    @pytest.mark.parametrize("size", ["wide"])
    def test_a_call_is_logged_by_keyboard_in_at_most_25_keystrokes_besides_the_text(self, tab: Tab) -> None:
        """Every key counts, those that are held down too; a first call, without the help of one before."""
        sign_in(tab, Role.JURIST)
        tab.open("/helpdesk/adviezen/nieuw")
        keyboard, pressed = tab.page.keyboard, 0

        def press(*keys: str) -> None:
            nonlocal pressed
            for key in keys:
                pressed += len(key.split("+"))
                keyboard.press(key)

        keyboard.type("Kan een vreemdeling met een bevel om het grondgebied te verlaten nog werken?")
        expect(tab.page.locator('[aria-keyshortcuts="Alt+1"]')).to_be_visible()
        press("Alt+1", "Tab", "Tab", "Tab")
        press("4", "Tab", "M", "A", "Tab", "Tab")
        keyboard.type("Neen, zonder wettig verblijf niet.")
        press("Tab", "1")
        while tab.page.evaluate("document.activeElement.id") != "caller_category":  # own answers of before are a stop
            press("Tab")
        press("1", "Tab", "1", "Tab", "1")
        press("Control+Enter")

        expect(tab.page.locator(".message")).to_have_text(re.compile(r"Advies \d+ is bewaard\."))
        expect(tab.page.get_by_label("Vraag", exact=True)).to_be_focused()
        expect(tab.page.get_by_label("Vraag", exact=True)).to_have_value("")
        assert pressed <= 25, pressed

    @pytest.mark.parametrize("size", ["wide"])
    def test_what_one_types_stands_in_another_window_without_sending(self, tab: Tab) -> None:
        """Nothing was sent by hand: a browser that is closed loses nothing."""
        sign_in(tab, Role.JURIST)
        tab.open("/helpdesk/adviezen/nieuw")
        tab.page.keyboard.type("Een vraag die niet verloren mag gaan")
        expect(tab.page.locator("[data-draft-state]")).to_have_text(re.compile("^Ontwerp bewaard"))

        tab.open("/helpdesk/adviezen/ontwerpen")
        tab.page.get_by_role("link", name="Een vraag die niet verloren mag gaan").click()

        expect(tab.page.get_by_label("Vraag", exact=True)).to_have_value("Een vraag die niet verloren mag gaan")

    @pytest.mark.parametrize("size", ["wide"])
    def test_what_was_typed_before_the_scripts_came_is_kept(self, tab: Tab) -> None:
        sign_in(tab, Role.JURIST)
        tab.open("/helpdesk/adviezen/nieuw")
        type_before(tab, "advice-draft", "#question", "Op een trage lijn getypt")
        expect(tab.page.locator("[data-draft-state]")).to_have_text(re.compile("^Ontwerp bewaard"))

        tab.open("/helpdesk/adviezen/ontwerpen")
        expect(tab.page.get_by_role("link", name="Op een trage lijn getypt")).to_be_visible()

    @pytest.mark.parametrize("size", ["wide"])
    def test_a_trace_of_a_person_is_replaced_with_one_click(self, tab: Tab) -> None:
        sign_in(tab, Role.JURIST)
        tab.open("/helpdesk/adviezen/nieuw")
        tab.page.keyboard.type("Mevr. Peeters kreeg een bevel om het grondgebied te verlaten")
        tab.page.get_by_role("button", name="Vervang Mevr. Peeters door moeder").click()

        question = tab.page.get_by_label("Vraag", exact=True)
        expect(question).to_have_value("moeder kreeg een bevel om het grondgebied te verlaten")
        expect(tab.page.get_by_role("heading", name="Wijst dit iemand aan?")).to_be_hidden()
        nothing_in(tab.barriers())
        tab.keep_picture("advice-assist")

    @pytest.mark.parametrize("size", ["wide"])
    def test_a_source_is_attached_and_named_at_the_cursor_with_one_key(self, tab: Tab) -> None:
        sign_in(tab, Role.JURIST)
        tab.open("/helpdesk/adviezen/nieuw")
        tab.page.keyboard.type("Kan hij nog gezinshereniging vragen met een Belg?")
        expect(tab.page.locator('[aria-keyshortcuts="Alt+4"]')).to_be_visible()
        answer = tab.page.get_by_label("Antwoord", exact=True)
        answer.focus()
        tab.page.keyboard.type("Ja.")
        tab.page.keyboard.press("Alt+4")

        dated = r"\(geraadpleegd op \d\d-\d\d-\d{4}\)"
        expect(answer).to_have_value(re.compile(rf"^Ja\. Zie ‘.+’, http.+/themas/.+ {dated}\.$"))
        expect(tab.page.get_by_role("heading", name="Bijgevoegd")).to_be_visible()

    def test_a_form_with_mistakes_says_what_to_do(self, tab: Tab) -> None:
        sign_in(tab, Role.JURIST)
        tab.open("/helpdesk/adviezen/nieuw")

        tab.page.get_by_role("main").get_by_role("button", name="Bewaren", exact=True).click()

        expect(tab.page.get_by_role("main")).to_contain_text("Schrijf de vraag op.")
        nothing_in(tab.barriers())
        tab.keep_picture("advice-mistakes")
        tab.faults = [fault for fault in tab.faults if "status of 422" not in fault]  # what the form answers


class TestRulings:
    NUMBERS: ClassVar = {"wide": "269.991", "phone": "269.992"}

    def test_an_editor_adds_a_ruling_by_keyboard_and_finds_it(self, tab: Tab) -> None:
        """The chain is read while typing, the warning about a person is answered, and the search knows the ruling."""
        number = self.NUMBERS[tab.size]
        sign_in(tab, Role.EDITOR)
        tab.open(f"/redactie/uitspraken/nieuw?hof=RVV&nummer={number}&datum=2022-03-14")
        keyboard = tab.page.keyboard
        self.reach(tab, "#keywords")
        keyboard.type("BGV - openbare orde - art. 74/13 Vw. - knikkerverbod - verwerping")
        expect(tab.page.locator("#ontleding .parsed__kind")).to_have_text(
            ["onderwerp", "feit", "artikel", "redenering", "uitkomst"]
        )
        self.reach(tab, "#ontleding [data-take-outcome]")
        keyboard.press("Enter")
        expect(tab.page.get_by_label("Uitkomst", exact=True)).to_have_value("dismissed")
        self.reach(tab, "#themes-search")
        keyboard.type("Bevel om het grondgebied")
        self.reach(tab, "#themes-bgv")
        keyboard.press("Space")
        self.reach(tab, "#summary")
        keyboard.type("Mevrouw Amina Voorbeeld mag niet knikkeren; haar beroep is verworpen.")
        self.reach(tab, "button[value=publiceren]")
        self.look_at(tab, "ruling-form")
        keyboard.press("Enter")

        expect(tab.page.locator(".traces mark")).to_have_text("Mevrouw Amina Voorbeeld")
        self.look_at(tab, "ruling-persons")
        self.reach(tab, "#privacy_answer-0")
        keyboard.press("ArrowDown")
        self.reach(tab, "#privacy_reason")
        keyboard.type("Het hof publiceert deze naam zelf.")
        self.reach(tab, "button[value=publiceren]")
        keyboard.press("Enter")

        expect(tab.page.get_by_role("main")).to_contain_text("De uitspraak is bewaard en staat op de site.")
        tab.open("/zoeken?q=knikkerverbod")
        expect(
            tab.page.get_by_role("main").get_by_role("link", name=re.compile(number.replace(".", r"\.")))
        ).to_be_visible()
        tab.faults = [fault for fault in tab.faults if "status of 422" not in fault]  # what the form answers

    @staticmethod
    def reach(tab: Tab, selector: str) -> None:
        """Press Tab until the focus is there."""
        wanted = tab.page.locator(selector)
        for _ in range(400):
            if wanted.evaluate("element => element === document.activeElement"):
                return
            tab.page.keyboard.press("Tab")
        pytest.fail(f"{selector} cannot be reached with the Tab key")

    @staticmethod
    def look_at(tab: Tab, name: str) -> None:
        """Ask axe, at this size and at 320 pixels."""
        size = tab.page.viewport_size
        assert size is not None
        nothing_in(tab.barriers())
        tab.keep_picture(name)
        tab.page.set_viewport_size({"width": 320, "height": 640})
        nothing_in(tab.barriers())
        tab.page.set_viewport_size(size)
