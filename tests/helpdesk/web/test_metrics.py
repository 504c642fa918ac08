"""Counters for a monitor: read on this machine only, and silent about who asked what."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from helpdesk.settings import PROJECT
from tests.helpdesk.web.test_server import lists_only, wait_until
from tests.pageclient import Visitor


def count_of(text: str, route: str) -> int:
    """Return how many requests of a route were answered."""
    return sum(int(float(found)) for found in re.findall(rf'requests_total{{[^}}]*route="{route}"[^}}]*}} (\S+)', text))


@pytest.mark.stored
class TestMetrics:
    def test_requests_are_counted_by_route_and_words_are_not(self, as_visitor: Visitor) -> None:
        before = count_of(as_visitor.fetch("/metrics").get_data(as_text=True), "public.search")

        as_visitor.fetch("/zoeken?q=mijn+geheime+vraag")
        after = as_visitor.fetch("/metrics").get_data(as_text=True)

        assert count_of(after, "public.search") == before + 1
        assert "geheime" not in after
        assert "helpdesk_index_lag 0.0" in after

    @pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
    def test_through_a_proxy_there_is_no_such_page(self, as_visitor: Visitor, header: str) -> None:
        """A proxy on the same machine must not show the counters to the world."""
        assert as_visitor.fetch("/metrics", headers={header: "203.0.113.9"}).status_code == 404

    def test_from_elsewhere_there_is_no_such_page(self, as_visitor: Visitor) -> None:
        answer = as_visitor.fetch("/metrics", environ_overrides={"REMOTE_ADDR": "203.0.113.9"})

        assert answer.status_code == 404

    def test_processes_are_added_up(self, tmp_path: Path) -> None:
        """With two workers every request counts, whichever of them answers the page of counters."""
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        environment = {
            **os.environ,
            "HELPDESK_DATA_DIR": str(tmp_path),
            "HELPDESK_PORT": str(port),
            "HELPDESK_WORKERS": "2",
            "HELPDESK_CONTENT_DIR": str(lists_only(tmp_path)),
            "PYTHONPATH": str(PROJECT),
        }
        subprocess.run([sys.executable, "-m", "helpdesk", "init"], env=environment, check=True, capture_output=True)
        server = subprocess.Popen([sys.executable, "-m", "helpdesk", "serve"], env=environment, cwd=PROJECT)

        def read(path: str) -> str:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
                return str(answer.read().decode())

        def answers() -> bool:
            try:
                return bool(read("/gezond"))
            except OSError:
                return False

        try:
            assert wait_until(answers)
            for _ in range(30):
                read("/robots.txt")
            assert {count_of(read("/metrics"), "public.guide_robots") for _ in range(6)} == {30}
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(15)
