"""What a jurist types for one piece of advice, and what the list is filtered on."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its types describe an older version
from wtforms.validators import InputRequired

from helpdesk.advice.queries import AdviceFilter
from helpdesk.advice.rules import (
    LEAST_MINUTES,
    MOST_ANSWER_LENGTH,
    MOST_MINUTES,
    MOST_QUESTION_LENGTH,
    AdviceDraft,
    date_or_none,
)
from helpdesk.core.errors import Problem
from helpdesk.core.vocabulary import CodeList, Vocabulary
from helpdesk.web.fields import DutchDateField, clean_text, theme_choices

DEFAULT_CHANNEL = "telefoon"


class MinutesField(IntegerField):
    """A whole number of minutes."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number. Raises ValueError with a Dutch sentence."""
        try:
            super().process_formdata(valuelist)
        except ValueError as wrong:
            raise ValueError("Schrijf de tijd als een geheel aantal minuten, bijvoorbeeld 12.") from wrong


class CodeField(SelectField):
    """One code of a list. Whether the code exists is a rule, so that its sentence is ours."""

    def __init__(self, label: str, validators: Iterable[Any] = (), *, code_list: str, **options: Any) -> None:  # noqa: ANN401 - passed on to WTForms
        super().__init__(label, list(validators), validate_choice=False, choices=[], **options)
        self.code_list = code_list


class AdviceForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """One piece of advice; the fields stand in the order of speaking."""

    question = TextAreaField(
        "Vraag",
        [InputRequired("Schrijf de vraag op.")],
        filters=[clean_text],
        render_kw={"rows": 5, "maxlength": MOST_QUESTION_LENGTH, "autocomplete": "off"},
    )
    main_theme = SelectField(
        "Hoofdthema",
        [InputRequired("Kies een hoofdthema.")],
        validate_choice=False,
        choices=[],
    )
    other_themes = SelectMultipleField("Andere thema's", validate_choice=False, choices=[])
    residence_situation = CodeField(
        "Verblijfssituatie", [InputRequired("Kies een verblijfssituatie.")], code_list="verblijfssituatie"
    )
    nationality = CodeField("Nationaliteit", [InputRequired("Kies een nationaliteit.")], code_list="nationaliteit")
    answer = TextAreaField(
        "Antwoord",
        filters=[clean_text],
        render_kw={"rows": 5, "maxlength": MOST_ANSWER_LENGTH, "autocomplete": "off"},
    )
    outcome = CodeField("Uitkomst", [InputRequired("Kies een uitkomst.")], code_list="uitkomst_advies")
    caller_category = CodeField("Categorie", [InputRequired("Kies een categorie.")], code_list="categorie_vraagsteller")
    caller_sector = CodeField("Sector", code_list="sector_vraagsteller")
    caller_region = CodeField("Regio", [InputRequired("Kies een regio.")], code_list="regio_vraagsteller")
    channel = CodeField("Kanaal", [InputRequired("Kies een kanaal.")], code_list="kanaal")
    given_on = DutchDateField("Datum van het advies", [InputRequired("Kies de datum van het advies.")])
    time_spent_minutes = MinutesField(
        "Bestede tijd in minuten",
        [InputRequired("Vul de bestede tijd in.")],
        render_kw={"min": LEAST_MINUTES, "max": MOST_MINUTES},
    )

    def offer(self, vocabulary: Vocabulary) -> None:
        """Fill the lists from the vocabulary."""
        for field in self:
            if isinstance(field, CodeField):
                field.choices = [("", "Kies …"), *code_choices(vocabulary.lists[field.code_list])]
        self.caller_sector.choices = [("", "Geen sector"), *code_choices(vocabulary.lists["sector_vraagsteller"])]
        self.main_theme.choices = [SelectChoice("", "Kies …"), *_grouped(theme_choices(vocabulary.themes))]
        self.other_themes.choices = [(theme.id, theme.title) for theme in vocabulary.themes.all]

    def draft(self) -> AdviceDraft:
        """Return the typed draft of a validated form; a theme ticked twice counts once."""
        given_on, minutes = self.given_on.data, self.time_spent_minutes.data
        if given_on is None or minutes is None:
            raise ValueError("the form was not validated")
        return AdviceDraft(
            question=self.question.data or "",
            themes=tuple(dict.fromkeys([self.main_theme.data, *(self.other_themes.data or ())])),
            residence_situation=self.residence_situation.data,
            nationality=self.nationality.data,
            answer=self.answer.data or "",
            outcome=self.outcome.data,
            caller_category=self.caller_category.data,
            caller_sector=self.caller_sector.data or None,
            caller_region=self.caller_region.data,
            channel=self.channel.data,
            given_on=given_on,
            time_spent_minutes=minutes,
        )

    def point_out(self, broken: Iterable[Problem]) -> None:
        """Put each broken rule at its field."""
        for problem in broken:
            field = self[problem.field]
            field.errors = [*field.errors, problem.sentence]

    def put_focus(self) -> None:
        """Let the cursor start where something is wrong, else in the question."""
        field = next((field for field in self if field.errors), self.question)
        field.render_kw = {**(field.render_kw or {}), "autofocus": True}


def blank_form(vocabulary: Vocabulary, *, today: date) -> AdviceForm:
    """Return an empty form for advice by telephone today."""
    form = AdviceForm(formdata=None, given_on=today, channel=DEFAULT_CHANNEL)
    form.offer(vocabulary)
    return form


def sent_form(vocabulary: Vocabulary) -> AdviceForm:
    """Return the form as the browser sent it."""
    form = AdviceForm()
    form.offer(vocabulary)
    return form


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


def _grouped(choices: Mapping[str, list[tuple[str, str]]]) -> list[SelectChoice]:
    return [SelectChoice(code, label, optgroup=group) for group, codes in choices.items() for code, label in codes]
