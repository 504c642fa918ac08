"""Bring a database to the newest migration: no environment file, so a start, a command and a test do the same."""

from pathlib import Path

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

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
    directory = scripts()
    with engine.connect() as connection:
        before = applied(connection)
        connection.rollback()
        context = MigrationContext.configure(
            connection,
            opts={
                "fn": lambda revision, _context: (
                    directory._downgrade_revs(to, revision)  # noqa: SLF001 - what Alembic's own commands call
                    if down
                    else directory._upgrade_revs(to, revision)  # noqa: SLF001 - what Alembic's own commands call
                ),
                "transaction_per_migration": True,
            },
        )
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_lock({_ADVISORY_LOCK})")
            connection.commit()
        with Operations.context(context):
            context.run_migrations()
        connection.commit()
        after = applied(connection)
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_unlock({_ADVISORY_LOCK})")
            connection.commit()
    return before, after
