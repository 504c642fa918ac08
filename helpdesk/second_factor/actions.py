"""Writing second factors; never commits. Nothing here is noted but that it happened, never a key or a code."""

from datetime import datetime, timedelta

from sqlalchemy import CursorResult, delete, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from helpdesk.accounts import actions as accounts
from helpdesk.accounts.actions import LoginRefused
from helpdesk.accounts.models import User
from helpdesk.accounts.rules import TWO_FACTORS
from helpdesk.core import audit
from helpdesk.core.errors import NotFound, Rejected
from helpdesk.second_factor import queries, rules
from helpdesk.second_factor.models import Passkey, RecoveryCode, TotpKey
from helpdesk.second_factor.rules import NotProven, Party


def add_totp(session: Session, user: User, key: str, code: str, *, secret: str, now: datetime) -> list[str]:
    """Keep the key of an authenticator app that proved to have it; return recovery codes when it is the first factor.

    Raises:
        Rejected: the code is not the one of this moment.
    """
    step = rules.find_step(key, code, now=now, after=0)
    if step is None:
        raise Rejected(
            ["Deze code klopt niet. Neem de code die je app nu toont, en kijk of de klok van je toestel juist is."]
        )
    held = queries.find_totp_key(session, user.id)
    if held is not None:
        session.delete(held)
        session.flush()
    locked = rules.lock(key, secret=secret)
    session.add(TotpKey(user_id=user.id, locked_key=locked, last_step=step, added_at=now))
    audit.note(session, "user.totp_added", subject_id=user.id, by=user.id, at=now)
    return _first_codes(session, user, now=now)


def remove_totp(session: Session, user: User, *, is_obliged: bool, now: datetime) -> None:
    """Forget the authenticator app of an account. Raises Rejected when the role asks for what would be gone."""
    held = queries.find_totp_key(session, user.id)
    if held is None:
        return
    rules.check_may_do_without(is_obliged=is_obliged, left=queries.factors_held(session, user.id) - 1)
    session.delete(held)
    session.flush()
    audit.note(session, "user.totp_removed", subject_id=user.id, by=user.id, at=now)
    _forget_when_last(session, user)


def add_passkey(
    session: Session, user: User, *, name: str, credential: str, party: Party, challenge: str, now: datetime
) -> list[str]:
    """Keep a new passkey; return new recovery codes when it is the first factor.

    Raises:
        Rejected: the name is none, or the browser's answer is not good.
    """
    rules.check_passkey_name(name, held=len(queries.passkeys(session, user.id)))
    refusal = Rejected(["De passkey is niet gemaakt. Probeer het opnieuw, en kies hetzelfde toestel."])
    try:
        made = rules.read_new_passkey(credential, party, challenge=challenge)
    except NotProven as wrong:
        raise refusal from wrong
    try:
        with session.begin_nested():
            session.add(
                Passkey(
                    user_id=user.id,
                    name=name.strip(),
                    credential_id=made.credential_id,
                    public_key=made.public_key,
                    sign_count=made.sign_count,
                    added_at=now,
                )
            )
    except IntegrityError as known:
        raise refusal from known
    audit.note(session, "user.passkey_added", subject_id=user.id, by=user.id, at=now)
    return _first_codes(session, user, now=now)


def remove_passkey(session: Session, user: User, passkey_id: int, *, is_obliged: bool, now: datetime) -> None:
    """Forget one passkey of an account.

    Raises:
        NotFound: it has no such passkey.
        Rejected: the role asks for what would be gone.
    """
    held = session.get(Passkey, passkey_id)
    if held is None or held.user_id != user.id:
        raise NotFound("Deze passkey bestaat niet.")
    rules.check_may_do_without(is_obliged=is_obliged, left=queries.factors_held(session, user.id) - 1)
    session.delete(held)
    session.flush()
    audit.note(session, "user.passkey_removed", subject_id=user.id, by=user.id, at=now)
    _forget_when_last(session, user)


def renew_recovery_codes(session: Session, user: User, *, now: datetime) -> list[str]:
    """Give an account ten new recovery codes and return them; the earlier ones are good no more."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    codes = rules.new_recovery_codes()
    session.add_all(RecoveryCode(user_id=user.id, digest=rules.code_digest(code)) for code in codes)
    audit.note(session, "user.recovery_codes_made", subject_id=user.id, by=user.id, at=now)
    return codes


def use_code(session: Session, user: User, code: str, *, secret: str, now: datetime) -> None:
    """Take the code of an authenticator app, or a recovery code; each is good once.

    Raises:
        LoginRefused: it is neither, or it was used.
    """
    held = queries.find_totp_key(session, user.id)
    key = rules.unlock(held.locked_key, secret=secret) if held else None
    step = rules.find_step(key, code, now=now, after=held.last_step) if held and key else None
    if step is not None:
        newer = update(TotpKey).where(TotpKey.user_id == user.id, TotpKey.last_step < step).values(last_step=step)
        if _changes_one(session, newer):
            return
        raise LoginRefused
    digest = rules.code_digest(code)
    good = update(RecoveryCode).where(
        RecoveryCode.user_id == user.id, RecoveryCode.digest == digest, RecoveryCode.used_at.is_(None)
    )
    if digest is None or not _changes_one(session, good.values(used_at=now)):
        raise LoginRefused
    audit.note(session, "user.recovery_code_used", subject_id=user.id, by=user.id, at=now)


def use_passkey(session: Session, credential: str, *, party: Party, challenge: str, now: datetime) -> User:
    """Return whose passkey answered the challenge.

    Raises:
        LoginRefused: no passkey of ours did, or its owner may not sign in.
    """
    try:
        found = queries.find_passkey(session, rules.credential_named(credential))
        if found is None:
            raise LoginRefused
        passkey, user = found
        count = rules.check_answer(
            credential, party, challenge=challenge, public_key=passkey.public_key, sign_count=passkey.sign_count
        )
    except NotProven as wrong:
        raise LoginRefused from wrong
    if not user.is_active:
        raise LoginRefused
    passkey.sign_count, passkey.last_used_at = count, now
    return user


def sign_in_with_passkey(
    session: Session,
    credential: str,
    *,
    party: Party,
    challenge: str,
    now: datetime,
    lasts: timedelta,
    browser: str,
) -> str:
    """Start a session for whoever answers with a passkey, and return its token: device and person are two factors.

    Raises:
        LoginRefused: no passkey of ours answered, or the answer was used before.
    """
    user = use_passkey(session, credential, party=party, challenge=challenge, now=now)
    return accounts.start_session(
        session, user, now=now, lasts=lasts, browser=browser, factors=TWO_FACTORS, proof=challenge
    )


def reset_second_factor(session: Session, user: User, *, by: int | None, now: datetime) -> None:
    """Take away app, passkeys and recovery codes of an account, for who lost them all, and end its sessions."""
    held = queries.factors_held(session, user.id)
    for table in (TotpKey, Passkey, RecoveryCode):
        session.execute(delete(table).where(table.user_id == user.id))
    user.second_factor_at = None
    accounts.end_sessions(session, user, now=now)
    changes = {"factors": (held, 0)}
    audit.note(session, "user.second_factor_reset", subject_id=user.id, by=by, at=now, changes=changes)


def _first_codes(session: Session, user: User, *, now: datetime) -> list[str]:
    if user.second_factor_at is not None:
        return []
    user.second_factor_at = now
    return renew_recovery_codes(session, user, now=now)


def _forget_when_last(session: Session, user: User) -> None:
    if queries.factors_held(session, user.id) == 0:
        user.second_factor_at = None
        session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))


def _changes_one(session: Session, statement: object) -> bool:
    result = session.execute(statement)  # type: ignore[call-overload]  # an UPDATE
    return isinstance(result, CursorResult) and result.rowcount == 1
