"""Counting advice: typed rows, complete, in the order of the code lists.

Every count is of pieces of advice by the day they were given, `Advice.given_on`, a Brussels calendar day.

Source of the tables: annual report, JR.2.1.3, A.1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import date, datetime, time

from sqlalchemy import ColumnElement, distinct, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from helpdesk.accounts.models import User
from helpdesk.activities.queries import count_guidance, count_trainings
from helpdesk.advice.models import Advice, AdviceTheme
from helpdesk.core.clock import BRUSSELS
from helpdesk.core.errors import NotFound
from helpdesk.core.plain import from_plain
from helpdesk.core.vocabulary import CodeList, ThemeTree, Vocabulary
from helpdesk.figures import rules
from helpdesk.figures.models import ClosedYear, EnteredFigure, EnteredLine
from helpdesk.figures.rules import (
    AnnualReport,
    CodeCount,
    Period,
    PublicationFigure,
    ReportVersion,
    SeriesRow,
    YearFigure,
    YearSeries,
)
from helpdesk.newsletters.queries import issues_in_year, subscribers_on
from helpdesk.rulings.models import Ruling
from helpdesk.texts.models import PublishedText, TextKind, TextVersion
from helpdesk.visits.queries import views_between, visitors_a_day

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
    """Return the chapter of a calendar year as it counts now, small cells hidden, misprints beside our numbers."""
    period = rules.calendar_year(year)
    lists = vocabulary.lists
    total = advice_total(session, period)
    tables = {
        name: rules.report_table(name, title, advice_by_code(session, period, field, lists[code_list]), share_of=total)
        for name, title, field, code_list in TABLES
    }
    tables["hoofdthema"] = rules.mentions_table(
        "hoofdthema",
        "Adviezen per hoofdthema",
        advice_by_branch(session, period, vocabulary.themes, lists["hoofdthema"]),
        share_of=total,
    )
    nationalities = advice_by_code(session, period, Advice.nationality, lists["nationaliteit"])
    years = range(year - rules.SERIES_YEARS + 1, year + 1)
    closed = _closed_before(session, years)
    series = desk_series(session, years, lists[rules.DESKS], closed=closed)
    overview = overview_series(session, years, vocabulary, desks=series, closed=closed)
    return AnnualReport(
        year=year,
        total=rules.shown_total(total),
        rounding=rules.ROUNDING,
        suppression=rules.SUPPRESSION,
        series=series,
        tables=tables,
        nationality_ranking=rules.rank_nationalities(nationalities),
        trainings=rules.training_figures(
            count_trainings(session, period.first_on, period.last_on), lists["vorming_sector"]
        ),
        guidance=rules.guidance_figures(
            count_guidance(session, period.first_on, period.last_on),
            lists["begeleiding_soort"],
            lists["begeleiding_sector"],
        ),
        publications=publication_figures(session, year, lists[rules.PUBLICATIONS], closed=closed),
        overview=overview,
        lines=entered_lines(session, year),
        known_misprints=[rules.beside_ours(misprint, tables, overview) for misprint in rules.MISPRINTS.get(year, ())],
        remarks=list(rules.REMARKS.get(year, ())),
    )


def _closed_before(session: Session, years: Sequence[int]) -> dict[int, AnnualReport]:
    """Return the latest frozen version of each closed year before the last of these: its column is what it says."""
    latest = (
        select(ClosedYear.year, func.max(ClosedYear.number).label("number"))
        .where(ClosedYear.year.between(min(years), max(years) - 1))
        .group_by(ClosedYear.year)
        .subquery()
    )
    rows = session.execute(
        select(ClosedYear.year, ClosedYear.figures)
        .join(latest, (latest.c.year == ClosedYear.year) & (latest.c.number == ClosedYear.number))
        .order_by(ClosedYear.year)
    ).all()
    return {year: from_plain(AnnualReport, figures) for year, figures in rows}


def mixes_demo_with_real(session: Session, year: int) -> bool:
    """Tell whether a year holds invented advice among real advice."""
    in_year = _within(rules.calendar_year(year))
    return len(session.scalars(select(Advice.is_demo).where(in_year).distinct()).all()) > 1


def desk_series(
    session: Session, years: Sequence[int], desks: CodeList, *, closed: Mapping[int, AnnualReport]
) -> YearSeries:
    """Return the advice per desk over some years.

    An earlier year that is closed shows its frozen column (`closed`). A year of which any desk was entered shows what
    was entered: the log did not hold that year whole. Another year is counted, for the one desk there is.
    """
    entered = _entered(session, desks.name, years)
    entered_years = {year for year, _ in entered}

    def figure(year: int, desk: str) -> YearFigure:
        if year in closed:
            return rules.column_of(closed[year].series, year, desk)
        if year in entered_years:
            return _shown(year, entered.get((year, desk)))
        counted = advice_total(session, rules.calendar_year(year)) if desk == rules.CENTRAL_DESK else 0
        return YearFigure(year, rules.shown_total(counted) or None)

    rows = [SeriesRow(desk.code, desk.label, [figure(year, desk.code) for year in years]) for desk in desks]
    return rules.year_series(years, rows, adds_up=True)


def overview_series(
    session: Session,
    years: Sequence[int],
    vocabulary: Vocabulary,
    *,
    desks: YearSeries,
    closed: Mapping[int, AnnualReport],
) -> YearSeries:
    """Return the overview over some years: advice, guidance, external trainings and who registered for those.

    An earlier year that is closed shows its frozen column (`closed`). What was entered for a year stands before what
    is counted; the advice is that of the desks.
    """
    codes = vocabulary.lists[rules.OVERVIEW]
    entered = _entered(session, codes.name, years)
    advice = dict(zip(desks.years, desks.totals or (), strict=False))
    sources = {one.year: one.source for row in desks.rows for one in row.figures if one.source}
    counted = {year: _counted_activities(session, year, vocabulary) for year in years if year not in closed}

    def figure(year: int, code: str) -> YearFigure:
        if year in closed:
            return rules.column_of(closed[year].overview, year, code)
        if code == "helpdeskvragen":
            return YearFigure(year, advice.get(year), sources.get(year))
        if (year, code) in entered:
            return _shown(year, entered[year, code])
        return YearFigure(year, counted[year].get(code))

    rows = [SeriesRow(code.code, code.label, [figure(year, code.code) for year in years]) for code in codes]
    return rules.year_series(years, rows, adds_up=False)


def _counted_activities(session: Session, year: int, vocabulary: Vocabulary) -> dict[str, int | None]:
    """Return what was counted of a year; nothing of a year without any."""
    days = astuple(rules.calendar_year(year))
    external = rules.training_figures(count_trainings(session, *days), vocabulary.lists["vorming_sector"]).extern
    guidance = sum(row.n for row in count_guidance(session, *days))
    trainings = {"vormingen_extern": external.vormingen, "deelnemers_extern": external.deelnemers}
    return {**({"begeleidingen": guidance} if guidance else {}), **(trainings if external.vormingen else {})}


def publication_figures(
    session: Session, year: int, codes: CodeList, *, closed: Mapping[int, AnnualReport]
) -> list[PublicationFigure]:
    """Return the numbers about publications, a row per code: entered when someone did, else counted when we can.

    The year before, to which growth compares, is as it was frozen when it is closed.
    """
    entered = _entered(session, codes.name, [year - 1, year])
    counted = {one: _counted_publications(session, one) for one in (year - 1, year)}

    frozen = {one.code: one.n for one in closed[year - 1].publications} if year - 1 in closed else None

    def number(of: int, code: str) -> int | None:
        if of != year and frozen is not None:
            return frozen.get(code)
        known = entered.get((of, code))
        return counted[of].get(code) if known is None else known.value

    return [
        PublicationFigure(
            code=code.code,
            label=code.label,
            n=number(year, code.code),
            is_approximate=known.is_approximate if known else False,
            source=known.source if known else None,
            growth_pct=rules.growth(number(year, code.code), number(year - 1, code.code)),
        )
        for code in codes
        for known in [entered.get((year, code.code))]
    ]


def _counted_publications(session: Session, year: int) -> dict[str, int]:
    """Count what the product itself published in a year; what it published nothing of is left out."""
    begin, end = (datetime.combine(date(one, 1, 1), time(), tzinfo=BRUSSELS) for one in (year, year + 1))
    in_year = TextVersion.published_at >= begin, TextVersion.published_at < end
    theme = TextVersion.text_id == PublishedText.id, PublishedText.kind == TextKind.THEME.value
    live = TextVersion.text_id == PublishedText.id, TextVersion.number == PublishedText.live_number
    counts = {
        "themapaginas_geactualiseerd": select(func.count(distinct(TextVersion.text_id))).where(*theme, *in_year),
        "themapaginas_totaal": select(func.count(distinct(TextVersion.text_id))).where(
            *theme, TextVersion.published_at < end, PublishedText.live_number.is_not(None)
        ),
        "nieuwspaginas": select(func.count()).where(
            *live,
            PublishedText.kind == TextKind.NEWS.value,
            TextVersion.dated_on.between(date(year, 1, 1), date(year, 12, 31)),
        ),
        "rechtspraak_nieuw": select(func.count(Ruling.id)).where(
            Ruling.published_at >= begin, Ruling.published_at < end
        ),
        "rechtspraak_totaal": select(func.count(Ruling.id)).where(Ruling.published_at < end),
    }
    found = {code: session.scalar(query) or 0 for code, query in counts.items()}
    days = astuple(rules.calendar_year(year))
    found["paginaweergaven"] = views_between(session, *days)
    found["bezoekers_per_dag"] = visitors_a_day(session, *days) or 0
    found["enieuwsbrieven"] = issues_in_year(session, year)
    found["enieuwsbrief_abonnees"] = subscribers_on(session, date(year, 12, 31))
    return {code: n for code, n in found.items() if n}


def entered_figures(session: Session, year: int) -> Sequence[EnteredFigure]:
    """Return what was entered for a year, by series and code."""
    query = select(EnteredFigure).where(EnteredFigure.year == year)
    return session.scalars(query.order_by(EnteredFigure.series, EnteredFigure.code)).all()


def entered_lines(session: Session, year: int) -> dict[str, list[str]]:
    """Return the lines that were added to the parts of the report of a year; every part is there."""
    query = select(EnteredLine).where(EnteredLine.year == year).order_by(EnteredLine.part, EnteredLine.position)
    found = session.scalars(query).all()
    return {part: [one.line for one in found if one.part == part] for part in rules.PARTS_WITH_LINES}


def get_entered_figure(session: Session, figure_id: int) -> EnteredFigure:
    """Return one entered number. Raises NotFound."""
    entered = session.get(EnteredFigure, figure_id)
    if entered is None:
        raise NotFound("Dit cijfer is niet ingevoerd.")
    return entered


@dataclass(frozen=True)
class VersionRow:
    """One frozen version of a year: when, by whom, why."""

    number: int
    closed_at: datetime
    closed_by: str
    reason: str


def versions_of(session: Session, year: int) -> list[VersionRow]:
    """Return the frozen versions of a year, the first one first; none while the year is open."""
    rows = session.execute(
        select(ClosedYear.number, ClosedYear.closed_at, User.display_name, ClosedYear.reason)
        .join(User, User.id == ClosedYear.closed_by_id)
        .where(ClosedYear.year == year)
        .order_by(ClosedYear.number)
    ).all()
    return [VersionRow(number, closed_at, name, reason) for number, closed_at, name, reason in rows]


def frozen_report(session: Session, year: int, number: int) -> AnnualReport:
    """Return one frozen version of a year. Raises NotFound."""
    query = select(ClosedYear).where(ClosedYear.year == year, ClosedYear.number == number)
    closed = session.scalar(query)
    if closed is None:
        raise NotFound(f"Van {year} bestaat geen versie {number}.")
    version = ReportVersion(closed.number, closed.closed_at.isoformat(), closed.reason)
    return replace(from_plain(AnnualReport, closed.figures), version=version)


def published_report(session: Session, *, year: int, vocabulary: Vocabulary, number: int | None) -> AnnualReport:
    """Return a frozen version by its number; without one the latest, or while the year is open what counts now.

    Raises:
        NotFound: there is no version with this number.
    """
    if number is None:
        versions = versions_of(session, year)
        number = versions[-1].number if versions else None
    if number is None:
        return annual_report(session, year=year, vocabulary=vocabulary)
    return frozen_report(session, year, number)


def _entered(session: Session, series: str, years: Sequence[int]) -> dict[tuple[int, str], EnteredFigure]:
    query = select(EnteredFigure).where(
        EnteredFigure.series == series, EnteredFigure.year.between(min(years), max(years))
    )
    return {(one.year, one.code): one for one in session.scalars(query.order_by(EnteredFigure.id))}


def _shown(year: int, entered: EnteredFigure | None) -> YearFigure:
    if entered is None:
        return YearFigure(year, None)
    return YearFigure(year, rules.shown_total(entered.value), entered.source, entered.note)


def _within(period: Period) -> ColumnElement[bool]:
    return Advice.given_on.between(period.first_on, period.last_on)
