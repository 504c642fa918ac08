"""One record: read back, corrected, followed up, read by a second pair of eyes, proposed to the editors."""

import secrets
from dataclasses import replace
from datetime import date

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from helpdesk.accounts.queries import colleagues_with, names_by_id
from helpdesk.accounts.routes import signed_in
from helpdesk.advice.actions import FormInHand, note_reading
from helpdesk.advice.forms import fields_to_keep, point_out
from helpdesk.advice.models import Advice
from helpdesk.advice.queries import find_draft
from helpdesk.advice.routes import assist_of, fill_in, form_in_hand, fresh_key, keep_typed, secret_key
from helpdesk.advice.rules import AdviceDraft, AdviceRejected, broken_rules, corrected_by, digest_of, owner_of_key
from helpdesk.aftercare import actions, queries, rules
from helpdesk.aftercare.actions import AdviceChanged
from helpdesk.aftercare.forms import (
    CorrectionForm,
    FollowUpForm,
    ProposalForm,
    RemarkForm,
    SecondReadingForm,
    form_of,
    kept_correction,
)
from helpdesk.aftercare.pages import (
    AdviceForms,
    AdvicePage,
    CorrectionPage,
    OpenedAdvice,
    ProposalPage,
    ProposalsPage,
    WaitingPage,
)
from helpdesk.core import references
from helpdesk.core.clock import brussels_date, now
from helpdesk.core.paging import page_number
from helpdesk.core.roles import Role
from helpdesk.web.audiences import desk, editing
from helpdesk.web.database import db_session
from helpdesk.web.services import services
from helpdesk.web.views import show

ONE_ADVICE = "/adviezen/<int(max=2147483647):advice_id>"  # what the column can hold


@desk.get(ONE_ADVICE)
def show_advice(advice_id: int) -> ResponseReturnValue:
    """Show a record to the colleague who made it, follows it up or reads it a second time; note that it was read."""
    return _show_advice(advice_id)


def _show_advice(
    advice_id: int,
    *,
    follow_up: FollowUpForm | None = None,
    reading: SecondReadingForm | None = None,
    remark: RemarkForm | None = None,
) -> str:
    reader, session = signed_in(), db_session()
    advice = queries.get_readable_advice(session, advice_id, reader=reader.id)
    is_own = advice.recorded_by_id == reader.id
    opened = OpenedAdvice(
        advice=advice,
        reader_id=reader.id,
        readings=queries.second_readings(session, advice_id),
        colleagues=_other_jurists(reader.id) if is_own else (),
        follow_up=queries.find_follow_up(session, advice_id),
        call_back=queries.find_call_back(session, advice_id),
        revisions=queries.revisions(session, advice_id),
        references=references.references_of(session, f"{references.ADVICE}/{advice_id}"),
        names=names_by_id(session),
    )
    forms = AdviceForms(
        follow_up=follow_up or FollowUpForm(formdata=None),
        reading=reading or SecondReadingForm(formdata=None),
        remark=remark or RemarkForm(formdata=None),
    )
    page = AdvicePage.of(opened, forms, services().vocabulary)
    note_reading(session, advice_id, by=reader.id, now=now())
    return show(page)


def _other_jurists(reader_id: int) -> list[tuple[int, str]]:
    jurists = colleagues_with(db_session(), Role.JURIST)
    return [(user.id, user.display_name) for user in jurists if user.id != reader_id]


@desk.post(f"{ONE_ADVICE}/nalezing")
def ask_second_reading(advice_id: int) -> ResponseReturnValue:
    """Let a jurist ask a colleague to read an own record, ask no longer, or put the answer away."""
    reader, session = signed_in(), db_session()
    advice = queries.get_own_advice(session, advice_id, recorded_by=reader.id)
    back = redirect(url_for("desk.show_advice", advice_id=advice_id), code=303)
    if withdrawn := request.form.get("intrekken"):
        is_in_time = actions.withdraw_second_reading(session, page_number(withdrawn), by=reader.id, now=now())
        flash("Je vraagt het niet meer." if is_in_time else "Je collega las het intussen al na.")
        return back
    if seen := request.form.get("gezien"):
        actions.put_answer_away(session, page_number(seen), by=reader.id, now=now())
        return redirect(url_for("desk.list_waiting"), code=303)
    form = SecondReadingForm()
    form.offer(colleagues := _other_jurists(reader.id))
    if form.validate():
        try:
            actions.ask_second_reading(
                session,
                advice,
                form.reading_question.data or "",
                reader=form.reader_id,
                offered=[user_id for user_id, _ in colleagues],
                by=reader.id,
                now=now(),
            )
        except AdviceRejected as refused:
            point_out(form, refused.broken)
        else:
            flash("Je vraag staat bij je collega onder ‘Wacht op mij’.")
            return back
    return _show_advice(advice_id, reading=form), 422


@desk.post(f"{ONE_ADVICE}/opmerking")
def answer_second_reading(advice_id: int) -> ResponseReturnValue:
    """Let a second reader give a remark back; reading ends with it."""
    reader, session = signed_in(), db_session()
    queries.get_readable_advice(session, advice_id, reader=reader.id)
    form = RemarkForm()
    if form.validate():
        try:
            actions.answer_second_reading(session, advice_id, form.remark.data or "", by=reader.id, now=now())
            flash("Je opmerking is bij je collega.")
            return redirect(url_for("desk.list_waiting"), code=303)
        except AdviceRejected as refused:
            point_out(form, refused.broken)
    return _show_advice(advice_id, remark=form), 422


@desk.route(f"{ONE_ADVICE}/verbeteren", methods=["GET", "POST"])
def correct_advice(advice_id: int) -> ResponseReturnValue:
    """Let the jurist who recorded an advice correct it, with a reason; two at once see both texts.

    What is typed is kept as a draft, as in the form of new advice.
    """
    reader, session = signed_in(), db_session()
    advice = queries.get_own_advice(session, advice_id, recorded_by=reader.id)
    if request.method == "GET":
        return _open_correction(advice, request.args.get("ontwerp", ""))
    if request.form.get("vul"):
        return fill_in(request.form["vul"])
    vocabulary, moment = services().vocabulary, now()
    hand, digest = form_in_hand(reader.id), digest_of(fields_to_keep(request.form), secret=secret_key())
    form = CorrectionForm()
    form.offer(vocabulary)
    draft, is_complete = _corrected(form, advice, today=brussels_date(moment))
    if not is_complete:
        broken = broken_rules(
            draft,
            vocabulary=vocabulary,
            today=brussels_date(moment),
            is_forgotten=rules.is_forgotten(advice.question),
        )
        form.point_out(broken)
        return _show_again(advice, form, hand, digest, status=422)
    try:
        is_new = actions.correct_from_draft(
            session,
            hand,
            advice,
            draft,
            reason=form.reason.data or "",
            seen_revision=page_number(form.seen_revision.data),
            digest=digest,
            secret=secret_key(),
            vocabulary=vocabulary,
            now=moment,
        )
    except AdviceRejected as refused:
        session.rollback()
        form.point_out(refused.broken)
        return _show_again(advice, form, hand, digest, status=422)
    except AdviceChanged:
        session.rollback()
        return _show_again(advice, form, hand, digest, status=409)
    flash(f"Advies {advice_id} is verbeterd." if is_new else f"Advies {advice_id} was al verbeterd.")
    return redirect(url_for("desk.show_advice", advice_id=advice_id), code=303)


def _corrected(form: CorrectionForm, advice: Advice, *, today: date) -> tuple[AdviceDraft, bool]:
    """Return what the advice is to become, and whether the form is complete; text that was removed stays away."""
    if not rules.is_forgotten(advice.question):
        is_complete = form.validate()
        return form.draft(today=today), is_complete
    form.ask_no_text()
    is_complete = form.validate()
    draft = form.draft(today=today)
    reason = draft.scope_exception or advice.scope_exception
    return replace(draft, question="", answer="", scope_exception=reason), is_complete


def _open_correction(advice: Advice, key: str) -> ResponseReturnValue:
    """Show the form of a draft of a correction; without a key of ours make one, and go there."""
    reader, vocabulary = signed_in(), services().vocabulary
    row = find_draft(db_session(), key, owner=reader.id)
    is_other = row is not None and row.advice_id is None and corrected_by(row.fields) != advice.id
    if is_other or (row is None and owner_of_key(key, secret=secret_key()) != reader.id):
        return redirect(url_for("desk.correct_advice", advice_id=advice.id, ontwerp=fresh_key(reader.id)))
    if row is not None and row.advice_id is not None:
        return redirect(url_for("desk.show_advice", advice_id=row.advice_id))
    if row is None:
        form = form_of(advice.id, actions.drafted(advice), vocabulary, revision=advice.revision)
    else:
        form = kept_correction(row.fields, vocabulary)
    form.stand_for(key, row.revision if row else 0, holder=secrets.token_urlsafe(12))
    return _show_correction(advice, form)


def _show_again(
    advice: Advice, form: CorrectionForm, hand: FormInHand, digest: str, *, status: int
) -> ResponseReturnValue:
    """Show what was typed with what is wrong, or with what the record became meanwhile, and keep it as a draft."""
    kept = keep_typed(hand, sent=digest)
    db_session().commit()  # the page notes apart what it shows, and a refusal would undo the draft
    if kept.recorded_as is not None:
        return redirect(url_for("desk.show_advice", advice_id=kept.recorded_as), code=303)
    form.stand_for(kept.key, kept.revision, holder=hand.holder)
    return _show_correction(advice, form), status


def _show_correction(advice: Advice, form: CorrectionForm) -> str:
    """Show the form; beside it what the record is now when it changed since the form was opened."""
    current = {}
    if page_number(form.seen_revision.data) != advice.revision:
        current = rules.values_of(actions.drafted(advice))
        form.seen_revision.data = str(advice.revision)
    form.corrects.data = str(advice.id)
    advice_id, reader = advice.id, signed_in()
    page = CorrectionPage.of(advice, form, services().vocabulary, current=current, assist=assist_of(form))
    note_reading(db_session(), advice_id, by=reader.id, now=now())
    return show(page)


@desk.post(f"{ONE_ADVICE}/opvolging")
def follow_up(advice_id: int) -> ResponseReturnValue:
    """Plan to come back to an advice, or end that."""
    reader, session = signed_in(), db_session()
    queries.get_advice_in_hands(session, advice_id, reader=reader.id)
    if request.form.get("klaar"):
        actions.finish_follow_up(session, advice_id, by=reader.id, now=now())
        flash("De opvolging is afgewerkt.")
        return redirect(url_for("desk.list_waiting"), code=303)
    form = FollowUpForm()
    if form.validate() and form.due_on.data is not None:
        owner = reader.id if form.whose.data == "ik" else None
        try:
            actions.follow_up(
                session,
                advice_id,
                due_on=form.due_on.data,
                owner=owner,
                contact=form.contact.data or "",
                by=reader.id,
                now=now(),
            )
            flash("De opvolging is genoteerd.")
            return redirect(url_for("desk.show_advice", advice_id=advice_id), code=303)
        except AdviceRejected as refused:
            point_out(form, refused.broken)
    return _show_advice(advice_id, follow_up=form), 422


@desk.get("/wacht-op-mij")
def list_waiting() -> ResponseReturnValue:
    """List what waits for this colleague, and what waits for whoever is first."""
    session, reader = db_session(), signed_in()
    return show(
        WaitingPage.of(
            queries.waiting_for(session, reader=reader.id),
            queries.readings_to_do(session, reader=reader.id),
            names_by_id(session),
            services().vocabulary,
            today=brussels_date(now()),
            may_take_on=rules.may_take_on(reader.roles),
        )
    )


@desk.post(f"{ONE_ADVICE}/opnemen")
def claim_follow_up(advice_id: int) -> ResponseReturnValue:
    """Take on what waits for anyone: a jurist, who may then read it."""
    if not rules.may_take_on(signed_in().roles):
        abort(403)
    is_first = actions.claim_follow_up(db_session(), advice_id, by=signed_in().id, now=now())
    flash("Je volgt dit op." if is_first else "Een collega was je voor.")
    return redirect(url_for("desk.list_waiting"), code=303)


@desk.route(f"{ONE_ADVICE}/voorstel", methods=["GET", "POST"])
def propose(advice_id: int) -> ResponseReturnValue:
    """Propose a page, a change or a news item to the editors: question and answer, never who asked."""
    reader, session, themes = signed_in(), db_session(), services().vocabulary.themes
    advice = queries.get_own_advice(session, advice_id, recorded_by=reader.id)
    node = advice.themes[0].node if advice.themes else None
    if request.method == "GET":
        text = f"Vraag: {advice.question}\n\nAntwoord: {advice.answer}"
        page = ProposalPage(
            form=ProposalForm(formdata=None, title=themes.title(node) if node else "", text=text), advice_id=advice_id
        )
        note_reading(session, advice_id, by=reader.id, now=now())
        return show(page)
    form = ProposalForm()
    if form.validate():
        try:
            actions.propose(
                session,
                form.kind.data,
                form.title.data or "",
                form.text.data or "",
                node=node,
                by=reader.id,
                now=now(),
            )
            flash("Je voorstel ligt bij de redactie.")
            return redirect(url_for("desk.list_advice"), code=303)
        except AdviceRejected as refused:
            point_out(form, refused.broken)
    return show(ProposalPage(form=form, advice_id=advice_id)), 422


@editing.get("/voorstellen")
def list_proposals() -> ResponseReturnValue:
    """List what jurists proposed."""
    session = db_session()
    return show(ProposalsPage.of(queries.proposals(session), names_by_id(session), services().vocabulary))


@editing.post("/voorstellen/<int(max=2147483647):proposal_id>")
def handle_proposal(proposal_id: int) -> ResponseReturnValue:
    """Note that a proposal was dealt with."""
    actions.handle_proposal(db_session(), proposal_id, by=signed_in().id, now=now())
    flash("Het voorstel is afgehandeld.")
    return redirect(url_for("editing.list_proposals"), code=303)
