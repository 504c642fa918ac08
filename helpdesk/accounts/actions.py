"""Writing accounts and sessions; never commits."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from helpdesk.accounts import queries, rules
from helpdesk.accounts.models import FailedLogin, User, UserRole, UserSession
from helpdesk.core import audit
from helpdesk.core.errors import Rejected
from helpdesk.core.roles import Role


class LoginRefused(Exception):
    """The login failed; for an unknown account, a wrong password and a closed account alike."""


class LoginThrottled(LoginRefused):
    """Too many failures for this account or from this source; no password was looked at."""


@dataclass(frozen=True)
class Credentials:
    """What someone types to sign in, and a keyed digest of where from."""

    email: str
    password: str
    source_digest: str
    account_digest: str


def add_user(
    session: Session,
    *,
    email: str,
    display_name: str,
    password: str,
    roles: Iterable[Role],
    now: datetime,
    is_demo: bool = False,
) -> User:
    """Create an account.

    Raises:
        Rejected: the address is none or taken, or the password is too short.
    """
    rules.check_email(email)
    rules.check_display_name(display_name)
    rules.check_password(password)
    if queries.find_user_by_email(session, email) is not None:
        raise Rejected([f"Er is al een account met het adres {email}."])
    user = User(
        email=rules.normal_email(email),
        display_name=display_name.strip(),
        password_hash=rules.hash_password(password),
        is_active=True,
        is_demo=is_demo,
        created_at=now,
        user_roles=[UserRole(role=role.value) for role in sorted(set(roles))],
    )
    session.add(user)
    session.flush()
    audit.note(session, "user.added", subject_id=user.id, by=None, at=now)
    return user


def reset_password(session: Session, user: User, *, now: datetime, password: str | None = None) -> str:
    """Give an account a new password, generated when none is given, and end all its sessions; return the password."""
    password = password or secrets.token_urlsafe(15)
    rules.check_password(password)
    user.password_hash = rules.hash_password(password)
    end_sessions(session, user, now=now)
    audit.note(session, "user.password_reset", subject_id=user.id, by=None, at=now)
    return password


def disable_user(session: Session, user: User, *, now: datetime) -> None:
    """Close an account and end all its sessions; what it recorded stays."""
    user.is_active = False
    end_sessions(session, user, now=now)
    audit.note(session, "user.disabled", subject_id=user.id, by=None, at=now)


def note_attempt(session: Session, credentials: Credentials, *, now: datetime) -> FailedLogin:
    """Note that a login is being tried, and return the note.

    The caller stores it before the password is looked at, so that tries at the same moment all count; a login that
    succeeds takes its note away.
    """
    attempt = FailedLogin(
        account_digest=credentials.account_digest, source_digest=credentials.source_digest, failed_at=now
    )
    session.add(attempt)
    return attempt


def sign_in(
    session: Session, credentials: Credentials, *, attempt: FailedLogin, now: datetime, lasts: timedelta
) -> str:
    """Start a session and return its token; `attempt` is the note of this try.

    Raises:
        LoginThrottled: ten other tries failed in five minutes for this account or this source.
        LoginRefused: anything else; the note of the try stays.
    """
    if queries.is_throttled(
        session, account_digest=credentials.account_digest, source_digest=credentials.source_digest, now=now
    ):
        session.delete(attempt)  # a try that was not looked at does not lengthen the wait
        raise LoginThrottled
    user = queries.find_user_by_email(session, credentials.email)
    fits = rules.is_password(credentials.password, user.password_hash if user else None)
    if user is None or not fits or not user.is_active:
        raise LoginRefused
    session.delete(attempt)
    token = rules.new_token()
    session.add(
        UserSession(user_id=user.id, token_digest=rules.token_digest(token), started_at=now, expires_at=now + lasts)
    )
    audit.note(session, "user.signed_in", subject_id=user.id, by=user.id, at=now)
    return token


def sign_out(session: Session, token: str, *, now: datetime) -> None:
    """End the session with this token; nothing happens when there is none."""
    session.execute(
        update(UserSession)
        .where(UserSession.token_digest == rules.token_digest(token), UserSession.ended_at.is_(None))
        .values(ended_at=now)
    )


def end_sessions(session: Session, user: User, *, now: datetime) -> None:
    """End all sessions of an account."""
    session.execute(
        update(UserSession).where(UserSession.user_id == user.id, UserSession.ended_at.is_(None)).values(ended_at=now)
    )


def forget_old_logins(session: Session, *, now: datetime) -> int:
    """Remove failed logins of more than a day ago and sessions that ended a month ago; return how many rows went."""
    failures = session.execute(delete(FailedLogin).where(FailedLogin.failed_at < now - timedelta(days=1)))
    sessions = session.execute(delete(UserSession).where(UserSession.expires_at < now - timedelta(days=30)))
    return int(failures.rowcount) + int(sessions.rowcount)  # type: ignore[attr-defined]  # a DELETE answers a CursorResult
