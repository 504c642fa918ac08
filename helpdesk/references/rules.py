"""Decisions about references: what cannot be right, what a treatment must say. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from helpdesk.core import privacy
from helpdesk.rulings.rules.checks import SLUG
from helpdesk.rulings.rules.drafts import TreatmentDraft
from helpdesk.rulings.rules.files import MOST_TREATMENT_NOTE
from jurisprudence.identifiers import InvalidEcli, ecli_fits, parse_ecli
from jurisprudence.treatment import TREATMENTS

SERIES = frozenset({"RVV", "RVS"})
SERIES_MARGIN = 2_500  # numbers: rulings of one week are not numbered in the order of their dates
_YEAR_OF_CASE = re.compile(r"(?:HVJ:[CTF]-\d+/|CASS:[A-Z]\.|CASS:|EHRM:\d+/)(\d{2})(?:\.|/CAS|$)")
THIS_CENTURY = 2000


class TreatmentRefused(ValueError):
    """A treatment cannot be stored; `problems` holds (field, Dutch sentence) pairs."""

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(message for _, message in problems))
        self.problems = problems


@dataclass(frozen=True)
class KnownNumber:
    """A ruling of ours in a running series: its number and its date."""

    number: int
    decided_on: date


def implausibility(
    normal: str, decided_on: date | None, known: Mapping[str, Sequence[KnownNumber]], *, today: date
) -> str:
    """Return in Dutch why a reference to a ruling cannot be right as it is written; "" when nothing speaks against it.

    `known` are the rulings we hold per court with a running series, by date.
    """
    if normal.startswith("ECLI:"):
        return _implausible_ecli(normal, decided_on, today)
    if decided_on is None:
        return ""
    court, _, number = normal.partition(":")
    if decided_on > today:
        return "De datum ligt in de toekomst."
    if court == "GWH" and number.rpartition("/")[2] != str(decided_on.year):
        return "Het jaar in het nummer is niet dat van de datum."
    if _is_of_later_year(normal, decided_on, today):
        return "De zaak is van na de datum van de uitspraak."
    is_in_series = court in SERIES and number.isdigit()
    return _out_of_series(int(number), decided_on, known.get(court, ())) if is_in_series else ""


def _is_of_later_year(normal: str, decided_on: date, today: date) -> bool:
    """Tell whether the year in the number of a case is after its ruling; two digits of this century only."""
    case = _YEAR_OF_CASE.match(normal)
    years_after = range(decided_on.year + 1, today.year + 1)
    return case is not None and decided_on.year >= THIS_CENTURY and THIS_CENTURY + int(case[1]) in years_after


def _implausible_ecli(ecli: str, decided_on: date | None, today: date) -> str:
    try:
        parsed = parse_ecli(ecli)
    except InvalidEcli as invalid:
        return str(invalid)
    if parsed.year > today.year:
        return "Het jaar in de ECLI ligt in de toekomst."
    if decided_on is not None and not ecli_fits(parsed, decided_on):
        return "De datum in de ECLI is niet die van de uitspraak."
    return ""


def _out_of_series(number: int, decided_on: date, known: Sequence[KnownNumber]) -> str:
    """Compare with the rulings we hold: a later number with an earlier date, or the other way round, is suspect."""
    before = max((one.number for one in known if one.decided_on <= decided_on), default=0)
    after = min((one.number for one in known if one.decided_on >= decided_on), default=None)
    if number < before - SERIES_MARGIN and before:
        return f"Het nummer is te laag voor die datum: toen was {before} al gegeven."
    if after is not None and number > after + SERIES_MARGIN:
        return f"Het nummer is te hoog voor die datum: later werd pas {after} gegeven."
    return ""


def check_treatment(draft: TreatmentDraft, known_slugs: Sequence[str]) -> None:
    """Refuse a treatment that says nothing or contradicts itself.

    Raises:
        TreatmentRefused: with one sentence for each field that is wrong.
    """
    problems = [*_problems(draft, frozenset(known_slugs)), *_persons(draft)]
    if problems:
        raise TreatmentRefused(problems)


def _problems(draft: TreatmentDraft, known: frozenset[str]) -> Iterator[tuple[str, str]]:
    if draft.kind not in TREATMENTS:
        yield "kind", "Kies hoe de uitspraak behandeld wordt."
    for field, slug in (("treating", draft.treating_slug), ("treated", draft.treated_slug)):
        if slug is not None and slug not in known:
            yield (
                field,
                f"Er is geen uitspraak op het adres /rechtspraak/{slug}. Kies een andere of schrijf ze in woorden.",
            )
    if draft.treating_slug is None and not draft.treating_text:
        yield "treating", "Schrijf welke uitspraak of welke wetswijziging dit doet."
    if draft.treated_slug is None and not draft.treated_text:
        yield "treated", "Schrijf welke uitspraak behandeld wordt."
    if draft.treating_slug is None and draft.treated_slug is None:
        yield "treated", "Minstens één van beide moet een uitspraak uit onze databank zijn: vul haar adres in."
    if draft.treating_slug is not None and draft.treating_slug == draft.treated_slug:
        yield "treated", "Een uitspraak behandelt niet zichzelf."
    if not draft.note.strip():
        yield "note", "Schrijf in een zin waarom, zodat de lezer kan nagaan wat er staat."
    if len(draft.note) > MOST_TREATMENT_NOTE:
        yield "note", f"De toelichting telt {len(draft.note)} tekens; het maximum is {MOST_TREATMENT_NOTE}."


def _persons(draft: TreatmentDraft) -> Iterator[tuple[str, str]]:
    texts = (("treating", draft.treating_text), ("treated", draft.treated_text), ("note", draft.note))
    for field, text in texts:
        if privacy.find_likely_traces(text or ""):
            yield field, "Noem hier geen naam of ander persoonsgegeven: bezoekers lezen dit."


def side(text: str) -> tuple[str | None, str | None]:
    """Read one side of a treatment as an editor types it: the address of a ruling of ours, or words."""
    bare = text.strip().rstrip("/").rpartition("/rechtspraak/")[2].strip()
    return (bare, None) if SLUG.fullmatch(bare) else (None, text.strip() or None)
