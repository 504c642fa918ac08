"""Import and export lose nothing, also of what was written on the site."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.accounts.models import User
from helpdesk.core import plain_words
from helpdesk.core.roles import Role
from helpdesk.core.vocabulary import Vocabulary, load_vocabulary
from helpdesk.settings import PROJECT
from helpdesk.text_editor import actions
from helpdesk.text_editor.forms import clean_body
from helpdesk.texts import actions as text_actions
from helpdesk.texts import queries as text_queries
from helpdesk.texts.models import PublishedText, TextKind
from helpdesk.web.fields import clean_line
from tests.conftest import EMAILS
from tests.helpdesk.text_editor.examples import term_values

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
AVOIDED = load_vocabulary(PROJECT / "content" / "lijsten").avoided_words


def is_plain(text: str) -> bool:
    """Tell whether the check for readers has nothing to say: a draft that breaks it is refused, not published."""
    return not list(plain_words.find_avoided(text, AVOIDED)) and (plain_words.average_words(text) or 0) < 20


TITLES = st.text(min_size=1, max_size=40).map(clean_line).filter(lambda text: any(sign.isalnum() for sign in text))
TITLES = TITLES.filter(is_plain)
BODIES = st.text(alphabet=st.characters(exclude_characters="[]()<>`"), max_size=120).map(clean_body).filter(is_plain)


@pytest.fixture
def editor(session: Session) -> int:
    """The id of an editor."""
    return session.scalars(select(User.id).where(User.email == EMAILS[Role.EDITOR])).one()


def write(session: Session, text: PublishedText | None, typed: dict[str, Any], vocabulary: Vocabulary, by: int) -> None:
    """Publish what an editor typed over a text, or as a new term."""
    if text is None:
        slug = typed["slug"]
        work = actions.begin_new(session, TextKind.LEXICON, slug, typed, by=by, now=NOW)
    else:
        work = actions.begin(session, text, vocabulary, by=by, now=NOW)
        noted = {"change_note": "Gewijzigd.", "is_substantive": "inhoudelijk"}
        actions.save(session, work, work.typed | typed | noted, seen=work.revision, by=by, now=NOW)
    actions.publish(session, work, vocabulary, seen=work.revision, by=by, four_eyes=False, now=NOW)


def exported(session: Session, folder: Path) -> dict[str, bytes]:
    text_actions.export_library(session, folder)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.md")}


FORMS = st.fixed_dictionaries({"title": TITLES, "summary": TITLES, "body": BODIES})
TERMS = 12  # edited in each example: reading a whole library takes a second, whatever was changed in it


@pytest.mark.filterwarnings("ignore:Generating overly large repr")  # of the lists, which it may print
@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.lists(FORMS, min_size=TERMS, max_size=TERMS), new=FORMS, slug=st.sampled_from(["bgv", "bevel"]))
def test_what_is_written_on_the_site_survives_export_and_import(
    *,
    session: Session,
    vocabulary: Vocabulary,
    editor: int,
    typed: list[dict[str, Any]],
    new: dict[str, Any],
    slug: str,
) -> None:
    savepoint = session.begin_nested()
    moved = text_queries.get_text(session, TextKind.LEXICON, "bgv").text
    write(session, moved, {"slug": slug, "title": "Verhuisd"}, vocabulary, editor)
    for live, form in zip(text_queries.texts(session, kind=TextKind.LEXICON), typed, strict=False):
        write(session, live.text, form, vocabulary, editor)
    body = f"{new['body']}\n\nLees [BGV](lexicon:{slug})."
    write(session, None, term_values(**new | {"body": body}, slug="proefbegrip"), vocabulary, editor)
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        written = exported(session, Path(first))
        library = text_actions.read_library(Path(first), vocabulary, on=NOW.date())

        report = text_actions.import_library(session, library, vocabulary, now=NOW, overwrite=False)

        assert (report.added, report.changed, report.withdrawn) == (0, 0, 0)
        assert [*report.edited_on_site, *report.gone_but_edited, *report.broken_on_site] == []
        assert exported(session, Path(second)) == written
        assert text_actions.is_as_imported(session, Path(first), vocabulary)
    savepoint.rollback()


def test_the_shipped_library_does_not_overwrite_what_was_written_on_the_site(
    session: Session, vocabulary: Vocabulary, editor: int
) -> None:
    """Not a changed text, not one that moved, not a new one, not one that was withdrawn by hand."""
    moved = text_queries.get_text(session, TextKind.LEXICON, "bgv").text
    write(session, moved, {"title": "Op de site", "slug": "bevel"}, vocabulary, editor)
    write(session, None, term_values(slug="proefbegrip"), vocabulary, editor)
    news = text_queries.texts(session, kind=TextKind.NEWS)[0].text
    actions.withdraw(session, news, reason="Verouderd.", seen=news.live_number or 0, by=editor, now=NOW)
    library = text_actions.read_library(PROJECT / "content", vocabulary, on=NOW.date())

    report = text_actions.import_library(session, library, vocabulary, now=NOW, overwrite=False)

    assert report.edited_on_site == [news.content_path]
    kept = text_queries.get_text(session, TextKind.LEXICON, "bevel")
    assert (kept.version.title, kept.text.content_path) == ("Op de site", "lexicon/bevel.md")
    assert text_queries.find_text(session, TextKind.LEXICON, "proefbegrip") is not None
    assert text_queries.find_text(session, TextKind.NEWS, news.slug) is None
