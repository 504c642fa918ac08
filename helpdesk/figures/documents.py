"""What the annual report says: its parts, sentences made from the figures, and tables, whatever it is written in."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from babel.numbers import format_decimal

from helpdesk.core.clock import brussels_date
from helpdesk.core.documents import ABSENT, HIDDEN, Cell, Document, Grid, GridRow, Part
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.figures import rules
from helpdesk.figures.rules import (
    AnnualReport,
    MisprintBeside,
    PublicationFigure,
    ReportRow,
    ReportTable,
    TrainingFigures,
    TrainingTotals,
    YearSeries,
)
from helpdesk.web.filters import long_date, number
from helpdesk.web.filters import share as in_percent

ENTERED = "*"  # a figure that was entered, not counted
TRAINING_LABELS = {
    "extern_open": "Vormingen in open aanbod",
    "extern_op_vraag": "Vormingen op vraag",
    "extern": "Externe vormingen samen",
    "intern": "Interne vormingen",
}


def report_document(report: AnnualReport, vocabulary: Vocabulary) -> Document:
    """Return the chapter of a year as a document: the same tables and sentences in every form it is written in."""
    published = [one for one in report.publications if one.n is not None]
    parts = [
        Part(level=2, title="A. Cijfers"),
        Part(
            level=3,
            title="A.1 Helpdeskadviezen",
            paragraphs=_advice_sentences(report),
            grids=[_series_grid(report), *(_table_grid(report, name) for name in ("regio", "categorie", "sector"))],
        ),
        Part(
            level=4,
            title="Thema's",
            paragraphs=_theme_sentences(report),
            grids=[_table_grid(report, "hoofdthema")],
        ),
        Part(
            level=4,
            title="Verblijfssituaties",
            paragraphs=_residence_sentences(report),
            grids=[_table_grid(report, "verblijfssituatie")],
        ),
        Part(
            level=4,
            title="Nationaliteiten",
            paragraphs=[
                "De nationaliteiten van de personen over wie de vragen gingen, de meest voorkomende eerst; van elk "
                "advies telt de eerste persoon. Aantallen "
                "worden niet gepubliceerd."
                if report.nationality_ranking
                else "Er zijn te weinig adviezen om een rangorde te publiceren."
            ],
            bullets=[place.label for place in report.nationality_ranking],
            is_ranking=True,
        ),
        Part(level=4, title="Kanalen", grids=[_table_grid(report, "kanaal")]),
        Part(
            level=3,
            title="A.2 Aantal vormingen",
            paragraphs=_training_sentences(report),
            grids=_training_grids(report),
        ),
        Part(
            level=3,
            title="A.3 Aantal begeleidingen",
            paragraphs=_guidance_sentences(report),
            bullets=report.lines["begeleidingen"],
            grids=_guidance_grids(report),
        ),
        Part(
            level=3,
            title="A.4 Publicaties",
            paragraphs=_publication_sentences(report),
            bullets=report.lines["publicaties"],
            grids=[_publication_grid(report)] if published else [],
        ),
    ]
    if report.lines["acties"]:
        parts.append(Part(level=2, title="B. Acties", bullets=report.lines["acties"]))
    parts.append(Part(level=2, title="Meerjarenoverzicht", grids=[_overview(report)]))
    if report.known_misprints or report.remarks:
        parts.append(_print_part(report))
    definitions = [(code.label, str(code.extra["definition"])) for code in vocabulary.lists["jaarverslag_begrip"]]
    of_numbers = vocabulary.lists[rules.PUBLICATIONS]
    definitions += [
        (one.label.capitalize(), str(of_numbers[one.code].extra["definition"]))
        for one in published
        if one.code in of_numbers
    ]
    return Document(
        title=f"Juridische dienstverlening in {report.year}",
        subtitle=CHAPTER,
        facts=_facts(report),
        parts=parts,
        definitions=[*definitions, ("Afronding", report.rounding), ("Kleine aantallen", SMALL_NUMBERS)],
    )


CHAPTER = (
    "Hoofdstuk JR.2.1.3: lokale besturen en organisaties kunnen een beroep doen op toegankelijke en kwaliteitsvolle "
    "juridische dienstverlening"
)
SMALL_NUMBERS = (
    f"Aantallen personen van 1 tot 4 zijn weggelaten ({HIDDEN}), en zo nodig nog één cel of het totaal, zodat niets te "
    f"herleiden is. {ABSENT} betekent dat er niets geteld is. Hoeveel vormingen en begeleidingen er waren, wijst "
    "niemand aan en wordt altijd getoond."
)


def report_sentences(report: AnnualReport) -> dict[str, list[str]]:
    """Return the sentences that are made from the figures, by part of the chapter."""
    return {
        "adviezen": _advice_sentences(report),
        "themas": _theme_sentences(report),
        "verblijfssituaties": _residence_sentences(report),
        "vormingen": _training_sentences(report),
        "begeleidingen": _guidance_sentences(report),
        "publicaties": _publication_sentences(report),
    }


def _facts(report: AnnualReport) -> list[tuple[str, str]]:
    version = report.version
    if version is None:
        return [("Stand", f"Voorlopige cijfers: {report.year} is niet afgesloten.")]
    day = long_date(brussels_date(datetime.fromisoformat(version.closed_at)))
    facts = [("Stand", f"Vastgelegde cijfers, versie {version.number}, van {day}.")]
    return [*facts, ("Reden van de verbetering", version.reason)] if version.reason else facts


def _shown(n: int | None) -> str:
    return "minder dan 5" if n is None else number(n)


def _change(percent: int | None, year: int) -> str:
    if percent is None:
        return ""
    if percent == 0:
        return f", evenveel als in {year - 1} (minder dan 1 % verschil)".replace("1 %", in_percent(1))
    return f", {in_percent(abs(percent))} {'meer' if percent > 0 else 'minder'} dan in {year - 1}"


def _advice_sentences(report: AnnualReport) -> list[str]:
    totals = dict(zip(report.series.years, report.series.totals or (), strict=False))
    change = _change(rules.growth(totals.get(report.year), totals.get(report.year - 1)), report.year)
    noun = "juridisch advies" if report.total == 1 else "juridische adviezen"
    sentences = [f"In {report.year} gaf de helpdesk {_shown(report.total)} {noun}{change}."]
    for name, opening in (("regio", "De meeste vragen kwamen uit"), ("categorie", "De grootste groepen vragers waren")):
        if largest := _largest(report.tables[name], most=3):
            sentences.append(f"{opening}: {_enumerated(largest)}.")
    return sentences


def _largest(table: ReportTable, *, most: int) -> list[str]:
    known = [row for row in table.rows if row.n and row.code != "niet_ingevuld"]
    known.sort(key=lambda row: (-(row.n or 0), row.label))
    return [f"{row.label} ({in_percent(row.share_pct)})" for row in known[:most]]


def _theme_sentences(report: AnnualReport) -> list[str]:
    themes = report.tables["hoofdthema"]
    if not report.total or not themes.total:
        return []
    each = format_decimal(themes.total / report.total, format="0.00", locale="nl_BE")
    shares = [f"{in_percent(row.share_pct)} over {row.label}" for row in _by_size(themes)]
    mentions = number(themes.total)
    return [
        f"Een advies kan over meer dan één thema gaan: er zijn {mentions} vermeldingen, {each} per advies.",
        f"Van alle adviezen ging {_enumerated(shares)}.",
    ]


def _residence_sentences(report: AnnualReport) -> list[str]:
    shares = [
        f"{in_percent(row.share_pct)} ‘{row.label}’"
        for row in _by_size(report.tables["verblijfssituatie"])
        if row.code != rules.OTHER_RESIDENCE
    ]
    if not shares:
        return []
    return [f"De verblijfssituatie van de persoon over wie de vraag ging: {_enumerated(shares)}."]


def _by_size(table: ReportTable) -> list[ReportRow]:
    return sorted((row for row in table.rows if row.n), key=lambda row: (-(row.n or 0), row.label))


def _training_sentences(report: AnnualReport) -> list[str]:
    trainings = report.trainings
    if not trainings.extern.vormingen and not trainings.intern.vormingen:
        return [f"In {report.year} zijn geen vormingen genoteerd."]

    def told(totals: TrainingTotals) -> str:
        return f"{number(totals.vormingen)} ({_registered(totals.deelnemers)})"

    per_sector = [
        f"{number(row.vormingen)} voor {row.label} ({_registered(row.deelnemers)})"
        for row in trainings.op_vraag_per_sector
        if row.vormingen
    ]
    external = with_noun(trainings.extern.vormingen, "externe vorming", "externe vormingen")
    sentences = [
        f"In {report.year} waren er {external} met {_registered(trainings.extern.deelnemers)}.",
        f"Daarvan waren er {told(trainings.extern_open)} in open aanbod en {told(trainings.extern_op_vraag)} op vraag.",
    ]
    if per_sector:
        sentences.append(f"De vormingen op vraag per sector: {_enumerated(per_sector)}.")
    internal = with_noun(trainings.intern.vormingen, "interne vorming", "interne vormingen")
    return [*sentences, f"Daarnaast waren er {internal} met {_registered(trainings.intern.deelnemers)}."]


def _registered(n: int | None) -> str:
    return f"{_shown(n)} ingeschreven {'deelnemer' if n == 1 else 'deelnemers'}"


def with_noun(n: int, one: str, many: str) -> str:
    """Return a number with its noun."""
    return f"{number(n)} {one if n == 1 else many}"


def _guidance_sentences(report: AnnualReport) -> list[str]:
    guidance = report.guidance
    if not guidance.totaal:
        return [f"In {report.year} zijn geen begeleidingen genoteerd."]
    kinds = [f"{row.label} ({number(row.n)})" for row in guidance.per_soort if row.n]
    sectors = [f"{row.label} ({number(row.n)})" for row in guidance.per_sector if row.n]
    all_of_them = with_noun(guidance.totaal, "begeleiding", "begeleidingen")
    return [
        f"In {report.year} liepen er {all_of_them}: {_enumerated(kinds)}.",
        f"Naar sector: {_enumerated(sectors)}.",
    ]


def _publication_sentences(report: AnnualReport) -> list[str]:
    found = {one.code: one for one in report.publications}
    sentences = [
        f"{one.label.capitalize()}: {_about(one)}{_change(one.growth_pct, report.year)}."
        for code in ("paginaweergaven", "gebruikers", "bezoekers_per_dag")
        if (one := found.get(code)) is not None and one.n is not None
    ]
    fresh, total = found["rechtspraak_nieuw"].n, found["rechtspraak_totaal"].n
    if fresh is not None and total is not None:
        grew = f"van {number(total - fresh)} tot {number(total)}"
        sentences.append(f"De databank rechtspraak groeide met {number(fresh)} vonnissen en arresten, {grew}.")
    return sentences or [f"Voor {report.year} zijn geen cijfers over publicaties bekend."]


def _about(one: PublicationFigure) -> str:
    return f"{'ongeveer ' if one.is_approximate else ''}{number(one.n or 0)}"


def _enumerated(words: Sequence[str]) -> str:
    return " en ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def number_cell(n: int | None, *, hidden: str = HIDDEN) -> Cell:
    """Return a cell with a number; `hidden` is what stands there without one."""
    return Cell(hidden if n is None else number(n), n)


def share_cell(n: int | None) -> Cell:
    """Return a cell with a share in whole percent."""
    return Cell(in_percent(n), n, "share")


def _series_grid(report: AnnualReport) -> Grid:
    series = report.series
    totals = [number_cell(n, hidden=ABSENT) for n in series.totals or ()]
    return Grid(
        name="jaren",
        title=f"Aantal juridische helpdeskadviezen in {series.years[0]}-{series.years[-1]}",
        heading="Werkingsgebied helpdesk",
        columns=[str(year) for year in series.years],
        rows=_series_rows(series),
        total=GridRow("Totaal", totals),
        definition="Aantal adviezen per jaar. Sinds februari 2018 is er één helpdesk voor Vlaanderen en Brussel.",
        notes=_series_notes(series),
        draws_total=True,
    )


def _series_rows(series: YearSeries) -> list[GridRow]:
    return [
        GridRow(
            row.label,
            [
                Cell(ABSENT if one.n is None else f"{number(one.n)}{ENTERED if one.source else ''}", one.n)
                for one in row.figures
            ],
        )
        for row in series.rows
    ]


def _series_notes(series: YearSeries) -> list[str]:
    """Return where the entered figures come from, and what was noted about them; each once."""
    figures = [one for row in series.rows for one in row.figures]
    sources = dict.fromkeys(one.source for one in figures if one.source)
    notes = dict.fromkeys(f"{one.year}: {one.note}" for one in figures if one.note)
    return [*(f"{ENTERED} Historische reeks, ingevoerd. Bron: {source}" for source in sources), *notes]


def _table_grid(report: AnnualReport, name: str) -> Grid:
    table = report.tables[name]
    adds_up = table.counts == "adviezen"
    of_all = f"{_shown(table.share_of)} adviezen"
    counted = {
        "sector": "De sector wordt gevraagd aan professionals en als de categorie niet ingevuld is.",
        "hoofdthema": "Een advies telt één keer per hoofdthema; het totaal telt vermeldingen.",
        "verblijfssituatie": "Van elk advies telt de eerste persoon over wie het gaat.",
    }.get(name, "Aantal adviezen.")
    total_share = None
    if adds_up and table.total is not None and table.share_of is not None:
        total_share = rules.share(table.total, table.share_of)
    return Grid(
        name=name,
        title=f"{table.title} in {report.year}",
        heading={"regio": "Regio", "categorie": "Categorie", "sector": "Sector", "kanaal": "Kanaal"}.get(
            name, "Hoofdthema" if name == "hoofdthema" else "Verblijfssituatie"
        ),
        columns=["Aantal", "Aandeel"],
        rows=[
            GridRow(row.label[:1].upper() + row.label[1:], [number_cell(row.n), share_cell(row.share_pct)])
            for row in table.rows
        ],
        total=GridRow(
            "Totaal" if adds_up else "Totaal vermeldingen", [number_cell(table.total), share_cell(total_share)]
        ),
        definition=f"{counted} Aandeel van alle {of_all}.",
        drawn=0,
    )


def _training_grids(report: AnnualReport) -> list[Grid]:
    trainings, year = report.trainings, report.year
    kinds: list[tuple[str, TrainingTotals]] = [
        (label, getattr(trainings, code)) for code, label in TRAINING_LABELS.items()
    ]
    columns = ["Vormingen", "Ingeschreven deelnemers"]
    demanded = trainings.extern_op_vraag
    return [
        Grid(
            name="vormingen",
            title=f"Vormingen per soort in {year}",
            heading="Soort",
            columns=columns,
            rows=[GridRow(label, [number_cell(one.vormingen), number_cell(one.deelnemers)]) for label, one in kinds],
            definition="Ingeschreven deelnemers, niet wie kwam.",
            drawn=0,
        ),
        Grid(
            name="vorming_sector",
            title=f"Vormingen op vraag per sector in {year}",
            heading="Sector",
            columns=columns,
            rows=[
                GridRow(
                    row.label[:1].upper() + row.label[1:], [number_cell(row.vormingen), number_cell(row.deelnemers)]
                )
                for row in trainings.op_vraag_per_sector
            ],
            total=GridRow("Totaal", [number_cell(demanded.vormingen), number_cell(demanded.deelnemers)]),
            definition="De sectoren van de vormingen zijn een eigen lijst, niet die van de adviezen.",
            drawn=0,
        ),
    ]


def _guidance_grids(report: AnnualReport) -> list[Grid]:
    guidance, year = report.guidance, report.year
    total = GridRow("Totaal", [number_cell(guidance.totaal)])
    return [
        Grid(
            name=name,
            title=f"Begeleidingen per {what} in {year}",
            heading=what.capitalize(),
            columns=["Aantal"],
            rows=[GridRow(row.label[:1].upper() + row.label[1:], [number_cell(row.n)]) for row in rows],
            total=total,
            definition="Begeleidingen die in dit jaar minstens één keer samenkwamen; elk telt één keer.",
            drawn=0,
        )
        for name, what, rows in (
            ("begeleiding_soort", "soort", guidance.per_soort),
            ("begeleiding_sector", "sector", guidance.per_sector),
        )
    ]


def _publication_grid(report: AnnualReport) -> Grid:
    shown = [one for one in report.publications if one.n is not None]
    sources = dict.fromkeys(one.source for one in shown if one.source)
    return Grid(
        name="publicaties",
        title=f"Publicaties en website in {report.year}",
        heading="Cijfer",
        columns=["Aantal", f"Verschil met {report.year - 1}", "Herkomst"],
        rows=[
            GridRow(
                one.label[:1].upper() + one.label[1:],
                [
                    Cell(f"{_about(one)}{ENTERED if one.source else ''}", one.n),
                    Cell(signed(one.growth_pct), one.growth_pct, "share"),
                    Cell("ingevoerd" if one.source else "geteld", None, "text"),
                ],
            )
            for one in shown
        ],
        definition="Wat elk cijfer telt, staat bij de begrippen.",
        notes=[f"{ENTERED} Ingevoerd, niet uit dit systeem geteld. Bron: {source}" for source in sources],
    )


def signed(percent: int | None) -> str:
    """Return a change in whole percent with its sign."""
    return ABSENT if percent is None else f"{'+' if percent > 0 else ''}{in_percent(percent)}"


def _overview(report: AnnualReport) -> Grid:
    series = report.overview
    return Grid(
        name="overzicht",
        title=f"Overzicht {series.years[0]}-{series.years[-1]}",
        heading="Dienst",
        columns=[str(year) for year in series.years],
        rows=[GridRow(row.label[:1].upper() + row.label[1:], row.cells) for row in _series_rows(series)],
        definition="Externe vormingen en hun ingeschreven deelnemers; interne vormingen tellen hier niet mee.",
        notes=_series_notes(series),
    )


def _print_part(report: AnnualReport) -> Part:
    rows = [
        GridRow(
            _misprinted(one, report),
            [
                Cell(in_percent(one.printed) if one.what == "share_pct" else number(one.printed), None, "text"),
                Cell(_ours(one), None, "text"),
                Cell(one.reason, None, "text"),
            ],
        )
        for one in report.known_misprints
    ]
    grid = Grid(
        name="druk",
        title="Cijfers die in druk anders staan",
        heading="Cijfer",
        columns=["In druk", "Geteld", "Waarom"],
        rows=rows,
        definition="Het gedrukte verslag spreekt zichzelf hier tegen. Wij drukken wat geteld is.",
    )
    return Part(
        level=2,
        title="Wat in het gedrukte verslag anders staat",
        bullets=[one.text for one in report.remarks],
        grids=[grid] if rows else [],
    )


def _misprinted(one: MisprintBeside, report: AnnualReport) -> str:
    if one.table == rules.OVERVIEW:
        return f"Overzicht, helpdeskadviezen {one.code}"
    table = report.tables[one.table]
    row = next((row.label for row in table.rows if row.code == one.code), "totaal")
    return f"{one.table.capitalize()}, {row}"


def _ours(one: MisprintBeside) -> str:
    if one.ours is None:
        return HIDDEN
    return in_percent(one.ours) if one.what == "share_pct" else number(one.ours)


def report_csv(report: AnnualReport) -> bytes:
    """Return all figures as one list with semicolons, as Belgian spreadsheets read it; a hidden number is empty.

    `rang` is the place in the ranking of nationalities, which have no numbers; `bron` is that of an entered figure.
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    for row in _csv_rows(report):
        writer.writerow([without_formula(row.get(name)) for name in CSV_COLUMNS])
    return text.getvalue().encode()


def without_formula(value: object) -> object:
    """Return a cell that a spreadsheet shows and does not calculate: a source is typed by people."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


CSV_COLUMNS = ("tabel", "jaar", "code", "label", "aantal", "aandeel_pct", "deelnemers", "rang", "bron")


def _csv_rows(report: AnnualReport) -> Iterator[Mapping[str, object]]:
    for name, series in (("jaren", report.series), ("overzicht", report.overview)):
        yield from _series_csv(name, series)
    rows: list[Mapping[str, object]] = [
        *(row for table in report.tables.values() for row in _table_csv(table)),
        *(
            {"tabel": "nationaliteit", "code": place.code, "label": place.label, "rang": place.rank}
            for place in report.nationality_ranking
        ),
        *_training_csv(report.trainings),
        *(
            {"tabel": name, "code": counted.code, "label": counted.label, "aantal": counted.n}
            for name, of_guidance in (
                ("begeleiding_soort", report.guidance.per_soort),
                ("begeleiding_sector", report.guidance.per_sector),
            )
            for counted in of_guidance
        ),
        *(
            {"tabel": "publicaties", "code": one.code, "label": one.label, "aantal": one.n, "bron": one.source}
            for one in report.publications
        ),
    ]
    yield from ({"jaar": report.year, **row} for row in rows)


def _series_csv(name: str, series: YearSeries) -> Iterator[Mapping[str, object]]:
    for row in series.rows:
        of_row: Mapping[str, object] = {"tabel": name, "code": row.code, "label": row.label}
        yield from ({**of_row, "jaar": one.year, "aantal": one.n, "bron": one.source} for one in row.figures)
    for year, total in zip(series.years, series.totals or (), strict=False):
        yield {"tabel": name, "jaar": year, "code": "totaal", "label": "Totaal", "aantal": total}


def _table_csv(table: ReportTable) -> Iterator[Mapping[str, object]]:
    for row in table.rows:
        of_row = {"tabel": table.name, "code": row.code, "label": row.label}
        yield {**of_row, "aantal": row.n, "aandeel_pct": row.share_pct}
    yield {"tabel": table.name, "code": "totaal", "label": "Totaal", "aantal": table.total}


def _training_csv(trainings: TrainingFigures) -> Iterator[Mapping[str, object]]:
    for code, label in TRAINING_LABELS.items():
        totals: TrainingTotals = getattr(trainings, code)
        of_kind = {"tabel": "vormingen", "code": code, "label": label}
        yield {**of_kind, "aantal": totals.vormingen, "deelnemers": totals.deelnemers}
    for row in trainings.op_vraag_per_sector:
        of_sector = {"tabel": "vorming_sector", "code": row.code, "label": row.label}
        yield {**of_sector, "aantal": row.vormingen, "deelnemers": row.deelnemers}
