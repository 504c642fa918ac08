"""What the pages of the newsletter hand to their templates."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar, Self

from helpdesk.core.paging import Page
from helpdesk.core.vocabulary import ThemeTree
from helpdesk.newsletters.forms import (
    AddressForm,
    BranchesForm,
    ImportForm,
    IssueForm,
    PlanForm,
    SubscribeForm,
)
from helpdesk.newsletters.letters import Edition, Masthead, paragraphs
from helpdesk.newsletters.models import DeliveryState, Issue, IssueState, Subscriber, SubscriberState, SuppressionReason
from helpdesk.newsletters.queries import DoubtfulCopy, Progress
from helpdesk.newsletters.rules import CONSENT_WORDS, EDITABLE, FROZEN, DraftItem, IssueDraft, Step, may_take
from helpdesk.web.views import PageBase

STATES = {
    IssueState.DRAFT: "ontwerp",
    IssueState.REVIEW: "ter nazicht",
    IssueState.APPROVED: "goedgekeurd",
    IssueState.SCHEDULED: "gepland",
    IssueState.SENDING: "wordt verstuurd",
    IssueState.PAUSED: "gepauzeerd",
    IssueState.SENT: "verstuurd",
}
READER_STATES = {
    SubscriberState.PENDING: "nog niet bevestigd",
    SubscriberState.ACTIVE: "ingeschreven",
    SubscriberState.LEFT: "uitgeschreven",
}
COPIES = {
    DeliveryState.QUEUED: "wachten",
    DeliveryState.SENDING: "onderweg",
    DeliveryState.SENT: "verstuurd",
    DeliveryState.REJECTED: "geweigerd door de mailserver",
    DeliveryState.UNKNOWN: "onbekend: iemand moet beslissen",
    DeliveryState.DROPPED: "vervallen: de lezer schreef zich intussen uit",
}
REASONS = {
    SuppressionReason.LEFT: "uitgeschreven",
    SuppressionReason.ERASED: "gewist op vraag",
    SuppressionReason.BOUNCED: "onbestelbaar",
    SuppressionReason.ASKED: "geblokkeerd op vraag",
}


@dataclass(frozen=True, kw_only=True)
class SubscribePage(PageBase):
    """The form to subscribe, blank or as typed."""

    template: ClassVar[str] = "newsletters/subscribe.html"

    form: SubscribeForm
    last: Masthead | None
    problems: Sequence[str] = ()
    words: str = CONSENT_WORDS
    title: str = "Nieuwsbrief"
    description: str = "Nieuws over vreemdelingenrecht en internationaal familierecht in je mailbox."


@dataclass(frozen=True, kw_only=True)
class ButtonPage(PageBase):
    """A page that asks one thing: what a link of a letter leads to. Nothing happens before the button is pressed."""

    template: ClassVar[str] = "newsletters/button.html"

    sentences: Sequence[str]
    button: str
    address: str
    may_be_indexed: bool = False


@dataclass(frozen=True, kw_only=True)
class DonePage(PageBase):
    """What happened, or why nothing did; with at most one thing to press."""

    template: ClassVar[str] = "newsletters/done.html"

    sentences: Sequence[str]
    button: str = ""
    address: str = ""
    may_be_indexed: bool = False


@dataclass(frozen=True, kw_only=True)
class PreferencesPage(PageBase):
    """What a reader wants to read about, with the ways out."""

    template: ClassVar[str] = "newsletters/preferences.html"

    form: BranchesForm
    address: str
    leave_address: str
    erase_address: str
    title: str = "Waarover wil je lezen?"
    may_be_indexed: bool = False


@dataclass(frozen=True)
class ArchiveRow:
    """One issue in the archive."""

    masthead: Masthead
    subject: str


@dataclass(frozen=True, kw_only=True)
class ArchivePage(PageBase):
    """All issues, the newest first."""

    template: ClassVar[str] = "newsletters/archive.html"

    rows: Sequence[ArchiveRow]
    title: str = "Archief van de nieuwsbrief"
    description: str = "Alle nieuwsbrieven over vreemdelingenrecht en internationaal familierecht."

    @classmethod
    def of(cls, issues: Sequence[Issue]) -> Self:
        """Return the page of these issues."""
        rows = [(masthead_of(issue), issue.subject) for issue in issues]
        return cls(rows=[ArchiveRow(masthead, subject) for masthead, subject in rows if masthead is not None])


@dataclass(frozen=True, kw_only=True)
class ArchivedIssuePage(PageBase):
    """One issue as it was sent, for everybody: no link of a reader stands in it."""

    template: ClassVar[str] = "newsletters/archived.html"

    masthead: Masthead
    intro: Sequence[str]
    items: Sequence[DraftItem]
    is_preview: bool = False

    @classmethod
    def of(cls, draft: IssueDraft, masthead: Masthead, *, base_url: str, is_preview: bool = False) -> Self:
        """Return the page of an issue."""
        return cls(
            title=draft.subject or "(nog zonder onderwerp)",
            description=f"Nieuwsbrief {masthead}",
            canonical=None if is_preview else f"{base_url}{masthead.archive_path}",
            may_be_indexed=not is_preview,
            masthead=masthead,
            intro=paragraphs(draft.intro),
            items=draft.items,
            is_preview=is_preview,
        )


# Editors ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class IssueRow:
    """One issue in the editors' list."""

    id: int
    name: str
    subject: str
    state: str
    is_frozen: bool


@dataclass(frozen=True, kw_only=True)
class IssueListPage(PageBase):
    """The issues, what is still to be sent first."""

    template: ClassVar[str] = "newsletters/issues.html"

    rows: Sequence[IssueRow]
    readers: int
    this_year: int
    year: int
    title: str = "Nieuwsbrieven"
    may_be_indexed: bool = False

    @classmethod
    def of(cls, issues: Sequence[Issue], *, readers: int, this_year: int, year: int) -> Self:
        """Return the page of these issues."""
        rows = [
            IssueRow(
                issue.id,
                str(masthead_of(issue) or f"ontwerp {issue.id}"),
                issue.subject or "(nog zonder onderwerp)",
                STATES[IssueState(issue.state)],
                issue.state in FROZEN,
            )
            for issue in issues
        ]
        return cls(rows=rows, readers=readers, this_year=this_year, year=year)


@dataclass(frozen=True)
class Act:
    """A button that brings an issue further."""

    step: str
    label: str
    is_main: bool


ACTS = {
    Step.SUBMIT: Act(Step.SUBMIT, "Ter nazicht voorleggen", is_main=True),
    Step.APPROVE: Act(Step.APPROVE, "Goedkeuren", is_main=True),
    Step.GIVE_BACK: Act(Step.GIVE_BACK, "Terug naar ontwerp", is_main=False),
    Step.SEND: Act(Step.SEND, "Nu versturen", is_main=True),
    Step.UNPLAN: Act(Step.UNPLAN, "Niet meer plannen", is_main=False),
    Step.PAUSE: Act(Step.PAUSE, "Pauzeren", is_main=False),
    Step.RESUME: Act(Step.RESUME, "Hervatten", is_main=True),
    Step.DISCARD: Act(Step.DISCARD, "Weggooien", is_main=False),
}


@dataclass(frozen=True, kw_only=True)
class IssuePage(PageBase):
    """One issue for editors: composed, read again, planned."""

    template: ClassVar[str] = "newsletters/issue.html"

    id: int
    form: IssueForm
    plan: PlanForm
    items: Sequence[DraftItem]
    candidates: Sequence[DraftItem]
    since_at: datetime
    state: str
    masthead: Masthead
    readers: int
    is_editable: bool
    may_plan: bool
    planned_at: datetime | None
    composed_by: str
    approved_by: str
    acts: Sequence[Act]
    problems: Sequence[str] = ()
    advice: Sequence[str] = ()
    may_be_indexed: bool = False

    @classmethod
    def of(
        cls,
        issue: Issue,
        form: IssueForm,
        draft: IssueDraft,
        *,
        plan: PlanForm,
        candidates: Sequence[DraftItem],
        masthead: Masthead,
        readers: int,
        names: dict[int, str],
        may_approve: bool,
        advice: Sequence[str] = (),
        problems: Sequence[str] = (),
    ) -> Self:
        """Return the page around a form; candidates that are items already are left out."""
        there = {item.source for item in draft.items}
        return cls(
            title=issue.subject or "Nieuwe nieuwsbrief",
            id=issue.id,
            form=form,
            plan=plan,
            items=draft.items,
            candidates=[one for one in candidates if one.source not in there],
            since_at=issue.since_at,
            state=STATES[IssueState(issue.state)],
            masthead=masthead,
            readers=readers,
            is_editable=issue.state in EDITABLE,
            may_plan=may_take(issue, Step.PLAN),
            planned_at=issue.planned_at if issue.state == IssueState.SCHEDULED else None,
            composed_by=names.get(issue.composed_by_id or 0, "een opdracht"),
            approved_by=names.get(issue.approved_by_id or 0, ""),
            acts=[
                act for step, act in ACTS.items() if may_take(issue, step) and (step is not Step.APPROVE or may_approve)
            ],
            problems=problems,
            advice=advice,
        )


@dataclass(frozen=True, kw_only=True)
class PlainTextPage(PageBase):
    """The plain text of a mail, as a page."""

    template: ClassVar[str] = "newsletters/plain.html"

    id: int
    text: str
    title: str = "De nieuwsbrief als gewone tekst"
    may_be_indexed: bool = False

    @classmethod
    def of(cls, issue: Issue, edition: Edition) -> Self:
        """Return the page of an issue."""
        return cls(id=issue.id, text=edition.preview_text())


@dataclass(frozen=True, kw_only=True)
class SendingPage(PageBase):
    """How far the sending of an issue is."""

    template: ClassVar[str] = "newsletters/sending.html"

    id: int
    masthead: Masthead
    state: str
    progress: Progress
    rows: Sequence[tuple[str, int]]
    doubtful: Sequence[DoubtfulCopy]
    acts: Sequence[Act]
    retry_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    may_be_indexed: bool = False

    @classmethod
    def of(
        cls, issue: Issue, masthead: Masthead, progress: Progress, doubtful: Sequence[DoubtfulCopy], *, now: datetime
    ) -> Self:
        """Return the page of an issue whose sending began."""
        waits = issue.state == IssueState.SENDING and issue.retry_at is not None and issue.retry_at > now
        return cls(
            title=f"Verzending: {issue.subject}",
            id=issue.id,
            masthead=masthead,
            state=STATES[IssueState(issue.state)],
            progress=progress,
            rows=[(words, progress[state]) for state, words in COPIES.items() if progress[state]],
            doubtful=doubtful,
            acts=[act for step, act in ACTS.items() if may_take(issue, step)],
            retry_at=issue.retry_at if waits else None,
            started_at=issue.started_at,
            finished_at=issue.finished_at,
        )


@dataclass(frozen=True)
class ReaderRow:
    """One reader in the editors' list."""

    id: int
    email: str
    state: str
    branches: str
    since_at: datetime


@dataclass(frozen=True, kw_only=True)
class ReadersPage(PageBase):
    """The readers, with what an editor does on their request, and the list that is imported."""

    template: ClassVar[str] = "newsletters/readers.html"

    rows: Sequence[ReaderRow]
    page: Page[Subscriber]
    searched: str
    active: int
    suppressed: Sequence[tuple[str, int]]
    import_form: ImportForm
    block_form: AddressForm
    problems: Sequence[str]
    previous_address: str | None
    next_address: str | None
    title: str = "Lezers van de nieuwsbrief"
    may_be_indexed: bool = False

    @classmethod
    def of(
        cls,
        page: Page[Subscriber],
        searched: str,
        themes: ThemeTree,
        *,
        active: int,
        suppressed: dict[SuppressionReason, int],
        import_form: ImportForm,
        block_form: AddressForm,
        problems: Sequence[str],
        address: Callable[[dict[str, Any]], str],
    ) -> Self:
        """Return the page around one page of readers."""
        query = {"zoek": searched} if searched else {}
        rows = [
            ReaderRow(
                reader.id,
                reader.email,
                READER_STATES[SubscriberState(reader.state)],
                ", ".join(themes.title(branch) for branch in sorted(reader.branches)) or "alles",
                reader.left_at or reader.confirmed_at or reader.asked_at,
            )
            for reader in page.items
        ]
        return cls(
            rows=rows,
            page=page,
            searched=searched,
            active=active,
            suppressed=[(REASONS[reason], count) for reason, count in suppressed.items()],
            import_form=import_form,
            block_form=block_form,
            problems=problems,
            previous_address=address({**query, "pagina": page.previous}) if page.previous else None,
            next_address=address({**query, "pagina": page.next}) if page.next else None,
        )


def masthead_of(issue: Issue) -> Masthead | None:
    """Return what an issue is called; None before its sending begins."""
    if issue.number is None or issue.year is None or issue.sent_on is None:
        return None
    return Masthead(issue.number, issue.year, issue.sent_on)


def masthead_to_be(number: int, today: date) -> Masthead:
    """Return what an issue would be called if it left today."""
    return Masthead(number, today.year, today)
