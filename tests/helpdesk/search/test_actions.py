import errno
import fcntl
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from helpdesk.core import outbox
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.rulings.models import Ruling
from helpdesk.search import actions, queries
from helpdesk.search.actions import NodeIndex
from jurisprudence.search.engine import SearchEngine
from jurisprudence.search.postgres.index import PostgresIndex

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
SLUG = "rvv-2022-02-28-269-083"


@pytest.fixture
def engine(tmp_path: Path) -> SearchEngine:
    return SearchEngine(tmp_path / "index")


@pytest.fixture
def index(engine: SearchEngine, tmp_path: Path) -> NodeIndex:
    """The index of a node that has just been installed: nothing in it."""
    return NodeIndex(engine.index, tmp_path / "index")


class TestKeepUp:
    def test_a_new_node_builds_its_index_from_the_database(
        self, session: Session, vocabulary: Vocabulary, index: NodeIndex
    ) -> None:
        actions.keep_up(session, index, vocabulary)

        assert index.documents.document_count() == len(queries.all_documents(session, vocabulary))
        assert actions.applied_entry(index) == outbox.last_entry(session)

    def test_withdrawing_a_ruling_takes_it_out(
        self, session: Session, vocabulary: Vocabulary, index: NodeIndex, engine: SearchEngine
    ) -> None:
        actions.keep_up(session, index, vocabulary)
        assert engine.search("269.083").direct

        session.execute(update(Ruling).where(Ruling.slug == SLUG).values(published_at=None))
        outbox.announce(session, [f"rechtspraak/{SLUG}"], at=NOW)
        session.flush()

        assert actions.keep_up(session, index, vocabulary) == 1
        assert not engine.search("269.083").direct
        assert actions.keep_up(session, index, vocabulary) == 0

    def test_two_nodes_that_share_an_index_in_postgresql_both_follow(
        self, session: Session, vocabulary: Vocabulary, tmp_path: Path, postgres_url: str, search_schema: str
    ) -> None:
        """Each keeps its own account of what it applied; what both apply is the same."""
        indexes = [PostgresIndex(postgres_url, schema=search_schema) for _ in range(2)]
        nodes = [NodeIndex(one, tmp_path / str(number)) for number, one in enumerate(indexes)]
        for node in nodes:
            actions.keep_up(session, node, vocabulary)
        session.execute(update(Ruling).where(Ruling.slug == SLUG).values(published_at=None))
        outbox.announce(session, [f"rechtspraak/{SLUG}"], at=NOW)
        session.flush()

        assert [actions.keep_up(session, node, vocabulary) for node in nodes] == [1, 1]

        assert not any(SearchEngine(one).search("269.083").direct for one in indexes)
        assert indexes[0].versions() == indexes[1].versions()
        assert len(indexes[0].versions()) == len(queries.all_documents(session, vocabulary))
        for one in indexes:
            one.close()

    def test_a_changed_ruling_is_found_by_its_new_words(
        self, session: Session, vocabulary: Vocabulary, index: NodeIndex, engine: SearchEngine
    ) -> None:
        actions.keep_up(session, index, vocabulary)
        session.scalars(select(Ruling).where(Ruling.slug == SLUG)).one().summary = "Een kwikstaartje."
        outbox.announce(session, [f"rechtspraak/{SLUG}"], at=NOW)
        session.flush()

        actions.keep_up(session, index, vocabulary)

        assert [hit.id for hit in engine.search("kwikstaartje").hits] == [f"rechtspraak/{SLUG}"]

    @pytest.mark.parametrize("damage", ["emptied", "overwritten", "removed"])
    def test_a_damaged_index_is_built_again(
        self, session: Session, vocabulary: Vocabulary, index: NodeIndex, damage: str
    ) -> None:
        actions.keep_up(session, index, vocabulary)
        for path in [
            path for path in index.folder.rglob("*") if path.is_file() and path.name not in {"applied", "turn"}
        ]:
            if damage == "removed":
                path.unlink()
            else:
                path.write_bytes(b"" if damage == "emptied" else b"kapot" * 100)

        actions.keep_up(session, NodeIndex(SearchEngine(index.folder).index, index.folder), vocabulary)

        assert SearchEngine(index.folder).search("bgv").total > 0

    def test_an_index_that_is_ahead_of_a_restored_database_is_built_again(
        self, session: Session, vocabulary: Vocabulary, index: NodeIndex
    ) -> None:
        actions.keep_up(session, index, vocabulary)
        (index.folder / "applied").write_text(str(outbox.last_entry(session) + 100))

        actions.keep_up(session, index, vocabulary)

        assert actions.applied_entry(index) == outbox.last_entry(session)

    def test_a_missing_folder_is_made(self, session: Session, vocabulary: Vocabulary, index: NodeIndex) -> None:
        actions.keep_up(session, index, vocabulary)
        shutil.rmtree(index.folder)

        actions.keep_up(session, NodeIndex(SearchEngine(index.folder).index, index.folder), vocabulary)

        assert index.folder.is_dir()


class TestMerge:
    def test_what_was_published_piece_by_piece_is_taken_together(
        self, session: Session, vocabulary: Vocabulary, index: NodeIndex, engine: SearchEngine
    ) -> None:
        actions.keep_up(session, index, vocabulary)
        for ruling in session.scalars(select(Ruling).order_by(Ruling.slug).limit(3)).all():
            outbox.announce(session, [ruling.document_id], at=NOW)
            session.flush()
            actions.keep_up(session, index, vocabulary)

        assert actions.merge(index, most_segments=8) == 0
        assert actions.merge(index) == 3
        assert engine.search("269.083").direct
        assert engine.index.document_count() == len(queries.all_documents(session, vocabulary))

    def test_a_missing_index_is_left_to_the_next_visit(self, index: NodeIndex) -> None:
        assert actions.merge(index) == 0


class TestDifference:
    def test_an_index_that_kept_up_differs_in_nothing(
        self, session: Session, vocabulary: Vocabulary, index: NodeIndex
    ) -> None:
        actions.keep_up(session, index, vocabulary)

        assert queries.index_difference(session, index.documents.versions(), vocabulary).is_none

    def test_missing_stale_and_superfluous_documents_are_named(
        self, session: Session, vocabulary: Vocabulary, index: NodeIndex
    ) -> None:
        """A change that never reached the outbox is found by comparing, document by document."""
        actions.keep_up(session, index, vocabulary)
        gone, changed = session.scalars(select(Ruling).order_by(Ruling.slug).limit(2)).all()
        gone.published_at = None
        changed.updated_at = NOW
        session.flush()
        index.documents.update([], remove=[f"rechtspraak/{SLUG}"])

        found = queries.index_difference(session, index.documents.versions(), vocabulary)

        assert found == queries.IndexDifference(
            missing=[f"rechtspraak/{SLUG}"], stale=[changed.document_id], superfluous=[gone.document_id]
        )


class TestKeepUpIfPossible:
    def test_the_last_good_generation_answers_while_a_damaged_index_waits_for_the_job_runner(
        self, session: Session, vocabulary: Vocabulary, index: NodeIndex, engine: SearchEngine
    ) -> None:
        actions.keep_up(session, index, vocabulary)
        assert engine.search("269.083").direct
        (index.folder / "current.json").write_text("kapot")

        actions.keep_up_if_possible(session, index, vocabulary)

        assert engine.search("269.083").direct
        assert not index.documents.is_usable
        actions.keep_up(session, index, vocabulary)
        assert index.documents.is_usable

    def test_a_visitor_does_not_wait_for_another_process(
        self, session: Session, vocabulary: Vocabulary, index: NodeIndex, engine: SearchEngine
    ) -> None:
        actions.keep_up(session, index, vocabulary)
        seen = actions.applied_entry(index)
        outbox.announce(session, [f"rechtspraak/{SLUG}"], at=NOW)
        session.flush()
        with (index.folder / "turn").open("w") as taken:
            fcntl.flock(taken, fcntl.LOCK_EX)

            actions.keep_up_if_possible(session, index, vocabulary)

        assert actions.applied_entry(index) == seen != outbox.last_entry(session)
        assert engine.search("269.083").direct

    def test_a_folder_that_cannot_be_written_leaves_the_present_index_serving(
        self,
        session: Session,
        vocabulary: Vocabulary,
        index: NodeIndex,
        engine: SearchEngine,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """A full disk of the index must not stop anybody from searching."""
        actions.keep_up(session, index, vocabulary)
        outbox.announce(session, [f"rechtspraak/{SLUG}"], at=NOW)
        session.flush()
        tries = []

        def full(*_documents: object, **_options: object) -> None:
            tries.append(1)
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(index.documents, "update", full)

        actions.keep_up_if_possible(session, index, vocabulary)
        actions.keep_up_if_possible(session, index, vocabulary)

        assert len(tries) == 1
        assert engine.search("269.083").direct

    def test_who_waited_looks_again_before_building_anew(
        self, session: Session, vocabulary: Vocabulary, index: NodeIndex, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Another process that was ahead once looked like an index from the future."""
        actions.keep_up(session, index, vocabulary)
        monkeypatch.setattr(actions, "_is_current", lambda *_: False)
        monkeypatch.setattr(index.documents, "replace_all", lambda _documents: pytest.fail("built anew"))

        assert actions.keep_up(session, index, vocabulary) == 0


class TestDocuments:
    def test_every_node_is_one_document(self, session: Session, vocabulary: Vocabulary) -> None:
        documents = queries.all_documents(session, vocabulary)
        ids = [document.id for document in documents]

        assert len(ids) == len(set(ids))
        assert {f"thema/{theme.id}" for theme in vocabulary.themes.all} <= set(ids)

    def test_what_is_asked_by_id_is_what_the_whole_gives(self, session: Session, vocabulary: Vocabulary) -> None:
        documents = {document.id: document for document in queries.all_documents(session, vocabulary)}

        assert queries.find_documents(session, documents.keys(), vocabulary) == documents
