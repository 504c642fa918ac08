"""What the address of a figures page asks, and what a coordinator enters for the annual report."""

from collections.abc import Mapping, Sequence

from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its types describe an older version
from wtforms.validators import InputRequired

from helpdesk.advice.rules import date_or_none
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.figures.rules import (
    DESKS,
    EARLIEST_YEAR,
    ENTERED_SERIES,
    LATEST_YEAR,
    MOST_REASON,
    MOST_SOURCE,
    OVERVIEW,
    PUBLICATIONS,
    EnteredDraft,
    Period,
)
from helpdesk.web.fields import WholeNumberField, clean_text, lines_of

SERIES_TITLES = {
    DESKS: "Helpdeskadviezen per werkingsgebied",
    OVERVIEW: "Meerjarenoverzicht",
    PUBLICATIONS: "Publicaties en website",
}


def read_period(arguments: Mapping[str, str], *, default: Period) -> Period:
    """Read the period of an address; the default where it names no day, ends too early or lies far off."""
    first_on = date_or_none(arguments.get("van")) or default.first_on
    last_on = date_or_none(arguments.get("tot")) or default.last_on
    is_usable = first_on.year >= EARLIEST_YEAR and first_on <= last_on and last_on.year <= LATEST_YEAR
    return Period(first_on, last_on) if is_usable else default


class CloseForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Why figures of a closed year are corrected; empty when the year is closed for the first time."""

    reason = TextAreaField("Reden", filters=[clean_text], render_kw={"rows": 3, "maxlength": MOST_REASON})


class FigureForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """One number the product cannot count."""

    which = SelectField("Cijfer", [InputRequired("Kies een cijfer.")], validate_choice=False, choices=[])
    value = WholeNumberField("Aantal", [InputRequired("Vul een getal in.")], render_kw={"min": 0})
    is_approximate = BooleanField("Het is een benadering")
    source = StringField(
        "Bron", [InputRequired("Schrijf de bron op.")], filters=[clean_text], render_kw={"maxlength": MOST_SOURCE}
    )
    note = StringField("Toelichting", filters=[clean_text], render_kw={"maxlength": MOST_SOURCE})

    def draft(self, year: int) -> EnteredDraft:
        """Return the typed draft of a validated form."""
        series, _, code = (self.which.data or "").partition("/")
        if self.value.data is None:
            raise ValueError("the form was not validated")
        return EnteredDraft(
            series=series,
            code=code,
            year=year,
            value=self.value.data,
            is_approximate=bool(self.is_approximate.data),
            source=self.source.data or "",
            note=self.note.data or None,
        )


class LinesForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Lines of text for the parts of the report that figures cannot tell."""

    begeleidingen = TextAreaField("Voorbeelden van begeleidingen", filters=[clean_text], render_kw={"rows": 5})
    publicaties = TextAreaField("Publicaties", filters=[clean_text], render_kw={"rows": 5})
    acties = TextAreaField("Acties", filters=[clean_text], render_kw={"rows": 5})

    @property
    def parts(self) -> dict[str, Sequence[str]]:
        """The lines of each part."""
        return {name: lines_of(self[name].data) for name in ("begeleidingen", "publicaties", "acties")}


def figure_form(vocabulary: Vocabulary, *, is_sent: bool) -> FigureForm:
    """Return the form, as the browser sent it or blank, with the numbers that can be entered."""
    form = FigureForm() if is_sent else FigureForm(formdata=None)
    form.which.choices = [
        SelectChoice("", "Kies …"),
        *(
            SelectChoice(f"{series}/{code.code}", code.label, optgroup=SERIES_TITLES[series])
            for series in ENTERED_SERIES
            for code in vocabulary.lists[series]
        ),
    ]
    return form


def lines_form(lines: Mapping[str, Sequence[str]], *, is_sent: bool) -> LinesForm:
    """Return the form, as the browser sent it or with the lines that are stored."""
    if is_sent:
        return LinesForm()
    return LinesForm(formdata=None, data={part: "\n".join(held) for part, held in lines.items()})
