"""More than one machine: two web nodes with their own folders on one PostgreSQL, and that server restarting."""

import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import psycopg
import pytest

from tests.conftest import POSTGRES
from tests.faults.site import NEW_TRAINING, PASSWORD, Site, note_training, token_of
from tests.faults.test_writing import CONFIRMED, attempt

pytestmark = pytest.mark.stored

DATABASE = "helpdesk_nodes"
EDITOR = "redacteur@voorbeeld.test"
NEW_RULING = "/redactie/uitspraken/nieuw"
A_RULING = {
    "court": "RVV",
    "decided_on": "14-03-2022",
    "language": "nl",
    "keywords": "BGV - openbare orde - art. 74/13 Vw. - verwerping",
    "outcome": "dismissed",
    "articles": "art 74/13 Vw.",
    "themes": "bgv",
    "knop": "publiceren",
}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """An empty database of its own on the server of the tests."""
    server = os.environ.get(POSTGRES, "")
    if not server:
        pytest.skip(f"no PostgreSQL: {POSTGRES} is not set")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {DATABASE}")
    yield urlsplit(server)._replace(path=f"/{DATABASE}").geturl()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")


@pytest.fixture(scope="module")
def nodes(url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Site]]:
    """Two nodes that serve, the second installed while the first was there already."""
    folder = tmp_path_factory.mktemp("nodes")
    shared = {"DATABASE_URL": url, "SECRET_KEY": "0123456789abcdef" * 4}
    first, second = (Site(folder / name, dict(shared)) for name in ("een", "twee"))
    for node in (first, second):
        node.data_dir.mkdir()
    first.install()
    first.run("users", "add", EDITOR, "--name", "Proef", "--role", "redacteur", typed=PASSWORD)
    first.start()
    second.run("init")
    second.start()
    yield first, second
    for node in (first, second):
        node.stop(signal.SIGKILL)


def found(node: Site, words: str) -> int:
    """Return how many results a search on a node has."""
    answer = httpx.get(f"{node.address}/api/v1/search", params={"q": words, "uitbreiden": "0"}, timeout=30)
    return int(answer.json()["total"])


class TestTwoNodes:
    def test_a_session_of_one_holds_on_the_other(self, nodes: tuple[Site, Site]) -> None:
        first, second = nodes

        with first.signed_in() as browser:
            answer = httpx.get(f"{second.address}/helpdesk/adviezen", cookies=dict(browser.cookies), timeout=30)

        assert answer.status_code == httpx.codes.OK

    def test_what_one_publishes_the_other_finds_at_its_next_search(
        self, nodes: tuple[Site, Site], tmp_path: Path
    ) -> None:
        """Both publish at once; afterwards both indexes equal the database, and neither is asked to rebuild."""
        first, second = nodes
        files = [tmp_path / f"{name}.jsonl" for name in ("een", "twee")]
        for number, file in enumerate(files):
            file.write_text("".join(ruling_line(1000 * number + row) for row in range(20)), encoding="utf-8")
        takers = [
            threading.Thread(target=node.run, args=("rulings", "import", str(file)))
            for node, file in zip(nodes, files, strict=True)
        ]
        for taker in takers:
            taker.start()
        for taker in takers:
            taker.join()

        assert (found(first, "kwikstaartje"), found(second, "kwikstaartje")) == (40, 40)
        for node in nodes:
            assert "van" in node.run("index", "status")

    def test_a_ruling_that_both_publish_at_the_same_moment_is_there_once(self, nodes: tuple[Site, Site]) -> None:
        """Whoever comes second is told, on a page that keeps what was typed."""
        first, second = nodes
        with first.signed_in(EDITOR) as one, second.signed_in(EDITOR) as other, ThreadPoolExecutor(2) as both:
            tokens = {browser: token_of(browser.get(NEW_RULING).text) for browser in (one, other)}
            for number in range(5):
                typed = A_RULING | {"number": f"{268_000 + number}", "summary": f"Een grutto, nummer {number}."}
                sent = [
                    both.submit(browser.post, NEW_RULING, data=typed | {"csrf_token": token})
                    for browser, token in tokens.items()
                ]
                answers = [answer.result() for answer in sent]
                refused = [answer for answer in answers if answer.status_code not in CONFIRMED]
                assert len(refused) == 1, [answer.status_code for answer in answers]
                assert refused[0].status_code < httpx.codes.INTERNAL_SERVER_ERROR
                assert typed["summary"] in refused[0].text

        assert (found(first, "grutto"), found(second, "grutto")) == (5, 5)


class TestRestart:
    def test_a_server_that_restarts_loses_nothing_that_was_confirmed(self, nodes: tuple[Site, Site], url: str) -> None:
        """Connections break in the middle of saving; the site finds the database again by itself."""
        first, second = nodes
        answers: dict[str, int] = {}
        stop = threading.Event()

        def write(node: Site) -> None:
            with node.signed_in() as browser:
                token = token_of(browser.get(NEW_TRAINING).text)
                while not stop.is_set():
                    title = f"{node.port} {len(answers)}"
                    answers[title] = attempt(browser, token, title)

        writers = [threading.Thread(target=write, args=(node,)) for node in (first, second)]
        for writer in writers:
            writer.start()
        time.sleep(1.5)
        _restart_server(url)
        time.sleep(1.5)
        stop.set()
        for writer in writers:
            writer.join()

        with psycopg.connect(url) as connection:
            stored = [title for (title,) in connection.execute("SELECT title FROM training").fetchall()]
        confirmed = {title for title, status in answers.items() if status in CONFIRMED}
        assert len(confirmed) > 20
        assert confirmed <= set(stored)
        assert len(stored) == len(set(stored))
        with first.signed_in() as browser:
            after = note_training(browser, token_of(browser.get(NEW_TRAINING).text), "Na de herstart")
        assert after.status_code in CONFIRMED


class TestThrottling:
    def test_throttling_counts_tries_on_both(self, nodes: tuple[Site, Site]) -> None:
        """Ten tries in five minutes, wherever they arrive; last, because nobody here can sign in afterwards."""
        statuses = []
        for number in range(12):
            node = nodes[number % 2]
            with httpx.Client(base_url=node.address, timeout=30) as browser:
                token = token_of(browser.get("/aanmelden").text)
                data = {"email": "niemand@voorbeeld.test", "password": "verkeerd wachtwoord", "csrf_token": token}
                statuses.append(browser.post("/aanmelden", data=data).status_code)

        assert statuses[-1] == httpx.codes.TOO_MANY_REQUESTS
        assert httpx.codes.TOO_MANY_REQUESTS not in statuses[:9]


def ruling_line(number: int) -> str:
    """Return a ruling in JSON Lines that only a test would hold."""
    return (
        f'{{"court": "RVV", "number": "{900_000 + number}", "decided_on": "2020-12-18", "language": "nl", '
        f'"keywords": "BGV – proef – verwerping", "summary": "Een kwikstaartje, nummer {number}."}}\n'
    )


def _restart_server(url: str) -> None:
    """Restart the throw-away PostgreSQL at once, as after a power cut."""
    folder = parse_qs(urlsplit(url).query).get("host", [""])[0]
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    if not folder or not programs:
        pytest.skip("the PostgreSQL of the tests is not ours to restart")
    as_owner = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 and shutil.which("runuser") else []
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off -c full_page_writes=off"
    place = ["-D", f"{folder}/data", "-l", f"{folder}/log", "-o", options]
    subprocess.run(
        [*as_owner, str(programs[-1]), "restart", "-s", "-w", "-m", "immediate", *place], check=True, cwd="/"
    )
