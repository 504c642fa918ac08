"""What an identity provider must say before we believe who someone is: pure, no network.

Source: OpenID Connect Core 1.0, sections 3.1.2.1 and 3.1.3.7; RFC 7636 (PKCE); RFC 9207 (issuer in the answer).
"""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

SIGNED_WITH = ["RS256", "PS256", "ES256"]  # never "none", never a shared secret
LEEWAY_SECONDS = 60
LASTS_SECONDS = 600
MULTIPLE_FACTORS = "mfa"  # RFC 8176


class NotBelieved(Exception):
    """What came from the provider does not prove who someone is; the message says why, for the log."""


@dataclass(frozen=True)
class Client:
    """How the provider knows us, and which of its claims we read."""

    issuer: str
    client_id: str
    secret: str
    return_address: str
    email_claim: str
    strong_acr: frozenset[str]


@dataclass(frozen=True)
class Question:
    """What we asked of the provider, kept in the browser's cookie until it comes back."""

    state: str
    nonce: str
    verifier: str
    asked_at: int  # seconds

    @classmethod
    def new(cls, *, now: datetime) -> "Question":
        """Return a question nobody can guess."""
        return cls(
            secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48), int(now.timestamp())
        )


@dataclass(frozen=True)
class Person:
    """Who the provider says it is: a verified address, and whether two factors were used."""

    email: str
    is_strong: bool


def check_metadata(metadata: Mapping[str, Any], client: Client) -> None:
    """Refuse metadata of another issuer than the one that was set. Raises NotBelieved."""
    if metadata.get("issuer") != client.issuer:
        raise NotBelieved("issuer")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        address = metadata.get(name)
        is_safe = isinstance(address, str) and address.startswith(
            ("https://", "http://" if _is_open(client) else "https://")
        )
        if not is_safe:
            raise NotBelieved(name)


def _is_open(client: Client) -> bool:
    """Tell whether the provider runs on this machine without encryption, which the settings allow there only."""
    return client.issuer.startswith("http://")


def authorization_address(endpoint: str, client: Client, question: Question) -> str:
    """Return where the browser is sent to sign in."""
    asked = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": client.return_address,
        "scope": "openid email",
        "state": question.state,
        "nonce": question.nonce,
        "code_challenge": create_s256_code_challenge(question.verifier),
        "code_challenge_method": "S256",
    }
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"


def check_return(state: str, issuer: str, question: Question | None, client: Client, *, now: datetime) -> Question:
    """Return the question an answer belongs to. Raises NotBelieved: it is another's, too old, or another issuer's."""
    if question is None or not hmac.compare_digest(state.encode(), question.state.encode()):
        raise NotBelieved("state")
    if now.timestamp() - question.asked_at > LASTS_SECONDS:
        raise NotBelieved("too late")
    if issuer and issuer != client.issuer:
        raise NotBelieved("iss of the answer")
    return question


def read_id_token(token: str, keys: Mapping[str, Any], client: Client, question: Question, *, now: datetime) -> Person:
    """Read who someone is from an id token.

    Raises:
        NotBelieved: its signature, issuer, audience, time or nonce is not right, or it holds no verified address.
    """
    try:
        key_set = KeySet.import_key_set({"keys": list(keys.get("keys", []))})
        read = jwt.decode(token, key_set, algorithms=SIGNED_WITH)
        claims = CodeIDToken(
            read.claims,
            read.header,
            {"iss": {"essential": True, "value": client.issuer}, "aud": {"essential": True, "value": client.client_id}},
            {"nonce": question.nonce, "client_id": client.client_id},
        )
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY_SECONDS)
    except (JoseError, ValueError, TypeError, KeyError) as wrong:
        raise NotBelieved(type(wrong).__name__) from wrong
    email = claims.get(client.email_claim)
    if not isinstance(email, str) or claims.get("email_verified") is not True:
        raise NotBelieved("email")
    methods = claims.get("amr") or []
    return Person(email, is_strong=MULTIPLE_FACTORS in methods or str(claims.get("acr", "")) in client.strong_acr)
