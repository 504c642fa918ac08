"""What editors put away on the radar."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.core.db import Base


class PutAway(Base):
    """A sign an editor called not needed. It stays away as long as nothing is in it that is not in `evidence`."""

    __tablename__ = "radar_put_away"
    __table_args__ = (UniqueConstraint("kind", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))  # a rules.SignKind
    subject: Mapped[str] = mapped_column(String(300))  # a document id, words that were searched, a proposal
    evidence: Mapped[list[str]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(String(300))
    put_away_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    put_away_at: Mapped[datetime]
