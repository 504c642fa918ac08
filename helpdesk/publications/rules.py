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


def called(source: str) -> str:
    """Return what one version of the file of a publication is called: an edition when it is printed from pages."""
    return "uitgave" if has_chapters(source) else "versie"


def joined(numbers: Sequence[int]) -> str:
    """Return "1", "1 en 3" or "1, 3 en 4"."""
    *first, last = map(str, numbers)
    return f"{', '.join(first)} en {last}" if first else last


def hidden_sentence(numbers: Sequence[int], left: int | None, source: str) -> str:
    """Return what happened when versions of a file were hidden; `left` is the one the public gets now, if any."""
    name = called(source)
    said = (
        f"De site toont {name} {joined(numbers)} niet meer."
        if len(numbers) == 1
        else f"De site toont {name} {joined(numbers)} niet meer: dat is hetzelfde bestand."
    )
    if left is not None and left < max(numbers):
        return f"{said} Wie de publicatie downloadt, krijgt {name} {left}: kijk na of die wel in orde is."
    if left is None and has_chapters(source):
        return f"{said} Er is nu niets te downloaden: verbeter de pagina en maak een nieuwe uitgave."
    if left is None:
        return f"{said} Er is nu niets te downloaden: lever een verbeterd bestand in."
    return said


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
