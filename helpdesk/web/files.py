"""Files that are handed out: sent piece by piece, with their kind and a name to store them under."""

from collections.abc import Iterator

from flask import Response

from jurisprudence.exchange.formats import Format


def file_answer(pieces: Iterator[str], form: Format, name: str) -> Response:
    """Return an answer that a browser stores as a file; `name` is without extension and plain ASCII."""
    answer = Response((piece.encode() for piece in pieces), content_type=f"{form.mimetype}; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{form.extension}"'
    return answer
