"""The newsletter: who reads it, what was in it, and what became of every copy.

No address of a connection is kept anywhere. What must be recognised later without being known (an address that was
erased, where a request came from) is kept as a digest under the secret of the installation.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.core.db import Base


class SubscriberState(StrEnum):
    """Where a reader stands."""

    PENDING = "pending"  # asked for it, has not confirmed
    ACTIVE = "active"
    LEFT = "left"  # kept a month, so that coming back takes one click


class ConsentAct(StrEnum):
    """What someone agreed to, or stopped."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    CHANGED = "changed"
    RETURNED = "returned"
    LEFT = "left"
    IMPORTED = "imported"


class SuppressionReason(StrEnum):
    """Why an address gets no letter of ours."""

    LEFT = "left"  # an import does not bring it back; its owner can, by the form
    ERASED = "erased"
    BOUNCED = "bounced"
    ASKED = "asked"  # by an editor, on request


class IssueState(StrEnum):
    """Where an issue stands."""

    DRAFT = "draft"
    REVIEW = "review"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    PAUSED = "paused"
    SENT = "sent"


class DeliveryState(StrEnum):
    """What became of one copy. Only QUEUED is ever sent."""

    QUEUED = "queued"
    SENDING = "sending"  # claimed by a sender that may be talking to the mail server at this moment
    SENT = "sent"
    REJECTED = "rejected"
    UNKNOWN = "unknown"  # the sender died or the answer was lost: a person decides
    DROPPED = "dropped"  # its reader left before it went


class LetterKind(StrEnum):
    """The letters to one reader that are no issue."""

    CONFIRM = "confirm"
    KNOWN = "known"  # asked again by or for someone who already reads it
    GOODBYE = "goodbye"


class Subscriber(Base):
    """One reader. `key` stands in the links of the letters: unlike the number it is never given out again."""

    __tablename__ = "newsletter_subscriber"
    __table_args__ = (UniqueConstraint("email"), UniqueConstraint("key"))
    personal_data = frozenset({"email"})

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254))  # as core.mail.normal_address writes it
    key: Mapped[str] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(10), index=True)
    asked_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]

    preferences: Mapped[list["Preference"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", passive_deletes=True, order_by="Preference.branch"
    )

    @property
    def branches(self) -> frozenset[str]:
        """The branches of law this reader wants; empty for all of them, also those that are yet to come."""
        return frozenset(row.branch for row in self.preferences)


class Preference(Base):
    """A branch of law a reader wants."""

    __tablename__ = "newsletter_preference"

    subscriber_id: Mapped[int] = mapped_column(
        ForeignKey("newsletter_subscriber.id", ondelete="CASCADE"), primary_key=True
    )
    branch: Mapped[str] = mapped_column(String(80), primary_key=True)  # id of a node of level 1


class Consent(Base):
    """What a reader agreed to: when, and the words of the form or the mail. Append only; it goes with the reader."""

    __tablename__ = "newsletter_consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("newsletter_subscriber.id", ondelete="CASCADE"), index=True)
    act: Mapped[str] = mapped_column(String(10))
    words: Mapped[str] = mapped_column(LongText)
    given_at: Mapped[datetime]


class Suppression(Base):
    """An address that gets nothing, known by its keyed digest only."""

    __tablename__ = "newsletter_suppression"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    reason: Mapped[str] = mapped_column(String(10))
    noted_at: Mapped[datetime]


class SubscriptionRequest(Base):
    """One use of the public form in the last day: keyed digests that change each day, deleted the day after."""

    __tablename__ = "newsletter_request"
    __table_args__ = (Index("ix_newsletter_request_source_digest", "source_digest", "asked_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source_digest: Mapped[str] = mapped_column(String(64))
    asked_at: Mapped[datetime] = mapped_column(index=True)


class Movement(Base):
    """How many readers one Brussels day brought and took: what is left of those who were erased."""

    __tablename__ = "newsletter_movement"

    day: Mapped[date] = mapped_column(primary_key=True)
    joined: Mapped[int]
    left: Mapped[int]


class SingleLetter(Base):
    """A letter to one reader that is no issue: waiting, on its way or gone. A reader gets one a day at most."""

    __tablename__ = "newsletter_letter"
    __table_args__ = (Index("ix_newsletter_letter_state", "state", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("newsletter_subscriber.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))  # DeliveryState
    asked_at: Mapped[datetime]
    tried_at: Mapped[datetime | None]


class Issue(Base):
    """One issue. It gets its year, its number and its recipients when its sending begins; from then on it is frozen."""

    __tablename__ = "newsletter_issue"
    __table_args__ = (UniqueConstraint("year", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int | None]
    number: Mapped[int | None]
    sent_on: Mapped[date | None]
    subject: Mapped[str] = mapped_column(String(200))
    intro: Mapped[str] = mapped_column(LongText)
    state: Mapped[str] = mapped_column(String(10), index=True)
    revision: Mapped[int]  # one more at every change
    since_at: Mapped[datetime]  # what was published from here on is proposed
    composed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    composed_at: Mapped[datetime]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    approved_at: Mapped[datetime | None]
    planned_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    retry_at: Mapped[datetime | None]  # the mail server was gone: not before this moment
    troubles: Mapped[int]  # how often in a row it was gone

    items: Mapped[list["IssueItem"]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by="IssueItem.position, IssueItem.id"
    )


class IssueItem(Base):
    """One item: what it points at, and the title and teaser an editor gave it."""

    __tablename__ = "newsletter_item"
    __table_args__ = (UniqueConstraint("issue_id", "source"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("newsletter_issue.id", ondelete="CASCADE"))
    position: Mapped[int]
    source: Mapped[str] = mapped_column(String(300))  # document id: "nieuws/…", "rechtspraak/…", "thema/…"
    kind: Mapped[str] = mapped_column(String(40))  # the word above the title
    title: Mapped[str] = mapped_column(String(300))
    teaser: Mapped[str] = mapped_column(LongText)
    address: Mapped[str] = mapped_column(String(400))  # path on this site, as it was that day
    branches: Mapped[list[str]] = mapped_column(JSON)  # none: for everybody


class Delivery(Base):
    """One copy: an issue for a reader. A second row for the same reader cannot exist; an erased reader leaves a row."""

    __tablename__ = "newsletter_delivery"
    __table_args__ = (
        UniqueConstraint("issue_id", "subscriber_id"),
        UniqueConstraint("token"),
        Index("ix_newsletter_delivery_queue", "issue_id", "state", "id"),
    )
    personal_data = frozenset({"domain"})

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("newsletter_issue.id", ondelete="CASCADE"))
    subscriber_id: Mapped[int | None] = mapped_column(
        ForeignKey("newsletter_subscriber.id", ondelete="SET NULL"), index=True
    )
    token: Mapped[str] = mapped_column(String(24))  # in the return path: which copy came back
    domain: Mapped[str] = mapped_column(
        String(253)
    )  # that of the address: what a mail server puts off, it puts off whole
    state: Mapped[str] = mapped_column(String(10))
    sender: Mapped[str | None] = mapped_column(String(120))  # host:process:number of whoever claimed it
    attempts: Mapped[int]
    not_before_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    code: Mapped[int | None]  # the last answer of the mail server; its words may quote an address


class Bounce(Base):
    """A copy that came back. `kind` is "hard" or "soft"."""

    __tablename__ = "newsletter_bounce"
    __table_args__ = (UniqueConstraint("delivery_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("newsletter_delivery.id", ondelete="CASCADE"))
    subscriber_id: Mapped[int | None] = mapped_column(
        ForeignKey("newsletter_subscriber.id", ondelete="SET NULL"), index=True
    )
    kind: Mapped[str] = mapped_column(String(4))
    noted_at: Mapped[datetime]
