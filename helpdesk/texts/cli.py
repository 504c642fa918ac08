"""Commands about content/: import it, export it, check it."""

from pathlib import Path

import click
from flask.cli import AppGroup

from helpdesk.core.clock import now
from helpdesk.core.errors import ContentBroken
from helpdesk.texts import actions
from helpdesk.texts.actions import Library
from helpdesk.web.database import db_session
from helpdesk.web.services import services

content = AppGroup("content", help="The library in content/: import it, export it, check it.")
_folder = click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))


@content.command("check")
@_folder
def check(folder: Path | None) -> None:
    """Check every file of the library: fields, sources, links. Names file and line of what is wrong."""
    library = _read(folder)
    click.echo(f"In orde: {len(library.texts)} teksten en {len(library.rulings)} uitspraken.")


@content.command("import")
@_folder
@click.option(
    "--overwrite", is_flag=True, help="Also replace texts that were edited on the site since their last import."
)
def import_content(folder: Path | None, *, overwrite: bool) -> None:
    """Publish what changed in the library. Imports nothing when a file is broken. Safe to repeat."""
    library = _read(folder)
    report = actions.import_library(db_session(), library, services().vocabulary, now=now(), overwrite=overwrite)
    db_session().commit()
    click.echo(f"{report.added} nieuw, {report.changed} gewijzigd, {report.unchanged} ongewijzigd")
    for path in report.edited_on_site:
        click.echo(f"{path}: niet ingevoerd, op de site bewerkt (kies zo nodig --overwrite)", err=True)


@content.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def export(folder: Path) -> None:
    """Write every published text to its file in a folder, byte for byte as it was imported."""
    click.echo(f"{actions.export_library(db_session(), folder)} bestanden geschreven in {folder}")


def _read(folder: Path | None) -> Library:
    try:
        return actions.read_library(folder or services().settings.content_dir, services().vocabulary)
    except ContentBroken as broken:
        for problem in broken.problems:
            click.echo(str(problem), err=True)
        raise click.ClickException(f"{len(broken.problems)} problemen; er is niets ingevoerd.") from broken
