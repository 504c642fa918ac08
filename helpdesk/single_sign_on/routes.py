"""Signing in at the organisation's own identity provider (OpenID Connect, code flow with PKCE)."""

from dataclasses import asdict
from http import HTTPStatus

import structlog
from flask import redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from helpdesk.accounts.actions import LoginRefused
from helpdesk.accounts.routes import WANTED, session_length, this_browser, welcome
from helpdesk.core.clock import now
from helpdesk.single_sign_on import actions, queries, rules
from helpdesk.single_sign_on.forms import ReturnForm
from helpdesk.single_sign_on.pages import RefusedPage, ReturnPage
from helpdesk.single_sign_on.queries import ProviderGone
from helpdesk.single_sign_on.rules import Client, NotBelieved, Question
from helpdesk.web.audiences import public
from helpdesk.web.database import db_session
from helpdesk.web.services import services
from helpdesk.web.views import show

log = structlog.get_logger()

ASKED = "single_sign_on"
AGAIN = "Begin opnieuw op de pagina Aanmelden. Lukt het dan niet, verwittig dan de beheerder."
UNKNOWN = (
    "Je organisatie bevestigt wie je bent, maar op deze site is er geen account met jouw e-mailadres. "
    "Vraag de beheerder om je uit te nodigen."
)
GONE = (
    "De aanmelddienst van je organisatie antwoordt niet. Probeer het straks opnieuw, of meld je aan met je wachtwoord."
)


@public.get("/aanmelden/organisatie")
def start_single_sign_on() -> ResponseReturnValue:
    """Send someone to the identity provider; nothing is stored but what the browser itself keeps."""
    client = find_client()
    if client is None:
        return redirect(url_for("public.sign_in"))
    question = Question.new(now=now())
    try:
        endpoint = str(queries.metadata(client)["authorization_endpoint"])
    except (ProviderGone, NotBelieved) as gone:
        return _refuse(gone, GONE, HTTPStatus.BAD_GATEWAY)
    session[ASKED], session[WANTED] = asdict(question), request.args.get("verder", "")
    return redirect(rules.authorization_address(endpoint, client, question))


@public.get("/aanmelden/organisatie/terug")
def come_back() -> ResponseReturnValue:
    """Show who comes back from the provider the form that signs in: looking at an address changes nothing."""
    form = ReturnForm()
    if find_client() is None:
        return redirect(url_for("public.sign_in"))
    for field in (form.code, form.state, form.iss):
        field.data = request.args.get(field.name, "")
    if not form.code.data:
        return _refuse(NotBelieved("no code"), AGAIN, HTTPStatus.BAD_REQUEST)
    return show(ReturnPage(form=form))


@public.post("/aanmelden/organisatie/terug")
def end_single_sign_on() -> ResponseReturnValue:
    """Sign in who comes back from the provider, when its answer belongs to what this browser asked."""
    client, kept, wanted = find_client(), session.pop(ASKED, None), str(session.get(WANTED, ""))
    if client is None:
        return redirect(url_for("public.sign_in"), code=303)
    try:
        token = _session_for(ReturnForm(), client, Question(**kept) if kept else None)
    except actions.NoAccount as unknown:
        return _refuse(unknown, UNKNOWN, HTTPStatus.FORBIDDEN)
    except (NotBelieved, LoginRefused) as refused:
        return _refuse(refused, AGAIN, HTTPStatus.BAD_REQUEST)
    except ProviderGone as gone:
        return _refuse(gone, GONE, HTTPStatus.BAD_GATEWAY)
    return welcome(token, wanted)


def _session_for(form: ReturnForm, client: Client, asked: Question | None) -> str:
    """Return the token of a new session. Raises NotBelieved, ProviderGone, LoginRefused."""
    if not form.validate():
        raise NotBelieved("form")
    question = rules.check_return(form.state.data or "", form.iss.data or "", asked, client, now=now())
    found = queries.metadata(client)
    token = queries.id_token(found, client, question, form.code.data or "")
    person = rules.read_id_token(token, queries.keys(found), client, question, now=now())
    return actions.sign_in_by_provider(
        db_session(), person, question, now=now(), lasts=session_length(), browser=this_browser()
    )


def find_client() -> Client | None:
    """Return how the provider knows us, or None when there is no single sign-on."""
    settings = services().settings
    if not settings.oidc_issuer or not settings.oidc_client_id:
        return None
    return Client(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        secret=settings.oidc_client_secret,
        return_address=settings.base_url + url_for("public.come_back"),
        email_claim=settings.oidc_email_claim,
        strong_acr=frozenset(settings.oidc_strong_acr.split()),
    )


def _refuse(why: Exception, advice: str, status: HTTPStatus) -> ResponseReturnValue:
    """Explain a refusal; the log learns the reason, never who it was."""
    log.warning("single_sign_on_refused", kind=type(why).__name__, why=str(why))
    return show(RefusedPage(advice=advice)), status
