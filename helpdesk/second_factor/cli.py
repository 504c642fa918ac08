"""A command for who lost every second factor and can ask no administrator."""

import click

from helpdesk.accounts import queries
from helpdesk.accounts.cli import users as users  # noqa: PLC0414 - handed on with one command more
from helpdesk.core.clock import now
from helpdesk.core.errors import NotFound
from helpdesk.second_factor import actions
from helpdesk.web.database import db_session


@users.command("reset-second-factor")
@click.argument("email")
def reset_second_factor(email: str) -> None:
    """Take away app, passkeys and recovery codes of an account, and end its sessions."""
    try:
        user = queries.get_user_by_email(db_session(), email)
    except NotFound as missing:
        raise click.ClickException(str(missing)) from missing
    actions.reset_second_factor(db_session(), user, by=None, now=now())
    db_session().commit()
    click.echo(f"De tweede stap van {email} is gewist.")
