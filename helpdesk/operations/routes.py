"""What a monitor on this machine reads, and whom to tell about a hole."""

import structlog
from flask import Response, abort, request
from flask.typing import ResponseReturnValue

from helpdesk.core.clock import now
from helpdesk.operations import queries, rules
from helpdesk.search.cli import node_index
from helpdesk.web import metrics
from helpdesk.web.audiences import public
from helpdesk.web.database import db_session
from helpdesk.web.rate_limits import Buckets
from helpdesk.web.services import services

log = structlog.get_logger()

MOST_REPORT_BYTES = 20_000
NOTED = Buckets(60)  # lines in the log a minute: a page that breaks for everyone must not fill the disk


@public.get("/metrics")
def show_metrics() -> ResponseReturnValue:
    """Answer the counters of this node, to programs on this machine only; for others there is no such page."""
    if not metrics.is_asked_on_this_machine():
        abort(404)
    body, kind = metrics.exposition(queries.gauges(db_session(), services().settings, node_index(), now=now()))
    return Response(body, content_type=kind)


@public.get("/.well-known/security.txt")
def show_security_contact() -> ResponseReturnValue:
    """Answer where holes are reported (RFC 9116); without a contact in the settings there is no such page."""
    settings = services().settings
    if not settings.security_contact:
        abort(404)
    expires = (now() + rules.CONTACT_LASTS).strftime("%Y-%m-%dT00:00:00Z")
    lines = [
        f"Contact: {settings.security_contact}",
        f"Expires: {expires}",
        "Preferred-Languages: nl, en",
        f"Canonical: {settings.base_url}/.well-known/security.txt",
    ]
    return Response("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


@public.post("/csp-melding")
def report_violation() -> ResponseReturnValue:
    """Note what a browser refused to load: the rule and the origin, nothing of the page or of who looked at it."""
    body = request.get_data(cache=False)
    if len(body) > MOST_REPORT_BYTES:
        abort(413)
    for found in rules.read_violations(body, services().settings.base_url):
        if not NOTED.take("lines", 1):
            log.warning("content_refused", directive=found.directive, blocked=found.blocked)
    return "", 204
