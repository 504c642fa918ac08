"""From what was published to an issue that two people looked at."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.core.vocabulary import Vocabulary
from helpdesk.newsletters import actions, queries, rules
from helpdesk.newsletters.models import Issue, IssueState, Subscriber
from helpdesk.newsletters.rules import DraftItem, IssueDraft, Step
from helpdesk.texts import queries as text_queries
from helpdesk.texts.models import TextKind, TextVersion
from tests.pageclient import Page, Visitor

NOW = datetime.now(UTC)
DRAFT = IssueDraft(
    subject="Nieuws over verblijf",
    intro="Dag",
    items=tuple(DraftItem(f"nieuws/{name}", "Nieuws", name.upper(), "Kort.", f"/nieuws/{name}") for name in "abc"),
)


def mend_and_hide(session: Session, source: str) -> None:
    """Publish a news item with another title and summary, and hide the version before."""
    text, version = text_queries.get_text(session, TextKind.NEWS, source.partition("/")[2])
    values = {column.name: getattr(version, column.name) for column in TextVersion.__table__.columns}
    del values["id"]
    mended = values | {"number": version.number + 1, "title": "Een andere titel", "summary": "Wat er nu staat."}
    session.add(TextVersion(**mended))
    version.published_at, version.hidden_reason = NOW - timedelta(hours=1), "Er stond iets in dat er niet hoort."
    text.live_number = version.number + 1
    session.commit()


class TestRules:
    @pytest.mark.parametrize(
        ("subject", "said"),
        [
            ("Nieuws", "10 tot 90 tekens"),
            ("n" * 91, "10 tot 90 tekens"),
            ("NIEUWE REGELS VOOR GEZINSHERENIGING", "niet in hoofdletters"),
            ("Nieuwe regels voor verblijf!!", "hoogstens één uitroepteken"),
            ("Re: nieuwe regels voor verblijf", "geen antwoord"),
        ],
    )
    def test_a_subject_that_readers_or_filters_dislike_is_named(self, subject: str, said: str) -> None:
        assert said in " ".join(rules.check_subject(subject))

    @pytest.mark.parametrize("subject", ["GwH vernietigt art. 10 Vw.", "Wat verandert er op 1 januari?"])
    def test_a_good_subject_passes(self, subject: str) -> None:
        assert rules.check_subject(subject) == []

    def test_an_item_moves_and_stays_at_the_edge(self) -> None:
        places = [(0, 1), (2, -1), (0, -1), (2, 1), (9, 1)]
        names = ["".join(item.title for item in rules.moved(DRAFT.items, *one)) for one in places]

        assert names == ["BAC", "ACB", "ABC", "ABC", "ABC"]

    def test_a_reader_gets_the_items_of_his_branches_and_those_for_everybody(self) -> None:
        items = (
            replace(DRAFT.items[0], branches=("ipr",)),
            replace(DRAFT.items[1], branches=("verblijfsrecht",)),
            DRAFT.items[2],
        )

        assert "".join(item.title for item in rules.items_for(items, {"ipr"})) == "AC"
        assert "".join(item.title for item in rules.items_for(items, ())) == "ABC"

    def test_a_teaser_ends_with_a_sentence(self) -> None:
        assert rules.shortened("Een zin. " * 100, 60) == "Een zin. Een zin. Een zin. Een zin. Een zin. Een zin."
        assert rules.shortened("woord " * 100, 20) == "woord woord woord …"


@pytest.mark.stored
class TestImport:
    def test_every_wrong_line_is_told_and_nothing_changes(self, as_editor: Visitor, session: Session) -> None:
        wrong = "e-mailadres;takken\ngoed@example.org;ipr\nfout;\ngoed@example.org;\nx@example.org;bestaat-niet\n"

        page = self.send(as_editor, wrong, expect=422)

        assert "Regel 3: het e-mailadres klopt niet." in page.main
        assert "Regel 4: dit adres staat ook op regel 2." in page.main
        assert "Regel 5: de tak ‘bestaat-niet’ bestaat niet." in page.main
        assert session.scalar(select(func.count()).select_from(Subscriber)) == 0

    def test_what_is_exported_can_be_imported(self, as_editor: Visitor, session: Session) -> None:
        self.send(as_editor, "e-mailadres,takken,toestemming_op\na@example.org,ipr,2026-03-14\nb@example.org,,\n")
        first = as_editor.get("/redactie/nieuwsbrief/lezers")
        exported = self.export(first)
        for reader in session.scalars(select(Subscriber)).all():
            session.delete(reader)
        session.commit()

        self.send(as_editor, exported)

        readers = session.scalars(select(Subscriber).order_by(Subscriber.email)).all()
        assert [(reader.email, reader.branches) for reader in readers] == [
            ("a@example.org", frozenset({"ipr"})),
            ("b@example.org", frozenset()),
        ]
        [consent] = queries.consents_of(session, readers[0])
        assert consent.words.startswith("intekenlijst van de studiedag")

    @pytest.mark.parametrize("content", ["", "\x89PNG\r\n", "naam;adres\na;b\n", 'e-mailadres\n"open'])
    def test_a_file_that_is_no_list_is_explained(self, as_editor: Visitor, session: Session, content: str) -> None:
        self.send(as_editor, content, expect=422)

        assert session.scalar(select(func.count()).select_from(Subscriber)) == 0

    def export(self, page: Page) -> str:
        form = page.fill({}, action="/redactie/nieuwsbrief/lezers/uitvoer")
        answer = page.visitor.fetch("/redactie/nieuwsbrief/lezers/uitvoer", method="POST", data=form.data)
        assert answer.mimetype == "text/csv"
        return answer.text

    def send(self, as_editor: Visitor, content: str, *, expect: int = 200) -> Page:
        form = as_editor.get("/redactie/nieuwsbrief/lezers").fill({"words": "intekenlijst van de studiedag"})
        data: Mapping[str, object] = {**form.data.to_dict(), "file": (BytesIO(content.encode("utf-8")), "lezers.csv")}
        answer = as_editor.fetch(
            "/redactie/nieuwsbrief/lezers/invoer",
            method="POST",
            data=data,
            content_type="multipart/form-data",
            follow_redirects=True,
        )
        return as_editor._page(answer, expect)


@pytest.mark.stored
class TestReaders:
    def test_a_blocked_address_is_freed_on_request(self, as_editor: Visitor, session: Session) -> None:
        page = as_editor.get("/redactie/nieuwsbrief/lezers")
        blocked = page.fill({"email": "stop@example.org"}).submit("Blokkeren")
        assert "Er gaat niets meer naar dit adres." in blocked.main

        as_editor.get("/nieuwsbrief").fill({"email": "stop@example.org"}).submit()
        assert session.scalar(select(func.count()).select_from(Subscriber)) == 0

        freed = blocked.fill({"email": "stop@example.org"}).submit("Vrijgeven")
        assert "Het adres kan zich weer inschrijven." in freed.main

    def test_a_reader_is_erased_by_an_editor(self, as_editor: Visitor, session: Session) -> None:
        actions.import_readers(
            session, [rules.ImportedReader("weg@example.org", (), None)], words="lijst", by=1, now=NOW, key="k"
        )
        page = as_editor.get("/redactie/nieuwsbrief/lezers?zoek=weg")
        assert "weg@example.org" in page.main

        [address] = [form.get("action") for form in page.all("form") if "wissen" in form.get("action", "")]
        page.fill({}, action=address).submit("Wis")

        assert session.scalar(select(func.count()).select_from(Subscriber)) == 0


@pytest.mark.stored
class TestIssue:
    @pytest.fixture
    def draft(self, session: Session, vocabulary: Vocabulary, jurist: int) -> Issue:
        """An issue of three published texts, composed by someone else than the editor of these tests."""
        issue = actions.start_issue(session, by=jurist, now=NOW)
        items = queries.candidates(session, vocabulary, since=NOW - timedelta(days=60))[:3]
        made = IssueDraft(subject="Nieuws over verblijf en gezin", intro="Dag\n\nVeel leesplezier.", items=tuple(items))
        actions.save_issue(session, issue, made, seen=1, by=jurist, now=NOW)
        session.commit()
        return queries.get_issue(session, issue.id)

    def test_what_was_published_is_proposed(self, session: Session, vocabulary: Vocabulary) -> None:
        found = queries.candidates(session, vocabulary, since=NOW - timedelta(days=60))

        assert {item.kind for item in found} == {"Nieuws", "Rechtspraak", "Themapagina"}
        assert all(item.title and item.teaser and item.address.startswith("/") for item in found)
        assert queries.candidates(session, vocabulary, since=NOW + timedelta(days=1)) == []

    def test_an_editor_composes_and_orders_without_scripts(self, as_editor: Visitor, session: Session) -> None:
        page = (
            as_editor.get("/redactie/nieuwsbrief")
            .fill({}, action="/redactie/nieuwsbrief/nieuw")
            .submit("Nieuwe nieuwsbrief")
        )
        offered = [box.get("value") for box in page.all("input") if box.get("name") == "kandidaat"]
        page = page.fill({"subject": "Nieuws over verblijf en gezin", "kandidaat": offered[:3]}).submit(
            "Voeg de aangevinkte toe"
        )
        page = page.fill({"titel-1": "Mijn  eigen titel"}).submit("Bericht 1 omlaag")

        issue = session.scalars(select(Issue)).one()
        stored = rules.draft_of(issue)
        assert [item.source for item in stored.items] == [offered[1], offered[0], offered[2]]
        assert stored.items[1].title == "Mijn eigen titel"
        page = page.fill({}, action=page.path.partition("#")[0]).submit("Bericht 3 weghalen")
        assert page.text.count("Titel van bericht") == 2

    def test_an_item_without_title_is_explained_and_kept(self, as_editor: Visitor, draft: Issue) -> None:
        page = as_editor.get(f"/redactie/nieuwsbrief/{draft.id}")

        again = page.fill({"titel-2": "", "intro": "Nieuwe inleiding"}).submit("Bewaren", expect=422)

        assert "De titel van bericht 2 moet 1 tot 300 tekens tellen." in again.main
        assert "Nieuwe inleiding" in again.source
        assert draft.intro == "Dag\n\nVeel leesplezier."

    def test_two_editors_at_once_lose_nothing(
        self, as_editor: Visitor, draft: Issue, session: Session, jurist: int
    ) -> None:
        page = as_editor.get(f"/redactie/nieuwsbrief/{draft.id}")
        theirs = replace(rules.draft_of(draft), intro="Van de collega")
        actions.save_issue(session, draft, theirs, seen=draft.revision, by=jurist, now=NOW)

        again = page.fill({"intro": "Van mij"}).submit("Bewaren", expect=409)

        assert "Een collega wijzigde deze nieuwsbrief net." in again.main
        assert "Van mij" in again.source
        session.expire_all()
        assert draft.intro == "Van de collega"

    def test_who_composed_it_does_not_approve_it(
        self, as_editor: Visitor, session: Session, draft: Issue, jurist: int
    ) -> None:
        actions.take_step(session, draft, Step.SUBMIT, by=jurist, now=NOW, four_eyes=True)
        with pytest.raises(actions.StepRefused, match="een collega moet hem goedkeuren"):
            actions.take_step(session, draft, Step.APPROVE, by=jurist, now=NOW, four_eyes=True)
        session.commit()

        page = as_editor.get(f"/redactie/nieuwsbrief/{draft.id}")
        action = f"/redactie/nieuwsbrief/{draft.id}/stap"
        done = page.fill({}, action=action).submit("Goedkeuren")

        assert "goedgekeurd door Proef redacteur" in done.main
        session.refresh(draft)
        assert draft.state == IssueState.APPROVED

    def test_a_team_of_one_may_approve_its_own(self, session: Session, draft: Issue, jurist: int) -> None:
        actions.take_step(session, draft, Step.SUBMIT, by=jurist, now=NOW, four_eyes=False)
        actions.take_step(session, draft, Step.APPROVE, by=jurist, now=NOW, four_eyes=False)

        assert draft.state == IssueState.APPROVED

    def test_a_change_after_approval_asks_for_a_new_one(self, session: Session, draft: Issue, jurist: int) -> None:
        self.approve(session, draft, jurist)

        actions.save_issue(
            session, draft, replace(rules.draft_of(draft), intro="Anders"), seen=draft.revision, by=jurist, now=NOW
        )

        assert (draft.state, draft.approved_by_id) == (IssueState.DRAFT, None)

    def test_nothing_unfinished_is_submitted(self, session: Session, jurist: int) -> None:
        issue = actions.start_issue(session, by=jurist, now=NOW)

        with pytest.raises(actions.StepRefused, match="Kies minstens één bericht"):
            actions.take_step(session, issue, Step.SUBMIT, by=jurist, now=NOW, four_eyes=True)

    def test_it_is_planned_in_the_future_only(
        self, as_editor: Visitor, session: Session, draft: Issue, jurist: int
    ) -> None:
        self.approve(session, draft, jurist)
        session.commit()
        page = as_editor.get(f"/redactie/nieuwsbrief/{draft.id}")
        refused = page.fill({"day": "14-03-2020", "hour": "09:00"}).submit("Plannen", expect=422)
        assert "Kies een dag en een uur die nog moeten komen." in refused.main

        planned = refused.fill({"day": "14-03-2099", "hour": "09:00"}).submit("Plannen")

        assert "maart 2099 om 09.00 uur." in planned.main
        assert queries.due_issues(session, now=NOW) == []
        assert queries.due_issues(session, now=datetime(2099, 3, 14, 8, 0, tzinfo=UTC)) == [draft.id]

    def test_numbers_follow_each_other_within_a_year(self, session: Session, jurist: int) -> None:
        numbers = []
        moments = [
            datetime(2026, 12, 1, tzinfo=UTC),
            datetime(2026, 12, 31, 22, tzinfo=UTC),
            datetime(2026, 12, 31, 23, 30, tzinfo=UTC),
        ]
        for moment in moments:
            issue = actions.start_issue(session, by=jurist, now=moment)
            actions.save_issue(session, issue, DRAFT, seen=1, by=jurist, now=moment)
            self.approve(session, issue, jurist)
            assert actions.begin(session, issue, now=moment)
            assert not actions.begin(session, issue, now=moment)
            numbers.append((issue.year, issue.number))

        assert numbers == [(2026, 1), (2026, 2), (2027, 1)]  # the last one left in the new year of Brussels
        assert (queries.issues_in_year(session, 2026), queries.issues_in_year(session, 2027)) == (2, 1)

    def test_a_sent_issue_is_frozen_and_archived(
        self, as_editor: Visitor, as_visitor: Visitor, session: Session, draft: Issue, jurist: int
    ) -> None:
        self.approve(session, draft, jurist)
        actions.take_step(session, draft, Step.SEND, by=jurist, now=NOW, four_eyes=True)
        session.commit()
        changed = replace(rules.draft_of(draft), intro="Anders")
        with pytest.raises(actions.StepRefused):
            actions.save_issue(session, draft, changed, seen=draft.revision, by=jurist, now=NOW)
        assert as_editor.get(f"/redactie/nieuwsbrief/{draft.id}").path.endswith("/verzending")

        listed = as_visitor.get("/nieuwsbrief/archief")
        shown = listed.follow("Nieuws over verblijf en gezin")

        assert "De tekst en de links zijn die van toen" in shown.main
        assert shown.path == f"/nieuwsbrief/archief/{draft.year}/{draft.number}"
        assert "uitschrijven" not in shown.source
        assert "voorkeuren" not in shown.source

    def test_what_was_hidden_since_leaves_the_archive(
        self, as_visitor: Visitor, session: Session, draft: Issue, jurist: int
    ) -> None:
        """The archive is a public page of ours: hiding a version must reach the copy of its words there."""
        item = rules.draft_of(draft).items[0]
        self.approve(session, draft, jurist)
        actions.take_step(session, draft, Step.SEND, by=jurist, now=NOW, four_eyes=True)
        session.commit()
        address = f"/nieuwsbrief/archief/{draft.year}/{draft.number}"
        assert item.teaser in as_visitor.get(address).main

        mend_and_hide(session, item.source)

        shown = as_visitor.get(address)
        assert (item.title in shown.main, item.teaser in shown.main) == (False, False)
        assert shown.links()["Niet meer getoond"] == item.address

    def test_what_was_hidden_since_is_not_sent(self, session: Session, draft: Issue, jurist: int) -> None:
        item = rules.draft_of(draft).items[0]
        self.approve(session, draft, jurist)
        later = NOW + timedelta(days=1)
        actions.take_step(session, draft, Step.PLAN, by=jurist, now=NOW, four_eyes=True, planned_at=later)
        assert queries.due_issues(session, now=later) == [draft.id]

        mend_and_hide(session, item.source)

        assert queries.due_issues(session, now=later) == []
        with pytest.raises(actions.StepRefused, match="Bericht 1 zegt misschien nog"):
            actions.take_step(session, draft, Step.SEND, by=jurist, now=NOW, four_eyes=True)
        live = text_queries.get_text(session, TextKind.NEWS, item.source.partition("/")[2]).version
        draft.items[0].title, draft.items[0].teaser = live.title, rules.shortened(live.summary)
        assert queries.due_issues(session, now=later) == [draft.id]

    def test_it_is_seen_as_mail_as_text_and_as_archive(self, as_editor: Visitor, draft: Issue) -> None:
        mail = as_editor.get(f"/redactie/nieuwsbrief/{draft.id}/voorbeeld")
        text = as_editor.get(f"/redactie/nieuwsbrief/{draft.id}/tekst")
        archive = as_editor.get(f"/redactie/nieuwsbrief/{draft.id}/archief")

        title = rules.draft_of(draft).items[0].title
        assert all(title in page.text for page in (mail, archive))
        assert "Uitschrijven:" in text.text

    def test_a_proof_goes_to_who_asks(self, as_editor: Visitor, draft: Issue) -> None:
        page = as_editor.get(f"/redactie/nieuwsbrief/{draft.id}")

        done = page.fill({}, action=f"/redactie/nieuwsbrief/{draft.id}/proef").submit()

        assert "De proef is verstuurd naar jouw adres." in done.main

    def test_a_draft_can_be_thrown_away_a_sent_issue_not(self, session: Session, draft: Issue, jurist: int) -> None:
        number = draft.id
        actions.take_step(session, draft, Step.DISCARD, by=jurist, now=NOW, four_eyes=True)

        assert session.get(Issue, number) is None

    def approve(self, session: Session, issue: Issue, jurist: int) -> None:
        actions.take_step(session, issue, Step.SUBMIT, by=jurist, now=NOW, four_eyes=True)
        actions.take_step(session, issue, Step.APPROVE, by=jurist + 1, now=NOW, four_eyes=True)
