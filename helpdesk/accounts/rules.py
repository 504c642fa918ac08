"""Decisions about accounts: pure, no database.

Passwords follow NIST SP 800-63B-4, section 3.1.1: long rather than odd, every character allowed, compared with what is
easily guessed, never changed for the sake of changing.
"""

import hashlib
import hmac
import re
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from helpdesk.core.errors import Rejected
from helpdesk.core.mail import LOOPBACK
from helpdesk.core.roles import Role

LEAST_PASSWORD_LENGTH = 12
MOST_PASSWORD_LENGTH = 200
LEAST_STRENGTH = 3  # of 4: more than a hundred million guesses
MOST_JUDGED = 72  # characters zxcvbn takes at a time; a whole is as strong as any piece of it
LEAST_KNOWN = 3  # letters of a word that is looked for: shorter ones stand in every text
TOO_EASY = (
    "Dit wachtwoord is te makkelijk te raden. Kies bijvoorbeeld vier woorden die niets met elkaar te maken hebben."
)
MOST_NAME_LENGTH = 80
WORDS_OF_THE_SITE = ("helpdesk", "vreemdelingenrecht", "familierecht", "wachtwoord", "welkom", "redactie", "jurist")
FAILURE_WINDOW = timedelta(minutes=5)
PENDING = timedelta(minutes=10)
"""How long someone who gave a password may take for the second step."""
SEEN_EVERY = timedelta(minutes=1)
FAILURES_KEPT = timedelta(days=1)
SESSIONS_KEPT = timedelta(days=30)  # after they are over
LINKS_KEPT = timedelta(days=30)  # after they are over
FORMER_NAME = "voormalig medewerker"
FORMER_DOMAIN = "gewist.invalid"  # a domain that can never exist (RFC 2606)
TWO_FACTORS = 2
OBLIGED = frozenset({Role.ADMIN, Role.COORDINATOR})


@dataclass(frozen=True)
class Limit:
    """How many tries may fail within the window, for one account and from one source."""

    of_account: int
    of_source: int


PASSWORDS = Limit(of_account=10, of_source=10)
CODES = Limit(of_account=5, of_source=10)
LETTERS = Limit(of_account=3, of_source=10)


class Owed(StrEnum):
    """What someone with a session still has to do before the session counts."""

    NOTHING = "nothing"
    SECOND_STEP = "second step"  # give a code or use a passkey
    SET_UP = "set up"  # the role asks for a second factor and there is none yet


class Purpose(StrEnum):
    """Why someone gets a link to choose a password."""

    INVITATION = "invitation"
    RESET = "reset"

    @property
    def lasts(self) -> timedelta:
        """How long the link is good."""
        return timedelta(days=7) if self is Purpose.INVITATION else timedelta(hours=2)


def owed_step(roles: Iterable[Role], *, has_second_factor: bool, factors: int, is_exempt: bool) -> Owed:
    """Tell what a session owes. `is_exempt` frees from having a second factor, never from using the one there is."""
    if factors >= TWO_FACTORS:
        return Owed.NOTHING
    if has_second_factor:
        return Owed.SECOND_STEP
    return Owed.SET_UP if OBLIGED & set(roles) and not is_exempt else Owed.NOTHING


def is_on_own_machine(base_url: str) -> bool:
    """Tell whether visitors can only come from the machine itself."""
    return (urlsplit(base_url).hostname or "") in LOOPBACK


_hasher = PasswordHasher(
    time_cost=2, memory_cost=19 * 1024, parallelism=1
)  # argon2id; OWASP's minimum of 19 MiB, two passes
_HASH_OF_NOBODY = _hasher.hash(secrets.token_urlsafe(16))


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password."""
    return _hasher.hash(normal_password(password))


def is_password(password: str, password_hash: str | None) -> bool:
    """Tell whether a password fits a hash; an unknown account or one without a password costs the same time."""
    try:
        _hasher.verify(password_hash or _HASH_OF_NOBODY, normal_password(password))
    except (VerificationError, InvalidHashError):
        return False
    return bool(password_hash)


def is_hash_of_today(password_hash: str) -> bool:
    """Tell whether a hash was made with the cost we ask today."""
    return not _hasher.check_needs_rehash(password_hash)


def normal_password(password: str) -> str:
    """Return the form in which a password is hashed: keyboards write "é" in two ways (NIST: NFKC)."""
    return unicodedata.normalize("NFKC", password)


def check_password(password: str, *, own_words: Iterable[str] = ()) -> None:
    """Refuse a password that is too short, too long or easily guessed. Any character will do.

    Raises:
        Rejected: with a Dutch sentence that says how to choose a better one.
    """
    normal = normal_password(password)
    if not LEAST_PASSWORD_LENGTH <= len(normal) <= MOST_PASSWORD_LENGTH:
        raise Rejected([f"Kies een wachtwoord van {LEAST_PASSWORD_LENGTH} tot {MOST_PASSWORD_LENGTH} tekens."])
    if not is_strong(normal, known_words=[*WORDS_OF_THE_SITE, *parts_of(own_words)]):
        raise Rejected([TOO_EASY])


def is_strong(password: str, *, known_words: Iterable[str]) -> bool:
    """Tell whether what is left of a password without the words anyone would try first takes long to guess."""
    known = sorted({word for word in known_words if len(word) >= LEAST_KNOWN}, key=len, reverse=True)
    rest = re.sub("|".join(map(re.escape, known)), "", password, flags=re.IGNORECASE) if known else password
    pieces = [rest[at : at + MOST_JUDGED] for at in range(0, len(rest), MOST_JUDGED)]
    return any(zxcvbn(piece)["score"] >= LEAST_STRENGTH for piece in pieces)


def parts_of(own_words: Iterable[str]) -> list[str]:
    """Return the words of a name and an address, each once: what one must not find back in a password."""
    found = [part for text in own_words for part in (text, *re.split(r"[\W_]+", text)) if part]
    return list(dict.fromkeys(part.lower() for part in found))


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


_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrom", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def browser_name(user_agent: str) -> str:
    """Return a browser so coarsely that one knows one's own and nothing more: "Firefox op Windows"."""
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), "Een browser")
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    return f"{browser} op {system}" if system else browser


def check_keeps_an_admin(
    *, user_id: int, by: int | None, before: frozenset[Role], after: frozenset[Role], other_admins: int
) -> None:
    """Refuse to take away the role of administrator from oneself or from the last one. Raises Rejected."""
    if Role.ADMIN not in before or Role.ADMIN in after:
        return
    if user_id == by:
        raise Rejected(["Je kunt je eigen beheer niet afnemen. Vraag het aan een andere beheerder."])
    if other_admins == 0:
        raise Rejected(["Dit is de laatste beheerder. Geef eerst iemand anders die rol."])


def letter_of(purpose: Purpose, *, display_name: str, address: str, site_name: str, until: datetime) -> tuple[str, str]:
    """Return the subject and the text of the mail with a link; `until` is shown in Brussels time."""
    moment = f"{until:%d-%m-%Y om %H.%M} uur"
    if purpose is Purpose.INVITATION:
        subject = f"Je account voor {site_name}"
        reason = "Er is een account voor je gemaakt. Kies een wachtwoord om te beginnen:"
    else:
        subject = f"Een nieuw wachtwoord voor {site_name}"
        reason = "Iemand vroeg een nieuw wachtwoord voor je account. Was jij dat, kies het dan hier:"
    lines = [
        f"Dag {display_name}",
        "",
        reason,
        "",
        address,
        "",
        f"De link werkt een keer, tot {moment}.",
        "Verwachtte je deze mail niet, dan hoef je niets te doen: zonder de link verandert er niets.",
    ]
    return subject, "\n".join(lines) + "\n"


def is_path_of_ours(wanted: str) -> bool:
    r"""Tell whether somebody may be led there after signing in: a path of this site, in no browser another one.

    Browsers read a backslash as a slash and leave out tabs and line ends, so "/\elders.test" leads elsewhere.
    """
    if not wanted.isprintable() or "\\" in wanted or not wanted.startswith("/") or wanted.startswith("//"):
        return False
    try:
        parts = urlsplit(wanted)
    except ValueError:  # such as an address of IPv6 that does not end
        return False
    return not parts.netloc and not parts.scheme
