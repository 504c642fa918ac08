"""Read what a visitor typed. Never raises: what does not parse becomes a note and the rest is searched."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from jurisprudence.search.analysis import QueryWord, clean, query_words, title_key
from jurisprudence.search.named import DEFAULT_COURTS, RULING_WORDS, case_key, courts_in, is_year, name_key
from jurisprudence.search.question import (
    Article,
    Clause,
    Identifier,
    Phrase,
    Prefix,
    Question,
    Step,
    Tagged,
    Term,
    Word,
)
from jurisprudence.search.sentences import is_light, reads_as_sentence, term_asked_for
from jurisprudence.search.stems import fold, stem

MOST_CHARACTERS = 2_000
MOST_WORDS = 300
MOST_WORDS_OF_A_PHRASE = 20
MOST_JOINED_WORDS = 40
MOST_PHRASES = 3  # a phrase of small words is the dearest thing one can ask
MOST_PREFIXES = 4
SHORTEST_PREFIX = 3
SHORTEST_JOINED = 8
FIRST_YEAR, LAST_YEAR = 1900, 2100

FIELDS = {
    "hof": "hof", "court": "hof", "rechtscollege": "hof",
    "jaar": "jaar", "year": "jaar",
    "artikel": "artikel", "article": "artikel", "art": "artikel",
    "thema": "thema", "theme": "thema",
    "nummer": "nummer", "number": "nummer", "nr": "nummer",
    "taal": "taal", "language": "taal",
    "soort": "soort", "kind": "soort",
    "uitkomst": "uitkomst", "outcome": "uitkomst",
}  # fmt: skip
OPERATORS = {"OF": "or", "OR": "or", "EN": "and", "AND": "and", "NIET": "not", "NOT": "not"}
DEFAULT_LAWS = {
    "vw": "VW", "vreemdelingenwet": "VW", "verblijfswet": "VW", "vb": "VB", "vreemdelingenbesluit": "VB",
    "verblijfsbesluit": "VB", "evrm": "EVRM", "gw": "GW", "grondwet": "GW", "bw": "BW", "wbn": "WBN", "wipr": "WIPR",
    "ivrk": "IVRK", "ocmwwet": "OCMWWET", "opvangwet": "OPVANGWET", "leefloonwet": "LEEFLOONWET", "gerw": "GERW",
    "sw": "SW", "strafwetboek": "SW", "vluchtelingenverdrag": "GENEVE", "vweu": "VWEU",
}  # fmt: skip

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»″\uff02", '"'))
_SINGLE_QUOTED = re.compile("(?<!\\w)['\u2018\u201a\u2039]([^'\u2018\u2019\u203a\"]{2,200})['\u2019\u203a](?!\\w)")
_PIECE = re.compile(
    r'(?P<minus>(?<![^\s(])-)?(?:"(?P<phrase>[^"]*)"(?:~(?P<slop>\d{1,3}))?'
    r'|(?P<field>(?<![\w:])[A-Za-z]{2,14}):(?P<value>\s?"[^"]*"|[^\s"]+)'
    r'|(?P<free>[^\s"]+))'
)
_YEARS = re.compile(r"(?P<first>\d{4})?(?P<range>\.\.|-)?(?P<last>\d{4})?$")
_DISTINCTIVE_ARTICLE = re.compile(r"(?:\d+[a-z]{3,}|\d{1,3}/\d{1,3}(?:[a-z]+|/\d+)*(?:-\d+)?)$")
_ANY_ARTICLE = re.compile(r"\d{1,4}(?:[a-z]+)?(?:/\d{1,3}[a-z]*)*(?:-\d{1,2})?$|\d\.\d+$")
_IDENTIFIER = re.compile(
    r"ecli:.+|[ctf]-\d+/\d+(?:ppu)?|[a-z]\.\d{2}\.\d{4}\.[a-z]|\d{5,7}|\d{1,4}/(?:19|20)\d{2}|(?:19|20)\d{2}/\d{1,5}"
    r"|\d{4,6}/\d{2}$"
)
_ARTICLE_WORDS = frozenset({"art", "artikel", "artikelen", "article"})


@dataclass
class _Reading:
    """What has been read so far, with the names of laws and courts to recognise."""

    laws: Mapping[str, str]
    courts: Mapping[str, Sequence[str]]
    is_sentence: bool = False
    clauses: list[Clause] = field(default_factory=list)
    excluded: list[Term] = field(default_factory=list)
    filters: dict[str, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    sequence: list[Step] = field(default_factory=list)
    run: list[str] = field(default_factory=list)
    phrases: int = 0
    prefixes: int = 0
    joins_next: bool = False
    excludes_next: bool = False


def parse(
    text: str, laws: Mapping[str, str] = DEFAULT_LAWS, courts: Mapping[str, Sequence[str]] = DEFAULT_COURTS
) -> Question:
    """Return the question in a visitor's text.

    `laws` and `courts` map folded abbreviations and names, letters only, to law ids and values of the facet `hof`.

    Understands words, "phrases" in any quotation marks (with ~n for nearness), -word and NIET, OF, EN, word* and the
    fields hof: jaar: artikel: thema: nummer: taal: soort: uitkomst:. Operators count in capitals only.
    """
    reading = _Reading(laws, courts)
    text = _shortened(clean(text), reading.notes)
    reading.is_sentence = reads_as_sentence(text)
    for piece in _pieces(_with_plain_quotes(text, reading.notes)):
        _read_piece(piece, reading)
    _end_run(reading)
    if reading.joins_next or reading.excludes_next:
        reading.notes.append("Na OF of NIET volgt geen woord; dat teken is overgeslagen.")
    return Question(
        text=text,
        clauses=tuple(reading.clauses),
        excluded=tuple(reading.excluded),
        filters={name: tuple(dict.fromkeys(values)) for name, values in reading.filters.items()},
        notes=tuple(dict.fromkeys(reading.notes)),
        sequence=_sequence(reading),
        title_keys=_title_keys(text),
        name_key=case_key(text),
        is_sentence=reading.is_sentence,
    )


def _title_keys(text: str) -> tuple[str, ...]:
    """Return the keys of titles that a text is, or of the term whose meaning it asks."""
    wanted = [one for one in (text, term_asked_for(text)) if one]
    return tuple(dict.fromkeys(title_key(one, language) for one in wanted for language in ("nl", "fr")))


def _sequence(reading: _Reading) -> tuple[Step, ...]:
    """Return the question as one phrase, when it is short enough to have been meant so.

    An article is no phrase: "art. 27 WIPR" asks as well for the page that writes "artikel 27 van het WIPR".
    """
    required = [clause for clause in reading.clauses if clause.is_required]
    if all(isinstance(clause.alternatives[0], Article) for clause in required):
        return ()
    is_phrase = 1 < len(reading.sequence) <= MOST_WORDS_OF_A_PHRASE and not reading.excluded
    return tuple(reading.sequence) if is_phrase else ()


def _shortened(text: str, notes: list[str]) -> str:
    text = " ".join(text[: 4 * MOST_CHARACTERS].split()) if len(text) <= 4 * MOST_CHARACTERS else text
    words = text[: 4 * MOST_CHARACTERS].split()
    short = " ".join(words[:MOST_WORDS])[:MOST_CHARACTERS]
    if len(short) < len(text.strip()):
        notes.append(f"De zoekvraag is ingekort tot {MOST_WORDS} woorden of {MOST_CHARACTERS} tekens.")
    return short


def _with_plain_quotes(text: str, notes: list[str]) -> str:
    """Turn all quotation marks into straight ones and close or drop a lonely one."""
    text = _SINGLE_QUOTED.sub(r'"\1"', text.translate(_QUOTES))
    if text.count('"') % 2 == 0:
        return text
    place = text.rindex('"')
    notes.append("Er ontbrak een aanhalingsteken; het is aangevuld.")
    opens = place + 1 < len(text) and text[place + 1].isalnum() and not text[:place][-1:].isalnum()
    return text + '"' if opens else text[:place] + " " + text[place + 1 :]


def _pieces(text: str) -> Iterator[re.Match[str]]:
    return _PIECE.finditer(text)


def _read_piece(piece: re.Match[str], reading: _Reading) -> None:
    if piece["phrase"] is not None:
        _end_run(reading)
        _read_phrase(piece, reading)
    elif piece["field"] is not None and piece["field"].lower() != "ecli":
        _end_run(reading)
        _read_field(piece, reading)
    elif piece.group() in OPERATORS:
        _end_run(reading)
        _read_operator(OPERATORS[piece.group()], reading)
    else:
        _read_free(piece, reading)


def _read_operator(operator: str, reading: _Reading) -> None:
    if operator == "not":
        reading.excludes_next = True
    elif operator == "or" and not reading.clauses:
        reading.notes.append("Voor OF staat geen woord; dat teken is overgeslagen.")
    elif operator == "or":
        reading.joins_next = True


def _read_phrase(piece: re.Match[str], reading: _Reading) -> None:
    words = query_words(piece["phrase"])
    steps = tuple(step for word in words for step in word.steps)
    if not steps:
        reading.notes.append("Tussen de aanhalingstekens staat geen woord.")
        return
    if reading.phrases >= MOST_PHRASES:
        reading.notes.append(
            f"Meer dan {MOST_PHRASES} woordgroepen kan niet; de andere zijn als losse woorden gezocht."
        )
        reading.run += piece["phrase"].split()
        return
    reading.phrases += 1
    slop = min(int(piece["slop"] or 0), 100)
    phrase = Phrase(f"“{piece['phrase'].strip()}”", steps, slop)
    _add([phrase, *_article_of_phrase(words, reading)], reading, is_excluded=bool(piece["minus"]))
    reading.sequence += steps


def _article_of_phrase(words: list[QueryWord], reading: _Reading) -> list[Term]:
    """Return the article between quotation marks: "artikel 8 evrm" means art. 8 EVRM however a text writes it."""
    required = [clause for clause in _clauses(words, reading) if clause.is_required]
    is_article = len(required) == 1 and isinstance(required[0].alternatives[0], Article)
    return [required[0].alternatives[0]] if is_article else []


def _read_free(piece: re.Match[str], reading: _Reading) -> None:
    text = piece.group().strip("()[]{}")
    if piece["minus"]:
        _end_run(reading)
        reading.excludes_next = True
        text = text.removeprefix("-")
    prefix = re.fullmatch(r"[^\W\d_]+\*+", text)
    if prefix:
        _end_run(reading)
        _read_prefix(text.rstrip("*"), reading)
    elif reading.joins_next or reading.excludes_next:
        _read_single(text, reading)
    else:
        reading.run.append(text)


def _read_single(text: str, reading: _Reading) -> None:
    """Read the one word that NIET, - or OF applies to; a piece without letters leaves the operator waiting."""
    terms = [term for clause in _clauses(query_words(text), reading) for term in clause.alternatives]
    if len(terms) > 1:
        terms = [Phrase(text, tuple(step for word in query_words(text) for step in word.steps))]
    if terms:
        _add(terms, reading)


def _read_prefix(start: str, reading: _Reading) -> None:
    if len(start) < SHORTEST_PREFIX:
        reading.notes.append(f"Voor een sterretje zijn minstens {SHORTEST_PREFIX} letters nodig.")
        reading.run.append(start)
        return
    if reading.prefixes >= MOST_PREFIXES:
        reading.notes.append(
            f"Meer dan {MOST_PREFIXES} sterretjes kan niet; de andere zijn als gewone woorden gezocht."
        )
        reading.run.append(start)
        return
    reading.prefixes += 1
    _add([Prefix(f"{start}*", fold(start))], reading)


def _read_field(piece: re.Match[str], reading: _Reading) -> None:
    name, value = FIELDS.get(piece["field"].lower()), piece["value"].strip().strip('"').strip()
    if name is None:
        if not value.startswith("//"):
            reading.notes.append(f"Het veld “{piece['field']}” bestaat niet; er is op de woorden zelf gezocht.")
        reading.run += [piece["field"], value]
    elif name == "jaar":
        _read_years(value, reading)
    elif name in {"nummer", "artikel"}:
        _read_numbered(name, value, reading)
    elif value:
        reading.filters.setdefault(name, []).append(value)


def _read_years(value: str, reading: _Reading) -> None:
    match = _YEARS.match(value)
    if match is None or not (match["first"] or match["last"]) or (match["last"] and not match["range"]):
        reading.notes.append(f"“{value}” is geen jaar; schrijf jaar:2021 of jaar:2019..2021.")
        return
    first = int(match["first"] or FIRST_YEAR)
    last = int(match["last"] or (LAST_YEAR if match["range"] else first))
    years = range(max(min(first, last), FIRST_YEAR), min(max(first, last), LAST_YEAR) + 1)
    reading.filters.setdefault("jaar", []).extend(str(year) for year in years)


def _read_numbered(name: str, value: str, reading: _Reading) -> None:
    words = query_words(value.replace(":", " ") if name == "artikel" else value)
    for index, word in enumerate(words):
        normal = word.steps[0][0].decode()
        if name == "nummer" and any(letter.isdigit() for letter in normal):
            _add([Identifier(word.text, normal, word.steps[0])], reading)
            return
        if name == "artikel" and _ANY_ARTICLE.match(normal):
            others = words[:index] + words[index + 1 :]
            law = next((reading.laws[key] for other in others if (key := name_key(other.text)) in reading.laws), None)
            _add([_article(word, law, reading.laws)], reading)
            return
    reading.notes.append(f"“{value}” is geen {name}; schrijf bijvoorbeeld artikel:40ter of nummer:246.433.")


def _add(terms: Iterable[Term], reading: _Reading, *, is_excluded: bool = False) -> None:
    """Add terms as a new clause, to the clause before OF, or to what is excluded."""
    if is_excluded or reading.excludes_next:
        reading.excluded += terms
    elif reading.joins_next and reading.clauses:
        last = reading.clauses[-1]
        reading.clauses[-1] = Clause((*last.alternatives, *terms))
    else:
        reading.clauses.append(Clause(tuple(terms)))
    reading.joins_next = reading.excludes_next = False


def _end_run(reading: _Reading) -> None:
    """Turn the loose words collected so far into clauses."""
    words = query_words(" ".join(reading.run))
    reading.run.clear()
    reading.clauses += _clauses(words, reading)
    reading.sequence += [step for word in words for step in word.steps]


def _clauses(words: list[QueryWord], reading: _Reading) -> list[Clause]:
    names_identifier = any(_is_identifier(word) for word in words)
    courts = courts_in(words, reading.courts)
    court = next((codes[0].casefold() for _, codes in courts.values()), None)
    clauses: list[Clause] = []
    place = 0
    while place < len(words):
        length, codes = courts.get(place, (1, ()))
        if codes:
            clauses.append(_court_clause(words[place : place + length], codes, is_required=not names_identifier))
        else:
            clauses.append(_clause(words, place, reading, court, names_identifier=names_identifier))
        place += length
    return clauses


def _clause(
    words: list[QueryWord], place: int, reading: _Reading, court: str | None, *, names_identifier: bool
) -> Clause:
    word, before = words[place], words[place - 1] if place else None
    article = _article_here(word, before, words[place + 1 : place + 4], reading.laws)
    if _is_identifier(word):
        return Clause((Identifier(word.text, word.steps[0][0].decode(), word.steps[0], court),))
    if article is not None:
        return Clause((article,))
    plain = Word(word.text, word.steps, word.joined)
    if is_year(words, place):
        return Clause((plain, Tagged(word.text, "jaar", (word.text,))))
    if _is_side_word(word, words[:place], reading, names_identifier=names_identifier):
        return Clause((plain,), is_required=False)
    return _word_clause(word, before, words[place + 1 : place + 2], is_long=len(words) > MOST_JOINED_WORDS)


def _court_clause(words: list[QueryWord], codes: tuple[str, ...], *, is_required: bool) -> Clause:
    text = " ".join(word.text for word in words)
    steps = tuple(step for word in words for step in word.steps)
    literal = Phrase(text, steps) if len(steps) > 1 else Word(text, steps, words[0].joined)
    return Clause((literal, Tagged(text, "hof", codes)), is_required=is_required)


def _word_clause(word: QueryWord, before: QueryWord | None, after: list[QueryWord], *, is_long: bool) -> Clause:
    """Return a word; written together with its neighbour it counts too ("gezins hereniging").

    In a long question the words speak for themselves.
    """
    if is_long:
        return Clause((Word(word.text, word.steps, word.joined),))
    pairs = [(before, word)] if before is not None else []
    pairs += [(word, following) for following in after]
    joined = [term for pair in pairs for term in _written_together(*pair)]
    parts = (Word(word.text, word.parts),) if word.parts else ()
    return Clause((Word(word.text, word.steps, (*word.joined, *joined)),), expansions=parts)


def _written_together(first: QueryWord, second: QueryWord) -> Step:
    whole = fold(first.text + second.text)
    if len(first.steps) > 1 or len(second.steps) > 1 or len(whole) < SHORTEST_JOINED or not whole.isalpha():
        return ()
    return (stem(whole, "nl").encode(),)


def _is_identifier(word: QueryWord) -> bool:
    return len(word.steps) == 1 and _IDENTIFIER.fullmatch(word.steps[0][0].decode()) is not None


def _is_side_word(word: QueryWord, before: list[QueryWord], reading: _Reading, *, names_identifier: bool) -> bool:
    if word.is_function_word or (names_identifier and fold(word.text) in RULING_WORDS):
        return True
    if reading.is_sentence and is_light(word.text):
        return True
    has_article = any(_ANY_ARTICLE.match(other.steps[0][0].decode()) for other in before[-3:])
    return has_article and name_key(word.text) in reading.laws


def _article_here(
    word: QueryWord, before: QueryWord | None, after: list[QueryWord], laws: Mapping[str, str]
) -> Article | None:
    """Return the article a word names: "40ter" always, "8" only after "artikel" or before a law."""
    number = word.steps[0][0].decode()
    if len(word.steps) > 1 or not _ANY_ARTICLE.match(number):
        return None
    law = next((laws[key] for other in after if (key := name_key(other.text)) in laws), None)
    is_announced = before is not None and fold(before.text).strip(".") in _ARTICLE_WORDS
    if _DISTINCTIVE_ARTICLE.match(number) or is_announced or law is not None:
        return _article(word, law, laws)
    return None


def _article(word: QueryWord, law: str | None, laws: Mapping[str, str]) -> Article:
    names = [alias for alias, law_id in laws.items() if law_id == law] if law else []
    law_steps = tuple((stem(name, "nl").encode(), name.encode()) for name in names if name.isalnum())
    text = f"art. {word.text} {law}" if law else f"art. {word.text}"
    return Article(text, word.steps[0][0].decode(), law, word.steps[0], law_steps)
