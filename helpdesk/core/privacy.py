"""Traces of a person's identity in free text.

Two nets, for two uses. `find_traces` recognises with certainty what a helpdesk record must never hold: a national
register number whose check digits are right, an e-mail address, a bank account whose check digits are right, and the
numbers of the immigration services when their name stands beside them. `find_likely_traces` also takes what is probably
a trace, for a text that someone looks at before it is published: names after a title, dates of birth, telephone
numbers. It misses a name without a title before it: nobody may read its silence as proof.

Every pattern reads a text of two million characters in about a second; nothing here is logged or stored.

Source: the check digits of the national register number are 97 minus the first nine digits modulo 97, with a 2 put
before those nine for births from 2000 on. IBAN: ISO 13616 (modulo 97).
"""

import re
from dataclasses import dataclass

_REGISTER_NUMBER = re.compile(r"(?<!\d)(\d{2})[. -]?(\d{2})[. -]?(\d{2})[. -]?(\d{3})[. -]?(\d{2})(?!\d)")
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_IBAN = re.compile(r"\b([A-Z]{2})(\d{2})((?:[ ]?[0-9A-Z]{4}){3,7}(?:[ ]?[0-9A-Z]{1,3})?)\b")
_FILE_NUMBER = re.compile(r"\b(?:OV|DVZ|SP)(?:[-\s]?(?:nr\.?|nummer))?[\s:.]{0,3}[1-9]\d{6,7}\b", re.IGNORECASE)
_TITLE = r"(?i:mevr\.|mevrouw|mw\.|dhr\.|de\s+heer|meneer|mr\.|meester|monsieur|madame|mme)"
_PARTICLE = r"(?i:van|de|der|den|het|el|al|ben|ould|la|le|di|da)"
_NAME = r"(?!X+\b)[A-ZÀ-ÖØ-Þ][\w’'-]+"  # courts write one X or a row of them for a name
_NAMED = re.compile(
    rf"\b{_TITLE}[ \xa0]{{1,3}}(?:[A-ZÀ-ÖØ-Þ]\.[ ]?){{0,3}}(?:{_PARTICLE}[ ]){{0,3}}{_NAME}"
    rf"(?:[ ](?:{_PARTICLE}[ ]){{0,3}}{_NAME}){{0,3}}"
)
_MONTH = (
    "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december"
    "|janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre"
)
_DAY = rf"\d{{1,2}}(?:[ ]?[./-][ ]?\d{{1,2}}[ ]?[./-][ ]?\d{{2,4}}|(?:er)?[ \xa0](?:{_MONTH})[ \xa0]\d{{4}})"
_BIRTH = re.compile(
    r"(?:\b(?:geboren|geb\.|geboortedatum|née?)|°)[ :]{0,3}"
    r"(?:(?:te|in|à)[ ][\w’'-]{1,40}(?:[ ]\([^()\n]{1,40}\))?,?[ ])?"
    rf"(?:(?:op|le|is)[ ])?{_DAY}",
    re.IGNORECASE,
)
_TELEPHONE = re.compile(
    r"(?<![\w./-])(?:(?:\+|00)32[ ./]?(?:\(0\)[ ./]?)?[1-9]|0[1-9])\d?(?:[ ./-]?\d){6,8}(?![\w/]|[.-]\d)"
)
_DIGITS_OF_NATIONAL_NUMBER = {8, 9}  # without the 0: 2 205 00 55, 475 12 34 56
LEFT_OUT = "[weggelaten]"
_CGVS_NUMBER = re.compile(r"\bCG(?:VS)?[\s:.]{0,2}\d{2}[/ ]?\d{4,6}\b", re.IGNORECASE)


@dataclass(frozen=True, order=True)
class Trace:
    """A trace of an identity: where it stands in the text and what it is, in Dutch."""

    start: int
    end: int
    what: str


def find_traces(text: str) -> list[Trace]:
    """Return the traces of an identity in a text, in the order of the text; empty when there are none."""
    found = [
        Trace(*hit.span(), "een rijksregisternummer")
        for hit in _REGISTER_NUMBER.finditer(text)
        if is_register_number("".join(hit.groups()))
    ]
    found += [Trace(*hit.span(), "een e-mailadres") for hit in _EMAIL.finditer(text)]
    found += [Trace(*hit.span(), "een rekeningnummer") for hit in _IBAN.finditer(text) if is_iban(hit.group())]
    found += [Trace(*hit.span(), "een dossiernummer van DVZ") for hit in _FILE_NUMBER.finditer(text)]
    found += [Trace(*hit.span(), "een dossiernummer van het CGVS") for hit in _CGVS_NUMBER.finditer(text)]
    return sorted(found)


def find_likely_traces(text: str) -> list[Trace]:
    """Return what is certainly or probably a trace of an identity, in the order of the text, none inside another."""
    found = find_traces(text)
    found += [Trace(*hit.span(), "een naam") for hit in _NAMED.finditer(text)]
    found += [Trace(*hit.span(), "een geboortedatum") for hit in _BIRTH.finditer(text)]
    found += [
        Trace(*hit.span(), "een telefoonnummer") for hit in _TELEPHONE.finditer(text) if is_telephone(hit.group())
    ]
    kept: list[Trace] = []
    for trace in sorted(found, key=lambda trace: (trace.start, -trace.end)):
        if not kept or trace.start >= kept[-1].end:
            kept.append(trace)
    return kept


def is_telephone(text: str) -> bool:
    """Tell whether these digits can be a Belgian telephone number: eight after the 0, or nine of a mobile one."""
    digits = re.sub(r"\(0\)|\D", "", text)
    national = re.sub(r"^(?:0032|32|0)", "", digits)
    return len(national) in _DIGITS_OF_NATIONAL_NUMBER and (len(national) == 8 or national[0] == "4")  # noqa: PLR2004 - see the docstring


def without_traces(text: str, *, kept_in: str) -> str:
    """Return a text with "[weggelaten]" for each likely trace that is no trace of another text too."""
    kept = {kept_in[trace.start : trace.end] for trace in find_likely_traces(kept_in)}
    parts, place = [], 0
    for trace in find_likely_traces(text):
        if text[trace.start : trace.end] not in kept:
            parts += [text[place : trace.start], LEFT_OUT]
            place = trace.end
    return "".join([*parts, text[place:]])


def is_register_number(digits: str) -> bool:
    """Tell whether eleven digits are a Belgian national register or bis number."""
    body, check = int(digits[:9]), int(digits[9:])
    return check in (97 - body % 97, 97 - (2_000_000_000 + body) % 97)


def is_iban(text: str) -> bool:
    """Tell whether a text is an international bank account number."""
    compact = text.replace(" ", "")
    turned = compact[4:] + compact[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1
