"""The record of a ruling as it is exchanged: its fields, what they may hold, and what a published one adds."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Final

REQUIRED: Final = ("court", "decided_on", "language")
LISTS: Final = frozenset({"themes", "articles"})
LONG_TEXTS: Final = frozenset({"keywords", "summary", "full_text"})  # blanks and line ends belong to the text
NUMBERS: Final = frozenset({"number", "role_number"})
TREATMENT: Final = "treatment"  # told of a ruling, never taken in: an editor enters it
_ISO_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")


class InvalidRecord(ValueError):
    """What was read is no record of a ruling; the message says why, in Dutch."""


class UnreadableFile(ValueError):
    """A file cannot be read any further; the message says why in Dutch, `line` where (1 is the first)."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, kw_only=True)
class Publication:
    """What a site adds to a record: where the ruling stands and under which name.

    `address` is absolute. `name` is the reference in the V&A form, `court_name` the court in full. `states_ecli` is
    False when the identifier may belong to another ruling: then no metadata claims it. `references` are the articles as
    a reader writes them, `theme_titles` the themes by their titles. `treatment` warns in words that the ruling no
    longer stands or was not followed; "" when nothing does.
    """

    slug: str
    address: str
    name: str
    court_name: str
    publisher: str
    published_on: date
    changed_on: date
    states_ecli: bool = False
    references: tuple[str, ...] = ()
    theme_titles: tuple[str, ...] = ()
    treatment: str = ""


@dataclass(frozen=True, kw_only=True)
class RulingRecord:
    """One ruling. Required are court, decided_on, language, and a number or a role number.

    `court` is an id of the register, `title` the name of the case where the court publishes one, `keywords` the chain,
    `themes` are ids of the taxonomy, `articles` normal forms (VW:74/13), `outcome` is a code. A field without content
    is None, never an empty text. `published` is no field of the exchange: only what is on a site has it.
    """

    court: str
    division: str | None = None
    number: str | None = None
    role_number: str | None = None
    decided_on: date
    ecli: str | None = None
    language: str
    title: str | None = None
    keywords: str | None = None
    summary: str | None = None
    full_text: str | None = None
    themes: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    outcome: str | None = None
    source_url: str | None = None
    published: Publication | None = None

    @property
    def name(self) -> str:
        """How the ruling is called: its reference, or court, date and number when it is on no site."""
        if self.published:
            return self.published.name
        return f"{self.court} {self.decided_on.isoformat()}, {self.number or self.role_number}"

    @property
    def court_name(self) -> str:
        """The court in full, or its id."""
        return self.published.court_name if self.published else self.court

    @property
    def treatment(self) -> str:
        """Words of warning; "" when nothing is known against the ruling."""
        return self.published.treatment if self.published else ""

    @property
    def stated_ecli(self) -> str | None:
        """The ECLI when metadata may claim it."""
        return self.ecli if self.published is None or self.published.states_ecli else None


FIELDS: Final = tuple(field.name for field in fields(RulingRecord) if field.name != "published")


def fields_of(record: RulingRecord) -> dict[str, str | list[str] | None]:
    """Return the fields of a record in the order of the exchange: texts, lists of texts, the date as 2020-12-18.

    A treatment that warns comes last.
    """
    plain = {name: getattr(record, name) for name in (*FIELDS, *([TREATMENT] if record.treatment else []))}
    return {
        name: value.isoformat() if isinstance(value, date) else list(value) if isinstance(value, tuple) else value
        for name, value in plain.items()
    }


def make_record(given: Mapping[str, object]) -> RulingRecord:
    """Return the record of these fields; absent and empty ones are None.

    A number may be written as a number of JSON. What the registers must know is not checked here.

    Raises:
        InvalidRecord: a field is unknown, missing or of another kind; the message names them all.
    """
    unknown = [name for name in given if name not in {*FIELDS, TREATMENT}]
    problems = [f"Het veld '{name[:40]}' ken ik niet; kies uit: {', '.join(FIELDS)}." for name in unknown[:3]]
    values: dict[str, object] = {}
    for name in FIELDS:
        try:
            values[name] = _read(name, given.get(name))
        except InvalidRecord as wrong:
            problems.append(str(wrong))
    problems += [f"Het veld '{name}' ontbreekt." for name in REQUIRED if name in values and values[name] is None]
    if values.keys() >= NUMBERS and not any(values[name] for name in NUMBERS):
        problems.append("Het veld 'number' of 'role_number' ontbreekt: een uitspraak heeft een nummer.")
    if problems:
        raise InvalidRecord(" ".join(problems))
    return RulingRecord(**values)  # type: ignore[arg-type]  # _read gave each field its kind


def _read(name: str, value: object) -> object:
    if name in LISTS:
        return _list(name, value)
    text = _text(name, value)
    if name != "decided_on" or text is None:
        return text
    try:
        return date.fromisoformat(text if _ISO_DATE.fullmatch(text) else "")
    except ValueError:
        raise InvalidRecord(f"'decided_on' is '{text[:40]}': schrijf een datum die bestaat als 2020-12-18.") from None


def _text(name: str, value: object) -> str | None:
    if name in NUMBERS and isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if value is None:
        return None
    if not isinstance(value, str):
        raise InvalidRecord(f"'{name}' moet tekst zijn.")
    _check_signs(name, value)
    if name in LONG_TEXTS:
        return value if value.strip() else None
    return " ".join(value.split()) or None


def _list(name: str, value: object) -> tuple[str, ...]:
    items = [] if value is None else value
    if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):
        raise InvalidRecord(f"'{name}' moet een lijst van teksten zijn.")
    for item in items:
        _check_signs(name, item)
    plain = (" ".join(item.split()) for item in items)
    return tuple(dict.fromkeys(item for item in plain if item))


def _check_signs(name: str, value: str) -> None:
    """Refuse what no database and no file in UTF-8 can hold: NUL and halves of a surrogate pair."""
    if _UNSTORABLE.search(value):
        raise InvalidRecord(f"'{name}' bevat een teken dat niet bewaard kan worden.")
