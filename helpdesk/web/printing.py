"""Pages as PDF: made when someone first asks, kept in the data folder for who asks next."""

import hashlib
import threading
from pathlib import Path

from flask import Response
from flask.typing import ResponseReturnValue

from helpdesk.core.pdf_writer import PdfUnavailable, write_pdf
from helpdesk.web.services import services
from helpdesk.web.views import PageBase, show_alone

MOST_KEPT = 4_000  # files; a page is printed anew when its file has gone
_one_at_a_time = threading.Lock()  # a PDF takes a second of computing: printing must not occupy every thread


def pdf_answer(page: PageBase, name: str, *, is_to_keep: bool = False) -> ResponseReturnValue:
    """Return a page as a PDF to read, or to keep at once; where none can be made the answer says why (501)."""
    html = show_alone(page)
    kept = services().settings.data_dir / "printed" / f"{hashlib.sha256(html.encode()).hexdigest()[:40]}.pdf"
    try:
        content = _kept(kept) or _print(html, kept)
    except PdfUnavailable as missing:
        return Response(str(missing), status=501, content_type="text/plain; charset=utf-8")
    answer = Response(content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'{"attachment" if is_to_keep else "inline"}; filename="{name}.pdf"'
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _kept(file: Path) -> bytes | None:
    return file.read_bytes() if file.exists() else None


def _print(html: str, file: Path) -> bytes:
    with _one_at_a_time:
        content = _kept(file) or write_pdf(html)
    file.parent.mkdir(parents=True, exist_ok=True)
    aside = file.with_suffix(f".{threading.get_ident()}.part")
    try:
        aside.write_bytes(content)
        aside.replace(file)
        _forget_oldest(file.parent)
    except OSError:
        aside.unlink(missing_ok=True)  # a full disk keeps nobody from reading
    return content


def _forget_oldest(folder: Path) -> None:
    files = sorted(folder.glob("*.pdf"), key=lambda file: file.stat().st_mtime)
    for file in files[: max(0, len(files) - MOST_KEPT)]:
        file.unlink(missing_ok=True)
