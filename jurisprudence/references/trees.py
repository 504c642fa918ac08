"""Many names as one pattern that finds out at once when none of them stands at a place."""

import re
from collections.abc import Iterable
from typing import Final

_Tree = dict[str, "_Tree"]
_END: Final = ""  # a name may end here
_EDGE_AFTER: Final = r"(?![\w]|\.[A-Za-z]\.)"


def alternation(names: Iterable[str], *, ignore_case: bool = False, is_whole: bool = True) -> str:
    """Return a pattern that tries the longest of the names first, built as a tree.

    A blank stands for any number of them, and one may follow a full stop. Unless `is_whole` is False, a name must end
    where a word does. Either case is written out ("[vV]") because `re` looks ahead at a set of signs, but not at a
    letter whose case it ignores.
    """
    tree: _Tree = {}
    for name in names:
        node = tree
        for sign in name.lower() if ignore_case else name:
            node = node.setdefault(sign, {})
        node[_END] = {}
    return _branches(tree, _EDGE_AFTER if is_whole else "", ignore_case=ignore_case)


def _branches(node: _Tree, end: str, *, ignore_case: bool) -> str:
    pieces = [
        _sign_pattern(sign, node[sign], ignore_case=ignore_case) + _branches(node[sign], end, ignore_case=ignore_case)
        if sign
        else end
        for sign in sorted(node, reverse=True)
    ]
    return pieces[0] if len(pieces) == 1 else f"(?:{'|'.join(pieces)})"


def _sign_pattern(sign: str, below: _Tree, *, ignore_case: bool) -> str:
    if sign == " ":
        return r"\s+"
    if sign == ".":
        return r"\.\s?" if below.keys() - {_END} else r"\."
    return f"[{sign}{sign.upper()}]" if ignore_case and sign != sign.upper() else re.escape(sign)
