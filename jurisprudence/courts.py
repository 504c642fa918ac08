"""The register of courts and authorities: names, abbreviations and ECLI codes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Self

import yaml

from jurisprudence.identifiers import Ecli, plain_text


class UnknownCourt(LookupError):
    """No court of the register has that id; the message is Dutch."""


@dataclass(frozen=True, slots=True)
class EarlierName:
    """How a court is cited for rulings up to and including `until`."""

    cite: str
    until: date


@dataclass(frozen=True, slots=True)
class Court:
    """One court, or an authority whose decisions are contested (`kind` is then "overheid").

    `label` is what a visitor reads, `cite` how a V&A reference names the court, `abbr_nl` its abbreviation (VENA).
    `ecli_code` is None when no code is confirmed to exist; a code without a country is Belgian.
    `spellings` are further names by which running text is recognised. `divisions` pairs a division with its judicial
    district, only where the court needs it.
    """

    id: str
    kind: str
    order: int
    label: str
    name_nl: str
    name_fr: str | None
    name_de: str | None
    abbr_nl: str
    cite: str
    abbr_fr: str | None
    languages: tuple[str, ...]
    ecli_code: str | None
    ecli_alt_codes: tuple[str, ...]
    ecli_confirmed: bool
    number_formats: tuple[str, ...]
    earlier: EarlierName | None
    divisions: tuple[tuple[str, str], ...]
    note: str | None
    spellings: tuple[str, ...] = ()

    @property
    def is_authority(self) -> bool:
        """Tell whether this is an authority and no court."""
        return self.kind == "overheid"

    def district_of(self, division: str) -> str | None:
        """Return the judicial district of a division, or None when the register does not say."""
        return dict(self.divisions).get(division)


@dataclass(frozen=True, slots=True)
class CourtRegister:
    """All courts in the order in which they are shown."""

    courts: tuple[Court, ...]

    @classmethod
    def of(cls, courts: Iterable[Court]) -> Self:
        """Return the register of these courts, in the order in which they are shown."""
        return cls(tuple(sorted(courts, key=lambda court: (court.order, court.id))))

    def get_court(self, court_id: str) -> Court:
        """Return the court with that id, in any case.

        Raises:
            UnknownCourt: the register has no such id.
        """
        for court in self.courts:
            if court.id == court_id.upper():
                return court
        raise UnknownCourt(f"Onbekend hof: '{court_id}'. Gebruik een id uit lijsten/hoven.yaml.")

    def find_court(self, name: str) -> Court | None:
        """Return the court that carries this id, name, label or abbreviation in any language; None when none does.

        Case and kind of blank do not matter. The names of the justices of the peace share one abbreviation: it finds
        the first one shown.
        """
        wanted = plain_text(name).casefold()
        return next((court for court in self.courts if wanted in _names(court)), None)

    def court_of_ecli(self, ecli: Ecli) -> Court | None:
        """Return the court that an ECLI names, older codes included; None when the register does not know the code."""
        codes = (
            {ecli.court, f"{ecli.country}:{ecli.court}"} if ecli.country == "BE" else {f"{ecli.country}:{ecli.court}"}
        )
        return next((court for court in self.courts if codes & {court.ecli_code, *court.ecli_alt_codes}), None)


def load_courts(path: Path) -> CourtRegister:
    """Read `content/lijsten/hoven.yaml`.

    Raises:
        OSError: the file cannot be read.
        KeyError: an entry lacks a required field; the key is the name of that field.
    """
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))["courts"]
    return CourtRegister.of(map(read_court, entries))


def read_court(entry: Mapping[str, Any]) -> Court:
    """Read one entry of the register. Raises KeyError with the name of a required field that lacks."""
    earlier = entry.get("earlier")
    return Court(
        id=entry["id"],
        kind=entry["kind"],
        order=entry["order"],
        label=entry["label"],
        name_nl=entry["name_nl"],
        name_fr=entry.get("name_fr"),
        name_de=entry.get("name_de"),
        abbr_nl=entry["abbr_nl"],
        cite=entry["cite"],
        abbr_fr=entry.get("abbr_fr"),
        languages=tuple(entry["languages"]),
        ecli_code=entry["ecli_code"],
        ecli_alt_codes=tuple(entry.get("ecli_alt_codes", ())),
        ecli_confirmed=entry.get("ecli_confirmed", False),
        number_formats=tuple(entry.get("number_formats", ())),
        earlier=EarlierName(cite=earlier["cite"], until=earlier["until"]) if earlier else None,
        divisions=tuple(sorted(entry.get("divisions", {}).items())),
        note=entry.get("note"),
        spellings=tuple(entry.get("spellings", ())),
    )


def _names(court: Court) -> set[str]:
    abbreviations = (court.abbr_fr or "").split(" / ")
    names = (court.id, court.label, court.name_nl, court.name_fr, court.name_de, court.abbr_nl, *abbreviations)
    return {plain_text(name).casefold() for name in names if name}
