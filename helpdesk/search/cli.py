"""Commands about the search index."""

import time

import click
from flask.cli import AppGroup

from helpdesk.core import outbox
from helpdesk.search import actions
from helpdesk.search.actions import NodeIndex
from helpdesk.web.database import db_session
from helpdesk.web.services import services

index = AppGroup("index", help="The search index of this node: rebuild it, show its state.")


def node_index() -> NodeIndex:
    """Return the index of this node."""
    held = services()
    return NodeIndex(held.search.index, held.settings.index_dir)


@index.command("rebuild")
def rebuild() -> None:
    """Rebuild the index from the database. Safe to repeat; the old index serves until the new one is complete."""
    started = time.perf_counter()
    count = actions.rebuild(db_session(), node_index(), services().vocabulary)
    click.echo(f"{count} documenten in {time.perf_counter() - started:.1f} s")


@index.command("status")
def status() -> None:
    """Show how many documents the index holds and whether it follows the database; exit status 1 when it lags."""
    here = node_index()
    newest = outbox.last_entry(db_session())
    applied = actions.applied_entry(here)
    count = here.documents.document_count() if here.documents.is_usable else 0
    click.echo(f"{count} documenten; wijziging {applied if applied is not None else '-'} van {newest} verwerkt")
    if applied != newest or not here.documents.is_usable:
        raise SystemExit(1)
