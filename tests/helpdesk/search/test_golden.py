"""Questions as visitors type them against the shipped library: floors under what the search achieves."""

import pytest

from helpdesk.core.vocabulary import Vocabulary
from helpdesk.settings import PROJECT
from jurisprudence.search import quality

QUESTIONS = quality.load_questions(PROJECT / "content" / "lijsten" / "zoekvragen.yaml")


class TestQuestions:
    def test_there_are_enough_of_them_and_a_third_is_held_back(self) -> None:
        held_back = sum(question.is_held_back for question in QUESTIONS)

        assert len(QUESTIONS) >= 140
        assert held_back / len(QUESTIONS) == pytest.approx(1 / 3, abs=0.03)

    def test_every_theme_that_is_expected_exists(self, vocabulary: Vocabulary) -> None:
        expected = {document.partition("/") for question in QUESTIONS for document in question.wanted}

        assert {slug for kind, _, slug in expected if kind == "thema" and slug not in vocabulary.themes} == set()
