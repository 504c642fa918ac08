"""Adding a period to an amount, so that every page that shows it follows; never commits."""

from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.core import amount_store
from helpdesk.core.amounts import Period
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.texts import actions as texts
from helpdesk.texts.models import PublishedText


def add_period(
    session: Session, amount_id: str, period: Period, vocabulary: Vocabulary, *, seen: int, by: int, now: datetime
) -> list[PublishedText]:
    """Give an amount a new period and render what shows it again; return the texts that read differently from now on.

    A period that starts later changes nothing yet: the job runner renders again when it starts.

    Raises:
        RegisterChanged: someone else changed the register since version `seen`.
        Rejected: the period breaks a rule; nothing is stored.
    """
    amount_store.add_period(session, amount_id, period, seen=seen, by=by, now=now)
    return texts.render_live(session, vocabulary, now=now, with_amounts_only=True)
