"""Second reading: a named colleague reads one record, as long as it is asked, and gives a remark back."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.accounts.actions import add_user
from helpdesk.accounts.models import User, UserSession
from helpdesk.accounts.routes import TOKEN
from helpdesk.accounts.rules import new_token, token_digest
from helpdesk.advice.actions import record_advice
from helpdesk.advice.models import Advice
from helpdesk.aftercare import actions, queries
from helpdesk.aftercare.models import SecondReading
from helpdesk.core.audit import AuditEntry
from helpdesk.core.errors import NotFound
from helpdesk.core.roles import Role
from helpdesk.core.vocabulary import Vocabulary
from tests.conftest import EMAILS, PASSWORD, House
from tests.helpdesk.advice.examples import EXAMPLE, an_advice_draft
from tests.pageclient import Page, Visitor

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WAITING = "/helpdesk/wacht-op-mij"
ASKED = "Klopt het artikel dat ik noem?"


@pytest.fixture
def colleague(session: Session) -> User:
    """Another jurist."""
    now = datetime.now(UTC)
    return add_user(
        session,
        email="tweede.lezer@voorbeeld.test",
        display_name="Tweede lezer",
        password=PASSWORD,
        roles=[Role.JURIST],
        now=now,
    )


@pytest.fixture
def as_colleague(house: House, session: Session, colleague: User) -> Visitor:
    """The other jurist, signed in."""
    token, now = new_token(), datetime.now(UTC)
    session.add(
        UserSession(
            user_id=colleague.id,
            token_digest=token_digest(token),
            started_at=now,
            expires_at=now + timedelta(days=1),
        )
    )
    client = house.app.test_client()
    with client.session_transaction() as cookie:
        cookie[TOKEN] = token
    return Visitor(client, before_request=session.commit)


@pytest.fixture
def advice(session: Session, vocabulary: Vocabulary, jurist: int) -> Advice:
    return record_advice(session, an_advice_draft(), vocabulary=vocabulary, recorded_by=jurist, now=NOW)


def page_of(advice: Advice) -> str:
    return f"/helpdesk/adviezen/{advice.id}"


def ask(visitor: Visitor, advice: Advice, colleague: User, question: str = ASKED) -> Page:
    typed = {"reader": str(colleague.id), "reading_question": question}
    return visitor.get(page_of(advice)).fill(typed).submit("Vragen")


def acts(session: Session, advice: Advice, user_id: int) -> list[str]:
    about = AuditEntry.subject_id.in_([str(advice.id), f"{advice.id}/{user_id}"])
    return list(session.scalars(select(AuditEntry.act).where(about).order_by(AuditEntry.id)))


class TestReading:
    def test_a_colleague_reads_what_is_asked_and_gives_a_remark_back(
        self, as_jurist: Visitor, as_colleague: Visitor, advice: Advice, colleague: User
    ) -> None:
        as_colleague.get(page_of(advice), expect=404)
        ask(as_jurist, advice, colleague)

        opened = as_colleague.get(WAITING).follow(f"Advies {advice.id} van 02-03-2026, Gezinshereniging")
        assert EXAMPLE.question in opened.main
        assert ASKED in opened.main
        opened.fill({"remark": "Noem ook artikel 40bis."}).submit("Opmerking terugsturen")

        as_colleague.get(page_of(advice), expect=404)
        answered = as_jurist.get(WAITING).follow(f"Advies {advice.id} van 02-03-2026, Gezinshereniging")
        assert "Noem ook artikel 40bis." in answered.main
        after = answered.fill({}, action=f"{page_of(advice)}/nalezing").submit("Gezien")
        assert "Er wacht niets op jou." in after.main
        assert "Noem ook artikel 40bis." in as_jurist.get(page_of(advice)).main

    def test_every_reading_is_noted(
        self, as_jurist: Visitor, as_colleague: Visitor, session: Session, advice: Advice, colleague: User
    ) -> None:
        ask(as_jurist, advice, colleague)
        for _ in range(2):
            as_colleague.get(page_of(advice))

        read = select(func.count()).where(AuditEntry.act == "advice.read", AuditEntry.user_id == colleague.id)
        assert session.scalar(read) == 2
        assert "advice.second_reading_asked" in acts(session, advice, colleague.id)

    def test_a_question_that_is_withdrawn_ends_the_reading(
        self, as_jurist: Visitor, as_colleague: Visitor, advice: Advice, colleague: User
    ) -> None:
        page = ask(as_jurist, advice, colleague)
        opened = as_colleague.get(page_of(advice))

        page.fill({}, action=f"{page_of(advice)}/nalezing").submit("Intrekken")

        as_colleague.get(page_of(advice), expect=404)
        opened.fill({"remark": "Te laat."}).submit("Opmerking terugsturen", expect=404)
        assert "Er wacht niets op jou." in as_colleague.get(WAITING).main
        assert "zonder opmerking beëindigd" in as_jurist.get(page_of(advice)).main

    def test_reading_is_all_a_second_reader_may(
        self,
        as_jurist: Visitor,
        as_colleague: Visitor,
        session: Session,
        advice: Advice,
        *,
        colleague: User,
        jurist: int,
    ) -> None:
        """Not following up, not correcting, not asking on, not the number of the caller."""
        actions.follow_up(
            session, advice.id, due_on=date(2099, 1, 5), owner=jurist, contact="0475 12 34 56", by=jurist, now=NOW
        )
        ask(as_jurist, advice, colleague)

        opened = as_colleague.get(page_of(advice))

        assert "0475" not in opened.source
        assert "Opvolging" not in opened.main
        assert "Een collega laten nalezen" not in opened.main
        token = opened.fill({"remark": "x"}).data["csrf_token"]
        for path, typed in (
            ("opvolging", {"klaar": "1"}),
            ("nalezing", {"reader": str(jurist)}),
            ("verbeteren", {"reason": "Zomaar iets anders."}),
        ):
            answer = as_colleague.fetch(f"{page_of(advice)}/{path}", method="POST", data={"csrf_token": token, **typed})
            assert answer.status_code == 404, path
        as_colleague.get(f"{page_of(advice)}/voorstel", expect=404)

    def test_nobody_else_reads_along(
        self, as_jurist: Visitor, as_coordinator: Visitor, advice: Advice, colleague: User
    ) -> None:
        ask(as_jurist, advice, colleague)

        as_coordinator.get(page_of(advice), expect=404)
        assert f"Advies {advice.id} van" not in as_coordinator.get(WAITING).main

    def test_a_colleague_is_asked_once_at_a_time(
        self, as_jurist: Visitor, session: Session, advice: Advice, colleague: User
    ) -> None:
        ask(as_jurist, advice, colleague)
        ask(as_jurist, advice, colleague, "En klopt de termijn?")

        reading = session.scalars(select(SecondReading)).one()
        assert reading.question == "En klopt de termijn?"

    def test_what_was_answered_can_be_asked_again(
        self, as_jurist: Visitor, as_colleague: Visitor, session: Session, advice: Advice, colleague: User
    ) -> None:
        ask(as_jurist, advice, colleague)
        as_colleague.get(page_of(advice)).fill({"remark": "In orde."}).submit("Opmerking terugsturen")

        ask(as_jurist, advice, colleague, "En nu?")

        assert EXAMPLE.question in as_colleague.get(page_of(advice)).main
        assert session.scalar(select(func.count()).select_from(SecondReading)) == 2


class TestRefusals:
    @pytest.mark.parametrize("reader", ["", "x", "0", "coordinator", "oneself"])
    def test_only_another_jurist_can_be_asked(
        self, reader: str, as_jurist: Visitor, session: Session, advice: Advice, *, colleague: User, jurist: int
    ) -> None:
        coordinator = session.scalars(select(User.id).where(User.email == EMAILS[Role.COORDINATOR])).one()
        form = as_jurist.get(page_of(advice)).fill({"reader": str(colleague.id), "reading_question": ASKED})
        form.data["reader"] = {"coordinator": str(coordinator), "oneself": str(jurist)}.get(reader, reader)

        answer = form.submit("Vragen", expect=422)

        assert "Kies een collega" in answer.main
        assert answer.fill({"reader": str(colleague.id)}).data["reading_question"] == ASKED
        assert session.scalars(select(SecondReading)).all() == []

    def test_a_remark_that_points_at_a_person_is_refused_and_kept(
        self, as_jurist: Visitor, as_colleague: Visitor, session: Session, advice: Advice, colleague: User
    ) -> None:
        ask(as_jurist, advice, colleague)
        typed = {"remark": "Mevr. Peeters moet wachten."}

        answer = as_colleague.get(page_of(advice)).fill(typed).submit("Opmerking terugsturen", expect=422)

        assert "In je opmerking staat misschien een naam." in answer.main
        assert answer.fill({}, action=f"{page_of(advice)}/opmerking").data["remark"] == typed["remark"]
        assert session.scalars(select(SecondReading.ended_at)).one() is None

    def test_an_empty_remark_is_asked_again(
        self, as_jurist: Visitor, as_colleague: Visitor, advice: Advice, colleague: User
    ) -> None:
        ask(as_jurist, advice, colleague)

        answer = as_colleague.get(page_of(advice)).fill({"remark": ""}).submit("Opmerking terugsturen", expect=422)

        assert "Schrijf je opmerking; is het in orde, schrijf dat dan." in answer.main

    def test_a_colleague_ends_no_question_of_another(
        self, as_jurist: Visitor, session: Session, advice: Advice, colleague: User
    ) -> None:
        ask(as_jurist, advice, colleague)
        reading_id = session.scalars(select(SecondReading.id)).one()

        assert not actions.withdraw_second_reading(session, reading_id, by=colleague.id, now=NOW)
        with pytest.raises(NotFound):
            actions.answer_second_reading(session, advice.id, "In orde.", by=advice.recorded_by_id, now=NOW)


def test_a_second_reading_goes_with_the_text_after_its_time(
    session: Session, vocabulary: Vocabulary, jurist: int, colleague: User
) -> None:
    draft = an_advice_draft(given_on=date(2020, 1, 6))
    advice = record_advice(session, draft, vocabulary=vocabulary, recorded_by=jurist, now=NOW)
    actions.ask_second_reading(session, advice, ASKED, reader=colleague.id, offered=[colleague.id], by=jurist, now=NOW)

    actions.remove_old_text(session, months=18, now=NOW)

    reading = session.scalars(select(SecondReading)).one()
    assert (reading.question, reading.ended_at is None) == ("", False)
    with pytest.raises(NotFound):
        queries.get_readable_advice(session, advice.id, reader=colleague.id)
