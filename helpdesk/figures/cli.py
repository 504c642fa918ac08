"""Commands about figures."""

import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from helpdesk.core.clock import now
from helpdesk.core.errors import NotFound
from helpdesk.core.pdf_writer import PdfUnavailable
from helpdesk.figures import queries
from helpdesk.figures.pages import REPORT_FORMS, TEXT_FORMS
from helpdesk.figures.rules import EARLIEST_YEAR, LATEST_YEAR
from helpdesk.web.database import db_session
from helpdesk.web.services import services

figures = AppGroup("figures", help="Figures of the helpdesk: the annual report.")


@figures.command("annual-report")
@click.option("--year", required=True, type=click.IntRange(EARLIEST_YEAR, LATEST_YEAR), help="Calendar year.")
@click.option("--format", "form", default="json", show_default=True, help="html, json, csv, xlsx, docx or pdf.")
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file, not to the screen."
)
@click.option("--version", type=click.IntRange(min=1), help="A frozen version of a closed year; the latest without.")
def annual_report(year: int, form: str, output: Path | None, version: int | None) -> None:
    """Print the annual report of a calendar year, as published: frozen when the year is closed."""
    if form not in REPORT_FORMS:
        raise click.ClickException(f"Het formaat '{form}' is niet beschikbaar. Kies uit: {', '.join(REPORT_FORMS)}.")
    if output is None and form not in TEXT_FORMS and sys.stdout.isatty():
        raise click.ClickException(f"Een {form}-bestand past niet op het scherm. Geef een bestand op met --output.")
    vocabulary = services().vocabulary
    try:
        report = queries.published_report(db_session(), year=year, vocabulary=vocabulary, number=version)
        whole = REPORT_FORMS[form].write(report, vocabulary, now())
    except (NotFound, PdfUnavailable) as missing:
        raise click.ClickException(str(missing)) from missing
    if output is None:
        click.echo(whole, nl=False)
        return
    try:
        output.write_bytes(whole)
    except OSError as failed:
        raise click.ClickException(f"{output} kan niet geschreven worden: {failed.strerror}.") from failed
    click.echo(f"{output} is geschreven.", err=True)
