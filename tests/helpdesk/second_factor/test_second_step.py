"""The second step of signing in: who owes it gets nowhere without, and no code or answer is good twice."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from helpdesk.accounts import queries as account_queries
from helpdesk.accounts.actions import LoginRefused, change_roles
from helpdesk.accounts.models import FailedLogin, User, UserSession
from helpdesk.core.audit import AuditEntry
from helpdesk.core.roles import Role
from helpdesk.second_factor import actions, queries, rules
from helpdesk.second_factor.models import Passkey, RecoveryCode, TotpKey
from helpdesk.web.services import KEY as SERVICES
from tests.authenticator import PRESENT, VERIFIED, Authenticator
from tests.conftest import EMAILS, PASSWORD, House
from tests.pageclient import Page, Visitor

FAR = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class WithApp:
    """A jurist with an authenticator app."""

    user: User
    key: str
    codes: list[str]

    def code(self, *, steps: int = 0) -> str:
        """Return the code the app shows now, or some half minutes from now."""
        return pyotp.TOTP(self.key).at(datetime.now(UTC) + timedelta(seconds=30 * steps))


@pytest.fixture
def secret(house: House) -> str:
    """The secret of the installation under test."""
    return str(house.app.extensions[SERVICES].settings.secret_key)


@pytest.fixture
def with_app(session: Session, secret: str) -> WithApp:
    """A jurist who set up an app long ago."""
    user = account_queries.get_user_by_email(session, EMAILS[Role.JURIST])
    key = rules.new_totp_key()
    codes = actions.add_totp(session, user, key, pyotp.TOTP(key).at(FAR), secret=secret, now=FAR)
    session.commit()
    return WithApp(user, key, codes)


def sign_in(visitor: Visitor, role: Role = Role.JURIST, *, wanted: str = "") -> Page:
    page = visitor.get(wanted or "/aanmelden")
    return page.fill({"email": EMAILS[role], "password": PASSWORD}).submit()


class TestOwed:
    def test_a_password_alone_opens_nothing(self, as_visitor: Visitor, with_app: WithApp) -> None:
        page = sign_in(as_visitor)

        assert page.path == "/aanmelden/tweede-stap"
        assert with_app.user.display_name not in page.text
        for address in ("/helpdesk/adviezen", "/account/", "/account/tweede-stap", "/account/tweede-stap/app"):
            assert as_visitor.get(address).path.startswith("/aanmelden?verder=")

    def test_with_the_code_one_lands_on_the_page_one_wanted(self, as_visitor: Visitor, with_app: WithApp) -> None:
        page = sign_in(as_visitor, wanted="/helpdesk/adviezen/nieuw")

        answer = page.fill({"code": with_app.code()}).submit()

        assert answer.path.startswith("/helpdesk/adviezen/nieuw?ontwerp=")

    def test_the_token_is_another_after_the_second_step(
        self, as_visitor: Visitor, with_app: WithApp, session: Session
    ) -> None:
        page = sign_in(as_visitor)
        newest = select(UserSession.token_digest).order_by(UserSession.id.desc()).limit(1)
        before = session.scalars(newest).one()

        page.fill({"code": with_app.code()}).submit()

        assert session.scalars(newest).one() != before

    def test_one_has_ten_minutes(self, as_visitor: Visitor, with_app: WithApp, session: Session) -> None:
        page = sign_in(as_visitor)
        session.execute(update(UserSession).values(started_at=datetime.now(UTC) - timedelta(minutes=10)))

        assert page.fill({"code": with_app.code()}).submit().path == "/aanmelden"

    def test_who_owes_nothing_is_sent_to_sign_in(self, as_visitor: Visitor) -> None:
        assert as_visitor.get("/aanmelden/tweede-stap").path == "/aanmelden"


class TestCodes:
    def test_a_code_is_good_once(self, as_visitor: Visitor, with_app: WithApp) -> None:
        """Someone who looked over a shoulder is half a minute too late."""
        code = with_app.code()
        sign_in(as_visitor).fill({"code": code}).submit()
        as_visitor.get("/account/").fill({}, action="/afmelden").submit()

        page = sign_in(as_visitor).fill({"code": code}).submit(expect=422)

        assert "al gebruikt" in page.main
        assert page.fill({"code": with_app.code(steps=1)}).submit().path.startswith("/helpdesk/")

    def test_five_wrong_codes_and_one_waits_even_with_the_right_one(
        self, as_visitor: Visitor, with_app: WithApp
    ) -> None:
        page = sign_in(as_visitor)
        for _ in range(5):
            page = page.fill({"code": "000000"}).submit(expect=422)

        page = page.fill({"code": with_app.code()}).submit(expect=429)

        assert "Wacht vijf minuten" in page.main

    def test_codes_are_counted_apart_from_passwords(
        self, as_visitor: Visitor, with_app: WithApp, session: Session
    ) -> None:
        del with_app
        page = sign_in(as_visitor)
        for _ in range(5):
            page = page.fill({"code": "000000"}).submit(expect=422)

        assert sign_in(as_visitor).path == "/aanmelden/tweede-stap"
        digests = session.scalars(select(FailedLogin.account_digest)).all()
        assert len(digests) == 5

    def test_a_recovery_code_is_good_once(self, as_visitor: Visitor, with_app: WithApp, session: Session) -> None:
        code = with_app.codes[3].lower()
        sign_in(as_visitor).fill({"code": code}).submit()
        as_visitor.get("/account/").fill({}, action="/afmelden").submit()

        sign_in(as_visitor).fill({"code": code}).submit(expect=422)

        assert queries.recovery_codes_left(session, with_app.user.id) == 9
        assert "user.recovery_code_used" in session.scalars(select(AuditEntry.act)).all()

    def test_the_code_of_another_is_none(self, as_visitor: Visitor, with_app: WithApp, session: Session) -> None:
        other = account_queries.get_user_by_email(session, EMAILS[Role.EDITOR])
        other.second_factor_at = FAR
        session.flush()

        page = sign_in(as_visitor, Role.EDITOR)

        page.fill({"code": with_app.codes[0]}).submit(expect=422)
        page.fill({"code": with_app.code()}).submit(expect=422)

    def test_nothing_is_kept_that_opens_a_door(self, with_app: WithApp, session: Session) -> None:
        kept = session.scalars(select(TotpKey.locked_key)).one()
        digests = session.scalars(select(RecoveryCode.digest)).all()

        assert with_app.key not in kept
        assert not {code.replace(" ", "") for code in with_app.codes} & set(digests)

    def test_after_another_secret_recovery_codes_still_work(self, with_app: WithApp, session: Session) -> None:
        """A key that was rotated makes the keys of apps unreadable, and locks nobody out."""
        with pytest.raises(LoginRefused):
            actions.use_code(session, with_app.user, with_app.code(), secret="x" * 40, now=datetime.now(UTC))

        actions.use_code(session, with_app.user, with_app.codes[0], secret="x" * 40, now=datetime.now(UTC))


class TestSetUp:
    def test_a_jurist_takes_an_app_into_use(self, as_jurist: Visitor, session: Session) -> None:
        page = as_jurist.get("/account/").follow("Instellen: app, passkeys en herstelcodes").follow("Een app instellen")
        key = page.texts("code")[0].replace(" ", "")

        codes = page.fill({"code": pyotp.TOTP(key).now()}).submit()

        assert codes.heading == "Je herstelcodes"
        assert len(codes.texts("code")) == 10
        assert account_queries.get_user_by_email(session, EMAILS[Role.JURIST]).second_factor_at is not None
        assert as_jurist.get("/account/tweede-stap").status == 200

    @pytest.mark.parametrize("kind", ["app", "passkey"])
    def test_who_was_signed_in_for_hours_stays_signed_in(self, as_jurist: Visitor, session: Session, kind: str) -> None:
        """What was just set up is proven; the ten minutes are for who gave a password only."""
        long_ago = datetime.now(UTC) - timedelta(hours=2)
        session.execute(update(UserSession).values(factors=1, started_at=long_ago))

        if kind == "app":
            page = as_jurist.get("/account/tweede-stap/app")
            page.fill({"code": pyotp.TOTP(page.texts("code")[0].replace(" ", "")).now()}).submit()
        else:
            add_passkey(as_jurist, Authenticator())

        assert as_jurist.get("/helpdesk/adviezen").path == "/helpdesk/adviezen"

    def test_the_other_sessions_of_before_owe_a_second_step(
        self, as_jurist: Visitor, as_visitor: Visitor, session: Session
    ) -> None:
        sign_in(as_visitor)
        long_ago = datetime.now(UTC) - timedelta(hours=2)
        session.execute(update(UserSession).values(factors=1, started_at=long_ago))

        add_passkey(as_jurist, Authenticator())

        assert as_visitor.get("/helpdesk/adviezen").path.startswith("/aanmelden")

    def test_a_wrong_code_keeps_nothing_and_shows_the_same_key(self, as_jurist: Visitor, session: Session) -> None:
        page = as_jurist.get("/account/tweede-stap/app")
        key = page.texts("code")[0]

        again = page.fill({"code": "000000"}).submit(expect=422)

        assert "Deze code klopt niet." in again.main
        assert again.texts("code")[0] == key
        assert session.scalars(select(TotpKey)).all() == []

    @pytest.mark.parametrize("role", [Role.ADMIN, Role.COORDINATOR])
    def test_who_must_have_one_gets_nowhere_without(self, as_visitor: Visitor, role: Role) -> None:
        page = sign_in(as_visitor, role)

        assert page.path == "/account/tweede-stap"
        assert "Stel ze nu in" in page.main
        for address in ("/helpdesk/cijfers", "/beheer/accounts", "/account/", "/account/wachtwoord"):
            assert as_visitor.get(address).path == "/account/tweede-stap"

    def test_what_writes_is_refused_before(self, as_visitor: Visitor) -> None:
        page = sign_in(as_visitor, Role.ADMIN)
        token = page.all("input")[0].get("value", "")

        as_visitor.post("/beheer/accounts/1/afsluiten", {"csrf_token": token}, expect=403)

    def test_after_setting_up_everything_is_open(self, as_visitor: Visitor) -> None:
        page = sign_in(as_visitor, Role.ADMIN).follow("Een app instellen")
        key = page.texts("code")[0].replace(" ", "")
        page.fill({"code": pyotp.TOTP(key).now()}).submit()

        assert as_visitor.get("/beheer/accounts").heading == "Accounts"

    def test_a_demo_account_on_one_s_own_machine_is_exempt_and_says_so(
        self, as_visitor: Visitor, session: Session
    ) -> None:
        """So that `make run` stays usable with the accounts it prints."""
        session.execute(update(User).where(User.email == EMAILS[Role.ADMIN]).values(is_demo=True))

        page = sign_in(as_visitor, Role.ADMIN)

        assert page.path == "/beheer/accounts"
        assert "die bij deze rol verplicht is, staat hier uit" in page.text
        assert "staat hier uit" in as_visitor.get("/account/").main

    def test_under_another_address_it_is_not(self, house: House, as_visitor: Visitor, session: Session) -> None:
        session.execute(update(User).where(User.email == EMAILS[Role.ADMIN]).values(is_demo=True))

        with served_at(house.app, "http://helpdesk.example.org"):
            assert sign_in(as_visitor, Role.ADMIN).path == "/account/tweede-stap"

    def test_a_new_role_asks_for_a_second_step_at_once(self, as_visitor: Visitor, session: Session) -> None:
        sign_in(as_visitor)
        user = account_queries.get_user_by_email(session, EMAILS[Role.JURIST])
        change_roles(session, user, [Role.JURIST, Role.COORDINATOR], by=None, now=datetime.now(UTC))

        assert as_visitor.get("/helpdesk/adviezen").path == "/account/tweede-stap"


class served_at:  # noqa: N801 - reads as a sentence in a with
    """Let the application believe for a moment that it is visited at another address."""

    def __init__(self, app: Flask, base_url: str) -> None:
        self.app, self.base_url, self.before = app, base_url, app.extensions[SERVICES]

    def __enter__(self) -> None:
        changed = replace(self.before.settings, base_url=self.base_url)
        self.app.extensions[SERVICES] = replace(self.before, settings=changed)

    def __exit__(self, *_: object) -> None:
        self.app.extensions[SERVICES] = self.before


class TestTakingAway:
    def test_who_must_have_one_keeps_the_last(self, as_admin: Visitor, session: Session, secret: str) -> None:
        user = account_queries.get_user_by_email(session, EMAILS[Role.ADMIN])
        key = rules.new_totp_key()
        actions.add_totp(session, user, key, pyotp.TOTP(key).at(FAR), secret=secret, now=FAR)

        page = as_admin.get("/account/tweede-stap").fill({}, action="/account/tweede-stap/app/verwijderen")

        assert "Bij jouw rol is een tweede stap verplicht." in page.submit(expect=422).main
        assert session.scalars(select(TotpKey)).all() != []

    def test_a_jurist_may_do_without_again(self, as_jurist: Visitor, with_app: WithApp, session: Session) -> None:
        as_jurist.get("/account/tweede-stap").fill({}, action="/account/tweede-stap/app/verwijderen").submit()

        session.refresh(with_app.user)
        assert with_app.user.second_factor_at is None
        assert session.scalars(select(RecoveryCode)).all() == []

    def test_new_recovery_codes_replace_the_old(
        self, as_jurist: Visitor, with_app: WithApp, session: Session, secret: str
    ) -> None:
        page = as_jurist.get("/account/tweede-stap").fill({}, action="/account/tweede-stap/herstelcodes").submit()

        new = page.texts("code")
        assert len(new) == 10
        with pytest.raises(LoginRefused):
            actions.use_code(session, with_app.user, with_app.codes[0], secret=secret, now=datetime.now(UTC))
        actions.use_code(session, with_app.user, new[0], secret=secret, now=datetime.now(UTC))


def options_of(page: Page) -> str:
    """Return what the page lets the browser ask of a passkey."""
    [form] = [form for form in page.all("form") if form.get("data-options")]
    return form.get("data-options", "")


def add_passkey(visitor: Visitor, passkey: Authenticator, name: str = "laptop", *, expect: int = 200) -> Page:
    page = visitor.get("/account/tweede-stap/passkey")
    return page.fill({"name": name, "credential": passkey.make(options_of(page))}).submit(expect=expect)


def sign_in_with(visitor: Visitor, passkey: Authenticator, *, expect: int = 200) -> Page:
    page = visitor.get("/aanmelden/passkey")
    return page.fill({"credential": passkey.sign(options_of(page))}).submit(expect=expect)


@pytest.fixture
def passkey(as_jurist: Visitor) -> Authenticator:
    """A passkey that the jurist made."""
    made = Authenticator()
    assert add_passkey(as_jurist, made).heading == "Je herstelcodes"
    return made


class TestPasskeys:
    def test_one_signs_in_with_a_passkey_alone(
        self, as_visitor: Visitor, passkey: Authenticator, session: Session
    ) -> None:
        page = sign_in_with(as_visitor, passkey)

        assert page.path.startswith("/helpdesk/")
        assert session.scalars(select(UserSession.factors).order_by(UserSession.id.desc()).limit(1)).one() == 2

    def test_one_lands_on_the_page_one_wanted(self, as_visitor: Visitor, passkey: Authenticator) -> None:
        page = as_visitor.get("/helpdesk/vormingen").follow("Aanmelden met een passkey")

        answer = page.fill({"credential": passkey.sign(options_of(page))}).submit()

        assert answer.path == "/helpdesk/vormingen"

    def test_several_each_with_a_name(self, as_jurist: Visitor, as_visitor: Visitor, passkey: Authenticator) -> None:
        second = Authenticator()
        add_passkey(as_jurist, second, "sleutelbos")

        page = as_jurist.get("/account/tweede-stap")

        assert [row[0] for row in page.table()[1:]] == ["laptop", "sleutelbos"]
        assert sign_in_with(as_visitor, second).path.startswith("/helpdesk/")
        assert passkey.sign_count == 0

    def test_after_a_password_a_passkey_is_the_second_step(self, as_visitor: Visitor, passkey: Authenticator) -> None:
        page = sign_in(as_visitor)

        answer = page.fill({"credential": passkey.sign(options_of(page))}).submit()

        assert answer.path.startswith("/helpdesk/")

    def test_the_passkey_of_another_is_no_second_step(
        self, as_visitor: Visitor, as_editor: Visitor, passkey: Authenticator
    ) -> None:
        del passkey
        theirs = Authenticator()
        add_passkey(as_editor, theirs)

        page = sign_in(as_visitor)

        page.fill({"credential": theirs.sign(options_of(page))}).submit(expect=422)

    def test_an_answer_that_was_overheard_is_good_once(self, as_visitor: Visitor, passkey: Authenticator) -> None:
        page = as_visitor.get("/aanmelden/passkey")
        cookie = as_visitor.client.get_cookie("helpdesk")
        assert cookie is not None
        form = page.fill({"credential": passkey.sign(options_of(page))})
        form.submit()
        as_visitor.get("/account/").fill({}, action="/afmelden").submit()
        as_visitor.client.set_cookie("helpdesk", cookie.value)

        page = form.submit(expect=422)

        assert "niet herkend" in page.main

    @pytest.mark.parametrize(
        "wrong",
        [
            {"origin": "https://kwaad.example"},
            {"domain": "kwaad.example"},
            {"flags": PRESENT},
            {"flags": VERIFIED},
            {"sign_count": 0},
            {"credential_id": b"een andere"},
            {"key": Authenticator().key},
        ],
        ids=["other site", "other domain", "nobody recognised", "nobody present", "a copy", "unknown", "other key"],
    )
    def test_an_answer_that_proves_too_little_is_refused(
        self, as_visitor: Visitor, passkey: Authenticator, wrong: dict[str, object], session: Session
    ) -> None:
        session.execute(update(Passkey).values(sign_count=5))
        passkey.sign_count = 5
        for name, value in wrong.items():
            setattr(passkey, name, value)

        page = sign_in_with(as_visitor, passkey, expect=422)

        assert "niet herkend" in page.main

    @pytest.mark.parametrize("sent", ["", "{}", "[]", "null", "geen json", '{"id": 3}', "[" * 5_000, '{"id": "x"}'])
    def test_nonsense_is_refused_in_words(self, as_visitor: Visitor, sent: str) -> None:
        page = as_visitor.get("/aanmelden/passkey").fill({"credential": sent}).submit(expect=422)

        assert "niet herkend" in page.main

    def test_the_answer_to_another_challenge_makes_no_passkey(self, as_jurist: Visitor, session: Session) -> None:
        page = as_jurist.get("/account/tweede-stap/passkey")
        other = json.dumps({"challenge": "AAAA"})

        again = page.fill({"name": "laptop", "credential": Authenticator().make(other)}).submit(expect=422)

        assert "De passkey is niet gemaakt." in again.main
        assert session.scalars(select(Passkey)).all() == []

    def test_a_passkey_of_a_closed_account_opens_nothing(
        self, as_visitor: Visitor, passkey: Authenticator, session: Session
    ) -> None:
        session.execute(update(User).where(User.email == EMAILS[Role.JURIST]).values(is_active=False))

        sign_in_with(as_visitor, passkey, expect=422)

    def test_one_removes_one_s_own_only(
        self, as_editor: Visitor, as_jurist: Visitor, passkey: Authenticator, session: Session
    ) -> None:
        del passkey
        [held] = session.scalars(select(Passkey)).all()
        token = as_editor.get("/account/").all("input")[0].get("value", "")

        as_editor.post(f"/account/tweede-stap/passkey/{held.id}/verwijderen", {"csrf_token": token})
        assert session.scalars(select(Passkey)).all() == [held]

        address = f"/account/tweede-stap/passkey/{held.id}/verwijderen"
        as_jurist.get("/account/tweede-stap").fill({}, action=address).submit()
        assert session.scalars(select(Passkey)).all() == []

    def test_an_address_that_is_a_number_offers_none(self, as_visitor: Visitor, house: House) -> None:
        """Browsers know passkeys for names of sites only; the page says what to do."""
        with served_at(house.app, "https://10.0.0.7"):
            page = as_visitor.get("/aanmelden/passkey")

        assert "Passkeys werken alleen op een adres met een naam" in page.main


class TestReset:
    def test_the_command_lets_someone_in_who_lost_everything(
        self, house: House, with_app: WithApp, as_visitor: Visitor, session: Session
    ) -> None:
        done = house.app.test_cli_runner().invoke(args=["users", "reset-second-factor", EMAILS[Role.JURIST]])

        assert done.exit_code == 0, done.output
        session.refresh(with_app.user)
        assert sign_in(as_visitor).path.startswith("/helpdesk/")
        [entry] = session.scalars(select(AuditEntry).where(AuditEntry.act == "user.second_factor_reset")).all()
        assert entry.changes == {"factors": [1, 0]}

    def test_an_unknown_address_is_told(self, house: House, session: Session) -> None:
        del session
        done = house.app.test_cli_runner().invoke(args=["users", "reset-second-factor", "niemand@voorbeeld.test"])

        assert done.exit_code == 1
        assert "Er is geen account" in done.output
