"""Signing in and out, and the list of who has access."""

from datetime import timedelta
from urllib.parse import urlsplit

from flask import Flask, current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user

from helpdesk.accounts import actions, queries, rules
from helpdesk.accounts.forms import SignInForm
from helpdesk.accounts.models import User
from helpdesk.accounts.pages import AccountRow, AccountsPage, SignInPage
from helpdesk.core.clock import now
from helpdesk.core.roles import Role
from helpdesk.web.audiences import admin, public
from helpdesk.web.database import db_session
from helpdesk.web.transaction import commit_even_if_refused
from helpdesk.web.views import show

TOKEN = "session_token"  # noqa: S105 - the name under which the token stands in the cookie
HOME_OF = (
    (Role.JURIST, "desk.list_advice"),
    (Role.COORDINATOR, "desk.show_counts"),
    (Role.EDITOR, "editing.list_unchecked"),
    (Role.ADMIN, "admin.list_accounts"),
)
REFUSED = "Dit e-mailadres en dit wachtwoord horen niet bij elkaar. Probeer het opnieuw of vraag de beheerder om hulp."
THROTTLED = "Te veel mislukte pogingen. Wacht vijf minuten en probeer het dan opnieuw."


class SignedIn:
    """The colleague of this request, as Flask-Login wants it."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, user: User) -> None:
        self.id = user.id
        self.display_name = user.display_name
        self.roles = user.roles

    def get_id(self) -> str:
        """Return the id as text."""
        return str(self.id)


def init_accounts(app: Flask) -> None:
    """Let Flask-Login find who is signed in through our own table of sessions."""
    manager = LoginManager()
    manager.session_protection = None  # the token is checked against the database at every request
    manager.init_app(app, add_context_processor=False)  # templates receive their page and the shell, nothing else
    manager.request_loader(lambda _request: find_signed_in())


def find_signed_in() -> SignedIn | None:
    """Return the colleague of this request, or None."""
    token = session.get(TOKEN)
    user = queries.find_user_of_session(db_session(), token, now=now()) if token else None
    return SignedIn(user) if user else None


def signed_in() -> SignedIn:
    """Return the colleague of this request; only called behind a guard."""
    colleague = current_user._get_current_object()  # noqa: SLF001 - the documented way to leave Flask's proxy
    if not isinstance(colleague, SignedIn):
        raise TypeError("no colleague is signed in behind this guard")
    return colleague


@public.route("/aanmelden", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """Let a colleague sign in."""
    form = SignInForm()
    if request.method != "POST":
        form.verder.data = request.args.get("verder", "")
        return show(SignInPage(form=form))
    if not form.validate():
        return show(SignInPage(form=form)), 422
    credentials = _credentials(form)
    attempt = actions.note_attempt(db_session(), credentials, now=now())
    db_session().commit()  # before the password is looked at: tries at the same moment must all count
    try:
        token = actions.sign_in(db_session(), credentials, attempt=attempt, now=now(), lasts=_session_length())
    except actions.LoginThrottled:
        commit_even_if_refused()
        return show(SignInPage(form=form, problem=THROTTLED)), 429
    except actions.LoginRefused:
        return show(SignInPage(form=form, problem=REFUSED)), 422
    session.clear()  # a session that existed before signing in is not carried over
    session[TOKEN] = token
    session.permanent = True
    return redirect(_where_to(form.verder.data or "", token), code=303)


@public.post("/afmelden")
def sign_out() -> ResponseReturnValue:
    """End the session of this browser."""
    if token := session.pop(TOKEN, None):
        actions.sign_out(db_session(), token, now=now())
    session.clear()
    return redirect(url_for("public.show_home"), code=303)


@admin.get("/accounts")
def list_accounts() -> ResponseReturnValue:
    """Show who has access."""
    rows = [
        AccountRow(
            email=user.email,
            display_name=user.display_name,
            roles=", ".join(sorted(role.label for role in user.roles)),
            is_active=user.is_active,
            is_demo=user.is_demo,
        )
        for user in queries.users(db_session())
    ]
    return show(AccountsPage(accounts=rows))


def _credentials(form: SignInForm) -> actions.Credentials:
    key = str(current_app.config["SECRET_KEY"])
    email, password = form.email.data or "", form.password.data or ""
    return actions.Credentials(
        email=email,
        password=password,
        account_digest=rules.keyed_digest(rules.normal_email(email), key=key),
        source_digest=rules.keyed_digest(request.remote_addr or "-", key=key),
    )


def _session_length() -> timedelta:
    return current_app.permanent_session_lifetime


def _where_to(wanted: str, token: str) -> str:
    """Return the page the colleague wanted, when it is one of ours, or the first page of a role."""
    parts = urlsplit(wanted)
    is_ours = (
        wanted.isprintable()
        and wanted.startswith("/")
        and not wanted.startswith(("//", "/\\"))
        and not parts.netloc
        and not parts.scheme
    )
    if is_ours and "\\" not in wanted and parts.path != url_for("public.sign_out"):
        return wanted
    user = queries.find_user_of_session(db_session(), token, now=now())
    roles = user.roles if user else frozenset()
    return url_for(next((endpoint for role, endpoint in HOME_OF if role in roles), "public.show_home"))
