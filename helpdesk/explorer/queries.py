"""Counting any coded field of advice against any other, over any period."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Subquery, case, extract, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from helpdesk.advice.models import Advice, AdviceTheme
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.explorer import rules
from helpdesk.explorer.models import SavedView
from helpdesk.explorer.rules import CrossTable, Question

EXPLORED: dict[str, InstrumentedAttribute[str] | InstrumentedAttribute[str | None]] = {
    "regio": Advice.caller_region,
    "categorie": Advice.caller_category,
    "sector": Advice.caller_sector,
    "verblijf": Advice.residence_situation,
    "nationaliteit": Advice.nationality,
    "kanaal": Advice.channel,
    "uitkomst": Advice.outcome,
}
NOTHING = "geen"  # the key of advice without a code
ALL = "alle"  # the key of the one column when none was asked


def cross_table(session: Session, question: Question, vocabulary: Vocabulary) -> CrossTable:
    """Count advice by a row and, when asked, a column: every code of a list, zero included, in its order.

    Advice without a code is a row of its own when there is any; nationalities and months that do not occur are left
    out. With the theme as row or column one advice counts once for each of its branches.
    """
    earlier = replace(question, period=rules.year_earlier(question.period))
    counts = _cross_counts(session, question, vocabulary)
    before: dict[str, int] = {}
    for (row, _), n in _cross_counts(session, replace(earlier, column=None), vocabulary).items():
        before[row] = before.get(row, 0) + n
    return CrossTable(
        rows=_axis(question.row, [row for row, _ in counts], vocabulary),
        columns=_axis(question.column, [column for _, column in counts], vocabulary),
        counts=counts,
        before=before,
        advice=_matching(session, question, vocabulary),
        advice_before=_matching(session, earlier, vocabulary),
    )


def _cross_counts(session: Session, question: Question, vocabulary: Vocabulary) -> dict[tuple[str, str], int]:
    """Return how much advice, or how many mentions, each pair of keys has; pairs without any are left out."""
    branch = _branches(vocabulary) if question.counts_mentions else None
    of_theme = None if branch is None else branch.c.branch
    row = _axis_column(question.row, of_theme).label("axis_row")
    column = _axis_column(question.column, of_theme).label("axis_column")
    query = select(row, column, func.count()).select_from(Advice).where(*_asked(question, vocabulary))
    if branch is not None:
        query = query.join(branch, branch.c.advice_id == Advice.id)
    by = [row.name, column.name] if question.column else [row.name]  # by name: PostgreSQL compares no parameters
    return {(_key(one), _key(other)): n for one, other, n in session.execute(query.group_by(*by)).all()}


def _axis_column(name: str | None, branch: ColumnElement[str] | None) -> ColumnElement[Any]:
    if name is None:
        return literal(ALL)
    if name == rules.THEME and branch is not None:
        return branch
    if name == "jaar":
        return extract("year", Advice.given_on)
    if name == "maand":
        return extract("year", Advice.given_on) * 100 + extract("month", Advice.given_on)
    return EXPLORED[name].expression


def _branches(vocabulary: Vocabulary) -> Subquery:
    """Return each advice with the code of each branch that any of its themes lies under, once."""
    branch = case(
        *(
            (AdviceTheme.node.in_(vocabulary.themes.below(code.extra["node"])), code.code)
            for code in vocabulary.lists["hoofdthema"]
        ),
        else_=NOTHING,
    )
    return select(AdviceTheme.advice_id, branch.label("branch")).distinct().subquery()


def _asked(question: Question, vocabulary: Vocabulary) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Advice.given_on.between(question.period.first_on, question.period.last_on)]
    for name, code in question.filters.items():
        if name == rules.THEME:
            nodes = vocabulary.themes.below(vocabulary.lists["hoofdthema"][code].extra["node"])
            conditions.append(Advice.id.in_(select(AdviceTheme.advice_id).where(AdviceTheme.node.in_(nodes))))
        elif code == NOTHING:
            conditions.append(EXPLORED[name].is_(None))
        else:
            conditions.append(EXPLORED[name] == code)
    return conditions


def _matching(session: Session, question: Question, vocabulary: Vocabulary) -> int:
    query = select(func.count()).select_from(Advice).where(*_asked(question, vocabulary))
    return session.scalar(query) or 0


def _key(value: object) -> str:
    return NOTHING if value is None else str(int(value)) if isinstance(value, (int, float, Decimal)) else str(value)


def _axis(name: str | None, found: Sequence[str], vocabulary: Vocabulary) -> list[tuple[str, str]]:
    """Return the keys of an axis with their labels, complete and in order."""
    if name is None:
        return [(ALL, "Aantal")]
    if name in rules.TIME_FIELDS:
        return [(key, key if name == "jaar" else f"{key[4:]}-{key[:4]}") for key in sorted(set(found))]
    codes = vocabulary.lists[rules.EXPLORER_FIELDS[name].code_list]
    listed = [code.code for code in codes if name != "nationaliteit" or code.code in found]
    unknown = sorted({key for key in found if key not in codes and key != NOTHING})
    axis = [(code, codes.label(code)) for code in [*listed, *unknown]]
    return [*axis, (NOTHING, "Niet gevraagd")] if NOTHING in found else axis


def views_of(session: Session, user_id: int) -> Sequence[SavedView]:
    """Return the views a colleague keeps, by name."""
    return session.scalars(select(SavedView).where(SavedView.user_id == user_id).order_by(SavedView.name)).all()
