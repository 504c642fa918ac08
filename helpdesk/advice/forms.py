"""What a jurist types for one piece of advice, and what the list is filtered on."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    IntegerField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, StopValidation

from helpdesk.advice.queries import AdviceFilter
from helpdesk.advice.rules import (
    LEAST_MINUTES,
    MOST_ANSWER_LENGTH,
    MOST_MINUTES,
    MOST_PERSONS,
    MOST_QUESTION_LENGTH,
    MOST_REASON_LENGTH,
    MOST_THEMES,
    AdviceDraft,
    CallerCodes,
    Choice,
    Person,
    broken_rules,
    date_or_none,
    findings,
    matching,
    typed_fields,
    with_snippets,
)
from helpdesk.core.errors import Problem
from helpdesk.core.vocabulary import CodeList, Vocabulary
from helpdesk.web.fields import DutchDateField, clean_text

THEMES = "themas"  # the nodes of the taxonomy, offered as a code list is
DEFAULT_CHANNEL = "telefoon"
MOST_NAMED = 4  # candidates named when a typed code fits several
MOST_TYPED_CODE = 120  # characters


class MinutesField(IntegerField):
    """A whole number of minutes."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number. Raises ValueError with a Dutch sentence."""
        try:
            super().process_formdata([text.strip() for text in valuelist if text.strip()])
        except ValueError as wrong:
            raise ValueError("Schrijf de tijd als een geheel aantal minuten, bijvoorbeeld 12.") from wrong


class CodeField(StringField):
    """One code of a list, typed: its code, its number in the list, or the first letters of its words.

    `list_id` names the list of suggestions of the browser. Whether the code exists is a rule, so that its sentence is
    ours; here is only said when what was typed fits several.
    """

    def __init__(self, label: str, validators: Iterable[Any] = (), *, code_list: str, **options: Any) -> None:  # noqa: ANN401 - passed on to WTForms
        options.setdefault("render_kw", {"autocomplete": "off", "maxlength": MOST_TYPED_CODE})
        super().__init__(label, list(validators), **options)
        self.code_list = code_list
        self.offered: Sequence[Choice] = ()

    @property
    def list_id(self) -> str:
        """The id of the element with the suggestions; fields of one list share it."""
        return f"lijst-{self.code_list}"

    @property
    def code(self) -> str:
        """The code that was typed, or what was typed when that is no code; empty when nothing was."""
        typed = (self.data or "").strip()
        found = matching(typed, self.offered)
        return found[0].code if len(found) == 1 else typed

    def show(self, code: str | None) -> None:
        """Put a code in the field, in words."""
        self.data = next((choice.label for choice in self.offered if choice.code == code), code or "")

    def pre_validate(self, form: Any) -> None:  # noqa: ANN401 - as WTForms calls it
        """Refuse what fits several codes."""
        del form
        found = matching((self.data or "").strip(), self.offered)
        if len(found) > 1:
            named = ", ".join(f"‘{choice.label}’" for choice in found[:MOST_NAMED])
            more = " en andere" if len(found) > MOST_NAMED else ""
            raise StopValidation(f"Dit past bij {named}{more}. Typ meer letters.")


class AdviceForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """One piece of advice; the fields stand in the order of speaking.

    `draft_key`, `draft_holder` and `draft_revision` say which draft this is, on which page, and what that page has
    seen of it; `timer_seconds` is how long the form has been open; `corrects` is the advice that is corrected, if any.
    """

    question = TextAreaField(
        "Vraag",
        [InputRequired("Schrijf de vraag op.")],
        filters=[clean_text],
        render_kw={"rows": 5, "maxlength": MOST_QUESTION_LENGTH, "autocomplete": "off"},
    )
    main_theme = CodeField("Hoofdthema", [InputRequired("Kies een hoofdthema.")], code_list=THEMES)
    other_themes = SelectMultipleField("Andere thema's", validate_choice=False, choices=[])
    residence_situation = CodeField(
        "Verblijfssituatie", [InputRequired("Kies een verblijfssituatie.")], code_list="verblijfssituatie"
    )
    nationality = CodeField("Nationaliteit", [InputRequired("Kies een nationaliteit.")], code_list="nationaliteit")
    residence_situation_2 = CodeField("Verblijfssituatie van persoon 2", code_list="verblijfssituatie")
    nationality_2 = CodeField("Nationaliteit van persoon 2", code_list="nationaliteit")
    residence_situation_3 = CodeField("Verblijfssituatie van persoon 3", code_list="verblijfssituatie")
    nationality_3 = CodeField("Nationaliteit van persoon 3", code_list="nationaliteit")
    residence_situation_4 = CodeField("Verblijfssituatie van persoon 4", code_list="verblijfssituatie")
    nationality_4 = CodeField("Nationaliteit van persoon 4", code_list="nationaliteit")
    answer = TextAreaField(
        "Antwoord",
        filters=[clean_text],
        render_kw={"rows": 5, "maxlength": MOST_ANSWER_LENGTH, "autocomplete": "off"},
    )
    outcome = CodeField("Uitkomst", [InputRequired("Kies een uitkomst.")], code_list="uitkomst_advies")
    referred_to = CodeField("Doorverwezen naar", code_list="doorverwijzing")
    caller_category = CodeField("Categorie", [InputRequired("Kies een categorie.")], code_list="categorie_vraagsteller")
    caller_sector = CodeField("Sector", code_list="sector_vraagsteller")
    caller_region = CodeField("Regio", [InputRequired("Kies een regio.")], code_list="regio_vraagsteller")
    channel = CodeField("Kanaal", [InputRequired("Kies een kanaal.")], code_list="kanaal")
    scope_exception = StringField(
        "Waarom toch per e-mail",
        filters=[clean_text],
        render_kw={"autocomplete": "off", "maxlength": MOST_REASON_LENGTH},
    )
    given_on = DutchDateField("Datum van het advies", [InputRequired("Kies de datum van het advies.")])
    time_spent_minutes = MinutesField(
        "Bestede tijd in minuten",
        [InputRequired("Vul de bestede tijd in.")],
        render_kw={"min": LEAST_MINUTES, "max": MOST_MINUTES},
    )
    sources = SelectMultipleField("Bronnen", validate_choice=False, choices=[])
    confirmed = SelectMultipleField("Nagekeken", validate_choice=False, choices=[])
    timer_seconds = HiddenField()
    draft_key = HiddenField()
    draft_holder = HiddenField()
    draft_revision = HiddenField()
    corrects = HiddenField()

    def stand_for(self, key: str, revision: int, *, holder: str) -> None:
        """Say on the page which draft this form is, what the page has seen of it, and which page it is."""
        self.draft_key.data, self.draft_revision.data, self.draft_holder.data = key, str(revision), holder

    def offer(self, vocabulary: Vocabulary) -> None:
        """Fill the lists from the vocabulary."""
        offer(self, vocabulary)
        self.other_themes.choices = [(theme.id, theme.title) for theme in vocabulary.themes.all]

    @property
    def coded(self) -> list[CodeField]:
        """The fields that take a code, in the order of the form."""
        return [field for field in self if isinstance(field, CodeField)]

    def draft(self, *, today: date) -> AdviceDraft:
        """Return the typed draft; a theme ticked twice counts once.

        Of a form with mistakes too, so that rules can be looked at in the same round: a date that is missing is today,
        a time that is missing the shortest there is.
        """
        others = self.other_themes.data or ()
        return AdviceDraft(
            question=self.question.data or "",
            themes=tuple(dict.fromkeys(theme for theme in [self.main_theme.code, *others] if theme)),
            residence_situation=self.residence_situation.code,
            nationality=self.nationality.code,
            answer=self.answer.data or "",
            outcome=self.outcome.code,
            caller_category=self.caller_category.code,
            caller_sector=self.caller_sector.code or None,
            caller_region=self.caller_region.code,
            channel=self.channel.code,
            given_on=self.given_on.data or today,
            time_spent_minutes=LEAST_MINUTES if self.time_spent_minutes.data is None else self.time_spent_minutes.data,
            other_persons=tuple(
                Person(situation.code, nationality.code)
                for situation, nationality in self.persons
                if situation.code or nationality.code
            ),
            referred_to=self.referred_to.code or None,
            scope_exception=self.scope_exception.data or None,
            sources=tuple(self.sources.data or ()),
            confirmed=frozenset(self.confirmed.data or ()),
        )

    @property
    def has_more_persons(self) -> bool:
        """Whether a person after the first is filled in, or wrong."""
        return any(field.data or field.errors for pair in self.persons for field in pair)

    @property
    def persons(self) -> list[tuple[CodeField, CodeField]]:
        """The fields of the persons after the first: situation and nationality."""
        numbers = range(2, MOST_PERSONS + 1)
        return [(self[f"residence_situation_{number}"], self[f"nationality_{number}"]) for number in numbers]

    def insert_snippets(self, snippets: Mapping[str, str]) -> None:
        """Put the text of each snippet where its name stands, for a browser without scripts."""
        for field in (self.question, self.answer):
            field.data = with_snippets(field.data or "", snippets)

    def point_out(self, broken: Iterable[Problem]) -> None:
        """Put each broken rule at its field, but where something was said already."""
        point_out(self, broken)

    def put_focus(self) -> None:
        """Let the cursor start where something is wrong, else in the question."""
        field: Field = next((field for field in self if field.errors), self.question)
        field.render_kw = {**(field.render_kw or {}), "autofocus": True}


class ImportForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A file with advice that was noted on paper; `looked_at` confirms what may point at a person."""

    file = FileField("Bestand (csv)", [FileRequired("Kies een bestand.")])
    looked_at = BooleanField("Ik keek na dat namen en nummers in de tekst niemand aanwijzen")


COLUMNS = {
    "datum": "given_on",
    "vraag": "question",
    "antwoord": "answer",
    "hoofdthema": "main_theme",
    "andere_themas": "other_themes",
    "verblijfssituatie": "residence_situation",
    "nationaliteit": "nationality",
    "uitkomst": "outcome",
    "doorverwezen_naar": "referred_to",
    "categorie": "caller_category",
    "sector": "caller_sector",
    "regio": "caller_region",
    "kanaal": "channel",
    "uitzondering": "scope_exception",
    "minuten": "time_spent_minutes",
}
MAY_BE_ABSENT = frozenset({"antwoord", "andere_themas", "doorverwezen_naar", "sector", "kanaal", "uitzondering"})
MOST_ROWS = 2_000


@dataclass(frozen=True, order=True)
class LineProblem:
    """Something wrong in a file: the line, the column, and what to do in Dutch."""

    line: int
    column: str
    sentence: str


def read_rows(
    content: bytes, vocabulary: Vocabulary, *, today: date, looked_at: bool
) -> tuple[list[tuple[int, AdviceDraft]], list[LineProblem]]:
    """Read the advice of a CSV file, with comma or semicolon; return drafts by line, and everything that is wrong."""
    try:
        text = content.decode("utf-8-sig")
        opening = text[: text.find("\n")] if "\n" in text else text
        reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if ";" in opening else ",", strict=True)
        rows = [(reader.line_num, row) for row in reader]
    except UnicodeDecodeError:
        return [], [LineProblem(1, "", "Bewaar het bestand als UTF-8.")]
    except csv.Error:
        return [], [LineProblem(1, "", "Dit is geen leesbaar csv-bestand.")]
    columns = [name for name in reader.fieldnames or () if name]
    wrong = [LineProblem(1, name, "Deze kolom kennen we niet.") for name in columns if name not in COLUMNS]
    wrong += [
        LineProblem(1, name, "Deze kolom ontbreekt.")
        for name in COLUMNS
        if name not in columns and name not in MAY_BE_ABSENT
    ]
    if wrong or len(rows) > MOST_ROWS:
        return [], wrong or [LineProblem(1, "", f"Een bestand heeft hoogstens {MOST_ROWS} regels.")]
    drafts: list[tuple[int, AdviceDraft]] = []
    problems: list[LineProblem] = []
    for line, row in rows:
        draft, found = _read_row(row, vocabulary, today=today, looked_at=looked_at)
        problems += [LineProblem(line, column, sentence) for column, sentence in found]
        drafts.append((line, draft))
    return drafts, sorted([*problems, *_repeats(drafts)])


def _repeats(drafts: Sequence[tuple[int, AdviceDraft]]) -> Iterator[LineProblem]:
    """Tell which lines say in every field what an earlier line says: most likely copied twice."""
    first_line: dict[AdviceDraft, int] = {}
    for line, draft in drafts:
        if (first := first_line.setdefault(draft, line)) != line:
            yield LineProblem(
                line,
                "",
                f"Deze regel zegt hetzelfde als regel {first}. Laat er één weg, of schrijf in de vraag wat anders was.",
            )


def _read_row(
    row: Mapping[str | None, Any], vocabulary: Vocabulary, *, today: date, looked_at: bool
) -> tuple[AdviceDraft, list[tuple[str, str]]]:
    """Return the draft of one row, and what is wrong with it by column; the rules are those of the form."""
    named = {field: column for column, field in COLUMNS.items()}
    typed = MultiDict({field: row.get(column) or "" for column, field in COLUMNS.items() if field != "other_themes"})
    typed.setdefault("channel", DEFAULT_CHANNEL)
    if not typed["channel"]:
        typed["channel"] = DEFAULT_CHANNEL
    form = AdviceForm(formdata=typed, meta={"csrf": False})
    form.offer(vocabulary)
    others = [one.strip() for one in (row.get("andere_themas") or "").split("|") if one.strip()]
    has_too_many = len(others) > MOST_THEMES  # said before looking for each: a row can name thousands
    others = others[:MOST_THEMES]
    found_themes = [matching(one, form.main_theme.offered) for one in others]
    form.other_themes.data = [
        found[0].code if len(found) == 1 else one for one, found in zip(others, found_themes, strict=True)
    ]
    form.confirmed.data = (
        [one.words for one in findings({"question": form.question.data or "", "answer": form.answer.data or ""})]
        if looked_at
        else []
    )
    form.validate()
    draft = form.draft(today=today)
    form.point_out(broken_rules(draft, vocabulary=vocabulary, today=today))
    problems = [
        (named.get(name or "", ""), str(sentence)) for name, sentences in form.errors.items() for sentence in sentences
    ]
    if has_too_many:
        problems.append(("andere_themas", f"Kies ten hoogste {MOST_THEMES} thema's."))
    if None in row or None in row.values():
        problems.append(("", "Deze regel heeft niet evenveel velden als de eerste."))
    return draft, problems


class PresetForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The codes of someone who calls often, under a name."""

    name = StringField(
        "Naam", [InputRequired("Geef een naam.")], id="beller", filters=[clean_text], render_kw={"maxlength": 60}
    )
    caller_category = CodeField("Categorie", [InputRequired("Kies een categorie.")], code_list="categorie_vraagsteller")
    caller_sector = CodeField("Sector", code_list="sector_vraagsteller")
    caller_region = CodeField("Regio", [InputRequired("Kies een regio.")], code_list="regio_vraagsteller")

    def codes(self) -> CallerCodes:
        """Return the typed codes."""
        return CallerCodes(
            caller_category=self.caller_category.code,
            caller_sector=self.caller_sector.code or None,
            caller_region=self.caller_region.code,
        )


class SnippetForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A text to insert with two colons and its name."""

    name = StringField(
        "Naam", [InputRequired("Geef een naam.")], id="tekst", filters=[clean_text], render_kw={"maxlength": 30}
    )
    text = TextAreaField("Tekst", [InputRequired("Schrijf de tekst.")], filters=[clean_text], render_kw={"rows": 4})


def offer(form: FlaskForm, vocabulary: Vocabulary) -> None:
    """Give the fields of a form that take a code the codes they take."""
    themes = [Choice(theme.id, theme.title, theme.words) for theme in vocabulary.themes.all]
    for field in form:
        if isinstance(field, CodeField):
            codes = () if field.code_list == THEMES else vocabulary.lists[field.code_list]
            field.offered = [Choice(code.code, code.label) for code in codes] or themes


def point_out(form: FlaskForm, broken: Iterable[Problem]) -> None:
    """Put each broken rule at its field, but where something was said already."""
    said = {field.name for field in form if field.errors}
    for problem in broken:
        field = form[problem.field]
        if problem.field not in said:
            field.errors = [*field.errors, problem.sentence]


OF_A_CORRECTION = frozenset({"reason", "seen_revision"})  # typed in the form of aftercare, kept with the others
NOT_OF_THE_DRAFT = frozenset({"csrf_token", "draft_key", "draft_holder", "draft_revision"})


def blank_form(vocabulary: Vocabulary, *, today: date) -> AdviceForm:
    """Return an empty form for advice by telephone today."""
    form = AdviceForm(formdata=None, given_on=today)
    form.offer(vocabulary)
    form.channel.show(DEFAULT_CHANNEL)
    return form


def sent_form(vocabulary: Vocabulary) -> AdviceForm:
    """Return the form as the browser sent it."""
    form = AdviceForm()
    form.offer(vocabulary)
    return form


def kept_form(fields: Mapping[str, Sequence[str]], vocabulary: Vocabulary) -> AdviceForm:
    """Return the form with what a draft kept."""
    form = AdviceForm(formdata=MultiDict([(name, value) for name, values in fields.items() for value in values]))
    form.offer(vocabulary)
    return form


def fields_to_keep(sent: MultiDict[str, str]) -> dict[str, list[str]]:
    """Return what a draft keeps of a form as the browser sent it."""
    names = {name for name, field in vars(AdviceForm).items() if hasattr(field, "field_class")} | OF_A_CORRECTION
    return typed_fields({name: sent.getlist(name) for name in sent}, names - NOT_OF_THE_DRAFT)


def code_choices(codes: CodeList) -> list[tuple[str, str]]:
    """Return the codes of a list with their labels, in the order of the list."""
    return [(code.code, code.label) for code in codes]


def read_filter(arguments: Mapping[str, str], vocabulary: Vocabulary, *, recorded_by: int | None) -> AdviceFilter:
    """Read what the address asks to list; anything that is no date or no known code is no limit.

    `recorded_by` is the colleague whose records may be listed, None for those of all.
    """

    def code(name: str, code_list: str) -> str | None:
        value = arguments.get(name, "")
        return value if value in vocabulary.lists[code_list] else None

    theme = arguments.get("thema", "")
    return AdviceFilter(
        first_on=date_or_none(arguments.get("van")),
        last_on=date_or_none(arguments.get("tot")),
        region=code("regio", "regio_vraagsteller"),
        category=code("categorie", "categorie_vraagsteller"),
        sector=code("sector", "sector_vraagsteller"),
        channel=code("kanaal", "kanaal"),
        residence_situation=code("verblijf", "verblijfssituatie"),
        nodes=vocabulary.themes.below(theme) if theme in vocabulary.themes else (),
        recorded_by=recorded_by,
    )
