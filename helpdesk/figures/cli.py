"""Commands about figures."""

import csv
import io
import json
from dataclasses import asdict
from datetime import date
from pathlib import Path

import click
from flask.cli import AppGroup

from helpdesk.figures import queries
from helpdesk.figures.rules import AnnualReport
from helpdesk.web.database import db_session
from helpdesk.web.services import services

figures = AppGroup("figures", help="Figures of the helpdesk: the annual report.")


@figures.command("annual-report")
@click.option("--year", required=True, type=click.IntRange(2015, date.max.year), help="Calendar year.")
@click.option("--format", "form", default="json", show_default=True, help="json or csv.")
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file, not to the screen."
)
def annual_report(year: int, form: str, output: Path | None) -> None:
    """Print the helpdesk figures of a calendar year, as published."""
    if form not in WRITERS:
        raise click.ClickException(f"Het formaat '{form}' is niet beschikbaar. Kies uit: {', '.join(WRITERS)}.")
    report = queries.annual_report(db_session(), year=year, vocabulary=services().vocabulary)
    text = WRITERS[form](report)
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8", newline="")
    except OSError as failed:
        raise click.ClickException(f"{output} kan niet geschreven worden: {failed.strerror}.") from failed
    click.echo(f"{output} is geschreven.", err=True)


def as_json(report: AnnualReport) -> str:
    """Return the report as one JSON object."""
    return json.dumps(asdict(report), ensure_ascii=False, indent=2) + "\n"


def as_csv(report: AnnualReport) -> str:
    """Return the tables as one list with semicolons, as Belgian spreadsheets read it; a hidden number is an empty cell.

    The last column is the place in the ranking of nationalities, which have no numbers.
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(["tabel", "code", "label", "aantal", "aandeel_pct", "rang"])
    for table in report.tables.values():
        for row in table.rows:
            writer.writerow([table.name, row.code, row.label, row.n, row.share_pct, None])
        writer.writerow([table.name, "totaal", "Totaal", table.total, None, None])
    for ranked in report.nationality_ranking:
        writer.writerow(["nationaliteit", ranked.code, ranked.label, None, None, ranked.rank])
    return text.getvalue()


WRITERS = {"json": as_json, "csv": as_csv}
