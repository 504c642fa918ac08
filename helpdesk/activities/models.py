"""Trainings given and organisations guided: the two other products of the service, with counters of their own."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.core.db import Base


class Training(Base):
    """One training (vorming): codes of content/lijsten/helpdesk.yaml, and how many registered, not how many came."""

    __tablename__ = "training"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))  # vorming_soort
    sector: Mapped[str | None] = mapped_column(String(40))  # vorming_sector; asked of trainings on demand
    title: Mapped[str] = mapped_column(String(200))
    held_on: Mapped[date]
    place: Mapped[str] = mapped_column(String(120))
    participants: Mapped[int]  # registered
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    recorded_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    is_demo: Mapped[bool]

    themes: Mapped[list["TrainingTheme"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="TrainingTheme.position"
    )

    __table_args__ = (
        CheckConstraint("participants >= 0", name="participants_from_zero"),
        CheckConstraint("sector <> ''", name="sector_is_a_code_or_absent"),
        Index("ix_training_counted", "held_on", "kind", "sector", "participants"),
    )


class TrainingTheme(Base):
    """A node of the taxonomy a training is about."""

    __tablename__ = "training_theme"

    training_id: Mapped[int] = mapped_column(ForeignKey("training.id", ondelete="CASCADE"), primary_key=True)
    node: Mapped[str] = mapped_column(String(80), primary_key=True)
    position: Mapped[int]

    __table_args__ = (Index("ix_training_theme_node", "node", "training_id"),)


class Guidance(Base):
    """One guidance (begeleiding) of one or more organisations, over one or more sessions."""

    __tablename__ = "guidance"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))  # begeleiding_soort
    sector: Mapped[str] = mapped_column(String(40))  # begeleiding_sector
    title: Mapped[str] = mapped_column(String(200))
    organisations: Mapped[list[str]] = mapped_column(JSON)
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    recorded_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    is_demo: Mapped[bool]

    sessions: Mapped[list["GuidanceSession"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="GuidanceSession.held_on"
    )


class GuidanceSession(Base):
    """A day on which a guidance met. A guidance counts in each year in which it met."""

    __tablename__ = "guidance_session"

    guidance_id: Mapped[int] = mapped_column(ForeignKey("guidance.id", ondelete="CASCADE"), primary_key=True)
    held_on: Mapped[date] = mapped_column(primary_key=True)

    __table_args__ = (Index("ix_guidance_session_held_on", "held_on", "guidance_id"),)
