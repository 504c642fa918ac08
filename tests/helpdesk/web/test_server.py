import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
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


def lists_only(folder: Path) -> Path:
    """Return a library of lists without texts, which is installed in seconds."""
    lists = folder / "content" / "lijsten"
    lists.parent.mkdir()
    lists.symlink_to(PROJECT / "content" / "lijsten")
    return lists.parent


def wait_until(condition: Callable[[], bool]) -> bool:
    """Wait at most a minute until a condition holds."""
    for _ in range(1_200):
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


LISTENING = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.set_inheritable(3, True)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")
os.execv(sys.executable, [sys.executable, "-m", "helpdesk", "serve"])
"""


@pytest.mark.stored
class TestSockets:
    def test_no_visitor_is_refused_while_the_site_restarts(self, tmp_path: Path) -> None:
        """Promise 10: systemd holds the socket, so who comes during an upgrade waits a moment instead of failing."""
        environment = {
            **os.environ,
            "HELPDESK_DATA_DIR": str(tmp_path),
            "HELPDESK_CONTENT_DIR": str(lists_only(tmp_path)),
            "PYTHONPATH": str(PROJECT),
        }
        subprocess.run([sys.executable, "-m", "helpdesk", "init"], env=environment, check=True, capture_output=True)
        with socket.create_server(("127.0.0.1", 0)) as listening:
            command = [sys.executable, "-c", LISTENING, str(listening.fileno())]
            address = f"http://127.0.0.1:{listening.getsockname()[1]}/gezond"

            def start() -> subprocess.Popen[bytes]:
                return subprocess.Popen(command, env=environment, pass_fds=[listening.fileno()], cwd=PROJECT)

            statuses: list[int] = []
            stop = threading.Event()

            def visit() -> None:
                while not stop.is_set():
                    with urllib.request.urlopen(address, timeout=60) as answer:
                        statuses.append(answer.status)

            first = start()
            visitors = [threading.Thread(target=visit) for _ in range(4)]
            for visitor in visitors:
                visitor.start()
            assert wait_until(lambda: len(statuses) > 20)

            first.send_signal(signal.SIGTERM)
            assert first.wait(15) == 0
            before = len(statuses)
            second = start()
            assert wait_until(lambda: len(statuses) > before + 50)

            stop.set()
            for visitor in visitors:
                visitor.join(60)
            second.send_signal(signal.SIGTERM)
            assert second.wait(15) == 0
        assert set(statuses) == {200}
