"""The counts of the helpdesk, and the annual report with its versions."""

from collections.abc import Sequence

from flask import Response, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from helpdesk.accounts.routes import SignedIn, signed_in
from helpdesk.advice.models import Advice
from helpdesk.advice.queries import traces_confirmed
from helpdesk.advice.rules import sees_all_codes
from helpdesk.core.clock import brussels_date, now
from helpdesk.core.pdf_writer import PdfUnavailable
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.figures import actions, queries, rules
from helpdesk.figures.documents import report_document
from helpdesk.figures.forms import (
    CloseForm,
    FigureForm,
    LinesForm,
    figure_form,
    lines_form,
    read_period,
)
from helpdesk.figures.pages import (
    BYTE_ORDER_MARK,
    REPORT_FORMS,
    TEXT_FORMS,
    CountsPage,
    CountTable,
    Download,
    EnteredPage,
    ReportPage,
    VersionLine,
    charts_of,
    count_table,
    difference_lines,
)
from helpdesk.figures.rules import ClosingRefused, FigureRejected, Period
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
        CountsPage(
            period=period,
            total=total,
            tables=_tables(period, total=total, vocabulary=services().vocabulary),
            confirmed=_confirmed(period),
        )
    )


def _confirmed(period: Period) -> int | None:
    """Count for a coordinator how often a likely trace of a person was confirmed; None for others."""
    if not sees_all_codes(signed_in().roles):
        return None
    return traces_confirmed(db_session(), first_on=period.first_on, last_on=period.last_on)


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


YEAR = "<int(min=2000, max=2100):year>"  # EARLIEST_YEAR and LATEST_YEAR of the rules
NOW = "nu"


@desk.get("/cijfers/jaarverslag")
def find_report() -> ResponseReturnValue:
    """Lead to the report of the latest year that is over."""
    return redirect(url_for("desk.show_report", year=brussels_date(now()).year - 1))


@desk.get(f"/cijfers/jaarverslag/{YEAR}")
def show_report(year: int) -> ResponseReturnValue:
    """Show the annual report of a year: the latest frozen version, the one asked for, or as it counts now."""
    return show(_report_page(year, CloseForm()))


@desk.get(f"/cijfers/jaarverslag/{YEAR}/<any({', '.join(REPORT_FORMS)}):form>")
def download_report(year: int, form: str) -> ResponseReturnValue:
    """Hand out the annual report of a year as a file."""
    vocabulary = services().vocabulary
    wanted = request.args.get("versie")
    if wanted == NOW:
        report = queries.annual_report(db_session(), year=year, vocabulary=vocabulary)
    else:
        report = queries.published_report(db_session(), year=year, vocabulary=vocabulary, number=_number(wanted))
    try:
        whole = REPORT_FORMS[form].write(report, vocabulary, now())
    except PdfUnavailable as missing:
        return show(_report_page(year, CloseForm(), problems=[str(missing)])), 503
    mimetype = REPORT_FORMS[form].mimetype + ("; charset=utf-8" if form in TEXT_FORMS else "")
    answer = Response((BYTE_ORDER_MARK if form == "csv" else b"") + whole, content_type=mimetype)
    version = f"-versie-{report.version.number}" if report.version else "-voorlopig"
    answer.headers["Content-Disposition"] = f'attachment; filename="jaarverslag-{year}{version}.{form}"'
    return answer


@desk.post(f"/cijfers/jaarverslag/{YEAR}/afsluiten")
def close_year(year: int) -> ResponseReturnValue:
    """Freeze the figures of a year, or a correction of them."""
    colleague = _coordinator()
    form = CloseForm()
    if not form.validate():
        return show(_report_page(year, form)), 422
    try:
        closed = actions.close_year(
            db_session(),
            year,
            reason=form.reason.data or "",
            vocabulary=services().vocabulary,
            by=colleague.id,
            now=now(),
        )
    except ClosingRefused as refused:
        return show(_report_page(year, form, problems=refused.problems)), 422
    flash(f"De cijfers van {year} zijn vastgelegd als versie {closed.number}.")
    return redirect(url_for("desk.show_report", year=year), code=303)


@desk.route(f"/cijfers/jaarverslag/{YEAR}/invoer", methods=["GET", "POST"])
def enter_figures(year: int) -> ResponseReturnValue:
    """Show what was entered for a year, and let a coordinator enter one number."""
    colleague = _coordinator()
    if request.method == "GET":
        return show(_entered_page(year))
    form = figure_form(services().vocabulary, is_sent=True)
    if not form.validate():
        return show(_entered_page(year, form)), 422
    try:
        actions.enter_figure(
            db_session(), form.draft(year), vocabulary=services().vocabulary, by=colleague.id, now=now()
        )
    except FigureRejected as refused:
        return show(_entered_page(year, form, problems=refused.problems)), 422
    flash("Het cijfer is bewaard.")
    return redirect(url_for("desk.enter_figures", year=year), code=303)


@desk.post(f"/cijfers/jaarverslag/{YEAR}/regels")
def enter_lines(year: int) -> ResponseReturnValue:
    """Let a coordinator write the lines of the report that figures cannot tell."""
    colleague = _coordinator()
    form = lines_form({}, is_sent=True)
    if not form.validate():
        return show(_entered_page(year, lines=form)), 422
    try:
        for part, lines in form.parts.items():
            actions.enter_lines(db_session(), year, part, lines, by=colleague.id, now=now())
    except FigureRejected as refused:
        return show(_entered_page(year, lines=form, problems=refused.problems)), 422
    flash("De regels zijn bewaard.")
    return redirect(url_for("desk.enter_figures", year=year), code=303)


@desk.post("/cijfers/ingevoerd/<int(max=2147483647):figure_id>/verwijderen")
def remove_figure(figure_id: int) -> ResponseReturnValue:
    """Remove one entered number."""
    removed = actions.remove_figure(db_session(), figure_id, by=_coordinator().id, now=now())
    flash("Het cijfer is verwijderd.")
    return redirect(url_for("desk.enter_figures", year=removed.year), code=303)


def _coordinator() -> SignedIn:
    """Return who is signed in when that is a coordinator; others are refused."""
    colleague = signed_in()
    if not rules.may_close(colleague.roles):
        abort(403)
    return colleague


def _number(text: str | None) -> int | None:
    """Read the number of a version; None when it is none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < len("1000000") else None


def _report_page(year: int, form: CloseForm, *, problems: Sequence[str] = ()) -> ReportPage:
    session, vocabulary = db_session(), services().vocabulary
    wanted = request.args.get("versie")
    versions = queries.versions_of(session, year)
    counted = queries.annual_report(session, year=year, vocabulary=vocabulary)
    latest = queries.frozen_report(session, year, versions[-1].number) if versions else None
    shown = counted
    if latest is not None and wanted != NOW:
        number = _number(wanted)
        shown = latest if number in {None, versions[-1].number} else queries.frozen_report(session, year, number or 0)
    document = report_document(shown, vocabulary)
    version = shown.version.number if shown.version else None
    which = {"versie": version} if version else {"versie": NOW} if versions else {}
    return ReportPage(
        title=document.title,
        year=year,
        document=document,
        charts=charts_of(document),
        downloads=[
            Download(one.label, url_for("desk.download_report", year=year, form=form_name, **which))
            for form_name, one in REPORT_FORMS.items()
        ],
        versions=[
            VersionLine(
                one.number,
                one.closed_at,
                one.closed_by,
                one.reason,
                url_for("desk.show_report", year=year, versie=one.number),
                one.number == version,
            )
            for one in versions
        ],
        shows_now=version is None,
        differences=difference_lines(rules.differences(latest, counted)) if latest else [],
        may_close=rules.may_close(signed_in().roles),
        is_over=brussels_date(now()) > rules.calendar_year(year).last_on,
        form=form,
        problems=problems,
    )


def _entered_page(
    year: int, form: FigureForm | None = None, *, lines: LinesForm | None = None, problems: Sequence[str] = ()
) -> EnteredPage:
    session, vocabulary = db_session(), services().vocabulary
    return EnteredPage.of(
        queries.entered_figures(session, year),
        year=year,
        form=form or figure_form(vocabulary, is_sent=False),
        lines_form=lines or lines_form(queries.entered_lines(session, year), is_sent=False),
        vocabulary=vocabulary,
        problems=problems,
    )
