"""Writing accounts and sessions; never commits, but for what must stand while someone only reads or a mail leaves."""

import secrets
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.headerregistry import Address
from typing import Any

import structlog
from sqlalchemy import CursorResult, delete, update
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from helpdesk.accounts import queries, rules
from helpdesk.accounts.models import FailedLogin, MailedLink, User, UserRole, UserSession
from helpdesk.accounts.rules import Limit, Purpose
from helpdesk.core import audit, signing
from helpdesk.core.clock import BRUSSELS
from helpdesk.core.errors import Rejected
from helpdesk.core.mail import Delivery, Door, Letter, MailServerGone, MailServerRefused, NoAddress, message_id
from helpdesk.core.mail import normal_address as address_for_mail
from helpdesk.core.roles import Role

log = structlog.get_logger()


class LoginRefused(Exception):
    """The login failed; for an unknown account, a wrong password and a closed account alike."""


class LoginThrottled(LoginRefused):
    """Too many failures for this account or from this source; no password was looked at."""


@dataclass(frozen=True)
class Credentials:
    """What someone types to sign in, and keyed digests of the account and of where from."""

    email: str
    password: str
    source_digest: str
    account_digest: str


@dataclass(frozen=True)
class Post:
    """How letters leave: what opens the door, from whom, and where the links in them lead."""

    open_door: Callable[[], AbstractContextManager[Door]]
    sender: str
    site_name: str
    base_url: str
    secret: str


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
    """Create an account. The password of a demo account is known to all, so nobody judges it.

    Raises:
        Rejected: the address is none or taken, or the password is too short or easily guessed.
    """
    if not is_demo:
        rules.check_password(password, own_words=(email, display_name))
    user = _new_user(session, email=email, display_name=display_name, roles=roles, now=now, is_demo=is_demo)
    user.password_hash, user.password_set_at = rules.hash_password(password), now
    session.add(user)
    session.flush()
    _note_new(session, user, by=None, now=now)
    return user


def invite_user(
    session: Session, *, email: str, display_name: str, roles: Iterable[Role], by: int, now: datetime
) -> User:
    """Create an account without a password, and ask for the mail that lets its owner choose one.

    Raises:
        Rejected: the address is none or taken, or no role is given.
    """
    given = frozenset(roles)
    if not given:
        raise Rejected(["Kies minstens een rol."])
    try:
        address_for_mail(email)
    except NoAddress as wrong:
        raise Rejected([str(wrong)]) from wrong
    user = _new_user(session, email=email, display_name=display_name, roles=given, now=now)
    session.add(user)
    session.flush()
    _note_new(session, user, by=by, now=now)
    ask_link(session, user, Purpose.INVITATION, by=by, now=now)
    return user


def ask_link(session: Session, user: User, purpose: Purpose, *, by: int | None, now: datetime) -> MailedLink:
    """Ask for a mail with a link to choose a password; earlier links of this account are good no more."""
    _end_links(session, user, now=now)
    link = MailedLink(user_id=user.id, purpose=purpose.value, asked_at=now, expires_at=now + purpose.lasts)
    session.add(link)
    audit.note(session, f"user.{purpose.value}_asked", subject_id=user.id, by=by, at=now)
    return link


def use_link(session: Session, link: MailedLink, user: User, password: str, *, now: datetime) -> None:
    """Give an account the password its owner chose through a link; the link is used up and all sessions end.

    Raises:
        Rejected: the password is too short or easily guessed, or someone else was just before us.
    """
    rules.check_password(password, own_words=(user.email, user.display_name))
    used = update(MailedLink).where(MailedLink.id == link.id, MailedLink.used_at.is_(None)).values(used_at=now)
    if _rows(session, used) != 1:
        raise Rejected(["Deze link is al gebruikt. Vraag een nieuwe."])
    _set_password(session, user, password, now=now)
    _end_links(session, user, now=now)
    audit.note(session, f"user.{link.purpose}_used", subject_id=user.id, by=user.id, at=now)


def change_password(session: Session, user: User, *, old: str, new: str, now: datetime) -> None:
    """Let the owner of an account change the password; all sessions end, the present one too.

    Raises:
        LoginRefused: the old password is not the present one.
        Rejected: the new password is too short, easily guessed, or the old one.
    """
    if not rules.is_password(old, user.password_hash):
        raise LoginRefused
    if rules.normal_password(old) == rules.normal_password(new):
        raise Rejected(["Kies een ander wachtwoord dan het huidige."])
    rules.check_password(new, own_words=(user.email, user.display_name))
    _set_password(session, user, new, now=now)
    audit.note(session, "user.password_changed", subject_id=user.id, by=user.id, at=now)


def reset_password(session: Session, user: User, *, now: datetime, password: str | None = None) -> str:
    """Give an account a new password, generated when none is given, and end all its sessions; return the password."""
    password = password or secrets.token_urlsafe(15)
    rules.check_password(password, own_words=(user.email, user.display_name))
    _set_password(session, user, password, now=now)
    _end_links(session, user, now=now)
    audit.note(session, "user.password_reset", subject_id=user.id, by=None, at=now)
    return password


def change_roles(session: Session, user: User, roles: Iterable[Role], *, by: int | None, now: datetime) -> None:
    """Give an account these roles and no others; they hold from its next request on.

    Raises:
        Rejected: no role is left, or nobody would administer the accounts.
    """
    before, after = user.roles, frozenset(roles)
    if not after:
        raise Rejected(["Kies minstens een rol. Wie niets meer mag, sluit je af."])
    if before == after:
        return
    others = queries.other_admins(session, user.id)
    rules.check_keeps_an_admin(user_id=user.id, by=by, before=before, after=after, other_admins=others)
    user.user_roles[:] = [given for given in user.user_roles if Role(given.role) in after]
    user.user_roles.extend(UserRole(role=role.value) for role in sorted(after - before))
    changes = {"roles": (_codes(before), _codes(after))}
    audit.note(session, "user.roles_changed", subject_id=user.id, by=by, at=now, changes=changes)


def disable_user(session: Session, user: User, *, now: datetime, by: int | None = None) -> None:
    """Close an account and end all its sessions and links; what it recorded stays.

    Raises:
        Rejected: it is one's own, or nobody would administer the accounts.
    """
    others = queries.other_admins(session, user.id)
    if by is not None:  # a command is typed by who has the server, and may close anything
        rules.check_keeps_an_admin(user_id=user.id, by=by, before=user.roles, after=frozenset(), other_admins=others)
    was_active, user.is_active = user.is_active, False
    end_sessions(session, user, now=now)
    _end_links(session, user, now=now)
    changes = {"is_active": (was_active, False)}
    audit.note(session, "user.disabled", subject_id=user.id, by=by, at=now, changes=changes)


def enable_user(session: Session, user: User, *, by: int | None, now: datetime) -> None:
    """Open a closed account again; its password and second factor are what they were."""
    was_active, user.is_active = user.is_active, True
    audit.note(session, "user.enabled", subject_id=user.id, by=by, at=now, changes={"is_active": (was_active, True)})


def note_attempt(session: Session, credentials: Credentials, *, now: datetime) -> FailedLogin:
    """Note that a login is being tried, and return the note. See `note_try`."""
    return note_try(
        session, account_digest=credentials.account_digest, source_digest=credentials.source_digest, now=now
    )


def note_try(session: Session, *, account_digest: str, source_digest: str, now: datetime) -> FailedLogin:
    """Note that something is being tried, and return the note.

    The caller stores it before anything is looked at, so that tries at the same moment all count; one that succeeds
    takes its note away.
    """
    attempt = FailedLogin(account_digest=account_digest, source_digest=source_digest, failed_at=now)
    session.add(attempt)
    return attempt


def check_not_throttled(session: Session, attempt: FailedLogin, limit: Limit, *, now: datetime) -> None:
    """Refuse a try when too many failed just before; such a try does not lengthen the wait. Raises LoginThrottled."""
    if queries.is_throttled(
        session, account_digest=attempt.account_digest, source_digest=attempt.source_digest, now=now, limit=limit
    ):
        session.delete(attempt)
        raise LoginThrottled


def sign_in(
    session: Session,
    credentials: Credentials,
    *,
    attempt: FailedLogin,
    now: datetime,
    lasts: timedelta,
    browser: str = "",
) -> str:
    """Start a session and return its token; `attempt` is the note of this try.

    Raises:
        LoginThrottled: ten other tries failed in five minutes for this account or this source.
        LoginRefused: anything else; the note of the try stays.
    """
    check_not_throttled(session, attempt, rules.PASSWORDS, now=now)
    user = queries.find_user_by_email(session, credentials.email)
    fits = rules.is_password(credentials.password, user.password_hash if user else None)
    if user is None or not fits or not user.is_active:
        raise LoginRefused
    session.delete(attempt)
    if not rules.is_hash_of_today(user.password_hash):
        user.password_hash = rules.hash_password(credentials.password)
    return start_session(session, user, now=now, lasts=lasts, browser=browser)


def start_session(
    session: Session,
    user: User,
    *,
    now: datetime,
    lasts: timedelta,
    browser: str = "",
    factors: int = 1,
    proof: str | None = None,
) -> str:
    """Start a session for someone whose identity is proven, and return its token.

    `proof` is the challenge or nonce that was answered, when there was one.

    Raises:
        LoginRefused: that proof already started a session.
    """
    token = rules.new_token()
    started = UserSession(
        user_id=user.id,
        token_digest=rules.token_digest(token),
        started_at=now,
        last_seen_at=now,
        expires_at=now + lasts,
        browser=browser,
        factors=factors,
        proof_digest=rules.token_digest(proof) if proof else None,
    )
    if proof is None:
        session.add(started)
    else:
        try:
            with session.begin_nested():
                session.add(started)
        except IntegrityError as used:
            raise LoginRefused from used
    audit.note(session, "user.signed_in", subject_id=user.id, by=user.id, at=now, changes={"factors": (0, factors)})
    return token


def pass_second_step(session: Session, here: UserSession, *, now: datetime) -> str:
    """Note that a session was proven with a second factor, and return its new token: the old one is worth nothing."""
    token = rules.new_token()
    here.token_digest, here.factors, here.last_seen_at = rules.token_digest(token), rules.TWO_FACTORS, now
    audit.note(session, "user.second_step", subject_id=here.user_id, by=here.user_id, at=now)
    return token


def note_seen(reading: Session, session_id: int, *, now: datetime) -> None:
    """Keep when a session was last seen, in a transaction of its own: a page is read without storing anything.

    A full disk or a busy database keeps nobody from reading; then the session is seen at the next request.
    """
    bind = reading.get_bind()
    reading.rollback()
    try:
        with Session(bind, join_transaction_mode="create_savepoint") as session, session.begin():
            session.execute(update(UserSession).where(UserSession.id == session_id).values(last_seen_at=now))
    except OperationalError:
        log.warning("session_not_noted")


def sign_out(session: Session, token: str, *, now: datetime) -> None:
    """End the session with this token; nothing happens when there is none."""
    session.execute(
        update(UserSession)
        .where(UserSession.token_digest == rules.token_digest(token), UserSession.ended_at.is_(None))
        .values(ended_at=now)
    )


def end_session(session: Session, session_id: int, *, owner: int, now: datetime) -> bool:
    """End one session of an account; return whether there was such a one."""
    mine = update(UserSession).where(UserSession.id == session_id, UserSession.user_id == owner)
    if not _rows(session, mine.where(UserSession.ended_at.is_(None)).values(ended_at=now)):
        return False
    audit.note(session, "user.session_ended", subject_id=owner, by=owner, at=now)
    return True


def end_other_sessions(session: Session, user_id: int, *, but: int | None, by: int, now: datetime) -> int:
    """End the sessions of an account but one (None: all); return how many ended."""
    ending = update(UserSession).where(UserSession.user_id == user_id, UserSession.ended_at.is_(None))
    count = _rows(session, ending.where(UserSession.id != (but or 0)).values(ended_at=now))
    audit.note(session, "user.sessions_ended", subject_id=user_id, by=by, at=now, changes={"open": (count, 0)})
    return count


def end_sessions(session: Session, user: User, *, now: datetime) -> None:
    """End all sessions of an account."""
    session.execute(
        update(UserSession).where(UserSession.user_id == user.id, UserSession.ended_at.is_(None)).values(ended_at=now)
    )


def send_letters(reading: Session, post: Post, *, now: datetime) -> int:
    """Mail the links that wait, each once; return how many left.

    Each is claimed and released in a transaction of its own, so that two nodes never send the same: a crash in between
    leaves a link unsent, and its owner asks again. When the mail server is away they wait for the next time.
    """
    bind = reading.get_bind()
    waiting = queries.waiting_links(reading, now=now)
    reading.rollback()
    sent = 0
    if not waiting:
        return sent
    try:
        with post.open_door() as door:
            for link_id in waiting:
                with Session(bind, join_transaction_mode="create_savepoint") as session, session.begin():
                    letter = _claim_letter(session, link_id, post, now=now)
                if letter is None:
                    continue
                if _has_left(door, letter):
                    sent += 1
                else:
                    with Session(bind, join_transaction_mode="create_savepoint") as session, session.begin():
                        session.execute(update(MailedLink).where(MailedLink.id == link_id).values(sent_at=None))
    except (MailServerGone, MailServerRefused, OperationalError) as away:
        log.warning("letters_wait", kind=type(away).__name__)
    return sent


def forget_failed_logins(session: Session, *, now: datetime) -> int:
    """Remove failed logins of more than a day ago; return how many."""
    return _rows(session, delete(FailedLogin).where(FailedLogin.failed_at < now - rules.FAILURES_KEPT))


def forget_sessions(session: Session, *, now: datetime) -> int:
    """Remove sessions that are over since a month; return how many."""
    return _rows(session, delete(UserSession).where(UserSession.expires_at < now - rules.SESSIONS_KEPT))


def forget_links(session: Session, *, now: datetime) -> int:
    """Remove mailed links that are over since a month; return how many."""
    return _rows(session, delete(MailedLink).where(MailedLink.expires_at < now - rules.LINKS_KEPT))


def make_former(session: Session, user: User, *, by: int | None, now: datetime) -> None:
    """Close an account for good and take name, address, roles and proofs off it; what it recorded keeps its number.

    Raises:
        Rejected: it is one's own, or nobody would administer the accounts.
    """
    disable_user(session, user, by=by, now=now)
    user.user_roles.clear()
    user.email, user.display_name = f"voormalig-{user.id}@{rules.FORMER_DOMAIN}", rules.FORMER_NAME
    user.password_hash, user.password_set_at, user.second_factor_at = "", None, None
    audit.note(session, "user.erased", subject_id=user.id, by=by, at=now)


def _new_user(
    session: Session, *, email: str, display_name: str, roles: Iterable[Role], now: datetime, is_demo: bool = False
) -> User:
    rules.check_email(email)
    rules.check_display_name(display_name)
    if queries.find_user_by_email(session, email) is not None:
        raise Rejected([f"Er is al een account met het adres {email}."])
    return User(
        email=rules.normal_email(email),
        display_name=display_name.strip(),
        password_hash="",
        is_active=True,
        is_demo=is_demo,
        created_at=now,
        user_roles=[UserRole(role=role.value) for role in sorted(set(roles))],
    )


def _note_new(session: Session, user: User, *, by: int | None, now: datetime) -> None:
    changes = {"roles": ("", _codes(user.roles))}
    audit.note(session, "user.added", subject_id=user.id, by=by, at=now, changes=changes)


def _set_password(session: Session, user: User, password: str, *, now: datetime) -> None:
    user.password_hash, user.password_set_at = rules.hash_password(password), now
    end_sessions(session, user, now=now)


def _end_links(session: Session, user: User, *, now: datetime) -> None:
    open_links = update(MailedLink).where(MailedLink.user_id == user.id, MailedLink.used_at.is_(None))
    session.execute(open_links.values(used_at=now))


def _claim_letter(session: Session, link_id: int, post: Post, *, now: datetime) -> Letter | None:
    """Take a waiting link for ourselves and return its letter, or None when another node has it."""
    claim = update(MailedLink).where(MailedLink.id == link_id, MailedLink.sent_at.is_(None)).values(sent_at=now)
    if _rows(session, claim) != 1:
        return None
    link = session.get_one(MailedLink, link_id)
    user, purpose = session.get_one(User, link.user_id), Purpose(link.purpose)
    token = signing.sign(post.secret, link_salt(purpose), str(link.id))
    subject, text = rules.letter_of(
        purpose,
        display_name=user.display_name,
        address=f"{post.base_url}{PATHS[purpose]}?sleutel={token}",
        site_name=post.site_name,
        until=link.expires_at.astimezone(BRUSSELS),
    )
    domain = Address(addr_spec=post.sender.rpartition("<")[2].rstrip("> ").strip()).domain
    return Letter(
        to=user.email,
        subject=subject,
        text=text,
        sender=post.sender,
        message_id=message_id(f"mailed_link {link.id}", domain),
        sent_at=now,
    )


PATHS = {Purpose.INVITATION: "/uitnodiging", Purpose.RESET: "/wachtwoord-kiezen"}


def link_salt(purpose: Purpose) -> str:
    """Return what keeps a link of one purpose from serving another."""
    return f"account.{purpose.value}"


def _has_left(door: Door, letter: Letter) -> bool:
    """Hand over a letter; False when it has to be tried again. A refusal for good is logged, without address."""
    try:
        answer = door.send(letter)
    except OSError:  # the server hung up before it had the letter, or the folder cannot be written
        return False
    if answer.delivery is Delivery.REJECTED:
        log.warning("letter_rejected", code=answer.code)
    return answer.delivery is not Delivery.POSTPONED


def _codes(roles: Iterable[Role]) -> str:
    return ",".join(sorted(role.value for role in roles))


def _rows(session: Session, statement: Any) -> int:  # noqa: ANN401 - an UPDATE or a DELETE
    result = session.execute(statement)
    return int(result.rowcount) if isinstance(result, CursorResult) else 0
