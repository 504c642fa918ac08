"""A small identity provider on a port of its own: discovery, keys, codes that are good once, PKCE and signed tokens.

It is no mock: what signs in against it goes over HTTP and is checked as at a real provider. What it answers wrongly is
set by attributes.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

KEY, OTHER_KEY = (RSAKey.generate_key(2048, parameters={"kid": "een", "use": "sig"}) for _ in range(2))
CLIENT_ID, CLIENT_SECRET = "helpdesk", "een geheim: met / tekens"


@dataclass
class Provider:
    """What the provider knows, and how it lies: `claims` go over the true ones, `signs_with` is the key it uses."""

    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: KEY)
    signs_with: RSAKey | None = None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)

    def authorize(self, address: str) -> dict[str, str]:
        """Do what a browser and a person do at the authorization endpoint; return what it sends back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT_ID
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return {"code": code, "state": asked["state"], "iss": self.issuer}

    def published(self) -> dict[str, Any]:
        """Return the metadata of the provider."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            **self.metadata,
        }

    def exchange(self, sent: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """Return the tokens for a code, once and to who asked for it; None when something does not fit."""
        asked = self.codes.pop(sent.get("code", ""), None)
        kind, _, basic = authorization.partition(" ")
        known = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if asked is None:
            return self._refuse("code")
        if kind != "Basic" or unquote(basic) != known:
            return self._refuse("client")
        if sent.get("redirect_uri") != asked["redirect_uri"]:
            return self._refuse("redirect_uri")
        digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]:
            return self._refuse("pkce")
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": "persoon-1",
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            "email_verified": True,
            **self.claims,
        }
        kept = {name: value for name, value in claims.items() if value is not None}
        key = self.signs_with or self.key
        return {
            "token_type": "Bearer",
            "access_token": "x",
            "id_token": jwt.encode({"alg": "RS256", "kid": "een"}, kept, key),
        }

    def _refuse(self, why: str) -> dict[str, Any] | None:
        self.refusals.append(why)
        return None


@contextmanager
def identity_provider() -> Iterator[Provider]:
    """Run a provider on the loopback for as long as the block lasts."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answers = {
                "/.well-known/openid-configuration": provider.published(),
                "/keys": KeySet([provider.key]).as_dict(private=False),
            }
            self._answer(200 if self.path in answers else 404, answers.get(self.path, {}))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            sent = {name: values[0] for name, values in parse_qs(body).items()}
            tokens = provider.exchange(sent, self.headers.get("Authorization", "")) if self.path == "/token" else None
            self._answer(200 if tokens else 400, tokens or {"error": "invalid_grant"})

        def _answer(self, status: int, content: Any) -> None:  # noqa: ANN401 - what JSON can hold
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing: the tests look at `refusals`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    try:
        yield provider
    finally:
        server.shutdown()
        serving.join()
        server.server_close()
