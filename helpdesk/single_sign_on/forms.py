"""What the provider sends along when it leads someone back."""

from flask_wtf import FlaskForm
from wtforms import HiddenField
from wtforms.validators import InputRequired, Length


class ReturnForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The code of the provider, and the state that proves we asked."""

    code = HiddenField(validators=[InputRequired(), Length(max=4_000)])
    state = HiddenField(validators=[InputRequired(), Length(max=200)])
    iss = HiddenField(validators=[Length(max=500)])
