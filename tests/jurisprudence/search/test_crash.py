"""Killed in the middle of a commit, at every step of it: the index opens, says one thing, and can be changed again."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from jurisprudence.search.engine import SearchEngine
from jurisprudence.search.index import SearchIndex
from tests.jurisprudence.search.conftest import a_document

UPDATE_STEPS = ["postings", "sums", "arrays", "contents", "switch", "files removed", "folders removed"]
REBUILD_STEPS = ["folder", *UPDATE_STEPS]
VISIBLE_FROM = "switch"

PROGRAM = """
import os, signal, sys
from pathlib import Path
from jurisprudence.search.index import SearchIndex
from jurisprudence.search.results import Document, Kind

def die_at(step):
    if step == sys.argv[3]:
        os.kill(os.getpid(), signal.SIGKILL)

index = SearchIndex(Path(sys.argv[1]), at_step=die_at)
document = Document(id="b", kind=Kind.PAGE, address="/b", title="B", text="visum nieuw")
if sys.argv[2] == "update":
    index.update([document], remove=["weg"])
elif sys.argv[2] == "merge":
    index.merge()
else:
    index.replace_all([document])
"""


def killed_in(folder: Path, what: str, step: str) -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(folder), what, step], check=False)
    assert done.returncode == -signal.SIGKILL, f"{what} has no step {step}"


def found(folder: Path) -> list[str]:
    return sorted(hit.id for hit in SearchEngine(folder).search("visum", per_page=100).hits)


@pytest.fixture
def folder(empty_folder: Path) -> Path:
    """Return the folder of an index with two segments and a deleted document."""
    index = SearchIndex(empty_folder)
    index.replace_all([a_document("a", text="visum"), a_document("weg", text="visum"), a_document("oud", text="visum")])
    index.update([a_document("c", text="visum")], remove=["oud"])
    return empty_folder


class TestKilledWhileUpdating:
    @pytest.mark.parametrize("step", UPDATE_STEPS)
    def test_all_or_nothing_and_the_next_update_works(self, folder: Path, step: str) -> None:
        killed_in(folder, "update", step)

        is_visible = UPDATE_STEPS.index(step) >= UPDATE_STEPS.index(VISIBLE_FROM)
        assert found(folder) == (["a", "b", "c"] if is_visible else ["a", "c", "weg"])
        SearchIndex(folder).update([a_document("d", text="visum")])
        assert found(folder) == (["a", "b", "c", "d"] if is_visible else ["a", "c", "d", "weg"])
        assert len(list(folder.glob("index-*/*.toc"))) == 1


class TestKilledWhileRebuilding:
    @pytest.mark.parametrize("step", REBUILD_STEPS)
    def test_all_or_nothing_and_the_next_change_works(self, folder: Path, step: str) -> None:
        killed_in(folder, "rebuild", step)

        is_visible = REBUILD_STEPS.index(step) >= REBUILD_STEPS.index(VISIBLE_FROM)
        before = ["b"] if is_visible else ["a", "c", "weg"]
        assert found(folder) == before
        SearchIndex(folder).update([a_document("d", text="visum")])
        assert found(folder) == sorted([*before, "d"])
        assert len(list(folder.glob("index-*"))) == 1

    def test_a_first_build_that_was_killed_can_be_done_again(self, empty_folder: Path) -> None:
        killed_in(empty_folder, "rebuild", "contents")

        assert not SearchIndex(empty_folder).is_usable
        SearchIndex(empty_folder).replace_all([a_document("a", text="visum")])
        assert found(empty_folder) == ["a"]


class TestKilledWhileMerging:
    @pytest.mark.parametrize("step", UPDATE_STEPS)
    def test_nothing_changes_and_the_next_merge_works(self, folder: Path, step: str) -> None:
        killed_in(folder, "merge", step)

        assert found(folder) == ["a", "c", "weg"]
        SearchIndex(folder).merge()
        assert found(folder) == ["a", "c", "weg"]
        assert len(list(folder.glob("index-*/*.arrays"))) == 1
