"""Phrases in running text: by signs or by positions, in one segment or several, what is found is what stands there."""

import random
from functools import cache

import numpy as np
import pytest

from jurisprudence.search import pairs, phrases, signs
from jurisprudence.search.analysis import tokens
from jurisprudence.search.engine import SearchEngine
from jurisprudence.search.lookups import Lookups
from jurisprudence.search.matching import Evaluation
from jurisprudence.search.question import Phrase
from jurisprudence.search.results import Document
from tests.jurisprudence.search.conftest import NewEngine, a_document

WORDS = ["de", "raad", "van", "kind", "visumaanvraag", "aanvraag", "beslissing", "9bis", "niet-begeleid", "zaak"]
"""A compound, its part and a hyphenated word among them, so that several terms share a place."""


Steps = tuple[tuple[bytes, ...], ...]


@cache
def texts() -> list[str]:
    chance = random.Random(3)  # noqa: S311 -- the same texts in every run
    return [" ".join(chance.choices(WORDS, k=chance.randint(1, 60))) for _ in range(40)]


def documents() -> list[Document]:
    return [a_document(f"n/{number:02}", title="", text=text) for number, text in enumerate(texts())]


@cache
def terms_of(text: str) -> list[set[bytes]]:
    """Return the terms at each position of a text."""
    found: dict[int, set[bytes]] = {}
    for token in tokens(text):
        found.setdefault(token.position, set()).add(token.term.encode())
    return [found[position] for position in range(len(found))]


@cache
def holding(steps: Steps) -> list[str]:
    """Return the ids of the documents in which the steps follow each other, looked for the slow way."""
    found = []
    for number, text in enumerate(texts()):
        held = terms_of(text)
        places = range(len(held) - len(steps) + 1)
        if any(all(not held[place + step].isdisjoint(terms) for step, terms in enumerate(steps)) for place in places):
            found.append(f"n/{number:02}")
    return found


def found_by(engine: SearchEngine, steps: Steps) -> list[str]:
    snapshot = engine.index.snapshot()
    mask = Evaluation(Lookups(snapshot), lambda _start: ()).term(Phrase("", steps)) & snapshot.alive
    return sorted(snapshot.identity(number) for number in np.flatnonzero(mask).tolist())


@pytest.fixture(params=["one segment", "several segments"])
def engine(request: pytest.FixtureRequest, new_engine: NewEngine) -> SearchEngine:
    engine, made = new_engine(), documents()
    several = request.param == "several segments"
    engine.index.replace_all(made[:25] if several else made)
    if several:
        engine.index.update(made[25:39])
        engine.index.update(made[39:])
    return engine


class TestWhatIsFound:
    @pytest.mark.parametrize("often", [phrases.OFTEN, 0], ids=["every place", "the first place before the others"])
    @pytest.mark.parametrize("own", [signs.FIRST_SHARED, signs.FIRST_OWN + 3, signs.FIRST_OWN], ids=str)
    def test_it_is_what_stands_there(
        self, new_engine: NewEngine, monkeypatch: pytest.MonkeyPatch, often: int, own: int
    ) -> None:
        """However many terms have a sign of their own: all here, the three most frequent, or none."""
        monkeypatch.setattr(phrases, "OFTEN", often)
        monkeypatch.setattr(phrases, "FEW", 0)
        monkeypatch.setattr(phrases, "PLACES_AT_ONCE", 50)
        monkeypatch.setattr(signs, "FIRST_SHARED", own)
        engine = new_engine()
        engine.index.replace_all(documents())
        self._agree(engine)

    @pytest.mark.parametrize("frequent", [pairs.FREQUENT, 4, 0], ids=["all", "four", "none"])
    def test_it_is_so_when_pairs_settle_it(
        self, new_engine: NewEngine, monkeypatch: pytest.MonkeyPatch, frequent: int
    ) -> None:
        """However many terms are frequent enough to keep their pairs."""
        monkeypatch.setattr(phrases, "FEW", 0)
        monkeypatch.setattr(phrases, "MANY", 0)
        monkeypatch.setattr(pairs, "FREQUENT", frequent)
        monkeypatch.setattr(pairs, "TEXTS_AT_ONCE", 7)
        engine = new_engine()
        engine.index.replace_all(documents())
        self._agree(engine)

    @pytest.mark.parametrize(("few", "many"), [(phrases.FEW, phrases.MANY), (0, phrases.MANY), (0, 0)])
    def test_it_is_so_in_several_segments(
        self, engine: SearchEngine, monkeypatch: pytest.MonkeyPatch, few: int, many: int
    ) -> None:
        """With all places looked up, with signs, and with pairs."""
        monkeypatch.setattr(phrases, "FEW", few)
        monkeypatch.setattr(phrases, "MANY", many)
        self._agree(engine)

    @staticmethod
    def _agree(engine: SearchEngine) -> None:
        terms = sorted(set().union(*(term for text in texts() for term in terms_of(text))))
        chance = random.Random(5)  # noqa: S311 -- the same phrases in every run
        asked: list[Steps] = [((first,), (second,)) for first in terms for second in terms]
        asked += [tuple((chance.choice(terms),) for _ in range(3)) for _ in range(60)]
        asked += [tuple(tuple(chance.sample(terms, 2)) for _ in range(2)) for _ in range(60)]
        nothing = 0
        for steps in asked:
            expected = holding(steps)
            assert found_by(engine, steps) == expected
            nothing += not expected
        assert 0 < nothing < len(asked)


class TestWhereTextsEnd:
    def test_a_phrase_does_not_run_on_into_the_next_text(self, new_engine: NewEngine) -> None:
        """Texts lie end to end; a word that ends one and a word that begins the next are no phrase."""
        engine = new_engine()
        engine.index.replace_all(
            a_document(f"n/{number}", title="", text=text) for number, text in enumerate(["kind raad", "zaak kind"] * 3)
        )

        assert found_by(engine, ((b"raad",), (b"zaak",))) == []
        assert found_by(engine, ((b"kind",), (b"kind",))) == []
        assert found_by(engine, ((b"raad",), (b"raad",))) == []
        assert found_by(engine, ((b"zaak",), (b"zaak",))) == []

    def test_a_phrase_longer_than_the_gap_between_texts_is_looked_up(self, new_engine: NewEngine) -> None:
        """Further than that a sign may be of another text."""
        engine, words = new_engine(), [f"w{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]
        assert len(words) > signs.GAP + 1
        engine.index.replace_all(
            [
                a_document("a", title="", text=" ".join(words)),
                a_document("b", title="", text=" ".join([*words[:-1], "iets"])),
                a_document("c", title="", text=" ".join(reversed(words))),
            ]
        )

        assert found_by(engine, tuple((word.encode(),) for word in words)) == ["a"]
