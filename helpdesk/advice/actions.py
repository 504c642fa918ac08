"""Writing advice; never commits, save for the note that a record was read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from helpdesk.advice import rules
from helpdesk.advice.models import Advice, AdviceTheme
from helpdesk.advice.rules import AdviceDraft
from helpdesk.core import audit
from helpdesk.core.clock import brussels_date
from helpdesk.core.vocabulary import Vocabulary


@dataclass(frozen=True, kw_only=True)
class PastAdvice:
    """Advice that was given and recorded before: who recorded it, and when (UTC)."""

    draft: AdviceDraft
    recorded_by: int
    recorded_at: datetime


def record_advice(
    session: Session, draft: AdviceDraft, *, vocabulary: Vocabulary, recorded_by: int, now: datetime
) -> Advice:
    """Store a new piece of advice and note who did it.

    Raises:
        AdviceRejected: the draft breaks rules of the helpdesk; nothing was stored.
    """
    rules.check_draft(draft, vocabulary=vocabulary, today=brussels_date(now))
    advice = Advice(
        **_columns(draft, recorded_by=recorded_by, recorded_at=now),
        is_demo=False,
        themes=[AdviceTheme(node=node, position=position) for position, node in enumerate(draft.themes)],
    )
    session.add(advice)
    session.flush()  # the page we redirect to needs the id
    audit.note(session, "advice.recorded", subject_id=advice.id, by=recorded_by, at=now)
    return advice


def note_reading(reading: Session, advice_id: int, *, by: int, now: datetime) -> None:
    """Store that someone read a record with its free text. See `_note_apart`."""
    _note_apart(reading, "advice.read", advice_id, by=by, now=now)


def note_listing(reading: Session, page_number: int, *, by: int, now: datetime) -> None:
    """Store that someone saw a page of the list in which questions are opened. See `_note_apart`."""
    _note_apart(reading, "advice.listed", page_number, by=by, now=now)


def _note_apart(reading: Session, act: str, subject_id: int, *, by: int, now: datetime) -> None:
    """Add to the audit log in a transaction of its own.

    Reading happens in a GET, which stores nothing through the session of the request, and a record must not be shown
    unless the note is safe. The reading session ends first, so that SQLite has no reader to wait for; what it loaded
    must have been taken over.
    """
    bind = reading.get_bind()
    reading.rollback()
    with Session(bind, join_transaction_mode="create_savepoint") as session, session.begin():
        audit.note(session, act, subject_id=subject_id, by=by, at=now)


def store_past_advice(session: Session, entries: Sequence[PastAdvice], *, is_demo: bool, now: datetime) -> int:
    """Store many pieces of past advice in a few statements; return how many.

    The drafts must have passed `rules.check_draft`: nothing is checked again.
    """
    if not entries:
        return 0
    rows = [
        {
            **_columns(entry.draft, recorded_by=entry.recorded_by, recorded_at=entry.recorded_at),
            "is_demo": is_demo,
        }
        for entry in entries
    ]
    ids = session.scalars(
        insert(Advice).returning(Advice.id, sort_by_parameter_order=True),
        rows,
        execution_options={"render_nulls": True},  # one statement for rows with and without a sector
    ).all()
    session.execute(
        insert(AdviceTheme),
        [
            {"advice_id": advice_id, "node": node, "position": position}
            for advice_id, entry in zip(ids, entries, strict=True)
            for position, node in enumerate(entry.draft.themes)
        ],
    )
    audit.note(session, "advice.imported", subject_id=f"{ids[0]}-{ids[-1]}", by=None, at=now)
    return len(ids)


def _columns(draft: AdviceDraft, *, recorded_by: int, recorded_at: datetime) -> dict[str, Any]:
    return {
        "given_on": draft.given_on,
        "channel": draft.channel,
        "caller_region": draft.caller_region,
        "caller_category": draft.caller_category,
        "caller_sector": draft.caller_sector,
        "question": draft.question,
        "answer": draft.answer,
        "residence_situation": draft.residence_situation,
        "nationality": draft.nationality,
        "outcome": draft.outcome,
        "time_spent_minutes": draft.time_spent_minutes,
        "recorded_by_id": recorded_by,
        "recorded_at": recorded_at,
        "updated_at": recorded_at,
    }
