"""The audit log is one chain: what is changed, removed or added behind its back is found."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, delete, event, func, insert, select, text, update
from sqlalchemy.orm import Session

from helpdesk.core import audit, migrate
from helpdesk.core.audit import AppendOnly, AuditEntry, Broken, FreeText
from helpdesk.web.database import engine_options, prepare_sqlite
from tests.conftest import House

NOW = datetime(2026, 3, 2, 9, 0, 0, 123_456, tzinfo=UTC)


@pytest.fixture
def chained(session: Session) -> Session:
    """A log with five entries and nothing before them."""
    session.execute(delete(AuditEntry))
    for number in range(5):
        audit.note(session, "user.roles_changed", subject_id=number, by=7, at=NOW, changes={"roles": ("", "jurist")})
    session.commit()
    return session


class TestSealing:
    def test_entries_are_numbered_and_sealed_when_they_are_stored(self, chained: Session) -> None:
        entries = chained.scalars(select(AuditEntry).order_by(AuditEntry.number)).all()

        assert [entry.number for entry in entries] == [1, 2, 3, 4, 5]
        assert len({entry.seal for entry in entries}) == 5
        assert audit.verify(chained) is None

    def test_the_chain_goes_on_in_the_next_transaction(self, chained: Session) -> None:
        audit.note(chained, "advice.read", subject_id="40", by=None, at=NOW, detail="op vraag")
        chained.commit()

        assert audit.verify(chained) is None
        assert audit.read_chain(chained).entries == 6

    def test_what_was_undone_takes_no_number(self, chained: Session) -> None:
        with chained.begin_nested() as undone:
            audit.note(chained, "advice.read", subject_id="40", by=7, at=NOW)
            chained.flush()
            undone.rollback()
        audit.note(chained, "advice.read", subject_id="41", by=7, at=NOW)
        chained.commit()

        assert audit.read_chain(chained).entries == 6
        assert audit.verify(chained) is None

    def test_an_entry_of_the_previous_release_is_sealed_by_the_next(self, chained: Session) -> None:
        """While two releases run beside each other the old one seals nothing."""
        chained.execute(insert(AuditEntry).values(act="advice.read", subject_id="9", user_id=7, noted_at=NOW))
        assert audit.verify(chained) == Broken(6, chained.scalar(select(func.max(AuditEntry.id))), NO_SEAL)

        audit.note(chained, "advice.read", subject_id="10", by=7, at=NOW)
        chained.commit()

        assert audit.verify(chained) is None
        assert audit.read_chain(chained).entries == 7


NO_SEAL = "deze regel heeft geen zegel"
UNFIT = "de inhoud past niet bij het zegel"


class TestVerify:
    @pytest.mark.parametrize(
        "values",
        [
            {"act": "user.signed_in"},
            {"subject_id": "8"},
            {"user_id": None},
            {"noted_at": datetime(2026, 3, 2, 9, 0, 0, 123_457, tzinfo=UTC)},
            {"detail": "toegevoegd"},
            {"changes": {"roles": ["", "beheerder"]}},
            {"seal": "f" * 64},
        ],
        ids=lambda values: next(iter(values)),
    )
    def test_any_field_that_is_changed_is_found(self, chained: Session, values: dict[str, object]) -> None:
        chained.execute(update(AuditEntry).where(AuditEntry.number == 3).values(**values))
        chained.commit()

        broken = audit.verify(chained)

        assert broken is not None
        assert (broken.number, broken.why) == (3, UNFIT)

    def test_an_entry_that_is_removed_is_found(self, chained: Session) -> None:
        chained.execute(delete(AuditEntry).where(AuditEntry.number == 2))
        chained.commit()

        assert audit.verify(chained) == Broken(2, None, "deze regel ontbreekt")

    def test_an_entry_that_is_sealed_anew_breaks_the_one_after_it(self, chained: Session) -> None:
        """Whoever knows how seals are made has to make them all again."""
        entry = chained.scalars(select(AuditEntry).where(AuditEntry.number == 3)).one()
        before = chained.scalars(select(AuditEntry.seal).where(AuditEntry.number == 2)).one() or ""
        forged = AuditEntry(
            act="user.disabled", subject_id=entry.subject_id, user_id=7, noted_at=NOW, changes=None, number=3
        )
        seal = audit.seal_of(forged, after=before)
        chained.expunge(entry)
        chained.execute(
            update(AuditEntry).where(AuditEntry.number == 3).values(act="user.disabled", changes=None, seal=seal)
        )
        chained.commit()

        broken = audit.verify(chained)

        assert broken is not None
        assert broken.number == 4

    def test_a_log_that_was_cut_off_shows_in_the_last_seal(self, chained: Session) -> None:
        """The chain itself still holds: that is why the last seal is noted elsewhere."""
        before = audit.read_chain(chained)
        chained.execute(delete(AuditEntry).where(AuditEntry.number == 5))
        chained.commit()

        after = audit.read_chain(chained)

        assert (before.entries, after.entries) == (5, 4)
        assert before.last_seal != after.last_seal


class TestAppendOnly:
    def test_no_code_of_ours_changes_an_entry(self, chained: Session) -> None:
        entry = chained.scalars(select(AuditEntry).where(AuditEntry.number == 3)).one()
        entry.subject_id = "anders"

        with pytest.raises(AppendOnly):
            chained.flush()
        chained.rollback()

    def test_no_code_of_ours_removes_an_entry(self, chained: Session) -> None:
        chained.delete(chained.scalars(select(AuditEntry).where(AuditEntry.number == 3)).one())

        with pytest.raises(AppendOnly):
            chained.flush()
        chained.rollback()

    @pytest.mark.parametrize("words", ["een naam van iemand", "an@voorbeeld.be", "x" * 81, "eerste\ntweede"])
    def test_free_text_is_refused(self, session: Session, words: str) -> None:
        with pytest.raises(FreeText):
            audit.note(session, "proef", subject_id=1, by=1, at=NOW, changes={"roles": ("", words)})


@pytest.fixture
def engine(house: House, tmp_path: Path) -> Iterator[Engine]:
    """A database of its own for writers that really commit: an empty SQLite file, or the house on PostgreSQL."""
    if house.engine.dialect.name == "postgresql":
        yield house.engine
        with house.sessions() as session:
            session.execute(delete(AuditEntry).where(AuditEntry.act == "proef.samen"))
            session.commit()
        return
    engine = create_engine(**engine_options(f"sqlite:///{tmp_path / 'samen.sqlite'}"))
    event.listen(engine, "connect", prepare_sqlite)
    migrate.upgrade(engine)
    yield engine
    engine.dispose()


def test_writers_at_the_same_moment_make_one_chain(engine: Engine) -> None:
    """Two nodes that both took number seven would make two logs."""
    with Session(engine) as session:
        first = session.scalar(select(func.max(AuditEntry.number))) or 0

    def write(writer: int) -> None:
        for number in range(6):
            with Session(engine) as session, session.begin():
                audit.note(session, "proef.samen", subject_id=f"{writer}/{number}", by=writer, at=NOW)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))

    with Session(engine) as session:
        mine = select(AuditEntry).where(AuditEntry.act == "proef.samen").order_by(AuditEntry.number)
        entries = session.scalars(mine).all()
        assert [entry.number for entry in entries] == list(range(first + 1, first + 25))
        before = session.scalar(select(AuditEntry.seal).where(AuditEntry.number == first)) or audit.NO_SEAL
        for entry in entries:
            assert entry.seal == audit.seal_of(entry, after=before)
            before = entry.seal or ""


@pytest.mark.stored
def test_old_entries_are_sealed_by_the_migration(tmp_path: Path) -> None:
    """What was noted before there were seals is part of the chain, in the order it was noted."""
    engine = create_engine(f"sqlite:///{tmp_path / 'oud.sqlite'}")
    migrate.upgrade(engine, to="0009_visits")
    rows: list[dict[str, object]] = [
        {"act": "user.added", "subject": "1", "by": None, "at": "2026-01-05 08:00:00.000000", "detail": None},
        {"act": "advice.read", "subject": "12", "by": 1, "at": "2026-01-06 09:30:15.250000", "detail": "reden “é”"},
    ]
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO audit_entry (act, subject_id, user_id, noted_at, detail)"
                " VALUES (:act, :subject, :by, :at, :detail)"
            ),
            rows,
        )

    migrate.upgrade(engine)

    with Session(engine) as session:
        assert audit.read_chain(session).entries == 2
        assert audit.verify(session) is None
        audit.note(session, "advice.read", subject_id=13, by=1, at=NOW)
        session.commit()
        assert audit.verify(session) is None
    engine.dispose()
