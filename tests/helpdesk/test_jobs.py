"""The queue: where it may live, and which tasks run where."""

import os
from dataclasses import replace

import pytest
from flask import Flask

from helpdesk.jobs import make_queue, open_queue
from helpdesk.settings import SettingRefused, Settings
from tests.conftest import POSTGRES


def names(app: Flask, settings: Settings, *, of_node_only: bool = False) -> set[str]:
    """Return the names of the periodic tasks."""
    queue = make_queue(app, settings, of_node_only=of_node_only)
    return {task.__name__.removeprefix("queue_task_") for task in queue._registry._registry.values()}


class TestMakeQueue:
    def test_a_second_node_keeps_only_its_own_index(self, bare_app: Flask, settings: Settings) -> None:
        """What must happen once for the whole house is not done by every node."""
        alone, beside = names(bare_app, settings), names(bare_app, settings, of_node_only=True)

        assert {"follow_outbox", "leave_sign"} <= beside < alone
        assert "remove_old_text" in alone - beside


class TestOpenQueue:
    def test_redis_without_its_library_is_explained(self, settings: Settings) -> None:
        """It is no dependency: who wants it installs it."""
        with pytest.raises(SettingRefused, match="pip install redis"):
            open_queue(replace(settings, queue_url="redis://127.0.0.1:6379/0"))

    def test_a_database_that_is_not_there_is_explained(self, settings: Settings) -> None:
        with pytest.raises(SettingRefused, match="niet te bereiken"):
            open_queue(replace(settings, queue_url="postgresql://127.0.0.1:1/geen"))

    @pytest.mark.stored
    def test_what_one_machine_puts_on_postgresql_another_takes(self, settings: Settings) -> None:
        url = os.environ.get(POSTGRES, "")
        if not url:
            pytest.skip(f"no PostgreSQL: {POSTGRES} is not set")
        here, there = (open_queue(replace(settings, queue_url=url)) for _ in range(2))
        here.storage.enqueue(b"taak")

        assert there.storage.dequeue() == b"taak"
        assert here.storage.dequeue() is None
        for queue in (here, there):
            queue.storage.close()
