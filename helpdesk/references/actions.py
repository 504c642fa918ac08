"""What an editor changes in the graph; never commits."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.core import audit, outbox, references
from helpdesk.core.errors import NotFound
from helpdesk.references import queries, rules
from helpdesk.rulings.models import RulingTreatment
from helpdesk.rulings.rules.drafts import TreatmentDraft


def enter_treatment(session: Session, draft: TreatmentDraft, *, entered_by: int, now: datetime) -> RulingTreatment:
    """Store how a ruling is treated and announce both sides to the index. Raises TreatmentRefused."""
    known = queries.slugs_of_rulings(session, [draft.treating_slug, draft.treated_slug])
    rules.check_treatment(draft, known)
    treatment = RulingTreatment(**vars(draft), entered_at=now, entered_by_id=entered_by)
    session.add(treatment)
    session.flush()
    _announce(session, {draft.treating_slug, draft.treated_slug}, now)
    audit.note(session, "treatment.entered", subject_id=treatment.id, by=entered_by, at=now)
    return treatment


def remove_treatment(session: Session, treatment_id: int, *, removed_by: int, now: datetime) -> None:
    """Remove a treatment an editor entered. Raises NotFound, also for one that stands in a content file."""
    treatment = session.get(RulingTreatment, treatment_id)
    if treatment is None or treatment.content_slug is not None:
        raise NotFound("Deze behandeling bestaat niet, of ze staat in het bestand van de uitspraak.")
    slugs = {treatment.treating_slug, treatment.treated_slug}
    session.delete(treatment)
    session.flush()
    _announce(session, slugs, now)
    audit.note(session, "treatment.removed", subject_id=treatment_id, by=removed_by, at=now)


def remove_reference(session: Session, source_id: str, target: str, *, removed_by: int, now: datetime) -> None:
    """Remove a reference for good: recognition will not bring it back. Raises NotFound."""
    if not references.suppress(session, source_id, target):
        raise NotFound(f"'{source_id}' verwijst niet naar {target}.")
    audit.note(session, "reference.removed", subject_id=f"{source_id} {target}"[:200], by=removed_by, at=now)


def restore_reference(session: Session, source_id: str, target: str, *, restored_by: int, now: datetime) -> None:
    """Let a removed reference count again. Raises NotFound."""
    if not references.restore(session, source_id, target):
        raise NotFound(f"{target} is niet verwijderd uit '{source_id}'.")
    audit.note(session, "reference.restored", subject_id=f"{source_id} {target}"[:200], by=restored_by, at=now)


def _announce(session: Session, slugs: Collection[str | None], now: datetime) -> None:
    outbox.announce(session, [f"rechtspraak/{slug}" for slug in sorted(filter(None, slugs))], at=now)
