"""Commands about accounts."""

import secrets
import sys

import click
from flask.cli import AppGroup

from helpdesk.accounts import actions, queries
from helpdesk.core.clock import now
from helpdesk.core.errors import NotFound, Rejected
from helpdesk.core.roles import Role
from helpdesk.web.database import db_session

users = AppGroup("users", help="Accounts of colleagues: add, list, disable, reset.")


@users.command("add")
@click.argument("email")
@click.option("--name", required=True, help="Name shown to colleagues.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([role.value for role in Role]),
    help="What the colleague may do; may be given more than once.",
)
def add(email: str, name: str, roles: tuple[str, ...]) -> None:
    """Add an account; the password is read from standard input, or generated and printed."""
    typed = "" if sys.stdin.isatty() else sys.stdin.readline().strip()
    try:
        user = actions.add_user(
            db_session(),
            email=email,
            display_name=name,
            password=typed or (generated := secrets.token_urlsafe(15)),
            roles=[Role(role) for role in roles],
            now=now(),
        )
    except Rejected as refused:
        raise click.ClickException(" ".join(refused.problems)) from refused
    db_session().commit()
    click.echo(f"Account {user.email} is gemaakt." + ("" if typed else f" Wachtwoord: {generated}"))


@users.command("list")
def list_users() -> None:
    """List the accounts: address, name, roles, open or closed."""
    for user in queries.users(db_session()):
        roles = ", ".join(sorted(role.label for role in user.roles))
        state = "actief" if user.is_active else "gesloten"
        click.echo(f"{user.email}\t{user.display_name}\t{roles}\t{state}{' (demo)' if user.is_demo else ''}")


@users.command("disable")
@click.argument("email")
def disable(email: str) -> None:
    """Close an account and end its sessions."""
    try:
        actions.disable_user(db_session(), queries.get_user_by_email(db_session(), email), now=now())
    except NotFound as missing:
        raise click.ClickException(str(missing)) from missing
    db_session().commit()
    click.echo(f"Account {email} is gesloten.")


@users.command("reset")
@click.argument("email")
def reset(email: str) -> None:
    """Give an account a new password, from standard input or generated, and end its sessions."""
    typed = "" if sys.stdin.isatty() else sys.stdin.readline().strip()
    try:
        user = queries.get_user_by_email(db_session(), email)
        password = actions.reset_password(db_session(), user, now=now(), password=typed or None)
    except (NotFound, Rejected) as refused:
        raise click.ClickException(str(refused)) from refused
    db_session().commit()
    click.echo(f"Het wachtwoord van {email} is gewijzigd." + ("" if typed else f" Nieuw wachtwoord: {password}"))
