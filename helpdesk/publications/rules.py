"""Decisions about publications that are put together from theme pages: pure, no database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from helpdesk.core import frontmatter
from helpdesk.core.chapters import Chapter
from helpdesk.texts.queries import Live
from helpdesk.texts.rules import TextDraft

MOST_NOTE = 200
FIRST_NOTE = "Eerste uitgave"
OTHER_NOTE = "Bedragen, begrippen of opmaak bijgewerkt"


@dataclass(frozen=True)
class Part:
    """One chapter with the text it is taken from."""

    chapter: Chapter
    live: Live

    @property
    def title(self) -> str:
        """What the chapter is called."""
        return self.chapter.title or self.live.version.title


@dataclass(frozen=True)
class Composition:
    """A publication with the texts its chapters are taken from.

    `gone` are themes without a text by now: they are left out. `lost` are sections that a page has no more: until an
    editor names another, no new edition is made.
    """

    live: Live
    draft: TextDraft
    parts: Sequence[Part]
    gone: Sequence[str]
    lost: Sequence[str]

    @property
    def file_name(self) -> str:
        """What the file is called when someone keeps it."""
        return f"{self.live.text.slug}.pdf"


def note_of(parts: Sequence[Part], before: datetime | None) -> str:
    """Return what changed since the edition before: the chapters whose text is newer, at most 200 characters."""
    if before is None:
        return FIRST_NOTE
    newer = list(dict.fromkeys(part.title for part in parts if part.live.version.published_at > before))
    if not newer:
        return OTHER_NOTE
    note = f"Bijgewerkt: {'; '.join(newer)}"
    return note if len(note) <= MOST_NOTE else f"Bijgewerkt: {len(newer)} hoofdstukken"


def has_chapters(source: str) -> bool:
    """Tell whether the content file of a publication names chapters, and no file."""
    return bool(frontmatter.split(source).fields.get("chapters"))


def refusal(composition: Composition) -> str | None:
    """Return why a publication cannot be put together and what to do; None when it can."""
    if not composition.parts:
        return "Geen enkel hoofdstuk heeft nog een tekst op de site. Kies andere hoofdstukken."
    if composition.lost:
        return f"Deze kopjes staan niet meer op hun pagina: {'; '.join(composition.lost)}. Pas de hoofdstukken aan."
    return None
