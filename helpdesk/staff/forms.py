"""What an administrator types about an account, and which part of the log is asked for."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import EmailField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from helpdesk.core.roles import Role
from helpdesk.staff.queries import Wanted

ROLES = [(role.value, role.label) for role in Role]
FIRST_YEAR, LAST_YEAR = 2000, 2100


class RolesField(SelectMultipleField):
    """The roles, each a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class RolesForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The roles of an account."""

    roles = RolesField("Rollen", choices=[])

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - passed on to Flask-WTF
        super().__init__(*args, **options)
        self.roles.choices = ROLES

    def chosen(self) -> frozenset[Role]:
        """Return the roles that are ticked."""
        return frozenset(Role(code) for code in self.roles.data or [])


class InviteForm(RolesForm):
    """A new colleague."""

    name = StringField(
        "Naam", [InputRequired("Vul de naam in."), Length(max=80, message="Een naam telt hoogstens 80 tekens.")]
    )
    email = EmailField(
        "E-mailadres",
        [
            InputRequired("Vul het e-mailadres in."),
            Length(max=254, message="Een e-mailadres telt hoogstens 254 tekens."),
        ],
    )


def read_wanted(given: Mapping[str, str]) -> Wanted:
    """Read which part of the log an address asks for; what cannot be read asks for everything."""
    user = given.get("wie", "")
    return Wanted(
        user_id=int(user) if user.isascii() and user.isdigit() and len(user) <= 9 else None,  # noqa: PLR2004 - fits any database
        kind=given.get("soort", "") if given.get("soort", "").replace("_", "").isalnum() else "",
        subject_id=given.get("record", "").strip()[:200],
        first_on=_day(given.get("van", "")),
        last_on=_day(given.get("tot", "")),
    )


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None
