"""Decisions about trainings and guidance: pure, no database, no clock.

Source: annual report 2019, JR.2.1.3, A.2 and A.3: a sector for trainings on demand, registered participants, four kinds
of guidance with a list of sectors of their own.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from helpdesk.core.errors import Rejected
from helpdesk.core.privacy import find_traces
from helpdesk.core.vocabulary import CodeList, Vocabulary

D = TypeVar("D")

EARLIEST_HELD_ON = date(2015, 1, 1)  # the series of the annual report starts here
ON_DEMAND = "extern_op_vraag"
MOST_TITLE = 200
MOST_PLACE = 120
MOST_PARTICIPANTS = 5_000
MOST_THEMES = 10
MOST_ORGANISATIONS = 50
MOST_ORGANISATION_NAME = 200
MOST_SESSIONS = 100


@dataclass(frozen=True, kw_only=True)
class TrainingDraft:
    """One training as typed, in the order of the form; `themes` holds node ids."""

    kind: str
    sector: str | None
    title: str
    held_on: date
    place: str
    participants: int
    themes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class GuidanceDraft:
    """One guidance as typed, in the order of the form; `sessions` are the days it met, oldest first."""

    kind: str
    sector: str
    title: str
    organisations: tuple[str, ...]
    sessions: tuple[date, ...]


@dataclass(frozen=True)
class Problem:
    """One broken rule: the field of the form where it can be mended, and what to do in Dutch."""

    field: str
    sentence: str


class ActivityRejected(Rejected):
    """A draft breaks rules; `broken` says at which fields, `problems` holds the sentences in the order of the form."""

    def __init__(self, broken: Sequence[Problem]) -> None:
        super().__init__([problem.sentence for problem in broken])
        self.broken = list(broken)


def check_training(draft: TrainingDraft, *, vocabulary: Vocabulary, today: date) -> None:
    """Refuse a training that breaks a rule. Raises ActivityRejected, one sentence per broken rule."""
    lists = vocabulary.lists
    broken = [
        *_code_problems("kind", draft.kind, lists["vorming_soort"], "een soort", draft.held_on),
        *_training_sector_problems(draft, lists["vorming_sector"]),
        *_words_problems("title", draft.title, "het onderwerp", MOST_TITLE),
        *_date_problems("held_on", draft.held_on, today=today),
        *_words_problems("place", draft.place, "de plaats", MOST_PLACE),
        *_participants_problems(draft.participants),
        *_theme_problems(draft.themes, vocabulary),
    ]
    if broken:
        raise ActivityRejected(broken)


def check_guidance(draft: GuidanceDraft, *, vocabulary: Vocabulary, today: date) -> None:
    """Refuse a guidance that breaks a rule. Raises ActivityRejected, one sentence per broken rule."""
    lists = vocabulary.lists
    day = draft.sessions[-1] if draft.sessions else today
    broken = [
        *_code_problems("kind", draft.kind, lists["begeleiding_soort"], "een soort", day),
        *_code_problems("sector", draft.sector, lists["begeleiding_sector"], "een sector", day),
        *_words_problems("title", draft.title, "het onderwerp", MOST_TITLE),
        *_organisation_problems(draft.organisations),
        *_session_problems(draft.sessions, today=today),
    ]
    if broken:
        raise ActivityRejected(broken)


def _code_problems(field: str, value: str, codes: CodeList, what: str, day: date) -> Iterator[Problem]:
    if value not in codes:
        named = f" ‘{value}’ staat er niet in." if value else ""
        yield Problem(field, f"Kies {what} uit de lijst.{named}")
    elif not codes[value].is_valid_on(day):
        yield Problem(field, f"Kies {what} die toen bestond; ‘{codes.label(value)}’ bestond niet op die datum.")


def _training_sector_problems(draft: TrainingDraft, sectors: CodeList) -> Iterator[Problem]:
    if draft.sector is not None:
        yield from _code_problems("sector", draft.sector, sectors, "een sector", draft.held_on)
    elif draft.kind == ON_DEMAND:
        yield Problem("sector", "Kies de sector: een vorming op vraag wordt per sector geteld.")


def _words_problems(field: str, text: str, name: str, most: int) -> Iterator[Problem]:
    if not text.strip():
        yield Problem(field, f"Vul {name} in.")
    if len(text) > most:
        yield Problem(field, f"Maak {name} korter: {len(text)} tekens, en er passen er {most}.")
    yield from _trace_problems(field, text, name)


def _trace_problems(field: str, text: str, name: str) -> Iterator[Problem]:
    found = list(dict.fromkeys(trace.what for trace in find_traces(text)))
    if found:
        yield Problem(field, f"In {name} staat {' en '.join(found)}. Haal dat weg.")


def _date_problems(field: str, day: date, *, today: date) -> Iterator[Problem]:
    if day > today:
        yield Problem(field, f"{day:%d-%m-%Y} ligt in de toekomst. Noteer wat geweest is.")
    if day < EARLIEST_HELD_ON:
        yield Problem(field, f"Kijk {day:%d-%m-%Y} na: van voor {EARLIEST_HELD_ON.year} staat hier niets.")


def _participants_problems(participants: int) -> Iterator[Problem]:
    if not 0 <= participants <= MOST_PARTICIPANTS:
        yield Problem("participants", f"Vul een aantal ingeschreven deelnemers in van 0 tot {MOST_PARTICIPANTS}.")


def _theme_problems(themes: Sequence[str], vocabulary: Vocabulary) -> Iterator[Problem]:
    unknown = [theme for theme in themes if theme not in vocabulary.themes]
    if unknown:
        yield Problem("themes", f"Kies de thema's uit de lijst. Deze staan er niet in: {', '.join(unknown)}.")
    if len(themes) > MOST_THEMES:
        yield Problem("themes", f"Kies ten hoogste {MOST_THEMES} thema's.")


def _organisation_problems(organisations: Sequence[str]) -> Iterator[Problem]:
    if not organisations:
        yield Problem("organisations", "Schrijf minstens één organisatie op.")
    if len(organisations) > MOST_ORGANISATIONS:
        yield Problem("organisations", f"Schrijf ten hoogste {MOST_ORGANISATIONS} organisaties op.")
    if any(len(name) > MOST_ORGANISATION_NAME for name in organisations):
        yield Problem("organisations", f"Een naam mag hoogstens {MOST_ORGANISATION_NAME} tekens tellen.")
    yield from _trace_problems("organisations", "\n".join(organisations), "de organisaties")


def _session_problems(sessions: Sequence[date], *, today: date) -> Iterator[Problem]:
    if not sessions:
        yield Problem(
            "sessions", "Schrijf minstens één datum op: een begeleiding telt in het jaar waarin ze samenkwam."
        )
    if len(sessions) > MOST_SESSIONS:
        yield Problem("sessions", f"Schrijf ten hoogste {MOST_SESSIONS} datums op.")
    for day in sessions:
        yield from _date_problems("sessions", day, today=today)


@dataclass(frozen=True, order=True)
class LineProblem:
    """What is wrong on one line of a file, counting from 1, and what to do about it in Dutch."""

    line: int
    sentence: str


class ImportRejected(Rejected):
    """A file has lines that are wrong; nothing of it was stored. `lines` says where, in the order of the file."""

    def __init__(self, lines: Sequence[LineProblem]) -> None:
        self.lines = sorted(lines)
        super().__init__([f"Regel {one.line}: {one.sentence}" for one in self.lines])


def check_lines(numbered: Iterable[tuple[int, D]], check: Callable[[D], None]) -> list[LineProblem]:
    """Return what a check refuses in the drafts of a file, by their line."""
    found = []
    for line, draft in numbered:
        try:
            check(draft)
        except ActivityRejected as refused:
            found += [LineProblem(line, problem.sentence) for problem in refused.broken]
    return found
