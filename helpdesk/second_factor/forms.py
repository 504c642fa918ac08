"""What someone types or a browser answers for a second factor."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Length

MOST_CREDENTIAL = 20_000  # characters; an answer has about a thousand


class TotpForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The first code of an app; `key` is its key, locked, so that nothing is kept before the code proves it."""

    key = HiddenField()
    code = StringField("Code van zes cijfers", [InputRequired("Typ de code die je app toont."), Length(max=20)])


class StepForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A code of the app, or a recovery code."""

    code = StringField("Code", [InputRequired("Typ een code."), Length(max=40, message="Een code is korter.")])


class PasskeyForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """What the browser answers with a passkey, put here by its script."""

    credential = HiddenField(
        validators=[InputRequired("Je browser gaf geen antwoord van een passkey."), Length(max=MOST_CREDENTIAL)]
    )


class NewPasskeyForm(PasskeyForm):
    """A new passkey with the name its owner gives it."""

    name = StringField(
        "Naam",
        [InputRequired("Geef de passkey een naam."), Length(max=60, message="Een naam telt hoogstens 60 tekens.")],
    )
