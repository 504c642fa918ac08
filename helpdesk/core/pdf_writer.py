"""HTML to PDF: the only module that knows WeasyPrint, which needs Pango from the system."""

from importlib import import_module
from pathlib import Path

STATIC = Path(__file__).resolve().parent.parent / "web" / "static"


class PdfUnavailable(RuntimeError):
    """PDFs cannot be made on this machine; the message says in Dutch what is missing."""


def write_pdf(html: str) -> bytes:
    """Return a page as PDF/UA, readable by a screen reader; files it names are looked for in the folder of the style.

    WeasyPrint is loaded with the first PDF: it takes a second, and without Pango only PDFs are missed.

    Raises:
        PdfUnavailable: Pango is not installed.
    """
    try:
        weasyprint = import_module("weasyprint")
    except (ImportError, OSError) as missing:
        raise PdfUnavailable(
            "Een PDF maken kan hier niet: op de server ontbreekt Pango (pakket libpango-1.0-0 en libpangoft2-1.0-0). "
            "De andere formaten werken wel."
        ) from missing
    page = weasyprint.HTML(string=html, base_url=f"{STATIC.as_uri()}/")
    return bytes(page.write_pdf(pdf_variant="pdf/ua-1"))
