"""Which texts use which amount, and how the register came to be what it is."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.accounts.models import User
from helpdesk.core.amount_store import RegisterVersion
from helpdesk.core.markup import amount_ids
from helpdesk.texts import queries as text_queries
from helpdesk.texts.queries import Live

MOST_CHANGES = 20


@dataclass(frozen=True)
class RegisterChange:
    """One change of the register: what, when, and who (None for an import)."""

    note: str
    saved_at: datetime
    by: str | None


def texts_by_amount(session: Session) -> dict[str, list[Live]]:
    """Return the live texts that ask for each amount, by their place in content/."""
    found: dict[str, list[Live]] = {}
    for live in text_queries.all_texts(session):
        for amount_id in amount_ids(live.version.source):
            found.setdefault(amount_id, []).append(live)
    return found


def changes(session: Session) -> list[RegisterChange]:
    """Return the last changes of the register, newest first, at most twenty."""
    query = (
        select(RegisterVersion.note, RegisterVersion.saved_at, User.display_name)
        .outerjoin(User, User.id == RegisterVersion.saved_by_id)
        .order_by(RegisterVersion.number.desc())
        .limit(MOST_CHANGES)
    )
    return [RegisterChange(note, saved_at, name) for note, saved_at, name in session.execute(query)]
