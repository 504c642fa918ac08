"""Commands about the search index."""

import time
from pathlib import Path

import click
from flask.cli import AppGroup

from helpdesk.core import outbox
from helpdesk.core.clock import now
from helpdesk.search import actions, queries
from helpdesk.search.actions import NodeIndex
from helpdesk.web.database import db_session
from helpdesk.web.services import services

index = AppGroup("index", help="The search index of this node: rebuild it, show its state.")


def node_index() -> NodeIndex:
    """Return the index of this node."""
    held = services()
    return NodeIndex(held.search.index, held.settings.index_dir)


def questions_file() -> Path:
    """Return the list of judged questions the search is measured by."""
    return services().settings.content_dir / "lijsten" / "zoekvragen.yaml"


@index.command("rebuild")
def rebuild() -> None:
    """Rebuild the index from the database. Safe to repeat; the old index serves until the new one is complete."""
    started = time.perf_counter()
    count = actions.rebuild(db_session(), node_index(), services().vocabulary)
    click.echo(f"{count} documenten in {time.perf_counter() - started:.1f} s")


@index.command("merge")
def merge() -> None:
    """Take the small pieces of the index together, as the job runner does at night."""
    click.echo(f"{actions.merge(node_index())} stukken samengenomen")


@index.command("status")
def status() -> None:
    """Compare the index with the database, document by document; exit status 1 when it differs or lags."""
    here = node_index()
    newest, applied = outbox.last_entry(db_session()), actions.applied_entry(here)
    if not here.documents.is_usable:
        click.echo("geen bruikbare index")
        raise SystemExit(1)
    held = here.documents.versions()
    click.echo(f"{len(held)} documenten; wijziging {applied if applied is not None else '-'} van {newest} verwerkt")
    found = queries.index_difference(db_session(), held, services().vocabulary)
    for label, ids in (("ontbreekt", found.missing), ("verouderd", found.stale), ("overbodig", found.superfluous)):
        for document_id in ids:
            click.echo(f"{label}: {document_id}")
    if applied != newest or not found.is_none:
        raise SystemExit(1)


@index.command("quality")
def quality() -> None:
    """Ask the judged questions of content/lijsten/zoekvragen.yaml and show how often the right page comes first."""
    for kind, row in actions.measure_quality(services().search, node_index(), questions_file(), now=now()).items():
        click.echo(
            f"{kind:14} {row.questions:4} vragen  eerste {row.success_at_1:.0%}  eerste vijf {row.success_at_5:.0%}"
        )
