"""Where editors write, review, plan and publish texts."""

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus

from flask import flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from helpdesk.accounts import queries as account_queries
from helpdesk.accounts.routes import signed_in
from helpdesk.core.clock import brussels_date, now
from helpdesk.core.markup import MOST_CHARACTERS, Rendered
from helpdesk.core.paging import page_number
from helpdesk.rulings.pages import Link
from helpdesk.text_editor import actions, queries, rules
from helpdesk.text_editor.actions import AddressTaken, EditedMeanwhile, Ready, StepRefused
from helpdesk.text_editor.forms import MOST_SEARCHED, NewTextForm, RemarkForm, TextForm, read_filter, whole_number
from helpdesk.text_editor.models import TextWork
from helpdesk.text_editor.pages import (
    LinkTargetsPage,
    NewTextPage,
    Noticed,
    Preview,
    TextListPage,
    WriteTextPage,
    differences_between,
)
from helpdesk.text_editor.routes.shown import (
    OVERTAKEN,
    TEXT,
    address_of_text,
    owners,
    refused_step,
    sentences,
    shown_text,
    signature,
    text_of_editor,
)
from helpdesk.text_editor.rules import Typed
from helpdesk.texts import actions as text_actions
from helpdesk.texts import queries as text_queries
from helpdesk.texts import rules as text_rules
from helpdesk.texts.models import PublishedText, TextKind, TextTheme
from helpdesk.texts.pages import Banner
from helpdesk.texts.queries import Live
from helpdesk.texts.routes import text_page
from helpdesk.texts.rules import Edition, TextDraft
from helpdesk.web.audiences import editing
from helpdesk.web.database import db_session
from helpdesk.web.incoming import accepts_bytes
from helpdesk.web.services import services
from helpdesk.web.views import show

MOST_TYPED_BYTES = 4 * MOST_CHARACTERS + 400_000  # the longest text in the widest letters, and the other fields
PRESENT = timedelta(seconds=60)  # who was heard of in that time has the draft open
SAVE, SUBMIT, PREVIEW = "bewaren", "indienen", "voorbeeld"  # what the buttons of the form ask


@editing.get("/teksten")
def list_texts() -> ResponseReturnValue:
    """List what waits for this editor and the texts he looks for."""
    session, today = db_session(), brussels_date(now())
    wanted = read_filter(request.args)
    return show(
        TextListPage.of(
            queries.listed_texts(session, wanted, today),
            wanted,
            queries.waiting_for(session, signed_in().id, four_eyes=services().settings.four_eyes),
            names=account_queries.names_by_id(session),
            owners=owners(),
            number=page_number(request.args.get("pagina")),
            today=today,
            address=address_of_text,
        )
    )


@editing.route("/teksten/nieuw", methods=["GET", "POST"])
def begin_text() -> ResponseReturnValue:
    """Let an editor begin a text that is not there yet."""
    form = NewTextForm() if request.method == "POST" else NewTextForm(formdata=None)
    _offer_places(form)
    if request.method == "GET":
        return show(NewTextPage(form=form))
    kind, slug, broken = form.place(services().vocabulary)
    for problem in broken:
        form[problem.field].errors = [problem.sentence]
    if kind is None or broken:
        return show(NewTextPage(form=form)), HTTPStatus.UNPROCESSABLE_ENTITY
    typed = rules.first_typed(kind, slug, form.title.data or "", today=brussels_date(now()))
    try:
        work = actions.begin_new(db_session(), kind, slug, typed, by=signed_in().id, now=now())
    except AddressTaken as taken:
        there = Link(taken.slug, address_of_text(kind, taken.slug))
        return show(NewTextPage(form=form, taken=there)), HTTPStatus.UNPROCESSABLE_ENTITY
    return redirect(url_for("editing.write_text", kind=work.kind, slug=work.slug), code=303)


@editing.get("/teksten/koppelingen")
def find_links() -> ResponseReturnValue:
    """Answer what a text can link to: as a page, or as data for the window that inserts a link."""
    words = request.args.get("q", "")[:MOST_SEARCHED].strip()
    targets = queries.link_targets(db_session(), words, services().vocabulary)
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        return jsonify([vars(target) for target in targets])
    return show(LinkTargetsPage(words=words, targets=targets))


@editing.get(TEXT)
def show_text(kind: str, slug: str) -> ResponseReturnValue:
    """Show one text as its editors see it."""
    return shown_text(kind, slug)


@editing.post(f"{TEXT}/bewerken")
def edit_text(kind: str, slug: str) -> ResponseReturnValue:
    """Open the working draft of a text; make one of its newest version when there is none."""
    work = actions.begin(db_session(), text_of_editor(kind, slug), services().vocabulary, by=signed_in().id, now=now())
    return redirect(url_for("editing.write_text", kind=work.kind, slug=work.slug), code=303)


@editing.route(f"{TEXT}/ontwerp", methods=["GET", "POST"])
@accepts_bytes(text=MOST_TYPED_BYTES)
def write_text(kind: str, slug: str) -> ResponseReturnValue:
    """Let an editor write a draft: save it whatever it says, look at it, or submit it."""
    session = db_session()
    work = queries.find_work(session, kind, slug)
    if request.method == "GET":
        return _open_draft(work) if work is not None else redirect(address_of_text(kind, slug), code=303)
    form = TextForm.sent(services().vocabulary)
    if work is None:
        return _lost(kind, slug, form)
    typed = form.typed(kind, slug, work.typed.get("themes") or [])
    if request.form.get("knop") == PREVIEW:
        return _form_page(work, form, Noticed(preview=_preview(work, typed)))
    if form.seen != work.revision and rules.differing_fields(typed, work.typed):
        return _conflict(work, form, typed)
    try:
        actions.save(session, work, typed, seen=form.seen, by=signed_in().id, now=now())
    except EditedMeanwhile:  # between our look at the revision and our turn to write
        session.rollback()
        return _conflict(queries.get_work(session, kind, slug), form, typed)
    if form.seen_live != work.base_number and form.seen_live == _live_number(work):
        actions.take_in_live(session, work, number=form.seen_live)
    return _submit(work, form) if request.form.get("knop") == SUBMIT else _saved(work, form)


@editing.post(f"{TEXT}/ontwerp/bijhouden")
@accepts_bytes(text=MOST_TYPED_BYTES)
def keep_text(kind: str, slug: str) -> ResponseReturnValue:
    """Keep what is typed beside the draft, without saving it, and answer who else has it open."""
    session, moment, by = db_session(), now(), signed_in().id
    work = queries.find_work(session, kind, slug)
    if work is None:
        return jsonify(gone=True), HTTPStatus.GONE
    form = TextForm.sent(services().vocabulary)
    typed = form.typed(kind, slug, work.typed.get("themes") or []) if request.form.get("body") is not None else None
    actions.keep_unsaved(session, work, typed, revision=form.seen, by=by, now=moment)
    others = queries.others_at(session, work.id, besides=by, since=moment - PRESENT)
    return jsonify(others=others, is_overtaken=form.seen != work.revision)


@editing.post(f"{TEXT}/ontwerp/laten-vallen")
def drop_unsaved(kind: str, slug: str) -> ResponseReturnValue:
    """Let go of what was typed and not saved; the saved draft is shown."""
    work = queries.get_work(db_session(), kind, slug)
    actions.forget_unsaved(db_session(), work, by=signed_in().id)
    return redirect(url_for("editing.write_text", kind=kind, slug=slug), code=303)


@editing.route(f"{TEXT}/ontwerp/voorbeeld", methods=["GET", "POST"])
@accepts_bytes(text=MOST_TYPED_BYTES)
def preview_text(kind: str, slug: str) -> ResponseReturnValue:
    """Show a draft as the public would read it: what is typed as a part of the form, the saved one as its page."""
    work = queries.find_work(db_session(), kind, slug)
    if work is None:
        return redirect(address_of_text(kind, slug), code=303)
    if request.method == "POST":
        form = TextForm.sent(services().vocabulary)
        return show(_preview(work, form.typed(kind, slug, work.typed.get("themes") or [])))
    live, problems = _as_live(work, work.typed)
    if live is None:
        flash("Dit ontwerp kan nog niet getoond worden: " + " ".join(problems))
        return redirect(url_for("editing.write_text", kind=kind, slug=slug), code=303)
    back = Link("Terug naar het ontwerp", url_for("editing.write_text", kind=kind, slug=slug))
    return show(text_page(live, Banner("Dit is een ontwerp: alleen redacteurs zien het.", [back])))


@editing.post(f"{TEXT}/ontwerp/stap")
def move_text(kind: str, slug: str) -> ResponseReturnValue:
    """Take a draft one step on or back, as the button says."""
    work = queries.find_work(db_session(), kind, slug)
    if work is None:
        flash("Dit ontwerp is er niet meer: het is intussen gepubliceerd of weggegooid.")
        return redirect(address_of_text(kind, slug), code=303)
    step = STEPS.get(request.form.get("knop", ""))
    if step is None:
        return shown_text(kind, slug, problems=["Kies wat er met het ontwerp gebeurt."]), 422
    try:
        said, address = step(work, whole_number(request.form.get("revision")) or 0)
    except StepRefused as refused:
        db_session().rollback()
        return refused_step(kind, slug, refused)
    except EditedMeanwhile:
        db_session().rollback()
        flash(OVERTAKEN)
        return redirect(address_of_text(kind, slug), code=303)
    flash(said)
    return redirect(address, code=303)


def _step_submit(work: TextWork, seen: int) -> tuple[str, str]:
    actions.submit(db_session(), work, services().vocabulary, seen=seen, by=signed_in().id, now=now())
    return "Ingediend: een collega kan het ontwerp nu goedkeuren.", address_of_text(work.kind, work.slug)


def _step_return(work: TextWork, seen: int) -> tuple[str, str]:
    remark = RemarkForm().remark.data or ""
    actions.give_back(db_session(), work, remark, seen=seen, by=signed_in().id, now=now())
    return "Teruggestuurd met je opmerking.", address_of_text(work.kind, work.slug)


def _step_approve(work: TextWork, seen: int) -> tuple[str, str]:
    actions.approve(
        db_session(),
        work,
        seen=seen,
        by=signed_in().id,
        signs_as=signature(),
        four_eyes=services().settings.four_eyes,
        now=now(),
    )
    return "Goedgekeurd: publiceer nu of kies een moment.", address_of_text(work.kind, work.slug)


def _step_plan(work: TextWork, seen: int) -> tuple[str, str]:
    moment = rules.brussels_moment(request.form.get("day", ""), request.form.get("hour", ""))
    four_eyes = services().settings.four_eyes
    actions.plan(db_session(), work, moment, seen=seen, by=signed_in().id, four_eyes=four_eyes, now=now())
    said = rules.said_moment(moment) if moment is not None else ""
    return f"Gepland op {said}: de tekst komt dan vanzelf op de site.", address_of_text(work.kind, work.slug)


def _step_unplan(work: TextWork, seen: int) -> tuple[str, str]:
    actions.unplan(db_session(), work, seen=seen, by=signed_in().id, now=now())
    return "De planning is geschrapt; het ontwerp blijft goedgekeurd.", address_of_text(work.kind, work.slug)


def _step_publish(work: TextWork, seen: int) -> tuple[str, str]:
    text = actions.publish(
        db_session(),
        work,
        services().vocabulary,
        seen=seen,
        by=signed_in().id,
        four_eyes=services().settings.four_eyes,
        now=now(),
    )
    return "De tekst staat op de site.", address_of_text(text.kind, text.slug)


def _step_discard(work: TextWork, seen: int) -> tuple[str, str]:
    address = address_of_text(work.kind, work.slug) if work.text_id else url_for("editing.list_texts")
    actions.discard(db_session(), work, seen=seen, by=signed_in().id, now=now())
    return "Het ontwerp is weggegooid.", address


STEPS: dict[str, Callable[[TextWork, int], tuple[str, str]]] = {
    "indienen": _step_submit,
    "terugsturen": _step_return,
    "goedkeuren": _step_approve,
    "plannen": _step_plan,
    "niet-plannen": _step_unplan,
    "publiceren": _step_publish,
    "weggooien": _step_discard,
}


def _offer_places(form: NewTextForm) -> None:
    session, vocabulary = db_session(), services().vocabulary
    has_text = {text.slug for text in text_queries.known_texts(session, TextKind.THEME)}
    nodes = [(theme.id, theme.title) for theme in vocabulary.themes.all if theme.id not in has_text]
    has_page = {text.slug for text in text_queries.known_texts(session, TextKind.PAGE)}
    form.offer(nodes, [name for name in text_rules.SITE_PAGES if name not in has_page])


def _live_number(work: TextWork) -> int | None:
    text = db_session().get(PublishedText, work.text_id) if work.text_id else None
    return text.live_number if text is not None else None


def _form_page(work: TextWork, form: TextForm, noticed: Noticed) -> str:
    session = db_session()
    form.offer_owners(queries.editors(session))
    live, newer = _live_number(work), None
    if live is not None and live != work.base_number:
        newer = text_rules.address_of(work.kind, work.slug, services().vocabulary)
        newer += f"/geschiedenis?van={work.base_number}&tot={live}" if work.base_number else ""
    others = queries.others_at(session, work.id, besides=signed_in().id, since=now() - PRESENT)
    return show(WriteTextPage.of(work, form, services().vocabulary, others=others, noticed=noticed, newer_live=newer))


def _open_draft(work: TextWork) -> str:
    """Show the draft of an editor: as he typed it last, whether he saved that or not."""
    opened = queries.find_opened(db_session(), work.id, signed_in().id)
    typed, seen, noticed = work.typed, work.revision, Noticed()
    if opened is not None and opened.typed is not None:
        typed, seen, noticed.unsaved_at = opened.typed, opened.revision, opened.typed_at
    form = TextForm.of(typed, revision=seen, base_number=_live_number(work), vocabulary=services().vocabulary)
    return _form_page(work, form, noticed)


def _saved(work: TextWork, form: TextForm) -> ResponseReturnValue:
    """Show a draft that was saved, with what is still wrong: that stops nobody from saving."""
    found = actions.read(db_session(), work, services().vocabulary, on=brussels_date(now()))
    broken = found if isinstance(found, list) else found.dead_links
    form.revision.data = str(work.revision)
    form.base_number.data = str(_live_number(work) or "")
    if not broken:
        flash("Het ontwerp is bewaard.")
        return redirect(url_for("editing.write_text", kind=work.kind, slug=work.slug), code=303)
    noticed = Noticed(
        notices=["Het ontwerp is bewaard. Voor je het indient of publiceert, moet dit nog in orde:"],
        warnings=[problem.sentence for problem in broken],
    )
    return _form_page(work, form, noticed)


def _submit(work: TextWork, form: TextForm) -> ResponseReturnValue:
    """Submit a draft that was just saved; what is missing keeps it a concept, and nothing is lost."""
    try:
        said, address = _step_submit(work, work.revision)
    except StepRefused as refused:
        form.revision.data = str(work.revision)
        loose = form.point_out(refused.problems)
        said = "Het ontwerp is bewaard, maar nog niet ingediend: er moet nog iets in orde."
        if not form.errors and loose:
            flash(" ".join(loose))
            return redirect(address_of_text(work.kind, work.slug), code=303)
        return _form_page(work, form, Noticed(notices=[said, *loose]))
    flash(said)
    return redirect(address, code=303)


def _conflict(work: TextWork, form: TextForm, typed: Typed) -> ResponseReturnValue:
    """Show both texts side by side; what was typed stays, and saving again is a decision."""
    noticed = Noticed(conflict=differences_between(typed, work.typed))
    form.revision.data = str(work.revision)
    return _form_page(work, form, noticed), HTTPStatus.CONFLICT


def _lost(kind: str, slug: str, form: TextForm) -> ResponseReturnValue:
    """Take what was typed in a draft that was published or thrown away meanwhile: it begins a draft of its own."""
    session, by, noticed = db_session(), signed_in().id, Noticed()
    text = text_queries.find_any_text(session, kind, slug) or text_queries.find_moved_text(session, kind, slug)
    typed = form.typed(kind, slug, [])
    if text is None:
        work = actions.begin_new(session, TextKind(kind), slug, typed, by=by, now=now())
    else:
        work = actions.begin(session, text, services().vocabulary, by=by, now=now())
        noticed.conflict = differences_between(typed, work.typed)
        actions.save(session, work, typed, seen=work.revision, by=by, now=now())
    form.revision.data = str(work.revision)
    form.base_number.data = str(_live_number(work) or "")
    noticed.notices = ["Het ontwerp dat je open had, is er niet meer. Wat je typte is bewaard als een nieuw ontwerp."]
    return _form_page(work, form, noticed)


def _preview(work: TextWork, typed: Typed) -> Preview:
    live, problems = _as_live(work, typed)
    return Preview.of(live, problems, services().vocabulary, today=brussels_date(now()))


def _as_live(work: TextWork, typed: Typed) -> tuple[Live | None, list[str]]:
    """Return what is typed as a version that is not stored, as far as it can be read, and what is wrong with it."""
    session, vocabulary = db_session(), services().vocabulary
    found = actions.read(session, work, vocabulary, typed, on=brussels_date(now()))
    if isinstance(found, Ready):
        return _unstored(found.draft, found.rendered, work), sentences(found.dead_links)
    draft, _ = rules.read_typed(
        work.kind, work.slug, typed, work.base_source, vocabulary, is_known=work.text_id is not None
    )
    if draft is None:
        return None, sentences(found)
    draft = rules.readable(draft, vocabulary)
    rendered, _ = text_actions.render(session, draft, vocabulary, on=brussels_date(now()))
    return _unstored(draft, rendered, work), sentences(found)


def _unstored(draft: TextDraft, rendered: Rendered, work: TextWork) -> Live:
    edition = Edition(note=None, is_substantive=True, by=None)
    version = text_actions.version_of(draft, rendered, number=1, edition=edition, now=now())
    text = PublishedText(kind=work.kind, slug=work.slug, content_path=draft.content_path, live_number=1)
    text.themes = [TextTheme(node=node, position=place) for place, node in enumerate(draft.themes)]
    return Live(text, version)
