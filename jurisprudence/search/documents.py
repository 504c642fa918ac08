"""From a document to what the index takes of it: cleaned parts, tags and a record; no analysis yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jurisprudence.search.analysis import clean, normal_number, title_key
from jurisprudence.search.named import OVERRULED_TAG, case_name_tag, name_key, own_article_tag
from jurisprudence.search.results import Document

NO_DAY = 0


@dataclass(frozen=True)
class Prepared:
    """One document ready to be inverted.

    `parts` holds the cleaned parts of each text field but `text` itself; `tags` whole values; `record` what a list of
    hits shows; `day` is the ordinal of its date, NO_DAY without one.
    """

    language: str
    parts: Mapping[str, Sequence[str]]
    text: str
    tags: Mapping[str, Sequence[str]]
    record: Mapping[str, Any]
    day: int


def prepare(document: Document) -> Prepared:
    """Return what the index takes of a document."""
    title, summary = clean(document.title), clean(document.summary)
    keywords = [clean(keyword) for keyword in document.keywords]
    references = [*document.numbers, *([document.ecli] if document.ecli else [])]
    return Prepared(
        language=document.text_language,
        parts={
            "reference": references,
            "title": [title],
            "keywords": keywords,
            "summary": [summary],
            "synonyms": [clean(synonym) for synonym in document.synonyms],
        },
        text=clean(document.text),
        tags=_tags(document, references, title),
        record=_record(document, title, summary, keywords),
        day=document.dated_on.toordinal() if document.dated_on else NO_DAY,
    )


def _tags(document: Document, references: Sequence[str], title: str) -> dict[str, list[str]]:
    identifiers = [normal for reference in references if (normal := normal_number(clean(reference)))]
    identifiers += [case_name_tag(key) for name in document.case_names if (key := name_key(clean(name)))]
    identifiers += [own_article_tag(normal) for normal in document.own_articles]
    identifiers += [OVERRULED_TAG] if document.is_overruled else []
    titles = [title, *(clean(other) for other in document.titles)]
    return {
        "soort": [document.kind.value],
        "hof": [document.court] if document.court else [],
        "thema": [*document.themes, *document.theme_ancestors],
        "jaar": [str(document.dated_on.year)] if document.dated_on else [],
        "taal": [document.language],
        "uitkomst": [document.outcome] if document.outcome else [],
        "artikel": list(document.articles),
        "identifier": identifiers,
        "title_key": [key for one in titles if (key := title_key(one, document.text_language))],
        "id": [document.id],
    }


def _record(document: Document, title: str, summary: str, keywords: Sequence[str]) -> dict[str, Any]:
    return {
        "id": document.id,
        "version": document.version,
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
        "mark": document.mark,
        "node": document.node,
        "themes": list(document.themes),
    }
