"""What the pages of rulings hand to their templates: the public ones, and those of the editors."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar, Self

from markupsafe import Markup

from helpdesk.core.clock import brussels_date
from helpdesk.core.paging import Page
from helpdesk.core.vocabulary import LANGUAGES, Vocabulary
from helpdesk.rulings import rules
from helpdesk.rulings.forms import MOST_READ, OTHER_LANGUAGES, RulingForm, WithdrawForm
from helpdesk.rulings.models import ChangeAct, Ruling, RulingMention, RulingState
from helpdesk.rulings.queries import ListedRuling, PastChange, RulingFilter
from helpdesk.rulings.rules import ECLI_STATUS, FIELD_NAMES, QUALITY, Doubt, Found, cite, ruling_title
from helpdesk.web.fields import ThemeGroup, theme_groups
from helpdesk.web.highlighting import Highlighting
from helpdesk.web.views import PageBase
from jurisprudence.citation import long_date
from jurisprudence.identifiers import parse_ruling_number
from jurisprudence.keywords import Segment, SegmentKind, parse_keywords
from jurisprudence.legislation import InvalidSource, UnknownLaw, parse_source

KINDS = {
    SegmentKind.SUBJECT: "onderwerp",
    SegmentKind.DOCUMENT: "stuk",
    SegmentKind.ARTICLE: "artikel",
    SegmentKind.FACT: "feit",
    SegmentKind.REASONING: "redenering",
    SegmentKind.DISPOSITION: "uitkomst",
}
STATES = {RulingState.DRAFT: "ontwerp", RulingState.PUBLISHED: "gepubliceerd", RulingState.WITHDRAWN: "ingetrokken"}
ACTS = {
    ChangeAct.ADDED: "Toegevoegd",
    ChangeAct.CORRECTED: "Gewijzigd",
    ChangeAct.WITHDRAWN: "Ingetrokken",
    ChangeAct.OVERWRITTEN: "Vervangen door een invoer",
}
MOST_FOUND_SHOWN = 100
MOST_SHOWN_OF_TEXT = 2_000  # characters of an old or other version; the whole text stands in its field or in the file


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

    @classmethod
    def of(cls, ruling: Ruling, vocabulary: Vocabulary) -> Self:
        """Return the row of a ruling."""
        return cls(
            slug=ruling.slug,
            title=ruling_title(ruling, vocabulary),
            outcome=outcome_label(ruling.outcome, vocabulary),
            summary=ruling.summary,
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


@dataclass(frozen=True, kw_only=True)
class RulingPage(PageBase):
    """A ruling with every field of its record."""

    template: ClassVar[str] = "rulings/ruling.html"

    citation: str
    outcome: str
    chain: list[ChainSegment]
    summary: list[Markup]
    fields: list[Field]
    themes: list[Link]
    articles: list[Link]
    mentions: list[Link]
    related: list[RulingRow]
    pdf: str
    source_url: str | None
    sources: list[str]
    is_summary_unverified: bool
    are_articles_unverified: bool

    @classmethod
    def of(
        cls,
        ruling: Ruling,
        *,
        mentions: list[RulingMention],
        related: list[Ruling],
        vocabulary: Vocabulary,
        canonical: str,
        highlighting: Highlighting,
    ) -> Self:
        """Return the page of a ruling."""
        mark = highlighting.text
        segments = parse_keywords(ruling.keywords, vocabulary.outcomes, vocabulary.laws).segments
        chain = [ChainSegment(mark(segment.text), segment.kind) for segment in segments]
        summary = [mark(paragraph) for paragraph in ruling.summary.split("\n\n") if paragraph.strip()]
        return cls(
            title=ruling_title(ruling, vocabulary),
            description=ruling.summary[:200],
            canonical=canonical,
            citation=cite(ruling, vocabulary),
            outcome=outcome_label(ruling.outcome, vocabulary),
            chain=chain,
            summary=summary,
            highlight=highlighting.result(),
            fields=_fields(ruling, vocabulary),
            themes=theme_links([theme.node for theme in ruling.themes], vocabulary),
            articles=_article_links(ruling, vocabulary),
            mentions=[Link(mention.title, mention.address) for mention in mentions],
            related=[RulingRow.of(other, vocabulary) for other in related],
            pdf=rules.file_label(ruling.file.pages, ruling.file.size_bytes) if ruling.file else "",
            source_url=ruling.source_url,
            sources=ruling.sources,
            is_summary_unverified="summary" in ruling.unverified,
            are_articles_unverified="articles" in ruling.unverified,
        )


@dataclass(frozen=True, kw_only=True)
class ChoosePage(PageBase):
    """Several rulings carry the number that was asked: the visitor chooses."""

    template: ClassVar[str] = "rulings/choose.html"

    rulings: list[RulingRow]
    may_be_indexed: bool = False


@dataclass(frozen=True)
class ParsedSegment:
    """One segment of a chain as it was read: its words, its type and, of an article, whether the law is known."""

    text: str
    kind: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class ParsedChain(PageBase):
    """How a chain of keywords is read, beside its field. `outcome` is a code, "" when the chain names none."""

    template: ClassVar[str] = "rulings/parsed.html"

    parties: str
    segments: list[ParsedSegment]
    outcome: str
    outcome_label: str
    title: str = "Ontleding"

    @classmethod
    def of(cls, keywords: str, vocabulary: Vocabulary) -> Self:
        """Read a chain, of one that is far too long the beginning."""
        chain = parse_keywords(keywords[:MOST_READ], vocabulary.outcomes, vocabulary.laws)
        return cls(
            parties=chain.parties or "",
            segments=[
                ParsedSegment(segment.text, KINDS[segment.kind], _note_on(segment, vocabulary))
                for segment in chain.segments
            ],
            outcome=chain.outcome or "",
            outcome_label=outcome_label(chain.outcome, vocabulary),
        )


@dataclass(frozen=True)
class EditorRow:
    """One ruling in the editors' list, in words."""

    slug: str
    court: str
    number: str
    decided_on: date
    keywords: str
    state: str
    updated_on: date


@dataclass(frozen=True, kw_only=True)
class RulingListPage(PageBase):
    """The rulings an editor looks for, with the addresses of the pages before and after this one."""

    template: ClassVar[str] = "rulings/list.html"

    rows: list[EditorRow]
    page: Page[ListedRuling]
    wanted: RulingFilter
    courts: list[tuple[str, str]]
    states: list[tuple[str, str]]
    previous_address: str | None
    next_address: str | None
    title: str = "Uitspraken"
    may_be_indexed: bool = False

    @property
    def has_filter(self) -> bool:
        """Whether anything limits the list."""
        return bool(self.wanted.text or self.wanted.court or self.wanted.state)

    @classmethod
    def of(
        cls,
        page: Page[ListedRuling],
        wanted: RulingFilter,
        vocabulary: Vocabulary,
        address: Callable[[dict[str, Any]], str],
    ) -> Self:
        """Return the page around one page of rows; `address` makes the address of the list with these parameters."""
        given = {"zoek": wanted.text, "hof": wanted.court, "stand": wanted.state}
        query = {name: str(value) for name, value in given.items() if value}
        rows = [
            EditorRow(
                slug=row.slug,
                court=vocabulary.courts.get_court(row.court).label,
                number=parse_ruling_number(row.court, row.number).display,
                decided_on=row.decided_on,
                keywords=row.keywords,
                state=STATES[row.state],
                updated_on=brussels_date(row.updated_at),
            )
            for row in page.items
        ]
        return cls(
            rows=rows,
            page=page,
            wanted=wanted,
            courts=[(court.id, court.label) for court in vocabulary.courts.courts],
            states=[(state.value, name) for state, name in STATES.items()],
            previous_address=address({**query, "pagina": page.previous}) if page.previous else None,
            next_address=address({**query, "pagina": page.next}) if page.next else None,
        )


@dataclass(frozen=True)
class Change:
    """One change of the past: what happened, by whom, when, and the old value of each field."""

    act: str
    by: str
    changed_at: datetime
    before: list[tuple[str, str]]


@dataclass(frozen=True)
class Difference:
    """A field that says something else in two versions."""

    name: str
    mine: str
    theirs: str


@dataclass(frozen=True)
class FoundTrace:
    """A likely trace of a person, in its context: where it stands, and the field to go to."""

    place: str
    anchor: str
    what: str
    before: str
    text: str
    after: str


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is stored of the ruling on the form; for a new one everything is empty."""

    slug: str = ""
    title: str = ""
    state: RulingState | None = None
    withdrawn_reason: str = ""
    aliases: Sequence[str] = ()
    changes: Sequence[Change] = ()
    pdf: str = ""

    @classmethod
    def of(cls, ruling: Ruling, changes: Sequence[PastChange], vocabulary: Vocabulary) -> Self:
        """Return what is stored of a ruling."""
        return cls(
            slug=ruling.slug,
            title=ruling_title(ruling, vocabulary),
            state=ruling.state,
            withdrawn_reason=ruling.withdrawn_reason or "",
            aliases=ruling.aliases,
            changes=[
                Change(
                    act=ACTS[ChangeAct(change.act)],
                    by=change.by or "een opdracht",
                    changed_at=change.changed_at,
                    before=[(_field_name(name), _shown(value)) for name, value in change.before.items()],
                )
                for change in changes
            ],
            pdf=rules.file_label(ruling.file.pages, ruling.file.size_bytes) if ruling.file else "",
        )


@dataclass(kw_only=True)
class Noticed:
    """What was noticed about a form that was sent; `is_text_new` when its full text was just read from a PDF."""

    is_text_new: bool = False
    pending_pdf: str = ""
    notices: list[str] = field(default_factory=list)
    twin: str = ""
    doubts: list[Doubt] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)
    conflict: list[Difference] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class RulingFormPage(PageBase):
    """The form for one ruling, blank or as typed, with everything that was noticed about it."""

    template: ClassVar[str] = "rulings/form.html"

    form: RulingForm
    known: Known
    address: str
    theme_groups: list[ThemeGroup]
    parsed: ParsedChain
    pending_pdf: str = ""
    notices: Sequence[str] = ()
    twin: Link | None = None
    doubts: Sequence[Doubt] = ()
    found: Sequence[FoundTrace] = ()
    found_total: int = 0
    conflict: Sequence[Difference] = ()
    withdraw_form: WithdrawForm | None = None
    may_be_indexed: bool = False

    @property
    def is_public(self) -> bool:
        """Whether the ruling stands on the site now."""
        return self.known.state is RulingState.PUBLISHED

    @property
    def state(self) -> str:
        """Where the ruling stands, in words; "" for a new one."""
        return STATES[self.known.state] if self.known.state else ""

    @classmethod
    def of(
        cls,
        form: RulingForm,
        known: Known,
        vocabulary: Vocabulary,
        *,
        address: str,
        noticed: Noticed,
        withdraw_form: WithdrawForm | None,
    ) -> Self:
        """Return the page around a form."""
        return cls(
            title=f"Verbeteren: {known.title}" if known.slug else "Uitspraak toevoegen",
            form=form,
            known=known,
            address=address,
            theme_groups=theme_groups(vocabulary.themes, form.themes.data or []),
            parsed=ParsedChain.of(form.keywords.data or "", vocabulary),
            pending_pdf=noticed.pending_pdf,
            notices=noticed.notices,
            twin=Link(noticed.twin, f"/redactie/uitspraken/{noticed.twin}") if noticed.twin else None,
            doubts=noticed.doubts,
            found=[_found(one) for one in noticed.found[:MOST_FOUND_SHOWN]],
            found_total=len(noticed.found),
            conflict=noticed.conflict,
            withdraw_form=withdraw_form,
        )


@dataclass(frozen=True, kw_only=True)
class WithdrawnPage(PageBase):
    """A ruling that was on the site and is no longer, with the reason."""

    template: ClassVar[str] = "rulings/withdrawn.html"

    reason: str
    may_be_indexed: bool = False


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
        Link(parse_source(article.label, vocabulary.laws).display, f"/zoeken?artikel={article.normal}")
        for article in ruling.articles
    ]


def differences_between(mine: Mapping[str, str | list[str]], theirs: Mapping[str, str | list[str]]) -> list[Difference]:
    """Return the fields that say something else in what was typed and in what is stored, in the order of the form."""
    return [
        Difference(_field_name(name), _shown(mine[name]), _shown(theirs[name]))
        for name in mine
        if mine[name] != theirs[name]
    ]


def _note_on(segment: Segment, vocabulary: Vocabulary) -> str:
    if segment.kind is SegmentKind.DISPOSITION:
        label = outcome_label(segment.outcome, vocabulary)
        return label if label != segment.text.casefold() else ""
    if segment.kind is not SegmentKind.ARTICLE:
        return ""
    try:
        parse_source(segment.text, vocabulary.laws)
    except (UnknownLaw, InvalidSource):
        return "niet herkend als artikel van een wet in de lijst"
    return ""


def _found(found: Found) -> FoundTrace:
    name = "Pdf" if found.field == "pdf" else FIELD_NAMES[found.field]
    return FoundTrace(f"{name}, regel {found.line}", found.field, found.what, found.before, found.text, found.after)


def _field_name(name: str) -> str:
    return FIELD_NAMES.get(name, "Pdf")


def _shown(value: str | list[str]) -> str:
    text = ", ".join(value) if isinstance(value, list) else value
    if len(text) > MOST_SHOWN_OF_TEXT:
        return f"{text[:MOST_SHOWN_OF_TEXT]} … ({len(text)} tekens)"
    return text or "(leeg)"
