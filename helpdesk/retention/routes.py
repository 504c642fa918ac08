"""The administrator's page about how long everything is kept."""

from flask.typing import ResponseReturnValue

from helpdesk.retention import queries, rules
from helpdesk.retention.pages import RetentionPage
from helpdesk.web.audiences import admin
from helpdesk.web.database import db_session
from helpdesk.web.services import services
from helpdesk.web.views import show


@admin.get("/bewaring")
def show_retention() -> ResponseReturnValue:
    """Show every period and what was removed in the last year."""
    periods = rules.periods(advice_text_months=services().settings.advice_text_months)
    session = db_session()
    return show(RetentionPage.of(periods, queries.totals(session), queries.removals(session)))
