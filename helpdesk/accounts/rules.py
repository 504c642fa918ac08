"""Decisions about accounts: pure, no database."""

import hashlib
import hmac
import secrets
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from helpdesk.core.errors import Rejected

LEAST_PASSWORD_LENGTH = 12
MOST_PASSWORD_LENGTH = 200
MOST_NAME_LENGTH = 80
MOST_FAILURES = 10
FAILURE_WINDOW = timedelta(minutes=5)

_hasher = PasswordHasher(
    time_cost=2, memory_cost=19 * 1024, parallelism=1
)  # argon2id; OWASP's minimum of 19 MiB, two passes
_HASH_OF_NOBODY = _hasher.hash(secrets.token_urlsafe(16))


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password."""
    return _hasher.hash(password)


def is_password(password: str, password_hash: str | None) -> bool:
    """Tell whether a password fits a hash; an unknown account (None) costs the same time."""
    try:
        _hasher.verify(password_hash or _HASH_OF_NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def check_password(password: str) -> None:
    """Refuse a password that is too short or too long.

    Raises:
        Rejected: with a Dutch sentence that says how long it must be.
    """
    if not LEAST_PASSWORD_LENGTH <= len(password) <= MOST_PASSWORD_LENGTH:
        raise Rejected([f"Kies een wachtwoord van {LEAST_PASSWORD_LENGTH} tot {MOST_PASSWORD_LENGTH} tekens."])


def check_email(email: str) -> None:
    """Refuse what cannot be an e-mail address. Raises Rejected."""
    name, _, domain = email.partition("@")
    if not name or "." not in domain or any(sign.isspace() for sign in email) or len(email) > 254:  # noqa: PLR2004 - RFC 5321
        raise Rejected([f"'{email}' is geen e-mailadres."])


def check_display_name(name: str) -> None:
    """Refuse a name that is empty or does not fit its column. Raises Rejected."""
    if not 1 <= len(name.strip()) <= MOST_NAME_LENGTH:
        raise Rejected([f"Een naam telt 1 tot {MOST_NAME_LENGTH} tekens."])


def normal_email(email: str) -> str:
    """Return the form in which an address is stored and compared."""
    return email.strip().lower()


def new_token() -> str:
    """Return a session token that nobody can guess."""
    return secrets.token_urlsafe(32)


def token_digest(token: str) -> str:
    """Return what the database keeps of a session token."""
    return hashlib.sha256(token.encode()).hexdigest()


def keyed_digest(text: str, *, key: str) -> str:
    """Return a digest that cannot be turned back without the installation's secret."""
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()
