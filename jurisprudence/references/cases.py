"""Rulings in running text: ECLI, and the numbers of each court in the forms it uses.

Some forms belong to one court and stand alone (C-578/08, C.15.0014.N, 26/CAS/0418). Others say nothing without a court:
RvV 245.404 and RvS 245.404 both exist, and 121/2013, 41738/10 and 15/3105/A are told apart by the court named beside them.
"""

import re
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
from jurisprudence.references.names import DAY, MONTHS, CourtNames
from jurisprudence.references.prepared import Prepared

_AND: Final = r"\s*(?:,|;|&|\ben\b|\bet\b|\band\b)\s*(?:nrs?\.?\s*|n°\s*|nos?\s*)?"
_NR: Final = r"(?:\bnummers?|\bnrs?\b\.?|\bn°s?|\bnos?\b\.?|\bNos?\b\.?|№)\s*"

_BEFORE_SERIES: Final = re.compile(
    rf"(?:{_NR}|\b(?:arrest(?:en)?|arrêts?|beschikking|ordonnance|RvV|RvS|RVV|CCE|C\.C\.E\.|C\.E\.),?\s+|\d{{4}},\s+)$"
)
_BEFORE_OLD_EU: Final = re.compile(rf"\b(?:[Zz]aa?k(?:en)?|[Aa]ff(?:aires?|\.)|[Aa]rrest|[Aa]rrêt)\s+(?:{_NR})?$")
_SLASHED: Final = ((rules.GWH, "GWH"), (rules.ECHR, "EHRM"), (rules.ROLL, None), (rules.OLD_EU_CASE, "HVJ"))
_WORD_BEFORE_SLASH: Final = re.compile(r"(?:\d{1,3}\.\d{3}|[\w-]{1,8})$")
_LONGEST_BEFORE_SLASH: Final = 8
_MORE: Final = re.compile(_AND)
_ROLE_BEFORE: Final = re.compile(
    r"(?:rolnummers?|rol\s?nrs?\.?|rol|A\.?R\.?|R\.?G\.?|G/A|A\.|dossiernummers?|dossier|O\.?V\.?|rôle|aanslagnummer|ondernemingsnummer|KBO)"
    r"\s*(?:nrs?\.?|nummer|n°)?\s*:?\s*$",
    re.IGNORECASE,
)
_DATE: Final = re.compile(DAY, re.IGNORECASE)
_DATE_BEFORE: Final = re.compile(rf"{DAY}\s*,?\s*(?:\(?(?:arrest|beschikking|vonnis)\)?\s*)?(?:{_NR})?$", re.IGNORECASE)
_DATE_AFTER: Final = re.compile(rf"\s*,?\s*(?:van|du|d\.d\.|dd\.?|-)\s*{DAY}", re.IGNORECASE)
_COURT_AFTER: Final = re.compile(
    rf"(?:\s*(?:,|\ben\b|\bet\b)\s*(?:(?:het\s+|l')?(?:arrest|arrêt)\s+)?(?:{_NR})?[\d./ ]{{5,8}})*"
    rf"\s*,?\s*(?:(?:van|du|d\.d\.|dd\.?)\s+(?:{DAY}|\d{{1,2}}\s+[a-zéû]+)\s*,?\s*)?(?:\(|\[|van\s+(?:de|het)\s+|du\s+|de\s+la\s+|door\s+(?:de|het)\s+)\s*$",
    re.IGNORECASE,
)
_PARTIES: Final = re.compile(
    r"\s*,\s*(?P<parties>[A-Z\u00c0-\u00dd][^,;()\n]{0,80}?\s(?:t\.|c\.|v\.|tegen|contre)\s[A-Z\u00c0-\u00dd][\w-]+(?:\s[A-Z][\w-]+)?)"
)
_DIVISION: Final = re.compile(r"\s+(?:te\s+|van\s+)?(?P<division>[A-Z][a-z]+(?:-[A-Z][a-z]+)?)\b")
_SEAT: Final = re.compile(r"\s*(?:te\s+|van\s+)?\(?(?:afd(?:eling|\.)\s+)?(?P<town>[A-Z][a-z]+(?:-[A-Z]\w+)?)")
_NEAR: Final = 260  # characters: a court named further back no longer explains a number
_AFTER: Final = 90

_NORMAL_COURT_CODES: Final = {"RSCE": "RVSCE"}
_SERIES_COURTS: Final = frozenset({"RVV", "RVS"})


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A number in a form that needs a court, with the courts that use that form; None is any lower court."""

    start: int
    end: int
    number: str
    courts: frozenset[str] | None


def find_rulings(text: Prepared, names: CourtNames) -> list[Reference]:
    """Return the rulings a text refers to, in order; a number whose court is not named is left out."""
    found = [*_eclis(text), *_standing_alone(text)]
    taken = [(reference.start, reference.end) for reference in found]
    candidates = [one for one in _candidates(text.plain) if not _overlaps(text, one, taken)]
    if candidates:
        found += _with_courts(text, candidates, names)
    return sorted(found, key=lambda reference: reference.start)


def _eclis(text: Prepared) -> Iterator[Reference]:
    read: list[tuple[int, int]] = []
    for rule in (rules.ECLI, rules.BARE_ECLI):
        for found in rule.pattern.finditer(text.plain):
            ecli = _read_ecli(found)
            if ecli is None or any(start <= found.start() < end for start, end in read):
                continue
            read.append(found.span())
            yield Reference(
                text.offset(found.start()),
                text.offset(found.end(), is_end=True),
                found[0],
                Kind.ECLI,
                str(ecli),
                ecli=ecli,
            )


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
    for found in rules.CASSATION_PLAIN.pattern.finditer(plain):
        yield _Candidate(found.start(), found.end(), found["number"], frozenset({"CASS"}))
    for found in rules.SERIES.pattern.finditer(plain):
        start = found.start()
        if _BEFORE_SERIES.search(plain, max(0, start - 16), start) and not _is_role_number(plain, start):
            yield _Candidate(start, found.end(), found["number"], _SERIES_COURTS)
            yield from _further(plain, found.end())


def _before_slashes(plain: str) -> Iterator[int]:
    """Return where each word with a slash in it may begin: "C-578/08", "15/3105/A"; a second slash begins none."""
    place = plain.find("/")
    while place >= 0:
        word = _WORD_BEFORE_SLASH.search(plain, max(0, place - _LONGEST_BEFORE_SLASH), place)
        if word and plain[word.start() - 1 : word.start()] not in {"/", ".", "-"}:
            if "-" not in word[0] or word[0].startswith(("C-", "T-", "F-")):
                yield word.start()
        place = plain.find("/", place + 1)


def _is_role_number(plain: str, start: int) -> bool:
    return _ROLE_BEFORE.search(plain, max(0, start - 24), start) is not None


def _further(plain: str, end: int) -> Iterator[_Candidate]:
    """Read on in "nrs. 218.123, 218.124 en 218.125"."""
    while (joint := _MORE.match(plain, end)) and (found := rules.SERIES.pattern.match(plain, joint.end())):
        yield _Candidate(found.start("number"), found.end("number"), found["number"], _SERIES_COURTS)
        end = found.end()


def _overlaps(text: Prepared, one: _Candidate, taken: Sequence[tuple[int, int]]) -> bool:
    start, end = text.offset(one.start), text.offset(one.end, is_end=True)
    return any(start < other_end and other_start < end for other_start, other_end in taken)


def _with_courts(text: Prepared, candidates: Sequence[_Candidate], names: CourtNames) -> Iterator[Reference]:
    mentions: dict[int, list[tuple[int, int, Court]]] = {}
    seen: set[tuple[int, int]] = set()
    for one in sorted(candidates, key=lambda candidate: candidate.start):
        start = text.paragraph_start(one.start)
        if start not in mentions:
            mentions[start] = names.all(text.plain, start, text.paragraph_end(one.start))
        court = _court_of(text.plain, one, mentions[start])
        if court is None or (one.start, one.end) in seen:
            continue
        with suppress(InvalidRulingNumber):
            written = one.number.replace(".", "") if court.id == "EHRM" else one.number
            number = parse_ruling_number(court.id, written)
            seen.add((one.start, one.end))
            kind = {"HVJ": Kind.EU_CASE, "EHRM": Kind.ECHR_APPLICATION}.get(court.id, Kind.RULING)
            yield _reference(
                text, one.start, one.end, kind, number, division=_division(text.plain, court, mentions[start])
            )


def _court_of(plain: str, one: _Candidate, mentions: Sequence[tuple[int, int, Court]]) -> Court | None:
    """Return the court a number belongs to: the one right behind it, else the last fitting one before it."""
    fitting = [mention for mention in mentions if _may_have(mention[2], one)]
    for start, _, court in fitting:
        if one.end <= start <= one.end + _AFTER and _COURT_AFTER.fullmatch(plain, one.end, start):
            return court
    before = [mention for mention in fitting if mention[1] <= one.start and one.start - mention[1] <= _NEAR]
    if before:
        return before[-1][2]
    behind = {court.id: court for start, _, court in fitting if _is_same_sentence(plain, one.end, start)}
    return next(iter(behind.values())) if len(behind) == 1 else None


def _is_same_sentence(plain: str, end: int, start: int) -> bool:
    """Tell whether a court is named a little further in the same sentence: "Bij arrest nr. … heeft de Raad van State"."""
    return end <= start <= end + _AFTER and not re.search(r"[,.;:]\s", plain[end:start])


def _may_have(court: Court, one: _Candidate) -> bool:
    if one.courts is not None:
        return court.id in one.courts
    return court.id not in {"RVV", "RVS", "GWH", "CASS", "HVJ", "EHRM"} and not court.is_authority


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


def _division(plain: str, court: Court, mentions: Sequence[tuple[int, int, Court]]) -> str | None:
    """Return the town behind the name of a court that sits in several: "familierechtbank Dendermonde"."""
    if court.id != "FAMRB":
        return None
    place = next(end for _, end, named in mentions if named.id == court.id)
    town = _SEAT.match(plain, place)
    return town["town"] if town else None


def _date_beside(plain: str, start: int, end: int) -> date | None:
    found = _DATE_AFTER.match(plain, end) or _last(_DATE, plain, max(0, start - 70), start)
    if found is None:
        return None
    month = int(found["month"]) if found["month"] else MONTHS[found["word"].lower()]
    with suppress(ValueError):
        return date(int(found["year"]), month, int(found["day"]))
    return None


def _last(pattern: re.Pattern[str], plain: str, start: int, end: int) -> re.Match[str] | None:
    found = None
    for found in pattern.finditer(plain, start, end):  # noqa: B007 - the last one is wanted
        pass
    return found
