"""What goes into a search index and what comes out of it: plain values, no Whoosh, no website."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """What a document is; the value is the public facet value of `soort`."""

    THEME = "thema"
    RULING = "rechtspraak"
    NEWS = "nieuws"
    LEXICON = "lexicon"
    PAGE = "pagina"
    TREE = "wegwijzer"
    PUBLICATION = "publicatie"


class Sort(StrEnum):
    """Order of the result list; the value is the public value of `sorteer`."""

    RELEVANCE = "relevantie"
    NEWEST = "nieuwste"
    OLDEST = "oudste"
    COURT = "hof"


@dataclass(frozen=True, kw_only=True)
class Document:
    """One text or ruling as the index receives it.

    `id` is unique over all kinds ("rechtspraak/rvv-2022-02-28-269-083", "thema/gh-belg"); `address` is the path on the
    site. `language` is the language it was decided or published in (the facet), `text_language` the one our words about
    it are in. `themes` are taxonomy node ids, most specific first, ancestors not included: the index adds them through
    `theme_ancestors` when it is given. `articles` are normal forms ("VW:40ter"). `synonyms` are words that find the
    document without standing in it (thesaurus), `titles` other names it goes by. `case_names` are the names of the case
    ("Chakroun"); `own_articles` the normal forms of what a theme page is about: typed alone, each leads straight to it.
    `version` tells one state of the source from the next; the index only keeps it. `mark` is a word of warning for the
    result list ("Vernietigd"); what `is_overruled` comes below what still stands.
    """

    id: str
    kind: Kind
    address: str
    title: str
    text: str
    language: str = "nl"
    text_language: str = "nl"
    summary: str = ""
    keywords: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    theme_ancestors: tuple[str, ...] = ()
    node: str | None = None
    dated_on: date | None = None
    court: str | None = None
    numbers: tuple[str, ...] = ()
    ecli: str | None = None
    outcome: str | None = None
    articles: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    case_names: tuple[str, ...] = ()
    own_articles: tuple[str, ...] = ()
    mark: str = ""
    is_overruled: bool = False
    version: str = ""


@dataclass(frozen=True)
class Snippet:
    """A labelled piece of a document; `html` is escaped text with <mark> around what matched."""

    label: str
    html: str


@dataclass(frozen=True)
class Hit:
    """One document found. `score` only orders hits of one search; it has no unit."""

    id: str
    kind: Kind
    address: str
    title: str
    score: float
    snippets: tuple[Snippet, ...] = ()
    court: str | None = None
    numbers: tuple[str, ...] = ()
    dated_on: date | None = None
    outcome: str | None = None
    node: str | None = None
    themes: tuple[str, ...] = ()
    language: str = "nl"
    mark: str = ""


@dataclass(frozen=True)
class FacetValue:
    """One value of a facet with the number of hits it would give; `value` is the code, labels belong to the screen."""

    value: str
    count: int
    selected: bool = False


@dataclass(frozen=True)
class SearchResults:
    """One page of hits with the exact total, the facets and how the question was understood.

    `facets` maps each facet name (soort, hof, thema, jaar, taal, uitkomst, artikel) to its values, largest count first,
    ties by value; each facet is counted without its own selection. `understood_as` says in Dutch what was searched;
    `notes` explains what could not be parsed; `direct` are documents named by an identifier in the question.
    `suggestion` is a respelled question that has hits, or None; `without_word` are questions with one word dropped that
    have hits (only filled at zero results). `articles` are number and law (None when not named) of the articles the
    question consists of, when it asks nothing else.
    """

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[FacetValue, ...]]
    page: int
    per_page: int
    understood_as: str = ""
    also_searched: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    direct: tuple[Hit, ...] = ()
    suggestion: str | None = None
    without_word: tuple[tuple[str, int], ...] = ()
    relaxed: bool = field(default=False)
    articles: tuple[tuple[str, str | None], ...] = ()
