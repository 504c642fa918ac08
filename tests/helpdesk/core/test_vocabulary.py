from datetime import date

import pytest

from helpdesk.core.errors import NotFound
from helpdesk.core.vocabulary import Code, CodeList, Theme, ThemeTree, Vocabulary


def a_theme(theme_id: str, *, parent: str | None = None, path: str | None = None, level: int = 1) -> Theme:
    return Theme(
        id=theme_id,
        title=theme_id.title(),
        description="",
        path=path or theme_id,
        level=level,
        parent=parent,
        articles=(),
        synonyms={"nl": ("regroupement",)},
        everyday_terms=("mijn vrouw laten komen",),
    )


@pytest.fixture
def tree() -> ThemeTree:
    """A branch with one theme, which has one theme of its own; and a branch whose id begins alike."""
    return ThemeTree(
        [
            a_theme("vr"),
            a_theme("gh", parent="vr", path="vr/gh", level=2),
            a_theme("gh-belg", parent="gh", path="vr/gh/gh-belg", level=3),
            a_theme("vr2"),
        ]
    )


class TestCodeList:
    codes = CodeList(
        "kanaal",
        (
            Code("telefoon", "Telefoon"),
            Code("fax", "Fax", valid_to=date(2015, 12, 31)),
            Code("chat", "Chat", valid_from=date(2020, 3, 1)),
        ),
    )

    @pytest.mark.parametrize(
        ("day", "valid"),
        [
            (date(2015, 12, 31), ["telefoon", "fax"]),
            (date(2016, 1, 1), ["telefoon"]),
            (date(2020, 3, 1), ["telefoon", "chat"]),
        ],
    )
    def test_a_code_can_be_chosen_from_its_first_to_its_last_day(self, day: date, valid: list[str]) -> None:
        assert [code.code for code in self.codes.valid_on(day)] == valid

    def test_a_code_the_list_no_longer_knows_is_shown_as_it_is(self) -> None:
        """An old advice keeps its code; the screen must not break on it."""
        assert self.codes.label("telegram") == "telegram"
        assert self.codes.label(None) == ""


class TestThemeTree:
    def test_a_node_knows_what_lies_above_it(self, tree: ThemeTree) -> None:
        assert [theme.id for theme in tree.ancestors("gh-belg")] == ["vr", "gh"]
        assert tree.branch("gh-belg").id == "vr"
        assert tree.branch("vr").id == "vr"

    def test_a_node_knows_what_lies_below_it(self, tree: ThemeTree) -> None:
        """The branch vr2 begins with the same letters but is another branch."""
        assert tree.below("vr") == ("vr", "gh", "gh-belg")

    def test_the_branches_are_the_nodes_without_parent(self, tree: ThemeTree) -> None:
        assert [theme.id for theme in tree.branches] == ["vr", "vr2"]

    def test_an_unknown_path_is_named(self, tree: ThemeTree) -> None:
        with pytest.raises(NotFound, match="/themas/vr/weg"):
            tree.get_by_path("vr/weg")

    def test_words_are_synonyms_and_everyday_terms(self, tree: ThemeTree) -> None:
        assert tree["gh"].words == ("regroupement", "mijn vrouw laten komen")


class TestTheShippedRegisters:
    def test_there_are_five_branches_of_law(self, vocabulary: Vocabulary) -> None:
        assert len(vocabulary.themes.branches) == 5

    def test_every_node_is_found_at_its_path(self, vocabulary: Vocabulary) -> None:
        for theme in vocabulary.themes.all:
            assert vocabulary.themes.get_by_path(theme.path) is theme

    def test_no_two_codes_of_a_list_are_the_same(self, vocabulary: Vocabulary) -> None:
        for name, codes in vocabulary.lists.items():
            assert len({code.code for code in codes}) == len(codes.codes), name

    def test_every_code_has_a_label(self, vocabulary: Vocabulary) -> None:
        unlabelled = [code for codes in vocabulary.lists.values() for code in codes if not code.label]

        assert unlabelled == []
