from datetime import UTC, datetime

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.rulings.models import Ruling


class Runner:
    def __init__(self, app: Flask) -> None:
        self.app = app

    def __call__(self, *arguments: str) -> Result:
        return self.app.test_cli_runner().invoke(args=["index", *arguments])


@pytest.fixture
def run(house_app: Flask, session: Session) -> Runner:
    """Run a command on the database of the test and the index of the house."""
    session.commit()
    return Runner(house_app)


class TestStatus:
    def test_an_index_that_follows_the_database_is_well(self, run: Runner) -> None:
        done = run("status")

        assert done.exit_code == 0, done.output
        assert "documenten; wijziging" in done.output

    def test_what_changed_behind_its_back_is_named(self, run: Runner, session: Session) -> None:
        """A change without an entry in the outbox: nobody told the index, comparing finds it."""
        ruling = session.scalars(select(Ruling).order_by(Ruling.slug)).first()
        assert ruling is not None
        ruling.updated_at = datetime(2031, 1, 1, tzinfo=UTC)
        session.commit()

        done = run("status")

        assert done.exit_code == 1
        assert f"verouderd: {ruling.document_id}" in done.output.splitlines()


class TestMerge:
    def test_a_tidy_index_has_nothing_to_merge(self, run: Runner) -> None:
        assert run("merge").output == "0 stukken samengenomen\n"
