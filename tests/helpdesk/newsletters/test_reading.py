"""From asking for the newsletter to leaving it: nothing happens by a GET, nobody learns who reads it."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.core import signing
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.figures.queries import publication_figures
from helpdesk.newsletters import actions, queries, rules
from helpdesk.newsletters.models import Consent, Delivery, SingleLetter, Subscriber, SubscriberState, SuppressionReason
from helpdesk.web.services import KEY, Services
from tests.pageclient import Visitor

pytestmark = pytest.mark.stored

NOW = datetime.now(UTC)
EMAIL = "lezer@example.org"


@pytest.fixture
def secret(house_app: Flask) -> str:
    """The secret of the installation."""
    held = house_app.extensions[KEY]
    assert isinstance(held, Services)
    return held.settings.secret_key


@pytest.fixture
def reader(session: Session, secret: str) -> Subscriber:
    """Someone who asked and confirmed two days ago."""
    asked = NOW - timedelta(days=2)
    actions.ask(session, EMAIL, ["ipr"], now=asked, key=secret)
    found = queries.find_by_email(session, EMAIL)
    assert found is not None
    assert actions.confirm(session, found, now=asked, key=secret)
    return found


def letters(session: Session) -> list[str]:
    return list(session.scalars(select(SingleLetter.kind).order_by(SingleLetter.id)))


class TestAsking:
    def test_one_asks_and_a_letter_waits(self, as_visitor: Visitor, session: Session) -> None:
        page = as_visitor.get("/nieuwsbrief")
        done = page.fill({"email": " Lezer@Example.org ", "branches": ["ipr"]}).submit("Vraag de nieuwsbrief aan")

        assert done.heading == "Kijk in je mailbox"
        found = session.scalars(select(Subscriber).where(Subscriber.email == EMAIL)).one()
        assert found.state == SubscriberState.PENDING
        assert found.branches == frozenset({"ipr"})
        assert letters(session) == ["confirm"]

    def test_what_was_agreed_to_is_kept_with_its_time_and_words(self, reader: Subscriber, session: Session) -> None:
        kept = queries.consents_of(session, reader)

        assert [(one.act, one.words) for one in kept] == [
            ("asked", rules.CONSENT_WORDS),
            ("confirmed", rules.CONSENT_WORDS),
        ]

    def test_the_answer_is_the_same_for_who_reads_it_already(self, as_visitor: Visitor, reader: Subscriber) -> None:
        known = as_visitor.get("/nieuwsbrief").fill({"email": reader.email}).submit()
        unknown = as_visitor.get("/nieuwsbrief").fill({"email": "nieuw@example.org"}).submit()

        assert known.main == unknown.main
        assert known.path == unknown.path

    def test_all_branches_ticked_means_all_that_come(self, as_visitor: Visitor, session: Session) -> None:
        as_visitor.get("/nieuwsbrief").fill({"email": EMAIL}).submit()

        assert session.scalars(select(Subscriber)).one().branches == frozenset()

    @pytest.mark.parametrize("typed", ["", "lezer", "lezer@", "a b@example.org", "<script>@example.org"])
    def test_what_is_no_address_is_explained_and_kept(self, as_visitor: Visitor, session: Session, typed: str) -> None:
        page = as_visitor.get("/nieuwsbrief").fill({"email": typed, "branches": ["ipr"]}).submit(expect=422)

        assert "Dit is geen e-mailadres. Schrijf het als naam@voorbeeld.be." in page.main
        assert [field.get("value") for field in page.all("input") if field.get("name") == "email"] == [typed]
        assert session.scalar(select(func.count()).select_from(Subscriber)) == 0

    def test_no_branch_is_explained(self, as_visitor: Visitor) -> None:
        page = as_visitor.get("/nieuwsbrief").fill({"email": EMAIL, "branches": []}).submit(expect=422)

        assert "Kies minstens één tak." in page.main

    def test_a_flood_from_one_source_is_stopped(self, as_visitor: Visitor, session: Session) -> None:
        form = as_visitor.get("/nieuwsbrief")
        for number in range(rules.MOST_REQUESTS):
            form.fill({"email": f"a{number}@example.org"}).submit()
        page = form.fill({"email": "te-veel@example.org"}).submit(expect=429)

        assert "te veel aanvragen" in page.main
        assert len(letters(session)) == rules.MOST_REQUESTS

    def test_a_stranger_gets_one_letter_a_day(self, session: Session, secret: str) -> None:
        for hours in (0, 1, 23):
            actions.ask(session, EMAIL, [], now=NOW + timedelta(hours=hours), key=secret)
        assert letters(session) == ["confirm"]

        actions.ask(session, EMAIL, [], now=NOW + timedelta(hours=25), key=secret)
        assert letters(session) == ["confirm", "confirm"]

    def test_a_source_is_another_every_day(self) -> None:
        """So that nobody can be followed from one day to the next; a home has many IPv6 addresses and counts once."""
        first, day = rules.source_digest("192.0.2.1", NOW.date(), key="k"), timedelta(days=1)

        assert first != rules.source_digest("192.0.2.1", NOW.date() + day, key="k")
        assert "192.0.2.1" not in first
        one, two = (rules.source_digest(f"2001:db8::{end}", NOW.date(), key="k") for end in ("1", "2"))
        assert one == two


class TestConfirming:
    def test_opening_the_link_changes_nothing_pressing_the_button_does(
        self, as_visitor: Visitor, session: Session, secret: str
    ) -> None:
        """Mail scanners follow every link."""
        actions.ask(session, EMAIL, [], now=NOW, key=secret)
        pending = session.scalars(select(Subscriber)).one()
        token = signing.sign(secret, rules.CONFIRM_LINK, pending.key)
        page = as_visitor.get(f"/nieuwsbrief/bevestigen/{token}")
        session.refresh(pending)
        assert pending.state == SubscriberState.PENDING

        done = page.fill({}, action=page.path).submit("Ja, stuur mij de nieuwsbrief")

        session.refresh(pending)
        assert (done.heading, pending.state) == ("Je bent ingeschreven", SubscriberState.ACTIVE)

    def test_after_a_week_it_is_too_late(self, session: Session, secret: str) -> None:
        actions.ask(session, EMAIL, [], now=NOW, key=secret)
        pending = session.scalars(select(Subscriber)).one()

        assert not actions.confirm(session, pending, now=NOW + timedelta(days=8), key=secret)
        assert pending.state == SubscriberState.PENDING

    def test_who_never_confirms_is_forgotten(self, session: Session, secret: str) -> None:
        actions.ask(session, EMAIL, [], now=NOW, key=secret)

        actions.forget(session, now=NOW + timedelta(days=8))

        assert session.scalar(select(func.count()).select_from(Subscriber)) == 0
        assert session.scalar(select(func.count()).select_from(Consent)) == 0

    @pytest.mark.parametrize("act", ["bevestigen", "voorkeuren", "uitschrijven", "terug", "wissen"])
    def test_a_link_that_is_not_ours_opens_nothing(self, as_visitor: Visitor, act: str) -> None:
        as_visitor.get(f"/nieuwsbrief/{act}/zelfgemaakt.handtekening", expect=404)

    def test_a_link_to_confirm_does_not_open_preferences(
        self, as_visitor: Visitor, reader: Subscriber, secret: str
    ) -> None:
        token = signing.sign(secret, rules.CONFIRM_LINK, reader.key)

        as_visitor.get(f"/nieuwsbrief/voorkeuren/{token}", expect=404)


class TestLeaving:
    def test_a_mail_program_leaves_with_one_post(
        self, house_app: Flask, as_visitor: Visitor, session: Session, reader: Subscriber, secret: str
    ) -> None:
        """RFC 8058: no cookie, no form of ours, no redirect."""
        token = signing.sign(secret, rules.READER_LINK, reader.key)
        address = f"/nieuwsbrief/uitschrijven/{token}"
        as_visitor.get(address)
        session.refresh(reader)
        assert reader.state == SubscriberState.ACTIVE

        house_app.config["WTF_CSRF_ENABLED"] = True
        answer = as_visitor.fetch(address, method="POST", data={"List-Unsubscribe": "One-Click"})

        session.refresh(reader)
        assert (answer.status_code, reader.state) == (200, SubscriberState.LEFT)
        assert letters(session) == ["confirm", "goodbye"]
        assert as_visitor.fetch(address, method="POST", data={"List-Unsubscribe": "One-Click"}).status_code == 200
        assert letters(session) == ["confirm", "goodbye"]

    def test_one_comes_back_with_one_click(
        self, as_visitor: Visitor, session: Session, reader: Subscriber, secret: str
    ) -> None:
        actions.leave(session, reader, now=NOW, key=secret)
        page = as_visitor.get(f"/nieuwsbrief/terug/{signing.sign(secret, rules.READER_LINK, reader.key)}")
        session.refresh(reader)
        assert reader.state == SubscriberState.LEFT

        page.fill({}, action=page.path).submit("Schrijf mij weer in")

        session.refresh(reader)
        assert reader.state == SubscriberState.ACTIVE
        assert queries.suppression_of(session, rules.address_digest(EMAIL, key=secret)) is None

    def test_preferences_are_changed(
        self, as_visitor: Visitor, session: Session, reader: Subscriber, secret: str
    ) -> None:
        page = as_visitor.get(f"/nieuwsbrief/voorkeuren/{signing.sign(secret, rules.READER_LINK, reader.key)}")

        saved = page.fill({"branches": ["verblijfsrecht", "ipr"]}).submit("Bewaren")

        session.expire_all()
        assert "Je voorkeuren zijn bewaard." in saved.main
        assert reader.branches == {"verblijfsrecht", "ipr"}

    def test_an_erased_address_stays_suppressed(
        self, as_visitor: Visitor, session: Session, reader: Subscriber, secret: str
    ) -> None:
        """Only a digest is left: nothing is sent there, whoever fills it in, and the answer does not tell."""
        token = signing.sign(secret, rules.READER_LINK, reader.key)
        page = as_visitor.get(f"/nieuwsbrief/wissen/{token}")
        page.fill({}, action=page.path).submit("Wis mijn gegevens")
        assert session.scalar(select(func.count()).select_from(Subscriber)) == 0

        asked = as_visitor.get("/nieuwsbrief").fill({"email": EMAIL}).submit()

        assert asked.heading == "Kijk in je mailbox"
        assert letters(session) == []
        assert queries.suppression_of(session, rules.address_digest(EMAIL, key=secret)) is SuppressionReason.ERASED
        assert session.scalar(select(func.count()).select_from(Delivery)) == 0
        as_visitor.get(f"/nieuwsbrief/voorkeuren/{token}")

    def test_who_left_a_month_ago_is_forgotten_but_not_imported_again(
        self, session: Session, reader: Subscriber, secret: str, jurist: int
    ) -> None:
        actions.leave(session, reader, now=NOW, key=secret)
        actions.forget(session, now=NOW + timedelta(days=31))
        session.expire_all()
        assert session.scalar(select(func.count()).select_from(Subscriber)) == 0

        done = actions.import_readers(
            session,
            [rules.ImportedReader(EMAIL, (), None), rules.ImportedReader("nieuw@example.org", (), None)],
            words="lijst",
            by=jurist,
            now=NOW,
            key=secret,
        )

        assert (done.added, done.known, done.suppressed) == (1, 0, 1)


class TestCounting:
    def test_readers_of_a_day_are_known_after_they_were_erased(
        self, session: Session, reader: Subscriber, secret: str
    ) -> None:
        """The annual report asks who was subscribed on 31 December; the table of readers no longer knows."""
        joined = (NOW - timedelta(days=2)).date()
        actions.erase(session, reader, now=NOW + timedelta(days=3), key=secret)

        assert queries.subscribers_on(session, joined - timedelta(days=1)) == 0
        assert queries.subscribers_on(session, joined + timedelta(days=3)) == 1
        assert queries.subscribers_on(session, joined + timedelta(days=6)) == 0

    def test_the_annual_report_counts_them_by_itself(
        self, session: Session, reader: Subscriber, vocabulary: Vocabulary
    ) -> None:
        year = (NOW - timedelta(days=2)).year

        rows = publication_figures(session, year, vocabulary.lists["cijfer_publicaties"], closed={})

        counted = {row.code: row.n for row in rows}
        assert queries.count_active(session) == 1
        assert reader.state == SubscriberState.ACTIVE
        assert counted["enieuwsbrief_abonnees"] == 1
        assert counted["enieuwsbrieven"] is None
