import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from helpdesk.accounts.models import FailedLogin, User, UserSession
from helpdesk.core.roles import Role
from tests.conftest import EMAILS, PASSWORD
from tests.pageclient import Page, Visitor

JURIST = {"email": EMAILS[Role.JURIST], "password": PASSWORD}


def try_to_sign_in(visitor: Visitor, *, email: str, password: str, expect: int = 422) -> Page:
    return visitor.get("/aanmelden").fill({"email": email, "password": password}).submit(expect=expect)


class TestSignIn:
    def test_a_jurist_lands_at_the_helpdesk(self, as_visitor: Visitor) -> None:
        page = as_visitor.get("/aanmelden").fill(JURIST).submit()

        assert page.path.startswith("/helpdesk/")

    def test_one_lands_on_the_page_one_wanted(self, as_visitor: Visitor) -> None:
        page = as_visitor.get("/helpdesk/adviezen/nieuw")
        assert page.path.startswith("/aanmelden?verder=")

        answer = page.fill(JURIST).submit()

        assert answer.path.startswith("/helpdesk/adviezen/nieuw?ontwerp=")

    @pytest.mark.parametrize(
        "elsewhere",
        [
            "https://kwaad.test/",
            "//kwaad.test/",
            "/\\kwaad.test/",
            "\\\\kwaad.test",
            "/\t/kwaad.test",
            "/\n//kwaad.test",
            "/afmelden",
            "javascript:alert(1)",
            "https:kwaad.test",
            "",
        ],
    )
    def test_one_is_never_sent_to_another_site(self, as_visitor: Visitor, elsewhere: str) -> None:
        """A link in a mail must not use our sign-in page to lead a colleague to a copy of it."""
        form = as_visitor.get("/aanmelden").fill({**JURIST, "verder": elsewhere})

        answer = as_visitor.fetch("/aanmelden", method="POST", data=form.data)

        assert answer.status_code == 303
        assert answer.location.startswith("/")
        assert not answer.location.startswith(("//", "/\\", "/\t"))

    def test_an_unknown_account_and_a_wrong_password_get_the_same_answer(self, as_visitor: Visitor) -> None:
        """The page must not tell who has an account."""
        unknown = try_to_sign_in(as_visitor, email="niemand@voorbeeld.test", password="een fout wachtwoord")
        wrong = try_to_sign_in(as_visitor, email=EMAILS[Role.JURIST], password="een fout wachtwoord")

        assert unknown.main == wrong.main
        assert "horen niet bij elkaar" in wrong.main

    def test_a_refusal_says_that_signing_in_failed(self, as_visitor: Visitor) -> None:
        """It once said "Nog niet bewaard", as above a record that is not stored."""
        page = try_to_sign_in(as_visitor, email=EMAILS[Role.JURIST], password="een fout wachtwoord")

        assert page.texts("h2")[0] == "Aanmelden lukte niet"

    def test_a_refused_login_is_counted(self, as_visitor: Visitor, session: Session) -> None:
        try_to_sign_in(as_visitor, email=EMAILS[Role.JURIST], password="een fout wachtwoord")

        assert session.scalar(select(func.count()).select_from(FailedLogin)) == 1

    def test_the_table_of_failures_names_nobody(self, as_visitor: Visitor, session: Session) -> None:
        try_to_sign_in(as_visitor, email=EMAILS[Role.JURIST], password="een fout wachtwoord")

        failure = session.scalars(select(FailedLogin)).one()

        assert EMAILS[Role.JURIST] not in failure.account_digest
        assert "127.0.0.1" not in failure.source_digest

    def test_after_ten_failures_the_right_password_waits_too(self, as_visitor: Visitor) -> None:
        for _ in range(10):
            try_to_sign_in(as_visitor, email="niemand@voorbeeld.test", password="een fout wachtwoord")

        page = try_to_sign_in(as_visitor, **JURIST, expect=429)

        assert "Wacht vijf minuten" in page.main

    def test_an_empty_form_says_what_to_do(self, as_visitor: Visitor) -> None:
        page = try_to_sign_in(as_visitor, email="", password="")

        assert "Vul je e-mailadres in." in page.main
        assert "Vul je wachtwoord in." in page.main

    def test_without_the_field_of_the_form_nothing_is_signed_in(self, as_visitor: Visitor) -> None:
        as_visitor.get("/aanmelden")

        page = as_visitor.post("/aanmelden", JURIST, expect=400)

        assert page.heading == "Het formulier is verlopen"

    def test_the_password_is_not_sent_back(self, as_visitor: Visitor) -> None:
        page = try_to_sign_in(as_visitor, email=EMAILS[Role.JURIST], password="geheim dat fout is")

        assert "geheim dat fout is" not in page.source

    def test_the_cookie_is_closed_to_scripts_and_other_sites(self, as_visitor: Visitor) -> None:
        form = as_visitor.get("/aanmelden").fill(JURIST)

        cookie = as_visitor.fetch("/aanmelden", method="POST", data=form.data).headers["Set-Cookie"]

        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie


class TestSignOut:
    def test_the_session_ends_in_the_database_too(self, as_jurist: Visitor, session: Session) -> None:
        """A cookie that was copied is worth nothing after signing out."""
        page = as_jurist.get("/helpdesk/adviezen")

        answer = page.fill({}, action="/afmelden").submit()

        assert answer.path == "/"
        assert as_jurist.get("/helpdesk/adviezen").path.startswith("/aanmelden")
        open_sessions = select(func.count()).select_from(UserSession).where(UserSession.ended_at.is_(None))
        assert session.scalar(open_sessions) == len(Role) - 1

    def test_a_link_cannot_sign_one_out(self, as_jurist: Visitor) -> None:
        as_jurist.get("/afmelden", expect=405)

        assert as_jurist.get("/helpdesk/adviezen").path == "/helpdesk/adviezen"


class TestAClosedAccount:
    def test_it_is_out_at_its_next_request(self, as_jurist: Visitor, session: Session) -> None:
        session.execute(update(User).where(User.email == EMAILS[Role.JURIST]).values(is_active=False))

        assert as_jurist.get("/helpdesk/adviezen").path.startswith("/aanmelden")


class TestAccounts:
    def test_an_administrator_sees_who_has_access(self, as_admin: Visitor) -> None:
        page = as_admin.get("/beheer/accounts")

        assert all(email in page.main for email in EMAILS.values())
