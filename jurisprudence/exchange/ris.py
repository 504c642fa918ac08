"""RIS: the form in which Zotero, EndNote and Mendeley take in references."""

from collections.abc import Iterable, Iterator

from jurisprudence.exchange.record import RulingRecord
from jurisprudence.keywords import split_chain


def write_ris(records: Iterable[RulingRecord]) -> Iterator[str]:
    """Yield one entry of type CASE per record; lines end in CRLF, an empty line follows each entry.

    Source: RIS format specification (Reference Manager), tags as Zotero reads them for a case.
    """
    for record in records:
        lines = [f"{tag}  - {' '.join(value.split())}" for tag, value in _tags(record) if value]
        yield "\r\n".join(["TY  - CASE", *lines, "ER  - ", "", ""])


def _tags(record: RulingRecord) -> Iterator[tuple[str, str | None]]:
    yield "TI", record.name
    yield "PB", record.court_name
    yield "CY", record.division
    yield "PY", str(record.decided_on.year)
    yield "DA", f"{record.decided_on:%Y/%m/%d}/"
    yield "IS", record.number
    yield "M1", record.role_number
    yield "AN", record.stated_ecli
    yield "LA", record.language
    yield "AB", record.summary
    for keyword in split_chain(record.keywords or ""):
        yield "KW", keyword
    if record.published:
        yield "UR", record.published.address
        yield "DB", record.published.publisher
    yield "N1", f"Let op: {record.treatment}" if record.treatment else None
    yield "N1", f"Bron: {record.source_url}" if record.source_url else None
