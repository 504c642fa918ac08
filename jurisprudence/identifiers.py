"""ECLI and ruling numbers: from what people write to one normal form.

A number without its court means nothing: RvV 245.404 and RvS 245.404 both exist, and a GwH number, an EHRM application
and a Belgian roll number look alike. Every function that reads a number therefore asks for the court.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

NBSP: Final = "\u00a0"
_HYPHENS: Final = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")
_BLANKS: Final = dict.fromkeys(map(ord, "\u00a0\u2009\u202f\u2007"), " ")
_MAX_ORDINAL: Final = 25


class InvalidEcli(ValueError):
    """The text is no ECLI; the message says in Dutch which part failed."""


class InvalidRulingNumber(ValueError):
    """The text is no number of that court; the message says so in Dutch and gives an example."""


def plain_text(text: str) -> str:
    """Return the text with every kind of hyphen and dash as "-" and every run of blanks as one space, trimmed."""
    return " ".join(text.translate(_HYPHENS | _BLANKS).split())


@dataclass(frozen=True, slots=True)
class Ecli:
    """The four variable parts of a European Case Law Identifier, in upper case; `str()` gives it back whole."""

    country: str
    court: str
    year: int
    ordinal: str

    def __str__(self) -> str:
        return f"ECLI:{self.country}:{self.court}:{self.year}:{self.ordinal}"

    @property
    def kind(self) -> str | None:
        """Type of a Belgian decision: ARR, JUG, ORD, DEC, AVIS, CONC or RECO; None for other countries."""
        return self.ordinal.partition(".")[0] if self.country == "BE" else None

    @property
    def decided_on(self) -> date | None:
        """Date inside the ordinal of Belgian and Strasbourg identifiers; None when it holds no valid date."""
        if self.country == "CE":
            digits = f"{self.year}{self.ordinal[:4]}"
        else:
            found = re.search(r"\.(\d{8})\.", self.ordinal)
            digits = found[1] if found else ""
        try:
            return date.fromisoformat(digits) if len(digits) == len("20200131") else None
        except ValueError:
            return None


def parse_ecli(text: str) -> Ecli:
    """Read a European Case Law Identifier.

    Accepts surrounding blanks, lower case and non-breaking hyphens. The ordinal keeps its dots: they are part of it.

    Raises:
        InvalidEcli: not five parts, a country that is not two letters, a court over seven characters, a year that is
            not four digits from 1800 on, or an ordinal over 25 characters.

    Source: Council conclusions 2011/C 127/01, annex, section 1.
    """
    parts = plain_text(text).upper().split(":")
    if len(parts) != len(("ECLI", "BE", "CASS", "2021", "ARR.1")) or parts[0] != "ECLI":
        raise InvalidEcli("Een ECLI heeft vijf delen, bijvoorbeeld ECLI:BE:CASS:2021:ARR.20210302.2N.22.")
    _, country, court, year, ordinal = parts
    if not re.fullmatch(r"[A-Z]{2}", country):
        raise InvalidEcli(f"Het land van de ECLI is geen code van twee letters: {country}.")
    if not re.fullmatch(r"[A-Z][A-Z0-9]{0,6}", court):
        raise InvalidEcli(f"De code van het hof in de ECLI klopt niet: {court}.")
    if not re.fullmatch(r"(?:1[89]|20)\d\d", year):
        raise InvalidEcli(f"Het jaar in de ECLI klopt niet: {year}.")
    if not re.fullmatch(rf"[A-Z0-9.]{{1,{_MAX_ORDINAL}}}", ordinal):
        raise InvalidEcli(f"Het volgnummer van de ECLI klopt niet: {ordinal}.")
    return Ecli(country=country, court=court, year=int(year), ordinal=ordinal)


def ecli_fits(ecli: Ecli, decided_on: date) -> bool:
    """Tell whether an ECLI can belong to a decision of that day.

    The year must agree, and the date inside the ordinal when there is one. Official lists contain identifiers with
    years such as 2048, so the check earns its place on every import.
    """
    return ecli.year == decided_on.year and ecli.decided_on in {None, decided_on}


@dataclass(frozen=True, slots=True)
class RulingNumber:
    """The number of a ruling of one court.

    `cases` holds the number or numbers in normal form without the court; joined cases of the Court of Justice have
    several, the first one identifies the ruling. `display` is how the site prints it, with ordinary spaces.
    """

    court: str
    cases: tuple[str, ...]
    display: str

    @property
    def normal(self) -> str:
        """Normal form of the first case: `RVV:246433`, `GWH:187/2021`, `CASS:C.19.0159.N`, `HVJ:C-718/19`."""
        return f"{self.court}:{self.cases[0]}"

    @property
    def normals(self) -> tuple[str, ...]:
        """Normal forms of all joined cases, in the order of the ruling."""
        return tuple(f"{self.court}:{case}" for case in self.cases)

    @property
    def slug(self) -> str:
        """Part of the address: `246-433`, `c-758-24-en-c-759-24`."""
        return re.sub(r"[^a-z0-9]+", "-", self.display.lower()).strip("-")


_PREFIX: Final = re.compile(
    r"^(?:(?:arrest(?:en)?|vonnis|beschikking|beslissing)\s+)?"
    r"(?:gevoegde\s+zaken\s+|zaak\s+)?"
    r"(?:(?:rolnummers?|nummers?|nrs?\b\.?|no\b\.?|n°|a\.?r\.?\s+nr\.?|a\.?r\.?)\s*)?(?=\S)",
    re.IGNORECASE,
)
_CASS: Final = re.compile(r"([CPSFDGH])\.?(\d{2})\.?(\d{4})\.?([NF])")
_EU: Final = re.compile(r"(?:([CTF])-)?(\d{1,4})/(\d{2})(?:\s*(PPU|P|REV|RX))?")
_EXAMPLES: Final = {
    "RVV": "246.433",
    "RVS": "252.042",
    "GWH": "187/2021",
    "CASS": "C.19.0159.N",
    "HVJ": "C-718/19",
    "EHRM": "41738/10",
}


def parse_ruling_number(court: str, text: str) -> RulingNumber:
    """Read a ruling number as people write it.

    Accepts "nr. 246.433", "246 433", "246433", non-breaking blanks and hyphens, "arrest nr. …", "gevoegde zaken
    C-758/24 en C-759/24". `court` is the id of the register; a court without a form of its own gets a roll number:
    digits, capitals, slashes and hyphens (15/3105/A, 2014/7124, 9521-09).

    Raises:
        InvalidRulingNumber: the text has not the form of that court.
    """
    bare = _PREFIX.sub("", plain_text(text), count=1)
    number = _READERS.get(court, _read_roll)(court, bare)
    if number is None:
        example = _EXAMPLES.get(court, "15/3105/A")
        raise InvalidRulingNumber(f"'{text}' is geen nummer van dit hof ({court}). Schrijf het zoals {example}.")
    return number


def ruling_slug(number: RulingNumber, decided_on: date) -> str:
    """Return the address of a ruling, which is also its identity: `rvv-2020-12-18-246-433`."""
    return f"{number.court.lower()}-{decided_on.isoformat()}-{number.slug}"


def _read_series(court: str, bare: str) -> RulingNumber | None:
    """Read the running number of RvV and RvS: three to six digits, shown with a dot before the last three."""
    if not re.fullmatch(r"\d{1,3}[. ]?\d{3}", bare):
        return None
    digits = re.sub(r"\D", "", bare).lstrip("0")
    return RulingNumber(court, (digits,), f"{int(digits):,}".replace(",", ".")) if digits else None


def _read_year_number(court: str, bare: str) -> RulingNumber | None:
    found = re.fullmatch(r"0*([1-9]\d{0,2})/((?:19|20)\d{2})", bare)
    if not found:
        return None
    case = f"{found[1]}/{found[2]}"
    return RulingNumber(court, (case,), case)


def _read_cassation(court: str, bare: str) -> RulingNumber | None:
    """Read the three generations: C.05.0057.F (also without dots), 26/CAS/0418, and plain numbers before 1990."""
    upper = bare.upper()
    found = _CASS.fullmatch(upper)
    if found:
        upper = ".".join(found.groups())
    elif not re.fullmatch(r"\d{2}/CAS/\d{4,}|(?:\d{2}/)?\d{1,5}", upper):
        return None
    return RulingNumber(court, (upper,), upper)


def _read_eu(court: str, bare: str) -> RulingNumber | None:
    """Read one or more EU case numbers. PPU and its kin are shown but do not identify: people leave them out."""
    cases, shown = [], []
    for piece in re.split(r"\s*(?:,|&|\ben\b)\s*", bare):
        found = _EU.fullmatch(piece.upper())
        if not found:
            return None
        letter, number, year, suffix = found.groups()
        case = f"{letter}-{number}/{year}" if letter else f"{number}/{year}"
        cases.append(case)
        shown.append(f"{case} {suffix}" if suffix else case)
    return RulingNumber(court, tuple(cases), _enumerate(shown))


def _read_application(court: str, bare: str) -> RulingNumber | None:
    cases = re.split(r"\s*(?:,|&|\ben\b)\s*", bare)
    if not all(re.fullmatch(r"\d{2,6}/\d{2}", case) for case in cases):
        return None
    return RulingNumber(court, tuple(cases), _enumerate(cases))


def _read_roll(court: str, bare: str) -> RulingNumber | None:
    upper = bare.upper()
    if not re.fullmatch(r"\d[0-9A-Z]*(?:[/-][0-9A-Z]+)*", upper):
        return None
    return RulingNumber(court, (upper,), upper)


def _enumerate(items: list[str]) -> str:
    return " en ".join(filter(None, [", ".join(items[:-1]), items[-1]]))


_READERS: Final[dict[str, Callable[[str, str], RulingNumber | None]]] = {
    "RVV": _read_series,
    "RVS": _read_series,
    "GWH": _read_year_number,
    "CASS": _read_cassation,
    "HVJ": _read_eu,
    "EHRM": _read_application,
}
