"""What the pages of publications hand to their templates."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Self

from markupsafe import Markup

from helpdesk.core.clock import brussels_date
from helpdesk.core.publication_files import FileKind, PublicationFile
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.publications.forms import BuildForm, FileForm
from helpdesk.publications.rules import Composition, has_chapters, refusal
from helpdesk.rulings.pages import Link, theme_links
from helpdesk.texts.pages import Body, address_of
from helpdesk.texts.queries import Live
from helpdesk.web.highlighting import Highlighting
from helpdesk.web.views import PageBase

Seal = Callable[[str], str]

LIST_ADDRESS = "/publicaties"
DOWNLOAD = "bestand"


@dataclass(frozen=True)
class FileRow:
    """One version of a file: where it is downloaded, what it is, and what changed in it."""

    address: str
    label: str
    number: int
    note: str
    stored_on: date
    sealed: str = ""  # the address with the seal that lets a download count

    @classmethod
    def of(cls, file: PublicationFile, *, is_newest: bool, seal: Seal | None = None) -> Self:
        """Return the row of a version; the newest has an address that stays."""
        here = f"{LIST_ADDRESS}/{file.slug}/{DOWNLOAD}"
        address = here if is_newest else f"{here}/{file.number}"
        return cls(
            address=address,
            sealed=f"{seal(address)}{address}" if seal else "",
            label=label_of(file),
            number=file.number,
            note=file.note,
            stored_on=brussels_date(file.stored_at),
        )


@dataclass(frozen=True)
class PublicationRow:
    """One publication in a list. `downloads` is None where it is not shown."""

    slug: str
    title: str
    address: str
    summary: str
    published_on: date
    file: str
    downloads: int | None = None

    @classmethod
    def of(cls, live: Live, file: PublicationFile | None, downloads: int | None = None) -> Self:
        """Return the row of a publication; one that is put together from pages can always be had."""
        version = live.version
        without = FileKind.PDF if has_chapters(version.source) else "nog geen bestand"
        return cls(
            slug=live.text.slug,
            title=version.title,
            address=f"{LIST_ADDRESS}/{live.text.slug}",
            summary=version.summary,
            published_on=version.dated_on or brussels_date(version.published_at),
            file=label_of(file) if file else without,
            downloads=downloads,
        )


@dataclass(frozen=True, kw_only=True)
class PublicationsPage(PageBase):
    """All publications, newest first."""

    template: ClassVar[str] = "publications/list.html"

    publications: Sequence[PublicationRow]
    title: str = "Publicaties"
    description: str = "Brochures en documenten om te bewaren of af te drukken."
    canonical: str | None = LIST_ADDRESS

    @classmethod
    def of(cls, texts: Sequence[Live], files: Mapping[str, PublicationFile]) -> Self:
        """Return the page of live publications."""
        return cls(publications=newest_first([PublicationRow.of(live, files.get(live.text.slug)) for live in texts]))


@dataclass(frozen=True, kw_only=True)
class PublicationPage(PageBase):
    """One publication with its file, and the versions before."""

    template: ClassVar[str] = "publications/publication.html"

    publication: PublicationRow
    html: Markup
    file: FileRow | None
    before: Sequence[FileRow]
    themes: Sequence[Link]
    pages: Sequence[Link]  # those it is put together from, in their order
    body: Body

    @classmethod
    def of(
        cls,
        live: Live,
        files: Sequence[PublicationFile],
        vocabulary: Vocabulary,
        *,
        today: date,
        highlighting: Highlighting,
        seal: Seal,
        composition: Composition | None = None,
    ) -> Self:
        """Return the page of a publication; `files` are newest first, `seal` lets their downloads count."""
        body = Body.of(live, vocabulary, today=today, to_markup=highlighting.html)
        return cls(
            title=live.version.title,
            description=live.version.summary,
            canonical=f"{LIST_ADDRESS}/{live.text.slug}",
            publication=PublicationRow.of(live, files[0] if files else None),
            html=body.html,
            file=FileRow.of(files[0], is_newest=True, seal=seal)
            if files
            else _not_printed_yet(live, composition, seal),
            before=[FileRow.of(file, is_newest=False, seal=seal) for file in files[1:]],
            themes=theme_links([row.node for row in live.text.themes], vocabulary),
            pages=_pages_of(composition, vocabulary) if composition else (),
            body=body,
            highlight=highlighting.result(),
        )


@dataclass(frozen=True, kw_only=True)
class PublicationsOfEditorsPage(PageBase):
    """All publications for editors, with how often each was downloaded in a year."""

    template: ClassVar[str] = "publications/editing.html"

    publications: Sequence[PublicationRow]
    title: str = "Publicaties"
    may_be_indexed: bool = False

    @classmethod
    def of(cls, texts: Sequence[Live], files: Mapping[str, PublicationFile], downloads: Mapping[str, int]) -> Self:
        """Return the page of live publications; `downloads` are by slug."""
        rows = [PublicationRow.of(live, files.get(live.text.slug), downloads.get(live.text.slug, 0)) for live in texts]
        return cls(publications=newest_first(rows))


@dataclass(frozen=True, kw_only=True)
class FilePage(PageBase):
    """The form for a new version of the file of a publication."""

    template: ClassVar[str] = "publications/file.html"

    publication: PublicationRow
    form: FileForm
    versions: Sequence[FileRow]
    expected: str
    may_be_indexed: bool = False

    @classmethod
    def of(cls, live: Live, form: FileForm, files: Sequence[PublicationFile], *, expected: str) -> Self:
        """Return the page of a publication; `expected` is the kind its file must have."""
        return cls(
            title=f"Nieuwe versie: {live.version.title}",
            publication=PublicationRow.of(live, files[0] if files else None),
            form=form,
            versions=[FileRow.of(file, is_newest=place == 0) for place, file in enumerate(files)],
            expected=expected,
        )


@dataclass(frozen=True, kw_only=True)
class BuildPage(PageBase):
    """A publication that is put together from pages, for editors: what is in it, and a new edition at once."""

    template: ClassVar[str] = "publications/build.html"

    publication: PublicationRow
    form: BuildForm
    pages: Sequence[Link]
    versions: Sequence[FileRow]
    left_out: Sequence[str]
    refusal: str | None
    may_be_indexed: bool = False

    @classmethod
    def of(
        cls, composition: Composition, form: BuildForm, files: Sequence[PublicationFile], vocabulary: Vocabulary
    ) -> Self:
        """Return the page of a publication that has chapters."""
        live = composition.live
        return cls(
            title=f"Nieuwe uitgave: {live.version.title}",
            publication=PublicationRow.of(live, files[0] if files else None),
            form=form,
            pages=_pages_of(composition, vocabulary),
            versions=[FileRow.of(file, is_newest=place == 0) for place, file in enumerate(files)],
            left_out=composition.gone,
            refusal=refusal(composition),
        )


def _not_printed_yet(live: Live, composition: Composition | None, seal: Seal) -> FileRow | None:
    """Return the file of a publication whose first edition is still to be made: it is printed for who asks."""
    if composition is None or refusal(composition):
        return None
    address = f"{LIST_ADDRESS}/{live.text.slug}/{DOWNLOAD}"
    stored_on = brussels_date(live.version.published_at)
    return FileRow(address, FileKind.PDF, 1, "", stored_on, sealed=f"{seal(address)}{address}")


def _pages_of(composition: Composition, vocabulary: Vocabulary) -> list[Link]:
    """Return the pages a publication is put together from, each once."""
    pages = {address_of(part.live, vocabulary): part.live.version.title for part in composition.parts}
    return [Link(title, address) for address, title in pages.items()]


def newest_first(rows: Sequence[PublicationRow]) -> list[PublicationRow]:
    """Order publications: published last first, then by address."""
    return sorted(rows, key=lambda row: (-row.published_on.toordinal(), row.slug))


def label_of(file: PublicationFile) -> str:
    """Return "pdf, 12 pagina's, 340 kB"."""
    pages = {None: "", 1: "1 pagina, "}.get(file.pages, f"{file.pages} pagina's, ")
    return f"{file.kind}, {pages}{max(1, round(file.size_bytes / 1_000))} kB"
