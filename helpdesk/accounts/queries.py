"""Reading accounts and sessions."""

from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from helpdesk.accounts import rules
from helpdesk.accounts.models import FailedLogin, User, UserSession
from helpdesk.core.errors import NotFound
from helpdesk.core.roles import Role


def find_user_by_email(session: Session, email: str) -> User | None:
    """Return the account with this address, whatever its case, or None."""
    return session.scalar(select(User).where(User.email == rules.normal_email(email)))


def get_user_by_email(session: Session, email: str) -> User:
    """Return the account with this address. Raises NotFound."""
    user = find_user_by_email(session, email)
    if user is None:
        raise NotFound(f"Er is geen account met het adres {email}.")
    return user


def users(session: Session) -> list[User]:
    """Return all accounts by address."""
    return list(session.scalars(select(User).order_by(User.email)))


def colleagues_with(session: Session, role: Role) -> list[User]:
    """Return the active accounts with a role, by name."""
    active = session.scalars(select(User).where(User.is_active).order_by(User.display_name, User.id))
    return [user for user in active if role in user.roles]


def names_by_id(session: Session) -> dict[int, str]:
    """Return the display name of each account, also of those that are no longer active."""
    return dict(session.execute(select(User.id, User.display_name)).all())


def find_user_of_session(session: Session, token: str, *, now: datetime) -> User | None:
    """Return who is signed in with this token; None when the session ended, expired or the account was closed."""
    return session.scalar(
        select(User)
        .join(UserSession, UserSession.user_id == User.id)
        .where(
            UserSession.token_digest == rules.token_digest(token),
            UserSession.ended_at.is_(None),
            UserSession.expires_at > now,
            User.is_active,
        )
    )


def is_throttled(session: Session, *, account_digest: str, source_digest: str, now: datetime) -> bool:
    """Tell whether this account or this source tried too often in the last five minutes, the present try included."""
    since = now - rules.FAILURE_WINDOW
    by_account, by_source = session.execute(
        select(
            func.count().filter(FailedLogin.account_digest == account_digest),
            func.count().filter(FailedLogin.source_digest == source_digest),
        ).where(
            FailedLogin.failed_at > since,
            or_(FailedLogin.account_digest == account_digest, FailedLogin.source_digest == source_digest),
        )
    ).one()
    return max(by_account, by_source) > rules.MOST_FAILURES
