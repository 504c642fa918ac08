"""What the pages about a recorded advice hand to their templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from helpdesk.advice.models import Advice, AdvicePerson, AdviceSource
from helpdesk.advice.pages import Assist, CodeList, code_lists
from helpdesk.advice.rules import asks_sector
from helpdesk.aftercare import rules
from helpdesk.aftercare.forms import CorrectionForm, FollowUpForm, ProposalForm, RemarkForm, SecondReadingForm
from helpdesk.aftercare.models import AdviceRevision, CallBack, FollowUp, Proposal, SecondReading
from helpdesk.aftercare.queries import ReadingToDo, Waiting
from helpdesk.core.references import NotedReference, addresses
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.references.pages import normal_label
from helpdesk.rulings.pages import Link
from helpdesk.web.fields import ThemeGroup, theme_groups
from helpdesk.web.views import PageBase
from jurisprudence.legislation import parse_normal


@dataclass(frozen=True)
class ThemeLine:
    """A theme of a record: its title, the titles above it, and the address of its public page."""

    title: str
    above: list[str]
    address: str | None


@dataclass(frozen=True, kw_only=True)
class CorrectionPage(PageBase):
    """The form to correct a record; `current` is what it became meanwhile, when someone else was first.

    Without its free text (`has_text`) nothing stands beside the form. `other_sources` are attached but no longer on
    the site: they stay with the advice.
    """

    template: ClassVar[str] = "aftercare/correct.html"

    advice_id: int
    form: CorrectionForm
    theme_groups: list[ThemeGroup]
    code_lists: list[CodeList]
    with_sector: list[str]
    current: list[tuple[str, str]]
    assist: Assist
    other_sources: list[str]
    has_text: bool
    fills: None = None
    may_be_indexed: bool = False

    @classmethod
    def of(
        cls,
        advice: Advice,
        form: CorrectionForm,
        vocabulary: Vocabulary,
        *,
        current: Mapping[str, str],
        assist: Assist,
    ) -> "CorrectionPage":
        """Return the page around a form; `current` are the values of a record by field, empty without a conflict."""
        form.put_focus()
        categories = vocabulary.lists["categorie_vraagsteller"]
        attached = {one.document_id for one in assist.attached}
        return cls(
            title=f"Advies {advice.id} verbeteren",
            advice_id=advice.id,
            form=form,
            theme_groups=theme_groups(vocabulary.themes, set(form.other_themes.data or ())),
            code_lists=code_lists(form),
            with_sector=[category.code for category in categories if asks_sector(category)],
            assist=assist,
            other_sources=[one for one in form.sources.data or () if one not in attached],
            has_text=not rules.is_forgotten(advice.question),
            current=[
                (rules.FIELD_NAMES[name], rules.in_words(name, value, vocabulary))
                for name, value in current.items()
                if value
            ],
        )


@dataclass(frozen=True)
class RevisionLine:
    """A correction: when, by whom, why, and what stood there before."""

    changed_at: datetime
    changed_by: str
    reason: str
    before: list[tuple[str, str]]


@dataclass(frozen=True)
class WaitingLine:
    """Something to come back to, in words."""

    advice_id: int
    due_on: date
    given_on: date
    theme: str
    is_mine: bool
    is_late: bool


@dataclass(frozen=True)
class ReadingToDoLine:
    """A second reading that waits, in words."""

    reading_id: int
    advice_id: int
    given_on: date
    theme: str
    colleague: str
    moment: datetime


@dataclass(frozen=True, kw_only=True)
class WaitingPage(PageBase):
    """What waits for a colleague, and what waits for whoever is first.

    `to_read` are the second readings asked of them, `answers` the remarks that came back to them.
    """

    template: ClassVar[str] = "aftercare/waiting.html"

    mine: list[WaitingLine]
    free: list[WaitingLine]
    to_read: list[ReadingToDoLine]
    answers: list[ReadingToDoLine]
    may_take_on: bool
    title: str = "Wacht op mij"
    may_be_indexed: bool = False

    @classmethod
    def of(
        cls,
        waiting: Sequence[Waiting],
        readings: Sequence[ReadingToDo],
        names: Mapping[int, str],
        vocabulary: Vocabulary,
        *,
        today: date,
        may_take_on: bool,
    ) -> "WaitingPage":
        """Return the page of these rows."""
        lines = [
            WaitingLine(
                one.advice_id,
                one.due_on,
                one.given_on,
                vocabulary.themes.title(one.node) if one.node else "–",
                one.is_mine,
                one.due_on < today,
            )
            for one in waiting
        ]
        mine, free = ([line for line in lines if line.is_mine is is_mine] for is_mine in (True, False))
        to_read, answers = (
            [_reading_to_do(one, names, vocabulary) for one in readings if one.is_answer is is_answer]
            for is_answer in (False, True)
        )
        return cls(mine=mine, free=free, to_read=to_read, answers=answers, may_take_on=may_take_on)


def _reading_to_do(one: ReadingToDo, names: Mapping[int, str], vocabulary: Vocabulary) -> ReadingToDoLine:
    theme = vocabulary.themes.title(one.node) if one.node else "–"
    colleague = names.get(one.colleague_id, "een collega")
    return ReadingToDoLine(one.reading_id, one.advice_id, one.given_on, theme, colleague, one.moment)


@dataclass(frozen=True)
class ReadingLine:
    """A second reading of an advice: who was asked what, and what came back."""

    id: int
    reader: str
    asked_at: datetime
    question: list[list[str]]
    remark: list[list[str]]
    ended_at: datetime | None
    is_to_put_away: bool

    @classmethod
    def of(cls, reading: SecondReading, names: Mapping[int, str]) -> "ReadingLine":
        """Return the line of a second reading."""
        return cls(
            reading.id,
            names.get(reading.reader_id, "een collega"),
            reading.asked_at,
            _paragraphs(reading.question),
            _paragraphs(reading.remark),
            reading.ended_at,
            is_to_put_away=bool(reading.remark) and reading.seen_at is None,
        )


@dataclass(frozen=True)
class AskedOfReader:
    """What the colleague who looks at the page is asked to look at, and by whom."""

    asked_by: str
    question: list[list[str]]


@dataclass(frozen=True, kw_only=True)
class ProposalPage(PageBase):
    """The form for a proposal to the editors."""

    template: ClassVar[str] = "aftercare/propose.html"

    form: ProposalForm
    advice_id: int
    title: str = "Voorstel aan de redactie"
    may_be_indexed: bool = False


@dataclass(frozen=True)
class ProposalLine:
    """A proposal as an editor reads it."""

    id: int
    kind: str
    title: str
    text: list[list[str]]
    theme: str | None
    theme_address: str | None
    proposed_by: str
    proposed_at: datetime
    handled_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class ProposalsPage(PageBase):
    """What jurists proposed to the editors."""

    template: ClassVar[str] = "aftercare/proposals.html"

    proposals: list[ProposalLine]
    title: str = "Voorstellen van de helpdesk"
    may_be_indexed: bool = False

    @classmethod
    def of(cls, rows: Sequence[Proposal], names: Mapping[int, str], vocabulary: Vocabulary) -> "ProposalsPage":
        """Return the page of these proposals; `names` are those of colleagues by id."""
        lines = []
        for row in rows:
            theme = vocabulary.themes.find(row.node) if row.node else None
            lines.append(
                ProposalLine(
                    id=row.id,
                    kind=rules.PROPOSAL_KINDS.get(row.kind, row.kind),
                    title=row.title,
                    text=_paragraphs(row.text),
                    theme=theme.title if theme else None,
                    theme_address=f"/themas/{theme.path}" if theme else None,
                    proposed_by=names.get(row.proposed_by_id, "een collega"),
                    proposed_at=row.proposed_at,
                    handled_at=row.handled_at,
                )
            )
        return cls(proposals=lines)


@dataclass(frozen=True)
class SourceLine:
    """What an advice rests on, with the address of the version of that day."""

    title: str
    address: str
    version: int | None
    attached_on: date


@dataclass(frozen=True, kw_only=True)
class OpenedAdvice:
    """A record with everything that hangs on it, and who reads it; `names` are those of colleagues by id."""

    advice: Advice
    reader_id: int
    readings: Sequence[SecondReading]
    colleagues: Sequence[tuple[int, str]]  # who can be asked to read it
    follow_up: FollowUp | None
    call_back: CallBack | None
    revisions: Sequence[AdviceRevision]
    references: Sequence[NotedReference]
    names: Mapping[int, str]

    @property
    def asked_of_reader(self) -> AskedOfReader | None:
        """What this reader is asked, when reading is all they may do here."""
        is_in_hands = self.advice.recorded_by_id == self.reader_id or (
            self.follow_up is not None and self.follow_up.owner_id == self.reader_id
        )
        mine = [one for one in self.readings if one.reader_id == self.reader_id and one.ended_at is None]
        if is_in_hands or not mine:
            return None
        return AskedOfReader(self.names.get(mine[0].asked_by_id, "Een collega"), _paragraphs(mine[0].question))


@dataclass(frozen=True, kw_only=True)
class AdviceForms:
    """The forms on the page of a record; those that were not sent are blank."""

    follow_up: FollowUpForm
    reading: SecondReadingForm
    remark: RemarkForm


def references_of(rows: Sequence[NotedReference], vocabulary: Vocabulary) -> list[Link]:
    """Return what an advice names as links, each once."""
    links: dict[str, Link] = {}
    for row in rows:
        label = (
            parse_normal(row.target, vocabulary.laws).display
            if row.is_article
            else normal_label(row.target, vocabulary)
        )
        links.setdefault(label, Link(label, min(addresses(row))))
    return list(links.values())


@dataclass(frozen=True, kw_only=True)
class AdvicePage(PageBase):
    """One record as its jurist reads it back. `codes` are label and value, in the order of the form.

    A second reader (`asked`) sees the record and answers; following up and how to call back are no concern of theirs.
    """

    template: ClassVar[str] = "aftercare/show.html"

    question: list[list[str]]  # paragraphs of lines
    answer: list[list[str]]
    themes: list[ThemeLine]
    codes: list[tuple[str, str]]
    sources: list[SourceLine]
    references: list[Link]
    history: list[RevisionLine]
    advice_id: int
    is_own: bool
    asked: AskedOfReader | None
    readings: list[ReadingLine]
    reading_form: SecondReadingForm
    remark_form: RemarkForm
    may_ask: bool
    follow_up_form: FollowUpForm
    due_on: date | None
    follows: str
    contact: str | None
    given_on: date
    recorded_at: datetime
    is_demo: bool
    may_be_indexed: bool = False

    @property
    def has_lost_its_text(self) -> bool:
        """Whether the free text was removed after its time; no advice is recorded without a question."""
        return not self.question

    @classmethod
    def of(cls, opened: "OpenedAdvice", forms: "AdviceForms", vocabulary: Vocabulary) -> "AdvicePage":
        """Return the page of a record."""
        advice, following = opened.advice, opened.follow_up
        forms.reading.offer(opened.colleagues)
        owner = opened.names.get(following.owner_id or 0, "wie eerst kan") if following else ""
        return cls(
            advice_id=advice.id,
            is_own=advice.recorded_by_id == opened.reader_id,
            asked=opened.asked_of_reader,
            readings=[ReadingLine.of(one, opened.names) for one in opened.readings],
            reading_form=forms.reading,
            remark_form=forms.remark,
            may_ask=bool(opened.colleagues) and not rules.is_forgotten(advice.question),
            follow_up_form=forms.follow_up,
            due_on=following.due_on if following else None,
            follows=owner,
            contact=opened.call_back.contact if opened.call_back else None,
            references=references_of(opened.references, vocabulary),
            history=[
                RevisionLine(
                    row.changed_at,
                    opened.names.get(row.changed_by_id, "een collega"),
                    row.reason,
                    [
                        (rules.FIELD_NAMES.get(name, name), rules.in_words(name, value, vocabulary) or "–")
                        for name, value in row.before.items()
                    ],
                )
                for row in opened.revisions
            ],
            title=f"Advies {advice.id}",
            question=_paragraphs(advice.question),
            answer=_paragraphs(advice.answer),
            themes=[_theme_line(theme.node, vocabulary) for theme in advice.themes],
            codes=[
                ("Verblijfssituatie", vocabulary.lists["verblijfssituatie"].label(advice.residence_situation)),
                ("Nationaliteit", vocabulary.lists["nationaliteit"].label(advice.nationality)),
                *(_person_line(person, vocabulary) for person in advice.other_persons),
                ("Uitkomst", vocabulary.lists["uitkomst_advies"].label(advice.outcome)),
                *(
                    [("Doorverwezen naar", vocabulary.lists["doorverwijzing"].label(advice.referred_to))]
                    if advice.referred_to
                    else []
                ),
                ("Categorie vraagsteller", vocabulary.lists["categorie_vraagsteller"].label(advice.caller_category)),
                ("Sector", vocabulary.lists["sector_vraagsteller"].label(advice.caller_sector) or "–"),
                ("Regio", vocabulary.lists["regio_vraagsteller"].label(advice.caller_region)),
                ("Kanaal", vocabulary.lists["kanaal"].label(advice.channel)),
                *(
                    [("Uitzondering op de regel voor e-mail", advice.scope_exception or "reden verwijderd")]
                    if advice.scope_exception is not None
                    else []
                ),
                ("Bestede tijd", _minutes(advice.time_spent_minutes)),
            ],
            sources=[_source_line(source) for source in advice.sources],
            given_on=advice.given_on,
            recorded_at=advice.recorded_at,
            is_demo=advice.is_demo,
        )


def _theme_line(node: str, vocabulary: Vocabulary) -> ThemeLine:
    theme = vocabulary.themes.find(node)
    if theme is None:
        return ThemeLine(node, [], None)
    return ThemeLine(theme.title, [above.title for above in vocabulary.themes.ancestors(node)], f"/themas/{theme.path}")


def _person_line(person: AdvicePerson, vocabulary: Vocabulary) -> tuple[str, str]:
    situation = vocabulary.lists["verblijfssituatie"].label(person.residence_situation)
    nationality = vocabulary.lists["nationaliteit"].label(person.nationality)
    return f"Persoon {person.position + 1}", f"{situation}, {nationality}"


def _source_line(source: AdviceSource) -> SourceLine:
    version = f"?versie={source.version}" if source.version is not None else ""
    return SourceLine(source.title, f"{source.address}{version}", source.version, source.attached_on)


def _paragraphs(text: str) -> list[list[str]]:
    return [part.split("\n") for part in text.split("\n\n") if part.strip()]


def _minutes(minutes: int) -> str:
    return "1 minuut" if minutes == 1 else f"{minutes} minuten"
