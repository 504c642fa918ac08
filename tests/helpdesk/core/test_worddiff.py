import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.core.worddiff import Change, Piece, compare, count_changes, fold

SOME_TEXT = st.text(alphabet="ab .,\n[]é", max_size=60)


def without(pieces: list[Piece], change: Change) -> str:
    return "".join(piece.text for piece in pieces if piece.change is not change)


@given(SOME_TEXT, SOME_TEXT)
def test_the_pieces_hold_both_texts_whole(old: str, new: str) -> None:
    pieces = compare(old, new)

    assert without(pieces, Change.ADDED) == old
    assert without(pieces, Change.REMOVED) == new


def test_what_was_replaced_reads_as_one_phrase() -> None:
    """Word by word, "binnen dertig dagen" would fall apart in three changes."""
    pieces = compare(
        "Je vertrekt binnen dertig dagen.\nTweede regel.\n", "Je vertrekt na zeven weken.\nTweede regel.\n"
    )

    assert [(piece.change.value, piece.text) for piece in pieces] == [
        ("same", "Je vertrekt "),
        ("removed", "binnen dertig dagen"),
        ("added", "na zeven weken"),
        ("same", ".\nTweede regel.\n"),
    ]
    assert count_changes(pieces) == 1


def test_the_same_text_has_no_changes() -> None:
    assert count_changes(compare("a\n b\n", "a\n b\n")) == 0
    assert count_changes(compare("a b c", "a b d")) == 1
    assert compare("", "") == []


def test_what_stayed_is_folded_but_for_some_lines_around_a_change() -> None:
    lines = [f"regel {number}\n" for number in range(20)]

    pieces = fold(compare("".join(lines), "".join([*lines[:10], "anders\n", *lines[11:]])), around=1)

    assert [(piece.change.value, piece.text) for piece in pieces] == [
        ("folded", "9"),
        ("same", "regel 9\n"),
        ("removed", "regel 10"),
        ("added", "anders"),
        ("same", "\n"),
        ("folded", "9"),
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a b " * 50_000, "b a " * 50_000),
        ("a\nb\n" * 50_000, "b\na\n" * 50_000),
        ("a\n" * 1_900 + "x\n", "b\n" + "a\n" * 1_900),
        ("\n".join(f"{n} w w w w w w w" for n in range(2_000)), "\n".join(f"w w {n} w w w w" for n in range(2_000))),
        (" ".join(str(n % 7) for n in range(400)), " ".join(str(n % 5) for n in range(400))),
        ("[" * 200_000, "]" * 200_000),
    ],
    ids=["words", "lines", "moved line", "every line", "few words", "brackets"],
)
def test_two_texts_of_the_largest_size_take_no_time(old: str, new: str) -> None:
    began = time.process_time()

    pieces = compare(old, new)

    assert time.process_time() - began < 2
    assert without(pieces, Change.ADDED) == old
    assert without(pieces, Change.REMOVED) == new
