"""A publication with a file, and what the tests of printed ones need."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from helpdesk.core.publication_files import PublicationStore
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.texts import actions
from helpdesk.texts import queries as text_queries
from helpdesk.texts.models import TextKind
from helpdesk.texts.rules import Edition
from tests.helpdesk.publications.examples import LONG, NOW, TEXT, store_of
from tests.pdfs import a_pdf


@pytest.fixture
def store(tmp_path: Path) -> PublicationStore:
    return PublicationStore(tmp_path / "store")


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A library with one publication."""
    folder = tmp_path / "content"
    (folder / "publicaties").mkdir(parents=True)
    (folder / "publicaties" / "eerste-hulp-bij-een-bevel.md").write_text(TEXT, "utf-8")
    (folder / "publicaties" / "eerste-hulp.pdf").write_bytes(a_pdf("Hallo", author="Jan"))
    return folder


@pytest.fixture
def published(session: Session, vocabulary: Vocabulary, content: Path, house_app: Flask) -> None:
    """The publication on the site, without an import: that would render the whole library again for each test."""
    library = actions.read_library(content, vocabulary, on=NOW.date())
    files = actions.receive_files(session, library, content, store_of(house_app))
    [draft] = library.texts
    edition = Edition(note=None, is_substantive=True, by=None)
    actions.publish(session, None, draft, library.rendered[draft.content_path], vocabulary, edition=edition, now=NOW)
    actions.import_files(session, files, now=NOW)


@pytest.fixture
def only_the_short_one(session: Session) -> None:
    """The long publication away: printing it takes most of a second."""
    text = text_queries.get_text(session, TextKind.PUBLICATION, LONG).text
    actions.withdraw(session, text, reason="Voor deze test.", now=NOW)
    session.commit()
