"""Read one PDF in a process of its own, which `helpdesk.core.pdf` starts and may kill. Imports nothing of ours.

Arguments: the file, where its clean copy goes, the most pages and the most characters. Writes one JSON object: `pages`,
`text` and `is_cut`, or `refused` with "encrypted", "broken" or "pages". The clean copy has no properties (author,
title, XMP), no actions, scripts or embedded files, no notes that someone added, and no signatures: the certificate of a
Belgian identity card holds a national register number. What a signature looks like stays.
"""

import json
import resource
import sys
from pathlib import Path
from typing import Any

MOST_MEMORY_BYTES = 1_500_000_000
MOST_CPU_SECONDS = 18
MOST_COPY_BYTES = 60_000_000
NOT_COPIED = ("/Metadata", "/OpenAction", "/AA", "/AF", "/PieceInfo", "/AcroForm", "/Perms", "/DSS")
NAMES_NOT_COPIED = ("/JavaScript", "/EmbeddedFiles")
PAGE_NOT_COPIED = ("/Metadata", "/AA", "/AF", "/PieceInfo")
WIDGET_NOT_COPIED = ("/V", "/DV", "/A", "/AA", "/Parent", "/T", "/TU")  # a signature holds its certificate: who signed
LINK_ACTIONS = ("/URI", "/GoTo")


def read(path: Path, copy: Path, *, most_pages: int, most_characters: int) -> dict[str, Any]:
    """Read a PDF and write its clean copy; see the module for what comes back."""
    from pypdf import PdfReader, PdfWriter  # noqa: PLC0415 - only once the limits are set

    reader = PdfReader(path)
    if reader.is_encrypted:
        return {"refused": "encrypted"}
    pages = len(reader.pages)
    if pages > most_pages:
        return {"refused": "pages", "pages": pages}
    parts: list[str] = []
    room = most_characters
    for page in reader.pages:
        text = page.extract_text()
        parts.append(text[:room])
        room -= len(text) + 2
        if room <= 0:
            break
    _cut_out(reader.root_object)  # before it is copied: only what can still be reached is
    for page in reader.pages:
        _cut_out_of_page(page)
    writer = PdfWriter(clone_from=reader)
    writer.metadata = None
    writer.write(copy)
    return {"pages": pages, "text": "\n\n".join(parts), "is_cut": room <= 0}


def _cut_out(root: Any) -> None:  # noqa: ANN401 - a dictionary of pypdf, which is imported once the limits are set
    """Remove from the root of a document what does not belong on the site."""
    for name in NOT_COPIED:
        root.pop(name, None)
    names = root["/Names"].get_object() if "/Names" in root else {}
    for name in NAMES_NOT_COPIED:
        names.pop(name, None)


def _cut_out_of_page(page: Any) -> None:  # noqa: ANN401 - a dictionary of pypdf
    """Remove from a page what does not belong on the site; links and what a signature looks like stay."""
    for name in PAGE_NOT_COPIED:
        page.pop(name, None)
    if "/Annots" not in page:
        return
    noted = page["/Annots"].get_object()
    for place in range(len(noted) - 1, -1, -1):
        note = noted[place].get_object()
        if note.get("/Subtype") == "/Widget":
            for name in WIDGET_NOT_COPIED:
                note.pop(name, None)
        elif not _is_plain_link(note):
            del noted[place]


def _is_plain_link(note: Any) -> bool:  # noqa: ANN401 - a dictionary of pypdf
    action = note["/A"].get_object() if "/A" in note else {"/S": "/GoTo"}
    note.pop("/AA", None)
    return bool(note.get("/Subtype") == "/Link" and action.get("/S") in LINK_ACTIONS and "/Next" not in action)


def main(arguments: list[str]) -> None:
    """Set the limits of this process, read, and say what came of it."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU_SECONDS, MOST_CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_COPY_BYTES, MOST_COPY_BYTES))
    path, copy, most_pages, most_characters = arguments
    try:
        said = read(Path(path), Path(copy), most_pages=int(most_pages), most_characters=int(most_characters))
    except Exception:  # noqa: BLE001 - whatever a hostile file brings about, it is broken to us
        said = {"refused": "broken"}
    sys.stdout.buffer.write(json.dumps(said).encode())


if __name__ == "__main__":
    main(sys.argv[1:])
