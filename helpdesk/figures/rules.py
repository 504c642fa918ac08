"""Decisions about figures: pure. One rounding rule, one rule for small cells, and what the printed report got wrong."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from helpdesk.activities.queries import GuidanceCount, TrainingCount
from helpdesk.activities.rules import ON_DEMAND
from helpdesk.core.errors import Rejected
from helpdesk.core.roles import Role
from helpdesk.core.vocabulary import CodeList, Vocabulary

ROUNDING = "Aandelen zijn afgerond op hele procenten, een half naar boven; samen zijn ze daardoor niet altijd 100 %."
SUPPRESSION = (
    "Cellen van 1 tot 4 zijn weggelaten (null), en zo nodig nog één cel of het totaal, zodat niets te herleiden is."
)
SMALLEST_SHOWN = 5  # smaller cells can point at a person
MOST_RANKED = 5  # the report ranks five nationalities, without counts
UNKNOWN_NATIONALITY = "XX"
SERIES_YEARS = 5
CENTRAL_DESK = "vlaanderen_brussel"  # advice in this product is given by the one desk there is since February 2018
DESKS = "werkingsgebied_helpdesk"
OVERVIEW = "cijfer_overzicht"
PUBLICATIONS = "cijfer_publicaties"
OTHER_RESIDENCE = "overige_niet_vermeld"
ENTERED_SERIES = (DESKS, OVERVIEW, PUBLICATIONS)
WITHOUT_DEMO = "Verzonnen gesprekken horen in geen jaarverslag: sluit het jaar af op een site zonder demogegevens."
EARLIEST_YEAR = 2000
LATEST_YEAR = 2100
MOST_VALUE = 1_000_000_000
MOST_SOURCE = 300
MOST_REASON = 500
MOST_LINES = 30
MOST_LINE = 500
PARTS_WITH_LINES = ("begeleidingen", "publicaties", "acties")


@dataclass(frozen=True)
class Period:
    """A period of Brussels calendar days, both included."""

    first_on: date
    last_on: date


@dataclass(frozen=True)
class CodeCount:
    """How much advice carries one code."""

    code: str
    label: str
    n: int


@dataclass(frozen=True)
class ReportRow:
    """One line of a published table; `n` and `share_pct` are None when the cell is too small to show."""

    code: str
    label: str
    n: int | None
    share_pct: int | None


@dataclass(frozen=True)
class ReportTable:
    """One published table. Shares are of `share_of` pieces of advice; `total` adds the rows, hidden ones included.

    `counts` says what a row counts: "adviezen" or "vermeldingen". A number too small to show is None.
    """

    name: str
    title: str
    counts: str
    total: int | None
    share_of: int | None
    rows: list[ReportRow]


@dataclass(frozen=True)
class RankedNationality:
    """A place in the ranking; how many there were is not published."""

    rank: int
    code: str
    label: str


@dataclass(frozen=True)
class Misprint:
    """A number of the printed report that contradicts the report's own counts. `code` is None for a total."""

    id: str
    table: str
    code: str | None
    printed: int
    reason: str


@dataclass(frozen=True)
class Remark:
    """Something about the printed report that a reader who compares should know."""

    id: str
    text: str


@dataclass(frozen=True)
class MisprintBeside:
    """A misprint beside what this product counts; `ours` is None when the cell is hidden."""

    id: str
    table: str
    code: str | None
    what: str
    printed: int
    ours: int | None
    reason: str


@dataclass(frozen=True)
class YearFigure:
    """One number of one year; None when there is none, or too few to publish. `source` is set when it was entered."""

    year: int
    n: int | None
    source: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class SeriesRow:
    """One line of a series: a figure for each year of the series."""

    code: str
    label: str
    figures: list[YearFigure]


@dataclass(frozen=True)
class YearSeries:
    """Figures over five years, oldest first; `totals` add the years of all rows, None for rows that do not add."""

    years: list[int]
    rows: list[SeriesRow]
    totals: list[int | None] | None


@dataclass(frozen=True)
class TrainingTotals:
    """How many trainings, and how many registered for them; None when those are too few to publish."""

    vormingen: int
    deelnemers: int | None


@dataclass(frozen=True)
class TrainingRow:
    """The trainings on demand of one sector."""

    code: str
    label: str
    vormingen: int
    deelnemers: int | None


@dataclass(frozen=True)
class TrainingFigures:
    """The trainings of a year; `extern` adds open and on demand."""

    extern: TrainingTotals
    extern_open: TrainingTotals
    extern_op_vraag: TrainingTotals
    intern: TrainingTotals
    op_vraag_per_sector: list[TrainingRow]


@dataclass(frozen=True)
class GuidanceFigures:
    """The guidance that met in a year, each once."""

    totaal: int
    per_soort: list[CodeCount]
    per_sector: list[CodeCount]


@dataclass(frozen=True)
class PublicationFigure:
    """One number about publications; `n` is None when the product cannot count it and nobody entered it.

    `growth_pct` compares with the year before, in whole percent; None without a number of that year.
    """

    code: str
    label: str
    n: int | None
    is_approximate: bool
    source: str | None
    growth_pct: int | None


@dataclass(frozen=True)
class ReportVersion:
    """Which frozen version this is, the moment it was closed (ISO, UTC) and the reason of a correction."""

    number: int
    closed_at: str
    reason: str


@dataclass(frozen=True)
class AnnualReport:
    """Chapter JR.2.1.3 of one calendar year, as published. `version` is None while the year is open."""

    year: int
    total: int | None
    rounding: str
    suppression: str
    series: YearSeries
    tables: dict[str, ReportTable]
    nationality_ranking: list[RankedNationality]
    trainings: TrainingFigures
    guidance: GuidanceFigures
    publications: list[PublicationFigure]
    overview: YearSeries
    lines: dict[str, list[str]]
    known_misprints: list[MisprintBeside]
    remarks: list[Remark]
    version: ReportVersion | None = None


# Source: annual report 2019 of the Agentschap Integratie en Inburgering, chapter JR.2.1.3, the tables per region and
# per category (both printed as "figuur 48") and per sector ("figuur 49"). The counts are right, these numbers are not.
MISPRINTS = {
    2019: (
        Misprint("I3", "regio", "west_vlaanderen", 13, "1 415 van 10 341 is 13,68 %."),
        Misprint("I3", "regio", "vlaams_brabant", 12, "1 293 van 10 341 is 12,504 %."),
        Misprint("I4", "categorie", "betrokkene_zelf", 7, "779 van 10 341 is 7,53 %."),
        Misprint("I4", "categorie", "ruime_publiek", 26, "2 763 van 10 341 is 26,72 %."),
        Misprint(
            "I5", "sector", None, 10_341, "De rijen tellen samen 6 654: de sector wordt alleen gevraagd waar hij past."
        ),
        Misprint("I6", "sector", "justitie", 9, "992 van 10 341 is 9,59 %."),
        Misprint("I9", OVERVIEW, "2016", 12_750, "Het hoofdstuk zelf telt 12 366 helpdeskadviezen in 2016."),
        Misprint("I9", OVERVIEW, "2015", 12_000, "Het hoofdstuk zelf telt 11 901 helpdeskadviezen in 2015."),
    ),
}
REMARKS = {
    2019: (
        Remark("I1", "De eerste figuur heet in druk ‘figuur 3’; dat nummer bestond al, en 45 tot 47 ontbreken."),
        Remark("I2", "Twee tabellen, per regio en per categorie, heten in druk allebei ‘figuur 48’."),
        Remark(
            "I5", "6 564 professionals en 6 654 adviezen met een sector kloppen niet met elkaar: het verschil is 90."
        ),
        Remark("I7", "De thema's staan in druk alleen als aandelen; de aantallen zijn er niet uit af te leiden."),
        Remark("I8", "De vijf verblijfssituaties tellen in druk op tot 96 %; de andere 4 % worden niet genoemd."),
        Remark("I10", "Duizendtallen staan in druk op drie manieren; hier altijd met een spatie."),
        Remark("I11", "In druk staat ‘verblijfsituaties’; juist is ‘verblijfssituaties’."),
        Remark("I12", "De sectoren van adviezen, vormingen en begeleidingen zijn drie verschillende lijsten."),
        Remark("I13", "Bij de vormingen staat in druk één keer ‘een organisatie’ waar meervoud bedoeld is."),
    ),
}


def share(part: int, whole: int) -> int | None:
    """Return a share in whole percent, a half rounded up; None of nothing. The one rounding rule of all figures."""
    if whole <= 0:
        return None
    return (200 * part + whole) // (2 * whole)


def calendar_year(year: int) -> Period:
    """Return the period of a calendar year."""
    return Period(date(year, 1, 1), date(year, 12, 31))


def hide_small_cells(counts: Sequence[int]) -> list[int | None]:
    """Return the counts with None where publishing could point at a person; a zero stays.

    Cells of 1 to 4 are hidden, then the smallest others, until at least two cells are hidden that add to 5 or more:
    otherwise the total of the table would tell what was hidden.
    """
    hidden = {place for place, n in enumerate(counts) if 0 < n < SMALLEST_SHOWN}
    others = sorted((n, place) for place, n in enumerate(counts) if n >= SMALLEST_SHOWN)
    while hidden and others and (len(hidden) == 1 or sum(counts[place] for place in hidden) < SMALLEST_SHOWN):
        hidden.add(others.pop(0)[1])
    return [None if place in hidden else n for place, n in enumerate(counts)]


def shown_total(total: int) -> int | None:
    """Return a total, or None when it is itself too small to publish."""
    return None if 0 < total < SMALLEST_SHOWN else total


def report_table(name: str, title: str, counted: Sequence[CodeCount], *, share_of: int) -> ReportTable:
    """Return a table fit to publish from complete counts, at most one row per piece of advice.

    Advice outside every row (without a sector) is a cell too: all advice minus the total would tell it.
    """
    total = sum(row.n for row in counted)
    *shown, outside = hide_small_cells([*(row.n for row in counted), share_of - total])
    rows = [_row(row, n, share_of) for row, n in zip(counted, shown, strict=True)]
    shown_sum = None if outside is None else shown_total(total)
    return ReportTable(name, title, "adviezen", shown_sum, shown_total(share_of), rows)


def mentions_table(name: str, title: str, counted: Sequence[CodeCount], *, share_of: int) -> ReportTable:
    """Return a table fit to publish in which one piece of advice can count in several rows."""
    shown = hide_small_cells([row.n for row in counted])
    rows = [_row(row, n, share_of) for row, n in zip(counted, shown, strict=True)]
    total = shown_total(sum(row.n for row in counted))
    return ReportTable(name, title, "vermeldingen", total, shown_total(share_of), rows)


def _row(counted: CodeCount, shown: int | None, share_of: int) -> ReportRow:
    return ReportRow(counted.code, counted.label, shown, None if shown is None else share(shown, share_of))


def rank_nationalities(counted: Sequence[CodeCount]) -> list[RankedNationality]:
    """Return the five most frequent nationalities, the most frequent first; those too small to show are left out."""
    known = [row for row in counted if row.code != UNKNOWN_NATIONALITY and row.n >= SMALLEST_SHOWN]
    known.sort(key=lambda row: (-row.n, row.label))
    return [RankedNationality(rank, row.code, row.label) for rank, row in enumerate(known[:MOST_RANKED], start=1)]


def beside_ours(misprint: Misprint, tables: Mapping[str, ReportTable], overview: YearSeries) -> MisprintBeside:
    """Return a misprint with our own number beside it: a share or a total of a table, or a year of the overview."""
    if misprint.table == OVERVIEW:
        figures = next((row.figures for row in overview.rows if row.code == "helpdeskvragen"), [])
        ours, what = next((one.n for one in figures if str(one.year) == misprint.code), None), "n"
    elif misprint.code is None:
        ours, what = tables[misprint.table].total, "total"
    else:
        rows = tables[misprint.table].rows
        ours, what = next((row.share_pct for row in rows if row.code == misprint.code), None), "share_pct"
    return MisprintBeside(
        id=misprint.id,
        table=misprint.table,
        code=misprint.code,
        what=what,
        printed=misprint.printed,
        ours=ours,
        reason=misprint.reason,
    )


def growth(now: int | None, before: int | None) -> int | None:
    """Return the change since a year before in whole percent, a half rounded up; None when there is none to compare."""
    if now is None or not before:
        return None
    return (200 * (now - before) + before) // (2 * before)


def training_figures(counted: Sequence[TrainingCount], sectors: CodeList) -> TrainingFigures:
    """Return the trainings of a year per kind, those on demand per sector: a row per sector, zero included.

    How many trainings there were points at nobody; how many people registered does when they are few.
    """
    on_demand = [row for row in counted if row.kind == ON_DEMAND]
    per_sector = {
        sector: (
            sum(row.trainings for row in on_demand if row.sector == sector),
            sum(row.participants for row in on_demand if row.sector == sector),
        )
        for sector in dict.fromkeys([*(code.code for code in sectors), *(row.sector or "" for row in on_demand)])
    }
    shown = hide_small_cells([participants for _, participants in per_sector.values()])
    by_kind = [_trainings_of(counted, kind) for kind in ("extern_open", ON_DEMAND, "intern")]
    public = hide_small_cells([participants for _, participants in by_kind])
    opened, demanded, internal = (TrainingTotals(n, seen) for (n, _), seen in zip(by_kind, public, strict=True))
    external = by_kind[0][1] + by_kind[1][1]
    tells_a_hidden_one = (opened.deelnemers is None) != (demanded.deelnemers is None)
    return TrainingFigures(
        extern=TrainingTotals(by_kind[0][0] + by_kind[1][0], None if tells_a_hidden_one else shown_total(external)),
        extern_open=opened,
        extern_op_vraag=demanded,
        intern=internal,
        op_vraag_per_sector=[
            TrainingRow(sector, sectors.label(sector), n, seen)
            for (sector, (n, _)), seen in zip(per_sector.items(), shown, strict=True)
        ],
    )


def _trainings_of(counted: Sequence[TrainingCount], kind: str) -> tuple[int, int]:
    rows = [row for row in counted if row.kind == kind]
    return sum(row.trainings for row in rows), sum(row.participants for row in rows)


def guidance_figures(counted: Sequence[GuidanceCount], kinds: CodeList, sectors: CodeList) -> GuidanceFigures:
    """Return the guidance of a year: a row per kind and per sector, zero included. It points at no person."""
    return GuidanceFigures(
        totaal=sum(row.n for row in counted),
        per_soort=_per_code(kinds, [(row.kind, row.n) for row in counted]),
        per_sector=_per_code(sectors, [(row.sector, row.n) for row in counted]),
    )


def _per_code(codes: CodeList, counted: Sequence[tuple[str, int]]) -> list[CodeCount]:
    every = dict.fromkeys([*(code.code for code in codes), *(code for code, _ in counted)])
    return [CodeCount(code, codes.label(code), sum(n for one, n in counted if one == code)) for code in every]


def column_of(series: YearSeries, year: int, code: str) -> YearFigure:
    """Return the figure of a year in one row of a series; without a number when the series has no such row."""
    found = (figure for row in series.rows if row.code == code for figure in row.figures if figure.year == year)
    return next(found, YearFigure(year, None))


def year_series(years: Sequence[int], rows: Sequence[SeriesRow], *, adds_up: bool) -> YearSeries:
    """Return a series; rows without any number are left out, a year without any has no total."""
    kept = [row for row in rows if any(figure.n is not None for figure in row.figures)]
    totals = [_total([row.figures[place].n for row in kept]) for place in range(len(years))] if adds_up else None
    return YearSeries(years=list(years), rows=kept, totals=totals)


def _total(numbers: Sequence[int | None]) -> int | None:
    known = [n for n in numbers if n is not None]
    return sum(known) if known else None


def chapter_facts(report: AnnualReport) -> dict[str, Any]:
    """Return the figures of the chapter by the names under which the printed chapter was transcribed.

    A program that compares years or reports reads these; `exact_pct` has two decimals, the other shares none.
    """
    trainings, publications = report.trainings, {one.code: one for one in report.publications}
    shares = {row.code: row.share_pct for row in report.tables["verblijfssituatie"].rows}
    themes = report.tables["hoofdthema"]
    return {
        "fig_jaren": {
            "years": report.series.years,
            "rows": {row.code: [figure.n for figure in row.figures] for row in report.series.rows},
            "totals": report.series.totals,
        },
        **{f"fig_{name}": _table_facts(report.tables[name]) for name in ("regio", "categorie", "sector")},
        "top_themas": {
            "advices": report.total,
            "theme_mentions": themes.total,
            "shares_of_advices_pct": {row.code: row.share_pct for row in themes.rows},
        },
        "top_verblijfssituaties": {
            "shares_of_advices_pct": {code: share for code, share in shares.items() if code != OTHER_RESIDENCE}
        },
        "top_nationaliteiten": [place.code for place in report.nationality_ranking],
        "vormingen": {
            **{name: asdict(getattr(trainings, name)) for name in ("extern", "extern_open", ON_DEMAND, "intern")},
            "op_vraag_per_sector": [
                {"code": row.code, "vormingen": row.vormingen, "deelnemers": row.deelnemers}
                for row in trainings.op_vraag_per_sector
            ],
        },
        "begeleidingen": {
            "totaal": report.guidance.totaal,
            "per_soort": [{"code": row.code, "n": row.n} for row in report.guidance.per_soort],
            "per_sector": [{"code": row.code, "n": row.n} for row in report.guidance.per_sector],
        },
        "publicaties": {
            **{code: one.n for code, one in publications.items()},
            **{f"{code}_groei_pct": one.growth_pct for code, one in publications.items() if one.growth_pct is not None},
        },
        "meerjarenoverzicht": {
            "columns": report.overview.years[::-1],
            **{row.code: [figure.n for figure in row.figures[::-1]] for row in report.overview.rows},
        },
    }


def _table_facts(table: ReportTable) -> dict[str, Any]:
    of = table.share_of
    return {
        "total": table.total,
        "pct_base": of,
        "rows": [
            {
                "code": row.code,
                "n": row.n,
                "pct": row.share_pct,
                "exact_pct": None if row.n is None or not of else round(100 * row.n / of, 2),
            }
            for row in table.rows
        ],
    }


@dataclass(frozen=True, kw_only=True)
class EnteredDraft:
    """One number that is entered: `series` is the name of a code list, `code` one of its codes."""

    series: str
    code: str
    year: int
    value: int
    is_approximate: bool
    source: str
    note: str | None


@dataclass(frozen=True)
class Difference:
    """One figure that is not the same in two versions; `name` is its path in the facts of the chapter."""

    name: str
    before: object
    after: object


class ClosingRefused(Rejected):
    """A year cannot be closed now."""


class FigureRejected(Rejected):
    """What was entered breaks rules."""


def may_close(roles: Collection[Role]) -> bool:
    """Tell whether someone may close a year and enter figures."""
    return Role.COORDINATOR in roles


def check_closing(
    report: AnnualReport, latest: AnnualReport | None, *, reason: str, today: date, mixes_demo: bool
) -> None:
    """Refuse to close a year too early or with invented advice, or to correct without a reason or a difference.

    Raises:
        ClosingRefused: with a sentence for each.
    """
    problems = [f"In {report.year} staan demo-adviezen tussen de echte. {WITHOUT_DEMO}"] if mixes_demo else []
    if today <= calendar_year(report.year).last_on:
        problems.append(f"{report.year} is nog niet voorbij: sluit het jaar af vanaf 1 januari {report.year + 1}.")
    if latest is not None and not reason.strip():
        problems.append("Schrijf waarom de cijfers verbeterd worden: die reden staat op de nieuwe versie.")
    if latest is not None and not differences(latest, report):
        problems.append("De cijfers zijn dezelfde als in de laatste versie: een nieuwe is niet nodig.")
    if len(reason) > MOST_REASON:
        problems.append(f"Maak de reden korter: {len(reason)} tekens, en er passen er {MOST_REASON}.")
    if problems:
        raise ClosingRefused(problems)


_IN_CHAPTER = frozenset({"fig_regio", "fig_categorie", "fig_sector"})


def differences(before: AnnualReport, after: AnnualReport) -> list[Difference]:
    """Return the figures and lines that changed between two versions of a report, in the order of the chapter."""
    old, new = _flat(_printed(before)), _flat(_printed(after))
    return [
        Difference(name, old.get(name), new.get(name))
        for name in dict.fromkeys([*old, *new])
        if old.get(name) != new.get(name)
    ]


def _printed(report: AnnualReport) -> dict[str, Any]:
    """Return all that a report prints: the chapter, and the tables of which the chapter gives less or nothing."""
    tables = {name: _table_facts(table) for name, table in report.tables.items() if f"fig_{name}" not in _IN_CHAPTER}
    return {**chapter_facts(report), "tabellen": tables, "regels": report.lines}


def _flat(value: object, path: str = "") -> dict[str, object]:
    """Return each leaf of nested mappings and lists by its path; a row with a code goes by that code."""
    if isinstance(value, Mapping):
        items = [(str(name), below) for name, below in value.items()]
    elif isinstance(value, list):
        items = [
            (str(below["code"]) if isinstance(below, Mapping) and "code" in below else str(place), below)
            for place, below in enumerate(value, start=1)
        ]
    else:
        return {path: value}
    leaves: dict[str, object] = {}
    for name, below in items:
        leaves |= _flat(below, f"{path}.{name}" if path else name)
    return leaves


def check_entered(draft: EnteredDraft, *, vocabulary: Vocabulary) -> None:
    """Refuse a number of an unknown series, without source, or that no count can be. Raises FigureRejected."""
    problems = []
    if draft.series not in ENTERED_SERIES or draft.code not in vocabulary.lists[draft.series]:
        problems.append("Kies een cijfer uit de lijst.")
    if not EARLIEST_YEAR <= draft.year <= LATEST_YEAR:
        problems.append(f"Kies een jaar van {EARLIEST_YEAR} tot {LATEST_YEAR}.")
    if not 0 <= draft.value <= MOST_VALUE:
        problems.append(f"Vul een getal in van 0 tot {MOST_VALUE}.")
    if not draft.source.strip():
        problems.append("Schrijf de bron op: een ingevoerd cijfer staat nooit zonder.")
    if len(draft.source) > MOST_SOURCE or len(draft.note or "") > MOST_SOURCE:
        problems.append(f"Maak bron en toelichting korter: elk hoogstens {MOST_SOURCE} tekens.")
    if problems:
        raise FigureRejected(problems)


def check_lines(part: str, lines: Sequence[str]) -> None:
    """Refuse lines for a part that takes none, or that are too long. Raises FigureRejected."""
    if part not in PARTS_WITH_LINES:
        raise FigureRejected(["Kies een deel van het verslag."])
    if len(lines) > MOST_LINES or any(len(line) > MOST_LINE for line in lines):
        raise FigureRejected([f"Schrijf hoogstens {MOST_LINES} regels van {MOST_LINE} tekens."])
