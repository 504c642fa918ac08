"""The explorer: any coded field against any other, on the screen and as a file."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from helpdesk.accounts.routes import signed_in
from helpdesk.core.clock import brussels_date, now
from helpdesk.core.workbook import write_workbook
from helpdesk.explorer import actions, queries
from helpdesk.explorer.documents import cross_document, grid_csv
from helpdesk.explorer.forms import ViewForm, read_question
from helpdesk.explorer.pages import ExplorerPage, ViewLine, drill_query, explorer_choices
from helpdesk.explorer.rules import CrossTable, Question, ViewRejected
from helpdesk.figures.pages import BYTE_ORDER_MARK, REPORT_FORMS, Download
from helpdesk.figures.queries import last_advice_on
from helpdesk.figures.rules import calendar_year
from helpdesk.web.audiences import desk
from helpdesk.web.charts import Bar, bar_chart
from helpdesk.web.database import db_session
from helpdesk.web.services import services
from helpdesk.web.views import show

SHEET_FORMS = ("csv", "xlsx")


@desk.get("/cijfers/verkennen")
def explore() -> ResponseReturnValue:
    """Count any coded field against any other, over any period."""
    return show(_explorer_page(_question(request.args), ViewForm(formdata=None)))


@desk.get(f"/cijfers/verkennen/<any({', '.join(SHEET_FORMS)}):form>")
def download_exploration(form: str) -> ResponseReturnValue:
    """Hand out the table on the screen as a file: the same question, the same numbers."""
    question = _question(request.args)
    document = cross_document(question, _cross(question), services().vocabulary)
    if form == "csv":
        whole, mimetype = BYTE_ORDER_MARK + grid_csv(next(document.grids)), "text/csv; charset=utf-8"
    else:
        whole, mimetype = write_workbook(document), REPORT_FORMS["xlsx"].mimetype
    answer = Response(whole, content_type=mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="cijfers-intern.{form}"'
    return answer


@desk.post("/cijfers/verkennen/bewaren")
def save_view() -> ResponseReturnValue:
    """Keep the question of the address under a name."""
    question, form = _question(request.args), ViewForm()
    if not form.validate():
        return show(_explorer_page(question, form)), 422
    try:
        actions.save_view(
            db_session(), form.name.data or "", urlencode(question.to_query()), by=signed_in().id, now=now()
        )
    except ViewRejected as refused:
        return show(_explorer_page(question, form, problems=refused.problems)), 422
    flash(f"‘{form.name.data}’ is bewaard.")
    return redirect(url_for("desk.explore", **question.to_query()), code=303)


@desk.post("/cijfers/verkennen/bewaard/<int(max=2147483647):view_id>/verwijderen")
def remove_view(view_id: int) -> ResponseReturnValue:
    """Forget one's own saved question."""
    actions.remove_view(db_session(), view_id, by=signed_in().id)
    flash("De vraag is niet meer bewaard.")
    return redirect(url_for("desk.explore"), code=303)


def _question(arguments: Mapping[str, str]) -> Question:
    recent = last_advice_on(db_session()) or brussels_date(now())
    return read_question(arguments, services().vocabulary, default=calendar_year(recent.year))


def _cross(question: Question) -> CrossTable:
    return queries.cross_table(db_session(), question, services().vocabulary)


def _explorer_page(question: Question, form: ViewForm, *, problems: Sequence[str] = ()) -> ExplorerPage:
    vocabulary, asked = services().vocabulary, question.to_query()
    table = _cross(question)
    document = cross_document(question, table, vocabulary)
    grid = next(document.grids)
    axes, filters = explorer_choices(question, vocabulary)
    drill = [drill_query(question, row, vocabulary) for row, _ in table.rows]
    return ExplorerPage(
        title="Cijfers verkennen",
        question=question,
        grid=grid,
        sentences=document.parts[0].paragraphs,
        chart=bar_chart(grid.name, grid.chart_title, [Bar(label, value, text) for label, value, text in grid.bars]),
        axes=axes,
        filters=filters,
        drill=[url_for("desk.list_advice", **query) if query else None for query in drill],
        downloads=[
            Download(REPORT_FORMS[name].label, url_for("desk.download_exploration", form=name, **asked))
            for name in SHEET_FORMS
        ],
        views=[
            ViewLine(view.id, view.name, f"{url_for('desk.explore')}?{view.query}")
            for view in queries.views_of(db_session(), signed_in().id)
        ],
        form=form,
        save_address=url_for("desk.save_view", **asked),
        problems=problems,
    )
