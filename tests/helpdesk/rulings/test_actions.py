from pathlib import Path

import pytest

from helpdesk.core.vocabulary import Vocabulary
from helpdesk.rulings import actions

PATH = "rechtspraak/rvv/2022-02-28-269-083.md"


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A content folder with room for one ruling."""
    (tmp_path / PATH).parent.mkdir(parents=True)
    return tmp_path


class TestReadFolder:
    @pytest.mark.parametrize(
        ("written", "line"),
        [(b"---\ncourt: RVV\nparties: caf\xe9\n---\n", 3), (b"---\ncourt: RVV\n---\n\nNul\0.\n", 5)],
    )
    def test_a_file_that_cannot_be_read_is_named_with_its_line(
        self, content: Path, vocabulary: Vocabulary, written: bytes, line: int
    ) -> None:
        """A ruling that was not UTF-8 once stopped the check with a traceback; PostgreSQL keeps no NUL."""
        (content / PATH).write_bytes(written)

        drafts, problems = actions.read_folder(content, vocabulary)

        assert drafts == []
        assert [(problem.path, problem.line) for problem in problems] == [(PATH, line)]
