"""Complete drafts for tests; override what the test is about."""

from dataclasses import replace
from datetime import date
from typing import Any

from helpdesk.activities.rules import GuidanceDraft, TrainingDraft

TRAINING = TrainingDraft(
    kind="extern_op_vraag",
    sector="welzijn",
    title="Basis verblijfsrecht",
    held_on=date(2026, 2, 10),
    place="Gent",
    participants=14,
    themes=("gezinshereniging",),
)
GUIDANCE = GuidanceDraft(
    kind="lerend_netwerk",
    sector="gezondheid",
    title="Lerend netwerk ziekenhuizen",
    organisations=("Ziekenhuis A", "Ziekenhuis B"),
    sessions=(date(2025, 11, 4), date(2026, 2, 3)),
)


def a_training(**changes: Any) -> TrainingDraft:  # noqa: ANN401 - each field has a type of its own
    """Return a training that passes every rule on 2 March 2026, with these fields changed."""
    return replace(TRAINING, **changes)


def a_guidance(**changes: Any) -> GuidanceDraft:  # noqa: ANN401 - each field has a type of its own
    """Return a guidance that passes every rule on 2 March 2026, with these fields changed."""
    return replace(GUIDANCE, **changes)


def training_values(**changes: object) -> dict[str, object]:
    """Return what a colleague types for that training, by the names of the form."""
    values: dict[str, object] = {
        "kind": TRAINING.kind,
        "sector": TRAINING.sector,
        "title": TRAINING.title,
        "held_on": "10-02-2026",
        "place": TRAINING.place,
        "participants": "14",
        "themes": list(TRAINING.themes),
    }
    return {**values, **changes}


def guidance_values(**changes: object) -> dict[str, object]:
    """Return what a colleague types for that guidance, by the names of the form."""
    values: dict[str, object] = {
        "kind": GUIDANCE.kind,
        "sector": GUIDANCE.sector,
        "title": GUIDANCE.title,
        "organisations": "\n".join(GUIDANCE.organisations),
        "sessions": "4-11-2025\n03/02/2026",
    }
    return {**values, **changes}
