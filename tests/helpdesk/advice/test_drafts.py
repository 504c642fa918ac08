import re
import secrets
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from helpdesk.accounts.models import User
from helpdesk.advice import actions, queries, rules
from helpdesk.advice.actions import FormInHand
from helpdesk.advice.models import Advice, AdviceChange, AdviceTheme, SavedDraft
from helpdesk.core import references
from helpdesk.core.audit import AuditEntry
from helpdesk.core.roles import Role
from helpdesk.core.vocabulary import Vocabulary
from tests.conftest import EMAILS, PASSWORD, House
from tests.helpdesk.advice.examples import EXAMPLE, advice_form_values, an_advice_draft
from tests.pageclient import Page, Visitor

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECRET = "a secret of a test"
NEW = "/helpdesk/adviezen/nieuw"
KEEP = "/helpdesk/adviezen/ontwerp"
DRAFTS = "/helpdesk/adviezen/ontwerpen"

Sent = dict[str, list[str]]


def in_hand(owner: int, *, key: str | None = None, holder: str = "tab", revision: int = 0) -> FormInHand:
    key = key or rules.draft_key(owner, "willekeurig", secret=SECRET)
    return FormInHand(key=key, holder=holder, revision=revision, owner=owner)


def keep(session: Session, form: FormInHand, question: str, *, now: datetime = NOW) -> actions.Kept:
    return actions.keep_draft(session, form, {"question": [question]}, secret=SECRET, now=now)


def count(session: Session, table: type[Advice] | type[SavedDraft]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


class TestKeys:
    def test_a_key_tells_for_whom_the_form_was_made(self) -> None:
        assert rules.owner_of_key(rules.draft_key(12, "abc", secret=SECRET), secret=SECRET) == 12

    @pytest.mark.parametrize(
        "key", ["", "12", "12.abc", "12.abc.", "x.abc.def", "12.abc.é", "9" * 40 + ".a.b", "..", "٣.a.b"]
    )
    def test_what_is_no_key_belongs_to_nobody(self, key: str) -> None:
        assert rules.owner_of_key(key, secret=SECRET) is None

    def test_a_key_of_another_colleague_or_another_house_is_no_key(self) -> None:
        key = rules.draft_key(12, "abc", secret=SECRET)

        assert rules.owner_of_key("13" + key[2:], secret=SECRET) is None
        assert rules.owner_of_key(key, secret="another") is None

    def test_a_fork_is_always_the_same_and_never_grows(self) -> None:
        """However often a page goes on apart, its key fits the column."""
        key = rules.draft_key(2_147_483_647, "n" * 22, secret=SECRET)
        for _ in range(5):
            again = rules.forked_key(key, "tab", owner_id=2_147_483_647, secret=SECRET)
            assert again == rules.forked_key(key, "tab", owner_id=2_147_483_647, secret=SECRET) != key
            assert len(again) <= 100
            assert rules.owner_of_key(again, secret=SECRET) == 2_147_483_647
            key = again


class TestKeepDraft:
    def test_one_tab_saves_again_and_again(self, session: Session, jurist: int) -> None:
        first = keep(session, in_hand(jurist), "Mag")
        second = keep(session, in_hand(jurist, revision=first.revision), "Mag mijn partner")

        assert (second.key, second.revision) == (first.key, 2)
        assert [draft.opening for draft in queries.open_drafts(session, owner=jurist)] == ["Mag mijn partner"]

    def test_an_answer_that_was_lost_does_not_split_a_draft(self, session: Session, jurist: int) -> None:
        """The server was killed after it saved: the page asks again with the revision it knows."""
        first = keep(session, in_hand(jurist), "Mag")

        again = keep(session, in_hand(jurist, revision=0), "Mag mijn")

        assert again.key == first.key
        assert count(session, SavedDraft) == 1

    def test_two_tabs_on_one_draft_never_mix(self, session: Session, jurist: int) -> None:
        """A tab that is duplicated has the same address: the one that falls behind goes on apart."""
        keep(session, in_hand(jurist, holder="een"), "Vraag een")
        other = keep(session, in_hand(jurist, holder="twee", revision=1), "Vraag twee")
        behind = keep(session, in_hand(jurist, holder="een", revision=1), "Vraag een, langer")
        further = keep(session, in_hand(jurist, holder="een", key=behind.key, revision=behind.revision), "Vraag een!")

        assert behind.key != other.key
        assert further.key == behind.key
        assert {draft.opening for draft in queries.open_drafts(session, owner=jurist)} == {"Vraag twee", "Vraag een!"}

    def test_nobody_writes_in_the_draft_of_a_colleague(self, session: Session, jurist: int) -> None:
        keep(session, in_hand(jurist), "Van mij")
        other = session.scalars(select(User.id).where(User.email == EMAILS[Role.COORDINATOR])).one()
        key = rules.draft_key(jurist, "willekeurig", secret=SECRET)

        with pytest.raises(LookupError):
            keep(session, in_hand(other, key=key), "Van een ander")
        assert queries.find_draft(session, key, owner=other) is None

    def test_a_draft_nobody_saved_for_fourteen_days_goes(self, session: Session, jurist: int) -> None:
        keep(session, in_hand(jurist), "Oud")
        keep(
            session,
            in_hand(jurist, key=rules.draft_key(jurist, "b", secret=SECRET)),
            "Jong",
            now=NOW + timedelta(hours=1),
        )

        gone = actions.forget_old_drafts(session, now=NOW + timedelta(days=14, minutes=1))

        assert gone == 1
        assert [draft.opening for draft in queries.open_drafts(session, owner=jurist)] == ["Jong"]


def sent(page: Page, **changes: object) -> Sent:
    """Return a whole form as the browser sends it."""
    return page.fill(advice_form_values(**changes), action=NEW).data.to_dict(flat=False)


def post(visitor: Visitor, path: str, values: Sent) -> TestResponse:
    return visitor.fetch(path, method="POST", data=values)


class TestForm:
    def test_a_form_has_a_draft_of_its_own_in_its_address(self, as_jurist: Visitor, session: Session) -> None:
        first, second = as_jurist.get(NEW), as_jurist.get(NEW)

        assert re.fullmatch(rf"{NEW}\?ontwerp=\d+\.[\w-]+\.[0-9a-f]+", first.path)
        assert first.path != second.path
        assert count(session, SavedDraft) == 0

    def test_what_was_saved_while_typing_stands_there_again(self, as_jurist: Visitor) -> None:
        """After a closed browser, a crash or a restart: the address or the list leads back."""
        page = as_jurist.get(NEW)
        values = sent(page, nationality="mar", other_themes=["huwelijk"], answer="Half ant")

        assert post(as_jurist, KEEP, values).status_code == 200

        again = as_jurist.get(DRAFTS).follow(EXAMPLE.question)
        assert again.path == page.path
        data = again.fill({}, action=NEW).data
        assert (data["question"], data["nationality"], data["answer"]) == (EXAMPLE.question, "mar", "Half ant")
        assert data.getlist("other_themes") == ["huwelijk"]

    def test_a_script_is_told_where_its_text_is(self, as_jurist: Visitor) -> None:
        values = sent(as_jurist.get(NEW))

        answer = post(as_jurist, KEEP, values).json

        assert answer == {"key": values["draft_key"][0], "revision": 1, "recorded": None}

    def test_a_form_sent_twice_is_one_advice(self, as_jurist: Visitor, session: Session) -> None:
        values = sent(as_jurist.get(NEW))

        first, second = post(as_jurist, NEW, values), post(as_jurist, NEW, values)

        assert first.status_code == second.status_code == 303
        assert first.location == second.location
        assert count(session, Advice) == 1

    def test_a_form_changed_after_it_was_recorded_is_another_advice(self, as_jurist: Visitor, session: Session) -> None:
        """Back in the browser, another question, save: that is a new call, and its text must not vanish."""
        page = as_jurist.get(NEW)
        for question in ("Eerste vraag?", "Tweede vraag?", "Tweede vraag?"):
            post(as_jurist, NEW, sent(page, question=question))

        assert session.scalars(select(Advice.question).order_by(Advice.id)).all() == ["Eerste vraag?", "Tweede vraag?"]

    def test_recording_empties_the_draft(self, as_jurist: Visitor, session: Session) -> None:
        page = as_jurist.get(NEW)
        values = sent(page)
        post(as_jurist, KEEP, values)

        post(as_jurist, NEW, values)

        row = session.scalars(select(SavedDraft)).one()
        assert (row.fields, row.advice_id) == ({}, session.scalars(select(Advice.id)).one())
        assert "Er staat niets open." in as_jurist.get(DRAFTS).main
        assert as_jurist.get(page.path).path == f"/helpdesk/adviezen/{row.advice_id}"

    def test_a_script_that_comes_too_late_keeps_nothing(self, as_jurist: Visitor, session: Session) -> None:
        values = sent(as_jurist.get(NEW))
        post(as_jurist, NEW, values)

        answer = post(as_jurist, KEEP, values).json

        assert answer is not None
        assert answer["recorded"] == session.scalars(select(Advice.id)).one()
        assert answer["key"] != values["draft_key"][0]
        assert count(session, SavedDraft) == 1

    def test_a_refused_form_is_kept_too(self, as_jurist: Visitor) -> None:
        as_jurist.get(NEW).fill(advice_form_values(nationality="")).submit("Bewaren", expect=422)

        assert EXAMPLE.question in as_jurist.get(DRAFTS).main

    def test_a_form_says_what_else_waits(self, as_jurist: Visitor) -> None:
        post(as_jurist, KEEP, sent(as_jurist.get(NEW)))

        assert "Nog 1 openstaand ontwerp" in as_jurist.get(NEW).main

    def test_a_draft_can_be_thrown_away(self, as_jurist: Visitor, session: Session) -> None:
        post(as_jurist, KEEP, sent(as_jurist.get(NEW)))

        page = (
            as_jurist.get(DRAFTS).fill({"draft_key": session.scalars(select(SavedDraft.key)).one()}).submit("Weggooien")
        )

        assert "Het ontwerp is weggegooid." in page.text
        assert count(session, SavedDraft) == 0

    def test_the_draft_of_a_colleague_is_not_shown(self, as_jurist: Visitor, as_coordinator: Visitor) -> None:
        page = as_jurist.get(NEW)
        post(as_jurist, KEEP, sent(page))

        seen = as_coordinator.get(page.path)

        assert seen.path != page.path
        assert EXAMPLE.question not in seen.source
        assert EXAMPLE.question not in as_coordinator.get(DRAFTS).source


class TestSessionOver:
    def test_a_form_sent_after_the_session_ended_waits_behind_the_sign_in_page(
        self, as_jurist: Visitor, session: Session
    ) -> None:
        page = as_jurist.get(NEW)
        values = sent(page)
        with as_jurist.client.session_transaction() as cookie:
            cookie.clear()

        answer = post(as_jurist, NEW, values)
        sign_in = as_jurist.get(answer.location)
        after = sign_in.fill({"email": EMAILS[Role.JURIST], "password": PASSWORD}).submit()

        assert count(session, Advice) == 0
        assert after.path == page.path
        assert after.fill({}, action=NEW).data["question"] == EXAMPLE.question
        assert (
            after.fill({}, action=NEW).submit("Bewaren").path
            == f"/helpdesk/adviezen/{session.scalars(select(Advice.id)).one()}"
        )

    def test_without_a_session_nobody_writes_over_what_another_page_kept(
        self, as_jurist: Visitor, as_visitor: Visitor, session: Session
    ) -> None:
        """The key stands in the address: who read it over a shoulder can add a draft, not change or read one."""
        values = sent(as_jurist.get(NEW))
        post(as_jurist, KEEP, values)

        post(as_visitor, KEEP, values | {"question": ["Vals"], "draft_holder": ["x"], "draft_revision": ["1"]})

        questions = {row.key: row.fields["question"] for row in session.scalars(select(SavedDraft))}
        assert questions[values["draft_key"][0]] == [EXAMPLE.question]

    def test_a_script_whose_session_ended_is_told_so_and_its_text_is_kept(
        self, as_jurist: Visitor, session: Session
    ) -> None:
        values = sent(as_jurist.get(NEW))
        with as_jurist.client.session_transaction() as cookie:
            cookie.clear()

        assert post(as_jurist, KEEP, values).status_code == 401
        assert session.scalars(select(SavedDraft.fields)).one()["question"] == [EXAMPLE.question]

    def test_the_seal_of_a_colleague_who_left_keeps_nothing(
        self, as_jurist: Visitor, session: Session, jurist: int
    ) -> None:
        values = sent(as_jurist.get(NEW))
        session.get_one(User, jurist).is_active = False
        with as_jurist.client.session_transaction() as cookie:
            cookie.clear()

        post(as_jurist, KEEP, values)

        assert session.scalars(select(SavedDraft)).all() == []

    def test_a_form_of_before_one_signed_in_again_goes_on(self, as_jurist: Visitor) -> None:
        """Signed in again in another tab: the form here carries a token of the session before."""
        values = sent(as_jurist.get(NEW)) | {"csrf_token": ["van vroeger"]}

        answer = post(as_jurist, KEEP, values)
        assert answer.status_code == 200
        assert answer.json is not None
        assert post(as_jurist, NEW, values | {"csrf_token": [answer.json["csrf_token"]]}).status_code == 303

    def test_without_our_seal_nothing_is_kept(self, as_visitor: Visitor, session: Session, jurist: int) -> None:
        """Whoever has no form that this server made cannot store a letter."""
        forged = {"question": ["x"], "draft_key": [rules.draft_key(jurist, "abc", secret="a guess")]}

        assert post(as_visitor, KEEP, forged).status_code == 400
        assert post(as_visitor, NEW, forged).status_code == 400
        assert count(session, SavedDraft) == 0


class TestAtTheSameMoment:
    def test_a_form_sent_twice_at_once_is_one_advice(self, house: House, vocabulary: Vocabulary) -> None:
        """A double click reaches two threads together: the second waits for the first, in the database."""
        with house.sessions() as session:
            owner = session.scalars(select(User.id).where(User.email == EMAILS[Role.JURIST])).one()
        form = in_hand(owner, key=rules.draft_key(owner, secrets.token_urlsafe(16), secret=SECRET))
        ready = threading.Barrier(4)

        def send(_number: int) -> tuple[int, bool]:
            with house.sessions() as session:
                ready.wait()
                done = actions.record_from_draft(
                    session, form, an_advice_draft(), digest="same", secret=SECRET, vocabulary=vocabulary, now=NOW
                )
                session.commit()
                return done

        try:
            with ThreadPoolExecutor(4) as pool:
                answers = list(pool.map(send, range(4)))
            assert len({advice_id for advice_id, _ in answers}) == 1
            assert sorted(is_new for _, is_new in answers) == [False, False, False, True]
        finally:
            with house.sessions() as session:
                session.execute(delete(SavedDraft))
                session.execute(delete(AdviceChange))
                references.forget(session, f"advies/{answers[0][0]}")
                session.execute(delete(AdviceTheme))
                session.execute(delete(Advice))
                session.execute(delete(AuditEntry).where(AuditEntry.act == "advice.recorded"))
                session.commit()
