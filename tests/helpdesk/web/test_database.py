"""What a connection to the database is told before anyone uses it."""

from sqlalchemy import text

from helpdesk.web.database import database_engine
from tests.conftest import House


def test_a_connection_keeps_the_promises_of_its_kind(house: House) -> None:
    with house.app.app_context(), database_engine().connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        asked = ["PRAGMA foreign_keys", "PRAGMA journal_mode", "PRAGMA synchronous"] if is_sqlite else ["SHOW jit"]
        told = [connection.execute(text(question)).scalar_one() for question in asked]
        connection.rollback()
        after = [connection.execute(text(question)).scalar_one() for question in asked]

    assert told == after == ([1, "delete", 2] if is_sqlite else ["off"])
