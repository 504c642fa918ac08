"""Signing in and out, choosing a password, and one's own sessions."""

from datetime import timedelta
from functools import partial
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user

from helpdesk.accounts import actions, queries, rules
from helpdesk.accounts.forms import AskLinkForm, ChangePasswordForm, NewPasswordForm, SignInForm
from helpdesk.accounts.models import FailedLogin, MailedLink, User
from helpdesk.accounts.pages import AccountPage, AskLinkPage, ChangePasswordPage, SignInPage, UseLinkPage
from helpdesk.accounts.queries import Presence, Reach
from helpdesk.accounts.rules import Owed, Purpose
from helpdesk.core import signing
from helpdesk.core.clock import now
from helpdesk.core.errors import Rejected
from helpdesk.core.mail import open_door
from helpdesk.core.roles import Role
from helpdesk.web.audiences import account, public
from helpdesk.web.database import db_session
from helpdesk.web.services import services
from helpdesk.web.shell import SITE_NAME
from helpdesk.web.transaction import commit_even_if_refused
from helpdesk.web.views import show

TOKEN = "session_token"  # noqa: S105 - the name under which the token stands in the cookie
WANTED = "verder"
HOME_OF = (
    (Role.JURIST, "desk.list_advice"),
    (Role.COORDINATOR, "desk.show_counts"),
    (Role.EDITOR, "editing.list_unchecked"),
    (Role.ADMIN, "admin.list_accounts"),
)
REFUSED = "Dit e-mailadres en dit wachtwoord horen niet bij elkaar. Probeer het opnieuw of vraag de beheerder om hulp."
THROTTLED = "Te veel mislukte pogingen. Wacht vijf minuten en probeer het dan opnieuw."
EXEMPT = "Dit is een demo-account op je eigen computer: de tweede stap, die bij deze rol verplicht is, staat hier uit."


class SignedIn:
    """The colleague of this request, as Flask-Login wants it.

    Who must set up a second factor first has no role yet, so every door that asks for one stays shut.
    """

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, here: Presence) -> None:
        self.id = here.user.id
        self.display_name = here.user.display_name
        self.must_set_up = here.owed is Owed.SET_UP
        self.roles = frozenset[Role]() if self.must_set_up else here.user.roles
        self.session_id = here.session.id

    def get_id(self) -> str:
        """Return the id as text."""
        return str(self.id)


def init_accounts(app: Flask) -> None:
    """Let Flask-Login find who is signed in through our own table of sessions."""
    manager = LoginManager()
    manager.session_protection = None  # the token is checked against the database at every request
    manager.init_app(app, add_context_processor=False)  # templates receive their page and the shell, nothing else
    manager.request_loader(lambda _request: find_signed_in())
    app.before_request(_look_who_is_there)


def _look_who_is_there() -> None:
    """Find who is signed in before a view writes anything: noting when a session was seen ends the transaction."""
    if session.get(TOKEN):
        current_user.is_authenticated  # noqa: B018 - asking is what loads it


def find_signed_in() -> SignedIn | None:
    """Return the colleague of this request, or None; someone who still owes the second step is nobody yet."""
    here = find_presence()
    if here is None or here.owed is Owed.SECOND_STEP:
        return None
    found, moment = SignedIn(here), now()
    seen = here.session.last_seen_at
    if seen is None or seen <= moment - rules.SEEN_EVERY:
        actions.note_seen(db_session(), here.session.id, now=moment)
    return found


def find_presence() -> Presence | None:
    """Return who holds the session of this browser, with what is still owed, or None."""
    token = session.get(TOKEN)
    return queries.find_presence(db_session(), token, reach(), now=now()) if isinstance(token, str) else None


def reach() -> Reach:
    """Return how long sessions live here without being seen, and whether demo accounts are exempt."""
    settings = services().settings
    return Reach(
        idle=timedelta(minutes=settings.session_idle_minutes),
        demo_is_exempt=rules.is_on_own_machine(settings.base_url),
    )


def signed_in() -> SignedIn:
    """Return the colleague of this request; only called behind a guard."""
    colleague = current_user._get_current_object()  # noqa: SLF001 - the documented way to leave Flask's proxy
    if not isinstance(colleague, SignedIn):
        raise TypeError("no colleague is signed in behind this guard")
    return colleague


def own_account() -> User:
    """Return the account of who is signed in; only called behind a guard."""
    return queries.get_user(db_session(), signed_in().id)


@public.route("/aanmelden", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """Let a colleague sign in."""
    form = SignInForm()
    if request.method != "POST":
        form.verder.data = request.args.get("verder", "")
        return show(sign_in_page(form))
    if not form.validate():
        return show(sign_in_page(form)), 422
    credentials = _credentials(form)
    attempt = actions.note_attempt(db_session(), credentials, now=now())
    db_session().commit()  # before the password is looked at: tries at the same moment must all count
    try:
        token = actions.sign_in(
            db_session(), credentials, attempt=attempt, now=now(), lasts=session_length(), browser=this_browser()
        )
    except actions.LoginThrottled:
        commit_even_if_refused()
        return show(sign_in_page(form, THROTTLED)), 429
    except actions.LoginRefused:
        return show(sign_in_page(form, REFUSED)), 422
    return welcome(token, form.verder.data or "")


def sign_in_page(form: SignInForm | None = None, problem: str | None = None) -> SignInPage:
    """Return the page to sign in, with what went wrong."""
    settings = services().settings
    has_provider = bool(settings.oidc_issuer and settings.oidc_client_id)
    return SignInPage(
        form=form or SignInForm(formdata=None),
        organisation=settings.oidc_label if has_provider else None,
        problem=problem,
    )


@public.post("/afmelden")
def sign_out() -> ResponseReturnValue:
    """End the session of this browser."""
    if token := session.pop(TOKEN, None):
        actions.sign_out(db_session(), token, now=now())
    session.clear()
    return redirect(url_for("public.show_home"), code=303)


@public.route("/wachtwoord-vergeten", methods=["GET", "POST"])
def ask_link() -> ResponseReturnValue:
    """Mail a link to choose a new password. The answer and the work before it are the same for every address."""
    form = AskLinkForm()
    if request.method != "POST":
        return show(AskLinkPage(form=form))
    if not form.validate():
        return show(AskLinkPage(form=form)), 422
    email = rules.normal_email(form.email.data or "")
    attempt = actions.note_try(
        db_session(), account_digest=digest_here(f"letter {email}"), source_digest=source_digest("letter"), now=now()
    )
    db_session().commit()
    try:
        actions.check_not_throttled(db_session(), attempt, rules.LETTERS, now=now())
    except actions.LoginThrottled:
        commit_even_if_refused()
        return show(AskLinkPage(form=form, problem=THROTTLED)), 429
    user = queries.find_user_by_email(db_session(), email)
    if user is not None and user.is_active and not user.is_demo:
        actions.ask_link(db_session(), user, Purpose.RESET, by=None, now=now())
    answer = current_app.make_response(show(AskLinkPage(form=form, is_asked=True)))
    answer.call_on_close(mail_soon())
    return answer


@public.route("/uitnodiging", methods=["GET", "POST"])
def accept_invitation() -> ResponseReturnValue:
    """Let someone who was invited choose a password."""
    return _use_link(Purpose.INVITATION)


@public.route("/wachtwoord-kiezen", methods=["GET", "POST"])
def choose_password() -> ResponseReturnValue:
    """Let someone who forgot a password choose a new one."""
    return _use_link(Purpose.RESET)


def _use_link(purpose: Purpose) -> ResponseReturnValue:
    """Show the form behind a link, or do what it asks: programs that look into mails only fetch."""
    form = NewPasswordForm()
    if request.method != "POST":
        form.sleutel.data = request.args.get("sleutel", "")
        if not form.sleutel.data:
            return redirect(url_for("public.ask_link"))
    address = url_for(request.endpoint or "public.choose_password")
    found = _find_link(form.sleutel.data or "", purpose)
    if found is None:
        return show(UseLinkPage(action=address, title="Deze link werkt niet meer")), 410
    link, user = found
    page = partial(UseLinkPage, action=address, form=form, email=user.email)
    if request.method != "POST":
        return show(page())
    if not form.validate():
        return show(page()), 422
    try:
        actions.use_link(db_session(), link, user, form.password.data or "", now=now())
    except Rejected as refused:
        db_session().rollback()
        return show(UseLinkPage(action=address, form=form, problems=refused.problems)), 422
    session.clear()
    flash("Je wachtwoord is bewaard. Meld je ermee aan.")
    return redirect(url_for("public.sign_in"), code=303)


def _find_link(token: str, purpose: Purpose) -> tuple[MailedLink, User] | None:
    try:
        number = signing.read(services().settings.secret_key, actions.link_salt(purpose), token)
    except signing.ForgedLink:
        return None
    return queries.find_link(db_session(), int(number), purpose, now=now())


@account.get("/")
def show_account() -> ResponseReturnValue:
    """Show one's own account and where one is signed in."""
    me = signed_in()
    open_here = queries.open_sessions(db_session(), me.id, idle=reach().idle, now=now())
    return show(AccountPage.of(own_account(), open_here, here=me.session_id, demo_is_exempt=reach().demo_is_exempt))


@account.route("/wachtwoord", methods=["GET", "POST"])
def change_password() -> ResponseReturnValue:
    """Let a colleague choose another password; every other browser is signed out."""
    form, user = ChangePasswordForm(), own_account()
    page = partial(ChangePasswordPage, form=form, email=user.email)
    if request.method != "POST":
        return show(page())
    if not form.validate():
        return show(page()), 422
    attempt = try_as(user, "password")
    try:
        actions.check_not_throttled(db_session(), attempt, rules.PASSWORDS, now=now())
        here = find_presence() or abort(403)
        factors = here.session.factors
        actions.change_password(db_session(), user, old=form.old.data or "", new=form.password.data or "", now=now())
    except actions.LoginThrottled:
        commit_even_if_refused()
        return show(page(problems=[THROTTLED])), 429
    except actions.LoginRefused:
        return show(page(problems=["Je huidige wachtwoord klopt niet."])), 422
    except Rejected as refused:
        db_session().delete(attempt)
        commit_even_if_refused()
        return show(page(problems=refused.problems)), 422
    db_session().delete(attempt)
    session[TOKEN] = actions.start_session(
        db_session(), user, now=now(), lasts=session_length(), browser=this_browser(), factors=factors
    )
    flash("Je wachtwoord is gewijzigd. Op alle andere toestellen ben je afgemeld.")
    return redirect(url_for("account.show_account"), code=303)


@account.post("/aanmeldingen/<int:session_id>/beeindigen")
def end_session(session_id: int) -> ResponseReturnValue:
    """End one of one's own sessions, for instance on a computer one left."""
    if actions.end_session(db_session(), session_id, owner=signed_in().id, now=now()):
        flash("Die aanmelding is beëindigd.")
    return redirect(url_for("account.show_account"), code=303)


@account.post("/aanmeldingen/beeindigen")
def end_other_sessions() -> ResponseReturnValue:
    """End all of one's own sessions but the present one."""
    me = signed_in()
    actions.end_other_sessions(db_session(), me.id, but=me.session_id, by=me.id, now=now())
    flash("Op alle andere toestellen ben je afgemeld.")
    return redirect(url_for("account.show_account"), code=303)


def welcome(token: str, wanted: str) -> ResponseReturnValue:
    """Hand a new session to the browser and lead on: to the second step when it is owed, else to the page wanted."""
    session.clear()  # a session that existed before signing in is not carried over
    session[TOKEN] = token
    session.permanent = True
    db_session().flush()
    here = find_presence()
    if here is not None and here.owed is Owed.SECOND_STEP:
        session[WANTED] = wanted
        return redirect(url_for("public.take_second_step"), code=303)
    if here is not None and here.owed is Owed.SET_UP:
        return redirect(url_for("account.show_second_factor"), code=303)
    if here is not None and here.user.is_demo and rules.OBLIGED & here.user.roles and not here.user.second_factor_at:
        flash(EXEMPT)
    return redirect(where_to(wanted, here), code=303)


def try_as(user: User, what: str) -> FailedLogin:
    """Note that someone tries a secret of this account, stored at once. What is counted apart has another `what`."""
    attempt = actions.note_try(
        db_session(), account_digest=digest_here(f"{what} {user.id}"), source_digest=source_digest(what), now=now()
    )
    db_session().commit()
    return attempt


def mail_soon() -> partial[int]:
    """Return what mails the links that wait: for after the answer, so that nobody waits for a mail server."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's documented way
    return partial(_send_letters, app)


def _send_letters(app: Flask) -> int:
    with app.app_context():
        return send_letters()


def send_letters() -> int:
    """Mail the links that wait; return how many left. Also called by the job runner."""
    return actions.send_letters(db_session(), post(), now=now())


def post() -> actions.Post:
    """Return how letters leave this house."""
    settings = services().settings
    return actions.Post(
        open_door=partial(open_door, settings.smtp_url, settings.mail_dir),
        sender=settings.mail_from,
        site_name=SITE_NAME,
        base_url=settings.base_url,
        secret=settings.secret_key,
    )


def this_browser() -> str:
    """Return the browser of this request, coarsely."""
    return rules.browser_name(request.user_agent.string)


def session_length() -> timedelta:
    """Return after how long a session ends, whatever happens."""
    return current_app.permanent_session_lifetime


def digest_here(text: str) -> str:
    """Return a digest that only this installation can make."""
    return rules.keyed_digest(text, key=services().settings.secret_key)


def source_digest(what: str = "") -> str:
    """Return a digest of where this request comes from; tries of another kind are counted apart."""
    return digest_here(f"{what} {request.remote_addr or '-'}".lstrip())


def _credentials(form: SignInForm) -> actions.Credentials:
    email = form.email.data or ""
    return actions.Credentials(
        email=email,
        password=form.password.data or "",
        account_digest=digest_here(rules.normal_email(email)),
        source_digest=source_digest(),
    )


def where_to(wanted: str, here: Presence | None) -> str:
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
    roles = here.user.roles if here else frozenset()
    return url_for(next((endpoint for role, endpoint in HOME_OF if role in roles), "public.show_home"))
