from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from helpdesk.core import outbox
from tests.conftest import House

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class TestOutbox:
    def test_what_was_announced_after_a_number_comes_back_in_order(self, session: Session) -> None:
        """An index that was down catches up from the last number it has seen."""
        seen = outbox.last_entry(session)

        outbox.announce(session, ["thema/gh-belg", "nieuws/nieuw"], at=NOW)
        session.flush()

        assert [entry.document_id for entry in outbox.entries_after(session, seen)] == ["thema/gh-belg", "nieuws/nieuw"]
        assert outbox.last_entry(session) > seen

    def test_one_who_has_seen_all_gets_nothing(self, session: Session) -> None:
        outbox.announce(session, ["thema/gh-belg"], at=NOW)
        session.flush()

        assert outbox.entries_after(session, outbox.last_entry(session)) == []

    def test_a_long_backlog_comes_in_parts(self, session: Session) -> None:
        seen = outbox.last_entry(session)
        outbox.announce(session, ["a", "b", "c"], at=NOW)
        session.flush()

        first = outbox.entries_after(session, seen, limit=2)
        rest = outbox.entries_after(session, first[-1].id, limit=2)

        assert [entry.document_id for entry in first + rest] == ["a", "b", "c"]

    def test_the_moment_comes_back_in_utc(self, session: Session) -> None:
        seen = outbox.last_entry(session)
        outbox.announce(session, ["a"], at=NOW)
        session.commit()

        assert outbox.entries_after(session, seen)[0].noted_at == NOW


class TestOrderOfCommit:
    def test_a_number_is_handed_out_only_when_the_smaller_ones_are_stored(self, house: House, session: Session) -> None:
        """A follower that saw n+1 before n was committed would never see n: a withdrawn ruling stayed searchable."""
        if session.get_bind().dialect.name != "postgresql":
            pytest.skip("SQLite has one writer at a time")
        with Session(house.engine.engine) as first, Session(house.engine.engine) as second:
            outbox.announce(first, ["eerste"], at=NOW)
            first.flush()
            second.execute(text("SET LOCAL lock_timeout = '200ms'"))

            with pytest.raises(OperationalError):
                outbox.announce(second, ["tweede"], at=NOW)

            first.rollback()
            second.rollback()
