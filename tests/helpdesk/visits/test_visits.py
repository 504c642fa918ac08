import html
import re
from collections import Counter
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.accounts.models import User, UserRole
from helpdesk.advice import actions as advice
from helpdesk.advice.actions import PastAdvice
from helpdesk.advice.models import Advice, AdviceSource
from helpdesk.core.clock import brussels_date, now
from helpdesk.core.roles import Role
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.visits import actions, queries
from helpdesk.visits.models import CountedPage, DaySalt, PageViews, SearchCount, SeenVisitor
from helpdesk.visits.pages import KnowledgePage
from helpdesk.visits.queries import CheckedTheme, WordsCount
from helpdesk.visits.rules import Batch
from tests.addresses import audience_of, rules_of
from tests.conftest import EMAILS
from tests.helpdesk.advice.examples import an_advice_draft
from tests.pageclient import Visitor

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
DAY = date(2026, 3, 2)


def sealed(visitor: Visitor, path: str) -> str:
    """Return what the page at a path lets the script tell; "" of a page that is not counted."""
    answer = visitor.fetch(path)
    found = re.search(r'<meta name="telling"\s+content="([^"]+)">', answer.text)
    return html.unescape(found[1]) if found else ""


def tell(
    visitor: Visitor, path: str, *, address: str = "192.0.2.1", headers: dict[str, str] | None = None, **also: str
) -> int:
    return tell_as_is(visitor, sealed(visitor, path), address=address, headers=headers, **also)


def tell_as_is(
    visitor: Visitor, told: str, *, address: str = "192.0.2.1", headers: dict[str, str] | None = None, **also: str
) -> int:
    answer = visitor.fetch(
        "/telling",
        method="POST",
        data={"pad": told, **also},
        headers={"User-Agent": FIREFOX, **(headers or {})},
        environ_base={"REMOTE_ADDR": address},
    )
    return answer.status_code


def today() -> date:
    return brussels_date(now())


class TestCountView:
    def test_views_and_visitors_of_a_day_are_counted(self, as_visitor: Visitor, session: Session) -> None:
        """One visitor who reads two pages and another who reads one: three views, two visitors."""
        tell(as_visitor, "/themas")
        tell(as_visitor, "/nieuws")
        tell(as_visitor, "/themas", address="192.0.2.2")

        assert queries.views_between(session, today(), today()) == 3
        assert queries.visitors_a_day(session, today(), today()) == 2
        assert [(one.path, one.views) for one in queries.top_pages(session, today(), today(), limit=5)] == [
            ("/themas", 2),
            ("/nieuws", 1),
        ]

    def test_no_address_is_stored_and_no_cookie_set(self, as_visitor: Visitor, session: Session) -> None:
        told = {"pad": sealed(as_visitor, "/themas")}
        answer = as_visitor.fetch("/telling", method="POST", data=told, headers={"User-Agent": FIREFOX})

        assert (answer.status_code, answer.headers.get("Set-Cookie")) == (204, None)
        assert [len(digest) for digest in session.scalars(select(SeenVisitor.digest))] == [16]

    def test_global_privacy_control_leaves_the_view_and_forgets_the_visitor(
        self, as_visitor: Visitor, session: Session
    ) -> None:
        tell(as_visitor, "/themas", headers={"Sec-GPC": "1"})

        assert queries.views_between(session, today(), today()) == 1
        assert queries.visitors_a_day(session, today(), today()) is None

    @pytest.mark.parametrize(
        "told",
        ["", "/themas", "x" * 20 + "/themas", "é" * 20 + "/themas", "0" * 20 + "/nieuws/bestaat-niet", "0" * 20],
    )
    def test_a_path_without_its_seal_is_not_counted(self, told: str, as_visitor: Visitor, session: Session) -> None:
        """Whoever makes up paths fills no table: only what a page of ours carried is counted."""
        assert tell_as_is(as_visitor, told) == 204
        assert session.scalars(select(CountedPage)).all() == []

    def test_a_seal_is_good_for_its_own_path_only(self, as_visitor: Visitor, session: Session) -> None:
        seal = sealed(as_visitor, "/themas").removesuffix("/themas")

        tell_as_is(as_visitor, f"{seal}/nieuws")

        assert session.scalars(select(CountedPage)).all() == []

    def test_a_page_can_be_kept_in_a_cache(self, as_visitor: Visitor) -> None:
        """The seal says nothing of the visitor or the moment: the same page twice is the same bytes."""
        assert as_visitor.fetch("/themas").data == as_visitor.fetch("/themas").data

    def test_a_page_for_colleagues_carries_no_seal(self, as_editor: Visitor) -> None:
        assert [sealed(as_editor, path) for path in ("/redactie/bezoek", "/themas")] == ["", ""]

    def test_no_address_that_leads_nowhere_carries_a_seal(self, as_visitor: Visitor, house_app: Flask) -> None:
        """For every public address a made-up one; a page that takes any word would fill the table again."""
        paths = [
            re.sub(r"<[^>]*>", made_up, rule.rule)
            for rule in rules_of(house_app)
            if audience_of(rule) == "public" and rule.arguments and "GET" in (rule.methods or ())
            for made_up in ("bestaat-niet-9", "1999")
        ]

        carried = [path for path in [*paths, "/bestaat-niet", "/rechtspraak/nr/rvv/1"] if sealed(as_visitor, path)]

        assert len(paths) > 10
        assert carried == []

    def test_robots_and_pages_loaded_ahead_are_not_counted(self, as_visitor: Visitor, session: Session) -> None:
        tell(as_visitor, "/themas", headers={"User-Agent": "Googlebot/2.1"})
        tell(as_visitor, "/themas", headers={"Sec-Purpose": "prefetch;prerender"})

        assert queries.views_between(session, today(), today()) == 0

    def test_colleagues_are_not_counted(self, as_editor: Visitor, session: Session) -> None:
        tell(as_editor, "/themas")

        assert queries.views_between(session, today(), today()) == 0

    def test_searches_are_counted_by_month(self, as_visitor: Visitor, session: Session) -> None:
        for _ in range(5):
            tell(as_visitor, "/zoeken", zoek="Bulletje ", gevonden="0")
        tell(as_visitor, "/zoeken", zoek="zelden", gevonden="1")
        tell(as_visitor, "/themas", zoek="elders", gevonden="1")

        [shown] = queries.top_searches(session, today(), today(), limit=9)
        assert (shown.words, shown.searches, shown.without_result) == ("bulletje", 5, 5)
        assert set(session.scalars(select(SearchCount.words))) == {"bulletje", "zelden"}


class TestForget:
    def test_the_salt_of_a_day_goes_when_the_next_begins(self, session: Session) -> None:
        first = actions.salt_of(session, DAY)
        session.add(SeenVisitor(day=DAY, digest=b"x" * 16))

        second = actions.salt_of(session, DAY + timedelta(days=1))

        assert first != second
        assert session.scalars(select(DaySalt.day)).all() == [DAY + timedelta(days=1)]
        assert session.scalars(select(SeenVisitor)).all() == []

    def test_a_salt_is_random_and_stays_the_same_all_day(self, session: Session) -> None:
        assert actions.salt_of(session, DAY) == actions.salt_of(session, DAY)

    def test_late_counts_of_a_day_without_salt_keep_no_visitor(self, session: Session) -> None:
        actions.store(session, Batch(seen={(DAY, b"x" * 16)}))

        assert session.scalars(select(SeenVisitor)).all() == []

    def test_rare_words_of_past_months_are_deleted(self, session: Session) -> None:
        """Four people who type the same may be four, one may be the one who is named in it."""
        february, march = date(2026, 2, 1), date(2026, 3, 1)
        counts = Counter({(february, "zelden"): 4, (february, "vaak"): 5, (march, "nieuw"): 1})
        batch = Batch(searches=counts)
        actions.store(session, batch)

        actions.forget_rare_searches(session, today=DAY)

        assert set(session.scalars(select(SearchCount.words))) == {"vaak", "nieuw"}


class TestStore:
    def test_a_second_batch_adds_to_the_first(self, session: Session) -> None:
        for views in (2, 3):
            actions.store(session, Batch(views=Counter({(DAY, "/themas"): views, (DAY, "/nieuws"): 1})))

        assert queries.views_between(session, DAY, DAY) == 7
        assert len(session.scalars(select(PageViews)).all()) == 2

    def test_days_are_averaged_never_added(self, session: Session) -> None:
        for number, day in enumerate((DAY, DAY + timedelta(days=1)), start=1):
            actions.salt_of(session, day)
            actions.store(session, Batch(seen={(day, bytes([one]) * 16) for one in range(number * 2)}))

        assert queries.visitors_a_day(session, DAY, DAY + timedelta(days=1)) == 3

    def test_made_up_searches_fill_no_table(self, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
        """Words that are known go on counting when a month is full."""
        monkeypatch.setattr(actions, "MOST_WORDS_A_MONTH", 2)
        month_on = DAY.replace(day=1)
        actions.store(session, Batch(searches=Counter({(month_on, "een"): 1, (month_on, "twee"): 1})))

        actions.store(session, Batch(searches=Counter({(month_on, "drie"): 1, (month_on, "een"): 4})))

        counted = session.execute(select(SearchCount.words, SearchCount.searches).order_by(SearchCount.words)).all()
        assert [tuple(row) for row in counted] == [("een", 5), ("twee", 1)]

    def test_paths_without_views_are_deleted(self, session: Session) -> None:
        actions.store(session, Batch(views=Counter({(DAY, "/themas"): 1})))
        session.add(CountedPage(path="/weg"))
        session.flush()

        assert actions.forget_empty_pages(session) == 1
        assert session.scalars(select(CountedPage.path)).all() == ["/themas"]


class TestPages:
    def test_editors_see_what_is_read_and_searched(self, as_visitor: Visitor, as_editor: Visitor) -> None:
        tell(as_visitor, "/themas")

        page = as_editor.get("/redactie/bezoek")

        assert "1 paginaweergave, gemiddeld 1 bezoeker per dag" in page.main
        assert page.table()[1] == ["/themas", "1"]

    def test_the_page_that_deserves_work_most_comes_first(self, vocabulary: Vocabulary) -> None:
        """Advice and searches in vain, times the days unchecked; few pieces of advice neither count nor show."""
        themes = [
            CheckedTheme("gh-belg", "Gezinshereniging met een Belg", DAY - timedelta(days=10)),
            CheckedTheme("studenten", "Studenten", DAY - timedelta(days=100)),
            CheckedTheme("huwelijk", "Huwelijk", None),
        ]

        page = KnowledgePage.of(
            themes,
            advice={"gh-belg": 90, "studenten": 20, "huwelijk": 1},
            answered={"gh-belg": 30, "studenten": 4, "huwelijk": 1},
            views=[],
            searches=[WordsCount(vocabulary.themes.title("studenten"), 7, 5)],
            vocabulary=vocabulary,
            today=DAY,
        )

        assert [(line.title, line.advice, line.answered, line.not_found, line.weight) for line in page.lines] == [
            ("Studenten", "20", "minder dan 5", 5, 2_500),
            ("Gezinshereniging met een Belg", "90", "33 %", 0, 900),
            ("Huwelijk", "minder dan 5", "–", 0, 0),
        ]

    def test_only_advice_with_a_page_of_ours_beside_it_counts_as_answered_with_one(
        self, session: Session, jurist: int
    ) -> None:
        past = PastAdvice(draft=an_advice_draft(themes=("bgv",), given_on=DAY), recorded_by=jurist, recorded_at=now())
        advice.store_past_advice(session, [past, past], is_demo=False, now=now())
        ids = session.scalars(select(Advice.id).where(Advice.given_on == DAY)).all()
        for advice_id, document in zip(ids, ("thema/bgv", "advies/1"), strict=True):
            session.add(
                AdviceSource(
                    advice_id=advice_id, document_id=document, position=0, address="/", title="", attached_on=DAY
                )
            )
        session.flush()

        asked = queries.advice_by_node(session, DAY, DAY)["bgv"]
        answered = queries.advice_by_node(session, DAY, DAY, with_our_pages=True)["bgv"]

        assert (asked, answered) == (2, 1)

    def test_the_knowledge_loop_lists_every_theme_page(self, as_editor: Visitor, session: Session) -> None:
        page = as_editor.get("/redactie/kennislus")

        assert len(page.table()) == len(queries.checked_themes(session)) + 1
        assert page.table()[0] == [
            "Thema", "Adviezen", "Met onze pagina's", "Vergeefs gezocht", "Weergaven", "Dagen sinds nazicht",
        ]  # fmt: skip

    def test_only_who_coordinates_the_helpdesk_sees_how_often_traces_were_confirmed(
        self, as_editor: Visitor, session: Session, vocabulary: Vocabulary, jurist: int
    ) -> None:
        draft = an_advice_draft(question="Wat met dhr. Jansens?", confirmed=frozenset({"dhr. Jansens"}))
        advice.record_advice(session, draft, vocabulary=vocabulary, recorded_by=jurist, now=now())
        assert "bevestigden" not in as_editor.get("/redactie/kennislus").main
        editor = session.scalars(select(User).where(User.email == EMAILS[Role.EDITOR])).one()
        editor.user_roles.append(UserRole(role=Role.COORDINATOR.value))

        assert "Juristen bevestigden het laatste jaar 1 keer dat" in as_editor.get("/redactie/kennislus").main
