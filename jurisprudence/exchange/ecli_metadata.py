"""Metadata of rulings with an ECLI: Dublin Core for everyone, and the sitemap for the search engine of e-Justice.

A ruling without an ECLI, or with one that may belong to another ruling, has no such metadata and is left out.

Sources: Council conclusions 2011/C 127/01, annex, section 2 (the fields); the sitemaps of JUPORTAL and of the German
case-law portal (namespace and order of the elements).
"""

import re
from collections.abc import Iterable, Iterator
from html import escape
from typing import Final

from jurisprudence.exchange.record import Publication, RulingRecord
from jurisprudence.identifiers import Ecli, parse_ecli
from jurisprudence.keywords import split_chain

LANGUAGE_OF_THE_DOCUMENT: Final = "nl"  # of our page about the ruling, whatever the language of the ruling
TYPE: Final = "judicial decision"
_NOT_XML: Final = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PER_LANGUAGE: Final = frozenset({"creator", "publisher", "title", "subject", "abstract"})
_XML: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_RDF: Final = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dcterms="http://purl.org/dc/terms/">\n'
)
_URLSET: Final = (
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:ecli="https://e-justice.europa.eu/ecli">\n'
)


def dublin_core(record: RulingRecord) -> list[tuple[str, str]]:
    """Return the Dublin Core fields of a record: the nine required ones first; none when it states no ECLI.

    The title is the name of the case, when it has one: it may not repeat what other fields say.
    """
    found = _announced(record)
    if found is None:
        return []
    published, ecli = found
    fields = [
        ("identifier", published.address),
        ("isVersionOf", str(ecli)),
        ("creator", published.court_name),
        ("coverage", ecli.country),
        ("date", record.decided_on.isoformat()),
        ("language", LANGUAGE_OF_THE_DOCUMENT),
        ("publisher", published.publisher),
        ("accessRights", "public"),
        ("type", TYPE),
        ("title", record.title or ""),
        *(("subject", keyword) for keyword in split_chain(record.keywords or "")),
        ("abstract", record.summary or ""),
        ("issued", published.published_on.isoformat()),
        *(("references", reference) for reference in published.references),
    ]
    return [(name, value) for name, value in fields if value]


def write_ecli_metadata(records: Iterable[RulingRecord]) -> Iterator[str]:
    """Yield one RDF document with the Dublin Core fields of every record that states an ECLI."""
    yield _XML + _RDF
    for record in records:
        fields = dublin_core(record)
        if record.published and fields:
            lines = "".join(f"    {_field(name, value)}\n" for name, value in fields)
            about = _xml(record.published.address)
            yield f'  <rdf:Description rdf:about="{about}">\n{lines}  </rdf:Description>\n'
    yield "</rdf:RDF>\n"


def write_ecli_sitemap(records: Iterable[RulingRecord]) -> Iterator[str]:
    """Yield a sitemap in which each address carries the metadata of its ruling."""
    yield _XML + _URLSET
    for record in records:
        found = _announced(record)
        if found is not None:
            yield _url(record, *found)
    yield "</urlset>\n"


def _announced(record: RulingRecord) -> tuple[Publication, Ecli] | None:
    if record.published is None or record.stated_ecli is None:
        return None
    return record.published, parse_ecli(record.stated_ecli)


def _field(name: str, value: str) -> str:
    language = f' xml:lang="{LANGUAGE_OF_THE_DOCUMENT}"' if name in _PER_LANGUAGE else ""
    return f"<dcterms:{name}{language}>{_xml(value)}</dcterms:{name}>"


def _url(record: RulingRecord, published: Publication, ecli: Ecli) -> str:
    lang = f'lang="{LANGUAGE_OF_THE_DOCUMENT}"'
    address = _xml(published.address)
    optional = [("title", record.title or ""), ("abstract", record.summary or "")]
    return (
        f"  <url>\n    <loc>{address}</loc>\n    <lastmod>{published.changed_on.isoformat()}</lastmod>\n"
        "    <ecli:document>\n      <ecli:metadata>\n"
        f'        <ecli:identifier {lang} format="text/html">{address}</ecli:identifier>\n'
        f'        <ecli:isVersionOf value="{ecli}"><ecli:country>{ecli.country}</ecli:country>'
        f"<ecli:court>{ecli.court}</ecli:court></ecli:isVersionOf>\n"
        f"        <ecli:creator {lang}>{_xml(published.court_name)}</ecli:creator>\n"
        f"        <ecli:coverage>{ecli.country}</ecli:coverage>\n"
        f"        <ecli:date>{record.decided_on.isoformat()}</ecli:date>\n"
        f'        <ecli:language languageType="authoritative">{_xml(record.language)}</ecli:language>\n'
        f"        <ecli:publisher {lang}>{_xml(published.publisher)}</ecli:publisher>\n"
        "        <ecli:accessRights>public</ecli:accessRights>\n"
        f'        <ecli:type lang="en">{TYPE}</ecli:type>\n'
        + "".join(f"        <ecli:{name} {lang}>{_xml(value)}</ecli:{name}>\n" for name, value in optional if value)
        + "      </ecli:metadata>\n    </ecli:document>\n  </url>\n"
    )


def _xml(text: str) -> str:
    """Escape a text for XML, without the control characters XML cannot hold."""
    return escape(_NOT_XML.sub("", text))
