"""The outbox: what changed in public material, in the order of commit, so that every index can follow.

A row is written in the transaction that publishes or withdraws; each node applies the rows after the last one its own
index has seen. Nothing is lost between the database and an index: a node that was down catches up.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from helpdesk.core.db import Base

_ADVISORY_LOCK = 7_405_214  # any constant of ours


class OutboxEntry(Base):
    """One document that has to be indexed again, or removed when it is no longer public."""

    __tablename__ = "outbox_entry"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[str] = mapped_column(String(300))
    noted_at: Mapped[datetime]


def announce(session: Session, document_ids: Sequence[str], *, at: datetime) -> None:
    """Note that these documents ("thema/gh-belg") changed; the index looks up what they are now.

    On PostgreSQL writers take turns from here until they commit, so that numbers are handed out in the order of commit:
    a follower that has seen number n will never be passed by a smaller one. SQLite has one writer at a time anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
    session.add_all(OutboxEntry(document_id=document_id, noted_at=at) for document_id in document_ids)


def last_entry(session: Session) -> int:
    """Return the number of the newest entry, 0 when there is none."""
    return session.scalar(select(func.coalesce(func.max(OutboxEntry.id), 0))) or 0


def entries_after(session: Session, number: int, *, limit: int = 1_000) -> list[OutboxEntry]:
    """Return the entries after a number, oldest first, at most `limit`."""
    query = select(OutboxEntry).where(OutboxEntry.id > number).order_by(OutboxEntry.id).limit(limit)
    return list(session.scalars(query))
