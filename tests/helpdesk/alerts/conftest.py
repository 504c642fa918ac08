"""A real mail server for the room of alerts."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from helpdesk.web.services import KEY
from tests.conftest import House
from tests.mailserver import MailServer, mail_server


@pytest.fixture
def post(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    """A mail server that the house sends to."""
    with mail_server() as server:
        held = house.app.extensions[KEY]
        settings = replace(held.settings, smtp_url=server.url, mail_from="Helpdesk <helpdesk@voorbeeld.test>")
        monkeypatch.setitem(house.app.extensions, KEY, replace(held, settings=settings))
        yield server
