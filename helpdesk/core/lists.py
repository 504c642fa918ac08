"""The lists of content/lijsten/: YAML files of entries; what is wrong is collected with its file and line."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import yaml

from helpdesk.core.errors import ContentBroken, FileProblem
from helpdesk.core.frontmatter import read_source

T = TypeVar("T")
AMOUNTS_FILE = "bedragen.yaml"  # editors add to it on the site, so it is no part of the fingerprint of the lists
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # both are safe; the one in C is ten times faster
_KINDS: Mapping[type, str] = {
    str: "tekst (zet ze tussen aanhalingstekens)",
    int: "een getal",
    bool: "true of false",
    date: "een datum, geschreven als 2026-11-25",
    tuple: "een lijst, bijvoorbeeld [een, twee]",
}


class Misfit(ValueError):
    """An entry does not fit the rest of its list; the message is Dutch. `field` is the field that is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Entry:
    """One entry of a list, with the line of the entry and of each of its fields, counting from 1."""

    path: str
    line: int
    fields: Mapping[str, Any]
    lines: Mapping[str, int]

    def problem(self, message: str, *, field: str = "") -> FileProblem:
        """Return what is wrong with this entry, at its field when that is known."""
        name = self.fields.get("id") or self.fields.get("code")
        about = f"Bij '{name}': " if name else ""
        return FileProblem(self.path, self.lines.get(field, self.line), about + message)


class ListReader:
    """Reads the lists of one folder. `problems` holds what was wrong; `digest` is the fingerprint of all its lists.

    `given` are texts to read instead of the files of their names.
    """

    def __init__(self, folder: Path, given: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.given = given or {}
        self.problems: list[FileProblem] = []

    @property
    def digest(self) -> str:
        """The fingerprint of the lists in the folder, by which a later start sees that one changed."""
        whole = hashlib.sha256()
        for path in sorted(self.folder.glob("*.yaml")):
            if path.name == AMOUNTS_FILE:
                continue
            whole.update(f"{path.name}\n{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
        return whole.hexdigest()

    def entries(self, name: str, key: str) -> list[Entry]:
        """Return the entries of the list `key` in a file, in their order."""
        path = self._path(name)
        return [
            entry
            for node, value in self._items(path, self._under(name, key), key)
            if (entry := self._entry(path, node, value)) is not None
        ]

    def entries_by_name(self, name: str, key: str) -> dict[str, list[Entry]]:
        """Return the entries of each of the lists below `key` in a file, by the name of the list."""
        path, found = self._path(name), self._under(name, key)
        if not isinstance(found, yaml.MappingNode):
            self._report(path, found, f"'{key}' moet een reeks lijsten met een naam zijn.")
            return {}
        return {
            below.value: [
                entry
                for node, value in self._items(path, sequence, below.value)
                if (entry := self._entry(path, node, value)) is not None
            ]
            for below, sequence in found.value
        }

    def groups(self, name: str, key: str) -> tuple[tuple[str, ...], ...]:
        """Return the groups of expressions below `key` in a file."""
        path, groups = self._path(name), []
        for node, value in self._items(path, self._under(name, key), key):
            if isinstance(value, list) and all(isinstance(word, str) and word.strip() for word in value):
                groups.append(tuple(value))
            else:
                self._report(path, node, "Een groep is een lijst van woorden, bijvoorbeeld [een, twee].")
        return tuple(groups)

    def make(self, entry: Entry, shape: type[T], read: Callable[[Mapping[str, Any]], T]) -> T | None:
        """Make the thing an entry describes; None, and a problem, when it does not have the shape."""
        wrong = _wrong_kinds(entry, shape)
        self.problems += wrong
        if wrong:
            return None
        try:
            return read(entry.fields)
        except KeyError as missing:
            self.problems.append(entry.problem(f"Het veld '{missing.args[0]}' ontbreekt."))
        except Misfit as misfit:
            self.problems.append(entry.problem(str(misfit), field=misfit.field))
        except (TypeError, ValueError, AttributeError):
            self.problems.append(entry.problem("Dit is niet geschreven zoals de andere regels van deze lijst."))
        return None

    def _path(self, name: str) -> str:
        return f"{self.folder.name}/{name}"

    def _report(self, path: str, node: yaml.Node | None, message: str) -> None:
        if node is not None:
            self.problems.append(FileProblem(path, node.start_mark.line + 1, message))

    def _under(self, name: str, key: str) -> yaml.Node | None:
        """Return what stands below a key at the top of a file; None, and a problem, when nothing does."""
        path = self._path(name)
        root = self._compose(path, self.folder / name)
        if root is None:
            return None
        if isinstance(root, yaml.MappingNode):
            for below, found in root.value:
                if below.value == key and isinstance(found, yaml.Node):
                    return found
        self.problems.append(FileProblem(path, 1, f"De lijst '{key}' ontbreekt in dit bestand."))
        return None

    def _compose(self, path: str, file: Path) -> yaml.Node | None:
        try:
            given = self.given.get(file.name)
            text = read_source(self.folder.parent, file) if given is None else given
            node = yaml.compose(text, Loader=_LOADER)
        except ContentBroken as broken:
            self.problems += broken.problems
            return None
        except yaml.YAMLError as broken:
            mark = getattr(broken, "problem_mark", None)
            line = mark.line + 1 if mark else 1
            message = "Dit is geen geldige YAML: controleer inspringing, aanhalingstekens en dubbele punten."
            self.problems.append(FileProblem(path, line, message))
            return None
        if node is None:
            self.problems.append(FileProblem(path, 1, "Dit bestand is leeg."))
        return node if isinstance(node, yaml.Node) else None

    def _items(self, path: str, found: yaml.Node | None, name: str) -> list[tuple[yaml.Node, Any]]:
        if not isinstance(found, yaml.SequenceNode):
            self._report(path, found, f"'{name}' moet een lijst zijn: elke regel begint met een streepje.")
            return []
        items = []
        for node in found.value:
            try:
                items.append((node, _construct(node)))
            except (yaml.YAMLError, ValueError):
                self._report(path, node, "Een datum of getal in deze regel bestaat niet.")
        return items

    def _entry(self, path: str, node: yaml.Node, value: object) -> Entry | None:
        if not isinstance(node, yaml.MappingNode) or not isinstance(value, dict):
            self._report(path, node, "Een regel van deze lijst bestaat uit velden: 'naam: waarde'.")
            return None
        lines: dict[str, int] = {}
        for key, _ in node.value:
            if key.value in lines:
                self._report(path, key, f"Het veld '{key.value}' staat er twee keer.")
            lines[key.value] = key.start_mark.line + 1
        return Entry(path, node.start_mark.line + 1, value, lines)


def _construct(node: yaml.Node) -> Any:  # noqa: ANN401 - YAML holds anything
    loader = _LOADER("")
    try:
        return loader.construct_document(node)
    finally:
        loader.dispose()


def _wrong_kinds(entry: Entry, shape: type) -> list[FileProblem]:
    """Compare the fields of an entry with those of the same name in a dataclass."""
    hints = get_type_hints(shape)
    wrong = []
    for item in fields(shape):
        allowed = _kinds(hints[item.name])
        if item.name in entry.fields and allowed and not _is_one_of(entry.fields[item.name], allowed):
            named = next(_KINDS[kind] for kind in allowed if kind in _KINDS)
            wrong.append(entry.problem(f"'{item.name}' moet {named} zijn.", field=item.name))
    return wrong


def _kinds(hint: Any) -> Sequence[type]:  # noqa: ANN401 - an annotation
    """Return the kinds a field may have; none when anything goes."""
    parts = get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)
    kinds = [get_origin(part) or part for part in parts]
    return kinds if set(kinds) <= {*_KINDS, type(None)} else ()


def _is_one_of(value: object, kinds: Sequence[type]) -> bool:
    kind = tuple if isinstance(value, list | dict) else type(value)
    return kind in kinds
