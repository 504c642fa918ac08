"""The demo year against the printed annual report of 2019: every number written out here once more.

Source: annual report 2019 of the Agentschap Integratie en Inburgering, chapter JR.2.1.3, A.1.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
import yaml
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.accounts import queries as account_queries
from helpdesk.accounts.models import User
from helpdesk.accounts.rules import is_password
from helpdesk.activities import rules as activity_rules
from helpdesk.activities.models import Guidance, Training
from helpdesk.advice import rules
from helpdesk.advice.actions import PastAdvice
from helpdesk.advice.models import Advice, AdviceTheme
from helpdesk.core.audit import AuditEntry
from helpdesk.core.roles import Role
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.dev import demo
from helpdesk.dev.demo_activities import demo_activities
from helpdesk.dev.demo_year import demo_year
from helpdesk.figures import queries
from helpdesk.figures.models import EnteredFigure, EnteredLine
from helpdesk.figures.rules import AnnualReport, chapter_facts
from helpdesk.settings import PROJECT
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
    ("I9", "cijfer_overzicht", "2016", "n", 12_750, 12_366),
    ("I9", "cijfer_overzicht", "2015", "n", 12_000, 11_901),
]
# Everything else the chapter prints, by the names of its transcription.
FACTS: dict[str, object] = {
    "fig_jaren": {
        "years": [2015, 2016, 2017, 2018, 2019],
        "rows": {
            "vlaanderen_brussel": [6006, 5588, 5032, 10_194, 10_341],
            "oost_west_vlaanderen": [754, 1322, 2280, None, None],
            "limburg_kempen_hageland": [2398, 2607, 2939, None, None],
            "brussel_rand_mechelen_leuven": [2743, 2849, 2935, None, None],
        },
        "totals": [11_901, 12_366, 13_186, 10_194, 10_341],
    },
    "top_themas": {
        "advices": 10_341,
        "theme_mentions": 13_846,
        "shares_of_advices_pct": {
            "verblijfsrecht": 76,
            "ipr": 22,
            "sociaal_recht": 15,
            "burgerlijk_recht": 13,
            "andere_wetgeving": 6,
        },
    },
    "top_verblijfssituaties": {
        "shares_of_advices_pct": {
            "voorlopig_voorwaardelijk": 38,
            "buitenland": 22,
            "niet_relevant": 14,
            "onwettig": 12,
            "definitief_onvoorwaardelijk": 10,
        }
    },
    "top_nationaliteiten": ["MA", "AF", "SY", "TR", "RU"],
    "vormingen": {
        "extern": {"vormingen": 80, "deelnemers": 2361},
        "extern_open": {"vormingen": 35, "deelnemers": 1187},
        "extern_op_vraag": {"vormingen": 45, "deelnemers": 1174},
        "intern": {"vormingen": 11, "deelnemers": 226},
        "op_vraag_per_sector": [
            {"code": "lokale_besturen", "vormingen": 13, "deelnemers": 340},
            {"code": "welzijn", "vormingen": 8, "deelnemers": 99},
            {"code": "diverse", "vormingen": 7, "deelnemers": 284},
            {"code": "werk", "vormingen": 6, "deelnemers": 122},
            {"code": "onderwijs", "vormingen": 4, "deelnemers": 188},
            {"code": "integratie_inburgering", "vormingen": 4, "deelnemers": 81},
            {"code": "gezondheid", "vormingen": 3, "deelnemers": 60},
        ],
    },
    "begeleidingen": {
        "totaal": 46,
        "per_soort": [
            {"code": "organisatiegericht_extern", "n": 8},
            {"code": "organisatiegericht_intern", "n": 2},
            {"code": "problematiekgericht_extern", "n": 17},
            {"code": "lerend_netwerk", "n": 19},
        ],
        "per_sector": [
            {"code": "diverse", "n": 18},
            {"code": "gezondheid", "n": 6},
            {"code": "integratie_inburgering_extern", "n": 5},
            {"code": "integratie_inburgering_intern", "n": 2},
            {"code": "bovenlokale_instanties", "n": 5},
            {"code": "welzijn", "n": 4},
            {"code": "lokale_besturen", "n": 3},
            {"code": "werk", "n": 2},
            {"code": "cultuur_jeugd_sport", "n": 1},
        ],
    },
    "publicaties": {
        "paginaweergaven": 3_165_632,
        "gebruikers": 437_558,
        "bezoekers_per_dag": None,
        "themapaginas_geactualiseerd": 181,
        "themapaginas_totaal": 1000,
        "nieuwspaginas": 117,
        "rechtspraak_nieuw": 397,
        "rechtspraak_totaal": 3294,
        "publicaties_bestanden": 2,
        "enieuwsbrieven": 9,
        "enieuwsbrief_abonnees": 4655,
        "tijdschrift_nummers": 4,
        "tijdschrift_paginas": 371,
        "tijdschrift_abonnees": 300,
        "paginaweergaven_groei_pct": 17,
        "gebruikers_groei_pct": 23,
        "rechtspraak_totaal_groei_pct": 14,
    },
    "meerjarenoverzicht": {
        "columns": [2019, 2018, 2017, 2016, 2015],
        "helpdeskvragen": [10_341, 10_194, 13_186, 12_366, 11_901],  # printed 12 750 and 12 000: see MISPRINTS
        "begeleidingen": [46, 37, 72, 49, None],
        "vormingen_extern": [80, 72, 120, 254, 179],
        "deelnemers_extern": [2361, 1843, 2694, 4657, 4611],
    },
}
TRANSCRIPT = PROJECT.parent / "shared" / "domain" / "annual_report_2019.yaml"


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
    jurists = demo.demo_jurists(session)
    added = demo.load_demo_year(session, vocabulary, recorded_by=jurists, now=NOW)
    return added + demo.load_demo_activities(session, vocabulary, recorded_by=jurists[0], now=NOW)


def _sizes(session: Session) -> list[int | None]:
    return [
        session.scalar(select(func.count()).select_from(table))
        for table in (User, Advice, AdviceTheme, Training, Guidance, EnteredFigure, EnteredLine, AuditEntry)
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

    @pytest.mark.parametrize("name", FACTS)
    def test_every_figure_of_the_chapter_is_reproduced(self, name: str, report: AnnualReport) -> None:
        """Five years and their former desks, trainings, guidance, publications, the overview: to the digit."""
        assert chapter_facts(report)[name] == FACTS[name]

    def test_the_exact_shares_are_those_of_the_transcription(self, report: AnnualReport) -> None:
        facts = chapter_facts(report)

        exact = {name: [row["exact_pct"] for row in facts[name]["rows"]] for name in ("fig_regio", "fig_categorie")}
        assert exact["fig_regio"] == [21.14, 20.97, 16.12, 13.68, 12.5, 8.45, 2.84, 4.29]
        assert exact["fig_categorie"] == [21.82, 14.15, 13.25, 12.09, 2.18, 1.31, 0.97, 7.53, 26.72]

    def test_it_agrees_with_the_transcript_beside_the_checkout(self, report: AnnualReport) -> None:
        """Where the transcription itself lies beside the checkout, each of its numbers that we count is compared."""
        if not TRANSCRIPT.exists():
            pytest.skip("the transcription of the printed report is not there")
        printed = yaml.safe_load(TRANSCRIPT.read_text(encoding="utf-8"))["figures"]
        facts = chapter_facts(report)

        assert facts["fig_jaren"]["rows"] == printed["fig_jaren"]["rows"]
        assert facts["fig_jaren"]["totals"] == printed["fig_jaren"]["totals"]
        for name in ("fig_regio", "fig_categorie", "fig_sector"):
            assert [(row["code"], row["n"]) for row in facts[name]["rows"]] == [
                (row["code"], row["n"]) for row in printed[name]["rows"]
            ]
        for name in ("top_themas", "top_verblijfssituaties"):
            assert facts[name]["shares_of_advices_pct"] == printed[name]["shares_of_advices_pct"]
        assert facts["top_nationaliteiten"] == printed["top_nationaliteiten"]
        assert facts["vormingen"]["op_vraag_per_sector"] == printed["vormingen"]["op_vraag_per_sector"]
        for name in ("totaal", "per_soort", "per_sector"):
            assert facts["begeleidingen"][name] == printed["begeleidingen"][name]

    def test_what_was_entered_is_marked_with_its_source(self, report: AnnualReport) -> None:
        """Nobody may take a number of an earlier year for one this product counted."""
        central = next(row for row in report.series.rows if row.code == "vlaanderen_brussel")
        sources = {one.year: one.source for one in central.figures}

        assert sources[2019] is None
        assert all("Jaarverslag 2019" in (sources[year] or "") for year in (2015, 2016, 2017, 2018))
        assert all(one.source for one in report.publications if one.n is not None)


class TestDemoActivities:
    def test_they_keep_the_rules(self, vocabulary: Vocabulary) -> None:
        made = demo_activities(vocabulary)

        for training in made.trainings:
            activity_rules.check_training(training, vocabulary=vocabulary, today=TODAY)
        for guidance in made.guidance:
            activity_rules.check_guidance(guidance, vocabulary=vocabulary, today=TODAY)

    def test_they_are_dated_on_working_days_of_2019_and_visibly_fictitious(self, vocabulary: Vocabulary) -> None:
        made = demo_activities(vocabulary)
        days = {one.held_on for one in made.trainings} | {day for one in made.guidance for day in one.sessions}

        assert {day.year for day in days} == {2019}
        assert max(day.weekday() for day in days) == 4
        titles = [one.title for one in made.trainings] + [one.title for one in made.guidance]
        assert all(title.startswith("[DEMO] ") for title in titles)


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
        assert loaded.added == (10_341 + 91 + 46, 0)
        assert loaded.sizes[0] == loaded.sizes[1]

    def test_there_is_one_account_per_role_and_a_second_editor_with_a_known_password(self, session: Session) -> None:
        accounts = demo.add_demo_accounts(session, NOW)

        assert [account.roles for account in accounts] == [*((role,) for role in Role), (Role.EDITOR, Role.JURIST)]
        for account in accounts:
            user = account_queries.get_user_by_email(session, account.email)
            assert account.email.endswith("@demo.example")
            assert (user.is_demo, user.roles) == (True, frozenset(account.roles))
            assert is_password(account.password, user.password_hash)
