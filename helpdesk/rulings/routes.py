"""The page of a ruling and the addresses that lead to it."""

from flask import abort, redirect, url_for
from flask.typing import ResponseReturnValue

from helpdesk.rulings import queries
from helpdesk.rulings.pages import ChoosePage, RulingPage, RulingRow
from helpdesk.web.audiences import public
from helpdesk.web.database import db_session
from helpdesk.web.highlighting import Highlighting
from helpdesk.web.services import services
from helpdesk.web.views import show
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
            mentions=queries.mentions_of(session, ruling),
            related=[other for other in near if other.slug != slug][:MOST_RELATED],
            vocabulary=vocabulary,
            canonical=url_for("public.show_ruling", slug=slug),
            highlighting=Highlighting(),
        )
    )


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
