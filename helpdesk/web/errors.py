"""Pages for what goes wrong: each says what to do next and gives away nothing."""

import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import ClassVar

import structlog
from flask import Flask, current_app, g, jsonify, request, session
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError

from helpdesk.web.database import db_session
from helpdesk.web.shell import leave_out_who_is_signed_in
from helpdesk.web.views import PageBase, show

log = structlog.get_logger()

EXPLANATIONS = {
    HTTPStatus.BAD_REQUEST: ("De vraag is niet begrepen", "Ga terug en probeer het opnieuw."),
    HTTPStatus.FORBIDDEN: (
        "Je hebt geen toegang tot deze pagina",
        "Meld je aan met een account dat deze rol heeft, of vraag de beheerder om toegang.",
    ),
    HTTPStatus.METHOD_NOT_ALLOWED: ("Dat kan hier niet", "Open de pagina opnieuw via het menu."),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (
        "De tekst of het bestand is te groot",
        "Ga terug in je browser: wat je typte staat er nog. Maak de tekst korter of het bestand kleiner.",
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: (
        "Zoeken kan even niet",
        "De zoekindex wordt opnieuw gemaakt. Probeer het over een minuut opnieuw, of blader door de thema's.",
    ),
    HTTPStatus.TOO_MANY_REQUESTS: ("Te veel pogingen", "Wacht vijf minuten en probeer het dan opnieuw."),
}
KEPT_HEADERS = frozenset({"Allow", "Retry-After"})
NEVER_SHOWN = frozenset({"csrf_token", "password", "again", "old", "code", "sleutel", "credential", "key"})
FULL_DISK_SIGNS = (
    "disk is full",
    "database or disk is full",
    "no space left",
    "disk i/o error",
    "could not extend file",
)


@dataclass(frozen=True, kw_only=True)
class ErrorPage(PageBase):
    """A page that explains what went wrong and what to do."""

    template: ClassVar[str] = "error.html"

    advice: str
    number: str | None = None
    typed: Sequence[tuple[str, str]] = ()  # what the visitor sent, so that no text is lost with the request
    may_be_indexed: bool = False
    is_counted: bool = False


def init_errors(app: Flask) -> None:
    """Register the pages for what goes wrong. An unknown page is answered by the search feature."""
    app.logger.disabled = True  # it would write messages that quote what someone typed
    app.register_error_handler(CSRFError, _form_expired)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(InternalServerError, _unexpected)


def problem_document(status: HTTPStatus, title: str, detail: str) -> ResponseReturnValue:
    """Answer a program what went wrong and what to do (RFC 9457)."""
    problem = jsonify(type="about:blank", title=title, status=status.value, detail=detail)
    problem.mimetype = "application/problem+json"
    return problem, status.value


def _form_expired(_error: CSRFError) -> ResponseReturnValue:
    return _answer(
        HTTPStatus.BAD_REQUEST,
        "Het formulier is verlopen",
        "Er is niets bewaard. Open het formulier opnieuw." + _where_it_stands(),
    )


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error.get_response()
    status = HTTPStatus(error.code)
    title, advice = EXPLANATIONS.get(status, ("Er ging iets mis", "Probeer het opnieuw of zoek verder op de site."))
    answer = current_app.make_response(_answer(status, title, advice))
    answer.headers.extend([header for header in error.get_headers() if header[0] in KEPT_HEADERS])
    return answer


def _unexpected(error: InternalServerError) -> ResponseReturnValue:
    cause = error.original_exception
    db_session().rollback()
    session.pop("_flashes", None)  # what the view announced did not happen
    leave_out_who_is_signed_in()  # the page must not need the database that just failed
    _note(cause or error)
    if isinstance(cause, OperationalError):
        return _database_refused(cause)
    return _answer(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "Er ging iets mis aan onze kant",
        "Probeer het over enkele minuten opnieuw." + _where_it_stands(),
    )


def _database_refused(cause: OperationalError) -> ResponseReturnValue:
    """Explain a full disk or a busy database; the transaction was undone, so nothing was half stored."""
    said = str(cause.orig).lower()
    if any(sign in said for sign in FULL_DISK_SIGNS):
        return _answer(
            HTTPStatus.INSUFFICIENT_STORAGE,
            "De schijf van de server is vol",
            "Er is niets bewaard en niets verloren dat al bewaard was. Verwittig de beheerder." + _where_it_stands(),
        )
    return _answer(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "De databank is even niet bereikbaar",
        "Probeer het over een minuut opnieuw." + _where_it_stands(),
    )


def _where_it_stands() -> str:
    """Return where someone who sent a form finds back what he typed."""
    return " Er is niets bewaard; wat je typte staat hieronder, kopieer het." if _typed() else ""


def _typed() -> list[tuple[str, str]]:
    """Return what was typed in the form that was refused, without secrets."""
    try:
        fields = list(request.form.items(multi=True))
    except HTTPException:  # the body itself was refused
        return []
    shown = [(_printable(name), _printable(value)) for name, value in fields if name not in NEVER_SHOWN]
    return [(name, value) for name, value in shown if value]


def _printable(text: str) -> str:
    return "".join(sign for sign in text if sign.isprintable() or sign == "\n").strip()


def _note(error: BaseException) -> None:
    """Log what kind of error it was and where, never its message: that may quote what someone typed."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    log.error("unexpected_error", request=g.get("request_id"), kind=type(error).__name__, trace=places)


def _most_bytes() -> str:
    most = f"{request.max_content_length or 0:_}".replace("_", " ")
    return f"Je mag hoogstens {most} bytes sturen. Maak de tekst korter en probeer het opnieuw."


def _answer(status: HTTPStatus, title: str, advice: str) -> ResponseReturnValue:
    if request.path.startswith("/api/"):
        return problem_document(
            status, title, _most_bytes() if status is HTTPStatus.REQUEST_ENTITY_TOO_LARGE else advice
        )
    page = ErrorPage(title=title, advice=advice, number=g.get("request_id"), typed=_typed())
    return show(page), status.value
