"""What the pages of rulings hand to their templates."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Self
from urllib.parse import urlencode

from markupsafe import Markup

from helpdesk.core.references import NotedReference, distinct_sources
from helpdesk.core.vocabulary import LANGUAGES, Vocabulary
from helpdesk.rulings.models import Ruling, RulingTreatment
from helpdesk.rulings.rules.files import ECLI_STATUS, QUALITY
from helpdesk.rulings.rules.naming import cite, cite_in_vena, file_label, read_labels, ruling_title
from helpdesk.web.charts import Moment, Timeline, timeline
from helpdesk.web.highlighting import Highlighting
from helpdesk.web.views import PageBase
from jurisprudence.citation import long_date
from jurisprudence.exchange.ecli_metadata import dublin_core
from jurisprudence.exchange.formats import FORMATS
from jurisprudence.exchange.linked_data import linked_data
from jurisprudence.exchange.record import RulingRecord
from jurisprudence.identifiers import parse_ruling_number
from jurisprudence.keywords import SegmentKind, parse_keywords
from jurisprudence.treatment import TREATMENTS, treatment_mark

NOT_HELD = "een uitspraak die niet in de databank staat"  # withdrawn, say: what it decided still holds
DOWNLOADS = ("ris", "bibtex", "ecli")
MOST_IN_LINE = 14  # rulings around one: more makes no picture
OTHER_LANGUAGES = {"ro": "Roemeens", "it": "Italiaans", "hu": "Hongaars", "bg": "Bulgaars", "cs": "Tsjechisch"}


@dataclass(frozen=True)
class Link:
    """A title and where it leads."""

    title: str
    address: str


@dataclass(frozen=True)
class RulingRow:
    """One ruling in a list."""

    slug: str
    title: str
    outcome: str
    summary: str
    mark: str = ""  # that it no longer stands, or was not followed

    @classmethod
    def of(cls, ruling: Ruling, vocabulary: Vocabulary) -> Self:
        """Return the row of a ruling."""
        return cls(
            slug=ruling.slug,
            title=ruling_title(ruling, vocabulary),
            outcome=outcome_label(ruling.outcome, vocabulary),
            summary=ruling.summary,
            mark=treatment_mark([treatment.kind for treatment in ruling.treated_by]),
        )


@dataclass(frozen=True)
class ChainSegment:
    """One segment of the trefwoordenketen; `kind` is its type, for styling and screen readers."""

    text: Markup
    kind: SegmentKind


@dataclass(frozen=True)
class Field:
    """One row of the record: its name, its value and whether it is still to be confirmed."""

    name: str
    value: str
    is_unverified: bool = False
    note: str = ""


@dataclass(frozen=True)
class Treatment:
    """How this ruling treats another, or is treated: "niet gevolgd door" and the other side, with the note."""

    words: str
    other: Link
    note: str
    treated_on: date
    is_warning: bool

    @classmethod
    def of(cls, treatment: RulingTreatment, slug: str, titles: Mapping[str, str]) -> Self:
        """Return a treatment as the page of one of its sides shows it; `titles` are those of our rulings, by slug."""
        kind = TREATMENTS[treatment.kind]
        is_treated = treatment.treated_slug == slug
        other_slug = treatment.treating_slug if is_treated else treatment.treated_slug
        words = (treatment.treating_text if is_treated else treatment.treated_text) or ""
        is_ours = other_slug in titles if other_slug else False
        return cls(
            words=kind.treated if is_treated else kind.treats,
            other=Link(titles[other_slug], f"/rechtspraak/{other_slug}")
            if other_slug and is_ours
            else Link(words or NOT_HELD, ""),
            note=treatment.note,
            treated_on=treatment.treated_on,
            is_warning=is_treated and bool(kind.mark),
        )


@dataclass(frozen=True)
class Citing:
    """A document that cites, with the words around the first place where it does."""

    kind: str
    title: str
    address: str
    context: str


@dataclass(frozen=True)
class LineRow:
    """One ruling in the line of cases a ruling stands in; `words` say how the two are related."""

    decided_on: date
    title: str
    address: str  # "" when it is not ours
    words: str
    is_this: bool = False


@dataclass(frozen=True)
class Surroundings:
    """What stands around a ruling in the graph of references; `line` is empty when it stands alone."""

    treatments: Sequence[Treatment] = ()
    cites: Sequence[Link] = ()
    cited_by: Sequence[Citing] = ()
    same_articles: Sequence[RulingRow] = ()
    line: Sequence[LineRow] = ()

    @property
    def chart(self) -> Timeline:
        """The line of cases as a drawing."""
        moments = [Moment(row.title, row.decided_on, row.is_this) for row in self.line]
        return timeline("lijn", "De lijn van rechtspraak in de tijd; de tabel hieronder zegt hetzelfde.", moments)


def line_of(
    ruling: Ruling,
    *,
    treatments: Sequence[RulingTreatment],
    cites: Sequence[Ruling],
    cited_by: Sequence[Ruling],
    treating: Sequence[Ruling],
    vocabulary: Vocabulary,
) -> list[LineRow]:
    """Return the line of cases around a ruling, oldest first, itself among them; empty when there is nothing around it.

    `treating` are our rulings on the other side of the treatments. A ruling that treats this one and is not ours
    counts by the day of the treatment; one that is treated and not ours is left out: its day is not known.
    """
    own = ruling.slug
    words: dict[str, str] = {}
    for treatment in treatments:
        kind, is_treated = TREATMENTS[treatment.kind], treatment.treated_slug == own
        other = treatment.treating_slug if is_treated else treatment.treated_slug
        words.setdefault(
            other or "", f"{kind.treats} deze uitspraak" if is_treated else kind.treated + " deze uitspraak"
        )
    for one in cites:
        words.setdefault(one.slug, "aangehaald in deze uitspraak")
    for one in cited_by:
        words.setdefault(one.slug, "haalt deze uitspraak aan")
    others = {one.slug: one for one in (*treating, *cites, *cited_by) if one.slug != own}
    rows = [
        LineRow(one.decided_on, ruling_title(one, vocabulary), f"/rechtspraak/{slug}", words[slug])
        for slug, one in list(others.items())[:MOST_IN_LINE]
    ]
    rows += [
        LineRow(one.treated_on, one.treating_text, "", f"{TREATMENTS[one.kind].treats} deze uitspraak")
        for one in treatments
        if one.treated_slug == own and one.treating_slug not in others and one.treating_text
    ]
    if not rows:
        return []
    this = LineRow(ruling.decided_on, ruling_title(ruling, vocabulary), "", "deze uitspraak", is_this=True)
    return sorted([*rows, this], key=lambda row: (row.decided_on, row.title))


CITING_KINDS: Mapping[str, str] = {
    "thema": "Thema",
    "nieuws": "Nieuws",
    "rechtspraak": "Rechtspraak",
    "lexicon": "Lexicon",
    "pagina": "Over de site",
    "wegwijzer": "Wegwijzer",
    "publicatie": "Publicatie",
}


def citing(rows: Sequence[NotedReference]) -> list[Citing]:
    """Return the documents that cite, each once: themes and news before rulings."""
    order = {kind: place for place, kind in enumerate(CITING_KINDS)}
    found = [pair for pair in distinct_sources(rows) if pair[0].kind in order]
    return [
        Citing(
            kind=CITING_KINDS[source.kind],
            title=source.title,
            address=source.address,
            context=next((one.context for one in ones if one.context), ""),
        )
        for source, ones in sorted(found, key=lambda pair: order[pair[0].kind])
    ]


@dataclass(frozen=True, kw_only=True)
class RulingPage(PageBase):
    """A ruling with every field of its record."""

    template: ClassVar[str] = "rulings/ruling.html"

    citation: str
    citation_in_vena: str
    downloads: list[Link]
    dublin_core: list[tuple[str, str]]
    linked_data: dict[str, Any]
    outcome: str
    chain: list[ChainSegment]
    summary: list[Markup]
    fields: list[Field]
    themes: list[Link]
    articles: list[Link]
    around: Surroundings
    mark: str
    related: list[RulingRow]
    pdf: str
    source_url: str | None
    sources: list[str]
    is_summary_unverified: bool
    are_articles_unverified: bool

    @property
    def contents(self) -> list[tuple[str, str]]:
        """The sections of the page: their anchor and their heading."""
        sections = [
            ("behandeling", "Latere en eerdere rechtspraak", self.around.treatments),
            ("kernwoorden", "Trefwoorden", self.chain),
            ("samenvatting", "Samenvatting", True),
            ("lijn", "De lijn van rechtspraak", self.around.line),
            ("gegevens", "Gegevens", True),
            ("tekst-van-het-hof", "Tekst van het hof", self.pdf),
            ("bronnen", "Bronnen van deze gegevens", self.sources or self.source_url),
        ]
        return [(anchor, heading) for anchor, heading, is_shown in sections if is_shown]

    @classmethod
    def of(
        cls,
        ruling: Ruling,
        record: RulingRecord,
        *,
        around: Surroundings,
        related: list[Ruling],
        vocabulary: Vocabulary,
        canonical: str,
        highlighting: Highlighting,
        linked: Callable[[str], str],
    ) -> Self:
        """Return the page of a ruling.

        `record` is what machines are told of it; `linked` turns plain text into HTML with links to what it refers to.
        """

        def mark(text: str) -> Markup:
            return highlighting.html(linked(text))

        segments = parse_keywords(ruling.keywords, vocabulary.outcomes, vocabulary.laws).segments
        chain = [ChainSegment(mark(segment.text), segment.kind) for segment in segments]
        summary = [mark(paragraph) for paragraph in ruling.summary.split("\n\n") if paragraph.strip()]
        return cls(
            title=ruling_title(ruling, vocabulary),
            description=ruling.summary[:200],
            canonical=canonical,
            feed=f"/volgen/atom.xml?{urlencode({'pagina': canonical})}",
            citation=cite(ruling, vocabulary),
            citation_in_vena=cite_in_vena(ruling, vocabulary),
            downloads=[
                Link(FORMATS[form].label, f"/rechtspraak/{ruling.slug}/{form}")
                for form in DOWNLOADS
                if form != "ecli" or record.stated_ecli
            ],
            dublin_core=dublin_core(record),
            linked_data=linked_data(record),
            outcome=outcome_label(ruling.outcome, vocabulary),
            chain=chain,
            summary=summary,
            highlight=highlighting.result(),
            fields=_fields(ruling, vocabulary),
            themes=theme_links([theme.node for theme in ruling.themes], vocabulary),
            articles=_article_links(ruling, vocabulary),
            around=around,
            mark=treatment_mark([treatment.kind for treatment in ruling.treated_by]),
            related=[RulingRow.of(other, vocabulary) for other in related],
            pdf=file_label(ruling.file.pages, ruling.file.size_bytes) if ruling.file else "",
            source_url=ruling.source_url,
            sources=ruling.sources,
            is_summary_unverified="summary" in ruling.unverified,
            are_articles_unverified="articles" in ruling.unverified,
        )


@dataclass(frozen=True, kw_only=True)
class PrintedRuling(PageBase):
    """The record of a ruling on paper."""

    template: ClassVar[str] = "rulings/print.html"

    ruling: RulingPage
    address: str
    printed_on: date

    @classmethod
    def of(cls, page: RulingPage, base_url: str, *, today: date) -> Self:
        """Return the printed page of a ruling."""
        address = f"{base_url}{page.canonical}"
        return cls(title=page.title, description=page.description, ruling=page, address=address, printed_on=today)


@dataclass(frozen=True, kw_only=True)
class ChoosePage(PageBase):
    """Several rulings carry the number that was asked: the visitor chooses."""

    template: ClassVar[str] = "rulings/choose.html"

    rulings: list[RulingRow]
    may_be_indexed: bool = False
    is_counted: bool = False  # a number can be written in endless ways


@dataclass(frozen=True, kw_only=True)
class NotHeldPage(PageBase):
    """A ruling that is cited but that we do not hold: where its court publishes it, when the number says so."""

    template: ClassVar[str] = "rulings/not_held.html"

    court: str
    official: str
    may_be_indexed: bool = False
    is_counted: bool = False


@dataclass(frozen=True, kw_only=True)
class WithdrawnPage(PageBase):
    """A ruling that was on the site and is no longer, with the reason."""

    template: ClassVar[str] = "rulings/withdrawn.html"

    reason: str
    may_be_indexed: bool = False
    is_counted: bool = False


def outcome_label(code: str | None, vocabulary: Vocabulary) -> str:
    """Return the Dutch word of an outcome; "" when it was not read."""
    outcome = vocabulary.outcomes.find_outcome(code) if code else None
    return outcome.label if outcome else ""


def theme_links(nodes: Sequence[str], vocabulary: Vocabulary) -> list[Link]:
    """Return where these nodes stand; one the tree no longer knows is left out."""
    found = (vocabulary.themes.find(node) for node in nodes)
    return [Link(theme.title, f"/themas/{theme.path}") for theme in found if theme]


def language_name(code: str) -> str:
    """Return the Dutch name of a language."""
    return LANGUAGES.get(code) or OTHER_LANGUAGES.get(code, code)


def _fields(ruling: Ruling, vocabulary: Vocabulary) -> list[Field]:
    open_fields = set(ruling.unverified)
    court = vocabulary.courts.get_court(ruling.court)
    ecli_note = ECLI_STATUS[ruling.ecli_status] if ruling.ecli and ruling.ecli_status else ""
    rows = [
        Field("Rechtscollege", court.name_nl, "court" in open_fields),
        Field("Naam op het moment van de uitspraak", ruling.historic_court_name or ""),
        Field("Afdeling", ruling.division or ""),
        Field("Datum", long_date(ruling.decided_on), "date" in open_fields),
        Field("Nummer", parse_ruling_number(ruling.court, ruling.number).display, "number" in open_fields),
        Field("Rolnummer", ", ".join(ruling.role_numbers)),
        Field("ECLI", ruling.ecli or "", bool(ruling.ecli) and ruling.ecli_status != "verified", ecli_note),
        Field("Partijen", ruling.parties or "", "parties" in open_fields),
        Field("Taal", language_name(ruling.language), "language" in open_fields),
        Field("Uitkomst", outcome_label(ruling.outcome, vocabulary)),
        Field("Nagekeken", QUALITY[ruling.quality] if ruling.quality else ""),
    ]
    return [row for row in rows if row.value]


def _article_links(ruling: Ruling, vocabulary: Vocabulary) -> list[Link]:
    return [
        Link(reference.display, reference.address) if reference else Link(label, "")
        for label, reference in read_labels(ruling, vocabulary)
    ]
