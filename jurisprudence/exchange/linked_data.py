"""JSON-LD with the words of schema.org, for search engines.

schema.org has no type for a decision of a court: Legislation is an act or a part of one. A ruling is therefore a
CreativeWork, with the class for case law of the ontology of EU publications as its additional type; the articles it
rests on are of the type Legislation.
"""

from typing import Any, Final

from jurisprudence.exchange.record import RulingRecord
from jurisprudence.keywords import split_chain

CASE_LAW: Final = "http://publications.europa.eu/ontology/cdm#case-law"


def linked_data(record: RulingRecord) -> dict[str, Any]:
    """Return the JSON-LD object of a record, without empty properties."""
    published = record.published
    properties = {
        "@context": "https://schema.org",
        "@type": "CreativeWork",
        "@id": published.address if published else None,
        "additionalType": CASE_LAW,
        "url": published.address if published else None,
        "name": record.name,
        "identifier": [
            {"@type": "PropertyValue", "propertyID": kind, "value": value}
            for kind, value in (("ECLI", record.stated_ecli), ("number", record.number))
            if value
        ],
        "creator": {"@type": "GovernmentOrganization", "name": record.court_name},
        "dateCreated": record.decided_on.isoformat(),
        "datePublished": published.published_on.isoformat() if published else None,
        "dateModified": published.changed_on.isoformat() if published else None,
        "inLanguage": record.language,
        "abstract": record.summary,
        "keywords": list(split_chain(record.keywords or "")),
        "about": list(published.theme_titles) if published else [],
        "citation": [
            {"@type": "Legislation", "name": name} for name in (published.references if published else record.articles)
        ],
        "publisher": {"@type": "Organization", "name": published.publisher} if published else None,
        "isBasedOn": record.source_url,
        "isAccessibleForFree": True,
    }
    return {name: value for name, value in properties.items() if value not in (None, [])}
