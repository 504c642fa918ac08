"""What figures keep: numbers that were entered because the product cannot count them, and years that are closed."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.core.db import Base


class EnteredFigure(Base):
    """One number of one year that was entered, with its source: a year before the system, a count of someone else.

    `series` is the name of a code list and `code` one of its codes.
    """

    __tablename__ = "entered_figure"
    __table_args__ = (
        UniqueConstraint("series", "year", "code"),
        CheckConstraint("value >= 0", name="value_from_zero"),
        CheckConstraint("source <> ''", name="source_is_named"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    series: Mapped[str] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(40))
    year: Mapped[int]
    value: Mapped[int]
    is_approximate: Mapped[bool]
    source: Mapped[str] = mapped_column(String(300))
    note: Mapped[str | None] = mapped_column(String(300))
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))  # None: a command
    entered_at: Mapped[datetime]


class EnteredLine(Base):
    """One line of text a coordinator adds to a part of the annual report: a title, an example, an action."""

    __tablename__ = "entered_line"
    __table_args__ = (UniqueConstraint("year", "part", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    part: Mapped[str] = mapped_column(String(40))  # begeleidingen, publicaties or acties
    position: Mapped[int]
    line: Mapped[str] = mapped_column(String(500))


class ClosedYear(Base):
    """One version of the annual report of a closed year. Never changes: a correction is a further version."""

    __tablename__ = "closed_year"
    __table_args__ = (
        UniqueConstraint("year", "number"),
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint("number = 1 OR reason <> ''", name="correction_has_a_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    number: Mapped[int]
    reason: Mapped[str] = mapped_column(String(500))
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)  # rules.AnnualReport, as published
    closed_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    closed_at: Mapped[datetime]
