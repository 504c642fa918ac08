"""Traces of a person's identity in free text that a helpdesk record must never hold.

Recognised with certainty only: a national register number whose check digits are right, an e-mail address, a bank
account whose check digits are right, and the numbers of the immigration services when their name stands beside them.

Source: the check digits of the national register number are 97 minus the first nine digits modulo 97, with a 2 put
before those nine for births from 2000 on. IBAN: ISO 13616 (modulo 97).
"""

import re
from dataclasses import dataclass

_REGISTER_NUMBER = re.compile(r"(?<!\d)(\d{2})[. -]?(\d{2})[. -]?(\d{2})[. -]?(\d{3})[. -]?(\d{2})(?!\d)")
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_IBAN = re.compile(r"\b([A-Z]{2})(\d{2})((?:[ ]?[0-9A-Z]{4}){3,7}(?:[ ]?[0-9A-Z]{1,3})?)\b")
_FILE_NUMBER = re.compile(r"\b(?:OV|DVZ|SP)(?:[-\s]?(?:nr\.?|nummer))?[\s:.]{0,3}[1-9]\d{6,7}\b", re.IGNORECASE)
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


def is_register_number(digits: str) -> bool:
    """Tell whether eleven digits are a Belgian national register or bis number."""
    body, check = int(digits[:9]), int(digits[9:])
    return check in (97 - body % 97, 97 - (2_000_000_000 + body) % 97)


def is_iban(text: str) -> bool:
    """Tell whether a text is an international bank account number."""
    compact = text.replace(" ", "")
    turned = compact[4:] + compact[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1
