"""Reading trainings and guidance: lists of a year, and the counts of the annual report.

Source of the counts: annual report, JR.2.1.3, A.2 and A.3.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from helpdesk.activities.models import Guidance, GuidanceSession, Training
from helpdesk.core.errors import NotFound


@dataclass(frozen=True)
class TrainingCount:
    """How many trainings of a kind and sector, and how many registered for them."""

    kind: str
    sector: str | None
    trainings: int
    participants: int


@dataclass(frozen=True)
class GuidanceCount:
    """How many guidances of a kind and a sector met in a period."""

    kind: str
    sector: str
    n: int


def get_training(session: Session, training_id: int) -> Training:
    """Return a training. Raises NotFound."""
    training = session.get(Training, training_id)
    if training is None:
        raise NotFound("Deze vorming bestaat niet.")
    return training


def get_guidance(session: Session, guidance_id: int) -> Guidance:
    """Return a guidance. Raises NotFound."""
    guidance = session.get(Guidance, guidance_id)
    if guidance is None:
        raise NotFound("Deze begeleiding bestaat niet.")
    return guidance


def trainings_between(session: Session, first_on: date, last_on: date) -> Sequence[Training]:
    """Return the trainings of a period, both days included, newest first."""
    query = select(Training).where(Training.held_on.between(first_on, last_on))
    return session.scalars(query.order_by(Training.held_on.desc(), Training.id.desc())).all()


def guidance_between(session: Session, first_on: date, last_on: date) -> Sequence[Guidance]:
    """Return the guidance that met in a period, both days included, by last meeting, newest first."""
    query = select(Guidance).where(_met_between(first_on, last_on))
    last_met = select(func.max(GuidanceSession.held_on)).where(GuidanceSession.guidance_id == Guidance.id)
    return session.scalars(query.order_by(last_met.scalar_subquery().desc(), Guidance.id.desc())).all()


def years_of_trainings(session: Session) -> list[int]:
    """Return the years from the first to the last that has a training, newest first."""
    return _years(session, Training.held_on)


def years_of_guidance(session: Session) -> list[int]:
    """Return the years from the first to the last in which guidance met, newest first."""
    return _years(session, GuidanceSession.held_on)


def _years(session: Session, held_on: InstrumentedAttribute[date]) -> list[int]:
    first: date | None = session.scalar(select(func.min(held_on)))
    last: date | None = session.scalar(select(func.max(held_on)))
    return [] if first is None or last is None else list(range(last.year, first.year - 1, -1))


def count_trainings(session: Session, first_on: date, last_on: date) -> list[TrainingCount]:
    """Count the trainings of a period per kind and sector; kinds and sectors without any are left out."""
    rows = session.execute(
        select(Training.kind, Training.sector, func.count(), func.sum(Training.participants))
        .where(Training.held_on.between(first_on, last_on))
        .group_by(Training.kind, Training.sector)
        .order_by(Training.kind, Training.sector)
    ).all()
    return [TrainingCount(kind, sector, n, int(participants or 0)) for kind, sector, n, participants in rows]


def count_guidance(session: Session, first_on: date, last_on: date) -> list[GuidanceCount]:
    """Count the guidance that met in a period per kind and sector, each once; what has none is left out."""
    rows = session.execute(
        select(Guidance.kind, Guidance.sector, func.count())
        .where(_met_between(first_on, last_on))
        .group_by(Guidance.kind, Guidance.sector)
        .order_by(Guidance.kind, Guidance.sector)
    ).all()
    return [GuidanceCount(kind, sector, n) for kind, sector, n in rows]


def demo_activities_exist(session: Session) -> bool:
    """Tell whether demo trainings are stored."""
    return session.scalar(select(Training.id).where(Training.is_demo).limit(1)) is not None


def _met_between(first_on: date, last_on: date) -> ColumnElement[bool]:
    return exists().where(
        GuidanceSession.guidance_id == Guidance.id, GuidanceSession.held_on.between(first_on, last_on)
    )
