"""The controlled words of the house, read from content/lijsten/: themes, code lists, outcomes, courts, laws."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from helpdesk.core.errors import NotFound
from helpdesk.core.markup import fold
from jurisprudence.courts import CourtRegister, load_courts
from jurisprudence.keywords import OutcomeRegister, load_outcomes
from jurisprudence.legislation import LawRegister, load_laws

LANGUAGES = {"nl": "Nederlands", "fr": "Frans", "en": "Engels", "de": "Duits"}


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
class Vocabulary:
    """All registers together, read once at the start."""

    themes: ThemeTree
    lists: Mapping[str, CodeList]
    outcomes: OutcomeRegister
    courts: CourtRegister
    laws: LawRegister
    thesaurus: tuple[tuple[str, ...], ...]

    @property
    def law_names(self) -> Mapping[str, str]:
        """The id of each law by every name it has, folded to letters and digits."""
        names = ((name, law.id) for law in self.laws.laws for name in (*law.aliases, law.abbreviation))
        return {re.sub(r"[\W_]", "", fold(name)): law_id for name, law_id in names}


def load_vocabulary(folder: Path) -> Vocabulary:
    """Read the registers from a folder with themas.yaml, helpdesk.yaml, uitkomsten.yaml, hoven.yaml and the others."""
    lists = _read(folder / "helpdesk.yaml")["code_lists"]
    return Vocabulary(
        themes=ThemeTree(_themes(_read(folder / "themas.yaml")["themes"])),
        lists={name: CodeList(name, tuple(_code(entry) for entry in entries)) for name, entries in lists.items()},
        outcomes=load_outcomes(folder / "uitkomsten.yaml"),
        courts=load_courts(folder / "hoven.yaml"),
        laws=load_laws(folder / "wetgeving.yaml"),
        thesaurus=tuple(tuple(group) for group in _read(folder / "thesaurus.yaml")["groups"]),
    )


def _read(path: Path) -> Any:  # noqa: ANN401 - YAML holds anything
    with path.open(encoding="utf-8") as file:
        return yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe loaders


def _code(entry: Mapping[str, Any]) -> Code:
    known = {"code", "label", "valid_from", "valid_to", "order"}
    return Code(
        code=entry["code"],
        label=entry["label"],
        valid_from=entry.get("valid_from"),
        valid_to=entry.get("valid_to"),
        extra={name: value for name, value in entry.items() if name not in known},
    )


def _themes(entries: Sequence[Mapping[str, Any]]) -> list[Theme]:
    themes: dict[str, Theme] = {}
    for entry in sorted(entries, key=lambda entry: int(entry["order"])):
        parent = themes[entry["parent"]] if entry["parent"] else None
        themes[entry["id"]] = Theme(
            id=entry["id"],
            title=entry["title"],
            description=entry["description"],
            path=f"{parent.path}/{entry['id']}" if parent else entry["id"],
            level=parent.level + 1 if parent else 1,
            parent=parent.id if parent else None,
            articles=tuple(article["source"] for article in entry.get("articles") or ()),
            synonyms={language: tuple(words) for language, words in (entry.get("synonyms") or {}).items()},
            everyday_terms=tuple(entry.get("everyday_terms") or ()),
        )
    return list(themes.values())
