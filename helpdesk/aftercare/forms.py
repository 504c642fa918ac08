"""What is typed about an advice that is recorded already."""

from collections.abc import Mapping, Sequence

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its types describe an older version
from wtforms.validators import InputRequired

from helpdesk.advice.forms import AdviceForm
from helpdesk.advice.rules import MOST_ID_DIGITS, MOST_REASON_LENGTH, AdviceDraft
from helpdesk.aftercare.rules import MOST_CONTACT_LENGTH, MOST_REMARK_LENGTH, PROPOSAL_KINDS
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.web.fields import DutchDateField, clean_text


class CorrectionForm(AdviceForm):
    """An advice as it should have been, with the reason; `seen_revision` is what its page had seen."""

    reason = StringField(
        "Wat verbeter je, en waarom?",
        [InputRequired("Schrijf wat er verbeterd is en waarom.")],
        filters=[clean_text],
        render_kw={"autocomplete": "off", "maxlength": MOST_REASON_LENGTH},
    )
    seen_revision = HiddenField()

    def ask_no_text(self) -> None:
        """Ask the codes only: the free text of this record was removed after its time."""
        self.question.validators = ()


class FollowUpForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """When somebody comes back to an advice, who, and how to reach the caller."""

    due_on = DutchDateField("Opvolgen op", [InputRequired("Kies een dag.")])
    whose = RadioField(
        "Door", choices=[SelectChoice("ik", "mij"), SelectChoice("iemand", "wie eerst kan")], default="ik"
    )
    contact = StringField(
        "Hoe bereiken we de vraagsteller?",
        filters=[clean_text],
        render_kw={"autocomplete": "off", "maxlength": MOST_CONTACT_LENGTH},
    )


class SecondReadingForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Which colleague reads an advice, and what to look at."""

    reader = SelectField("Collega", [InputRequired("Kies een collega.")], coerce=str, validate_choice=False, choices=[])
    reading_question = TextAreaField(
        "Waar moet je collega op letten?",
        filters=[clean_text],
        render_kw={"rows": 3, "maxlength": MOST_REMARK_LENGTH, "autocomplete": "off"},
    )

    @property
    def reader_id(self) -> int:
        """The number of the chosen colleague; 0, which nobody has, when what was sent is none."""
        typed = self.reader.data or ""
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < MOST_ID_DIGITS else 0

    def offer(self, colleagues: Sequence[tuple[int, str]]) -> None:
        """Fill the list of colleagues."""
        self.reader.choices = [SelectChoice("", "Kies …"), *(SelectChoice(str(key), name) for key, name in colleagues)]


class RemarkForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """What a second reader gives back."""

    remark = TextAreaField(
        "Je opmerking",
        [InputRequired("Schrijf je opmerking; is het in orde, schrijf dat dan.")],
        filters=[clean_text],
        render_kw={"rows": 5, "maxlength": MOST_REMARK_LENGTH, "autocomplete": "off"},
    )


class ProposalForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """What a jurist proposes to the editors."""

    kind = RadioField(
        "Ik stel voor", choices=[SelectChoice(*pair) for pair in PROPOSAL_KINDS.items()], default="pagina"
    )
    title = StringField("Titel", [InputRequired("Geef een titel.")], filters=[clean_text], render_kw={"maxlength": 200})
    text = TextAreaField(
        "Voorstel", [InputRequired("Schrijf je voorstel.")], filters=[clean_text], render_kw={"rows": 12}
    )


def kept_correction(fields: Mapping[str, Sequence[str]], vocabulary: Vocabulary) -> CorrectionForm:
    """Return the form to correct a record with what a draft kept."""
    form = CorrectionForm(formdata=MultiDict([(name, value) for name, values in fields.items() for value in values]))
    form.offer(vocabulary)
    return form


def form_of(advice_id: int, draft: AdviceDraft, vocabulary: Vocabulary, *, revision: int) -> CorrectionForm:
    """Return the form to correct a record, filled with what it is, codes in words."""
    typed = MultiDict(
        {
            "corrects": str(advice_id),
            "question": draft.question,
            "answer": draft.answer,
            "given_on": draft.given_on.isoformat(),
            "time_spent_minutes": str(draft.time_spent_minutes),
            "scope_exception": draft.scope_exception or "",
            "seen_revision": str(revision),
        }
    )
    typed.setlist("other_themes", list(draft.themes[1:]))
    typed.setlist("sources", list(draft.sources))
    form = CorrectionForm(formdata=typed)
    form.offer(vocabulary)
    form.main_theme.show(draft.themes[0] if draft.themes else None)
    for name in ("residence_situation", "nationality", "outcome", "referred_to", "caller_category", "caller_sector"):
        form[name].show(getattr(draft, name))
    form.caller_region.show(draft.caller_region)
    form.channel.show(draft.channel)
    for person, (situation, nationality) in zip(draft.other_persons, form.persons, strict=False):
        situation.show(person.residence_situation)
        nationality.show(person.nationality)
    return form
