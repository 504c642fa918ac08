"""Writing rulings; never commits."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from helpdesk.core import outbox, references
from helpdesk.core.errors import FileProblem, Rejected
from helpdesk.core.frontmatter import read_files
from helpdesk.core.references import Source
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.rulings import rules
from helpdesk.rulings.models import Ruling, RulingArticle, RulingIdentifier, RulingTheme, RulingTreatment
from helpdesk.rulings.rules import RulingDraft, TreatmentDraft
from jurisprudence.exchange.record import RulingRecord
from jurisprudence.legislation import parse_source

FOLDER = "rechtspraak"
_KEPT_APART = frozenset({"themes", "articles", "treatments"})
_KEPT_UNLESS_GIVEN = frozenset({"full_text", "content_path", "content_source"})
_PLAIN_FIELDS = tuple(item.name for item in fields(RulingDraft) if item.name not in _KEPT_APART)


@dataclass
class ImportCount:
    """How many records were added, changed and left alone."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    slugs: list[str] = field(default_factory=list)


@dataclass
class RecordsCount(ImportCount):
    """The same for exchanged records; `refused` holds the number and the problems of each that was not stored."""

    refused: list[tuple[int, str]] = field(default_factory=list)


def read_folder(content: Path, vocabulary: Vocabulary) -> tuple[list[RulingDraft], list[FileProblem]]:
    """Read all rulings of a content folder, in the order of their paths, with everything that is wrong."""
    drafts, problems = read_files(
        content, (content / FOLDER).rglob("*.md"), lambda path, text: rules.read_ruling(path, text, vocabulary)
    )
    return drafts, problems + _twice(drafts)


def import_rulings(
    session: Session, drafts: Sequence[RulingDraft], vocabulary: Vocabulary, *, now: datetime
) -> ImportCount:
    """Store the drafts that differ from what is published, publish them and announce them to the index.

    A draft differs when its file changed, or when the lists now read its articles in another way.
    """
    known = {ruling.slug: ruling for ruling in session.scalars(select(Ruling))}
    count = ImportCount()
    for draft in drafts:
        ruling = known.get(draft.slug)
        if ruling is not None and _is_as_drafted(ruling, draft):
            count.unchanged += 1
            continue
        count.added += ruling is None
        count.changed += ruling is not None
        store(session, ruling, draft, vocabulary, now=now)
        count.slugs.append(draft.slug)
    session.flush()
    treated = treated_by(session, count.slugs)
    outbox.announce(session, [f"{FOLDER}/{slug}" for slug in dict.fromkeys([*count.slugs, *treated])], at=now)
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
    """Return the rulings of ours that these rulings treat: their marks change with them."""
    query = select(RulingTreatment.treated_slug).where(RulingTreatment.treating_slug.in_(slugs))
    return [slug for slug in session.scalars(query.order_by(RulingTreatment.treated_slug)) if slug]


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
    identify a ruling; what a record leaves empty stays as it is. Meant for a few hundred records at a time: their full
    texts are all in memory.
    """
    count = RecordsCount()
    drafts: list[tuple[int, RulingDraft]] = []
    for number, record in records:
        try:
            drafts.append((number, rules.draft_of_record(record, vocabulary)))
        except Rejected as refused:
            count.refused.append((number, str(refused)))
    known = _known(session, [draft for _, draft in drafts])
    addresses = {ruling.slug: identity for identity, ruling in known.items()}
    for number, draft in drafts:
        identity = _identity(draft)
        if addresses.setdefault(draft.slug, identity) != identity:
            count.refused.append((number, f"Op het adres {draft.slug} staat al een uitspraak met een ander nummer."))
            continue
        ruling = known.get(identity)
        whole = rules.completed(draft, ruling) if ruling is not None else draft
        if ruling is not None and ruling.published_at is not None and _says_the_same(ruling, whole):
            count.unchanged += 1
            continue
        count.added += ruling is None
        count.changed += ruling is not None
        count.slugs.append(whole.slug)
        if not dry_run:
            known[identity] = store(session, ruling, whole, vocabulary, now=now)
    if count.slugs and not dry_run:
        outbox.announce(session, [f"{FOLDER}/{slug}" for slug in dict.fromkeys(count.slugs)], at=now)
    return count


def store(
    session: Session, ruling: Ruling | None, draft: RulingDraft, vocabulary: Vocabulary, *, now: datetime
) -> Ruling:
    """Write a draft over a ruling, or make one of it, publish it and note what it refers to.

    The caller announces it to the index, and with it what it treats (`treated_by`).
    A draft without full text or content file leaves those of the ruling as they are.
    """
    if ruling is None:
        ruling = Ruling()
        session.add(ruling)
    ruling.published_at = ruling.published_at or now
    _fill(session, ruling, draft, now)
    note_references(session, ruling, vocabulary)
    if draft.treatments is not None:
        _put_treatments(session, draft.slug, draft.treatments, now)
    return ruling


def withdraw_missing(session: Session, drafts: Sequence[RulingDraft], *, now: datetime) -> int:
    """Withdraw the imported rulings that have no file any more and announce them; return how many."""
    written = {draft.slug for draft in drafts}
    imported = session.scalars(
        select(Ruling).where(Ruling.content_source.is_not(None), Ruling.published_at.is_not(None)).order_by(Ruling.slug)
    )
    missing = [ruling for ruling in imported if ruling.slug not in written]
    for ruling in missing:
        ruling.published_at = None
        session.execute(delete(RulingTreatment).where(RulingTreatment.content_slug == ruling.slug))
        references.forget(session, ruling.document_id)
    outbox.announce(session, [ruling.document_id for ruling in missing], at=now)
    return len(missing)


def note_references(session: Session, ruling: Ruling, vocabulary: Vocabulary) -> None:
    """Note by which numbers a ruling is cited and what it cites itself, in its fields and in its text."""
    normals = rules.normals_of(ruling)
    session.execute(delete(RulingIdentifier).where(RulingIdentifier.ruling_id == ruling.id))
    session.add_all(RulingIdentifier(normal=normal, ruling_id=ruling.id) for normal in normals)
    if ruling.published_at is None:
        references.forget(session, ruling.document_id)
        return
    text = "\n".join(filter(None, (ruling.keywords, ruling.summary, ruling.full_text)))
    named = (parse_source(article.label, vocabulary.laws) for article in ruling.articles)
    source = Source(
        id=ruling.document_id,
        kind=FOLDER,
        address=f"/{FOLDER}/{ruling.slug}",
        title=rules.ruling_title(ruling, vocabulary),
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


def _fill(session: Session, ruling: Ruling, draft: RulingDraft, now: datetime) -> None:
    for name in _PLAIN_FIELDS:
        value = getattr(draft, name)
        if value is not None or name not in _KEPT_UNLESS_GIVEN:
            setattr(ruling, name, value)
    ruling.updated_at = now
    ruling.themes.clear()
    ruling.articles.clear()
    session.flush()  # the old rows go before the new ones with the same key come
    ruling.themes.extend(RulingTheme(node=node, position=place) for place, node in enumerate(draft.themes))
    ruling.articles.extend(
        RulingArticle(position=place, normal=normal, label=label)
        for place, (normal, label) in enumerate(draft.articles)
    )


def _put_treatments(session: Session, slug: str, drafts: Sequence[TreatmentDraft], now: datetime) -> None:
    """Replace what a content file says of treatments; what an editor entered on the site stays."""
    session.execute(delete(RulingTreatment).where(RulingTreatment.content_slug == slug))
    session.add_all(RulingTreatment(**vars(draft), entered_at=now, content_slug=slug) for draft in drafts)


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
