"""Publications: read, downloaded by everyone, given new versions by editors."""

from collections.abc import Sequence
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
from helpdesk.core.publication_files import FileKind, FileRefused, PublicationFile, PublicationStore
from helpdesk.publications import actions
from helpdesk.publications import queries as publication_queries
from helpdesk.publications.actions import NotComposable, NothingToDo
from helpdesk.publications.documents import BookPage
from helpdesk.publications.forms import BuildForm, FileForm
from helpdesk.publications.pages import (
    DOWNLOAD,
    LIST_ADDRESS,
    BuildPage,
    FilePage,
    FileVersionsPage,
    PublicationPage,
    PublicationsOfEditorsPage,
    PublicationsPage,
)
from helpdesk.publications.rules import Composition, called, hidden_sentence, joined, refusal
from helpdesk.rulings.pages import Link
from helpdesk.text_editor.forms import whole_number
from helpdesk.text_editor.rules import check_hiding
from helpdesk.texts import queries, rules
from helpdesk.texts.models import PublishedText, TextKind, TextVersion
from helpdesk.texts.pages import NoVersionPage
from helpdesk.texts.queries import Live
from helpdesk.visits import queries as visit_queries
from helpdesk.visits.rules import MOST_PAGES
from helpdesk.web.audiences import editing, public
from helpdesk.web.counting import seal_of
from helpdesk.web.database import db_session
from helpdesk.web.hiding import HideForm, ReasonForm
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
    session = db_session()
    texts, had_one = queries.texts(session, kind=TextKind.PUBLICATION), publication_files.slugs_with_files(session)
    return show(PublicationsPage.of(texts, publication_files.newest_files(session), had_one))


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
    """Hand out a file, to keep and never to open inside the site; without a number the newest the public may have.

    What is put together from pages is printed here as long as the job runner has not made its first edition. A version
    that is hidden says why (410), however it is asked for.
    """
    live = queries.get_text(db_session(), TextKind.PUBLICATION, slug)
    files = publication_files.files_of(db_session(), slug)
    if not files and number is None:
        composition = publication_queries.find_composition(db_session(), live, services().vocabulary)
        if composition is not None and refusal(composition) is None:
            return pdf_answer(_book(composition), slug, is_to_keep=True)
    asked = [file for file in files if number in {None, file.number}]
    file = next(iter(publication_files.shown_of(asked) or asked), None)
    if file is not None and file.hidden_reason is not None:
        page = NoVersionPage(
            title=f"{called(live.version.source).capitalize()} {file.number} tonen we niet meer",
            sentence=file.hidden_reason,
            links=[Link("Naar de publicatie", f"{LIST_ADDRESS}/{slug}"), Link("Alle publicaties", LIST_ADDRESS)],
        )
        return show(page), HTTPStatus.GONE
    return _hand_out(file, f"Bij {LIST_ADDRESS}/{slug} hoort zo geen bestand.")


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
    texts, had_one = queries.texts(session, kind=TextKind.PUBLICATION), publication_files.slugs_with_files(session)
    return show(PublicationsOfEditorsPage.of(texts, publication_files.newest_files(session), had_one, downloads))


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
        check = partial(publication_files.refuse_hidden, db_session(), slug)
        received, note = _store().receive(form.file.data.stream, kind, check=check), form.note.data or ""
        publication_files.add_version(db_session(), slug, name, received, note=note, by=signed_in().id, now=now())
    except FileRefused as refused:
        form.file.errors = [str(refused)]
        return _file_page(live, form, kind), HTTPStatus.UNPROCESSABLE_ENTITY
    flash("De nieuwe versie staat op de site.")
    return redirect(url_for("editing.replace_file", slug=slug), code=303)


@editing.get("/publicaties/<slug>/versies")
def list_file_versions(slug: str) -> ResponseReturnValue:
    """Show editors every version of the file of a publication, on the site or not, and which the public may have."""
    return _versions_page(slug, chosen=whole_number(request.args.get("nummer")))


@editing.get("/publicaties/<slug>/versies/<int:number>")
def open_file_version(slug: str, number: int) -> ResponseReturnValue:
    """Hand an editor any version of a file, also one that is hidden."""
    files = publication_files.files_of(db_session(), slug)
    file = next((file for file in files if file.number == number), None)
    return _hand_out(file, f"Bij {LIST_ADDRESS}/{slug} hoort zo geen bestand.")


@editing.post("/publicaties/<slug>/versies/afschermen")
def hide_file(slug: str) -> ResponseReturnValue:
    """Let an editor keep a version of a file from the public, with a reason for it."""
    text, version, files = _files_of_editor(slug)
    form = HideForm()
    file = _chosen(form, files)
    if file is None:
        return _versions_page(slug, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        numbers = actions.hide(
            db_session(), text, file, reason=form.hidden_reason.data or "", by=signed_in().id, now=now()
        )
    except NothingToDo as nothing:
        return _nothing_done(slug, nothing, form)
    left = next(iter(publication_files.shown_of(publication_files.files_of(db_session(), slug))), None)
    flash(hidden_sentence(numbers, left.number if left else None, version.source))
    return redirect(url_for("editing.list_file_versions", slug=slug), code=303)


@editing.post("/publicaties/<slug>/versies/reden")
def change_reason_of_file(slug: str) -> ResponseReturnValue:
    """Let an editor change what the public reads in the place of a hidden version."""
    text, version, files = _files_of_editor(slug)
    form = ReasonForm()
    file = _chosen(form, files)
    if file is None:
        return _versions_page(slug, reason_form=form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        numbers = actions.change_reason(
            db_session(), text, file, reason=form.hidden_reason.data or "", by=signed_in().id, now=now()
        )
    except NothingToDo as nothing:
        return _nothing_done(slug, nothing, reason_form=form)
    flash(f"Bezoekers lezen nu de nieuwe reden van {called(version.source)} {joined(numbers)}.")
    return redirect(url_for("editing.list_file_versions", slug=slug), code=303)


@editing.post("/publicaties/<slug>/versies/weer-tonen")
def show_file_again(slug: str) -> ResponseReturnValue:
    """Let the public have a hidden version of a file again."""
    text, version, files = _files_of_editor(slug)
    chosen = whole_number(request.form.get("number"))
    file = next((one for one in files if one.number == chosen), None)
    if file is None:
        raise NotFound(f"Bij {LIST_ADDRESS}/{slug} hoort zo geen bestand.")
    try:
        numbers = actions.show_again(db_session(), _store(), text, file, by=signed_in().id, now=now())
    except NothingToDo as nothing:
        return _nothing_done(slug, nothing)
    flash(f"De site toont {called(version.source)} {joined(numbers)} weer.")
    return redirect(url_for("editing.list_file_versions", slug=slug), code=303)


def _files_of_editor(slug: str) -> tuple[PublishedText, TextVersion, list[PublicationFile]]:
    """Return a publication, live or withdrawn, with its newest text and its files. Raises NotFound."""
    session = db_session()
    text = queries.find_any_text(session, TextKind.PUBLICATION, slug)
    if text is None:
        raise NotFound(f"Er is geen publicatie '{slug}'.")
    return text, queries.versions_of(session, text.id)[0], publication_files.files_of(session, slug)


def _chosen(form: HideForm, files: Sequence[PublicationFile]) -> PublicationFile | None:
    """Return the version that a form is about; None when something is not in order, and the form says what."""
    number = whole_number(form.number.data)
    file = next((one for one in files if one.number == number), None)
    broken = check_hiding(form.hidden_reason.data or "", number=file.number if file else None)
    for problem in broken:
        form[problem.field].errors = [*form[problem.field].errors, problem.sentence]
    return None if broken else file


def _versions_page(
    slug: str,
    form: HideForm | None = None,
    *,
    reason_form: ReasonForm | None = None,
    chosen: int | None = None,
    problems: Sequence[str] = (),
) -> str:
    text, version, files = _files_of_editor(slug)
    numbers = [file.number for file in publication_files.shown_of(files)]
    form = form or HideForm(formdata=None)
    form.offer(numbers, called=called(version.source))
    reason_form = reason_form or ReasonForm(formdata=None)
    reason_form.offer([file.number for file in files if file.number not in numbers], called=called(version.source))
    if chosen in numbers:
        form.number.data = str(chosen)
    store = _store()
    erased = [file.number for file in files if store.path_of(file) is None]
    return show(FileVersionsPage.of(text, version, files, form, reason_form, erased=erased, problems=problems))


def _nothing_done(
    slug: str, nothing: NothingToDo, form: HideForm | None = None, *, reason_form: ReasonForm | None = None
) -> ResponseReturnValue:
    """Show the versions as a colleague may have left them a moment ago; a reason that was typed stays."""
    db_session().rollback()
    page = _versions_page(slug, form, reason_form=reason_form, problems=[str(nothing)])
    return page, HTTPStatus.CONFLICT


def _hand_out(file: PublicationFile | None, missing: str) -> ResponseReturnValue:
    """Send a file to keep. Raises NotFound.

    It is known again by what it is, never by its day: when the newest is hidden, the one that takes its place is older
    than what a browser has. No cache between us and the reader may keep it: it would go on handing out what we hide.
    """
    path = _store().path_of(file) if file is not None else None
    if file is None or path is None:
        raise NotFound(missing)
    mimetype = FileKind(file.kind).mimetype
    answer = send_file(path, mimetype=mimetype, as_attachment=True, download_name=file.name, conditional=False)
    del answer.headers["Last-Modified"]
    answer.set_etag(file.sha256)
    answer.cache_control.private = True
    return answer.make_conditional(request.environ, accept_ranges=True, complete_length=path.stat().st_size)


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
