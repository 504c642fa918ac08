"""Commands about content/: import it, export it, check it."""

from pathlib import Path

import click
from flask.cli import AppGroup

from helpdesk.core.clock import brussels_date, now
from helpdesk.core.errors import ContentBroken
from helpdesk.core.publication_files import PublicationStore
from helpdesk.texts import actions
from helpdesk.texts.actions import ImportReport, Library
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
    "--overwrite",
    is_flag=True,
    help="Also replace texts and rulings that were edited on the site since their last import.",
)
def import_content(folder: Path | None, *, overwrite: bool) -> None:
    """Publish what changed in the library, withdraw what has no file any more. Imports nothing when a file is broken.

    Safe to repeat. A folder that is not there (no nieuws/, say) says nothing about its texts.
    """
    import_folder(folder, overwrite=overwrite)


@content.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def export(folder: Path) -> None:
    """Write every published text and ruling to its file in a folder, as it was imported or as it was edited since."""
    count = actions.export_library(db_session(), folder) + actions.export_files(db_session(), folder, _store())
    click.echo(f"{count} bestanden geschreven in {folder}")
    for path in actions.files_kept_back(db_session()):
        click.echo(f"  {path}: het bestand is afgeschermd en niet geschreven; lever eerst een verbeterd in", err=True)


def import_folder(folder: Path | None = None, *, overwrite: bool = False) -> ImportReport:
    """Import a content folder, by default that of the settings, and print what it did.

    Raises:
        ClickException: a file is broken; every problem was printed and nothing is stored.
    """
    library = _read(folder)
    content_dir = folder or services().settings.content_dir
    try:
        files = actions.receive_files(db_session(), library, content_dir, _store())
    except ContentBroken as broken:
        raise _refused(broken) from broken
    report = actions.import_library(db_session(), library, services().vocabulary, now=now(), overwrite=overwrite)
    actions.import_files(db_session(), files, now=now())
    db_session().commit()
    _tell(report)
    return report


def _tell(report: ImportReport) -> None:
    counts = f"{report.added} nieuw, {report.changed} gewijzigd, {report.unchanged} ongewijzigd"
    click.echo(f"Inhoud: {counts}, {report.withdrawn} ingetrokken")
    if report.follows_new_lists and report.unchanged:  # at the first import everything is new
        click.echo(f"Lijsten: gewijzigd, {report.rendered_again} teksten opnieuw opgemaakt")
    for path in report.edited_on_site:
        click.echo(f"  {path}: niet ingevoerd, op de site bewerkt (kies zo nodig --overwrite)", err=True)
    for path in report.gone_but_edited:
        click.echo(f"  {path}: het bestand is weg, maar de tekst is op de site bewerkt en blijft staan", err=True)
    for problem in report.broken_on_site:
        click.echo(f"  op de site bewerkt en nu stuk: {problem}", err=True)


def _read(folder: Path | None) -> Library:
    try:
        held = services()
        return actions.read_library(folder or held.settings.content_dir, held.vocabulary, on=brussels_date(now()))
    except ContentBroken as broken:
        raise _refused(broken) from broken


def _refused(broken: ContentBroken) -> click.ClickException:
    for problem in broken.problems:
        click.echo(str(problem), err=True)
    return click.ClickException(f"{broken.how_many} in de inhoud; er is niets ingevoerd.")


def _store() -> PublicationStore:
    return PublicationStore(services().settings.publications_dir)
