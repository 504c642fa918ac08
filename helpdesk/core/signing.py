"""Links that carry their own proof: a value signed for one purpose, so that only we can have made it."""

from itsdangerous import BadSignature, URLSafeSerializer


class ForgedLink(ValueError):
    """A link was not made by us, or for another purpose; the message says so in Dutch."""


def sign(secret: str, purpose: str, value: str) -> str:
    """Return a token for a link. `purpose` ("newsletter.leave") keeps tokens of one kind from serving as another."""
    return str(URLSafeSerializer(secret, salt=purpose).dumps(value))


def read(secret: str, purpose: str, token: str) -> str:
    """Return the value in a token that `sign` made for the same purpose.

    Raises:
        ForgedLink: anything else. How old a link may be is kept with what it is about, not in the link.
    """
    try:
        value = URLSafeSerializer(secret, salt=purpose).loads(token)
    except BadSignature as forged:
        raise ForgedLink("Deze link klopt niet. Kopieer hem helemaal uit de mail.") from forged
    if not isinstance(value, str):
        raise ForgedLink("Deze link klopt niet. Kopieer hem helemaal uit de mail.")
    return value
