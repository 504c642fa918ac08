"""The six audiences are blueprints; the guard hangs on the blueprint, so no route can forget it."""

from flask import Blueprint, Flask, Response, abort, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.exceptions import MethodNotAllowed

from helpdesk.core.roles import Role

public = Blueprint("public", __name__)
desk = Blueprint("desk", __name__, url_prefix="/helpdesk")
editing = Blueprint("editing", __name__, url_prefix="/redactie")
admin = Blueprint("admin", __name__, url_prefix="/beheer")
account = Blueprint("account", __name__, url_prefix="/account")
api = Blueprint("api", __name__, url_prefix="/api/v1")

READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
READ_WHAT_IS_SENT = frozenset({"api.read_references"})
ROLES: dict[str, frozenset[Role]] = {
    "desk": frozenset({Role.JURIST, Role.COORDINATOR}),
    "editing": frozenset({Role.EDITOR}),
    "admin": frozenset({Role.ADMIN}),
}
FIRST_SET_UP = "account.show_second_factor"
WHILE_SETTING_UP = frozenset({FIRST_SET_UP, "account.add_totp", "account.add_passkey"})
"""What someone whose role asks for a second factor may do before there is one."""


def init_audiences(app: Flask) -> None:
    """Hang the guards on the blueprints and the blueprints on the application."""
    for blueprint in (public, desk, editing, admin, account, api):
        app.register_blueprint(blueprint)


def may_enter(audience: str) -> bool:
    """Tell whether the colleague of this request, if any, has a role that this audience asks for."""
    return bool(current_user.is_authenticated and ROLES[audience] & current_user.roles)


def _guard(audience: str) -> ResponseReturnValue | None:
    led_away = _lead_away()
    if led_away is None and not may_enter(audience):
        abort(403)
    return led_away


def _lead_away() -> ResponseReturnValue | None:
    """Lead who is not signed in to where that is done, and who needs a second factor to where it is made."""
    if not current_user.is_authenticated:
        if request.method not in READING_METHODS:
            abort(403)
        return redirect(url_for("public.sign_in", verder=request.full_path.rstrip("?")))
    if current_user.must_set_up and request.endpoint not in WHILE_SETTING_UP:
        if request.method not in READING_METHODS:
            abort(403)
        return redirect(url_for(FIRST_SET_UP))
    return None


@desk.before_request
def _guard_desk() -> ResponseReturnValue | None:
    return _guard("desk")


@editing.before_request
def _guard_editing() -> ResponseReturnValue | None:
    return _guard("editing")


@admin.before_request
def _guard_admin() -> ResponseReturnValue | None:
    return _guard("admin")


@account.before_request
def _guard_account() -> ResponseReturnValue | None:
    """Let in every colleague: one's own account needs no role."""
    return _lead_away()


@api.before_request
def _only_reading() -> None:
    """Refuse what writes; a text that is sent to be read changes nothing."""
    if request.method not in READING_METHODS and request.endpoint not in READ_WHAT_IS_SENT:
        raise MethodNotAllowed(sorted(READING_METHODS))


def _keep_private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "same-origin"  # over TLS a form is accepted only from a page of our own
    return response


for _private in (desk, editing, admin, account):
    _private.after_request(_keep_private)


@public.after_request
def _may_be_kept_a_moment(response: Response) -> Response:
    """Let a visitor's own browser keep a public page, but ask each time; what a colleague sees is not kept at all."""
    is_private = bool(session) or request.method not in READING_METHODS
    response.headers.setdefault("Cache-Control", "no-store" if is_private else "no-cache")
    return response
