"""What the editors' pages of texts hand to their templates."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar, Self

from helpdesk.core import worddiff
from helpdesk.core.clock import brussels_date
from helpdesk.core.paging import Page
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.core.worddiff import Piece
from helpdesk.rulings.pages import Link
from helpdesk.text_editor import rules
from helpdesk.text_editor.forms import KIND_NAMES, NewTextForm, RemarkForm, TextForm, WithdrawForm
from helpdesk.text_editor.models import TextWork, WorkState
from helpdesk.text_editor.queries import (
    PUBLISHED,
    STATES,
    WITHDRAWN,
    LinkTarget,
    ListedText,
    PrintedEdition,
    TextFilter,
)
from helpdesk.text_editor.rules import FIELD_NAMES, FIELDS, Typed
from helpdesk.texts import rules as text_rules
from helpdesk.texts.models import PublishedText, TextKind, TextVersion
from helpdesk.texts.pages import Body, VersionRow
from helpdesk.texts.queries import Live
from helpdesk.web.fields import ThemeGroup, theme_groups
from helpdesk.web.hiding import HideForm, ReasonForm
from helpdesk.web.views import PageBase

STATE_NAMES = {
    WorkState.CONCEPT: "concept",
    WorkState.SUBMITTED: "ter nazicht",
    WorkState.APPROVED: "goedgekeurd",
    WorkState.PLANNED: "gepland",
    PUBLISHED: "gepubliceerd",
    WITHDRAWN: "ingetrokken",
}
WAITING_NAMES = {
    "goedkeuren": "Goed te keuren",
    "teruggestuurd": "Teruggestuurd naar jou",
    "publiceren": "Goedgekeurd, nog te publiceren",
    "gepland": "Gepland",
}
PER_PAGE = 50
HINTS: Mapping[str, str] = {
    "summary": "Eén zin, hoogstens 200 tekens; een begrip mag 400.",
    "slug": "Alleen kleine letters, cijfers en streepjes. Het oude adres blijft naar de tekst leiden.",
    "abbreviations": "Eén per regel.",
    "synonyms": "Eén per regel: wat mensen ook zeggen of zoeken.",
    "published_on": "Bijvoorbeeld 2027-03-14.",
    "stand_of_law": "De dag waarvan de tekst het recht beschrijft, bijvoorbeeld 2027-03-14.",
    "sources": "Eén per regel, bijvoorbeeld: art. 40ter, § 2 Vw.",
    "rulings": "Eén per regel: het laatste deel van het adres van de uitspraak.",
    "to_check": "Eén punt per regel: wat je niet kon bevestigen. Lezers zien dit niet.",
    "review_after_months": "6 voor procedures en bedragen, 12 voor de rest.",
    "body": "Markdown. Een titel begint met ##. Ctrl+S bewaart, Ctrl+K voegt een link in.",
    "change_note": "Lezers zien dit in de geschiedenis, bijvoorbeeld: ‘De termijn is nu 30 dagen (wet van …)’.",
    "review_on": "Leeg: geteld vanaf de publicatie.",
    "expires_on": "De eerste dag dat de tekst niet meer op de site staat. Leeg: ze blijft.",
}


@dataclass(frozen=True)
class Difference:
    """One field that two editors typed otherwise: what each typed, and the difference in words."""

    name: str
    mine: str
    theirs: str
    pieces: Sequence[Piece]


@dataclass
class Noticed:
    """What is said above the form: sentences that belong to no field, dead links, another editor's text."""

    notices: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    conflict: list[Difference] = field(default_factory=list)
    unsaved_at: datetime | None = None
    preview: "Preview | None" = None


@dataclass(frozen=True, kw_only=True)
class Preview(PageBase):
    """How the public would read what is typed; without a body when it cannot be read yet."""

    template: ClassVar[str] = "text_editor/preview.html"

    lead: str
    body: Body | None
    problems: Sequence[str]
    title: str = ""

    @classmethod
    def of(cls, live: Live | None, problems: Sequence[str], vocabulary: Vocabulary, *, today: date) -> Self:
        """Return the preview of a version that is not stored."""
        if live is None:
            return cls(title="", lead="", body=None, problems=problems)
        body = Body.of(live, vocabulary, today=today)
        return cls(title=live.version.title, lead=live.version.summary, body=body, problems=problems)


@dataclass(frozen=True, kw_only=True)
class WriteTextPage(PageBase):
    """The working draft of a text as a form."""

    template: ClassVar[str] = "text_editor/write.html"

    form: TextForm
    kind: str
    slug: str
    state: str
    head: Sequence[str]
    about: Sequence[str]
    hints: Mapping[str, str]
    has_themes: bool
    theme_groups: Sequence[ThemeGroup]
    is_known: bool
    others: Sequence[str]
    remark: str | None
    noticed: Noticed
    newer_live: str | None  # where to see what went live since the draft was begun
    may_be_indexed: bool = False

    @classmethod
    def of(
        cls,
        work: TextWork,
        form: TextForm,
        vocabulary: Vocabulary,
        *,
        others: Sequence[str],
        noticed: Noticed,
        newer_live: str | None,
    ) -> Self:
        """Return the page of a draft and its form as it was typed."""
        shown = [name for name in FIELDS[work.kind] if name != "themes"]
        if work.kind in rules.MOVABLE:
            shown.insert(1, "slug")
        head = [name for name in shown if name in {"title", "slug", "summary"}]
        return cls(
            title=f"Schrijven: {work.typed.get('title') or work.slug}",
            form=form,
            kind=work.kind,
            slug=work.slug,
            state=STATE_NAMES[WorkState(work.state)],
            head=head,
            about=[name for name in shown if name not in head],
            hints=HINTS,
            has_themes="themes" in FIELDS[work.kind],
            theme_groups=theme_groups(vocabulary.themes, form.themes.data or []),
            is_known=work.text_id is not None,
            others=others,
            remark=work.remark,
            noticed=noticed,
            newer_live=newer_live,
        )


@dataclass(frozen=True)
class WorkFacts:
    """Where a draft stands, in words, and what this editor may do with it."""

    state: str
    revision: int
    edited_at: datetime
    edited_by: str
    submitted_by: str | None
    approved_by: str | None
    remark: str | None
    publish_at: datetime | None
    note: str
    change: str
    problems: Sequence[str]
    dead_links: Sequence[str]
    differences: Sequence[tuple[str, Sequence[Piece]]]
    may_submit: bool
    may_approve: bool
    may_sign: bool
    may_return: bool
    may_publish: bool
    is_planned: bool

    @classmethod
    def of(
        cls,
        work: TextWork,
        *,
        live: TextVersion | None,
        before: Typed,
        problems: Sequence[str],
        dead_links: Sequence[str],
        names: Mapping[int, str],
        by: int,
        is_jurist: bool,
        four_eyes: bool,
    ) -> Self:
        """Return the facts of a draft; `before` is the form of the live version, empty without one."""
        typed = work.typed
        compared = [
            (FIELD_NAMES[name], _difference(before.get(name), typed.get(name)))
            for name in (*FIELDS[work.kind], "body")
            if rules.as_text(before.get(name)).strip() != rules.as_text(typed.get(name)).strip()
        ]
        is_with_someone = work.state != WorkState.CONCEPT
        may_approve = rules.may_approve(submitted_by=work.submitted_by_id, by=by, four_eyes=four_eyes)
        is_submitted = work.state == WorkState.SUBMITTED
        substantive = rules.is_substantive(typed, is_first=work.text_id is None)
        return cls(
            state=STATE_NAMES[WorkState(work.state)],
            revision=work.revision,
            edited_at=work.edited_at,
            edited_by=names.get(work.edited_by_id, ""),
            submitted_by=names.get(work.submitted_by_id or 0) if is_with_someone else None,
            approved_by=names.get(work.approved_by_id or 0),
            remark=work.remark,
            publish_at=work.publish_at,
            note=str(typed.get("change_note", "")),
            change="inhoudelijk" if substantive else "redactioneel",
            problems=problems,
            dead_links=dead_links,
            differences=compared if live is not None else [],
            may_submit=work.state == WorkState.CONCEPT,
            may_approve=is_submitted and may_approve,
            may_sign=is_submitted and may_approve and is_jurist,
            may_return=is_with_someone,
            may_publish=rules.may_publish(work.state, four_eyes=four_eyes),
            is_planned=work.state == WorkState.PLANNED,
        )


@dataclass(frozen=True)
class LiveFacts:
    """What the public reads of a text, and who looks after it."""

    number: int
    published_on: date
    published_by: str | None
    review_on: date
    is_overdue: bool
    chosen_review_on: date | None
    expires_on: date | None
    owner: str | None
    owner_id: int | None
    reviewed: str

    @classmethod
    def of(cls, text: PublishedText, version: TextVersion, names: Mapping[int, str], *, today: date) -> Self:
        """Return the facts of a live version."""
        review_on = text_rules.next_review_on(text, version)
        reviewed = ""
        if version.reviewed_on is not None:
            reviewed = f"door een jurist op {version.reviewed_on:%d-%m-%Y} ({version.reviewed_by})"
        if text.confirmed_on is not None:
            reviewed = "; ".join(filter(None, (reviewed, f"door de redactie op {text.confirmed_on:%d-%m-%Y}")))
        return cls(
            number=version.number,
            published_on=brussels_date(version.published_at),
            published_by=names.get(version.published_by_id or 0),
            review_on=review_on,
            is_overdue=review_on <= today,
            chosen_review_on=text.review_on,
            expires_on=text.expires_on,
            owner=names.get(text.owner_id or 0),
            owner_id=text.owner_id,
            reviewed=reviewed,
        )


@dataclass(frozen=True, kw_only=True)
class EditedTextPage(PageBase):
    """One text as its editors see it: the draft, the live version, what links to it, its versions."""

    template: ClassVar[str] = "text_editor/text.html"

    kind: str
    kind_name: str
    slug: str
    address: str
    use_address: str
    work: WorkFacts | None
    live: LiveFacts | None
    withdrawn_reason: str | None
    versions: Sequence[VersionRow]
    linking: Sequence[Link]
    owners: Sequence[tuple[int, str]]
    remark_form: RemarkForm
    withdraw_form: WithdrawForm
    hide_form: HideForm
    reason_form: ReasonForm
    printed: Mapping[
        int, Sequence[PrintedEdition]
    ]  # by the number of a hidden version: the editions that say its words
    problems: Sequence[str] = ()
    is_jurist: bool = False
    may_be_indexed: bool = False


@dataclass(frozen=True)
class WaitingRow:
    """One draft that waits for an editor."""

    title: str
    address: str
    kind: str
    about: str


@dataclass(frozen=True)
class EditorRow:
    """One text in the editors' list, in words."""

    title: str
    address: str
    kind: str
    states: Sequence[str]
    owner: str
    review_on: date | None
    is_overdue: bool
    changed_on: date


@dataclass(frozen=True, kw_only=True)
class TextListPage(PageBase):
    """What waits for this editor, and the texts he looks for."""

    template: ClassVar[str] = "text_editor/list.html"

    waiting: Sequence[tuple[str, Sequence[WaitingRow]]]
    rows: Page[EditorRow]
    wanted: TextFilter
    kinds: Sequence[tuple[str, str]]
    states: Sequence[tuple[str, str]]
    owners: Sequence[tuple[int, str]]
    previous_address: str | None
    next_address: str | None
    title: str = "Teksten"
    may_be_indexed: bool = False

    @property
    def has_filter(self) -> bool:
        """Whether anything limits the list."""
        return self.wanted != TextFilter()

    @classmethod
    def of(
        cls,
        found: Sequence[ListedText],
        wanted: TextFilter,
        waiting: Mapping[str, Sequence[TextWork]],
        *,
        names: Mapping[int, str],
        owners: Sequence[tuple[int, str]],
        number: int,
        today: date,
        address: Callable[..., str],
    ) -> Self:
        """Return one page of the list; `address` makes the address of the list or of a text."""
        shown = found[(number - 1) * PER_PAGE : number * PER_PAGE]
        rows = [
            EditorRow(
                title=row.title,
                address=address(row.kind, row.slug),
                kind=KIND_NAMES[TextKind(row.kind)],
                states=[STATE_NAMES[state] for state in row.states],
                owner=names.get(row.owner_id or 0, ""),
                review_on=row.review_on,
                is_overdue=row.review_on is not None and row.review_on <= today,
                changed_on=brussels_date(row.changed_at),
            )
            for row in shown
        ]
        page = Page(rows, number, PER_PAGE, len(found))
        query = _query(wanted)
        return cls(
            waiting=[
                (WAITING_NAMES[name], [waiting_row(work, names, address) for work in works])
                for name, works in waiting.items()
                if works
            ],
            rows=page,
            wanted=wanted,
            kinds=[(kind.value, name) for kind, name in KIND_NAMES.items()],
            states=[(state, STATE_NAMES[state]) for state in STATES],
            owners=owners,
            previous_address=address(**query, pagina=page.previous) if page.previous else None,
            next_address=address(**query, pagina=page.next) if page.next else None,
        )


@dataclass(frozen=True, kw_only=True)
class NewTextPage(PageBase):
    """What is asked before a new text is begun; `taken` leads to what has the address already."""

    template: ClassVar[str] = "text_editor/new.html"

    form: NewTextForm
    taken: Link | None = None
    title: str = "Nieuwe tekst"
    may_be_indexed: bool = False


@dataclass(frozen=True, kw_only=True)
class LinkTargetsPage(PageBase):
    """What a text can link to, each as the Markdown to insert."""

    template: ClassVar[str] = "text_editor/links.html"

    words: str
    targets: Sequence[LinkTarget]
    title: str = "Link zoeken"
    may_be_indexed: bool = False


def differences_between(mine: Typed, theirs: Typed) -> list[Difference]:
    """Return the fields two editors typed otherwise, in the order of the form."""
    return [
        Difference(
            FIELD_NAMES[name],
            rules.as_text(mine.get(name)),
            rules.as_text(theirs.get(name)),
            _difference(theirs.get(name), mine.get(name)),
        )
        for name in rules.differing_fields(mine, theirs)
    ]


def _difference(before: object, after: object) -> list[Piece]:
    return worddiff.fold(worddiff.compare(rules.as_text(before), rules.as_text(after)))


def waiting_row(work: TextWork, names: Mapping[int, str], address: Callable[..., str]) -> WaitingRow:
    """Return the row of a draft that waits: what it is, and by whom or since when."""
    about = f"ingediend door {names.get(work.submitted_by_id or 0, '')}"
    if work.state == WorkState.CONCEPT:
        about = work.remark or ""
    elif work.state == WorkState.APPROVED:
        about = f"goedgekeurd door {names.get(work.approved_by_id or 0, '')}"
    elif work.publish_at is not None:
        about = rules.said_moment(work.publish_at)
    kind = KIND_NAMES[TextKind(work.kind)]
    return WaitingRow(str(work.typed.get("title") or work.slug), address(work.kind, work.slug), kind, about)


def _query(wanted: TextFilter) -> dict[str, Any]:
    given = {"zoek": wanted.text, "soort": wanted.kind, "stand": wanted.state, "eigenaar": wanted.owner}
    query: dict[str, Any] = {name: str(value) for name, value in given.items() if value}
    return query | ({"nalezen": "ja"} if wanted.is_overdue else {})
