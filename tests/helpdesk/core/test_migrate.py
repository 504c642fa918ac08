from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.operations import Operations
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


@pytest.mark.stored
class TestInterrupted:
    def test_a_migration_that_fails_leaves_nothing_of_itself_and_can_be_tried_again(
        self, engine: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Python's SQLite driver starts no transaction around DDL: half a migration could never be resumed."""
        real = Operations.create_index

        def fails(operations: Operations, name: str, *arguments: object, **options: object) -> None:
            if name == "ix_text_theme_node":
                raise OSError("disk full")
            real(operations, name, *arguments, **options)  # type: ignore[arg-type]

        monkeypatch.setattr(Operations, "create_index", fails)
        with pytest.raises(OSError, match="disk full"):
            migrate.upgrade(engine)
        assert "text_theme" not in inspect(engine).get_table_names()
        monkeypatch.undo()

        assert migrate.upgrade(engine) == ("0002_rulings", migrate.newest())

    def test_two_at_once_wait_for_each_other(self, engine: Engine) -> None:
        """Two nodes, or a start and a command, that come at the same moment."""
        others = [create_engine(engine.url) for _ in range(3)]
        with ThreadPoolExecutor() as pool:
            ends = {after for _, after in pool.map(migrate.upgrade, others)}

        assert ends == {migrate.newest()}
