"""What an editor keeps from the public, an old version of a text or of a file: which one, and why."""

from collections.abc import Sequence
from typing import Self

from flask_wtf import FlaskForm
from wtforms import SelectField, TextAreaField

from helpdesk.web.fields import clean_line


class HideForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Which version the public may no longer read, and why: the public reads that."""

    number = SelectField("Welke versie?", validate_choice=False)
    hidden_reason = TextAreaField("Waarom tonen we ze niet meer?", filters=[clean_line], render_kw={"rows": 2})

    def offer(self, numbers: Sequence[int], *, called: str = "versie") -> Self:
        """Let one choose among these versions; `called` is what one is. No choice is made for whoever makes none."""
        self.number.label.text = f"Welke {called}?"
        named = [(str(number), f"{called.capitalize()} {number}") for number in numbers]
        self.number.choices = [("", "Kies …"), *named] if named else []
        return self


class ReasonForm(HideForm):
    """Of which hidden version the public reads another reason from now on; it stands beside the form to hide one."""

    hidden_reason = TextAreaField("Wat is de nieuwe reden?", filters=[clean_line], render_kw={"rows": 2})

    def __init__(self, **options: object) -> None:
        super().__init__(prefix="anders-", **options)
