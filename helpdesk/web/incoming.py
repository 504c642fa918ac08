"""What comes in is looked at before any view: no control characters in an address, no NUL in a form.

PostgreSQL refuses NUL in a text and SQLite does not; no person types one.
"""

from flask import Flask, abort, request

NUL = "\0"


def init_incoming(app: Flask) -> None:
    """Refuse what no person sends."""
    app.before_request(_refuse_control_characters)


def _refuse_control_characters() -> None:
    if not request.path.isprintable():
        abort(404)
    if request.method == "POST" and any(NUL in value for value in request.form.values()):
        abort(400)
