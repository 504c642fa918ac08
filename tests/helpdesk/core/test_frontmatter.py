from datetime import date

import pytest

from helpdesk.core.frontmatter import FieldReader, FrontMatterBroken, split

FILE = '---\ntitle: "Een: titel"\nthemes: [a, b]\nday: 2026-11-25\n---\n\nEerste alinea.\n\nZie (hier).\n'


def reader(text: str = FILE) -> FieldReader:
    return FieldReader("x.md", split(text))


class TestSplit:
    def test_fields_body_and_lines(self) -> None:
        file = split(FILE)

        assert file.fields == {"title": "Een: titel", "themes": ["a", "b"], "day": date(2026, 11, 25)}
        assert file.body == "Eerste alinea.\n\nZie (hier)."
        assert (file.line_of("themes"), file.line_of("unknown"), file.line_in_body("(hier)")) == (3, 1, 9)

    @pytest.mark.parametrize(
        ("text", "line"),
        [
            ("geen velden", 1),
            ("---\ntitle: x\n", 1),
            ("---\ntitle: x\ntitle: y\n---\n", 3),
            ("---\ntitle: x\nsummary: [open\n---\n", 4),
            ("---\n- lijst\n---\n", 2),
            ("---\nday: 2026-02-31\n---\n", 1),
            ("---\n---\n", 2),
        ],
    )
    def test_what_cannot_be_read_names_its_line(self, text: str, line: int) -> None:
        with pytest.raises(FrontMatterBroken) as broken:
            split(text)

        assert broken.value.line == line


class TestFieldReader:
    def test_a_missing_field_is_a_problem(self) -> None:
        fields = reader()
        fields.text("summary", most=10, required=True)

        assert [(problem.line, problem.message) for problem in fields.problems] == [
            (1, "Het veld 'summary' ontbreekt.")
        ]

    def test_a_field_nobody_asked_for_is_a_problem(self) -> None:
        fields = reader()
        fields.text("title", most=100)
        fields.texts("themes")
        fields.finish()

        assert [problem.line for problem in fields.problems] == [4]

    def test_types_are_checked(self) -> None:
        fields = reader("---\ntitle: 7\nthemes: a\nday: morgen\nmonths: 99\nkind: x\nlong: abcdef\n---\n")
        fields.text("title", most=10)
        fields.texts("themes")
        fields.day("day")
        fields.number("months", default=12, least=1, most=36)
        fields.choice("kind", ["y"])
        fields.text("long", most=5)

        assert [problem.line for problem in fields.problems] == [2, 3, 4, 5, 6, 7]
