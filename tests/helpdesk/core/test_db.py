from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import create_engine, inspect, select
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from helpdesk.accounts.models import User, UserRole
from helpdesk.core.audit import AuditEntry, note
from helpdesk.core.db import NaiveMoment
from tests.conftest import NoDatabase

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class TestMoments:
    def test_a_moment_in_another_zone_comes_back_in_utc(self, session: Session) -> None:
        summer = datetime(2026, 7, 1, 0, 30, tzinfo=timezone(timedelta(hours=2)))
        note(session, "proef", subject_id=1, by=None, at=summer)
        session.commit()

        noted = session.scalars(select(AuditEntry.noted_at).where(AuditEntry.act == "proef")).one()

        assert noted == summer
        assert noted.tzinfo is UTC

    def test_a_moment_without_zone_is_refused(self, session: Session) -> None:
        note(session, "proef", subject_id=1, by=None, at=NOW.replace(tzinfo=None))

        with pytest.raises(StatementError) as refused:
            session.flush()

        assert isinstance(refused.value.orig, NaiveMoment)


class TestConstraints:
    def test_every_constraint_has_a_name(self, session: Session) -> None:
        """A violated constraint can only be turned into a message for a field when it has a name."""
        inspector = inspect(session.connection())
        unnamed = [
            (table, constraint)
            for table in inspector.get_table_names()
            if table != "alembic_version"
            for constraint in [
                *inspector.get_foreign_keys(table),
                *inspector.get_unique_constraints(table),
                *inspector.get_check_constraints(table),
            ]
            if not constraint["name"]
        ]

        assert unnamed == []

    def test_foreign_keys_are_kept(self, session: Session) -> None:
        """SQLite ignores foreign keys unless each connection asks for them."""
        session.add(UserRole(user_id=999_999, role="jurist"))

        with pytest.raises(IntegrityError):
            session.flush()


class TestPersonalData:
    def test_it_names_columns_that_exist(self) -> None:
        assert User.personal_data <= set(User.__table__.columns.keys())


class TestPlainTests:
    def test_they_have_no_database(self) -> None:
        with pytest.raises(NoDatabase), create_engine("sqlite://").connect():
            pass
