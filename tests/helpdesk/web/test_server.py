import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from helpdesk.settings import PROJECT, Settings
from helpdesk.web.server import is_free, run_together

PROGRAM = """
import os, pathlib, sys, time
from helpdesk.web.server import run_together

def wait(name):
    def run():
        pathlib.Path(sys.argv[1], name).write_text(str(os.getpid()))
        time.sleep(60)
    return run

sys.exit(run_together([wait("web"), wait("jobs")]))
"""


def is_alive(pid: int) -> bool:
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(state.strip()) and not state.startswith("Z")


def wait_until(condition: Callable[[], bool]) -> bool:
    """Wait at most ten seconds until a condition holds."""
    for _ in range(200):
        if condition():
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def family(tmp_path: Path) -> tuple[subprocess.Popen[bytes], list[int]]:
    """A parent that runs two tasks together, and the ids of their processes."""
    parent = subprocess.Popen([sys.executable, "-c", PROGRAM, str(tmp_path)], cwd=PROJECT)
    assert wait_until(lambda: len(list(tmp_path.glob("*"))) == 2 and all(p.read_text() for p in tmp_path.glob("*")))
    return parent, [int(path.read_text()) for path in tmp_path.glob("*")]


class TestRunTogether:
    def test_when_one_ends_all_end_with_its_status(self) -> None:
        started = time.monotonic()

        status = run_together([lambda: time.sleep(60), lambda: sys.exit(3)])

        assert status == 3
        assert time.monotonic() - started < 30

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
    def test_being_told_to_stop_stops_all_and_is_no_failure(
        self, family: tuple[subprocess.Popen[bytes], list[int]], number: signal.Signals
    ) -> None:
        parent, children = family

        parent.send_signal(number)

        assert parent.wait(15) == 0
        assert not any(is_alive(child) for child in children)

    @pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
    def test_no_child_outlives_a_parent_that_was_killed(
        self, family: tuple[subprocess.Popen[bytes], list[int]]
    ) -> None:
        """The site once kept running, and kept its port, after the command was killed."""
        parent, children = family

        os.kill(parent.pid, signal.SIGKILL)
        parent.wait(15)

        assert wait_until(lambda: not any(is_alive(child) for child in children))


class TestIsFree:
    def test_a_port_in_use_is_seen(self, settings: Settings) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]

            assert not is_free(replace(settings, port=port))
        assert is_free(replace(settings, port=port))
