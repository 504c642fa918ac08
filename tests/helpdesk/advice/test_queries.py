from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from helpdesk.accounts import actions as accounts
from helpdesk.advice import actions, queries
from helpdesk.advice.actions import PastAdvice
from helpdesk.advice.queries import AdviceFilter
from helpdesk.advice.rules import AdviceDraft
from helpdesk.aftercare.queries import get_own_advice
from helpdesk.core.errors import NotFound
from helpdesk.core.roles import Role
from helpdesk.core.vocabulary import Vocabulary
from tests.helpdesk.advice.examples import an_advice_draft

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def a_jurist(session: Session, name: str) -> int:
    return accounts.add_user(
        session,
        email=f"{name}@voorbeeld.be",
        display_name=name,
        password="een lang proefwachtwoord",
        roles=[Role.JURIST],
        now=NOW,
    ).id


@pytest.fixture
def an(session: Session) -> int:
    """The id of a jurist."""
    return a_jurist(session, "an")


def store(session: Session, recorded_by: int, *drafts: AdviceDraft) -> None:
    entries = [PastAdvice(draft=draft, recorded_by=recorded_by, recorded_at=NOW) for draft in drafts]
    actions.store_past_advice(session, entries, is_demo=False, now=NOW)


def listed(session: Session, wanted: AdviceFilter, *, reader: int = 0) -> list[str | None]:
    page = queries.advice_page(session, wanted, number=1, with_text_of=reader)
    return [row.excerpt for row in page.items]


class TestAdvicePage:
    def test_the_newest_comes_first_and_the_later_of_one_day_before_the_earlier(
        self, session: Session, an: int
    ) -> None:
        store(
            session,
            an,
            an_advice_draft(question="oudste", given_on=date(2026, 1, 5)),
            an_advice_draft(question="eerste van de dag"),
            an_advice_draft(question="tweede van de dag"),
        )

        assert listed(session, AdviceFilter(), reader=an) == ["tweede van de dag", "eerste van de dag", "oudste"]

    @pytest.mark.parametrize(
        ("field", "wanted", "other"),
        [
            ("region", "brussel", {"caller_region": "brussel"}),
            ("category", "vlaamse_overheid", {"caller_category": "vlaamse_overheid"}),
            ("sector", "justitie", {"caller_sector": "justitie"}),
            ("channel", "email", {"channel": "email"}),
            ("residence_situation", "onwettig", {"residence_situation": "onwettig"}),
            ("first_on", date(2026, 3, 3), {"given_on": date(2026, 3, 3)}),
        ],
    )
    def test_each_filter_keeps_what_it_names(
        self, field: str, wanted: object, other: dict[str, object], session: Session, an: int
    ) -> None:
        store(session, an, an_advice_draft(), an_advice_draft(question="gezocht", **other))

        assert listed(session, AdviceFilter(**{field: wanted}), reader=an) == ["gezocht"]  # type: ignore[arg-type]

    def test_the_last_day_belongs_to_the_period(self, session: Session, an: int) -> None:
        store(session, an, an_advice_draft(question="die dag"), an_advice_draft(given_on=date(2026, 3, 3)))

        assert listed(session, AdviceFilter(last_on=date(2026, 3, 2)), reader=an) == ["die dag"]

    def test_a_theme_finds_what_lies_below_it_also_as_second_theme(
        self, session: Session, an: int, vocabulary: Vocabulary
    ) -> None:
        store(
            session,
            an,
            an_advice_draft(question="bijkomend", themes=("studenten", "gh-belg")),
            an_advice_draft(question="ander", themes=("studenten",)),
        )

        assert listed(session, AdviceFilter(nodes=vocabulary.themes.below("gezinshereniging")), reader=an) == [
            "bijkomend"
        ]

    def test_the_text_of_a_colleague_is_never_read(self, session: Session, an: int) -> None:
        """Professional secrecy: a coordinator sees codes of all, free text of nobody else."""
        coordinator = a_jurist(session, "bea")
        store(session, an, an_advice_draft(question="geheim"))
        store(session, coordinator, an_advice_draft(question="eigen"))

        assert listed(session, AdviceFilter(), reader=coordinator) == ["eigen", None]

    def test_only_the_records_of_one_colleague_when_asked(self, session: Session, an: int) -> None:
        store(session, an, an_advice_draft(question="eigen"))
        store(session, a_jurist(session, "bea"), an_advice_draft())

        assert listed(session, AdviceFilter(recorded_by=an), reader=an) == ["eigen"]

    def test_a_page_holds_fifty_and_a_page_too_far_is_the_last(self, session: Session, an: int) -> None:
        first = date(2026, 1, 1)
        store(session, an, *(an_advice_draft(given_on=first + timedelta(days=number)) for number in range(51)))

        page = queries.advice_page(session, AdviceFilter(), number=999, with_text_of=an)

        assert (page.number, page.total, page.count) == (2, 51, 2)
        assert [row.given_on for row in page.items] == [first]

    def test_a_row_carries_its_themes_main_theme_first(self, session: Session, an: int) -> None:
        store(session, an, an_advice_draft(themes=("studenten", "afstamming")))

        row = queries.advice_page(session, AdviceFilter(), number=1, with_text_of=an).items[0]

        assert row.nodes == ("studenten", "afstamming")

    def test_an_empty_log_is_one_empty_page(self, session: Session) -> None:
        page = queries.advice_page(session, AdviceFilter(region="brussel"), number=1, with_text_of=0)

        assert (list(page.items), page.total, page.count) == ([], 0, 1)


class TestGetOwnAdvice:
    def test_the_record_of_a_colleague_is_not_found(self, session: Session, an: int, vocabulary: Vocabulary) -> None:
        advice = actions.record_advice(session, an_advice_draft(), vocabulary=vocabulary, recorded_by=an, now=NOW)

        assert get_own_advice(session, advice.id, recorded_by=an) is advice
        with pytest.raises(NotFound):
            get_own_advice(session, advice.id, recorded_by=an + 1)
