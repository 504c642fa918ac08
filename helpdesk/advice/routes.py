"""The log of the helpdesk: record, list, read back."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus

from flask import Flask, current_app, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import generate_csrf, validate_csrf
from wtforms.validators import ValidationError

from helpdesk.accounts.routes import signed_in
from helpdesk.advice import actions, queries, rules
from helpdesk.advice.actions import FormInHand, Kept, OwnIndex
from helpdesk.advice.forms import (
    COLUMNS,
    MAY_BE_ABSENT,
    AdviceForm,
    ImportForm,
    LineProblem,
    PresetForm,
    SnippetForm,
    blank_form,
    fields_to_keep,
    kept_form,
    offer,
    point_out,
    read_filter,
    read_rows,
    sent_form,
)
from helpdesk.advice.pages import (
    AdviceListPage,
    Assist,
    AssistPage,
    Fill,
    ImportPage,
    OpenDraftsPage,
    PreferencesPage,
    RecordAdvicePage,
    code_lists,
    fills_of,
    suggested_sources,
    suggested_themes,
)
from helpdesk.advice.rules import AdviceRejected
from helpdesk.core import references
from helpdesk.core.clock import brussels_date, now
from helpdesk.core.errors import Problem
from helpdesk.core.paging import page_number
from helpdesk.web.audiences import desk
from helpdesk.web.database import db_session
from helpdesk.web.services import services
from helpdesk.web.transaction import commit_even_if_refused
from helpdesk.web.views import show
from jurisprudence.search.engine import SearchEngine
from jurisprudence.search.index import IndexDamaged
from jurisprudence.search.named import DEFAULT_COURTS
from jurisprudence.search.results import Hit, Kind

TAKES_DRAFTS = frozenset({"desk.record_advice", "desk.keep_draft", "desk.correct_advice"})
UNSEEN = -1  # a revision no draft has
MOST_HOLDER = 40  # characters
MOST_SEARCHED = 600  # characters of a question, the last ones, that are searched with
LEAST_SEARCHED = 8  # characters
OF_EACH_KIND = 2  # pages, rulings and pieces of own advice beside the form
OWN_ADVICE = "helpdesk-own-advice"


def init_drafts(app: Flask) -> None:
    """Keep what was typed in a form whose session is over. Call this before the check of forms against forgery."""
    app.before_request(_keep_although_signed_out)


@desk.route("/adviezen/nieuw", methods=["GET", "POST"])
def record_advice() -> ResponseReturnValue:
    """Let a colleague record one piece of advice; "volgende" opens the form again for the next call.

    Every form has a draft of its own, named in the address, so that loading the page again shows what was typed.
    """
    if request.method == "GET":
        return _open_form(request.args.get("ontwerp", ""))
    if request.form.get("vul"):
        return fill_in(request.form["vul"])
    vocabulary, moment = services().vocabulary, now()
    form, today = sent_form(vocabulary), brussels_date(moment)
    hand, digest = form_in_hand(signed_in().id), rules.digest_of(fields_to_keep(request.form), secret=secret_key())
    form.insert_snippets(_snippets())
    is_complete = form.validate()
    draft = form.draft(today=today)
    if not is_complete:
        return _show_mistakes(form, rules.broken_rules(draft, vocabulary=vocabulary, today=today), hand, digest)
    try:
        advice_id, is_new = actions.record_from_draft(
            db_session(), hand, draft, digest=digest, secret=secret_key(), vocabulary=vocabulary, now=moment
        )
    except AdviceRejected as refused:
        db_session().rollback()
        return _show_mistakes(form, refused.broken, hand, digest)
    flash(f"Advies {advice_id} is bewaard." if is_new else f"Advies {advice_id} was al bewaard.")
    if request.form.get("daarna") == "volgende":
        return redirect(url_for("desk.record_advice"), code=303)
    return redirect(url_for("desk.show_advice", advice_id=advice_id), code=303)


@desk.post("/adviezen/ontwerp")
def keep_draft() -> ResponseReturnValue:
    """Keep what is being typed, for the script that asks so every few seconds; answer where it is kept."""
    kept = keep_typed(form_in_hand(signed_in().id))
    return jsonify(key=kept.key, revision=kept.revision, recorded=kept.recorded_as)


@desk.get("/adviezen/ontwerpen")
def list_drafts() -> ResponseReturnValue:
    """List what this colleague began and did not finish."""
    return show(OpenDraftsPage(drafts=queries.open_drafts(db_session(), owner=signed_in().id)))


@desk.post("/adviezen/ontwerpen/weggooien")
def discard_draft() -> ResponseReturnValue:
    """Throw a draft away."""
    actions.discard_draft(db_session(), request.form.get("draft_key", ""), owner=signed_in().id, now=now())
    flash("Het ontwerp is weggegooid.")
    return redirect(url_for("desk.list_drafts"), code=303)


@desk.get("/voorkeuren")
def show_preferences() -> ResponseReturnValue:
    """Show what this colleague keeps to type less."""
    return _show_preferences(PresetForm(formdata=None), SnippetForm(formdata=None))


@desk.post("/voorkeuren/bellers")
def keep_preset() -> ResponseReturnValue:
    """Keep the codes of someone who calls often, or remove them."""
    owner, vocabulary = signed_in().id, services().vocabulary
    if gone := request.form.get("weg"):
        actions.remove_preset(db_session(), page_number(gone), owner=owner)
        return redirect(url_for("desk.show_preferences"), code=303)
    form = PresetForm()
    offer(form, vocabulary)
    if form.validate():
        try:
            actions.keep_preset(
                db_session(), form.name.data or "", form.codes(), owner=owner, vocabulary=vocabulary, now=now()
            )
            return redirect(url_for("desk.show_preferences"), code=303)
        except AdviceRejected as refused:
            point_out(form, refused.broken)
    return _show_preferences(form, SnippetForm(formdata=None)), 422


@desk.post("/voorkeuren/teksten")
def keep_snippet() -> ResponseReturnValue:
    """Keep a text to insert, or remove it."""
    owner = signed_in().id
    if gone := request.form.get("weg"):
        actions.remove_snippet(db_session(), page_number(gone), owner=owner)
        return redirect(url_for("desk.show_preferences"), code=303)
    form = SnippetForm()
    if form.validate():
        try:
            actions.keep_snippet(db_session(), form.name.data or "", form.text.data or "", owner=owner)
            return redirect(url_for("desk.show_preferences"), code=303)
        except AdviceRejected as refused:
            point_out(form, refused.broken)
    return _show_preferences(PresetForm(formdata=None), form), 422


def _show_preferences(preset_form: PresetForm, snippet_form: SnippetForm) -> str:
    owner, vocabulary = signed_in().id, services().vocabulary
    offer(preset_form, vocabulary)
    kept = queries.presets(db_session(), owner=owner)
    return show(
        PreferencesPage(
            preset_form=preset_form,
            snippet_form=snippet_form,
            presets=[(preset.id, fill) for preset, fill in zip(kept, fills_of(None, kept, vocabulary), strict=True)],
            snippets=queries.snippets(db_session(), owner=owner),
            code_lists=code_lists(preset_form),
        )
    )


@desk.post("/adviezen/meelezen")
def assist() -> ResponseReturnValue:
    """Answer what belongs beside the form for what is typed so far; the text is not kept and not logged."""
    form = sent_form(services().vocabulary)
    return show(AssistPage(assist=assist_of(form)))


def assist_of(form: AdviceForm) -> Assist:
    """Return what belongs beside a form, and note which own advice it opens for the first time on this page."""
    held, reader, moment = services(), signed_in(), now()
    vocabulary, question = held.vocabulary, (form.question.data or "")[-MOST_SEARCHED:]
    texts = {name: form[name].data or "" for name in ("question", "answer", "scope_exception")}
    chosen = [node for node in (form.main_theme.code,) if node in vocabulary.themes]
    asked = " ".join([question, *(vocabulary.themes.title(node) for node in chosen)]).strip()
    pages, rulings, own = _found(asked, reader.id) if len(asked) >= LEAST_SEARCHED else ((), (), ())
    named = rules.named_themes(question, vocabulary.themes)
    nodes = [node for node in dict.fromkeys([*named, *(hit.node for hit in pages if hit.node)]) if node not in chosen]
    attached = queries.find_sources(db_session(), form.sources.data or (), owner=reader.id, vocabulary=vocabulary)
    taken = {one.document_id for one in attached} | {f"{references.ADVICE}/{form.corrects.data}"}
    hits = [
        hit for found in (pages, rulings, own) for hit in [one for one in found if one.id not in taken][:OF_EACH_KIND]
    ]
    page = Assist(
        findings=rules.findings(texts),
        confirmed=frozenset(form.confirmed.data or ()),
        themes=suggested_themes(nodes, vocabulary),
        sources=suggested_sources(hits, base_url=held.settings.base_url, today=brussels_date(moment)),
        attached=attached,
    )
    seen = {number for text in request.form.getlist("gezien") for number in text.split(",")}
    fresh = [number for number in page.own_advice if str(number) not in seen]
    actions.note_suggestions_apart(db_session(), fresh, by=reader.id, now=moment)
    return page


def _found(asked: str, reader_id: int) -> tuple[Sequence[Hit], Sequence[Hit], Sequence[Hit]]:
    """Return theme pages, rulings and own advice about a question, the best first; none while an index is unusable."""
    held = services()
    own = _own_index(reader_id)
    actions.keep_up_if_quick(db_session(), own.index, held.vocabulary)
    found: list[Sequence[Hit]] = []
    for engine, filters in (
        (held.search, {"soort": [Kind.THEME.value]}),
        (held.search, {"soort": [Kind.RULING.value]}),
        (own.engine, {}),
    ):
        try:
            found.append(engine.search(asked, filters=filters, per_page=OF_EACH_KIND * 3).hits)
        except IndexDamaged:
            found.append(())
    return found[0], found[1], found[2]


@dataclass(frozen=True)
class OwnSearch:
    """The search in one jurist's own advice."""

    engine: SearchEngine
    index: OwnIndex


def _own_index(reader_id: int) -> OwnSearch:
    """Return the search in this colleague's own advice; nobody else's stands in its folder."""
    held = services()
    kept: dict[int, OwnSearch] = current_app.extensions.setdefault(OWN_ADVICE, {})
    if reader_id not in kept:
        folder = held.settings.own_advice_dir / str(reader_id)
        engine = SearchEngine(
            folder,
            thesaurus=held.vocabulary.thesaurus,
            leads=held.vocabulary.leads,
            laws=held.vocabulary.law_names,
            courts={**DEFAULT_COURTS, **held.vocabulary.court_names},
        )
        kept[reader_id] = OwnSearch(engine, OwnIndex(engine.index, folder, reader_id))
    return kept[reader_id]


def _filled_in(fields: dict[str, list[str]], command: str) -> dict[str, list[str]]:
    """Return what was typed with one thing filled in, for a browser without scripts."""
    what, _, rest = command.partition(":")
    if what == "vervang":
        field, _, rest = rest.partition(":")
        role, _, words = rest.partition(":")
        return {
            name: [text.replace(words, role) if words and name == field else text for text in texts]
            for name, texts in fields.items()
        }
    if what == "bron":
        return fields | {"sources": list(dict.fromkeys([*fields.get("sources", []), rest]))}
    theme = services().vocabulary.themes.find(rest) if what == "thema" else None
    if theme is not None and fields.get("main_theme"):
        return fields | {"other_themes": [*fields.get("other_themes", []), theme.id]}
    if theme is not None:
        return fields | {"main_theme": [theme.title]}
    caller = next((fill.words for fill in _fills() if fill.value == command), {})
    return fields | {name: [word] for name, word in caller.items()}


def fill_in(value: str) -> ResponseReturnValue:
    """Fill in one thing, for a browser without scripts: keep the draft with it and show it again."""
    fields = _filled_in(fields_to_keep(request.form), value)
    kept = actions.keep_draft(db_session(), form_in_hand(signed_in().id), fields, secret=secret_key(), now=now())
    return redirect(_address_of_draft(kept.key, fields), code=303)


def _address_of_draft(key: str, fields: Mapping[str, Sequence[str]]) -> str:
    """Return where a draft is typed on: the form of a new advice, or of the record it corrects."""
    corrected = rules.corrected_by(fields)
    if corrected is None:
        return url_for("desk.record_advice", ontwerp=key)
    return url_for("desk.correct_advice", advice_id=corrected, ontwerp=key)


def _snippets() -> dict[str, str]:
    return {snippet.name: snippet.text for snippet in queries.snippets(db_session(), owner=signed_in().id)}


def _fills() -> list[Fill]:
    owner = signed_in().id
    last = queries.find_last_caller(db_session(), recorded_by=owner)
    return fills_of(last, queries.presets(db_session(), owner=owner), services().vocabulary)


def _open_form(key: str) -> ResponseReturnValue:
    """Show the form of a draft; without a key that is ours, make one and go there."""
    reader, vocabulary = signed_in(), services().vocabulary
    row = queries.find_draft(db_session(), key, owner=reader.id)
    if row is None and rules.owner_of_key(key, secret=secret_key()) != reader.id:
        return redirect(url_for("desk.record_advice", ontwerp=fresh_key(reader.id)))
    if row is not None and rules.corrected_by(row.fields) is not None:
        return redirect(_address_of_draft(key, row.fields))
    if row is not None and row.advice_id is not None:
        return redirect(url_for("desk.show_advice", advice_id=row.advice_id))
    form = kept_form(row.fields, vocabulary) if row else blank_form(vocabulary, today=brussels_date(now()))
    return _show_form(form, Kept(key, row.revision if row else 0), holder=secrets.token_urlsafe(12))


def fresh_key(owner: int) -> str:
    """Return the key of a form that is opened now."""
    return rules.draft_key(owner, secrets.token_urlsafe(16), secret=secret_key())


def _show_form(form: AdviceForm, kept: Kept, *, holder: str) -> str:
    form.stand_for(kept.key, kept.revision, holder=holder)
    drafts = queries.open_drafts(db_session(), owner=signed_in().id)
    others = sum(draft.key != kept.key for draft in drafts)
    return show(
        RecordAdvicePage.of(
            form,
            services().vocabulary,
            other_drafts=others,
            fills=_fills(),
            snippets=_snippets(),
            assist=assist_of(form),
        )
    )


def _show_mistakes(form: AdviceForm, broken: list[Problem], hand: FormInHand, digest: str) -> ResponseReturnValue:
    """Say everything that is wrong at once, and keep what was typed as a draft."""
    form.point_out(broken)
    kept = keep_typed(hand, sent=digest)
    db_session().commit()  # the page notes apart which advice it shows, and a refusal would undo the draft
    if kept.recorded_as is not None:
        return redirect(url_for("desk.show_advice", advice_id=kept.recorded_as), code=303)
    return _show_form(form, kept, holder=hand.holder), 422


def keep_typed(hand: FormInHand, *, sent: str | None = None) -> Kept:
    """Keep the form of this request as a draft. See `actions.keep_draft`."""
    fields = fields_to_keep(request.form)
    return actions.keep_draft(db_session(), hand, fields, secret=secret_key(), now=now(), sent=sent)


def form_in_hand(owner: int) -> FormInHand:
    """Return which form was sent; one without a key of this colleague gets one."""
    key, revision = request.form.get("draft_key", ""), request.form.get("draft_revision", "")
    is_known = rules.owner_of_key(key, secret=secret_key()) == owner or (
        current_user.is_authenticated and queries.find_draft(db_session(), key, owner=owner) is not None
    )
    return FormInHand(
        key=key if is_known else fresh_key(owner),
        holder=request.form.get("draft_holder", "")[:MOST_HOLDER] or secrets.token_urlsafe(12),
        revision=page_number(revision) if revision else 0,
        owner=owner,
    )


def _keep_although_signed_out() -> ResponseReturnValue | None:
    """Keep a form that comes without a good session under the seal of its key, and lead to it after signing in.

    The seal says for whom the server made the form: its text can only become a draft of that colleague, and never takes
    the place of what another page kept.
    """
    if request.method != "POST" or request.endpoint not in TAKES_DRAFTS or _has_good_session():
        return None
    owner = rules.owner_of_key(request.form.get("draft_key", ""), secret=secret_key())
    if owner is None or not queries.may_record(db_session(), owner):
        return None
    fields = fields_to_keep(request.form)
    digest = rules.digest_of(fields, secret=secret_key())
    is_script = request.endpoint == "desk.keep_draft"
    hand = replace(form_in_hand(owner), revision=UNSEEN)
    kept = keep_typed(hand, sent=None if is_script else digest)
    is_back = current_user.is_authenticated and signed_in().id == owner
    if is_script and is_back:
        return jsonify(key=kept.key, revision=kept.revision, recorded=kept.recorded_as, csrf_token=generate_csrf())
    if is_script:
        commit_even_if_refused()
        return jsonify(key=kept.key, revision=kept.revision, recorded=kept.recorded_as), HTTPStatus.UNAUTHORIZED
    if is_back:
        flash("Je had je intussen opnieuw aangemeld. Wat je typte staat er nog: kijk het na en bewaar opnieuw.")
    return redirect(_address_of_draft(kept.key, fields), code=303)


def _has_good_session() -> bool:
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return False
    return bool(current_user.is_authenticated)


def secret_key() -> str:
    """Return the key that seals drafts."""
    return services().settings.secret_key


@desk.get("/adviezen")
def list_advice() -> ResponseReturnValue:
    """List the advice of this colleague; a coordinator sees the codes of all advice.

    A list that opens questions is noted, once, as a record that is read would be.
    """
    vocabulary, reader = services().vocabulary, signed_in()
    shows_all = rules.sees_all_codes(reader.roles)
    wanted = read_filter(request.args, vocabulary, recorded_by=None if shows_all else reader.id)
    rows = queries.advice_page(
        db_session(), wanted, number=page_number(request.args.get("pagina")), with_text_of=reader.id
    )
    theme = request.args.get("thema") if wanted.nodes else None
    page = AdviceListPage.of(
        rows,
        wanted,
        reader_id=reader.id,
        shows_all=shows_all,
        theme=theme,
        exceptions=queries.scope_exceptions(db_session(), wanted),
        vocabulary=vocabulary,
        address=lambda query: url_for("desk.list_advice", **query),
    )
    if page.shows_text:
        actions.note_listing(db_session(), rows.number, by=reader.id, now=now())
    return show(page)


@desk.route("/adviezen/inlezen", methods=["GET", "POST"])
def import_advice() -> ResponseReturnValue:
    """Record advice from a file, whole or not at all; what is wrong is told line by line."""
    form = ImportForm()
    problems: list[LineProblem] = []
    if request.method == "POST" and form.validate():
        by, moment, vocabulary = signed_in().id, now(), services().vocabulary
        content = form.file.data.read()
        today = brussels_date(moment)
        rows, problems = read_rows(content, vocabulary, today=today, looked_at=bool(form.looked_at.data))
        entries = [(draft.given_on, draft.question) for _, draft in rows]
        known = queries.same_questions(db_session(), entries, recorded_by=by)
        problems += [
            LineProblem(line, "vraag", "Deze vraag van die dag staat er al.")
            for line, draft in rows
            if (draft.given_on, draft.question) in known
        ]
        if rows and not problems:
            drafts = [draft for _, draft in rows]
            count = actions.import_advice(db_session(), drafts, vocabulary=vocabulary, by=by, now=moment)
            flash("1 advies ingelezen." if count == 1 else f"{count} adviezen ingelezen.")
            return redirect(url_for("desk.list_advice"), code=303)
        problems = sorted(problems) or [LineProblem(1, "", "In dit bestand staat geen enkel advies.")]
    page = ImportPage(form=form, problems=problems, columns=list(COLUMNS), optional=MAY_BE_ABSENT)
    return show(page), 422 if request.method == "POST" else 200
