from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.accounts.models import User
from helpdesk.advice import actions
from helpdesk.advice.actions import PastAdvice, record_advice
from helpdesk.core.vocabulary import Vocabulary
from tests.helpdesk.advice.examples import an_advice_draft
from tests.pageclient import Visitor

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
COUNTS = "/helpdesk/cijfers"


@pytest.fixture
def _three_calls(session: Session) -> None:
    """Three pieces of advice in March 2026, one by someone for himself."""
    jurist = session.scalars(select(User.id).order_by(User.id)).first()
    assert jurist is not None
    drafts = [
        an_advice_draft(),
        an_advice_draft(caller_region="brussel", themes=("huwelijk", "gezinshereniging")),
        an_advice_draft(caller_category="betrokkene_zelf", caller_sector=None),
    ]
    entries = [PastAdvice(draft=draft, recorded_by=jurist, recorded_at=NOW) for draft in drafts]
    actions.store_past_advice(session, entries, is_demo=False, now=NOW)


@pytest.mark.usefixtures("_three_calls")
class TestShowCounts:
    def test_without_a_period_it_counts_the_year_of_the_last_advice(self, as_jurist: Visitor) -> None:
        page = as_jurist.get(COUNTS)

        assert "3 adviezen" in page.main
        assert page.fill({}, action=COUNTS).data["van"] == "2026-01-01"

    def test_each_table_has_counts_shares_and_a_total(self, as_coordinator: Visitor) -> None:
        region, _category, sector, theme = (as_coordinator.get(COUNTS).table(number) for number in range(4))

        assert region[0] == ["Regio", "Aantal", "Aandeel"]
        assert [row[1] for row in region[1:3]] == ["2", "1"]
        assert region[-1][:2] == ["Totaal", "3"]
        assert sector[-1][:2] == ["Totaal", "2"]
        assert theme[-1] == ["Totaal vermeldingen", "4", "–"]

    def test_each_table_has_a_chart_with_a_name(self, as_jurist: Visitor) -> None:
        page = as_jurist.get(COUNTS)

        charts = [element for element in page.root.iter() if element.get("class") == "chart"]
        assert len(charts) == 4
        assert {chart.get("role") for chart in charts} == {"img"}
        assert "Staafdiagram: Per regio." in page.source

    def test_the_denominator_is_named(self, as_jurist: Visitor) -> None:
        assert "Aandeel van alle 3 adviezen in deze periode." in as_jurist.get(COUNTS).main

    def test_a_period_without_advice_is_shown_as_zero(self, as_jurist: Visitor) -> None:
        page = as_jurist.get(f"{COUNTS}?van=2020-01-01&tot=2020-12-31")

        assert page.table()[-1] == ["Totaal", "0", "–"]

    @pytest.mark.parametrize("query", ["van=x&tot=y", "van=2027-01-01&tot=2019-01-01", "van[]=1&tot=%00"])
    def test_wrong_parameters_give_the_default_period(self, query: str, as_jurist: Visitor) -> None:
        assert "3 adviezen" in as_jurist.get(f"{COUNTS}?{query}").main

    def test_an_editor_sees_no_counts(self, as_editor: Visitor) -> None:
        as_editor.get(COUNTS, expect=403)


class TestConfirmedTraces:
    def test_a_coordinator_sees_how_often_and_a_jurist_does_not(
        self, as_coordinator: Visitor, as_jurist: Visitor, session: Session, vocabulary: Vocabulary, jurist: int
    ) -> None:
        """Each record and each correction counts once, on the Brussels day it was made; never which words."""
        named = an_advice_draft(question="Wat met dhr. Jansens en mevr. Peeters?")
        draft = replace(named, confirmed=frozenset({"dhr. Jansens", "mevr. Peeters"}))
        for moment in (datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 31, 23, tzinfo=UTC)):
            record_advice(session, draft, vocabulary=vocabulary, recorded_by=jurist, now=moment)
        march = "/helpdesk/cijfers?van=2026-03-01&tot=2026-03-31"

        page = as_coordinator.get(march)

        assert "Juristen bevestigden in deze periode 1 keer dat" in page.main
        assert "Jansens" not in page.source
        assert "bevestigden" not in as_jurist.get(march).main
