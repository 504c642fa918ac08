"""Complete drafts for tests; override what the test is about."""

from dataclasses import replace
from datetime import date
from typing import Any

from helpdesk.advice.rules import AdviceDraft

EXAMPLE = AdviceDraft(
    question="Mag de partner werken tijdens de aanvraag?",
    themes=("gezinshereniging",),
    residence_situation="voorlopig_voorwaardelijk",
    nationality="MA",
    answer="Ja, zie de themapagina.",
    outcome="advies",
    caller_category="non_profit_professional",
    caller_sector="welzijn",
    caller_region="antwerpen",
    channel="telefoon",
    given_on=date(2026, 3, 2),
    time_spent_minutes=12,
)


def an_advice_draft(**changes: Any) -> AdviceDraft:  # noqa: ANN401 - each field has a type of its own
    """Return a draft that passes every rule on 2 March 2026, with these fields changed."""
    return replace(EXAMPLE, **changes)


def advice_form_values(**changes: object) -> dict[str, object]:
    """Return what a jurist types for that draft, by the names of the form."""
    values: dict[str, object] = {
        "question": EXAMPLE.question,
        "main_theme": EXAMPLE.themes[0],
        "residence_situation": EXAMPLE.residence_situation,
        "nationality": EXAMPLE.nationality,
        "answer": EXAMPLE.answer,
        "outcome": EXAMPLE.outcome,
        "caller_category": EXAMPLE.caller_category,
        "caller_sector": EXAMPLE.caller_sector,
        "caller_region": EXAMPLE.caller_region,
        "channel": EXAMPLE.channel,
        "given_on": EXAMPLE.given_on.isoformat(),
        "time_spent_minutes": EXAMPLE.time_spent_minutes,
    }
    return values | changes
