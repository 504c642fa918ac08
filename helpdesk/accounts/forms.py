"""What someone types to sign in."""

from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField
from wtforms.validators import InputRequired, Length


class SignInForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Address and password; `verder` is the page the visitor wanted."""

    email = EmailField(
        "E-mailadres",
        [
            InputRequired("Vul je e-mailadres in."),
            Length(max=254, message="Een e-mailadres telt hoogstens 254 tekens."),
        ],
    )
    password = PasswordField(
        "Wachtwoord",
        [InputRequired("Vul je wachtwoord in."), Length(max=200, message="Een wachtwoord telt hoogstens 200 tekens.")],
    )
    verder = HiddenField()
