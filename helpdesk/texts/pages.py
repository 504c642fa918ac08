"""What the pages of texts hand to their templates."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Self

from markupsafe import Markup

from helpdesk.core import frontmatter, markup, worddiff
from helpdesk.core.clock import brussels_date
from helpdesk.core.paging import Page
from helpdesk.core.vocabulary import Theme, Vocabulary
from helpdesk.core.worddiff import Piece
from helpdesk.rulings.models import Ruling
from helpdesk.rulings.pages import Link, RulingRow, theme_links
from helpdesk.texts import rules
from helpdesk.texts.models import PublishedText, TextKind, TextVersion
from helpdesk.texts.queries import Live
from helpdesk.web.filters import long_date
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
    confirmed_on: date | None = None
    change_note: str | None = None
    history: str | None = None


@dataclass(frozen=True)
class Banner:
    """What is said above a text that is not the one of today: an old version, or a draft."""

    sentence: str
    links: Sequence[Link]
    is_warning: bool = True


@dataclass(frozen=True)
class Body:
    """The text itself with its table of contents."""

    html: Markup
    contents: Sequence[Sequence[str]]
    sources: Sequence[Source]
    check: Check
    version: int

    @classmethod
    def of(
        cls, live: Live, vocabulary: Vocabulary, *, today: date, to_markup: Callable[[str], Markup] = markup.stored
    ) -> Self:
        """Return the body of a live text; `to_markup` may mark words in it."""
        version = live.version
        text = live.text
        is_live = version.number == text.live_number
        was_read = version.reviewed_on is not None or text.confirmed_on is not None
        overdue = was_read and is_live and rules.next_review_on(text, version) <= today
        is_first = version.number == 1
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
                confirmed_on=text.confirmed_on if is_live else None,
                change_note=version.change_note if is_live and not is_first else None,
                history=None if is_first and is_live else f"{address_of(live, vocabulary)}/geschiedenis",
            ),
            version=version.number,
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
    withdrawn_reason: str | None = None
    banner: Banner | None = None

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
        withdrawn_reason: str | None = None,
        banner: Banner | None = None,
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
            feed=f"/themas/{theme.path}/atom.xml",
            withdrawn_reason=withdrawn_reason,
            banner=banner,
            may_be_indexed=banner is None and withdrawn_reason is None,
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
    is_living: bool
    body: Body
    themes: Sequence[Link]
    rulings: Sequence[RulingRow]
    banner: Banner | None = None

    @classmethod
    def of(
        cls,
        live: Live,
        *,
        rulings: Sequence[Ruling],
        vocabulary: Vocabulary,
        today: date,
        highlighting: Highlighting,
        banner: Banner | None = None,
    ) -> Self:
        """Return the page of a news item."""
        body = Body.of(live, vocabulary, today=today, to_markup=highlighting.html)
        return cls(
            title=live.version.title,
            description=live.version.summary,
            canonical=f"/nieuws/{live.text.slug}",
            item=NewsRow.of(live),
            update_note=live.version.update_note,
            is_living=rules.is_living(live.version.news_kind, live.version.updated_on),
            body=body,
            highlight=highlighting.result(),
            themes=theme_links([row.node for row in live.text.themes], vocabulary),
            rulings=[RulingRow.of(ruling, vocabulary) for ruling in rulings],
            banner=banner,
            may_be_indexed=banner is None,
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
    banner: Banner | None = None

    @classmethod
    def of(
        cls,
        live: Live,
        vocabulary: Vocabulary,
        *,
        today: date,
        highlighting: Highlighting,
        banner: Banner | None = None,
    ) -> Self:
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
            banner=banner,
            may_be_indexed=banner is None,
        )


@dataclass(frozen=True, kw_only=True)
class SitePage(PageBase):
    """A page about the site itself, or a sheet for first-line workers; one that describes law says of which day."""

    template: ClassVar[str] = "texts/site_page.html"

    lead: str
    body: Body
    breadcrumb: Sequence[Link]
    speaks_of_law: bool
    banner: Banner | None = None

    @classmethod
    def of(
        cls,
        live: Live,
        vocabulary: Vocabulary,
        *,
        today: date,
        highlighting: Highlighting,
        banner: Banner | None = None,
    ) -> Self:
        """Return the page of a version of a text."""
        version = live.version
        return cls(
            title=version.title,
            description=version.summary,
            canonical=address_of(live, vocabulary),
            lead=version.summary,
            body=Body.of(live, vocabulary, today=today, to_markup=highlighting.html),
            highlight=highlighting.result(),
            breadcrumb=_above_page(live.text.slug),
            speaks_of_law=rules.speaks_of_law(live.text.slug),
            banner=banner,
            may_be_indexed=banner is None,
        )


def _above_page(slug: str) -> list[Link]:
    """Return the pages above a site page."""
    if slug.startswith(rules.SHEET):
        return [Link("Fiches", "/fiches")]
    return [Link("Contact", "/contact")] if slug == "per-provincie" else []


@dataclass(frozen=True, kw_only=True)
class WithdrawnTextPage(PageBase):
    """Why a text is gone, and where to go from here."""

    template: ClassVar[str] = "texts/withdrawn.html"

    reason: str
    above: Link
    themes: Sequence[Link]
    may_be_indexed: bool = False


@dataclass(frozen=True, kw_only=True)
class NoVersionPage(PageBase):
    """There was no such version, or no text on that day, or it is no longer shown."""

    template: ClassVar[str] = "texts/no_version.html"

    sentence: str
    links: Sequence[Link]
    title: str = "Deze versie is er niet"
    may_be_indexed: bool = False


@dataclass(frozen=True)
class VersionRow:
    """One version in the history of a text; `difference` leads to what changed with it, since the one before."""

    number: int
    published_on: date
    what: str
    note: str | None
    address: str
    difference: str | None
    withdrawn_on: date | None
    hidden_reason: str | None

    @classmethod
    def of(cls, version: TextVersion, address: str, *, shown: Collection[int] = ()) -> Self:
        """Return the row of a version of the text at an address; `shown` are the versions the public may read."""
        number = version.number
        is_comparable = number in shown and number - 1 in shown
        what = "eerste versie" if number == 1 else "inhoudelijk" if version.is_substantive else "redactioneel"
        return cls(
            number=number,
            published_on=brussels_date(version.published_at),
            what=what,
            note=version.change_note,
            address=f"{address}?versie={number}",
            difference=f"{address}/geschiedenis?van={number - 1}&tot={number}" if is_comparable else None,
            withdrawn_on=brussels_date(version.withdrawn_at) if version.withdrawn_at else None,
            hidden_reason=version.hidden_reason,
        )


@dataclass(frozen=True)
class Comparison:
    """Two versions beside each other: each field that differs in words, and how the newer one reads."""

    older: int
    newer: int
    count: int
    fields: Sequence[tuple[str, Sequence[Piece]]]
    html: Markup

    @classmethod
    def of(cls, older: TextVersion, newer: TextVersion, *, to_markup: Callable[[str], Markup]) -> Self:
        """Compare two versions of a text. What only editors see of it is left out."""
        before, after = dict(told(older)), dict(told(newer))
        compared = [(name, worddiff.compare(before[name], after[name])) for name in before]
        counts = [worddiff.count_changes(pieces) for _, pieces in compared]
        return cls(
            older=older.number,
            newer=newer.number,
            count=sum(counts),
            fields=[
                (name, worddiff.fold(pieces)) for (name, pieces), count in zip(compared, counts, strict=True) if count
            ],
            html=to_markup(newer.html),
        )


@dataclass(frozen=True, kw_only=True)
class HistoryPage(PageBase):
    """Every version of a text, newest first, and the difference between two when it is asked."""

    template: ClassVar[str] = "texts/history.html"

    above: Sequence[Link]
    address: str
    versions: Sequence[VersionRow]
    comparison: Comparison | None
    older: int
    newer: int
    may_be_indexed: bool = False


def told(version: TextVersion) -> list[tuple[str, str]]:
    """Return what the public reads of a version, as it was written: the name of each part and its text."""
    return [
        ("Titel", version.title),
        ("Samenvatting", version.summary),
        ("Stand van het recht", version.stand_of_law.isoformat() if version.stand_of_law else ""),
        ("Bronnen", "\n".join(version.sources)),
        ("Uitspraken", "\n".join(version.rulings)),
        ("Andere woorden", "\n".join([*version.abbreviations, *version.synonyms])),
        ("Bijgewerkt", " ".join(filter(None, (str(version.updated_on or ""), version.update_note)))),
        ("Nagekeken", " ".join(filter(None, (str(version.reviewed_on or ""), version.reviewed_by)))),
        ("Tekst", frontmatter.split(version.source).body),
    ]


def banner_of(text: PublishedText, version: TextVersion, until: TextVersion | None, address: str) -> Banner:
    """Return what is said above a version that was asked for; `until` is the version after it."""
    of = long_date(brussels_date(version.published_at))
    history = Link("Alle versies", f"{address}/geschiedenis")
    if version.number == text.live_number:
        return Banner(f"Dit is de huidige versie ({version.number}), van {of}.", [history], is_warning=False)
    end = until.published_at if until is not None else version.withdrawn_at
    till = f" tot {long_date(brussels_date(end))}" if end is not None else ""
    links = [
        Link("Naar de tekst van vandaag", address),
        Link("Wat is er sindsdien veranderd?", f"{address}/geschiedenis?van={version.number}&tot={text.live_number}"),
        history,
    ]
    return Banner(f"Dit is een oude versie ({version.number}): ze stond hier van {of}{till}.", links)


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
