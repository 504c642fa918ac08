"""What the pages of publications hand to their templates."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Self

from markupsafe import Markup

from helpdesk.core.clock import brussels_date
from helpdesk.core.publication_files import FileKind, PublicationFile, shown_of
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.publications.forms import BuildForm, FileForm
from helpdesk.publications.rules import Composition, called, has_chapters, refusal
from helpdesk.rulings.pages import Link, theme_links
from helpdesk.texts.models import PublishedText, TextVersion
from helpdesk.texts.pages import Body, address_of
from helpdesk.texts.queries import Live
from helpdesk.web.hiding import HideForm, ReasonForm
from helpdesk.web.highlighting import Highlighting
from helpdesk.web.views import PageBase

Seal = Callable[[str], str]

LIST_ADDRESS = "/publicaties"
EDITORS_ADDRESS = "/redactie/publicaties"
DOWNLOAD = "bestand"


@dataclass(frozen=True)
class FileRow:
    """One version of a file: where it is downloaded, what it is, what changed in it, and why it is hidden, if it is."""

    address: str
    label: str
    number: int
    note: str
    stored_on: date
    sealed: str = ""  # the address with the seal that lets a download count
    hidden_reason: str | None = None
    is_erased: bool = False  # the file itself is gone from the server

    @classmethod
    def of_editor(cls, file: PublicationFile, *, is_erased: bool = False) -> Self:
        """Return the row of a version for editors, who can open it also when it is hidden."""
        return cls(
            address=f"{EDITORS_ADDRESS}/{file.slug}/versies/{file.number}",
            label=label_of(file),
            number=file.number,
            note=file.note,
            stored_on=brussels_date(file.stored_at),
            hidden_reason=file.hidden_reason,
            is_erased=is_erased,
        )

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
    def of(
        cls, live: Live, file: PublicationFile | None, downloads: int | None = None, *, had_one: bool = False
    ) -> Self:
        """Return the row of a publication with the file the public gets; `had_one` when that may be a hidden one.

        What is put together from pages can be had before its first edition is made.
        """
        version = live.version
        without = FileKind.PDF if has_chapters(version.source) else "nog geen bestand"
        if had_one:
            without = "nu geen bestand"
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
    def of(cls, texts: Sequence[Live], files: Mapping[str, PublicationFile], had_one: Collection[str]) -> Self:
        """Return the page of live publications; `files` are what the public gets, `had_one` who ever had a file."""
        rows = [PublicationRow.of(live, files.get(live.text.slug), had_one=live.text.slug in had_one) for live in texts]
        return cls(publications=newest_first(rows))


@dataclass(frozen=True, kw_only=True)
class PublicationPage(PageBase):
    """One publication with its file, and the versions before."""

    template: ClassVar[str] = "publications/publication.html"

    publication: PublicationRow
    html: Markup
    file: FileRow | None
    hidden_reason: str | None  # why there is no file, when every version is hidden
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
        shown = shown_of(files)
        body = Body.of(live, vocabulary, today=today, to_markup=highlighting.html)
        return cls(
            title=live.version.title,
            description=live.version.summary,
            canonical=f"{LIST_ADDRESS}/{live.text.slug}",
            publication=_row_of(live, files),
            html=body.html,
            file=FileRow.of(shown[0], is_newest=True, seal=seal)
            if shown
            else _not_printed_yet(live, composition, seal)
            if not files
            else None,
            hidden_reason=files[0].hidden_reason if files and not shown else None,
            before=[FileRow.of(file, is_newest=False, seal=seal) for file in shown[1:]],
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
    withdrawn: Sequence[str]  # slugs of those that are off the site and have files
    title: str = "Publicaties"
    may_be_indexed: bool = False

    @classmethod
    def of(
        cls,
        texts: Sequence[Live],
        files: Mapping[str, PublicationFile],
        had_one: Collection[str],
        downloads: Mapping[str, int],
    ) -> Self:
        """Return the page of live publications, and of those that had files; `downloads` are by slug."""
        rows = [
            PublicationRow.of(
                live, files.get(live.text.slug), downloads.get(live.text.slug, 0), had_one=live.text.slug in had_one
            )
            for live in texts
        ]
        return cls(publications=newest_first(rows), withdrawn=sorted(set(had_one) - {row.slug for row in rows}))


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
            publication=_row_of(live, files),
            form=form,
            versions=[FileRow.of_editor(file) for file in files],
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
            publication=_row_of(live, files),
            form=form,
            pages=_pages_of(composition, vocabulary),
            versions=[FileRow.of_editor(file) for file in files],
            left_out=composition.gone,
            refusal=refusal(composition),
        )


@dataclass(frozen=True, kw_only=True)
class FileVersionsPage(PageBase):
    """Every version of the file of a publication, for editors: which the public may have, and how to change that."""

    template: ClassVar[str] = "publications/versions.html"

    slug: str
    address: str | None  # where the public reads the publication; None when it is withdrawn
    called: str
    versions: Sequence[FileRow]
    newest_shown: int | None
    form: HideForm
    reason_form: ReasonForm
    problems: Sequence[str] = ()
    may_be_indexed: bool = False

    @classmethod
    def of(
        cls,
        text: PublishedText,
        version: TextVersion,
        files: Sequence[PublicationFile],
        form: HideForm,
        reason_form: ReasonForm,
        *,
        erased: Collection[int] = (),
        problems: Sequence[str] = (),
    ) -> Self:
        """Return the page of a publication by its newest text; `files` are newest first, `erased` their numbers."""
        shown = shown_of(files)
        return cls(
            title=f"{'Uitgaven' if has_chapters(version.source) else 'Versies'}: {version.title}",
            slug=text.slug,
            address=f"{LIST_ADDRESS}/{text.slug}" if text.live_number is not None else None,
            called=called(version.source),
            versions=[FileRow.of_editor(file, is_erased=file.number in erased) for file in files],
            newest_shown=shown[0].number if shown else None,
            form=form,
            reason_form=reason_form,
            problems=problems,
        )


def _row_of(live: Live, files: Sequence[PublicationFile]) -> PublicationRow:
    """Return the row of a publication with all its files, newest first."""
    return PublicationRow.of(live, next(iter(shown_of(files)), None), had_one=bool(files))


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
