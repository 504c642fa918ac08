"""Files made by chance for the three imports of the workplace: drafts, or problems by line; never anything else."""

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import FileStorage

from helpdesk.activities.forms import GUIDANCE_COLUMNS, TRAINING_COLUMNS, Rows, read_guidance, read_trainings
from helpdesk.activities.rules import ImportRejected
from helpdesk.advice.forms import COLUMNS, read_rows
from helpdesk.core.vocabulary import Vocabulary

Read = Callable[[FileStorage, Vocabulary], Rows[Any]]
TODAY = date(2026, 11, 25)
CELLS = st.one_of(
    st.text(alphabet=st.characters(codec="utf-8"), max_size=12),
    st.sampled_from(
        [
            *(
                "extern_op_vraag",
                "welzijn",
                "10-02-2026",
                "31-02-2026",
                "9999999999",
                "-1",
                "1e9",
                "²",
                "٣",
                "12",
                "14,5",
            ),
            *(
                "gezinshereniging",
                "huwelijk|bgv",
                "|" * 50,
                "MA",
                "wel",
                "2026-03-02",
                '"',
                '""',
                "'",
                "=1+1",
                "\0",
                "\r",
                "\n",
            ),
            *("x" * 5_000, "nan", "inf", "True", "\ufeff", "telefoon", "an@voorbeeld.be", "85.07.30-033 28"),
        ]
    ),
)
HEADERS = [";".join(columns) for columns in (TRAINING_COLUMNS, GUIDANCE_COLUMNS, COLUMNS)]
HEADER = st.sampled_from([*HEADERS, *[one.replace(";", ",") for one in HEADERS], "", ";;;", '"']) | st.text(
    alphabet=st.characters(codec="utf-8"), max_size=20
)
ROWS = st.lists(st.lists(CELLS, max_size=16).map(";".join), max_size=5)
FILES = st.one_of(
    st.tuples(HEADER, ROWS).map(lambda file: "\n".join([file[0], *file[1]]).encode()), st.binary(max_size=80)
)
CHANCE = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(autouse=True)
def _application(bare_app: Flask) -> object:
    """Forms ask the application for its settings."""
    with bare_app.test_request_context():
        yield


@pytest.mark.parametrize("read", [read_trainings, read_guidance])
@CHANCE
@given(content=FILES)
def test_a_file_of_activities_gives_drafts_or_problems(vocabulary: Vocabulary, read: Read, content: bytes) -> None:
    try:
        rows = read(FileStorage(io.BytesIO(content)), vocabulary)
    except ImportRejected as refused:
        told: list[object] = [*refused.problems]
    else:
        told = [*rows.drafts, *rows.problems]
        assert all(problem.line >= 1 for problem in rows.problems)
    assert told


@CHANCE
@given(content=FILES)
def test_a_file_of_advice_gives_drafts_or_problems(vocabulary: Vocabulary, content: bytes) -> None:
    drafts, problems = read_rows(content, vocabulary, today=TODAY, looked_at=False)

    assert all(problem.line >= 1 and problem.sentence for problem in problems)
    assert all("\0" not in draft.question for _, draft in drafts) or problems
