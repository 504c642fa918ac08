"""The queue: where it may live, which tasks run where, and what it wakes for accounts and the log."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from helpdesk import jobs
from helpdesk.accounts import actions, queries
from helpdesk.accounts.models import MailedLink
from helpdesk.accounts.rules import Purpose
from helpdesk.core import audit
from helpdesk.core.audit import AuditEntry
from helpdesk.core.roles import Role
from helpdesk.jobs import make_queue, open_queue
from helpdesk.settings import SettingRefused, Settings
from tests.conftest import EMAILS, House


def names(app: Flask, settings: Settings, *, of_node_only: bool = False) -> set[str]:
    """Return the names of the periodic tasks."""
    queue = make_queue(app, settings, of_node_only=of_node_only)
    return {task.__name__.removeprefix("queue_task_") for task in queue._registry._registry.values()}


class TestMakeQueue:
    def test_a_second_node_keeps_only_its_own_index(self, bare_app: Flask, settings: Settings) -> None:
        """What must happen once for the whole house is not done by every node."""
        alone, beside = names(bare_app, settings), names(bare_app, settings, of_node_only=True)

        assert {"follow_outbox", "leave_sign"} <= beside < alone
        assert "keep_periods" in alone - beside


class TestOpenQueue:
    def test_redis_without_its_library_is_explained(self, settings: Settings) -> None:
        """It is no dependency: who wants it installs it."""
        with pytest.raises(SettingRefused, match="pip install redis"):
            open_queue(replace(settings, queue_url="redis://127.0.0.1:6379/0"))

    def test_a_database_that_is_not_there_is_explained(self, settings: Settings) -> None:
        with pytest.raises(SettingRefused, match="niet te bereiken"):
            open_queue(replace(settings, queue_url="postgresql://127.0.0.1:1/geen"))

    @pytest.mark.stored
    def test_what_one_machine_puts_on_postgresql_another_takes(self, settings: Settings, postgres_url: str) -> None:
        here, there = (open_queue(replace(settings, queue_url=postgres_url)) for _ in range(2))
        here.storage.enqueue(b"taak")

        assert there.storage.dequeue() == b"taak"
        assert here.storage.dequeue() is None
        for queue in (here, there):
            queue.storage.close()


def test_a_letter_that_could_not_leave_at_once_leaves_with_the_next_minute(house: House, session: Session) -> None:
    user = queries.get_user_by_email(session, EMAILS[Role.JURIST])
    actions.ask_link(session, user, Purpose.RESET, by=None, now=datetime.now(UTC))
    session.commit()

    with house.app.app_context():
        jobs.send_account_letters()

    session.expire_all()
    assert session.scalars(select(MailedLink)).one().sent_at is not None


def test_a_broken_log_is_told_to_the_log_of_the_server(house: House, session: Session) -> None:
    session.execute(delete(AuditEntry))
    for number in range(2):
        audit.note(session, "proef.gezien", subject_id=number, by=None, at=datetime.now(UTC))
    session.commit()
    session.execute(update(AuditEntry).where(AuditEntry.number == 1).values(subject_id="anders"))
    session.commit()

    with house.app.app_context(), capture_logs() as said:
        jobs.verify_audit_log()

    assert [(line["event"], line["number"]) for line in said] == [("audit_log_broken", 1)]
