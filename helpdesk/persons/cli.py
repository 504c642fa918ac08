"""Commands about what is held of a person. The address comes on standard input: arguments are seen by others."""

import sys

import click
from flask.cli import AppGroup

from helpdesk.core import erasures
from helpdesk.core.clock import now
from helpdesk.core.erasures import PersonKind
from helpdesk.core.errors import Rejected
from helpdesk.core.mail import Folder
from helpdesk.persons import actions, queries, rules
from helpdesk.persons.rules import NothingTyped
from helpdesk.web.database import db_session
from helpdesk.web.services import services

persons = AppGroup("persons", help="What is held about an address: export it, erase it. The address on standard input.")


@persons.command("export")
def export() -> None:
    """Print everything that is held about the address on standard input, as JSON."""
    spellings, session, moment = _read_address(), db_session(), now()
    held = queries.find_held(session, spellings)
    click.echo(rules.written(queries.export(session, held, address=spellings[0], now=moment)), nl=False)
    actions.note_use(session, "exported", held, by=None, now=moment)
    session.commit()


@persons.command("erase")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice([kind.value for kind in PersonKind]),
    help="What has to go; may be given more than once. Without it: everything.",
)
def erase(kinds: tuple[str, ...]) -> None:
    """Erase what is held about the address on standard input, here and in what is restored from a backup."""
    spellings, session, settings = _read_address(), db_session(), services().settings
    addresses = [*queries.find_held(session, spellings).addresses, *spellings]
    chosen = [PersonKind(kind) for kind in kinds] or list(PersonKind)
    try:
        erased = actions.erase(session, spellings, chosen, key=settings.secret_key, by=None, now=now())
    except Rejected as refused:
        raise click.ClickException(" ".join(refused.problems)) from refused
    session.commit()
    erasures.keep_ledger(session, settings.data_dir / erasures.LEDGER)
    Folder(settings.mail_dir).forget_to(addresses)
    click.echo(f"Gewist: {', '.join(kind.value for kind in erased) or 'er was niets bewaard'}.")


def _read_address() -> list[str]:
    if sys.stdin.isatty():
        click.echo("Typ het e-mailadres en druk op Enter:", err=True)
    try:
        return rules.spellings(sys.stdin.readline())
    except NothingTyped as nothing:
        raise click.ClickException(str(nothing)) from nothing
