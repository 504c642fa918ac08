import shutil
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

from helpdesk.core.errors import ContentBroken, NotFound
from helpdesk.core.markup import fold
from helpdesk.core.vocabulary import Code, CodeList, Theme, ThemeTree, Vocabulary, load_vocabulary
from helpdesk.settings import PROJECT


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

    def test_every_node_is_found_in_four_languages(self, vocabulary: Vocabulary) -> None:
        """Callers read papers from Brussels, Wallonia and Eupen, and lay people have words of their own."""
        thin = [
            (theme.id, language)
            for theme in vocabulary.themes.all
            for language in ("nl", "fr", "en", "de")
            if len(theme.synonyms.get(language, ())) < 2
        ]
        speechless = [theme.id for theme in vocabulary.themes.all if len(theme.everyday_terms) < 4]

        assert thin == [], "a synonym or spelling is missing in content/lijsten/themas.yaml"
        assert speechless == [], "say how people ask for it, in several languages"

    def test_no_node_says_the_same_twice(self, vocabulary: Vocabulary) -> None:
        """A word twice in one list counts twice in nothing; it is a slip of the pen."""
        lists = [
            (theme.id, [fold(word) for word in words])
            for theme in vocabulary.themes.all
            for words in (*theme.synonyms.values(), theme.everyday_terms)
        ]

        assert [theme_id for theme_id, words in lists if len(set(words)) < len(words)] == []

    def test_no_two_codes_of_a_list_are_the_same(self, vocabulary: Vocabulary) -> None:
        for name, codes in vocabulary.lists.items():
            assert len({code.code for code in codes}) == len(codes.codes), name

    def test_every_code_has_a_label(self, vocabulary: Vocabulary) -> None:
        unlabelled = [code for codes in vocabulary.lists.values() for code in codes if not code.label]

        assert unlabelled == []


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    """A copy of the shipped lists that a test may break."""
    return Path(shutil.copytree(PROJECT / "content" / "lijsten", tmp_path / "lijsten"))


class Slip(NamedTuple):
    """What an editor changed in a list, on which line the problem stands, and what is said about it."""

    name: str
    old: str
    new: str
    place: str
    words: str


SLIPS = [
    Slip("themas.yaml", "    description: ", "    uitleg: ", "- id: verblijfsrecht\n", "'description' ontbreekt"),
    Slip("themas.yaml", "    parent: verblijfsrecht\n", "    parent: weg\n", "parent: weg", "'weg' bestaat niet"),
    Slip("themas.yaml", "    title: Verblijfsrecht\n", "    title: 5\n", "title: 5", "'title' moet tekst"),
    Slip("themas.yaml", "    order: 1\n", "    order: eerst\n", "order: eerst", "'order' moet een getal"),
    Slip("themas.yaml", "id: verblijfsrecht\n", f"id: {'x' * 81}\n", f"- id: {'x' * 81}", "het maximum is 80"),
    Slip("hoven.yaml", "    cite: RvV\n", "", "- id: RVV", "'cite' ontbreekt"),
    Slip("hoven.yaml", "languages: [nl, fr]\n", "languages: nl\n", "languages: nl\n", "moet een lijst"),
    Slip("hoven.yaml", "- id: RVS\n", "- id: GWH\n", "- id: GWH\n    kind: grondwettelijk", "al in de lijst"),
    Slip("hoven.yaml", "courts:\n", "courts: x\nrest:\n", "courts: x", "moet een lijst zijn"),
    Slip("wetgeving.yaml", "date: 1980-12-15", "date: vroeger", "date: vroeger", "moet een datum"),
    Slip("wetgeving.yaml", "date: 1980-12-15", "date: 1980-13-15", "- id: VW\n", "bestaat niet"),
    Slip("uitkomsten.yaml", "    label: vernietiging\n", "", "- code: annulled", "'label' ontbreekt"),
    Slip("helpdesk.yaml", "{code: antwerpen,", "{", "{ label: Provincie Antwerpen", "'code' ontbreekt"),
    Slip("thesaurus.yaml", "  - [DVZ,", "  - [[DVZ],", "  - [[DVZ]", "Een groep is een lijst"),
    Slip("thesaurus.yaml", "groups:", "groepen:", "#", "'groups' ontbreekt"),
    Slip("schrijfwijzer.yaml", "avoid: [derhalve], write: dus", "avoid: [derhalve]", "derhalve", "'write' ontbreekt"),
    Slip("schrijfwijzer.yaml", "avoid: [derhalve]", "avoid: [5]", "avoid: [5]", "lijsten van woorden"),
]


class TestBrokenLists:
    """A slip in a list once stopped every command with a traceback that named neither file nor line."""

    @pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: f"{slip.name}: {slip.words}")
    def test_a_slip_is_named_with_file_and_line(self, lists: Path, slip: Slip) -> None:
        path = lists / slip.name
        path.write_text(path.read_text("utf-8").replace(slip.old, slip.new, 1), "utf-8")

        with pytest.raises(ContentBroken) as broken:
            load_vocabulary(lists)

        first = broken.value.problems[0]
        line = path.read_text("utf-8").split(slip.place)[0].count("\n") + 1
        assert (first.path, first.line) == (f"lijsten/{slip.name}", line)
        assert slip.words in first.message

    def test_a_list_that_is_no_yaml_is_named_with_its_line(self, lists: Path) -> None:
        (lists / "hoven.yaml").write_text('courts:\n  - id: "RVV\n', "utf-8")

        with pytest.raises(ContentBroken, match=r"lijsten/hoven\.yaml:\d: Dit is geen geldige YAML"):
            load_vocabulary(lists)

    def test_a_list_that_is_not_there_or_not_utf8_is_named(self, lists: Path) -> None:
        (lists / "hoven.yaml").unlink()
        (lists / "thesaurus.yaml").write_bytes(b"groups:\n  - [caf\xe9, koffie]\n")

        with pytest.raises(ContentBroken) as broken:
            load_vocabulary(lists)

        assert [(problem.path, problem.line) for problem in broken.value.problems] == [
            ("lijsten/hoven.yaml", 1),
            ("lijsten/thesaurus.yaml", 2),
        ]

    def test_what_lies_under_a_broken_node_is_not_reported_as_well(self, lists: Path) -> None:
        path = lists / "themas.yaml"
        path.write_text(path.read_text("utf-8").replace("    title: Verblijfsrecht\n", "", 1), "utf-8")

        with pytest.raises(ContentBroken) as broken:
            load_vocabulary(lists)

        assert len(broken.value.problems) == 1


class TestDigest:
    def test_any_change_of_a_list_changes_the_digest(self, lists: Path, vocabulary: Vocabulary) -> None:
        assert load_vocabulary(lists).digest == vocabulary.digest

        with (lists / "zoekvragen.yaml").open("a") as file:
            file.write("# een woord\n")

        assert load_vocabulary(lists).digest != vocabulary.digest
