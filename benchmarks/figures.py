"""How long the figures take over five years of 10,341 pieces of advice each, with the indexes and plans named.

Run with `make bench`. Uses the WSGI application itself, without network, on a SQLite database of its own. Our claim: no
page of figures takes more than 300 ms.
"""

import re
import statistics
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from helpdesk.advice.actions import PastAdvice, store_past_advice
from helpdesk.app import create_app
from helpdesk.cli import main as main_command
from helpdesk.core.roles import Role
from helpdesk.dev.demo import ACCOUNTS, demo_jurists
from helpdesk.dev.demo_year import demo_year
from helpdesk.settings import PROJECT, Settings
from helpdesk.web.database import db_session
from helpdesk.web.services import services

ROUNDS = 15
LIMIT_MS = 300
EXTRA_YEARS = (2015, 2016, 2017, 2018)
FIVE_YEARS = "van=2015-01-01&tot=2019-12-31"
EXPLORE = f"/helpdesk/cijfers/verkennen?{FIVE_YEARS}"
PAGES = (
    f"/helpdesk/cijfers?{FIVE_YEARS}",
    EXPLORE,
    f"{EXPLORE}&rij=thema",
    f"{EXPLORE}&rij=thema&kolom=jaar",
    f"{EXPLORE}&rij=regio&kolom=categorie",
    f"{EXPLORE}&rij=nationaliteit&kolom=verblijf&thema=verblijfsrecht",
    f"{EXPLORE}&rij=uitkomst&kolom=maand",
    "/helpdesk/cijfers/jaarverslag/2019",
    "/helpdesk/cijfers/jaarverslag/2019/xlsx",
    "/helpdesk/cijfers/jaarverslag/2019/docx",
)
PLANS = {
    "count a code": (
        "SELECT caller_region, count(*) FROM advice WHERE given_on BETWEEN '2015-01-01' AND '2019-12-31' "
        "GROUP BY caller_region"
    ),
    "count by branch": (
        "SELECT count(*) FROM advice WHERE given_on BETWEEN '2015-01-01' AND '2019-12-31' AND id IN "
        "(SELECT advice_id FROM advice_theme WHERE node IN ('ipr', 'huwelijk'))"
    ),
    "count trainings": (
        "SELECT kind, sector, count(*), sum(participants) FROM training WHERE "
        "held_on BETWEEN '2019-01-01' AND '2019-12-31' GROUP BY kind, sector"
    ),
    "count guidance": (
        "SELECT kind, count(*) FROM guidance WHERE EXISTS (SELECT 1 FROM guidance_session WHERE guidance_id = "
        "guidance.id AND held_on BETWEEN '2019-01-01' AND '2019-12-31') GROUP BY kind"
    ),
}


def main() -> None:
    """Print a line per page, then a line per query plan."""
    with tempfile.TemporaryDirectory() as folder:
        app = _demo_app(Path(folder))
        client = app.test_client()
        _sign_in(client)
        print(f"{'milliseconds, 51 705 pieces of advice':100} {'median':>8} {'p95':>8}")
        slow = [path for path in PAGES if not _report(client, path)]
        with app.app_context():
            for name, query in PLANS.items():
                plan = db_session().execute(text(f"EXPLAIN QUERY PLAN {query}")).all()
                print(f"{name}: {'; '.join(row[3] for row in plan)}")
    if slow:
        raise SystemExit(f"Slower than {LIMIT_MS} ms: {', '.join(slow)}")


def _report(client: FlaskClient, path: str) -> bool:
    assert client.get(path).status_code == HTTPStatus.OK, path
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        client.get(path).get_data()
        times.append((time.perf_counter() - started) * 1_000)
    median = statistics.median(times)
    print(f"{path:100} {median:8.1f} {statistics.quantiles(times, n=20)[-1]:8.1f}")
    return median <= LIMIT_MS or path.endswith(("xlsx", "docx"))  # a file may take its time


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
    with app.app_context():
        for year in EXTRA_YEARS:
            store_past_advice(db_session(), _moved(year), is_demo=True, now=datetime.now(UTC))
        db_session().commit()
    return app


def _moved(year: int) -> list[PastAdvice]:
    """Return the demo year in another year; a day that year does not have is the one before."""
    entries = demo_year(services().vocabulary, recorded_by=demo_jurists(db_session()))
    return [
        replace(entry, draft=replace(entry.draft, given_on=entry.draft.given_on.replace(year=year)))
        for entry in entries
    ]


def _sign_in(client: FlaskClient) -> None:
    account = next(account for account in ACCOUNTS if Role.JURIST in account.roles)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/aanmelden").text)
    assert token is not None
    typed = {"email": account.email, "password": account.password, "csrf_token": token[1]}
    assert client.post("/aanmelden", data=typed).status_code == HTTPStatus.SEE_OTHER


if __name__ == "__main__":
    main()
