"""Commands about publications, and the run that the job runner wakes: print what its pages say by now."""

from dataclasses import dataclass, field
from datetime import datetime

import click
from flask.cli import AppGroup

from helpdesk.core import publication_files
from helpdesk.core.clock import now
from helpdesk.core.pdf_writer import PdfUnavailable
from helpdesk.core.publication_files import PublicationStore
from helpdesk.publications import actions, queries
from helpdesk.publications.actions import NotComposable, NotErasable
from helpdesk.publications.documents import BookPage
from helpdesk.web.database import db_session
from helpdesk.web.services import services
from helpdesk.web.views import show_alone

publications = AppGroup("publications", help="Publications that are put together from theme pages.")


@dataclass
class Run:
    """What one run did: the editions it made, how many said the same already, and what was refused or left out."""

    made: list[str] = field(default_factory=list)
    unchanged: int = 0
    problems: list[str] = field(default_factory=list)


@publications.command("build")
def build() -> None:
    """Print every publication whose pages say something else than its newest edition. Safe to repeat.

    Exit status 1 when one could not be printed; its last edition stays.
    """
    try:
        run = build_editions(now())
    except PdfUnavailable as missing:
        raise click.ClickException(str(missing)) from missing
    click.echo(f"{len(run.made)} nieuw, {run.unchanged} ongewijzigd, {len(run.problems)} problemen")
    for edition in run.made:
        click.echo(f"  {edition}")
    for problem in run.problems:
        click.echo(f"  {problem}", err=True)
    if run.problems:
        raise SystemExit(1)


@publications.command("erase")
@click.argument("slug")
@click.argument("number", type=int)
def erase(slug: str, number: int) -> None:
    """Delete a hidden version of a file from the server for good. Its number and the reason stay.

    The very same file under another number or of another publication goes with it, and is named.

    A backup that was made before still holds it: make a new one and destroy the older ones.
    """
    session, moment = db_session(), now()
    files = publication_files.files_of(session, slug)
    file = next((one for one in files if one.number == number), None)
    if file is None:
        raise click.ClickException(f"Er is geen versie {number} van een bestand van '{slug}'.")
    try:
        lost = actions.note_erasure(session, file, now=moment)
    except NotErasable as refused:
        raise click.ClickException(str(refused)) from refused
    session.commit()
    was_there = PublicationStore(services().settings.publications_dir).erase(file)
    for one in lost:
        click.echo(f"Versie {one.number} van {one.slug} {'is gewist' if was_there else 'was al weg'}.")


def build_editions(moment: datetime, *, only_missing: bool = False) -> Run:
    """Make the editions that are due, each in a transaction of its own; `only_missing` those that have none yet.

    Raises:
        PdfUnavailable: this machine cannot make a PDF.
    """
    run, session, held = Run(), db_session(), services()
    store = PublicationStore(held.settings.publications_dir)
    have = publication_files.slugs_with_files(session) if only_missing else set()
    terms = queries.explanations(session, held.vocabulary)
    for composition in queries.compositions(session, held.vocabulary, without=have):
        slug = composition.live.text.slug
        run.problems += [f"{slug}: '{theme}' heeft geen tekst meer en is weggelaten" for theme in composition.gone]
        page = BookPage.of(composition, held.vocabulary, terms, base_url=held.settings.base_url)
        try:
            file = actions.add_edition(session, store, composition, show_alone(page), by=None, now=moment)
        except NotComposable as refused:
            run.problems.append(f"{slug}: {refused}")
            continue
        session.commit()
        if file is None:
            run.unchanged += 1
        else:
            run.made.append(f"{slug}: uitgave {file.number}, {file.pages} bladzijden ({file.note})")
    return run
