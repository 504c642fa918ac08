"""Scores: the formula is Whoosh's own, so that its literature applies to ours."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from whoosh import query
from whoosh.searching import Searcher

from jurisprudence.search.index import SearchIndex, _index_in
from jurisprudence.search.lookups import Lookups
from jurisprudence.search.matching import Evaluation
from jurisprudence.search.packs import Array
from jurisprudence.search.question import Phrase, Prefix, Term, Word
from jurisprudence.search.ranking import WEIGHTS
from tests.jurisprudence.search.conftest import a_document

FIELDS = ("title", "keywords", "summary", "text")


def word(text: str) -> Word:
    return Word(text, ((text.encode(),),))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an index with two segments, a replaced and a deleted document, and words in every field."""
    folder = tmp_path_factory.mktemp("scores")
    index = SearchIndex(folder)
    texts = ["visum " * count + "paspoort en woorden " * (count % 3 + 1) for count in range(1, 9)]
    index.replace_all(
        a_document(
            f"n/{number}",
            title="Titel met visum" if number % 2 else "Titel",
            summary="Een visum en een paspoort" if number % 3 else "",
            keywords=("visum", "woorden") if number % 4 == 0 else (),
            text=text,
        )
        for number, text in enumerate(texts)
    )
    index.update([a_document("n/9", title="Titel", text="een visum en een paspoort, visa en visie")], remove=["n/3"])
    return folder


@pytest.fixture
def searcher(folder: Path) -> Iterator[Searcher]:
    (inside,) = folder.glob("index-*")
    with _index_in(inside).searcher() as searcher:
        yield searcher


def theirs(searcher: Searcher, question: query.Query) -> dict[int, float]:
    """Return Whoosh's score per document it finds; without a limit, which loses hits."""
    found = searcher.search(question, limit=None)
    return {found.docnum(place): found.score(place) for place in range(len(found))}


def ours(folder: Path, *terms: Term) -> tuple[Array, list[Array]]:
    """Return our scores of all documents, and per term the documents that hold it."""
    evaluation = Evaluation(Lookups(SearchIndex(folder).snapshot()), lambda _start: (b"visum", b"visa", b"visie"))
    masks = [evaluation.term(term) & evaluation.snapshot.alive for term in terms]
    return evaluation.scores.of(evaluation.snapshot.alive), masks


def in_all_fields(text: str) -> query.Query:
    return query.Or([query.Term(name, text, boost=WEIGHTS[name]) for name in FIELDS])


class TestSameIndex:
    @pytest.mark.parametrize("words", [["visum"], ["paspoort"], ["visum", "paspoort"], ["woorden", "titel", "visum"]])
    def test_any_word_in_any_field(self, folder: Path, searcher: Searcher, words: list[str]) -> None:
        scores, masks = ours(folder, *map(word, words))

        expected = theirs(searcher, query.Or([in_all_fields(text) for text in words]))
        assert set(expected) == {number for mask in masks for number in mask.nonzero()[0].tolist()}
        assert {number: float(scores[number]) for number in expected} == pytest.approx(expected, rel=1e-4)

    def test_all_words(self, folder: Path, searcher: Searcher) -> None:
        scores, (first, second) = ours(folder, word("visum"), word("woorden"))

        expected = theirs(searcher, query.And([in_all_fields("visum"), in_all_fields("woorden")]))
        assert set(expected) == set((first & second).nonzero()[0].tolist())
        assert {number: float(scores[number]) for number in expected} == pytest.approx(expected, rel=1e-4)

    def test_a_phrase_is_found_in_the_same_documents(self, folder: Path, searcher: Searcher) -> None:
        _, (found,) = ours(folder, Phrase("visum en een", ((b"visum",), (b"en",), (b"een",))))

        expected = query.Or([query.Phrase(name, ["visum", "en", "een"]) for name in FIELDS])
        assert set(theirs(searcher, expected)) == set(found.nonzero()[0].tolist()) != set()

    def test_the_beginning_of_a_word(self, folder: Path, searcher: Searcher) -> None:
        scores, (found,) = ours(folder, Prefix("vis*", "vis"))

        expected = theirs(searcher, query.Or([in_all_fields(text) for text in ("visum", "visa", "visie")]))
        assert set(expected) == set(found.nonzero()[0].tolist())
        assert {number: float(scores[number]) for number in expected} == pytest.approx(expected, rel=1e-4)

    def test_whole_values(self, folder: Path, searcher: Searcher) -> None:
        snapshot = SearchIndex(folder).snapshot()

        expected = set(theirs(searcher, query.Term("soort", "pagina")))
        assert expected == {int(number) for number in snapshot.tagged("soort", "pagina") if snapshot.alive[number]}
