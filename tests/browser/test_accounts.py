"""Accounts in a real browser: the app with codes, and a passkey with Chromium's own virtual authenticator."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pyotp
import pytest
from playwright.sync_api import Page, expect

from helpdesk.accounts import actions as accounts
from helpdesk.core.roles import Role
from tests.browser.conftest import Site, Tab, nothing_in
from tests.conftest import PASSWORD


@pytest.fixture
def newcomer(site: Site, size: str, request: pytest.FixtureRequest) -> str:
    """The address of a coordinator of this test alone, who is no demo and so needs a second step."""
    email = f"{request.node.originalname}-{size}@example.org".replace("_", "-")
    with site.app.app_context(), site.app.extensions["sqlalchemy"].sessionmaker() as session:
        accounts.add_user(
            session,
            email=email,
            display_name="Proef nieuweling",
            password=PASSWORD,
            roles=[Role.COORDINATOR],
            now=datetime.now(UTC),
        )
        session.commit()
    return email


@pytest.fixture
def by_name(tab: Tab) -> Iterator[Tab]:
    """The tab at the name of this machine: browsers know passkeys for names only."""
    before, tab.site = (
        tab.site,
        Site(address=tab.site.address.replace("127.0.0.1", "localhost"), app=tab.site.app, samples=tab.site.samples),
    )
    yield tab
    tab.site = before


def sign_in_as(tab: Tab, email: str) -> None:
    tab.open("/aanmelden")
    main = tab.page.get_by_role("main")
    main.get_by_label("E-mailadres").fill(email)
    main.get_by_label("Wachtwoord").fill(PASSWORD)
    main.get_by_role("button", name="Aanmelden").click()


def sign_out(tab: Tab) -> None:
    tab.page.get_by_role("button", name="Afmelden").click()
    expect(tab.page).to_have_url(tab.site.address + "/")


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def test_one_sets_up_an_app_and_signs_in_with_its_code(tab: Tab, newcomer: str) -> None:
    """Who must have a second step is led to it, gets recovery codes once, and signs in with a code."""
    page = tab.page
    sign_in_as(tab, newcomer)
    heading(page, "Tweede stap bij het aanmelden")
    tab.keep_picture("second-factor")
    nothing_in(tab.barriers())
    page.get_by_role("link", name="Een app instellen").click()
    heading(page, "Een app instellen")
    tab.keep_picture("second-factor-app")
    nothing_in(tab.barriers())
    key = page.locator("main code").evaluate("shown => shown.firstChild.textContent")
    totp = pyotp.TOTP(str(key).replace(" ", "").strip())
    page.get_by_label("Code van zes cijfers").fill(totp.at(datetime.now(UTC), counter_offset=-1))
    page.get_by_role("button", name="App instellen").click()
    heading(page, "Je herstelcodes")
    tab.keep_picture("recovery-codes")
    nothing_in(tab.barriers())
    code = page.locator("main code").first.inner_text()
    page.get_by_role("link", name="Ik heb ze bewaard").click()
    heading(page, "Mijn account")
    tab.keep_picture("account")
    nothing_in(tab.barriers())

    sign_out(tab)
    sign_in_as(tab, newcomer)
    heading(page, "Tweede stap")
    tab.keep_picture("second-step")
    nothing_in(tab.barriers())
    page.get_by_label("Code").fill(totp.now())
    page.get_by_role("button", name="Aanmelden").click()
    expect(page).to_have_url(re.compile("/helpdesk/"))

    sign_out(tab)
    sign_in_as(tab, newcomer)
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Aanmelden").click()
    expect(page).to_have_url(re.compile("/helpdesk/"))


def test_one_makes_a_passkey_and_signs_in_without_a_password(by_name: Tab, newcomer: str) -> None:
    tab, page = by_name, by_name.page
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    sign_in_as(tab, newcomer)
    page.get_by_role("link", name="Een passkey maken").click()
    heading(page, "Een passkey maken")
    tab.keep_picture("passkey")
    nothing_in(tab.barriers())
    page.get_by_label("Naam").fill("mijn laptop")
    page.get_by_role("button", name="Passkey maken").click()
    heading(page, "Je herstelcodes")
    page.get_by_role("link", name="Ik heb ze bewaard").click()
    page.get_by_role("link", name=re.compile("^Instellen")).click()
    expect(page.get_by_role("table")).to_contain_text("mijn laptop")
    tab.keep_picture("second-factor-held")
    nothing_in(tab.barriers())

    sign_out(tab)
    tab.open("/aanmelden/passkey")
    tab.keep_picture("passkey-sign-in")
    nothing_in(tab.barriers())
    page.get_by_role("button", name="Gebruik je passkey").click()
    expect(page).to_have_url(re.compile("/helpdesk/"))

    sign_out(tab)
    sign_in_as(tab, newcomer)
    heading(page, "Tweede stap")
    page.get_by_role("button", name="Gebruik je passkey").click()
    expect(page).to_have_url(re.compile("/helpdesk/"))


@pytest.mark.parametrize("has_scripts", [False])
@pytest.mark.parametrize("size", ["wide"])
def test_without_scripts_a_page_says_that_passkeys_need_them(by_name: Tab) -> None:
    by_name.open("/aanmelden/passkey")

    expect(by_name.page.get_by_role("status")).to_have_text("Zonder scripts kan een browser geen passkey gebruiken.")
