"""The commands as an operator types them."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from helpdesk import jobs
from helpdesk.accounts import actions as accounts
from helpdesk.accounts.models import User
from helpdesk.accounts.rules import keyed_digest
from helpdesk.advice import actions as advice
from helpdesk.advice.models import Advice, SavedDraft
from helpdesk.aftercare.models import CallBack
from helpdesk.alerts import actions as alerts
from helpdesk.alerts import queries as alert_queries
from helpdesk.alerts.models import AlertFollow, AlertFollower
from helpdesk.app import create_app
from helpdesk.cli import main
from helpdesk.core import audit, erasures
from helpdesk.core.roles import Role
from helpdesk.newsletters import actions as newsletters
from helpdesk.newsletters import queries as newsletter_queries
from helpdesk.newsletters.models import Subscriber
from helpdesk.operations import actions, queries
from helpdesk.web.database import db_session
from helpdesk.web.services import services
from tests.conftest import settings_for
from tests.helpdesk.advice.examples import an_advice_draft

pytestmark = pytest.mark.stored


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An installation of its own, with the shipped content."""
    app = create_app(settings_for(tmp_path_factory.mktemp("eigen")))
    done = app.test_cli_runner().invoke(main, ["init"])
    assert done.exit_code == 0, done.output
    return app


@pytest.fixture
def runner(installed: Flask) -> FlaskCliRunner:
    """What runs commands on it."""
    return installed.test_cli_runner()


def data_dir(app: Flask) -> Path:
    with app.app_context():
        return app.extensions["helpdesk"].settings.data_dir  # type: ignore[no-any-return]


def run(runner: FlaskCliRunner, *words: str) -> Result:
    return runner.invoke(main, list(words))


class TestBackupAndRestore:
    def test_a_backup_comes_back_with_its_index(self, installed: Flask, runner: FlaskCliRunner, tmp_path: Path) -> None:
        file, key = tmp_path / "kopie.tar.gz", tmp_path / "sleutel"

        made = run(runner, "backup", str(file), "--secrets", str(key))
        checked = run(runner, "backup", str(file), "--check")
        back = run(runner, "restore", str(file), "--secrets", str(key))
        status = run(runner, "index", "status")

        assert [made.exit_code, checked.exit_code, back.exit_code] == [0, 0, 0], back.output
        assert "Opnieuw verwijderd na de bewaartermijn: 0." in back.output
        assert status.exit_code == 0, status.output
        assert key.stat().st_mode & 0o777 == 0o600
        assert key.read_text().strip() == installed.extensions["helpdesk"].settings.secret_key

    def test_nothing_is_put_back_under_a_site_that_serves(
        self, installed: Flask, runner: FlaskCliRunner, tmp_path: Path
    ) -> None:
        file = tmp_path / "kopie.tar.gz"
        run(runner, "backup", str(file))

        with actions.in_use(data_dir(installed)):
            refused = run(runner, "restore", str(file))

        assert refused.exit_code == 1
        assert "Stop ze eerst" in refused.output

    def test_a_file_that_is_no_backup_is_refused_in_words(self, runner: FlaskCliRunner, tmp_path: Path) -> None:
        (tmp_path / "brief.txt").write_text("Beste helpdesk")

        refused = run(runner, "restore", str(tmp_path / "brief.txt"))

        assert refused.exit_code == 1
        assert "geen reservekopie" in refused.output
        assert "Traceback" not in refused.output


class TestDoctor:
    def test_a_fresh_installation_has_nothing_broken(self, runner: FlaskCliRunner) -> None:
        done = run(runner, "doctor")

        assert done.exit_code == 0, done.output
        assert "FOUT" not in done.output
        assert "gelijk aan de databank" in done.output

    def test_settings_are_shown_without_secrets(self, installed: Flask) -> None:
        held = installed.extensions["helpdesk"]
        secret = replace(
            held.settings,
            smtp_url="smtp://ik:wachtwoord@mail.test",
            database_url="postgresql://ik:wachtwoord@db/helpdesk",
        )

        shown = dict(queries.settings_in_force(secret))

        assert shown["DATABASE_URL"] == "postgresql://ik:…@db/helpdesk"
        assert shown["SMTP_URL"] == "(ingesteld)"
        assert held.settings.secret_key not in " ".join(shown.values())

    def test_a_damaged_index_is_an_error_with_what_to_do(self, installed: Flask, runner: FlaskCliRunner) -> None:
        index = data_dir(installed) / "index"
        number = next(path for path in index.iterdir() if path.is_file() and "applied" in path.name)
        before = number.read_bytes()
        number.write_text("0")

        done = run(runner, "doctor")

        number.write_bytes(before)
        assert "loopt" in done.output
        assert "wijzigingen achter" in done.output

    @pytest.mark.skipif(os.getuid() == 0, reason="root may write everywhere")
    def test_a_folder_that_cannot_be_written_is_an_error(self, installed: Flask, runner: FlaskCliRunner) -> None:
        folder = data_dir(installed)
        folder.chmod(0o500)

        done = run(runner, "doctor")

        folder.chmod(0o700)
        assert done.exit_code == 1
        assert "kan niet geschreven worden" in done.output


class TestErasures:
    def test_an_old_backup_brings_nobody_and_nothing_back_that_had_to_go(
        self, installed: Flask, runner: FlaskCliRunner, tmp_path: Path
    ) -> None:
        """Erased persons, free text over its time, call-backs, drafts and follows nobody confirmed."""
        key = installed.extensions["helpdesk"].settings.secret_key
        long_ago = datetime.now(UTC) - timedelta(days=700)
        file = tmp_path / "oud.tar.gz"
        with installed.app_context():
            session = db_session()
            colleague = accounts.add_user(
                session, email="weg@voorbeeld.be", display_name="Wie Vertrekt", password="vier losse woorden samen",
                roles=[Role.JURIST], now=long_ago,
            )  # fmt: skip
            kept = advice.record_advice(
                session,
                an_advice_draft(given_on=long_ago.date()),
                vocabulary=services().vocabulary,
                recorded_by=colleague.id,
                now=long_ago,
            )
            session.add(CallBack(advice_id=kept.id, contact="0470 00 00 00", kept_at=long_ago))
            session.add(
                SavedDraft(
                    key="k.1",
                    owner_id=colleague.id,
                    fields={"question": ["half"]},
                    revision=1,
                    holder="h",
                    saved_at=long_ago,
                )
            )
            newsletters.ask(session, "lezer@voorbeeld.be", [], now=long_ago, key=key)
            reader = newsletter_queries.find_by_email(session, "lezer@voorbeeld.be")
            assert reader is not None
            newsletters.confirm(session, reader, now=long_ago, key=key)
            session.add(follow(session, "volger@voorbeeld.be", long_ago, is_confirmed=True))
            session.add(follow(session, "nooit@voorbeeld.be", long_ago, is_confirmed=False))
            session.commit()
            number, advice_id = colleague.id, kept.id
        assert run(runner, "backup", str(file)).exit_code == 0
        for address in ("weg@voorbeeld.be", "lezer@voorbeeld.be"):
            assert runner.invoke(main, ["persons", "erase"], input=f"{address}\n").exit_code == 0
        with installed.app_context():  # erased by the follower's own link; the job runner keeps the ledger
            follower = alert_queries.find_follower(db_session(), "volger@voorbeeld.be")
            assert follower is not None
            digest = keyed_digest(follower.address, key=key)
            alerts.erase(db_session(), follower, digest, now=datetime.now(UTC))
            db_session().commit()
            jobs.keep_erasures()
            db_session().execute(text("DROP TABLE erasure"))  # only the file can tell
            db_session().commit()

        back = run(runner, "restore", str(file))

        assert back.exit_code == 0, back.output
        assert "Opnieuw gewist: 3 personen." in back.output
        with installed.app_context():
            session = db_session()
            assert session.get_one(User, number).display_name == "voormalig medewerker"
            assert session.scalars(select(Subscriber)).all() == []
            assert session.scalars(select(AlertFollower)).all() == []
            assert session.get_one(Advice, advice_id).question == ""
            assert session.scalars(select(CallBack)).all() == []
            assert session.scalars(select(SavedDraft)).all() == []
            assert len(erasures.entries(session)) >= 3
            assert audit.verify(session) is None


def follow(session: Session, address: str, at: datetime, *, is_confirmed: bool) -> AlertFollow:
    """Return what someone follows, or asked to follow, since a moment."""
    confirmed_at = at if is_confirmed else None
    follower = AlertFollower(
        handle=address[:32], address=address, rhythm="wekelijks", asked_at=at, confirmed_at=confirmed_at
    )
    session.add(follower)
    session.flush()
    return AlertFollow(
        follower_id=follower.id, kind="nieuws", key="x", digest="d", title="x", asked_at=at, confirmed_at=confirmed_at,
        after_entry=0, seen=[],
    )  # fmt: skip
