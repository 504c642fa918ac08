import pytest

from helpdesk.core.vocabulary import Vocabulary
from helpdesk.rulings import rules

PATH = "rechtspraak/rvv/2022-02-28-269-083.md"
GOOD = """---
court: RVV
number: "269.083"
decided_on: 2022-02-28
language: nl
keywords: "BGV – verwerping"
themes: [bgv]
articles: ["art. 74/13 Vw."]
---

Een alinea.

Nog een alinea.
"""


class TestReadRuling:
    def test_line_ends_of_windows_change_nothing_but_the_source(self, vocabulary: Vocabulary) -> None:
        plain, _ = rules.read_ruling(PATH, GOOD, vocabulary)
        windows, problems = rules.read_ruling(PATH, GOOD.replace("\n", "\r\n"), vocabulary)

        assert problems == []
        assert plain is not None
        assert windows is not None
        assert windows.summary == plain.summary == "Een alinea.\n\nNog een alinea."
        assert windows.content_source == GOOD.replace("\n", "\r\n")

    @pytest.mark.parametrize(
        ("old", "new", "line", "words"),
        [
            ('"art. 74/13 Vw."', f'"art. 74/13{" " * 120}Vw."', 8, "het maximum is 120 tekens"),
            ("themes:", f"division: {'x' * 101}\nthemes:", 7, "het maximum is 100"),
            ("court: RVV", f"court: {'x' * 21}", 2, "het maximum is 20"),
        ],
    )
    def test_what_the_database_cannot_hold_is_refused(
        self, vocabulary: Vocabulary, old: str, new: str, line: int, words: str
    ) -> None:
        """PostgreSQL refuses a text that is longer than its column; SQLite takes it."""
        _, problems = rules.read_ruling(PATH, GOOD.replace(old, new), vocabulary)

        assert (line, True) in [(problem.line, words in problem.message) for problem in problems]
