"""The counts of the helpdesk."""

from flask import request
from flask.typing import ResponseReturnValue

from helpdesk.advice.models import Advice
from helpdesk.core.clock import brussels_date, now
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.figures import queries, rules
from helpdesk.figures.forms import read_period
from helpdesk.figures.pages import CountsPage, CountTable, count_table
from helpdesk.figures.rules import Period
from helpdesk.web.audiences import desk
from helpdesk.web.database import db_session
from helpdesk.web.filters import number
from helpdesk.web.services import services
from helpdesk.web.views import show


@desk.get("/cijfers")
def show_counts() -> ResponseReturnValue:
    """Show the counts of a period; without one, of the calendar year of the most recent advice."""
    recent = queries.last_advice_on(db_session()) or brussels_date(now())
    period = read_period(request.args, default=rules.calendar_year(recent.year))
    total = queries.advice_total(db_session(), period)
    return show(
        CountsPage(period=period, total=total, tables=_tables(period, total=total, vocabulary=services().vocabulary))
    )


def _tables(period: Period, *, total: int, vocabulary: Vocabulary) -> list[CountTable]:
    session, lists = db_session(), vocabulary.lists
    of_all = f"van alle {number(total)} adviezen in deze periode."
    by_code = [
        ("regio", "Per regio", Advice.caller_region, "regio_vraagsteller", f"Aandeel {of_all}"),
        ("categorie", "Per categorie", Advice.caller_category, "categorie_vraagsteller", f"Aandeel {of_all}"),
        (
            "sector",
            "Per sector",
            Advice.caller_sector,
            "sector_vraagsteller",
            f"De sector wordt gevraagd aan professionals en als de categorie niet ingevuld is. Aandeel {of_all}",
        ),
    ]
    tables = [
        count_table(
            name,
            title,
            queries.advice_by_code(session, period, field, lists[code_list]),
            of=total,
            explanation=explanation,
        )
        for name, title, field, code_list, explanation in by_code
    ]
    by_branch = count_table(
        "hoofdthema",
        "Per hoofdthema",
        queries.advice_by_branch(session, period, vocabulary.themes, lists["hoofdthema"]),
        of=total,
        explanation=f"Een advies telt één keer per hoofdthema; het totaal telt vermeldingen. Aandeel {of_all}",
        adds_up=False,
    )
    return [*tables, by_branch]
