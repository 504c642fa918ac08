"""How long each kind of page takes on one core with the shipped content, beside a bare Flask page of the same size.

Run with `make bench`. Uses the WSGI application itself, without network, on a database of its own.
Our claim: no page takes more than 150 ms.
"""

import re
import statistics
import tempfile
import time
from http import HTTPStatus
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from helpdesk.app import create_app
from helpdesk.cli import main as main_command
from helpdesk.core.roles import Role
from helpdesk.dev.demo import ACCOUNTS
from helpdesk.settings import PROJECT, Settings

ROUNDS = 30
LIMIT_MS = 150
PUBLIC = (
    "/",
    "/themas",
    "/themas/verblijfsrecht",
    "/themas/verblijfsrecht/gezinshereniging/gh-belg",
    "/nieuws",
    "/nieuws/veilig-land-verzoeker-en-rechter-moeten-bronnen-kennen",
    "/lexicon",
    "/lexicon/bgv",
    "/rechtspraak",
    "/rechtspraak/hvj-2018-05-08-c-82-16",
    "/zoeken?q=gezinshereniging",
    "/zoeken?q=246.433",
    "/zoeken?q=bevel om het grondgebied te verlaten&soort=rechtspraak",
    "/zoeken?q=xyzzyq kwakkel",
    "/bestaat/niet",
    "/sitemap.xml",
    "/nieuws/atom.xml",
)
DESK = (
    "/helpdesk/adviezen/nieuw",
    "/helpdesk/adviezen?van=2019-01-01&tot=2019-12-31",
    "/helpdesk/cijfers?van=2019-01-01&tot=2019-12-31",
)


def main() -> None:
    """Print a line per page: median, 95th percentile and the ratio to the bare page."""
    with tempfile.TemporaryDirectory() as folder:
        app = _demo_app(Path(folder))
        client = app.test_client()
        bare = _measure(_bare_app().test_client(), "/")
        print(f"{'milliseconds':60} {'median':>8} {'p95':>8} {'x bare':>8}")
        print(f"{'a bare Flask page of 10 kB':60} {bare[0]:8.2f} {bare[1]:8.2f} {1:8.1f}")
        slow = [path for path in PUBLIC if not _report(client, path, bare[0])]
        _sign_in(client)
        slow += [path for path in DESK if not _report(client, path, bare[0])]
    if slow:
        raise SystemExit(f"Slower than {LIMIT_MS} ms: {', '.join(slow)}")


def _report(client: FlaskClient, path: str, bare: float) -> bool:
    median, worst = _measure(client, path)
    print(f"{path:60} {median:8.2f} {worst:8.2f} {median / bare:8.1f}")
    return median <= LIMIT_MS


def _measure(client: FlaskClient, path: str) -> tuple[float, float]:
    client.get(path)
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        client.get(path).get_data()
        times.append((time.perf_counter() - started) * 1_000)
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]


def _demo_app(folder: Path) -> Flask:
    app = create_app(
        Settings(
            data_dir=folder,
            content_dir=PROJECT / "content",
            database_url=f"sqlite:///{folder / 'helpdesk.sqlite'}",
            secret_key="only for measuring",  # noqa: S106 - a key of a database that is thrown away
            testing=True,
        )
    )
    made = app.test_cli_runner().invoke(main_command, ["demo"])
    assert made.exit_code == 0, made.output
    return app


def _sign_in(client: FlaskClient) -> None:
    account = next(account for account in ACCOUNTS if Role.JURIST in account.roles)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/aanmelden").text)
    assert token is not None
    typed = {"email": account.email, "password": account.password, "csrf_token": token[1]}
    assert client.post("/aanmelden", data=typed).status_code == HTTPStatus.SEE_OTHER


def _bare_app() -> Flask:
    app = Flask("bare")
    app.add_url_rule("/", "page", lambda: "x" * 10_000)
    return app


if __name__ == "__main__":
    main()
