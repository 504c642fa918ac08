from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from helpdesk.accounts.models import User
from helpdesk.core import outbox, references
from helpdesk.core.audit import AuditEntry
from helpdesk.core.references import NotedReference, Origin
from helpdesk.core.roles import Role
from helpdesk.core.vocabulary import Vocabulary, load_vocabulary
from helpdesk.ruling_editor import queries as editor_queries
from helpdesk.rulings import queries
from helpdesk.rulings.actions import by_hand, importing, storing
from helpdesk.rulings.models import AliasKind, Ruling, RulingState
from helpdesk.rulings.rules.drafts import RulingDraft, draft_of
from helpdesk.rulings.rules.files import read_ruling
from helpdesk.settings import PROJECT
from jurisprudence.identifiers import parse_ruling_number, ruling_slug
from jurisprudence.legislation import LawRegister
from tests.conftest import EMAILS
from tests.pageclient import Visitor
from tests.shipped import RULINGS

PATH = "rechtspraak/rvv/2022-02-28-269-083.md"
SLUG = "rvv-2022-02-28-269-083"
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A content folder with room for one ruling."""
    (tmp_path / PATH).parent.mkdir(parents=True)
    return tmp_path


class TestReadFolder:
    @pytest.mark.parametrize(
        ("written", "line"),
        [(b"---\ncourt: RVV\nparties: caf\xe9\n---\n", 3), (b"---\ncourt: RVV\n---\n\nNul\0.\n", 5)],
    )
    def test_a_file_that_cannot_be_read_is_named_with_its_line(
        self, content: Path, vocabulary: Vocabulary, written: bytes, line: int
    ) -> None:
        """A ruling that was not UTF-8 once stopped the check with a traceback; PostgreSQL keeps no NUL."""
        (content / PATH).write_bytes(written)

        drafts, problems = importing.read_folder(content, vocabulary)

        assert drafts == []
        assert [(problem.path, problem.line) for problem in problems] == [(PATH, line)]


@pytest.fixture
def ruling(session: Session) -> Ruling:
    """A published ruling that came from content/."""
    found = queries.find_ruling(session, SLUG)
    assert found is not None
    return found


@pytest.fixture
def editor(session: Session) -> int:
    """The id of the editor who is signed in as `as_editor`."""
    return session.scalars(select(User.id).where(User.email == EMAILS[Role.EDITOR])).one()


@cache
def lists() -> Vocabulary:
    return load_vocabulary(PROJECT / "content" / "lijsten")


def changed(ruling: Ruling, **fields: Any) -> RulingDraft:  # noqa: ANN401 - any field of a draft
    """Return the draft of a ruling with something else in it."""
    draft = replace(draft_of(ruling), **fields)
    number = parse_ruling_number(draft.court, draft.number)
    return replace(draft, number_normal=number.normal, slug=ruling_slug(number, draft.decided_on))


def correct(session: Session, ruling: Ruling, editor: int, **fields: Any) -> Ruling:  # noqa: ANN401 - see changed
    draft, vocabulary = changed(ruling, **fields), lists()
    return by_hand.correct_ruling(
        session, ruling, draft, vocabulary, seen=ruling.revision, publish=True, by=editor, now=NOW
    )


def shipped(vocabulary: Vocabulary, content: Path = PROJECT / "content") -> list[RulingDraft]:
    drafts, problems = importing.read_folder(content, vocabulary)
    assert problems == []
    return drafts


def announced_after(session: Session, number: int) -> set[str]:
    return {entry.document_id for entry in outbox.entries_after(session, number)}


class TestCorrectRuling:
    def test_what_was_before_is_kept_with_who_and_when(self, session: Session, ruling: Ruling, editor: int) -> None:
        summary = ruling.summary
        last = outbox.last_entry(session)

        correct(session, ruling, editor, summary="Anders.")

        kept = editor_queries.changes_of(session, ruling.id)[0]
        assert (kept.act, kept.by, kept.changed_at) == ("corrected", "Proef redacteur", NOW)
        assert kept.before == {"summary": summary}
        assert announced_after(session, last) == {f"rechtspraak/{SLUG}"}
        noted = session.scalars(select(AuditEntry).where(AuditEntry.subject_id == SLUG)).all()
        assert [entry.act for entry in noted] == ["ruling.corrected"]

    def test_a_trace_of_a_person_that_was_taken_out_is_not_kept(
        self, session: Session, ruling: Ruling, editor: int
    ) -> None:
        correct(session, ruling, editor, summary="Mevrouw Amina Voorbeeld vraagt mr. Jan Raadsman om raad.")
        correct(session, ruling, editor, summary="Een vrouw vraagt mr. Jan Raadsman om raad.")

        kept = editor_queries.changes_of(session, ruling.id)[0]
        assert kept.before == {"summary": "[weggelaten] vraagt mr. Jan Raadsman om raad."}

    def test_the_one_who_comes_second_changes_nothing(
        self, session: Session, ruling: Ruling, editor: int, vocabulary: Vocabulary
    ) -> None:
        draft, seen = changed(ruling, summary="Van de tweede."), ruling.revision
        correct(session, ruling, editor, summary="Van de eerste.")

        with pytest.raises(storing.EditedMeanwhile):
            by_hand.correct_ruling(session, ruling, draft, vocabulary, seen=seen, publish=True, by=editor, now=NOW)

        assert ruling.summary == "Van de eerste."

    def test_saving_without_a_change_stores_nothing(self, session: Session, ruling: Ruling, editor: int) -> None:
        source = ruling.content_source

        correct(session, ruling, editor)

        assert ruling.content_source == source
        assert editor_queries.changes_of(session, ruling.id) == []

    def test_an_old_address_and_an_old_ecli_lead_to_the_present_one(
        self, session: Session, ruling: Ruling, editor: int
    ) -> None:
        correct(session, ruling, editor, number="269.084", ecli="ECLI:BE:RVV:2022:ARR.1", ecli_status="mapped")
        correct(session, ruling, editor, ecli="ECLI:BE:RVV:2022:ARR.2")

        assert ruling.slug == "rvv-2022-02-28-269-084"
        assert queries.find_by_alias(session, AliasKind.SLUG, SLUG) is ruling
        assert queries.find_by_alias(session, AliasKind.ECLI, "ECLI:BE:RVV:2022:ARR.1") is ruling
        assert queries.rulings_named(session, [SLUG]) == [ruling]
        assert draft_of(ruling).aliases == ["ECLI:BE:RVV:2022:ARR.1", SLUG]

    def test_a_number_that_is_set_right_again_is_no_alias_of_itself(
        self, session: Session, ruling: Ruling, editor: int
    ) -> None:
        correct(session, ruling, editor, number="269.084")
        correct(session, ruling, editor, number="269.083")

        assert ruling.slug == SLUG
        assert draft_of(ruling).aliases == ["rvv-2022-02-28-269-084"]

    def test_a_ruling_that_is_there_already_is_refused_and_the_transaction_goes_on(
        self, session: Session, ruling: Ruling, editor: int
    ) -> None:
        other = queries.find_ruling(session, "rvv-2022-03-14-269-663")
        assert other is not None
        taken = {"number": other.number, "decided_on": other.decided_on}

        with pytest.raises(by_hand.RulingKnown):
            correct(session, ruling, editor, **taken)

        session.refresh(ruling)
        assert ruling.slug == SLUG

    def test_the_text_of_the_court_can_be_taken_away(self, session: Session, ruling: Ruling, editor: int) -> None:
        correct(session, ruling, editor, full_text="De tekst.")
        assert ruling.full_text == "De tekst."

        correct(session, ruling, editor, full_text=None)

        assert ruling.full_text is None


class TestWithdrawRuling:
    def test_a_withdrawn_ruling_keeps_its_reason_and_can_be_published_again(
        self, session: Session, ruling: Ruling, editor: int
    ) -> None:
        last = outbox.last_entry(session)

        by_hand.withdraw_ruling(session, ruling, reason="Vernietigd.", seen=ruling.revision, by=editor, now=NOW)

        assert (ruling.state, ruling.withdrawn_reason) == (RulingState.WITHDRAWN, "Vernietigd.")
        assert announced_after(session, last) == {f"rechtspraak/{SLUG}"}

        correct(session, ruling, editor)

        assert (ruling.state, ruling.withdrawn_reason) == (RulingState.PUBLISHED, None)


class TestImportAfterEditing:
    def test_an_edited_ruling_is_exported_as_a_file_that_reads_back_to_the_same(
        self, session: Session, ruling: Ruling, editor: int, vocabulary: Vocabulary
    ) -> None:
        correct(session, ruling, editor, number="269.084", summary="Anders.", full_text="Het hof.\n\nBeslist.")
        path = "rechtspraak/rvv/2022-02-28-269-084.md"

        written = importing.content_files(session)[path]
        draft, problems = read_ruling(path, written, vocabulary)

        assert problems == []
        assert draft == draft_of(ruling)

    def test_the_old_file_is_left_alone(
        self, session: Session, ruling: Ruling, editor: int, vocabulary: Vocabulary
    ) -> None:
        correct(session, ruling, editor, summary="Anders.")

        count = importing.import_rulings(session, shipped(vocabulary), vocabulary, now=NOW)

        assert (count.unchanged, count.changed, count.edited_on_site) == (RULINGS, 0, [])
        assert ruling.summary == "Anders."

    def test_a_changed_file_is_listed_and_overwrites_only_when_asked(
        self, session: Session, ruling: Ruling, editor: int, vocabulary: Vocabulary
    ) -> None:
        correct(session, ruling, editor, summary="Van de site.")
        drafts = [
            replace(draft, summary="Van het bestand.", content_source=f"{draft.content_source}\n")
            for draft in shipped(vocabulary)
            if draft.slug == SLUG
        ]

        count = importing.import_rulings(session, drafts, vocabulary, now=NOW)
        assert (count.changed, count.edited_on_site) == (0, [PATH])
        assert ruling.summary == "Van de site."

        count = importing.import_rulings(session, drafts, vocabulary, now=NOW, overwrite=True)
        assert (count.changed, count.edited_on_site) == (1, [])
        assert ruling.summary == "Van het bestand."
        assert editor_queries.changes_of(session, ruling.id)[0].before["summary"] == "Van de site."

    def test_a_moved_ruling_does_not_come_back_under_its_old_address(
        self, session: Session, ruling: Ruling, editor: int, vocabulary: Vocabulary
    ) -> None:
        correct(session, ruling, editor, number="269.084")

        for overwrite in (False, True):
            count = importing.import_rulings(session, shipped(vocabulary), vocabulary, now=NOW, overwrite=overwrite)
            left = importing.withdraw_missing(session, shipped(vocabulary), now=NOW, overwrite=overwrite)

            assert (count.added, count.changed, left) == (0, 0, (0, []))
        assert ruling.slug == "rvv-2022-02-28-269-084"
        assert queries.count_rulings(session) == RULINGS

    def test_the_file_of_an_old_address_is_left_behind_by_the_present_one(
        self, session: Session, ruling: Ruling, editor: int, vocabulary: Vocabulary
    ) -> None:
        """An export adds the file of the new address; whoever keeps the old one beside it must not undo the move."""
        correct(session, ruling, editor, number="269.084")
        path, source = str(ruling.content_path), str(ruling.content_source)
        exported, problems = read_ruling(path, source, vocabulary)
        assert problems == []
        assert exported is not None

        files = [*shipped(vocabulary), exported]
        importing.import_rulings(session, files, vocabulary, now=NOW, overwrite=True)
        count = importing.import_rulings(session, files, vocabulary, now=NOW, overwrite=True)

        assert count.edited_on_site == [PATH]
        assert ruling.slug == "rvv-2022-02-28-269-084"

    def test_what_a_file_says_of_old_addresses_leads_here(
        self, session: Session, ruling: Ruling, vocabulary: Vocabulary
    ) -> None:
        """An export that fills an empty database must not lose them."""
        drafts = [
            replace(draft, content_source="changed", aliases=["rvv-2022-02-28-1-000", "ECLI:BE:RVV:2022:ARR.9"])
            for draft in shipped(vocabulary)
            if draft.slug == SLUG
        ]

        importing.import_rulings(session, drafts, vocabulary, now=NOW)

        assert queries.find_by_alias(session, AliasKind.SLUG, "rvv-2022-02-28-1-000") is ruling
        assert queries.find_by_alias(session, AliasKind.ECLI, "ECLI:BE:RVV:2022:ARR.9") is ruling

    def test_a_ruling_withdrawn_on_the_site_stays_withdrawn(
        self, session: Session, ruling: Ruling, editor: int, vocabulary: Vocabulary
    ) -> None:
        by_hand.withdraw_ruling(session, ruling, reason="Vernietigd.", seen=ruling.revision, by=editor, now=NOW)

        count = importing.import_rulings(session, shipped(vocabulary), vocabulary, now=NOW)

        assert count.edited_on_site == [PATH]
        assert ruling.published_at is None

    def test_a_ruling_added_on_the_site_is_not_withdrawn_for_want_of_a_file(
        self, session: Session, ruling: Ruling, editor: int, vocabulary: Vocabulary
    ) -> None:
        added = by_hand.add_ruling(
            session, changed(ruling, number="269.084"), vocabulary, publish=True, by=editor, now=NOW
        )

        withdrawn, stay = importing.withdraw_missing(session, shipped(vocabulary), now=NOW)

        assert (withdrawn, stay) == (0, [])
        assert added.state is RulingState.PUBLISHED

    def test_new_lists_are_followed_in_what_was_edited_on_the_site(
        self, session: Session, ruling: Ruling, editor: int, vocabulary: Vocabulary
    ) -> None:
        """A law that got another id in lijsten/wetgeving.yaml must not lose the rulings that rest on it."""
        correct(session, ruling, editor, summary="Van de site.")
        laws = [replace(law, id="NEW") if law.id == "VW" else law for law in vocabulary.laws.laws]

        problems = importing.read_again(session, replace(vocabulary, laws=LawRegister(tuple(laws))))

        assert problems == []
        assert [article.normal for article in ruling.articles] == ["NEW:74/13", "HANDVEST:24"]

    def test_a_law_that_left_the_lists_is_reported(
        self, session: Session, ruling: Ruling, editor: int, vocabulary: Vocabulary
    ) -> None:
        correct(session, ruling, editor, summary="Van de site.")
        laws = [law for law in vocabulary.laws.laws if law.id != "VW"]

        (problem,) = importing.read_again(session, replace(vocabulary, laws=LawRegister(tuple(laws))))

        assert (problem.path, "Onbekende wet" in problem.message) == (PATH, True)
        assert [article.normal for article in ruling.articles] == ["VW:74/13", "HANDVEST:24"]

    def test_what_was_exported_is_in_step_once_it_is_imported(
        self, session: Session, ruling: Ruling, editor: int, vocabulary: Vocabulary, tmp_path: Path
    ) -> None:
        correct(session, ruling, editor, summary="Van de site.")
        for name, source in importing.content_files(session).items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(source, "utf-8")

        count = importing.import_rulings(session, shipped(vocabulary, tmp_path), vocabulary, now=NOW)

        assert (count.unchanged, count.changed, count.edited_on_site) == (RULINGS, 0, [])
        assert not storing.is_edited_on_site(ruling)


CITES = "cass-2022-06-17-c-20-0448-f"  # departs from two others


class TestWhatFollowsARuling:
    def test_treatments_and_references_follow_a_ruling_to_another_address(
        self, session: Session, editor: int, vocabulary: Vocabulary
    ) -> None:
        ruling = queries.find_ruling(session, CITES)
        assert ruling is not None
        told = [(row.kind, row.treated_slug) for row in queries.treatments_of(session, CITES)]
        noted = len(references.references_of(session, ruling.document_id))

        correct(session, ruling, editor, number="C.20.0449.F")

        moved = "cass-2022-06-17-c-20-0449-f"
        assert [(row.kind, row.treated_slug) for row in queries.treatments_of(session, moved)] == told
        assert queries.treatments_of(session, CITES) == []
        assert len(references.references_of(session, f"rechtspraak/{moved}")) == noted > 0
        assert references.references_of(session, f"rechtspraak/{CITES}") == []
        written, problems = read_ruling(str(ruling.content_path), str(ruling.content_source), vocabulary)
        assert problems == []
        assert written is not None
        assert [one.treating_slug for one in written.treatments or []] == [moved, moved]

    def test_what_an_editor_writes_is_noted_and_what_is_withdrawn_is_forgotten(
        self, session: Session, ruling: Ruling, editor: int
    ) -> None:
        correct(session, ruling, editor, summary="De Raad past artikel 61/7 Vw. toe.")
        assert "VW:61/7" in {row.target for row in references.references_of(session, ruling.document_id)}

        by_hand.withdraw_ruling(session, ruling, reason="Vernietigd.", seen=ruling.revision, by=editor, now=NOW)

        assert references.references_of(session, ruling.document_id) == []

    def test_who_names_a_ruling_in_a_field_follows_its_corrected_number(self, session: Session, editor: int) -> None:
        rows = session.scalars(select(NotedReference).where(NotedReference.origin == Origin.RECORD))
        named = next(row for row in rows if row.target.startswith("RVV:"))
        target, source = named.target, named.source_id
        ruling = queries.rulings_by_normal(session, target)[0]

        correct(session, ruling, editor, number="111.222")

        assert source in {row.source_id for row in references.referring_to(session, ["RVV:111222"])}
        assert {row.origin for row in references.referring_to(session, [target])} <= {Origin.AUTOMATIC}

    def test_a_file_that_still_names_the_old_address_keeps_its_treatment(
        self, session: Session, editor: int, vocabulary: Vocabulary
    ) -> None:
        treated = queries.find_ruling(session, "cass-2019-10-24-c-19-0159-n")
        assert treated is not None
        correct(session, treated, editor, number="C.19.0160.N")
        file = next(draft for draft in shipped(vocabulary) if draft.slug == CITES)

        changed = replace(file, content_source=f"{file.content_source}\n")
        importing.import_rulings(session, [changed], vocabulary, now=NOW)

        session.expire_all()
        assert [row.kind for row in treated.treated_by] == ["departs_from"]

    def test_a_treatment_that_left_its_file_is_announced_for_the_one_it_treated(
        self, session: Session, vocabulary: Vocabulary
    ) -> None:
        file = next(draft for draft in shipped(vocabulary) if draft.slug == CITES)
        last = outbox.last_entry(session)

        changed = replace(file, content_source=f"{file.content_source}\n", treatments=[])
        importing.import_rulings(session, [changed], vocabulary, now=NOW)

        assert "rechtspraak/cass-2019-10-24-c-19-0159-n" in announced_after(session, last)

    def test_the_date_of_a_treatment_follows_the_corrected_date_of_the_ruling(
        self, session: Session, editor: int
    ) -> None:
        ruling = queries.find_ruling(session, CITES)
        assert ruling is not None

        correct(session, ruling, editor, decided_on=date(2022, 6, 20))

        assert {row.treated_on for row in queries.treatments_of(session, ruling.slug)} == {date(2022, 6, 20)}
        assert "  on: " not in str(ruling.content_source)

    def test_an_article_of_a_law_that_left_the_lists_stops_nothing(
        self, session: Session, ruling: Ruling, editor: int, vocabulary: Vocabulary, as_visitor: Visitor
    ) -> None:
        """It once stopped the import of everything, and its page with it."""
        correct(session, ruling, editor, articles=[("TESTW:3", "art. 3 Testw.")])

        storing.note_references(session, ruling, vocabulary)
        (problem,) = importing.read_again(session, vocabulary)

        assert "Testw" in problem.message
        assert "art. 3 Testw." in as_visitor.get(f"/rechtspraak/{SLUG}").source


class TestImportBesideAnEditor:
    def test_a_correction_stored_while_an_import_runs_is_not_overwritten(
        self, session: Session, ruling: Ruling, vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = next(draft for draft in shipped(vocabulary) if draft.slug == SLUG)
        changed = replace(file, summary="Van het bestand.", content_source=f"{file.content_source}\n")

        def judged_before_the_editor_stored(*_: object, **__: object) -> bool:
            session.execute(
                update(Ruling).where(Ruling.id == ruling.id).values(summary="Van de site.", revision=7),
                execution_options={"synchronize_session": False},
            )
            return False

        monkeypatch.setattr(importing, "_stays_as_on_site", judged_before_the_editor_stored)
        count = importing.import_rulings(session, [changed], vocabulary, now=NOW)

        assert count.edited_on_site == [PATH]
        assert ruling.summary == "Van de site."

    def test_overwrite_does_not_bring_back_what_an_editor_withdrew(
        self, session: Session, ruling: Ruling, editor: int, vocabulary: Vocabulary
    ) -> None:
        by_hand.withdraw_ruling(
            session, ruling, reason="Er stond een naam in.", seen=ruling.revision, by=editor, now=NOW
        )

        count = importing.import_rulings(session, shipped(vocabulary), vocabulary, now=NOW, overwrite=True)

        assert count.edited_on_site == [PATH]
        assert ruling.published_at is None
