"""Storing one ruling, whoever wrote it: its fields, addresses, references, turns and what was before."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from helpdesk.core import references
from helpdesk.core.frontmatter import checksum
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
    RulingIdentifier,
    RulingTheme,
    RulingTreatment,
)
from helpdesk.rulings.rules.drafts import (
    FOLDER,
    RulingDraft,
    TreatmentDraft,
    differences,
    draft_of,
)
from helpdesk.rulings.rules.files import content_path, write_ruling
from helpdesk.rulings.rules.naming import normals_of, read_labels, ruling_title

GONE = "Deze uitspraak staat niet meer in de databank."  # what the public reads when a file was deleted
_KEPT_APART = frozenset({"themes", "articles", "aliases", "treatments"})
KEPT_UNLESS_GIVEN = frozenset({"full_text", "content_path", "content_source"})
PLAIN_FIELDS = tuple(item.name for item in fields(RulingDraft) if item.name not in _KEPT_APART)


class EditedMeanwhile(Exception):
    """Someone else changed the ruling since the editor opened it."""


def named(ruling: Ruling) -> references.Target:
    """Return a ruling as what a text refers to in a field or by a link."""
    return references.Target(
        target=ruling.number_normal,
        precise=ruling.number_normal,
        origin=references.Origin.RECORD,
        decided_on=ruling.decided_on,
    )


def store(
    session: Session, ruling: Ruling | None, draft: RulingDraft, vocabulary: Vocabulary, *, now: datetime
) -> Ruling:
    """Write a draft over a ruling whose turn was taken (`claim`), or make one of it, and note what it refers to.

    The caller announces it to the index, and with it what it treats (`treated_by`).
    A draft without full text or content file leaves those of the ruling as they are.
    """
    if ruling is None:
        ruling = Ruling(revision=1)
        session.add(ruling)
    put_on_site(ruling, now)
    fill(session, ruling, draft, now)
    if draft.treatments is not None:
        _put_treatments(session, draft.slug, draft.treatments, now)
    note_references(session, ruling, vocabulary)
    return ruling


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


def is_off_by_hand(ruling: Ruling) -> bool:
    """Tell whether an editor withdrew a ruling, for privacy perhaps, or did not publish it yet: no import does."""
    return ruling.published_at is None and ruling.withdrawn_reason != GONE


def is_edited_on_site(ruling: Ruling) -> bool:
    """Tell whether an editor added, changed or withdrew a ruling since its last import.

    One that an import withdrew has no checksum left and is not published: its file brings it back.
    """
    if ruling.published_at is None:
        return ruling.imported_checksum is not None or ruling.withdrawn_reason != GONE
    return ruling.content_source is not None and ruling.imported_checksum != checksum(ruling.content_source)


def fill(session: Session, ruling: Ruling, draft: RulingDraft, now: datetime) -> None:
    """Write a draft over a ruling; what is kept by an address, ECLI or number that it had before follows."""
    old_slug, old_ecli, old_number, old_date = ruling.slug, ruling.ecli, ruling.number_normal, ruling.decided_on
    for name in PLAIN_FIELDS:
        value = getattr(draft, name)
        if value is not None or name not in KEPT_UNLESS_GIVEN:
            setattr(ruling, name, value)
    ruling.updated_at = now
    ruling.themes.clear()
    put_articles(session, ruling, draft)
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


def put_articles(session: Session, ruling: Ruling, draft: RulingDraft) -> None:
    """Replace the articles of a ruling by those of a draft, in their order."""
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


def as_file(draft: RulingDraft) -> RulingDraft:
    """Return a draft with the content file that says the same, for the next export."""
    return replace(draft, content_path=content_path(draft), content_source=write_ruling(draft))


def put_on_site(ruling: Ruling, now: datetime) -> None:
    """Publish a ruling; one that is published keeps its moment."""
    ruling.published_at = ruling.published_at or now
    ruling.withdrawn_reason = None


def may_overwrite(session: Session, ruling: Ruling, *, overwrite: bool) -> bool:
    """Take the turn for an import; False when an editor changed the ruling since the import read it."""
    try:
        claim(session, ruling, ruling.revision)
    except EditedMeanwhile:
        session.refresh(ruling)
        if not overwrite or is_off_by_hand(ruling):
            return False
        claim(session, ruling, ruling.revision)
    return True


def claim(session: Session, ruling: Ruling, seen: int) -> None:
    """Take the turn to change a ruling: only one of those who saw the same revision gets it."""
    counted = update(Ruling).where(Ruling.id == ruling.id, Ruling.revision == seen).values(revision=seen + 1)
    if session.execute(counted, execution_options={"synchronize_session": False}).rowcount != 1:  # type: ignore[attr-defined]
        raise EditedMeanwhile
    session.refresh(ruling)


def change_of(
    ruling: Ruling, act: ChangeAct, before: Mapping[str, object], *, by: int | None, now: datetime
) -> RulingChange:
    """Return the entry of the history that keeps what a ruling said before an act, by field."""
    return RulingChange(ruling_id=ruling.id, act=act, before=dict(before), changed_by_id=by, changed_at=now)


def note_change(
    session: Session, ruling: Ruling, act: ChangeAct, *, to: RulingDraft, by: int | None, now: datetime
) -> None:
    """Keep what a ruling said where a draft says something else."""
    old = draft_of(ruling)
    if act is ChangeAct.OVERWRITTEN and to.full_text is None:
        to = replace(to, full_text=old.full_text)
    session.add(change_of(ruling, act, differences(old, to), by=by, now=now))
