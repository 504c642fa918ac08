"""What an editor hands in: a new version of the file of a publication, or the wish for a new edition."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from helpdesk.web.fields import clean_text

MOST_NOTE = 200


class FileForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A file and what changed in it."""

    file = FileField("Bestand")
    note = StringField(
        "Wat is er veranderd?",
        [
            DataRequired("Schrijf in één zin wat er veranderd is: de lezer ziet het bij de versies."),
            Length(max=MOST_NOTE, message=f"Schrijf ten hoogste {MOST_NOTE} tekens."),
        ],
        filters=[clean_text],
    )


class BuildForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The wish to have a publication printed from its pages now."""
