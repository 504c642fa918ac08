"""The demo year against the printed annual report of 2019: every number written out here once more.

Source: annual report 2019 of the Agentschap Integratie en Inburgering, chapter JR.2.1.3, A.1.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.accounts import queries as account_queries
from helpdesk.accounts.models import User
from helpdesk.accounts.rules import is_password
from helpdesk.advice import rules
from helpdesk.advice.actions import PastAdvice
from helpdesk.advice.models import Advice, AdviceTheme
from helpdesk.core.audit import AuditEntry
from helpdesk.core.roles import Role
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.dev import demo
from helpdesk.dev.demo_year import demo_year
from helpdesk.figures import queries
from helpdesk.figures.rules import AnnualReport
from tests.conftest import House

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)

REGIO = [
    ("antwerpen", 2186, 21),
    ("brussel", 2168, 21),
    ("oost_vlaanderen", 1667, 16),
    ("west_vlaanderen", 1415, 14),  # printed 13: see MISPRINTS
    ("vlaams_brabant", 1293, 13),  # printed 12
    ("limburg", 874, 8),
    ("buiten_vl_br", 294, 3),
    ("niet_ingevuld", 444, 4),
]
CATEGORIE = [
    ("non_profit_professional", 2256, 22),
    ("profit_professional", 1463, 14),
    ("gemeentelijke_overheid", 1370, 13),
    ("vlaamse_overheid", 1250, 12),
    ("andere_overheid", 225, 2),
    ("vrijwilliger", 135, 1),
    ("niet_ingevuld", 100, 1),
    ("betrokkene_zelf", 779, 8),  # printed 7
    ("ruime_publiek", 2763, 27),  # printed 26
]
SECTOR = [
    ("welzijn", 1852, 18),
    ("integratie_inburgering", 1158, 11),
    ("justitie", 992, 10),  # printed 9
    ("maatschappelijke_integratie_asielopvang", 872, 8),
    ("werk", 566, 5),
    ("binnenlands_bestuur", 490, 5),
    ("onderwijs", 133, 1),
    ("cultuur_jeugd_sport", 83, 1),
    ("gezondheid", 82, 1),
    ("andere", 383, 4),
    ("niet_ingevuld_professional", 43, 0),
]
HOOFDTHEMA = [
    ("verblijfsrecht", 7900, 76),
    ("ipr", 2310, 22),
    ("sociaal_recht", 1590, 15),
    ("burgerlijk_recht", 1385, 13),
    ("andere_wetgeving", 661, 6),
]
# The report prints these shares only; the sixth group is the 4 % it does not name.
VERBLIJFSSITUATIE = [
    ("voorlopig_voorwaardelijk", 38),
    ("buitenland", 22),
    ("niet_relevant", 14),
    ("onwettig", 12),
    ("definitief_onvoorwaardelijk", 10),
    ("overige_niet_vermeld", 4),
]
MISPRINTS = [
    ("I3", "regio", "west_vlaanderen", "share_pct", 13, 14),
    ("I3", "regio", "vlaams_brabant", "share_pct", 12, 13),
    ("I4", "categorie", "betrokkene_zelf", "share_pct", 7, 8),
    ("I4", "categorie", "ruime_publiek", "share_pct", 26, 27),
    ("I5", "sector", None, "total", 10_341, 6_654),
    ("I6", "sector", "justitie", "share_pct", 9, 10),
]


@dataclass(frozen=True)
class Loaded:
    """What loading the demo year twice did; `sizes` are numbers of rows after the first and after the second time."""

    report: AnnualReport
    added: tuple[int, int]
    sizes: tuple[list[int | None], list[int | None]]


@pytest.fixture(scope="module")
def loaded(house: House, vocabulary: Vocabulary) -> Loaded:
    """The demo year, loaded twice for all tests here and undone again."""
    with house.sessions() as session:
        first, first_sizes = _load(session, vocabulary), _sizes(session)
        again, sizes = _load(session, vocabulary), _sizes(session)
        report = queries.annual_report(session, year=2019, vocabulary=vocabulary)
        session.rollback()
    return Loaded(report=report, added=(first, again), sizes=(first_sizes, sizes))


@pytest.fixture
def report(loaded: Loaded) -> AnnualReport:
    """The annual report of the demo year."""
    return loaded.report


def _load(session: Session, vocabulary: Vocabulary) -> int:
    demo.add_demo_accounts(session, NOW)
    return demo.load_demo_year(session, vocabulary, recorded_by=demo.demo_jurists(session), now=NOW)


def _sizes(session: Session) -> list[int | None]:
    return [
        session.scalar(select(func.count()).select_from(table)) for table in (User, Advice, AdviceTheme, AuditEntry)
    ]


@pytest.fixture(scope="module")
def year(vocabulary: Vocabulary) -> list[PastAdvice]:
    """The demo year before it is stored."""
    return demo_year(vocabulary, recorded_by=[1, 2])


def counts_and_shares(report: AnnualReport, table: str) -> list[tuple[str, int | None, int | None]]:
    return [(row.code, row.n, row.share_pct) for row in report.tables[table].rows]


class TestReport2019:
    @pytest.mark.parametrize(
        ("table", "rows", "total"),
        [
            ("regio", REGIO, 10_341),
            ("categorie", CATEGORIE, 10_341),
            ("sector", SECTOR, 6_654),
            ("hoofdthema", HOOFDTHEMA, 13_846),
        ],
    )
    def test_the_table_equals_the_report(
        self, table: str, rows: list[tuple[str, int, int]], total: int, report: AnnualReport
    ) -> None:
        """Counts exactly; shares of all 10 341 by the one rounding rule."""
        assert counts_and_shares(report, table) == rows
        assert report.tables[table].total == total
        assert report.tables[table].share_of == 10_341

    def test_the_residence_situations_have_the_printed_shares(self, report: AnnualReport) -> None:
        rows = counts_and_shares(report, "verblijfssituatie")

        assert [(code, percent) for code, _n, percent in rows] == VERBLIJFSSITUATIE
        assert report.tables["verblijfssituatie"].total == 10_341

    def test_the_total_is_that_of_the_report(self, report: AnnualReport) -> None:
        assert report.total == 10_341

    def test_the_channels_divide_all_advice(self, report: AnnualReport) -> None:
        """The report names two channels without counts: the division is ours."""
        assert counts_and_shares(report, "kanaal") == [("telefoon", 9_701, 94), ("email", 640, 6)]

    def test_the_nationalities_are_ranked_without_counts(self, report: AnnualReport) -> None:
        assert [place.code for place in report.nationality_ranking] == ["MA", "AF", "SY", "TR", "RU"]
        assert next(place.label for place in report.nationality_ranking) == "Marokko"

    def test_what_the_report_misprints_stands_beside_our_number(self, report: AnnualReport) -> None:
        found = [(one.id, one.table, one.code, one.what, one.printed, one.ours) for one in report.known_misprints]

        assert found == MISPRINTS


class TestDemoYear:
    def test_every_piece_of_advice_keeps_the_rules(self, year: list[PastAdvice], vocabulary: Vocabulary) -> None:
        """What a jurist could not record, the demo does not show: e-mail, sector, codes, no identity."""
        for entry in year:
            rules.check_draft(entry.draft, vocabulary=vocabulary, today=TODAY)

    def test_professionals_and_ninety_unknown_callers_have_a_sector(self, year: list[PastAdvice]) -> None:
        """Only so do 6 564 professionals and 6 654 sectors reconcile."""
        with_sector = [entry.draft.caller_category for entry in year if entry.draft.caller_sector]

        assert len(with_sector) == 6_654
        assert with_sector.count("niet_ingevuld") == 90
        assert not {"vrijwilliger", "betrokkene_zelf", "ruime_publiek"} & set(with_sector)

    def test_it_is_dated_on_working_days_of_2019(self, year: list[PastAdvice]) -> None:
        days = {entry.draft.given_on for entry in year}

        assert {day.year for day in days} == {2019}
        assert max(day.weekday() for day in days) == 4
        assert date(2019, 7, 11) not in days  # feast of the Flemish Community
        assert len(days) == 251

    def test_it_is_recorded_on_the_day_itself(self, year: list[PastAdvice]) -> None:
        assert all(entry.recorded_at.date() == entry.draft.given_on for entry in year)

    def test_it_is_visibly_fictitious(self, year: list[PastAdvice]) -> None:
        assert all(entry.draft.question.startswith("[DEMO] ") for entry in year)
        assert all(entry.draft.answer.startswith("[DEMO] ") for entry in year)

    def test_some_advice_carries_two_themes_of_one_branch(self, year: list[PastAdvice]) -> None:
        """So the count of mentions cannot be right by counting themes."""
        themes = sum(len(entry.draft.themes) for entry in year)

        assert themes > 13_846

    def test_it_is_the_same_every_time(self, year: list[PastAdvice], vocabulary: Vocabulary) -> None:
        assert demo_year(vocabulary, recorded_by=[1, 2]) == year


class TestLoad:
    def test_a_second_run_changes_nothing(self, loaded: Loaded) -> None:
        assert loaded.added == (10_341, 0)
        assert loaded.sizes[0] == loaded.sizes[1]

    def test_there_is_one_account_per_role_with_a_known_password(self, session: Session) -> None:
        accounts = demo.add_demo_accounts(session, NOW)

        assert [account.roles for account in accounts] == [(role,) for role in Role]
        for account in accounts:
            user = account_queries.get_user_by_email(session, account.email)
            assert account.email.endswith("@demo.example")
            assert (user.is_demo, user.roles) == (True, frozenset(account.roles))
            assert is_password(account.password, user.password_hash)
