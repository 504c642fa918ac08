"""What a monitor on this machine reads."""

from flask import Response, abort
from flask.typing import ResponseReturnValue

from helpdesk.core.clock import now
from helpdesk.operations import queries
from helpdesk.search.cli import node_index
from helpdesk.web import metrics
from helpdesk.web.audiences import public
from helpdesk.web.database import db_session
from helpdesk.web.services import services


@public.get("/metrics")
def show_metrics() -> ResponseReturnValue:
    """Answer the counters of this node, to programs on this machine only; for others there is no such page."""
    if not metrics.is_asked_on_this_machine():
        abort(404)
    body, kind = metrics.exposition(queries.gauges(db_session(), services().settings, node_index(), now=now()))
    return Response(body, content_type=kind)
