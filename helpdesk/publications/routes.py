"""Publications: read, downloaded by everyone, given new versions by editors."""

from datetime import timedelta
from functools import partial
from http import HTTPStatus

from flask import flash, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue

from helpdesk.accounts.routes import signed_in
from helpdesk.core import publication_files
from helpdesk.core.clock import brussels_date, now
from helpdesk.core.errors import NotFound
from helpdesk.core.pdf import MOST_BYTES
from helpdesk.core.pdf_writer import PdfUnavailable
from helpdesk.core.publication_files import FileKind, FileRefused, PublicationStore
from helpdesk.publications import actions
from helpdesk.publications import queries as publication_queries
from helpdesk.publications.actions import NotComposable
from helpdesk.publications.documents import BookPage
from helpdesk.publications.forms import BuildForm, FileForm
from helpdesk.publications.pages import (
    DOWNLOAD,
    LIST_ADDRESS,
    BuildPage,
    FilePage,
    PublicationPage,
    PublicationsOfEditorsPage,
    PublicationsPage,
)
from helpdesk.publications.rules import Composition, refusal
from helpdesk.texts import queries, rules
from helpdesk.texts.models import TextKind
from helpdesk.texts.queries import Live
from helpdesk.visits import queries as visit_queries
from helpdesk.visits.rules import MOST_PAGES
from helpdesk.web.audiences import editing, public
from helpdesk.web.counting import seal_of
from helpdesk.web.database import db_session
from helpdesk.web.highlighting import Highlighting
from helpdesk.web.incoming import accepts_bytes
from helpdesk.web.printing import pdf_answer
from helpdesk.web.services import services
from helpdesk.web.views import show, show_alone

PERIOD_DAYS = 365
MOST_TYPED_BYTES = 100_000


@public.get("/publicaties")
def list_publications() -> ResponseReturnValue:
    """Show all publications."""
    texts = queries.texts(db_session(), kind=TextKind.PUBLICATION)
    return show(PublicationsPage.of(texts, publication_files.newest_files(db_session())))


@public.get("/publicaties/<slug>")
def show_publication(slug: str) -> ResponseReturnValue:
    """Show one publication with the versions of its file."""
    live = queries.get_text(db_session(), TextKind.PUBLICATION, slug)
    held = services()
    page = PublicationPage.of(
        live,
        publication_files.files_of(db_session(), slug),
        held.vocabulary,
        today=brussels_date(now()),
        highlighting=Highlighting(),
        seal=partial(seal_of, secret=held.settings.secret_key),
        composition=publication_queries.find_composition(db_session(), live, held.vocabulary),
    )
    return show(page)


@public.get("/publicaties/<slug>/bestand", defaults={"number": None})
@public.get("/publicaties/<slug>/bestand/<int:number>")
def download_publication(slug: str, number: int | None) -> ResponseReturnValue:
    """Hand out a file, to keep and never to open inside the site; without a number the newest version.

    What is put together from pages is printed here as long as the job runner has not made its first edition.
    """
    live = queries.get_text(db_session(), TextKind.PUBLICATION, slug)
    files = publication_files.files_of(db_session(), slug)
    if not files and number is None:
        composition = publication_queries.find_composition(db_session(), live, services().vocabulary)
        if composition is not None and refusal(composition) is None:
            return pdf_answer(_book(composition), slug, is_to_keep=True)
    file = next((file for file in files if number in {None, file.number}), None)
    path = _store().path_of(file) if file is not None else None
    if file is None or path is None:
        raise NotFound(f"Bij {LIST_ADDRESS}/{slug} hoort zo geen bestand.")
    mimetype = FileKind(file.kind).mimetype
    return send_file(path, mimetype=mimetype, as_attachment=True, download_name=file.name, max_age=0)


@editing.get("/publicaties")
def check_publications() -> ResponseReturnValue:
    """Show editors all publications, with how often each was downloaded in a year: no addresses are kept."""
    session, last = db_session(), brussels_date(now())
    counted = visit_queries.top_pages(
        session, last - timedelta(days=PERIOD_DAYS - 1), last, limit=MOST_PAGES, under=f"{LIST_ADDRESS}/"
    )
    downloads: dict[str, int] = {}
    for page in counted:
        slug, _, rest = page.path.removeprefix(f"{LIST_ADDRESS}/").partition("/")
        if rest.partition("/")[0] == DOWNLOAD:
            downloads[slug] = downloads.get(slug, 0) + page.views
    texts = queries.texts(session, kind=TextKind.PUBLICATION)
    return show(PublicationsOfEditorsPage.of(texts, publication_files.newest_files(session), downloads))


@editing.route("/publicaties/<slug>", methods=["GET", "POST"])
@accepts_bytes(text=MOST_TYPED_BYTES, files=MOST_BYTES)
def replace_file(slug: str) -> ResponseReturnValue:
    """Let an editor hand in a new version of the file of a publication, or have it printed from its pages now.

    The versions before stay.
    """
    live, form = queries.get_text(db_session(), TextKind.PUBLICATION, slug), FileForm()
    composition = publication_queries.find_composition(db_session(), live, services().vocabulary)
    if composition is not None:
        return _build(composition)
    name, kind = _expected(live)
    if request.method == "GET":
        return _file_page(live, form, kind)
    is_valid = form.validate()
    if not form.file.data:
        form.file.errors = [f"Kies een {kind}."]
    if not is_valid or form.file.errors:
        return _file_page(live, form, kind), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        received = _store().receive(form.file.data.stream, kind)
    except FileRefused as refused:
        form.file.errors = [str(refused)]
        return _file_page(live, form, kind), HTTPStatus.UNPROCESSABLE_ENTITY
    publication_files.add_version(
        db_session(), slug, name, received, note=form.note.data or "", by=signed_in().id, now=now()
    )
    flash("De nieuwe versie staat op de site.")
    return redirect(url_for("editing.replace_file", slug=slug), code=303)


def _build(composition: Composition) -> ResponseReturnValue:
    session, held, form = db_session(), services(), BuildForm()
    slug = composition.live.text.slug
    if request.method == "GET" or not form.validate():
        files = publication_files.files_of(session, slug)
        return show(BuildPage.of(composition, form, files, held.vocabulary))
    html = show_alone(_book(composition))
    try:
        file = actions.add_edition(session, _store(), composition, html, by=signed_in().id, now=now())
    except (NotComposable, PdfUnavailable) as refused:
        flash(str(refused))
    else:
        flash(
            "De nieuwe uitgave staat op de site." if file else "De uitgave op de site zegt al wat de pagina's zeggen."
        )
    return redirect(url_for("editing.replace_file", slug=slug), code=303)


def _book(composition: Composition) -> BookPage:
    held = services()
    terms = publication_queries.explanations(db_session(), held.vocabulary)
    return BookPage.of(composition, held.vocabulary, terms, base_url=held.settings.base_url)


def _store() -> PublicationStore:
    return PublicationStore(services().settings.publications_dir)


def _expected(live: Live) -> tuple[str, FileKind]:
    """Return the name of the file of a publication and what it must be. Raises NotFound."""
    draft, _ = rules.read_text(live.text.content_path, live.version.source, services().vocabulary)
    if draft is None or draft.file_name is None:
        raise NotFound(f"De tekst van {LIST_ADDRESS}/{live.text.slug} noemt geen bestand.")
    return draft.file_name, FileKind(draft.file_name.rpartition(".")[2])


def _file_page(live: Live, form: FileForm, kind: FileKind) -> str:
    return show(FilePage.of(live, form, publication_files.files_of(db_session(), live.text.slug), expected=kind))
