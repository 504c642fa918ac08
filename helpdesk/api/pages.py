"""What the interface answers, as plain values for JSON. The shapes are those of openapi.yaml."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from helpdesk.core import references
from helpdesk.core.references import distinct_sources
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.references.queries import GatheredArticle
from helpdesk.rulings.models import Ruling
from helpdesk.rulings.rules.naming import ruling_title, where_to
from helpdesk.search.pages import label_of
from helpdesk.texts.pages import address_of
from helpdesk.texts.queries import Live
from jurisprudence.identifiers import NBSP
from jurisprudence.references.found import Reference
from jurisprudence.search.results import Hit, SearchResults
from jurisprudence.treatment import treatment_mark

NOT_GIVEN = ""
_ARTICLE_NUMBER = "[0-9]{1,4}(?:bis|ter|quater|quinquies|sexies|septies|octies|nonies|decies)?(?:/[0-9]{1,3})*"


def search_answer(found: SearchResults, vocabulary: Vocabulary, base_url: str) -> dict[str, Any]:
    """Return one page of hits with what was understood, the facets and a better spelling."""
    return {
        "total": found.total,
        "query": {
            "understood_as": found.understood_as,
            "also_searched": list(found.also_searched),
            "notes": list(found.notes),
        },
        "direct": [_hit(hit, base_url) for hit in found.direct],
        "results": [_hit(hit, base_url) for hit in found.hits],
        "facets": {
            name: [
                {"value": one.value, "label": label_of(name, one.value, vocabulary), "count": one.count}
                for one in values
            ]
            for name, values in found.facets.items()
        },
        "suggestion": found.suggestion,
    }


def ruling_summary(ruling: Ruling, vocabulary: Vocabulary, base_url: str) -> dict[str, Any]:
    """Return a ruling without its full text: the fields of the exchange, and what the site knows besides.

    `title` is the reference, as on the page; the name of the case is in `parties`.
    """
    return {
        "id": ruling.slug,
        "slug": ruling.slug,
        "url": f"{base_url}/rechtspraak/{ruling.slug}",
        "title": ruling_title(ruling, vocabulary),
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
        "articles": list(dict.fromkeys(article.normal for article in ruling.articles)),
        "outcome": ruling.outcome,
        "source_url": ruling.source_url,
        "unverified": ruling.unverified,
        "treatment": treatment_mark([treatment.kind for treatment in ruling.treated_by]) or None,
    }


def ruling_answer(ruling: Ruling, vocabulary: Vocabulary, base_url: str) -> dict[str, Any]:
    """Return a ruling with its full text, which is None when only the record is known."""
    return {**ruling_summary(ruling, vocabulary, base_url), "full_text": ruling.full_text}


def text_summary(live: Live, vocabulary: Vocabulary, base_url: str) -> dict[str, Any]:
    """Return a text without its body."""
    text, version = live
    return {
        "id": text.slug,
        "kind": text.kind,
        "url": base_url + address_of(live, vocabulary),
        "title": version.title,
        "summary": version.summary,
        "themes": [theme.node for theme in text.themes],
        "stand_of_law": _day(version.stand_of_law),
        "dated_on": _day(version.dated_on),
        "updated_on": _day(version.updated_on),
        "reviewed_on": _day(version.reviewed_on),
        "version": version.number,
        "published_at": version.published_at.isoformat(),
    }


def text_answer(live: Live, vocabulary: Vocabulary, base_url: str) -> dict[str, Any]:
    """Return a text with its body as HTML, its sources and the rulings it names."""
    version = live.version
    return {
        **text_summary(live, vocabulary, base_url),
        "html": version.html,
        "sources": version.sources,
        "rulings": version.rulings,
    }


def article_answer(gathered: GatheredArticle, vocabulary: Vocabulary, base_url: str) -> dict[str, Any]:
    """Return what rests on an article."""
    article, rulings = gathered.article, gathered.rulings
    law = article.law
    before, after = (f"{base_url}{law.address}/{one}" if one else None for one in (gathered.before, gathered.after))
    texts = [pair for pair in distinct_sources(gathered.rows) if pair[0].kind != "rechtspraak"]
    return {
        "id": article.normal,
        "url": base_url + article.address,
        "display": article.display.replace(NBSP, " "),
        "number": article.number,
        "law": {"id": law.id, "title": law.title, "abbreviation": law.abbreviation, "official_url": law.eli},
        "texts": [
            {
                "kind": source.kind,
                "title": source.title,
                "url": base_url + source.address,
                "context": next((one.context for one in found if one.context), ""),
            }
            for source, found in texts
        ],
        "rulings": [ruling_summary(ruling, vocabulary, base_url) for ruling in rulings],
        "outcomes": dict(Counter(ruling.outcome for ruling in rulings if ruling.outcome).most_common()),
        "before": before,
        "after": after,
    }


def references_answer(text: str, found: Sequence[Reference], held: Mapping[str, Sequence[str]], base_url: str) -> Any:  # noqa: ANN401 - JSON
    """Return what a text refers to; `held` are the addresses of the rulings of ours, by normal form."""
    return {
        "references": [
            {
                "start": one.start,
                "end": one.end,
                "text": text[one.start : one.end],
                "kind": one.kind.value,
                "normal": one.normal,
                "url": _leads_to(one, held, base_url),
            }
            for one in found
        ]
    }


def _leads_to(found: Reference, held: Mapping[str, Sequence[str]], base_url: str) -> str | None:
    address = references.address_of(found)
    settled = where_to(address, held) if address else None
    return base_url + settled if settled and settled.startswith("/") else settled


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _hit(hit: Hit, base_url: str) -> dict[str, Any]:
    return {
        "kind": hit.kind.value,
        "id": hit.id.partition("/")[2],
        "node": hit.node,
        "url": base_url + hit.address,
        "title": hit.title,
        "snippets": [{"label": snippet.label, "html": snippet.html} for snippet in hit.snippets],
        "score": round(hit.score, 4),
    }


def description_answer(description: Mapping[str, Any], vocabulary: Vocabulary, base_url: str) -> dict[str, Any]:
    """Return the description of the interface with the ids it accepts, as the lists have them now, and its address."""
    laws = [law.id for law in vocabulary.laws.laws]
    lists: dict[str, Any] = {
        "CourtId": {"enum": [court.id for court in vocabulary.courts.courts] + [NOT_GIVEN]},
        "ThemeId": {"enum": [theme.id for theme in vocabulary.themes.all] + [NOT_GIVEN]},
        "OutcomeCode": {"enum": [outcome.code for outcome in vocabulary.outcomes.outcomes] + [NOT_GIVEN]},
        "LawId": {"enum": [*laws, None]},
        "ArticleId": {"type": "string", "pattern": f"^(?:(?:{'|'.join(laws)})(?::{_ARTICLE_NUMBER})?)?$"},
    }
    components = description["components"]
    schemas = {**components["schemas"], **lists}
    return {**description, "components": {**components, "schemas": schemas}, "servers": [{"url": base_url}]}
