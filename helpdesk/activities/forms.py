"""What a colleague types about trainings and guidance, one by one or in a file."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from werkzeug.datastructures import FileStorage, MultiDict
from wtforms import SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, ValidationError

from helpdesk.activities.rules import (
    MOST_PARTICIPANTS,
    MOST_PLACE,
    MOST_TITLE,
    GuidanceDraft,
    ImportRejected,
    LineProblem,
    Problem,
    TrainingDraft,
)
from helpdesk.core.vocabulary import CodeList, Vocabulary
from helpdesk.web.fields import DutchDateField, ListCodeField, WholeNumberField, clean_text, lines_of

D = TypeVar("D")
DATE_FORMS = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y")
IN_CELL = "|"  # between the values of one cell: names of organisations hold commas
MOST_ROWS = 2_000


class ActivityForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """What both kinds of activity share."""

    def offer(self, vocabulary: Vocabulary) -> None:
        """Fill the lists from the vocabulary."""
        for field in self:
            if isinstance(field, ListCodeField):
                field.offer(vocabulary.lists[field.code_list])

    def point_out(self, broken: Iterable[Problem]) -> None:
        """Put each broken rule at its field."""
        for problem in broken:
            field = self[problem.field]
            field.errors = [*field.errors, problem.sentence]

    def put_focus(self) -> None:
        """Let the cursor start where something is wrong, else in the first field."""
        field = next((field for field in self if field.errors), next(iter(self)))
        field.render_kw = {**(field.render_kw or {}), "autofocus": True}


class TrainingForm(ActivityForm):
    """One training."""

    kind = ListCodeField("Soort", [InputRequired("Kies een soort.")], code_list="vorming_soort")
    sector = ListCodeField("Sector", code_list="vorming_sector")
    title = StringField(
        "Onderwerp", [InputRequired("Vul het onderwerp in.")], filters=[clean_text], render_kw={"maxlength": MOST_TITLE}
    )
    held_on = DutchDateField("Datum", [InputRequired("Kies de datum.")])
    place = StringField(
        "Plaats", [InputRequired("Vul de plaats in.")], filters=[clean_text], render_kw={"maxlength": MOST_PLACE}
    )
    participants = WholeNumberField(
        "Ingeschreven deelnemers",
        [InputRequired("Vul het aantal ingeschreven deelnemers in.")],
        render_kw={"min": 0, "max": MOST_PARTICIPANTS},
    )
    themes = SelectMultipleField("Thema's", validate_choice=False, choices=[])

    def offer(self, vocabulary: Vocabulary) -> None:
        """Fill the lists from the vocabulary; the sector may stay open."""
        super().offer(vocabulary)
        self.sector.offer(vocabulary.lists["vorming_sector"], blank="Geen sector")
        self.themes.choices = [(theme.id, theme.title) for theme in vocabulary.themes.all]

    def draft(self) -> TrainingDraft:
        """Return the typed draft of a validated form."""
        held_on, participants = self.held_on.data, self.participants.data
        if held_on is None or participants is None:
            raise ValueError("the form was not validated")
        return TrainingDraft(
            kind=self.kind.data,
            sector=self.sector.data or None,
            title=self.title.data or "",
            held_on=held_on,
            place=self.place.data or "",
            participants=participants,
            themes=tuple(dict.fromkeys(self.themes.data or ())),
        )


class DaysField(TextAreaField):
    """Days, one a line; `days` holds them, oldest first, once the form was validated."""

    days: tuple[date, ...] = ()

    def pre_validate(self, form: object) -> None:
        """Read the days. Raises ValidationError with a Dutch sentence that names the line that is none."""
        del form
        self.days = tuple(sorted({_day(line) for line in lines_of(self.data)}))


class GuidanceForm(ActivityForm):
    """One guidance."""

    kind = ListCodeField("Soort", [InputRequired("Kies een soort.")], code_list="begeleiding_soort")
    sector = ListCodeField("Sector", [InputRequired("Kies een sector.")], code_list="begeleiding_sector")
    title = StringField(
        "Onderwerp", [InputRequired("Vul het onderwerp in.")], filters=[clean_text], render_kw={"maxlength": MOST_TITLE}
    )
    organisations = TextAreaField(
        "Organisaties",
        [InputRequired("Schrijf minstens één organisatie op.")],
        filters=[clean_text],
        render_kw={"rows": 4},
    )
    sessions = DaysField(
        "Sessies", [InputRequired("Schrijf minstens één datum op.")], filters=[clean_text], render_kw={"rows": 4}
    )

    def draft(self) -> GuidanceDraft:
        """Return the typed draft of a validated form."""
        return GuidanceDraft(
            kind=self.kind.data,
            sector=self.sector.data,
            title=self.title.data or "",
            organisations=lines_of(self.organisations.data),
            sessions=self.sessions.days,
        )


class FileForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A file to take in."""

    file = FileField("CSV-bestand", [FileRequired("Kies een bestand.")], render_kw={"accept": ".csv,text/csv"})


def training_form(vocabulary: Vocabulary, shown: TrainingDraft | None = None) -> TrainingForm:
    """Return the form with the values of a draft, blank without one; never what the browser sent."""
    form = TrainingForm(formdata=None, data=None if shown is None else {**vars(shown), "themes": list(shown.themes)})
    form.offer(vocabulary)
    return form


def guidance_form(vocabulary: Vocabulary, shown: GuidanceDraft | None = None) -> GuidanceForm:
    """Return the form with the values of a draft, blank without one; never what the browser sent."""
    typed = None
    if shown is not None:
        days = "\n".join(f"{day:%d-%m-%Y}" for day in shown.sessions)
        typed = {**vars(shown), "organisations": "\n".join(shown.organisations), "sessions": days}
    form = GuidanceForm(formdata=None, data=typed)
    form.offer(vocabulary)
    return form


def sent_training(vocabulary: Vocabulary) -> TrainingForm:
    """Return the form as the browser sent it."""
    form = TrainingForm()
    form.offer(vocabulary)
    return form


def sent_guidance(vocabulary: Vocabulary) -> GuidanceForm:
    """Return the form as the browser sent it."""
    form = GuidanceForm()
    form.offer(vocabulary)
    return form


@dataclass(frozen=True)
class Rows(Generic[D]):
    """What a file holds: drafts by the number of their line, and the lines that are none."""

    drafts: Sequence[tuple[int, D]]
    problems: Sequence[LineProblem]


TRAINING_COLUMNS = {
    "soort": "kind",
    "sector": "sector",
    "onderwerp": "title",
    "datum": "held_on",
    "plaats": "place",
    "deelnemers": "participants",
    "themas": "themes",
}
GUIDANCE_COLUMNS = {
    "soort": "kind",
    "sector": "sector",
    "onderwerp": "title",
    "organisaties": "organisations",
    "sessies": "sessions",
}


def read_trainings(file: FileStorage, vocabulary: Vocabulary) -> Rows[TrainingDraft]:
    """Read trainings from CSV. Raises ImportRejected when the file or its header cannot be read."""
    lists = vocabulary.lists

    def read(values: Mapping[str, str]) -> TrainingForm:
        typed = MultiDict(values)
        typed["kind"] = _code(values["kind"], lists["vorming_soort"])
        typed["sector"] = _code(values["sector"], lists["vorming_sector"])
        typed.setlist("themes", _parts(values["themes"]))
        return TrainingForm(formdata=typed, meta={"csrf": False})

    return _rows(file, TRAINING_COLUMNS, read, lambda form: form.draft())


def read_guidance(file: FileStorage, vocabulary: Vocabulary) -> Rows[GuidanceDraft]:
    """Read guidance from CSV. Raises ImportRejected when the file or its header cannot be read."""
    lists = vocabulary.lists

    def read(values: Mapping[str, str]) -> GuidanceForm:
        typed = MultiDict(values)
        typed["kind"] = _code(values["kind"], lists["begeleiding_soort"])
        typed["sector"] = _code(values["sector"], lists["begeleiding_sector"])
        typed["organisations"] = "\n".join(_parts(values["organisations"]))
        typed["sessions"] = "\n".join(_parts(values["sessions"]))
        return GuidanceForm(formdata=typed, meta={"csrf": False})

    return _rows(file, GUIDANCE_COLUMNS, read, lambda form: form.draft())


F = TypeVar("F", bound=ActivityForm)


def _rows(
    file: FileStorage, columns: Mapping[str, str], read: Callable[[Mapping[str, str]], F], draft: Callable[[F], D]
) -> Rows[D]:
    drafts: list[tuple[int, D]] = []
    problems: list[LineProblem] = []
    for line, values in _lines(_decoded(file), columns):
        form = read(values)
        if form.validate():
            drafts.append((line, draft(form)))
        else:
            problems += [LineProblem(line, error) for errors in form.errors.values() for error in errors]
    if not drafts and not problems:
        raise ImportRejected([LineProblem(2, "Er staan geen rijen onder de kop.")])
    return Rows(drafts, problems)


def _decoded(file: FileStorage) -> str:
    raw = file.stream.read()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = raw[: wrong.start].count(b"\n") + 1
        raise ImportRejected(
            [LineProblem(line, "Bewaar het bestand als CSV in UTF-8: hier staat een teken dat geen UTF-8 is.")]
        ) from wrong
    if "\0" in text:
        raise ImportRejected([LineProblem(text[: text.index("\0")].count("\n") + 1, "Dit is geen CSV-bestand.")])
    return text


def _lines(text: str, columns: Mapping[str, str]) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield the number of each row's first line and its values by the names of the form; empty rows are left out."""
    header = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if header.count(";") >= header.count(",") else ",")
    try:
        names = [cell.strip().lower().replace("'", "").replace("’", "") for cell in next(reader, [])]
        missing = [name for name in columns if name not in names]
        if missing:
            raise ImportRejected([LineProblem(1, f"De kop mist: {', '.join(missing)}. Schrijf {';'.join(columns)}.")])
        places = {columns[name]: place for place, name in enumerate(names) if name in columns}
        line, count = reader.line_num + 1, 0
        for row in reader:
            if any(cell.strip() for cell in row):
                count += 1
                if count > MOST_ROWS:
                    raise ImportRejected([LineProblem(line, f"Een bestand mag hoogstens {MOST_ROWS} rijen hebben.")])
                yield line, {name: row[place].strip() if place < len(row) else "" for name, place in places.items()}
            line = reader.line_num + 1
    except csv.Error as wrong:
        raise ImportRejected([LineProblem(reader.line_num, "Deze regel is geen geldige CSV.")]) from wrong


def _code(typed: str, codes: CodeList) -> str:
    """Return the code that was typed, also when it was typed as its label; what is neither stays as typed."""
    by_label = {code.label.lower(): code.code for code in codes}
    return typed if typed in codes else by_label.get(typed.lower(), typed)


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(IN_CELL) if part.strip()]


def _day(text: str) -> date:
    for form in DATE_FORMS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a calendar day has no time zone
        except ValueError:
            continue
    raise ValidationError(f"‘{text}’ is geen datum. Schrijf elke datum als 14-03-2026, één per regel.")
