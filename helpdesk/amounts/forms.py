"""What an editor types for a new period of an amount."""

import re
from decimal import Decimal

from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from helpdesk.core.amounts import MOST_TEXT, Period
from helpdesk.web.fields import DutchDateField, clean_text

MOST_DIGITS = 20
_WITH_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3})+")


def read_number(text: str) -> Decimal:
    """Read a number as it is written here (1.288,46) or in a file (1288.46).

    Raises:
        ValueError: it is no number; the message is Dutch.
    """
    bare = "".join(text.replace("€", "").split())
    plain = bare.replace(".", "").replace(",", ".") if "," in bare or _WITH_THOUSANDS.fullmatch(bare) else bare
    if len(plain) > MOST_DIGITS or not re.fullmatch(r"\d+(?:\.\d+)?", plain, re.ASCII):
        raise ValueError("Schrijf het bedrag in cijfers, bijvoorbeeld 1.288,46.")
    return Decimal(plain)


class PeriodForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A new period: the amount, from when, and where that is written."""

    value = StringField(
        "Nieuw bedrag",
        [InputRequired("Schrijf het nieuwe bedrag.")],
        filters=[clean_text],
        render_kw={"inputmode": "decimal", "autocomplete": "off"},
    )
    valid_from = DutchDateField("Geldig vanaf", [InputRequired("Kies de eerste dag waarop het bedrag geldt.")])
    source = StringField(
        "Bron",
        [
            InputRequired("Schrijf de bron: het besluit of het bericht waarin het bedrag staat."),
            Length(max=MOST_TEXT, message=f"De bron telt ten hoogste {MOST_TEXT} tekens."),
        ],
        filters=[clean_text],
    )
    url = StringField(
        "Adres van de bron (mag leeg blijven)",
        [Length(max=MOST_TEXT, message=f"Het adres telt ten hoogste {MOST_TEXT} tekens.")],
        filters=[clean_text],
        render_kw={"inputmode": "url", "autocomplete": "off"},
    )
    seen = HiddenField(default="0")  # the version of the register this editor saw

    def validate_value(self, field: StringField) -> None:
        """Refuse what is no number."""
        try:
            read_number(field.data or "")
        except ValueError as wrong:
            raise ValidationError(str(wrong)) from wrong

    @property
    def version_seen(self) -> int:
        """The number of the version this editor saw; 0 when that is no number."""
        text = self.seen.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < len("1000000000") else 0

    def period(self) -> Period:
        """Return the period of a validated form, without an end. Raises ValueError when it was not validated."""
        if self.valid_from.data is None:
            raise ValueError("the form was not validated")
        return Period(
            value=read_number(self.value.data or ""),
            valid_from=self.valid_from.data,
            valid_to=None,
            source=" ".join((self.source.data or "").split()),
            url=self.url.data or None,
        )
