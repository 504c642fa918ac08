"""What editors see of the links to other sites."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from helpdesk.core.clock import now
from helpdesk.links import actions, queries
from helpdesk.links.pages import LinksPage
from helpdesk.web.audiences import editing
from helpdesk.web.database import db_session
from helpdesk.web.services import services
from helpdesk.web.views import show


@editing.get("/koppelingen")
def list_links() -> ResponseReturnValue:
    """Show which links to other sites are broken or moved, and which pages hold them."""
    session = db_session()
    return show(LinksPage.of(queries.links(session), queries.holders(session, services().vocabulary)))


@editing.post("/koppelingen/<int:link_id>/opnieuw")
def look_again(link_id: int) -> ResponseReturnValue:
    """Have a link looked at with the next round of the job runner."""
    actions.look_again(db_session(), link_id, now=now())
    flash("De link wordt binnen enkele minuten opnieuw nagekeken, als de taken lopen.")
    return redirect(url_for("editing.list_links"), code=303)
