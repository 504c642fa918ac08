"""A text made ready for recognition: one kind of blank, hyphen and apostrophe, no invisible signs, known paragraphs."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import Final

_ALIKE: Final = {
    **dict.fromkeys("\u00a0\u2007\u2009\u202f\t\r", " "),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
    **dict.fromkeys("\u2018\u2019\u02bc\u2032", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb", '"'),
    # letters that `re` takes for s, i and k when it ignores case, and that no word list has
    "\u017f": "s", "\u0130": "I", "\u0131": "i", "\u212a": "K",
}  # fmt: skip
_SIGNS: Final = re.compile(f"[{''.join(_ALIKE)}]")
_INVISIBLE: Final = re.compile("[\u00ad\u200b\u200c\u200d\ufeff]+")
_BREAK: Final = re.compile(
    r"\n(?:[ ]*\n\s*|(?:(?<=[.:;!?]\n)|(?<=[.:;!?]\s\n))[ ]*(?=[A-Z\u00c0-\u00dc\"(•*-]|\d+[.)°]\s))"
)
_ABBREVIATED: Final = re.compile(r"(?:\b(?:[Aa]rtt?|nrs?|al|lid|jo|[A-Z]\w{0,3})|[A-Z]\.[A-Z])\.[ ]*$")
_LINE: Final = re.compile(r"\n")


@dataclass(frozen=True)
class Prepared:
    """A text as the rules read it. `plain` may be shorter than the text given: invisible signs are gone."""

    plain: str
    removed: tuple[tuple[int, int], ...]  # place in `plain`, and how many signs were taken out before it, in all
    lines_are_paragraphs: bool = False

    def offset(self, place: int, *, is_end: bool = False) -> int:
        """Return the place in the text as it was given; an end lies before signs taken out right there."""
        if not self.removed:
            return place
        wanted = place - 1 if is_end else place
        before = bisect_right(self.removed, wanted, key=lambda cut: cut[0])
        return place + (self.removed[before - 1][1] if before else 0)

    def paragraph_start(self, place: int) -> int:
        """Return where the paragraph of a place begins."""
        before = bisect_right(self._paragraphs, place)
        return self._paragraphs[before - 1] if before else 0

    def paragraph_end(self, place: int) -> int:
        """Return where the paragraph of a place ends."""
        before = bisect_right(self._paragraphs, place)
        return self._paragraphs[before] if before < len(self._paragraphs) else len(self.plain)

    @cached_property
    def _paragraphs(self) -> list[int]:
        if self.lines_are_paragraphs:
            return [found.end() for found in _LINE.finditer(self.plain)]
        return [found.end() for found in _BREAK.finditer(self.plain) if not self._is_wrapped(found)]

    def _is_wrapped(self, found: re.Match[str]) -> bool:
        """Tell whether a line only went on: "art.", end of line, "9bis"."""
        if found[0].count("\n") > 1:
            return False
        return _ABBREVIATED.search(self.plain, max(0, found.start() - 12), found.start()) is not None


def prepare(text: str, *, lines_are_paragraphs: bool = False) -> Prepared:
    """Return a text ready for recognition.

    A blank line ends a paragraph, and so does the end of a line after which something new plainly starts; with
    `lines_are_paragraphs` every line is a paragraph of its own.
    """
    if text.isascii():
        return Prepared(text.replace("\t", " ").replace("\r", " "), (), lines_are_paragraphs)
    plain = _SIGNS.sub(lambda sign: _ALIKE[sign[0]], text)
    removed: list[tuple[int, int]] = []
    count = 0
    for found in _INVISIBLE.finditer(plain):
        place = found.start() - count
        count += len(found[0])
        removed.append((place, count))
    return Prepared(_INVISIBLE.sub("", plain) if removed else plain, tuple(removed), lines_are_paragraphs)
