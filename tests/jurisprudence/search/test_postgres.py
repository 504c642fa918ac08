"""The index in PostgreSQL: what it finds is what the index in a folder finds, and what only a server can do wrong."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from jurisprudence.search.engine import SearchEngine
from jurisprudence.search.generations import IndexBusy, IndexDamaged
from jurisprudence.search.postgres import reading, tables
from jurisprudence.search.postgres.connections import Connections
from jurisprudence.search.postgres.index import PostgresIndex
from jurisprudence.search.results import Document
from tests.conftest import POSTGRES
from tests.jurisprudence.search.conftest import BGV, a_document, a_ruling, fictitious_documents

QUESTIONS = (
    "",
    "bgv",
    "kind",
    "recht op verblijf",
    '"recht op verblijf"',
    "C-978/08",
    "bestaansmiddelen gezinshereniging",
    "verblij*",
    "grondgebeid",
    "art. 8 EVRM",
    "zin openbare orde",
    "vreemdeling NIET kind",
)
NOWHERE = "postgresql://nobody@127.0.0.1:1/none"


def many_documents() -> list[Document]:
    """Return the fictitious documents and forty rulings that say much the same."""
    return fictitious_documents() + [
        a_ruling(
            f"rechtspraak/nr-{number}",
            f"920.{number:03}",
            text=f"Zin {number} over de openbare orde. " * (number % 7 + 1) + "Een vreemdeling met een kind.",
            outcome=None if number % 3 else "annulled",
        )
        for number in range(40)
    ]


@pytest.fixture
def index(search_schema: str) -> Iterator[PostgresIndex]:
    made = PostgresIndex(
        os.environ[POSTGRES], schema=search_schema, grace_seconds=0.0, lock_seconds=0.2, most_at_once=10
    )
    yield made
    made.close()


@pytest.fixture
def other(search_schema: str) -> Iterator[PostgresIndex]:
    """Return the same index as another process has it, which keeps what is out of use for a while."""
    made = PostgresIndex(os.environ[POSTGRES], schema=search_schema, lock_seconds=0.2)
    yield made
    made.close()


def run(schema: str, statement: str) -> list[tuple[object, ...]]:
    """Run a statement on the tables of an index and return the rows, if it gives any."""
    options = f"-c search_path={schema}"
    with psycopg.connect(os.environ[POSTGRES], autocommit=True, options=options) as database:
        found = database.execute(statement)
        return found.fetchall() if found.description else []


class TestSameAsInAFolder:
    @pytest.mark.parametrize("few_bytes", [reading.FEW_BYTES, 0], ids=["along", "later"])
    def test_every_page_is_the_same_before_and_after_changes(
        self, index: PostgresIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few_bytes: int
    ) -> None:
        """Total, order, scores, facets, snippets: whether positions come along with a term or are fetched later."""
        monkeypatch.setattr(reading, "FEW_BYTES", few_bytes)
        thesaurus = [("BGV", BGV), ("partner", "echtgenoot")]
        far, near = (SearchEngine(where, thesaurus=thesaurus) for where in (index, tmp_path / "index"))
        for engine in (far, near):
            engine.index.replace_all(many_documents())
        self._agree(far, near)
        for engine in (far, near):
            engine.index.update([a_document("n/1", text="Een kind.")], remove=["rechtspraak/nr-3", "thema/gh-belg"])
        self._agree(far, near)
        for engine in (far, near):
            engine.index.purge()
        self._agree(far, near)

    @staticmethod
    def _agree(far: SearchEngine, near: SearchEngine) -> None:
        for text in QUESTIONS:
            filters = {"soort": ["rechtspraak"]} if "kind" in text else None
            assert far.search(text, filters=filters) == near.search(text, filters=filters)
            assert far.all_ids(text) == near.all_ids(text)
        assert far.complete("gez") == near.complete("gez")
        assert far.index.versions() == near.index.versions()

    def test_a_term_longer_than_postgresql_can_order_is_found(self, index: PostgresIndex) -> None:
        """Its own indexes refuse keys of more than 2,700 bytes."""
        engine, number = SearchEngine(index), "9" * 5_000
        index.replace_all([a_document("a", text=f"Nummer {number}."), a_document("b", text=f"Nummer {number}1.")])
        index.update([a_document("c", text="Iets anders.")])
        index.merge()

        assert [hit.id for hit in engine.search("nummer", per_page=5).hits] == ["a", "b"]
        held = index.snapshot().in_text_fields(number.encode()).get("text")
        assert held is not None
        assert len(held.documents) == 1


class TestMerge:
    def test_small_segments_are_taken_together_and_nothing_is_lost(self, index: PostgresIndex) -> None:
        engine = SearchEngine(index)
        index.replace_all([a_document("basis", text="De openbare orde.")])
        for number in range(6):
            index.update([a_document(f"n/{number}", text=f"Zin {number}. De openbare orde.", court="rvv")])
        index.update([a_document("n/3", text="Iets anders.")], remove=["n/4"])

        assert index.merge(most_segments=20) == 0
        assert index.merge() == 6

        results = engine.search('"openbare orde"', per_page=100)
        assert (results.total, len(index.snapshot().segments)) == (5, 1)
        assert "<mark>openbare</mark>" in results.hits[-1].snippets[0].html

    def test_no_more_are_taken_together_than_fit_in_one(self, index: PostgresIndex) -> None:
        index.replace_all([a_document(f"a/{number}") for number in range(18)])
        index.update([a_document("b/1")])
        index.update([a_document("b/2")])

        assert index.merge() == 3
        assert sorted(segment.size for segment in index.snapshot().segments) == [10, 10]


class TestRemoval:
    def test_who_began_before_a_change_reads_on_until_the_time_of_grace_is_over(
        self, index: PostgresIndex, other: PostgresIndex, search_schema: str
    ) -> None:
        other.replace_all([a_document("a", text="visum"), a_document("b", text="visum")])
        before = other.snapshot()

        other.replace_all([a_document("c", text="paspoort")])

        assert before.text(0) == "visum"
        assert before.in_text_fields(b"visum").get("text") is not None
        index.merge()
        assert run(search_schema, "SELECT count(*) FROM search_segments") == [(1,)]
        with pytest.raises(IndexDamaged):
            before.text(1)

    def test_no_row_holds_what_was_removed_after_a_purge(self, index: PostgresIndex, search_schema: str) -> None:
        index.replace_all([a_document("a", text="Geheim woord."), a_document("b", text="Iets anders.")])
        index.update([], remove=["a"])

        assert index.purge() == 1
        assert index.purge() == 0

        assert run(search_schema, "SELECT convert_from(text, 'UTF8') FROM search_documents") == [("Iets anders.",)]
        assert run(search_schema, "SELECT count(*) FROM search_postings WHERE key LIKE 'geheim%'::bytea") == [(0,)]

    def test_a_segment_of_which_nothing_is_left_goes(self, index: PostgresIndex) -> None:
        index.replace_all([a_document("a")])
        index.update([a_document("b")])

        index.update([], remove=["a"])

        assert len(index.snapshot().segments) == 1


class TestDamage:
    def test_without_tables_it_is_named_and_a_rebuild_helps(self, index: PostgresIndex) -> None:
        engine = SearchEngine(index)

        assert not index.is_usable
        assert not index.is_serving
        with pytest.raises(IndexDamaged):
            engine.search("visum")
        with pytest.raises(IndexDamaged):
            index.update([a_document("a")])
        index.replace_all([a_document("a", text="visum")])
        assert engine.search("visum").total == 1

    def test_tables_of_another_version_count_as_damaged_and_are_made_anew(
        self, index: PostgresIndex, search_schema: str
    ) -> None:
        index.replace_all([a_document("a")])
        before = index.generation
        run(search_schema, "UPDATE search_generation SET format = 0")
        run(search_schema, "CREATE TABLE of_others (id int)")

        assert not index.is_usable
        index.replace_all([a_document("b"), a_document("c")])

        assert index.document_count() == 2
        assert index.generation != before
        assert run(search_schema, "SELECT count(*) FROM of_others") == [(0,)]

    def test_a_server_out_of_reach_is_named(self) -> None:
        index = PostgresIndex(NOWHERE)

        assert not index.is_usable
        with pytest.raises(IndexBusy):
            index.replace_all([a_document("a")])

    def test_a_connection_that_the_server_closed_is_replaced(self, index: PostgresIndex, search_schema: str) -> None:
        index.replace_all([a_document("a", text="visum")])
        engine = SearchEngine(index)
        assert engine.search("visum").total == 1

        idle = index.snapshot()._connections._idle.queue
        for connection in idle:
            run(search_schema, f"SELECT pg_terminate_backend({connection.info.backend_pid}, 5000)")

        assert idle
        assert engine.search("visum").total == 1

    def test_a_waiting_writer_gives_up_in_time(self, index: PostgresIndex, other: PostgresIndex) -> None:
        index.replace_all([a_document("a")])
        refused: list[bool] = []

        def documents() -> Iterator[Document]:
            with pytest.raises(IndexBusy):
                other.update([a_document("b")])
            refused.append(True)
            yield a_document("c")

        index.replace_all(documents())

        assert refused == [True]


class TestManyAtOnce:
    def test_what_another_process_wrote_is_seen(self, index: PostgresIndex, other: PostgresIndex) -> None:
        index.replace_all([a_document("a", text="visum")])
        assert SearchEngine(other).search("visum").total == 1

        index.update([a_document("b", text="visum")])

        assert SearchEngine(other).search("visum").total == 2

    def test_postings_that_were_long_not_used_are_forgotten(
        self, index: PostgresIndex, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reading, "MOST_KEPT_BYTES", 2 * reading.BYTES_OF_A_TERM)
        index.replace_all([a_document("a", text="visum paspoort kaart attest")])
        snapshot = index.snapshot()

        first = snapshot.in_text_fields(b"visum").get("text")
        assert snapshot.in_text_fields(b"visum").get("text") is first
        for term in (b"paspoort", b"kaart", b"attest") * 3:
            snapshot.in_text_fields(term)

        assert snapshot.in_text_fields(b"visum").get("text") is not first

    def test_questions_of_several_threads_each_have_a_connection(self, index: PostgresIndex) -> None:
        index.replace_all(many_documents())
        engine, totals = SearchEngine(index), list[int]()
        threads = [
            threading.Thread(target=lambda: totals.append(engine.search("openbare orde").total)) for _ in range(12)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert totals == [40] * 12


@pytest.mark.parametrize("name", ["", "Groot", "a-b", "a; DROP TABLE x", '"a"', "é"])
def test_a_schema_has_a_plain_name(name: str) -> None:
    with pytest.raises(ValueError, match="no name of a schema"):
        Connections(NOWHERE, name)


def test_a_key_is_the_term_itself_unless_that_is_long() -> None:
    long, longer = b"9" * 300, b"9" * 301

    assert tables.key_of(b"visum") == b"visum"
    assert len({tables.key_of(long), tables.key_of(longer)}) == 2
    assert len(tables.key_of(longer)) < 256
