"""What the address asks the explorer, and the name under which a question is kept."""

from collections.abc import Mapping

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired

from helpdesk.core.vocabulary import Vocabulary
from helpdesk.explorer.rules import EXPLORER_FIELDS, TIME_FIELDS, Question
from helpdesk.figures.forms import read_period
from helpdesk.figures.rules import Period
from helpdesk.web.fields import clean_text


class ViewForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The name under which a question is kept."""

    name = StringField("Naam", [InputRequired("Geef deze vraag een naam.")], filters=[clean_text])


def read_question(arguments: Mapping[str, str], vocabulary: Vocabulary, *, default: Period) -> Question:
    """Read what the address asks the explorer; what it does not know is left out, without a row it is the region."""
    fields = {**EXPLORER_FIELDS, **TIME_FIELDS}
    row, column = arguments.get("rij", ""), arguments.get("kolom", "")
    row = row if row in fields else "regio"
    filters = {
        name: code
        for name, field in EXPLORER_FIELDS.items()
        if (code := arguments.get(name, "")) in vocabulary.lists[field.code_list]
    }
    return Question(
        period=read_period(arguments, default=default),
        row=row,
        column=column if column in fields and column != row else None,
        filters=filters,
    )
