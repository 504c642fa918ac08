"""What an editor must mend, decide or answer before a ruling is stored or withdrawn: pure, no database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from helpdesk.core import frontmatter, privacy
from helpdesk.core.errors import Problem
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.rulings.models import Ruling
from helpdesk.rulings.rules.drafts import RulingDraft
from jurisprudence.citation import long_date
from jurisprudence.identifiers import parse_ecli
from jurisprudence.keywords import parse_keywords

NO_OUTCOME = "geen"
ADAPTED, CLEARED = "aangepast", "geen"  # the two answers about personal data
LEAST_REASON = 10  # characters
MOST_REASON = 300  # as the audit log holds
MOST_WITHDRAWN_REASON = 500  # as the table holds
CONTEXT = 50  # characters shown on each side of a trace


@dataclass(frozen=True)
class Doubt:
    """Something an editor must confirm, with the ruling it is about when there is one."""

    sentence: str
    slug: str | None = None


@dataclass(frozen=True)
class Found:
    """A likely trace of a person: in which field, what it is, on which line (from 1), and the text around it."""

    field: str
    what: str
    line: int
    before: str
    text: str
    after: str


@dataclass(frozen=True)
class PrivacyAnswer:
    """What an editor answered to the traces that were shown; `about` is their fingerprint."""

    about: str = ""
    choice: str = ""
    reason: str = ""


def proposed_outcome(keywords: str, vocabulary: Vocabulary) -> str | None:
    """Return the code of the outcome that a chain of keywords names, None when it names none."""
    return parse_keywords(keywords, vocabulary.outcomes).outcome


def check_written(
    draft: RulingDraft, *, chosen_outcome: str, twin: Ruling | None, vocabulary: Vocabulary, today: date
) -> list[Problem]:
    """Return what an editor must mend or decide and a content file need not: its text was decided on before.

    `chosen_outcome` is a code, NO_OUTCOME, or "" when nothing was chosen; `twin` another ruling with the same court,
    number and date.
    """
    broken = []
    if twin is not None:
        broken.append(Problem("number", f"Deze uitspraak staat al in de databank, als /rechtspraak/{twin.slug}."))
    if draft.decided_on > today:
        broken.append(Problem("decided_on", "De datum van de uitspraak ligt in de toekomst."))
    if (draft.ecli is None) != (draft.ecli_status is None):
        broken.append(Problem("ecli_status", "Vul bij een ECLI in hoe zeker ze is, en anders niets."))
    proposed = proposed_outcome(draft.keywords, vocabulary)
    if not chosen_outcome and proposed:
        label = _outcome_label(proposed, vocabulary)
        broken.append(
            Problem("outcome", f"Volgens de keten is de uitkomst ‘{label}’. Bevestig die door opnieuw te bewaren.")
        )
    return broken


def doubts_about(draft: RulingDraft, others: Sequence[Ruling], vocabulary: Vocabulary) -> list[Doubt]:
    """Return what is probably a mistake but may be right; `others` carry the same number on another date."""
    found = [
        Doubt(
            f"Van dit hof staat er al een uitspraak met nummer {other.number}, van {long_date(other.decided_on)}.",
            other.slug,
        )
        for other in others
    ]
    if draft.ecli is not None:
        named = vocabulary.courts.court_of_ecli(parse_ecli(draft.ecli))
        if named is not None and named.id != draft.court:
            found.append(Doubt(f"De code van het hof in de ECLI is die van {named.name_nl}."))
    proposed = proposed_outcome(draft.keywords, vocabulary)
    if draft.outcome and proposed and draft.outcome != proposed:
        chosen, read = _outcome_label(draft.outcome, vocabulary), _outcome_label(proposed, vocabulary)
        found.append(Doubt(f"Je koos ‘{chosen}’ als uitkomst, maar volgens de keten is het ‘{read}’."))
    return found


def find_persons(draft: RulingDraft, *, pdf_text: str) -> list[Found]:
    """Return every likely trace of a person in what will be published, in the order of the form, the PDF last."""
    texts = {"keywords": draft.keywords, "summary": draft.summary, "full_text": draft.full_text or "", "pdf": pdf_text}
    return [found for field, text in texts.items() for found in _found_in(field, text)]


def _found_in(field: str, text: str) -> Iterator[Found]:
    line, counted = 1, 0
    for trace in privacy.find_likely_traces(text):
        line += text.count("\n", counted, trace.start)
        counted = trace.start
        yield Found(
            field=field,
            what=trace.what,
            line=line,
            before=text[max(0, trace.start - CONTEXT) : trace.start],
            text=text[trace.start : trace.end],
            after=text[trace.end : trace.end + CONTEXT],
        )


def digest_of(things: Sequence[object]) -> str:
    """Return a fingerprint of what was shown, by which an answer is known to be about just that; "" for nothing."""
    return frontmatter.checksum(repr(things)) if things else ""


def check_answer(answer: PrivacyAnswer, found: Sequence[Found]) -> list[Problem]:
    """Return what is still to be answered before a text with likely traces of persons may be published."""
    if not found:
        return []
    count = "1 mogelijk persoonsgegeven" if len(found) == 1 else f"{len(found)} mogelijke persoonsgegevens"
    about, choice = "privacy_answer", answer.choice
    if answer.about != digest_of([(one.field, one.text) for one in found]):
        return [Problem(about, f"We vonden {count}: kijk ze na en antwoord hieronder.")]
    if choice == ADAPTED:
        return [Problem(about, f"We vonden nog {count}. Pas de tekst aan, of zeg waarom het mag blijven.")]
    return _check_reason(answer) if choice == CLEARED else [Problem(about, "Kies wat er met deze gegevens gebeurt.")]


def _check_reason(answer: PrivacyAnswer) -> list[Problem]:
    if not LEAST_REASON <= len(answer.reason) <= MOST_REASON:
        return [
            Problem(
                "privacy_reason", f"Schrijf waarom het mag blijven staan, in {LEAST_REASON} tot {MOST_REASON} tekens."
            )
        ]
    if privacy.find_likely_traces(answer.reason):
        return [Problem("privacy_reason", "Noem in de reden zelf geen naam of ander persoonsgegeven.")]
    return []


def check_withdrawal(reason: str) -> list[Problem]:
    """Return what is wrong with the reason the public will read on the page of a withdrawn ruling."""
    if len(reason) < LEAST_REASON:
        return [Problem("reason", "Schrijf waarom je de uitspraak intrekt: bezoekers lezen dat.")]
    if len(reason) > MOST_WITHDRAWN_REASON:
        return [
            Problem("reason", f"Maak de reden korter: {len(reason)} tekens, en er passen er {MOST_WITHDRAWN_REASON}.")
        ]
    if privacy.find_likely_traces(reason):
        return [Problem("reason", "Noem in de reden geen naam of ander persoonsgegeven: bezoekers lezen dat.")]
    return []


def _outcome_label(code: str, vocabulary: Vocabulary) -> str:
    outcome = vocabulary.outcomes.find_outcome(code)
    return outcome.label if outcome else code
