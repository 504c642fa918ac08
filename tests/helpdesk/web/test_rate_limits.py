from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from helpdesk.app import create_app
from helpdesk.core import migrate
from helpdesk.web import rate_limits
from helpdesk.web.database import database_engine
from helpdesk.web.rate_limits import COSTS, Buckets
from tests.addresses import rules_of
from tests.conftest import settings_for
from tests.pageclient_checks import check_page, parse

ELSEWHERE = {"REMOTE_ADDR": "203.0.113.7"}
OTHER = {"REMOTE_ADDR": "203.0.113.8"}
POINTS = 6


@pytest.fixture
def visitors(tmp_path: Path) -> FlaskClient:
    """Visitors of a site where each source has six points a minute: three searches."""
    app = create_app(replace(settings_for(tmp_path), rate_points_per_minute=POINTS))
    with app.app_context():
        migrate.upgrade(database_engine())
    return app.test_client()


def use_up(visitors: FlaskClient, path: str = "/zoeken?q=visum") -> None:
    for _ in range(POINTS // 2):
        assert visitors.get(path, environ_base=ELSEWHERE).status_code != 429


class TestBuckets:
    def test_a_source_that_waits_may_ask_again(self) -> None:
        moment = [100.0]
        buckets = Buckets(60, clock=lambda: moment[0])

        assert buckets.take("203.0.113.7", 60) == 0
        assert buckets.take("203.0.113.7", 5) == 5
        moment[0] += 5
        assert buckets.take("203.0.113.7", 5) == 0

    def test_who_waits_longer_gets_no_more_than_a_full_bucket(self) -> None:
        moment = [100.0]
        buckets = Buckets(60, clock=lambda: moment[0])
        buckets.take("203.0.113.7", 1)
        moment[0] += 86_400

        assert buckets.take("203.0.113.7", 60) == 0
        assert buckets.take("203.0.113.7", 1) == 1

    def test_being_refused_costs_nothing(self) -> None:
        """Somebody whose browser keeps trying must not wait forever."""
        buckets = Buckets(60, clock=lambda: 100.0)
        buckets.take("203.0.113.7", 59)

        assert [buckets.take("203.0.113.7", 3) for _ in range(5)] == [2] * 5
        assert buckets.take("203.0.113.7", 1) == 0

    @pytest.mark.parametrize(
        ("one", "other"),
        [("2001:db8::1", "2001:db8::ffff"), ("::ffff:203.0.113.7", "203.0.113.7"), ("geen adres", "geen adres")],
    )
    def test_addresses_of_one_connection_are_one_source(self, one: str, other: str) -> None:
        buckets = Buckets(60, clock=lambda: 100.0)
        buckets.take(one, 60)

        assert buckets.take(other, 1) > 0

    def test_memory_is_bounded_and_holds_no_address(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(rate_limits, "MOST_SOURCES", 10)
        buckets = Buckets(60, clock=lambda: 100.0)

        for number in range(100):
            buckets.take(f"203.0.113.{number}", 1)

        assert len(buckets) == 10
        assert not any(b"203" in key for key in buckets._held)


class TestCosts:
    def test_every_route_that_costs_exists(self, bare_app: Flask) -> None:
        served = {(str(rule.endpoint), method) for rule in rules_of(bare_app) for method in rule.methods or ()}

        assert set(COSTS) <= served

    def test_what_watches_over_the_site_is_free(self) -> None:
        assert not {"public.report_health", "public.show_metrics"} & {endpoint for endpoint, _ in COSTS}


@pytest.mark.stored
class TestVisitors:
    def test_who_asks_too_much_is_told_how_long_to_wait(self, visitors: FlaskClient) -> None:
        use_up(visitors)

        answer = visitors.get("/zoeken?q=visum", environ_base=ELSEWHERE)

        assert answer.status_code == 429
        assert 1 <= int(answer.headers["Retry-After"]) <= 60
        root, faults = parse(answer.text)
        check_page(root, faults, "/zoeken")
        assert "Te veel vragen na elkaar" in answer.text
        assert f"Wacht {answer.headers['Retry-After']} seconden" in answer.text

    def test_a_program_gets_a_problem_document(self, visitors: FlaskClient) -> None:
        use_up(visitors, "/api/v1/search?q=visum")

        answer = visitors.get("/api/v1/search?q=visum", environ_base=ELSEWHERE)

        assert (answer.status_code, answer.mimetype) == (429, "application/problem+json")
        assert "Retry-After" in answer.headers

    @pytest.mark.parametrize("path", ["/gezond", "/themas", "/aanmelden", "/static/site.css"])
    def test_pages_and_checks_of_health_are_never_refused(self, visitors: FlaskClient, path: str) -> None:
        use_up(visitors)

        with visitors.get(path, environ_base=ELSEWHERE) as answer:
            assert answer.status_code != 429

    def test_others_notice_nothing(self, visitors: FlaskClient) -> None:
        use_up(visitors)

        assert visitors.get("/zoeken?q=visum", environ_base=OTHER).status_code != 429

    def test_requests_of_this_machine_are_not_counted(self, visitors: FlaskClient) -> None:
        assert {visitors.get("/zoeken?q=visum").status_code for _ in range(POINTS)}.isdisjoint({429})

    def test_looking_for_addresses_that_do_not_exist_costs_as_well(self, visitors: FlaskClient) -> None:
        use_up(visitors, "/wp-login.php")

        assert visitors.get("/wp-admin", environ_base=ELSEWHERE).status_code == 429
