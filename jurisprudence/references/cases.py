"""Rulings in running text: ECLI, and the numbers of each court in the forms it uses.

Some forms belong to one court and stand alone (C-578/08, C.15.0014.N, 26/CAS/0418). Others say nothing without a
court: RvV 245.404 and RvS 245.404 both exist, and 121/2013, 41738/10 and 15/3105/A are told apart by the court named
beside them.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Final

from jurisprudence.courts import Court
from jurisprudence.identifiers import (
    Ecli,
    InvalidEcli,
    InvalidRulingNumber,
    RulingNumber,
    parse_ecli,
    parse_ruling_number,
)
from jurisprudence.references import rules
from jurisprudence.references.found import Kind, Reference
from jurisprudence.references.names import BEFORE_SEAT, DAY, MONTHS, CourtMention, CourtNames
from jurisprudence.references.prepared import Prepared

_NR: Final = r"(?:\bnummers?|\bnrs?\b\.?|\bn°s?|\bnos?\b\.?|\bNos?\b\.?|№)\s*"
_MORE: Final = re.compile(r"\s*(?:,|;|&|\ben\b|\bet\b|\band\b)\s*(?:nrs?\.?\s*|n°\s*|nos?\s*)?")
_BEFORE_SERIES: Final = re.compile(
    rf"(?:{_NR}|\d{{4}},\s+"
    r"|\b(?:arrest(?:en)?|arrêts?|beschikking|ordonnance|RvV|RvS|RVV|CCE|C\.C\.E\.|C\.E\.),?\s+)$"
)
_BEFORE_OLD_EU: Final = re.compile(rf"\b(?:[Zz]aa?k(?:en)?|[Aa]ff(?:aires?|\.)|[Aa]rrest|[Aa]rrêt)\s+(?:{_NR})?$")
_SLASHED: Final = ((rules.GWH, "GWH"), (rules.ECHR, "EHRM"), (rules.ROLL, None), (rules.OLD_EU_CASE, "HVJ"))
_WORD_BEFORE_SLASH: Final = re.compile(r"(?:\d{1,3}\.\d{3}|[\w-]{1,8})$")
_LONGEST_BEFORE_SLASH: Final = 8
_ROLE_BEFORE: Final = re.compile(
    r"(?:rolnummers?|rol\s?nrs?\.?|rol|A\.?R\.?|R\.?G\.?|G/A|A\.|dossiernummers?|dossier|O\.?V\.?|rôle|aanslagnummer"
    r"|ondernemingsnummer|KBO)\s*(?:nrs?\.?|nummer|n°)?\s*:?\s*$",
    re.IGNORECASE,
)
_DATE: Final = re.compile(DAY, re.IGNORECASE)
_DATE_AFTER: Final = re.compile(rf"\s*,?\s*(?:van|du|d\.d\.|dd\.?|-)\s*{DAY}", re.IGNORECASE)
_DATE_AND_COMMA: Final = re.compile(rf"{_DATE_AFTER.pattern}\s*,", re.IGNORECASE)
_COURT_AFTER: Final = re.compile(  # what may stand between a number and its court: "nr. 81/2020 en 82/2020 van het …"
    rf"""
    (?:\s*(?:,|\ben\b|\bet\b)\s*(?:(?:het\s+|l')?(?:arrest|arrêt)\s+)?(?:{_NR})?[\d./ ]{{5,8}})*
    \s*,?\s*(?:(?:van|du|d\.d\.|dd\.?)\s+(?:{DAY}|\d{{1,2}}\s+[a-zéû]+)\s*,?\s*)?
    (?:\(|\[|van\s+(?:de|het)\s+|du\s+|de\s+la\s+|door\s+(?:de|het)\s+)\s*
    """,
    re.IGNORECASE | re.VERBOSE,
)
_ANOTHER_COURT: Final = re.compile(  # one we do not know: "RvS 1 mei 2013, nr. 222.898; R.Stvb. 3 mei 2015, nr. 2.568"
    rf";\s*(?:[^;:]{{0,40}}:\s*)?[A-Z][\w.]+(?:\s[A-Z][\w.]+)?\s+(?i:{DAY})"
)
_PARTIES: Final = re.compile(
    r"\s*,\s*(?P<parties>[A-Z\u00c0-\u00dd][^,;()\n]{0,80}?\s(?:t\.|c\.|v\.|tegen|contre)"
    r"\s[A-Z\u00c0-\u00dd][\w-]+(?:\s[A-Z][\w-]+)?)"
)
_SEAT: Final = re.compile(BEFORE_SEAT + r"(?P<town>[A-Z][a-z]+(?:-[A-Z]\w+)?)")
_NEAR: Final = 260  # characters: a court named further back no longer explains a number
_AFTER: Final = 90
_DATE_NEAR: Final = 70

_NORMAL_COURT_CODES: Final = {"RSCE": "RVSCE"}
_SERIES_COURTS: Final = frozenset({"RVV", "RVS"})
_COURTS_WITH_NUMBERS_OF_THEIR_OWN: Final = frozenset({"RVV", "RVS", "GWH", "CASS", "HVJ", "EHRM"})


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A number in a form that needs a court, with the courts that use that form; None is any lower court."""

    start: int
    end: int
    number: str
    courts: frozenset[str] | None

    def may_be_of(self, court: Court) -> bool:
        if self.courts is not None:
            return court.id in self.courts
        return court.id not in _COURTS_WITH_NUMBERS_OF_THEIR_OWN and not court.is_authority


def find_rulings(text: Prepared, names: CourtNames) -> list[Reference]:
    """Return the rulings a text refers to, in order; a number whose court is not named is left out."""
    found = sorted([*_eclis(text), *_standing_alone(text)], key=lambda reference: reference.start)
    candidates = [one for one in _candidates(text.plain) if not _overlaps(text, one, found)]
    found += _with_courts(text, candidates, names)
    return sorted(found, key=lambda reference: reference.start)


def _eclis(text: Prepared) -> Iterator[Reference]:
    read = -1  # where the last ECLI ended: the bare form may match again inside one with its prefix
    matches = [match for rule in (rules.ECLI, rules.BARE_ECLI) for match in rule.pattern.finditer(text.plain)]
    for match in sorted(matches, key=lambda match: match.start()):
        ecli = _read_ecli(match) if match.start() >= read else None
        if ecli is not None:
            read = match.end()
            start, end = text.offset(match.start()), text.offset(match.end(), is_end=True)
            yield Reference(start, end, match[0], Kind.ECLI, str(ecli), ecli=ecli)


def _read_ecli(found: re.Match[str]) -> Ecli | None:
    court = found["court"].upper()
    ordinal = re.sub(r"\s", "", found["ordinal"]).upper()
    if not re.search(r"\d", ordinal):
        return None
    with suppress(InvalidEcli):
        return parse_ecli(f"ECLI:{found['country']}:{_NORMAL_COURT_CODES.get(court, court)}:{found['year']}:{ordinal}")
    return None


def _standing_alone(text: Prepared) -> Iterator[Reference]:
    """Find the forms that only one court has."""
    plain = text.plain
    found = [(Kind.RULING, "CASS", match) for match in rules.CASSATION.pattern.finditer(plain)]
    for start in _before_slashes(plain):
        eu_case, recent = rules.EU_CASE.pattern.match(plain, start), rules.CASSATION_2026.pattern.match(plain, start)
        found += [(Kind.EU_CASE, "HVJ", eu_case)] if eu_case else []
        found += [(Kind.RULING, "CASS", recent)] if recent else []
    for kind, court, match in found:
        with suppress(InvalidRulingNumber):
            number = parse_ruling_number(court, re.sub(r"\s(?!P)", "", match["number"]))
            yield _reference(text, match.start("number"), match.end("number"), kind, number)


def _candidates(plain: str) -> Iterator[_Candidate]:
    """Find the numbers that mean something only beside the name of their court."""
    for start in _before_slashes(plain):
        for rule, court in _SLASHED:
            found = rule.pattern.match(plain, start)
            if found is None or (court is not None and _is_role_number(plain, start)):
                continue
            if rule is not rules.OLD_EU_CASE or _BEFORE_OLD_EU.search(plain, max(0, start - 24), start):
                yield _Candidate(start, found.end(), found["number"], frozenset({court}) if court else None)
    for rule in (rules.CASSATION_PLAIN, rules.CASSATION_OLD):
        for found in rule.pattern.finditer(plain):
            yield _Candidate(*found.span("number"), found["number"], frozenset({"CASS"}))
    yield from _series(plain)


def _series(plain: str) -> Iterator[_Candidate]:
    """Find numbers in the series of the two councils, with the further ones of "nrs. 218.123, 218.124 en 218.125"."""
    place = 0
    while found := rules.SERIES.pattern.search(plain, place):
        start, place = found.span()
        if _BEFORE_SERIES.search(plain, max(0, start - 16), start) and not _is_role_number(plain, start):
            yield _Candidate(start, place, found["number"], _SERIES_COURTS)
            while (joint := _MORE.match(plain, place)) and (more := rules.SERIES.pattern.match(plain, joint.end())):
                yield _Candidate(more.start(), more.end(), more["number"], _SERIES_COURTS)
                place = more.end()


def _before_slashes(plain: str) -> Iterator[int]:
    """Return where each word with a slash in it may begin: "C-578/08", "15/3105/A"; a second slash begins none."""
    place = plain.find("/")
    while place >= 0:
        word = _WORD_BEFORE_SLASH.search(plain, max(0, place - _LONGEST_BEFORE_SLASH), place)
        is_whole = word is not None and plain[word.start() - 1 : word.start()] not in {"/", ".", "-"}
        if word and is_whole and ("-" not in word[0] or word[0].startswith(("C-", "T-", "F-"))):
            yield word.start()
        place = plain.find("/", place + 1)


def _is_role_number(plain: str, start: int) -> bool:
    return _ROLE_BEFORE.search(plain, max(0, start - 24), start) is not None


def _overlaps(text: Prepared, one: _Candidate, taken: Sequence[Reference]) -> bool:
    """Tell whether a candidate lies in a reference that was found already; those are in order."""
    start, end = text.offset(one.start), text.offset(one.end, is_end=True)
    place = bisect_left(taken, end, key=lambda reference: reference.start)
    return place > 0 and taken[place - 1].end > start


def _with_courts(text: Prepared, candidates: Sequence[_Candidate], names: CourtNames) -> Iterator[Reference]:
    """Give each number its court, by what its paragraph names; the first form that has a court at a place counts."""
    mentions: list[CourtMention] = []
    paragraph, read = -1, -1
    for one in sorted(candidates, key=lambda candidate: candidate.start):
        start = text.paragraph_start(one.start)
        if start != paragraph:
            paragraph, mentions = start, names.all(text.plain, start, text.paragraph_end(one.start))
        mention = _court_of(text.plain, one, mentions) if one.start >= read else None
        if mention is None:
            continue
        court = mention.court
        with suppress(InvalidRulingNumber):
            number = parse_ruling_number(
                court.id, re.sub(r"[.\s]", "", one.number) if court.id == "EHRM" else one.number
            )
            read = one.end
            kind = {"HVJ": Kind.EU_CASE, "EHRM": Kind.ECHR_APPLICATION}.get(court.id, Kind.RULING)
            yield _reference(text, one.start, one.end, kind, number, division=_division(text.plain, mention))


def _court_of(plain: str, one: _Candidate, mentions: Sequence[CourtMention]) -> CourtMention | None:
    """Return the court a number belongs to: the one right behind it, else the last fitting one before it."""
    first = bisect_left(mentions, one.start - _NEAR, key=lambda mention: mention.end)
    last = bisect_right(mentions, one.end + _AFTER, key=lambda mention: mention.start)
    fitting = [mention for mention in mentions[first:last] if one.may_be_of(mention.court)]
    behind = [mention for mention in fitting if mention.start >= one.end]
    for mention in behind:
        if _COURT_AFTER.fullmatch(plain, one.end, mention.start):
            return mention
    before = [mention for mention in fitting if mention.end <= one.start]
    if before:
        return None if _ANOTHER_COURT.search(plain, before[-1].end, one.start) else before[-1]
    dated = _DATE_AND_COMMA.match(plain, one.end)
    place = dated.end() if dated else one.end
    same_sentence = {
        mention.court.id: mention for mention in behind if not re.search(r"[,.;:]\s", plain[place : mention.start])
    }  # "Bij arrest nr. … van 16 februari 2022, heeft de Raad van State"
    return next(iter(same_sentence.values())) if len(same_sentence) == 1 else None


def _reference(
    text: Prepared, start: int, end: int, kind: Kind, number: RulingNumber, *, division: str | None = None
) -> Reference:
    parties = _PARTIES.match(text.plain, end) if kind in {Kind.EU_CASE, Kind.ECHR_APPLICATION} else None
    return Reference(
        start=text.offset(start),
        end=text.offset(end, is_end=True),
        text=text.plain[start:end],
        kind=kind,
        normal=number.normal,
        number=number,
        decided_on=_date_beside(text.plain, start, end),
        division=division,
        parties=parties["parties"] if parties else None,
    )


def _division(plain: str, mention: CourtMention) -> str | None:
    """Return the town behind the name of a court that sits in several: "familierechtbank Dendermonde"."""
    town = _SEAT.match(plain, mention.end) if mention.court.id == "FAMRB" else None
    return town["town"] if town else None


def _date_beside(plain: str, start: int, end: int) -> date | None:
    before = list(_DATE.finditer(plain, max(0, start - _DATE_NEAR), start))
    found = _DATE_AFTER.match(plain, end) or (before[-1] if before else None)
    if found is None:
        return None
    month = int(found["month"]) if found["month"] else MONTHS[found["word"].lower()]
    with suppress(ValueError):
        return date(int(found["year"]), month, int(found["day"]))
    return None
