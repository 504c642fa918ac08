"""What an editor asks of the radar."""

from collections.abc import Mapping

from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField

from helpdesk.radar.rules import MARK_CHARACTERS, SignKind
from helpdesk.web.fields import clean_text


class PutAwayForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Which sign is not needed, as the editor saw it, and why."""

    kind = HiddenField()
    subject = HiddenField()
    mark = HiddenField()
    reason = StringField("Waarom is dit niet nodig?", filters=[clean_text])

    def is_of(self, kind: str, subject: str) -> bool:
        """Tell whether the form is about this sign."""
        return (self.kind.data, self.subject.data) == (kind, subject)

    @property
    def seen(self) -> str:
        """The mark of what the editor saw."""
        return str(self.mark.data or "")[:MARK_CHARACTERS]


def read_kind(arguments: Mapping[str, str]) -> SignKind | None:
    """Return the kind of sign the address asks for; None for all, and for nonsense."""
    wanted = arguments.get("soort", "")
    return SignKind(wanted) if wanted in set(SignKind) else None
