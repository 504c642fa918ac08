"""From documents to arrays: positions, sentences, runs, and taking segments together."""

from collections.abc import Sequence

import numpy as np
import pytest

from jurisprudence.search import inverting, pairs, signs
from jurisprudence.search.analysis import tokens, words_with_places
from jurisprudence.search.documents import prepare
from jurisprudence.search.inverting import Inverter
from jurisprudence.search.packs import Array
from jurisprudence.search.places import WordPlaces, read_places
from jurisprudence.search.results import Document
from jurisprudence.search.segments import phrase_arrays
from jurisprudence.search.snapshot import Contents
from tests.jurisprudence.search.conftest import a_document, fictitious_documents


def inverted(documents: Sequence[Document]) -> dict[str, Array]:
    inverter = Inverter()
    for document in documents:
        inverter.add(prepare(document))
    return inverter.arrays()


def contents_of(documents: Sequence[Document]) -> Contents:
    """Return a segment as it is kept in a folder, with what finds phrases."""
    arrays = inverted(documents)
    return Contents(arrays | phrase_arrays(arrays))


def places_of(text: str) -> WordPlaces:
    return read_places(Contents(inverted([a_document("a", text=text)])).piece("text.sentences", 0))


def positions_of(arrays: dict[str, Array], name: str, term: bytes) -> dict[int, list[int]]:
    """Return the positions of a term per document, read the slow way."""
    row = list(Contents(arrays).vocabulary(name)).index(term)
    found = {}
    for place in range(int(arrays[f"{name}.ends"][row]), int(arrays[f"{name}.ends"][row + 1])):
        first, last = arrays[f"{name}.position_ends"][place : place + 2].tolist()
        found[int(arrays[f"{name}.documents"][place])] = arrays[f"{name}.positions"][first:last].tolist()
    return found


class TestPositions:
    def test_they_are_those_of_the_analysis(self) -> None:
        """Chunk by chunk or token by token: the same terms stand at the same places."""
        documents = fictitious_documents()
        arrays = inverted(documents)

        for number, document in enumerate(documents):
            for token in tokens(document.text, document.text_language):
                assert token.position in positions_of(arrays, "text", token.term.encode())[number]

    def test_phrases_do_not_cross_keywords(self) -> None:
        """Two keywords side by side are no phrase: "openbaar" and "gezag" are two different labels here."""
        arrays = inverted([a_document("a", keywords=("openbaar", "gezag"))])

        (first,) = positions_of(arrays, "keywords", b"openbaar")[0]
        (second,) = positions_of(arrays, "keywords", b"gezag")[0]
        assert second - first > 1

    def test_each_sentence_is_known_by_its_first_word(self) -> None:
        """A sentence without words is passed over; sentences begin at bytes, words at characters of their sentence."""
        places = places_of("Eén twee. (Drie) vier vijf.\n***\nZes.")

        assert list(places.firsts) == [0, 2, 5]
        assert list(places.offsets) == [0, 11, 33]
        assert list(places.steps) == [0, 4, 1, 6, 5, 0]
        assert [places.extent(number) for number in range(3)] == [slice(0, 11), slice(11, 33), slice(33, None)]

    def test_words_are_found_where_the_analysis_finds_them(self) -> None:
        """Also what takes several positions, what takes none, and what stands further than a byte can tell."""
        texts = [document.text for document in fictitious_documents()]
        texts += [
            "Art. 9bis, wet-Franchimont __ en C-578/08, 246 433.\n__\nNiet-begeleid: " + "-" * 300 + " l'enfant. __"
        ]
        for text in texts:
            places = places_of(text)
            for number, first in enumerate(places.firsts):
                sentence = text.encode()[places.extent(number)].decode()
                expected = {
                    first + position + further: start
                    for position, width, start, _ in words_with_places(sentence, "nl")
                    for further in range(width)
                }
                assert {position: places.starts(number, [position]) for position in expected} == {
                    position: [start] for position, start in expected.items()
                }
                assert places.starts(number, expected) == sorted(set(expected.values()))
            assert places.starts(0, [-1, len(places.steps)]) == []

    def test_a_text_without_words_has_no_places(self) -> None:
        places = places_of("***")

        assert [list(part) for part in (places.firsts, places.offsets, places.steps)] == [[], [], []]

    def test_a_document_without_words_is_a_document(self) -> None:
        arrays = inverted([a_document("a", title="", text=""), a_document("b", text="visum")])

        assert positions_of(arrays, "text", b"visum") == {1: [0]}
        assert arrays["text.exact_lengths"].tolist() == [0, 1]


class TestSigns:
    @pytest.mark.parametrize("own", [signs.FIRST_SHARED, signs.FIRST_OWN + 4], ids=["all their own", "four their own"])
    def test_what_a_sign_says_of_a_place_is_so(self, monkeypatch: pytest.MonkeyPatch, own: int) -> None:
        """However many postings are looked at at once; a place that holds a term never has a sign that denies it."""
        monkeypatch.setattr(signs, "POSTINGS_AT_ONCE", 3)
        monkeypatch.setattr(signs, "FIRST_SHARED", own)
        documents = fictitious_documents()
        contents = contents_of(documents)
        assert contents.signs is not None
        of_text = contents.signs
        held: dict[int, set[bytes]] = {}
        for number, document in enumerate(documents):
            for token in tokens(document.text, document.text_language):
                place = int(of_text.starts[number]) + token.position
                held.setdefault(place, set()).add(token.term.encode())

        for place, sign in enumerate(contents.arrays["text.signs"].tolist()):
            assert (sign == signs.NOTHING) == (place not in held)
            for term in contents.vocabulary("text"):
                meaning = of_text.meaning([term])
                assert sign not in meaning.sure or term in held[place]
                assert sign in meaning.sure | meaning.possible or term not in held.get(place, ())

    def test_a_term_that_is_nowhere_has_none(self) -> None:
        contents = contents_of(fictitious_documents())
        assert contents.signs is not None

        assert contents.signs.meaning([b"nergens"]) == signs.Meaning(frozenset(), frozenset())


class TestPairs:
    @pytest.mark.parametrize("at_once", [pairs.TEXTS_AT_ONCE, 2])
    def test_a_pair_has_the_documents_in_which_its_terms_stand_side_by_side(
        self, monkeypatch: pytest.MonkeyPatch, at_once: int
    ) -> None:
        """Terms that share a place included; the last word of a text and the first of the next are no pair."""
        monkeypatch.setattr(pairs, "TEXTS_AT_ONCE", at_once)
        documents = fictitious_documents()
        expected: dict[tuple[bytes, bytes], set[int]] = {}
        for number, document in enumerate(documents):
            held = tokens(document.text, document.text_language)
            for first in held:
                for second in held:
                    if second.position == first.position + 1:
                        expected.setdefault((first.term.encode(), second.term.encode()), set()).add(number)
        contents = contents_of(documents)
        terms = list(contents.vocabulary("text"))

        assert contents.pairs is not None
        assert len(expected) < len(terms) ** 2 / 4
        for one in terms:
            for other in terms:
                found = contents.pairs.documents(one, other)
                assert found is not None
                assert found.tolist() == sorted(expected.get((one, other), ()))

    def test_a_term_that_is_not_frequent_has_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pairs, "FREQUENT", 2)
        contents = contents_of([a_document("a", text="de de de raad raad kind")])

        assert contents.pairs is not None
        found = {term: contents.pairs.documents(b"de", term) for term in (b"de", b"rad", b"kind", b"nergens")}
        assert {term: None if held is None else held.tolist() for term, held in found.items()} == {
            b"de": [0],
            b"rad": [0],
            b"kind": None,
            b"nergens": None,
        }


class TestRuns:
    def test_many_runs_give_the_same_arrays_as_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Large indexes are sorted in parts; the parts are taken together again."""
        whole = inverted(fictitious_documents())
        monkeypatch.setattr(inverting, "MOST_WAITING", 3)
        monkeypatch.setattr(inverting, "GATHERED_AT_ONCE", 7)

        parts = inverted(fictitious_documents())

        assert_equal(parts, whole)

    def test_segments_taken_together_equal_one_made_at_once(self) -> None:
        """Without the deleted document; what it said is nowhere left."""
        documents = fictitious_documents()
        first, second = Contents(inverted(documents[:3])), Contents(inverted(documents[3:]))
        inverter = Inverter()

        inverter.add_segment(first, np.array([True, False, True]))
        inverter.add_segment(second, np.array([True, True]))

        assert_equal(inverter.arrays(), inverted([documents[0], *documents[2:]]))


def assert_equal(one: dict[str, Array], other: dict[str, Array]) -> None:
    assert one.keys() == other.keys()
    for name, values in one.items():
        assert values.tolist() == other[name].tolist(), name
