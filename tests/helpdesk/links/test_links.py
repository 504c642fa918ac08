from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.core.fetching import Seen
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.links import actions, queries, rules
from helpdesk.links.models import CheckedLink, LinkState
from helpdesk.texts import queries as text_queries
from helpdesk.texts.models import TextKind
from tests.pageclient import Visitor

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ADDRESS = "https://eur-lex.europa.eu/eli/reg_del/2024/1415/oj"


def judge(seen: Seen, *, failures: int = 0, since: datetime | None = None, now: datetime = NOW) -> rules.Verdict:
    return rules.judge(seen, state=LinkState.ALIVE, failures=failures, failed_since_at=since, now=now)


class TestJudge:
    def test_a_page_that_answers_is_looked_at_after_a_week(self) -> None:
        assert judge(Seen(200), failures=2, since=NOW) == rules.Verdict(LinkState.ALIVE, 0, None, NOW + 7 * DAY)

    def test_three_failures_over_two_days_make_a_link_broken(self) -> None:
        first = judge(Seen(404))
        second = judge(Seen(None), failures=1, since=NOW, now=NOW + DAY)
        third = judge(Seen(500), failures=2, since=NOW, now=NOW + 3 * DAY)

        assert [one.state for one in (first, second, third)] == [
            LinkState.DOUBTFUL,
            LinkState.DOUBTFUL,
            LinkState.BROKEN,
        ]
        assert [first.next_check_at - NOW, second.next_check_at - NOW, third.next_check_at - NOW] == [
            DAY,
            3 * DAY,
            7 * DAY,
        ]

    def test_three_failures_in_an_hour_prove_nothing(self) -> None:
        assert judge(Seen(500), failures=2, since=NOW, now=NOW + timedelta(hours=1)).state is LinkState.DOUBTFUL

    def test_the_wait_never_grows_over_a_week(self) -> None:
        assert judge(Seen(500), failures=40, since=NOW).next_check_at == NOW + 7 * DAY

    @pytest.mark.parametrize(("asked", "waited"), [(None, DAY), (60, DAY), (2 * 86_400, 2 * DAY), (10**7, 7 * DAY)])
    def test_who_is_too_busy_is_asked_later_and_not_counted(self, asked: int | None, waited: timedelta) -> None:
        verdict = judge(Seen(429, retry_after_seconds=asked), failures=2, since=NOW)

        assert (verdict.failures, verdict.state, verdict.next_check_at) == (2, LinkState.ALIVE, NOW + waited)

    @pytest.mark.parametrize("status", [401, 403])
    def test_who_lets_no_program_in_is_not_broken(self, status: int) -> None:
        assert judge(Seen(status), failures=5, since=NOW - 9 * DAY).state is LinkState.CLOSED

    def test_an_address_that_is_not_public_is_told_at_once(self) -> None:
        assert judge(Seen(None, is_public=False)).state is LinkState.BROKEN


class TestCollect:
    def test_the_links_of_our_pages_are_listed_and_those_that_left_are_not(
        self, session: Session, vocabulary: Vocabulary
    ) -> None:
        live = text_queries.get_text(session, TextKind.LEXICON, "bgv")
        live.version.html += '<a class="external" href="https://voorbeeld.test/a?b=1&amp;c=2#deel">x</a>'

        assert actions.collect(session, vocabulary, now=NOW) > 20
        held = queries.holders(session, vocabulary)

        assert [holder.address for holder in held["https://voorbeeld.test/a?b=1&c=2"]] == ["/lexicon/bgv"]
        assert [holder.address for holder in held[ADDRESS]] == ["/bedragen"]

        live.version.html = ""
        assert actions.collect(session, vocabulary, now=NOW) == 0
        known = set(session.scalars(select(CheckedLink.address)))
        assert "https://voorbeeld.test/a?b=1&c=2" not in known
        assert known == set(queries.holders(session, vocabulary))

    def test_of_each_host_one_link_is_due(self, session: Session, vocabulary: Vocabulary) -> None:
        actions.collect(session, vocabulary, now=NOW)

        due = queries.due(session, most=5, now=NOW)

        assert 1 < len(due) <= 5
        assert len({rules.host_of(address) for address in due}) == len(due)

        actions.note(session, {address: Seen(200) for address in due}, now=NOW)
        assert not set(due) & set(queries.due(session, most=5, now=NOW))
        assert set(due) <= set(queries.due(session, most=10_000, now=NOW + 8 * DAY)) | set(
            session.scalars(select(CheckedLink.address).where(CheckedLink.next_check_at <= NOW + 8 * DAY))
        )


class TestPage:
    def test_editors_see_what_is_broken_and_where_it_stands(
        self, as_editor: Visitor, session: Session, vocabulary: Vocabulary
    ) -> None:
        actions.collect(session, vocabulary, now=NOW)
        for days in range(3):
            actions.note(session, {ADDRESS: Seen(404)}, now=NOW + days * DAY)

        page = as_editor.get("/redactie/koppelingen")

        assert "stuk" in page.texts("span", class_="tag")
        assert "Antwoord 404" in page.main
        assert page.links()["Bedragen"] in {"/bedragen", "/redactie/bedragen"}

    def test_a_page_that_moved_is_named(self, as_editor: Visitor, session: Session, vocabulary: Vocabulary) -> None:
        actions.collect(session, vocabulary, now=NOW)
        actions.note(session, {ADDRESS: Seen(200, moved_to="https://voorbeeld.test/nieuw")}, now=NOW)

        assert "https://voorbeeld.test/nieuw" in as_editor.get("/redactie/koppelingen").links()

    def test_an_editor_has_a_link_looked_at_again(
        self, as_editor: Visitor, session: Session, vocabulary: Vocabulary
    ) -> None:
        actions.collect(session, vocabulary, now=NOW)
        actions.note(session, {ADDRESS: Seen(404)}, now=datetime.now(UTC))
        link = session.scalars(select(CheckedLink).where(CheckedLink.address == ADDRESS)).one()
        assert link.next_check_at > datetime.now(UTC)

        action = f"/redactie/koppelingen/{link.id}/opnieuw"
        page = as_editor.get("/redactie/koppelingen").fill({}, action=action).submit()

        assert "opnieuw nagekeken" in page.main
        session.refresh(link)
        assert link.next_check_at <= datetime.now(UTC)

    def test_a_link_that_is_gone_is_not_found(self, as_editor: Visitor) -> None:
        as_editor.get("/redactie/koppelingen")
        answer = as_editor.fetch("/redactie/koppelingen/999999/opnieuw", method="POST")

        assert answer.status_code in {400, 404}
