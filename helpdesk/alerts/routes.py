"""Following by e-mail: the form, what the links in a mail lead to, and the same as feeds."""

from collections.abc import Callable
from http import HTTPStatus

from flask import Response, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import ServiceUnavailable

from helpdesk.accounts.rules import keyed_digest
from helpdesk.alerts import actions, pages, queries, rules
from helpdesk.alerts.actions import Asked
from helpdesk.alerts.forms import FollowForm, RhythmForm, ticked
from helpdesk.alerts.models import AlertFollower, FollowKind
from helpdesk.alerts.pages import ConfirmPage, FollowPage, FollowRow, LeavePage, ManagePage, SentPage
from helpdesk.alerts.queries import Library
from helpdesk.alerts.rules import NotFollowable, TooManyAttempts, Wanted
from helpdesk.core import signing
from helpdesk.core.clock import brussels_date, now
from helpdesk.core.signing import ForgedLink
from helpdesk.search import actions as search
from helpdesk.search.actions import NodeIndex
from helpdesk.web.audiences import public
from helpdesk.web.database import db_session
from helpdesk.web.feeds import FeedEntry, atom
from helpdesk.web.services import services
from helpdesk.web.views import PageBase, show
from jurisprudence.search.index import IndexDamaged

MOST_IN_FEED = 30
EVERYTHING = Wanted(FollowKind.SEARCH, "/zoeken")  # of this there is a feed only: a mail about everything helps nobody
TOO_MANY = "Er kwamen te veel aanvragen van jouw verbinding. Er is niets verstuurd. Probeer het over een uur opnieuw."


@public.route("/volgen", methods=["GET", "POST"])
def follow() -> ResponseReturnValue:
    """Let a visitor follow the page whose address is given; without one, explain what can be followed."""
    address = request.args.get("pagina", "")
    if not address:
        return show(pages.HOW_PAGE)
    vocabulary = services().vocabulary
    try:
        wanted = rules.wanted_at(address, vocabulary)
        named = queries.named(db_session(), wanted, vocabulary)
    except NotFollowable as refused:
        return show(pages.refused_page(str(refused))), HTTPStatus.UNPROCESSABLE_ENTITY
    form = FollowForm()
    here = url_for("public.follow", pagina=address)
    if request.method == "GET":
        return show(FollowPage.of(form, wanted, named, vocabulary, form_address=here))
    if not form.validate():
        return show(FollowPage.of(form, wanted, named, vocabulary, form_address=here)), HTTPStatus.UNPROCESSABLE_ENTITY
    asked = Asked(
        address=form.address,
        address_digest=_digest(form.address),
        wanted=wanted,
        title=pages.name_of(wanted, named, vocabulary),
        rhythm=form.rhythm,
        source_digest=_digest(request.remote_addr or "-"),
    )
    try:
        actions.ask(db_session(), asked, _library(), now=now())
    except TooManyAttempts:
        page = FollowPage.of(form, wanted, named, vocabulary, form_address=here, problems=[TOO_MANY])
        return show(page), HTTPStatus.TOO_MANY_REQUESTS
    return redirect(url_for("public.confirm_by_mail"), code=303)


@public.get("/volgen/gevraagd")
def confirm_by_mail() -> ResponseReturnValue:
    """Say that a mail is under way; the same for every address."""
    return show(pages.ASKED_PAGE)


@public.route("/volgen/bevestigen/<token>", methods=["GET", "POST"])
def confirm_follow(token: str) -> ResponseReturnValue:
    """Let someone confirm what he asked; opening the link changes nothing."""
    return _with_follower(pages.CONFIRM, token, _confirm, pages.EXPIRED_PAGE)


def _confirm(follower: AlertFollower) -> ResponseReturnValue:
    session, settings = db_session(), services().settings
    waiting = queries.waiting_follows(session, follower, now=now())
    manage = pages.manage_address(follower, settings.secret_key)
    if not waiting:
        if follower.confirmed_at is None:
            return _private(pages.EXPIRED_PAGE, HTTPStatus.GONE)
        return redirect(manage, code=303)
    form = RhythmForm() if request.method == "POST" else RhythmForm(data={"ritme": follower.rhythm})
    if request.method == "GET":
        rows = [FollowRow.of(one, services().vocabulary) for one in waiting]
        address = rules.masked(follower.address)
        return _private(ConfirmPage(form=form, address=address, rows=rows, form_address=request.path))
    due_on = rules.due_on(form.rhythm, now(), hour=settings.alerts_hour, weekday=settings.alerts_weekday)
    chosen = ticked(request.form.getlist("volgt"))
    confirmed = actions.confirm(session, follower, chosen, form.rhythm, due_on, now=now())
    flash(
        f"Bevestigd. Je volgt nu: {', '.join(one.title for one in confirmed)}"
        if confirmed
        else "Je vinkte niets aan: de aanvraag is gewist en je krijgt er geen mails over."
    )
    return redirect(manage, code=303)


@public.route("/volgen/beheer/<token>", methods=["GET", "POST"])
def manage_follows(token: str) -> ResponseReturnValue:
    """Show someone what he follows, and let him change or stop it, or be erased."""
    return _with_follower(pages.MANAGE, token, _manage, pages.GONE_PAGE)


def _manage(follower: AlertFollower) -> ResponseReturnValue:
    session, held = db_session(), services()
    if request.method == "GET":
        follows = queries.follows_of(session, follower)
        return _private(
            ManagePage(
                form=RhythmForm(data={"ritme": follower.rhythm}),
                address=rules.masked(follower.address),
                rows=[FollowRow.of(one, held.vocabulary) for one in follows],
                waiting=len(queries.waiting_follows(session, follower, now=now())),
                confirm_address=pages.confirm_address(follower, held.settings.secret_key),
                form_address=request.path,
            )
        )
    wanted = request.form.get("doe", "")
    if wanted == "wis":
        actions.erase(session, follower, _digest(follower.address), now=now())
        return _private(pages.ERASED_PAGE)
    if wanted == "ritme":
        actions.change_rhythm(session, follower, RhythmForm().rhythm)
        flash("Je keuze is bewaard.")
    elif wanted == "stop":
        count = actions.stop(session, follower, ticked(request.form.getlist("volgt")), now=now())
        flash("Gestopt." if count else "Dit volgde je al niet meer.")
    elif wanted == "alles":
        actions.stop_all(session, follower, now=now())
        flash("Alles is gestopt. Je krijgt geen meldingen meer.")
    return redirect(request.path, code=303)


@public.route("/volgen/afmelden/<token>", methods=["GET", "POST"])
def leave_alerts(token: str) -> ResponseReturnValue:
    """Stop everything with one click (RFC 8058); opening the link shows a button."""
    return _with_follower(pages.LEAVE, token, _leave, pages.GONE_PAGE)


def _leave(follower: AlertFollower) -> ResponseReturnValue:
    if request.method == "GET":
        return _private(LeavePage(address=rules.masked(follower.address), form_address=request.path))
    actions.stop_all(db_session(), follower, now=now())
    return _private(pages.LEFT_PAGE)


@public.get("/volgen/zending/<token>")
def show_sent(token: str) -> ResponseReturnValue:
    """Show exactly what one mail told, but for what was hidden since."""
    held = services()
    try:
        digest = queries.find_digest(db_session(), signing.read(held.settings.secret_key, pages.DIGEST, token))
    except ForgedLink as forged:
        return _private(pages.forged_page(str(forged)), HTTPStatus.NOT_FOUND)
    if digest is None:
        return _private(pages.GONE_PAGE, HTTPStatus.GONE)
    hidden = queries.hidden_since(db_session(), digest)
    return _private(SentPage.of(digest, held.vocabulary, hidden, secret=held.settings.secret_key))


@public.get("/zoeken/atom.xml")
def follow_search() -> ResponseReturnValue:
    """Answer what entered or changed for a search, as an Atom feed; without a question those of everything."""
    return _feed(f"/zoeken?{request.query_string.decode('ascii', 'replace')}")


@public.get("/volgen/atom.xml")
def follow_page() -> ResponseReturnValue:
    """Answer what a follower of a page is told, as an Atom feed; a page that has a feed of its own leads there."""
    return _feed(request.args.get("pagina", ""))


def _feed(address: str) -> ResponseReturnValue:
    session, held = db_session(), services()
    try:
        wanted = EVERYTHING if address in {"", "/zoeken?"} else rules.wanted_at(address, held.vocabulary)
        named = queries.named(session, wanted, held.vocabulary)
    except NotFollowable as refused:
        return show(pages.refused_page(str(refused))), HTTPStatus.NOT_FOUND
    own = pages.feed_of(wanted, named.address)
    if wanted.kind == FollowKind.ARTICLE:
        return redirect(own, code=302)
    search.keep_up_if_possible(session, _index(), held.vocabulary)
    try:
        lines = queries.newest_for(wanted, _library())[:MOST_IN_FEED]
    except IndexDamaged as damaged:
        raise ServiceUnavailable from damaged
    entries = [FeedEntry(one.address, one.title, f"{one.label}. {one.note}", one.changed_at) for one in lines]
    name = pages.name_of(wanted, named, held.vocabulary)
    title = f"Nieuw over {name}"
    feed = atom(title, address=own, about=named.address, entries=entries, base_url=held.settings.base_url)
    answer = Response(feed, mimetype="application/atom+xml")
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _with_follower(
    purpose: str, token: str, view: Callable[[AlertFollower], ResponseReturnValue], gone: PageBase
) -> ResponseReturnValue:
    """Answer for whom a link was signed: a forged link says so, and one of somebody who was erased too."""
    try:
        handle = signing.read(services().settings.secret_key, purpose, token)
    except ForgedLink as forged:
        return _private(pages.forged_page(str(forged)), HTTPStatus.NOT_FOUND)
    follower = queries.find_follower_by_handle(db_session(), handle)
    return view(follower) if follower is not None else _private(gone, HTTPStatus.GONE)


def _private(page: PageBase, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """Return a page of one reader: nobody keeps it, and no site it links to learns its address."""
    answer = make_response(show(page), status)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "same-origin"
    return answer


def _digest(text: str) -> str:
    return keyed_digest(text, key=services().settings.secret_key)


def _index() -> NodeIndex:
    return NodeIndex(services().search.index, services().settings.index_dir)


def _library() -> Library:
    held = services()
    until = search.applied_entry(_index()) or 0
    return Library(db_session(), held.vocabulary, held.search, until, brussels_date(now()))
