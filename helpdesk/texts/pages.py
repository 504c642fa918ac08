"""What the pages of texts hand to their templates."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, Self

from markupsafe import Markup

from helpdesk.core import markup
from helpdesk.core.clock import brussels_date
from helpdesk.core.paging import Page
from helpdesk.core.vocabulary import Theme, Vocabulary
from helpdesk.rulings.models import Ruling
from helpdesk.rulings.pages import Link, RulingRow, theme_links
from helpdesk.texts import rules
from helpdesk.texts.models import TextKind
from helpdesk.texts.queries import Live
from helpdesk.web.highlighting import Highlighting
from helpdesk.web.views import PageBase
from jurisprudence.legislation import parse_source


@dataclass(frozen=True)
class Source:
    """A legal source as it is cited: its page here, and the official text when we know its address."""

    label: str
    law: str
    address: str
    official: str | None


@dataclass(frozen=True)
class Check:
    """How far a reader may trust a text: which law it describes and who checked it when."""

    stand_of_law: date | None
    published_on: date
    reviewed_on: date | None
    reviewed_by: str | None
    is_overdue: bool


@dataclass(frozen=True)
class Body:
    """The text itself with its table of contents."""

    html: Markup
    contents: Sequence[Sequence[str]]
    sources: Sequence[Source]
    check: Check

    @classmethod
    def of(
        cls, live: Live, vocabulary: Vocabulary, *, today: date, to_markup: Callable[[str], Markup] = markup.stored
    ) -> Self:
        """Return the body of a live text; `to_markup` may mark words in it."""
        version = live.version
        overdue = version.reviewed_on is not None and (
            rules.review_due_on(version.reviewed_on, version.review_after_months) <= today
        )
        return cls(
            html=to_markup(version.html),
            contents=version.contents,
            sources=[_source(text, vocabulary) for text in version.sources],
            check=Check(
                version.stand_of_law,
                brussels_date(version.published_at),
                version.reviewed_on,
                version.reviewed_by,
                overdue,
            ),
        )


@dataclass(frozen=True, kw_only=True)
class PrintedText(PageBase):
    """A text on paper: its references as footnotes, the day it was printed, and where today's text stands."""

    template: ClassVar[str] = "texts/print.html"

    lead: str
    html: Markup
    sources: Sequence[Source]
    check: Check
    address: str
    printed_on: date

    @classmethod
    def of(cls, live: Live, vocabulary: Vocabulary, *, address: str, base_url: str, today: date) -> Self:
        """Return the printed page of a live text that stands at `address`."""
        body = Body.of(live, vocabulary, today=today)
        laws = {source.address: f"{source.label}: {source.law}." for source in body.sources}
        return cls(
            title=live.version.title,
            description=live.version.summary,
            lead=live.version.summary,
            html=markup.for_print(live.version.html, base_url, lambda to: laws.get(to, f"{base_url}{to}")),
            sources=body.sources,
            check=body.check,
            address=f"{base_url}{address}",
            printed_on=today,
        )


@dataclass(frozen=True)
class ThemeTeaser:
    """A node in a list: its title and one sentence."""

    title: str
    address: str
    teaser: str

    @classmethod
    def of(cls, theme: Theme, summaries: Mapping[str, str]) -> Self:
        """Return the teaser of a node: the summary of its text, or the description of the node."""
        return cls(theme.title, f"/themas/{theme.path}", summaries.get(theme.id, theme.description))


@dataclass(frozen=True)
class NewsRow:
    """One news item in a list."""

    slug: str
    title: str
    summary: str
    kind: str
    dated_on: date
    updated_on: date | None

    @classmethod
    def of(cls, live: Live) -> Self:
        """Return the row of a news item."""
        version = live.version
        return cls(
            slug=live.text.slug,
            title=version.title,
            summary=version.summary,
            kind=rules.NEWS_KINDS.get(version.news_kind or "", ""),
            dated_on=version.dated_on or brussels_date(version.published_at),
            updated_on=version.updated_on,
        )


@dataclass(frozen=True, kw_only=True)
class ThemePage(PageBase):
    """A node of the taxonomy: its text when there is one, what lies below it, its rulings and news."""

    template: ClassVar[str] = "texts/theme.html"

    breadcrumb: Sequence[Link]
    lead: str
    body: Body | None
    children: Sequence[ThemeTeaser]
    rulings: Sequence[RulingRow]
    rulings_total: int
    rulings_address: str
    news: Sequence[NewsRow]
    also_under: Sequence[Link] = ()

    @classmethod
    def of(
        cls,
        theme: Theme,
        *,
        live: Live | None,
        summaries: Mapping[str, str],
        rulings: Sequence[Ruling],
        rulings_total: int,
        news: Sequence[Live],
        vocabulary: Vocabulary,
        today: date,
        highlighting: Highlighting,
    ) -> Self:
        """Return the page of a node."""
        body = Body.of(live, vocabulary, today=today, to_markup=highlighting.html) if live else None
        themes = vocabulary.themes
        further = [name.node for name in live.text.themes if name.node != theme.id] if live else []
        return cls(
            title=live.version.title if live else theme.title,
            description=live.version.summary if live else theme.description,
            canonical=f"/themas/{theme.path}",
            breadcrumb=[Link(above.title, f"/themas/{above.path}") for above in themes.ancestors(theme.id)],
            lead=live.version.summary if live else theme.description,
            body=body,
            highlight=highlighting.result() if body else None,
            children=[ThemeTeaser.of(child, summaries) for child in themes.children(theme.id)],
            rulings=[RulingRow.of(ruling, vocabulary) for ruling in rulings],
            rulings_total=rulings_total,
            rulings_address=f"/rechtspraak?thema={theme.id}",
            news=[NewsRow.of(item) for item in news],
            also_under=theme_links(further, vocabulary),
        )


@dataclass(frozen=True)
class Branch:
    """A branch of law with the nodes right under it, as the overview of themes shows it."""

    title: str
    address: str
    description: str
    children: Sequence[ThemeTeaser]


@dataclass(frozen=True, kw_only=True)
class ThemesPage(PageBase):
    """The overview of all themes."""

    template: ClassVar[str] = "texts/themes.html"

    branches: Sequence[Branch]
    title: str = "Thema's"
    description: str = "Alle thema's van vreemdelingenrecht en internationaal familierecht."
    canonical: str | None = "/themas"


@dataclass(frozen=True, kw_only=True)
class NewsListPage(PageBase):
    """One page of the news."""

    template: ClassVar[str] = "texts/news_list.html"

    news: Page[NewsRow]
    title: str = "Nieuws"
    description: str = "Nieuwe rechtspraak, wetgeving en praktijk in vreemdelingenrecht en internationaal familierecht."


@dataclass(frozen=True, kw_only=True)
class NewsPage(PageBase):
    """One news item."""

    template: ClassVar[str] = "texts/news.html"

    item: NewsRow
    update_note: str | None
    body: Body
    themes: Sequence[Link]
    rulings: Sequence[RulingRow]

    @classmethod
    def of(
        cls,
        live: Live,
        *,
        rulings: Sequence[Ruling],
        vocabulary: Vocabulary,
        today: date,
        highlighting: Highlighting,
    ) -> Self:
        """Return the page of a news item."""
        body = Body.of(live, vocabulary, today=today, to_markup=highlighting.html)
        return cls(
            title=live.version.title,
            description=live.version.summary,
            canonical=f"/nieuws/{live.text.slug}",
            item=NewsRow.of(live),
            update_note=live.version.update_note,
            body=body,
            highlight=highlighting.result(),
            themes=theme_links([row.node for row in live.text.themes], vocabulary),
            rulings=[RulingRow.of(ruling, vocabulary) for ruling in rulings],
        )


@dataclass(frozen=True)
class Term:
    """One term in the list of the lexicon."""

    slug: str
    title: str
    explanation: str
    other_words: Sequence[str]

    @classmethod
    def of(cls, live: Live) -> Self:
        """Return a term."""
        version = live.version
        return cls(live.text.slug, version.title, version.summary, [*version.abbreviations, *version.synonyms])


@dataclass(frozen=True, kw_only=True)
class LexiconPage(PageBase):
    """The lexicon, by first letter."""

    template: ClassVar[str] = "texts/lexicon.html"

    letters: Sequence[tuple[str, Sequence[Term]]]
    title: str = "Lexicon"
    description: str = "Begrippen uit het vreemdelingenrecht en het internationaal familierecht, kort uitgelegd."
    canonical: str | None = "/lexicon"


@dataclass(frozen=True, kw_only=True)
class TermPage(PageBase):
    """One term."""

    template: ClassVar[str] = "texts/term.html"

    term: Term
    body: Body
    themes: Sequence[Link]
    rulings: Sequence[RulingRow] = ()

    @classmethod
    def of(cls, live: Live, vocabulary: Vocabulary, *, today: date, highlighting: Highlighting) -> Self:
        """Return the page of a term."""
        body = Body.of(live, vocabulary, today=today, to_markup=highlighting.html)
        return cls(
            title=live.version.title,
            description=live.version.summary,
            canonical=f"/lexicon/{live.text.slug}",
            term=Term.of(live),
            body=body,
            highlight=highlighting.result(),
            themes=theme_links([row.node for row in live.text.themes], vocabulary),
        )


@dataclass(frozen=True, kw_only=True)
class SitePage(PageBase):
    """A page about the site itself."""

    template: ClassVar[str] = "texts/site_page.html"

    lead: str
    body: Body
    stand_of_law: date | None = field(default=None)


@dataclass(frozen=True)
class TextRow:
    """One text as the editors see it: who checked it when, and what could not be confirmed."""

    title: str
    address: str
    kind: str
    stand_of_law: date | None
    reviewed_on: date | None
    reviewed_by: str | None
    to_check: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class WorklistPage(PageBase):
    """What the editors still have to check: texts with open points first, most points first."""

    template: ClassVar[str] = "texts/worklist.html"

    texts: Sequence[TextRow]
    unchecked: int
    open_points: int
    title: str = "Na te kijken"
    may_be_indexed: bool = False

    @classmethod
    def of(cls, live_texts: Sequence[Live], vocabulary: Vocabulary) -> Self:
        """Return the worklist of all live texts."""
        rows = [
            TextRow(
                title=live.version.title,
                address=address_of(live, vocabulary),
                kind=live.text.kind,
                stand_of_law=live.version.stand_of_law,
                reviewed_on=live.version.reviewed_on,
                reviewed_by=live.version.reviewed_by,
                to_check=live.version.to_check,
            )
            for live in live_texts
        ]
        return cls(
            texts=sorted(rows, key=lambda row: (-len(row.to_check), row.title)),
            unchecked=sum(row.reviewed_on is None for row in rows),
            open_points=sum(len(row.to_check) for row in rows),
        )


def group_by_letter(terms: Sequence[Term]) -> list[tuple[str, Sequence[Term]]]:
    """Group terms by the first letter of their title, folded to A-Z."""
    groups: dict[str, list[Term]] = {}
    for term in sorted(terms, key=lambda term: markup.fold(term.title)):
        groups.setdefault(markup.fold(term.title)[:1].upper(), []).append(term)
    return list(groups.items())


def address_of(live: Live, vocabulary: Vocabulary) -> str:
    """Return the path on the site of a live text."""
    return rules.address_of(TextKind(live.text.kind), live.text.slug, vocabulary)


def _source(text: str, vocabulary: Vocabulary) -> Source:
    reference = parse_source(text, vocabulary.laws)
    return Source(reference.display, reference.law.title, reference.address, reference.law.eli)
