"""Reading accounts and sessions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from helpdesk.accounts import rules
from helpdesk.accounts.models import FailedLogin, MailedLink, User, UserRole, UserSession
from helpdesk.accounts.rules import Limit, Owed, Purpose
from helpdesk.core.errors import NotFound
from helpdesk.core.roles import Role


@dataclass(frozen=True)
class Presence:
    """Someone with a session that lives, and what is still owed before it counts."""

    user: User
    session: UserSession
    owed: Owed


@dataclass(frozen=True)
class Reach:
    """How long sessions live without being seen, and whether demo accounts may do without a second factor here."""

    idle: timedelta
    demo_is_exempt: bool


def find_user_by_email(session: Session, email: str) -> User | None:
    """Return the account with this address, whatever its case, or None."""
    return session.scalar(select(User).where(User.email == rules.normal_email(email)))


def get_user_by_email(session: Session, email: str) -> User:
    """Return the account with this address. Raises NotFound."""
    user = find_user_by_email(session, email)
    if user is None:
        raise NotFound(f"Er is geen account met het adres {email}.")
    return user


def get_user(session: Session, user_id: int) -> User:
    """Return an account. Raises NotFound."""
    user = session.get(User, user_id)
    if user is None:
        raise NotFound("Dit account bestaat niet.")
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


def other_admins(session: Session, user_id: int) -> int:
    """Count the administrators who can sign in, without this account."""
    query = (
        select(func.count())
        .select_from(User)
        .join(UserRole)
        .where(UserRole.role == Role.ADMIN.value, User.is_active, User.id != user_id)
    )
    return session.scalar(query) or 0


def find_presence(session: Session, token: str, reach: Reach, *, now: datetime) -> Presence | None:
    """Return who has the session with this token; None when it ended, expired, lay idle or the account was closed."""
    found = session.execute(
        select(User, UserSession)
        .join(UserSession, UserSession.user_id == User.id)
        .where(
            UserSession.token_digest == rules.token_digest(token),
            *_lives(now, reach.idle),
            User.is_active,
        )
    ).first()
    if found is None:
        return None
    user, here = found
    owed = rules.owed_step(
        user.roles,
        has_second_factor=user.second_factor_at is not None,
        factors=here.factors,
        is_exempt=user.is_demo and reach.demo_is_exempt,
    )
    if owed is Owed.SECOND_STEP and here.started_at <= now - rules.PENDING:
        return None
    return Presence(user, here, owed)


def get_session(session: Session, session_id: int) -> UserSession:
    """Return a session, whether it lives or not. Raises NotFound."""
    found = session.get(UserSession, session_id)
    if found is None:
        raise NotFound("Deze aanmelding bestaat niet.")
    return found


def open_sessions(session: Session, user_id: int, *, idle: timedelta, now: datetime) -> Sequence[UserSession]:
    """Return the sessions of an account that live, the one seen last first."""
    seen = func.coalesce(UserSession.last_seen_at, UserSession.started_at)
    query = select(UserSession).where(UserSession.user_id == user_id, *_lives(now, idle))
    return session.scalars(query.order_by(seen.desc(), UserSession.id.desc())).all()


def last_seen(session: Session) -> dict[int, datetime]:
    """Return when each account was last seen, by id; who never signed in is not in it."""
    seen = func.max(func.coalesce(UserSession.last_seen_at, UserSession.started_at), type_=UserSession.started_at.type)
    return dict(session.execute(select(UserSession.user_id, seen).group_by(UserSession.user_id)).all())


def find_link(session: Session, link_id: int, purpose: Purpose, *, now: datetime) -> tuple[MailedLink, User] | None:
    """Return a link that is still good and whose it is, or None."""
    found = session.execute(
        select(MailedLink, User)
        .join(User, User.id == MailedLink.user_id)
        .where(
            MailedLink.id == link_id,
            MailedLink.purpose == purpose.value,
            MailedLink.used_at.is_(None),
            MailedLink.expires_at > now,
            User.is_active,
        )
    ).first()
    return (found[0], found[1]) if found else None


def waiting_links(session: Session, *, now: datetime) -> Sequence[int]:
    """Return the ids of the links that have to be mailed, the oldest first."""
    query = select(MailedLink.id).where(
        MailedLink.sent_at.is_(None), MailedLink.used_at.is_(None), MailedLink.expires_at > now
    )
    return session.scalars(query.order_by(MailedLink.id)).all()


def is_throttled(
    session: Session, *, account_digest: str, source_digest: str, now: datetime, limit: Limit = rules.PASSWORDS
) -> bool:
    """Tell whether this account or this source tried too often in the last five minutes, the present try included.

    Tries that another node noted on a clock a little ahead count; those of before a clock was set back do not, or
    nobody who failed then could sign in until that hour came again.
    """
    by_account, by_source = session.execute(
        select(
            func.count().filter(FailedLogin.account_digest == account_digest),
            func.count().filter(FailedLogin.source_digest == source_digest),
        ).where(
            FailedLogin.failed_at > now - rules.FAILURE_WINDOW,
            FailedLogin.failed_at < now + rules.FAILURE_WINDOW,
            or_(FailedLogin.account_digest == account_digest, FailedLogin.source_digest == source_digest),
        )
    ).one()
    return bool(by_account > limit.of_account or by_source > limit.of_source)


def _lives(now: datetime, idle: timedelta) -> tuple[ColumnElement[bool], ...]:
    seen = func.coalesce(UserSession.last_seen_at, UserSession.started_at)
    return UserSession.ended_at.is_(None), UserSession.expires_at > now, seen > now - idle
