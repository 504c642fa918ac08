"""Asking the identity provider: its metadata, its keys, and the id token for a code."""

from collections.abc import Mapping
from typing import Any

import httpx

from helpdesk.single_sign_on.rules import Client, NotBelieved, Question, check_metadata

TIMEOUT_SECONDS = 5.0


class ProviderGone(ConnectionError):
    """The identity provider does not answer, or not in a way we understand."""


def metadata(client: Client) -> Mapping[str, Any]:
    """Return what the provider publishes about itself. Raises ProviderGone, NotBelieved."""
    found = _json(httpx.Request("GET", f"{client.issuer.rstrip('/')}/.well-known/openid-configuration"))
    check_metadata(found, client)
    return found


def keys(found: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the keys the provider signs with. Raises ProviderGone."""
    return _json(httpx.Request("GET", str(found["jwks_uri"])))


def id_token(found: Mapping[str, Any], client: Client, question: Question, code: str) -> str:
    """Return the id token the provider gives for a code. Raises ProviderGone, NotBelieved."""
    sent = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": client.return_address,
        "code_verifier": question.verifier,
    }
    basic = httpx.BasicAuth(client.client_id, client.secret)
    answer = _json(httpx.Request("POST", str(found["token_endpoint"]), data=sent), auth=basic)
    token = answer.get("id_token")
    if not isinstance(token, str):
        raise NotBelieved("id_token")
    return token


def _json(request: httpx.Request, auth: httpx.Auth | None = None) -> Mapping[str, Any]:
    """Send a request without following redirects, and return the object it answers."""
    try:
        with httpx.Client(timeout=TIMEOUT_SECONDS, trust_env=False) as browser:
            answer = browser.send(request, auth=auth)
        found = answer.raise_for_status().json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as gone:
        raise ProviderGone(type(gone).__name__) from gone
    if not isinstance(found, dict):
        raise ProviderGone("no object")
    return found
