"""Bringing in rulings from content files and exchanged records, and giving the files back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from helpdesk.core import outbox, references
from helpdesk.core.errors import FileProblem, Rejected
from helpdesk.core.frontmatter import checksum, read_files
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.rulings import queries
from helpdesk.rulings.actions.storing import (
    GONE,
    KEPT_UNLESS_GIVEN,
    PLAIN_FIELDS,
    as_file,
    is_edited_on_site,
    is_off_by_hand,
    may_overwrite,
    note_change,
    put_articles,
    store,
)
from helpdesk.rulings.models import (
    ChangeAct,
    Ruling,
    RulingState,
    RulingTreatment,
)
from helpdesk.rulings.rules.drafts import (
    FOLDER,
    RulingDraft,
    completed,
)
from helpdesk.rulings.rules.files import read_ruling
from helpdesk.rulings.rules.records import draft_of_record
from jurisprudence.exchange.record import RulingRecord
from jurisprudence.legislation import InvalidSource, UnknownLaw, parse_source

_Treating = tuple[str | None, str | None, str | None]


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
            or not may_overwrite(session, ruling, overwrite=overwrite)
        ):
            count.edited_on_site.append(draft.content_path or draft.slug)
        else:
            count.added += ruling is None
            count.changed += ruling is not None
            before = ruling.document_id if ruling is not None else None
            if ruling is not None and is_edited_on_site(ruling):
                note_change(session, ruling, ChangeAct.OVERWRITTEN, to=draft, by=None, now=now)
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
                put_articles(session, ruling, draft)
    return problems


def _read_articles_again(ruling: Ruling, vocabulary: Vocabulary) -> list[FileProblem]:
    problems = []
    for article in ruling.articles:
        try:
            article.normal = parse_source(article.label, vocabulary.laws).normal
        except (UnknownLaw, InvalidSource) as wrong:
            problems.append(FileProblem(ruling.document_id, 1, str(wrong).strip("'\"")))
    return problems


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
    whole = as_file(whole)
    _, problems = read_ruling(whole.content_path or "", whole.content_source or "", vocabulary)
    if problems:
        raise Rejected([problem.message for problem in problems])
    return whole


def _overwrite(
    session: Session, ruling: Ruling | None, whole: RulingDraft, vocabulary: Vocabulary, *, now: datetime
) -> Ruling:
    if ruling is not None:
        if not may_overwrite(session, ruling, overwrite=False):
            raise Rejected(["Een redacteur wijzigde deze uitspraak net: voer ze opnieuw in."])
        note_change(session, ruling, ChangeAct.OVERWRITTEN, to=whole, by=None, now=now)
    return store(session, ruling, whole, vocabulary, now=now)


def _refusal(ruling: Ruling | None, moved_to: str | None) -> str:
    """Return why a record may not be stored over what editors decided on the site, "" when it may."""
    if ruling is None:
        return f"Een redacteur verbeterde deze uitspraak: ze staat nu op /rechtspraak/{moved_to}." if moved_to else ""
    if ruling.state is RulingState.DRAFT:
        return "Op de site staat een ontwerp van deze uitspraak: publiceer of verbeter dat."
    if is_off_by_hand(ruling):
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
    names = (name for name in PLAIN_FIELDS if name not in KEPT_UNLESS_GIVEN or getattr(draft, name) is not None)
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
    return is_left_behind or is_off_by_hand(ruling) or (is_edited_on_site(ruling) and not overwrite)


def _is_unchanged_since_import(ruling: Ruling, draft: RulingDraft) -> bool:
    """Tell whether this is the file of the last import while the site says something newer."""
    return (
        ruling.published_at is not None
        and ruling.content_source != draft.content_source
        and ruling.imported_checksum == _checksum_of(draft.content_source)
    )


def _checksum_of(source: str | None) -> str | None:
    return checksum(source) if source is not None else None


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
