"""Commands about the audit log."""

import click
from flask.cli import AppGroup

from helpdesk.core import audit
from helpdesk.web.database import db_session

log = AppGroup("audit", help="The audit log: check that nobody changed it.")


@log.command("verify")
def verify() -> None:
    """Check the seal of every entry; exit status 1 and the first broken one when the chain does not hold.

    Note the last seal somewhere else: with it one can tell later whether the newest entries were cut off.
    """
    chain = audit.read_chain(db_session())
    if chain.broken is not None:
        where = f" (id {chain.broken.entry_id})" if chain.broken.entry_id is not None else ""
        raise click.ClickException(
            f"Het logboek is gebroken bij regel {chain.broken.number}{where}: {chain.broken.why}."
        )
    lines = "1 regel" if chain.entries == 1 else f"{chain.entries} regels"
    click.echo(f"Het logboek is heel: {lines}, laatste zegel {chain.last_seal}.")
