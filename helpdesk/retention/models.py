"""What was removed because its time was over: counts only."""

from datetime import date, datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.core.db import Base


class RetentionRun(Base):
    """How much of one kind was removed on one Brussels day; a row with 0 says that it was looked at."""

    __tablename__ = "retention_run"

    kind: Mapped[str] = mapped_column(String(40), primary_key=True)  # key of a rules.Period
    run_on: Mapped[date] = mapped_column(primary_key=True, index=True)
    removed: Mapped[int]
    run_at: Mapped[datetime]  # the last time that day
