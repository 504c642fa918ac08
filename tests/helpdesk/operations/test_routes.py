from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from structlog.testing import capture_logs

from helpdesk.operations import routes
from helpdesk.web.rate_limits import Buckets
from tests.pageclient import Visitor


@pytest.mark.stored
class TestSecurityContact:
    def test_who_finds_a_hole_knows_whom_to_tell(self, as_visitor: Visitor) -> None:
        """RFC 9116: a contact and a moment after which the page is no longer to be believed."""
        lines = as_visitor.fetch("/.well-known/security.txt").get_data(as_text=True).splitlines()
        fields = dict(line.split(": ", 1) for line in lines)

        assert fields["Contact"] == "mailto:veilig@example.org"
        left = datetime.fromisoformat(fields["Expires"]) - datetime.now(UTC)
        assert timedelta(days=150) < left < timedelta(days=365)

    def test_without_a_contact_there_is_no_such_page(
        self, house_app: Flask, as_visitor: Visitor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        held = house_app.extensions["helpdesk"]
        without = replace(held, settings=replace(held.settings, security_contact=""))
        monkeypatch.setitem(house_app.extensions, "helpdesk", without)

        assert as_visitor.fetch("/.well-known/security.txt").status_code == 404


OLDER = {
    "csp-report": {
        "effective-directive": "img-src",
        "blocked-uri": "https://elders.test/a?naam=an",
        "document-uri": "/x",
    }
}
NEWER = [{"type": "csp-violation", "body": {"effectiveDirective": "script-src-elem", "blockedURL": "inline"}}]


@pytest.mark.stored
class TestViolations:
    @pytest.mark.parametrize(
        ("report", "line"),
        [(OLDER, ("img-src", "https://elders.test")), (NEWER, ("script-src-elem", "inline"))],
    )
    def test_the_rule_and_the_origin_are_noted_and_nothing_else(
        self, as_visitor: Visitor, report: object, line: tuple[str, str]
    ) -> None:
        with capture_logs() as lines:
            answer = as_visitor.fetch("/csp-melding", method="POST", json=report)

        assert answer.status_code == 204
        noted = [one for one in lines if one["event"] == "content_refused"]
        assert [(one["directive"], one["blocked"]) for one in noted] == [line]
        assert set(noted[0]) == {"event", "log_level", "directive", "blocked"}

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"{",
            b"[]",
            b"[1]",
            b'{"csp-report": 1}',
            b'{"csp-report": {"violated-directive": "a\\nb"}}',
            b"[" * 9_000,
        ],
    )
    def test_garbage_is_answered_the_same_and_noted_nowhere(self, as_visitor: Visitor, body: bytes) -> None:
        with capture_logs() as lines:
            answer = as_visitor.fetch("/csp-melding", method="POST", data=body)

        assert answer.status_code == 204
        assert not [one for one in lines if one["event"] == "content_refused"]

    def test_a_long_report_is_refused(self, as_visitor: Visitor) -> None:
        assert as_visitor.fetch("/csp-melding", method="POST", data=b"x" * 20_001).status_code == 413

    def test_a_page_that_breaks_for_everyone_does_not_fill_the_disk(
        self, as_visitor: Visitor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(routes, "NOTED", Buckets(3, clock=lambda: 100.0))

        with capture_logs() as lines:
            for _ in range(6):
                as_visitor.fetch("/csp-melding", method="POST", json=OLDER)

        assert len([one for one in lines if one["event"] == "content_refused"]) == 3
