"""Writing trainings and guidance; never commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.activities import queries, rules
from helpdesk.activities.models import Guidance, GuidanceSession, Training, TrainingTheme
from helpdesk.activities.rules import GuidanceDraft, TrainingDraft
from helpdesk.core import audit
from helpdesk.core.clock import brussels_date
from helpdesk.core.vocabulary import Vocabulary


@dataclass(frozen=True)
class Imported:
    """What an import did: how many were added, and how many stood there already to the letter."""

    added: int
    known: int


def record_training(
    session: Session, draft: TrainingDraft, *, vocabulary: Vocabulary, recorded_by: int, now: datetime
) -> Training:
    """Store a new training and note who did it. Raises ActivityRejected; nothing is stored then."""
    rules.check_training(draft, vocabulary=vocabulary, today=brussels_date(now))
    training = _new_training(draft, recorded_by=recorded_by, now=now, is_demo=False)
    session.add(training)
    session.flush()  # the audit log needs the id
    audit.note(session, "training.recorded", subject_id=training.id, by=recorded_by, at=now)
    return training


def change_training(
    session: Session, training: Training, draft: TrainingDraft, *, vocabulary: Vocabulary, by: int, now: datetime
) -> None:
    """Correct a training and note who did it. Raises ActivityRejected; nothing is changed then."""
    rules.check_training(draft, vocabulary=vocabulary, today=brussels_date(now))
    training.kind, training.sector, training.title = draft.kind, draft.sector, draft.title
    training.held_on, training.place, training.participants = draft.held_on, draft.place, draft.participants
    held = {theme.node: theme for theme in training.themes}  # a row that stays is kept: its key is its node
    training.themes = [held.get(node) or TrainingTheme(node=node) for node in draft.themes]
    for position, theme in enumerate(training.themes):
        theme.position = position
    training.updated_at = now
    audit.note(session, "training.changed", subject_id=training.id, by=by, at=now)


def remove_training(session: Session, training: Training, *, by: int, now: datetime) -> None:
    """Remove a training that was noted by mistake, and note who did it."""
    audit.note(session, "training.removed", subject_id=training.id, by=by, at=now)
    session.delete(training)


def record_guidance(
    session: Session, draft: GuidanceDraft, *, vocabulary: Vocabulary, recorded_by: int, now: datetime
) -> Guidance:
    """Store a new guidance and note who did it. Raises ActivityRejected; nothing is stored then."""
    rules.check_guidance(draft, vocabulary=vocabulary, today=brussels_date(now))
    guidance = _new_guidance(draft, recorded_by=recorded_by, now=now, is_demo=False)
    session.add(guidance)
    session.flush()  # the audit log needs the id
    audit.note(session, "guidance.recorded", subject_id=guidance.id, by=recorded_by, at=now)
    return guidance


def change_guidance(
    session: Session, guidance: Guidance, draft: GuidanceDraft, *, vocabulary: Vocabulary, by: int, now: datetime
) -> None:
    """Correct a guidance and note who did it. Raises ActivityRejected; nothing is changed then."""
    rules.check_guidance(draft, vocabulary=vocabulary, today=brussels_date(now))
    guidance.kind, guidance.sector, guidance.title = draft.kind, draft.sector, draft.title
    guidance.organisations = list(draft.organisations)
    held = {meeting.held_on: meeting for meeting in guidance.sessions}
    guidance.sessions = [held.get(day) or GuidanceSession(held_on=day) for day in draft.sessions]
    guidance.updated_at = now
    audit.note(session, "guidance.changed", subject_id=guidance.id, by=by, at=now)


def remove_guidance(session: Session, guidance: Guidance, *, by: int, now: datetime) -> None:
    """Remove a guidance that was noted by mistake, and note who did it."""
    audit.note(session, "guidance.removed", subject_id=guidance.id, by=by, at=now)
    session.delete(guidance)


def store_trainings(
    session: Session, drafts: Sequence[TrainingDraft], *, recorded_by: int, now: datetime, is_demo: bool = False
) -> Imported:
    """Store checked drafts of an import; one that is stored already, the same in every field, is left alone."""
    if not drafts:
        return Imported(0, 0)
    days = [draft.held_on for draft in drafts]
    stored = {training_draft(one) for one in queries.trainings_between(session, min(days), max(days))}
    fresh = [draft for draft in dict.fromkeys(drafts) if draft not in stored]
    session.add_all(_new_training(draft, recorded_by=recorded_by, now=now, is_demo=is_demo) for draft in fresh)
    audit.note(session, "training.imported", subject_id=len(fresh), by=recorded_by, at=now)
    return Imported(added=len(fresh), known=len(drafts) - len(fresh))


def store_guidance(
    session: Session, drafts: Sequence[GuidanceDraft], *, recorded_by: int, now: datetime, is_demo: bool = False
) -> Imported:
    """Store checked drafts of an import; one that is stored already, the same in every field, is left alone."""
    if not drafts:
        return Imported(0, 0)
    days = [day for draft in drafts for day in draft.sessions]
    stored = {guidance_draft(one) for one in queries.guidance_between(session, min(days), max(days))}
    fresh = [draft for draft in dict.fromkeys(drafts) if draft not in stored]
    session.add_all(_new_guidance(draft, recorded_by=recorded_by, now=now, is_demo=is_demo) for draft in fresh)
    audit.note(session, "guidance.imported", subject_id=len(fresh), by=recorded_by, at=now)
    return Imported(added=len(fresh), known=len(drafts) - len(fresh))


def training_draft(training: Training) -> TrainingDraft:
    """Return a stored training as its draft: what the form shows and an import compares with."""
    return TrainingDraft(
        kind=training.kind,
        sector=training.sector,
        title=training.title,
        held_on=training.held_on,
        place=training.place,
        participants=training.participants,
        themes=tuple(theme.node for theme in training.themes),
    )


def guidance_draft(guidance: Guidance) -> GuidanceDraft:
    """Return a stored guidance as its draft: what the form shows and an import compares with."""
    return GuidanceDraft(
        kind=guidance.kind,
        sector=guidance.sector,
        title=guidance.title,
        organisations=tuple(guidance.organisations),
        sessions=tuple(meeting.held_on for meeting in guidance.sessions),
    )


def _new_training(draft: TrainingDraft, *, recorded_by: int, now: datetime, is_demo: bool) -> Training:
    return Training(
        kind=draft.kind,
        sector=draft.sector,
        title=draft.title,
        held_on=draft.held_on,
        place=draft.place,
        participants=draft.participants,
        recorded_by_id=recorded_by,
        recorded_at=now,
        updated_at=now,
        is_demo=is_demo,
        themes=[TrainingTheme(node=node, position=position) for position, node in enumerate(draft.themes)],
    )


def _new_guidance(draft: GuidanceDraft, *, recorded_by: int, now: datetime, is_demo: bool) -> Guidance:
    return Guidance(
        kind=draft.kind,
        sector=draft.sector,
        title=draft.title,
        organisations=list(draft.organisations),
        recorded_by_id=recorded_by,
        recorded_at=now,
        updated_at=now,
        is_demo=is_demo,
        sessions=[GuidanceSession(held_on=day) for day in draft.sessions],
    )
