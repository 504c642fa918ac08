"""The working draft of a text, and who has it open."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.core.db import Base


class WorkState(StrEnum):
    """Where a working draft stands; the value stands in addresses and in the database."""

    CONCEPT = "concept"
    SUBMITTED = "ter-nazicht"
    APPROVED = "goedgekeurd"
    PLANNED = "gepland"


class TextWork(Base):
    """The one working draft of a text, as it was typed: it may be unfinished or wrong.

    `typed` holds each field of the form by name; `base_source` the file it was begun from ("" for a new text), so that
    what was not touched keeps its bytes. `revision` counts every change: who saw an older one changes nothing.
    """

    __tablename__ = "text_work"
    __table_args__ = (UniqueConstraint("kind", "slug"), UniqueConstraint("text_id"))
    personal_data = frozenset({"checked_by", "remark"})

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    slug: Mapped[str] = mapped_column(String(200))  # the address it has or will have
    text_id: Mapped[int | None] = mapped_column(ForeignKey("text.id", ondelete="CASCADE"))
    base_number: Mapped[int | None]  # the live version it was begun from
    base_source: Mapped[str] = mapped_column(LongText)
    typed: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(20), index=True)
    revision: Mapped[int]
    begun_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    begun_at: Mapped[datetime]
    edited_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    edited_at: Mapped[datetime]
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    submitted_at: Mapped[datetime | None]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    approved_at: Mapped[datetime | None]
    checked_by: Mapped[str | None] = mapped_column(String(80))  # initials of the jurist who approved it as such
    checked_on: Mapped[date | None]
    remark: Mapped[str | None] = mapped_column(String(1_000))  # why it was returned
    publish_at: Mapped[datetime | None] = mapped_column(index=True)


class TextOpened(Base):
    """An editor who has a working draft open, with what he typed since he last saved it."""

    __tablename__ = "text_opened"

    work_id: Mapped[int] = mapped_column(ForeignKey("text_work.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    seen_at: Mapped[datetime]
    revision: Mapped[int]  # of the draft that was open
    typed: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # None: nothing that is not saved
    typed_at: Mapped[datetime | None]
