"""Codes of authenticator apps, recovery codes and passkeys: pure, no database.

Source: RFC 6238 (TOTP) with its defaults of SHA-1, six digits and thirty seconds, which every app knows; Web
Authentication level 3.
"""

import base64
import hashlib
import hmac
import json
import re
import secrets
from dataclasses import dataclass
from datetime import datetime

import pyotp
import segno
import webauthn
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from helpdesk.core.errors import Rejected

QUIET_MODULES = 4  # of white around a QR code, as its standard asks
STEP_SECONDS = 30
DRIFT_STEPS = 1  # a telephone may be half a minute off
MOST_SETUP_SECONDS = 3_600
RECOVERY_CODES = 10
CODE_SIGNS = 16
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0 and O, no 1, I and L, no U: nothing to misread
MOST_PASSKEYS = 20
MOST_NAME_LENGTH = 60


class NotProven(Exception):
    """A passkey's answer does not prove what it must."""


@dataclass(frozen=True)
class Party:
    """Who asks for a passkey: the name of the site, its domain, and the address it is visited at."""

    name: str
    domain: str
    origin: str


@dataclass(frozen=True)
class NewPasskey:
    """What a new passkey tells about itself."""

    credential_id: str
    public_key: bytes
    sign_count: int


def new_totp_key() -> str:
    """Return a key of 160 bits for an authenticator app, in base32."""
    return pyotp.random_base32()


def in_groups(text: str) -> str:
    """Return a key or code in groups of four, to be read and typed."""
    return " ".join(re.findall(".{1,4}", text))


def app_address(key: str, *, account: str, site: str) -> str:
    """Return the address with which an authenticator app on the same device takes the key."""
    return pyotp.TOTP(key).provisioning_uri(name=account, issuer_name=site)


@dataclass(frozen=True)
class Picture:
    """A QR code as one path of squares on a field of so many modules, its quiet zone included."""

    modules: int
    path: str


def picture_of(address: str) -> Picture:
    """Return the QR code of an address; it is drawn on the page itself, so no one else ever sees the key."""
    rows = [list(row) for row in segno.make(address, micro=False).matrix_iter(border=QUIET_MODULES)]
    squares = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark)
    return Picture(len(rows), "".join(squares))


def find_step(key: str, code: str, *, now: datetime, after: int) -> int | None:
    """Return the half minute a code belongs to: one before, now or one after, and later than `after`; else None."""
    typed = re.sub(r"\s", "", code)
    current = int(now.timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(key)
    fitting = [
        step
        for step in range(current - DRIFT_STEPS, current + DRIFT_STEPS + 1)
        if hmac.compare_digest(totp.generate_otp(step).encode(), typed.encode())
    ]
    return next((step for step in fitting if step > after), None)


def lock(key: str, *, secret: str) -> str:
    """Return a key as the database keeps it: whoever reads a backup without the secret can make no codes."""
    return _cipher(secret).encrypt(key.encode()).decode()


def unlock(locked: str, *, secret: str, most_seconds: int | None = None) -> str | None:
    """Return the key; None when the secret is another one, or when it was locked longer ago than that."""
    try:
        return _cipher(secret).decrypt(locked.encode(), ttl=most_seconds).decode()
    except (InvalidToken, ValueError):
        return None


def _cipher(secret: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"helpdesk totp key").derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))


def new_recovery_codes() -> list[str]:
    """Return ten codes of 78 bits, in groups of four."""
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(CODE_SIGNS)) for _ in range(RECOVERY_CODES)]
    return [in_groups(code) for code in codes]


def code_digest(code: str) -> str | None:
    """Return what the database keeps of a recovery code, however it is typed; None when it cannot be one.

    No slow hash is needed: nobody guesses 78 bits.
    """
    typed = re.sub(r"[\s-]", "", code).upper()
    if len(typed) != CODE_SIGNS or set(typed) - set(ALPHABET):
        return None
    return hashlib.sha256(typed.encode()).hexdigest()


def check_passkey_name(name: str, *, held: int) -> None:
    """Refuse a name that is empty or too long, and one passkey too many. Raises Rejected."""
    if not 1 <= len(name.strip()) <= MOST_NAME_LENGTH:
        raise Rejected([f"Geef de passkey een naam van 1 tot {MOST_NAME_LENGTH} tekens, bijvoorbeeld 'laptop'."])
    if held >= MOST_PASSKEYS:
        raise Rejected([f"Je hebt al {held} passkeys. Verwijder er eerst een die je niet meer gebruikt."])


def check_may_do_without(*, is_obliged: bool, left: int) -> None:
    """Refuse to take away the last second factor of who must have one. Raises Rejected."""
    if is_obliged and left == 0:
        raise Rejected(["Bij jouw rol is een tweede stap verplicht. Stel eerst een andere in."])


def new_challenge() -> str:
    """Return a challenge that nobody can guess, in base64url."""
    return bytes_to_base64url(secrets.token_bytes(32))


def registration_options(
    party: Party, *, user_id: int, email: str, display_name: str, held: list[str], challenge: str
) -> str:
    """Return what the browser needs to make a passkey, as JSON. The handle of the account says nothing about it."""
    handle = hashlib.sha256(f"{party.domain} account {user_id}".encode()).digest()
    options = webauthn.generate_registration_options(
        rp_id=party.domain,
        rp_name=party.name,
        user_id=handle,
        user_name=email,
        user_display_name=display_name,
        challenge=base64url_to_bytes(challenge),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in held],
    )
    return webauthn.options_to_json(options)


def sign_in_options(party: Party, *, challenge: str) -> str:
    """Return what the browser needs to answer with a passkey of its choice, as JSON."""
    options = webauthn.generate_authentication_options(
        rp_id=party.domain,
        challenge=base64url_to_bytes(challenge),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def read_new_passkey(credential: str, party: Party, *, challenge: str) -> NewPasskey:
    """Read what the browser answers when a passkey was made. Raises NotProven."""
    try:
        made = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=party.domain,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError) as wrong:
        raise NotProven from wrong
    return NewPasskey(bytes_to_base64url(made.credential_id), made.credential_public_key, made.sign_count)


def credential_named(credential: str) -> str:
    """Return which passkey an answer says it comes from, in base64url. Raises NotProven."""
    try:
        named = json.loads(credential)["id"]
    except (ValueError, TypeError, KeyError, RecursionError) as wrong:
        raise NotProven from wrong
    if not isinstance(named, str):
        raise NotProven
    return named


def check_answer(credential: str, party: Party, *, challenge: str, public_key: bytes, sign_count: int) -> int:
    """Check that a passkey, used by who it recognised, signed an answer; return its new count. Raises NotProven."""
    try:
        answered = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=party.domain,
            expected_origin=party.origin,
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError) as wrong:
        raise NotProven from wrong
    return answered.new_sign_count
