"""Making editions of publications that are put together from theme pages, and keeping files from the public.

Never commits.
"""

import hashlib
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from helpdesk.core import audit, markup, publication_files
from helpdesk.core.pdf_writer import write_pdf
from helpdesk.core.publication_files import PublicationFile, PublicationStore
from helpdesk.publications.rules import Composition, note_of, refusal
from helpdesk.texts import queries as text_queries
from helpdesk.texts.models import PublishedText, TextKind


class NotComposable(ValueError):
    """A publication cannot be put together; the message says why in Dutch and what to do."""


class NothingToDo(ValueError):
    """A version of a file is hidden or shown already, or cannot be shown; the message says so in Dutch."""


class NotErasable(ValueError):
    """The public may still have a file; the message says where in Dutch, and what to do first."""


def add_edition(
    session: Session, store: PublicationStore, composition: Composition, html: str, *, by: int | None, now: datetime
) -> PublicationFile | None:
    """Print a publication and make it the newest edition; None when the one on the site says the same already.

    `html` is the whole document. Nothing in it depends on the day it is made, so the same texts give no new edition.
    Which versions of which texts an edition says the words of is noted with it.

    Raises:
        NotComposable: a section is not on its page any more, no chapter is left, or an edition that says just this
            was hidden.
        PdfUnavailable: this machine cannot make a PDF.
    """
    if (why := refusal(composition)) is not None:
        raise NotComposable(why)
    slug = composition.live.text.slug
    made_of = hashlib.sha256(html.encode()).hexdigest()
    files = publication_files.files_of(session, slug)
    before = next(iter(publication_files.shown_of(files)), None)
    parts = _parts_of(session, composition, html)
    if before is not None and before.given_sha256 == made_of and store.path_of(before) is not None:
        publication_files.note_parts(session, before, parts)  # a page may have a newer version with the same words
        return None
    _refuse_hidden(session, slug, made_of)
    pdf = write_pdf(html)
    _refuse_hidden(session, slug, hashlib.sha256(pdf).hexdigest())  # other markup may look the same on paper
    received = store.keep_made(pdf, made_of)
    last = before or next(iter(files), None)
    note = note_of(composition.parts, last.stored_at if last is not None else None)
    file = publication_files.add_version(session, slug, composition.file_name, received, note=note, by=by, now=now)
    publication_files.note_parts(session, file, parts)
    return file


def hide(
    session: Session, text: PublishedText, file: PublicationFile, *, reason: str, by: int, now: datetime
) -> list[int]:
    """Keep a version of a file from the public, and every other that is the very same file; return their numbers.

    Raises:
        NothingToDo: it is hidden already, perhaps by a colleague a moment ago; his reason stays.
    """
    return _set_reason(session, text, file, reason, "publication.file_hidden", by=by, now=now)


def change_reason(
    session: Session, text: PublishedText, file: PublicationFile, *, reason: str, by: int, now: datetime
) -> list[int]:
    """Give a hidden version another reason, and every other that is the very same file; return their numbers.

    A reason may itself say too much, also that of a file that was erased: it must not be shown again for that.

    Raises:
        NothingToDo: it is not hidden (any more).
    """
    return _set_reason(session, text, file, reason, "publication.reason_changed", by=by, now=now)


def show_again(
    session: Session, store: PublicationStore, text: PublishedText, file: PublicationFile, *, by: int, now: datetime
) -> list[int]:
    """Let the public have a hidden version again, and every other that is the very same file; return their numbers.

    Raises:
        NothingToDo: it is not hidden, or its file was erased.
    """
    if store.path_of(file) is None:
        raise NothingToDo("Dit bestand is gewist: het kan niet meer getoond worden.")
    return _set_reason(session, text, file, None, "publication.file_shown", by=by, now=now)


def note_erasure(session: Session, file: PublicationFile, *, now: datetime) -> list[PublicationFile]:
    """Note that a hidden file is deleted for good: the file itself goes when this is committed (`store.erase`).

    Returns the versions that lose it: this one and every other, of any publication, that is the very same file.

    Raises:
        NotErasable: it is not hidden, or another publication shows the very same file.
    """
    if (shown := publication_files.shown_elsewhere(session, file)) is not None:
        raise NotErasable(
            f"Versie {shown.number} van {shown.slug} is dit bestand en staat op de site: scherm ze eerst af."
        )
    lost = publication_files.stored_as(session, file)
    for one in lost:
        subject, detail = f"{TextKind.PUBLICATION}/{one.slug}", f"versie {one.number}"
        audit.note(session, "publication.file_erased", subject_id=subject, by=None, at=now, detail=detail)
    return lost


def _refuse_hidden(session: Session, slug: str, fingerprint: str) -> None:
    if (hidden := publication_files.find_hidden(session, slug, fingerprint)) is not None:
        raise NotComposable(
            f"De pagina's zeggen nog wat in uitgave {hidden.number} stond, en die is afgeschermd. Verbeter eerst de "
            "pagina, of toon de uitgave weer."
        )


def _set_reason(
    session: Session,
    text: PublishedText,
    file: PublicationFile,
    reason: str | None,
    act: str,
    *,
    by: int,
    now: datetime,
) -> list[int]:
    """Change what is not so yet, in one statement: of two editors at once only the first changes anything."""
    is_hidden = PublicationFile.hidden_reason.is_not(None)
    is_due = ~is_hidden if act == "publication.file_hidden" else is_hidden
    changed = session.scalars(
        update(PublicationFile)
        .where(PublicationFile.slug == file.slug, PublicationFile.sha256 == file.sha256, is_due)
        .values(hidden_reason=reason)
        .returning(PublicationFile.number)
    )
    numbers = sorted(changed)
    if file.number not in numbers and act == "publication.reason_changed":
        raise NothingToDo("Dit bestand is niet (meer) afgeschermd: er is niets gewijzigd.")
    if file.number not in numbers:
        raise NothingToDo("Dat was al gebeurd, misschien door een collega: er is niets gewijzigd.")
    for number in numbers:
        detail = f"versie {number}: {reason}"[:300] if reason else f"versie {number}"
        audit.note(session, act, subject_id=text.document_id, by=by, at=now, detail=detail)
    return numbers


def _parts_of(session: Session, composition: Composition, html: str) -> set[tuple[int, int]]:
    """Return what a document says the words of: its chapters and the terms it explains, as ids of texts and numbers."""
    explained = set(markup.explained_slugs(html))
    terms = [live for live in text_queries.terms(session) if live.text.slug in explained]
    return {(live.text.id, live.version.number) for live in (*terms, *(part.live for part in composition.parts))}
