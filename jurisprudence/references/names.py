"""The names of laws and courts in running text: longest name first, known ones told from unknown ones.

What is named but stands in no register matters as much as what does: "artikel 3 van de wet van 5 mei 1999" must never
become an article of the law named before it.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

from jurisprudence.courts import Court, CourtRegister
from jurisprudence.identifiers import plain_text
from jurisprudence.legislation import Law, LawRegister
from jurisprudence.references.trees import alternation

MONTHS: Final[Mapping[str, int]] = {
    name: number
    for number, names in enumerate(
        (
            "januari jan janvier", "februari feb février fevrier", "maart mrt mars", "april apr avril", "mei mai",
            "juni juin", "juli juillet", "augustus aug août aout", "september sept septembre", "oktober okt octobre",
            "november nov novembre", "december dec décembre decembre",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH: Final = "|".join(sorted(MONTHS, key=len, reverse=True))
DAY: Final = (
    r"(?P<day>\d{1,2})(?:er|ste|e)?"
    rf"(?:\s*[-/.]\s*(?P<month>\d{{1,2}})\s*[-/.]\s*|\s+(?P<word>{_MONTH})\.?\s+)(?P<year>\d{{4}})\b"
)

_ACTS: Final[Mapping[str, str]] = {
    r"(?:bijzondere |organieke |gewone |samengeordende |geco[öo]rdineerde )?wet(?:ten)?": "wet",
    r"lois?(?: spéciale| organique| ordinaire| coordonnées?)?": "wet",
    r"(?:koninklijk besluit|k\.?\s?b\.?|arrêté royal|a\.?\s?r\.?|arr\.\s?roy\.,?|kon\.\s?besl\.)": "kb",
    r"(?:ministerieel besluit|m\.?\s?b\.?|arrêté ministériel|a\.?\s?m\.?)": "mb",
    r"(?:bijzonder )?decreet|décret(?: spécial)?": "decreet",
    r"ordonnantie|ordonnance": "ordonnantie",
    r"(?:besluit|arrêté)(?: van de| du| de la)?[ \w-]{0,40}?": "besluit",
    r"samenwerkingsakkoord|accord de coopération": "samenwerkingsakkoord",
    r"l\.|w\.": "wet",
    r"besluitwet|arrêté-loi|programmawet(?: \(I+\))?|loi-programme(?: \(I+\))?": "wet",
    r"verdrag|overeenkomst|protocol|convention|traité|protocole": "verdrag",
}
_ACT_BEGINNINGS: Final = (  # of `_ACTS`: most words begin no act, and a tree tells so at once
    "bijzonder", "organiek", "gewone", "samen", "gecoö", "gecoo", "wet", "w.", "loi", "l.", "koninklijk", "kon.",
    "kb", "k.b", "k b", "arr", "ar", "a.r", "a r", "ministerieel", "mb", "m.b", "m b", "am", "a.m", "a m", "decreet",
    "décret", "ordonnan", "besluit", "accord", "programmawet", "verdrag", "overeenkomst", "protoco", "convention",
    "traité",
)  # fmt: skip
_LIKE_A_WET: Final = frozenset({"wet", "wetboek", "grondwet"})
_SAID_BEFORE: Final = r"(?:\s+(?:précitée?s?|susvisée?s?|susmentionnée?s?|dudit|voormelde?))?"
_DATED: Final = re.compile(
    "(?:"
    + "|".join(rf"(?P<act{place}>{act})" for place, act in enumerate(_ACTS))
    + rf"){_SAID_BEFORE}\s+(?:van\s+|du\s+|d'|nr\.?\s*\d+\s+van\s+|(?:n°|num\.)\s*\d+\s+du\s+)?{DAY}",
    re.IGNORECASE,
)
_ACT_OF_GROUP: Final = tuple(_ACTS.values())
_EU_CLASSES: Final[Mapping[str, str]] = {
    "richtlijn": "L", "directive": "L", "verordening": "R", "règlement": "R", "reglement": "R", "besluit": "D",
    "uitvoeringsbesluit": "D", "décision": "D", "kaderbesluit": "F", "décision-cadre": "F",
}  # fmt: skip
_EU_ACT: Final = re.compile(
    rf"(?P<eu>{'|'.join(sorted(_EU_CLASSES, key=len, reverse=True))})\s+"
    r"(?:\(?(?:(?:E\.?U\.?|E\.?G\.?|E\.?E\.?G\.?|U\.?E\.?|C\.?E\.?|C\.?E\.?E\.?|Euratom),?\s?)+\)?\s*)?"
    r"(?:nr\.?\s*|n°\s*|no\.?\s*)?(?P<a>\d{1,4})/(?P<b>\d{1,4})(?:/(?:EG|EU|EEG|CE|UE|CEE|JBZ|JAI)\b)?",
    re.IGNORECASE,
)
_UNREGISTERED: Final = re.compile(
    r"(?:Sociaal|Militair|Waals|Vlaams|Brussels)e?\s+(?:Strafwetboek|Wetboek|Codex)\b(?:\s+\w+)?"
    r"|Wetboek\s+(?:van\s+|der\s+|op\s+)(?:de\s+|het\s+)?[\w-]+(?:\s+en\s+[\w-]+)?"
    r"|Code\s+(?:d'|de\s+la\s+|de\s+l'|des\s+|du\s+|de\s+|wallon|flamand|bruxellois|pénal social|pénal militaire)"
    r"[\w' -]{0,30}"
    r"|(?:Vlaamse|Waalse|Brusselse)\s+(?:Codex|Wooncode)\b(?:\s+[A-Z]\w+)*|Codex\s+[A-Z]\w+(?:\s+[A-Z]\w+)*"
    r"|(?:Eerste|Aanvullend|Zevende|Vierde|[Pp]remier)\s+(?:[Aa]anvullend\s+|additionnel\s+)?[Pp]rotoco\w+"
    r"|Wetb\.\s+(?:van\s+)?\w+\.?|[Ll]oi\s+[a-z]+ale\b|[Ll]oi\s+de\s+[a-zé]+"
    r"|[Ll]ois?\s+(?:coordonnées?\s+)?(?:relatives?|sur|concernant|portant)\b"
    r"|(?:gecoördineerde\s+)?[Ww]et(?:ten)?\s+(?:betreffende|houdende|inzake|tot)\b"
    r"|[Tt]raité\s+instituant\b|[Vv]erdrag\s+tot\s+oprichting\b"
    r"|IVBPR|BUPO|PIDCP|ESH|IVESCR|PIDESC|VCRO|DABM"
    r"|WIB\s?(?:19)?92|W\.?I\.?B\.?|C\.?I\.?R\.?|Sv\.|C\.?I\.?\s?[Cc]r\.?|V\.?T\.?Sv\.?"
)
_KIND_ENDING: Final = "wet|wetboek|decreet|codex|reglement|regeling|ordonnantie|verordening|richtlijn|wooncode|verdrag"
_COMPOUND: Final = re.compile(rf"(?:[A-Z][a-z]+\s+(?=[A-Z]))?[A-Za-z][\w-]{{2,}}(?:{_KIND_ENDING})\b")
_COMPOUND_END: Final = re.compile(rf"(?:{_KIND_ENDING})\b")
_WORD_BEFORE: Final = re.compile(r"[\w-]+$")
_LONGEST_WORD: Final = 40
_FOREIGN: Final = re.compile(
    r"(?:Nederland|Fran|Duit|Marokkaan|Turk|Spaan|Italiaan|Afghaan|Syri|Russi|Iraak|Irak|Algerij|Congole|Luxemburg|Brit"
    r"|Zwitser|Portuge|Pool|Roemeen|Servi)\w*s?e?\s+$",
)
_ELSEWHERE: Final = re.compile(
    r"\s+(?:van\s+)?2000\b|\s+voor\s+(?:de|het)\b"
    r"|\s+(?:van|der)\s+(?:de\s+)?(?:sociaal|verzekerde|gebruiker|sociale|Verenigde|lokale)\b"
    r"|\s+(?:sociale|de l'assuré|pénal)\b|\s+(?:social|militaire|néerlandais|français|allemand|marocain)e?\b"
    r"|\s+van\s+het\s+(?:Koninkrijk|Groothertogdom)\b"
)
_DATE_OF_NAME: Final = re.compile(rf",?\s+(?:van\s+|du\s+|d\.d\.\s+)?{DAY}", re.IGNORECASE)
_TITLE: Final = re.compile(
    r"\s+(?:betreffende|op|inzake|houdende|tot|over)\s+(?:de\s+|het\s+)?(?P<title>[^.;,()]{12,90})"
)
BEFORE_SEAT: Final = r"\s*(?:te\s+|van\s+)?\(?(?:afd(?:eling|\.)\s+)?"
_STEM: Final = 6  # letters: "motivering" and "motiveringen" are one word
_EDGE_BEFORE: Final = r"(?<![\w-])"
_SHORT: Final = 6  # characters: shorter names must be written as they are, "Vb." is not "vb."


@dataclass(frozen=True, slots=True)
class Mention:
    """A law, or something like a law, named in a text. `law` is None when it stands in no register."""

    start: int
    end: int
    law: Law | None
    act: str | None  # kind of act: wet, kb, decreet, richtlijn …; None when the name does not say


def _day(dated: re.Match[str]) -> date | None:
    month = int(dated["month"]) if dated["month"] else MONTHS[dated["word"].lower()]
    try:
        return date(int(dated["year"]), month, int(dated["day"]))
    except ValueError:
        return None


def _has_other_title(text: str, place: int, law: Law) -> bool:
    """Tell whether the Dutch title behind a date is that of another act of the same day."""
    title = _TITLE.match(text, place)
    if title is None:
        return False
    ours = {word[:_STEM] for word in re.findall(r"\w{5,}", " ".join((law.title, *law.spellings)).lower())}
    theirs = {word[:_STEM] for word in re.findall(r"\w{5,}", title["title"].lower())}
    return bool(theirs) and not ours & theirs


class LawNames:
    """Finds laws by their names, their dates and their EU numbers."""

    def __init__(self, laws: LawRegister) -> None:
        self._laws = laws

    def at(self, text: str, place: int) -> Mention | None:
        """Return the law that is named right at a place; what is named but not registered has no law."""
        dated = _DATED.match(text, place)
        if dated:
            return self._of_date(dated, text)
        numbered = _EU_ACT.match(text, place)
        if numbered:
            return self._of_number(numbered)
        for pattern, by_name in self._patterns:
            named = pattern.match(text, place)
            if named:
                return self._of_name(text, named, by_name)
        unknown = _UNREGISTERED.match(text, place) or _COMPOUND.match(text, place)
        return Mention(unknown.start(), unknown.end(), None, _act_of_word(unknown[0])) if unknown else None

    def all(self, text: str, start: int, end: int) -> list[Mention]:
        """Return everything named like a law between two places, in order of their ends."""
        mentions: list[Mention] = []
        place = start
        while found := self._anywhere.search(text, place, end):
            mention = self.at(text, found.start())
            if mention is not None:
                mentions.append(mention)
            place = max(found.end(), mention.end if mention else 0)
        known = {place for mention in mentions for place in range(mention.start, mention.end + 1)}
        for ending in _COMPOUND_END.finditer(text, start, end):
            word = _WORD_BEFORE.search(text, max(start, ending.start() - _LONGEST_WORD), ending.start())
            if word and ending.end() not in known and len(word[0]) > 2:  # noqa: PLR2004 - "dewet" is no word
                mentions.append(Mention(word.start(), ending.end(), None, _act_of_word(ending[0])))
        return sorted(mentions, key=lambda mention: mention.end)

    def _of_name(self, text: str, named: re.Match[str], by_name: Mapping[str, Law]) -> Mention:
        law = by_name[_key(named[0])]
        other = _ELSEWHERE.match(text, named.end()) or self._other_date(text, named.end(), law)
        if other or _FOREIGN.search(text, max(0, named.start() - 16), named.start()):
            return Mention(named.start(), other.end() if other else named.end(), None, law.kind)
        return Mention(named.start(), named.end(), law, law.kind)

    @staticmethod
    def _other_date(text: str, place: int, law: Law) -> re.Match[str] | None:
        """Return the date behind a name when it is not that of the law: "Verdrag van Genève van 29 april 1958"."""
        dated = _DATE_OF_NAME.match(text, place)
        return dated if dated and law.date and _day(dated) != law.date else None

    def _of_date(self, dated: re.Match[str], text: str) -> Mention:
        act = next(act for place, act in enumerate(_ACT_OF_GROUP) if dated[f"act{place}"])
        day = _day(dated)
        law = self._by_date.get((act, day)) if day else None
        if law is not None and _has_other_title(text, dated.end(), law):
            law = None
        return Mention(dated.start(), dated.end(), law, act)

    def _of_number(self, numbered: re.Match[str]) -> Mention:
        letter = _EU_CLASSES[numbered["eu"].lower()]
        pair = (int(numbered["a"]), int(numbered["b"]))
        law = self._by_number.get((letter, *pair)) or self._by_number.get((letter, pair[1], pair[0]))
        act = {"L": "richtlijn", "R": "verordening"}.get(letter, "besluit")
        return Mention(numbered.start(), numbered.end(), law, act)

    @cached_property
    def _by_date(self) -> dict[tuple[str, date], Law]:
        dated = [law for law in self._laws.laws if law.date and not law.celex]
        return {
            (act, law.date): law
            for law in reversed(dated)
            if law.date
            for act in ({"wet"} if law.kind in _LIKE_A_WET else {law.kind, *({"besluit"} & {law.kind})})
        }

    @cached_property
    def _by_number(self) -> dict[tuple[str, int, int], Law]:
        found = ((law, re.fullmatch(r"3(\d{4})([LRD])(\d{4})", str(law.celex))) for law in self._laws.laws)
        return {(celex[2], int(celex[1]), int(celex[3])): law for law, celex in found if celex}

    @cached_property
    def _patterns(self) -> tuple[tuple[re.Pattern[str], Mapping[str, Law]], ...]:
        """Short names as they are written, then long ones in any case."""
        names = [(name, law) for law in reversed(self._laws.laws) for name in _names_of(law)]
        short = {_key(name): law for name, law in names if len(name) < _SHORT}
        long = {_key(name): law for name, law in names if len(name) >= _SHORT}
        lowered = {name.lower(): law for name, law in long.items()}
        return (
            (re.compile(_EDGE_BEFORE + alternation(long, ignore_case=True)), _AnyCase(lowered)),
            (re.compile(_EDGE_BEFORE + alternation(short)), short),
        )

    @cached_property
    def _anywhere(self) -> re.Pattern[str]:
        """Where a law may be named; whether one is, `at` decides."""
        names = "|".join(pattern.pattern.removeprefix(_EDGE_BEFORE) for pattern, _ in self._patterns)
        begins_act = f"(?={alternation(_ACT_BEGINNINGS, ignore_case=True, is_whole=False)})"
        act = rf"(?i:{'|'.join(_ACTS)})(?={_SAID_BEFORE}\s+(?:van\s+|du\s+|d'|nr|n°|num)?\s*\d)"
        eu_class = rf"{alternation(_EU_CLASSES, ignore_case=True)}(?=\s+(?i:[(\dneuc]))"
        return re.compile(rf"{_EDGE_BEFORE}(?=\w)(?:{names}|{begins_act}{act}|{eu_class}|{_UNREGISTERED.pattern})")


@dataclass(frozen=True, slots=True)
class CourtMention:
    """A court named in a text."""

    start: int
    end: int
    court: Court


def _is_seat_of(before: CourtMention, town: re.Match[str], text: str) -> bool:
    """Tell whether a town is where the court before it sits: in "familierechtbank Gent" it is no hof van beroep."""
    is_seat = any(town[0] == division for division, _ in before.court.divisions)
    return is_seat and re.compile(BEFORE_SEAT).fullmatch(text, before.end, town.start()) is not None


class CourtNames:
    """Finds courts by their names and abbreviations, in Dutch and in French."""

    def __init__(self, courts: CourtRegister) -> None:
        self._courts = courts

    def all(self, text: str, start: int, end: int) -> list[CourtMention]:
        """Return the courts named between two places, in order."""
        mentions: list[CourtMention] = []
        for match in self._pattern.finditer(text, start, end):
            if not (mentions and _is_seat_of(mentions[-1], match, text)):
                mentions.append(CourtMention(*match.span(), self._by_name[_key(match[0]).lower()]))
        return mentions

    @cached_property
    def _by_name(self) -> dict[str, Court]:
        courts = [court for court in self._courts.courts if not court.is_authority]
        return {
            _key(name).lower(): court
            for court in reversed(courts)
            for name in (*_names_of_court(court), *court.spellings)
            if len(name) > len("KI")
        }

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        names = {_key(name) for court in self._courts.courts for name in (*_names_of_court(court), *court.spellings)}
        known = {name for name in names if name.lower() in self._by_name}
        short, long = {n for n in known if len(n) < _SHORT}, {n for n in known if len(n) >= _SHORT}
        return re.compile(f"{_EDGE_BEFORE}(?:{alternation(long, ignore_case=True)}|{alternation(short)})")


def without_accents(name: str) -> str:
    """Return a name as old texts have it: "gecoordineerde wetten", "Code penal"."""
    return "".join(sign for sign in unicodedata.normalize("NFD", name) if not unicodedata.combining(sign))


class _AnyCase(dict[str, Law]):
    def __missing__(self, key: str) -> Law:
        return self[key.lower()]


_FULL_TITLE: Final = re.compile(
    r"(?P<act>(?:Organieke |Bijzondere )?(?:Wet|Decreet|Ordonnantie)|Koninklijk besluit|Samenwerkingsakkoord)"
    r" van \d+ \w+ \d{4} (?P<title>(?:betreffende|houdende|tot|inzake) [^(;]+)"
)


def _names_of(law: Law) -> set[str]:
    names = {plain_text(name) for name in (law.abbreviation, *law.aliases, *law.spellings, law.long_form) if name}
    titled = _FULL_TITLE.match(law.title)
    if titled:
        names.add(plain_text(f"{titled['act']} {titled['title']}"))
    names |= {name.removesuffix(".") for name in names if name.endswith(".") and "." in name[:-1]}
    return names | {without_accents(name) for name in names}


def _names_of_court(court: Court) -> list[str]:
    names = [court.name_nl, court.name_fr, court.label, court.abbr_nl, court.cite, *(court.abbr_fr or "").split(" / ")]
    return [plain_text(name) for name in names if name]


def _key(name: str) -> str:
    """Return a name as the trees hold it: one blank between words and none behind a full stop."""
    return plain_text(name).replace(". ", ".")


def _act_of_word(name: str) -> str | None:
    lowered = name.lower()
    acts: tuple[tuple[str, str], ...] = (
        ("wetboek", "wetboek"), ("code", "wetboek"), ("wet", "wet"), ("decreet", "decreet"), ("codex", "decreet"),
        ("verdrag", "verdrag"), ("protoco", "verdrag"), ("richtlijn", "richtlijn"), ("verordening", "verordening"),
        ("besluit", "kb"), ("ordonnantie", "ordonnantie"),
    )  # fmt: skip
    is_act: Callable[[str], bool] = lowered.__contains__
    return next((act for word, act in acts if is_act(word)), None)
