"""What happens to an advice after it was recorded: corrected, followed up, forgotten, proposed, referred to."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.accounts.models import User
from helpdesk.advice.actions import PastAdvice, record_advice, store_past_advice
from helpdesk.advice.models import Advice, AdviceChange
from helpdesk.advice.queries import own_documents
from helpdesk.aftercare import actions, queries, rules
from helpdesk.aftercare.models import AdviceRevision, CallBack, FollowUp, Proposal
from helpdesk.core.audit import AuditEntry
from helpdesk.core.errors import NotFound
from helpdesk.core.references import NotedReference, references_of
from helpdesk.core.roles import Role
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.rulings.models import Ruling
from tests.conftest import EMAILS
from tests.helpdesk.advice.examples import EXAMPLE, advice_form_values, an_advice_draft
from tests.pageclient import Page, Visitor

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
NEW = "/helpdesk/adviezen/nieuw"
LIST = "/helpdesk/adviezen"


def record(visitor: Visitor, **changes: object) -> Page:
    return visitor.get(NEW).fill(advice_form_values(**changes)).submit("Bewaren")


def stored(session: Session) -> Advice:
    return session.scalars(select(Advice)).one()


class TestCorrection:
    def test_a_correction_keeps_what_was_there_and_why_it_changed(self, as_jurist: Visitor, session: Session) -> None:
        page = record(as_jurist).follow("Verbeteren")
        form = page.fill({"caller_region": "limburg", "answer": "Neen.", "reason": "Verkeerde regio gekozen."})

        after = form.submit("Verbetering bewaren")

        advice = stored(session)
        assert (advice.caller_region, advice.answer, advice.revision) == ("limburg", "Neen.", 2)
        row = session.scalars(select(AdviceRevision)).one()
        assert (row.number, row.reason) == (1, "Verkeerde regio gekozen.")
        assert row.before == {"answer": EXAMPLE.answer, "caller_region": "antwerpen"}
        assert "Regio was Provincie Antwerpen" in after.main
        assert "Antwoord was Ja, zie de themapagina." in after.main

    def test_a_correction_without_changes_shows_the_record_as_it_is(self, as_jurist: Visitor, session: Session) -> None:
        typed = advice_form_values(
            other_themes=["huwelijk"], outcome="3", referred_to="unia", residence_situation_2="4", nationality_2="BE"
        )
        page = record(as_jurist, **typed).follow("Verbeteren")

        page.fill({"reason": "Niets veranderd, enkel nagekeken."}).submit("Verbetering bewaren")

        assert session.scalars(select(AdviceRevision.before)).one() == {}

    def test_a_correction_needs_a_reason_and_keeps_the_rules(self, as_jurist: Visitor, session: Session) -> None:
        page = record(as_jurist).follow("Verbeteren")

        answer = page.fill({"nationality": "", "reason": ""}).submit("Verbetering bewaren", expect=422)

        assert "Kies een nationaliteit." in answer.main
        assert "Schrijf wat er verbeterd is en waarom." in answer.main
        assert stored(session).revision == 1

    def test_two_corrections_at_once_show_both_texts(self, as_jurist: Visitor, session: Session) -> None:
        record(as_jurist)
        first, second = (as_jurist.get(f"{LIST}/{stored(session).id}/verbeteren") for _ in range(2))
        first.fill({"answer": "Antwoord een.", "reason": "Eerste verbetering."}).submit("Verbetering bewaren")

        both = second.fill({"answer": "Antwoord twee.", "reason": "Tweede verbetering."}).submit(
            "Verbetering bewaren", expect=409
        )

        assert "Antwoord een." in both.main
        assert both.fill({"reason": "Tweede verbetering."}).data["answer"] == "Antwoord twee."
        assert stored(session).answer == "Antwoord een."
        both.fill({}, action=f"{LIST}/{stored(session).id}/verbeteren").submit("Verbetering bewaren")
        assert (stored(session).answer, stored(session).revision) == ("Antwoord twee.", 3)

    def test_what_was_attached_stays_what_it_was_that_day(
        self, session: Session, vocabulary: Vocabulary, jurist: int
    ) -> None:
        draft = an_advice_draft(sources=("thema/gh-belg",))
        advice = record_advice(session, draft, vocabulary=vocabulary, recorded_by=jurist, now=NOW)

        actions.correct_advice(
            session,
            advice,
            an_advice_draft(sources=("thema/gh-belg", "thema/bgv"), answer="Neen."),
            reason="Een bron vergeten.",
            seen_revision=1,
            vocabulary=vocabulary,
            by=jurist,
            now=NOW + timedelta(days=10),
        )

        assert [(source.document_id, source.attached_on) for source in advice.sources] == [
            ("thema/gh-belg", TODAY),
            ("thema/bgv", date(2026, 3, 12)),
        ]

    def test_a_source_that_was_withdrawn_since_stays_with_what_rested_on_it(
        self, session: Session, vocabulary: Vocabulary, jurist: int
    ) -> None:
        ruling = session.scalars(select(Ruling).order_by(Ruling.slug)).first()
        assert ruling is not None
        draft = an_advice_draft(sources=(ruling.document_id,))
        advice = record_advice(session, draft, vocabulary=vocabulary, recorded_by=jurist, now=NOW)
        ruling.published_at, ruling.withdrawn_reason = None, "Er stond een naam in."

        actions.correct_advice(
            session,
            advice,
            an_advice_draft(sources=(ruling.document_id,), time_spent_minutes=5),
            reason="De minuten klopten niet.",
            seen_revision=1,
            vocabulary=vocabulary,
            by=jurist,
            now=NOW,
        )

        assert [source.document_id for source in advice.sources] == [ruling.document_id]

    def test_nobody_corrects_the_advice_of_a_colleague(
        self, as_jurist: Visitor, as_coordinator: Visitor, session: Session
    ) -> None:
        record(as_jurist)

        as_coordinator.get(f"{LIST}/{stored(session).id}/verbeteren", expect=404)


class TestFollowUp:
    def plan(self, visitor: Visitor, session: Session, **changes: object) -> Page:
        record(visitor)
        typed = {"due_on": "2099-01-05", "whose": "ik", "contact": "An, 0475 12 34 56"} | changes
        return visitor.get(f"{LIST}/{stored(session).id}").fill(typed).submit("Opvolging bewaren")

    def test_what_waits_for_a_jurist_stands_in_one_list(self, as_jurist: Visitor, session: Session) -> None:
        page = self.plan(as_jurist, session)

        assert "Bereikbaar via: An, 0475 12 34 56" in page.main
        waiting = as_jurist.get("/helpdesk/wacht-op-mij")
        assert f"advies {stored(session).id} van" in waiting.main
        assert "0475" not in waiting.source

    def test_what_is_finished_leaves_the_list_and_takes_the_call_back_data_along(
        self, as_jurist: Visitor, session: Session
    ) -> None:
        page = self.plan(as_jurist, session)
        action = f"{LIST}/{stored(session).id}/opvolging"

        form = page.fill({}, action=action)
        form.data.update({"klaar": "1"})
        after = form.submit()

        assert "Er wacht niets op jou." in after.main
        assert session.scalar(select(func.count()).select_from(CallBack)) == 0

    def test_a_colleague_who_takes_it_on_may_read_it_and_only_the_first_one_does(
        self, as_jurist: Visitor, session: Session
    ) -> None:
        self.plan(as_jurist, session, whose="iemand")
        advice_id = stored(session).id
        colleague, other = session.scalars(
            select(User.id).where(User.email.in_([EMAILS[Role.EDITOR], EMAILS[Role.ADMIN]]))
        )
        with pytest.raises(NotFound):
            queries.get_readable_advice(session, advice_id, reader=colleague)

        taken = actions.claim_follow_up(session, advice_id, by=colleague, now=NOW)

        assert taken
        assert queries.get_readable_advice(session, advice_id, reader=colleague).question == EXAMPLE.question
        assert not actions.claim_follow_up(session, advice_id, by=other, now=NOW)

    def test_a_coordinator_takes_nothing_on_and_reads_nothing(
        self, as_jurist: Visitor, as_coordinator: Visitor, session: Session
    ) -> None:
        self.plan(as_jurist, session, whose="iemand")
        address = f"{LIST}/{stored(session).id}"
        listed = as_coordinator.get("/helpdesk/wacht-op-mij")
        assert EXAMPLE.question not in listed.source
        assert "Opnemen" not in listed.main

        token = listed.fill({}, action="/afmelden").data["csrf_token"]
        answer = as_coordinator.fetch(f"{address}/opnemen", method="POST", data={"csrf_token": token})

        assert answer.status_code == 403

        as_coordinator.get(address, expect=404)

    def test_a_day_that_is_over_is_refused(self, as_jurist: Visitor, session: Session) -> None:
        record(as_jurist)

        page = (
            as_jurist.get(f"{LIST}/{stored(session).id}")
            .fill({"due_on": "2020-01-05"})
            .submit("Opvolging bewaren", expect=422)
        )

        assert "Kies vandaag of een latere dag." in page.main
        assert session.scalar(select(func.count()).select_from(FollowUp)) == 0


class TestForgetting:
    def past(self, session: Session, jurist: int, given_on: date, *, is_demo: bool = False) -> Advice:
        draft = an_advice_draft(given_on=given_on, scope_exception="Enkel per e-mail bereikbaar.")
        entry = PastAdvice(draft=draft, recorded_by=jurist, recorded_at=NOW)
        store_past_advice(session, [entry], is_demo=is_demo, now=NOW)
        return session.scalars(select(Advice).order_by(Advice.id.desc())).first() or pytest.fail("nothing was stored")

    @pytest.mark.parametrize(("given_on", "is_kept"), [(date(2024, 9, 1), False), (date(2024, 9, 2), True)])
    def test_text_goes_after_eighteen_months_and_codes_stay(
        self, given_on: date, session: Session, jurist: int, *, is_kept: bool
    ) -> None:
        advice = self.past(session, jurist, given_on)

        removed = actions.remove_old_text(session, months=18, now=NOW)

        assert (advice.question != "", advice.answer != "") == (is_kept, is_kept)
        assert (advice.nationality, advice.caller_region) == ("MA", "antwerpen")
        assert advice.scope_exception is not None
        assert removed.advice == (0 if is_kept else 1)

    def test_history_references_and_index_go_with_the_text(
        self, session: Session, vocabulary: Vocabulary, jurist: int
    ) -> None:
        draft = an_advice_draft(given_on=date(2020, 1, 6), answer="Zie art. 40ter Vw.")
        advice = record_advice(session, draft, vocabulary=vocabulary, recorded_by=jurist, now=NOW)
        actions.correct_advice(
            session,
            advice,
            an_advice_draft(given_on=date(2020, 1, 6), answer="Zie art. 40bis Vw."),
            reason="Verkeerd artikel genoemd.",
            seen_revision=1,
            vocabulary=vocabulary,
            by=jurist,
            now=NOW,
        )

        removed = actions.remove_old_text(session, months=18, now=NOW)

        assert removed == actions.TextRemoved(advice=1, revisions=1)
        row = session.scalars(select(AdviceRevision)).one()
        assert (row.before, row.reason) == ({}, "")
        assert references_of(session, f"advies/{advice.id}") == []
        assert own_documents(session, owner=jurist, vocabulary=vocabulary) == []
        last = session.scalars(select(AdviceChange).order_by(AdviceChange.id.desc())).first()
        assert last is not None
        assert last.advice_id is None  # all of it is read again: a mark of removal would leave the words on the disk
        noted = session.scalars(select(AuditEntry.subject_id).where(AuditEntry.act == "advice.text_removed")).one()
        assert noted == "1 adviezen, 1 verbeteringen"
        assert actions.remove_old_text(session, months=18, now=NOW) == actions.TextRemoved(0, 0)

    def test_an_old_proposal_loses_its_text_with_the_advice(self, session: Session, jurist: int) -> None:
        for proposed_at in (NOW - timedelta(days=700), NOW):
            session.add(
                Proposal(kind="pagina", title="x", text="Vraag", proposed_by_id=jurist, proposed_at=proposed_at)
            )
        session.flush()

        actions.remove_old_text(session, months=18, now=NOW)

        texts = session.scalars(select(Proposal.text).order_by(Proposal.proposed_at)).all()
        assert texts == ["", "Vraag"]

    def test_fictitious_advice_keeps_its_text(self, session: Session, jurist: int) -> None:
        advice = self.past(session, jurist, date(2019, 1, 7), is_demo=True)

        actions.remove_old_text(session, months=18, now=NOW)

        assert advice.question

    def test_a_record_without_text_says_why(self, as_jurist: Visitor, session: Session) -> None:
        record(as_jurist, given_on="2020-01-06")
        advice = stored(session)
        actions.remove_old_text(session, months=18, now=NOW)

        assert "verwijderd na de bewaartermijn" in as_jurist.get(f"{LIST}/{advice.id}").main

    def test_call_back_data_go_after_thirty_days(self, session: Session, jurist: int) -> None:
        advice = self.past(session, jurist, TODAY)
        actions.follow_up(session, advice.id, due_on=TODAY, owner=jurist, contact="0475 12 34 56", by=jurist, now=NOW)

        assert actions.forget_call_backs(session, now=NOW + timedelta(days=30)) == 0
        assert actions.forget_call_backs(session, now=NOW + timedelta(days=30, seconds=1)) == 1

    @pytest.mark.parametrize(
        ("day", "months", "before"),
        [
            (date(2026, 3, 2), 18, date(2024, 9, 2)),
            (date(2026, 3, 31), 1, date(2026, 2, 28)),
            (date(2024, 3, 31), 1, date(2024, 2, 29)),
            (date(2026, 1, 1), 12, date(2025, 1, 1)),
        ],
    )
    def test_months_are_counted_by_the_calendar(self, day: date, months: int, before: date) -> None:
        assert rules.months_before(day, months) == before


class TestProposal:
    def test_an_editor_gets_the_text_and_not_who_asked(
        self, as_jurist: Visitor, as_editor: Visitor, session: Session
    ) -> None:
        page = record(as_jurist).follow("Voorstel aan de redactie")
        assert EXAMPLE.question in page.fill({"kind": "nieuws"}).data["text"]

        page.fill({"kind": "nieuws", "title": "Werken tijdens de aanvraag"}).submit("Naar de redactie sturen")

        listed = as_editor.get("/redactie/voorstellen")
        assert "Werken tijdens de aanvraag" in listed.main
        assert "nieuwsbericht" in listed.main
        for detail in ("Welzijn", "Antwerpen", "Marokko", "professional"):
            assert detail not in listed.main
        done = listed.fill({}, action=f"/redactie/voorstellen/{session.scalars(select(Proposal.id)).one()}")
        assert "Afgehandeld op" in done.submit("Afgehandeld").main

    def test_a_proposal_that_points_at_a_person_is_refused(self, as_jurist: Visitor, session: Session) -> None:
        page = record(as_jurist).follow("Voorstel aan de redactie")

        answer = page.fill({"text": "Zoals Mevr. Peeters vroeg"}).submit("Naar de redactie sturen", expect=422)

        assert "In het voorstel staat misschien een naam." in answer.main
        assert session.scalar(select(func.count()).select_from(Proposal)) == 0


class TestReferences:
    def test_an_advice_shows_what_it_names_and_the_graph_never_has_its_words(
        self, as_jurist: Visitor, session: Session
    ) -> None:
        page = record(as_jurist, question="Geldt art. 40ter Vw. hier?", answer="Ja, zie RvV nr. 269.083.")

        links = page.links()
        assert links["art. 40ter Vw."] == "/wetgeving/vw/40ter"
        assert any(address.startswith("/rechtspraak/nr/rvv/") for address in links.values())
        rows = session.scalars(
            select(NotedReference).where(NotedReference.source_id == f"advies/{stored(session).id}")
        ).all()
        assert {row.context for row in rows} == {""}

    def test_the_public_page_of_an_article_does_not_know_it(self, as_jurist: Visitor, as_visitor: Visitor) -> None:
        page = record(as_jurist, question="Geldt art. 40ter Vw. hier?")

        assert page.heading not in as_visitor.get("/wetgeving/vw/40ter").main
