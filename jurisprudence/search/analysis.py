"""Dutch and French legal text as the index sees it: identifiers, numbers, words, compounds, sentences.

Identifiers and numbers are read before words, accents are folded before stemming, nothing is dropped: "geen" and "niet"
decide a case. Compound parts are added when indexing only, so "aanvraag" finds "visumaanvraag" but not the reverse.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from jurisprudence.search.compounds import SHORTEST_COMPOUND, compound_parts
from jurisprudence.search.stems import fold, stem
from jurisprudence.search.wordlists import read_words

LONGEST_WORD = 60
LONGEST_ORDINAL = 25  # characters; the standard allows an ECLI no more, and Python reads no number without end
REMEMBERED_CHUNKS = 20_000
QUERY_LANGUAGES = ("nl", "fr", "")

ORDINALS = (
    "bis|ter|quater|quinquies|sexies|septies|octies|novies|nonies|decies|undecies|duodecies|terdecies|quaterdecies"
    "|quindecies"
)
_ELI = r"[A-Z]{2}:[A-Z0-9]+:\d{4}:[A-Z0-9.]*[A-Z0-9]"

# One cheap expression cuts the text in chunks; what a chunk means is worked out once per distinct chunk.
_CHUNK = re.compile(
    rf"(?>[^\W\d_]+)(?![\w.:/'’-]|\ \d)"  # the fast path: nearly every word
    rf"|(?:\b[^\W\d_]\.){{2,}}(?:[^\W\d_]{{1,2}}\b\.?)?"
    rf"|\b[CTF]\ \d{{1,4}}/\d{{2}}\b"
    rf"|\d+(?:/\d+)*\ (?i:{ORDINALS})\b(?:/\d+)*"
    rf"|(?<![\d/.,])\d{{1,3}}(?:\.\d{{3}})+(?![\d/])"
    rf"|(?<![\d/.,])\d{{2,3}}\ \d{{3}}(?![\d/])"
    rf"|\w+(?:[-'’/.:]\w+)*"
)
_TOKEN = re.compile(
    rf"(?P<plain>(?>[^\W\d_]+(?:[-'’][^\W\d_]+)*)(?![.:]\w|-\d|\ \d|\d+/\d))"
    rf"|(?P<ecli>\b(?i:ECLI:{_ELI}))"
    rf"|(?P<case>\b(?:[CTFctf][-\ ]\d+/\d+(?:\ ?PPU)?|[CTF]\d{{1,4}}/\d{{2}}\b|[A-Za-z]\.\d{{2}}\.\d{{4}}\.[A-Za-z]\b))"
    rf"|(?P<number>(?<![\d/.,])\d{{1,3}}(?:\.\d{{3}})+(?![\d/])|(?<![\d/.,])\d{{2,3}}\ \d{{3}}(?![\d/]))"
    rf"|(?P<decimal>(?<![\d.])\d+\.\d{{1,2}}(?![\d.]))"
    rf"|(?P<article>\d+(?:/\d+)*(?:(?P<gap>\ ?)(?i:{ORDINALS})\b)?(?:/\d+)*(?:(?<=/\d)-\d{{1,2}}(?![\d/])"
    rf"|(?<=/\d\d)-\d{{1,2}}(?![\d/])|[a-z]\b)?)"
    rf"|(?P<short>\b(?:[^\W\d_]\.){{2,}}(?:[^\W\d_]{{1,2}}\b\.?)?)"
    rf"|(?P<word>[^\W\d_]+(?:[-'’][^\W\d_]+)*)"
)
_ELISION = re.compile(r"^(?:l|d|j|n|s|t|c|m|qu|jusqu|lorsqu|puisqu|quoiqu)'(?=.)", re.IGNORECASE)
_HYPHENS = str.maketrans(
    {"\u2010": "-", "\u2011": "-", "\u2012": "-", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\ufeff": " "}
)
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u2060\u202a-\u202e]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_DASH_INSIDE = re.compile(r"(?<=\w)\u2013(?=\w)")
_COMBINING = re.compile(r"[\u0300-\u036f]")
_SENTENCE_END = re.compile(r"(?<=[.!?;])[\"'”’)»]*\s+(?=[\"'“‘(«]*[A-ZÀ-Þ0-9])|\s*\n\s*")
_ABBREVIATION = re.compile(r"(?:\b(?:art|nr|nrs|al|blz|p|e\.a|d|c|t|m|st|inz|bv|zgn|cf|vgl|resp|o|R)\.)$")
_FRENCH = frozenset(
    [
        "le",
        "la",
        "les",
        "des",
        "du",
        "une",
        "est",
        "et",
        "dans",
        "pour",
        "que",
        "qui",
        "au",
        "aux",
        "sur",
        "article",
        "loi",
    ]
)
_DUTCH = frozenset(["het", "een", "van", "dat", "is", "niet", "voor", "op", "met", "aan", "door", "artikel", "wet"])
FUNCTION_WORDS = read_words("kleine_woorden")


Steps = tuple[tuple[bytes, ...], ...]
"""Per word position the index terms that stand there."""


@dataclass(frozen=True)
class Token:
    """One index term with its place: `position` counts words, `start` and `end` are character offsets."""

    term: str
    position: int
    start: int
    end: int


@dataclass(frozen=True)
class QueryWord:
    """One word of a question: per position the terms that satisfy it, and other ways to write the same word.

    `joined` holds the terms of a hyphenated word written as one; `parts` the parts of a compound.
    """

    text: str
    steps: tuple[tuple[bytes, ...], ...]
    joined: tuple[bytes, ...] = ()
    parts: tuple[tuple[bytes, ...], ...] = ()
    is_function_word: bool = False


def clean(text: str) -> str:
    """Return the text without control and invisible characters, with plain spaces and hyphens.

    This is the text that is stored and that offsets refer to.
    """
    text = _CONTROL.sub(" ", _INVISIBLE.sub("", text)).translate(_HYPHENS)
    text = _DASH_INSIDE.sub("-", text)
    return unicodedata.normalize("NFC", text) if _COMBINING.search(text) else text


def guess_language(text: str) -> str:
    """Return "fr" when the function words of the text are mostly French, "nl" otherwise."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    french = sum(word in _FRENCH for word in words) + len(re.findall(r"\b[ldnsjc]['’]\w", text.lower()))
    return "fr" if french > sum(word in _DUTCH for word in words) else "nl"


def tokens(text: str, language: str = "nl") -> list[Token]:
    """Return all index terms of a text, in order; several terms may share one position."""
    found: list[Token] = []
    position = 0
    for start, end, steps in _pieces(clean(text), language):
        for place, alternatives in enumerate(steps, start=position):
            found.extend(Token(term, place, start, end) for term in alternatives)
        position += len(steps)
    return found


def split_chunks(text: str) -> list[str]:
    """Return the chunks of a clean text in order; what one means does not depend on its neighbours."""
    return _CHUNK.findall(text)


def chunks_with_starts(text: str) -> list[tuple[str, int]]:
    """Return the chunks of a clean text in order, each with the character at which it begins."""
    return [(match.group(), match.start()) for match in _CHUNK.finditer(text)]


def chunk_end(text: str, start: int) -> int:
    """Return where the chunk of a clean text ends that begins at a character."""
    match = _CHUNK.match(text, start)
    return match.end() if match else start


def chunk_steps(chunk: str, language: str) -> Steps:
    """Return what a chunk means: per word position the index terms that stand there."""
    return tuple(
        tuple(term.encode() for term in alternatives)
        for match in _TOKEN.finditer(chunk)
        for alternatives in _terms(match, language)
    )


def words_with_places(text: str, language: str) -> Iterator[tuple[int, int, int, int]]:
    """Yield, for each chunk of a clean text: its first word position, how many it takes, its start and its end."""
    position, chunks = 0, _chunks(language)
    for match in _CHUNK.finditer(text):
        chunk = match.group()
        width = 1 if chunk.isalpha() else len(chunks[chunk])  # a word of letters alone is one word: nothing to work out
        yield position, width, match.start(), match.end()
        position += width


class Marker:
    """Finds wanted terms in pieces of text of one language; remembers each distinct chunk it has judged."""

    def __init__(self, wanted: frozenset[bytes], language: str) -> None:
        self._is_wanted = _Wanted(wanted, language)

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Return the character spans in a clean text that hold a wanted term, in order, never overlapping."""
        is_wanted = self._is_wanted
        return [match.span() for match in _CHUNK.finditer(text) if is_wanted[match.group()]]


def sentence_starts(text: str) -> list[int]:
    """Return the character offsets at which sentences begin, 0 first; a line break ends a sentence too."""
    ends = _SENTENCE_END.finditer(text)
    return [0, *(match.end() for match in ends if "\n" in match.group() or not _is_abbreviated(text, match.start()))]


def _is_abbreviated(text: str, place: int) -> bool:
    """Tell whether the full stop before this place belongs to an abbreviation ("art. 40ter")."""
    return _ABBREVIATION.search(text, max(0, place - 5), place) is not None


def query_words(text: str) -> list[QueryWord]:
    """Return the words of a question, each with its terms in every indexed language."""
    return [_query_word(match) for match in _token_matches(clean(text))]


def title_key(text: str, language: str) -> str:
    """Return a title as one comparable string: the first term of every position."""
    first = [alternatives[0] for _, _, steps in _pieces(clean(text), language) for alternatives in steps]
    return " ".join(first)


def normal_number(text: str) -> str:
    """Return an identifier in its normal form: "218.123" → "218123", "c‑578/08" → "c-578/08", ECLI in lower case.

    Text without any token gives the empty string; several tokens are joined by blanks.
    """
    return " ".join(
        _special(match)[0] if not _is_word(match) else fold(match.group()) for match in _token_matches(text)
    )


class _Chunks(dict[str, Steps]):
    """Remembers what each distinct chunk of text means in one language, up to a number of them."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language

    def __missing__(self, chunk: str) -> Steps:
        steps = chunk_steps(chunk, self.language)
        if len(self) < REMEMBERED_CHUNKS:
            self[chunk] = steps
        return steps


class _Wanted(dict[str, bool]):
    """Remembers which distinct chunks of text hold a wanted term."""

    def __init__(self, wanted: frozenset[bytes], language: str) -> None:
        super().__init__()
        self._wanted = wanted
        self._meanings = _chunks(language)

    def __missing__(self, chunk: str) -> bool:
        held = self[chunk] = any(not self._wanted.isdisjoint(terms) for terms in self._meanings[chunk])
        return held


_remembered: dict[str, _Chunks] = {}


def _chunks(language: str) -> _Chunks:
    return _remembered.setdefault(language, _Chunks(language))


def _token_matches(text: str) -> Iterator[re.Match[str]]:
    for chunk in _CHUNK.finditer(text):
        yield from _TOKEN.finditer(chunk.group())


def _pieces(text: str, language: str) -> Iterator[tuple[int, int, list[tuple[str, ...]]]]:
    for chunk in _CHUNK.finditer(text):
        for match in _TOKEN.finditer(chunk.group()):
            yield chunk.start() + match.start(), chunk.start() + match.end(), _terms(match, language)


def _is_word(match: re.Match[str]) -> bool:
    return match.lastgroup in {"plain", "word"}


def _terms(match: re.Match[str], language: str) -> list[tuple[str, ...]]:
    """Return the index terms of one token, one tuple of alternatives per position."""
    if not _is_word(match):
        return [tuple(dict.fromkeys(_special(match)))]
    if len(match.group()) > LONGEST_WORD:
        return [(fold(match.group())[:LONGEST_WORD],)]
    parts = _word_parts(match.group())
    steps = [(stem(part, language), *_part_stems(part, language)) for part in parts]
    if len(parts) > 1:
        steps[0] = (*steps[0], stem("".join(parts), language))
    return [tuple(dict.fromkeys(step)) for step in steps]


def _part_stems(word: str, language: str) -> Iterable[str]:
    if language != "nl" or len(word) < SHORTEST_COMPOUND:
        return ()
    return (stem(part, language) for part in compound_parts(word))


def _word_parts(word: str) -> list[str]:
    """Return the folded parts of a hyphenated word without elision and genitive."""
    word = word.replace("’", "'")
    if "'" in word:
        word = _ELISION.sub("", word).removesuffix("'s").replace("'", "")
    return [part for part in fold(word).split("-") if part] or [fold(word)]


def _special(match: re.Match[str]) -> list[str]:
    """Return the terms of an identifier or number, its own normal form first."""
    text, kind = match.group(), match.lastgroup
    if kind == "number":
        return [re.sub(r"\D", "", text)]
    if kind == "ecli":
        return [text.lower(), *_ecli_numbers(text)]
    if kind == "short":
        return [text.replace(".", "").lower()]
    if kind == "case":
        return [re.sub(r"^([ctf])[ -]?(?=\d)", r"\1-", fold(text)).replace(" ", "")]
    joined = fold(text.replace(" ", ""))
    if match["gap"] and joined.endswith("ter"):
        # "62 ter zitting": the suffix may be a Dutch preposition, so the bare number is a term too
        return [joined, joined.removesuffix("ter")]
    return [joined]


def _ecli_numbers(ecli: str) -> list[str]:
    """Return the ruling number inside an ECLI when it can be recognised there."""
    _, _, court, year, ordinal = ecli.upper().split(":", 4)
    digits = re.sub(r"\D", "", ordinal)
    if court in {"GHCC", "CA"} and 0 < len(digits) <= LONGEST_ORDINAL:
        return [f"{int(digits)}/{year}"]
    number = re.search(r"(?:^|\.)(\d{1,3}(?:\.\d{3})+|\d{4,6})$", ordinal)
    return [number[1].replace(".", "")] if number else []


def _query_word(match: re.Match[str]) -> QueryWord:
    text = match.group()
    if not _is_word(match):
        return QueryWord(text, ((_special(match)[0].encode(),),), is_function_word=_is_function_word(fold(text)))
    if len(text) > LONGEST_WORD:
        return QueryWord(text, ((fold(text)[:LONGEST_WORD].encode(),),))
    parts = _word_parts(text)
    joined = _in_every_language("".join(parts)) if len(parts) > 1 else ()
    split = compound_parts(parts[0])[:2] if len(parts) == 1 else ()
    return QueryWord(
        text,
        tuple(_in_every_language(part) for part in parts),
        joined,
        tuple((stem(part, "nl").encode(),) for part in split),
        is_function_word=len(parts) == 1 and _is_function_word(parts[0]),
    )


def _is_function_word(word: str) -> bool:
    return word in FUNCTION_WORDS


def _in_every_language(word: str) -> tuple[bytes, ...]:
    return tuple(dict.fromkeys(stem(word, language).encode() for language in QUERY_LANGUAGES))
