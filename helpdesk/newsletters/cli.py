"""Commands about the newsletter."""

import sys

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from helpdesk.core.clock import now
from helpdesk.core.errors import Rejected
from helpdesk.core.mail import MailServerRefused
from helpdesk.newsletters import actions, letters, queries, sending
from helpdesk.newsletters.models import Issue, IssueState
from helpdesk.newsletters.pages import COPIES, STATES
from helpdesk.newsletters.rules import Step
from helpdesk.web.database import db_session
from helpdesk.web.services import services

MOST_BOUNCE_BYTES = 10_000_000
newsletter = AppGroup("newsletter", help="The newsletter: send an issue, go on, see how it stands, take in bounces.")


@newsletter.command("send")
@click.argument("issue")
def send(issue: str) -> None:
    """Send an approved or planned ISSUE now: its number in /redactie/nieuwsbrief, or year/number once it began.

    Runs until every copy is settled; killed in the middle, `resume` goes on.
    """
    session, found = db_session(), _found(issue)
    try:
        actions.take_step(session, found, Step.SEND, by=None, now=now(), four_eyes=services().settings.four_eyes)
    except Rejected as refused:
        raise click.ClickException(" ".join(refused.problems)) from refused
    session.commit()
    _run(session, found)


@newsletter.command("resume")
@click.argument("issue")
def resume(issue: str) -> None:
    """Go on with an ISSUE that was paused or whose sender stopped; also beside another sender."""
    session, found = db_session(), _found(issue)
    if found.state == IssueState.PAUSED:
        actions.take_step(session, found, Step.RESUME, by=None, now=now(), four_eyes=True)
        session.commit()
    if found.state == IssueState.SENT:
        click.echo("Deze nieuwsbrief is al helemaal verstuurd.")
        return
    if found.state != IssueState.SENDING:
        raise click.ClickException("Deze nieuwsbrief wordt nog niet verstuurd. Begin met: helpdesk newsletter send.")
    _run(session, found)


@newsletter.command("status")
@click.argument("issue")
def status(issue: str) -> None:
    """Tell how far the sending of an ISSUE is: copies by state."""
    found = _found(issue)
    _tell(found)


@newsletter.command("bounce")
def bounce() -> None:
    """Take in one letter that came back, from standard input: for the pipe of a mail server.

    Always ends well: a mail server must not bounce a bounce.
    """
    wire = sys.stdin.buffer.read(MOST_BOUNCE_BYTES)
    known = sending.take_bounce(db_session(), wire, now=now(), key=services().settings.secret_key)
    click.echo("Genoteerd." if known else "Dit is geen teruggekomen nieuwsbrief.")


def _found(name: str) -> Issue:
    issue = queries.find_issue_named(db_session(), name)
    if issue is None:
        raise click.ClickException(
            f"Er is geen nieuwsbrief '{name}'. Schrijf jaar/nummer (2026/5), of het nummer in /redactie/nieuwsbrief."
        )
    return issue


def _run(session: Session, issue: Issue) -> None:
    try:
        letters.sender_of(session, issue, services().settings, clock=now).run()
    except MailServerRefused as refused:
        raise click.ClickException(str(refused)) from refused
    _tell(issue)


def _tell(issue: Issue) -> None:
    session = db_session()
    session.refresh(issue)
    progress = queries.progress_of(session, issue.id)
    name = f"nr. {issue.number} van {issue.year}" if issue.number else f"ontwerp {issue.id}"
    click.echo(f"{name}\t{STATES[IssueState(issue.state)]}\t{progress.total} brieven")
    for state, words in COPIES.items():
        if progress[state]:
            click.echo(f"{words}\t{progress[state]}")
