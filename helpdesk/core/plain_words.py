"""Plain Dutch: how long the sentences of a text are, and which of its words have a better one."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

MOST_WORDS = 20  # per sentence, on average over a text
FEWEST_SENTENCES = 3  # below that an average says nothing

_LINK = re.compile(r"\[([^\]\n]*)\]\([^)\n]*\)")
_IN_BRACKETS = re.compile(r"\([^()]*\)")  # a legal basis or an abbreviation spelled out: read past, not read
_ITEM = re.compile(r"\s*(?:[-*+]|\d+\.)\s+")
_ASIDE = re.compile(r"\s*(?:#|!!!|\||```)")  # headings, titles of boxes, rows of tables: no sentences
_QUOTED = re.compile(r"\"[^\"\n]*\"|“[^”\n]*”|‘[^’\n]*’")
_ABBREVIATION = re.compile(r"\b(?:art|nr|nrs|bv|enz|o\.a|d\.w\.z|t\.e\.m|[A-Z]|[A-Z][a-z]{1,3})\.(?=\s+[a-z0-9§(])")
_END = re.compile(r"(?<=[.!?])[*_\"”’)]*\s+")


@dataclass(frozen=True)
class Avoided:
    """Words that a text does not use, the word to write instead, and words beside which it may stand after all."""

    words: tuple[str, ...]
    instead: str
    unless_beside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """A word that has a better one. `line` counts from 0 in the text that was read."""

    line: int
    word: str
    instead: str


def average_words(markdown: str) -> float | None:
    """Return the words per sentence, None for fewer than three sentences.

    An item of a list is a sentence or more of its own, also without a full stop. Headings and tables are left out, and
    so is what stands between brackets: a reader of the rule reads past its source.
    """
    lengths = [length for block in _blocks(markdown) for length in _lengths(block)]
    return sum(lengths) / len(lengths) if len(lengths) >= FEWEST_SENTENCES else None


def find_avoided(text: str, avoided: Sequence[Avoided]) -> list[Finding]:
    """Return the words with a better one, in the order of the text, headings included.

    Quotations and the targets of links are left alone. A word may stand in a sentence that also holds one of the words
    of `unless_beside`: "vroeger heette dat asielzoeker".
    """
    found: list[Finding] = []
    any_of_them = _pattern(*(word for one in avoided for word in one.words))
    for number, line in enumerate(text.split("\n")):
        words = _QUOTED.sub(" ", _LINK.sub(r"\1", line))
        if not any_of_them.search(words):
            continue
        for sentence in _END.split(words):
            found += [Finding(number, *hit) for hit in _hits(sentence, avoided)]
    return found


def _blocks(markdown: str) -> Iterator[str]:
    """Give paragraphs and items of lists, each on one line."""
    lines: list[str] = []
    for line in [*markdown.split("\n"), ""]:
        is_item = _ITEM.match(line)
        if lines and (is_item or not line.strip() or _ASIDE.match(line)):
            yield " ".join(lines)
            lines = []
        if line.strip() and not _ASIDE.match(line):
            lines.append(line[is_item.end() :] if is_item else line.strip())


def _lengths(paragraph: str) -> list[int]:
    text = _LINK.sub(r"\1", paragraph)
    while (shorter := _IN_BRACKETS.sub("", text)) != text:  # brackets within brackets
        text = shorter
    text = _ABBREVIATION.sub(lambda found: found[0].replace(".", ""), text)
    lengths = (sum(any(sign.isalnum() for sign in word) for word in part.split()) for part in _END.split(text))
    return [length for length in lengths if length]


def _hits(sentence: str, avoided: Sequence[Avoided]) -> list[tuple[str, str]]:
    hits: list[tuple[int, str, str]] = []
    for one in avoided:
        if any(_holds(sentence, word) for word in one.unless_beside):
            continue
        hits += [
            (found.start(), found[0], one.instead) for word in one.words for found in _pattern(word).finditer(sentence)
        ]
    return [(word, instead) for _, word, instead in sorted(hits)]


def _holds(sentence: str, word: str) -> bool:
    return _pattern(word).search(sentence) is not None


@cache
def _pattern(*words: str) -> re.Pattern[str]:
    """Match any of these, as whole words: "u" is not in "EU", "20 u", "u." or "U-turn"."""
    any_of_them = "|".join(map(re.escape, words))
    return re.compile(rf"(?<![\w.+-])(?<!\d )(?<!\d\xa0)(?:{any_of_them})(?![\w+-]|\.\w)", re.IGNORECASE)
