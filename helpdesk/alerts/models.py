"""Who follows what by e-mail, and the ledger of what each of them was sent."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.core.db import Base


class FollowKind(StrEnum):
    """What can be followed."""

    SEARCH = "zoekopdracht"
    THEME = "thema"
    ARTICLE = "artikel"
    RULING = "uitspraak"
    NEWS = "nieuws"


class Rhythm(StrEnum):
    """How often someone gets a digest; the value is the one in the form."""

    DAILY = "dagelijks"
    WEEKLY = "wekelijks"


class SendState(StrEnum):
    """How far a letter is. `SENDING` is stored before the mail server hears of it, so that a crash is seen."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    REJECTED = "rejected"  # the server will never take it
    UNKNOWN = "unknown"  # it may have arrived: never sent again by itself


class AlertFollower(Base):
    """An address that follows something, or was asked whether it wants to.

    `letter_state` and `letter_at` are of the letter that asks to confirm: at most one a day, whoever asks for it.
    `looked_on` is the day of the last digest that was due; only a later one is looked into.
    """

    __tablename__ = "alert_follower"
    personal_data = frozenset({"address"})

    id: Mapped[int] = mapped_column(primary_key=True)
    handle: Mapped[str] = mapped_column(String(32), unique=True)  # at random; what the links in mails carry
    address: Mapped[str] = mapped_column(String(254), unique=True)
    rhythm: Mapped[str] = mapped_column(String(12))
    asked_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    letter_state: Mapped[str | None] = mapped_column(String(12), index=True)
    letter_at: Mapped[datetime | None]
    looked_on: Mapped[date | None]

    follows: Mapped[list["AlertFollow"]] = relationship(
        back_populates="follower", order_by="AlertFollow.id", passive_deletes=True
    )


class AlertFollow(Base):
    """One thing an address follows; it waits for confirmation while `confirmed_at` is empty.

    What counts as new begins after outbox entry `after_entry`. Of an article or a ruling, `seen` holds what referred to
    it before: a reference has no moment of its own, so what is new is what was not there.
    """

    __tablename__ = "alert_follow"
    __table_args__ = (UniqueConstraint("follower_id", "digest"),)
    personal_data = frozenset({"key", "title"})  # what someone searches says something about him

    id: Mapped[int] = mapped_column(primary_key=True)
    follower_id: Mapped[int] = mapped_column(ForeignKey("alert_follower.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(LongText)  # address of a search, id of a theme, VW:40ter, slug
    digest: Mapped[str] = mapped_column(String(64))  # of kind and key: nobody follows the same twice
    title: Mapped[str] = mapped_column(String(300))
    asked_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    after_entry: Mapped[int]
    seen: Mapped[list[str]] = mapped_column(JSON)

    follower: Mapped[AlertFollower] = relationship(back_populates="follows")


class AlertDigest(Base):
    """One mail to one person on the day it was due; it never exists without items."""

    __tablename__ = "alert_digest"
    __table_args__ = (UniqueConstraint("follower_id", "due_on"), Index("ix_alert_digest_state", "state"))

    id: Mapped[int] = mapped_column(primary_key=True)
    follower_id: Mapped[int] = mapped_column(ForeignKey("alert_follower.id", ondelete="CASCADE"))
    handle: Mapped[str] = mapped_column(String(32), unique=True)
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(12))
    made_at: Mapped[datetime]
    state_at: Mapped[datetime]
    attempts: Mapped[int]
    try_at: Mapped[datetime]  # not before

    follower: Mapped[AlertFollower] = relationship()
    items: Mapped[list["AlertItem"]] = relationship(order_by="AlertItem.id", passive_deletes=True)


class AlertItem(Base):
    """One line of a digest, as it was mailed. The same version of a document is never told twice to one follow."""

    __tablename__ = "alert_item"
    __table_args__ = (UniqueConstraint("follow_id", "document_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    digest_id: Mapped[int] = mapped_column(ForeignKey("alert_digest.id", ondelete="CASCADE"), index=True)
    follow_id: Mapped[int] = mapped_column(ForeignKey("alert_follow.id", ondelete="CASCADE"))
    document_id: Mapped[str] = mapped_column(String(300))
    version: Mapped[str] = mapped_column(String(60))
    label: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(400))
    address: Mapped[str] = mapped_column(LongText)
    note: Mapped[str] = mapped_column(LongText)
    dated_on: Mapped[date | None]

    follow: Mapped[AlertFollow] = relationship()


class AlertAttempt(Base):
    """One request to follow something, or to be erased; its source or its address is a keyed digest, kept for a day."""

    __tablename__ = "alert_attempt"
    __table_args__ = (Index("ix_alert_attempt_source", "source_digest", "asked_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source_digest: Mapped[str] = mapped_column(String(64))
    asked_at: Mapped[datetime]
