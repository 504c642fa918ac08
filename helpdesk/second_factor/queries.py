"""Reading second factors."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.accounts.models import User
from helpdesk.second_factor.models import Passkey, RecoveryCode, TotpKey


def find_totp_key(session: Session, user_id: int) -> TotpKey | None:
    """Return the key of the authenticator app of an account, or None."""
    return session.get(TotpKey, user_id)


def passkeys(session: Session, user_id: int) -> Sequence[Passkey]:
    """Return the passkeys of an account, the oldest first."""
    return session.scalars(select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.id)).all()


def find_passkey(session: Session, credential_id: str) -> tuple[Passkey, User] | None:
    """Return a passkey and whose it is, or None; of a closed account too."""
    query = select(Passkey, User).join(User, User.id == Passkey.user_id).where(Passkey.credential_id == credential_id)
    found = session.execute(query).first()
    return (found[0], found[1]) if found else None


def recovery_codes_left(session: Session, user_id: int) -> int:
    """Count the recovery codes of an account that are still good."""
    query = select(func.count()).select_from(RecoveryCode)
    return session.scalar(query.where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))) or 0


def factors_held(session: Session, user_id: int) -> int:
    """Count the second factors of an account: the app and each passkey; recovery codes are none."""
    apps = session.scalar(select(func.count()).select_from(TotpKey).where(TotpKey.user_id == user_id)) or 0
    keys = session.scalar(select(func.count()).select_from(Passkey).where(Passkey.user_id == user_id)) or 0
    return apps + keys
