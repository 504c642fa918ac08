"""What a visitor or an editor types about references."""

from datetime import date

from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its types describe an older version
from wtforms.validators import InputRequired, Length

from helpdesk.references import rules
from helpdesk.rulings.rules.drafts import TreatmentDraft
from helpdesk.rulings.rules.files import MOST_TREATMENT_NOTE
from jurisprudence.treatment import TREATMENTS

MOST_LETTER = 60_000  # characters: a decision of twenty pages
TOO_LONG = f"De tekst mag hoogstens {MOST_LETTER} tekens tellen: plak een deel ervan."
MOST_SIDE = 300
OURS_OR_WORDS = "Het adres van een uitspraak uit onze databank, of woorden als we ze niet hebben."


class LetterForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A letter or a decision to read; it is kept nowhere."""

    tekst = TextAreaField(
        "Tekst van de brief",
        [
            InputRequired("Plak de tekst van de brief in het vak."),
            Length(max=MOST_LETTER, message=TOO_LONG),
        ],
    )


class TreatmentForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """How one ruling, or a change of law, treats a ruling."""

    treating = StringField(
        "Welke uitspraak of wetswijziging?",
        [
            InputRequired("Schrijf welke uitspraak of welke wetswijziging dit doet."),
            Length(max=MOST_SIDE, message=f"Hoogstens {MOST_SIDE} tekens."),
        ],
        description=OURS_OR_WORDS,
    )
    kind = SelectField("Wat doet die?", choices=[SelectChoice(code, kind.treats) for code, kind in TREATMENTS.items()])
    treated = StringField(
        "Welke uitspraak wordt behandeld?",
        [
            InputRequired("Schrijf welke uitspraak behandeld wordt."),
            Length(max=MOST_SIDE, message=f"Hoogstens {MOST_SIDE} tekens."),
        ],
        description=OURS_OR_WORDS,
    )
    treated_on = DateField("Datum", [InputRequired("Kies de datum van de uitspraak of de wet.")])
    note = TextAreaField(
        "Toelichting",
        [
            InputRequired("Schrijf in een zin waarom, zodat de lezer kan nagaan wat er staat."),
            Length(max=MOST_TREATMENT_NOTE, message=f"Hoogstens {MOST_TREATMENT_NOTE} tekens."),
        ],
    )

    def draft(self) -> TreatmentDraft:
        """Return the typed draft of a validated form."""
        treating_slug, treating_text = rules.side(self.treating.data or "")
        treated_slug, treated_text = rules.side(self.treated.data or "")
        return TreatmentDraft(
            kind=self.kind.data,
            treating_slug=treating_slug,
            treating_text=treating_text,
            treated_slug=treated_slug,
            treated_text=treated_text,
            note=(self.note.data or "").strip(),
            treated_on=self.treated_on.data or date.min,
        )
