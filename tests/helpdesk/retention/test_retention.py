"""How long everything is kept: one list, applied each night, and a report of what went."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from helpdesk import jobs
from helpdesk.accounts.models import FailedLogin
from helpdesk.alerts.models import AlertFollow, AlertFollower
from helpdesk.core.clock import brussels_date
from helpdesk.core.mail import Folder, Letter
from helpdesk.retention import actions, queries, rules
from helpdesk.retention.actions import Scope
from helpdesk.retention.models import RetentionRun
from helpdesk.settings import PROJECT
from tests.conftest import House
from tests.pageclient import Visitor

NOW = datetime.now(UTC)
TODAY = brussels_date(NOW)


@pytest.fixture
def scope(tmp_path: Path) -> Scope:
    """Eighteen months of free text, and an empty folder of mails."""
    return Scope(18, tmp_path / "mail")


def fail_to_sign_in(session: Session, at: datetime) -> None:
    session.add(FailedLogin(account_digest="a" * 64, source_digest="b" * 64, failed_at=at))
    session.flush()


@pytest.mark.stored
def test_every_period_is_applied_and_every_job_has_a_period(session: Session, scope: Scope) -> None:
    """A period without a job would be a promise; a job without a period would remove behind everybody's back."""
    removed = [kind for job in actions.JOBS for kind in actions.remove(session, job, scope, now=NOW)]

    assert sorted(removed) == sorted(period.key for period in rules.periods(advice_text_months=18))
    assert len(removed) == len(set(removed))


@pytest.mark.stored
class TestRemove:
    def test_what_went_is_noted_by_day_and_added_up(self, session: Session, scope: Scope) -> None:
        for _ in range(2):
            fail_to_sign_in(session, NOW - timedelta(days=2))
            actions.remove(session, "logins", scope, now=NOW)

        run = session.get_one(RetentionRun, ("failed_logins", TODAY))
        assert (run.removed, queries.totals(session)["failed_logins"].removed) == (2, 2)
        assert [(one.kind, one.removed) for one in queries.removals(session)] == [("failed_logins", 2)]

    def test_a_follow_that_nobody_confirmed_goes_after_a_week(self, session: Session, scope: Scope) -> None:
        asked_at = NOW - timedelta(days=7)
        follower = AlertFollower(handle="h", address="x@voorbeeld.be", rhythm="dagelijks", asked_at=asked_at)
        session.add(follower)
        session.flush()
        session.add(
            AlertFollow(
                follower_id=follower.id, kind="nieuws", key="x", digest="d", title="x", asked_at=asked_at,
                after_entry=0, seen=[],
            )
        )  # fmt: skip
        session.flush()

        removed = actions.remove(session, "follows", scope, now=NOW)

        assert (removed["unconfirmed_follows"], removed["followers"]) == (1, 1)

    def test_mails_in_the_folder_go_after_a_month(self, session: Session, scope: Scope) -> None:
        folder = Folder(scope.mail_dir)
        for number in range(2):
            folder.send(Letter(to=f"{number}@voorbeeld.be", subject="x", text="x", sender="h@voorbeeld.be",
                               message_id=f"<{number}>", sent_at=NOW))  # fmt: skip
        old, new = sorted(scope.mail_dir.glob("*.eml"))
        os.utime(old, (0, (NOW - timedelta(days=31)).timestamp()))
        os.utime(new, (0, (NOW - timedelta(days=29)).timestamp()))

        assert actions.remove(session, "mails", scope, now=NOW) == {"mail_files": 1}
        assert [path.name for path in scope.mail_dir.glob("*.eml")] == [new.name]

    def test_the_report_itself_is_kept_a_year(self, session: Session, scope: Scope) -> None:
        actions.remove(session, "logins", scope, now=NOW)
        actions.remove(session, "runs", scope, now=NOW + timedelta(days=366))

        before = session.scalar(select(func.count()).select_from(RetentionRun).where(RetentionRun.kind != "runs"))
        removed = actions.remove(session, "runs", scope, now=NOW + timedelta(days=367))

        assert (before, removed["runs"]) == (3, 3)


@pytest.mark.stored
class TestTheNight:
    def test_a_job_that_fails_stops_no_other(
        self, house: House, session: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_arguments: object) -> actions.Removed:
            raise OperationalError("DELETE FROM x WHERE a = 'lezer@voorbeeld.be'", {}, Exception("databank bezet"))

        monkeypatch.setitem(actions.JOBS, "free_text", fail)
        with house.app.app_context(), capture_logs() as said:
            jobs.keep_periods()

        session.expire_all()
        failed = [line for line in said if line["event"] == "periods_not_kept"]
        assert [(line["job"], line["kind"]) for line in failed] == [("free_text", "OperationalError")]
        assert "lezer@voorbeeld.be" not in str(said)
        assert {"call_backs", "drafts", "visitors", "readers"} <= set(queries.totals(session))


class TestPage:
    def test_an_administrator_reads_periods_and_what_went(
        self, as_admin: Visitor, session: Session, scope: Scope
    ) -> None:
        fail_to_sign_in(session, NOW - timedelta(days=2))
        actions.remove(session, "logins", scope, now=NOW)

        page = as_admin.get("/beheer/bewaring")

        rows = {row[0]: row[1:] for row in page.table()[1:]}
        assert rows["Terugbelgegevens"] == ["30 dagen na het noteren", "0", "nog niet"]
        assert rows["Mislukte aanmeldingen (codes, geen namen)"][:2] == ["een dag", "1"]
        assert page.table(1)[1] == [f"{TODAY:%d-%m-%Y}", "Mislukte aanmeldingen (codes, geen namen)", "1"]


def test_the_register_says_the_periods_that_are_in_force() -> None:
    register = (PROJECT / "docs" / "privacy.md").read_text(encoding="utf-8")

    missing = [
        period.key
        for period in rules.periods(advice_text_months=18)
        if f"| `{period.key}` | {period.what} | {period.how_long} |" not in register
    ]

    assert missing == []
