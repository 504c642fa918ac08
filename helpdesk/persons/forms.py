"""Which address is meant, and what of it has to go."""

from collections.abc import Collection
from typing import Any

from flask_wtf import FlaskForm
from wtforms import EmailField, SelectMultipleField, ValidationError
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from helpdesk.core.erasures import PersonKind
from helpdesk.persons import rules
from helpdesk.persons.rules import NothingTyped


class AddressForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """An address. It is posted and never stands in a link, so that no log or history keeps it."""

    adres = EmailField("E-mailadres", [InputRequired("Schrijf een e-mailadres.")])

    def validate_adres(self, field: EmailField) -> None:
        """Refuse what is no address. Raises ValidationError with a Dutch sentence."""
        try:
            self.spellings = rules.spellings(field.data or "")
        except NothingTyped as nothing:
            raise ValidationError(str(nothing)) from nothing


class KindsField(SelectMultipleField):
    """As what an address is known, each a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class EraseForm(AddressForm):
    """An address and what of it has to go."""

    wat = KindsField("Wat moet weg?", [InputRequired("Vink aan wat gewist moet worden.")])

    def __init__(self, *args: Any, kinds: Collection[PersonKind] = tuple(PersonKind), **options: Any) -> None:  # noqa: ANN401 - passed on to Flask-WTF
        super().__init__(*args, **options)
        self.wat.choices = [(kind.value, rules.LABELS[kind]) for kind in PersonKind if kind in kinds]

    def chosen(self) -> list[PersonKind]:
        """Return what is ticked."""
        return [PersonKind(value) for value in self.wat.data or []]
