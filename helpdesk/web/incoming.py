"""What comes in is looked at before any view: no control characters in an address, no NUL in a form.

PostgreSQL refuses NUL in a text and SQLite does not; no person types one. A body may have a million bytes; a view that
takes files says how many more, and only those who may enter it can send them.
"""

from collections.abc import Callable
from typing import TypeVar

from flask import Flask, abort, current_app, request

from helpdesk.web.audiences import ROLES, may_enter

NUL = "\0"
_LIMITS = "body_limits_bytes"

View = TypeVar("View", bound=Callable[..., object])


def init_incoming(app: Flask) -> None:
    """Refuse what no person sends."""
    app.before_request(_allow_what_the_view_takes)
    app.before_request(_refuse_control_characters)


def accepts_bytes(*, text: int, files: int = 0) -> Callable[[View], View]:
    """Let a view of colleagues take more than others: so many bytes of typed text, and so many of files."""

    def remember(view: View) -> View:
        setattr(view, _LIMITS, (text, text + files))
        return view

    return remember


def _allow_what_the_view_takes() -> None:
    """Raise the limits of this request before anything reads its body."""
    limits = getattr(current_app.view_functions.get(request.endpoint or ""), _LIMITS, None)
    if limits is not None and request.blueprint in ROLES and may_enter(request.blueprint):
        request.max_form_memory_size, request.max_content_length = limits


def _refuse_control_characters() -> None:
    if not request.path.isprintable():
        abort(404)
    if request.method == "POST" and any(NUL in value for value in request.form.values()):
        abort(400)
