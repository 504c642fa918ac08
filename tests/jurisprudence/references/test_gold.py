"""The promise about quality, on sentences of Belgian rulings with labels set by reading (see README.md here)."""

from pathlib import Path

import pytest

from jurisprudence.references.quality import Figures, Labelled, figures, judge, load_labelled
from jurisprudence.references.recogniser import Recogniser

PRECISION, RECALL = 0.98, 0.93
FILES = sorted(Path(__file__).parent.glob("gold_*.jsonl"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_references_are_found_and_nothing_else(recogniser: Recogniser, path: Path) -> None:
    judged = [judge(sentence, recogniser) for sentence in load_labelled(path)]

    found = figures(judged)
    differences = "\n".join(str(one) for one in judged if one.wrong or one.missed)
    assert found.precision >= PRECISION, f"precision {found.precision:.3f}\n{differences}"
    assert found.recall >= RECALL, f"recall {found.recall:.3f}\n{differences}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_place_holds_the_number_of_its_reference(recogniser: Recogniser, path: Path) -> None:
    """A page underlines text[start:end]; the number that is linked must stand in it."""
    for sentence in load_labelled(path):
        for found in recogniser.find(sentence.text):
            number = found.article.number if found.article else found.normal.partition(":")[2].partition("|")[0]
            first = "".join(filter(str.isdigit, number or ""))[:2]
            assert first in "".join(filter(str.isdigit, sentence.text[found.start : found.end])), (sentence.id, found)


def test_what_is_wrong_and_what_is_missed_both_count(recogniser: Recogniser) -> None:
    sentence = Labelled("x", "nl", "art. 3 EVRM en art. 3 EVRM, art. 9bis Vw.", ("EVRM:3", "VW:10"))

    judged = judge(sentence, recogniser)

    assert (judged.right, judged.wrong, judged.missed) == (("EVRM:3",), ("EVRM:3", "VW:9bis"), ("VW:10",))
    assert figures([judged]) == Figures(right=1, wrong=2, missed=1)
    assert figures([judged], about=lambda normal: normal.startswith("VW")) == Figures(right=0, wrong=1, missed=1)
    assert (figures([judged]).precision, figures([judged]).recall) == (1 / 3, 1 / 2)
    assert (figures([]).precision, figures([]).recall) == (1, 1)


def test_there_is_enough_to_measure() -> None:
    """A floor over a handful of sentences would promise nothing."""
    labels = [normal for path in FILES for one in load_labelled(path) for normal in one.normals]

    assert len(FILES) >= 2
    assert len(labels) >= 500
    assert len({one.text for path in FILES for one in load_labelled(path)}) >= 350
