from datetime import date

import pytest

from helpdesk.core import province_map
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.texts import rules
from helpdesk.texts.models import TextKind

PATH = "themas/verblijfsrecht/gezinshereniging/gh-belg.md"
GOOD = (
    """---
title: Gezinshereniging met een Belg
summary: Wie mag volgen?
themes: [gh-belg]
stand_of_law: 2026-11-25
sources: ["art. 40ter, § 2 Vw."]
---

## In het kort

- Iets.
"""
    + "woord " * 240
)


def problems(path: str, text: str, vocabulary: Vocabulary) -> list[tuple[int, str]]:
    _, found = rules.read_text(path, text, vocabulary)
    return [(problem.line, problem.message) for problem in found]


class TestReadersDutch:
    def test_long_sentences_are_refused_at_the_start_of_the_text(self, vocabulary: Vocabulary) -> None:
        long = "Dit is een zin van " + "heel " * 30 + "veel woorden. "

        found = problems(PATH, GOOD.replace("woord " * 240, long * 7), vocabulary)

        assert [line for line, _ in found] == [9]
        assert "hou het onder 20" in found[0][1]

    def test_a_word_with_a_better_one_is_named_with_its_line(self, vocabulary: Vocabulary) -> None:
        found = problems(PATH, GOOD.replace("- Iets.", "- Vraag het aan uw gemeente."), vocabulary)

        assert found == [(11, "Schrijf niet 'uw' maar 'jouw of je' (lijsten/schrijfwijzer.yaml).")]

    def test_title_and_summary_are_read_too(self, vocabulary: Vocabulary) -> None:
        found = problems(PATH, GOOD.replace("Wie mag volgen?", "Wat een asielzoeker mag."), vocabulary)

        assert [line for line, _ in found] == [3]


class TestSheets:
    SHEET = "---\ntitle: Werk\nsummary: Mag iemand werken?\nstand_of_law: 2026-11-25\n---\n\n" + "Kort. " * 150

    def test_a_sheet_has_an_address_among_the_sheets(self, vocabulary: Vocabulary) -> None:
        draft, found = rules.read_text("paginas/fiche-werk.md", self.SHEET, vocabulary)

        assert found == []
        assert draft is not None
        assert rules.address_of(draft.kind, draft.slug, vocabulary) == "/fiches/werk"

    def test_a_page_about_law_says_of_which_day_it_speaks_and_may_be_long(self, vocabulary: Vocabulary) -> None:
        long = self.SHEET + "Kort. " * 500

        assert problems("paginas/per-provincie.md", long, vocabulary) == []
        (found,) = problems("paginas/per-provincie.md", long.replace("stand_of_law: 2026-11-25\n", ""), vocabulary)
        assert "Een pagina over het recht zegt welke dag" in found[1]

    def test_a_map_that_misses_a_place_is_refused(self, vocabulary: Vocabulary) -> None:
        source = self.SHEET + '\n\n!!! kaart "Waar woon je?"\n    - [Limburg](#limburg)\n'

        said = [words for _, words in problems("paginas/fiche-werk.md", source, vocabulary)]

        assert len(said) == len(province_map.NAMES) - 1
        assert said[0].startswith("'West-Vlaanderen' ontbreekt op de kaart")

    @pytest.mark.parametrize(
        ("path", "old", "new", "words"),
        [
            ("paginas/fiche-onbekend.md", "", "", "Een fiche heet fiche- en dan"),
            ("paginas/onbekend.md", "", "", "Een vaste pagina heet"),
            ("paginas/fiche-werk.md", "stand_of_law: 2026-11-25\n", "", "welke dag het recht beschrijft"),
            ("paginas/fiche-werk.md", "Kort. " * 20, "", "horen er 140 tot 310"),
        ],
    )
    def test_a_broken_sheet_says_why(self, vocabulary: Vocabulary, path: str, old: str, new: str, words: str) -> None:
        text = self.SHEET.replace(old, new, 1) if old else self.SHEET

        found = problems(path, text, vocabulary)

        assert len(found) == 1
        assert words in found[0][1]


class TestReadText:
    def test_a_good_theme_page(self, vocabulary: Vocabulary) -> None:
        draft, found = rules.read_text(PATH, GOOD, vocabulary)

        assert found == []
        assert draft is not None
        assert (draft.kind, draft.slug, draft.review_after_months) == (TextKind.THEME, "gh-belg", 12)

    @pytest.mark.parametrize(
        ("old", "new", "line", "words"),
        [
            ("themes: [gh-belg]", "themes: [gh-belg, bestaat-niet]", 4, "bestaat niet"),
            ("themes: [gh-belg]", "themes: [bgv]", 4, "Het eerste thema moet 'gh-belg' zijn."),
            ('["art. 40ter, § 2 Vw."]', '["art. 1 Fantasiewet"]', 6, "Fantasiewet"),
            ('["art. 40ter, § 2 Vw."]', "[]", 6, "mag niet leeg zijn"),
            ("stand_of_law: 2026-11-25", "stand_of_law: gisteren", 5, "moet een datum zijn"),
            ("stand_of_law: 2026-11-25", "reviewed_on: 2026-11-25\nstand_of_law: 2026-11-25", 5, "horen samen"),
            ("stand_of_law: 2026-11-25", "onbekend: x\nstand_of_law: 2026-11-25", 5, "hoort niet in dit soort bestand"),
            ("summary: Wie mag volgen?", "summary: " + "x" * 201, 3, "het maximum is 200"),
            ("## In het kort", "## Iets anders", 9, "begint met '## In het kort'"),
        ],
    )
    def test_a_broken_page_names_line_and_reason(
        self, vocabulary: Vocabulary, old: str, new: str, line: int, words: str
    ) -> None:
        found = problems(PATH, GOOD.replace(old, new), vocabulary)

        assert len(found) == 1
        assert found[0][0] == line
        assert words in found[0][1]

    @pytest.mark.parametrize(
        ("node", "words", "is_refused"),
        [
            *(
                ("gh-belg", words, is_refused)
                for words, is_refused in ((60, True), (120, False), (400, False), (1_260, True))
            ),
            *(("ipr", words, is_refused) for words, is_refused in ((90, True), (200, False), (310, True))),
        ],
    )
    def test_a_theme_page_has_the_length_a_reader_expects(
        self, vocabulary: Vocabulary, node: str, words: int, *, is_refused: bool
    ) -> None:
        """The page of a branch mostly leads on, so it is shorter."""
        path = f"themas/{vocabulary.themes[node].path}.md"
        text = GOOD.replace("gh-belg", node).replace("woord ", "") + "woord " * words

        assert [line for line, message in problems(path, text, vocabulary) if "woorden" in message] == [9] * is_refused

    def test_only_an_overview_may_do_without_the_box(self, vocabulary: Vocabulary) -> None:
        """A few sentences that lead on are short by themselves; a whole page needs its summary."""
        without = GOOD.replace("## In het kort", "## Wat vind je hier?").replace("woord ", "")

        assert problems(PATH, without + "woord " * 120, vocabulary) == []
        assert "In het kort" in problems(PATH, without + "woord " * 240, vocabulary)[0][1]

    def test_targets_of_links_are_no_words(self) -> None:
        assert rules.count_words("## Lees [over de BGV](thema:bgv), – en\n- [meer](lexicon:bgv)") == 6

    def test_a_file_in_the_wrong_folder_is_refused(self, vocabulary: Vocabulary) -> None:
        assert "hoort op de plaats" in problems("themas/ipr/gh-belg.md", GOOD, vocabulary)[0][1]

    def test_news_carries_its_date_in_its_name(self, vocabulary: Vocabulary) -> None:
        text = GOOD.replace("stand_of_law", "kind: rechtspraak\npublished_on: 2026-11-24\nstand_of_law")

        assert problems("nieuws/2026/2026-11-24-een-arrest.md", text, vocabulary) == []
        assert "begint met de datum" in problems("nieuws/2026/2026-11-23-een-arrest.md", text, vocabulary)[0][1]

    def test_a_file_name_the_database_cannot_hold_is_refused(self, vocabulary: Vocabulary) -> None:
        """PostgreSQL refuses a text that is longer than its column; SQLite takes it."""
        _, found = rules.read_text(f"lexicon/{'x' * 201}.md", GOOD, vocabulary)

        assert [str(problem) for problem in found] == [
            f"lexicon/{'x' * 201}.md:1: De bestandsnaam is te lang om te bewaren: het maximum is 200 tekens."
        ]


class TestReviewDue:
    @pytest.mark.parametrize(
        ("reviewed_on", "months", "due"),
        [
            (date(2026, 1, 31), 1, date(2026, 2, 28)),
            (date(2026, 11, 25), 6, date(2027, 5, 25)),
            (date(2025, 12, 1), 12, date(2026, 12, 1)),
        ],
    )
    def test_months_are_calendar_months(self, reviewed_on: date, months: int, due: date) -> None:
        assert rules.review_due_on(reviewed_on, months) == due
