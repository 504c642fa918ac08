"""How long the log of the helpdesk takes with 50,000 pieces of advice of one jurist, and the query plans of its list.

Run with `make bench`. Uses the WSGI application itself, without network, on a SQLite database of its own.
Our claims: what stands beside the form answers under 100 ms, saving takes under 50 ms, the list under 100 ms.
"""

import re
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from helpdesk.accounts.queries import get_user_by_email
from helpdesk.advice import actions
from helpdesk.app import create_app
from helpdesk.cli import main as main_command
from helpdesk.core.clock import now
from helpdesk.core.roles import Role
from helpdesk.dev.demo import ACCOUNTS
from helpdesk.dev.demo_year import demo_year
from helpdesk.settings import PROJECT, Settings
from helpdesk.web.database import db_session
from helpdesk.web.services import services

HOW_MANY = 50_000
OF_ONE_THEME = "/helpdesk/adviezen?thema=gezinshereniging"
ROUNDS = 40
JURIST = next(account for account in ACCOUNTS if Role.JURIST in account.roles)
QUESTIONS = (
    "Mag de partner van een erkende vluchteling werken tijdens de aanvraag gezinshereniging?",
    "Moeder heeft een bevel om het grondgebied te verlaten gekregen, kan zij nog een 9bis aanvragen?",
    "Huwelijk in Marokko gesloten, de ambtenaar weigert de erkenning van de akte. Welk beroep is mogelijk?",
    "ocmw weigert dringende medische hulp voor iemand zonder papieren",
    "kan een student van statuut veranderen",
)
PLANS = {
    "list": "SELECT id FROM advice WHERE recorded_by_id = 1 ORDER BY given_on DESC, id DESC LIMIT 50",
    "count": "SELECT count(*) FROM advice WHERE recorded_by_id = 1",
    "caller before": "SELECT id FROM advice WHERE recorded_by_id = 1 ORDER BY recorded_at DESC, id DESC LIMIT 1",
    "drafts": "SELECT key FROM advice_draft WHERE owner_id = 1 AND advice_id IS NULL ORDER BY saved_at DESC, key",
    "changes": "SELECT advice_id FROM advice_change WHERE owner_id = 1 AND id > 10 ORDER BY id",
}


def main() -> None:
    """Print a line per act: median and 95th percentile; fail when a claim does not hold."""
    with tempfile.TemporaryDirectory() as folder:
        app = _app(Path(folder))
        client = app.test_client()
        _sign_in(client)
        page = client.get("/helpdesk/adviezen/nieuw", follow_redirects=True).text
        fields = dict(re.findall(r'name="(\w+)"[^>]*?value="([^"]*)"', page))
        print(f"{'milliseconds':40} {'median':>8} {'p95':>8}")
        held = [
            _report("beside the form while typing", 100, lambda number: _ask(client, fields, number)),
            _report("keeping a draft", 50, lambda number: _keep(client, fields, number)),
            _report("saving an advice", 50, lambda number: _save(client, fields, number)),
            _report("the form", 100, lambda _number: client.get("/helpdesk/adviezen/nieuw", follow_redirects=True)),
            _report("the list", 100, lambda _number: client.get("/helpdesk/adviezen")),
            _report("the list of one theme", 100, lambda _number: client.get(OF_ONE_THEME)),
        ]
        _print_plans(app)
    if not all(held):
        raise SystemExit("A claim does not hold.")


def _report(name: str, limit_ms: int, act: Callable[[int], object]) -> bool:
    times = []
    for number in range(ROUNDS):
        started = time.perf_counter()
        act(number)
        times.append((time.perf_counter() - started) * 1_000)
    median, worst = statistics.median(times), statistics.quantiles(times, n=20)[-1]
    print(f"{name:40} {median:8.1f} {worst:8.1f}")
    return median <= limit_ms


def _ask(client: FlaskClient, fields: dict[str, str], number: int) -> None:
    question = QUESTIONS[number % len(QUESTIONS)]
    typed = question[: len(question) - number % 7]
    assert client.post("/helpdesk/adviezen/meelezen", data=fields | {"question": typed}).status_code == 200  # noqa: PLR2004


def _keep(client: FlaskClient, fields: dict[str, str], number: int) -> None:
    typed = fields | {"question": f"{QUESTIONS[0]} {number}"}
    assert client.post("/helpdesk/adviezen/ontwerp", data=typed).status_code == 200  # noqa: PLR2004


def _save(client: FlaskClient, fields: dict[str, str], number: int) -> None:
    typed = {name: value for name, value in fields.items() if not name.startswith("draft_")} | {
        "question": f"{QUESTIONS[0]} {number}",
        "answer": "Ja, zie art. 40ter Vw. en de themapagina.",
        "main_theme": "gezinshereniging",
        "residence_situation": "4",
        "nationality": "MA",
        "outcome": "2",
        "caller_category": "1",
        "caller_sector": "1",
        "caller_region": "1",
        "channel": "1",
        "time_spent_minutes": "12",
    }
    assert client.post("/helpdesk/adviezen/nieuw", data=typed).status_code == 303  # noqa: PLR2004


def _app(folder: Path) -> Flask:
    app = create_app(
        Settings(
            data_dir=folder,
            content_dir=PROJECT / "content",
            database_url=f"sqlite:///{folder / 'helpdesk.sqlite'}",
            secret_key="only for measuring, never for real",  # noqa: S106 - a key of a database that is thrown away
            testing=True,
        )
    )
    made = app.test_cli_runner().invoke(main_command, ["demo"])
    assert made.exit_code == 0, made.output
    with app.app_context():
        session, owner = db_session(), get_user_by_email(db_session(), JURIST.email).id
        year = demo_year(services().vocabulary, recorded_by=[owner])
        wanted = HOW_MANY - len(year)
        more = [
            replace(entry, draft=replace(entry.draft, given_on=entry.draft.given_on.replace(year=2020 + turn, day=1)))
            for turn in range(5)
            for entry in year
        ]
        actions.store_past_advice(session, more[:wanted], is_demo=True, now=now())
        session.commit()
        started = time.perf_counter()
        actions.keep_all_up(session, services().settings.own_advice_dir, services().vocabulary)
        print(f"the index of {HOW_MANY} pieces of advice, built at once: {time.perf_counter() - started:.1f} s")
    return app


def _print_plans(app: Flask) -> None:
    with app.app_context():
        for name, query in PLANS.items():
            rows = db_session().execute(text(f"EXPLAIN QUERY PLAN {query}")).all()
            print(f"{name}: {'; '.join(row[3] for row in rows)}")


def _sign_in(client: FlaskClient) -> None:
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/aanmelden").text)
    assert token is not None
    typed = {"email": JURIST.email, "password": JURIST.password, "csrf_token": token[1]}
    assert client.post("/aanmelden", data=typed).status_code == 303  # noqa: PLR2004


if __name__ == "__main__":
    main()
