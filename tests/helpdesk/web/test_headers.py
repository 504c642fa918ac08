from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from helpdesk.app import create_app
from helpdesk.core import migrate
from helpdesk.web.database import database_engine
from tests.conftest import settings_for
from tests.pageclient import Visitor

PROTECTED = (
    *("Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Cross-Origin-Resource-Policy"),
    *("Cross-Origin-Opener-Policy", "Cross-Origin-Embedder-Policy", "Reporting-Endpoints"),
)


@pytest.fixture
def secure_app(tmp_path: Path) -> Flask:
    """An application that visitors reach over TLS."""
    app = create_app(replace(settings_for(tmp_path), base_url="https://voorbeeld.test"))
    with app.app_context():
        migrate.upgrade(database_engine())
    return app


@pytest.mark.stored
class TestOverTls:
    def test_a_form_of_our_own_is_accepted_and_one_from_elsewhere_is_not(self, secure_app: Flask) -> None:
        """Private pages once sent no referrer at all, and then no form was accepted over TLS."""
        client = secure_app.test_client()
        form = client.get("/aanmelden", base_url="https://voorbeeld.test")
        token = form.text.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
        typed = {"csrf_token": token, "email": "an@voorbeeld.test", "password": "verkeerd wachtwoord"}

        def post(referrer: str) -> int:
            headers = {"Referer": referrer}
            return client.post("/aanmelden", base_url="https://voorbeeld.test", data=typed, headers=headers).status_code

        assert post("https://voorbeeld.test/aanmelden") == 422
        assert post("https://elders.test/") == 400

    def test_private_pages_send_their_own_site_as_referrer(self, secure_app: Flask) -> None:
        answer = secure_app.test_client().get("/helpdesk/adviezen", base_url="https://voorbeeld.test")

        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Strict-Transport-Security" in answer.headers

    def test_every_cookie_belongs_to_this_host_alone(self, secure_app: Flask) -> None:
        """Browsers take a cookie named __Host-… only over TLS, for the whole site, and from no other host."""
        answer = secure_app.test_client().get("/aanmelden", base_url="https://voorbeeld.test")
        cookies = answer.headers.getlist("Set-Cookie")

        assert cookies
        for cookie in cookies:
            name, *parts = [part.strip().lower() for part in cookie.split(";")]
            assert name.startswith("__host-")
            assert {"secure", "httponly", "path=/", "samesite=lax"} <= set(parts)
            assert not any(part.startswith("domain") for part in parts)


class TestEveryAnswer:
    @pytest.mark.parametrize("path", ["/", "/zoeken?q=bgv", "/bestaat-niet", "/static/site.css", "/gezond"])
    def test_is_protected(self, as_visitor: Visitor, path: str) -> None:
        answer = as_visitor.fetch(path)
        answer.close()

        assert all(name in answer.headers for name in PROTECTED)
        assert "Access-Control-Allow-Origin" not in answer.headers

    def test_the_policy_begins_with_nothing_and_tells_where_to_report(self, as_visitor: Visitor) -> None:
        policy = as_visitor.fetch("/themas").headers["Content-Security-Policy"]

        assert policy.startswith("default-src 'none'; ")
        assert "unsafe" not in policy
        assert "report-uri /csp-melding; report-to meldingen" in policy

    def test_what_a_colleague_sees_is_not_kept(self, as_visitor: Visitor, as_jurist: Visitor) -> None:
        assert as_visitor.fetch("/themas").headers["Cache-Control"] == "no-cache"
        assert as_jurist.fetch("/themas").headers["Cache-Control"] == "no-store"

    @pytest.mark.parametrize("path", ["/aanmelden", "/helpdesk/adviezen", "/themas", "/zoeken?q=bgv"])
    def test_head_is_answered_like_get(self, as_visitor: Visitor, path: str) -> None:
        assert as_visitor.fetch(path, method="HEAD").status_code == as_visitor.fetch(path).status_code

    def test_a_method_that_is_not_allowed_names_those_that_are(self, as_visitor: Visitor) -> None:
        assert set(as_visitor.fetch("/afmelden").headers["Allow"].split(", ")) == {"OPTIONS", "POST"}


class TestIncoming:
    @pytest.mark.parametrize("path", ["/lexicon/%00", "/rechtspraak/a%00b", "/nieuws/%0a", "/api/v1/rulings/%00"])
    def test_control_characters_in_an_address_are_not_found(self, as_visitor: Visitor, path: str) -> None:
        assert as_visitor.fetch(path).status_code == 404

    def test_nul_in_a_form_is_refused(self, as_visitor: Visitor) -> None:
        """PostgreSQL refuses it deep inside, SQLite stores it."""
        form = as_visitor.get("/aanmelden").fill({"email": "an\0@voorbeeld.test", "password": "een wachtwoord"})

        assert form.submit(expect=400).heading == "De vraag is niet begrepen"
