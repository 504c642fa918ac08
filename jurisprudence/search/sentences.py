"""Tell a spoken question ("mag mijn vrouw komen?") from search words, and its telling words from the others.

In a spoken question most words say nothing about its subject, and the words that do are rarely those of the law. What
is left out here is only not required: it still helps to recognise a phrase.
"""

import re

from jurisprudence.search.stems import fold
from jurisprudence.search.wordlists import read_words

FEWEST_WORDS = 3
LIGHT_WORDS = read_words("lichte_woorden")
SPEAKERS = read_words("sprekers")
FEWEST_WORDS_WITHOUT_SPEAKER = 5
WRITTEN_WORDS = read_words("geschreven_woorden")
_ASKS_MEANING = re.compile(
    r"(?:wat (?:is|zijn|betekent|betekenen)|qu['’]est-ce qu(?:e\b|['’])|what (?:is|are)|was (?:ist|sind|bedeutet))\s*"
    r"(?:(?:een|de|het|an?|the|une?|les?|la|eine?|der|die|das)\s+)?(?P<term>\S[^?]*?)\s*\??",
    re.IGNORECASE,
)
_OPERATOR = re.compile(r"[\"“”„«»:*~]|(?:^|\s)-|\b(?:OF|EN|NIET)\b")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")


def reads_as_sentence(text: str) -> bool:
    """Tell whether somebody speaks in this text: three words or more, one of them a person or a question word.

    Five words or more without operators are spoken too when one of them is light: "kind de achternaam van mama geven".
    """
    words = [fold(word) for word in _WORD.findall(text)]
    if len(words) >= FEWEST_WORDS and not SPEAKERS.isdisjoint(words):
        return True
    is_plain = len(words) >= FEWEST_WORDS_WITHOUT_SPEAKER and not _OPERATOR.search(text)
    return is_plain and not (LIGHT_WORDS - WRITTEN_WORDS).isdisjoint(words)


def is_light(word: str) -> bool:
    """Tell whether a word says little about the subject of a spoken question."""
    return fold(word) in LIGHT_WORDS


def term_asked_for(text: str) -> str:
    """Return what "wat is een referentieadres?" wants explained; empty when a text asks for no meaning."""
    asked = _ASKS_MEANING.fullmatch(text.strip())
    return asked["term"] if asked else ""
