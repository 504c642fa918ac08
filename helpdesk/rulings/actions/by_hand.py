"""What editors do with a ruling on the site: add, correct, withdraw, hand in its file."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from helpdesk.core import audit, outbox, references
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.rulings import queries
from helpdesk.rulings.actions.storing import as_file, change_of, claim, fill, note_change, note_references, put_on_site
from helpdesk.rulings.models import (
    ChangeAct,
    Ruling,
    RulingFile,
)
from helpdesk.rulings.rules.drafts import (
    FOLDER,
    RulingDraft,
    differences,
    draft_of,
    moved_treatments,
)
from helpdesk.rulings.rules.naming import file_label


class RulingKnown(Exception):
    """A ruling with this court, number and date is there already."""


@dataclass(frozen=True)
class StoredFile:
    """A PDF in the folder uploads/."""

    sha256: str
    size_bytes: int
    pages: int


def add_ruling(
    session: Session, draft: RulingDraft, vocabulary: Vocabulary, *, publish: bool, by: int, now: datetime
) -> Ruling:
    """Store a ruling that an editor wrote, published or as a draft, and announce it.

    Raises:
        RulingKnown: a ruling with this court, number and date is there already.
    """
    ruling = Ruling(revision=1)
    with _unless_known(session):
        session.add(ruling)
        fill(session, ruling, as_file(draft), now)
    session.add(change_of(ruling, ChangeAct.ADDED, {}, by=by, now=now))
    audit.note(session, "ruling.added", subject_id=ruling.slug, by=by, at=now)
    if publish:
        _publish_by_hand(session, ruling, by=by, now=now)
    note_references(session, ruling, vocabulary)
    return ruling


def correct_ruling(
    session: Session,
    ruling: Ruling,
    draft: RulingDraft,
    vocabulary: Vocabulary,
    *,
    seen: int,
    publish: bool,
    by: int,
    now: datetime,
) -> Ruling:
    """Store what an editor changed, keep what was before, and announce the ruling under both its addresses.

    `seen` is the revision the editor saw. Without `publish` the ruling stays where it stood: a draft stays a draft. An
    address or ECLI that is replaced keeps leading here. When nothing changed, nothing is stored but the publication.

    Raises:
        EditedMeanwhile: someone else changed the ruling since; nothing was stored.
        RulingKnown: another ruling has this court, number and date.
    """
    claim(session, ruling, seen)
    old = draft_of(ruling)
    if differences(old, draft):
        treatments = moved_treatments(old, draft)
        draft = as_file(replace(draft, aliases=_aliases_after(old, draft), treatments=treatments))
        note_change(session, ruling, ChangeAct.CORRECTED, to=draft, by=by, now=now)
        with _unless_known(session):
            fill(session, ruling, draft, now)
            ruling.full_text = draft.full_text  # an editor may take the text away
        audit.note(session, "ruling.corrected", subject_id=ruling.slug, by=by, at=now)
        outbox.announce(session, sorted({f"{FOLDER}/{old.slug}", ruling.document_id}), at=now)
    if publish and ruling.published_at is None:
        _publish_by_hand(session, ruling, by=by, now=now)
    note_references(session, ruling, vocabulary)
    return ruling


def withdraw_ruling(session: Session, ruling: Ruling, *, reason: str, seen: int, by: int, now: datetime) -> None:
    """Take a ruling off the site with a reason that its address tells, and announce it.

    Raises:
        EditedMeanwhile: someone else changed the ruling since; nothing was stored.
    """
    claim(session, ruling, seen)
    session.add(change_of(ruling, ChangeAct.WITHDRAWN, {}, by=by, now=now))
    ruling.published_at = None
    ruling.withdrawn_reason = reason
    ruling.updated_at = now
    references.forget(session, ruling.document_id)
    audit.note(session, "ruling.withdrawn", subject_id=ruling.slug, by=by, at=now)
    outbox.announce(session, [ruling.document_id], at=now)


def attach_file(session: Session, ruling: Ruling, file: StoredFile | None, *, by: int, now: datetime) -> str | None:
    """Make a stored PDF the file of a ruling, or none; return the fingerprint of one that nobody needs any more."""
    old = ruling.file.sha256 if ruling.file else None
    if old == (file.sha256 if file else None):
        return None
    before = {"pdf": file_label(ruling.file.pages, ruling.file.size_bytes) if ruling.file else ""}
    session.add(change_of(ruling, ChangeAct.CORRECTED, before, by=by, now=now))
    ruling.file = None
    session.flush()  # the old row goes before the new one with the same key comes
    if file is not None:
        ruling.file = RulingFile(
            sha256=file.sha256, size_bytes=file.size_bytes, pages=file.pages, uploaded_by_id=by, uploaded_at=now
        )
        session.flush()
    audit.note(session, "ruling.file_changed", subject_id=ruling.slug, by=by, at=now)
    return old if old is not None and not queries.is_file_used(session, old) else None


def note_privacy_answer(session: Session, slug: str, *, reason: str | None, by: int, now: datetime) -> None:
    """Store what an editor answered to the warning about personal data: a reason, or None when the text was adapted."""
    act = "ruling.privacy_adapted" if reason is None else "ruling.privacy_cleared"
    audit.note(session, act, subject_id=slug, by=by, at=now, detail=reason)


def _aliases_after(old: RulingDraft, new: RulingDraft) -> list[str]:
    """Return what must lead to a ruling once it is changed: what did before, and what it is no longer called."""
    replaced = [value for value, now in ((old.slug, new.slug), (old.ecli, new.ecli)) if value and now]
    return sorted({*old.aliases, *replaced} - {new.slug, new.ecli or new.slug})


def _publish_by_hand(session: Session, ruling: Ruling, *, by: int, now: datetime) -> None:
    put_on_site(ruling, now)
    ruling.updated_at = now
    audit.note(session, "ruling.published", subject_id=ruling.slug, by=by, at=now)
    outbox.announce(session, [ruling.document_id], at=now)


@contextmanager
def _unless_known(session: Session) -> Iterator[None]:
    """Turn the refusal of the database to hold a ruling twice into RulingKnown; the transaction goes on."""
    try:
        with session.begin_nested():
            yield
            session.flush()
    except IntegrityError as twice:
        raise RulingKnown from twice
