"""What a visitor types to follow something, and what a reader ticks on the pages behind the links in a mail."""

from flask_wtf import FlaskForm
from wtforms import RadioField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its types describe an older version
from wtforms.validators import InputRequired

from helpdesk.alerts.models import Rhythm
from helpdesk.core.mail import NoAddress, normal_address

RHYTHMS = [SelectChoice(Rhythm.DAILY.value, "Elke dag"), SelectChoice(Rhythm.WEEKLY.value, "Elke week")]
MOST_TYPED = 320  # characters of an address before it is looked at


class RhythmForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """How often someone wants a mail."""

    ritme = RadioField("Hoe vaak wil je een mail?", choices=RHYTHMS, default=Rhythm.DAILY.value)

    @property
    def rhythm(self) -> str:
        """The rhythm that was chosen; daily when it is none."""
        return str(self.ritme.data) if self.ritme.data in set(Rhythm) else Rhythm.DAILY.value


class FollowForm(RhythmForm):
    """Who wants to follow the page."""

    adres = StringField("Je e-mailadres", [InputRequired("Schrijf je e-mailadres.")])

    def validate_adres(self, field: StringField) -> None:
        """Refuse what is no address. Raises ValidationError with a Dutch sentence."""
        try:
            self.address = normal_address((field.data or "")[:MOST_TYPED])
        except NoAddress as wrong:
            raise ValidationError(str(wrong)) from wrong


def ticked(values: list[str]) -> set[int]:
    """Return the numbers among what was ticked; nonsense is left out."""
    return {int(value) for value in values if value.isascii() and value.isdigit() and len(value) <= 9}  # noqa: PLR2004 - 9 digits fit any database
