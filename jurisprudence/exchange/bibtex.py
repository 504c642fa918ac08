"""BibTeX: references for LaTeX."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from jurisprudence.exchange.record import RulingRecord
from jurisprudence.keywords import split_chain

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SPECIAL: Final = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",  # BibTeX counts braces, also those behind a backslash
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
} | {sign: f"\\{sign}" for sign in "&%$#_"}
_TRANSLATION: Final = str.maketrans(_SPECIAL)


def write_bibtex(records: Iterable[RulingRecord]) -> Iterator[str]:
    """Yield one entry of type misc per record, which every style knows; its key is the slug, or made of the name.

    Letters with accents stay as they are (UTF-8); what LaTeX would take as a command is written out.
    """
    for record in records:
        lines = [f"  {name} = {{{value}}},\n" for name, value in _fields(record) if value]
        month = f"  month = {_MONTHS[record.decided_on.month - 1]},\n"
        yield f"@misc{{{_key(record)},\n{''.join(lines)}{month}}}\n\n"


def _key(record: RulingRecord) -> str:
    name = record.published.slug if record.published else record.name
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _fields(record: RulingRecord) -> Iterator[tuple[str, str]]:
    yield "title", f"{{{_latex(record.name)}}}"
    yield "author", f"{{{_latex(record.court_name)}}}"
    yield "year", str(record.decided_on.year)
    yield "day", str(record.decided_on.day)
    yield "number", _latex(record.number or record.role_number or "")
    yield "howpublished", _latex(record.published.publisher) if record.published else ""
    yield "url", record.published.address if record.published else ""
    yield "note", _latex("; ".join(filter(None, (record.stated_ecli, record.treatment))))
    yield "language", record.language
    yield "keywords", _latex(", ".join(split_chain(record.keywords or "")))
    yield "abstract", _latex(record.summary or "")


def _latex(text: str) -> str:
    return " ".join(text.split()).translate(_TRANSLATION)
