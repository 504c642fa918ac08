"""What the pages of the editors hand to their templates."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar, Self

from helpdesk.core.clock import brussels_date
from helpdesk.core.paging import Page
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.ruling_editor.forms import MOST_READ, RulingForm, WithdrawForm
from helpdesk.ruling_editor.queries import ListedRuling, PastChange, RulingFilter
from helpdesk.ruling_editor.rules import Doubt, Found
from helpdesk.rulings.models import ChangeAct, Ruling, RulingState
from helpdesk.rulings.pages import Link, outcome_label
from helpdesk.rulings.rules.drafts import FIELD_NAMES
from helpdesk.rulings.rules.naming import file_label, ruling_title
from helpdesk.web.fields import ThemeGroup, theme_groups
from helpdesk.web.views import PageBase
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
class ParsedSegment:
    """One segment of a chain as it was read: its words, its type and, of an article, whether the law is known."""

    text: str
    kind: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class ParsedChain(PageBase):
    """How a chain of keywords is read, beside its field. `outcome` is a code, "" when the chain names none."""

    template: ClassVar[str] = "ruling_editor/parsed.html"

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

    template: ClassVar[str] = "ruling_editor/list.html"

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
            pdf=file_label(ruling.file.pages, ruling.file.size_bytes) if ruling.file else "",
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

    template: ClassVar[str] = "ruling_editor/form.html"

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
