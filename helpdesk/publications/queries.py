"""Reading publications that are put together from theme pages."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from helpdesk.core import chapters
from helpdesk.core.markup import Explanation
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.publications.rules import Composition, Part
from helpdesk.texts import queries as text_queries
from helpdesk.texts import rendering
from helpdesk.texts import rules as text_rules
from helpdesk.texts.models import TextKind
from helpdesk.texts.queries import Live


def compositions(
    session: Session, vocabulary: Vocabulary, *, without: Collection[str] = frozenset()
) -> list[Composition]:
    """Return the live publications that are put together from pages, by their slug; `without` some of them."""
    lives = [live for live in text_queries.texts(session, kind=TextKind.PUBLICATION) if live.text.slug not in without]
    found = (find_composition(session, live, vocabulary) for live in lives)
    return [composition for composition in found if composition is not None]


def explanations(session: Session, vocabulary: Vocabulary) -> tuple[Explanation, ...]:
    """Return the terms of the lexicon that texts explain."""
    return rendering.surroundings(session, vocabulary).terms


def find_composition(session: Session, live: Live, vocabulary: Vocabulary) -> Composition | None:
    """Return a publication with the texts of its chapters; None when it has a file of its own."""
    draft, _ = text_rules.read_text(live.text.content_path, live.version.source, vocabulary)
    if draft is None or not draft.chapters:
        return None
    parts, gone, lost = [], [], []
    for chapter in draft.chapters:
        text = text_queries.find_text(session, TextKind.THEME, chapter.theme)
        if text is None:
            gone.append(chapter.theme)
            continue
        parts.append(Part(chapter, text))
        lost += [f"{chapter.theme}: {name}" for name in chapters.missing_sections(chapter, text.version.contents)]
    return Composition(live, draft, parts, gone, lost)
