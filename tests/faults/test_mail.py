"""The mail server is killed in the middle of an issue and comes back: nobody twice, nobody missing, and it is told."""

import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from benchmarks import newsletter as drills
from helpdesk.accounts import actions as accounts
from helpdesk.core.roles import Role
from helpdesk.newsletters import queries
from helpdesk.newsletters.models import DeliveryState, IssueState
from helpdesk.newsletters.queries import Progress
from helpdesk.settings import PROJECT, Settings
from tests.conftest import EMAILS, settings_for
from tests.faults.site import PASSWORD, PATIENCE_SECONDS, Site
from tests.faults.test_writing import installed

__all__ = ["installed"]  # the fixture

pytestmark = pytest.mark.stored

READERS = 250
GONE = "De mailserver is niet te bereiken. De volgende poging is op"


@dataclass
class PostOffice:
    """A mail server on a port of its own, and the file in which it writes who got a letter."""

    port: int
    file: Path
    program: subprocess.Popen[bytes] | None = None

    def open(self) -> None:
        """Start it and wait until it listens."""
        command = [sys.executable, "-m", "tests.faults.post_office", str(self.port), str(self.file)]
        self.program = subprocess.Popen(command, cwd=PROJECT)
        wait_until(self.listens)

    def listens(self) -> bool:
        """Tell whether somebody answers."""
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        """End it at once, in the middle of whatever it does."""
        if self.program is not None:
            self.program.kill()
            self.program.wait()
            self.program = None

    def taken(self) -> Counter[str]:
        """Return how many letters each address got."""
        return Counter(self.file.read_text(encoding="utf-8").split())


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.fixture
def post(tmp_path: Path) -> Iterator[PostOffice]:
    """A mail server that was not started yet."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    post = PostOffice(port, tmp_path / "taken.txt")
    post.file.touch()
    yield post
    post.kill()


@pytest.fixture
def site(installed: Path, tmp_path: Path, post: PostOffice) -> Iterator[Site]:
    """A site that sends over it, not started yet."""
    settings = {"SMTP_URL": f"smtp://127.0.0.1:{post.port}", "NEWSLETTER_PER_MINUTE": "0"}
    site = Site(Path(shutil.copytree(installed, tmp_path / "data")), settings)
    yield site
    site.stop(signal.SIGTERM)


def sending(settings: Settings, issue_id: int) -> tuple[str, Progress]:
    """Return the state of the issue, and how many copies are in each state."""
    engine = create_engine(settings.database_url)
    with Session(engine) as session:
        found = queries.get_issue(session, issue_id).state, queries.progress_of(session, issue_id)
    engine.dispose()
    return found


def test_nobody_twice_nobody_missing_and_the_editor_knows(site: Site, post: PostOffice) -> None:
    settings = settings_for(site.data_dir)
    issue_id = drills.prepare(settings, READERS, special=False)
    engine = create_engine(settings.database_url)
    with Session(engine) as session:
        accounts.add_user(
            session,
            email=EMAILS[Role.EDITOR],
            display_name="Proef",
            password=PASSWORD,
            roles=[Role.EDITOR],
            now=datetime.now(UTC),
        )
        session.commit()
    engine.dispose()

    post.open()
    site.start("--with-worker")
    wait_until(lambda: post.taken().total() > READERS // 5)
    post.kill()
    with site.signed_in(EMAILS[Role.EDITOR]) as browser:
        progress = f"/redactie/nieuwsbrief/{issue_id}/verzending"
        wait_until(lambda: GONE in browser.get(progress).text)
        state, _ = sending(settings, issue_id)
        post.open()
        wait_until(lambda: sending(settings, issue_id)[0] == IssueState.SENT)
        told = browser.get(progress).text

    assert state == IssueState.SENDING
    _, copies = sending(settings, issue_id)
    taken = post.taken()
    assert set(taken.values()) == {1}
    assert len(taken) == READERS
    assert copies[DeliveryState.SENT] + copies[DeliveryState.UNKNOWN] == READERS
    assert copies[DeliveryState.UNKNOWN] <= 1  # the one letter whose answer was lost
    assert GONE not in told
    assert f"{READERS} van {READERS} brieven afgehandeld" in told
    assert ("Misschien aangekomen" in told) == bool(copies[DeliveryState.UNKNOWN])
