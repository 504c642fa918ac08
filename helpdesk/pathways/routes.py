"""The decision trees: every step has an address of its own, which can be shared and printed."""

from http import HTTPStatus

from flask.typing import ResponseReturnValue

from helpdesk.core.clock import brussels_date, now
from helpdesk.core.errors import NotFound
from helpdesk.pathways.pages import PathwaysPage, StepPage
from helpdesk.texts import queries, rules
from helpdesk.texts.models import TextKind
from helpdesk.web.audiences import public
from helpdesk.web.database import db_session
from helpdesk.web.highlighting import Highlighting
from helpdesk.web.services import services
from helpdesk.web.views import show


@public.get("/wegwijzer")
def list_pathways() -> ResponseReturnValue:
    """Show all decision trees."""
    return show(PathwaysPage.of(queries.texts(db_session(), kind=TextKind.TREE)))


@public.get("/wegwijzer/<slug>")
def start_pathway(slug: str) -> ResponseReturnValue:
    """Show the first question of a tree."""
    return _show_place(slug, [])


@public.get("/wegwijzer/<slug>/<path:path>")
def follow_pathway(slug: str, path: str) -> ResponseReturnValue:
    """Show where these choices lead; of an address whose end does not exist the last place that does."""
    return _show_place(slug, path.split("/"))


def _show_place(slug: str, path: list[str]) -> ResponseReturnValue:
    live, vocabulary = queries.get_text(db_session(), TextKind.TREE, slug), services().vocabulary
    draft, _ = rules.read_text(live.text.content_path, live.version.source, vocabulary)
    if draft is None or draft.tree is None:
        raise NotFound(f"De wegwijzer '{slug}' kan nu niet getoond worden.")
    place = draft.tree.at(path)
    today, highlighting = brussels_date(now()), Highlighting()
    page = StepPage.of(live, place, vocabulary, today=today, highlighting=highlighting)
    return show(page), HTTPStatus.OK if place.is_whole else HTTPStatus.NOT_FOUND
