"""Dutch compounds: which known words a long word is made of."""

from functools import cache

from jurisprudence.search.wordlists import read_lines, read_words

SHORTEST_COMPOUND = 9
SHORTEST_PART = 4
SHORT_HEADS = frozenset({"wet", "eis", "lid"})
LINKS = ("", "s", "en", "e")
INFLECTIONS = ("en", "s", "e")
DEEPEST = 2

# Words whose letters contain another word by accident or by a history nobody hears any more.
WHOLE = read_words("ondeelbaar")
# Court names keep their head: "familierechtbank" is found by "rechtbank" and by "familie".
FIXED = {
    "echtscheiding": ("scheiding",),
    "hoofdverblijfplaats": ("verblijfplaats", "verblijf"),
    "mensenhandel": ("mensen", "handel"),
    "werkgever": ("werk",),
    "werkgevers": ("werk",),
    "werknemer": ("werk",),
    "werknemers": ("werk",),
    "arbeidsrechtbank": ("arbeids", "rechtbank"),
    "familierechtbank": ("familie", "rechtbank"),
    "jeugdrechtbank": ("jeugd", "rechtbank"),
    "politierechtbank": ("politie", "rechtbank"),
}


@cache
def components() -> dict[str, int]:
    """Return the component words with their rank, 0 for the most frequent."""
    return {word: rank for rank, word in enumerate(read_lines("componenten"))}


def is_word(word: str) -> bool:
    """Tell whether the lexicon knows this folded form."""
    return word in components()


@cache
def compound_parts(word: str) -> tuple[str, ...]:
    """Return the parts of a folded compound, larger parts first; empty when it is none.

    "gezinsherenigingsaanvraag" gives gezinshereniging, aanvraag, gezin, hereniging.
    """
    if word in FIXED:
        return FIXED[word]
    return _split(word, 0)


def clear_memory() -> None:
    """Forget the words seen so far; for a process that has just indexed very many texts."""
    compound_parts.cache_clear()


def _split(word: str, depth: int) -> tuple[str, ...]:
    if len(word) < SHORTEST_COMPOUND or word in WHOLE or depth > DEEPEST:
        return ()
    best: tuple[tuple[int, int], str, str] | None = None
    for cut in range(len(word) - 3, SHORTEST_PART - 1, -1):
        head = word[cut:]
        if not _is_head(head):
            continue
        for modifier in _modifiers(word[:cut], depth):
            score = (min(len(modifier), len(head)), -components().get(modifier, len(components())))
            if best is None or score > best[0]:
                best = (score, modifier, head)
    return () if best is None else _with_nested(best[1:], depth)


def _is_head(head: str) -> bool:
    if head in SHORT_HEADS:
        return True
    return len(head) >= SHORTEST_PART and (is_word(head) or _is_inflected(head))


def _modifiers(start: str, depth: int) -> list[str]:
    found = []
    for link in LINKS:
        if not start.endswith(link):
            continue
        modifier = start[: len(start) - len(link)]
        if len(modifier) >= SHORTEST_PART and (
            is_word(modifier) or _is_inflected(modifier) or _split(modifier, depth + 1)
        ):
            found.append(modifier)
    return found


def _is_inflected(word: str) -> bool:
    return any(
        word.endswith(ending) and len(word) - len(ending) >= SHORTEST_PART and is_word(word[: -len(ending)])
        for ending in INFLECTIONS
    )


def _with_nested(parts: tuple[str, str], depth: int) -> tuple[str, ...]:
    found = list(parts)
    for part in parts:
        found += [nested for nested in _split(part, depth + 1) if nested not in found]
    return tuple(found)
