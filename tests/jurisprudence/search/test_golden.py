"""The measures of search quality, on rankings small enough to reckon by hand."""

from math import log2
from pathlib import Path

import pytest

from jurisprudence.search import quality
from jurisprudence.search.quality import InvalidJudgement, Judged

WANTED = {"a": 3, "b": 10}


class TestMeasures:
    def test_success_looks_no_deeper_than_asked(self) -> None:
        assert [quality.success_at(["x", "b"], WANTED, depth) for depth in (1, 2)] == [0.0, 1.0]

    def test_a_promise_is_kept_by_a_document_of_the_highest_place_only(self) -> None:
        assert quality.keeps_promise(["b", "x", "a"], WANTED) == 1.0
        assert quality.keeps_promise(["b", "x", "y", "a"], WANTED) == 0.0

    def test_reciprocal_rank_stops_after_ten(self) -> None:
        assert quality.reciprocal_rank(["x", "a"], WANTED) == 0.5
        assert quality.reciprocal_rank([*"0123456789", "a"], WANTED) == 0.0

    def test_ndcg_is_gain_over_the_best_gain(self) -> None:
        best = 7 + 1 / log2(3)

        assert quality.ndcg(["a", "b"], WANTED) == pytest.approx(1.0)
        assert quality.ndcg(["b", "a"], WANTED) == pytest.approx((1 + 7 / log2(3)) / best)
        assert quality.ndcg(["x"], WANTED) == 0.0

    def test_figures_are_given_per_kind_and_over_all(self) -> None:
        answered = [(Judged("een", "kort", {"a": 1}), ["a"]), (Judged("twee", "lang", {"a": 1}), ["b", "a"])]

        table = quality.figures_by_kind(answered)

        assert list(table) == ["kort", "lang", quality.ALL]
        assert [row.reciprocal_rank for row in table.values()] == [1.0, 0.5, 0.75]


class TestQuestions:
    def test_an_unknown_place_is_refused(self, tmp_path: Path) -> None:
        file = tmp_path / "vragen.yaml"
        file.write_text("questions: [{ask: visum, kind: kort, first: {4: [a]}}]", encoding="utf-8")

        with pytest.raises(InvalidJudgement, match="visum"):
            quality.load_questions(file)

    def test_a_question_asked_twice_is_refused(self, tmp_path: Path) -> None:
        file = tmp_path / "vragen.yaml"
        entry = "{ask: visum, kind: kort, first: {3: [a]}}"
        file.write_text(f"questions: [{entry}, {entry}]", encoding="utf-8")

        with pytest.raises(InvalidJudgement, match="tweemaal"):
            quality.load_questions(file)
