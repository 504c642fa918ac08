"""Somebody follows an article and gets one digest, through a real conversation with a mail server."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from itertools import count

import pytest
from playwright.sync_api import expect

from helpdesk.alerts.cli import send_what_is_due
from helpdesk.web.database import db_session
from helpdesk.web.services import KEY
from tests.browser.conftest import Site, Tab, nothing_in
from tests.helpdesk.alerts.examples import a_ruling, an_article, refers
from tests.mailserver import MailServer, mail_server

ARTICLE = "/wetgeving/vw/40ter"
NUMBERS = count(998_001)  # each journey publishes a ruling of its own


@pytest.fixture
def post(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    """A mail server that the site sends to, with links that lead to the served site."""
    with mail_server() as server:
        held = site.app.extensions[KEY]
        settings = replace(held.settings, smtp_url=server.url, base_url=site.address)
        monkeypatch.setitem(site.app.extensions, KEY, replace(held, settings=settings))
        yield server


def run_jobs_at(site: Site, moment: datetime) -> None:
    with site.app.app_context():
        send_what_is_due(moment)


def link_in(message: EmailMessage, part: str) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    found = re.search(rf"https?://[^/\s]+(/volgen/{part}/\S+)", body.get_content())
    assert found is not None
    return found[1]


def look_at(tab: Tab, name: str) -> None:
    nothing_in(tab.barriers())
    tab.keep_picture(name)


@pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "no scripts"])
def test_one_follows_an_article_and_gets_one_digest(tab: Tab, post: MailServer, *, has_scripts: bool) -> None:
    number = next(NUMBERS)
    address = f"lezer{number}@voorbeeld.be"
    looks = look_at if has_scripts else lambda _tab, _name: None  # axe itself is a script
    main = tab.page.get_by_role("main")

    tab.open(ARTICLE)
    main.get_by_role("link", name="Volg dit artikel per e-mail").click()
    looks(tab, "follow-form")
    main.get_by_label("Je e-mailadres").fill("geen adres")
    main.get_by_role("button", name="Stuur me de mail").click()
    expect(main.get_by_role("alert")).to_contain_text("Dit is geen e-mailadres.")
    looks(tab, "follow-refused")
    main.get_by_label("Je e-mailadres").fill(address)
    main.get_by_role("button", name="Stuur me de mail").click()
    expect(tab.page.get_by_role("heading", level=1)).to_have_text("Kijk in je mailbox")
    looks(tab, "follow-asked")

    run_jobs_at(tab.site, datetime.now(UTC))
    tab.open(link_in(post.letters[-1].message, "bevestigen"))
    looks(tab, "follow-confirm")
    main.get_by_role("button", name="Bevestig").click()
    expect(tab.page.get_by_role("heading", level=1)).to_have_text("Wat je volgt")
    looks(tab, "follow-manage")

    with tab.site.app.app_context():
        ruling = a_ruling(db_session(), number, at=datetime.now(UTC))
        refers(db_session(), ruling, an_article())
        db_session().commit()
    for minutes in (0, 1):
        run_jobs_at(tab.site, datetime.now(UTC) + timedelta(days=1, minutes=minutes))
    mine = [letter for letter in post.letters if letter.recipient == address]
    assert len(mine) == 2  # the letter to confirm, and one digest
    tab.open(link_in(mine[-1].message, "zending"))
    expect(main.get_by_role("link", name=f"RvV nr. {number}")).to_be_visible()
    looks(tab, "follow-sent")

    tab.open(link_in(mine[-1].message, "afmelden"))
    looks(tab, "follow-leave")
    main.get_by_role("button", name="Stop alle meldingen").click()
    expect(tab.page.get_by_role("heading", level=1)).to_have_text("Je krijgt geen meldingen meer")
    tab.faults = [fault for fault in tab.faults if "status of 422" not in fault]  # what the form answers
