"""A fictitious year of advice that counts as the printed annual report of 2019 does.

Always the same: drawn from one seed, from the counts in report_2019.yaml and the texts in texts.yaml.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml

from helpdesk.advice.actions import PastAdvice
from helpdesk.advice.rules import AdviceDraft, asks_sector, requires_sector
from helpdesk.core.vocabulary import Vocabulary

FOLDER = Path(__file__).resolve().parent
SATURDAY = 5
OPENS_AT = time(8, 0, tzinfo=UTC)
OPEN_MINUTES = 450
MINUTES_SPENT = (5, 8, 10, 10, 12, 15, 15, 20, 25, 30, 45)
SECOND_OF_SAME_BRANCH = 7  # every so many pieces of advice carry a second theme of the same branch


@dataclass(frozen=True)
class ReportCounts:
    """What the printed report counts, and what was chosen where it prints shares only."""

    year: int
    total: int
    counts: Mapping[str, Mapping[str, int]]  # by code list and code
    branches: Sequence[tuple[tuple[str, ...], int]]  # how much advice is about exactly these branches
    closed_on: frozenset[date]


def report_counts() -> ReportCounts:
    """Read report_2019.yaml."""
    data = read_file("report_2019.yaml")
    return ReportCounts(
        year=data["year"],
        total=data["total"],
        counts=data["counts"],
        branches=[(tuple(row["of"]), row["n"]) for row in data["branches"]],
        closed_on=frozenset(data["closed_on"]),
    )


def demo_year(vocabulary: Vocabulary, *, recorded_by: Sequence[int]) -> list[PastAdvice]:
    """Return the fictitious year, oldest advice first, divided over these colleagues in turn."""
    figures = report_counts()
    days = _days(figures)
    return [
        PastAdvice(
            draft=draft,
            recorded_by=recorded_by[number % len(recorded_by)],
            recorded_at=datetime.combine(draft.given_on, OPENS_AT) + timedelta(minutes=number * 7 % OPEN_MINUTES),
        )
        for number, draft in enumerate(_drafts(vocabulary, figures, days))
    ]


def _drafts(vocabulary: Vocabulary, figures: ReportCounts, days: Sequence[date]) -> Iterator[AdviceDraft]:
    rng = random.Random(figures.year)  # noqa: S311 - a demo has to be repeatable, not secret
    drawn = {name: _shuffled(rng, counts) for name, counts in figures.counts.items()}
    themes = _themes(rng, vocabulary, figures)
    sectors = _sectors(rng, vocabulary, figures, drawn["categorie_vraagsteller"])
    channels = _channels(rng, vocabulary, figures, themes)
    texts = read_file("texts.yaml")
    for number, nodes in enumerate(themes):
        main = vocabulary.themes.title(nodes[0])
        yield AdviceDraft(
            question=rng.choice(texts["questions"]).format(theme=main),
            themes=nodes,
            residence_situation=drawn["verblijfssituatie"][number],
            nationality=drawn["nationaliteit"][number],
            answer=rng.choice(texts["answers"]).format(theme=main),
            outcome=drawn["uitkomst_advies"][number],
            referred_to="eerstelijn" if drawn["uitkomst_advies"][number] == "doorverwijzing" else None,
            caller_category=drawn["categorie_vraagsteller"][number],
            caller_sector=sectors[number],
            caller_region=drawn["regio_vraagsteller"][number],
            channel=channels[number],
            given_on=days[number],
            time_spent_minutes=rng.choice(MINUTES_SPENT),
        )


def _shuffled(rng: random.Random, counts: Mapping[str, int]) -> list[str]:
    codes = [code for code, n in counts.items() for _ in range(n)]
    rng.shuffle(codes)
    return codes


def _themes(rng: random.Random, vocabulary: Vocabulary, figures: ReportCounts) -> list[tuple[str, ...]]:
    """Return the nodes of each piece of advice, the main theme first; each branch of a group takes its turn as main."""
    nodes = {branch.id: vocabulary.themes.below(branch.id) for branch in vocabulary.themes.branches}
    themes = []
    for branches, n in figures.branches:
        for number in range(n):
            turn = number % len(branches)
            chosen = [rng.choice(nodes[branch]) for branch in branches[turn:] + branches[:turn]]
            if number % SECOND_OF_SAME_BRANCH == 0:
                chosen.append(rng.choice(nodes[branches[turn]]))
            themes.append(tuple(dict.fromkeys(chosen)))
    rng.shuffle(themes)
    return themes


def _sectors(
    rng: random.Random, vocabulary: Vocabulary, figures: ReportCounts, categories: Sequence[str]
) -> list[str | None]:
    """Return the sector of each caller: of every professional, and as many of unknown category as the table needs."""
    counts = figures.counts["sector_vraagsteller"]
    known = vocabulary.lists["categorie_vraagsteller"]
    professionals = [number for number, code in enumerate(categories) if requires_sector(known[code])]
    unknown = [number for number, code in enumerate(categories) if asks_sector(known[code])]
    unknown = [number for number in unknown if not requires_sector(known[categories[number]])]
    unfilled = counts["niet_ingevuld_professional"]
    filled = _shuffled(rng, {code: n for code, n in counts.items() if code != "niet_ingevuld_professional"})
    of_unknown = sum(counts.values()) - len(professionals)
    of_professionals = filled[of_unknown:] + ["niet_ingevuld_professional"] * unfilled
    rng.shuffle(of_professionals)
    sectors: list[str | None] = [None] * len(categories)
    for number, sector in zip(professionals, of_professionals, strict=True):
        sectors[number] = sector
    for number, sector in zip(unknown[:of_unknown], filled[:of_unknown], strict=True):
        sectors[number] = sector
    return sectors


def _channels(
    rng: random.Random, vocabulary: Vocabulary, figures: ReportCounts, themes: Sequence[tuple[str, ...]]
) -> list[str]:
    """Return the channel of each piece of advice: e-mail only where the main theme is international family law."""
    family_law = [number for number, nodes in enumerate(themes) if vocabulary.themes.branch(nodes[0]).id == "ipr"]
    by_email = set(rng.sample(family_law, figures.counts["kanaal"]["email"]))
    return ["email" if number in by_email else "telefoon" for number in range(len(themes))]


def _days(figures: ReportCounts) -> list[date]:
    """Return the day of each piece of advice: the same number on every working day, oldest first."""
    first = date(figures.year, 1, 1)
    year = [first + timedelta(days=number) for number in range((date(figures.year + 1, 1, 1) - first).days)]
    working = [day for day in year if day.weekday() < SATURDAY and day not in figures.closed_on]
    return [working[number * len(working) // figures.total] for number in range(figures.total)]


def read_file(name: str) -> Any:  # noqa: ANN401 - YAML holds anything
    """Return what a YAML file of this folder holds."""
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
