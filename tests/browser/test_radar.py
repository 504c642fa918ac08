"""A reader says what is wrong with a page; an editor meets it on the first page after signing in and puts it away."""

from collections.abc import Iterator

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from helpdesk.core.clock import brussels_date, now
from helpdesk.core.roles import Role
from helpdesk.radar.models import PutAway
from helpdesk.visits.models import PageVerdict
from tests.browser.conftest import Site, Tab, nothing_in, sign_in

TERM = "/lexicon/bgv"
REMARK = "De termijn ontbreekt."


def test_a_reader_answers_without_a_cookie(tab: Tab) -> None:
    tab.open(TERM)
    tab.page.get_by_text("Iets toevoegen").click()
    tab.page.get_by_label("Wat ontbreekt er").fill("Mail an@voorbeeld.be")
    nothing_in(tab.barriers())

    tab.page.get_by_role("button", name="Nee", exact=True).click()
    assert "een e-mailadres" in tab.page.inner_text("main")
    nothing_in(tab.barriers())
    tab.keep_picture("verdict-refused")
    tab.faults = [fault for fault in tab.faults if "status of 422" not in fault]  # what this page answers

    tab.page.get_by_label("Wat ontbreekt er").fill(REMARK)
    tab.page.get_by_role("button", name="Nee", exact=True).click()
    tab.page.get_by_role("link", name="Terug naar de pagina").click()
    assert tab.path == TERM
    assert tab.page.context.cookies() == []


@pytest.fixture
def said(site: Site) -> Iterator[None]:
    """What a reader found of a term; a headless browser is a robot, so its own answer does not count."""
    with _session(site) as session:
        session.add(
            PageVerdict(
                document_id="lexicon/bgv", version=1, given_on=brussels_date(now()), is_useful=False, remark=REMARK
            )
        )
        session.commit()
    yield
    with _session(site) as session:
        session.execute(delete(PageVerdict))
        session.execute(delete(PutAway))
        session.commit()


@pytest.mark.usefixtures("said")
def test_an_editor_meets_it_first_and_puts_it_away(tab: Tab) -> None:
    sign_in(tab, Role.EDITOR)
    tab.open("/redactie")
    row = tab.page.locator("main li.entry").filter(has_text=REMARK)  # other journeys leave signs of their own
    row.locator("summary", has_text="Wegleggen").click()
    assert REMARK in tab.page.inner_text("main")
    nothing_in(tab.barriers())
    tab.keep_picture("radar")

    row.get_by_label("Waarom is dit niet nodig?").fill("Bewust kort")
    row.get_by_role("button", name="Wegleggen tot er iets bij komt").click()
    assert REMARK not in tab.page.inner_text("main")

    tab.open("/redactie/weggelegd")
    assert "Bewust kort" in tab.page.inner_text("main")
    nothing_in(tab.barriers())


def test_the_screen_of_a_text_shows_how_it_is_used(tab: Tab) -> None:
    sign_in(tab, Role.EDITOR)
    tab.open("/redactie/teksten/lexicon/bgv")
    tab.page.get_by_text("keer geopend").wait_for()

    nothing_in(tab.barriers())
    tab.open("/redactie/bezoek/lexicon/bgv")
    nothing_in(tab.barriers())


def _session(site: Site) -> Session:
    with site.app.app_context():
        session: Session = site.app.extensions["sqlalchemy"].sessionmaker()
        return session
