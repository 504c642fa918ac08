"""PDF files for tests, made here so that each one is what its test says."""

from io import BytesIO

from pypdf import PdfWriter
from pypdf.annotations import FreeText, Link
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    TextStringObject,
)

FONT = DictionaryObject(
    {
        NameObject("/Type"): NameObject("/Font"),
        NameObject("/Subtype"): NameObject("/Type1"),
        NameObject("/BaseFont"): NameObject("/Helvetica"),
    }
)


def a_pdf(
    *pages: str, password: str | None = None, author: str | None = None, attachment: bytes | None = None
) -> bytes:
    """Return a PDF with one line of plain text on each page."""
    writer = PdfWriter()
    for text in pages:
        page = writer.add_blank_page(width=595, height=842)
        stream = DecodedStreamObject()
        stream.set_data(f"BT /F1 12 Tf 50 780 Td ({text}) Tj ET".encode("latin-1"))
        page[NameObject("/Contents")] = writer._add_object(stream)
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F1"): FONT})}
        )
    if author:
        writer.add_metadata({"/Author": author})
    if attachment:
        writer.add_attachment("bijlage.txt", attachment)
    if password is not None:
        writer.encrypt(password, algorithm="RC4-128")
    return written(writer)


def a_pdf_with_notes() -> bytes:
    """Return a PDF with a link, a note of a reader, a link that starts a script, and a signature."""
    writer = PdfWriter()
    writer.add_blank_page(width=595, height=842)
    writer.add_annotation(0, Link(rect=(0, 0, 10, 10), url="https://www.rvv-cce.be/"))
    writer.add_annotation(0, FreeText(text="Nota van Jan Raadsman", rect=(0, 0, 10, 10)))
    script = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    box = ArrayObject(FloatObject(side) for side in (0, 0, 10, 10))
    active = {NameObject("/Subtype"): NameObject("/Link"), NameObject("/Rect"): box}
    writer.add_annotation(0, DictionaryObject({**active, NameObject("/A"): DictionaryObject(script)}))
    signed = {NameObject("/Contents"): TextStringObject("certificaat 85.07.30-033.28")}
    widget = {NameObject("/Subtype"): NameObject("/Widget"), NameObject("/Rect"): box}
    writer.add_annotation(0, DictionaryObject({**widget, NameObject("/V"): DictionaryObject(signed)}))
    return written(writer)


def written(writer: PdfWriter) -> bytes:
    """Return the bytes of a PDF."""
    stream = BytesIO()
    writer.write(stream)
    return stream.getvalue()


def a_pdf_of_blank_pages(count: int) -> bytes:
    """Return a PDF with nothing on its pages, as a scan has no text."""
    writer = PdfWriter()
    for _ in range(count):
        writer.add_blank_page(width=595, height=842)
    return written(writer)


def a_pdf_that_repeats(text: str, *, times: int, pages: int = 1) -> bytes:
    """Return a small file that unpacks to much: one compressed stream that writes a text many times, on many pages."""
    writer = PdfWriter()
    stream = DecodedStreamObject()
    stream.set_data(b"BT /F1 12 Tf 50 780 Td " + f"({text}) Tj ".encode("latin-1") * times + b"ET")
    shared = writer._add_object(stream.flate_encode())
    for _ in range(pages):
        page = writer.add_blank_page(width=595, height=842)
        page[NameObject("/Contents")] = shared
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F1"): FONT})}
        )
    return written(writer)
