"""Where editors add, correct, publish and withdraw rulings."""

from http import HTTPStatus

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from helpdesk.accounts.routes import signed_in
from helpdesk.core.clock import brussels_date, now
from helpdesk.core.errors import NotFound, Problem
from helpdesk.core.paging import page_number
from helpdesk.core.pdf import MOST_BYTES, Pdf, PdfRefused, PdfStore
from helpdesk.ruling_editor import queries, rules
from helpdesk.ruling_editor.forms import MOST_READ, RulingForm, WithdrawForm, read_filter
from helpdesk.ruling_editor.pages import (
    Known,
    Noticed,
    ParsedChain,
    RulingFormPage,
    RulingListPage,
    differences_between,
)
from helpdesk.rulings import queries as ruling_queries
from helpdesk.rulings.actions import by_hand
from helpdesk.rulings.actions.by_hand import RulingKnown, StoredFile
from helpdesk.rulings.actions.storing import EditedMeanwhile
from helpdesk.rulings.models import AliasKind, Ruling, RulingState
from helpdesk.rulings.rules.drafts import RulingDraft, draft_of, values_of
from helpdesk.rulings.rules.files import MOST_FULL_TEXT
from helpdesk.rulings.rules.naming import file_label
from helpdesk.web.audiences import editing
from helpdesk.web.database import db_session
from helpdesk.web.incoming import accepts_bytes
from helpdesk.web.services import services
from helpdesk.web.views import show

MOST_TYPED_BYTES = 4 * MOST_FULL_TEXT + 1_000_000  # the longest text in the widest letters, and the rest
PUBLISH, SAVE, PARSE, READ_PDF = "publiceren", "bewaren", "ontleding", "pdf"  # what the buttons of the form ask


@editing.get("/uitspraken")
def list_rulings() -> ResponseReturnValue:
    """List the rulings, published or not, decided last first."""
    vocabulary = services().vocabulary
    wanted = read_filter(request.args, vocabulary)
    rows = queries.rulings_page(db_session(), wanted, number=page_number(request.args.get("pagina")))
    return show(RulingListPage.of(rows, wanted, vocabulary, lambda query: url_for("editing.list_rulings", **query)))


@editing.route("/uitspraken/nieuw", methods=["GET", "POST"])
@accepts_bytes(text=MOST_TYPED_BYTES, files=MOST_BYTES)
def add_ruling() -> ResponseReturnValue:
    """Let an editor add a ruling; the address may fill in hof, nummer, datum and ecli."""
    if request.method == "GET":
        return _form_page(None, RulingForm.blank(services().vocabulary, request.args), Noticed())
    return _handle(None)


@editing.route("/uitspraken/<slug>", methods=["GET", "POST"])
@accepts_bytes(text=MOST_TYPED_BYTES, files=MOST_BYTES)
def correct_ruling(slug: str) -> ResponseReturnValue:
    """Let an editor correct a ruling, publish it, or publish it again."""
    ruling = _ruling_of_editor(slug)
    if request.method == "GET":
        if ruling.slug != slug:
            return redirect(url_for("editing.correct_ruling", slug=ruling.slug), code=302)
        form = RulingForm.of(draft_of(ruling), ruling.revision, services().vocabulary)
        return _form_page(ruling, form, Noticed())
    return _handle(ruling)


@editing.post("/uitspraken/<slug>/intrekken")
def withdraw_ruling(slug: str) -> ResponseReturnValue:
    """Let an editor take a ruling off the site, with a reason for the public."""
    ruling, form = _ruling_of_editor(slug), WithdrawForm()
    problems = rules.check_withdrawal(form.reason.data or "")
    here = url_for("editing.correct_ruling", slug=ruling.slug)
    if problems or ruling.state is not RulingState.PUBLISHED:
        form.reason.errors = [problem.sentence for problem in problems] or ["Deze uitspraak staat niet op de site."]
        unchanged = RulingForm.of(draft_of(ruling), ruling.revision, services().vocabulary)
        return _form_page(ruling, unchanged, Noticed(), withdraw_form=form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        by_hand.withdraw_ruling(
            db_session(), ruling, reason=form.reason.data or "", seen=form.seen, by=signed_in().id, now=now()
        )
    except EditedMeanwhile:
        flash("Iemand wijzigde deze uitspraak net. Kijk ze na en trek ze dan in.")
        return redirect(here, code=303)
    flash("De uitspraak is ingetrokken.")
    return redirect(here, code=303)


@editing.post("/uitspraken/ontleding")
def parse_chain() -> ResponseReturnValue:
    """Answer how a chain of keywords is read, as a part of the form."""
    return show(ParsedChain.of(request.form.get("keywords", ""), services().vocabulary))


def _ruling_of_editor(slug: str) -> Ruling:
    """Return a ruling by its present or an old address, published or not. Raises NotFound."""
    ruling = ruling_queries.find_ruling(db_session(), slug) or ruling_queries.find_by_alias(
        db_session(), AliasKind.SLUG, slug
    )
    if ruling is None:
        raise NotFound(f"Er is geen uitspraak op het adres /redactie/uitspraken/{slug}.")
    return ruling


def _files() -> PdfStore:
    return PdfStore(services().settings.uploads_dir)


def _handle(ruling: Ruling | None) -> ResponseReturnValue:
    """Do what the button of a sent form asks: read along, or check and store."""
    vocabulary = services().vocabulary
    form, noticed = RulingForm.sent(vocabulary), Noticed()
    pdf = _receive_pdf(ruling, form, noticed)
    button = request.form.get("knop", PUBLISH)
    publish = button != SAVE or (ruling is not None and ruling.state is RulingState.PUBLISHED)
    if button in {PARSE, READ_PDF}:
        _propose_outcome(form)
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.pdf.errors else HTTPStatus.OK
        return _form_page(ruling, form, noticed), status
    if ruling is not None and form.seen != ruling.revision:
        return _conflict(ruling, form, noticed)
    draft = _check(ruling, form, noticed, pdf, publish=publish)
    if draft is None:
        return _form_page(ruling, form, noticed), HTTPStatus.UNPROCESSABLE_ENTITY
    slug = ruling.slug if ruling is not None else draft.slug
    try:
        return _store(ruling, form, draft, pdf, publish=publish)
    except EditedMeanwhile:  # between our look at the revision and our turn to write
        db_session().rollback()
        return _conflict(_ruling_of_editor(slug), form, noticed)


def _receive_pdf(ruling: Ruling | None, form: RulingForm, noticed: Noticed) -> Pdf | None:
    """Take a file that was handed in, now or with an earlier try, or the one the ruling has; None without.

    Its text fills the full text only when that is empty: the editor sees it before anything is stored.
    """
    store, pdf = _files(), None
    if form.pdf.data:
        try:
            pdf = store.receive(form.pdf.data.stream)
        except PdfRefused as refused:
            form.pdf.errors = [str(refused)]
    if pdf is None and form.pending_pdf.data:
        pdf = store.find(form.pending_pdf.data)
        if pdf is None:
            form.point_out([Problem("pdf", "De pdf van daarstraks is intussen opgeruimd: laad ze opnieuw op.")])
    form.pending_pdf.data = pdf.sha256 if pdf else ""
    if pdf is not None:
        noticed.pending_pdf = file_label(pdf.pages, pdf.size_bytes)
        if not pdf.text:
            noticed.notices.append(
                "In de pdf staat geen leesbare tekst (een scan?): kijk zelf na wie erin genoemd wordt."
            )
        elif not form.full_text.data:
            form.full_text.data = pdf.text
            cut = " Alleen het begin: de tekst is te lang." if pdf.is_cut else ""
            noticed.notices.append(f"De tekst van de pdf staat nu in het veld ‘Volledige tekst’. Lees ze na.{cut}")
            noticed.is_text_new = True
        return pdf
    return store.find(ruling.file.sha256) if ruling and ruling.file and not form.without_pdf.data else None


def _propose_outcome(form: RulingForm) -> None:
    """Choose the outcome that the chain names, when the editor chose none; saving confirms it."""
    if not form.outcome.data:
        form.outcome.data = rules.proposed_outcome((form.keywords.data or "")[:MOST_READ], services().vocabulary) or ""


def _check(
    ruling: Ruling | None, form: RulingForm, noticed: Noticed, pdf: Pdf | None, *, publish: bool
) -> RulingDraft | None:
    """Return the draft that may be stored; None when the form says what must be mended, confirmed or answered first."""
    vocabulary = services().vocabulary
    draft, broken = form.read(vocabulary, [theme.node for theme in ruling.themes] if ruling else ())
    if draft is not None:
        others = ruling_queries.rulings_with_number(
            db_session(), draft.number_normal, besides=ruling.id if ruling else None
        )
        twin = next((other for other in others if other.decided_on == draft.decided_on), None)
        noticed.twin = twin.slug if twin else ""
        noticed.doubts = [] if twin else rules.doubts_about(draft, others, vocabulary)
        broken += rules.check_written(
            draft,
            chosen_outcome=form.outcome.data or "",
            twin=twin,
            vocabulary=vocabulary,
            today=brussels_date(now()),
        )
        broken += _unconfirmed(form, noticed)
        broken += _unanswered(form, noticed, draft, pdf) if publish else []
    if noticed.is_text_new:
        broken.append(Problem("full_text", "Deze tekst komt uit de pdf: lees ze na en bewaar dan opnieuw."))
    form.point_out(broken)
    _propose_outcome(form)
    return None if form.errors else draft


def _unconfirmed(form: RulingForm, noticed: Noticed) -> list[Problem]:
    """Return whether a doubt still waits for its tick; a tick counts for the doubts it stood under."""
    about = rules.digest_of(noticed.doubts)
    is_confirmed = form.confirm.data and form.confirmed_doubts.data == about
    form.confirmed_doubts.data = about
    form.confirm.data = bool(is_confirmed)
    if not noticed.doubts or is_confirmed:
        return []
    return [Problem("confirm", "Kijk na of dit klopt en bevestig het.")]


def _unanswered(form: RulingForm, noticed: Noticed, draft: RulingDraft, pdf: Pdf | None) -> list[Problem]:
    """Return what is still to be answered about traces of persons; an answer counts for the traces it stood under."""
    noticed.found = rules.find_persons(draft, pdf_text=pdf.text if pdf else "")
    broken = rules.check_answer(form.answer, noticed.found)
    form.privacy_about.data = rules.digest_of([(one.field, one.text) for one in noticed.found])
    return broken


def _store(
    ruling: Ruling | None, form: RulingForm, draft: RulingDraft, pdf: Pdf | None, *, publish: bool
) -> ResponseReturnValue:
    """Store a draft that was checked, with its file and the answer about persons; lead to its page."""
    session, vocabulary, by, moment = db_session(), services().vocabulary, signed_in().id, now()
    asked = request.form.get("privacy_about", "")
    try:
        if ruling is None:
            stored = by_hand.add_ruling(session, draft, vocabulary, publish=publish, by=by, now=moment)
        else:
            stored = by_hand.correct_ruling(
                session, ruling, draft, vocabulary, seen=form.seen, publish=publish, by=by, now=moment
            )
    except RulingKnown:
        form.point_out([Problem("number", "Deze uitspraak staat al in de databank: iemand voegde ze net toe.")])
        return _form_page(ruling, form, Noticed()), HTTPStatus.UNPROCESSABLE_ENTITY
    if publish and asked:
        reason = form.privacy_reason.data if form.privacy_about.data else None
        by_hand.note_privacy_answer(session, stored.slug, reason=reason, by=by, now=moment)
    _put_file(stored, pdf, by=by)
    flash("De uitspraak is bewaard en staat op de site." if stored.published_at else "De uitspraak is bewaard.")
    return redirect(url_for("editing.correct_ruling", slug=stored.slug), code=303)


def _put_file(ruling: Ruling, pdf: Pdf | None, *, by: int) -> None:
    """Make a PDF the file of a ruling; one that nobody needs any more is removed once that is stored."""
    store = _files()
    if pdf is not None:
        store.keep(pdf.sha256)
    file = StoredFile(pdf.sha256, pdf.size_bytes, pdf.pages) if pdf else None
    unneeded = by_hand.attach_file(db_session(), ruling, file, by=by, now=now())
    if unneeded is not None:
        db_session().commit()  # a file that is gone cannot come back with the transaction
        store.remove(unneeded)


def _conflict(ruling: Ruling, form: RulingForm, noticed: Noticed) -> ResponseReturnValue:
    """Show both versions side by side; what was typed stays, and saving again is a decision."""
    noticed.conflict = differences_between(form.typed(services().vocabulary), values_of(draft_of(ruling)))
    form.revision.data = str(ruling.revision)
    return _form_page(ruling, form, noticed), HTTPStatus.CONFLICT


def _form_page(
    ruling: Ruling | None, form: RulingForm, noticed: Noticed, *, withdraw_form: WithdrawForm | None = None
) -> str:
    if ruling is None:
        known, address = Known(), url_for("editing.add_ruling")
    else:
        known = Known.of(ruling, queries.changes_of(db_session(), ruling.id), services().vocabulary)
        address = url_for("editing.correct_ruling", slug=ruling.slug)
        if ruling.state is RulingState.PUBLISHED and withdraw_form is None:
            withdraw_form = WithdrawForm(formdata=None, revision=str(ruling.revision))
    return show(
        RulingFormPage.of(
            form, known, services().vocabulary, address=address, noticed=noticed, withdraw_form=withdraw_form
        )
    )
