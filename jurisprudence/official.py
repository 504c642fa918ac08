"""Where the official text of a ruling stands, as far as its number or ECLI says."""

import json
import re
from typing import Final
from urllib.parse import quote

_EU_CASE: Final = re.compile(r"HVJ:C-(?P<number>\d{1,4})/(?P<year>\d{2})")
_FIRST_CASE_YEAR: Final = 53  # the Court of Justice began in 1953: two digits below it are of this century


def official_address(normal: str) -> str | None:
    """Return where the court itself publishes a ruling with this normal form; None when the number does not say.

    A number of the Raad voor Vreemdelingenbetwistingen or the Raad van State leads nowhere by itself, and neither does
    a roll number.
    """
    court, _, number = normal.partition(":")
    if court == "ECLI":
        return _address_of_ecli(normal)
    if court == "EHRM":
        return _hudoc("appno", number)
    if court == "GWH":
        count, _, of_year = number.partition("/")
        return _address_of_ecli(f"ECLI:BE:GHCC:{of_year}:ARR.{int(count):03d}")
    case = _EU_CASE.fullmatch(normal)
    if case is None:
        return None
    year = int(case["year"])
    century = 1900 if year >= _FIRST_CASE_YEAR else 2000
    return f"https://eur-lex.europa.eu/legal-content/NL/TXT/?uri=CELEX:6{century + year}CJ{int(case['number']):04d}"


def _address_of_ecli(ecli: str) -> str | None:
    country = ecli.split(":")[1]
    if country == "BE":
        return f"https://juportal.be/content/{ecli}"
    if country == "EU":
        return f"https://eur-lex.europa.eu/legal-content/NL/TXT/?uri=ecli:{quote(ecli, safe=':')}"
    return _hudoc("ecli", ecli) if country == "CE" else None


def _hudoc(field: str, value: str) -> str:
    return "https://hudoc.echr.coe.int/eng#" + quote(json.dumps({field: [value]}, separators=(",", ":")))
