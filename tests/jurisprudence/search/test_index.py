"""The index on disk: rebuilding, updating, damage, and reading while others write."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from jurisprudence.search.engine import SearchEngine
from jurisprudence.search.generations import CURRENT
from jurisprudence.search.index import IndexBusy, IndexDamaged, SearchIndex
from jurisprudence.search.results import Document
from tests.jurisprudence.search.conftest import NewIndex, a_document, fictitious_documents


def titles(engine: SearchEngine, text: str) -> set[str]:
    return {hit.title for hit in engine.search(text, per_page=100).hits}


class TestReplaceAll:
    def test_it_counts_and_reports(self, new_index: NewIndex) -> None:
        done: list[int] = []

        count = new_index().replace_all([a_document("a"), a_document("b")], done.append)

        assert (count, done) == (2, [1, 2])

    def test_the_old_index_answers_until_the_new_one_is_complete(self, new_index: NewIndex) -> None:
        engine = SearchEngine(new_index())
        engine.index.replace_all([a_document("a", title="Oud")])
        seen: list[set[str]] = []

        def documents() -> Iterator[Document]:
            seen.append(titles(engine, ""))
            yield a_document("b", title="Nieuw")

        engine.index.replace_all(documents())

        assert seen == [{"Oud"}]
        assert titles(engine, "") == {"Nieuw"}

    def test_a_failing_rebuild_leaves_the_old_index(self, new_index: NewIndex) -> None:
        engine = SearchEngine(new_index())
        engine.index.replace_all([a_document("a", title="Oud")])

        with pytest.raises(ValueError, match="Two documents have the id b"):
            engine.index.replace_all([a_document("b"), a_document("b")])

        assert titles(engine, "") == {"Oud"}
        engine.index.replace_all([a_document("c", title="Later")])
        assert titles(engine, "") == {"Later"}

    def test_old_files_are_removed(self, empty_folder: Path) -> None:
        index = SearchIndex(empty_folder)
        for _ in range(3):
            index.replace_all([a_document("a")])

        assert len(list(empty_folder.glob("index-*"))) == 1


class TestUpdate:
    def test_a_document_with_a_known_id_is_replaced(self, new_index: NewIndex) -> None:
        engine = SearchEngine(new_index())
        engine.index.replace_all([a_document("a", text="visum"), a_document("b", text="visum")])

        engine.index.update([a_document("a", text="paspoort")])

        assert engine.search("visum").total == 1
        assert engine.search("paspoort").total == 1
        assert engine.index.document_count() == 2

    def test_a_removed_document_is_gone_from_hits_and_facets(self, new_index: NewIndex) -> None:
        engine = SearchEngine(new_index())
        engine.index.replace_all([a_document("a", court="rvv"), a_document("b")])

        engine.index.update([], remove=["a", "nooit-bestaan"])

        results = engine.search("")
        assert [hit.id for hit in results.hits] == ["b"]
        assert results.facets["hof"] == ()

    def test_the_generation_grows(self, new_index: NewIndex) -> None:
        index = new_index()
        index.replace_all([a_document("a")])
        before = index.generation

        index.update([a_document("b")])

        assert index.generation > before

    def test_an_unchanged_index_is_opened_once(self, new_index: NewIndex) -> None:
        index = new_index()
        index.replace_all([a_document("a")])

        assert index.snapshot() is index.snapshot()

    def test_versions_are_kept(self, new_index: NewIndex) -> None:
        """They are compared with the source; documents that are gone have none."""
        index = new_index()
        index.replace_all([a_document("a", version="1"), a_document("b", version="7"), a_document("c")])

        index.update([a_document("a", version="2")], remove=["c"])

        assert index.versions() == {"a": "2", "b": "7"}

    def test_a_waiting_writer_gives_up_in_time(self, empty_folder: Path) -> None:
        index = SearchIndex(empty_folder, lock_seconds=0.2)
        index.replace_all([a_document("a")])
        refused: list[bool] = []

        def documents() -> Iterator[Document]:
            with pytest.raises(IndexBusy):
                SearchIndex(empty_folder, lock_seconds=0.2).update([a_document("b")])
            refused.append(True)
            yield a_document("c")

        index.replace_all(documents())

        assert refused == [True]


class TestMerge:
    def test_small_segments_are_taken_together_and_nothing_is_lost(self, empty_folder: Path) -> None:
        """Phrases, snippets and facets survive the merge; what was replaced or removed does not come back."""
        engine = SearchEngine(empty_folder)
        engine.index.replace_all([a_document("basis", text="De openbare orde.")])
        for number in range(15):
            engine.index.update([a_document(f"n/{number}", text=f"Zin {number}. De openbare orde.", court="rvv")])
        engine.index.update([a_document("n/3", text="Iets anders.")], remove=["n/4"])

        taken = engine.index.merge()

        results = engine.search('"openbare orde"', per_page=100)
        assert (taken, len(engine.index.snapshot().segments)) == (15, 1)
        assert results.total == 14
        assert results.facets["hof"][0].count == 13
        assert "<mark>openbare</mark>" in results.hits[-1].snippets[0].html
        assert len(list(empty_folder.glob("index-*/*.arrays"))) == 1

    def test_a_tidy_index_is_left_alone(self, new_index: NewIndex) -> None:
        index = new_index()
        index.replace_all([a_document("a")])
        before = index.generation

        assert index.merge() == 0
        assert index.generation == before

    def test_few_segments_can_wait(self, empty_folder: Path) -> None:
        index = SearchIndex(empty_folder)
        index.replace_all([a_document("a")])
        index.update([a_document("b")])

        assert index.merge(most_segments=2) == 0
        assert index.merge(most_segments=1) == 2

    def test_a_reader_keeps_what_it_opened(self, empty_folder: Path) -> None:
        """The files of the generation before are removed; who searches in it reads on from the map."""
        engine = SearchEngine(empty_folder)
        engine.index.replace_all([a_document("a", text="visum"), a_document("b", text="visum")])
        before = engine.index.snapshot()

        SearchIndex(empty_folder).update([a_document("c", text="visum")])
        SearchIndex(empty_folder).merge()

        assert [before.text(number) for number in range(before.size)] == ["visum", "visum"]
        assert engine.search("visum").total == 3


class TestDamage:
    def test_a_missing_index_is_named(self, empty_folder: Path) -> None:
        engine = SearchEngine(empty_folder)

        assert not engine.index.is_usable
        with pytest.raises(IndexDamaged):
            engine.search("visum")
        with pytest.raises(IndexDamaged):
            engine.index.update([a_document("a")])

    @pytest.mark.parametrize("pattern", ["current.json", "index-*/*.toc", "index-*/*.trm", "index-*/*.pst", "index-*"])
    @pytest.mark.parametrize("harm", ["removed", "emptied", "garbled"])
    def test_a_damaged_file_is_named_or_repaired_and_a_rebuild_helps(
        self, empty_folder: Path, pattern: str, harm: str
    ) -> None:
        SearchIndex(empty_folder).replace_all([a_document("a", text="visum")])
        for arrays in empty_folder.glob("index-*/*.arrays"):
            arrays.write_bytes(b"kapot")
        for path in empty_folder.glob(pattern):
            _harm(path, harm)

        engine = SearchEngine(empty_folder)
        try:
            engine.search("visum")
        except IndexDamaged:
            assert not engine.index.is_usable
        engine.index.replace_all([a_document("a", text="visum")])

        assert engine.search("visum").total == 1

    def test_damaged_arrays_are_made_again(self, empty_folder: Path) -> None:
        SearchIndex(empty_folder).replace_all([a_document("a", text="visum")])
        for arrays in empty_folder.glob("index-*/*.arrays"):
            content = bytearray(arrays.read_bytes())
            content[-20] ^= 0xFF
            arrays.write_bytes(content)

        assert SearchEngine(empty_folder).search("visum").total == 1

    def test_arrays_decoded_again_are_those_that_were_written(self, empty_folder: Path) -> None:
        SearchIndex(empty_folder).replace_all(fictitious_documents())
        (path,) = empty_folder.glob("index-*/*.arrays")
        written = path.read_bytes()
        path.unlink()

        assert SearchIndex(empty_folder).is_usable
        assert path.read_bytes() == written

    def test_damage_to_both_copies_is_never_searched(self, empty_folder: Path) -> None:
        """Whoosh's postings have no sums of their own: one altered number would give wrong results in silence."""
        SearchIndex(empty_folder).replace_all(fictitious_documents())
        for pattern in ("index-*/*.arrays", "index-*/*.pst"):
            (path,) = empty_folder.glob(pattern)
            content = bytearray(path.read_bytes())
            content[len(content) // 2] ^= 1
            path.write_bytes(content)

        assert not SearchIndex(empty_folder).is_usable

    @pytest.mark.parametrize("place", [0.05, 0.3, 0.6, 0.95])
    @pytest.mark.parametrize("pattern", ["current.json", "index-*/*.toc", "index-*/*.arrays", "index-*/*.sums"])
    def test_one_altered_byte_never_changes_what_is_found(self, empty_folder: Path, pattern: str, place: float) -> None:
        index = SearchIndex(empty_folder)
        index.replace_all(fictitious_documents())
        index.update([a_document("c", text="verblijf")], remove=["thema/gh-belg"])
        expected = titles(SearchEngine(empty_folder), "verblijf")
        for path in empty_folder.glob(pattern):
            content = bytearray(path.read_bytes())
            content[int(len(content) * place)] ^= 1
            path.write_bytes(content)

        engine = SearchEngine(empty_folder)

        assert not engine.index.is_usable or titles(engine, "verblijf") == expected

    def test_the_last_good_generation_serves_while_the_newest_is_damaged(self, empty_folder: Path) -> None:
        engine = SearchEngine(empty_folder)
        engine.index.replace_all([a_document("a", text="visum")])
        assert engine.search("visum").total == 1

        (empty_folder / CURRENT).write_text("kapot")

        assert not engine.index.is_usable
        assert engine.index.is_serving
        assert engine.search("visum").total == 1

    def test_an_index_of_another_version_counts_as_damaged(self, empty_folder: Path) -> None:
        """After a change of analysis old terms no longer fit new questions."""
        index = SearchIndex(empty_folder)
        index.replace_all([a_document("a")])
        current = json.loads((empty_folder / CURRENT).read_text())
        (empty_folder / CURRENT).write_text(json.dumps({**current, "format": 0}))

        assert not index.is_usable


def _harm(path: Path, harm: str) -> None:
    if path.is_dir():
        for inner in path.iterdir():
            _harm(inner, harm)
    elif harm == "removed":
        path.unlink()
    else:
        path.write_bytes(b"" if harm == "emptied" else b"\x00rommel" * 50)


class TestReadingWhileWriting:
    def test_threads_read_while_one_writes(self, new_index: NewIndex) -> None:
        engine = SearchEngine(new_index())
        engine.index.replace_all([a_document("vast", text="visum")])
        problems: list[BaseException] = []
        done = threading.Event()

        def read() -> None:
            try:
                while not done.is_set():
                    assert engine.search("visum").total >= 1
            except BaseException as problem:  # noqa: BLE001 -- reported by the test itself
                problems.append(problem)

        readers = [threading.Thread(target=read) for _ in range(3)]
        for reader in readers:
            reader.start()
        for number in range(8):
            engine.index.update([a_document(f"n/{number}", text="visum")])
        engine.index.replace_all([a_document(f"m/{number}", text="visum") for number in range(5)])
        done.set()
        for reader in readers:
            reader.join()

        assert problems == []
        assert engine.search("visum").total == 5

    def test_what_another_process_wrote_is_seen(self, empty_folder: Path) -> None:
        engine = SearchEngine(empty_folder)
        engine.index.replace_all([a_document("a", text="visum")])
        assert engine.search("visum").total == 1
        program = """
import sys
from pathlib import Path
from jurisprudence.search.index import SearchIndex
from jurisprudence.search.results import Document, Kind
document = Document(id="b", kind=Kind.PAGE, address="/b", title="B", text="visum")
SearchIndex(Path(sys.argv[1])).update([document])
"""

        subprocess.run([sys.executable, "-c", program, str(empty_folder)], check=True)

        assert engine.search("visum").total == 2
