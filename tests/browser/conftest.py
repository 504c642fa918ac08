"""A real browser against a real server with the shipped content. Opt-in: `pytest -m browser` or `make browser`."""

import logging
import os
import re
import shutil
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    Route,
    expect,
    sync_playwright,
)
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from helpdesk.accounts import actions as accounts
from helpdesk.app import create_app
from helpdesk.cli import main
from helpdesk.core.roles import Role
from helpdesk.core.vocabulary import Vocabulary
from tests.addresses import sample_values
from tests.conftest import EMAILS, PASSWORD, settings_for

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--headless=new",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-dev-shm-usage",
]
SIZES: Mapping[str, tuple[int, int]] = {"wide": (1280, 900), "phone": (375, 812)}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
ONLY_WHAT_IS_WRONG = {"resultTypes": ["violations"]}  # axe then spends no time on telling what is right
RULES = {  # 24 pixels of target, which axe leaves out unless asked
    "runOnly": WCAG,
    "rules": {"target-size": {"enabled": True}},
    **ONLY_WHAT_IS_WRONG,
}
# what another choice of colours or of width can break; the rest of a page is the same
RULES_OF_COLOUR = {"runOnly": ["color-contrast", "link-in-text-block", "target-size"], **ONLY_WHAT_IS_WRONG}
SCREENSHOTS = Path(__file__).parent / "screenshots"
PATIENCE_MS = 30_000  # other tests run beside these
expect.set_options(timeout=PATIENCE_MS)
SECOND_EDITOR = "eindredacteur@voorbeeld.test"
A_CALL = {
    "Hoofdthema": "gezinshereniging",
    "Verblijfssituatie": "4",
    "Nationaliteit": "marok",
    "Uitkomst": "2",
    "Categorie": "1",
    "Sector": "wel",
    "Regio": "limb",
    "Bestede tijd in minuten": "12",
}
"""What a jurist types for a call, as codes and the beginnings of words, by label."""


def nothing_in(found: list[str]) -> None:
    """Fail with every line of what was found."""
    if found:
        pytest.fail("\n".join(found), pytrace=False)


@dataclass(frozen=True)
class Site:
    """The site as served, with addresses that exist on it."""

    address: str
    app: Flask
    samples: Mapping[str, Mapping[str, object]]


@dataclass
class Tab:
    """One tab of the browser. What went wrong in it is kept and refused at the end of the test."""

    page: Page
    site: Site
    size: str
    faults: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Visit an address of the site; a server error fails at once."""
        answer = self.page.goto(self.site.address + path)
        if answer is not None and answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            pytest.fail(f"{path} answered {answer.status}")

    @property
    def path(self) -> str:
        """The address the tab shows, without the site."""
        return self.page.url.removeprefix(self.site.address)

    def keep_picture(self, name: str) -> None:
        """Keep a picture of the whole page, for people to look at."""
        SCREENSHOTS.mkdir(exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}-{self.size}.png", full_page=True)

    def barriers(self) -> list[str]:
        """Return what keeps someone out of this page: WCAG 2.2 A and AA, in light and dark, and sideways scrolling."""
        found = self._violations("light", RULES)
        if self.size != "wide":
            return found + self.sideways()  # colours are the same at every width
        self.page.emulate_media(color_scheme="dark")
        found += self._violations("dark", RULES_OF_COLOUR)
        self.page.emulate_media(color_scheme="light")
        return found + self.sideways()

    def barriers_when_enlarged(self) -> list[str]:
        """Return what keeps someone out who enlarges four times and has chosen colours of their own."""
        self.page.emulate_media(forced_colors="active")
        found = self._violations("forced colours", RULES_OF_COLOUR)
        self.page.emulate_media(forced_colors="none")
        return found + self.sideways()

    def _violations(self, colours: str, rules: Mapping[str, object]) -> list[str]:
        found = []
        for violation in Axe().run(self.page, options=rules).response["violations"]:
            places = "; ".join(" ".join(node["target"]) for node in violation["nodes"][:4])
            why = violation["nodes"][0]["failureSummary"].replace("\n", " ")[:300]
            found.append(f"{self.path} ({self.size}, {colours}) {violation['id']}: {places}: {why}")
        return found

    def sideways(self) -> list[str]:
        """Return by how much the page is wider than its window, if it is."""
        wider = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return [f"{self.path} ({self.size}) scrolls {wider} px sideways"] if wider > 0 else []


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, vocabulary: Vocabulary) -> Iterator[Site]:
    """The site with the shipped content and one account per role and a second editor, served on a free port."""
    app = create_app(settings_for(tmp_path_factory.mktemp("site")))
    done = app.test_cli_runner().invoke(main, ["init"])
    if done.exit_code:
        pytest.fail(f"helpdesk init failed: {done.output}\n{done.exception!r}")
    with app.app_context(), app.extensions["sqlalchemy"].sessionmaker() as session:
        _add_accounts(session)
        samples = sample_values(session, vocabulary)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # each file fetched would bury what went wrong
    server = make_server("127.0.0.1", 0, app, threaded=True)
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    yield Site(address=f"http://127.0.0.1:{server.server_port}", app=app, samples=samples)
    server.shutdown()
    serving.join()
    server.server_close()


def _add_accounts(session: Session) -> None:
    colleagues = [(EMAILS[role], f"Proef {role.label}", role) for role in Role]
    for email, name, role in [*colleagues, (SECOND_EDITOR, "Proef eindredacteur", Role.EDITOR)]:
        accounts.add_user(
            session,
            email=email,
            display_name=name,
            password=PASSWORD,
            roles=[role],
            now=datetime.now(UTC),
            is_demo=True,  # on this machine such an account may do without a second step
        )
    session.commit()


@pytest.fixture(scope="session")
def browser(site: Site) -> Iterator[Browser]:
    """Debian's Chromium, none is downloaded. The site comes first: its commands do not run in Playwright's loop."""
    del site
    wanted = os.environ.get("HELPDESK_TEST_CHROMIUM") or next(
        (path for name in BROWSERS if (path := shutil.which(name))), None
    )
    if wanted is None:
        pytest.skip("no Chromium: install Debian's package chromium")
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS  # Chromium refuses its sandbox to root
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=wanted, args=flags)
        yield browser
        browser.close()


@pytest.fixture(params=SIZES)
def size(request: pytest.FixtureRequest) -> str:
    """A desk and a phone."""
    return str(request.param)


@pytest.fixture
def has_scripts() -> bool:
    """Whether the browser runs scripts; a test overrides it by a parameter."""
    return True


@pytest.fixture
def tab(browser: Browser, site: Site, size: str, *, has_scripts: bool) -> Iterator[Tab]:
    """A fresh tab. A script error, a refusal by the content policy or a missing file fails the test."""
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        has_touch=size == "phone",
        locale="nl-BE",
        timezone_id="Europe/Brussels",
        java_script_enabled=has_scripts,
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE_MS)
    tab = Tab(page=context.new_page(), site=site, size=size)
    _listen(context, tab)
    if has_scripts:
        _wait_for_scripts(tab.page)
    yield tab
    context.close()
    nothing_in(tab.faults)


def _listen(context: BrowserContext, tab: Tab) -> None:
    def complain(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            tab.faults.append(f"{tab.path}: {message.text}")

    def miss(request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # so ends what was loading when one went to the next page
            tab.faults.append(f"{request.url}: {request.failure}")

    context.on("console", complain)
    tab.page.on("pageerror", lambda error: tab.faults.append(f"{tab.path}: {error}"))
    context.on("requestfailed", miss)


def _wait_for_scripts(page: Page) -> None:
    """Let every act and every look wait until the page has loaded: before that no script hears a key or a click."""

    def wait(_unloaded: Locator) -> None:
        page.wait_for_load_state()

    page.add_init_script("addEventListener('load', () => document.documentElement.toggleAttribute('data-loaded'))")
    page.add_locator_handler(page.locator("html:not([data-loaded])"), wait, no_wait_after=True)


def type_before(tab: Tab, behaviour: str, field: str, words: str) -> None:
    """Open the page again and type in a field while a script is still on its way; then let it come."""
    on_its_way: list[Route] = []

    def hold(route: Route) -> None:
        on_its_way.append(route)

    script = re.compile(rf"/behaviours/{behaviour}\.js")
    tab.page.route(script, hold)
    tab.page.reload(wait_until="commit")
    tab.page.wait_for_function("field => document.querySelector(field)", arg=field)
    tab.page.evaluate("([field, words]) => { document.querySelector(field).value = words; }", [field, words])
    while not on_its_way:
        tab.page.wait_for_timeout(50)
    on_its_way[0].continue_()
    tab.page.unroute(script)


def sign_in(tab: Tab, role: Role, *, email: str | None = None) -> None:
    """Sign in by the form, as a colleague does: the one of a role, or the one with this address."""
    tab.open("/aanmelden")
    main_part = tab.page.get_by_role("main")
    main_part.get_by_label("E-mailadres").fill(email or EMAILS[role])
    main_part.get_by_label("Wachtwoord").fill(PASSWORD)
    main_part.get_by_role("button", name="Aanmelden").click()
    tab.page.wait_for_url(lambda address: "/aanmelden" not in address)
