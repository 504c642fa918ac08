"""The controlled words of the house, read from content/lijsten/: themes, code lists, outcomes, courts, laws."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from helpdesk.core.amounts import AmountRegister, read_amounts
from helpdesk.core.errors import ContentBroken, NotFound
from helpdesk.core.frontmatter import read_source
from helpdesk.core.lists import AMOUNTS_FILE, Entry, ListReader, Misfit
from helpdesk.core.markup import fold
from jurisprudence.courts import Court, CourtRegister, read_court
from jurisprudence.keywords import Outcome, OutcomeRegister, read_outcome
from jurisprudence.legislation import Law, LawRegister, read_law
from jurisprudence.references.recogniser import Recogniser
from jurisprudence.search.thesaurus import says_enough

T = TypeVar("T")
_IN_BRACKETS = re.compile(r"\s*\([^)]*\)")
LANGUAGES = {"nl": "Nederlands", "fr": "Frans", "en": "Engels", "de": "Duits"}
MOST_THEME_ID = 80  # characters, as the tables that name a theme
MOST_CODE = 40  # characters, as the columns that hold a code


@dataclass(frozen=True)
class Code:
    """One value of a code list. Valid from its first to its last day; None is without limit."""

    code: str
    label: str
    valid_from: date | None = None
    valid_to: date | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    def is_valid_on(self, day: date) -> bool:
        """Tell whether this code could be chosen on a day."""
        return (self.valid_from or day) <= day <= (self.valid_to or day)


@dataclass(frozen=True)
class CodeList:
    """The values of one coded field in the order of the screen."""

    name: str
    codes: tuple[Code, ...]

    @cached_property
    def _by_code(self) -> Mapping[str, Code]:
        return {code.code: code for code in self.codes}

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def __iter__(self) -> Iterator[Code]:
        return iter(self.codes)

    def __getitem__(self, code: str) -> Code:
        return self._by_code[code]

    def label(self, code: str | None) -> str:
        """Return the label of a code; the code itself when the list no longer knows it, "" for None."""
        if code is None:
            return ""
        known = self._by_code.get(code)
        return known.label if known else code

    def valid_on(self, day: date) -> tuple[Code, ...]:
        """Return the codes that can be chosen on a day."""
        return tuple(code for code in self.codes if code.is_valid_on(day))


@dataclass(frozen=True)
class Theme:
    """One node of the taxonomy; level 1 is a branch (hoofdthema)."""

    id: str
    title: str
    description: str
    path: str
    level: int
    parent: str | None
    articles: tuple[str, ...]
    synonyms: Mapping[str, tuple[str, ...]]
    everyday_terms: tuple[str, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """All words that should find this theme without being its title."""
        return tuple(word for words in self.synonyms.values() for word in words) + self.everyday_terms


class ThemeTree:
    """The taxonomy: 160 nodes under five branches."""

    def __init__(self, themes: Sequence[Theme]) -> None:
        self.all = tuple(themes)
        self._by_id = {theme.id: theme for theme in themes}
        self._by_path = {theme.path: theme for theme in themes}
        self._children: dict[str | None, tuple[Theme, ...]] = {}
        for parent in (None, *self._by_id):
            self._children[parent] = tuple(theme for theme in themes if theme.parent == parent)

    def __contains__(self, theme_id: object) -> bool:
        return theme_id in self._by_id

    @cached_property
    def phrases(self) -> Mapping[str, tuple[str, ...]]:
        """The nodes by each phrase that names them: title, synonyms, everyday terms, folded, words apart by blanks."""
        named: dict[str, tuple[str, ...]] = {}
        for theme in self.all:
            bracketed = re.findall(r"\(([^)]*)\)", theme.title)
            names = (theme.id, _IN_BRACKETS.sub("", theme.title), *filter(says_enough, (*bracketed, *theme.words)))
            for words in names:
                phrase = " ".join(re.findall(r"\w+", fold(words)))
                if phrase:
                    named[phrase] = tuple(dict.fromkeys((*named.get(phrase, ()), theme.id)))
        return named

    def __getitem__(self, theme_id: str) -> Theme:
        return self._by_id[theme_id]

    def find(self, theme_id: str) -> Theme | None:
        """Return a node by id, or None."""
        return self._by_id.get(theme_id)

    def get_by_path(self, path: str) -> Theme:
        """Return a node by the path of its address. Raises NotFound."""
        theme = self._by_path.get(path)
        if theme is None:
            raise NotFound(f"Er is geen thema op het adres /themas/{path}.")
        return theme

    def title(self, theme_id: str) -> str:
        """Return the title of a node; the id itself when the tree does not know it."""
        theme = self._by_id.get(theme_id)
        return theme.title if theme else theme_id

    @property
    def branches(self) -> tuple[Theme, ...]:
        """The five branches of law."""
        return self._children[None]

    def children(self, theme_id: str) -> tuple[Theme, ...]:
        """Return the nodes right below a node, in their order."""
        return self._children[theme_id]

    def ancestors(self, theme_id: str) -> tuple[Theme, ...]:
        """Return the nodes above a node, its branch first; empty for a branch."""
        above: list[Theme] = []
        parent = self._by_id[theme_id].parent
        while parent is not None:
            above.insert(0, self._by_id[parent])
            parent = self._by_id[parent].parent
        return tuple(above)

    def branch(self, theme_id: str) -> Theme:
        """Return the branch a node lies under; of a branch itself that branch."""
        above = self.ancestors(theme_id)
        return above[0] if above else self._by_id[theme_id]

    def below(self, theme_id: str) -> tuple[str, ...]:
        """Return the ids of a node and of everything under it."""
        path = self._by_id[theme_id].path
        return tuple(theme.id for theme in self.all if theme.path == path or theme.path.startswith(f"{path}/"))


@dataclass(frozen=True)
class Saying:
    """How people say something, and the words of our texts for it."""

    said: tuple[str, ...]
    meant: tuple[str, ...]


@dataclass(frozen=True)
class SearchExample:
    """A question that shows one way of asking, on the page that explains searching."""

    group: str
    question: str
    explanation: str


@dataclass(frozen=True)
class QuestionKind:
    """A kind of question the search is measured by, with its name for the visitor and an example."""

    code: str
    label: str
    example: str


@dataclass(frozen=True)
class Vocabulary:
    """All registers together, read once at the start."""

    themes: ThemeTree
    lists: Mapping[str, CodeList]
    outcomes: OutcomeRegister
    courts: CourtRegister
    laws: LawRegister
    thesaurus: tuple[tuple[str, ...], ...]
    everyday: tuple[Saying, ...]
    search_examples: tuple[SearchExample, ...]
    question_kinds: tuple[QuestionKind, ...]
    amounts: AmountRegister  # as their file has them; a site that was installed reads core.amount_store instead
    digest: str  # the fingerprint of the lists these registers were read from

    @cached_property
    def recogniser(self) -> Recogniser:
        """What finds references to articles and rulings in running text."""
        return Recogniser(self.laws, self.courts)

    @property
    def leads(self) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
        """What people say, in Dutch or another language, with the words of our texts for it: they go one way only."""
        titles = [
            (tuple(filter(says_enough, theme.words)), (_IN_BRACKETS.sub("", theme.title).strip(),))
            for theme in self.themes.all
        ]
        return [*((saying.said, saying.meant) for saying in self.everyday), *titles]

    @property
    def court_names(self) -> dict[str, tuple[str, ...]]:
        """The ids of the courts that each name fits, folded to letters; those of Brussels come in two languages."""
        names: dict[str, tuple[str, ...]] = {}
        for court in self.courts.courts:
            for name in () if court.is_authority else _names_of(court):
                key = re.sub(r"[\W_]", "", fold(name))
                names[key] = tuple(dict.fromkeys((*names.get(key, ()), court.id)))
        return {name: ids for name, ids in names.items() if len(name) > 2}  # noqa: PLR2004 -- "CE" is a word in French

    @property
    def law_names(self) -> Mapping[str, str]:
        """The id of each law by every name it has, folded to letters and digits."""
        names = ((name, law.id) for law in self.laws.laws for name in (*law.aliases, law.abbreviation))
        return {re.sub(r"[\W_]", "", fold(name)): law_id for name, law_id in names}


def load_vocabulary(folder: Path) -> Vocabulary:
    """Read the registers from a folder with themas.yaml, helpdesk.yaml, uitkomsten.yaml, hoven.yaml and the others.

    Raises:
        ContentBroken: with everything that is wrong in any list, by file and line.
    """
    reader = ListReader(folder)
    digest = reader.digest  # before the lists: one that changes meanwhile is seen as changed at the next start
    vocabulary = Vocabulary(
        themes=ThemeTree(_themes(reader)),
        lists={
            name: CodeList(name, tuple(_distinct(reader, entries, Code, _code)))
            for name, entries in reader.entries_by_name("helpdesk.yaml", "code_lists").items()
        },
        outcomes=OutcomeRegister.of(
            _distinct(reader, reader.entries("uitkomsten.yaml", "outcomes"), Outcome, read_outcome)
        ),
        courts=CourtRegister.of(_distinct(reader, reader.entries("hoven.yaml", "courts"), Court, read_court)),
        laws=LawRegister(tuple(_distinct(reader, reader.entries("wetgeving.yaml", "laws"), Law, read_law))),
        thesaurus=reader.groups("thesaurus.yaml", "groups"),
        everyday=tuple(_sayings(reader)),
        search_examples=_all(reader, "zoekhulp.yaml", "examples", SearchExample),
        question_kinds=_all(reader, "zoekhulp.yaml", "question_kinds", QuestionKind),
        amounts=_amounts(reader),
        digest=digest,
    )
    if reader.problems:
        raise ContentBroken(list(dict.fromkeys(reader.problems)))  # two lists may stand in one broken file
    return vocabulary


def _all(reader: ListReader, name: str, key: str, shape: type[T]) -> tuple[T, ...]:
    """Return a list whose entries have exactly the fields of a dataclass."""
    made = (reader.make(entry, shape, lambda fields: shape(**fields)) for entry in reader.entries(name, key))
    return tuple(one for one in made if one is not None)


def _amounts(reader: ListReader) -> AmountRegister:
    """Return the register of amounts; a library without one has none."""
    file = reader.folder / AMOUNTS_FILE
    if not file.is_file():
        return AmountRegister()
    try:
        source = read_source(reader.folder.parent, file)
    except ContentBroken as broken:
        reader.problems += broken.problems
        return AmountRegister()
    return read_amounts(reader, source)


def _sayings(reader: ListReader) -> Iterator[Saying]:
    for entry in reader.entries("thesaurus.yaml", "everyday"):
        made = reader.make(entry, Saying, lambda fields: Saying(tuple(fields["said"]), tuple(fields["meant"])))
        if made is not None:
            yield made


def _names_of(court: Court) -> list[str]:
    names = [court.label, court.name_nl, court.name_fr, court.name_de, court.abbr_nl]
    names += (court.abbr_fr or "").split("/")
    return [_IN_BRACKETS.sub("", name) for name in names if name]


def _distinct(
    reader: ListReader, entries: Sequence[Entry], shape: type[T], read: Callable[[Mapping[str, Any]], T]
) -> list[T]:
    """Make the things these entries describe; one that is named twice is a problem."""
    seen: set[str] = set()
    key = "id" if "id" in get_type_hints(shape) else "code"

    def read_once(fields: Mapping[str, Any]) -> T:
        name = fields[key]
        if name in seen:
            raise Misfit(key, "dit staat al in de lijst.")
        if len(name) > MOST_CODE:
            raise Misfit(key, f"'{key}' telt {len(name)} tekens; het maximum is {MOST_CODE}.")
        seen.add(name)
        return read(fields)

    made = (reader.make(entry, shape, read_once) for entry in entries)
    return [thing for thing in made if thing is not None]


def _code(fields: Mapping[str, Any]) -> Code:
    known = {"code", "label", "valid_from", "valid_to", "order"}
    return Code(
        code=fields["code"],
        label=fields["label"],
        valid_from=fields.get("valid_from"),
        valid_to=fields.get("valid_to"),
        extra={name: value for name, value in fields.items() if name not in known},
    )


def _themes(reader: ListReader) -> list[Theme]:
    """Make the nodes in their order; a node stands after the one it lies under."""
    entries = reader.entries("themas.yaml", "themes")
    written = {str(entry.fields.get("id")) for entry in entries}
    made: dict[str, Theme] = {}
    lost: set[str] = set()  # nodes that are broken themselves: what lies under them is not reported as well
    for entry in sorted(entries, key=_order):
        if entry.fields.get("parent") in lost:
            lost.add(str(entry.fields.get("id")))
            continue
        theme = reader.make(entry, Theme, lambda fields: _theme(fields, made, written))
        if theme is None:
            lost.add(str(entry.fields.get("id")))
        else:
            made[theme.id] = theme
    return list(made.values())


def _order(entry: Entry) -> int:
    order = entry.fields.get("order")
    return order if isinstance(order, int) else 0


def _theme(fields: Mapping[str, Any], made: Mapping[str, Theme], written: Collection[str]) -> Theme:
    name, parent_id = fields["id"], fields["parent"]
    if not isinstance(fields["order"], int):
        raise Misfit("order", "'order' moet een getal zijn.")
    if name in made:
        raise Misfit("id", "dit staat al in de lijst.")
    if len(name) > MOST_THEME_ID:
        raise Misfit("id", f"'id' telt {len(name)} tekens; het maximum is {MOST_THEME_ID}.")
    if parent_id is not None and parent_id not in made:
        problem = "moet een lagere 'order' hebben" if parent_id in written else "bestaat niet"
        raise Misfit("parent", f"het bovenliggende thema '{parent_id}' {problem}.")
    parent = made[parent_id] if parent_id is not None else None
    return Theme(
        id=name,
        title=fields["title"],
        description=fields["description"],
        path=f"{parent.path}/{name}" if parent else name,
        level=parent.level + 1 if parent else 1,
        parent=parent.id if parent else None,
        articles=tuple(article["source"] for article in fields.get("articles") or ()),
        synonyms={language: tuple(words) for language, words in (fields.get("synonyms") or {}).items()},
        everyday_terms=tuple(fields.get("everyday_terms") or ()),
    )
