"""The log of the helpdesk: record, list, read back."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from helpdesk.accounts.routes import signed_in
from helpdesk.advice import actions, queries, rules
from helpdesk.advice.forms import blank_form, read_filter, sent_form
from helpdesk.advice.pages import AdviceListPage, AdvicePage, RecordAdvicePage
from helpdesk.advice.rules import AdviceRejected
from helpdesk.core.clock import brussels_date, now
from helpdesk.core.paging import page_number
from helpdesk.web.audiences import desk
from helpdesk.web.database import db_session
from helpdesk.web.services import services
from helpdesk.web.views import show


@desk.route("/adviezen/nieuw", methods=["GET", "POST"])
def record_advice() -> ResponseReturnValue:
    """Let a colleague record one piece of advice; "volgende" opens the form again for the next call."""
    vocabulary = services().vocabulary
    if request.method == "GET":
        return show(RecordAdvicePage.of(blank_form(vocabulary, today=brussels_date(now())), vocabulary))
    form = sent_form(vocabulary)
    if not form.validate():
        return show(RecordAdvicePage.of(form, vocabulary)), 422
    try:
        advice = actions.record_advice(
            db_session(), form.draft(), vocabulary=vocabulary, recorded_by=signed_in().id, now=now()
        )
    except AdviceRejected as refused:
        form.point_out(refused.broken)
        return show(RecordAdvicePage.of(form, vocabulary)), 422
    flash(f"Advies {advice.id} is bewaard.")
    if request.form.get("daarna") == "volgende":
        return redirect(url_for("desk.record_advice"), code=303)
    return redirect(url_for("desk.show_advice", advice_id=advice.id), code=303)


@desk.get("/adviezen")
def list_advice() -> ResponseReturnValue:
    """List the advice of this colleague; a coordinator sees the codes of all advice.

    A list that opens questions is noted, once, as a record that is read would be.
    """
    vocabulary, reader = services().vocabulary, signed_in()
    shows_all = rules.sees_all_codes(reader.roles)
    wanted = read_filter(request.args, vocabulary, recorded_by=None if shows_all else reader.id)
    rows = queries.advice_page(
        db_session(), wanted, number=page_number(request.args.get("pagina")), with_text_of=reader.id
    )
    theme = request.args.get("thema") if wanted.nodes else None
    page = AdviceListPage.of(
        rows,
        wanted,
        reader_id=reader.id,
        shows_all=shows_all,
        theme=theme,
        vocabulary=vocabulary,
        address=lambda query: url_for("desk.list_advice", **query),
    )
    if page.shows_text:
        actions.note_listing(db_session(), rows.number, by=reader.id, now=now())
    return show(page)


@desk.get("/adviezen/<int(max=2147483647):advice_id>")  # what the column can hold
def show_advice(advice_id: int) -> ResponseReturnValue:
    """Show a record to the colleague who made it, and note that it was read."""
    reader = signed_in()
    advice = queries.get_own_advice(db_session(), advice_id, recorded_by=reader.id)
    page = AdvicePage.of(advice, services().vocabulary)
    actions.note_reading(db_session(), advice_id, by=reader.id, now=now())
    return show(page)
