"""Amounts and terms of the law, each with its periods of validity and its source: read, chosen by date, written out.

The register is one YAML file (lijsten/bedragen.yaml). A new period is put into the text of that file, so that whoever
exports it later gets back what editors wrote, comments and all.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from helpdesk.core.errors import FileProblem, Rejected
from helpdesk.core.lists import AMOUNTS_FILE, Entry, ListReader, Misfit

NO_BREAK = "\u00a0"
PATH = f"lijsten/{AMOUNTS_FILE}"
ADDRESS = "/bedragen"
MOST_VALUE = Decimal(100_000_000)
MOST_TEXT = 300  # characters of a source, an address or a label
UNITS: Mapping[str, tuple[str, str]] = {
    "euro": ("euro", "euro"),
    "procent": ("%", "%"),
    "dagen": ("dag", "dagen"),
    "werkdagen": ("werkdag", "werkdagen"),
    "maanden": ("maand", "maanden"),
    "jaar": ("jaar", "jaar"),
}  # one, many
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_MOST_ID = 60
_FIELDS = frozenset({"value", "valid_from", "valid_to", "source", "url"})


@dataclass(frozen=True)
class Period:
    """What an amount was from its first to its last day; a `valid_to` of None has no end yet."""

    value: Decimal
    valid_from: date
    valid_to: date | None
    source: str
    url: str | None = None

    def holds_on(self, day: date) -> bool:
        """Tell whether this was the amount on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class Amount:
    """One amount or term; its periods stand newest first and never overlap."""

    id: str
    label: str
    unit: str
    periods: tuple[Period, ...]

    def on(self, day: date) -> Period | None:
        """Return the period a day lies in; None when we know no amount of that day."""
        return next((period for period in self.periods if period.holds_on(day)), None)

    def words(self, period: Period) -> str:
        """Return the amount of a period as it is printed: 1.288,46 euro."""
        return written(period.value, self.unit)

    @property
    def address(self) -> str:
        """Where the public reads since when it holds, and on what basis."""
        return f"{ADDRESS}#{self.id}"


@dataclass(frozen=True)
class AmountRegister:
    """All amounts, in the order of their file; `source` is the text of the file."""

    amounts: tuple[Amount, ...] = ()
    source: str = ""

    @cached_property
    def _by_id(self) -> Mapping[str, Amount]:
        return {amount.id: amount for amount in self.amounts}

    def __iter__(self) -> Iterator[Amount]:
        return iter(self.amounts)

    def find(self, amount_id: str) -> Amount | None:
        """Return an amount, or None."""
        return self._by_id.get(amount_id)

    def printed_on(self, day: date) -> Callable[[str], str | None]:
        """Return what gives the words of an amount on a day; None when it has no such amount or value."""

        def words(amount_id: str) -> str | None:
            amount = self.find(amount_id)
            period = amount.on(day) if amount else None
            return amount.words(period) if amount and period else None

        return words


def written(value: Decimal, unit: str) -> str:
    """Write a value the Belgian way, kept on one line: 1.288,46 euro, 90 euro, 120 %, 1 maand."""
    is_whole = value == value.to_integral_value()
    number = f"{value:,.0f}" if is_whole else f"{value:,.2f}" if unit == "euro" else f"{value.normalize():,f}"
    number = number.translate(str.maketrans(",.", ".,"))
    one, many = UNITS[unit]
    return f"{number}{NO_BREAK}{one if value == 1 else many}"


def read_register(source: str) -> tuple[AmountRegister, list[FileProblem]]:
    """Read the text of a register; with every problem by line."""
    reader = ListReader(Path("lijsten"), {AMOUNTS_FILE: source})
    return read_amounts(reader, source), reader.problems


def read_amounts(reader: ListReader, source: str) -> AmountRegister:
    """Read the register through a reader of lists, which collects what is wrong."""
    seen: set[str] = set()

    def read(fields: Mapping[str, Any]) -> Amount:
        amount = _amount(fields)
        if amount.id in seen:
            raise Misfit("id", "dit staat al in de lijst.")
        seen.add(amount.id)
        return amount

    made = (_made(reader, entry, read) for entry in reader.entries(AMOUNTS_FILE, "amounts"))
    return AmountRegister(tuple(amount for amount in made if amount is not None), source)


def check_new_period(amount: Amount, period: Period) -> None:
    """Refuse a period that cannot follow those an amount has.

    Raises:
        Rejected: with one Dutch sentence per broken rule.
    """
    newest = amount.periods[0]
    problems = []
    if period.valid_from <= newest.valid_from:
        problems.append(
            f"De nieuwe periode begint na {newest.valid_from:%d-%m-%Y}, de eerste dag van het laatste bedrag."
        )
    if not 0 < period.value < MOST_VALUE or period.value != round(period.value, 2):
        problems.append("Schrijf een bedrag boven nul met ten hoogste twee cijfers na de komma, bijvoorbeeld 1288,46.")
    if not period.source.strip():
        problems.append("Schrijf de bron: het besluit of het bericht waarin het bedrag staat.")
    if period.url and not _is_web_address(period.url):
        problems.append("Het adres van de bron begint met https:// of http://.")
    if problems:
        raise Rejected(problems)


def with_new_period(source: str, amount_id: str, period: Period) -> str:
    """Return the text of a register in which an amount has one more period; the one before ends the day before.

    Raises:
        Rejected: the period cannot follow those there are, or the file is not written in blocks.
    """
    register, _ = read_register(source)
    amount = register.find(amount_id)
    if amount is None:
        raise Rejected([f"Er is geen bedrag '{amount_id}'."])
    check_new_period(amount, period)
    place = _newest_in(source, amount_id)
    newest = amount.periods[0]
    end = "\r\n" if "\r\n" in source else "\n"
    if place is None:
        raise Rejected(["Het bestand van de bedragen is niet geschreven zoals verwacht: pas het bestand zelf aan."])
    changed = source
    if newest.valid_to is None or newest.valid_to >= period.valid_from:
        last_day = (period.valid_from - timedelta(days=1)).isoformat()
        changed = changed[: place.valid_to_start] + last_day + changed[place.valid_to_end :]
    block = "".join(f"{line}{end}" for line in _block(period, place.indent))
    changed = changed[: place.line_start] + block + changed[place.line_start :]
    expected = (period, *_ended(amount.periods, period.valid_from))
    again, problems = read_register(changed)
    found = again.find(amount_id)
    if problems or found is None or found.periods != expected:
        raise Rejected(["Het bestand van de bedragen is niet geschreven zoals verwacht: pas het bestand zelf aan."])
    return changed


@dataclass(frozen=True)
class _Place:
    """Where in the text the newest period of an amount stands, in characters; `indent` is that of its dash."""

    line_start: int
    indent: str
    valid_to_start: int
    valid_to_end: int


def _newest_in(source: str, amount_id: str) -> _Place | None:
    root = yaml.compose(source, Loader=yaml.SafeLoader)  # the one in C counts bytes, this one characters
    amounts = _below(root, "amounts")
    for entry in amounts.value if isinstance(amounts, yaml.SequenceNode) else ():
        name, values = _below(entry, "id"), _below(entry, "values")
        if not isinstance(name, yaml.ScalarNode) or name.value != amount_id:
            continue
        if not isinstance(values, yaml.SequenceNode) or values.flow_style or not values.value:
            return None
        newest = values.value[0]
        until = _below(newest, "valid_to")
        if newest.flow_style or until is None:
            return None
        mark = newest.start_mark
        line_start = mark.index - mark.column
        indent = source[line_start : mark.index].partition("-")[0]
        return _Place(line_start, indent, until.start_mark.index, until.end_mark.index)
    return None


def _below(node: yaml.Node | None, key: str) -> yaml.Node | None:
    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    return next((value for name, value in pairs if name.value == key), None)


def _block(period: Period, indent: str) -> list[str]:
    lines = [
        f"- value: {period.value}",
        f"  valid_from: {period.valid_from.isoformat()}",
        f"  valid_to: {period.valid_to.isoformat() if period.valid_to else 'null'}",
        f"  source: {json.dumps(period.source, ensure_ascii=False)}",
    ]
    if period.url:
        lines.append(f"  url: {json.dumps(period.url, ensure_ascii=False)}")
    return [indent + line for line in lines]


def _ended(periods: Sequence[Period], begins: date) -> tuple[Period, ...]:
    newest = periods[0]
    if newest.valid_to is None or newest.valid_to >= begins:
        newest = Period(newest.value, newest.valid_from, begins - timedelta(days=1), newest.source, newest.url)
    return (newest, *periods[1:])


def _made(reader: ListReader, entry: Entry, read: Callable[[Mapping[str, Any]], Amount]) -> Amount | None:
    unknown = set(entry.fields) - {"id", "label", "unit", "values"}
    for name in sorted(unknown):
        reader.problems.append(entry.problem(f"Het veld '{name}' hoort hier niet.", field=name))
    return reader.make(entry, Amount, read)


def _amount(fields: Mapping[str, Any]) -> Amount:
    name, unit = fields["id"], fields["unit"]
    if not _ID.fullmatch(name) or len(name) > _MOST_ID:
        raise Misfit("id", f"'id' heeft alleen kleine letters, cijfers en streepjes, ten hoogste {_MOST_ID}.")
    if unit not in UNITS:
        raise Misfit("unit", f"'unit' is een van: {', '.join(UNITS)}.")
    values = fields["values"]
    if not isinstance(values, list) or not values:
        raise Misfit("values", "'values' is een lijst van periodes, de nieuwste eerst.")
    periods = tuple(_period(value) for value in values)
    for newer, older in pairwise(periods):
        if older.valid_to is None or older.valid_to >= newer.valid_from:
            raise Misfit(
                "values",
                f"de periode vanaf {older.valid_from} moet eindigen voor de volgende begint; de nieuwste staat eerst.",
            )
    return Amount(name, fields["label"], unit, periods)


def _period(fields: object) -> Period:
    if not isinstance(fields, dict):
        raise Misfit("values", "een periode bestaat uit velden: value, valid_from, valid_to, source.")
    if unknown := sorted(set(fields) - _FIELDS):
        raise Misfit("values", f"het veld '{unknown[0]}' hoort niet in een periode.")
    if "valid_to" not in fields:
        raise Misfit("values", "schrijf bij elke periode 'valid_to'; null wanneer ze nog loopt.")
    value, valid_from, valid_to = fields["value"], fields["valid_from"], fields["valid_to"]
    source, url = fields["source"], fields.get("url")
    number = Decimal(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else Decimal(0)
    if not 0 < number < MOST_VALUE or number != round(number, 2):
        raise Misfit("values", "'value' is een getal boven nul met ten hoogste twee cijfers na de punt.")
    if type(valid_from) is not date or type(valid_to) not in {date, type(None)}:
        raise Misfit("values", "'valid_from' en 'valid_to' zijn datums, geschreven als 2026-11-25.")
    if valid_to is not None and valid_to < valid_from:
        raise Misfit("values", f"de periode vanaf {valid_from} eindigt voor ze begint.")
    if not isinstance(source, str) or not source.strip() or len(source) > MOST_TEXT:
        raise Misfit("values", f"elke periode heeft een bron ('source') van ten hoogste {MOST_TEXT} tekens.")
    if url is not None and not (isinstance(url, str) and _is_web_address(url)):
        raise Misfit("values", "'url' begint met https:// of http://.")
    return Period(number, valid_from, valid_to, source.strip(), url)


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return (
        parts.scheme in {"http", "https"}
        and bool(parts.hostname)
        and len(url) <= MOST_TEXT
        and not re.search(r"\s", url)
    )
