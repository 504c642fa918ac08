"""The second step of signing in, and one's own app, passkeys and recovery codes."""

from collections.abc import Callable, Sequence
from functools import partial
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from helpdesk.accounts import actions as accounts
from helpdesk.accounts import queries as account_queries
from helpdesk.accounts.actions import LoginRefused, LoginThrottled
from helpdesk.accounts.models import User
from helpdesk.accounts.queries import Presence
from helpdesk.accounts.routes import (
    THROTTLED,
    TOKEN,
    WANTED,
    digest_here,
    find_presence,
    own_account,
    reach,
    session_length,
    signed_in,
    source_digest,
    this_browser,
    try_as,
    welcome,
    where_to,
)
from helpdesk.accounts.rules import CODES, OBLIGED, TWO_FACTORS, Owed, is_on_own_machine
from helpdesk.core.clock import now
from helpdesk.core.errors import NotFound, Rejected
from helpdesk.second_factor import actions, queries, rules
from helpdesk.second_factor.forms import NewPasskeyForm, PasskeyForm, StepForm, TotpForm
from helpdesk.second_factor.pages import (
    AddPasskeyPage,
    AddTotpPage,
    PasskeyRow,
    PasskeySignInPage,
    RecoveryCodesPage,
    SecondFactorPage,
    SecondStepPage,
)
from helpdesk.second_factor.rules import Party
from helpdesk.web.audiences import account, public
from helpdesk.web.database import db_session
from helpdesk.web.services import services
from helpdesk.web.shell import SITE_NAME
from helpdesk.web.transaction import commit_even_if_refused
from helpdesk.web.views import show

CHALLENGE = "challenge"
CHALLENGE_LASTS_SECONDS = 600
NOT_TAKEN = "Deze code klopt niet of is al gebruikt. Wacht op de volgende code van je app, of neem een herstelcode."
NO_PASSKEY = "Deze passkey wordt hier niet herkend. Probeer het opnieuw, of meld je aan met je wachtwoord."


@public.route("/aanmelden/tweede-stap", methods=["GET", "POST"])
def take_second_step() -> ResponseReturnValue:
    """Take a code from whoever gave the right password; until then the session opens nothing."""
    here = find_presence()
    if here is None or here.owed is not Owed.SECOND_STEP:
        return redirect(url_for("public.sign_in"))
    form = StepForm()
    page = partial(SecondStepPage, form=form, passkey_form=PasskeyForm(formdata=None), options=_step_options(here))
    if request.method != "POST":
        return show(page())
    if not form.validate():
        return show(page()), 422
    code, secret = form.code.data or "", services().settings.secret_key
    return _prove(here, lambda: actions.use_code(db_session(), here.user, code, secret=secret, now=now()), page)


@public.post("/aanmelden/tweede-stap/passkey")
def take_second_step_with_passkey() -> ResponseReturnValue:
    """Take a passkey from whoever gave the right password."""
    here, party, challenge = find_presence(), find_party(), _held_challenge()
    if here is None or here.owed is not Owed.SECOND_STEP:
        return redirect(url_for("public.sign_in"), code=303)
    form = PasskeyForm()
    page = partial(SecondStepPage, form=StepForm(formdata=None), passkey_form=form, options=_step_options(here))

    def check() -> None:
        if party is None or challenge is None or not form.validate():
            raise LoginRefused
        owner = actions.use_passkey(
            db_session(), form.credential.data or "", party=party, challenge=challenge, now=now()
        )
        if owner.id != here.user.id:
            raise LoginRefused

    return _prove(here, check, page, refusal=NO_PASSKEY)


def _prove(
    here: Presence,
    check: Callable[[], None],
    page: Callable[..., SecondStepPage],
    *,
    refusal: str = NOT_TAKEN,
) -> ResponseReturnValue:
    """Let someone in when a check passes; tries are counted apart from those of passwords."""
    attempt = try_as(here.user, "code")
    try:
        accounts.check_not_throttled(db_session(), attempt, CODES, now=now())
        check()
    except LoginThrottled:
        commit_even_if_refused()
        return show(page(problem=THROTTLED)), 429
    except LoginRefused:
        return show(page(problem=refusal)), 422
    db_session().delete(attempt)
    left = queries.recovery_codes_left(db_session(), here.user.id)
    if left <= 2:  # noqa: PLR2004 - while there is still one to sign in with
        flash(f"Je hebt nog {left} herstelcodes. Maak nieuwe bij Mijn account.")
    token, wanted = accounts.pass_second_step(db_session(), here.session, now=now()), str(session.get(WANTED, ""))
    _renew_cookie(token)
    return redirect(where_to(wanted, here), code=303)


@public.route("/aanmelden/passkey", methods=["GET", "POST"])
def sign_in_with_passkey() -> ResponseReturnValue:
    """Let a colleague sign in with a passkey alone."""
    party, form, challenge = find_party(), PasskeyForm(), _held_challenge()
    if request.method != "POST":
        session[WANTED] = request.args.get("verder", "")
        return show(PasskeySignInPage(form=form, options=_options(party)))
    refused = partial(PasskeySignInPage, form=PasskeyForm(formdata=None))
    if party is None or challenge is None or not form.validate():
        return show(refused(options=_options(party), problem=NO_PASSKEY)), 422
    source = source_digest("passkey")
    attempt = accounts.note_try(db_session(), account_digest=digest_here(challenge), source_digest=source, now=now())
    db_session().commit()
    wanted = str(session.get(WANTED, ""))
    try:
        accounts.check_not_throttled(db_session(), attempt, CODES, now=now())
        token = actions.sign_in_with_passkey(
            db_session(),
            form.credential.data or "",
            party=party,
            challenge=challenge,
            now=now(),
            lasts=session_length(),
            browser=this_browser(),
        )
    except LoginThrottled:
        commit_even_if_refused()
        return show(refused(options=_options(party), problem=THROTTLED)), 429
    except LoginRefused:
        session.pop(CHALLENGE, None)
        return show(refused(options=_options(party), problem=NO_PASSKEY)), 422
    db_session().delete(attempt)
    return welcome(token, wanted)


@account.get("/tweede-stap")
def show_second_factor() -> ResponseReturnValue:
    """Show one's own second factors, and what can be set up."""
    return show(_overview(own_account()))


@account.route("/tweede-stap/app", methods=["GET", "POST"])
def add_totp() -> ResponseReturnValue:
    """Take an authenticator app into use; nothing is kept before its code proves that it has the key."""
    user, form, secret = own_account(), TotpForm(), services().settings.secret_key
    key = rules.unlock(form.key.data or "", secret=secret, most_seconds=rules.MOST_SETUP_SECONDS)
    if key is None:
        key = rules.new_totp_key()
        form.key.data = rules.lock(key, secret=secret)
    address = rules.app_address(key, account=user.email, site=SITE_NAME)
    page = partial(
        AddTotpPage,
        form=form,
        key_in_groups=rules.in_groups(key),
        app_address=address,
        picture=rules.picture_of(address),
    )
    if request.method != "POST":
        return show(page())
    if not form.validate():
        return show(page()), 422
    try:
        codes = actions.add_totp(db_session(), user, key, form.code.data or "", secret=secret, now=now())
    except Rejected as refused:
        return show(page(problems=refused.problems)), 422
    return _is_set_up(codes, "De app is ingesteld.")


@account.post("/tweede-stap/app/verwijderen")
def remove_totp() -> ResponseReturnValue:
    """Forget one's authenticator app."""
    user = own_account()
    try:
        actions.remove_totp(db_session(), user, is_obliged=_is_obliged(user), now=now())
    except Rejected as refused:
        return show(_overview(user, refused.problems)), 422
    flash("De app is niet meer ingesteld.")
    return redirect(url_for("account.show_second_factor"), code=303)


@account.route("/tweede-stap/passkey", methods=["GET", "POST"])
def add_passkey() -> ResponseReturnValue:
    """Make a passkey on this device or on a key."""
    user, form, party, challenge = own_account(), NewPasskeyForm(), find_party(), _held_challenge()
    page = partial(AddPasskeyPage, form=form, options=_registration_options(user, party))
    if request.method != "POST":
        return show(page())
    if not form.validate():
        return show(page()), 422
    if party is None or challenge is None:
        return show(page(problems=["Deze pagina stond te lang open. Probeer het opnieuw."])), 422
    try:
        codes = actions.add_passkey(
            db_session(),
            user,
            name=form.name.data or "",
            credential=form.credential.data or "",
            party=party,
            challenge=challenge,
            now=now(),
        )
    except Rejected as refused:
        return show(page(problems=refused.problems)), 422
    return _is_set_up(codes, "De passkey is gemaakt.")


@account.post("/tweede-stap/passkey/<int:passkey_id>/verwijderen")
def remove_passkey(passkey_id: int) -> ResponseReturnValue:
    """Forget one of one's passkeys."""
    user = own_account()
    try:
        actions.remove_passkey(db_session(), user, passkey_id, is_obliged=_is_obliged(user), now=now())
    except NotFound:
        flash("Deze passkey was al verwijderd.")
        return redirect(url_for("account.show_second_factor"), code=303)
    except Rejected as refused:
        return show(_overview(user, refused.problems)), 422
    flash("De passkey is verwijderd. Verwijder ze ook op je toestel.")
    return redirect(url_for("account.show_second_factor"), code=303)


@account.post("/tweede-stap/herstelcodes")
def renew_recovery_codes() -> ResponseReturnValue:
    """Make ten new recovery codes and show them, once."""
    user = own_account()
    if user.second_factor_at is None:
        return redirect(url_for("account.show_second_factor"), code=303)
    codes = actions.renew_recovery_codes(db_session(), user, now=now())
    return show(RecoveryCodesPage(codes=codes, done="De vorige codes werken niet meer."))


def find_party() -> Party | None:
    """Return who asks for passkeys, or None at an address that browsers allow none for: a bare number."""
    base_url = services().settings.base_url
    origin = request.host_url.rstrip("/") if is_on_own_machine(base_url) else base_url
    parts = urlsplit(origin)
    domain = parts.hostname or ""
    try:
        ip_address(domain)
    except ValueError:
        return Party(name=SITE_NAME, domain=domain, origin=f"{parts.scheme}://{parts.netloc}")
    return None


def _overview(user: User, problems: Sequence[str] = ()) -> SecondFactorPage:
    return SecondFactorPage(
        must_set_up=signed_in().must_set_up,
        is_obliged=_is_obliged(user),
        has_app=queries.find_totp_key(db_session(), user.id) is not None,
        passkeys=[
            PasskeyRow(one.id, one.name, one.added_at, one.last_used_at)
            for one in queries.passkeys(db_session(), user.id)
        ],
        codes_left=queries.recovery_codes_left(db_session(), user.id),
        problems=problems,
    )


def _is_obliged(user: User) -> bool:
    return bool(OBLIGED & user.roles) and not (user.is_demo and reach().demo_is_exempt)


def _is_set_up(codes: Sequence[str], done: str) -> ResponseReturnValue:
    """End setting up: what was just proven counts for this session, and first codes are shown this once."""
    session.pop(CHALLENGE, None)
    here = account_queries.get_session(db_session(), signed_in().session_id)
    if here.factors < TWO_FACTORS:
        _renew_cookie(accounts.pass_second_step(db_session(), here, now=now()))
    if codes:
        return show(RecoveryCodesPage(codes=codes, done=done))
    flash(done)
    return redirect(url_for("account.show_second_factor"), code=303)


def _renew_cookie(token: str) -> None:
    """Give this browser the new token of its session."""
    for name in (WANTED, CHALLENGE):
        session.pop(name, None)
    session[TOKEN] = token


def _challenge() -> str:
    """Return the challenge of this browser, one and the same for its tabs for some minutes."""
    held = _held_challenge()
    if held is None:
        held = rules.new_challenge()
        session[CHALLENGE] = [held, int(now().timestamp())]
    return held


def _held_challenge() -> str | None:
    kept = session.get(CHALLENGE)
    if not isinstance(kept, list) or int(now().timestamp()) - int(kept[1]) > CHALLENGE_LASTS_SECONDS:
        return None
    return str(kept[0])


def _options(party: Party | None) -> str | None:
    return rules.sign_in_options(party, challenge=_challenge()) if party else None


def _step_options(here: Presence) -> str | None:
    return _options(find_party()) if queries.passkeys(db_session(), here.user.id) else None


def _registration_options(user: User, party: Party | None) -> str | None:
    if party is None:
        return None
    return rules.registration_options(
        party,
        user_id=user.id,
        email=user.email,
        display_name=user.display_name,
        held=[one.credential_id for one in queries.passkeys(db_session(), user.id)],
        challenge=_challenge(),
    )
