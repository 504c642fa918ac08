"""The clock is set back an hour: what was written stays, is found and is added to, and the doctor tells."""

import shutil
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tests.faults.site import EMAIL, NEW_TRAINING, Site, note_training, token_of, try_to_sign_in
from tests.faults.test_nodes import found, ruling_line
from tests.faults.test_writing import CONFIRMED, installed
from tests.helpdesk.activities.examples import training_values

__all__ = ["installed"]  # the fixture

pytestmark = pytest.mark.stored

AN_HOUR = 3_600


@pytest.fixture
def site(installed: Path, tmp_path: Path) -> Iterator[Site]:
    """A site on SQLite, not started yet."""
    site = Site(Path(shutil.copytree(installed, tmp_path / "data")))
    yield site
    site.stop(signal.SIGKILL)


def titles(site: Site) -> list[str]:
    """Return the titles of the trainings in the order in which they were noted, after a look at the database."""
    with closing(sqlite3.connect(site.data_dir / "helpdesk.sqlite")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return [title for (title,) in database.execute("SELECT title FROM training ORDER BY id")]


def test_nothing_is_lost_and_work_goes_on(site: Site, tmp_path: Path) -> None:
    """Work at ten, then it is nine again: the same database, the same browser, a form that was open meanwhile."""
    for number in range(2):
        (tmp_path / f"{number}.jsonl").write_text(ruling_line(number), encoding="utf-8")
    site.run("rulings", "import", str(tmp_path / "0.jsonl"))
    site.start()
    with site.signed_in() as browser:
        token = token_of(browser.get(NEW_TRAINING).text)
        assert note_training(browser, token, "Om tien uur").status_code in CONFIRMED
        site.stop()

        site.clock_off_seconds = -AN_HOUR
        site.start()
        refused = note_training(browser, token, "Nog eens om negen uur")
    with site.signed_in() as browser:
        token = token_of(browser.get(NEW_TRAINING).text)
        later = note_training(browser, token, "Opnieuw om negen uur")
        changed = browser.post(
            "/helpdesk/vormingen/1", data={**training_values(title="Om tien uur, verbeterd"), "csrf_token": token}
        )
        listed = browser.get("/helpdesk/vormingen?jaar=2026").text
    site.run("rulings", "import", str(tmp_path / "1.jsonl"))

    # a cookie of an hour that has yet to come is not believed: sign in again, and nothing typed is gone
    assert refused.status_code == httpx.codes.BAD_REQUEST
    assert "Nog eens om negen uur" in refused.text
    assert {later.status_code, changed.status_code} <= CONFIRMED
    assert titles(site) == ["Om tien uur, verbeterd", "Opnieuw om negen uur"]
    assert all(title in listed for title in titles(site))
    assert found(site, "kwikstaartje") == 2
    told = site.run("doctor", expect=1)
    assert [line.split()[1] for line in told.splitlines() if line.startswith("FOUT")] == ["klok"]
    assert "de keten is heel" in told


def test_who_failed_to_sign_in_before_is_not_kept_out_until_that_hour_comes_again(site: Site) -> None:
    site.start()
    with httpx.Client(base_url=site.address, timeout=30) as browser:
        statuses = [try_to_sign_in(browser, EMAIL, "verkeerd wachtwoord").status_code for _ in range(11)]
    site.stop()
    assert statuses[-1] == httpx.codes.TOO_MANY_REQUESTS

    site.clock_off_seconds = -AN_HOUR
    site.start()

    with site.signed_in() as browser:
        assert browser.get("/helpdesk/vormingen").status_code == httpx.codes.OK
