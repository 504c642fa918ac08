"""/api/v1: what the pages show, as JSON, read only."""

from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from helpdesk.rulings import queries as ruling_queries
from helpdesk.rulings.models import Ruling
from helpdesk.rulings.rules import ruling_title
from helpdesk.search.forms import SearchRequest
from helpdesk.search.pages import label_of
from helpdesk.search.routes import find
from helpdesk.web.audiences import api
from helpdesk.web.database import db_session
from helpdesk.web.services import services
from jurisprudence.search.results import Hit


@api.get("/search")
def search() -> ResponseReturnValue:
    """Answer a search with the parameters of /zoeken."""
    found = find(SearchRequest.read(request.args, address="/api/v1/search"))
    return jsonify(
        total=found.total,
        query={
            "understood_as": found.understood_as,
            "also_searched": list(found.also_searched),
            "notes": list(found.notes),
        },
        direct=[_hit(hit) for hit in found.direct],
        results=[_hit(hit) for hit in found.hits],
        facets={
            name: [
                {"value": one.value, "label": label_of(name, one.value, services().vocabulary), "count": one.count}
                for one in values
            ]
            for name, values in found.facets.items()
        },
        suggestion=found.suggestion,
    )


@api.get("/rulings/<slug>")
def show_ruling(slug: str) -> ResponseReturnValue:
    """Answer one ruling with every field of its record."""
    return jsonify(_ruling(ruling_queries.get_ruling(db_session(), slug)))


def _hit(hit: Hit) -> dict[str, Any]:
    return {
        "kind": hit.kind.value,
        "id": hit.id.partition("/")[2],
        "node": hit.node,
        "url": services().settings.base_url + hit.address,
        "title": hit.title,
        "snippets": [{"label": snippet.label, "html": snippet.html} for snippet in hit.snippets],
        "score": round(hit.score, 4),
    }


def _ruling(ruling: Ruling) -> dict[str, Any]:
    """Return a ruling in the form of interfaces: the JSON Lines record, with its slug, title and what is unverified."""
    return {
        "slug": ruling.slug,
        "url": f"{services().settings.base_url}/rechtspraak/{ruling.slug}",
        "title": ruling_title(ruling, services().vocabulary),
        "court": ruling.court,
        "division": ruling.division,
        "number": ruling.number,
        "role_number": ", ".join(ruling.role_numbers) or None,
        "decided_on": ruling.decided_on.isoformat(),
        "ecli": ruling.ecli,
        "ecli_status": ruling.ecli_status,
        "language": ruling.language,
        "parties": ruling.parties,
        "keywords": ruling.keywords,
        "summary": ruling.summary,
        "themes": [theme.node for theme in ruling.themes],
        "articles": [article.normal for article in ruling.articles],
        "outcome": ruling.outcome,
        "source_url": ruling.source_url,
        "unverified": ruling.unverified,
    }
