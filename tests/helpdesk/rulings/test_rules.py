from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.core.vocabulary import Vocabulary
from helpdesk.rulings.rules.drafts import FOLDER, values_of
from helpdesk.rulings.rules.files import read_ruling, write_ruling
from helpdesk.settings import PROJECT
from tests.shipped import RULINGS

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
    @pytest.mark.parametrize(
        "written",
        [
            "aliases: [Zomaar iets]",
            f"aliases: [rvv-2022-02-28-{'1' * 200}]",
            f"treatments: [{{kind: annuls, treats: {'x' * 301}, note: Waarom.}}]",
        ],
    )
    def test_an_alias_or_treatment_that_cannot_be_held_is_refused(self, vocabulary: Vocabulary, written: str) -> None:
        draft, problems = read_ruling(PATH, GOOD.replace("themes:", f"{written}\nthemes:"), vocabulary)

        assert (draft, len(problems)) == (None, 1)

    def test_line_ends_of_windows_change_nothing_but_the_source(self, vocabulary: Vocabulary) -> None:
        plain, _ = read_ruling(PATH, GOOD, vocabulary)
        windows, problems = read_ruling(PATH, GOOD.replace("\n", "\r\n"), vocabulary)

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
        _, problems = read_ruling(PATH, GOOD.replace(old, new), vocabulary)

        assert (line, True) in [(problem.line, words in problem.message) for problem in problems]


class TestWriteRuling:
    def test_every_shipped_file_is_written_back_to_the_byte(self, vocabulary: Vocabulary) -> None:
        """A ruling that was edited on the site differs from its file in what was edited, and in nothing else."""
        content = PROJECT / "content"
        paths = sorted((content / FOLDER).rglob("*.md"))
        differing = []
        for path in paths:
            source = path.read_text("utf-8")
            draft, _ = read_ruling(path.relative_to(content).as_posix(), source, vocabulary)
            if draft is None or write_ruling(draft) != source:
                differing.append(path.name)

        assert len(paths) == RULINGS
        assert differing == []

    @given(st.lists(st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1), max_size=3, unique=True))
    def test_any_words_read_back_to_the_same(self, vocabulary: Vocabulary, words: list[str]) -> None:
        """Quotes, colons and words such as "no" mean something in YAML."""
        draft, _ = read_ruling(PATH, GOOD, vocabulary)
        assert draft is not None
        asked = replace(draft, sources=words, division="no", summary="\n\n".join(["a", *words]), full_text="# Kop\n---")

        read, problems = read_ruling(PATH, write_ruling(asked), vocabulary)

        assert problems == []
        assert read is not None
        assert values_of(read) == values_of(asked)

    def test_a_court_that_hides_names_gets_no_parties(self, vocabulary: Vocabulary) -> None:
        _, problems = read_ruling(PATH, GOOD.replace("themes:", "parties: A t. B\nthemes:"), vocabulary)

        assert [(problem.line, problem.message[:24]) for problem in problems] == [(7, "Noem de partijen niet: d")]
