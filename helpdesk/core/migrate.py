"""Bring a database to the newest migration: no environment file, so a start, a command and a test do the same."""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
_ADVISORY_LOCK = 7_405_213  # any constant of ours: two nodes that start together migrate one after the other


def scripts() -> ScriptDirectory:
    """Return the migrations in the folder."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("version_locations", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


def newest() -> str:
    """Return the id of the newest migration."""
    head = scripts().get_current_head()
    if head is None:
        raise LookupError("there are no migrations")
    return head


def applied(connection: Connection) -> str | None:
    """Return the id of the last migration this database had, None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(engine: Engine, *, to: str = "head") -> tuple[str | None, str | None]:
    """Apply the migrations a database has not had; return the ids before and after. Safe to repeat."""
    return _migrate(engine, to=to, down=False)


def downgrade(engine: Engine, *, to: str) -> tuple[str | None, str | None]:
    """Undo migrations down to an id ("base" for all); return the ids before and after."""
    return _migrate(engine, to=to, down=True)


def _migrate(engine: Engine, *, to: str, down: bool) -> tuple[str | None, str | None]:
    with _one_at_a_time(engine) as connection:
        before = applied(connection)
        connection.rollback()
        context = MigrationContext.configure(
            connection, opts={"fn": _steps(to, down=down), "transaction_per_migration": True, "transactional_ddl": True}
        )
        with Operations.context(context):
            context.run_migrations()
        connection.commit()
        return before, applied(connection)


def _steps(to: str, *, down: bool) -> Callable[[str, MigrationContext], list[Any]]:
    """Return what tells Alembic which migrations to run: the functions its own commands call."""
    directory = scripts()
    find = directory._downgrade_revs if down else directory._upgrade_revs  # noqa: SLF001 - no public name exists
    return lambda revision, _context: find(to, revision)


@contextmanager
def _one_at_a_time(engine: Engine) -> Iterator[Connection]:
    """Give a connection on which only one process at a time migrates and a migration happens whole or not at all."""
    if engine.dialect.name == "sqlite":
        with _locked_file(engine), _transactional_sqlite(engine) as connection:
            yield connection
        return
    with engine.connect() as connection:
        connection.exec_driver_sql(f"SELECT pg_advisory_lock({_ADVISORY_LOCK})")
        connection.commit()
        try:
            yield connection
        finally:
            connection.rollback()
            connection.exec_driver_sql(f"SELECT pg_advisory_unlock({_ADVISORY_LOCK})")
            connection.commit()


@contextmanager
def _transactional_sqlite(engine: Engine) -> Iterator[Connection]:
    """Give a connection with real transactions around DDL, which Python's driver does not start by itself.

    Foreign keys are off: rebuilding a table must not cascade into the tables that point at it.
    """
    own = create_engine(engine.url, poolclass=NullPool, connect_args={"isolation_level": None})
    event.listen(own, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    with own.connect() as connection:
        yield connection


@contextmanager
def _locked_file(engine: Engine) -> Iterator[None]:
    """Wait until no other process migrates this file."""
    database = engine.url.database
    if not database or database == ":memory:":
        yield
        return
    with Path(f"{database}.migrating").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
