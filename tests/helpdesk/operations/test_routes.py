from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

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
