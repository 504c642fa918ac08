"""The page of a ruling and the addresses that lead to it."""

from flask import abort, redirect, url_for
from flask.typing import ResponseReturnValue

from helpdesk.rulings import queries
from helpdesk.rulings.models import Ruling
from helpdesk.rulings.pages import ChoosePage, RulingPage, RulingRow
from helpdesk.rulings.rules import record_of
from helpdesk.web.audiences import public
from helpdesk.web.database import db_session
from helpdesk.web.files import file_answer
from helpdesk.web.highlighting import Highlighting
from helpdesk.web.services import services
from helpdesk.web.views import show
from jurisprudence.exchange.formats import FORMATS
from jurisprudence.exchange.record import RulingRecord
from jurisprudence.identifiers import InvalidEcli, InvalidRulingNumber, parse_ecli, parse_ruling_number

MOST_RELATED = 6


@public.get("/rechtspraak/<slug>")
def show_ruling(slug: str) -> ResponseReturnValue:
    """Show one ruling."""
    session, vocabulary = db_session(), services().vocabulary
    ruling = queries.get_ruling(session, slug)
    nodes = [theme.node for theme in ruling.themes]
    near = queries.rulings_about(session, nodes, limit=MOST_RELATED + 1)
    return show(
        RulingPage.of(
            ruling,
            _record(ruling),
            mentions=queries.mentions_of(session, slug),
            related=[other for other in near if other.slug != slug][:MOST_RELATED],
            vocabulary=vocabulary,
            canonical=url_for("public.show_ruling", slug=slug),
            highlighting=Highlighting(),
        )
    )


@public.get("/rechtspraak/<slug>/<any(ris, bibtex, ecli):form>")
def download_ruling(slug: str, form: str) -> ResponseReturnValue:
    """Answer the reference of one ruling as a file; ECLI metadata only when the ruling has that identifier."""
    record = _record(queries.get_ruling(db_session(), slug))
    if form == "ecli" and record.stated_ecli is None:
        abort(404)
    return file_answer(FORMATS[form].write_for_people([record]), FORMATS[form], slug)


@public.get("/ecli/<ecli>")
def find_by_ecli(ecli: str) -> ResponseReturnValue:
    """Lead from an ECLI to its ruling."""
    try:
        wanted = str(parse_ecli(ecli))
    except InvalidEcli:
        abort(404)
    ruling = queries.find_ruling_by_ecli(db_session(), wanted)
    if ruling is None:
        abort(404)
    return redirect(url_for("public.show_ruling", slug=ruling.slug), code=302)


@public.get("/rechtspraak/nr/<court>/<path:number>")
def find_by_number(court: str, number: str) -> ResponseReturnValue:
    """Lead from a court and a number to its ruling; a number may contain slashes (121/2013)."""
    try:
        wanted = parse_ruling_number(court.upper(), number).normal
    except InvalidRulingNumber:
        abort(404)
    found = queries.rulings_by_number(db_session(), wanted)
    if not found:
        abort(404)
    if len(found) == 1:
        return redirect(url_for("public.show_ruling", slug=found[0].slug), code=302)
    rows = [RulingRow.of(ruling, services().vocabulary) for ruling in found]
    return show(ChoosePage(title=f"Uitspraken met nummer {number}", rulings=rows))


def _record(ruling: Ruling) -> RulingRecord:
    return record_of(ruling, services().vocabulary, base_url=services().settings.base_url)
