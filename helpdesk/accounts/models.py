"""Accounts of colleagues, their sessions, the links they get by mail, and the failed logins that throttling counts."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.core.db import Base
from helpdesk.core.roles import Role


class User(Base):
    """A colleague who can sign in."""

    __tablename__ = "user"
    personal_data = frozenset({"email", "display_name"})

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)  # lower case
    display_name: Mapped[str] = mapped_column(String(80))
    password_hash: Mapped[str] = mapped_column(String(200))  # empty until someone who was invited chose a password
    password_set_at: Mapped[datetime | None]
    is_active: Mapped[bool]
    is_demo: Mapped[bool]
    created_at: Mapped[datetime]
    second_factor_at: Mapped[datetime | None]  # since when there is one; kept by the room second_factor

    user_roles: Mapped[list["UserRole"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="UserRole.role"
    )

    @property
    def roles(self) -> frozenset[Role]:
        """The roles this colleague has today."""
        return frozenset(Role(given.role) for given in self.user_roles)


class UserRole(Base):
    """One role of one colleague."""

    __tablename__ = "user_role"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)


class UserSession(Base):
    """One sign-in on one browser; the cookie holds the token, the table only its digest.

    `factors` says how strongly it was proven who it is: 1 with a password, 2 with a code or a passkey besides.
    """

    __tablename__ = "user_session"
    personal_data = frozenset({"browser"})
    __table_args__ = (UniqueConstraint("token_digest"), UniqueConstraint("proof_digest"))

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    token_digest: Mapped[str] = mapped_column(String(64))
    started_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]  # to the minute; None when it was not seen since it started
    browser: Mapped[str] = mapped_column(String(60), default="", server_default="")  # "Firefox op Windows"
    factors: Mapped[int] = mapped_column(default=1, server_default="1")
    proof_digest: Mapped[str | None] = mapped_column(String(64))
    """Digest of the challenge or nonce that this sign-in answered: what was overheard starts no second session."""


class MailedLink(Base):
    """A link to choose a password, asked for one account; the mail holds a signature of its number.

    A link without `sent_at` waits for the mail; one that was used, or replaced by a newer one, has `used_at`.
    """

    __tablename__ = "mailed_link"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy reads it; a number never comes back

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(20))  # a rules.Purpose
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]


class FailedLogin(Base):
    """One login that failed or is being tried: a password, a code or a passkey, or a link that was asked for.

    Account and source are kept as keyed digests, so the table names nobody.
    """

    __tablename__ = "failed_login"
    __table_args__ = (
        Index("ix_failed_login_account", "account_digest", "failed_at"),
        Index("ix_failed_login_source", "source_digest", "failed_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_digest: Mapped[str] = mapped_column(String(64))
    source_digest: Mapped[str] = mapped_column(String(64))
    failed_at: Mapped[datetime]
