"""The administrator's screens: who has access, and the audit log."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from flask import Response, abort, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from helpdesk.accounts import actions as accounts
from helpdesk.accounts import queries as account_queries
from helpdesk.accounts.models import User
from helpdesk.accounts.routes import mail_soon, reach, signed_in
from helpdesk.accounts.rules import Purpose
from helpdesk.core.clock import brussels_date, now
from helpdesk.core.errors import NotFound, Rejected
from helpdesk.core.paging import page_number
from helpdesk.second_factor import actions as second_factor
from helpdesk.staff import queries
from helpdesk.staff.documents import accounts_csv
from helpdesk.staff.forms import InviteForm, RolesForm, read_wanted
from helpdesk.staff.pages import AccountsPage, ColleaguePage, InvitePage, LogPage
from helpdesk.web.audiences import admin
from helpdesk.web.database import db_session
from helpdesk.web.views import show

P = ParamSpec("P")


def of_user(view: Callable[Concatenate[User, P], ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """Hand a view the account of its address; one that does not exist is a page that does not."""

    @wraps(view)
    def with_user(user_id: int, *args: P.args, **options: P.kwargs) -> ResponseReturnValue:
        try:
            user = account_queries.get_user(db_session(), user_id)
        except NotFound:
            abort(404)
        return view(user, *args, **options)

    return with_user


@admin.get("/accounts")
def list_accounts() -> ResponseReturnValue:
    """Show who has access."""
    return show(AccountsPage(accounts=queries.persons_with_access(db_session())))


@admin.get("/accounts.csv")
def download_accounts() -> ResponseReturnValue:
    """Answer the list of persons with access as a file."""
    name = f"personen-met-toegang-{brussels_date(now()).isoformat()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(accounts_csv(queries.persons_with_access(db_session())), mimetype="text/csv", headers=headers)


@admin.route("/accounts/nieuw", methods=["GET", "POST"])
def invite() -> ResponseReturnValue:
    """Invite a colleague, who gets a mail with a link to choose a password."""
    form = InviteForm()
    if request.method != "POST":
        return show(InvitePage(form=form))
    if not form.validate():
        return show(InvitePage(form=form)), 422
    try:
        user = accounts.invite_user(
            db_session(),
            email=form.email.data or "",
            display_name=form.name.data or "",
            roles=form.chosen(),
            by=signed_in().id,
            now=now(),
        )
    except Rejected as refused:
        db_session().rollback()
        return show(InvitePage(form=form, problems=refused.problems)), 422
    flash(f"{user.display_name} krijgt een mail met een link, die zeven dagen werkt.")
    return _mailed(user)


@admin.get("/accounts/<int:user_id>")
@of_user
def show_colleague(user: User) -> ResponseReturnValue:
    """Show one account and what can be done about it."""
    return show(_page(user, RolesForm(roles=[role.value for role in user.roles])))


@admin.post("/accounts/<int:user_id>/rollen")
@of_user
def change_roles(user: User) -> ResponseReturnValue:
    """Give an account other roles; they hold from its next request on."""
    form = RolesForm()
    if not form.validate():
        return show(_page(user, form)), 422
    try:
        accounts.change_roles(db_session(), user, form.chosen(), by=signed_in().id, now=now())
    except Rejected as refused:
        db_session().rollback()
        return show(_page(user, form, refused)), 422
    return _done(user, "De rollen zijn gewijzigd. Ze gelden meteen.")


@admin.post("/accounts/<int:user_id>/afsluiten")
@of_user
def disable(user: User) -> ResponseReturnValue:
    """Close an account; its sessions end at once."""
    try:
        accounts.disable_user(db_session(), user, by=signed_in().id, now=now())
    except Rejected as refused:
        db_session().rollback()
        return show(_page(user, RolesForm(formdata=None, roles=[role.value for role in user.roles]), refused)), 422
    return _done(user, "Het account is afgesloten. Alle aanmeldingen zijn beëindigd.")


@admin.post("/accounts/<int:user_id>/openen")
@of_user
def enable(user: User) -> ResponseReturnValue:
    """Open a closed account again."""
    accounts.enable_user(db_session(), user, by=signed_in().id, now=now())
    return _done(user, "Het account is weer open.")


@admin.post("/accounts/<int:user_id>/aanmeldingen/beeindigen")
@of_user
def end_sessions_of(user: User) -> ResponseReturnValue:
    """Sign an account out everywhere; one's own present browser stays signed in."""
    me = signed_in()
    here = me.session_id if user.id == me.id else None
    accounts.end_other_sessions(db_session(), user.id, but=here, by=me.id, now=now())
    return _done(user, "De aanmeldingen zijn beëindigd.")


@admin.post("/accounts/<int:user_id>/tweede-stap/wissen")
@of_user
def reset_second_factor(user: User) -> ResponseReturnValue:
    """Take away the second factors of who lost them."""
    me = signed_in()
    if user.id == me.id:
        flash("Je eigen tweede stap beheer je bij Mijn account.")
        return redirect(url_for("admin.show_colleague", user_id=user.id), code=303)
    second_factor.reset_second_factor(db_session(), user, by=me.id, now=now())
    return _done(user, "De tweede stap is gewist. Na het aanmelden stelt die persoon een nieuwe in.")


@admin.post("/accounts/<int:user_id>/link")
@of_user
def mail_link(user: User) -> ResponseReturnValue:
    """Mail an account a link to choose a password: the invitation again, or a new password."""
    if not user.is_active:
        return _done(user, "Open het account eerst weer.")
    purpose = Purpose.RESET if user.password_hash else Purpose.INVITATION
    accounts.ask_link(db_session(), user, purpose, by=signed_in().id, now=now())
    flash("De mail met een link is onderweg.")
    return _mailed(user)


@admin.get("/logboek")
def show_log() -> ResponseReturnValue:
    """Show the audit log, the newest entry first."""
    session, wanted = db_session(), read_wanted(request.args)
    found = queries.entries(session, wanted, number=page_number(request.args.get("pagina")))
    filters = {name: value for name, value in request.args.items() if name != "pagina" and value}

    def address(number: int | None) -> str | None:
        return None if number is None else f"{request.path}?{urlencode({**filters, 'pagina': number})}"

    page = LogPage.of(
        found,
        wanted,
        names=account_queries.names_by_id(session),
        kinds=queries.kinds(session),
        previous_address=address(found.previous),
        next_address=address(found.next),
    )
    return show(page)


def _page(user: User, form: RolesForm, refused: Rejected | None = None) -> ColleaguePage:
    session, moment = db_session(), now()
    return ColleaguePage.of(
        user,
        form,
        account_queries.open_sessions(session, user.id, idle=reach().idle, now=moment),
        last_seen_at=account_queries.last_seen(session).get(user.id),
        reader=signed_in().id,
        problems=refused.problems if refused else (),
    )


def _done(user: User, said: str) -> ResponseReturnValue:
    flash(said)
    return redirect(url_for("admin.show_colleague", user_id=user.id), code=303)


def _mailed(user: User) -> ResponseReturnValue:
    """Lead back to the account; the mail leaves after the answer, once what asked for it is stored."""
    answer = current_app.make_response(redirect(url_for("admin.show_colleague", user_id=user.id), code=303))
    answer.call_on_close(mail_soon())
    return answer
