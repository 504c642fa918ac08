"""One's own sessions and password, and the links that come by mail."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from re import search
from unittest import mock

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from helpdesk.accounts import actions, queries, rules
from helpdesk.accounts.models import FailedLogin, MailedLink, User, UserSession
from helpdesk.accounts.rules import Purpose
from helpdesk.app import create_app
from helpdesk.core import migrate
from helpdesk.core.audit import AuditEntry
from helpdesk.core.mail import Folder
from helpdesk.core.roles import Role
from helpdesk.settings import Settings
from helpdesk.web.database import database_engine, db_session
from tests.conftest import EMAILS, PASSWORD, House
from tests.pageclient import Page, Visitor

NEW = "vier kraaien op een fietspad"
JURIST = {"email": EMAILS[Role.JURIST], "password": PASSWORD}


def sign_in(visitor: Visitor, *, email: str = EMAILS[Role.JURIST], password: str = PASSWORD) -> Page:
    return visitor.get("/aanmelden").fill({"email": email, "password": password}).submit()


def letters(house: House) -> list[EmailMessage]:
    settings = house.app.extensions["helpdesk"].settings
    return list(Folder(settings.mail_dir).letters())


@pytest.fixture(autouse=True)
def _no_letters_of_before(request: pytest.FixtureRequest) -> None:
    if "house" in request.fixturenames:
        settings = request.getfixturevalue("house").app.extensions["helpdesk"].settings
        for path in settings.mail_dir.glob("*.eml"):
            path.unlink()


def link_in(letter: EmailMessage) -> str:
    """Return the address in a letter, without the site."""
    body = letter.get_body(("plain",))
    assert body is not None
    found = search(r"http://127\.0\.0\.1:8000(/\S+)", body.get_content())
    assert found is not None
    return found[1]


class TestSessions:
    def test_one_sees_where_one_is_signed_in(self, as_visitor: Visitor) -> None:
        sign_in(as_visitor)

        page = as_visitor.get("/account/")

        assert page.heading == "Mijn account"
        assert "Dit is deze browser" in page.main
        assert "127.0.0.1" not in page.main

    def test_one_ends_another_session(self, house: House, as_visitor: Visitor, as_jurist: Visitor) -> None:
        del house
        sign_in(as_visitor)
        page = as_visitor.get("/account/")
        [address] = {
            form.get("action", "") for form in page.all("form") if form.get("action", "").endswith("/beeindigen")
        } - {"/account/aanmeldingen/beeindigen"}

        answer = page.fill({}, action=address).submit()

        assert "Die aanmelding is beëindigd." in answer.text
        assert as_jurist.get("/helpdesk/adviezen").path.startswith("/aanmelden")
        assert as_visitor.get("/account/").path == "/account/"

    def test_one_cannot_end_the_session_of_another(
        self, as_visitor: Visitor, as_editor: Visitor, session: Session
    ) -> None:
        sign_in(as_visitor)
        theirs = session.scalar(
            select(UserSession.id).join(User).where(User.email == EMAILS[Role.EDITOR], UserSession.ended_at.is_(None))
        )
        token = as_visitor.get("/account/").all("input")[0].get("value", "")

        as_visitor.post(f"/account/aanmeldingen/{theirs}/beeindigen", {"csrf_token": token})

        assert as_editor.get("/account/").path == "/account/"

    def test_a_session_that_lies_idle_ends_and_one_returns_to_the_page(
        self, as_jurist: Visitor, session: Session
    ) -> None:
        """The draft in the address is kept by the server; after signing in again it stands there as it was."""
        wanted = as_jurist.get("/helpdesk/adviezen/nieuw").path
        assert "?ontwerp=" in wanted
        session.execute(update(UserSession).values(last_seen_at=datetime.now(UTC) - timedelta(minutes=61)))

        page = as_jurist.get(wanted)
        assert page.path.startswith("/aanmelden?verder=")

        assert page.fill(JURIST).submit().path == wanted

    def test_a_session_that_is_used_does_not_lie_idle(self, as_jurist: Visitor, session: Session) -> None:
        before = datetime.now(UTC) - timedelta(minutes=50)
        session.execute(update(UserSession).values(last_seen_at=before))

        as_jurist.get("/helpdesk/adviezen")

        seen = select(UserSession.last_seen_at).join(User).where(User.email == EMAILS[Role.JURIST])
        noted = session.scalars(seen).one()
        assert noted is not None
        assert noted > before + timedelta(minutes=49)

    def test_a_session_ends_after_its_hours_whatever_happens(self, as_jurist: Visitor, session: Session) -> None:
        session.execute(update(UserSession).values(expires_at=datetime.now(UTC)))

        assert as_jurist.get("/helpdesk/adviezen").path.startswith("/aanmelden")

    def test_another_role_holds_at_the_next_request(self, as_jurist: Visitor, session: Session) -> None:
        user = queries.get_user_by_email(session, EMAILS[Role.JURIST])
        actions.change_roles(session, user, [Role.EDITOR], by=None, now=datetime.now(UTC))

        as_jurist.get("/helpdesk/adviezen", expect=403)
        assert as_jurist.get("/redactie/na-te-kijken").status == 200

    def test_a_cookie_from_before_signing_in_is_worth_nothing(self, house: House, as_visitor: Visitor) -> None:
        """Whoever set someone's cookie beforehand is not signed in with them."""
        del house
        sign_in(as_visitor)
        before = as_visitor.client.get_cookie("helpdesk")
        assert before is not None
        sign_in(as_visitor)
        after = as_visitor.client.get_cookie("helpdesk")
        assert after is not None
        assert before.value != after.value


class TestChangePassword:
    def change(self, visitor: Visitor, *, expect: int = 200, **values: str) -> Page:
        typed = {"old": PASSWORD, "password": NEW, "again": NEW, **values}
        return visitor.get("/account/wachtwoord").fill(typed).submit(expect=expect)

    def test_every_other_session_ends(self, as_visitor: Visitor, as_jurist: Visitor) -> None:
        sign_in(as_visitor)

        page = self.change(as_visitor)

        assert page.path == "/account/"
        assert as_jurist.get("/account/").path.startswith("/aanmelden")
        assert as_visitor.get("/account/").path == "/account/"
        assert sign_in(as_jurist, password=NEW).path.startswith("/helpdesk/")

    def test_who_does_not_know_the_present_password_changes_nothing(self, as_jurist: Visitor, session: Session) -> None:
        page = self.change(as_jurist, old="een fout wachtwoord", expect=422)

        assert "Je huidige wachtwoord klopt niet." in page.main
        assert NEW not in page.source
        assert session.scalar(select(func.count()).select_from(FailedLogin)) == 1

    def test_who_guesses_the_present_password_waits(self, as_jurist: Visitor) -> None:
        for _ in range(10):
            self.change(as_jurist, old="een fout wachtwoord", expect=422)

        assert "Wacht vijf minuten" in self.change(as_jurist, expect=429).main

    @pytest.mark.parametrize(
        ("values", "said"),
        [
            ({"password": "kort", "again": "kort"}, "van 12 tot 200 tekens"),
            ({"password": "jurist-voorbeeld", "again": "jurist-voorbeeld"}, "te makkelijk te raden"),
            ({"again": "iets heel anders"}, "twee verschillende wachtwoorden"),
            ({"password": PASSWORD, "again": PASSWORD}, "Kies een ander wachtwoord"),
        ],
    )
    def test_a_password_that_will_not_do_is_explained(
        self, as_jurist: Visitor, values: dict[str, str], said: str
    ) -> None:
        page = self.change(as_jurist, expect=422, **values)

        assert said in page.main
        assert as_jurist.get("/account/").path == "/account/"


class TestForgotten:
    def ask(self, visitor: Visitor, email: str, *, expect: int = 200) -> Page:
        return visitor.get("/wachtwoord-vergeten").fill({"email": email}).submit(expect=expect)

    def test_a_link_by_mail_lets_one_choose_a_password(
        self, house: House, as_visitor: Visitor, as_jurist: Visitor
    ) -> None:
        self.ask(as_visitor, EMAILS[Role.JURIST].upper())
        [letter] = letters(house)
        assert letter["To"] == EMAILS[Role.JURIST]

        page = as_visitor.get(link_in(letter)).fill({"password": NEW, "again": NEW}).submit()

        assert page.path == "/aanmelden"
        assert as_jurist.get("/account/").path.startswith("/aanmelden")
        assert sign_in(as_visitor, password=NEW).path.startswith("/helpdesk/")

    def test_looking_at_a_link_uses_nothing(self, house: House, as_visitor: Visitor) -> None:
        """Programs that guard a mailbox follow every link (GET); only sending the form acts."""
        self.ask(as_visitor, EMAILS[Role.JURIST])
        link = link_in(letters(house)[0])

        for _ in range(3):
            assert as_visitor.get(link).heading == "Kies een wachtwoord"

    def test_a_link_works_once(self, house: House, as_visitor: Visitor) -> None:
        self.ask(as_visitor, EMAILS[Role.JURIST])
        link = link_in(letters(house)[0])
        as_visitor.get(link).fill({"password": NEW, "again": NEW}).submit()

        assert as_visitor.get(link, expect=410).heading == "Deze link werkt niet meer"

    def test_a_newer_link_replaces_an_older_one(self, house: House, as_visitor: Visitor) -> None:
        self.ask(as_visitor, EMAILS[Role.JURIST])
        first = link_in(letters(house)[0])
        self.ask(as_visitor, EMAILS[Role.JURIST])

        as_visitor.get(first, expect=410)

    def test_a_link_is_good_for_two_hours(self, house: House, as_visitor: Visitor, session: Session) -> None:
        self.ask(as_visitor, EMAILS[Role.JURIST])
        link = link_in(letters(house)[0])
        kept = session.scalars(select(MailedLink)).one()
        assert kept.expires_at - kept.asked_at == timedelta(hours=2)
        session.execute(update(MailedLink).values(expires_at=datetime.now(UTC)))

        as_visitor.get(link, expect=410)

    @pytest.mark.parametrize("key", ["verzonnen", "IjEi.verzonnen", "1", "%00"])
    def test_a_link_nobody_made_opens_nothing(self, as_visitor: Visitor, key: str) -> None:
        assert as_visitor.get(f"/wachtwoord-kiezen?sleutel={key}", expect=410).all("input") is not None

    def test_a_link_for_one_purpose_serves_no_other(self, house: House, as_visitor: Visitor) -> None:
        self.ask(as_visitor, EMAILS[Role.JURIST])
        link = link_in(letters(house)[0])

        as_visitor.get(link.replace("/wachtwoord-kiezen", "/uitnodiging"), expect=410)

    def test_an_unknown_address_gets_the_same_answer_and_no_mail(self, house: House, as_visitor: Visitor) -> None:
        """The page must not tell who has an account."""
        known = self.ask(as_visitor, EMAILS[Role.JURIST])
        unknown = self.ask(as_visitor, "niemand@voorbeeld.test")

        assert known.main == unknown.main
        assert [letter["To"] for letter in letters(house)] == [EMAILS[Role.JURIST]]

    def test_a_closed_account_gets_no_link(self, house: House, as_visitor: Visitor, session: Session) -> None:
        session.execute(update(User).where(User.email == EMAILS[Role.JURIST]).values(is_active=False))

        self.ask(as_visitor, EMAILS[Role.JURIST])

        assert letters(house) == []

    def test_nobody_fills_a_mailbox(self, house: House, as_visitor: Visitor) -> None:
        for _ in range(3):
            self.ask(as_visitor, EMAILS[Role.JURIST])

        self.ask(as_visitor, EMAILS[Role.JURIST], expect=429)

        assert len(letters(house)) == 3

    def test_the_mail_is_sent_after_the_answer(self, house: House, as_visitor: Visitor) -> None:
        """Whoever measures the answer must not see a mail server being called."""
        moments = []

        def note_when(*_: object, **__: object) -> int:
            moments.append("letter")
            return 0

        form = as_visitor.get("/wachtwoord-vergeten").fill({"email": EMAILS[Role.JURIST]})
        with mock.patch.object(actions, "send_letters", note_when):
            answer = as_visitor.client.open("/wachtwoord-vergeten", method="POST", data=form.data, buffered=False)
            moments.append("answer")
            answer.close()

        assert moments == ["answer", "letter"]
        assert letters(house) == []

    def test_when_the_mail_server_is_away_a_letter_waits(self, house: House, session: Session) -> None:
        user = queries.get_user_by_email(session, EMAILS[Role.JURIST])
        moment = datetime.now(UTC)
        actions.ask_link(session, user, Purpose.RESET, by=None, now=moment)
        session.commit()
        with house.app.test_request_context():
            from helpdesk.accounts.routes import post  # noqa: PLC0415 - needs the application
            from helpdesk.core.mail import open_door  # noqa: PLC0415

            here = post()
        away = actions.Post(
            open_door=lambda: open_door("smtp://127.0.0.1:1", house.app.extensions["helpdesk"].settings.mail_dir),
            sender=here.sender,
            site_name=here.site_name,
            base_url=here.base_url,
            secret=here.secret,
        )

        assert actions.send_letters(session, away, now=moment) == 0
        assert actions.send_letters(session, here, now=moment) == 1
        assert actions.send_letters(session, here, now=moment) == 0


class TestSameWork:
    """An unknown account must cost what a known one costs: hashes are counted, for a clock says little in a test."""

    @pytest.mark.parametrize(
        "email",
        [EMAILS[Role.JURIST], "niemand@voorbeeld.test", "genodigd@example.org"],
        ids=["known", "unknown", "invited"],
    )
    def test_signing_in_looks_at_one_hash(self, as_visitor: Visitor, session: Session, email: str) -> None:
        admin = queries.get_user_by_email(session, EMAILS[Role.ADMIN]).id
        actions.invite_user(
            session, email="genodigd@example.org", display_name="Genodigd", roles=[Role.JURIST], by=admin,
            now=datetime.now(UTC),
        )  # fmt: skip
        form = as_visitor.get("/aanmelden").fill({"email": email, "password": "een fout wachtwoord"})

        with mock.patch.object(rules, "_hasher", wraps=rules._hasher) as hasher:
            form.submit(expect=422)

        assert (hasher.verify.call_count, hasher.hash.call_count) == (1, 0)

    def test_no_hash_is_looked_at_while_one_waits(self, as_visitor: Visitor, session: Session) -> None:
        for _ in range(10):
            as_visitor.get("/aanmelden").fill({**JURIST, "password": "een fout wachtwoord"}).submit(expect=422)
        form = as_visitor.get("/aanmelden").fill(JURIST)

        with mock.patch.object(rules, "_hasher", wraps=rules._hasher) as hasher:
            form.submit(expect=429)

        assert hasher.verify.call_count == 0
        assert session.scalar(select(func.count()).select_from(FailedLogin)) == 10


@pytest.mark.stored
def test_throttling_holds_across_nodes(settings: Settings) -> None:
    """Two nodes with one database and one secret: tries on one count on the other."""
    nodes = [create_app(settings), create_app(settings)]
    with nodes[0].app_context():
        migrate.upgrade(database_engine())
        moment = datetime.now(UTC)
        actions.add_user(
            db_session(), email="an@voorbeeld.be", display_name="An", password=PASSWORD, roles=[Role.JURIST], now=moment
        )
        db_session().commit()
    visitors = [Visitor(node.test_client()) for node in nodes]
    for number in range(10):
        typed = {"email": "an@voorbeeld.be", "password": "een fout wachtwoord"}
        visitors[number % 2].get("/aanmelden").fill(typed).submit(expect=422)

    for visitor in visitors:
        page = visitor.get("/aanmelden").fill({"email": "an@voorbeeld.be", "password": PASSWORD}).submit(expect=429)
        assert "Wacht vijf minuten" in page.main
    _close(nodes)


def _close(nodes: list[Flask]) -> None:
    for node in nodes:
        with node.app_context():
            database_engine().dispose()


class TestOldHashes:
    def test_a_hash_of_less_cost_is_made_anew_when_its_owner_signs_in(
        self, as_visitor: Visitor, session: Session
    ) -> None:
        from argon2 import PasswordHasher  # noqa: PLC0415 - only here is a weaker one wanted

        weak = PasswordHasher(time_cost=1, memory_cost=8 * 1024).hash(PASSWORD)
        session.execute(update(User).where(User.email == EMAILS[Role.JURIST]).values(password_hash=weak))

        sign_in(as_visitor)

        kept = session.scalars(select(User.password_hash).where(User.email == EMAILS[Role.JURIST])).one()
        assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_what_happens_to_a_password_is_noted(as_jurist: Visitor, session: Session) -> None:
    TestChangePassword().change(as_jurist)

    acts = session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)).all()
    assert acts[-2:] == ["user.password_changed", "user.signed_in"]
