"""An editor writes, a colleague approves, the public reads it and what stood there before."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from helpdesk.core.roles import Role
from helpdesk.texts.models import PublishedText, TextKind, TextVersion
from tests.browser.conftest import SECOND_EDITOR, Site, Tab, nothing_in, sign_in, type_before

TERMS = {"wide": "dvz", "phone": "rvv"}  # one for each size: what the other published stays
PASTED = """<html><body><h1>Wat het doet</h1><p class=MsoNormal>Een <b style="color:red">dienst</b> van de overheid.</p>
<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·</span>die beslist</p>
<script>alert(1)</script></body></html>"""


def make_old(site: Site, slug: str) -> None:
    """Let the text of a term be of March: what is published in this journey comes later."""
    with site.app.app_context(), site.app.extensions["sqlalchemy"].sessionmaker() as session:
        own = (PublishedText.kind == TextKind.LEXICON) & (PublishedText.slug == slug)
        query = select(TextVersion).join(PublishedText, PublishedText.id == TextVersion.text_id).where(own)
        for version in session.scalars(query):
            version.published_at = datetime(2026, 3, 1, tzinfo=UTC)
        session.commit()


def paste(page: Page, html: str) -> None:
    """Paste HTML where the cursor is, as Word puts it on the clipboard."""
    page.evaluate(
        """(html) => {
            const data = new DataTransfer();
            data.setData("text/html", html);
            data.setData("text/plain", "x");
            const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
            document.activeElement.dispatchEvent(event);
        }""",
        html,
    )


def change_user(tab: Tab, email: str) -> None:
    """Sign out and in again as someone else."""
    tab.page.get_by_role("button", name="Afmelden").click()
    sign_in(tab, Role.EDITOR, email=email)


def write_draft(tab: Tab, slug: str) -> None:
    """Paste, link, note and submit a change of a term, by keyboard where an editor would."""
    tab.open(f"/redactie/teksten/lexicon/{slug}")
    tab.page.get_by_role("button", name="Bewerken").click()
    body = tab.page.get_by_label("Tekst", exact=True)
    body.press("Control+End")
    body.press("Enter")
    body.press("Enter")
    paste(tab.page, PASTED)
    expect(body).to_have_value(re.compile(r"## Wat het doet\n\nEen \*\*dienst\*\* van de overheid\.\n\n- die beslist$"))
    body.press("Enter")
    body.press("Control+k")
    finder = tab.page.get_by_role("dialog", name="Link invoegen")
    expect(finder).to_be_visible()
    nothing_in(tab.barriers())
    tab.page.keyboard.type("inreisverbod")
    expect(finder.get_by_role("option").first).to_be_visible()
    tab.page.keyboard.press("Enter")
    expect(body).to_have_value(re.compile(r"\[Inreisverbod\]\(thema:inreisverbod\)$"))
    expect(tab.page.locator("#voorbeeld-tekst")).to_contain_text("Wat het doet")
    expect(tab.page.locator("[data-kept]")).to_contain_text("bijgehouden")
    tab.page.get_by_label("Wat verandert er, en waarom").fill("Wat de dienst doet, is toegevoegd.")
    tab.page.get_by_label(re.compile("^Inhoudelijk")).check()
    body.press("Control+s")
    expect(tab.page.get_by_text("Het ontwerp is bewaard.")).to_be_visible()
    nothing_in(tab.barriers())
    tab.keep_picture("text-write")
    tab.page.get_by_role("button", name="Bewaren en indienen").click()
    expect(tab.page.get_by_role("heading", name="Ontwerp: ter nazicht")).to_be_visible()
    expect(tab.page.get_by_role("button", name="Goedkeuren")).to_have_count(0)


class TestWriting:
    def test_a_draft_becomes_the_page_and_the_old_one_stays(self, tab: Tab) -> None:
        slug = TERMS[tab.size]
        make_old(tab.site, slug)
        sign_in(tab, Role.EDITOR)
        write_draft(tab, slug)

        change_user(tab, SECOND_EDITOR)
        tab.open("/redactie/teksten")
        expect(tab.page.get_by_role("heading", name="Goed te keuren")).to_be_visible()
        tab.open(f"/redactie/teksten/lexicon/{slug}")
        expect(tab.page.locator(".word-diff ins").first).to_contain_text("Wat het doet")
        nothing_in(tab.barriers())
        tab.keep_picture("text-approve")
        tab.page.get_by_role("button", name="Goedkeuren").click()
        tab.page.get_by_role("button", name="Nu publiceren").click()
        expect(tab.page.get_by_text("De tekst staat op de site.")).to_be_visible()

        tab.open(f"/lexicon/{slug}")
        expect(tab.page.get_by_role("heading", name="Wat het doet")).to_be_visible()
        tab.open(f"/lexicon/{slug}?op=2026-03-02")
        expect(tab.page.get_by_text("Dit is een oude versie (1)")).to_be_visible()
        expect(tab.page.get_by_role("heading", name="Wat het doet")).to_have_count(0)
        nothing_in(tab.barriers())
        tab.keep_picture("text-old-version")
        tab.page.get_by_role("link", name="Wat is er sindsdien veranderd?").click()
        expect(tab.page.locator(".word-diff ins").first).to_contain_text("toegevoegd:")
        nothing_in(tab.barriers())
        tab.keep_picture("text-difference")

    @pytest.mark.parametrize("size", ["wide"])
    def test_what_was_typed_is_there_again_and_a_colleague_is_told(self, tab: Tab) -> None:
        sign_in(tab, Role.EDITOR)
        tab.open("/redactie/teksten/lexicon/cgvs")
        tab.page.get_by_role("button", name="Bewerken").click()
        tab.page.get_by_label("Titel").fill("Half getypt")
        expect(tab.page.locator("[data-kept]")).to_contain_text("bijgehouden")
        tab.open("/redactie/teksten/lexicon/cgvs/ontwerp")
        expect(tab.page.get_by_label("Titel")).to_have_value("Half getypt")

        change_user(tab, SECOND_EDITOR)
        tab.open("/redactie/teksten/lexicon/cgvs/ontwerp")

        expect(tab.page.get_by_text("Ook Proef redacteur heeft deze tekst open.")).to_be_visible()

    @pytest.mark.parametrize("size", ["wide"])
    def test_what_was_typed_before_the_scripts_came_is_kept(self, tab: Tab) -> None:
        sign_in(tab, Role.EDITOR)
        tab.open("/redactie/teksten/lexicon/apostille")
        tab.page.get_by_role("button", name="Bewerken").click()
        expect(tab.page.get_by_label("Titel")).to_have_value("Apostille")
        type_before(tab, "text-form", "#title", "Vroeg getypt")

        expect(tab.page.locator("[data-kept]")).to_contain_text("bijgehouden")
        tab.open("/redactie/teksten/lexicon/apostille/ontwerp")
        expect(tab.page.get_by_label("Titel")).to_have_value("Vroeg getypt")

    @pytest.mark.parametrize("size", ["wide"])
    @pytest.mark.parametrize("has_scripts", [False], ids=["no scripts"])
    def test_one_writes_without_scripts(self, tab: Tab) -> None:
        sign_in(tab, Role.EDITOR)
        tab.open("/redactie/teksten/nieuw")
        tab.page.get_by_label("Begrip").check()
        tab.page.get_by_label("Titel").fill("Zonder scripts")
        tab.page.get_by_role("button", name="Begin te schrijven").click()
        tab.page.get_by_label("Samenvatting").fill("Een proef.")
        tab.page.get_by_label("Tekst", exact=True).fill("## Een titel\n\nEen [link](lexicon:rvv).")
        tab.page.get_by_role("button", name="Toon het voorbeeld").click()
        expect(tab.page.locator("#voorbeeld-tekst").get_by_role("heading", name="Een titel")).to_be_visible()

        tab.page.get_by_role("button", name="Bewaren", exact=True).click()

        expect(tab.page.get_by_text("Vink minstens één thema aan.")).to_be_visible()
