"""The shipped library keeps the rules of docs/content.md, and the code names only codes that exist."""

import re

import pytest
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
