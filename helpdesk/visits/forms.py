"""What a visitor sends about a page, without a session: he has no cookie."""

from flask import request
from flask_wtf import FlaskForm
from wtforms import TextAreaField

from helpdesk.visits.rules import Verdict, remark_problems
from helpdesk.web.fields import clean_text

USEFUL, NOT_USEFUL = "ja", "nee"
MOST_DIGITS = 6


class VerdictForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Whether a page was useful, and a remark that may be left out."""

    class Meta:
        """No proof of a session: the form changes nothing on behalf of anybody."""

        csrf = False

    opmerking = TextAreaField("Wat ontbreekt er, of wat klopt er niet?", filters=[clean_text])

    def verdict(self) -> Verdict | None:
        """Return what was sent; None with the errors on the field when that cannot be kept."""
        pressed, version = request.form.get("oordeel"), request.form.get("versie", "")
        remark = self.opmerking.data or ""
        self.opmerking.errors = remark_problems(remark)
        if pressed not in {USEFUL, NOT_USEFUL}:
            self.opmerking.errors.append("Kies Ja of Nee.")
        if self.opmerking.errors:
            return None
        is_number = version.isascii() and version.isdigit() and len(version) <= MOST_DIGITS
        return Verdict(is_useful=pressed == USEFUL, remark=remark, version=int(version) if is_number else None)
