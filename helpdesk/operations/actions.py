"""Backing up and restoring: the database and the files handed in, as one file; the secrets apart.

The index, rendered pages and charts are derived and not kept: restoring makes them again.
"""

import fcntl
import gzip
import hashlib
import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

from sqlalchemy import JSON, Connection, Engine, MetaData, Table, create_engine, func, select, text
from sqlalchemy.pool import NullPool

from helpdesk.core import migrate
from helpdesk.core.errors import Rejected
from helpdesk.operations import rules
from helpdesk.operations.rules import MANIFEST, TABLES, UPLOADS, BackupUnreadable, Manifest, TableNote

ROWS_AT_ONCE = 1_000
OWNER_ONLY = 0o600
IN_USE = "in-use.lock"
_OURS = (MANIFEST, TABLES, UPLOADS)


class StillServing(Exception):
    """The site or the job runner runs on this data folder; restoring under them would lose what they write."""


def write_backup(engine: Engine, uploads: Path, target: Path, *, now: datetime) -> Manifest:
    """Write the database and the uploads to one file while the site serves, and return what it holds.

    The database is read at one moment; a file handed in after that moment may be in the backup without its row. The
    target appears whole or not at all, readable by its owner only.

    Raises:
        OSError: the disk is full or the target cannot be written; nothing is left of it.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as room:
            with _frozen(engine, Path(room)) as connection:
                migration = migrate.applied(connection) or ""
                tables = _write_tables(connection, Path(room) / TABLES)
            files = sorted(path for path in uploads.rglob("*") if path.is_file()) if uploads.is_dir() else []
            manifest = Manifest(rules.FORMAT, now.isoformat(), migration, tables, len(files))
            with _owner_only(part) as whole, gzip.open(whole, "wb", compresslevel=6) as packed:
                _pack(packed, manifest, Path(room) / TABLES, uploads, files)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return manifest


def note_backup(data_dir: Path, manifest: Manifest) -> None:
    """Note that a backup was made, so that `helpdesk doctor` can tell when the last one was."""
    note = data_dir / rules.LAST_BACKUP
    aside = note.with_suffix(".part")
    aside.write_text(json.dumps({"made_at": manifest.made_at, "rows": manifest.rows}), encoding="utf-8")
    aside.replace(note)


def write_secret(secret: str, target: Path) -> None:
    """Write the secret key to a file of its own, readable by its owner only; it never stands in a backup."""
    with _owner_only(target) as whole:
        whole.write(f"{secret}\n".encode("ascii"))


def check_backup(source: Path) -> Manifest:
    """Read a whole backup and compare it with its manifest; change nothing.

    Raises:
        BackupUnreadable: it is no backup, or not what its manifest says.
    """
    with tempfile.TemporaryDirectory(prefix="helpdesk-check-") as room:
        return _unpack(source, Path(room))


def restore(source: Path, engine: Engine, uploads: Path, *, room: Path, now: datetime) -> Manifest:
    """Put a backup in place of what is there and bring it to the newest migration; return what it held.

    Files that are missing come back first: each is named after its content, so none that is there is another. On SQLite
    the database is built beside the present one and takes its place when every table has been compared; the one before
    stays as `<file>.before-<moment>`. On PostgreSQL the database must be empty.

    Raises:
        BackupUnreadable: the file is no backup, or not what its manifest says.
        Rejected: the PostgreSQL database is not empty, or the backup comes from a newer version.
        OSError: the disk is full; what was there still is.
    """
    room.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=room, prefix=".restore-") as unpacked:
        manifest = _unpack(source, Path(unpacked))
        if manifest.migration not in {step.revision for step in migrate.scripts().walk_revisions()}:
            raise Rejected(["Deze reservekopie komt van een nieuwere versie. Werk eerst de helpdesk bij."])
        _bring_back(Path(unpacked) / UPLOADS, uploads)
        if engine.dialect.name == "sqlite":
            _restore_sqlite(engine, manifest, Path(unpacked), stamp=f"before-{now:%Y%m%dT%H%M%S}")
        else:
            _restore_server(engine, manifest, Path(unpacked))
    return manifest


@contextmanager
def in_use(data_dir: Path, *, alone: bool = False) -> Iterator[None]:
    """Tell everybody that this data folder is in use for as long as the block lasts.

    The site and the job runner share it; a restore asks to be `alone`. A process that was killed lets go by itself.

    Raises:
        StillServing: another program uses the folder and one of both wants to be alone.
    """
    with (data_dir / IN_USE).open("w") as lock:
        try:
            fcntl.flock(lock, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            raise StillServing from busy
        yield


@contextmanager
def _frozen(engine: Engine, room: Path) -> Iterator[Connection]:
    """Give a connection that sees the database at one moment and keeps no writer waiting.

    SQLite is copied first by its own backup interface: reading it row by row would hold every writer up.
    """
    if engine.dialect.name == "sqlite":
        copy = room / "copy.sqlite"
        with closing(sqlite3.connect(str(engine.url.database))) as source, closing(sqlite3.connect(copy)) as kept:
            source.backup(kept)
        engine = create_engine(f"sqlite:///{copy}", poolclass=NullPool)
        with engine.connect() as connection:
            yield connection
        copy.unlink()
        return
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        yield connection


def _tables(connection: Connection) -> list[Table]:
    """Return the tables as they are in the database, those that are pointed at first."""
    found = MetaData()
    found.reflect(connection)
    for column in (column for table in found.tables.values() for column in table.columns):
        if isinstance(column.type, JSON):
            column.type.none_as_null = True  # nothing comes back as nothing, not as the word null
    return [table for table in found.sorted_tables if rules.is_kept(table.name)]


def _write_tables(connection: Connection, folder: Path) -> dict[str, TableNote]:
    folder.mkdir()
    notes = {}
    for table in _tables(connection):
        digest, rows = hashlib.sha256(), 0
        with (folder / f"{table.name}.jsonl").open("wb") as lines:
            for line in _lines(connection, table):
                digest.update(line)
                lines.write(line)
                rows += 1
        notes[table.name] = TableNote(rows, digest.hexdigest(), [column.name for column in table.columns])
    return notes


def _lines(connection: Connection, table: Table) -> Iterator[bytes]:
    """Give the rows of a table as lines, in the order of its key."""
    query = select(table).order_by(*(table.primary_key.columns or table.columns))
    for row in connection.execute(query.execution_options(yield_per=ROWS_AT_ONCE)):
        yield f"{rules.write_row(row)}\n".encode()


def _pack(packed: gzip.GzipFile, manifest: Manifest, tables: Path, uploads: Path, files: Iterable[Path]) -> None:
    with tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        body = manifest.as_json().encode()
        entry = tarfile.TarInfo(MANIFEST)
        entry.size = len(body)
        archive.addfile(entry, io.BytesIO(body))
        for name in manifest.tables:
            archive.add(tables / f"{name}.jsonl", f"{TABLES}{name}.jsonl")
        for path in files:
            archive.add(path, f"{UPLOADS}{path.relative_to(uploads).as_posix()}")


def _unpack(source: Path, room: Path) -> Manifest:
    """Unpack a backup and compare it with its manifest."""
    try:
        with tarfile.open(source, "r|gz") as archive:
            _extract(archive, room)
        manifest = rules.read_manifest((room / MANIFEST).read_text(encoding="utf-8"))
        for name, note in manifest.tables.items():
            if hashlib.sha256((room / TABLES / f"{name}.jsonl").read_bytes()).hexdigest() != note.sha256:
                raise BackupUnreadable(f"De tabel '{name}' in de reservekopie is beschadigd; er is niets gewijzigd.")
    except (tarfile.TarError, EOFError, gzip.BadGzipFile, UnicodeDecodeError, FileNotFoundError) as broken:
        raise BackupUnreadable("Dit is geen reservekopie van de helpdesk, of ze is beschadigd.") from broken
    held = sum(path.is_file() for path in (room / UPLOADS).rglob("*")) if (room / UPLOADS).is_dir() else 0
    if held != manifest.uploads:
        raise BackupUnreadable("In de reservekopie ontbreken bestanden; er is niets gewijzigd.")
    return manifest


def _extract(archive: tarfile.TarFile, room: Path) -> None:
    """Write the files of a backup below a folder, and nothing but plain files with names a backup has."""
    for member in archive:
        path = PurePosixPath(member.name)
        if not member.isfile() or path.is_absolute() or ".." in path.parts or not member.name.startswith(_OURS):
            raise BackupUnreadable("In de reservekopie staat iets dat er niet hoort; er is niets gewijzigd.")
        target = room / path
        target.parent.mkdir(parents=True, exist_ok=True)
        content = archive.extractfile(member)
        if content is not None:
            with target.open("wb") as whole:
                shutil.copyfileobj(content, whole)


def _restore_sqlite(engine: Engine, manifest: Manifest, unpacked: Path, *, stamp: str) -> None:
    file = Path(str(engine.url.database))
    building = file.with_name(f"{file.name}.restoring")
    building.unlink(missing_ok=True)
    fresh = create_engine(f"sqlite:///{building}", poolclass=NullPool)
    try:
        _fill(fresh, manifest, unpacked)
        engine.dispose()
        if file.exists():
            _link(file, file.with_name(f"{file.name}.{stamp}"))
        with building.open("rb") as whole:
            os.fsync(whole.fileno())
        building.replace(file)
    finally:
        fresh.dispose()
        for left in (building, file.with_name(f"{building.name}.migrating")):
            left.unlink(missing_ok=True)


def _restore_server(engine: Engine, manifest: Manifest, unpacked: Path) -> None:
    with engine.connect() as connection:
        if _tables(connection):
            raise Rejected(
                ["De databank is niet leeg. Maak een nieuwe, lege databank en zet haar adres in HELPDESK_DATABASE_URL."]
            )
    try:
        _fill(engine, manifest, unpacked)
    except BaseException:
        migrate.downgrade(engine, to="base")  # empty as it was, so that one can try again
        raise


def _fill(engine: Engine, manifest: Manifest, unpacked: Path) -> None:
    """Make the tables of the backup's migration, fill them, compare them, and go on to the newest migration."""
    migrate.upgrade(engine, to=manifest.migration)
    with engine.connect() as connection, connection.begin():
        tables = _tables(connection)
        if {table.name for table in tables} != set(manifest.tables):
            raise BackupUnreadable("De tabellen van de reservekopie passen niet bij haar versie.")
        for table in reversed(tables):
            connection.execute(table.delete())
        for table in tables:
            _fill_table(connection, table, manifest.tables[table.name], unpacked / TABLES / f"{table.name}.jsonl")
        if engine.dialect.name == "sqlite" and connection.execute(text("PRAGMA foreign_key_check")).first():
            raise BackupUnreadable("De reservekopie verwijst naar rijen die er niet in staan.")
    migrate.upgrade(engine)


def _fill_table(connection: Connection, table: Table, note: TableNote, file: Path) -> None:
    types = {column.name: column.type for column in table.columns}
    batch: list[dict[str, Any]] = []
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            batch.append(rules.read_row(line, note.columns, types))
            if len(batch) == ROWS_AT_ONCE:
                connection.execute(table.insert(), batch)
                batch = []
    if batch:
        connection.execute(table.insert(), batch)
    if connection.dialect.name == "postgresql":
        _set_sequence(connection, table)
    if connection.scalar(select(func.count()).select_from(table)) != note.rows:
        raise BackupUnreadable(f"De tabel '{table.name}' kwam niet volledig terug.")


def _set_sequence(connection: Connection, table: Table) -> None:
    """Let the next row of a table get a number that is free."""
    for column in table.primary_key.columns:
        sequence = connection.scalar(select(func.pg_get_serial_sequence(f'"{table.name}"', column.name)))
        if sequence is not None:
            newest = connection.scalar(select(func.max(column)))
            connection.execute(select(func.setval(sequence, newest or 1, newest is not None)))


def _bring_back(kept: Path, uploads: Path) -> None:
    """Put the files that are missing or cut short back, each whole or not at all.

    The folder itself stays: on several web nodes it is a shared disk, which cannot be moved aside.
    """
    for file in (path for path in kept.rglob("*") if path.is_file()):
        target = uploads / file.relative_to(kept)
        if target.exists() and target.stat().st_size == file.stat().st_size:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = target.with_name(f"{target.name}.part")
        try:
            shutil.copyfile(file, aside)
            aside.replace(target)
        finally:
            aside.unlink(missing_ok=True)


def _link(file: Path, name: Path) -> None:
    """Give a file a second name, so that it stays when another takes its first."""
    name.unlink(missing_ok=True)
    name.hardlink_to(file)


@contextmanager
def _owner_only(path: Path) -> Iterator[IO[bytes]]:
    """Open a new file that only its owner may read, and see it safely on the disk."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY), "wb") as whole:
        yield whole
        whole.flush()
        os.fsync(whole.fileno())
