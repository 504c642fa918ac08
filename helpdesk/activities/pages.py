"""What the pages about trainings and guidance hand to their templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from helpdesk.activities.forms import GUIDANCE_COLUMNS, TRAINING_COLUMNS, FileForm, GuidanceForm, TrainingForm
from helpdesk.activities.models import Guidance, Training
from helpdesk.activities.rules import LineProblem
from helpdesk.core.vocabulary import CodeList, Vocabulary
from helpdesk.web.fields import ThemeGroup, theme_groups
from helpdesk.web.views import PageBase


@dataclass(frozen=True)
class TrainingLine:
    """One training in the list, in words."""

    id: int
    held_on: date
    title: str
    kind: str
    sector: str
    place: str
    participants: int


@dataclass(frozen=True, kw_only=True)
class TrainingsPage(PageBase):
    """The trainings of a year, with how many registered together."""

    template: ClassVar[str] = "activities/trainings.html"

    year: int
    years: Sequence[int]
    lines: list[TrainingLine]
    participants: int
    title: str = "Vormingen"
    may_be_indexed: bool = False

    @classmethod
    def of(
        cls, trainings: Sequence[Training], *, year: int, years: Sequence[int], vocabulary: Vocabulary
    ) -> "TrainingsPage":
        """Return the list of a year."""
        lists = vocabulary.lists
        lines = [
            TrainingLine(
                id=one.id,
                held_on=one.held_on,
                title=one.title,
                kind=lists["vorming_soort"].label(one.kind),
                sector=lists["vorming_sector"].label(one.sector) or "–",
                place=one.place,
                participants=one.participants,
            )
            for one in trainings
        ]
        return cls(year=year, years=years, lines=lines, participants=sum(line.participants for line in lines))


@dataclass(frozen=True)
class GuidanceLine:
    """One guidance in the list, in words; `met_on` are the days it met in the year of the list."""

    id: int
    title: str
    kind: str
    sector: str
    organisations: Sequence[str]
    met_on: Sequence[date]


@dataclass(frozen=True, kw_only=True)
class GuidanceListPage(PageBase):
    """The guidance that met in a year."""

    template: ClassVar[str] = "activities/guidance_list.html"

    year: int
    years: Sequence[int]
    lines: list[GuidanceLine]
    title: str = "Begeleidingen"
    may_be_indexed: bool = False

    @classmethod
    def of(
        cls, found: Sequence[Guidance], *, year: int, years: Sequence[int], vocabulary: Vocabulary
    ) -> "GuidanceListPage":
        """Return the list of a year."""
        lists = vocabulary.lists
        lines = [
            GuidanceLine(
                id=one.id,
                title=one.title,
                kind=lists["begeleiding_soort"].label(one.kind),
                sector=lists["begeleiding_sector"].label(one.sector),
                organisations=one.organisations,
                met_on=[meeting.held_on for meeting in one.sessions if meeting.held_on.year == year],
            )
            for one in found
        ]
        return cls(year=year, years=years, lines=lines)


@dataclass(frozen=True, kw_only=True)
class TrainingPage(PageBase):
    """The form of one training; `training_id` is None for a new one."""

    template: ClassVar[str] = "activities/training.html"

    form: TrainingForm
    training_id: int | None
    theme_groups: list[ThemeGroup]
    may_be_indexed: bool = False

    @classmethod
    def of(cls, form: TrainingForm, vocabulary: Vocabulary, *, training_id: int | None = None) -> "TrainingPage":
        """Return the page around a form, with the cursor where it is needed."""
        form.put_focus()
        return cls(
            title="Vorming noteren" if training_id is None else "Vorming verbeteren",
            form=form,
            training_id=training_id,
            theme_groups=theme_groups(vocabulary.themes, form.themes.data or ()),
        )


@dataclass(frozen=True, kw_only=True)
class GuidancePage(PageBase):
    """The form of one guidance; `guidance_id` is None for a new one."""

    template: ClassVar[str] = "activities/guidance.html"

    form: GuidanceForm
    guidance_id: int | None
    may_be_indexed: bool = False

    @classmethod
    def of(cls, form: GuidanceForm, *, guidance_id: int | None = None) -> "GuidancePage":
        """Return the page around a form, with the cursor where it is needed."""
        form.put_focus()
        title = "Begeleiding noteren" if guidance_id is None else "Begeleiding verbeteren"
        return cls(title=title, form=form, guidance_id=guidance_id)


@dataclass(frozen=True, kw_only=True)
class ImportPage(PageBase):
    """A file to take in: its columns, the codes that may stand in it, and what was wrong with the last one."""

    template: ClassVar[str] = "activities/import.html"

    form: FileForm
    action: str
    back: str
    columns: Sequence[tuple[str, str]]  # name and what stands in it
    code_lists: Mapping[str, CodeList]
    problems: Sequence[LineProblem] = field(default_factory=list)
    may_be_indexed: bool = False


TRAINING_CELLS = {
    "soort": "een code van de lijst ‘soort’",
    "sector": "een code van de lijst ‘sector’; verplicht bij vormingen op vraag",
    "onderwerp": "tekst",
    "datum": "14-03-2026",
    "plaats": "tekst",
    "deelnemers": "aantal ingeschrevenen",
    "themas": "codes van thema's, gescheiden door |; mag leeg zijn",
}
GUIDANCE_CELLS = {
    "soort": "een code van de lijst ‘soort’",
    "sector": "een code van de lijst ‘sector’",
    "onderwerp": "tekst",
    "organisaties": "namen, gescheiden door |",
    "sessies": "datums, gescheiden door |",
}


def import_trainings_page(
    form: FileForm, vocabulary: Vocabulary, *, action: str, back: str, problems: Sequence[LineProblem] = ()
) -> ImportPage:
    """Return the page that takes in trainings."""
    return ImportPage(
        title="Vormingen invoeren uit een bestand",
        form=form,
        action=action,
        back=back,
        columns=[(name, TRAINING_CELLS[name]) for name in TRAINING_COLUMNS],
        code_lists={"soort": vocabulary.lists["vorming_soort"], "sector": vocabulary.lists["vorming_sector"]},
        problems=problems,
    )


def import_guidance_page(
    form: FileForm, vocabulary: Vocabulary, *, action: str, back: str, problems: Sequence[LineProblem] = ()
) -> ImportPage:
    """Return the page that takes in guidance."""
    return ImportPage(
        title="Begeleidingen invoeren uit een bestand",
        form=form,
        action=action,
        back=back,
        columns=[(name, GUIDANCE_CELLS[name]) for name in GUIDANCE_COLUMNS],
        code_lists={"soort": vocabulary.lists["begeleiding_soort"], "sector": vocabulary.lists["begeleiding_sector"]},
        problems=problems,
    )
