"""Decisions about an advice after it was recorded: pure, no database, no clock."""

from calendar import monthrange
from collections.abc import Collection
from datetime import date, timedelta

from helpdesk.advice.rules import (
    LEAST_REASON_LENGTH,
    MOST_ANSWER_LENGTH,
    MOST_REASON_LENGTH,
    AdviceDraft,
    AdviceRejected,
    Person,
    likely_problems,
    text_problems,
)
from helpdesk.core.errors import Problem
from helpdesk.core.roles import Role
from helpdesk.core.vocabulary import Vocabulary

CALL_BACK_KEPT = timedelta(days=30)
MOST_CONTACT_LENGTH = 200
PROPOSAL_KINDS = {"pagina": "nieuwe pagina", "wijziging": "wijziging van een pagina", "nieuws": "nieuwsbericht"}
MOST_TITLE_LENGTH = 200
MOST_REMARK_LENGTH = 2_000


def check_reason(reason: str) -> None:
    """Refuse a correction without a reason, or with one that names a person. Raises AdviceRejected."""
    broken = list(text_problems("reason", "de reden", reason, most=MOST_REASON_LENGTH, is_required=True))
    broken += likely_problems("reason", "de reden", reason, ())
    if not broken and len(reason.strip()) < LEAST_REASON_LENGTH:
        broken = [Problem("reason", "Schrijf in een zin wat er verbeterd is en waarom.")]
    if broken:
        raise AdviceRejected(broken)


def check_follow_up(due_on: date, contact: str, *, today: date) -> None:
    """Refuse a follow-up on a day that is over, or call-back data that do not fit. Raises AdviceRejected."""
    broken = []
    if due_on < today:
        broken.append(Problem("due_on", "Kies vandaag of een latere dag."))
    if len(contact) > MOST_CONTACT_LENGTH:
        broken.append(Problem("contact", f"Maak dit korter: er passen {MOST_CONTACT_LENGTH} tekens."))
    if broken:
        raise AdviceRejected(broken)


def check_proposal(kind: str, title: str, text: str) -> None:
    """Refuse a proposal that says nothing, or that may point at a person. Raises AdviceRejected."""
    broken = [] if kind in PROPOSAL_KINDS else [Problem("kind", "Kies wat je voorstelt.")]
    for field, name, written, most in (
        ("title", "de titel", title, MOST_TITLE_LENGTH),
        ("text", "het voorstel", text, MOST_ANSWER_LENGTH),
    ):
        broken += text_problems(field, name, written, most=most, is_required=True)
        broken += likely_problems(field, name, written, ())
    if broken:
        raise AdviceRejected(broken)


def check_second_reading(reader: int, question: str, *, offered: Collection[int]) -> None:
    """Refuse to ask whoever is not `offered`, and words that may point at a person. Raises AdviceRejected."""
    broken = [] if reader in offered else [Problem("reader", "Kies een collega uit de lijst.")]
    broken += text_problems("reading_question", "de vraag", question, most=MOST_REMARK_LENGTH, is_required=False)
    broken += likely_problems("reading_question", "de vraag", question, ())
    if broken:
        raise AdviceRejected(broken)


def check_remark(remark: str) -> None:
    """Refuse a remark that says nothing, or that may point at a person. Raises AdviceRejected."""
    broken = [
        *text_problems("remark", "je opmerking", remark, most=MOST_REMARK_LENGTH, is_required=True),
        *likely_problems("remark", "je opmerking", remark, ()),
    ]
    if broken:
        raise AdviceRejected(broken)


def is_forgotten(question: str) -> bool:
    """Tell whether the free text of a record was removed after its time; none is recorded without a question."""
    return not question


def months_before(day: date, months: int) -> date:
    """Return the day so many months before a day; the last day of a shorter month."""
    month = day.year * 12 + day.month - 1 - months
    year, month = divmod(month, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def may_take_on(roles: Collection[Role]) -> bool:
    """Tell whether someone may take on a follow-up of a colleague, and so read what was asked."""
    return Role.JURIST in roles


def values_of(draft: AdviceDraft) -> dict[str, str]:
    """Return a draft field by field as text, for the history of corrections."""
    return {
        name: "; ".join(_said(one) for one in value) if isinstance(value, tuple) else _said(value)
        for name, value in vars(draft).items()
        if name != "confirmed"
    }


FIELD_NAMES = {
    "question": "Vraag",
    "themes": "Thema's",
    "residence_situation": "Verblijfssituatie",
    "nationality": "Nationaliteit",
    "answer": "Antwoord",
    "outcome": "Uitkomst",
    "caller_category": "Categorie",
    "caller_sector": "Sector",
    "caller_region": "Regio",
    "channel": "Kanaal",
    "given_on": "Datum",
    "time_spent_minutes": "Bestede tijd",
    "other_persons": "Andere personen",
    "referred_to": "Doorverwezen naar",
    "scope_exception": "Uitzondering",
    "sources": "Bronnen",
}
LIST_OF = {
    "residence_situation": "verblijfssituatie",
    "nationality": "nationaliteit",
    "outcome": "uitkomst_advies",
    "caller_category": "categorie_vraagsteller",
    "caller_sector": "sector_vraagsteller",
    "caller_region": "regio_vraagsteller",
    "channel": "kanaal",
    "referred_to": "doorverwijzing",
}


def in_words(name: str, value: str, vocabulary: Vocabulary) -> str:
    """Return a value of the history, or of a record, in words."""
    if name in LIST_OF:
        return vocabulary.lists[LIST_OF[name]].label(value)
    if name == "themes":
        return ", ".join(vocabulary.themes.title(node) for node in value.split("; "))
    return value


def _said(value: object) -> str:
    if isinstance(value, Person):
        return f"{value.residence_situation}, {value.nationality}"
    return value.isoformat() if isinstance(value, date) else "" if value is None else str(value)
