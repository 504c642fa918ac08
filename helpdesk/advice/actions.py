"""Writing advice; never commits, save for the note that a record was read."""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from helpdesk.advice import queries, rules
from helpdesk.advice.models import (
    Advice,
    AdviceChange,
    AdvicePerson,
    AdviceSource,
    AdviceTheme,
    CallerPreset,
    SavedDraft,
    Snippet,
)
from helpdesk.advice.rules import AdviceDraft, CallerCodes
from helpdesk.core import audit, references
from helpdesk.core.clock import brussels_date
from helpdesk.core.errors import NotFound
from helpdesk.core.references import ADVICE
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.search.actions import applied_number, note_applied_number, take_turn
from jurisprudence.search.index import IndexBusy, IndexDamaged, SearchIndex
from jurisprudence.search.searchable import SearchableIndex

MOST_BUILT_AT_ONCE = 2_000  # pieces of advice: less than a second
MOST_SEGMENTS = 8
_ADVISORY_LOCK = 7_405_215  # any constant of ours


@dataclass(frozen=True, kw_only=True)
class PastAdvice:
    """Advice that was given and recorded before: who recorded it, and when (UTC)."""

    draft: AdviceDraft
    recorded_by: int
    recorded_at: datetime


def record_advice(
    session: Session, draft: AdviceDraft, *, vocabulary: Vocabulary, recorded_by: int, now: datetime
) -> Advice:
    """Store a new piece of advice and note who did it.

    Raises:
        AdviceRejected: the draft breaks rules of the helpdesk; nothing was stored.
    """
    rules.check_draft(draft, vocabulary=vocabulary, today=brussels_date(now))
    advice = Advice(
        **columns_of(draft, recorded_by=recorded_by, recorded_at=now),
        is_demo=False,
        themes=[AdviceTheme(node=node, position=position) for position, node in enumerate(draft.themes)],
        other_persons=persons_of(draft),
        sources=sources_of(session, draft.sources, owner=recorded_by, vocabulary=vocabulary, today=brussels_date(now)),
    )
    if not rules.is_outside_scope(draft, vocabulary):
        advice.scope_exception = None
    session.add(advice)
    session.flush()  # the page we redirect to needs the id
    announce(session, recorded_by, [advice.id])
    note_references(session, advice, vocabulary)
    if draft.confirmed:
        audit.note(session, rules.TRACES_CONFIRMED, subject_id=advice.id, by=recorded_by, at=now)
    audit.note(session, "advice.recorded", subject_id=advice.id, by=recorded_by, at=now)
    return advice


@dataclass(frozen=True, kw_only=True)
class FormInHand:
    """A form in one tab: the key of its draft, the page it stands on, and the revision that page has seen."""

    key: str
    holder: str
    revision: int
    owner: int


@dataclass(frozen=True)
class Kept:
    """Where a draft is kept now: its key, which is another when a second tab had taken over, and its revision.

    `recorded_as` is the advice when this form was recorded before; then nothing was kept, and a page that goes on
    typing uses this key.
    """

    key: str
    revision: int
    recorded_as: int | None = None


def keep_draft(
    session: Session,
    form: FormInHand,
    fields: Mapping[str, list[str]],
    *,
    secret: str,
    now: datetime,
    sent: str | None = None,
) -> Kept:
    """Keep what was typed so far. Two tabs with the same draft never mix: the second one goes on under its own key.

    `sent` is the digest of a form that someone sent. Without it a script saves by itself: what such a save brings after
    its form was recorded came too late, and is dropped.

    Raises:
        NotFound: the key belongs to a colleague.
    """
    row = _draft_to_write(session, form, secret=secret, now=now, sent=sent)
    if row.advice_id is not None:
        return Kept(row.key if sent else _next_key(row, form, secret=secret), 0, row.advice_id)
    if dict(fields) != row.fields or not row.revision:
        row.fields = dict(fields)
        row.revision += 1
    row.holder, row.saved_at = form.holder, now
    session.flush()
    return Kept(row.key, row.revision)


def record_from_draft(
    session: Session,
    form: FormInHand,
    draft: AdviceDraft,
    *,
    digest: str,
    secret: str,
    vocabulary: Vocabulary,
    now: datetime,
) -> tuple[int, bool]:
    """Record the advice of a form once, however often the form is sent; empty its draft.

    Returns the number of the advice and whether it is new. The same form with another text is another advice.

    Raises:
        AdviceRejected: the draft breaks rules of the helpdesk; nothing was stored.
    """

    def store() -> int:
        return record_advice(session, draft, vocabulary=vocabulary, recorded_by=form.owner, now=now).id

    return settle_draft(session, form, store, digest=digest, secret=secret, now=now)


def settle_draft(
    session: Session, form: FormInHand, store: Callable[[], int], *, digest: str, secret: str, now: datetime
) -> tuple[int, bool]:
    """Let `store` write what a form says, once however often the form is sent, and empty its draft.

    Returns the number of the advice, which `store` tells, and whether it was written now.
    """
    row = _draft_to_write(session, form, secret=secret, now=now, sent=digest)
    if row.advice_id is not None:
        return row.advice_id, False
    advice_id = store()
    row.fields, row.advice_id, row.digest, row.saved_at = {}, advice_id, digest, now
    session.flush()
    return advice_id, True


def note_references(session: Session, advice: Advice, vocabulary: Vocabulary) -> None:
    """Note which articles and rulings an advice names, never the words around them."""
    found = references.recognised(f"{advice.question}\n{advice.answer}", vocabulary.recogniser)
    source = references.Source(
        id=f"{ADVICE}/{advice.id}",
        kind=ADVICE,
        address=f"/helpdesk/adviezen/{advice.id}",
        title=f"Advies {advice.id}",
        dated_on=advice.given_on,
    )
    references.note(session, source, [replace(target, context="") for target in found])


def import_advice(
    session: Session, drafts: Sequence[AdviceDraft], *, vocabulary: Vocabulary, by: int, now: datetime
) -> int:
    """Record advice from a file, all of it or nothing; return how much.

    Raises:
        AdviceRejected: a draft breaks rules; the file was not looked at line by line before.
    """
    for draft in drafts:
        record_advice(session, draft, vocabulary=vocabulary, recorded_by=by, now=now)
    return len(drafts)


def discard_draft(session: Session, key: str, *, owner: int, now: datetime) -> None:
    """Throw away a draft of this colleague. Raises NotFound."""
    found = session.scalar(
        delete(SavedDraft)
        .where(SavedDraft.key == key, SavedDraft.owner_id == owner, SavedDraft.advice_id.is_(None))
        .returning(SavedDraft.key)
    )
    if found is None:
        raise NotFound("Dit ontwerp bestaat niet meer.")
    audit.note(session, "advice_draft.discarded", subject_id=key.split(".")[1], by=owner, at=now)


def forget_old_drafts(session: Session, *, now: datetime) -> int:
    """Remove drafts nobody saved for fourteen days, finished ones too; return how many."""
    gone = session.scalars(
        delete(SavedDraft).where(SavedDraft.saved_at < now - rules.DRAFT_KEPT).returning(SavedDraft.key)
    ).all()
    return len(gone)


def _draft_to_write(
    session: Session, form: FormInHand, *, secret: str, now: datetime, sent: str | None = None
) -> SavedDraft:
    """Return the locked row this page may write to: its own, or one apart when another page went on with that one.

    The row of a form that was recorded before is returned to a script, which sends no digest (`sent`), and to who sends
    the same text again; another text is another draft.

    Raises:
        NotFound: the key belongs to a colleague.
    """
    while True:
        row = _locked_draft(session, form, now=now)
        is_ours = row.revision in (0, form.revision) or row.holder == form.holder
        if is_ours and row.advice_id is None:
            return row
        if row.advice_id is not None and sent in (None, row.digest):
            return row
        form = replace(form, key=_next_key(row, form, secret=secret), revision=0)


def _next_key(row: SavedDraft, form: FormInHand, *, secret: str) -> str:
    """Return the key under which a page goes on apart from a row: the same one however often it is asked."""
    apart = form.holder if row.advice_id is None else f"{form.holder} {row.digest}"
    return rules.forked_key(row.key, apart, owner_id=form.owner, secret=secret)


def _locked_draft(session: Session, form: FormInHand, *, now: datetime) -> SavedDraft:
    """Return the row of a key, made when absent; whoever asks for it next waits until this transaction ends."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    first = dialect.insert(SavedDraft).values(
        key=form.key, owner_id=form.owner, fields={}, revision=0, holder=form.holder, saved_at=now
    )
    session.execute(first.on_conflict_do_update(index_elements=["key"], set_={"owner_id": SavedDraft.owner_id}))
    row = session.scalars(
        select(SavedDraft).where(SavedDraft.key == form.key).execution_options(populate_existing=True)
    ).one()
    if row.owner_id != form.owner:
        raise NotFound("Dit ontwerp bestaat niet.")
    return row


def keep_preset(
    session: Session, name: str, codes: CallerCodes, *, owner: int, vocabulary: Vocabulary, now: datetime
) -> None:
    """Keep the codes of a caller under a name; a preset of that name is replaced. Raises AdviceRejected."""
    rules.check_preset(name, codes, vocabulary=vocabulary, today=brussels_date(now))
    found = session.scalar(select(CallerPreset).where(CallerPreset.owner_id == owner, CallerPreset.name == name))
    preset = found or CallerPreset(owner_id=owner, name=name)
    preset.caller_category, preset.caller_sector = codes.caller_category, codes.caller_sector
    preset.caller_region = codes.caller_region
    session.add(preset)
    session.flush()


def remove_preset(session: Session, preset_id: int, *, owner: int) -> None:
    """Remove a preset of this colleague; one that is gone already is no error."""
    session.execute(delete(CallerPreset).where(CallerPreset.id == preset_id, CallerPreset.owner_id == owner))


def keep_snippet(session: Session, name: str, text: str, *, owner: int) -> None:
    """Keep a text to insert under a name; a snippet of that name is replaced. Raises AdviceRejected."""
    rules.check_snippet(name, text)
    found = session.scalar(select(Snippet).where(Snippet.owner_id == owner, Snippet.name == name))
    snippet = found or Snippet(owner_id=owner, name=name)
    snippet.text = text
    session.add(snippet)
    session.flush()


def remove_snippet(session: Session, snippet_id: int, *, owner: int) -> None:
    """Remove a snippet of this colleague; one that is gone already is no error."""
    session.execute(delete(Snippet).where(Snippet.id == snippet_id, Snippet.owner_id == owner))


def note_reading(reading: Session, advice_id: int, *, by: int, now: datetime) -> None:
    """Store that someone read a record with its free text. See `_note_apart`."""
    _note_apart(reading, "advice.read", advice_id, by=by, now=now)


def note_listing(reading: Session, page_number: int, *, by: int, now: datetime) -> None:
    """Store that someone saw a page of the list in which questions are opened. See `_note_apart`."""
    _note_apart(reading, "advice.listed", page_number, by=by, now=now)


def _note_apart(reading: Session, act: str, subject_id: object, *, by: int, now: datetime) -> None:
    """Add to the audit log in a transaction of its own.

    Reading happens in a GET, which stores nothing through the session of the request, and a record must not be shown
    unless the note is safe. The reading session ends first, so that SQLite has no reader to wait for; what it loaded
    must have been taken over.
    """
    bind = reading.get_bind()
    reading.rollback()
    with Session(bind, join_transaction_mode="create_savepoint") as session, session.begin():
        audit.note(session, act, subject_id=subject_id, by=by, at=now)


def store_past_advice(session: Session, entries: Sequence[PastAdvice], *, is_demo: bool, now: datetime) -> int:
    """Store many pieces of past advice in a few statements; return how many.

    The drafts must have passed `rules.check_draft`: nothing is checked again.
    """
    if not entries:
        return 0
    rows = [
        {
            **columns_of(entry.draft, recorded_by=entry.recorded_by, recorded_at=entry.recorded_at),
            "is_demo": is_demo,
        }
        for entry in entries
    ]
    ids = session.scalars(
        insert(Advice).returning(Advice.id, sort_by_parameter_order=True),
        rows,
        execution_options={"render_nulls": True},  # one statement for rows with and without a sector
    ).all()
    session.execute(
        insert(AdviceTheme),
        [
            {"advice_id": advice_id, "node": node, "position": position}
            for advice_id, entry in zip(ids, entries, strict=True)
            for position, node in enumerate(entry.draft.themes)
        ],
    )
    persons = [
        {"advice_id": advice_id, "position": position, **vars(person)}
        for advice_id, entry in zip(ids, entries, strict=True)
        for position, person in enumerate(entry.draft.other_persons, start=1)
    ]
    if persons:
        session.execute(insert(AdvicePerson), persons)
    for owner in sorted({entry.recorded_by for entry in entries}):
        announce(session, owner, [None])
    audit.note(session, "advice.imported", subject_id=f"{ids[0]}-{ids[-1]}", by=None, at=now)
    return len(ids)


def announce(session: Session, owner: int, advice_ids: Sequence[int | None]) -> None:
    """Note that the index of a jurist has to read these again; None is everything.

    On PostgreSQL writers take turns from here until they commit, as `helpdesk.core.outbox.announce` explains.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
    session.add_all(AdviceChange(owner_id=owner, advice_id=advice_id) for advice_id in advice_ids)


def persons_of(draft: AdviceDraft) -> list[AdvicePerson]:
    """Return the rows of the persons after the first."""
    return [AdvicePerson(position=position, **vars(one)) for position, one in enumerate(draft.other_persons, start=1)]


def sources_of(
    session: Session, document_ids: Sequence[str], *, owner: int, vocabulary: Vocabulary, today: date
) -> list[AdviceSource]:
    """Return what an advice rests on as it is today; what is no longer there is left out."""
    wanted = list(dict.fromkeys(document_ids))[: rules.MOST_SOURCES]
    found = queries.find_sources(session, wanted, owner=owner, vocabulary=vocabulary)
    return [
        AdviceSource(
            document_id=one.document_id,
            position=position,
            version=one.version,
            address=one.address,
            title=one.title,
            attached_on=today,
        )
        for position, one in enumerate(found)
    ]


@dataclass(frozen=True)
class OwnIndex:
    """The index of one jurist's own advice on this node, the folder it lives in, and whose it is."""

    documents: SearchableIndex
    folder: Path
    owner: int


def keep_up(session: Session, index: OwnIndex, vocabulary: Vocabulary) -> None:
    """Let the index of a jurist follow what changed, or build it again when it is missing or damaged.

    While another process of this node is at it, or the disk is full, the index answers as it is.
    """
    newest = queries.last_change(session, owner=index.owner)
    if applied_number(index.folder) == newest and index.documents.is_usable:
        return
    with contextlib.suppress(OSError, IndexBusy), take_turn(index.folder, may_wait=not index.documents.is_usable):
        applied = applied_number(index.folder)
        changed = queries.changes_after(session, applied or 0, owner=index.owner)
        if applied is None or applied > newest or None in changed or not index.documents.is_usable:
            index.documents.replace_all(queries.own_documents(session, owner=index.owner, vocabulary=vocabulary))
        elif changed:
            ids = [advice_id for advice_id in changed if advice_id is not None]
            held = queries.own_documents(session, owner=index.owner, vocabulary=vocabulary, ids=ids)
            gone = {f"{ADVICE}/{advice_id}" for advice_id in ids} - {document.id for document in held}
            index.documents.update(held, remove=sorted(gone))
        note_applied_number(index.folder, newest)


def keep_up_if_quick(session: Session, index: OwnIndex, vocabulary: Vocabulary) -> None:
    """Keep up before answering; an index of much advice that has to be built is left to the job runner."""
    if index.documents.is_usable or queries.own_advice_total(session, owner=index.owner) <= MOST_BUILT_AT_ONCE:
        keep_up(session, index, vocabulary)


def keep_all_up(session: Session, folder: Path, vocabulary: Vocabulary) -> None:
    """Let the index of every jurist follow, and let go of the words of what was corrected or emptied.

    The pieces are taken together when a busy day left many.
    """
    for owner in queries.jurists_with_changes(session):
        own = folder / str(owner)
        index = OwnIndex(SearchIndex(own), own, owner)
        keep_up(session, index, vocabulary)
        with contextlib.suppress(OSError, IndexBusy, IndexDamaged), take_turn(own):
            index.documents.purge()
            index.documents.merge(MOST_SEGMENTS)


def note_suggestions_apart(reading: Session, advice_ids: Sequence[int], *, by: int, now: datetime) -> None:
    """Store that someone was shown how these pieces of advice begin. See `_note_apart`."""
    if advice_ids:
        _note_apart(reading, "advice.suggested", ",".join(map(str, advice_ids)), by=by, now=now)


def columns_of(draft: AdviceDraft, *, recorded_by: int, recorded_at: datetime) -> dict[str, Any]:
    """Return the columns of a record by name."""
    return {
        "given_on": draft.given_on,
        "channel": draft.channel,
        "caller_region": draft.caller_region,
        "caller_category": draft.caller_category,
        "caller_sector": draft.caller_sector,
        "question": draft.question,
        "answer": draft.answer,
        "residence_situation": draft.residence_situation,
        "nationality": draft.nationality,
        "outcome": draft.outcome,
        "referred_to": draft.referred_to,
        "scope_exception": draft.scope_exception,
        "time_spent_minutes": draft.time_spent_minutes,
        "recorded_by_id": recorded_by,
        "recorded_at": recorded_at,
        "updated_at": recorded_at,
    }
