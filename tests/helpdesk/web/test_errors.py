from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask, flash
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from helpdesk.accounts import actions as accounts
from helpdesk.accounts.models import User, UserSession
from helpdesk.app import create_app
from helpdesk.core import migrate
from helpdesk.core.roles import Role
from helpdesk.web.database import database_engine, db_session
from tests.conftest import settings_for
from tests.pageclient import Visitor

PASSWORD = "een lang proefwachtwoord"
NOW = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.fixture
def small_app(tmp_path: Path) -> Flask:
    """An application with tables and one jurist, whose errors are answered as for a real visitor."""
    app = create_app(settings_for(tmp_path))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with app.app_context():
        migrate.upgrade(database_engine())
        accounts.add_user(
            db_session(),
            email="jurist@voorbeeld.test",
            display_name="Proef",
            password=PASSWORD,
            roles=[Role.JURIST],
            now=NOW,
        )
        db_session().commit()
    return app


def fill_the_disk(app: Flask) -> None:
    """Let SQLite refuse to grow, with the very error a full disk gives."""
    with app.app_context():
        engine = database_engine()
        engine.dispose()
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA max_page_count = 1"))


@pytest.mark.stored
class TestFullDisk:
    def test_the_request_fails_with_a_clear_message_and_nothing_is_half_stored(self, small_app: Flask) -> None:
        visitor = Visitor(small_app.test_client())
        form = visitor.get("/aanmelden").fill({"email": "jurist@voorbeeld.test", "password": PASSWORD})
        fill_the_disk(small_app)
        with small_app.app_context():
            for number in range(500):  # use up what is free in the pages there are
                digest = f"{number:064}"
                db_session().add(UserSession(user_id=1, token_digest=digest, started_at=NOW, expires_at=NOW))
                try:
                    db_session().commit()
                except OperationalError:
                    db_session().rollback()
                    break

        page = form.submit(expect=507)

        assert page.heading == "De schijf van de server is vol"
        assert "jurist@voorbeeld.test" in page.main
        assert PASSWORD not in page.text
        with small_app.app_context():
            assert db_session().connection().exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            assert db_session().scalar(select(func.count()).select_from(User)) == 1

    def test_reading_goes_on(self, small_app: Flask) -> None:
        fill_the_disk(small_app)

        assert Visitor(small_app.test_client()).get("/aanmelden").heading == "Aanmelden"


@pytest.mark.stored
class TestLockedDatabase:
    def test_a_writer_that_waits_too_long_gets_a_clear_message(self, small_app: Flask) -> None:
        """A busy timeout of 1.5 seconds: waiting writers must not hold every thread."""
        form = (
            Visitor(small_app.test_client())
            .get("/aanmelden")
            .fill({"email": "jurist@voorbeeld.test", "password": PASSWORD})
        )
        with small_app.app_context():
            lock = database_engine().raw_connection()
            lock.cursor().execute("BEGIN EXCLUSIVE")

            page = form.submit(expect=503)

            lock.rollback()
            lock.close()
        assert page.heading == "De databank is even niet bereikbaar"

    def test_someone_who_is_signed_in_gets_a_page_too(self, small_app: Flask) -> None:
        """The frame of the error page must not ask the database who is signed in."""
        visitor = Visitor(small_app.test_client())
        visitor.get("/aanmelden").fill({"email": "jurist@voorbeeld.test", "password": PASSWORD}).submit()
        with small_app.app_context():
            lock = database_engine().raw_connection()
            lock.cursor().execute("BEGIN EXCLUSIVE")

            page = visitor.get("/helpdesk/adviezen", expect=503)

            lock.rollback()
            lock.close()
        assert page.heading == "De databank is even niet bereikbaar"
        assert "bewaard" not in page.main

    def test_nothing_is_announced_that_did_not_happen(self, small_app: Flask) -> None:
        """A reader that holds the file makes the commit fail after the view said that all went well."""

        def said_too_soon() -> str:
            flash("Het advies is bewaard.")
            db_session().add(UserSession(user_id=1, token_digest="x" * 64, started_at=NOW, expires_at=NOW))
            return "goed"

        small_app.add_url_rule("/te-vroeg", "public.too_soon", said_too_soon, methods=["POST"])
        small_app.config["WTF_CSRF_ENABLED"] = False
        with small_app.app_context():
            reader = database_engine().raw_connection()
            reading = reader.cursor()
            reading.execute("SELECT * FROM user UNION ALL SELECT * FROM user")
            reading.fetchone()

            page = Visitor(small_app.test_client()).post("/te-vroeg", {}, expect=503)

            reading.close()
            reader.close()
        assert "Het advies is bewaard." not in page.text


@pytest.mark.stored
class TestUnexpected:
    def test_the_visitor_gets_a_number_and_the_log_quotes_nobody(self, small_app: Flask) -> None:
        """The text of an error may hold what a jurist typed."""

        def broken() -> str:
            raise ValueError("moeder van 85.07.30-033 28")

        small_app.add_url_rule("/kapot", "public.broken", broken)

        with capture_logs() as lines:
            page = Visitor(small_app.test_client()).get("/kapot", expect=500)

        noted = next(line for line in lines if line["event"] == "unexpected_error")
        assert noted["kind"] == "ValueError"
        assert noted["trace"][-1].endswith("broken")
        assert "033" not in str(lines)
        assert f"Noem dan nummer {noted['request']}" in page.text
        assert "ValueError" not in page.text

    def test_a_body_that_is_too_large_is_refused(self, small_app: Flask) -> None:
        response = small_app.test_client().post("/aanmelden", data={"email": "x" * 1_100_000})

        assert response.status_code == 413
