"""The trainings, guidance and entered figures of the printed annual report of 2019.

How many there were and who registered is as printed; subjects, places and days are made up, the same every time.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from helpdesk.activities.rules import GuidanceDraft, TrainingDraft
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.dev.demo_year import read_file
from helpdesk.figures.rules import ENTERED_SERIES, EnteredDraft

SATURDAY = 5
STEP_DAYS = 11  # between one activity and the next; it shares no factor with the days of a year


@dataclass(frozen=True)
class DemoActivities:
    """What is stored beside the advice of the demo year."""

    trainings: list[TrainingDraft]
    guidance: list[GuidanceDraft]
    entered: list[EnteredDraft]
    lines: Mapping[str, Sequence[str]]


def demo_activities(vocabulary: Vocabulary) -> DemoActivities:
    """Read report_2019.yaml."""
    data = read_file("report_2019.yaml")
    year = data["year"]
    return DemoActivities(
        trainings=list(_trainings(data, year, vocabulary)),
        guidance=list(_guidance(data, year)),
        entered=list(_entered(data["entered"])),
        lines={"begeleidingen": data["guidance_examples"], **data["entered"]["lines"]},
    )


def _trainings(data: Mapping[str, Any], year: int, vocabulary: Vocabulary) -> Iterator[TrainingDraft]:
    nodes = [theme for branch in vocabulary.themes.branches for theme in vocabulary.themes.children(branch.id)]
    number = 0
    for group in data["trainings"]:
        for place in range(group["n"]):
            theme = nodes[number % len(nodes)]
            registered, left = divmod(group["participants"], group["n"])
            yield TrainingDraft(
                kind=group["kind"],
                sector=group["sector"],
                title=f"[DEMO] {theme.title} ({number + 1})",
                held_on=_working_day(year, number),
                place=data["places"][number % len(data["places"])],
                participants=registered + (place < left),
                themes=(theme.id,),
            )
            number += 1


def _guidance(data: Mapping[str, Any], year: int) -> Iterator[GuidanceDraft]:
    number = 0
    for group in data["guidance"]:
        for _ in range(group["n"]):
            first = _working_day(year, number)
            yield GuidanceDraft(
                kind=group["kind"],
                sector=group["sector"],
                title=f"[DEMO] Begeleiding {number + 1}",
                organisations=(f"[DEMO] Organisatie {number + 1}",),
                sessions=tuple(sorted({first, _working_day(year, number + 7)})),
            )
            number += 1


def _working_day(year: int, number: int) -> date:
    first = date(year, 1, 7)
    day = first + timedelta(days=number * STEP_DAYS % 340)
    return day - timedelta(days=2) if day.weekday() >= SATURDAY else day


def _entered(data: Mapping[str, Any]) -> Iterator[EnteredDraft]:
    for series in ENTERED_SERIES:
        for code, values in data[series].items():
            for year, value in values.items():
                yield EnteredDraft(
                    series=series,
                    code=code,
                    year=year,
                    value=value,
                    is_approximate=f"{code}/{year}" in data["approximate"],
                    source=data["source"],
                    note=data["notes"].get(f"{code}/{year}"),
                )
