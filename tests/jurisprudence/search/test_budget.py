"""What one question may cost: counted in checks and places looked at, not in time that differs from day to day."""

from pathlib import Path

import pytest

from jurisprudence.search import phrases
from jurisprudence.search.budget import Budget, QuestionTooHeavy
from jurisprudence.search.engine import SearchEngine
from jurisprudence.search.packs import Array
from jurisprudence.search.results import Document, Kind
from jurisprudence.search.snapshot import Postings

SMALL = "de van het een in dat en op te is"
DOCUMENTS = 40
WORDS_OF_A_DOCUMENT = 400

HEAVY = {
    "phrases of small words": f'"{SMALL}" "van de in het" "dat de"',
    "nearness": '"de van het een"~9999 "de van"~100 "in de"~100',
    "two hundred phrases": '"de van" ' * 200,
    "alternatives": " OF ".join(SMALL.split() * 20),
    "what must not be there": "visum NIET " + " NIET ".join(SMALL.split() * 20),
    "one long phrase": '"' + f"{SMALL} " * 150 + '"',
}


@pytest.fixture(scope="module")
def small_words(tmp_path_factory: pytest.TempPathFactory) -> SearchEngine:
    """An index of pages that hold nothing but small words: the dearest there is to search for phrases."""
    made = SearchEngine(tmp_path_factory.mktemp("index"), seconds=30.0)
    made.index.replace_all(
        Document(
            id=f"pagina/{number}",
            kind=Kind.PAGE,
            address=f"/{number}",
            title=f"Verzonnen {number}",
            text=f"{SMALL} " * (WORDS_OF_A_DOCUMENT // 10),
        )
        for number in range(DOCUMENTS)
    )
    return made


class TestBudget:
    def test_without_seconds_it_never_ends(self) -> None:
        Budget(None, clock=lambda: 1e9).check()

    def test_it_ends_after_its_seconds(self) -> None:
        moments = iter([10.0, 10.9, 11.1])
        budget = Budget(1.0, clock=lambda: next(moments))

        budget.check()
        with pytest.raises(QuestionTooHeavy, match="minder woorden"):
            budget.check()


class TestSearch:
    @pytest.mark.parametrize("name", HEAVY)
    def test_no_question_looks_at_more_places_than_a_few_times_the_words_there_are(
        self, small_words: SearchEngine, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        """Three phrases and the question as one phrase, each tried at the places of its rarest word, in each field."""
        looked_at = 0
        places_of = phrases._places_of

        def counted(found: Postings, rows: Array) -> phrases._Places:
            nonlocal looked_at
            places = places_of(found, rows)
            looked_at += len(places.positions)
            return places

        monkeypatch.setattr(phrases, "_places_of", counted)

        small_words.search(HEAVY[name])

        assert looked_at <= 4 * DOCUMENTS * WORDS_OF_A_DOCUMENT

    @pytest.mark.parametrize("name", HEAVY)
    def test_a_question_is_given_up_when_its_time_is_spent(
        self, small_words: SearchEngine, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        """A clock that jumps an hour at each look: the first check ends the question."""
        hours = iter(range(0, 10**9, 3_600))
        monkeypatch.setattr(
            "jurisprudence.search.engine.Budget", lambda seconds: Budget(seconds, clock=lambda: float(next(hours)))
        )

        with pytest.raises(QuestionTooHeavy):
            small_words.search(HEAVY[name])
        with pytest.raises(QuestionTooHeavy):
            small_words.all_ids(HEAVY[name])

    def test_what_runs_at_night_is_never_given_up(self, tmp_path: Path) -> None:
        """Alerts ask the same questions as visitors: one that is cut off would look like one without news."""
        engine = SearchEngine(tmp_path / "index", seconds=0.0)
        engine.index.replace_all(
            [Document(id="pagina/1", kind=Kind.PAGE, address="/1", title="Visum", text="Een visum.")]
        )

        assert engine.answering({"pagina/1"}, "visum") == ["pagina/1"]
