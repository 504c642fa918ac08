"""Making new editions of publications that are put together from theme pages; never commits."""

import hashlib
from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.core import publication_files
from helpdesk.core.pdf_writer import write_pdf
from helpdesk.core.publication_files import PublicationFile, PublicationStore
from helpdesk.publications.rules import Composition, note_of, refusal


class NotComposable(ValueError):
    """A publication cannot be put together; the message says why in Dutch and what to do."""


def add_edition(
    session: Session, store: PublicationStore, composition: Composition, html: str, *, by: int | None, now: datetime
) -> PublicationFile | None:
    """Print a publication and make it the newest edition; None when the newest says the same already.

    `html` is the whole document. Nothing in it depends on the day it is made, so the same texts give no new edition.

    Raises:
        NotComposable: a section is not on its page any more, or no chapter is left.
        PdfUnavailable: this machine cannot make a PDF.
    """
    if (why := refusal(composition)) is not None:
        raise NotComposable(why)
    slug = composition.live.text.slug
    made_of = hashlib.sha256(html.encode()).hexdigest()
    before = next(iter(publication_files.files_of(session, slug)), None)
    if before is not None and before.given_sha256 == made_of and store.path_of(before) is not None:
        return None
    received = store.keep_made(write_pdf(html), made_of)
    note = note_of(composition.parts, before.stored_at if before is not None else None)
    return publication_files.add_version(session, slug, composition.file_name, received, note=note, by=by, now=now)
