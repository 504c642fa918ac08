from collections import Counter
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.advice import actions as advice
from helpdesk.advice.actions import PastAdvice
from helpdesk.core.clock import now
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.texts.models import PublishedText, TextAlias, TextKind
from helpdesk.visits import actions, queries
from helpdesk.visits.models import PageVerdict
from helpdesk.visits.queries import Judged
from helpdesk.visits.rules import Batch
from tests.helpdesk.advice.examples import an_advice_draft
from tests.helpdesk.visits.test_visits import today
from tests.pageclient import Visitor

DAY = date(2026, 3, 2)


def judge(session: Session, document_id: str, *, is_useful: bool, remark: str | None = None, day: date = DAY) -> None:
    """Store what one visitor found of a text."""
    session.add(PageVerdict(document_id=document_id, version=1, given_on=day, is_useful=is_useful, remark=remark))
    session.flush()


def text(session: Session, kind: TextKind, slug: str) -> PublishedText:
    query = select(PublishedText).where(PublishedText.kind == kind, PublishedText.slug == slug)
    return session.scalars(query).one()


class TestJudged:
    def test_verdicts_follow_a_text_to_its_new_address(self, session: Session) -> None:
        """Whoever renames a term keeps what readers said of it."""
        term = text(session, TextKind.LEXICON, "bgv")
        session.add(TextAlias(kind="lexicon", slug="vroeger", text_id=term.id, noted_at=now()))
        judge(session, "lexicon/vroeger", is_useful=False, remark="Onduidelijk")
        judge(session, "lexicon/bgv", is_useful=True)
        judge(session, "lexicon/bgv", is_useful=False, day=DAY - timedelta(days=1))

        assert queries.judged_between(session, DAY, DAY) == {"lexicon/bgv": Judged(useful=1, not_useful=1)}
        assert [one.remark for one in queries.verdicts_on(session, "lexicon/bgv", most=9)] == ["Onduidelijk"]


class TestKnowledge:
    def test_a_page_an_editor_called_still_right_counts_as_checked(self, session: Session) -> None:
        theme = text(session, TextKind.THEME, "gh-belg")
        theme.confirmed_on = DAY
        session.flush()

        [found] = [one for one in queries.checked_themes(session) if one.node == "gh-belg"]

        assert found.checked_on == DAY

    def test_pages_judged_not_useful_are_shown(self, as_editor: Visitor, session: Session) -> None:
        judge(session, "thema/gh-belg", is_useful=False, day=today())

        head, first, *_ = as_editor.get("/redactie/kennislus").table()

        assert dict(zip(head, first, strict=True))["Niet nuttig"] == "1"


class TestTextUse:
    def test_views_verdicts_and_advice_stand_beside_a_text(
        self, as_editor: Visitor, session: Session, jurist: int, vocabulary: Vocabulary
    ) -> None:
        draft = an_advice_draft(themes=("gh-belg",), given_on=today())
        past = PastAdvice(draft=draft, recorded_by=jurist, recorded_at=now())
        advice.store_past_advice(session, [past] * 5, is_demo=False, now=now())
        path = vocabulary.themes["gh-belg"].path
        actions.store(session, Batch(views=Counter({(today(), f"/themas/{path}"): 7})))
        judge(session, "thema/gh-belg", is_useful=False, remark="De termijn ontbreekt.", day=today())

        page = as_editor.get("/redactie/bezoek/thema/gh-belg")

        assert "7 keer geopend" in page.main
        assert "0 keer nuttig en 1 keer niet nuttig gevonden" in page.main
        assert page.table()[1] == [str(today().year), "5", "0"]
        assert "De termijn ontbreekt." in page.main

    def test_few_pieces_of_advice_are_not_counted_out(self, as_editor: Visitor, session: Session, jurist: int) -> None:
        """One piece of advice about a rare theme could point at who asked."""
        draft = an_advice_draft(themes=("gh-belg",), given_on=today())
        past = PastAdvice(draft=draft, recorded_by=jurist, recorded_at=now())
        advice.store_past_advice(session, [past], is_demo=False, now=now())

        assert as_editor.get("/redactie/bezoek/thema/gh-belg").table()[1][1] == "minder dan 5"

    def test_the_screen_of_a_text_leads_there(self, as_editor: Visitor) -> None:
        page = as_editor.get("/redactie/teksten/lexicon/bgv")

        assert "/redactie/bezoek/lexicon/bgv" in [one.get("href") for one in page.all("a")]
