"""The word lists that ship with the search package, one entry per line."""

from functools import cache
from importlib import resources


@cache
def read_lines(name: str) -> tuple[str, ...]:
    """Return the lines of lexicon/<name>.txt in order, without comments."""
    text = (resources.files(__package__) / "lexicon" / f"{name}.txt").read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))


def read_words(name: str) -> frozenset[str]:
    """Return the words of lexicon/<name>.txt."""
    return frozenset(read_lines(name))
