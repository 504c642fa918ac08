"""Writing figures: what is entered by hand, and closing a year; never commits."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from helpdesk.core import audit
from helpdesk.core.clock import brussels_date
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.figures import queries, rules
from helpdesk.figures.models import ClosedYear, EnteredFigure, EnteredLine
from helpdesk.figures.rules import EnteredDraft


def close_year(
    session: Session, year: int, *, reason: str, vocabulary: Vocabulary, by: int, now: datetime
) -> ClosedYear:
    """Freeze the figures of a year as they count now: the first version, or a correction with its reason.

    Raises:
        ClosingRefused: the year is not over or holds demo advice among real advice, or a correction has no reason or
            changes nothing.
    """
    report = queries.annual_report(session, year=year, vocabulary=vocabulary)
    versions = queries.versions_of(session, year)
    latest = queries.frozen_report(session, year, versions[-1].number) if versions else None
    rules.check_closing(
        report,
        latest,
        reason=reason,
        today=brussels_date(now),
        mixes_demo=queries.mixes_demo_with_real(session, year),
    )
    closed = ClosedYear(
        year=year,
        number=len(versions) + 1,
        reason=reason,
        figures=asdict(report),
        closed_by_id=by,
        closed_at=now,
    )
    session.add(closed)
    audit.note(session, "year.closed", subject_id=f"{year}/{closed.number}", by=by, at=now)
    return closed


def enter_figure(
    session: Session, draft: EnteredDraft, *, vocabulary: Vocabulary, by: int | None, now: datetime
) -> EnteredFigure:
    """Store one entered number, or replace the one of that year. Raises FigureRejected."""
    rules.check_entered(draft, vocabulary=vocabulary)
    entered = session.scalar(
        select(EnteredFigure).where(
            EnteredFigure.series == draft.series, EnteredFigure.code == draft.code, EnteredFigure.year == draft.year
        )
    )
    if entered is None:
        entered = EnteredFigure(series=draft.series, code=draft.code, year=draft.year)
        session.add(entered)
    entered.value, entered.is_approximate = draft.value, draft.is_approximate
    entered.source, entered.note = draft.source, draft.note
    entered.entered_by_id, entered.entered_at = by, now
    audit.note(session, "figure.entered", subject_id=f"{draft.series}/{draft.code}/{draft.year}", by=by, at=now)
    return entered


def remove_figure(session: Session, figure_id: int, *, by: int, now: datetime) -> EnteredFigure:
    """Remove one entered number. Raises NotFound."""
    entered = queries.get_entered_figure(session, figure_id)
    audit.note(session, "figure.removed", subject_id=f"{entered.series}/{entered.code}/{entered.year}", by=by, at=now)
    session.delete(entered)
    return entered


def enter_lines(session: Session, year: int, part: str, lines: Sequence[str], *, by: int | None, now: datetime) -> None:
    """Replace the lines of one part of the report of a year. Raises FigureRejected."""
    rules.check_lines(part, lines)
    session.execute(delete(EnteredLine).where(EnteredLine.year == year, EnteredLine.part == part))
    session.add_all(
        EnteredLine(year=year, part=part, position=position, line=line) for position, line in enumerate(lines)
    )
    audit.note(session, "report_lines.entered", subject_id=f"{year}/{part}", by=by, at=now)
