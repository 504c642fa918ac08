"""Corrections: traces that are confirmed, records whose text is gone, and drafts that keep what was typed."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.advice.actions import record_advice
from helpdesk.advice.models import Advice, SavedDraft
from helpdesk.advice.rules import broken_rules, corrected_by
from helpdesk.aftercare import actions
from helpdesk.aftercare.models import AdviceRevision
from helpdesk.core.audit import AuditEntry
from helpdesk.core.roles import Role
from helpdesk.core.vocabulary import Vocabulary
from tests.conftest import EMAILS, PASSWORD
from tests.helpdesk.advice.examples import EXAMPLE, an_advice_draft
from tests.pageclient import Page, Visitor

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KEEP = "/helpdesk/adviezen/ontwerp"
OLD = date(2020, 1, 6)
NAMED = "Wat met de brief van dhr. Jansens?"


@pytest.fixture
def stored(session: Session, vocabulary: Vocabulary, jurist: int) -> Advice:
    """An advice in which a name was confirmed."""
    draft = an_advice_draft(question=NAMED, confirmed=frozenset({"dhr. Jansens"}))
    return record_advice(session, draft, vocabulary=vocabulary, recorded_by=jurist, now=NOW)


@pytest.fixture
def forgotten(session: Session, vocabulary: Vocabulary, jurist: int) -> Advice:
    """An advice by e-mail outside the scope, whose free text was removed after its time."""
    draft = an_advice_draft(given_on=OLD, channel="email", scope_exception="Enkel per e-mail bereikbaar.")
    advice = record_advice(session, draft, vocabulary=vocabulary, recorded_by=jurist, now=NOW)
    actions.remove_old_text(session, months=18, now=NOW)
    return advice


def form_at(advice: Advice) -> str:
    return f"/helpdesk/adviezen/{advice.id}/verbeteren"


def typed(page: Page, advice: Advice, **changes: object) -> dict[str, list[str]]:
    return page.fill({"reason": "Verkeerde regio gekozen.", **changes}, action=form_at(advice)).data.to_dict(flat=False)


class TestConfirmedTraces:
    def test_a_record_with_a_confirmed_name_can_be_corrected(
        self, as_jurist: Visitor, session: Session, stored: Advice
    ) -> None:
        page = as_jurist.get(form_at(stored))
        form = page.fill({"caller_region": "limburg", "reason": "Verkeerde regio gekozen."})
        form.data.update({"confirmed": "dhr. Jansens"})

        form.submit("Verbetering bewaren")

        assert "‘dhr. Jansens’ wijst niemand aan" in page.main
        assert stored.caller_region == "limburg"
        assert (
            list(session.scalars(select(AuditEntry.act).where(AuditEntry.subject_id == str(stored.id)))).count(
                "advice.traces_confirmed"
            )
            == 2
        )

    def test_whoever_confirms_nothing_is_asked_to_look(self, as_jurist: Visitor, stored: Advice) -> None:
        form = as_jurist.get(form_at(stored)).fill({"reason": "Verkeerde regio gekozen."})

        answer = form.submit("Verbetering bewaren", expect=422)

        assert "In de vraag staat misschien een naam." in answer.main
        assert stored.revision == 1

    def test_without_scripts_a_button_replaces_the_name(self, as_jurist: Visitor, stored: Advice) -> None:
        form = as_jurist.get(form_at(stored)).fill({"reason": "Een naam vervangen."}, action=form_at(stored))
        form.data.update({"vul": "vervang:question:betrokkene:dhr. Jansens"})

        after = form.submit()

        assert after.path.startswith(form_at(stored))
        again = after.fill({}, action=form_at(stored))
        assert (again.data["question"], again.data["reason"]) == (
            "Wat met de brief van betrokkene?",
            "Een naam vervangen.",
        )
        again.submit("Verbetering bewaren")
        assert stored.question == "Wat met de brief van betrokkene?"


class TestForgottenText:
    def test_codes_of_a_record_without_text_can_be_corrected(
        self, as_jurist: Visitor, session: Session, forgotten: Advice
    ) -> None:
        page = as_jurist.get(form_at(forgotten))
        assert page.all("textarea") == []

        after = page.fill({"caller_region": "limburg", "reason": "Verkeerde regio gekozen."}).submit(
            "Verbetering bewaren"
        )

        assert "Regio was Provincie Antwerpen" in after.main
        assert (forgotten.caller_region, forgotten.question, forgotten.answer) == ("limburg", "", "")
        assert forgotten.scope_exception == ""  # it is still counted as an exception
        assert session.scalars(select(AdviceRevision.before)).one() == {"caller_region": "antwerpen"}

    def test_text_that_was_removed_does_not_come_back(self, as_jurist: Visitor, forgotten: Advice) -> None:
        form = as_jurist.get(form_at(forgotten)).fill({"reason": "Verkeerde regio gekozen."}, action=form_at(forgotten))
        form.data.update({"question": "Opnieuw een vraag", "answer": "Opnieuw een antwoord"})

        form.submit("Verbetering bewaren")

        assert (forgotten.question, forgotten.answer) == ("", "")

    def test_codes_keep_their_rules(self, as_jurist: Visitor, forgotten: Advice) -> None:
        form = as_jurist.get(form_at(forgotten)).fill({"nationality": "zz", "reason": "Verkeerd land gekozen."})

        assert "Kies een nationaliteit uit de lijst." in form.submit("Verbetering bewaren", expect=422).main

    def test_only_a_forgotten_record_goes_without_a_question(self, vocabulary: Vocabulary) -> None:
        draft = an_advice_draft(question="")

        assert [one.field for one in broken_rules(draft, vocabulary=vocabulary, today=NOW.date())] == ["question"]
        assert broken_rules(draft, vocabulary=vocabulary, today=NOW.date(), is_forgotten=True) == []

    def test_the_reason_of_a_late_correction_is_kept_for_its_own_time(
        self, session: Session, vocabulary: Vocabulary, forgotten: Advice, jurist: int
    ) -> None:
        """Otherwise the reason would be gone the night after."""
        draft = an_advice_draft(
            question="", answer="", given_on=OLD, channel="email", scope_exception="", caller_region="limburg"
        )
        actions.correct_advice(
            session,
            forgotten,
            draft,
            reason="Verkeerde regio gekozen.",
            seen_revision=1,
            vocabulary=vocabulary,
            by=jurist,
            now=NOW,
        )

        kept = actions.remove_old_text(session, months=18, now=NOW + timedelta(days=1))
        gone = actions.remove_old_text(session, months=18, now=NOW + timedelta(days=600))

        assert (kept.revisions, gone.revisions) == (0, 1)
        assert session.scalars(select(AdviceRevision.reason)).one() == ""


class TestDrafts:
    @pytest.fixture
    def plain(self, session: Session, vocabulary: Vocabulary, jurist: int) -> Advice:
        return record_advice(session, an_advice_draft(), vocabulary=vocabulary, recorded_by=jurist, now=NOW)

    def test_what_was_saved_while_typing_stands_there_again(
        self, as_jurist: Visitor, session: Session, plain: Advice
    ) -> None:
        page = as_jurist.get(form_at(plain))
        answer = as_jurist.fetch(KEEP, method="POST", data=typed(page, plain, answer="Neen, toch niet."))

        again = as_jurist.get(page.path).fill({}, action=form_at(plain))

        assert answer.status_code == 200
        assert (again.data["answer"], again.data["reason"]) == ("Neen, toch niet.", "Verkeerde regio gekozen.")
        assert corrected_by(session.scalars(select(SavedDraft.fields)).one()) == plain.id
        assert plain.answer == EXAMPLE.answer

    def test_the_list_of_drafts_leads_to_the_correction(self, as_jurist: Visitor, plain: Advice) -> None:
        page = as_jurist.get(form_at(plain))
        as_jurist.fetch(KEEP, method="POST", data=typed(page, plain))

        opened = as_jurist.get("/helpdesk/adviezen/ontwerpen").follow(f"Verbetering van advies {plain.id}")

        assert opened.path == page.path

    def test_the_draft_of_a_correction_is_no_form_of_new_advice(self, as_jurist: Visitor, plain: Advice) -> None:
        page = as_jurist.get(form_at(plain))
        as_jurist.fetch(KEEP, method="POST", data=typed(page, plain))

        other = as_jurist.get(page.path.replace(form_at(plain), "/helpdesk/adviezen/nieuw"))

        assert other.path == page.path

    def test_a_refused_correction_is_kept_as_a_draft(self, as_jurist: Visitor, session: Session, plain: Advice) -> None:
        as_jurist.get(form_at(plain)).fill({"nationality": "zz", "reason": "Verkeerd land."}).submit(
            "Verbetering bewaren", expect=422
        )

        assert session.scalars(select(SavedDraft.fields)).one()["reason"] == ["Verkeerd land."]

    def test_a_correction_sent_after_the_session_ended_waits_behind_the_sign_in_page(
        self, as_jurist: Visitor, plain: Advice
    ) -> None:
        page = as_jurist.get(form_at(plain))
        values = typed(page, plain, caller_region="limburg")
        with as_jurist.client.session_transaction() as cookie:
            cookie.clear()

        answer = as_jurist.fetch(form_at(plain), method="POST", data=values)
        after = as_jurist.get(answer.location).fill({"email": EMAILS[Role.JURIST], "password": PASSWORD}).submit()

        assert after.path == page.path
        assert plain.revision == 1
        again = after.fill({}, action=form_at(plain))
        assert (again.data["caller_region"], again.data["reason"]) == ("limburg", "Verkeerde regio gekozen.")
        again.submit("Verbetering bewaren")
        assert (plain.caller_region, plain.revision) == ("limburg", 2)

    def test_a_correction_sent_twice_is_one_correction(
        self, as_jurist: Visitor, session: Session, plain: Advice
    ) -> None:
        values = typed(as_jurist.get(form_at(plain)), plain, caller_region="limburg")

        answers = [as_jurist.fetch(form_at(plain), method="POST", data=values) for _ in range(2)]

        assert [answer.status_code for answer in answers] == [303, 303]
        assert (plain.revision, len(session.scalars(select(AdviceRevision)).all())) == (2, 1)
        assert session.scalars(select(SavedDraft.fields)).one() == {}

    def test_a_draft_of_before_another_correction_shows_both_at_once(self, as_jurist: Visitor, plain: Advice) -> None:
        page = as_jurist.get(form_at(plain))
        as_jurist.fetch(KEEP, method="POST", data=typed(page, plain, answer="Antwoord twee."))
        as_jurist.get(form_at(plain)).fill({"answer": "Antwoord een.", "reason": "Eerste verbetering."}).submit(
            "Verbetering bewaren"
        )

        both = as_jurist.get(page.path)

        assert "Dit advies werd intussen verbeterd" in both.main
        assert "Antwoord een." in both.main
        assert both.fill({}, action=form_at(plain)).data["answer"] == "Antwoord twee."

    def test_the_record_itself_is_not_suggested_as_its_own_source(self, as_jurist: Visitor, plain: Advice) -> None:
        page = as_jurist.get(form_at(plain))

        assert f"bron:advies/{plain.id}" not in page.source
