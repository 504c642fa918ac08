"""Writing rulings; never commits."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import delete, select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from helpdesk.core import audit, outbox, references
from helpdesk.core.errors import FileProblem, Rejected
from helpdesk.core.frontmatter import checksum, read_files
from helpdesk.core.references import Source
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.rulings import queries
from helpdesk.rulings.models import (
    AliasKind,
    ChangeAct,
    Ruling,
    RulingAlias,
    RulingArticle,
    RulingChange,
    RulingFile,
    RulingIdentifier,
    RulingState,
    RulingTheme,
    RulingTreatment,
)
from helpdesk.rulings.rules.drafts import (
    FOLDER,
    RulingDraft,
    TreatmentDraft,
    completed,
    differences,
    draft_of,
    moved_treatments,
)
from helpdesk.rulings.rules.files import content_path, read_ruling, write_ruling
from helpdesk.rulings.rules.naming import file_label, normals_of, read_labels, ruling_title
from helpdesk.rulings.rules.records import draft_of_record
from jurisprudence.exchange.record import RulingRecord
from jurisprudence.legislation import InvalidSource, UnknownLaw, parse_source

GONE = "Deze uitspraak staat niet meer in de databank."  # what the public reads when a file was deleted
_KEPT_APART = frozenset({"themes", "articles", "aliases", "treatments"})
_KEPT_UNLESS_GIVEN = frozenset({"full_text", "content_path", "content_source"})
_Treating = tuple[str | None, str | None, str | None]
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


@dataclass
class RecordsCount(ImportCount):
    """The same for exchanged records; `refused` holds the number and the problems of each that was not stored."""

    refused: list[tuple[int, str]] = field(default_factory=list)


def read_folder(content: Path, vocabulary: Vocabulary) -> tuple[list[RulingDraft], list[FileProblem]]:
    """Read all rulings of a content folder, in the order of their paths, with everything that is wrong."""
    drafts, problems = read_files(
        content, (content / FOLDER).rglob("*.md"), lambda path, text: read_ruling(path, text, vocabulary)
    )
    return drafts, problems + _twice(drafts) + _treating_nobody(drafts)


def import_rulings(
    session: Session,
    drafts: Sequence[RulingDraft],
    vocabulary: Vocabulary,
    *,
    now: datetime,
    overwrite: bool = False,
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
    treatings = _treatings(session)
    left: list[str] = []  # ids in the index that a ruling had before its file was imported over it
    for draft in drafts:
        ruling = known.get(draft.slug) or known.get(moved.get(draft.slug, draft.slug))
        if ruling is not None and _is_as_drafted(ruling, draft):
            ruling.imported_checksum = _checksum_of(draft.content_source)
            count.unchanged += 1
        elif ruling is not None and _is_unchanged_since_import(ruling, draft):
            count.unchanged += 1
        elif ruling is not None and (
            _stays_as_on_site(ruling, draft, written, overwrite=overwrite)
            or not _may_overwrite(session, ruling, overwrite=overwrite)
        ):
            count.edited_on_site.append(draft.content_path or draft.slug)
        else:
            count.added += ruling is None
            count.changed += ruling is not None
            before = ruling.document_id if ruling is not None else None
            if ruling is not None and is_edited_on_site(ruling):
                _note_change(session, ruling, ChangeAct.OVERWRITTEN, to=draft, by=None, now=now)
            stored = store(session, ruling, draft, vocabulary, now=now)
            stored.imported_checksum = _checksum_of(draft.content_source)
            known[stored.slug] = stored
            count.slugs.append(stored.slug)
            left += [before] if before is not None and before != stored.document_id else []
    session.flush()
    treated = _treated_among(treatings, count.slugs)
    touched = [*count.slugs, *treated, *treated_by(session, count.slugs)]
    outbox.announce(session, [*left, *dict.fromkeys(f"{FOLDER}/{slug}" for slug in touched)], at=now)
    return count


def named(ruling: Ruling) -> references.Target:
    """Return a ruling as what a text refers to in a field or by a link."""
    return references.Target(
        target=ruling.number_normal,
        precise=ruling.number_normal,
        origin=references.Origin.RECORD,
        decided_on=ruling.decided_on,
    )


def treated_by(session: Session, slugs: Collection[str]) -> list[str]:
    """Return the rulings of ours that these rulings treat, or whose files say so: their marks change with them."""
    return _treated_among(_treatings(session), slugs)


def _treatings(session: Session) -> list[_Treating]:
    """Return the treating ruling, the file that says so, and the treated ruling of each treatment."""
    columns = (RulingTreatment.treating_slug, RulingTreatment.content_slug, RulingTreatment.treated_slug)
    rows = session.execute(select(*columns).order_by(RulingTreatment.treated_slug))
    return [(treating, content, treated) for treating, content, treated in rows]


def _treated_among(rows: Sequence[_Treating], slugs: Collection[str]) -> list[str]:
    wanted = set(slugs)
    treated = [treated for treating, content, treated in rows if treated and wanted & {treating, content}]
    return list(dict.fromkeys(treated))


def import_records(
    session: Session,
    records: Sequence[tuple[int, RulingRecord]],
    vocabulary: Vocabulary,
    *,
    now: datetime,
    dry_run: bool = False,
) -> RecordsCount:
    """Store the numbered records that differ from what is published, and announce them to the index.

    A record is stored whole or not at all, and one that is refused stops no other. Court, normalised number and date
    identify a ruling; what a record leaves empty stays as it is, and what was there before is kept as a change. What an
    editor withdrew, moved or has not published yet stays so, and the record is refused. Meant for a few hundred records
    at a time: their full texts are all in memory.
    """
    count = RecordsCount()
    drafts: list[tuple[int, RulingDraft]] = []
    for number, record in records:
        try:
            drafts.append((number, draft_of_record(record, vocabulary)))
        except Rejected as refused:
            count.refused.append((number, str(refused)))
    known = _known(session, [draft for _, draft in drafts])
    moved = queries.slugs_of_old_addresses(session)
    addresses = {ruling.slug: identity for identity, ruling in known.items()}
    for number, draft in drafts:
        identity = _identity(draft)
        ruling, is_free = known.get(identity), addresses.setdefault(draft.slug, identity) == identity
        try:
            whole = _completed(draft, ruling, vocabulary, is_free=is_free, moved_to=moved.get(draft.slug))
            if ruling is not None and ruling.published_at is not None and _says_the_same(ruling, whole):
                count.unchanged += 1
                continue
            if not dry_run:
                known[identity] = _overwrite(session, ruling, whole, vocabulary, now=now)
        except Rejected as refused:
            count.refused.append((number, str(refused)))
            continue
        count.added += ruling is None
        count.changed += ruling is not None
        count.slugs.append(whole.slug)
    if count.slugs and not dry_run:
        outbox.announce(session, [f"{FOLDER}/{slug}" for slug in dict.fromkeys(count.slugs)], at=now)
    return count


def store(
    session: Session, ruling: Ruling | None, draft: RulingDraft, vocabulary: Vocabulary, *, now: datetime
) -> Ruling:
    """Write a draft over a ruling whose turn was taken (`_claim`), or make one of it, and note what it refers to.

    The caller announces it to the index, and with it what it treats (`treated_by`).
    A draft without full text or content file leaves those of the ruling as they are.
    """
    if ruling is None:
        ruling = Ruling(revision=1)
        session.add(ruling)
    _publish(ruling, now)
    _fill(session, ruling, draft, now)
    if draft.treatments is not None:
        _put_treatments(session, draft.slug, draft.treatments, now)
    note_references(session, ruling, vocabulary)
    return ruling


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
        _fill(session, ruling, _as_file(draft), now)
    session.add(_change(ruling, ChangeAct.ADDED, {}, by=by, now=now))
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
    _claim(session, ruling, seen)
    old = draft_of(ruling)
    if differences(old, draft):
        treatments = moved_treatments(old, draft)
        draft = _as_file(replace(draft, aliases=_aliases_after(old, draft), treatments=treatments))
        _note_change(session, ruling, ChangeAct.CORRECTED, to=draft, by=by, now=now)
        with _unless_known(session):
            _fill(session, ruling, draft, now)
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
    _claim(session, ruling, seen)
    session.add(_change(ruling, ChangeAct.WITHDRAWN, {}, by=by, now=now))
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
    treated = treated_by(session, [ruling.slug for ruling in leave])
    for ruling in leave:
        ruling.published_at = ruling.imported_checksum = None
        ruling.withdrawn_reason = GONE
        ruling.revision += 1
        session.execute(delete(RulingTreatment).where(RulingTreatment.content_slug == ruling.slug))
        references.forget(session, ruling.document_id)
    touched = [*(ruling.slug for ruling in leave), *treated]
    outbox.announce(session, [f"{FOLDER}/{slug}" for slug in dict.fromkeys(touched)], at=now)
    return len(leave), [ruling.content_path or ruling.slug for ruling in stay]


def read_again(session: Session, vocabulary: Vocabulary) -> list[FileProblem]:
    """Read the articles of rulings that no file brings by new lists, as an import does for its files.

    Returns what the lists no longer know in them; the caller announces every document.
    """
    problems: list[FileProblem] = []
    for ruling in session.scalars(select(Ruling).where(Ruling.published_at.is_not(None)).order_by(Ruling.slug)):
        if ruling.content_source is None:
            problems += _read_articles_again(ruling, vocabulary)
        elif is_edited_on_site(ruling):
            path, source = ruling.content_path or "", ruling.content_source or ""
            draft, wrong = read_ruling(path, source, vocabulary)
            problems += wrong
            if draft is not None:
                _put_articles(session, ruling, draft)
    return problems


def _read_articles_again(ruling: Ruling, vocabulary: Vocabulary) -> list[FileProblem]:
    problems = []
    for article in ruling.articles:
        try:
            article.normal = parse_source(article.label, vocabulary.laws).normal
        except (UnknownLaw, InvalidSource) as wrong:
            problems.append(FileProblem(ruling.document_id, 1, str(wrong).strip("'\"")))
    return problems


def note_references(session: Session, ruling: Ruling, vocabulary: Vocabulary) -> None:
    """Note by which numbers a ruling is cited and what it cites itself, in its fields and in its text."""
    normals = normals_of(ruling)
    session.execute(delete(RulingIdentifier).where(RulingIdentifier.ruling_id == ruling.id))
    session.add_all(RulingIdentifier(normal=normal, ruling_id=ruling.id) for normal in normals)
    if ruling.published_at is None:
        references.forget(session, ruling.document_id)
        return
    text = "\n".join(filter(None, (ruling.keywords, ruling.summary, ruling.full_text)))
    named = (reference for _, reference in read_labels(ruling, vocabulary) if reference)
    source = Source(
        id=ruling.document_id,
        kind=FOLDER,
        address=f"/{FOLDER}/{ruling.slug}",
        title=ruling_title(ruling, vocabulary),
        dated_on=ruling.decided_on,
    )
    recognised = references.recognised(text, vocabulary.recogniser, leave_out=normals)
    references.note(session, source, [*references.named_articles(named), *recognised])


def content_files(session: Session) -> dict[str, str]:
    """Return the content files of the published rulings, by path."""
    query = select(Ruling.content_path, Ruling.content_source).where(
        Ruling.content_source.is_not(None), Ruling.published_at.is_not(None)
    )
    return {path: source for path, source in session.execute(query.order_by(Ruling.content_path)) if path and source}


def _completed(
    draft: RulingDraft, ruling: Ruling | None, vocabulary: Vocabulary, *, is_free: bool, moved_to: str | None
) -> RulingDraft:
    """Return a record with what the ruling says where it says nothing, and with the file of a ruling that has one.

    Raises:
        Rejected: its address is taken, an editor decided otherwise, or its file would not be read back.
    """
    refusal = _refusal(ruling, moved_to)
    if not is_free:
        refusal = f"Op het adres {draft.slug} staat al een uitspraak met een ander nummer."
    if refusal:
        raise Rejected([refusal])
    if ruling is None:
        return draft
    whole = completed(draft, ruling)
    if ruling.content_path is None or _says_the_same(ruling, whole):
        return whole
    whole = _as_file(whole)
    _, problems = read_ruling(whole.content_path or "", whole.content_source or "", vocabulary)
    if problems:
        raise Rejected([problem.message for problem in problems])
    return whole


def _overwrite(
    session: Session, ruling: Ruling | None, whole: RulingDraft, vocabulary: Vocabulary, *, now: datetime
) -> Ruling:
    if ruling is not None:
        if not _may_overwrite(session, ruling, overwrite=False):
            raise Rejected(["Een redacteur wijzigde deze uitspraak net: voer ze opnieuw in."])
        _note_change(session, ruling, ChangeAct.OVERWRITTEN, to=whole, by=None, now=now)
    return store(session, ruling, whole, vocabulary, now=now)


def _refusal(ruling: Ruling | None, moved_to: str | None) -> str:
    """Return why a record may not be stored over what editors decided on the site, "" when it may."""
    if ruling is None:
        return f"Een redacteur verbeterde deze uitspraak: ze staat nu op /rechtspraak/{moved_to}." if moved_to else ""
    if ruling.state is RulingState.DRAFT:
        return "Op de site staat een ontwerp van deze uitspraak: publiceer of verbeter dat."
    if _is_off_by_hand(ruling):
        return "Een redacteur trok deze uitspraak in: publiceer ze opnieuw op de site als ze terug mag."
    return ""


def _identity(one: RulingDraft | Ruling) -> tuple[str, str, date]:
    return one.court, one.number_normal, one.decided_on


def _known(session: Session, drafts: Sequence[RulingDraft]) -> dict[tuple[str, str, date], Ruling]:
    """Return the rulings, published or not, that these drafts identify or whose address they would take."""
    is_named = tuple_(Ruling.court, Ruling.number_normal, Ruling.decided_on).in_([_identity(draft) for draft in drafts])
    query = select(Ruling).where(is_named | Ruling.slug.in_([draft.slug for draft in drafts]))
    return {_identity(ruling): ruling for ruling in session.scalars(query.order_by(Ruling.slug))}


def _says_the_same(ruling: Ruling, draft: RulingDraft) -> bool:
    articles = [(article.normal, article.label) for article in ruling.articles]
    themes = [theme.node for theme in ruling.themes]
    names = (name for name in _PLAIN_FIELDS if name not in _KEPT_UNLESS_GIVEN or getattr(draft, name) is not None)
    is_same = all(getattr(ruling, name) == getattr(draft, name) for name in names)
    return is_same and articles == draft.articles and themes == draft.themes


def _is_as_drafted(ruling: Ruling, draft: RulingDraft) -> bool:
    articles = [(article.normal, article.label) for article in ruling.articles]
    return (
        ruling.published_at is not None and ruling.content_source == draft.content_source and articles == draft.articles
    )


def _stays_as_on_site(ruling: Ruling, draft: RulingDraft, written: Collection[str], *, overwrite: bool) -> bool:
    """Tell whether a file is not imported: its ruling was edited on the site, or has a file at its present address."""
    is_left_behind = draft.slug != ruling.slug and ruling.slug in written
    return is_left_behind or _is_off_by_hand(ruling) or (is_edited_on_site(ruling) and not overwrite)


def _is_off_by_hand(ruling: Ruling) -> bool:
    """Tell whether an editor withdrew a ruling, for privacy perhaps, or did not publish it yet: no import does."""
    return ruling.published_at is None and ruling.withdrawn_reason != GONE


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
    old_slug, old_ecli, old_number, old_date = ruling.slug, ruling.ecli, ruling.number_normal, ruling.decided_on
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
    if old_slug and old_slug != draft.slug:
        _move(session, old_slug, draft.slug)
    if old_slug and (old_number, old_date) != (draft.number_normal, draft.decided_on):
        references.rename(session, old_number, old_date, draft.number_normal, draft.decided_on)
        is_own = (RulingTreatment.treating_slug == draft.slug) & (RulingTreatment.treated_on == old_date)
        session.execute(update(RulingTreatment).where(is_own).values(treated_on=draft.decided_on))


def _put_articles(session: Session, ruling: Ruling, draft: RulingDraft) -> None:
    ruling.articles.clear()
    session.flush()  # the old rows, of themes too, go before the new ones with the same key come
    ruling.articles.extend(
        RulingArticle(position=place, normal=normal, label=label)
        for place, (normal, label) in enumerate(draft.articles)
    )


def _put_treatments(session: Session, slug: str, drafts: Sequence[TreatmentDraft], now: datetime) -> None:
    """Replace what a content file says of treatments; what an editor entered on the site stays."""
    session.execute(delete(RulingTreatment).where(RulingTreatment.content_slug == slug))
    for draft in drafts:
        sides = {name: _present(session, getattr(draft, name)) for name in ("treating_slug", "treated_slug")}
        session.add(RulingTreatment(**vars(draft) | sides, entered_at=now, content_slug=slug))


def _present(session: Session, slug: str | None) -> str | None:
    """Return the present address of a ruling that a file names by an old one."""
    if slug is None or queries.find_ruling(session, slug) is not None:
        return slug
    moved = queries.find_by_alias(session, AliasKind.SLUG, slug)
    return moved.slug if moved is not None else slug


def _move(session: Session, old_slug: str, new_slug: str) -> None:
    """Let what is kept by the address of a ruling follow it to another: its treatments and its references."""
    for column in (RulingTreatment.treating_slug, RulingTreatment.treated_slug, RulingTreatment.content_slug):
        session.execute(update(RulingTreatment).where(column == old_slug).values({column: new_slug}))
    references.move(session, f"{FOLDER}/{old_slug}", f"{FOLDER}/{new_slug}", address=f"/{FOLDER}/{new_slug}")


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
    return replace(draft, content_path=content_path(draft), content_source=write_ruling(draft))


def _publish(ruling: Ruling, now: datetime) -> None:
    ruling.published_at = ruling.published_at or now
    ruling.withdrawn_reason = None


def _publish_by_hand(session: Session, ruling: Ruling, *, by: int, now: datetime) -> None:
    _publish(ruling, now)
    ruling.updated_at = now
    audit.note(session, "ruling.published", subject_id=ruling.slug, by=by, at=now)
    outbox.announce(session, [ruling.document_id], at=now)


def _may_overwrite(session: Session, ruling: Ruling, *, overwrite: bool) -> bool:
    """Take the turn for an import; False when an editor changed the ruling since the import read it."""
    try:
        _claim(session, ruling, ruling.revision)
    except EditedMeanwhile:
        session.refresh(ruling)
        if not overwrite or _is_off_by_hand(ruling):
            return False
        _claim(session, ruling, ruling.revision)
    return True


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
    old = draft_of(ruling)
    if act is ChangeAct.OVERWRITTEN and to.full_text is None:
        to = replace(to, full_text=old.full_text)
    session.add(_change(ruling, act, differences(old, to), by=by, now=now))


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


def _treating_nobody(drafts: Sequence[RulingDraft]) -> list[FileProblem]:
    """Report treatments of rulings that stand in no file, under no present and no old address."""
    known = {slug for draft in drafts for slug in (draft.slug, *draft.aliases)}
    return [
        FileProblem(draft.content_path or "", 1, f"De uitspraak '{slug}' staat niet in rechtspraak/.")
        for draft in drafts
        for one in draft.treatments or []
        for slug in (one.treating_slug, one.treated_slug)
        if slug is not None and slug not in known
    ]
