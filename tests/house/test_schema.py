"""Models and migrations say the same, on every database we support."""

import os
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Engine, create_engine, inspect, text

from helpdesk.core import migrate
from helpdesk.core.db import Base
from helpdesk.core.frontmatter import checksum
from helpdesk.settings import PROJECT
from tests.conftest import POSTGRES

pytestmark = pytest.mark.stored

SCHEMA = "migrations_under_test"


def import_all_tables() -> None:
    """Import every module that declares tables, so that the metadata is complete."""
    for models in sorted((PROJECT / "helpdesk").glob("*/models.py")):
        import_module(f"helpdesk.{models.parent.name}.models")
    for core in ("audit", "outbox"):
        import_module(f"helpdesk.core.{core}")


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database; on PostgreSQL an empty schema beside the one of the other tests."""
    if request.param == "sqlite":
        engine = create_engine(f"sqlite:///{tmp_path / 'leeg.sqlite'}")
        yield engine
        engine.dispose()
        return
    url = os.environ.get(POSTGRES, "").replace("postgresql://", "postgresql+psycopg://", 1)
    if not url:
        pytest.skip(f"no PostgreSQL: {POSTGRES} is not set")
    engine = create_engine(url, connect_args={"options": f"-csearch_path={SCHEMA}"})
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"))
        connection.execute(text(f"CREATE SCHEMA {SCHEMA}"))
    yield engine
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {SCHEMA} CASCADE"))
    engine.dispose()


def test_models_equal_migrations(engine: Engine) -> None:
    """Whoever changes a model writes the migration with it."""
    import_all_tables()
    migrate.upgrade(engine)

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, Base.metadata)

    assert differences == []


def test_every_constraint_has_the_name_the_models_give_it(engine: Engine) -> None:
    """Comparing metadata does not look at check constraints; a lost one would let wrong rows in."""
    import_all_tables()
    migrate.upgrade(engine)
    inspector = inspect(engine)

    stored = {
        (table, str(check["name"]))
        for table in Base.metadata.tables
        for check in inspector.get_check_constraints(table)
    }
    declared = {
        (name, str(constraint.name))
        for name, table in Base.metadata.tables.items()
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    }

    assert stored == declared


def test_migrations_go_down_and_up_again(engine: Engine) -> None:
    """A release that fails must be able to go back; each step leaves nothing behind."""
    migrate.upgrade(engine)
    migrate.downgrade(engine, to="base")

    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}

    migrate.upgrade(engine)

    assert set(inspect(engine).get_table_names()) >= {"user", "ruling", "text"}


def test_each_migration_can_be_undone_by_itself(engine: Engine) -> None:
    steps = [script.revision for script in migrate.scripts().walk_revisions()][::-1]

    for before, step in zip([None, *steps], steps, strict=False):
        migrate.upgrade(engine, to=step)
        migrate.downgrade(engine, to=before or "base")
        migrate.upgrade(engine, to=step)

    with engine.connect() as connection:
        assert migrate.applied(connection) == steps[-1]


def test_current_names_the_newest_migration() -> None:
    """Two branches that both add a migration collide in git on this file."""
    assert (migrate.MIGRATIONS / "CURRENT").read_text(encoding="ascii").strip() == migrate.newest()


def test_migrations_import_nothing_of_ours() -> None:
    """Models change, history must not."""
    importing = [
        script.name
        for script in migrate.MIGRATIONS.glob("*.py")
        if any(
            ours in script.read_text(encoding="utf-8") for ours in ("import helpdesk", "from helpdesk", "jurisprudence")
        )
    ]

    assert importing == []


def test_every_migration_says_why() -> None:
    silent = [script.revision for script in migrate.scripts().walk_revisions() if not script.doc]

    assert silent == []


def test_rulings_of_before_they_could_be_edited_keep_their_place(engine: Engine) -> None:
    """Those from content/ get the checksum of their file, so that the next import does not take them for edited."""
    migrate.upgrade(engine, to="0005_library_state")
    rows: list[dict[str, str | None]] = [
        {"slug": "a", "source": "---\n", "published": "2026-11-01 12:00:00+00:00"},
        {"slug": "b", "source": "---\n", "published": None},  # an import withdrew it
        {"slug": "c", "source": None, "published": "2026-11-01 12:00:00+00:00"},
    ]
    with engine.begin() as connection:
        for row in rows:
            connection.execute(
                text(
                    "INSERT INTO ruling (slug, court, number, number_normal, role_numbers, decided_on, language,"
                    " keywords, summary, sources, unverified, published_at, updated_at, content_source) VALUES"
                    " (:slug, 'RVV', :slug, :slug, '[]', '2022-02-28', 'nl', '', '', '[]', '[]', :published,"
                    " '2026-11-01 12:00:00+00:00', :source)"
                ),
                row,
            )

    migrate.upgrade(engine)

    read = text("SELECT imported_checksum, withdrawn_reason, revision FROM ruling ORDER BY slug")
    with engine.connect() as connection:
        kept = [tuple(row) for row in connection.execute(read)]
    assert kept == [
        (checksum("---\n"), None, 1),
        (None, "Deze uitspraak staat niet meer in de databank.", 1),
        (None, None, 1),
    ]
