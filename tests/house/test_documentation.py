"""What one can set, type or visit is written down, and what is written down exists."""

import re
from collections.abc import Iterator

import click
import pytest
from flask import Flask

from helpdesk.cli import main
from helpdesk.settings import PREFIX, PROJECT, Settings, read_settings

SETTINGS_PAGE = (PROJECT / "docs" / "settings.md").read_text(encoding="utf-8")
SETTINGS_SOURCE = (PROJECT / "helpdesk" / "settings.py").read_text(encoding="utf-8")


PROMISED_COMMANDS = [
    *("init", "demo", "serve", "worker", "content import", "content check", "index rebuild", "index status"),
    *("users add", "users list", "users disable", "users reset", "figures annual-report"),
    "publications build",
    "publications erase",
    *("rulings import", "rulings export", "alerts send", "alerts status"),
    *(
        "users reset-second-factor",
        "audit verify",
        "persons export",
        "persons erase",
        "backup",
        "restore",
        "doctor",
        "outbox",
    ),
    *("rulings import", "rulings export", "newsletter send", "newsletter resume", "newsletter status"),
]


def documented_settings() -> dict[str, str]:
    """Return the default each setting is said to have, by its name without prefix; those of the tests left out."""
    rows = re.findall(rf"^\| `{PREFIX}(\w+)` \| (.+?) \| .+ \|$", SETTINGS_PAGE, re.MULTILINE)
    return {name: default for name, default in rows if not name.startswith("TEST_")}


def settings_in_code() -> set[str]:
    """Return the names that settings.py looks up in the environment."""
    return set(re.findall(r'(?:given\.get\(|given, )"([A-Z_]+)"', SETTINGS_SOURCE))


class TestSettings:
    def test_every_setting_is_documented_and_every_documented_setting_exists(self) -> None:
        assert set(documented_settings()) == settings_in_code()

    def test_every_field_can_be_set(self) -> None:
        fields = {name.upper() for name in Settings.__dataclass_fields__} - {"TESTING"}

        assert fields == settings_in_code()

    @pytest.mark.parametrize(
        "name",
        [
            *("BASE_URL", "HOST", "PORT", "WORKERS", "TRUSTED_PROXIES", "SESSION_HOURS", "ADVICE_TEXT_MONTHS"),
            *("ALERTS_HOUR", "ALERTS_WEEKDAY", "SESSION_IDLE_MINUTES", "OIDC_EMAIL_CLAIM", "RATE_POINTS_PER_MINUTE"),
        ],
    )
    def test_the_documented_default_is_the_one_in_force(self, name: str, settings: Settings) -> None:
        in_force = read_settings({f"{PREFIX}DATA_DIR": str(settings.data_dir)})

        assert documented_settings()[name] == f"`{getattr(in_force, name.lower())}`"


def walk(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """Return a command and its subcommands."""
    yield path, command
    if isinstance(command, click.Group):
        for name, below in sorted(command.commands.items()):
            yield from walk(below, f"{path} {name}")


def all_commands(app: Flask) -> dict[str, click.Command]:
    """Return every command by what one types: those of the house and those of the features."""
    together = {**main.commands, **app.cli.commands}
    return dict(found for name, command in sorted(together.items()) for found in walk(command, f"helpdesk {name}"))


class TestCommands:
    @pytest.mark.parametrize("typed", PROMISED_COMMANDS)
    def test_a_promised_command_exists(self, bare_app: Flask, typed: str) -> None:
        """Scripts of others call these: one is only renamed with an alias."""
        assert f"helpdesk {typed}" in all_commands(bare_app)

    def test_no_document_promises_a_command_that_is_not_there(self, bare_app: Flask) -> None:
        """The page on settings once sent people to a command nobody had written."""
        pages = [*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md")]
        typed = {
            found
            for page in pages
            for found in re.findall(r"`(helpdesk [a-z][a-z-]*(?: [a-z][a-z-]*)?)", page.read_text(encoding="utf-8"))
        }
        known = set(all_commands(bare_app))

        assert len(typed) >= 5
        assert {one for one in typed if one not in known and one.rpartition(" ")[0] not in known} == set()

    def test_every_command_says_what_it_does(self, bare_app: Flask) -> None:
        silent = [path for path, command in all_commands(bare_app).items() if not command.help]

        assert silent == []

    def test_every_option_says_what_it_is_for(self, bare_app: Flask) -> None:
        silent = [
            f"{path} {parameter.opts[0]}"
            for path, command in all_commands(bare_app).items()
            for parameter in command.params
            if isinstance(parameter, click.Option) and not parameter.help
        ]

        assert silent == []


@pytest.mark.parametrize(
    "path", ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "docs/architecture.md", "docs/settings.md"]
)
def test_what_the_next_person_needs_is_there(path: str) -> None:
    assert (PROJECT / path).stat().st_size > 200


def test_every_link_in_the_documents_leads_to_a_file() -> None:
    pages = [*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md")]
    broken = [
        f"{page.relative_to(PROJECT)}: {target}"
        for page in pages
        for target in re.findall(r"\]\((?![a-z]+:|#)([^)#\s]+)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]

    assert broken == []


def test_every_make_target_is_explained() -> None:
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    phony = re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)[0].split()

    assert [target for target in phony if not re.search(rf"^{target}:.*## \S", makefile, re.MULTILINE)] == []
