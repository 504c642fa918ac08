import io

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage

from helpdesk.activities.forms import read_guidance, read_trainings
from helpdesk.activities.rules import ImportRejected
from helpdesk.core.vocabulary import Vocabulary
from tests.helpdesk.activities.examples import GUIDANCE, TRAINING

HEADER = "soort;sector;onderwerp;datum;plaats;deelnemers;thema's"
ROW = "extern_op_vraag;welzijn;Basis verblijfsrecht;10-02-2026;Gent;14;gezinshereniging"


def a_file(text: str | bytes) -> FileStorage:
    return FileStorage(io.BytesIO(text if isinstance(text, bytes) else text.encode()))


@pytest.fixture(autouse=True)
def _application(bare_app: Flask) -> object:
    """Forms ask the application for its settings."""
    with bare_app.test_request_context():
        yield


class TestReadTrainings:
    @pytest.mark.parametrize(
        "text",
        [
            f"{HEADER}\n{ROW}\n",
            f"\ufeff{HEADER}\r\n\r\n{ROW}\r\n",
            f"{HEADER}\n{ROW}".replace(";", ","),
            f"{HEADER}\n{ROW}".replace("extern_op_vraag", "Vormingen op vraag").replace("10-02-2026", "2026-02-10"),
        ],
    )
    def test_a_row_is_a_draft(self, text: str, vocabulary: Vocabulary) -> None:
        """A spreadsheet writes commas or semicolons and a byte order mark; people type labels."""
        rows = read_trainings(a_file(text), vocabulary)

        assert [draft for _, draft in rows.drafts] == [TRAINING]
        assert not rows.problems

    def test_each_wrong_row_is_told_with_its_line(self, vocabulary: Vocabulary) -> None:
        """A cell that runs over two lines does not shift the numbers."""
        two_lines = ROW.replace("Basis verblijfsrecht", '"Basis\nverblijfsrecht"')
        wrong = "extern_op_vraag;welzijn;;gisteren;Gent;veel;"

        rows = read_trainings(a_file(f"{HEADER}\n{two_lines}\n{wrong}"), vocabulary)

        assert [line for line, _ in rows.drafts] == [2]
        assert {(problem.line, problem.sentence) for problem in rows.problems} == {
            (4, "Vul het onderwerp in."),
            (4, "Schrijf de datum als 14-03-2026."),
            (4, "Schrijf een geheel getal, bijvoorbeeld 12."),
        }

    @pytest.mark.parametrize(
        ("text", "line", "sentence"),
        [
            ("", 1, "De kop mist"),
            ("soort;sector\n", 1, "De kop mist: onderwerp, datum"),
            (HEADER, 2, "Er staan geen rijen"),
            (f"{HEADER}\n{ROW}\n".encode() + b"\xff", 3, "UTF-8"),
            (f"{HEADER}\n\0", 2, "geen CSV-bestand"),
            (f"{HEADER}\n" + f"{ROW}\n" * 2_001, 2_002, "hoogstens 2000 rijen"),
        ],
    )
    def test_a_file_that_is_none_is_refused(
        self, text: str | bytes, line: int, sentence: str, vocabulary: Vocabulary
    ) -> None:
        with pytest.raises(ImportRejected) as refused:
            read_trainings(a_file(text), vocabulary)

        assert refused.value.lines[0].line == line
        assert sentence in refused.value.lines[0].sentence


class TestReadGuidance:
    def test_a_row_is_a_draft(self, vocabulary: Vocabulary) -> None:
        text = (
            "soort;sector;onderwerp;organisaties;sessies\n"
            "lerend_netwerk;gezondheid;Lerend netwerk ziekenhuizen;Ziekenhuis A|Ziekenhuis B;03-02-2026|4/11/2025\n"
        )

        rows = read_guidance(a_file(text), vocabulary)

        assert [draft for _, draft in rows.drafts] == [GUIDANCE]

    def test_a_session_that_is_no_day_is_named(self, vocabulary: Vocabulary) -> None:
        text = "soort;sector;onderwerp;organisaties;sessies\nlerend_netwerk;gezondheid;X;Y;31-02-2026\n"

        problems = read_guidance(a_file(text), vocabulary).problems

        assert "‘31-02-2026’ is geen datum" in problems[0].sentence
