"""How a later ruling or a change of law treats a ruling, in words for both sides and for a list of results."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class TreatmentKind:
    """One way to treat a ruling, in words for both records and for the result list ("" when that is no warning).

    `is_overruling`: what is treated so is ranked below what still stands.
    """

    treats: str
    treated: str
    mark: str = ""
    is_overruling: bool = False


TREATMENTS: Mapping[str, TreatmentKind] = {
    "confirms": TreatmentKind("bevestigt", "bevestigd door"),
    "departs_from": TreatmentKind("wijkt af van", "niet gevolgd door", "Later anders beslist"),
    "annuls": TreatmentKind("vernietigt", "vernietigd door", "Vernietigd", is_overruling=True),
    "answers": TreatmentKind("beantwoordt een prejudiciële vraag van", "prejudiciële vraag beantwoord door"),
    "supersedes": TreatmentKind("achterhaalt", "achterhaald door", "Achterhaald", is_overruling=True),
}


def treatment_mark(kinds: Sequence[str]) -> str:
    """Return what a result list says of a ruling treated in these ways: the worst first, "" when nothing warns."""
    marks = [TREATMENTS[kind] for kind in kinds if kind in TREATMENTS and TREATMENTS[kind].mark]
    return min(marks, key=lambda kind: not kind.is_overruling).mark if marks else ""


def is_overruled(kinds: Sequence[str]) -> bool:
    """Tell whether a ruling treated in these ways no longer stands."""
    return any(TREATMENTS[kind].is_overruling for kind in kinds if kind in TREATMENTS)
