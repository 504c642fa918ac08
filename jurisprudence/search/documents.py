"""From a document to the values of the index fields."""

import json
from collections.abc import Sequence
from typing import Any

from jurisprudence.search.analysis import analyse, clean, normal_number, title_key
from jurisprudence.search.results import Document
from jurisprudence.search.snapshot import NO_DAY


def index_fields(document: Document) -> dict[str, Any]:
    """Return the values of every index field: analysed text, tags, and what is stored."""
    language = document.text_language
    title, summary, text = clean(document.title), clean(document.summary), clean(document.text)
    keywords = [clean(keyword) for keyword in document.keywords]
    synonyms = [clean(synonym) for synonym in document.synonyms]
    references = [*document.numbers, *([document.ecli] if document.ecli else [])]
    analysed_text = analyse([text], language)
    parts = {
        "reference": references,
        "title": [title],
        "keywords": keywords,
        "summary": [summary],
        "synonyms": synonyms,
    }
    return {
        "id": [document.id],
        **{name: analyse(values, language).positions for name, values in parts.items()},
        "text": analysed_text.positions,
        **_tags(document, references, title),
        "record": json.dumps(_record(document, title, summary, keywords), ensure_ascii=False),
        "text_stored": text,
        "sentences": [number for pair in analysed_text.sentences for number in pair],
        "day": document.dated_on.toordinal() if document.dated_on else NO_DAY,
    }


def _tags(document: Document, references: Sequence[str], title: str) -> dict[str, list[str]]:
    identifiers = [normal for reference in references if (normal := normal_number(clean(reference)))]
    return {
        "soort": [document.kind.value],
        "hof": [document.court] if document.court else [],
        "thema": [*document.themes, *document.theme_ancestors],
        "jaar": [str(document.dated_on.year)] if document.dated_on else [],
        "taal": [document.language],
        "uitkomst": [document.outcome] if document.outcome else [],
        "artikel": list(document.articles),
        "identifier": identifiers,
        "title_key": [key] if (key := title_key(title, document.text_language)) else [],
    }


def _record(document: Document, title: str, summary: str, keywords: Sequence[str]) -> dict[str, Any]:
    return {
        "id": document.id,
        "kind": document.kind.value,
        "address": document.address,
        "title": title,
        "summary": summary,
        "keywords": list(keywords),
        "language": document.language,
        "text_language": document.text_language,
        "court": document.court,
        "numbers": list(document.numbers),
        "dated_on": document.dated_on.isoformat() if document.dated_on else None,
        "outcome": document.outcome,
        "node": document.node,
        "themes": list(document.themes),
    }
