"""Decisions about what is held of a person: pure. What an address may be written like, what no export shows."""

import json
from collections.abc import Mapping

from helpdesk.core.erasures import PersonKind
from helpdesk.core.mail import NoAddress, normal_address

LABELS = {
    PersonKind.FOLLOWER: "volgt iets per e-mail",
    PersonKind.SUBSCRIBER: "leest de nieuwsbrief",
    PersonKind.ACCOUNT: "account van een medewerker",
}
SECRET = "(geheim)"  # noqa: S105 - what stands in the place of one
SECRETS = frozenset(
    {
        ("user", "password_hash"),
        ("user_session", "token_digest"),
        ("user_session", "proof_digest"),
        ("totp_key", "locked_key"),
        ("recovery_code", "digest"),
        ("passkey", "credential_id"),
        ("passkey", "public_key"),
        ("advice_draft", "digest"),
        ("alert_follower", "handle"),
        ("alert_digest", "handle"),
        ("newsletter_subscriber", "key"),
        ("newsletter_delivery", "token"),
    }
)
"""Columns with which somebody could act as this person, or that prove it: an export tells only that they exist."""

NOT_OF_THE_PERSON = frozenset({"advice_change"})
"""Tables that hang on an account and say nothing about its owner: which advice an index has to read again."""


class NothingTyped(ValueError):
    """No address was given; the message says so in Dutch."""


def spellings(text: str) -> list[str]:
    """Return the ways in which an address may be kept here: as letters go to it, and in lower case as it was typed.

    Raises:
        NothingTyped: there is none, or it is longer than an address can be.
    """
    typed = text.strip().lower()
    if "@" not in typed or len(typed) > 320:  # noqa: PLR2004 - RFC 3696, errata 1690
        raise NothingTyped("Schrijf een e-mailadres, zoals naam@voorbeeld.be.")
    try:
        found = [normal_address(typed), typed]
    except NoAddress:
        found = [typed]
    return list(dict.fromkeys(found))


def written(export: Mapping[str, object]) -> str:
    """Return an export as JSON that a person can read too."""
    return f"{json.dumps(export, ensure_ascii=False, indent=2)}\n"
