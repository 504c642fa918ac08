"""Publications for tests: one with a file of its own, and the shipped ones that are printed from pages."""

import io
from datetime import UTC, datetime

from flask import Flask
from pypdf import PdfReader
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from helpdesk.core.publication_files import PublicationStore
from helpdesk.publications.cli import Run, build_editions
from helpdesk.texts import queries as text_queries
from helpdesk.texts.models import TextKind
from helpdesk.web.services import services
from tests.pageclient import Page, Visitor

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 27, 12, tzinfo=UTC)
SHORT, LONG = "wie-moet-en-mag-inburgeren", "traject-internationale-bescherming"
TEXT = """---
title: Eerste hulp bij een bevel
summary: Een brochure van twee bladzijden.
themes: [bgv]
published_on: 2026-11-01
file: eerste-hulp.pdf
---

Voor wie een [BGV](thema:bgv) kreeg.
"""


def store_of(app: Flask) -> PublicationStore:
    with app.app_context():
        return PublicationStore(services().settings.publications_dir)


def build(app: Flask, moment: datetime = NOW, *, only_missing: bool = False) -> Run:
    with app.app_context():
        return build_editions(moment, only_missing=only_missing)


def change(session: Session, node: str, what: str, instead: str, *, at: datetime = LATER) -> None:
    """Change words of a theme page, as an edition on the site does."""
    version = text_queries.get_text(session, TextKind.THEME, node).version
    assert what in version.html
    version.html = version.html.replace(what, instead)
    version.contents = [[anchor, heading.replace(what, instead)] for anchor, heading in version.contents]
    version.published_at = at
    session.commit()


def pages_at(visitor: Visitor, address: str) -> int:
    with visitor.fetch(address) as answer:
        return len(PdfReader(io.BytesIO(answer.data)).pages)


def hand_in(editor: Visitor, data: bytes | None, *, note: str, expect: int = 200) -> Page:
    """Send the form with a file, as a browser does."""
    address = "/redactie/publicaties/eerste-hulp-bij-een-bevel"
    form = editor.get(address).fill({"note": note})
    values: dict[str, object] = dict(form.data.items())
    if data is not None:
        values["file"] = FileStorage(io.BytesIO(data), "mijn brochure.pdf", content_type="application/pdf")
    boundary, body = encode_multipart(values)
    kind = f"multipart/form-data; boundary={boundary}"
    answer = editor.fetch(address, method="POST", data=body, content_type=kind, follow_redirects=True)
    return editor._page(answer, expect)
