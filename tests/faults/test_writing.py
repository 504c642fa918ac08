"""What was confirmed is never lost, and nothing is stored twice: kills, a full disk, twenty writers at once."""

import os
import shutil
import signal
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tests.faults.site import NEW_TRAINING, Site, note_training, token_of

pytestmark = pytest.mark.stored

CONFIRMED = {302, 303}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of an installation with one jurist: each test works on a copy."""
    folder = tmp_path_factory.mktemp("faults") / "data"
    Site(folder).install()
    return folder


@pytest.fixture
def site(installed: Path, tmp_path: Path) -> Iterator[Site]:
    """A site on SQLite with two workers, not started yet."""
    site = Site(Path(shutil.copytree(installed, tmp_path / "data")), {"WORKERS": "2"})
    yield site
    site.stop(signal.SIGKILL)


def stored(site: Site) -> Counter[str]:
    """Return the titles of the trainings in the database, after a look at its health."""
    with closing(sqlite3.connect(site.data_dir / "helpdesk.sqlite")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return Counter(title for (title,) in database.execute("SELECT title FROM training"))


def attempt(browser: httpx.Client, token: str, title: str) -> int:
    """Send one training; return the status, 0 when the connection broke."""
    try:
        return note_training(browser, token, title).status_code
    except httpx.TransportError:
        return 0


class TestKilled:
    def test_a_worker_that_is_killed_loses_nothing_that_was_confirmed(self, site: Site) -> None:
        site.start()
        stop = threading.Event()

        def kill_now_and_then() -> None:
            while not stop.wait(0.4):
                for worker in site.workers()[:1]:
                    os.kill(worker, signal.SIGKILL)

        with site.signed_in() as browser:
            token = token_of(browser.get(NEW_TRAINING).text)
            killer = threading.Thread(target=kill_now_and_then)
            killer.start()
            answers: dict[str, int] = {}
            until = time.monotonic() + 6
            while time.monotonic() < until:
                title = f"Vorming {len(answers)}"
                answers[title] = attempt(browser, token, title)
            stop.set()
            killer.join()

        found = stored(site)
        confirmed = {title for title, status in answers.items() if status in CONFIRMED}
        assert len(confirmed) > 20
        assert confirmed <= set(found)
        assert set(found.values()) == {1}

    def test_a_server_that_is_killed_whole_comes_back_with_everything(self, site: Site) -> None:
        site.start()
        with site.signed_in() as browser:
            token = token_of(browser.get(NEW_TRAINING).text)
            confirmed = [title for title in map(str, range(15)) if attempt(browser, token, title) in CONFIRMED]
            site.stop(signal.SIGKILL)

        site.start()

        assert sorted(stored(site)) == sorted(confirmed)
        assert len(confirmed) == 15


class TestTwentyWriters:
    def test_each_is_served_or_told_to_try_again(self, site: Site) -> None:
        """Someone holds the lock of the database meanwhile: longer than a writer may wait, then not at all."""
        site.start()
        with site.signed_in() as browser:
            token = token_of(browser.get(NEW_TRAINING).text)
            with closing(sqlite3.connect(site.data_dir / "helpdesk.sqlite")) as other, ThreadPoolExecutor(20) as crowd:
                other.execute("BEGIN IMMEDIATE")
                waiting = [crowd.submit(note_training, browser, token, f"Onder slot {n}") for n in range(20)]
                time.sleep(2.5)
                other.rollback()
                answers = [answer.result() for answer in waiting]
            after = [attempt(browser, token, f"Daarna {n}") for n in range(5)]

        served = [answer for answer in answers if answer.status_code in CONFIRMED]
        refused = [answer for answer in answers if answer.status_code not in CONFIRMED]
        assert {answer.status_code for answer in refused} <= {503}
        assert all("niet bereikbaar" in answer.text and "Onder slot" in answer.text for answer in refused)
        assert set(after) <= CONFIRMED
        assert sum(stored(site).values()) == len(served) + len(after)


class TestFullDisk:
    def test_saving_fails_in_words_and_reading_goes_on(self, site: Site) -> None:
        """The database may not grow: what was typed comes back on the screen, and what was confirmed stays."""
        size = (site.data_dir / "helpdesk.sqlite").stat().st_size
        site.start(most_file_bytes=size)
        with site.signed_in() as browser:
            token = token_of(browser.get(NEW_TRAINING).text)
            answers = [note_training(browser, token, f"Vorming {n} " + "x" * 150) for n in range(200)]
            refused = [answer for answer in answers if answer.status_code not in CONFIRMED]
            reading = browser.get("/helpdesk/vormingen").status_code, browser.get("/zoeken?q=bgv").status_code

        assert refused
        assert {answer.status_code for answer in refused} == {507}
        assert all("schijf" in answer.text and "Vorming" in answer.text for answer in refused)
        assert reading == (200, 200)
        assert sum(stored(site).values()) == len(answers) - len(refused)
