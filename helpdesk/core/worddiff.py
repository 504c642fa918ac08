"""The difference between two texts in words: pure, and bounded in time whatever the texts are."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby

MOST_LINE_CELLS = 4_000_000  # lines of one text times lines of the other: over it a part is shown as replaced
MOST_WORD_CELLS = 160_000  # the same for the words of one part
MOST_CELLS = 2_000_000  # for all parts of one comparison together
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


class Change(StrEnum):
    """What happened to a piece of text."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    FOLDED = "folded"  # stayed, and is left out of what is shown


@dataclass(frozen=True)
class Piece:
    """Some text that stayed, was added or was removed. The removed and the kept pieces together are the old text."""

    change: Change
    text: str


def compare(old: str, new: str) -> list[Piece]:
    """Return the pieces that lead from an old text to a new one, in order; empty for two empty texts.

    Lines are compared first, then the words of what changed. Of a part that is too large to compare in reasonable time
    the whole old part is removed and the whole new part added.
    """
    budget = _Budget(MOST_CELLS)
    pieces: list[Piece] = []
    for is_same, before, after in _parts(old.splitlines(keepends=True), new.splitlines(keepends=True), MOST_LINE_CELLS):
        if is_same:
            pieces.append(Piece(Change.SAME, "".join(before)))
        else:
            pieces += _words(_WORDS.findall("".join(before)), _WORDS.findall("".join(after)), budget)
    return _joined(pieces)


def fold(pieces: Sequence[Piece], *, around: int = 3) -> list[Piece]:
    """Leave out what stayed, but for some lines around each change; a folded piece holds the number of its lines."""
    shown: list[Piece] = []
    for place, piece in enumerate(pieces):
        lines = piece.text.splitlines(keepends=True)
        first = around if place else 0
        last = around if place < len(pieces) - 1 else 0
        if piece.change is not Change.SAME or len(lines) <= first + last + 1:
            shown.append(piece)
            continue
        shown += [
            Piece(Change.SAME, "".join(lines[:first])),
            Piece(Change.FOLDED, str(len(lines) - first - last)),
            Piece(Change.SAME, "".join(lines[len(lines) - last :])),
        ]
    return [piece for piece in shown if piece.text]


def count_changes(pieces: Sequence[Piece]) -> int:
    """Count the places where something was added, removed or replaced."""
    changes = {Change.ADDED, Change.REMOVED}
    return sum(is_changed for is_changed, _ in groupby(pieces, lambda piece: piece.change in changes))


@dataclass
class _Budget:
    """How many comparisons of words are left."""

    cells: int

    def allows(self, before: Sequence[str], after: Sequence[str]) -> bool:
        """Tell whether two parts may be compared by words, and count it."""
        cells = len(before) * len(after)
        if cells > min(MOST_WORD_CELLS, self.cells):
            return False
        self.cells -= cells
        return True


def _words(before: Sequence[str], after: Sequence[str], budget: _Budget) -> Iterator[Piece]:
    start, end = _common(before, after)
    yield Piece(Change.SAME, "".join(before[:start]))
    middle, other = before[start : len(before) - end], after[start : len(after) - end]
    if budget.allows(middle, other):
        for is_same, old, new in _matched(middle, other):
            if is_same:
                yield Piece(Change.SAME, "".join(old))
            else:
                yield from _replaced("".join(old), "".join(new))
    else:
        yield from _replaced("".join(middle), "".join(other))
    yield Piece(Change.SAME, "".join(before[len(before) - end :]))


def _parts(
    before: Sequence[str], after: Sequence[str], most_cells: int
) -> Iterator[tuple[bool, Sequence[str], Sequence[str]]]:
    """Give the parts that are the same and those that differ by turns, without what both begin and end with."""
    start, end = _common(before, after)
    yield True, before[:start], after[:start]
    middle, other = before[start : len(before) - end], after[start : len(after) - end]
    if len(middle) * len(other) <= most_cells:
        yield from _matched(middle, other)
    else:
        yield False, middle, other
    yield True, before[len(before) - end :], after[len(after) - end :]


def _matched(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[bool, Sequence[str], Sequence[str]]]:
    for tag, start, end, other_start, other_end in SequenceMatcher(None, before, after, autojunk=True).get_opcodes():
        yield tag == "equal", before[start:end], after[other_start:other_end]


def _common(before: Sequence[str], after: Sequence[str]) -> tuple[int, int]:
    """Return how many items both begin with, and with how many others both end."""
    shortest = min(len(before), len(after))
    start = next((n for n in range(shortest) if before[n] != after[n]), shortest)
    most = shortest - start
    end = next((n for n in range(most) if before[-1 - n] != after[-1 - n]), most)
    return start, end


def _replaced(old: str, new: str) -> Iterator[Piece]:
    yield Piece(Change.REMOVED, old)
    yield Piece(Change.ADDED, new)


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    """Join neighbours of one kind; a lone blank between two changes belongs to both, so that a phrase reads as one."""
    joined = _by_run(pieces)
    widened: list[Piece] = []
    for place, piece in enumerate(joined):
        is_between = 0 < place < len(joined) - 1
        widened += _replaced(" ", " ") if is_between and piece == Piece(Change.SAME, " ") else [piece]
    return _by_run(widened)


def _by_run(pieces: Sequence[Piece]) -> list[Piece]:
    """Join each stretch without change, and in each stretch with changes first all that went and then all that came."""
    found: list[Piece] = []
    for is_same, run in groupby((piece for piece in pieces if piece.text), lambda piece: piece.change is Change.SAME):
        together = list(run)
        for change in (Change.SAME,) if is_same else (Change.REMOVED, Change.ADDED):
            text = "".join(one.text for one in together if one.change is change)
            found += [Piece(change, text)] if text else []
    return found
