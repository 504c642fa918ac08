"""The five audiences are blueprints; the guard hangs on the blueprint, so no route can forget it."""

from flask import Blueprint, Flask, Response, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from helpdesk.core.roles import Role

public = Blueprint("public", __name__)
desk = Blueprint("desk", __name__, url_prefix="/helpdesk")
editing = Blueprint("editing", __name__, url_prefix="/redactie")
admin = Blueprint("admin", __name__, url_prefix="/beheer")
api = Blueprint("api", __name__, url_prefix="/api/v1")

ROLES: dict[str, frozenset[Role]] = {
    "desk": frozenset({Role.JURIST, Role.COORDINATOR}),
    "editing": frozenset({Role.EDITOR}),
    "admin": frozenset({Role.ADMIN}),
}


def init_audiences(app: Flask) -> None:
    """Hang the guards on the blueprints and the blueprints on the application."""
    for blueprint in (public, desk, editing, admin, api):
        app.register_blueprint(blueprint)


def _guard(audience: str) -> ResponseReturnValue | None:
    if not current_user.is_authenticated:
        if request.method != "GET":
            abort(403)
        return redirect(url_for("public.sign_in", verder=request.full_path.rstrip("?")))
    if not ROLES[audience] & current_user.roles:
        abort(403)
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


@api.before_request
def _only_reading() -> None:
    if request.method not in {"GET", "HEAD", "OPTIONS"}:
        abort(405)


def _keep_private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


for _private in (desk, editing, admin):
    _private.after_request(_keep_private)


@public.after_request
def _may_be_kept_a_moment(response: Response) -> Response:
    """Let a visitor's own browser keep a public page, but ask each time; a signed-in colleague's pages are not kept."""
    if current_app.testing or current_user.is_authenticated or request.method != "GET":
        return response
    response.headers.setdefault("Cache-Control", "no-cache")
    return response
