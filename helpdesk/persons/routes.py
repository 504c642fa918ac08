"""The administrator's screen: what is held about an address, as a file, and gone."""

from flask import Response, current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from helpdesk.accounts.routes import signed_in
from helpdesk.core import erasures
from helpdesk.core.clock import brussels_date, now
from helpdesk.core.erasures import PersonKind
from helpdesk.core.errors import Rejected
from helpdesk.core.mail import Folder
from helpdesk.persons import actions, queries, rules
from helpdesk.persons.forms import AddressForm, EraseForm
from helpdesk.persons.pages import PersonPage, PersonsPage
from helpdesk.web.audiences import admin
from helpdesk.web.database import db_session
from helpdesk.web.services import services
from helpdesk.web.views import show


@admin.route("/personen", methods=["GET", "POST"])
def find_person() -> ResponseReturnValue:
    """Ask for an address and show what is held about it; that somebody looked is noted."""
    form = AddressForm()
    if not form.is_submitted():
        return show(PersonsPage(form=form))
    if not form.validate():
        return show(PersonsPage(form=form)), 422
    held = queries.find_held(db_session(), form.spellings)
    actions.note_use(db_session(), "looked_up", held, by=signed_in().id, now=now())
    return show(
        _page(form.spellings, EraseForm(formdata=None, kinds=held.kinds or list(PersonKind), adres=form.spellings[-1]))
    )


@admin.post("/personen/uitvoer")
def export_person() -> ResponseReturnValue:
    """Answer everything that is held about an address as a JSON file."""
    form = AddressForm()
    if not form.validate():
        return show(PersonsPage(form=form)), 422
    session, moment = db_session(), now()
    held = queries.find_held(session, form.spellings)
    found = queries.export(session, held, address=form.spellings[0], now=moment)
    actions.note_use(session, "exported", held, by=signed_in().id, now=moment)
    name = f"gegevens-{brussels_date(moment).isoformat()}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(rules.written(found), mimetype="application/json", headers=headers)


@admin.post("/personen/wissen")
def erase_person() -> ResponseReturnValue:
    """Erase what is ticked of what is held about an address."""
    form = EraseForm()
    if not form.validate():
        known = getattr(form, "spellings", None)
        return show(_page(known, form) if known else PersonsPage(form=AddressForm(formdata=None))), 422
    session, settings = db_session(), services().settings
    addresses = [*queries.find_held(session, form.spellings).addresses, *form.spellings]
    try:
        erased = actions.erase(
            session, form.spellings, form.chosen(), key=settings.secret_key, by=signed_in().id, now=now()
        )
    except Rejected as refused:
        session.rollback()
        return show(_page(form.spellings, form, refused)), 422
    said = ", ".join(kind.value for kind in erased) or "er was niets bewaard"
    flash(f"Gewist: {said}. De wissing is genoteerd en geldt ook voor reservekopieën.")
    answer = current_app.make_response(redirect(url_for("admin.find_person"), code=303))
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's documented way

    def finish() -> None:
        """Once it is stored: the line of the ledger beside the database, and no letter left in the folder."""
        with app.app_context():
            erasures.keep_ledger(db_session(), settings.data_dir / erasures.LEDGER)
            Folder(settings.mail_dir).forget_to(addresses)

    answer.call_on_close(finish)
    return answer


def _page(spellings: list[str], form: EraseForm, refused: Rejected | None = None) -> PersonPage:
    session = db_session()
    held = queries.find_held(session, spellings)
    found = queries.export(session, held, address=spellings[0], now=now())
    return PersonPage.of(spellings[-1], held, found, form, problems=refused.problems if refused else ())
