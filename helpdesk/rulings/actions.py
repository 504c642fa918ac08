"""Writing rulings; never commits."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from helpdesk.core import audit, outbox
from helpdesk.core.errors import FileProblem
from helpdesk.core.frontmatter import checksum, read_files
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.rulings import queries, rules
from helpdesk.rulings.models import (
    AliasKind,
    ChangeAct,
    Ruling,
    RulingAlias,
    RulingArticle,
    RulingChange,
    RulingFile,
    RulingMention,
    RulingTheme,
)
from helpdesk.rulings.rules import FOLDER, RulingDraft

GONE = "Deze uitspraak staat niet meer in de databank."  # what the public reads when a file was deleted
_KEPT_APART = frozenset({"themes", "articles", "aliases"})
_KEPT_UNLESS_GIVEN = frozenset({"full_text", "content_path", "content_source"})
_PLAIN_FIELDS = tuple(item.name for item in fields(RulingDraft) if item.name not in _KEPT_APART)


class EditedMeanwhile(Exception):
    """Someone else changed the ruling since the editor opened it."""


class RulingKnown(Exception):
    """A ruling with this court, number and date is there already."""


@dataclass(frozen=True)
class StoredFile:
    """A PDF in the folder uploads/."""

    sha256: str
    size_bytes: int
    pages: int


@dataclass
class ImportCount:
    """How many records were added, changed and left alone; `edited_on_site` are the files that were not imported."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    slugs: list[str] = field(default_factory=list)
    edited_on_site: list[str] = field(default_factory=list)


def read_folder(content: Path, vocabulary: Vocabulary) -> tuple[list[RulingDraft], list[FileProblem]]:
    """Read all rulings of a content folder, in the order of their paths, with everything that is wrong."""
    drafts, problems = read_files(
        content, (content / FOLDER).rglob("*.md"), lambda path, text: rules.read_ruling(path, text, vocabulary)
    )
    return drafts, problems + _twice(drafts)


def import_rulings(
    session: Session, drafts: Sequence[RulingDraft], *, now: datetime, overwrite: bool = False
) -> ImportCount:
    """Store the drafts that differ from what is published, publish them and announce them to the index.

    A draft differs when its file changed, or when the lists now read its articles in another way. A ruling that was
    edited, moved or withdrawn on the site since its last import is left alone unless `overwrite`; a file that says what
    was edited on the site counts as its import.
    """
    known = {ruling.slug: ruling for ruling in session.scalars(select(Ruling))}
    moved = queries.slugs_of_old_addresses(session)
    written = {draft.slug for draft in drafts}
    count = ImportCount()
    left: list[str] = []  # ids in the index that a ruling had before its file was imported over it
    for draft in drafts:
        ruling = known.get(draft.slug) or known.get(moved.get(draft.slug, draft.slug))
        if ruling is not None and _is_as_drafted(ruling, draft):
            ruling.imported_checksum = _checksum_of(draft.content_source)
            count.unchanged += 1
        elif ruling is not None and _is_unchanged_since_import(ruling, draft):
            count.unchanged += 1
        elif ruling is not None and _stays_as_on_site(ruling, draft, written, overwrite=overwrite):
            count.edited_on_site.append(draft.content_path or draft.slug)
        else:
            count.added += ruling is None
            count.changed += ruling is not None
            before = ruling.document_id if ruling is not None else None
            if ruling is not None and is_edited_on_site(ruling):
                _note_change(session, ruling, ChangeAct.OVERWRITTEN, to=draft, by=None, now=now)
            stored = store(session, ruling, draft, now=now)
            stored.imported_checksum = _checksum_of(draft.content_source)
            known[stored.slug] = stored
            count.slugs.append(stored.slug)
            left += [before] if before is not None and before != stored.document_id else []
    outbox.announce(session, [*left, *(f"{FOLDER}/{slug}" for slug in count.slugs)], at=now)
    return count


def store(session: Session, ruling: Ruling | None, draft: RulingDraft, *, now: datetime) -> Ruling:
    """Write a draft over a ruling, or make one of it, and publish it; the caller announces it to the index.

    A draft without full text or content file leaves those of the ruling as they are.
    """
    if ruling is None:
        ruling = Ruling(revision=0)
        session.add(ruling)
    _publish(ruling, now)
    _fill(session, ruling, draft, now)
    ruling.revision += 1
    return ruling


def add_ruling(session: Session, draft: RulingDraft, *, publish: bool, by: int, now: datetime) -> Ruling:
    """Store a ruling that an editor wrote, published or as a draft, and announce it.

    Raises:
        RulingKnown: a ruling with this court, number and date is there already.
    """
    ruling = Ruling(revision=1)
    with _unless_known(session):
        session.add(ruling)
        _fill(session, ruling, _as_file(draft), now)
    session.add(_change(ruling, ChangeAct.ADDED, {}, by=by, now=now))
    audit.note(session, "ruling.added", subject_id=ruling.slug, by=by, at=now)
    if publish:
        _publish_by_hand(session, ruling, by=by, now=now)
    return ruling


def correct_ruling(
    session: Session, ruling: Ruling, draft: RulingDraft, *, seen: int, publish: bool, by: int, now: datetime
) -> Ruling:
    """Store what an editor changed, keep what was before, and announce the ruling under both its addresses.

    `seen` is the revision the editor saw. Without `publish` the ruling stays where it stood: a draft stays a draft. An
    address or ECLI that is replaced keeps leading here. When nothing changed, nothing is stored but the publication.

    Raises:
        EditedMeanwhile: someone else changed the ruling since; nothing was stored.
        RulingKnown: another ruling has this court, number and date.
    """
    _claim(session, ruling, seen)
    old = rules.draft_of(ruling)
    if rules.differences(old, draft):
        draft = _as_file(replace(draft, aliases=_aliases_after(old, draft)))
        _note_change(session, ruling, ChangeAct.CORRECTED, to=draft, by=by, now=now)
        with _unless_known(session):
            _fill(session, ruling, draft, now)
            ruling.full_text = draft.full_text  # an editor may take the text away
        audit.note(session, "ruling.corrected", subject_id=ruling.slug, by=by, at=now)
        outbox.announce(session, sorted({f"{FOLDER}/{old.slug}", ruling.document_id}), at=now)
    if publish and ruling.published_at is None:
        _publish_by_hand(session, ruling, by=by, now=now)
    return ruling


def withdraw_ruling(session: Session, ruling: Ruling, *, reason: str, seen: int, by: int, now: datetime) -> None:
    """Take a ruling off the site with a reason that its address tells, and announce it.

    Raises:
        EditedMeanwhile: someone else changed the ruling since; nothing was stored.
    """
    _claim(session, ruling, seen)
    session.add(_change(ruling, ChangeAct.WITHDRAWN, {}, by=by, now=now))
    ruling.published_at = None
    ruling.withdrawn_reason = reason
    ruling.updated_at = now
    audit.note(session, "ruling.withdrawn", subject_id=ruling.slug, by=by, at=now)
    outbox.announce(session, [ruling.document_id], at=now)


def attach_file(session: Session, ruling: Ruling, file: StoredFile | None, *, by: int, now: datetime) -> str | None:
    """Make a stored PDF the file of a ruling, or none; return the fingerprint of one that nobody needs any more."""
    old = ruling.file.sha256 if ruling.file else None
    if old == (file.sha256 if file else None):
        return None
    before = {"pdf": rules.file_label(ruling.file.pages, ruling.file.size_bytes) if ruling.file else ""}
    session.add(_change(ruling, ChangeAct.CORRECTED, before, by=by, now=now))
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


def withdraw_missing(
    session: Session, drafts: Sequence[RulingDraft], *, now: datetime, overwrite: bool = False
) -> tuple[int, list[str]]:
    """Withdraw the imported rulings that have no file any more and announce them.

    Returns how many, and the files of those that stay because they were edited on the site since.
    """
    moved = queries.slugs_of_old_addresses(session)
    written = {slug for draft in drafts for slug in (draft.slug, moved.get(draft.slug, draft.slug))}
    imported = session.scalars(
        select(Ruling)
        .where(Ruling.imported_checksum.is_not(None), Ruling.published_at.is_not(None))
        .order_by(Ruling.slug)
    )
    missing = [ruling for ruling in imported if ruling.slug not in written]
    stay = [ruling for ruling in missing if is_edited_on_site(ruling) and not overwrite]
    leave = [ruling for ruling in missing if ruling not in stay]
    for ruling in leave:
        ruling.published_at = ruling.imported_checksum = None
        ruling.withdrawn_reason = GONE
        ruling.revision += 1
    outbox.announce(session, [ruling.document_id for ruling in leave], at=now)
    return len(leave), [ruling.content_path or ruling.slug for ruling in stay]


def read_again(session: Session, vocabulary: Vocabulary) -> list[FileProblem]:
    """Read the articles of rulings that were edited on the site by new lists, as an import does for its files.

    Returns what the lists no longer know in them; the caller announces every document.
    """
    problems: list[FileProblem] = []
    written = select(Ruling).where(Ruling.content_source.is_not(None), Ruling.published_at.is_not(None))
    for ruling in session.scalars(written.order_by(Ruling.slug)):
        if is_edited_on_site(ruling):
            path, source = ruling.content_path or "", ruling.content_source or ""
            draft, wrong = rules.read_ruling(path, source, vocabulary)
            problems += wrong
            if draft is not None:
                _put_articles(session, ruling, draft)
    return problems


def note_mentions(session: Session, *, document_id: str, address: str, title: str, slugs: Sequence[str]) -> None:
    """Replace which rulings a text discusses, so that their pages link back to it."""
    session.execute(delete(RulingMention).where(RulingMention.document_id == document_id))
    session.add_all(
        RulingMention(document_id=document_id, ruling_slug=slug, address=address, title=title)
        for slug in dict.fromkeys(slugs)
    )


def content_files(session: Session) -> dict[str, str]:
    """Return the content files of the published rulings, by path."""
    query = select(Ruling.content_path, Ruling.content_source).where(
        Ruling.content_source.is_not(None), Ruling.published_at.is_not(None)
    )
    return {path: source for path, source in session.execute(query.order_by(Ruling.content_path)) if path and source}


def _is_as_drafted(ruling: Ruling, draft: RulingDraft) -> bool:
    articles = [(article.normal, article.label) for article in ruling.articles]
    return (
        ruling.published_at is not None and ruling.content_source == draft.content_source and articles == draft.articles
    )


def _stays_as_on_site(ruling: Ruling, draft: RulingDraft, written: Collection[str], *, overwrite: bool) -> bool:
    """Tell whether a file is not imported: its ruling was edited on the site, or has a file at its present address."""
    is_left_behind = draft.slug != ruling.slug and ruling.slug in written
    return is_left_behind or (is_edited_on_site(ruling) and not overwrite)


def _is_unchanged_since_import(ruling: Ruling, draft: RulingDraft) -> bool:
    """Tell whether this is the file of the last import while the site says something newer."""
    return (
        ruling.published_at is not None
        and ruling.content_source != draft.content_source
        and ruling.imported_checksum == _checksum_of(draft.content_source)
    )


def is_edited_on_site(ruling: Ruling) -> bool:
    """Tell whether an editor added, changed or withdrew a ruling since its last import.

    One that an import withdrew has no checksum left and is not published: its file brings it back.
    """
    if ruling.published_at is None:
        return ruling.imported_checksum is not None or ruling.withdrawn_reason != GONE
    return ruling.content_source is not None and ruling.imported_checksum != checksum(ruling.content_source)


def _checksum_of(source: str | None) -> str | None:
    return checksum(source) if source is not None else None


def _fill(session: Session, ruling: Ruling, draft: RulingDraft, now: datetime) -> None:
    old_slug, old_ecli = ruling.slug, ruling.ecli
    for name in _PLAIN_FIELDS:
        value = getattr(draft, name)
        if value is not None or name not in _KEPT_UNLESS_GIVEN:
            setattr(ruling, name, value)
    ruling.updated_at = now
    ruling.themes.clear()
    _put_articles(session, ruling, draft)
    ruling.themes.extend(RulingTheme(node=node, position=place) for place, node in enumerate(draft.themes))
    old = [value for value, new in ((old_slug, draft.slug), (old_ecli, draft.ecli)) if value and new and value != new]
    if old or draft.aliases:
        _note_aliases(session, ruling, [*draft.aliases, *old], now)


def _put_articles(session: Session, ruling: Ruling, draft: RulingDraft) -> None:
    ruling.articles.clear()
    session.flush()  # the old rows, of themes too, go before the new ones with the same key come
    ruling.articles.extend(
        RulingArticle(position=place, normal=normal, label=label)
        for place, (normal, label) in enumerate(draft.articles)
    )


def _note_aliases(session: Session, ruling: Ruling, values: Sequence[str], now: datetime) -> None:
    """Let old addresses and ECLIs lead to a ruling; one that is its own again is none."""
    own = (ruling.slug, ruling.ecli)
    session.execute(delete(RulingAlias).where(RulingAlias.ruling_id == ruling.id, RulingAlias.value.in_(own)))
    for value in dict.fromkeys(values):
        if value not in own:
            kind = AliasKind.ECLI if value.startswith("ECLI:") else AliasKind.SLUG
            session.merge(RulingAlias(kind=kind, value=value, ruling_id=ruling.id, noted_at=now))
    session.flush()
    session.expire(ruling, ["alias_rows"])


def _aliases_after(old: RulingDraft, new: RulingDraft) -> list[str]:
    """Return what must lead to a ruling once it is changed: what did before, and what it is no longer called."""
    replaced = [value for value, now in ((old.slug, new.slug), (old.ecli, new.ecli)) if value and now]
    return sorted({*old.aliases, *replaced} - {new.slug, new.ecli or new.slug})


def _as_file(draft: RulingDraft) -> RulingDraft:
    """Return a draft with the content file that says the same, for the next export."""
    return replace(draft, content_path=rules.content_path(draft), content_source=rules.write_ruling(draft))


def _publish(ruling: Ruling, now: datetime) -> None:
    ruling.published_at = ruling.published_at or now
    ruling.withdrawn_reason = None


def _publish_by_hand(session: Session, ruling: Ruling, *, by: int, now: datetime) -> None:
    _publish(ruling, now)
    ruling.updated_at = now
    audit.note(session, "ruling.published", subject_id=ruling.slug, by=by, at=now)
    outbox.announce(session, [ruling.document_id], at=now)


def _claim(session: Session, ruling: Ruling, seen: int) -> None:
    """Take the turn to change a ruling: only one of those who saw the same revision gets it."""
    counted = update(Ruling).where(Ruling.id == ruling.id, Ruling.revision == seen).values(revision=seen + 1)
    if session.execute(counted, execution_options={"synchronize_session": False}).rowcount != 1:  # type: ignore[attr-defined]
        raise EditedMeanwhile
    session.refresh(ruling)


@contextmanager
def _unless_known(session: Session) -> Iterator[None]:
    """Turn the refusal of the database to hold a ruling twice into RulingKnown; the transaction goes on."""
    try:
        with session.begin_nested():
            yield
            session.flush()
    except IntegrityError as twice:
        raise RulingKnown from twice


def _change(
    ruling: Ruling, act: ChangeAct, before: Mapping[str, object], *, by: int | None, now: datetime
) -> RulingChange:
    return RulingChange(ruling_id=ruling.id, act=act, before=dict(before), changed_by_id=by, changed_at=now)


def _note_change(
    session: Session, ruling: Ruling, act: ChangeAct, *, to: RulingDraft, by: int | None, now: datetime
) -> None:
    """Keep what a ruling said where a draft says something else."""
    old = rules.draft_of(ruling)
    if act is ChangeAct.OVERWRITTEN and to.full_text is None:
        to = replace(to, full_text=old.full_text)
    session.add(_change(ruling, act, rules.differences(old, to), by=by, now=now))


def _twice(drafts: Sequence[RulingDraft]) -> list[FileProblem]:
    """Report rulings that stand in two files: court, number and date identify a ruling."""
    seen: dict[tuple[object, ...], str] = {}
    problems = []
    for draft in drafts:
        identity, path = (draft.court, draft.number_normal, draft.decided_on), draft.content_path or ""
        if identity in seen:
            problems.append(FileProblem(path, 1, f"Deze uitspraak staat ook in {seen[identity]}."))
        seen.setdefault(identity, path)
    return problems
