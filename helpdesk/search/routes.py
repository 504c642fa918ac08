"""Home, search, the list of rulings, the answer to an unknown address, and what machines ask for."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from http import HTTPStatus

from flask import Flask, Response, abort, jsonify, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound as UnknownAddress
from werkzeug.exceptions import ServiceUnavailable

from helpdesk.core.errors import NotFound
from helpdesk.core.markup import fold
from helpdesk.references import queries as reference_queries
from helpdesk.rulings import queries as ruling_queries
from helpdesk.rulings.pages import Link, RulingRow, theme_links
from helpdesk.rulings.rules.records import record_of
from helpdesk.search import actions
from helpdesk.search.actions import NodeIndex
from helpdesk.search.forms import SearchRequest
from helpdesk.search.pages import (
    MOST_DOWNLOADED,
    ArticleCard,
    HomePage,
    NotFoundPage,
    QualityPage,
    SearchHelpPage,
    SearchPage,
    hit_rows,
    suggestions,
)
from helpdesk.texts import queries as text_queries
from helpdesk.texts import rules as text_rules
from helpdesk.texts.models import TextKind
from helpdesk.texts.pages import NewsRow, address_of
from helpdesk.web.audiences import public
from helpdesk.web.database import db_session
from helpdesk.web.errors import explain, problem_document
from helpdesk.web.files import file_answer
from helpdesk.web.services import services
from helpdesk.web.shell import SITE_NAME
from helpdesk.web.views import show
from jurisprudence.exchange.ecli_metadata import write_ecli_sitemap
from jurisprudence.exchange.formats import FORMATS
from jurisprudence.exchange.record import RulingRecord
from jurisprudence.legislation import parse_normal
from jurisprudence.search.budget import QuestionTooHeavy
from jurisprudence.search.index import IndexDamaged
from jurisprudence.search.results import Hit, Kind, SearchResults, Sort

PER_PAGE = 10
MOST_TYPED = 100  # characters
MOST_NEAREST = 5
MOST_CARDS = 3
MOST_WORDS_OF_ADDRESS = 100  # characters
MOST_NEWS = 4
MOST_RULINGS = 5
DOWNLOADED_AT_A_TIME = 100  # rulings with their full text in memory
CLOSED_TO_ROBOTS = (
    "/zoeken",
    "/rechtspraak?",
    "/rechtspraak/download",
    "/helpdesk",
    "/redactie",
    "/beheer",
    "/aanmelden",
    "/volgen",
    "/account",
)
LISTS = ("/", "/themas", "/rechtspraak", "/nieuws", "/lexicon", "/wegwijzer", "/publicaties", "/bedragen")
ASKED_MOST = {
    "gezinshereniging": "Gezinshereniging",
    "humanitaire-regularisatie-9bis": "9bis",
    "medische-regularisatie-9ter": "9ter",
    "bgv": "Bevel (BGV)",
    "verblijfsdocumenten": "Verblijfsdocumenten",
    "dringende-medische-hulp": "Dringende medische hulp",
    "nationaliteitsverklaring": "Belg worden",
    "erkenning-akten": "Buitenlandse akten",
}
COURTS_ASKED_MOST = ("RVV", "RVS", "CASS", "GWH", "HVJ", "EHRM")
DOCUMENTS_ASKED_MOST = (
    "attest-immatriculatie",
    "bijlage-13",
    "bijlage-15",
    "bijlage-19ter",
    "bijlage-20",
    "bijlage-26",
)
ALL_DOCUMENTS = "verblijfsdocumenten"
LEGAL_AID = "juridische-bijstand"
TELLS_DOCUMENTS_APART = "welke-bijlage"


def init_not_found(app: Flask) -> None:
    """Answer an unknown address, and a record that does not exist, with search and the nearest pages.

    A question that is too heavy to search is answered with what to change.
    """
    app.register_error_handler(UnknownAddress, _not_found)
    app.register_error_handler(NotFound, _not_found)
    app.register_error_handler(QuestionTooHeavy, _too_heavy)


@public.get("/")
def show_home() -> ResponseReturnValue:
    """Show the first page."""
    session, vocabulary = db_session(), services().vocabulary
    rulings = ruling_queries.newest_rulings(session, limit=MOST_RULINGS)
    trees = text_queries.texts(session, kind=TextKind.TREE)
    pathways = {live.text.slug: Link(live.version.title, address_of(live, vocabulary)) for live in trees}
    courts = [vocabulary.courts.get_court(court_id) for court_id in COURTS_ASKED_MOST]
    return show(
        HomePage(
            title=SITE_NAME,
            description="Zoek in thema's, rechtspraak en nieuws over verblijf, asiel, familie en sociale rechten.",
            canonical="/",
            branches=_to_themes(branch.id for branch in vocabulary.themes.branches),
            popular=[Link(label, one.address) for node, label in ASKED_MOST.items() for one in _to_themes([node])],
            pathways=[link for slug, link in pathways.items() if slug != TELLS_DOCUMENTS_APART],
            courts=[Link(court.name_nl, url_for("public.list_rulings", hof=court.id)) for court in courts],
            documents=_to_themes(DOCUMENTS_ASKED_MOST),
            documents_overview=next(iter(_to_themes([ALL_DOCUMENTS])), None),
            recognise=pathways.get(TELLS_DOCUMENTS_APART),
            legal_aid=next(
                (
                    Link(f"Een kosteloze advocaat ({link.title.lower()})", link.address)
                    for link in _to_themes([LEGAL_AID])
                ),
                None,
            ),
            news=[NewsRow.of(live) for live in text_queries.news(session, limit=MOST_NEWS)],
            rulings=[RulingRow.of(ruling, vocabulary) for ruling in rulings],
            rulings_total=ruling_queries.count_rulings(session),
        )
    )


def _to_themes(nodes: Iterable[str]) -> list[Link]:
    """Return where these nodes stand, by their own title; one the tree no longer knows is left out."""
    return theme_links(list(nodes), services().vocabulary)


@public.get("/zoeken")
def search() -> ResponseReturnValue:
    """Search everything public."""
    return _results(SearchRequest.read(request.args, address=url_for("public.search")))


@public.get("/zoeken/suggesties")
def suggest() -> ResponseReturnValue:
    """Answer pages whose title, or everyday words, begin with what is being typed."""
    typed = request.args.get("q", "")[:MOST_TYPED]
    held = services()
    completions = held.search.complete(typed) if held.search.index.is_usable else []
    return jsonify([asdict(found) for found in suggestions(typed, completions, held.vocabulary)])


@public.get("/zoeken/hulp")
def explain_search() -> ResponseReturnValue:
    """Explain how to ask, with examples that run."""
    return show(SearchHelpPage.of(services().vocabulary.search_examples))


@public.get("/over/zoeken")
def show_quality() -> ResponseReturnValue:
    """Explain how the search ranks, with the quality measured last."""
    return show(QualityPage.of(actions.find_quality(_index_here()), services().vocabulary.question_kinds))


@public.get("/rechtspraak")
def list_rulings() -> ResponseReturnValue:
    """List the rulings, newest first, with the same search and facets."""
    return _results(SearchRequest.read(request.args, address=url_for("public.list_rulings"), fixed_kind=Kind.RULING))


@public.get("/rechtspraak/download/<any(csv, jsonl, ris, bibtex):form>")
def download_rulings(form: str) -> ResponseReturnValue:
    """Answer all rulings of a search as one file, in the order of the list; the address carries the same parameters."""
    asked = SearchRequest.read(request.args, address=url_for("public.list_rulings"), fixed_kind=Kind.RULING)
    kind = FORMATS[form]
    slugs = _slugs(asked)
    name = "uitspraken" if len(slugs) <= MOST_DOWNLOADED else f"uitspraken-eerste-{MOST_DOWNLOADED}"
    pieces = kind.write_for_people(_records(slugs[:MOST_DOWNLOADED]))
    return file_answer(stream_with_context(pieces), kind, name)


@public.get("/gezond")
def report_health() -> ResponseReturnValue:
    """Answer 200 when the database and the index answer, 503 otherwise."""
    count = ruling_queries.count_rulings(db_session())
    is_usable = services().search.index.is_usable
    state = jsonify(database="in orde", index="in orde" if is_usable else "onbruikbaar", uitspraken=count)
    return state, 200 if is_usable else 503


@public.get("/robots.txt")
def guide_robots() -> ResponseReturnValue:
    """Keep robots out of search results and the workplace."""
    closed = "\n".join(f"Disallow: {path}" for path in CLOSED_TO_ROBOTS)
    base_url = services().settings.base_url
    sitemaps = "\n".join(f"Sitemap: {base_url}{path}" for path in ("/sitemap.xml", "/sitemap/ecli.xml"))
    return Response(f"User-agent: *\n{closed}\n{sitemaps}\n", mimetype="text/plain")


@public.get("/sitemap.xml")
def map_site() -> ResponseReturnValue:
    """List the sitemaps: one per kind of text, and one per year of rulings, with the day something in it changed."""
    session = db_session()
    changed = text_queries.last_changes(session)
    texts = [(url_for("public.map_texts", kind=kind.value), changed.get(kind)) for kind in TextKind]
    years = ruling_queries.last_changes(session).items()
    rulings = [(url_for("public.map_rulings", year=year), moment) for year, moment in years]
    return _sitemap([*texts, *rulings], "search/sitemap_index.xml")


@public.get("/sitemap/<any(thema, nieuws, lexicon, pagina, wegwijzer, publicatie):kind>.xml")
def map_texts(kind: str) -> ResponseReturnValue:
    """List the pages of one kind with the day each last changed; with the pages of the site also the lists."""
    vocabulary = services().vocabulary
    changes = text_queries.changes_of(db_session(), TextKind(kind))
    pages: list[tuple[str, datetime | None]] = [
        (text_rules.address_of(TextKind(kind), slug, vocabulary), moment) for slug, moment in changes
    ]
    written = {address for address, _ in pages}
    if kind == TextKind.PAGE:
        pages = [(path, None) for path in LISTS] + pages
    if kind == TextKind.THEME:
        gone = text_queries.withdrawn_nodes(db_session())
        bare = (f"/themas/{theme.path}" for theme in vocabulary.themes.all if theme.id not in gone)
        pages += [(path, None) for path in bare if path not in written]
    return _sitemap(pages)


@public.get("/sitemap/rechtspraak-<int(fixed_digits=4, min=1):year>.xml")
def map_rulings(year: int) -> ResponseReturnValue:
    """List the rulings of a year with the day each last changed."""
    changes = ruling_queries.changes_in(db_session(), year)
    if not changes:
        abort(404)
    return _sitemap([(f"/rechtspraak/{slug}", moment) for slug, moment in changes])


@public.get("/sitemap/ecli.xml")
def map_ecli() -> ResponseReturnValue:
    """List the sitemaps that the ECLI search engine of e-Justice reads."""
    years = ruling_queries.last_changes(db_session(), with_ecli=True).items()
    entries = [(url_for("public.map_ecli_of_year", year=year), moment) for year, moment in years]
    return _sitemap(entries, "search/sitemap_index.xml")


@public.get("/sitemap/ecli-<int(fixed_digits=4, min=1):year>.xml")
def map_ecli_of_year(year: int) -> ResponseReturnValue:
    """Answer the ECLI metadata of the rulings of a year, as a sitemap."""
    held = services()
    if year not in ruling_queries.last_changes(db_session(), with_ecli=True):
        abort(404)
    found = ruling_queries.stream_rulings_with_ecli(db_session(), year)
    records = (record_of(ruling, held.vocabulary, base_url=held.settings.base_url) for ruling in found)
    return Response(stream_with_context(write_ecli_sitemap(records)), content_type="application/xml; charset=utf-8")


@public.get("/opensearch.xml")
def describe_search() -> ResponseReturnValue:
    """Let a browser add this site to its search engines."""
    document = render_template("search/opensearch.xml", name=SITE_NAME, base_url=services().settings.base_url)
    return Response(document, mimetype="application/opensearchdescription+xml")


def find(asked: SearchRequest, *, per_page: int = PER_PAGE) -> SearchResults:
    """Answer a search from an index that has caught up with the database, as far as it can be written.

    Raises:
        ServiceUnavailable: there is no usable index, and none can be made now.
        QuestionTooHeavy: the question asks for too much work; it is answered as an error.
    """
    held = services()
    actions.keep_up_if_possible(db_session(), _index_here(), held.vocabulary)
    try:
        return held.search.search(
            asked.question,
            filters=asked.filters,
            sort=asked.order,
            page=asked.page,
            per_page=per_page,
            expand=not asked.is_literal,
        )
    except IndexDamaged as damaged:
        raise ServiceUnavailable from damaged


def _slugs(asked: SearchRequest) -> list[str]:
    """Return the addresses of all rulings of a search, in its order. Raises ServiceUnavailable."""
    held = services()
    actions.keep_up_if_possible(db_session(), _index_here(), held.vocabulary)
    try:
        ids = held.search.all_ids(asked.question, filters=asked.filters, sort=asked.order, expand=not asked.is_literal)
    except IndexDamaged as damaged:
        raise ServiceUnavailable from damaged
    parts = (found.partition("/") for found in ids)
    return [slug for kind, _, slug in parts if kind == Kind.RULING]


def _records(slugs: Sequence[str]) -> Iterator[RulingRecord]:
    held = services()
    for place in range(0, len(slugs), DOWNLOADED_AT_A_TIME):
        for ruling in ruling_queries.rulings_by_slug(db_session(), slugs[place : place + DOWNLOADED_AT_A_TIME]):
            yield record_of(ruling, held.vocabulary, base_url=held.settings.base_url)


def _sitemap(entries: Sequence[tuple[str, datetime | None]], template: str = "search/sitemap.xml") -> Response:
    document = render_template(template, entries=entries, base_url=services().settings.base_url)
    return Response(document, content_type="application/xml; charset=utf-8")


def _index_here() -> NodeIndex:
    return NodeIndex(services().search.index, services().settings.index_dir)


def _results(asked: SearchRequest) -> ResponseReturnValue:
    total = ruling_queries.count_rulings(db_session())
    scope = (
        f"Deze databank is een selectie van {total} uitspraken. Volledige verzamelingen staan bij de rechtscolleges "
        "zelf, op JUPORTAL, EUR-Lex en HUDOC."
    )
    found = find(asked)
    nearest = () if found.total else _nearest_themes(asked)
    cards = article_cards(found) if asked.page == 1 else ()
    chains = ruling_queries.keywords_of(db_session(), [_slug_of(hit) for hit in found.hits if hit.kind == Kind.RULING])
    page = SearchPage.of(
        asked,
        found,
        services().vocabulary,
        scope=scope,
        articles=cards,
        chains={hit.id: chains.get(_slug_of(hit), "") for hit in found.hits},
        nearest_themes=nearest,
    )
    return show(page)


def _slug_of(hit: Hit) -> str:
    return hit.address.rpartition("/")[2]


def article_cards(found: SearchResults) -> list[ArticleCard]:
    """Return the artikelfiche of each article a question consists of, where one law is meant and we have something."""
    laws, cards = services().vocabulary.laws, []
    for number, law in found.articles[:MOST_CARDS]:
        counts = reference_queries.count_article(db_session(), number, law)
        if len(counts) == 1:
            article = parse_normal(f"{counts[0].law}:{number}", laws)
            cards.append(ArticleCard.of(article, counts[0].themes, counts[0].rulings))
    return cards


def _nearest_themes(asked: SearchRequest) -> Sequence[Hit]:
    """Return themes about the words of a search that found nothing with its filters."""
    if not asked.question:
        return ()
    wider = replace(asked, filters={"soort": [Kind.THEME.value]}, fixed_kind=None, page=1, sort=Sort.RELEVANCE)
    return find(wider, per_page=MOST_NEAREST).hits


def _not_found(error: UnknownAddress | NotFound) -> ResponseReturnValue:
    if request.path.startswith("/api/"):
        detail = str(error) if isinstance(error, NotFound) else "Dit adres bestaat niet: zie /api/v1/openapi.json."
        return problem_document(HTTPStatus.NOT_FOUND, "Niet gevonden", detail)
    parts = fold(request.path).replace("/", " ").replace("-", " ").split()
    words = " ".join(part for part in parts if part.isalnum())[:MOST_WORDS_OF_ADDRESS]
    nearest = hit_rows(_nearest(words), services().vocabulary)
    return show(NotFoundPage(question=words, nearest=nearest)), 404


def _too_heavy(refused: QuestionTooHeavy) -> ResponseReturnValue:
    return explain(HTTPStatus.UNPROCESSABLE_ENTITY, "Deze zoekvraag kan niet", str(refused))


def _nearest(words: str) -> Sequence[Hit]:
    """Return the pages that hold these words of an address, or the words they were meant to be."""
    if not words:
        return ()
    asked = SearchRequest("", words, {}, Sort.RELEVANCE, 1, is_literal=False)
    try:
        found = find(asked, per_page=MOST_NEAREST)
        if not found.hits and found.suggestion:
            found = find(replace(asked, question=found.suggestion), per_page=MOST_NEAREST)
    except (ServiceUnavailable, QuestionTooHeavy):
        return ()  # the page that says "not found" does not depend on the index
    return found.hits
