"""Folding and stemming of single words, Dutch and French."""

import re
import threading
import unicodedata
from functools import cache

import Stemmer

from jurisprudence.search.compounds import SHORTEST_PART, compound_parts, is_word
from jurisprudence.search.wordlists import read_lines, read_words

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "đ": "d", "ł": "l", "\u0131": "i"})
_PREFIXES = "aan|achter|af|bij|door|in|mee|na|neer|om|onder|op|over|samen|tegen|terug|toe|uit|vast|voor|weg"
_PARTICIPLE = re.compile(rf"(?:(?P<prefix>{_PREFIXES})?ge|(?=ver|be|ont|her|er))(?P<stem>\w{{3,}}?)(?:d|t|de|te)$")
_BORROWED_PARTICIPLE = re.compile(r"ge(?P<stem>\w{3,})eerde?$")
_PAST = re.compile(r"(?P<stem>\w{2,}(?:er|el|ig))den?$")
_THIRD_PERSON = re.compile(r"(?P<stem>\w{4,})t$")
_NO_VERBS = read_words("geen_werkwoorden")
_AS_THEY_ARE = frozenset({"geen", "noch", "nooit", "niemand", "niets", "zonder", "een", "voor", "over", "door"})
_IRREGULAR_HEADS = (("leden", "lid"), ("kinderen", "kind"), ("steden", "stad"), ("zaken", "zaak"))
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
        # Snowball takes "étranger" for a verb but not "étrangers": the plural goes first
        singular = word.removesuffix("s") if len(word) > 4 else word  # noqa: PLR2004
        return str(_stemmer("french").stemWord(singular))
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
    return _regular(_irregular_form(word) or _irregular_head(word) or _infinitive(word) or word)


def _irregular_form(word: str) -> str | None:
    """Return the word whose stem an irregular form shares, an inflected participle (getrouwde) included."""
    forms = _irregular()
    return forms.get(word) or (forms.get(word[:-1]) if word.endswith(("de", "te")) else None)


def _irregular_head(word: str) -> str | None:
    """Return the singular of a compound whose last part has an irregular plural: gezinsleden → gezinslid."""
    for plural, singular in _IRREGULAR_HEADS:
        if word.endswith(plural) and len(word) - len(plural) >= SHORTEST_PART and plural in compound_parts(word):
            return word.removesuffix(plural) + singular
    return None


def _infinitive(word: str) -> str | None:
    """Return the verb of a weak form when the lexicon knows it: geweigerd, weigerde, weigert → weigeren.

    Participles of verbs in -eren need no lexicon (geadopteerd → adopteren); a separable verb may be known by its last
    part only (teruggestuurd → sturen).
    """
    if word in _NO_VERBS:
        return None
    borrowed = _BORROWED_PARTICIPLE.match(word)
    if borrowed is not None:
        return f"{borrowed['stem']}eren"
    match = _PARTICIPLE.match(word) or _PAST.match(word) or _THIRD_PERSON.match(word)
    if match is None:
        return None
    prefix = match.groupdict().get("prefix") or ""
    bare = _verb_of(match["stem"]) if prefix else None
    return _verb_of(prefix + match["stem"]) or (prefix + bare if bare else None)


def _verb_of(root: str) -> str | None:
    for verb in (root + "en", root + root[-1] + "en", _open_syllable(root) + "en"):
        if is_word(verb):
            return verb
    return root if is_word(root + "ing") else None


def _open_syllable(root: str) -> str:
    """Write a long vowel as Dutch does in an open syllable: vraag → vrag(en)."""
    if root[-2:-1] in "aeou" and root[-3:-2] == root[-2:-1]:
        return root[:-2] + root[-1]
    return root


def _regular(word: str) -> str:
    if len(word) < 4:  # noqa: PLR2004 -- Snowball only harms words this short
        return word
    word = word.removesuffix("sen") if word.endswith("nissen") else word
    word = word.removesuffix("s") if word.endswith(("ies", "eaus")) and len(word) > 5 and word != "precies" else word  # noqa: PLR2004
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
