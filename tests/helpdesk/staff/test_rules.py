import re

import pytest

from helpdesk.settings import PROJECT
from helpdesk.staff import rules


@pytest.mark.parametrize("room", ["accounts", "second_factor"])
def test_every_act_about_an_account_has_a_name_on_the_screen(room: str) -> None:
    source = (PROJECT / "helpdesk" / room / "actions.py").read_text(encoding="utf-8")
    acts = set(re.findall(r'audit\.note\(\s*session, "([a-z_.]+)"', source))

    assert len(acts) > 5
    assert acts - set(rules.ACTS) == set()


def test_an_act_without_a_name_keeps_its_code() -> None:
    assert rules.act_label("iets.nieuws") == "iets.nieuws"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (None, []),
        ({"roles": ["", "beheerder,jurist"]}, ["rollen: geen → beheerder, jurist"]),
        ({"is_active": [True, False]}, ["actief: ja → nee"]),
        ({"factors": [2, 0], "open": [1, 0]}, ["factoren: 2 → 0", "open aanmeldingen: 1 → 0"]),
    ],
)
def test_changes_are_told_by_field(changes: dict[str, list[str | int | bool | None]] | None, words: list[str]) -> None:
    assert rules.changes_in_words(changes) == words
