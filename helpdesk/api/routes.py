"""/api/v1: what the pages show, as JSON, read only. A new address gets its path in openapi.yaml: a test compares."""

from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import yaml
from flask import Response, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from helpdesk.api.forms import (
    BadParameters,
    Paging,
    ParameterReader,
    read_kind,
    read_ruling_filter,
    read_text_sent,
    read_theme,
)
from helpdesk.api.pages import (
    article_answer,
    references_answer,
    ruling_answer,
    ruling_summary,
    search_answer,
    text_answer,
    text_summary,
)
from helpdesk.core.errors import NotFound
from helpdesk.references import queries as reference_queries
from helpdesk.rulings import queries as ruling_queries
from helpdesk.rulings.models import AliasKind, RulingState
from helpdesk.search.forms import SearchRequest
from helpdesk.search.routes import find
from helpdesk.texts import queries as text_queries
from helpdesk.texts.models import TextKind
from helpdesk.web.audiences import api
from helpdesk.web.database import db_session
from helpdesk.web.errors import problem_document
from helpdesk.web.services import services
from jurisprudence.legislation import Law

DESCRIPTION = Path(__file__).with_name("openapi.yaml")


@api.after_request
def _may_be_asked_again(response: Response) -> Response:
    """Give each answer a mark, so that a program that has it already is told so (304) instead of sent it again."""
    if response.status_code == HTTPStatus.OK:
        response.headers["Cache-Control"] = "no-cache"
        response.add_etag()
        response.make_conditional(request)
    return response


@api.errorhandler(BadParameters)
def _refuse_parameters(refused: BadParameters) -> ResponseReturnValue:
    return problem_document(HTTPStatus.BAD_REQUEST, "De vraag is niet begrepen", str(refused))


@api.get("/openapi.json")
def describe() -> ResponseReturnValue:
    """Answer the description of this interface (OpenAPI 3.1)."""
    return jsonify({**_description(), "servers": [{"url": services().settings.base_url}]})


@api.get("/search")
def search() -> ResponseReturnValue:
    """Answer a search with the parameters of /zoeken, read as leniently as there."""
    found = find(SearchRequest.read(request.args, address="/api/v1/search"))
    return jsonify(search_answer(found, services().vocabulary, services().settings.base_url))


@api.get("/rulings")
def list_rulings() -> ResponseReturnValue:
    """Answer one page of the rulings, decided last first."""
    reader = ParameterReader(request.args)
    wanted = read_ruling_filter(reader, services().vocabulary)
    paging = reader.paging()
    reader.finish()
    total = ruling_queries.count_rulings_where(db_session(), wanted)
    found = ruling_queries.rulings_where(db_session(), wanted, offset=paging.offset, limit=paging.per_page)
    base_url = services().settings.base_url
    return _page([ruling_summary(ruling, services().vocabulary, base_url) for ruling in found], total, paging)


@api.get("/rulings/<slug>")
def show_ruling(slug: str) -> ResponseReturnValue:
    """Answer one ruling with every field of its record; lead from an old address, and say why one was withdrawn."""
    ruling = ruling_queries.find_ruling(db_session(), slug)
    moved = ruling_queries.find_by_alias(db_session(), AliasKind.SLUG, slug) if ruling is None else None
    if moved is not None and moved.state is not RulingState.DRAFT:
        return redirect(url_for("api.show_ruling", slug=moved.slug), code=HTTPStatus.MOVED_PERMANENTLY)
    if ruling is not None and ruling.state is RulingState.WITHDRAWN:
        return problem_document(HTTPStatus.GONE, "Deze uitspraak is ingetrokken", ruling.withdrawn_reason or "")
    if ruling is None or ruling.state is RulingState.DRAFT:
        raise NotFound(f"Er is geen uitspraak op het adres /rechtspraak/{slug}.")
    return jsonify(ruling_answer(ruling, services().vocabulary, services().settings.base_url))


@api.get("/texts")
def list_texts() -> ResponseReturnValue:
    """Answer one page of the texts, by kind and id."""
    vocabulary = services().vocabulary
    reader = ParameterReader(request.args)
    kind = reader.one("soort", read_kind)
    nodes = reader.one("thema", lambda text: read_theme(text, vocabulary))
    paging = reader.paging()
    reader.finish()
    total = text_queries.count_all(db_session(), kind=kind, nodes=nodes)
    found = text_queries.texts(db_session(), kind=kind, nodes=nodes, offset=paging.offset, limit=paging.per_page)
    return _page([text_summary(live, vocabulary, services().settings.base_url) for live in found], total, paging)


@api.get("/texts/<any(thema, nieuws, lexicon, pagina, wegwijzer, publicatie):kind>/<slug>")
def show_text(kind: str, slug: str) -> ResponseReturnValue:
    """Answer one text with its body."""
    live = text_queries.get_text(db_session(), TextKind(kind), slug)
    return jsonify(text_answer(live, services().vocabulary, services().settings.base_url))


@api.get("/articles/<law>/<path:article>")
def show_article(law: str, article: str) -> ResponseReturnValue:
    """Answer what rests on one article."""
    found = services().vocabulary.laws.find_law_by_slug(law.lower())
    if found is None:
        raise NotFound(f"Er is geen wet '{law}'.")
    gathered = reference_queries.find_article(db_session(), found, article)
    if gathered is None:
        return _no_article(found, article)
    return jsonify(article_answer(gathered, services().vocabulary, services().settings.base_url))


@api.post("/references")
def read_references() -> ResponseReturnValue:
    """Answer what a text refers to. The text is read and forgotten: not stored, not logged."""
    text, default_law = read_text_sent(request.get_json(silent=True), services().vocabulary)
    found = services().vocabulary.recogniser.find(text, default_law=default_law)
    held = ruling_queries.held(db_session(), {one.target for one in found if one.article is None})
    return jsonify(references_answer(text, found, held, services().settings.base_url))


def _no_article(law: Law, article: str) -> ResponseReturnValue:
    known = [number for number, _ in reference_queries.articles_of_law(db_session(), law.id)]
    advice = (
        f"Over deze artikelen wel: {', '.join(known)}." if known else "Over geen enkel artikel van deze wet is er iets."
    )
    title = "Niet gevonden"
    return problem_document(HTTPStatus.NOT_FOUND, title, f"Over artikel {article} van {law.id} is er niets. {advice}")


def _page(results: list[dict[str, Any]], total: int, paging: Paging) -> Response:
    """Answer one page of a list, with where the next one is."""
    is_last = paging.page * paging.per_page >= total
    return jsonify(
        total=total,
        page=paging.page,
        per_page=paging.per_page,
        next=None if is_last else _address_of_page(paging.page + 1),
        results=results,
    )


def _address_of_page(number: int) -> str:
    pairs = [(name, value) for name, value in request.args.items(multi=True) if name != "pagina"]
    return f"{services().settings.base_url}{request.path}?{urlencode([*pairs, ('pagina', number)])}"


@cache
def _description() -> Mapping[str, Any]:
    description: Mapping[str, Any] = yaml.safe_load(DESCRIPTION.read_text(encoding="utf-8"))
    return description
