"""/api/v1: what the pages show, as JSON, read only. A new address gets its path in openapi.yaml: a test compares."""

from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import yaml
from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue

from helpdesk.api.forms import (
    BadParameters,
    Paging,
    ParameterReader,
    read_kind,
    read_ruling_filter,
    read_theme,
)
from helpdesk.api.pages import ruling_answer, ruling_summary, search_answer, text_answer, text_summary
from helpdesk.rulings import queries as ruling_queries
from helpdesk.search.forms import SearchRequest
from helpdesk.search.routes import find
from helpdesk.texts import queries as text_queries
from helpdesk.texts.models import TextKind
from helpdesk.web.audiences import api
from helpdesk.web.database import db_session
from helpdesk.web.errors import problem_document
from helpdesk.web.services import services

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
    """Answer one ruling with every field of its record."""
    ruling = ruling_queries.get_ruling(db_session(), slug)
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


@api.get("/texts/<any(thema, nieuws, lexicon, pagina):kind>/<slug>")
def show_text(kind: str, slug: str) -> ResponseReturnValue:
    """Answer one text with its body."""
    live = text_queries.get_text(db_session(), TextKind(kind), slug)
    return jsonify(text_answer(live, services().vocabulary, services().settings.base_url))


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
