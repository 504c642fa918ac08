from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.accounts import actions, queries
from helpdesk.accounts.actions import Credentials, LoginRefused, LoginThrottled
from helpdesk.accounts.models import FailedLogin, User, UserSession
from helpdesk.accounts.queries import Reach
from helpdesk.core.audit import AuditEntry
from helpdesk.core.errors import NotFound, Rejected
from helpdesk.core.roles import Role

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PASSWORD = "een lang proefwachtwoord"
EMAIL = "an@voorbeeld.be"
TEN_HOURS = timedelta(hours=10)
REACH = Reach(idle=timedelta(hours=12), demo_is_exempt=False)


def a_user(session: Session, *, email: str = EMAIL, roles: tuple[Role, ...] = (Role.JURIST,)) -> User:
    return actions.add_user(session, email=email, display_name="An", password=PASSWORD, roles=roles, now=NOW)


def credentials(*, email: str = EMAIL, password: str = PASSWORD, source: str = "bron") -> Credentials:
    return Credentials(email=email, password=password, account_digest=f"account {email}", source_digest=source)


def sign_in(session: Session, given: Credentials, *, now: datetime = NOW) -> str:
    attempt = actions.note_attempt(session, given, now=now)
    session.flush()
    try:
        return actions.sign_in(session, given, attempt=attempt, now=now, lasts=TEN_HOURS)
    finally:
        session.flush()


def fail(session: Session, times: int, given: Credentials, *, now: datetime = NOW) -> None:
    """Store failures as the sign-in does, without the slow look at a password."""
    session.add_all(
        FailedLogin(account_digest=given.account_digest, source_digest=given.source_digest, failed_at=now)
        for _ in range(times)
    )
    session.flush()


def user_of(session: Session, token: str, *, now: datetime) -> User | None:
    """Return whose session lives, whatever it owes."""
    here = queries.find_presence(session, token, REACH, now=now)
    return here.user if here else None


class TestAddUser:
    def test_an_account_is_stored_with_its_roles(self, session: Session) -> None:
        a_user(session, email="An@Voorbeeld.be", roles=(Role.JURIST, Role.EDITOR, Role.JURIST))
        session.commit()

        user = queries.get_user_by_email(session, "AN@voorbeeld.BE")

        assert user.email == EMAIL
        assert user.roles == {Role.JURIST, Role.EDITOR}
        assert PASSWORD not in user.password_hash

    def test_an_address_can_be_used_once_whatever_its_case(self, session: Session) -> None:
        a_user(session)

        with pytest.raises(Rejected, match="Er is al een account"):
            a_user(session, email="AN@VOORBEELD.BE")

    def test_it_is_noted(self, session: Session) -> None:
        user = a_user(session)

        noted = session.scalars(select(AuditEntry).where(AuditEntry.subject_id == str(user.id))).one()

        assert (noted.act, noted.user_id, noted.noted_at) == ("user.added", None, NOW)

    def test_an_unknown_address_is_named(self, session: Session) -> None:
        with pytest.raises(NotFound, match=r"niemand@voorbeeld\.be"):
            queries.get_user_by_email(session, "niemand@voorbeeld.be")


class TestSignIn:
    def test_the_right_password_starts_a_session(self, session: Session) -> None:
        user = a_user(session)

        token = sign_in(session, credentials(email="AN@voorbeeld.be"))

        assert user_of(session, token, now=NOW) is user

    @pytest.mark.parametrize(
        "given",
        [credentials(password="een ander wachtwoord"), credentials(email="niemand@voorbeeld.be")],
        ids=["wrong password", "unknown account"],
    )
    def test_who_does_not_fit_is_refused_and_counted(self, session: Session, given: Credentials) -> None:
        """An unknown account and a wrong password cannot be told apart."""
        a_user(session)

        with pytest.raises(LoginRefused) as refused:
            sign_in(session, given)

        assert type(refused.value) is LoginRefused
        assert session.scalar(select(func.count()).select_from(FailedLogin)) == 1

    def test_a_closed_account_is_refused_alike(self, session: Session) -> None:
        actions.disable_user(session, a_user(session), now=NOW)

        with pytest.raises(LoginRefused):
            sign_in(session, credentials())

    def test_the_database_keeps_no_token(self, session: Session) -> None:
        a_user(session)

        token = sign_in(session, credentials())

        assert token not in session.scalars(select(UserSession.token_digest)).all()


class TestThrottling:
    def test_after_ten_failures_in_five_minutes_an_account_waits(self, session: Session) -> None:
        """Whoever guesses one account from many sources is stopped, even with the right password."""
        a_user(session)
        for number in range(10):
            fail(session, 1, credentials(source=f"bron {number}"))

        with pytest.raises(LoginThrottled):
            sign_in(session, credentials(source="nieuwe bron"))

    def test_after_ten_failures_in_five_minutes_a_source_waits(self, session: Session) -> None:
        """Whoever guesses many accounts from one source is stopped."""
        a_user(session)
        for number in range(10):
            fail(session, 1, credentials(email=f"{number}@voorbeeld.be"))

        with pytest.raises(LoginThrottled):
            sign_in(session, credentials())

    def test_nine_failures_are_let_through(self, session: Session) -> None:
        a_user(session)
        fail(session, 9, credentials())

        assert sign_in(session, credentials())

    def test_another_account_from_another_source_is_let_through(self, session: Session) -> None:
        a_user(session)
        fail(session, 20, credentials(email="ander@voorbeeld.be", source="andere bron"))

        assert sign_in(session, credentials())

    def test_after_five_minutes_it_may_be_tried_again(self, session: Session) -> None:
        a_user(session)
        fail(session, 10, credentials())

        with pytest.raises(LoginThrottled):
            sign_in(session, credentials(), now=NOW + timedelta(minutes=4, seconds=59))
        assert sign_in(session, credentials(), now=NOW + timedelta(minutes=5))

    def test_being_throttled_is_a_refusal(self) -> None:
        assert issubclass(LoginThrottled, LoginRefused)


class TestSessions:
    def test_a_session_ends_after_its_hours(self, session: Session) -> None:
        user = a_user(session)
        token = sign_in(session, credentials())

        assert user_of(session, token, now=NOW + timedelta(hours=9, minutes=59)) is user
        assert user_of(session, token, now=NOW + TEN_HOURS) is None

    def test_signing_out_ends_this_session_only(self, session: Session) -> None:
        user = a_user(session)
        here, elsewhere = sign_in(session, credentials()), sign_in(session, credentials())

        actions.sign_out(session, here, now=NOW)

        assert user_of(session, here, now=NOW) is None
        assert user_of(session, elsewhere, now=NOW) is user

    def test_a_new_password_ends_every_session(self, session: Session) -> None:
        """Whoever got in with the old password is out."""
        user = a_user(session)
        token = sign_in(session, credentials())

        new = actions.reset_password(session, user, now=NOW)

        assert user_of(session, token, now=NOW) is None
        assert sign_in(session, credentials(password=new))
        with pytest.raises(LoginRefused):
            sign_in(session, credentials())

    def test_a_new_password_that_is_too_short_changes_nothing(self, session: Session) -> None:
        user = a_user(session)

        with pytest.raises(Rejected):
            actions.reset_password(session, user, now=NOW, password="kort")

        assert sign_in(session, credentials())

    def test_closing_an_account_ends_every_session(self, session: Session) -> None:
        user = a_user(session)
        token = sign_in(session, credentials())

        actions.disable_user(session, user, now=NOW)

        assert user_of(session, token, now=NOW) is None

    def test_a_token_nobody_has_is_nobody(self, session: Session) -> None:
        assert user_of(session, "verzonnen", now=NOW) is None


class TestForgetting:
    def test_failures_of_a_day_ago_and_sessions_of_a_month_ago_go(self, session: Session) -> None:
        a_user(session)
        fail(session, 1, credentials(), now=NOW - timedelta(days=1, seconds=1))
        fail(session, 1, credentials(), now=NOW - timedelta(hours=23))
        sign_in(session, credentials(), now=NOW - timedelta(days=31))
        kept = sign_in(session, credentials(), now=NOW)

        failures, sessions = actions.forget_failed_logins(session, now=NOW), actions.forget_sessions(session, now=NOW)

        assert (failures, sessions) == (1, 1)
        assert user_of(session, kept, now=NOW) is not None
