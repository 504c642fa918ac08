from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, inspect

from helpdesk.core import migrate


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """An empty SQLite database."""
    return create_engine(f"sqlite:///{tmp_path / 'leeg.sqlite'}")


@pytest.mark.stored
class TestUpgrade:
    def test_an_empty_database_gets_every_migration(self, engine: Engine) -> None:
        before, after = migrate.upgrade(engine)

        assert (before, after) == (None, migrate.newest())
        assert "user" in inspect(engine).get_table_names()

    def test_it_is_safe_to_repeat(self, engine: Engine) -> None:
        migrate.upgrade(engine)

        assert migrate.upgrade(engine) == (migrate.newest(), migrate.newest())

    def test_it_can_be_undone(self, engine: Engine) -> None:
        migrate.upgrade(engine)

        before, after = migrate.downgrade(engine, to="base")

        assert (before, after) == (migrate.newest(), None)
        assert inspect(engine).get_table_names() == ["alembic_version"]
