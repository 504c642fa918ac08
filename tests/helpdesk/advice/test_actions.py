from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from helpdesk.advice import actions
from helpdesk.advice.actions import PastAdvice
from helpdesk.advice.models import Advice, AdviceTheme
from helpdesk.advice.rules import AdviceRejected
from helpdesk.core.audit import AuditEntry
from helpdesk.core.vocabulary import Vocabulary
from tests.helpdesk.advice.examples import an_advice_draft

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class TestRecordAdvice:
    def test_it_stores_the_codes_and_the_themes_in_order(
        self, session: Session, vocabulary: Vocabulary, jurist: int
    ) -> None:
        draft = an_advice_draft(themes=("huwelijk", "gezinshereniging"))

        advice = actions.record_advice(session, draft, vocabulary=vocabulary, recorded_by=jurist, now=NOW)
        session.expire_all()

        assert advice.question == draft.question
        assert advice.caller_sector == "welzijn"
        assert advice.recorded_at == advice.updated_at == NOW
        assert not advice.is_demo
        assert [(theme.node, theme.position) for theme in advice.themes] == [("huwelijk", 0), ("gezinshereniging", 1)]

    def test_it_notes_who_recorded_and_never_the_text(
        self, session: Session, vocabulary: Vocabulary, jurist: int
    ) -> None:
        advice = actions.record_advice(session, an_advice_draft(), vocabulary=vocabulary, recorded_by=jurist, now=NOW)

        noted = session.scalars(select(AuditEntry).where(AuditEntry.act == "advice.recorded")).one()

        assert (noted.subject_id, noted.user_id, noted.noted_at) == (str(advice.id), jurist, NOW)

    def test_a_refused_draft_stores_nothing(self, session: Session, vocabulary: Vocabulary, jurist: int) -> None:
        with pytest.raises(AdviceRejected):
            actions.record_advice(
                session, an_advice_draft(themes=()), vocabulary=vocabulary, recorded_by=jurist, now=NOW
            )

        assert session.scalar(select(func.count()).select_from(Advice)) == 0

    def test_today_is_a_day_in_brussels(self, session: Session, vocabulary: Vocabulary, jurist: int) -> None:
        """At 23.30 UTC it is tomorrow in Brussels: a late call may carry the date on the jurist's wall."""
        late = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)

        advice = actions.record_advice(
            session, an_advice_draft(given_on=date(2026, 3, 3)), vocabulary=vocabulary, recorded_by=jurist, now=late
        )

        assert advice.given_on == date(2026, 3, 3)


class TestStorePastAdvice:
    def test_rows_with_and_without_a_sector_keep_their_own_themes(self, session: Session, jurist: int) -> None:
        """A bulk insert must not mix up which theme belongs to which advice."""
        drafts = [
            an_advice_draft(question="een", themes=("huwelijk", "afstamming")),
            an_advice_draft(question="twee", themes=("gezinshereniging",), caller_sector=None),
            an_advice_draft(question="drie", themes=("studenten",)),
        ]
        entries = [PastAdvice(draft=draft, recorded_by=jurist, recorded_at=NOW) for draft in drafts]

        stored = actions.store_past_advice(session, entries, is_demo=True, now=NOW)

        found = session.scalars(select(Advice).order_by(Advice.id)).all()
        assert stored == 3
        assert {advice.question: tuple(theme.node for theme in advice.themes) for advice in found} == {
            draft.question: draft.themes for draft in drafts
        }
        assert all(advice.is_demo for advice in found)

    def test_nothing_is_nothing(self, session: Session) -> None:
        assert actions.store_past_advice(session, [], is_demo=False, now=NOW) == 0


class TestTables:
    def test_advice_has_one_main_theme(self, session: Session, vocabulary: Vocabulary, jurist: int) -> None:
        advice = actions.record_advice(session, an_advice_draft(), vocabulary=vocabulary, recorded_by=jurist, now=NOW)
        session.add(AdviceTheme(advice_id=advice.id, node="studenten", position=0))

        with pytest.raises(IntegrityError):
            session.flush()

    def test_no_column_can_hold_an_identity(self) -> None:
        """Privacy by construction: free text is declared, everything else is a code, a date or a number."""
        assert {column.name for column in Advice.__table__.columns} == {
            "id",
            "given_on",
            "channel",
            "caller_region",
            "caller_category",
            "caller_sector",
            "question",
            "answer",
            "residence_situation",
            "nationality",
            "outcome",
            "referred_to",
            "scope_exception",
            "time_spent_minutes",
            "recorded_by_id",
            "recorded_at",
            "updated_at",
            "revision",
            "is_demo",
        }
        assert Advice.personal_data == {"question", "answer", "scope_exception"}
