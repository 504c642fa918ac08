"""A publication that is put together from theme pages, as one document for paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Self

from markupsafe import Markup

from helpdesk.core import chapters, markup, procedures
from helpdesk.core.clock import brussels_date
from helpdesk.core.markup import Explanation
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.publications.rules import Composition, Part
from helpdesk.texts.pages import address_of
from helpdesk.web.views import PageBase
from jurisprudence.legislation import Law, LawRegister, parse_source

_CHAPTER_END = "<!-- chapter -->"  # no text holds a comment: they are taken out when it is saved
_LAWS = "/wetgeving/"


@dataclass(frozen=True)
class BookChapter:
    """One chapter on paper: its number and title, its text, and how far its page may be trusted."""

    number: int
    place: str  # id of the chapter in the document
    title: str
    html: Markup
    address: str
    stand_of_law: date | None
    reviewed_on: date | None
    reviewed_by: str | None


@dataclass(frozen=True)
class CitedLaw:
    """A law with the articles of it that the chapters name."""

    title: str
    official: str | None
    articles: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class BookPage(PageBase):
    """A publication that is put together from pages, as one document for paper.

    Nothing in it depends on the day it is printed: `texts_of` is the day its newest text was published.
    """

    template: ClassVar[str] = "publications/book.html"

    intro: Markup
    chapters: Sequence[BookChapter]
    explained: Markup
    laws: Sequence[CitedLaw]
    is_checked: bool
    stand_of_law: date | None
    texts_of: date
    address: str

    @classmethod
    def of(
        cls, composition: Composition, vocabulary: Vocabulary, terms: Sequence[Explanation], *, base_url: str
    ) -> Self:
        """Return the document of a publication that has chapters."""
        live, parts = composition.live, composition.parts
        addresses = [address_of(part.live, vocabulary) for part in parts]
        words, explained = markup.explain_at_the_end(_joined(parts, addresses), terms)
        intro, _ = markup.explain_at_the_end(live.version.html, ())
        stands = [part.live.version.stand_of_law for part in parts if part.live.version.stand_of_law]
        return cls(
            title=live.version.title,
            description=live.version.summary,
            intro=markup.for_print(intro, base_url, lambda to: f"{base_url}{to}"),
            chapters=[
                BookChapter(
                    number,
                    place_of(number),
                    part.title,
                    _on_paper(html, base_url, vocabulary.laws),
                    f"{base_url}{address}",
                    part.live.version.stand_of_law,
                    part.live.version.reviewed_on,
                    part.live.version.reviewed_by,
                )
                for number, (part, html, address) in enumerate(
                    zip(parts, words.split(_CHAPTER_END), addresses, strict=True), 1
                )
            ],
            explained=markup.stored(explained),
            laws=_cited(words, parts, vocabulary.laws),
            is_checked=all(part.live.version.reviewed_on for part in parts),
            stand_of_law=min(stands, default=None),
            texts_of=max(brussels_date(one.version.published_at) for one in (live, *(part.live for part in parts))),
            address=f"{base_url}{address_of(live, vocabulary)}",
        )


def place_of(number: int) -> str:
    """Return the id of a chapter in its document."""
    return f"hoofdstuk-{number}"


def _joined(parts: Sequence[Part], addresses: Sequence[str]) -> str:
    """Return the chapters in a row; where one links to the page of another, it leads there."""
    places: dict[str, str] = {}
    for number, address in enumerate(addresses, 1):
        places.setdefault(address, place_of(number))
    cut = [chapters.cut(part.live.version.html, part.chapter, part.live.version.contents) for part in parts]
    return _CHAPTER_END.join(
        chapters.as_chapter(procedures.draw_for_paper(text), f"h{number}", places) for number, text in enumerate(cut, 1)
    )


def _on_paper(safe_html: str, base_url: str, laws: LawRegister) -> Markup:
    """Return a chapter with a footnote where it first names a law: the words themselves name the article."""
    noted: set[str] = set()

    def note(address: str) -> str:
        if not address.startswith(_LAWS):
            return f"{base_url}{address}"
        law = laws.find_law_by_slug(address.removeprefix(_LAWS).partition("/")[0])
        if law is None or law.id in noted:
            return ""
        noted.add(law.id)
        return f"{law.abbreviation}: {law.title}."

    return markup.for_print(safe_html, base_url, note)


def _cited(safe_html: str, parts: Sequence[Part], laws: LawRegister) -> list[CitedLaw]:
    """Return the laws of the sources that these words name, by title, each with its articles in their order."""
    sources = {source for part in parts for source in part.live.version.sources}
    references = [parse_source(source, laws) for source in sources]
    named = sorted(
        (reference for reference in references if f'href="{reference.address}"' in safe_html),
        key=lambda reference: (reference.law.title, reference.order_key, reference.display),
    )
    articles: dict[Law, list[str]] = {}
    for reference in named:
        words = reference.display.removesuffix(reference.law.abbreviation).strip()
        articles.setdefault(reference.law, []).extend([words] if words else [])
    return [CitedLaw(f"{law.title} ({law.abbreviation})", law.eli, named) for law, named in articles.items()]
