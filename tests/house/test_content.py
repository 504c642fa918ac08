"""The shipped library keeps the rules of docs/content.md, and the code names only codes that exist."""

import re
from datetime import date, timedelta

import pytest
from babel.dates import get_month_names
from flask import Flask

from helpdesk.advice.models import AdviceTheme
from helpdesk.cli import main
from helpdesk.core.db import Base, too_long
from helpdesk.core.vocabulary import MOST_THEME_ID, Vocabulary
from helpdesk.rulings.models import RulingTheme
from helpdesk.settings import PROJECT
from helpdesk.texts.models import TextTheme


def test_the_shipped_content_is_valid(bare_app: Flask) -> None:
    """Unknown fields, a missing source and dead references are named with file and line."""
    done = bare_app.test_cli_runner().invoke(main, ["content", "check"])

    assert done.exit_code == 0, done.output


def test_every_code_list_that_the_code_names_exists(vocabulary: Vocabulary) -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (PROJECT / "helpdesk").rglob("*.py"))
    named = set(re.findall(r'code_list="(\w+)"', source)) | set(re.findall(r'\.lists\["(\w+)"\]', source))

    assert named
    assert named - set(vocabulary.lists) == set()


@pytest.mark.parametrize("folder", ["themas", "nieuws", "lexicon", "paginas", "rechtspraak", "lijsten"])
def test_every_part_of_the_library_is_shipped(folder: str) -> None:
    assert any((PROJECT / "content" / folder).rglob("*.*"))


@pytest.mark.parametrize("table", [AdviceTheme, RulingTheme, TextTheme])
def test_every_table_holds_the_longest_theme_a_list_may_name(table: type[Base]) -> None:
    assert too_long({"node": "x" * MOST_THEME_ID}, table) == {}
    assert too_long({"node": "x" * (MOST_THEME_ID + 1)}, table) == {"node": MOST_THEME_ID}


def test_the_accessibility_statement_was_looked_at_within_a_year() -> None:
    """A public body reviews its statement every year (Bestuursdecreet); this build fails when that was forgotten."""
    statement = (PROJECT / "content" / "paginas" / "toegankelijkheid.md").read_text(encoding="utf-8")

    looked_at_on = day_in_words(re.search(r"voor het laatst nagekeken op (\d+) (\w+) (\d{4})", statement))

    assert looked_at_on <= date.today()  # noqa: DTZ011 - the day of the build is what counts
    assert date.today() - looked_at_on <= timedelta(days=366)  # noqa: DTZ011


def day_in_words(found: re.Match[str] | None) -> date:
    """Return the day of "25 november 2026"."""
    assert found is not None, "the statement does not say when it was last looked at"
    months = get_month_names(locale="nl")
    month = next(number for number, name in months.items() if name == found[2])
    return date(int(found[3]), month, int(found[1]))
