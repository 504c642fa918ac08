"""A backup that was never restored is no backup: every table is compared, on both databases and across them."""

import gzip
import io
import json
import os
import tarfile
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, MetaData, create_engine, func, inspect, select
from sqlalchemy.orm import Session

from helpdesk.core import audit, migrate
from helpdesk.core.audit import AuditEntry
from helpdesk.core.errors import Rejected
from helpdesk.operations import actions
from helpdesk.operations.rules import BackupUnreadable
from helpdesk.web.database import engine_options
from tests.conftest import House

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
PDF = b"%PDF-1.4 een uitspraak"

pytestmark = pytest.mark.stored


def rows(engine: Engine) -> Mapping[str, list[tuple[object, ...]]]:
    """Return every row of every table, moments as UTC."""
    tables = MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        return {
            table.name: sorted(
                (tuple(_comparable(value) for value in row) for row in connection.execute(select(table))), key=repr
            )
            for table in tables.sorted_tables
        }


def _comparable(value: object) -> object:
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return json.dumps(value, sort_keys=True) if isinstance(value, list | dict) else value


@dataclass
class Place:
    """A folder with uploads and room for backups."""

    folder: Path

    @property
    def uploads(self) -> Path:
        return self.folder / "uploads"

    @property
    def backup(self) -> Path:
        return self.folder / "kopie.tar.gz"

    def fresh(self, name: str = "nieuw.sqlite") -> Engine:
        """Return an engine on a SQLite file that is not there yet."""
        return create_engine(**engine_options(f"sqlite:///{self.folder / name}"))


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A place with one file handed in."""
    place = Place(tmp_path)
    (place.uploads / "ab").mkdir(parents=True)
    (place.uploads / "ab" / "abcd.pdf").write_bytes(PDF)
    return place


@pytest.fixture
def spare(house: House, place: Place) -> Iterator[Engine]:
    """An empty database of the same kind as the house's; on PostgreSQL a schema of its own."""
    if house.engine.dialect.name == "sqlite":
        yield place.fresh()
        return
    with house.engine.connect() as connection:
        connection.exec_driver_sql("DROP SCHEMA IF EXISTS spare CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA spare")
        connection.commit()
    engine = create_engine(house.engine.url, connect_args={"options": "-csearch_path=spare"})
    yield engine
    engine.dispose()
    with house.engine.connect() as connection:
        connection.exec_driver_sql("DROP SCHEMA spare CASCADE")
        connection.commit()


class TestRestore:
    def test_every_table_and_file_comes_back(self, house: House, spare: Engine, place: Place) -> None:
        manifest = actions.write_backup(house.engine, place.uploads, place.backup, now=NOW)
        before = rows(house.engine)

        actions.restore(place.backup, spare, place.folder / "terug", room=place.folder, now=NOW)

        assert rows(spare) == before
        assert manifest.rows > 1_000
        assert (place.folder / "terug" / "ab" / "abcd.pdf").read_bytes() == PDF

    def test_what_comes_next_gets_a_number_of_its_own(self, house: House, spare: Engine, place: Place) -> None:
        """PostgreSQL counts apart from its rows: without care the first new row would take the number of an old one."""
        actions.write_backup(house.engine, place.uploads, place.backup, now=NOW)
        actions.restore(place.backup, spare, place.folder / "terug", room=place.folder, now=NOW)

        with Session(spare) as session:
            newest = session.scalar(select(func.max(AuditEntry.id))) or 0
            audit.note(session, "proef", subject_id=1, by=None, at=NOW)
            session.commit()
            assert session.scalar(select(func.max(AuditEntry.id))) == newest + 1

    def test_a_backup_moves_from_one_kind_of_database_to_the_other(self, house: House, place: Place) -> None:
        """This is how one goes from SQLite to PostgreSQL, and back."""
        actions.write_backup(house.engine, place.uploads, place.backup, now=NOW)
        other = place.fresh("andere.sqlite")

        actions.restore(place.backup, other, place.folder / "terug", room=place.folder, now=NOW)

        assert rows(other) == rows(house.engine)

    def test_a_database_that_is_not_empty_is_left_alone(self, house: House, place: Place) -> None:
        """On a server there is no file to set aside."""
        if house.engine.dialect.name == "sqlite":
            pytest.skip("a SQLite file is set aside")
        actions.write_backup(house.engine, place.uploads, place.backup, now=NOW)
        before = rows(house.engine)

        with pytest.raises(Rejected, match="niet leeg"):
            actions.restore(place.backup, house.engine, place.folder / "terug", room=place.folder, now=NOW)

        assert rows(house.engine) == before

    def test_the_database_before_is_kept_beside_it(self, place: Place) -> None:
        engine = place.fresh()
        migrate.upgrade(engine)
        actions.write_backup(engine, place.uploads, place.backup, now=NOW)
        with Session(engine) as session:
            audit.note(session, "na.kopie", subject_id=1, by=None, at=NOW)
            session.commit()

        actions.restore(place.backup, engine, place.uploads, room=place.folder, now=NOW)

        kept = create_engine(f"sqlite:///{place.folder / 'nieuw.sqlite.before-20261125T120000'}")
        assert rows(engine)["audit_entry"] == []
        assert len(rows(kept)["audit_entry"]) == 1

    @pytest.mark.parametrize("damage", ["gone", "cut short", "added"])
    def test_files_that_are_missing_come_back_and_others_stay(self, place: Place, damage: str) -> None:
        """The folder of uploads may be a shared disk: it is never moved aside, and nothing handed in since is lost."""
        migrate.upgrade(engine := place.fresh())
        actions.write_backup(engine, place.uploads, place.backup, now=NOW)
        file, since = place.uploads / "ab" / "abcd.pdf", place.uploads / "ef.pdf"
        if damage != "added":
            file.write_bytes(PDF[:4])
        if damage == "gone":
            file.unlink()
        since.write_bytes(b"%PDF-1.7 later")
        before = place.uploads.stat().st_ino

        actions.restore(place.backup, engine, place.uploads, room=place.folder, now=NOW)

        assert (file.read_bytes(), since.read_bytes()) == (PDF, b"%PDF-1.7 later")
        assert place.uploads.stat().st_ino == before
        assert not list(place.uploads.rglob("*.part"))

    def test_a_backup_of_an_older_version_is_brought_up_to_date(self, place: Place) -> None:
        old = place.fresh("oud.sqlite")
        migrate.upgrade(old, to="0005_library_state")
        actions.write_backup(old, place.uploads, place.backup, now=NOW)

        actions.restore(place.backup, engine := place.fresh(), place.uploads, room=place.folder, now=NOW)

        assert "training" in inspect(engine).get_table_names()
        with engine.connect() as connection:
            assert migrate.applied(connection) == migrate.newest()


def packed(files: Mapping[str, bytes], *, kind: bytes = tarfile.REGTYPE) -> bytes:
    """Return a gzipped tar with these files."""
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w:gz") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.type = len(content), kind
            archive.addfile(entry, io.BytesIO(content))
    return whole.getvalue()


class TestDamaged:
    @pytest.fixture
    def good(self, place: Place) -> bytes:
        """The bytes of a good backup of an empty house."""
        migrate.upgrade(engine := place.fresh("bron.sqlite"))
        actions.write_backup(engine, place.uploads, place.backup, now=NOW)
        return place.backup.read_bytes()

    @pytest.mark.parametrize("damage", ["cut", "nothing", "words", "changed row", "climbing name", "link"])
    def test_what_is_no_whole_backup_changes_nothing(self, place: Place, good: bytes, damage: str) -> None:
        engine = place.fresh()
        migrate.upgrade(engine)
        changed = gzip.compress(gzip.decompress(good).replace(b'"rows": 0', b'"rows": 7'))
        place.backup.write_bytes(
            {
                "cut": good[: len(good) // 2],
                "nothing": b"",
                "words": b"geen reservekopie",
                "changed row": changed,
                "climbing name": packed({"uploads/../../elders": b"x"}),
                "link": packed({"uploads/x": b""}, kind=tarfile.SYMTYPE),
            }[damage]
        )
        before = (place.folder / "nieuw.sqlite").read_bytes()

        with pytest.raises(BackupUnreadable):
            actions.restore(place.backup, engine, place.uploads, room=place.folder, now=NOW)

        assert (place.folder / "nieuw.sqlite").read_bytes() == before
        assert (place.uploads / "ab" / "abcd.pdf").read_bytes() == PDF
        assert not list(place.folder.glob("*.restoring*"))
        assert not (place.folder.parent / "elders").exists()

    def test_a_backup_of_a_newer_version_is_refused(self, place: Place, good: bytes) -> None:
        plain = gzip.decompress(good).replace(migrate.newest().encode(), b"9" * len(migrate.newest()))
        place.backup.write_bytes(gzip.compress(plain))

        with pytest.raises(Rejected, match="nieuwere versie"):
            actions.restore(place.backup, place.fresh(), place.uploads, room=place.folder, now=NOW)


class TestWriteBackup:
    def test_only_its_owner_may_read_it(self, place: Place) -> None:
        migrate.upgrade(engine := place.fresh())

        actions.write_backup(engine, place.uploads, place.backup, now=NOW)

        assert place.backup.stat().st_mode & 0o777 == 0o600

    def test_a_full_disk_leaves_nothing_and_keeps_the_backup_of_before(
        self, place: Place, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        migrate.upgrade(engine := place.fresh())
        actions.write_backup(engine, place.uploads, place.backup, now=NOW)
        before = place.backup.read_bytes()
        monkeypatch.setattr(actions, "_pack", _no_room)

        with pytest.raises(OSError, match="No space left"):
            actions.write_backup(engine, place.uploads, place.backup, now=NOW)

        assert place.backup.read_bytes() == before
        kept = {path.name for path in place.folder.iterdir()}
        assert kept == {"kopie.tar.gz", "nieuw.sqlite", "nieuw.sqlite.migrating", "uploads"}

    def test_every_write_acknowledged_before_is_in_a_backup_made_under_load(self, place: Place) -> None:
        """The restore drill of promise 4: writers go on while the backup is made."""
        migrate.upgrade(engine := place.fresh())
        acknowledged: list[int] = []
        stop = threading.Event()

        def write() -> None:
            while not stop.is_set():
                with Session(engine) as session:
                    audit.note(session, "proef", subject_id=len(acknowledged), by=None, at=NOW)
                    session.commit()
                    acknowledged.append(1)

        writer = threading.Thread(target=write)
        writer.start()
        while len(acknowledged) < 20:
            stop.wait(0.01)
        before = len(acknowledged)
        actions.write_backup(engine, place.uploads, place.backup, now=NOW)
        stop.set()
        writer.join()

        actions.restore(place.backup, back := place.fresh("terug.sqlite"), place.uploads, room=place.folder, now=NOW)

        assert before <= len(rows(back)["audit_entry"]) <= len(acknowledged)


def _no_room(*_arguments: object) -> None:
    raise OSError(28, os.strerror(28))


class TestInUse:
    def test_a_restore_wants_to_be_alone(self, tmp_path: Path) -> None:
        """A site that serves on would write into a file nobody reads any more."""
        with (
            actions.in_use(tmp_path),
            actions.in_use(tmp_path),
            pytest.raises(actions.StillServing),
            actions.in_use(tmp_path, alone=True),
        ):
            pass

        with actions.in_use(tmp_path, alone=True):
            pass
