"""Content files: a front matter in YAML between two lines of dashes, then a body; with the line of each field."""

import hashlib
import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import yaml

from helpdesk.core.errors import ContentBroken, FileProblem

Draft = TypeVar("Draft")

FENCE = "---"
_PLAIN = re.compile(r"[^\W_](?:[\w ./()§’‘–-]*[\w.)])?")  # nothing that YAML could read as something else
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # both are safe; the one in C is ten times faster


class FrontMatterBroken(ValueError):
    """The file has no readable front matter; `line` says where, the message what to do in Dutch."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True)
class ContentFile:
    """A file taken apart. `lines` gives the line of each field, counting from 1; `body_line` that of the body."""

    fields: Mapping[str, Any]
    lines: Mapping[str, int]
    body: str
    body_line: int

    def line_of(self, name: str) -> int:
        """Return the line of a field; the first line when the field is not there."""
        return self.lines.get(name, 1)

    def line_in_body(self, words: str) -> int:
        """Return the line on which these words first stand in the body."""
        before, found, _ = self.body.partition(words)
        return self.body_line + (before.count("\n") if found else 0)


def read_source(content: Path, path: Path) -> str:
    """Return a file of a content folder as text that encodes to the same bytes: line ends stay as they are.

    Raises:
        ContentBroken: the file is not there, is not UTF-8, or holds a sign no database keeps; names the line.
    """
    name = path.relative_to(content).as_posix()
    try:
        written = path.read_bytes()
        text = written.decode()
    except FileNotFoundError as missing:
        raise ContentBroken([FileProblem(name, 1, "Dit bestand ontbreekt.")]) from missing
    except UnicodeDecodeError as wrong:
        line = written.count(b"\n", 0, wrong.start) + 1
        raise ContentBroken([FileProblem(name, line, "Het bestand is niet als UTF-8 bewaard.")]) from wrong
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise ContentBroken([FileProblem(name, line, "Hier staat een onzichtbaar teken (nul): schrap het.")])
    return text


def read_files(
    content: Path, paths: Iterable[Path], read: Callable[[str, str], tuple[Draft | None, list[FileProblem]]]
) -> tuple[list[Draft], list[FileProblem]]:
    """Read files of a content folder in the order of their paths; `read` makes a draft of a path and a text."""
    drafts: list[Draft] = []
    problems: list[FileProblem] = []
    for path in sorted(paths):
        try:
            draft, wrong = read(path.relative_to(content).as_posix(), read_source(content, path))
        except ContentBroken as broken:
            draft, wrong = None, broken.problems
        problems += wrong
        if draft is not None:
            drafts.append(draft)
    return drafts, problems


def checksum(source: str) -> str:
    """Return the fingerprint of a content file, by which an import sees what changed since the last one."""
    return hashlib.sha256(source.encode()).hexdigest()


def split(text: str) -> ContentFile:
    """Take a content file apart. Line ends of Windows (CRLF) are read as plain ones.

    Raises:
        FrontMatterBroken: no front matter, not closed, not a mapping, a field twice, or not YAML.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    if lines[0].rstrip() != FENCE:
        raise FrontMatterBroken(1, "De eerste regel moet '---' zijn, gevolgd door de velden.")
    end = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() == FENCE), None)
    if end is None:
        raise FrontMatterBroken(1, "De velden worden niet afgesloten met een regel '---'.")
    fields, places = _fields("\n".join(lines[1:end]))
    below = "\n".join(lines[end + 1 :])
    body_line = end + 2 + len(below) - len(below.lstrip("\n"))  # a blank line above the text is not of the text
    return ContentFile(fields=fields, lines=places, body=below.strip("\n"), body_line=body_line)


def rewrite(source: str, changes: Mapping[str, Any], body: str | None = None) -> str:
    """Return a content file with other values for some fields, and another body when one is given.

    None takes a field away, a new field comes last. Fields that stay keep their bytes; so does the body when it says
    what it said. Line ends stay those of the file.

    Raises:
        FrontMatterBroken: `source` has no readable front matter.
    """
    file = split(source)
    lines = source.replace("\r\n", "\n").split("\n")
    starts = sorted([*file.lines.values(), _line_of_fence(lines)])
    head = lines[: starts[0] - 1]
    for name, start in sorted(file.lines.items(), key=lambda item: item[1]):
        kept = lines[start - 1 : starts[starts.index(start) + 1] - 1]
        if name not in changes:
            head += kept
        elif changes[name] is not None:
            head += [f"{name}: {written(changes[name])}", *_comments(kept)]
    head += [
        f"{name}: {written(value)}" for name, value in changes.items() if name not in file.lines and value is not None
    ]
    rest = lines[starts[-1] - 1 :]
    if body is not None and body.strip("\n") != file.body:
        rest = [rest[0], *(["", *body.strip("\n").split("\n")] if body.strip() else []), ""]
    return ("\r\n" if "\r\n" in source else "\n").join([*head, *rest])


def written(value: str | int | date | Sequence[str]) -> str:
    """Return a value as YAML on one line: text bare when it is read back as that text, otherwise between quotes."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return value if _is_read_back(value) else "".join(map(_visible, json.dumps(value, ensure_ascii=False)))
    return f"[{', '.join(written(item) for item in value)}]"


def _visible(sign: str) -> str:
    """Return a sign between quotes: YAML takes a few that cannot be seen for line ends."""
    if sign.isprintable():
        return sign
    return f"\\u{ord(sign):04x}" if ord(sign) < 0x10000 else f"\\U{ord(sign):08x}"  # noqa: PLR2004 - YAML's two lengths


def _is_read_back(value: str) -> bool:
    """Tell whether a text written bare, alone or in a list, is read back as that text: "no" would become False."""
    if not _PLAIN.fullmatch(value):
        return False
    try:
        return bool(yaml.load(f"[{value}]", Loader=_LOADER) == [value])  # noqa: S506 - a safe loader
    except (yaml.YAMLError, ValueError):
        return False


def _line_of_fence(lines: Sequence[str]) -> int:
    """Return the line, counting from 1, of the fence that closes the fields."""
    return next(number for number, line in enumerate(lines[1:], 2) if line.rstrip() == FENCE)


def _comments(lines: Sequence[str]) -> list[str]:
    """Return the lines after a field that are comments or blank: they belong to nobody and stay."""
    return [line for line in lines[1:] if not line.strip() or line.startswith("#")]


def _fields(text: str) -> tuple[dict[str, Any], dict[str, int]]:
    loader = _LOADER(text)
    try:
        node = loader.get_single_node()
        fields = loader.construct_document(node) if node is not None else None
    except yaml.YAMLError as broken:
        mark = getattr(broken, "problem_mark", None)
        line = mark.line + 2 if mark else 1
        raise FrontMatterBroken(
            line, "Dit is geen geldige YAML: controleer aanhalingstekens en dubbele punten."
        ) from broken
    except ValueError as broken:
        raise FrontMatterBroken(1, "Een datum of getal in de velden bestaat niet.") from broken
    finally:
        loader.dispose()
    if not isinstance(node, yaml.MappingNode) or not isinstance(fields, dict):
        raise FrontMatterBroken(2, "De velden moeten geschreven zijn als 'naam: waarde'.")
    places: dict[str, int] = {}
    for key, _ in node.value:
        if key.value in places:
            raise FrontMatterBroken(key.start_mark.line + 2, f"Het veld '{key.value}' staat er twee keer.")
        places[key.value] = key.start_mark.line + 2
    return fields, places


class FieldReader:
    """Reads the fields of one file with their types; what is wrong is collected, not raised.

    After the last field call `finish`, which reports the fields nobody asked for.
    """

    def __init__(self, path: str, file: ContentFile) -> None:
        self.path = path
        self.file = file
        self.problems: list[FileProblem] = []
        self._asked: set[str] = set()

    def problem(self, name: str, message: str) -> None:
        """Report that a field is wrong."""
        self.problems.append(FileProblem(self.path, self.file.line_of(name), message))

    def body_problem(self, message: str, below: int = 0) -> None:
        """Report that the text below the fields is wrong, so many lines below its first."""
        self.problems.append(FileProblem(self.path, self.file.body_line + below, message))

    def text(self, name: str, *, most: int, required: bool = False) -> str | None:
        """Read one line of text of at most `most` characters."""
        value = self._take(name, required=required)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip() or "\n" in value.strip():
            self.problem(name, f"'{name}' moet één regel tekst zijn; zet ze tussen aanhalingstekens.")
            return None
        if len(value) > most:
            self.problem(name, f"'{name}' telt {len(value)} tekens; het maximum is {most}.")
        return value.strip()

    def texts(self, name: str, *, required: bool = False) -> list[str]:
        """Read a list of texts; empty when absent."""
        value = self._take(name, required=required)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            self.problem(name, f"'{name}' moet een lijst zijn, bijvoorbeeld [een, twee].")
            return []
        if required and not value:
            self.problem(name, f"'{name}' mag niet leeg zijn.")
        if len(set(value)) < len(value):
            self.problem(name, f"'{name}' noemt iets twee keer.")
        return [item.strip() for item in value]

    def day(self, name: str, *, required: bool = False) -> date | None:
        """Read a calendar date written as 2026-11-25."""
        value = self._take(name, required=required)
        if value is None:
            return None
        if not isinstance(value, date) or isinstance(value, datetime):
            self.problem(name, f"'{name}' moet een datum zijn, geschreven als 2026-11-25.")
            return None
        return value

    def number(self, name: str, *, default: int, least: int, most: int) -> int:
        """Read a whole number."""
        value = self._take(name, required=False)
        if value is None:
            return default
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            self.problem(name, f"'{name}' moet een getal zijn van {least} tot {most}.")
            return default
        return value

    def choice(self, name: str, choices: Collection[str], *, required: bool = False) -> str | None:
        """Read one of some words."""
        value = self.text(name, most=100, required=required)
        if value is not None and value not in choices:
            self.problem(name, f"'{name}' is '{value}'; kies uit: {', '.join(sorted(choices))}.")
            return None
        return value

    def entries(self, name: str) -> list[dict[str, Any]]:
        """Read a list of entries with fields of their own; empty when absent."""
        value = self._take(name, required=False)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.problem(name, f"'{name}' moet een lijst van blokjes met velden zijn.")
            return []
        return [dict(item) for item in value]

    def finish(self) -> None:
        """Report the fields that do not belong in this kind of file."""
        for name in self.file.fields:
            if name not in self._asked:
                self.problem(
                    name, f"Het veld '{name}' hoort niet in dit soort bestand: schrap het of verbeter de naam."
                )

    def _take(self, name: str, *, required: bool) -> Any:  # noqa: ANN401 - YAML holds anything
        self._asked.add(name)
        value = self.file.fields.get(name)
        if value is None and required:
            self.problem(name, f"Het veld '{name}' ontbreekt.")
        return value
