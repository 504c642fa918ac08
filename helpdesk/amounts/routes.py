"""The register of amounts: for everyone to read, for editors to add to."""

from http import HTTPStatus

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from helpdesk.accounts.routes import signed_in
from helpdesk.amounts import actions, queries
from helpdesk.amounts.forms import PeriodForm
from helpdesk.amounts.pages import AmountsOfEditorsPage, AmountsPage, PeriodPage
from helpdesk.core import amount_store
from helpdesk.core.amount_store import RegisterChanged
from helpdesk.core.amounts import Amount
from helpdesk.core.clock import brussels_date, now
from helpdesk.core.errors import NotFound, Rejected
from helpdesk.web.audiences import editing, public
from helpdesk.web.database import db_session
from helpdesk.web.services import services
from helpdesk.web.views import show


@public.get("/bedragen")
def list_amounts() -> ResponseReturnValue:
    """Show every amount: what it is today, what it was, and where that is written."""
    return show(AmountsPage.of(amount_store.live_register(db_session()), today=brussels_date(now())))


@editing.get("/bedragen")
def check_amounts() -> ResponseReturnValue:
    """Show editors which pages use each amount, and which amounts have no value today."""
    session = db_session()
    page = AmountsOfEditorsPage.of(
        amount_store.live_register(session),
        queries.texts_by_amount(session),
        queries.changes(session),
        services().vocabulary,
        today=brussels_date(now()),
    )
    return show(page)


@editing.route("/bedragen/<amount_id>", methods=["GET", "POST"])
def add_period(amount_id: str) -> ResponseReturnValue:
    """Let an editor add a period to an amount; every page that shows it follows."""
    session, form = db_session(), PeriodForm()
    amount = _amount(amount_id)
    if not form.is_submitted():
        form.seen.data = _version_now()
        return _page(amount, form)
    if not form.validate():
        return _page(amount, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        changed = actions.add_period(
            session,
            amount.id,
            form.period(),
            services().vocabulary,
            seen=form.version_seen,
            by=signed_in().id,
            now=now(),
        )
    except RegisterChanged:
        form.seen.data = _version_now()
        said = "Iemand wijzigde de bedragen terwijl je typte. Kijk hieronder na wat er nu staat en bewaar opnieuw."
        return _page(amount, form, [said]), HTTPStatus.CONFLICT
    except Rejected as refused:
        return _page(amount, form, refused.problems), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(_what_changed(len(changed)))
    return redirect(url_for("editing.check_amounts", _anchor=amount.id), code=303)


def _amount(amount_id: str) -> Amount:
    """Return an amount of the register in force. Raises NotFound."""
    amount = amount_store.live_register(db_session()).find(amount_id)
    if amount is None:
        raise NotFound(f"Er is geen bedrag '{amount_id}'.")
    return amount


def _version_now() -> str:
    version = amount_store.live_version(db_session())
    return str(version.number) if version else "0"


def _what_changed(count: int) -> str:
    if count == 0:
        return "Het bedrag is bewaard. Er verandert vandaag nog geen pagina."
    return f"Het bedrag is bewaard. {'1 pagina is' if count == 1 else f'{count} pagina’s zijn'} meteen aangepast."


def _page(amount: Amount, form: PeriodForm, problems: list[str] | None = None) -> str:
    used_in = queries.texts_by_amount(db_session()).get(amount.id, [])
    today = brussels_date(now())
    return show(PeriodPage.of(amount, form, used_in, services().vocabulary, today=today, problems=problems or ()))
