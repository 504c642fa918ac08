"""Scores: the formula is Whoosh's own, so that its literature applies to ours."""

from pathlib import Path

import pytest
from whoosh.query import Or, Term

from jurisprudence.search.index import SearchIndex, _index_in
from jurisprudence.search.matching import Evaluation
from jurisprudence.search.question import Word
from tests.jurisprudence.search.conftest import a_document


@pytest.mark.parametrize("words", [["visum"], ["paspoort"], ["visum", "paspoort"]])
def test_scores_equal_those_of_whoosh_on_the_same_index(empty_folder: Path, words: list[str]) -> None:
    """Also after an update, when the index has two segments and a deleted document."""
    texts = ["visum " * count + "paspoort en woorden " * (count % 3 + 1) for count in range(1, 9)]
    index = SearchIndex(empty_folder)
    index.replace_all([a_document(f"n/{number}", title="Titel", text=text) for number, text in enumerate(texts)])
    index.update([a_document("n/9", title="Titel", text="een visum en een paspoort")], remove=["n/3"])

    snapshot = index.snapshot()
    evaluation = Evaluation(snapshot, lambda _start: ())
    evaluation.any_of([Word(word, ((word.encode(),),)) for word in words])
    (folder,) = empty_folder.glob("index-*")
    with _index_in(folder).searcher() as searcher:
        found = searcher.search(Or([Term("text", word) for word in words]), limit=None)
        theirs = {found.docnum(place): found.score(place) for place in range(len(found))}

    assert len(theirs) == 8
    assert {number: float(evaluation.scores[number]) for number in theirs} == pytest.approx(theirs, rel=1e-4)
