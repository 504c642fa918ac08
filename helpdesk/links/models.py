"""What is known about each address of another site that our pages link to."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.core.db import Base


class LinkState(StrEnum):
    """What the last looks at an address say together."""

    UNSEEN = "nieuw"
    ALIVE = "in orde"
    DOUBTFUL = "twijfel"  # it failed, but not often or long enough to be sure
    BROKEN = "stuk"
    CLOSED = "gesloten"  # the other site does not let a program look


class CheckedLink(Base):
    """One address. `failures` counts the looks in a row that failed, the first of them at `failed_since_at`."""

    __tablename__ = "checked_link"
    __table_args__ = (Index("ix_checked_link_next_check_at", "next_check_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(String(1_000), unique=True)
    host: Mapped[str] = mapped_column(String(255))
    state: Mapped[str] = mapped_column(String(12))
    status: Mapped[int | None]  # of the last answer
    reason: Mapped[str] = mapped_column(String(200))
    moved_to: Mapped[str | None] = mapped_column(String(1_000))
    failures: Mapped[int]
    failed_since_at: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]
    next_check_at: Mapped[datetime]
