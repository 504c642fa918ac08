"""What someone types to sign in, to choose a password, and what an administrator sends about an account."""

from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField
from wtforms.validators import EqualTo, InputRequired, Length

EMAIL = [InputRequired("Vul je e-mailadres in."), Length(max=254, message="Een e-mailadres telt hoogstens 254 tekens.")]
MOST_PASSWORD = Length(max=200, message="Een wachtwoord telt hoogstens 200 tekens.")


class SignInForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Address and password; `verder` is the page the visitor wanted."""

    email = EmailField("E-mailadres", EMAIL)
    password = PasswordField("Wachtwoord", [InputRequired("Vul je wachtwoord in."), MOST_PASSWORD])
    verder = HiddenField()


class AskLinkForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The address of someone who forgot a password."""

    email = EmailField("E-mailadres", EMAIL)


class NewPasswordForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A new password, twice; `sleutel` is the proof in the link of the mail."""

    password = PasswordField("Nieuw wachtwoord", [InputRequired("Kies een wachtwoord."), MOST_PASSWORD])
    again = PasswordField(
        "Nieuw wachtwoord, nog eens",
        [
            InputRequired("Typ het wachtwoord nog eens."),
            EqualTo("password", "Je typte twee verschillende wachtwoorden."),
        ],
    )
    sleutel = HiddenField()


class ChangePasswordForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The present password and a new one, twice."""

    old = PasswordField("Huidig wachtwoord", [InputRequired("Vul je huidige wachtwoord in."), MOST_PASSWORD])
    password = PasswordField("Nieuw wachtwoord", [InputRequired("Kies een wachtwoord."), MOST_PASSWORD])
    again = PasswordField(
        "Nieuw wachtwoord, nog eens",
        [
            InputRequired("Typ het wachtwoord nog eens."),
            EqualTo("password", "Je typte twee verschillende wachtwoorden."),
        ],
    )
