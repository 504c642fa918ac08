"""What may stand in no committed file."""

import re
import subprocess
from pathlib import Path

import pytest

from helpdesk.settings import PROJECT

# .jsonl holds verbatim rulings: they print three capitals for a name that was left out
UNREAD = frozenset({".png", ".woff2", ".ico", ".gz", ".pdf", ".lock", ".jsonl"})
OURS = ("helpdesk/", "jurisprudence/", "tests/", "benchmarks/", "docs/", "content/", ".ci/")
VENDORED = "helpdesk/web/static/vendor/"
PLACEHOLDERS = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|X{3}|HA" + r"CK)\b")
MACHINE_PATHS = re.compile(r"(?<![\w.:/])/(?:home|root|Users|work|mnt|opt/pypi)/\w")
MOST_LINES = 700


def committed() -> list[Path]:
    """Return the text files that git keeps, without what was vendored; skip outside a clone."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git clone")
    names = [name for name in listed.stdout.split("\0") if name and not name.startswith(VENDORED)]
    return [path for name in names if (path := PROJECT / name).is_file() and path.suffix not in UNREAD]


def lines_with(pattern: re.Pattern[str], *, under: tuple[str, ...] = ("",)) -> list[str]:
    """Return where a pattern stands: path, line number and the line."""
    return [
        f"{path.relative_to(PROJECT)}:{number}: {line.strip()[:100]}"
        for path in committed()
        if str(path.relative_to(PROJECT)).startswith(under)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if pattern.search(line)
    ]


def test_nothing_is_left_to_do() -> None:
    """Write an issue or do it."""
    assert lines_with(PLACEHOLDERS, under=OURS) == []


def test_no_path_of_one_machine() -> None:
    assert lines_with(MACHINE_PATHS) == []


def test_no_secret_is_committed() -> None:
    """A key that was ever committed is a key everybody has."""
    pieces = (
        "-----BEGIN [A-Z ]*PRIVATE" + " KEY",
        "AKIA[0-9A-Z]{16}",
        "gh[pousr]_[A-Za-z0-9]{36}",
        "xox[abp]-[0-9A-Za-z-]{20}",
    )
    assert lines_with(re.compile("|".join(pieces))) == []


def test_code_does_not_print() -> None:
    """Commands echo and programs log; a print is a forgotten experiment."""
    assert lines_with(re.compile(r"^\s*(?:print|breakpoint)\("), under=("helpdesk/", "jurisprudence/", "tests/")) == []


def test_templates_mark_nothing_safe() -> None:
    """Text becomes markup in core/markup.py or nowhere."""
    assert lines_with(re.compile(r"\|\s*safe\b|autoescape\s+false"), under=("helpdesk/",)) == []


def test_no_line_ends_in_blanks() -> None:
    blanks = re.compile(r"[ \t]+$")

    assert lines_with(blanks, under=("helpdesk/", "jurisprudence/", "tests/", "docs/", ".ci/")) == []


def test_rooms_stay_small_enough_to_read() -> None:
    """Over 400 lines a room asks to be looked at; over this it is split."""
    large = {
        str(path.relative_to(PROJECT)): count
        for path in committed()
        if path.suffix == ".py" and (count := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    }

    assert large == {}


def test_features_have_the_rooms_of_the_plan() -> None:
    """A new kind of file needs a decision record (docs/architecture.md, the same room plan in every feature)."""
    plan = {
        "__init__",
        "models",
        "rules",
        "queries",
        "actions",
        "forms",
        "pages",
        "documents",
        "rendering",
        "letters",  # of rooms that write to readers (decision 15)
        "sending",
        "routes",
        "cli",
    }
    features = (
        "accounts", "activities", "advice", "aftercare", "alerts", "amounts", "explorer", "figures", "links",
        "newsletters", "operations", "pathways", "persons", "publications", "radar", "references", "retention",
        "ruling_editor", "rulings", "search", "second_factor", "single_sign_on", "staff", "text_editor", "texts",
        "visits",
    )  # fmt: skip
    strange = [
        f"{feature}/{path.name}"
        for feature in features
        for path in sorted((PROJECT / "helpdesk" / feature).iterdir())
        if (path.suffix == ".py" or (path / "__init__.py").is_file()) and path.stem not in plan
    ]

    assert strange == []
