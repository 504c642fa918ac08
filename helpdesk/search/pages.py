"""What the pages of search hand to their templates."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import accumulate
from types import MappingProxyType
from typing import ClassVar, Self
from urllib.parse import urlencode

from markupsafe import Markup

from helpdesk.core import markup
from helpdesk.core.clock import brussels_date
from helpdesk.core.vocabulary import QuestionKind, SearchExample, Vocabulary
from helpdesk.rulings.pages import Link, RulingRow, language_name, outcome_label
from helpdesk.search.actions import Quality
from helpdesk.search.forms import SearchRequest
from helpdesk.texts.pages import NewsRow
from helpdesk.web.charts import Bar, BarChart, bar_chart
from helpdesk.web.filters import number
from helpdesk.web.highlighting import PARAMETER
from helpdesk.web.views import PageBase
from jurisprudence.exchange.formats import FORMATS
from jurisprudence.legislation import ArticleReference, InvalidSource, UnknownLaw, parse_normal
from jurisprudence.search.results import FacetValue, Hit, Kind, SearchResults, Sort
from jurisprudence.search.snippets import KEYWORDS
from jurisprudence.search.suggest import Completion

KIND_LABELS: Mapping[str, str] = {
    Kind.THEME: "Thema's",
    Kind.RULING: "Rechtspraak",
    Kind.NEWS: "Nieuws",
    Kind.LEXICON: "Lexicon",
    Kind.PAGE: "Over de site",
    Kind.TREE: "Wegwijzers",
    Kind.PUBLICATION: "Publicaties",
}
KIND_OF_HIT: Mapping[str, str] = {
    Kind.THEME: "Thema",
    Kind.RULING: "Rechtspraak",
    Kind.NEWS: "Nieuws",
    Kind.LEXICON: "Lexicon",
    Kind.PAGE: "Over de site",
    Kind.TREE: "Wegwijzer",
    Kind.PUBLICATION: "Publicatie",
}
FACET_LABELS: Mapping[str, str] = {
    "soort": "Soort",
    "hof": "Rechtscollege",
    "thema": "Thema",
    "jaar": "Jaar",
    "uitkomst": "Uitkomst",
    "artikel": "Artikel",
    "taal": "Taal van de uitspraak",
}
SORT_LABELS: Mapping[str, str] = {
    Sort.RELEVANCE: "Relevantie",
    Sort.NEWEST: "Nieuwste eerst",
    Sort.OLDEST: "Oudste eerst",
    Sort.COURT: "Per rechtscollege",
}
MOST_FACET_VALUES = 12
MOST_SUGGESTIONS = 8
MOST_DOWNLOADED = 10_000  # rulings in one file
DOWNLOADS = ("csv", "jsonl", "ris", "bibtex")
LEAST_TYPED = 2
FEED = "/zoeken/atom.xml"


@dataclass(frozen=True)
class Example:
    """A question that shows one way of asking."""

    question: str
    explanation: str

    @property
    def address(self) -> str:
        """Where the example runs."""
        return f"/zoeken?{urlencode({'q': self.question})}"


@dataclass(frozen=True)
class HitRow:
    """One hit in the result list."""

    title: str
    address: str
    kind: str
    place: str  # path of titles of a theme, or the court
    dated_on: date | None
    outcome: str
    snippets: Sequence[tuple[str, Markup]]
    mark: str = ""  # that a ruling no longer stands, or was not followed
    chain: str = ""  # of a ruling whose keywords are not among the snippets


@dataclass(frozen=True)
class FacetOption:
    """One value of a facet as a checkbox."""

    value: str
    label: str
    count: int
    is_selected: bool

    @property
    def key(self) -> str:
        """What tells this value from the others in an id: the same after each search, whatever signs the value has."""
        return hashlib.sha256(self.value.encode()).hexdigest()[:10]


@dataclass(frozen=True)
class FacetBox:
    """One facet."""

    name: str
    label: str
    options: Sequence[FacetOption]

    @property
    def has_selection(self) -> bool:
        """Whether the visitor chose a value."""
        return any(option.is_selected for option in self.options)


@dataclass(frozen=True)
class ArticleCard:
    """The artikelfiche a question asks for, with how much stands on it."""

    title: str
    address: str
    law: str
    themes: int
    rulings: int

    @classmethod
    def of(cls, article: ArticleReference, themes: int, rulings: int) -> Self:
        """Return the card of an article."""
        return cls(article.display, article.address, article.law.title, themes, rulings)


@dataclass(frozen=True)
class Growth:
    """How the case-law base grew: of each year its rulings, and how many there are up to and with that year."""

    years: Sequence[tuple[str, int, int]]

    @classmethod
    def of(cls, years: Sequence[FacetValue]) -> Self:
        """Return the growth over the years of the rulings, the first year first."""
        ordered = sorted(years, key=lambda year: year.value)
        totals = accumulate(year.count for year in ordered)
        return cls([(year.value, year.count, total) for year, total in zip(ordered, totals, strict=True)])

    @property
    def chart(self) -> BarChart:
        """The totals as a drawing."""
        bars = [Bar(year, total, number(total)) for year, _, total in self.years]
        return bar_chart("groei", "Uitspraken in de databank tot en met elk jaar; de tabel zegt hetzelfde.", bars)


@dataclass(frozen=True, kw_only=True)
class SearchPage(PageBase):
    """The result list with its facets."""

    template: ClassVar[str] = "search/results.html"

    question: str
    form_address: str
    total: int
    hits: Sequence[HitRow]
    articles: Sequence[ArticleCard]
    direct: Sequence[HitRow]
    facets: Sequence[FacetBox]
    chosen: Sequence[Link]  # a filter and the address without it
    notes: Sequence[str]
    also_searched: Sequence[str]
    literal_address: str
    is_literal: bool
    is_relaxed: bool
    suggestion: Link | None
    without_word: Sequence[tuple[Link, int]]
    sort: str
    sorts: Sequence[tuple[str, str]]
    number: int
    pages: int
    previous_address: str | None
    next_address: str | None
    scope: str
    downloads: Sequence[Link]  # of the rulings among the results; none when there are none
    rulings_total: int
    follow_address: str = ""  # this search without its page; "" when it asks nothing
    nearest_themes: Sequence[Link] = ()
    growth: Growth | None = None  # of all rulings, where all are listed
    fixed_kind: str | None = None
    may_be_indexed: bool = False

    @property
    def download_note(self) -> str:
        """What a file of the rulings holds."""
        total = number(self.rulings_total)
        if self.rulings_total == 1:
            return "Het bestand bevat de ene uitspraak van deze zoekvraag."
        if self.rulings_total <= MOST_DOWNLOADED:
            return f"Het bestand bevat alle {total} uitspraken van deze zoekvraag, in deze volgorde."
        first = number(MOST_DOWNLOADED)
        return f"Het bestand bevat de eerste {first} van de {total} uitspraken: verfijn de lijst om de rest te hebben."

    @property
    def total_in_words(self) -> str:
        """The number of results with its noun."""
        return f"{number(self.total)} {'resultaat' if self.total == 1 else 'resultaten'}"

    @classmethod
    def of(
        cls,
        asked: SearchRequest,
        found: SearchResults,
        vocabulary: Vocabulary,
        *,
        scope: str,
        articles: Sequence[ArticleCard] = (),
        chains: Mapping[str, str] = MappingProxyType({}),
        nearest_themes: Sequence[Hit] = (),
    ) -> Self:
        """Return the page of a search; `chains` are the keywords of the rulings among the hits, by id."""
        naming = _Naming(vocabulary, question=asked.question, chains=chains)
        pages = max(1, -(-found.total // found.per_page))
        rulings_total = _count_rulings(asked, found)
        is_plain = not asked.question and not asked.chosen_filters
        asks_something = not is_plain or asked.fixed_kind is not None
        return cls(
            title=_title(asked),
            description="Zoek in thema's, rechtspraak, nieuws en lexicon.",
            canonical=asked.address if is_plain else None,
            may_be_indexed=is_plain,
            question=asked.question,
            form_address=asked.address,
            fixed_kind=asked.fixed_kind,
            total=found.total,
            hits=[naming.hit(hit) for hit in found.hits],
            articles=articles,
            direct=[naming.hit(hit) for hit in found.direct],
            facets=[
                box for box in (naming.facet(name, values, asked) for name, values in _ordered(found)) if box.options
            ],
            chosen=[
                Link(f"{FACET_LABELS[name]}: {naming.value(name, value)}", asked.link(without=(name, value)))
                for name, value in asked.chosen_filters
            ],
            notes=found.notes,
            also_searched=found.also_searched,
            literal_address=asked.link(literal=not asked.is_literal),
            is_literal=asked.is_literal,
            is_relaxed=found.relaxed,
            suggestion=Link(found.suggestion, asked.link(question=found.suggestion)) if found.suggestion else None,
            without_word=[(Link(text, asked.link(question=text)), count) for text, count in found.without_word],
            sort=asked.order,
            sorts=list(SORT_LABELS.items()),
            number=found.page,
            pages=pages,
            previous_address=asked.link(page=min(found.page - 1, pages)) if found.page > 1 else None,
            next_address=asked.link(page=found.page + 1) if found.page < pages else None,
            scope=scope,
            downloads=_downloads(asked) if rulings_total else [],
            rulings_total=rulings_total,
            follow_address=asked.link() if asks_something else "",
            feed=replace(asked, sort=Sort.RELEVANCE, fixed_kind=None).link(address=FEED) if asks_something else None,
            nearest_themes=[Link(hit.title, hit.address) for hit in nearest_themes],
            growth=Growth.of(found.facets.get("jaar", ()))
            if is_plain and asked.fixed_kind and found.page == 1
            else None,
        )


@dataclass(frozen=True, kw_only=True)
class HomePage(PageBase):
    """The first page: search, then a door for each of the four questions people come with, then what is new.

    The doors: `branches` and `pathways` lead to a rule, `courts` to a ruling, `documents` to what someone was handed,
    `legal_aid` to who can help. `recognise` leads to the pathway that tells documents apart.
    """

    template: ClassVar[str] = "search/home.html"

    branches: Sequence[Link]
    popular: Sequence[Link]
    pathways: Sequence[Link]
    courts: Sequence[Link]
    documents: Sequence[Link]
    documents_overview: Link | None
    recognise: Link | None
    legal_aid: Link | None
    news: Sequence[NewsRow]
    rulings: Sequence[RulingRow]
    rulings_total: int


@dataclass(frozen=True, kw_only=True)
class NotFoundPage(PageBase):
    """An unknown address: search, and the pages that look most like it."""

    template: ClassVar[str] = "search/not_found.html"

    question: str
    nearest: Sequence[HitRow]
    title: str = "Deze pagina bestaat niet"
    may_be_indexed: bool = False
    is_counted: bool = False


@dataclass(frozen=True, kw_only=True)
class SearchHelpPage(PageBase):
    """How to ask, with examples that run."""

    template: ClassVar[str] = "search/help.html"

    groups: Sequence[tuple[str, Sequence[Example]]]
    title: str = "Hoe zoek je?"
    description: str = "Woorden, woordgroepen, nummers, artikelen en filters in de zoekvraag."
    canonical: str | None = "/zoeken/hulp"

    @classmethod
    def of(cls, examples: Sequence[SearchExample]) -> Self:
        """Return the page with its examples by group, in their order."""
        groups: dict[str, list[Example]] = {}
        for one in examples:
            groups.setdefault(one.group, []).append(Example(one.question, one.explanation))
        return cls(groups=list(groups.items()))


@dataclass(frozen=True)
class QualityRow:
    """How often the right page came first for one kind of question; shares in whole percent."""

    kind: str
    example: str
    questions: int
    first: int
    first_five: int


@dataclass(frozen=True, kw_only=True)
class QualityPage(PageBase):
    """How the search ranks and how well it does."""

    template: ClassVar[str] = "search/quality.html"

    rows: Sequence[QualityRow]
    measured_on: date | None
    title: str = "Hoe werkt het zoeken?"
    description: str = "Hoe de zoekmachine rangschikt, en hoe vaak de juiste pagina bovenaan staat."
    canonical: str | None = "/over/zoeken"

    @classmethod
    def of(cls, quality: Quality | None, kinds: Sequence[QuestionKind]) -> Self:
        """Return the page with the figures measured last, or without figures."""
        figures = quality.figures if quality else {}
        rows = [
            QualityRow(
                kind.label, kind.example, row.questions, round(row.success_at_1 * 100), round(row.success_at_5 * 100)
            )
            for kind in kinds
            if (row := figures.get(kind.code)) is not None
        ]
        return cls(rows=rows, measured_on=brussels_date(quality.measured_at) if quality else None)


@dataclass(frozen=True)
class Suggestion:
    """A page to go to while typing. `leads_to` is its title when it was found by other words."""

    text: str
    kind: str
    address: str
    leads_to: str = ""


def suggestions(typed: str, completions: Sequence[Completion], vocabulary: Vocabulary) -> list[Suggestion]:
    """Return at most eight pages: those whose title fits first, then nodes found by their everyday words."""
    found = {
        one.address: Suggestion(one.text, KIND_OF_HIT[one.kind], one.address)
        for one in completions
        if one.address is not None and one.kind is not None
    }
    wanted = markup.fold(" ".join(typed.split()))
    if len(wanted) >= LEAST_TYPED:
        for theme in vocabulary.themes.all:
            words = next((word for word in theme.words if f" {markup.fold(word)}".find(f" {wanted}") >= 0), None)
            if words is not None:
                address = f"/themas/{theme.path}"
                found.setdefault(address, Suggestion(words, KIND_OF_HIT[Kind.THEME], address, theme.title))
    return list(found.values())[:MOST_SUGGESTIONS]


def hit_rows(hits: Sequence[Hit], vocabulary: Vocabulary) -> list[HitRow]:
    """Return the rows of some hits."""
    naming = _Naming(vocabulary)
    return [naming.hit(hit) for hit in hits]


def _count_rulings(asked: SearchRequest, found: SearchResults) -> int:
    """Return how many of the results are rulings, on all pages together."""
    kinds = asked.filters.get("soort", [Kind.RULING])
    counted = {one.value: one.count for one in found.facets.get("soort", ())}
    return counted.get(Kind.RULING, 0) if Kind.RULING in kinds else 0


def _downloads(asked: SearchRequest) -> list[Link]:
    """Return where the rulings of a search can be had as a file."""
    return [Link(FORMATS[form].label, asked.link(address=f"/rechtspraak/download/{form}")) for form in DOWNLOADS]


def _title(asked: SearchRequest) -> str:
    if asked.question:
        return f"Zoeken naar {asked.question[:80]}"
    return "Rechtspraak" if asked.fixed_kind == Kind.RULING else "Zoeken"


def _ordered(found: SearchResults) -> list[tuple[str, Sequence[FacetValue]]]:
    return [(name, found.facets[name]) for name in FACET_LABELS if name in found.facets]


class _Naming:
    """Gives codes their names for the screen."""

    def __init__(
        self, vocabulary: Vocabulary, *, question: str = "", chains: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self.vocabulary = vocabulary
        self.chains = chains
        self.along = f"?{urlencode({PARAMETER: question})}" if question else ""

    def hit(self, hit: Hit) -> HitRow:
        """Return the row of a hit."""
        return HitRow(
            title=hit.title,
            address=hit.address + self.along,
            kind=KIND_OF_HIT[hit.kind],
            place=self._place(hit),
            dated_on=hit.dated_on,
            outcome=outcome_label(hit.outcome, self.vocabulary),
            snippets=[(snippet.label, markup.marked(snippet.html)) for snippet in hit.snippets],
            mark=hit.mark,
            chain="" if any(one.label == KEYWORDS for one in hit.snippets) else self.chains.get(hit.id, ""),
        )

    def facet(self, name: str, values: Sequence[FacetValue], asked: SearchRequest) -> FacetBox:
        """Return a facet with its chosen values first; of many values the largest."""
        if name == "soort" and asked.fixed_kind:
            return FacetBox(name, FACET_LABELS[name], [])
        options = [FacetOption(one.value, self.value(name, one.value), one.count, one.selected) for one in values]
        chosen = [option for option in options if option.is_selected]
        others = [option for option in options if not option.is_selected][:MOST_FACET_VALUES]
        if name == "jaar":
            others.sort(key=lambda option: option.value, reverse=True)
        return FacetBox(name, FACET_LABELS[name], chosen + others)

    def value(self, facet: str, value: str) -> str:
        """Return the name of one value of a facet."""
        if facet == "soort":
            return KIND_LABELS.get(value, value)
        if facet == "hof":
            court = self.vocabulary.courts.find_court(value)
            return court.label if court else value
        if facet == "thema":
            return self.vocabulary.themes.title(value)
        if facet == "taal":
            return language_name(value)
        if facet == "uitkomst":
            return outcome_label(value, self.vocabulary) or value
        return self._article(value) if facet == "artikel" else value

    def _article(self, normal: str) -> str:
        try:
            return parse_normal(normal, self.vocabulary.laws).display
        except (UnknownLaw, InvalidSource):
            return normal

    def _place(self, hit: Hit) -> str:
        if hit.kind == Kind.RULING and hit.court:
            return self.value("hof", hit.court)
        theme = self.vocabulary.themes.find(hit.node) if hit.node else None
        if theme is None or hit.kind != Kind.THEME:
            return ""
        return " › ".join(above.title for above in self.vocabulary.themes.ancestors(theme.id))


def label_of(facet: str, value: str, vocabulary: Vocabulary) -> str:
    """Return the name of one value of a facet."""
    return _Naming(vocabulary).value(facet, value)
