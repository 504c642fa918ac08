"""The forms in which rulings are handed out: name, extension, kind of file, writer."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from jurisprudence.exchange.bibtex import write_bibtex
from jurisprudence.exchange.ecli_metadata import write_ecli_metadata
from jurisprudence.exchange.json_lines import write_json_lines
from jurisprudence.exchange.record import RulingRecord
from jurisprudence.exchange.ris import write_ris
from jurisprudence.exchange.sheets import write_csv, write_spreadsheet_csv

Writer = Callable[[Iterable[RulingRecord]], Iterator[str]]


@dataclass(frozen=True)
class Format:
    """One form. `write` serves programs, `write_for_people` a person who downloads: they differ for CSV only."""

    name: str
    label: str
    extension: str
    mimetype: str
    write: Writer
    write_for_people: Writer


FORMATS: Final = {
    one.name: one
    for one in (
        Format("csv", "CSV (rekenblad)", "csv", "text/csv", write_csv, write_spreadsheet_csv),
        Format("jsonl", "JSON Lines", "jsonl", "application/x-ndjson", write_json_lines, write_json_lines),
        Format("ris", "RIS (Zotero, EndNote)", "ris", "application/x-research-info-systems", write_ris, write_ris),
        Format("bibtex", "BibTeX", "bib", "application/x-bibtex", write_bibtex, write_bibtex),
        Format("ecli", "ECLI-metadata", "xml", "application/rdf+xml", write_ecli_metadata, write_ecli_metadata),
    )
}
