"""Counting advice: typed rows, complete, in the order of the code lists.

Every count is of pieces of advice by the day they were given, `Advice.given_on`, a Brussels calendar day.

Source of the tables: annual report, JR.2.1.3, A.1.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from helpdesk.advice.models import Advice, AdviceTheme
from helpdesk.core.vocabulary import CodeList, ThemeTree, Vocabulary
from helpdesk.figures import rules
from helpdesk.figures.rules import AnnualReport, CodeCount, Period

TABLES = (
    ("regio", "Adviezen per regio van de vraagsteller", Advice.caller_region, "regio_vraagsteller"),
    ("categorie", "Adviezen per categorie vraagsteller", Advice.caller_category, "categorie_vraagsteller"),
    ("sector", "Adviezen per sector van de vraagsteller", Advice.caller_sector, "sector_vraagsteller"),
    ("verblijfssituatie", "Adviezen per verblijfssituatie", Advice.residence_situation, "verblijfssituatie"),
    ("kanaal", "Adviezen per kanaal", Advice.channel, "kanaal"),
)


def advice_total(session: Session, period: Period) -> int:
    """Count all advice of a period."""
    return session.scalar(select(func.count()).select_from(Advice).where(_within(period))) or 0


def last_advice_on(session: Session) -> date | None:
    """Return the day of the most recent advice, None when there is none."""
    return session.scalar(select(func.max(Advice.given_on)))


def advice_by_code(
    session: Session,
    period: Period,
    field: InstrumentedAttribute[str] | InstrumentedAttribute[str | None],
    codes: CodeList,
) -> list[CodeCount]:
    """Count the advice of a period by one coded field: a row per code of the list, zero included.

    Advice without a code is not counted. Codes the list no longer knows come last, by code.
    """
    rows = session.execute(
        select(field, func.count()).where(_within(period), field.is_not(None)).group_by(field).order_by(field)
    ).all()
    counted: dict[str, int] = {code: n for code, n in rows if code is not None}
    unknown = [code for code in counted if code not in codes]
    return [CodeCount(code, codes.label(code), counted.get(code, 0)) for code in [*(c.code for c in codes), *unknown]]


def advice_by_branch(session: Session, period: Period, themes: ThemeTree, branches: CodeList) -> list[CodeCount]:
    """Count the advice of a period by branch of law: a row per main theme of the report, zero included.

    One piece of advice counts once for each branch that any of its themes lies under, so the rows add to more than
    all advice.
    """
    return [
        CodeCount(branch.code, branch.label, _advice_about(session, period, themes.below(branch.extra["node"])))
        for branch in branches
    ]


def _advice_about(session: Session, period: Period, nodes: Sequence[str]) -> int:
    about = select(AdviceTheme.advice_id).where(AdviceTheme.node.in_(nodes))
    return session.scalar(select(func.count()).select_from(Advice).where(_within(period), Advice.id.in_(about))) or 0


def annual_report(session: Session, *, year: int, vocabulary: Vocabulary) -> AnnualReport:
    """Return the figures of a calendar year, small cells hidden, misprints of the printed report beside ours."""
    period = rules.calendar_year(year)
    total = advice_total(session, period)
    tables = {
        name: rules.report_table(
            name, title, advice_by_code(session, period, field, vocabulary.lists[code_list]), share_of=total
        )
        for name, title, field, code_list in TABLES
    }
    tables["hoofdthema"] = rules.mentions_table(
        "hoofdthema",
        "Adviezen per hoofdthema",
        advice_by_branch(session, period, vocabulary.themes, vocabulary.lists["hoofdthema"]),
        share_of=total,
    )
    nationalities = advice_by_code(session, period, Advice.nationality, vocabulary.lists["nationaliteit"])
    return AnnualReport(
        year=year,
        total=rules.shown_total(total),
        rounding=rules.ROUNDING,
        suppression=rules.SUPPRESSION,
        tables=tables,
        nationality_ranking=rules.rank_nationalities(nationalities),
        known_misprints=[
            rules.beside_ours(misprint, tables[misprint.table]) for misprint in rules.MISPRINTS.get(year, ())
        ],
    )


def _within(period: Period) -> ColumnElement[bool]:
    return Advice.given_on.between(period.first_on, period.last_on)
