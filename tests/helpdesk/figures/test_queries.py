from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from helpdesk.advice import actions
from helpdesk.advice.actions import PastAdvice
from helpdesk.advice.models import Advice
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.figures import queries, rules
from helpdesk.figures.rules import Period
from tests.helpdesk.advice.examples import an_advice_draft

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))


def store(session: Session, recorded_by: int, *changes: dict[str, Any]) -> None:
    drafts = [an_advice_draft(**change) for change in changes]
    entries = [PastAdvice(draft=draft, recorded_by=recorded_by, recorded_at=NOW) for draft in drafts]
    actions.store_past_advice(session, entries, is_demo=False, now=NOW)


class TestAdviceByCode:
    def test_every_code_has_a_row_in_the_order_of_the_list(
        self, session: Session, vocabulary: Vocabulary, jurist: int
    ) -> None:
        store(session, jurist, {"channel": "email"}, {"channel": "email"})

        rows = queries.advice_by_code(session, MARCH, Advice.channel, vocabulary.lists["kanaal"])

        assert [(row.code, row.n) for row in rows] == [("telefoon", 0), ("email", 2)]

    def test_both_days_of_the_period_count_and_no_other(
        self, session: Session, vocabulary: Vocabulary, jurist: int
    ) -> None:
        days = [date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1)]
        store(session, jurist, *({"given_on": day} for day in days))

        rows = queries.advice_by_code(session, MARCH, Advice.channel, vocabulary.lists["kanaal"])

        assert rows[0].n == queries.advice_total(session, MARCH) == 2

    def test_advice_without_a_sector_is_in_no_row(self, session: Session, vocabulary: Vocabulary, jurist: int) -> None:
        store(session, jurist, {}, {"caller_sector": None, "caller_category": "betrokkene_zelf"})

        rows = queries.advice_by_code(session, MARCH, Advice.caller_sector, vocabulary.lists["sector_vraagsteller"])

        assert sum(row.n for row in rows) == 1

    def test_a_code_the_list_lost_is_still_counted(self, session: Session, vocabulary: Vocabulary, jurist: int) -> None:
        store(session, jurist, {"channel": "fax"})

        rows = queries.advice_by_code(session, MARCH, Advice.channel, vocabulary.lists["kanaal"])

        assert [(row.code, row.label, row.n) for row in rows][-1] == ("fax", "fax", 1)


class TestAdviceByBranch:
    def test_advice_counts_once_for_each_of_its_branches(
        self, session: Session, vocabulary: Vocabulary, jurist: int
    ) -> None:
        """The report counts mentions: two themes of one branch are one, a second branch is a second."""
        store(session, jurist, {"themes": ("gh-belg", "studenten", "huwelijk")}, {"themes": ("gezinshereniging",)})

        rows = queries.advice_by_branch(session, MARCH, vocabulary.themes, vocabulary.lists["hoofdthema"])

        assert [(row.code, row.n) for row in rows] == [
            ("verblijfsrecht", 2),
            ("ipr", 1),
            ("sociaal_recht", 0),
            ("burgerlijk_recht", 0),
            ("andere_wetgeving", 0),
        ]


class TestLastAdviceOn:
    def test_it_is_the_day_of_the_most_recent_advice(self, session: Session, jurist: int) -> None:
        store(session, jurist, {"given_on": date(2025, 1, 5)}, {"given_on": date(2024, 1, 5)})

        assert queries.last_advice_on(session) == date(2025, 1, 5)

    def test_there_is_none_in_an_empty_log(self, session: Session) -> None:
        assert queries.last_advice_on(session) is None


class TestAnnualReport:
    def test_a_year_without_advice_is_complete_and_zero(self, session: Session, vocabulary: Vocabulary) -> None:
        report = queries.annual_report(session, year=2024, vocabulary=vocabulary)

        assert report.total == 0
        assert {row.n for table in report.tables.values() for row in table.rows} == {0}
        assert {row.share_pct for table in report.tables.values() for row in table.rows} == {None}
        assert not report.nationality_ranking
        assert not report.known_misprints

    def test_a_handful_of_advice_is_not_published(self, session: Session, vocabulary: Vocabulary, jurist: int) -> None:
        """Three calls in a year are three people: no table may show them."""
        store(session, jurist, {}, {}, {})

        report = queries.annual_report(session, year=2026, vocabulary=vocabulary)

        assert report.total is None
        numbers = {row.n for table in report.tables.values() for row in table.rows}
        assert numbers == {0, None}
        assert {table.total for table in report.tables.values()} == {None}
        assert {table.share_of for table in report.tables.values()} == {None}

    def test_the_years_do_not_mix(self, session: Session, vocabulary: Vocabulary, jurist: int) -> None:
        store(session, jurist, *[{"given_on": date(2025, 12, 31)}] * 6, *[{"given_on": date(2026, 1, 1)}] * 7)

        assert queries.annual_report(session, year=2025, vocabulary=vocabulary).total == 6
        assert rules.calendar_year(2025).last_on == date(2025, 12, 31)
