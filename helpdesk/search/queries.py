"""What the search index should hold: the published texts and rulings as documents."""

import re
import zlib
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy.orm import Session

from helpdesk.core.vocabulary import Theme, Vocabulary
from helpdesk.rulings import queries as ruling_queries
from helpdesk.rulings.models import Ruling
from helpdesk.rulings.rules.naming import ruling_title
from helpdesk.texts import queries as text_queries
from helpdesk.texts import rules as text_rules
from helpdesk.texts.models import TextKind
from helpdesk.texts.queries import Live
from jurisprudence.identifiers import parse_ruling_number
from jurisprudence.legislation import InvalidSource, UnknownLaw, parse_source
from jurisprudence.search.named import names_of_case
from jurisprudence.search.results import Document, Kind
from jurisprudence.treatment import is_overruled, treatment_mark

NAMED_KINDS = (Kind.TREE, Kind.PUBLICATION)
_IN_BRACKETS = re.compile(r"\s*\([^)]*\)")


@dataclass(frozen=True)
class IndexDifference:
    """The ids in which an index differs from the database, sorted: not in it, in it as they were, in it though gone."""

    missing: list[str]
    stale: list[str]
    superfluous: list[str]

    @property
    def is_none(self) -> bool:
        """Tell whether the index holds exactly what the database holds."""
        return not (self.missing or self.stale or self.superfluous)


def index_difference(session: Session, held: Mapping[str, str], vocabulary: Vocabulary) -> IndexDifference:
    """Compare what an index holds, ids with versions, with what is public now."""
    wanted = {document.id: document.version for document in all_documents(session, vocabulary)}
    return IndexDifference(
        missing=sorted(wanted.keys() - held.keys()),
        stale=sorted(found for found, version in held.items() if wanted.get(found, version) != version),
        superfluous=sorted(held.keys() - wanted.keys()),
    )


def all_documents(session: Session, vocabulary: Vocabulary) -> list[Document]:
    """Return everything the public can find: texts, rulings, and the nodes that have no text yet."""
    texts = [text_document(live, vocabulary) for live in text_queries.all_texts(session)]
    rulings = [ruling_document(ruling, vocabulary) for ruling in ruling_queries.all_rulings(session)]
    written = {document.node for document in texts if document.kind == Kind.THEME}
    written |= text_queries.withdrawn_nodes(session)
    bare = [node_document(theme, vocabulary) for theme in vocabulary.themes.all if theme.id not in written]
    return [*texts, *rulings, *bare]


def find_documents(session: Session, ids: Collection[str], vocabulary: Vocabulary) -> dict[str, Document]:
    """Return these documents by id ("thema/gh-belg") as they are now; what is no longer public is left out."""
    found: dict[str, Document] = {}
    for document_id in ids:
        kind, _, slug = document_id.partition("/")
        document = _find_document(session, kind, slug, vocabulary)
        if document is not None:
            found[document_id] = document
    return found


def text_document(live: Live, vocabulary: Vocabulary) -> Document:
    """Return a live text as the index receives it."""
    text, version = live
    nodes = tuple(row.node for row in text.themes)
    node = vocabulary.themes.find(text.slug) if text.kind == TextKind.THEME else None
    return Document(
        id=text.document_id,
        kind=Kind(text.kind),
        address=text_rules.address_of(text.kind, text.slug, vocabulary),
        title=version.title,
        summary=version.summary,
        text=version.plain,
        keywords=(node.title,) if node and node.title != version.title else (),
        synonyms=(*version.abbreviations, *version.synonyms, *(node.words if node else ()), *_kind_words(text.kind)),
        themes=nodes,
        theme_ancestors=_ancestors(nodes, vocabulary),
        node=nodes[0] if nodes else None,
        dated_on=version.updated_on or version.dated_on,
        articles=_articles(version.sources, vocabulary),
        titles=_other_titles(version.title, *([node.title] if node else ())),
        own_articles=_own_articles(node, version.title, version.sources, vocabulary) if node else (),
        version=str(version.number),
    )


def _kind_words(kind: str) -> tuple[str, ...]:
    """Return the name of a kind that visitors ask for by name: "wegwijzer gezinshereniging"."""
    return (kind,) if kind in NAMED_KINDS else ()


def ruling_document(ruling: Ruling, vocabulary: Vocabulary) -> Document:
    """Return a ruling as the index receives it."""
    nodes = tuple(row.node for row in ruling.themes)
    number = parse_ruling_number(ruling.court, ruling.number)
    mark = treatment_mark([treatment.kind for treatment in ruling.treated_by])
    return Document(
        id=ruling.document_id,
        kind=Kind.RULING,
        address=f"/rechtspraak/{ruling.slug}",
        title=ruling_title(ruling, vocabulary),
        summary=ruling.summary,
        text=ruling.full_text or "",
        language=ruling.language,
        text_language="nl",  # title, keywords and summary are ours
        keywords=tuple(segment for segment in ruling.keywords.split(" – ") if segment),
        themes=nodes,
        theme_ancestors=_ancestors(nodes, vocabulary),
        node=nodes[0] if nodes else None,
        dated_on=ruling.decided_on,
        court=ruling.court,
        numbers=(*number.cases, *ruling.role_numbers),
        ecli=ruling.ecli,
        outcome=ruling.outcome,
        mark=mark,
        is_overruled=is_overruled([treatment.kind for treatment in ruling.treated_by]),
        articles=tuple(dict.fromkeys(article.normal for article in ruling.articles)),
        case_names=names_of_case(ruling.parties or ""),
        version=f"{ruling.updated_at:%Y-%m-%dT%H:%M:%S.%f} {mark}".rstrip(),
    )


def node_document(theme: Theme, vocabulary: Vocabulary) -> Document:
    """Return a node without a text of its own: its title, description and words lead to its page."""
    return Document(
        id=f"{Kind.THEME}/{theme.id}",
        kind=Kind.THEME,
        address=f"/themas/{theme.path}",
        title=theme.title,
        summary=theme.description,
        text="",
        synonyms=theme.words,
        themes=(theme.id,),
        theme_ancestors=_ancestors((theme.id,), vocabulary),
        node=theme.id,
        articles=_articles(theme.articles, vocabulary),
        titles=_other_titles(theme.title),
        own_articles=_own_articles(theme, theme.title, (), vocabulary),
        version=str(zlib.crc32(repr((theme.title, theme.description, theme.words, theme.articles)).encode())),
    )


def _find_document(session: Session, kind: str, slug: str, vocabulary: Vocabulary) -> Document | None:
    if kind == Kind.RULING:
        rulings = ruling_queries.rulings_by_slug(session, [slug])
        return ruling_document(rulings[0], vocabulary) if rulings else None
    live = text_queries.find_text(session, TextKind(kind), slug)
    if live is not None:
        return text_document(live, vocabulary)
    node = vocabulary.themes.find(slug) if kind == Kind.THEME else None
    if node is None or slug in text_queries.withdrawn_nodes(session):
        return None
    return node_document(node, vocabulary)


def _ancestors(nodes: Collection[str], vocabulary: Vocabulary) -> tuple[str, ...]:
    known = [node for node in nodes if node in vocabulary.themes]
    return tuple(dict.fromkeys(above.id for node in known for above in vocabulary.themes.ancestors(node)))


def _other_titles(*titles: str) -> tuple[str, ...]:
    """Return the titles and each without what stands in brackets: "Bevel om … te verlaten (BGV)"."""
    shorter = (_IN_BRACKETS.sub("", title).strip() for title in titles)
    return tuple(dict.fromkeys([*titles[1:], *shorter]))


def _own_articles(node: Theme, title: str, sources: Collection[str], vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return what a theme page is about: its first source, the first article of its node, and what its title names."""
    first = _articles([*node.articles[:1], *list(sources)[:1]], vocabulary)
    words = set(re.findall(r"[\w/]+", f"{title} {node.title}".casefold()))
    numbered = (
        (normal, normal.partition(":")[2].casefold()) for normal in _articles([*node.articles, *sources], vocabulary)
    )
    named = (normal for normal, number in numbered if number in words and not number.isdigit())
    return tuple(dict.fromkeys([*first, *named]))


def _articles(sources: Collection[str], vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the normal forms of legal sources, whole laws included; laws we do not register are left out."""
    normals = []
    for source in sources:
        with suppress(UnknownLaw, InvalidSource):
            normals.append(parse_source(source, vocabulary.laws).normal)
    return tuple(dict.fromkeys(normals))
