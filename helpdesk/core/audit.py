"""The audit log: who did what to which record, never the text itself."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, Session, mapped_column

from helpdesk.core.db import Base


class AuditEntry(Base):
    """One act of a colleague or a command. Append only."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    act: Mapped[str] = mapped_column(String(60), index=True)
    subject_id: Mapped[str] = mapped_column(String(200))
    user_id: Mapped[int | None] = mapped_column(index=True)
    noted_at: Mapped[datetime] = mapped_column(index=True)
    detail: Mapped[str | None] = mapped_column(String(300))  # the reason someone gave, never data of a person


def note(
    session: Session, act: str, *, subject_id: object, by: int | None, at: datetime, detail: str | None = None
) -> None:
    """Add one entry to the audit log; `act` reads "advice.recorded", `by` is a user id or None for a command."""
    session.add(AuditEntry(act=act, subject_id=str(subject_id), user_id=by, noted_at=at, detail=detail))
