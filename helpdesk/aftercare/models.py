"""What hangs on an advice after it was recorded: corrections, follow-ups, second readings, proposals."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, text
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


class SecondReading(Base):
    """What a jurist asks one colleague to look at in an advice, and the remark that comes back.

    The colleague may read the advice while `ended_at` is empty: answered, withdrawn, or forgotten with its text.
    `seen_at` is when the jurist put the answer away.
    """

    __tablename__ = "second_reading"
    personal_data = frozenset({"question", "remark"})

    id: Mapped[int] = mapped_column(primary_key=True)
    advice_id: Mapped[int] = mapped_column(ForeignKey("advice.id", ondelete="CASCADE"))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    reader_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    question: Mapped[str] = mapped_column(Text)
    remark: Mapped[str] = mapped_column(Text)  # empty when there is none
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("reader_id <> asked_by_id", name="by_a_colleague"),
        Index("ix_second_reading_advice", "advice_id", "id"),
        Index("ix_second_reading_asked_by", "asked_by_id", "seen_at"),
        Index(
            "ix_second_reading_open",
            "reader_id",
            "advice_id",
            unique=True,  # nobody is asked twice at once
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )


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
