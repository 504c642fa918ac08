"""Folding and stemming of single words, Dutch and French."""

import re
import threading
import unicodedata
from functools import cache

import Stemmer

from jurisprudence.search.compounds import is_word
from jurisprudence.search.wordlists import read_lines

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "đ": "d", "ł": "l", "\u0131": "i"})
_PREFIXES = "aan|achter|af|bij|door|in|mee|na|neer|om|onder|op|over|samen|tegen|terug|toe|uit|vast|voor|weg"
_PARTICIPLE = re.compile(rf"(?:(?P<prefix>{_PREFIXES})?ge|(?=ver|be|ont|her|er))(?P<stem>\w{{3,}}?)(?:d|t|de|te)$")
_NO_PARTICIPLES = frozenset(
    [
        "gebied",
        "geweld",
        "gerecht",
        "gemeente",
        "geboorte",
        "gebouwde",
        "getuigd",
        "gevolgd",
        "geheel",
        "gezond",
        "gericht",
        "gerichte",
        "beleid",
        "bestand",
        "bericht",
        "verband",
        "verbod",
        "gebed",
        "geslacht",
        "geschikt",
        "geschikte",
        "gedachte",
        "gedeelte",
        "gedicht",
        "gewicht",
        "gezicht",
        "geloofd",
        "vereist",
        "vereiste",
        "vereisten",
        "bewust",
        "bewuste",
        "beroerd",
        "gewoonte",
        "verkeerd",
        "verkeerde",
        "gedaagde",
        "gebiedt",
        "gebieden",
    ]
)
_AS_THEY_ARE = frozenset({"geen", "noch", "nooit", "niemand", "niets", "zonder", "een", "voor", "over", "door"})
_snowball = threading.local()


def fold(word: str) -> str:
    """Return the word in lower case without accents and ligatures."""
    word = word.lower()
    if word.isascii():
        return word
    letters = unicodedata.normalize("NFKD", word.translate(_LIGATURES))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def stem(word: str, language: str) -> str:
    """Return the stem of a folded word; words of other languages than "nl" and "fr" stay as they are.

    Dutch is Snowball's original (Porter) algorithm with irregular forms, participles and a few endings repaired.
    """
    if language == "nl":
        return _dutch(word)
    if language == "fr" and len(word) > 3:  # noqa: PLR2004 -- Snowball only harms words this short
        return str(_stemmer("french").stemWord(word))
    return word


def _stemmer(algorithm: str) -> Stemmer.Stemmer:
    """Snowball stemmers keep state, so every thread has its own."""
    found = getattr(_snowball, algorithm, None)
    if found is None:
        found = Stemmer.Stemmer(algorithm)
        setattr(_snowball, algorithm, found)
    return found


@cache
def _irregular() -> dict[str, str]:
    pairs = (line.split() for line in read_lines("vormen"))
    return {form: word for form, word in pairs if form != word}


def _dutch(word: str) -> str:
    if word in _AS_THEY_ARE:
        return word
    return _regular(_irregular().get(word) or _infinitive(word) or word)


def _infinitive(word: str) -> str | None:
    """Return the verb of a weak participle when the lexicon knows it: geweigerd → weigeren."""
    if word in _NO_PARTICIPLES:
        return None
    match = _PARTICIPLE.match(word)
    if match is None:
        return None
    root = (match["prefix"] or "") + match["stem"]
    for verb in (root + "en", root + root[-1] + "en", _open_syllable(root) + "en", root + "ing"):
        if is_word(verb):
            return root if verb.endswith("ing") else verb
    return None


def _open_syllable(root: str) -> str:
    """Write a long vowel as Dutch does in an open syllable: vraag → vrag(en)."""
    if root[-2:-1] in "aeou" and root[-3:-2] == root[-2:-1]:
        return root[:-2] + root[-1]
    return root


def _regular(word: str) -> str:
    if len(word) < 4:  # noqa: PLR2004 -- Snowball only harms words this short
        return word
    word = word.removesuffix("sen") if word.endswith("nissen") else word
    if word.endswith("nis"):
        return word
    if word.endswith(("baarheid", "baarheden")):
        word = word[: word.rfind("baarhe")] + "baar"
    elif word.endswith("bare") and len(word) > 6:  # noqa: PLR2004 -- leaves "bare" itself alone
        word = word[:-4] + "baar"
    if word.endswith("baar") and len(word) > 6:  # noqa: PLR2004
        return word
    if word.endswith("es") and len(word) > 5 and word[-3] not in "aeiou" and not word.endswith(("sjes", "ches")):  # noqa: PLR2004
        word = word[:-1]
    stemmed: str = _stemmer("dutch_porter").stemWord(word)
    return stemmed[:-1] + str({"v": "f", "z": "s"}.get(stemmed[-1:], stemmed[-1:]))
