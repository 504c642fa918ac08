"""Chapters of a publication that is put together from theme pages: which page, which sections of it, in which order.

The list stands in the front matter of the publication. Its file is printed from the texts as they are on the site, so a
publication never says anything its pages do not say.
"""

import html
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MOST_CHAPTERS = 30
MOST_TITLE = 120  # characters
_FIELDS = frozenset({"thema", "title", "sections"})
_SECTION = re.compile(r'(?:<div class="in-short">\s*)?<h2 id="(?P<anchor>[^"]*)">')
_HEADING = re.compile(r"<(?P<close>/?)h(?P<level>[2-4])\b")
_ID = re.compile(r'(<h[2-4] id=")')
_OWN_PLACE = re.compile(r'(<a [^>]*href="#)')


@dataclass(frozen=True)
class Chapter:
    """A theme page, or sections of it by their headings as they stand on the page; no sections means the whole page.

    `title` replaces the title of the page; "" keeps it.
    """

    theme: str
    title: str = ""
    sections: tuple[str, ...] = ()


def read_chapters(
    entries: Sequence[Mapping[str, Any]], *, is_theme: Callable[[str], bool]
) -> tuple[tuple[Chapter, ...], list[str]]:
    """Return the chapters that the front matter lists, and what is wrong with them as Dutch sentences."""
    chapters, problems = [], []
    if len(entries) > MOST_CHAPTERS:
        problems.append(f"Een publicatie telt hoogstens {MOST_CHAPTERS} hoofdstukken.")
    for number, entry in enumerate(entries, 1):
        theme, title, sections = entry.get("thema"), entry.get("title", ""), entry.get("sections", [])
        about = f"Hoofdstuk {number}: "
        if unknown := sorted(set(entry) - _FIELDS):
            problems.append(f"{about}het veld '{unknown[0]}' hoort hier niet; kies uit thema, title en sections.")
        if not isinstance(theme, str) or not is_theme(theme):
            problems.append(f"{about}'thema' moet een thema van lijsten/themas.yaml zijn, niet '{theme}'.")
        elif not isinstance(title, str) or len(title) > MOST_TITLE:
            problems.append(f"{about}'title' moet één regel tekst zijn van hoogstens {MOST_TITLE} tekens.")
        elif not isinstance(sections, list) or not all(isinstance(name, str) and name for name in sections):
            problems.append(f"{about}'sections' moet een lijst zijn van kopjes van de pagina.")
        else:
            chapters.append(Chapter(theme, title.strip(), tuple(sections)))
    return tuple(chapters), problems


def named_themes(entries: object) -> set[str]:
    """Return the themes that the front matter of a version lists as chapters, also when the rules refuse it by now."""
    listed = entries if isinstance(entries, list) else []
    return {str(entry["thema"]) for entry in listed if isinstance(entry, dict) and "thema" in entry}


def missing_sections(chapter: Chapter, contents: Sequence[Sequence[str]]) -> list[str]:
    """Return the sections of a chapter that its page does not have (any more); `contents` as in `Rendered`."""
    headings = {heading for _, heading in contents}
    return [name for name in chapter.sections if name not in headings]


def cut(safe_html: str, chapter: Chapter, contents: Sequence[Sequence[str]]) -> str:
    """Return the sections of a chapter out of the HTML of its page, in the order the chapter names them."""
    if not chapter.sections:
        return safe_html
    starts = list(_SECTION.finditer(safe_html))
    ends = [*(start.start() for start in starts[1:]), len(safe_html)]
    parts = {start["anchor"]: safe_html[start.start() : end] for start, end in zip(starts, ends, strict=True)}
    anchors = {heading: anchor for anchor, heading in contents}
    return "".join(parts.get(anchors.get(name, ""), "") for name in chapter.sections)


def as_chapter(safe_html: str, place: str, chapters: Mapping[str, str]) -> str:
    """Return HTML of a page as part of a larger document: headings one level down, every id with `place` before it.

    A link to a page that is a chapter too leads there; `chapters` gives the id of a chapter by the address of its page.
    """
    lower = _HEADING.sub(
        lambda found: f"<{found['close']}h{int(found['level']) + 1}", _ID.sub(rf"\g<1>{place}-", safe_html)
    )
    whole = _OWN_PLACE.sub(rf"\g<1>{place}-", lower)
    for address, there in chapters.items():
        whole = whole.replace(f'href="{html.escape(address)}"', f'class="chapter-link" href="#{there}"')
    return whole
