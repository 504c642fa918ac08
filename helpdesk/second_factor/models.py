"""What proves a colleague besides a password: an authenticator app, passkeys, and codes for when both are lost."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.core.db import Base


class TotpKey(Base):
    """The key a colleague shares with an authenticator app, encrypted with the secret of the installation."""

    __tablename__ = "totp_key"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    locked_key: Mapped[str] = mapped_column(String(200))
    last_step: Mapped[int]  # the half minute of the last code that was taken: no code is good twice
    added_at: Mapped[datetime]


class RecoveryCode(Base):
    """One code that is good once, for who lost the app and the passkeys; only its digest is kept."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None]


class Passkey(Base):
    """One passkey of a colleague, under the name its owner gave it. The key that signs never leaves the device."""

    __tablename__ = "passkey"
    __table_args__ = (UniqueConstraint("credential_id"),)
    personal_data = frozenset({"name"})

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    credential_id: Mapped[str] = mapped_column(String(1400))  # base64url; at most 1023 bytes (WebAuthn, 4)
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(BigInteger)
    added_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
