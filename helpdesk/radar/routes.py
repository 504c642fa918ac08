"""The first page of editors: what waits, and what deserves a look."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from http import HTTPStatus

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from helpdesk.accounts import queries as account_queries
from helpdesk.accounts.routes import signed_in
from helpdesk.core.clock import brussels_date, now
from helpdesk.core.errors import Rejected
from helpdesk.core.paging import Page, page_number
from helpdesk.radar import actions, queries, rules
from helpdesk.radar.forms import PutAwayForm, read_kind
from helpdesk.radar.models import PutAway
from helpdesk.radar.pages import PER_PAGE, AwayPage, RadarPage, kind_choices, sign_row, waiting_rows
from helpdesk.radar.queries import PERIOD_DAYS, LivePage
from helpdesk.radar.rules import Sign, SignKind, Weighed
from helpdesk.text_editor import queries as work_queries
from helpdesk.text_editor.pages import waiting_row
from helpdesk.texts import rules as text_rules
from helpdesk.texts.models import TextKind
from helpdesk.visits import queries as visit_queries
from helpdesk.visits.rules import MOST_PAGES
from helpdesk.web.audiences import editing
from helpdesk.web.database import db_session
from helpdesk.web.services import services
from helpdesk.web.views import show

WRITTEN_HERE = frozenset({TextKind.THEME, TextKind.NEWS, TextKind.LEXICON, TextKind.PAGE})


@editing.get("")
def show_radar() -> ResponseReturnValue:
    """Show what waits for this editor and what deserves a look, the most urgent first."""
    return _radar()


@editing.post("/wegleggen")
def put_away() -> ResponseReturnValue:
    """Put something away until something is added to it; what changed since the editor looked stays."""
    form, session = PutAwayForm(), db_session()
    _, found, _ = _signs(brussels_date(now()))
    sign = next((one for one in found if form.is_of(one.kind, one.subject)), None)
    if sign is None or sign.mark != form.seen:
        flash("Hier is intussen iets aan veranderd: er is niets weggelegd. Kijk na wat er nu staat.")
        return redirect(_list_address(**_kept()), code=303)
    try:
        actions.put_away(session, sign, form.reason.data or "", by=signed_in().id, now=now())
    except Rejected as refused:
        form.reason.errors = refused.problems
        return _radar(form), HTTPStatus.UNPROCESSABLE_ENTITY
    flash("Weggelegd. Het komt terug als er iets bij komt.")
    return redirect(_list_address(**_kept()), code=303)


@editing.get("/weggelegd")
def list_put_away() -> ResponseReturnValue:
    """Show what was put away, by whom and why."""
    session = db_session()
    _, found, away = _signs(brussels_date(now()))
    hidden = [sign for sign in found if rules.is_away(sign, _evidence(away))]
    return show(AwayPage.of(hidden, away, account_queries.names_by_id(session), _address))


@editing.post("/weggelegd/<int(max=2147483647):put_away_id>/terug")
def take_back(put_away_id: int) -> ResponseReturnValue:
    """Show something again that was put away."""
    found = queries.find_put_away(db_session(), put_away_id)
    if found is not None:
        actions.take_back(db_session(), found, by=signed_in().id, now=now())
    flash("Het staat weer op het overzicht.")
    return redirect(url_for("editing.list_put_away"), code=303)


def _radar(form: PutAwayForm | None = None) -> str:
    session, today, me = db_session(), brussels_date(now()), signed_in().id
    pages, found, away = _signs(today)
    seen = _evidence(away)
    shown = [sign for sign in found if not rules.is_away(sign, seen)]
    is_mine, wanted = request.args.get("van") == "mij", read_kind(request.args)
    weighed = rules.by_weight(_weigh([one for one in shown if not is_mine or one.owner_id == me], pages, today))
    listed = [one for one in weighed if wanted is None or one.sign.kind == wanted]
    if form is not None:  # what could not be put away stands first, with what was typed
        listed.sort(key=lambda one: not form.is_of(one.sign.kind, one.sign.subject))
    number, names = page_number(request.args.get("pagina")), account_queries.names_by_id(session)
    rows = [
        sign_row(one, names=names, address=_address(one.sign), use_address=_use_address(one.sign), form=form)
        for one in listed[(number - 1) * PER_PAGE : number * PER_PAGE]
    ]
    page = Page(rows, number, PER_PAGE, len(listed))
    kept = _kept()
    waiting = work_queries.waiting_for(session, me, four_eyes=services().settings.four_eyes)
    return show(
        RadarPage(
            waiting=waiting_rows(
                {name: [waiting_row(work, names, _text_address) for work in works] for name, works in waiting.items()}
            ),
            rows=page,
            choices=kind_choices(weighed, wanted, lambda kind: _list_address(**(kept | {"soort": kind}))),
            is_mine=is_mine,
            mine_address=_list_address(**(kept | {"van": None if is_mine else "mij"})),
            put_away_address=url_for("editing.put_away", soort=kept["soort"], van=kept["van"]),
            away_count=len(found) - len(shown),
            previous_address=_list_address(**kept, pagina=page.previous) if page.previous else None,
            next_address=_list_address(**kept, pagina=page.next) if page.next else None,
        )
    )


def _signs(today: date) -> tuple[Mapping[str, LivePage], list[Sign], Mapping[tuple[str, str], PutAway]]:
    """Return the live texts, all signs of today, and what was put away."""
    session, pages = db_session(), queries.live_pages(db_session())
    return pages, queries.signs(session, pages, services().vocabulary, today=today), queries.put_away(session)


def _evidence(away: Mapping[tuple[str, str], PutAway]) -> dict[tuple[str, str], frozenset[str]]:
    return {key: frozenset(one.evidence) for key, one in away.items()}


def _weigh(signs: Sequence[Sign], pages: Mapping[str, LivePage], today: date) -> list[Weighed]:
    """Give each sign the views and advice of a year of its page, or of the theme it is about."""
    session, first = db_session(), today - timedelta(days=PERIOD_DAYS - 1)
    views = {one.path: one.views for one in visit_queries.top_pages(session, first, today, limit=MOST_PAGES)}
    by_node = visit_queries.advice_by_node(session, first, today)
    beside = visit_queries.advice_by_source(session, first, today)
    weighed = []
    for sign in signs:
        page = pages.get(sign.document_id or f"{TextKind.THEME}/{sign.node}")
        opened = asked = 0
        if page is not None:
            opened = views.get(text_rules.address_of(page.kind, page.slug, services().vocabulary), 0)
            asked = by_node.get(page.slug, 0) if page.kind == TextKind.THEME else beside.get(page.document_id, 0)
        elif sign.node is not None:
            asked = by_node.get(sign.node, 0)
        weighed.append(Weighed(sign, opened, (today - sign.right_on).days, asked))
    return weighed


def _address(sign: Sign) -> str:
    """Return where something is mended."""
    if sign.kind == SignKind.PROPOSAL:
        return url_for("editing.list_proposals")
    if sign.kind == SignKind.NOT_FOUND:
        return url_for("public.search", q=sign.subject)
    if sign.document_id is None:
        return url_for("editing.list_links")
    kind, _, slug = sign.document_id.partition("/")
    if kind == TextKind.PUBLICATION:
        return url_for("editing.replace_file", slug=slug)
    if kind not in WRITTEN_HERE:
        return url_for("editing.show_text_use", kind=kind, slug=slug)
    return _text_address(kind, slug)


def _use_address(sign: Sign) -> str | None:
    if sign.document_id is None:
        return None
    kind, _, slug = sign.document_id.partition("/")
    return url_for("editing.show_text_use", kind=kind, slug=slug)


def _text_address(kind: str, slug: str) -> str:
    return url_for("editing.show_text", kind=kind, slug=slug)


def _kept() -> dict[str, str | None]:
    """Return what the list is limited to, for an address that keeps it; nonsense is left out."""
    wanted = read_kind(request.args)
    return {"soort": wanted.value if wanted else None, "van": "mij" if request.args.get("van") == "mij" else None}


def _list_address(**query: object) -> str:
    return url_for("editing.show_radar", **query)  # type: ignore[arg-type]  # Flask takes anything that prints
