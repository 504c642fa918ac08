"""Belgian reference strings of a ruling: the V&A form of the house and the VENA form.

Sources: Juridische verwijzingen en afkortingen (V&A); VENA, vena.be.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from jurisprudence.courts import Court
from jurisprudence.identifiers import NBSP, Ecli, parse_ruling_number

_MONTHS: Final = (
    "januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november",
    "december",
)  # fmt: skip
_WITH_NR: Final = frozenset({"RVV", "RVS", "GWH", "EHRM"})
_WITHOUT_ECLI_IN_VA: Final = frozenset({"GWH", "EHRM"})
_WITH_PARTIES: Final = frozenset({"HVJ", "EHRM"})
_HISTORIC: Final = (
    ("Arbeidsrechtbank ", "Arbrb. "),
    ("Arbeidshof ", "Arbh. "),
    ("Rechtbank van eerste aanleg ", "Rb. "),
    ("Familierechtbank ", "Fam.rb. "),
    ("Hof van beroep ", ""),
)


@dataclass(frozen=True, slots=True)
class CitedRuling:
    """What a reference needs to know. `number` is text as the court writes it; `division` a town."""

    court: Court
    number: str
    decided_on: date
    ecli: Ecli | None = None
    parties: str | None = None
    division: str | None = None
    historic_court_name: str | None = None


def cite_va(ruling: CitedRuling) -> str:
    """Return the V&A reference, the form of the house: "RvV 28 februari 2022, nr. 269.083".

    Non-breaking spaces stand after "nr." and between day and month. An order of the Raad van State is named as such.

    Raises:
        InvalidRulingNumber: the number has not the form of the court.
    """
    number = parse_ruling_number(ruling.court.id, ruling.number).display
    parts = [
        f"{_court_name(ruling)}{_order_mark(ruling)} {long_date(ruling.decided_on)}",
        f"nr.{NBSP}{number}" if ruling.court.id in _WITH_NR else number,
        str(ruling.ecli) if ruling.ecli and ruling.court.id not in _WITHOUT_ECLI_IN_VA else None,
        ruling.parties if ruling.court.id in _WITH_PARTIES else None,
    ]
    return ", ".join(filter(None, parts))


def cite_vena(ruling: CitedRuling) -> str:
    """Return the VENA reference: "RvV 28 februari 2022, 269.083", a full stop behind it.

    An ECLI follows when there is one. Only a case of the Court of Justice carries its name, between quotation marks and
    without "e.a." or the other party.

    Raises:
        InvalidRulingNumber: the number has not the form of the court.
    """
    name = _case_name(ruling.parties) if ruling.court.id == "HVJ" and ruling.parties else None
    parts = [
        f"{_court_name(ruling, vena=True)} {long_date(ruling.decided_on)}",
        parse_ruling_number(ruling.court.id, ruling.number).display,
        str(ruling.ecli) if ruling.ecli else None,
        f"'{name}'" if name else None,
    ]
    return ", ".join(filter(None, parts)) + "."


def long_date(day: date) -> str:
    """Return a Dutch date in words, without a line break between day and month: 28 februari 2022."""
    return f"{day.day}{NBSP}{_MONTHS[day.month - 1]} {day.year}"


def _court_name(ruling: CitedRuling, *, vena: bool = False) -> str:
    """Name the court as it was called on the day, with the division where the seat alone does not say it."""
    court = ruling.court
    if ruling.historic_court_name:
        return _shorten(ruling.historic_court_name)
    if court.earlier and ruling.decided_on <= court.earlier.until:
        return court.earlier.cite
    name = court.abbr_nl if vena else court.cite
    district = court.district_of(ruling.division) if ruling.division else None
    if district:
        name = f"{name} {district}"
    if ruling.division and not name.endswith(ruling.division):
        name = f"{name} (afd. {ruling.division})"
    return name


def _shorten(name: str) -> str:
    for long, short in _HISTORIC:
        if name.startswith(long):
            return short + name.removeprefix(long)
    return name


def _order_mark(ruling: CitedRuling) -> str:
    is_order = ruling.court.id == "RVS" and ruling.ecli is not None and ruling.ecli.kind == "ORD"
    return " (beschikking)" if is_order else ""


def _case_name(parties: str) -> str:
    return parties.partition(" t. ")[0].removesuffix(" e.a.")
