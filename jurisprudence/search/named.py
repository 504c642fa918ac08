"""Recognise the courts, years and cases that a question names among its other words."""

import re
from collections.abc import Mapping, Sequence

from jurisprudence.search.analysis import QueryWord
from jurisprudence.search.stems import fold
from jurisprudence.search.wordlists import read_words

LONGEST_COURT_NAME = 6
SHORTEST_CASE_NAME = 3
OVERRULED_TAG = "achterhaald:"  # tag of a ruling that no longer stands
DEFAULT_COURTS: Mapping[str, tuple[str, ...]] = {
    name: (court,)
    for court, names in {
        "RVV": ("rvv", "cce", "raadvoorvreemdelingenbetwistingen"),
        "RVS": ("rvs", "raadvanstate"),
        "GWH": ("gwh", "grondwettelijkhof"),
        "HVJ": ("hvj", "hofvanjustitie", "cjue"),
        "EHRM": ("ehrm",),
        "CASS": ("cass", "cassatie", "hvc", "hofvancassatie"),
    }.items()
    for name in names
}
"""Folded names of courts, letters only, and the values of the facet `hof` they stand for."""

RULING_WORDS = frozenset(
    {"arrest", "arresten", "arret", "vonnis", "zaak", "uitspraak", "affaire", "case", "ce", "cour"}
)
MONTHS = read_words("maanden")
_YEAR = re.compile(r"(?:19|20)\d\d$")
_AGAINST = re.compile(r"\s(?:t\.?|tegen|c\.?|contre|v\.?|vs\.?|versus)\s", re.IGNORECASE)
_INITIALS = re.compile(r"(?:\w\.\s?)+(?=\w{2,})")
_NAMES_NO_CASE = re.compile(r"\b(?:staat|parlement|raad|commissie|vzw|beschikking|minister|ocmw)\b", re.IGNORECASE)
_TITLE_OF_A_CASE = re.compile(r"^(?:het\s)?(?:arrest|arret|zaak|uitspraak|affaire)\s+", re.IGNORECASE)


def courts_in(
    words: Sequence[QueryWord], courts: Mapping[str, Sequence[str]]
) -> dict[int, tuple[int, tuple[str, ...]]]:
    """Return the names of courts: the place of the first word to (number of words, values of the facet `hof`)."""
    keys = [name_key(word.text) for word in words]
    found: dict[int, tuple[int, tuple[str, ...]]] = {}
    place = 0
    while place < len(keys):
        lengths = range(min(LONGEST_COURT_NAME, len(keys) - place), 0, -1)
        length = next((length for length in lengths if "".join(keys[place : place + length]) in courts), 0)
        if length:
            found[place] = (length, tuple(courts["".join(keys[place : place + length])]))
        place += max(length, 1)
    return found


def is_year(words: Sequence[QueryWord], place: int) -> bool:
    """Tell whether a word is a year of its own, not that of a date ("wet van 18 juli 2025")."""
    is_dated = place > 0 and fold(words[place - 1].text) in MONTHS
    return _YEAR.match(words[place].text) is not None and not is_dated


def name_key(name: str) -> str:
    """Return a name in folded letters and digits only: "M.S.S." → "mss"."""
    return re.sub(r"[\W_]", "", fold(name))


def case_key(text: str) -> str:
    """Return how a question names a case: its first party without "arrest", initials and opponent.

    "arrest Chavez-Vilchez t. Raad" → "chavezvilchez"; text that is too short to be a name gives the empty string.
    """
    party = _AGAINST.split(f" {_TITLE_OF_A_CASE.sub('', text.strip())} ", maxsplit=1)[0].strip()
    party = re.sub(r"\se\.?a\.?$", "", party)
    key = name_key(_INITIALS.sub("", party) if " " in party else party)
    return key if len(key) >= SHORTEST_CASE_NAME else ""


def names_of_case(parties: str) -> tuple[str, ...]:
    """Return the names a case goes by: its first party or parties, and what stands in brackets.

    "V.M.A. (Pancharevo)" → VMA and Pancharevo. States, institutions and unnamed parties ("X") name no case.
    """
    applicants = _AGAINST.split(f" {parties} ", maxsplit=1)[0]
    pieces = re.split(r"[()]|\sen\s|\set\s", applicants)
    keys = (case_key(piece) for piece in pieces if not _NAMES_NO_CASE.search(piece))
    return tuple(dict.fromkeys(key for key in keys if key))


def case_name_tag(key: str) -> str:
    """Return the tag of the ruling in a case of this name (letters and digits only)."""
    return f"naam:{key}"


def own_article_tag(normal: str) -> str:
    """Return the tag of a theme page that is about this article ("VW:40ter")."""
    return f"eigen:{normal}"
