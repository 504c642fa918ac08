"""Keeping questions under a name; never commits."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from helpdesk.explorer import queries, rules
from helpdesk.explorer.models import SavedView


def save_view(session: Session, name: str, query: str, *, by: int, now: datetime) -> SavedView:
    """Keep a question under a name, replacing the one of that name. Raises ViewRejected."""
    views = queries.views_of(session, by)
    held = next((view for view in views if view.name == name), None)
    rules.check_view(name, query, held=0 if held else len(views))
    if held is None:
        held = SavedView(user_id=by, name=name)
        session.add(held)
    held.query, held.saved_at = query, now
    return held


def remove_view(session: Session, view_id: int, *, by: int) -> None:
    """Remove one's own view; nothing happens when it is not there, or a colleague's."""
    session.execute(delete(SavedView).where(SavedView.id == view_id, SavedView.user_id == by))
