"""Keeping the list of links and what was seen at them; never commits and opens no connection."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from helpdesk.core.errors import NotFound
from helpdesk.core.fetching import Seen
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.links import queries, rules
from helpdesk.links.models import CheckedLink, LinkState


def collect(session: Session, vocabulary: Vocabulary, *, now: datetime) -> int:
    """Make the list hold what our public pages link to now: new addresses are due at once; return how many are new."""
    wanted = queries.holders(session, vocabulary)
    known = set(session.scalars(select(CheckedLink.address)))
    gone = sorted(known - set(wanted))
    for place in range(0, len(gone), 500):
        session.execute(delete(CheckedLink).where(CheckedLink.address.in_(gone[place : place + 500])))
    fresh = [address for address in wanted if address not in known]
    session.add_all(
        CheckedLink(
            address=address,
            host=rules.host_of(address),
            state=LinkState.UNSEEN,
            reason="",
            failures=0,
            next_check_at=now,
        )
        for address in fresh
    )
    session.flush()
    return len(fresh)


def note(session: Session, seen: Mapping[str, Seen], *, now: datetime) -> None:
    """Store what was seen at some addresses; one that left the list meanwhile is left out."""
    for link in session.scalars(select(CheckedLink).where(CheckedLink.address.in_(sorted(seen)))):
        found = seen[link.address]
        verdict = rules.judge(
            found,
            state=LinkState(link.state),
            failures=link.failures,
            failed_since_at=link.failed_since_at,
            now=now,
        )
        link.state, link.failures, link.failed_since_at = verdict.state, verdict.failures, verdict.failed_since_at
        link.next_check_at, link.checked_at = verdict.next_check_at, now
        link.status, link.reason = found.status, found.reason
        moved = found.moved_to if found.moved_to and len(found.moved_to) <= rules.MOST_ADDRESS else None
        link.moved_to = moved


def look_again(session: Session, link_id: int, *, now: datetime) -> CheckedLink:
    """Have the job runner look at a link with its next round. Raises NotFound."""
    link = session.get(CheckedLink, link_id)
    if link is None:
        raise NotFound("Deze link staat niet meer op onze pagina's.")
    link.next_check_at = now
    return link
