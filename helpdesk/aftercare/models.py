"""What hangs on an advice after it was recorded: corrections, follow-ups, how to call back, proposals."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.core.db import Base


class AdviceRevision(Base):
    """What an advice was before a correction, why it was corrected, by whom and when."""

    __tablename__ = "advice_revision"
    personal_data = frozenset({"before", "reason"})

    advice_id: Mapped[int] = mapped_column(ForeignKey("advice.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)  # the revision it was
    before: Mapped[dict[str, str]] = mapped_column(JSON)  # label and value, of what changed
    reason: Mapped[str] = mapped_column(Text)
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    changed_at: Mapped[datetime]


class FollowUp(Base):
    """An advice that somebody still has to come back to; without an owner anyone may take it."""

    __tablename__ = "advice_follow_up"

    advice_id: Mapped[int] = mapped_column(ForeignKey("advice.id", ondelete="CASCADE"), primary_key=True)
    due_on: Mapped[date]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    done_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_advice_follow_up_owner", "owner_id", "due_on"),)


class CallBack(Base):
    """How to reach a caller, apart from the record and never exported; gone after thirty days."""

    __tablename__ = "call_back"
    personal_data = frozenset({"contact"})

    advice_id: Mapped[int] = mapped_column(ForeignKey("advice.id", ondelete="CASCADE"), primary_key=True)
    contact: Mapped[str] = mapped_column(String(200))
    kept_at: Mapped[datetime] = mapped_column(index=True)


class Proposal(Base):
    """What a jurist proposes to the editors after a call: no caller, no codes, no link to the advice."""

    __tablename__ = "proposal"
    personal_data = frozenset({"text"})

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))  # pagina, wijziging, nieuws
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    node: Mapped[str | None] = mapped_column(String(80))
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    proposed_at: Mapped[datetime]
    handled_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    handled_at: Mapped[datetime | None] = mapped_column(index=True)
