"""Questions made by chance: reading one never raises, and an empty page always says why."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jurisprudence.search.analysis import clean, tokens
from jurisprudence.search.engine import SearchEngine
from jurisprudence.search.query import MOST_CHARACTERS, parse
from jurisprudence.search.results import SearchResults, Snippet

PIECES = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            *('"', '"', "“", "„", "'", "(", ")", "*", "ver*", "~9999", '"a b"~999', "-", "–", "OF", "EN", "NIET", "OR"),
            *("hof:", "jaar:", "jaar:..", "jaar:9999..1", "artikel:", "nummer:", "thema:x", "ecli:", "https://x"),
            *(
                "visum",
                "art. 9bis",
                "8 EVRM",
                "C-718/19",
                "246.433",
                "ECLI:BE:GHCC:2020:",
                "9" * 400,
                "1/" * 30,
                "1.111",
            ),
            *(
                "\0",
                "\ud800",
                "\u202e",
                "e\u0301\u0302",
                "İ",
                "ß",
                "ﬃ",
                "\uff11\uff12",
                "²",
                "٣",
                "\u200b",
                "de",
                "van het",
            ),
        ]
    ),
)
QUESTIONS = st.lists(PIECES, max_size=25).map(" ".join) | st.lists(PIECES, max_size=25).map("".join)


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(QUESTIONS)
def test_reading_a_question_never_raises(text: str) -> None:
    question = parse(text)

    assert len(question.text) <= MOST_CHARACTERS


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=QUESTIONS)
def test_an_empty_answer_says_what_was_searched_or_what_was_wrong(engine: SearchEngine, text: str) -> None:
    found = engine.search(text)

    assert found.total or found.understood_as or found.notes
    assert all("<" not in snippet.html.replace("<mark>", "").replace("</mark>", "") for snippet in _snippets(found))


def _snippets(found: SearchResults) -> list[Snippet]:
    return [snippet for hit in found.hits for snippet in hit.snippets]


@settings(max_examples=400, deadline=None)
@given(text=QUESTIONS, language=st.sampled_from(["nl", "fr", "de", ""]))
def test_every_text_can_be_indexed_and_its_terms_lie_within_it(text: str, language: str) -> None:
    whole, last = clean(text), 0
    for token in tokens(text, language):
        assert 0 <= token.start < token.end <= len(whole)
        assert token.position >= last
        last = token.position


@pytest.mark.parametrize("text", [f"ECLI:BE:GHCC:2020:{'1' * 5_000}", "9" * 10_000, "1/" * 5_000, "a." * 5_000])
def test_a_number_without_end_can_be_indexed(text: str) -> None:
    """Python refuses to read a number of more than 4,300 digits."""
    assert all(len(token.term) > 0 for token in tokens(text))
