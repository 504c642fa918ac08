"""What the job runner wakes for accounts and the log."""

from datetime import UTC, datetime

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
from tests.conftest import EMAILS, House


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
