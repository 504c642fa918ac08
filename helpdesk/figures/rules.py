"""Decisions about figures: pure. One rounding rule, one rule for small cells, and what the printed report got wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

ROUNDING = "Aandelen zijn afgerond op hele procenten, een half naar boven; samen zijn ze daardoor niet altijd 100 %."
SUPPRESSION = (
    "Cellen van 1 tot 4 zijn weggelaten (null), en zo nodig nog één cel of het totaal, zodat niets te herleiden is."
)
SMALLEST_SHOWN = 5  # smaller cells can point at a person
MOST_RANKED = 5  # the report ranks five nationalities, without counts
UNKNOWN_NATIONALITY = "XX"


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
class AnnualReport:
    """The helpdesk advice of one calendar year, as published."""

    year: int
    total: int | None
    rounding: str
    suppression: str
    tables: dict[str, ReportTable]
    nationality_ranking: list[RankedNationality]
    known_misprints: list[MisprintBeside]


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


def beside_ours(misprint: Misprint, table: ReportTable) -> MisprintBeside:
    """Return a misprint with the number of our own table beside it."""
    ours = table.total
    if misprint.code is not None:
        ours = next((row.share_pct for row in table.rows if row.code == misprint.code), None)
    return MisprintBeside(
        id=misprint.id,
        table=misprint.table,
        code=misprint.code,
        what="total" if misprint.code is None else "share_pct",
        printed=misprint.printed,
        ours=ours,
        reason=misprint.reason,
    )
