"""Laws and articles with what rests on them, the brieflezer, and what editors do with references."""

from datetime import date

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from helpdesk.accounts.routes import signed_in
from helpdesk.core import references
from helpdesk.core.clock import brussels_date, now
from helpdesk.core.errors import NotFound
from helpdesk.references import actions, queries, rules
from helpdesk.references.forms import LetterForm, TreatmentForm
from helpdesk.references.pages import (
    ArticlePage,
    DocumentReferencesPage,
    LawPage,
    LawsPage,
    LetterPage,
    OpenRow,
    TreatmentsPage,
    WorklistPage,
    normal_label,
)
from helpdesk.references.rules import TreatmentRefused
from helpdesk.rulings.pages import Link
from helpdesk.web.audiences import editing, public
from helpdesk.web.database import db_session
from helpdesk.web.feeds import FeedEntry, atom
from helpdesk.web.services import services
from helpdesk.web.views import show
from jurisprudence.legislation import Law

MOST_OPEN = 200
MOST_IN_FEED = 30


@public.get("/wetgeving")
def list_laws() -> ResponseReturnValue:
    """Show every law of the register with how much of the site rests on it."""
    return show(LawsPage.of(services().vocabulary.laws.laws, queries.counts_per_law(db_session())))


@public.get("/wetgeving/<law>")
def show_law(law: str) -> ResponseReturnValue:
    """Show one law: its articles in the order of the law, and what refers to the whole."""
    found = _law(law)
    if law != found.slug:
        return redirect(url_for("public.show_law", law=found.slug), code=301)
    session = db_session()
    articles = queries.articles_of_law(session, found.id)
    return show(LawPage.of(found, articles, queries.sources_of_whole_law(session, found.id)))


@public.get("/wetgeving/<law>/<path:article>")
def show_article(law: str, article: str) -> ResponseReturnValue:
    """Show everything the site has on one article; an article we have nothing about gets the list of those we have."""
    session, vocabulary, found = db_session(), services().vocabulary, _law(law)
    gathered = queries.find_article(session, found, article)
    if gathered is None:
        articles, whole = queries.articles_of_law(session, found.id), queries.sources_of_whole_law(session, found.id)
        return show(LawPage.of(found, articles, whole, missing=article)), 404
    if request.path != gathered.article.address:
        return redirect(gathered.article.address, code=301)
    return show(ArticlePage.of(gathered, vocabulary))


@public.get("/wetgeving/<law>/<path:article>/atom.xml")
def follow_article(law: str, article: str) -> ResponseReturnValue:
    """Answer what was published last on one article, as an Atom feed."""
    session, found = db_session(), _law(law)
    gathered = queries.find_article(session, found, article)
    if gathered is None:
        raise NotFound(f"Er is niets over artikel {article} van {found.abbreviation}.")
    wanted = gathered.article
    sources = {row.source.id: row for row in gathered.rows}
    moments = queries.moments(session, sources)
    newest = sorted(moments, key=lambda one: (moments[one], one), reverse=True)[:MOST_IN_FEED]
    entries = [
        FeedEntry(sources[one].source.address, sources[one].source.title, sources[one].context, moments[one])
        for one in newest
    ]
    feed = atom(
        f"Artikel {wanted.number} {found.abbreviation}",
        address=f"{wanted.address}/atom.xml",
        about=wanted.address,
        entries=entries,
        base_url=services().settings.base_url,
    )
    return Response(feed, mimetype="application/atom+xml")


@public.route("/brieflezer", methods=["GET", "POST"])
def read_letter() -> ResponseReturnValue:
    """Explain what a pasted letter names. The text is read and forgotten: not stored, not logged."""
    form = LetterForm()
    if request.method == "GET":
        return show(LetterPage(form=form))
    if not form.validate():
        return show(LetterPage(form=form)), 422
    findings = queries.letter_findings(db_session(), form.tekst.data or "", services().vocabulary)
    return show(LetterPage.read(form, findings))


@editing.get("/verwijzingen")
def list_open_references() -> ResponseReturnValue:
    """Show the rulings that are cited and that we do not hold, and the references that cannot be right."""
    session, vocabulary, today = db_session(), services().vocabulary, brussels_date(now())
    known = queries.known_numbers(session)

    def doubt(normal: str, decided_on: date | None) -> str:
        return rules.implausibility(normal, decided_on, known, today=today)

    rows = [
        OpenRow.of(target, doubt(target.normal, target.dates[0] if target.dates else None), vocabulary)
        for target in queries.open_targets(session, limit=MOST_OPEN)
    ]
    doubtful = [
        (normal_label(target, vocabulary), why, Link(title, address))
        for target, decided_on, title, address in queries.dated_ruling_references(session)
        if (why := doubt(target, decided_on))
    ]
    return show(WorklistPage(rows=rows, doubtful=doubtful))


@editing.get("/verwijzingen/<path:source_id>")
def list_references(source_id: str) -> ResponseReturnValue:
    """Show an editor what one document refers to."""
    session = db_session()
    source = session.get(references.ReferenceSource, source_id)
    if source is None:
        raise NotFound(f"'{source_id}' verwijst nergens naar.")
    return show(
        DocumentReferencesPage.of(
            Link(source.title, source.address),
            source_id,
            references.references_of(session, source_id),
            references.suppressed_of(session, source_id),
            services().vocabulary,
        )
    )


@editing.post("/verwijzingen/<path:source_id>")
def change_reference(source_id: str) -> ResponseReturnValue:
    """Remove a reference for good, or let a removed one count again."""
    target, wanted = request.form.get("doel", ""), request.form.get("doe", "")
    editor = signed_in().id
    if wanted == "herstel":
        actions.restore_reference(db_session(), source_id, target, restored_by=editor, now=now())
        flash("De verwijzing telt weer mee.")
    else:
        actions.remove_reference(db_session(), source_id, target, removed_by=editor, now=now())
        flash("De verwijzing is verwijderd en komt niet vanzelf terug.")
    return redirect(url_for("editing.list_references", source_id=source_id), code=303)


@editing.route("/behandelingen", methods=["GET", "POST"])
def enter_treatment() -> ResponseReturnValue:
    """Show how rulings treat each other; let an editor add one."""
    session = db_session()
    if request.method == "GET":
        form = TreatmentForm(treated=request.args.get("uitspraak", ""))
        return show(TreatmentsPage.of(form, queries.all_treatments(session)))
    form = TreatmentForm()
    if form.validate():
        try:
            actions.enter_treatment(session, form.draft(), entered_by=signed_in().id, now=now())
        except TreatmentRefused as refused:
            for field, message in refused.problems:
                form[field].errors = [*form[field].errors, message]
        else:
            flash("De behandeling is bewaard en staat op beide uitspraken.")
            return redirect(url_for("editing.enter_treatment"), code=303)
    return show(TreatmentsPage.of(form, queries.all_treatments(session))), 422


@editing.post("/behandelingen/<int:treatment_id>/schrappen")
def remove_treatment(treatment_id: int) -> ResponseReturnValue:
    """Remove a treatment that was entered here."""
    actions.remove_treatment(db_session(), treatment_id, removed_by=signed_in().id, now=now())
    flash("De behandeling is geschrapt.")
    return redirect(url_for("editing.enter_treatment"), code=303)


def _law(slug: str) -> Law:
    law = services().vocabulary.laws.find_law_by_slug(slug.lower())
    if law is None:
        raise NotFound(f"Er is geen wet op het adres /wetgeving/{slug}.")
    return law
