"""The site as a real program: started, visited, killed and started again, in a data folder of its own."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from helpdesk.settings import PROJECT
from tests.helpdesk.activities.examples import training_values

EMAIL = "jurist@voorbeeld.test"
PASSWORD = "een lang proefwachtwoord"
PATIENCE_SECONDS = 90
NEW_TRAINING = "/helpdesk/vormingen/nieuw"
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass
class Site:
    """One installation. `settings` are further settings, without their prefix; `clock_off_seconds` sets its clock."""

    data_dir: Path
    settings: dict[str, str] = field(default_factory=dict)
    port: int = 0
    clock_off_seconds: int = 0
    program: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        """Choose a free port, and make a library of lists only: no fault depends on the texts."""
        lists = self.data_dir.parent / "content" / "lijsten"
        lists.parent.mkdir(exist_ok=True)
        if not lists.exists():
            lists.symlink_to(PROJECT / "content" / "lijsten")
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]

    @property
    def address(self) -> str:
        """Where the site is visited."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """The environment its programs run in."""
        content = str(self.data_dir.parent / "content")
        given = {"DATA_DIR": str(self.data_dir), "CONTENT_DIR": content, "PORT": str(self.port), **self.settings}
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("HELPDESK_")},
            **{f"HELPDESK_{name}": value for name, value in given.items()},
            "PYTHONPATH": str(PROJECT),
        }

    @property
    def command(self) -> list[str]:
        """What starts a command of the product, with the clock as it stands there."""
        if self.clock_off_seconds:
            return [sys.executable, "-m", "tests.faults.clock", str(self.clock_off_seconds)]
        return [sys.executable, "-m", "helpdesk"]

    def run(self, *words: str, typed: str = "", expect: int = 0) -> str:
        """Run one command to its end and return what it said."""
        done = subprocess.run(
            [*self.command, *words],
            env=self.environment,
            cwd=PROJECT,
            input=typed,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == expect, done.stdout + done.stderr
        return done.stdout

    def install(self) -> None:
        """Make the database and one jurist."""
        self.run("init")
        self.run("users", "add", EMAIL, "--name", "Proef", "--role", "jurist", typed=PASSWORD)

    def start(self, *options: str, most_file_bytes: int | None = None) -> None:
        """Serve until stopped; `most_file_bytes` lets every file it writes end there, as a full disk does."""
        command = [*self.command, "serve", *options]
        if most_file_bytes is not None:
            command = ["prlimit", f"--fsize={most_file_bytes}", *command]
        self.program = subprocess.Popen(command, env=self.environment, cwd=PROJECT, stderr=subprocess.DEVNULL)
        self.wait_until_it_answers()

    def wait_until_it_answers(self) -> None:
        """Wait until the site is healthy."""
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            try:
                if httpx.get(f"{self.address}/gezond", timeout=5).status_code == httpx.codes.OK:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.05)
        raise TimeoutError(f"no answer from {self.address}")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Stop the site; with SIGKILL its workers end with it."""
        if self.program is not None:
            self.program.send_signal(number)
            self.program.wait(30)
            self.program = None

    def workers(self) -> list[int]:
        """Return the ids of the processes that answer requests: the children of gunicorn, the child of the command."""
        assert self.program is not None
        return [worker for server in _children(self.program.pid) for worker in _children(server)]

    @contextmanager
    def signed_in(self, email: str = EMAIL) -> Iterator[httpx.Client]:
        """Give a browser in which the jurist, or another colleague, is signed in."""
        with httpx.Client(base_url=self.address, timeout=30, follow_redirects=False) as browser:
            answer = try_to_sign_in(browser, email, PASSWORD)
            assert answer.status_code in {302, 303}, answer.text
            yield browser


def try_to_sign_in(browser: httpx.Client, email: str, password: str) -> httpx.Response:
    """Send the form of signing in."""
    token = token_of(browser.get("/aanmelden").text)
    return browser.post("/aanmelden", data={"email": email, "password": password, "csrf_token": token})


def token_of(page: str) -> str:
    """Return the token of the form on a page."""
    found = _TOKEN.search(page)
    assert found, page[:500]
    return found[1]


def note_training(browser: httpx.Client, token: str, title: str) -> httpx.Response:
    """Send the form of a training, as a colleague who filled it in does."""
    return browser.post(NEW_TRAINING, data={**training_values(title=title), "csrf_token": token})


def _children(process_id: int) -> list[int]:
    listed = subprocess.run(["pgrep", "-P", str(process_id)], capture_output=True, text=True, check=False).stdout
    return [int(line) for line in listed.split()]
