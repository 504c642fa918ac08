"""The page of a ruling and the addresses that lead to it."""

from collections.abc import Callable
from http import HTTPStatus

from flask import abort, redirect, send_file, url_for
from flask.typing import ResponseReturnValue

from helpdesk.core import markup, references
from helpdesk.core.clock import brussels_date, now
from helpdesk.core.errors import NotFound
from helpdesk.core.pdf import PdfStore
from helpdesk.rulings import queries
from helpdesk.rulings.models import AliasKind, Ruling, RulingState
from helpdesk.rulings.pages import (
    ChoosePage,
    Link,
    NotHeldPage,
    PrintedRuling,
    RulingPage,
    RulingRow,
    Surroundings,
    Treatment,
    WithdrawnPage,
    citing,
    line_of,
)
from helpdesk.rulings.rules.naming import fits, normals_of, ruling_title
from helpdesk.rulings.rules.records import record_of
from helpdesk.web.audiences import public
from helpdesk.web.database import db_session
from helpdesk.web.files import file_answer
from helpdesk.web.highlighting import Highlighting
from helpdesk.web.printing import pdf_answer
from helpdesk.web.services import services
from helpdesk.web.views import show
from jurisprudence.courts import UnknownCourt
from jurisprudence.exchange.formats import FORMATS
from jurisprudence.exchange.record import RulingRecord
from jurisprudence.identifiers import InvalidEcli, InvalidRulingNumber, RulingNumber, parse_ecli, parse_ruling_number
from jurisprudence.official import official_address

MOST_RELATED = 6
MOST_ON_ARTICLES = 6
RULING_KIND = "rechtspraak"  # of what refers


@public.get("/rechtspraak/<slug>")
def show_ruling(slug: str) -> ResponseReturnValue:
    """Show one ruling; an old address leads to the present one, and a withdrawn ruling says why it is gone."""
    ruling = queries.find_ruling(db_session(), slug)
    if ruling is None or ruling.state is RulingState.DRAFT:
        return _moved(slug)
    if ruling.state is RulingState.WITHDRAWN:
        return show(WithdrawnPage(title="Ingetrokken uitspraak", reason=ruling.withdrawn_reason or "")), HTTPStatus.GONE
    return show(_page(ruling))


@public.get("/rechtspraak/<slug>/pdf")
def print_ruling(slug: str) -> ResponseReturnValue:
    """Answer the record of a ruling as PDF."""
    page = _page(queries.get_ruling(db_session(), slug))
    return pdf_answer(PrintedRuling.of(page, services().settings.base_url, today=brussels_date(now())), slug)


def _page(ruling: Ruling) -> RulingPage:
    around = _surroundings(ruling)
    nodes = [theme.node for theme in ruling.themes]
    near = queries.rulings_about(db_session(), nodes, limit=MOST_RELATED + MOST_ON_ARTICLES + 1)
    shown = {ruling.slug, *(row.slug for row in around.same_articles)}
    return RulingPage.of(
        ruling,
        _record(ruling),
        around=around,
        related=[other for other in near if other.slug not in shown][:MOST_RELATED],
        vocabulary=services().vocabulary,
        canonical=url_for("public.show_ruling", slug=ruling.slug),
        highlighting=Highlighting(),
        linked=_linked(ruling),
    )


def _linked(ruling: Ruling) -> Callable[[str], str]:
    """Return what turns a plain text of a ruling into HTML with links to what it refers to, itself left out."""
    recogniser, own = services().vocabulary.recogniser, set(normals_of(ruling))
    removed = queries.removed_addresses(db_session(), ruling.document_id)

    def places(text: str) -> list[tuple[int, int, str]]:
        return [place for place in references.places(text, recogniser) if references.normal_of(place[2]) not in own]

    return lambda text: queries.settle_links(db_session(), markup.linked_text(text, places), removed)


def _surroundings(ruling: Ruling) -> Surroundings:
    session, vocabulary = db_session(), services().vocabulary
    treatments = queries.treatments_of(session, ruling.slug)
    others = {slug for row in treatments for slug in (row.treating_slug, row.treated_slug) if slug} - {ruling.slug}
    treating = queries.listed_rulings(session, sorted(others))
    titles = {other.slug: ruling_title(other, vocabulary) for other in treating}
    articles = [article.normal for article in ruling.articles if ":" in article.normal]
    same = queries.rulings_on_articles(session, articles, apart_from=ruling.slug, limit=MOST_ON_ARTICLES)
    cited = queries.rulings_cited_by(session, ruling)
    referring = [row for row in references.referring_to(session, normals_of(ruling)) if fits(row, ruling)]
    sources = [source for source, _ in references.distinct_sources(referring) if source.kind == RULING_KIND]
    cited_by = queries.listed_rulings(session, [source.address.removeprefix("/rechtspraak/") for source in sources])
    return Surroundings(
        treatments=[Treatment.of(row, ruling.slug, titles) for row in treatments],
        cites=[Link(ruling_title(one, vocabulary), f"/rechtspraak/{one.slug}") for one in cited],
        cited_by=citing(referring),
        same_articles=[RulingRow.of(other, vocabulary) for other in same],
        line=line_of(
            ruling,
            treatments=treatments,
            cites=cited,
            cited_by=cited_by,
            treating=treating,
            vocabulary=vocabulary,
        ),
    )


@public.get("/rechtspraak/<slug>/<any(ris, bibtex, ecli):form>")
def download_ruling(slug: str, form: str) -> ResponseReturnValue:
    """Answer the reference of one ruling as a file; ECLI metadata only when the ruling has that identifier."""
    record = _record(queries.get_ruling(db_session(), slug))
    if form == "ecli" and record.stated_ecli is None:
        abort(404)
    return file_answer(FORMATS[form].write_for_people([record]), FORMATS[form], slug)


@public.get("/rechtspraak/<slug>/bron.pdf")
def download_source(slug: str) -> ResponseReturnValue:
    """Hand out the text of the court, as a file to keep and never to open inside the site."""
    ruling = queries.get_ruling(db_session(), slug)
    path = PdfStore(services().settings.uploads_dir).kept(ruling.file.sha256) if ruling.file else None
    if path is None:
        raise NotFound(f"Bij /rechtspraak/{slug} hoort geen pdf.")
    return send_file(path, mimetype="application/pdf", as_attachment=True, download_name=f"{slug}.pdf", max_age=0)


@public.get("/ecli/<ecli>")
def find_by_ecli(ecli: str) -> ResponseReturnValue:
    """Lead from an ECLI to its ruling; one that was replaced leads there for good."""
    try:
        wanted = str(parse_ecli(ecli))
    except InvalidEcli:
        abort(404)
    ruling = queries.find_ruling_by_ecli(db_session(), wanted)
    if ruling is not None:
        return redirect(url_for("public.show_ruling", slug=ruling.slug), code=302)
    replaced = queries.find_by_alias(db_session(), AliasKind.ECLI, wanted)
    if replaced is None or replaced.state is RulingState.DRAFT:
        abort(404)
    return redirect(url_for("public.show_ruling", slug=replaced.slug), code=301)


@public.get("/rechtspraak/nr/<court>/<path:number>")
def find_by_number(court: str, number: str) -> ResponseReturnValue:
    """Lead from a court and a number to its ruling; a number may contain slashes (121/2013)."""
    try:
        wanted = parse_ruling_number(court.upper(), number)
    except InvalidRulingNumber:
        abort(404)
    found = queries.rulings_by_normal(db_session(), wanted.normal)
    if not found:
        return _not_held(wanted)
    if len(found) == 1:
        return redirect(url_for("public.show_ruling", slug=found[0].slug), code=302)
    rows = [RulingRow.of(ruling, services().vocabulary) for ruling in found]
    return show(ChoosePage(title=f"Uitspraken met nummer {number}", rulings=rows))


def _not_held(number: RulingNumber) -> ResponseReturnValue:
    try:
        court = services().vocabulary.courts.get_court(number.court)
    except UnknownCourt:
        abort(404)
    page = NotHeldPage(
        title=f"{court.abbr_nl} {number.display} staat niet in onze databank",
        official=official_address(number.normal) or "",
        court=court.name_nl,
    )
    return show(page), 404


def _record(ruling: Ruling) -> RulingRecord:
    return record_of(ruling, services().vocabulary, base_url=services().settings.base_url)


def _moved(slug: str) -> ResponseReturnValue:
    """Lead an old address to the present one. Raises NotFound."""
    ruling = queries.find_by_alias(db_session(), AliasKind.SLUG, slug)
    if ruling is None or ruling.state is RulingState.DRAFT:
        raise NotFound(f"Er is geen uitspraak op het adres /rechtspraak/{slug}.")
    return redirect(url_for("public.show_ruling", slug=ruling.slug), code=301)
