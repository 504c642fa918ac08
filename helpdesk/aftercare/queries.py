"""Reading one record, by who may, and what waits for whom."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from helpdesk.advice.models import Advice
from helpdesk.advice.queries import nodes_of
from helpdesk.aftercare.models import AdviceRevision, CallBack, FollowUp, Proposal, SecondReading
from helpdesk.core.errors import NotFound


def get_readable_advice(session: Session, advice_id: int, *, reader: int) -> Advice:
    """Return a record this colleague made, still has to follow up, or is asked to read a second time.

    Raises NotFound, also when it is a colleague's.
    """
    asked = select(SecondReading.advice_id).where(
        SecondReading.advice_id == advice_id, SecondReading.reader_id == reader, SecondReading.ended_at.is_(None)
    )
    return _advice_where(session, advice_id, _is_in_hands_of(advice_id, reader) | Advice.id.in_(asked))


def get_advice_in_hands(session: Session, advice_id: int, *, reader: int) -> Advice:
    """Return a record this colleague made or still has to follow up. Raises NotFound: a second reader only reads."""
    return _advice_where(session, advice_id, _is_in_hands_of(advice_id, reader))


def _is_in_hands_of(advice_id: int, reader: int) -> ColumnElement[bool]:
    follows = select(FollowUp.advice_id).where(
        FollowUp.advice_id == advice_id, FollowUp.owner_id == reader, FollowUp.done_at.is_(None)
    )
    return (Advice.recorded_by_id == reader) | Advice.id.in_(follows)


def _advice_where(session: Session, advice_id: int, condition: ColumnElement[bool]) -> Advice:
    advice = session.scalar(select(Advice).where(Advice.id == advice_id, condition))
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


@dataclass(frozen=True, kw_only=True)
class ReadingToDo:
    """A second reading that waits for a colleague: asked of them, or answered to them. Codes only."""

    reading_id: int
    advice_id: int
    given_on: date
    node: str | None
    colleague_id: int  # who asked, or who answered
    moment: datetime  # asked at, or answered at
    is_answer: bool


def readings_to_do(session: Session, *, reader: int) -> list[ReadingToDo]:
    """Return what a colleague is asked to read, then the remarks on own advice not put away yet; the oldest first."""
    asked = (SecondReading.reader_id == reader) & SecondReading.ended_at.is_(None)
    answered = (SecondReading.asked_by_id == reader) & (SecondReading.remark != "") & SecondReading.seen_at.is_(None)
    query = select(SecondReading, Advice.given_on).join(Advice, Advice.id == SecondReading.advice_id)
    rows = session.execute(query.where(asked | answered).order_by(SecondReading.asked_at, SecondReading.id)).all()
    nodes = nodes_of(session, [reading.advice_id for reading, _ in rows])
    found = [
        ReadingToDo(
            reading_id=reading.id,
            advice_id=reading.advice_id,
            given_on=given_on,
            node=next(iter(nodes.get(reading.advice_id, ())), None),
            colleague_id=reading.reader_id if reading.ended_at else reading.asked_by_id,
            moment=reading.ended_at or reading.asked_at,
            is_answer=reading.ended_at is not None,
        )
        for reading, given_on in rows
    ]
    return sorted(found, key=lambda one: one.is_answer)


def second_readings(session: Session, advice_id: int) -> list[SecondReading]:
    """Return every second reading of an advice, the last one first."""
    query = select(SecondReading).where(SecondReading.advice_id == advice_id)
    return list(session.scalars(query.order_by(SecondReading.id.desc())))


def find_open_reading(session: Session, advice_id: int, *, reader: int) -> SecondReading | None:
    """Return what a colleague is asked to read in an advice, None when nothing is asked any more."""
    return session.scalar(
        select(SecondReading).where(
            SecondReading.advice_id == advice_id, SecondReading.reader_id == reader, SecondReading.ended_at.is_(None)
        )
    )


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
