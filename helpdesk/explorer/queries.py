"""Counting any coded field of advice against any other, over any period."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, extract, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from helpdesk.advice.models import Advice, AdvicePerson, AdviceTheme
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
# of a person after the first, who stands with the advice
OF_OTHER_PERSONS = {"verblijf": AdvicePerson.residence_situation, "nationaliteit": AdvicePerson.nationality}
NOTHING = "geen"  # the key of advice without a code
ALL = "alle"  # the key of the one column when none was asked


def cross_table(session: Session, question: Question, vocabulary: Vocabulary) -> CrossTable:
    """Count advice by a row and, when asked, a column: every code of a list, zero included, in its order.

    Advice without a code is a row of its own when there is any; nationalities and months that do not occur are left
    out. With the theme as row or column one advice counts once for each of its branches; with residence situation or
    nationality once for each that occurs among the persons it is about. Filters on those ask that one person fits all.
    """
    earlier = replace(question, period=rules.year_earlier(question.period))
    counts = _counts(session, question, vocabulary, row=question.row, column=question.column)
    return CrossTable(
        rows=_axis(question.row, [row for row, _ in counts], vocabulary),
        columns=_axis(question.column, [column for _, column in counts], vocabulary),
        counts=counts,
        before={row: n for (row, _), n in _counts(session, earlier, vocabulary, row=question.row).items()},
        advice=sum(_counts(session, question, vocabulary).values()),
        advice_before=sum(_counts(session, earlier, vocabulary).values()),
    )


def _counts(
    session: Session, question: Question, vocabulary: Vocabulary, *, row: str | None = None, column: str | None = None
) -> dict[tuple[str, str], int]:
    """Return how much advice fits a question by row and column; pairs without any are left out.

    With the theme or a field of persons an advice counts in each pair it has; without both it counts once.
    """
    axes = (row, column)
    counts: Counter[tuple[str, str]] = Counter()
    is_about_persons = rules.PERSON_FIELDS & {*axes, *question.filters}
    for of_others in (False, True) if is_about_persons else (False,):
        for one, other, n in session.execute(_counting(question, vocabulary, axes, of_others=of_others)).all():
            counts[_key(one), _key(other)] += n
    return {pair: n for pair, n in counts.items() if n}


def _counting(
    question: Question, vocabulary: Vocabulary, axes: tuple[str | None, str | None], *, of_others: bool
) -> Select[tuple[Any, Any, int]]:
    """Return the count by the axes.

    The first person stands with the advice, so that most counts read one index. `of_others` counts what the other
    persons add: where no person before fits the same filters with the same codes.
    """
    columns = EXPLORED | (OF_OTHER_PERSONS if of_others else {})
    branch = _branches(vocabulary) if rules.THEME in axes else None
    of_theme = None if branch is None else branch.c.branch
    row, column = (_axis_column(name, of_theme, columns).label(f"axis_{place}") for place, name in enumerate(axes))
    query = select(row, column, func.count()).select_from(Advice).where(*_asked(question, vocabulary, columns))
    if of_others:
        query = query.join(AdvicePerson, AdvicePerson.advice_id == Advice.id)
        query = query.where(*_fits_nobody_before(question, axes))
    if branch is not None:
        query = query.join(branch, branch.c.advice_id == Advice.id)
    by = [label.name for label, name in zip((row, column), axes, strict=True) if name]
    return query.group_by(*by)  # by name: PostgreSQL compares no parameters


def _fits_nobody_before(question: Question, axes: tuple[str | None, str | None]) -> list[ColumnElement[bool]]:
    """Tell that the first person, and each other one before this one, fails a filter or has another code on an axis."""
    earlier = aliased(AdvicePerson)
    is_before = earlier.advice_id == AdvicePerson.advice_id, earlier.position < AdvicePerson.position

    def fits(columns: Mapping[str, ColumnElement[str]]) -> list[ColumnElement[bool]]:
        same = [column == OF_OTHER_PERSONS[name] for name, column in columns.items() if name in axes]
        asked = [column == question.filters[name] for name, column in columns.items() if name in question.filters]
        return [*same, *asked]

    first = {"verblijf": Advice.residence_situation.expression, "nationaliteit": Advice.nationality.expression}
    other = {"verblijf": earlier.residence_situation.expression, "nationaliteit": earlier.nationality.expression}
    return [~and_(*fits(first)), ~select(earlier.position).where(*is_before, *fits(other)).exists()]


def _axis_column(name: str | None, branch: ColumnElement[str] | None, columns: Mapping[str, Any]) -> ColumnElement[Any]:
    if name is None:
        return literal(ALL)
    if name == rules.THEME and branch is not None:
        return branch
    if name == "jaar":
        return extract("year", Advice.given_on)
    if name == "maand":
        return extract("year", Advice.given_on) * 100 + extract("month", Advice.given_on)
    expression: ColumnElement[Any] = columns[name].expression
    return expression


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


def _asked(question: Question, vocabulary: Vocabulary, columns: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Advice.given_on.between(question.period.first_on, question.period.last_on)]
    for name, code in question.filters.items():
        if name == rules.THEME:
            nodes = vocabulary.themes.below(vocabulary.lists["hoofdthema"][code].extra["node"])
            conditions.append(Advice.id.in_(select(AdviceTheme.advice_id).where(AdviceTheme.node.in_(nodes))))
        elif code == NOTHING:
            conditions.append(columns[name].is_(None))
        else:
            conditions.append(columns[name] == code)
    return conditions


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
