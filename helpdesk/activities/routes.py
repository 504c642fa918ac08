"""Trainings and guidance: list, note, correct, take in from a file."""

from collections.abc import Sequence
from datetime import date

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from helpdesk.accounts.routes import signed_in
from helpdesk.activities import actions, queries, rules
from helpdesk.activities.actions import Imported
from helpdesk.activities.forms import (
    FileForm,
    guidance_form,
    read_guidance,
    read_trainings,
    sent_guidance,
    sent_training,
    training_form,
)
from helpdesk.activities.pages import (
    GuidanceListPage,
    GuidancePage,
    TrainingPage,
    TrainingsPage,
    import_guidance_page,
    import_trainings_page,
)
from helpdesk.activities.rules import ActivityRejected, ImportRejected, LineProblem
from helpdesk.core.clock import brussels_date, now
from helpdesk.web.audiences import desk
from helpdesk.web.database import db_session
from helpdesk.web.services import services
from helpdesk.web.views import show

LATEST_YEAR = 9998  # a date must still fit behind it


@desk.get("/vormingen")
def list_trainings() -> ResponseReturnValue:
    """List the trainings of a year; without one, of the latest that has any."""
    years = queries.years_of_trainings(db_session())
    year = _year(years)
    trainings = queries.trainings_between(db_session(), date(year, 1, 1), date(year, 12, 31))
    return show(TrainingsPage.of(trainings, year=year, years=years, vocabulary=services().vocabulary))


@desk.route("/vormingen/nieuw", methods=["GET", "POST"])
def record_training() -> ResponseReturnValue:
    """Let a colleague note one training."""
    vocabulary = services().vocabulary
    if request.method == "GET":
        return show(TrainingPage.of(training_form(vocabulary), vocabulary))
    form = sent_training(vocabulary)
    if not form.validate():
        return show(TrainingPage.of(form, vocabulary)), 422
    try:
        training = actions.record_training(
            db_session(), form.draft(), vocabulary=vocabulary, recorded_by=signed_in().id, now=now()
        )
    except ActivityRejected as refused:
        form.point_out(refused.broken)
        return show(TrainingPage.of(form, vocabulary)), 422
    flash(f"De vorming ‘{training.title}’ is bewaard.")
    return redirect(url_for("desk.list_trainings", jaar=training.held_on.year), code=303)


@desk.route("/vormingen/<int(max=2147483647):training_id>", methods=["GET", "POST"])
def change_training(training_id: int) -> ResponseReturnValue:
    """Show one training in its form, and let a colleague correct it."""
    vocabulary = services().vocabulary
    training = queries.get_training(db_session(), training_id)
    if request.method == "GET":
        form = training_form(vocabulary, actions.training_draft(training))
        return show(TrainingPage.of(form, vocabulary, training_id=training_id))
    form = sent_training(vocabulary)
    if not form.validate():
        return show(TrainingPage.of(form, vocabulary, training_id=training_id)), 422
    try:
        actions.change_training(
            db_session(), training, form.draft(), vocabulary=vocabulary, by=signed_in().id, now=now()
        )
    except ActivityRejected as refused:
        form.point_out(refused.broken)
        return show(TrainingPage.of(form, vocabulary, training_id=training_id)), 422
    flash(f"De vorming ‘{training.title}’ is verbeterd.")
    return redirect(url_for("desk.list_trainings", jaar=training.held_on.year), code=303)


@desk.post("/vormingen/<int(max=2147483647):training_id>/verwijderen")
def remove_training(training_id: int) -> ResponseReturnValue:
    """Remove a training that was noted by mistake."""
    training = queries.get_training(db_session(), training_id)
    year = training.held_on.year
    actions.remove_training(db_session(), training, by=signed_in().id, now=now())
    flash(f"De vorming ‘{training.title}’ is verwijderd.")
    return redirect(url_for("desk.list_trainings", jaar=year), code=303)


@desk.route("/vormingen/invoer", methods=["GET", "POST"])
def import_trainings() -> ResponseReturnValue:
    """Take in a file of trainings, whole or not at all."""
    vocabulary, form = services().vocabulary, FileForm()

    def page(problems: Sequence[LineProblem] = ()) -> str:
        here, back = url_for("desk.import_trainings"), url_for("desk.list_trainings")
        return show(import_trainings_page(form, vocabulary, action=here, back=back, problems=problems))

    if request.method == "GET":
        return page()
    if not form.validate():
        return page(), 422
    try:
        rows = read_trainings(form.file.data, vocabulary)
    except ImportRejected as refused:
        return page(refused.lines), 422
    today = brussels_date(now())
    wrong = rules.check_lines(
        rows.drafts, lambda draft: rules.check_training(draft, vocabulary=vocabulary, today=today)
    )
    if problems := sorted([*rows.problems, *wrong]):
        return page(problems), 422
    done = actions.store_trainings(
        db_session(), [draft for _, draft in rows.drafts], recorded_by=signed_in().id, now=now()
    )
    flash(_told(done, "vorming", "vormingen"))
    return redirect(url_for("desk.list_trainings"), code=303)


@desk.get("/begeleidingen")
def list_guidance() -> ResponseReturnValue:
    """List the guidance that met in a year; without one, in the latest in which any did."""
    years = queries.years_of_guidance(db_session())
    year = _year(years)
    found = queries.guidance_between(db_session(), date(year, 1, 1), date(year, 12, 31))
    return show(GuidanceListPage.of(found, year=year, years=years, vocabulary=services().vocabulary))


@desk.route("/begeleidingen/nieuw", methods=["GET", "POST"])
def record_guidance() -> ResponseReturnValue:
    """Let a colleague note one guidance."""
    vocabulary = services().vocabulary
    if request.method == "GET":
        return show(GuidancePage.of(guidance_form(vocabulary)))
    form = sent_guidance(vocabulary)
    if not form.validate():
        return show(GuidancePage.of(form)), 422
    try:
        guidance = actions.record_guidance(
            db_session(), form.draft(), vocabulary=vocabulary, recorded_by=signed_in().id, now=now()
        )
    except ActivityRejected as refused:
        form.point_out(refused.broken)
        return show(GuidancePage.of(form)), 422
    flash(f"De begeleiding ‘{guidance.title}’ is bewaard.")
    return redirect(url_for("desk.list_guidance", jaar=form.sessions.days[-1].year), code=303)


@desk.route("/begeleidingen/<int(max=2147483647):guidance_id>", methods=["GET", "POST"])
def change_guidance(guidance_id: int) -> ResponseReturnValue:
    """Show one guidance in its form, and let a colleague correct it."""
    vocabulary = services().vocabulary
    guidance = queries.get_guidance(db_session(), guidance_id)
    if request.method == "GET":
        form = guidance_form(vocabulary, actions.guidance_draft(guidance))
        return show(GuidancePage.of(form, guidance_id=guidance_id))
    form = sent_guidance(vocabulary)
    if not form.validate():
        return show(GuidancePage.of(form, guidance_id=guidance_id)), 422
    try:
        actions.change_guidance(
            db_session(), guidance, form.draft(), vocabulary=vocabulary, by=signed_in().id, now=now()
        )
    except ActivityRejected as refused:
        form.point_out(refused.broken)
        return show(GuidancePage.of(form, guidance_id=guidance_id)), 422
    flash(f"De begeleiding ‘{guidance.title}’ is verbeterd.")
    return redirect(url_for("desk.list_guidance", jaar=form.sessions.days[-1].year), code=303)


@desk.post("/begeleidingen/<int(max=2147483647):guidance_id>/verwijderen")
def remove_guidance(guidance_id: int) -> ResponseReturnValue:
    """Remove a guidance that was noted by mistake."""
    guidance = queries.get_guidance(db_session(), guidance_id)
    actions.remove_guidance(db_session(), guidance, by=signed_in().id, now=now())
    flash(f"De begeleiding ‘{guidance.title}’ is verwijderd.")
    return redirect(url_for("desk.list_guidance"), code=303)


@desk.route("/begeleidingen/invoer", methods=["GET", "POST"])
def import_guidance() -> ResponseReturnValue:
    """Take in a file of guidance, whole or not at all."""
    vocabulary, form = services().vocabulary, FileForm()

    def page(problems: Sequence[LineProblem] = ()) -> str:
        here, back = url_for("desk.import_guidance"), url_for("desk.list_guidance")
        return show(import_guidance_page(form, vocabulary, action=here, back=back, problems=problems))

    if request.method == "GET":
        return page()
    if not form.validate():
        return page(), 422
    try:
        rows = read_guidance(form.file.data, vocabulary)
    except ImportRejected as refused:
        return page(refused.lines), 422
    today = brussels_date(now())
    wrong = rules.check_lines(
        rows.drafts, lambda draft: rules.check_guidance(draft, vocabulary=vocabulary, today=today)
    )
    if problems := sorted([*rows.problems, *wrong]):
        return page(problems), 422
    done = actions.store_guidance(
        db_session(), [draft for _, draft in rows.drafts], recorded_by=signed_in().id, now=now()
    )
    flash(_told(done, "begeleiding", "begeleidingen"))
    return redirect(url_for("desk.list_guidance"), code=303)


def _year(years: Sequence[int]) -> int:
    """Return the year of the address; without one the latest of these, or this one."""
    typed = request.args.get("jaar", "")
    if typed.isascii() and typed.isdigit() and 1 <= int(typed[:5]) <= LATEST_YEAR:
        return int(typed[:5])
    return years[0] if years else brussels_date(now()).year


def _told(done: Imported, one: str, many: str) -> str:
    added = f"1 {one} toegevoegd" if done.added == 1 else f"{done.added} {many} toegevoegd"
    return f"{added}. {done.known} stonden er al." if done.known else f"{added}."
