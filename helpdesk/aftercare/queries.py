"""Reading one record, by who may, and what waits for whom."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.advice.models import Advice
from helpdesk.advice.queries import nodes_of
from helpdesk.aftercare.models import AdviceRevision, CallBack, FollowUp, Proposal
from helpdesk.core.errors import NotFound


def get_readable_advice(session: Session, advice_id: int, *, reader: int) -> Advice:
    """Return a record this colleague made or still has to follow up. Raises NotFound, also when it is a colleague's."""
    follows = select(FollowUp.advice_id).where(
        FollowUp.advice_id == advice_id, FollowUp.owner_id == reader, FollowUp.done_at.is_(None)
    )
    advice = session.scalar(
        select(Advice).where(Advice.id == advice_id, (Advice.recorded_by_id == reader) | Advice.id.in_(follows))
    )
    if advice is None:
        raise NotFound("Dit advies bestaat niet, of een collega heeft het genoteerd.")
    return advice


def get_own_advice(session: Session, advice_id: int, *, recorded_by: int) -> Advice:
    """Return a record this colleague made. Raises NotFound, also when a colleague made it."""
    advice = session.scalar(select(Advice).where(Advice.id == advice_id, Advice.recorded_by_id == recorded_by))
    if advice is None:
        raise NotFound("Dit advies bestaat niet, of een collega heeft het genoteerd.")
    return advice


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Something to follow up: codes only, for whoever looks at the list."""

    advice_id: int
    due_on: date
    given_on: date
    node: str | None
    is_mine: bool


def waiting_for(session: Session, *, reader: int) -> list[Waiting]:
    """Return what waits for a colleague and what waits for anyone, the first day first."""
    query = (
        select(FollowUp.advice_id, FollowUp.due_on, FollowUp.owner_id, Advice.given_on)
        .join(Advice, Advice.id == FollowUp.advice_id)
        .where(FollowUp.done_at.is_(None), (FollowUp.owner_id == reader) | FollowUp.owner_id.is_(None))
        .order_by(FollowUp.due_on, FollowUp.advice_id)
    )
    rows = session.execute(query).all()
    nodes = nodes_of(session, [row.advice_id for row in rows])
    return [
        Waiting(
            advice_id=row.advice_id,
            due_on=row.due_on,
            given_on=row.given_on,
            node=next(iter(nodes.get(row.advice_id, ())), None),
            is_mine=row.owner_id == reader,
        )
        for row in rows
    ]


def find_follow_up(session: Session, advice_id: int) -> FollowUp | None:
    """Return the follow-up of an advice that is not done, None when there is none."""
    return session.scalar(select(FollowUp).where(FollowUp.advice_id == advice_id, FollowUp.done_at.is_(None)))


def find_call_back(session: Session, advice_id: int) -> CallBack | None:
    """Return how to reach the caller of an advice, None when that is not kept."""
    return session.get(CallBack, advice_id)


def revisions(session: Session, advice_id: int) -> list[AdviceRevision]:
    """Return what an advice was before each correction, the last one first."""
    query = select(AdviceRevision).where(AdviceRevision.advice_id == advice_id)
    return list(session.scalars(query.order_by(AdviceRevision.number.desc())))


def proposals(session: Session, *, most: int = 200) -> list[Proposal]:
    """Return the proposals for the editors: the open ones first, oldest first, then the newest that were handled."""
    waiting = select(Proposal).where(Proposal.handled_at.is_(None)).order_by(Proposal.proposed_at, Proposal.id)
    handled = select(Proposal).where(Proposal.handled_at.is_not(None))
    handled = handled.order_by(Proposal.handled_at.desc(), Proposal.id).limit(most)
    return [*session.scalars(waiting), *session.scalars(handled)]
