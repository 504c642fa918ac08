"""What editors do with a text that was published: withdraw, hide a version, confirm, settle."""

from collections.abc import Callable
from http import HTTPStatus

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue

from helpdesk.accounts.routes import signed_in
from helpdesk.core.clock import brussels_date, now
from helpdesk.core.errors import NotFound
from helpdesk.text_editor import actions, queries, rules
from helpdesk.text_editor.forms import WithdrawForm, whole_number
from helpdesk.text_editor.routes.shown import TEXT, address_of_text, done, owners, shown_text, signature, text_of_editor
from helpdesk.texts import queries as text_queries
from helpdesk.texts.models import PublishedText, TextVersion
from helpdesk.web.audiences import editing
from helpdesk.web.database import db_session
from helpdesk.web.hiding import HideForm, ReasonForm
from helpdesk.web.services import services


@editing.post(f"{TEXT}/intrekken")
def withdraw_text(kind: str, slug: str) -> ResponseReturnValue:
    """Let an editor take a text off the site, with a reason for the public."""
    text, form = text_of_editor(kind, slug), WithdrawForm()
    reason, linking = form.reason.data or "", text_queries.texts_linking_to(db_session(), kind, text.slug)
    broken = rules.check_withdrawal(reason, linking=len(linking), is_confirmed=bool(form.confirm.data))
    if broken:
        for problem in broken:
            form[problem.field].errors = [*form[problem.field].errors, problem.sentence]
        return shown_text(kind, slug, withdraw_form=form), HTTPStatus.UNPROCESSABLE_ENTITY
    seen = whole_number(request.form.get("number")) or 0
    return done(
        kind,
        slug,
        lambda: actions.withdraw(db_session(), text, reason=reason, seen=seen, by=signed_in().id, now=now()),
        "De tekst is ingetrokken.",
    )


@editing.post(f"{TEXT}/afschermen")
def hide_version(kind: str, slug: str) -> ResponseReturnValue:
    """Let an editor keep an old version from the public, with a reason for it."""
    text, form = text_of_editor(kind, slug), HideForm()
    version = _chosen(form, text)
    if version is None:
        return shown_text(kind, slug, hide_form=form), HTTPStatus.UNPROCESSABLE_ENTITY
    said = f"De site toont versie {version.number} niet meer.{_said_of_editions(text, version)}"
    return done(kind, slug, _reasoned(actions.hide, text, version, form), said, hide_form=form)


@editing.post(f"{TEXT}/reden")
def change_reason_of_version(kind: str, slug: str) -> ResponseReturnValue:
    """Let an editor change what the public reads in the place of a hidden version."""
    text, form = text_of_editor(kind, slug), ReasonForm()
    version = _chosen(form, text)
    if version is None:
        return shown_text(kind, slug, reason_form=form), HTTPStatus.UNPROCESSABLE_ENTITY
    said = f"Bezoekers lezen nu de nieuwe reden van versie {version.number}."
    return done(kind, slug, _reasoned(actions.change_reason, text, version, form), said, reason_form=form)


@editing.post(f"{TEXT}/weer-tonen")
def show_version_again(kind: str, slug: str) -> ResponseReturnValue:
    """Let the public read a hidden version again."""
    text = text_of_editor(kind, slug)
    number = whole_number(request.form.get("number")) or 0
    version = text_queries.find_version(db_session(), text.id, number)
    if version is None:
        raise NotFound(f"Er is geen versie {number}.")
    return done(
        kind,
        slug,
        lambda: actions.show_again(db_session(), text, version, by=signed_in().id, now=now()),
        f"De site toont versie {number} weer.",
    )


@editing.post(f"{TEXT}/nog-juist")
def confirm_text(kind: str, slug: str) -> ResponseReturnValue:
    """Note that the live version is still right; a jurist may sign it as one."""
    text = text_of_editor(kind, slug)
    seen = whole_number(request.form.get("number")) or 0
    return done(
        kind,
        slug,
        lambda: actions.confirm(
            db_session(),
            text,
            services().vocabulary,
            seen=seen,
            signs_as=signature(),
            by=signed_in().id,
            now=now(),
        ),
        "Genoteerd: de tekst is nog juist. De datum om ze na te lezen is verschoven.",
    )


@editing.post(f"{TEXT}/beheer")
def settle_text(kind: str, slug: str) -> ResponseReturnValue:
    """Change who owns a text, when it is read again and when it expires."""
    text, today = text_of_editor(kind, slug), brussels_date(now())
    typed = {name: request.form.get(name, "").strip() for name in ("review_on", "expires_on", "owner")}
    broken = [
        problem.sentence
        for problem in rules.check_publication(typed, is_first=True, today=today)
        if rules.read_day(typed[problem.field]) != getattr(text, problem.field)
    ]
    owner = whole_number(typed["owner"])
    if broken or (owner is not None and owner not in dict(owners())):
        return shown_text(kind, slug, problems=broken or ["Kies een redacteur uit de lijst."]), 422
    actions.keep_settings(
        db_session(),
        text,
        owner_id=owner,
        review_on=rules.read_day(typed["review_on"]),
        expires_on=rules.read_day(typed["expires_on"]),
        by=signed_in().id,
        now=now(),
    )
    flash("Bewaard.")
    return redirect(address_of_text(kind, slug), code=303)


def _reasoned(
    act: Callable[..., None], text: PublishedText, version: TextVersion, form: HideForm
) -> Callable[[], None]:
    """Return what does something to a version for the reason that was typed."""
    reason = form.hidden_reason.data or ""
    return lambda: act(db_session(), text, version, reason=reason, by=signed_in().id, now=now())


def _chosen(form: HideForm, text: PublishedText) -> TextVersion | None:
    """Return the version that a form is about; None when something is not in order, and the form says what."""
    number = whole_number(form.number.data)
    version = text_queries.find_version(db_session(), text.id, number) if number else None
    broken = rules.check_hiding(form.hidden_reason.data or "", number=version.number if version else None)
    for problem in broken:
        form[problem.field].errors = [*form[problem.field].errors, problem.sentence]
    return None if broken else version


def _said_of_editions(text: PublishedText, version: TextVersion) -> str:
    """Return what to do about publications that were printed from a version and can still be had; "" when none can."""
    printed = queries.editions_printed_from(db_session(), text, version)
    count = sum(not edition.is_hidden for edition in printed)
    if not count:
        return ""
    what = "1 uitgave van een publicatie is" if count == 1 else f"{count} uitgaven van publicaties zijn"
    return f" {what} eruit gedrukt: kijk bij de versie hieronder of je ook die afschermt."
