"""Commands about alerts, and the run that the job runner wakes: put digests together, and send what waits."""

from dataclasses import dataclass
from datetime import datetime

import click
import structlog
from flask.cli import AppGroup

from helpdesk.alerts import actions, pages, queries, rules
from helpdesk.alerts.actions import Spans
from helpdesk.alerts.models import AlertDigest, AlertFollower, Rhythm, SendState
from helpdesk.alerts.queries import Library
from helpdesk.core.clock import brussels_date, now
from helpdesk.core.mail import Answer, Delivery, Door, Letter, MailServerGone, MailServerRefused, open_door
from helpdesk.search import actions as search
from helpdesk.search.cli import node_index
from helpdesk.web.database import db_session
from helpdesk.web.services import services
from jurisprudence.search.index import IndexBusy, IndexDamaged

alerts = AppGroup("alerts", help="Following by e-mail: send what is due, show how far it is.")
log = structlog.get_logger()


@dataclass
class Run:
    """What one run did. Every step is committed on its own, so that a crash between two loses and repeats nothing."""

    confirmations: int = 0
    digests: int = 0
    sent: int = 0
    later: int = 0
    rejected: int = 0
    unknown: int = 0
    is_server_gone: bool = False

    def count(self, state: str) -> None:
        """Count what became of one digest."""
        self.sent += state == SendState.SENT
        self.later += state == SendState.QUEUED
        self.rejected += state == SendState.REJECTED
        self.unknown += state == SendState.UNKNOWN


@alerts.command("send")
def send() -> None:
    """Put together the digests that are due, and send all that waits. Safe to repeat and to run twice at once.

    Exit status 1 when the mail server could not be reached: what waits is sent by the next run.
    """
    try:
        run = send_what_is_due(now())
    except MailServerRefused as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(
        f"{run.confirmations} bevestigingsmails; {run.digests} overzichten gemaakt: {run.sent} verstuurd, "
        f"{run.later} later, {run.rejected} geweigerd, {run.unknown} onzeker"
    )
    if run.is_server_gone:
        raise click.ClickException("De mailserver is niet te bereiken. Wat wacht, vertrekt bij de volgende keer.")


@alerts.command("status")
def show_status() -> None:
    """Show how many follow what and how far the mails are; names nobody."""
    found = queries.status(db_session())
    click.echo(f"{found.followers} volgers, {found.unconfirmed} adressen niet bevestigd")
    for kind, count in found.follows.items():
        click.echo(f"  {kind}: {count}")
    for state, count in found.digests.items():
        click.echo(f"overzichten {state}: {count}")
    for number, day in found.unknown:
        click.echo(
            f"onzeker: overzicht {number} van {day.isoformat()}. Het kan aangekomen zijn en wordt niet herhaald."
        )


def send_what_is_due(moment: datetime) -> Run:
    """Do everything that is due at a moment. Raises MailServerRefused when the setting of the mail server is wrong."""
    session, run = db_session(), Run()
    lost = actions.note_lost(session, now=moment)
    session.commit()
    if lost:
        log.warning("alerts_unknown", letters=lost)
    run.digests = _make_digests(moment)
    letters = queries.letters_due(session, now=moment)
    digests = queries.digests_due(session, now=moment)
    session.rollback()
    if not letters and not digests:
        return run
    settings = services().settings
    try:
        with open_door(settings.smtp_url, settings.mail_dir) as door:
            for follower_id in letters:
                run.confirmations += _send_confirmation(door, follower_id, moment)
            for digest_id in digests:
                if (state := _send_digest(door, digest_id, moment)) is not None:
                    run.count(state)
    except MailServerGone:
        run.is_server_gone = True
    return run


def _make_digests(moment: datetime) -> int:
    """Put the digests together that are due; return how many. Without a usable index nobody is looked into now."""
    session, held = db_session(), services()
    settings = held.settings
    due = [
        (follower_id, day)
        for rhythm in Rhythm
        for day in [rules.due_on(rhythm, moment, hour=settings.alerts_hour, weekday=settings.alerts_weekday)]
        for follower_id in queries.followers_due(session, rhythm, day)
    ]
    if not due:
        return 0
    try:
        search.keep_up(session, node_index(), held.vocabulary)
        until = search.applied_entry(node_index()) or 0
        spans = Spans(Library(session, held.vocabulary, held.search, until, brussels_date(moment)))
        made = 0
        for follower_id, day in due:
            made += actions.make_digest(session, follower_id, day, spans, now=moment)
            session.commit()
    except (OSError, IndexBusy, IndexDamaged) as failed:
        session.rollback()
        log.error("alerts_not_made", kind=type(failed).__name__)  # noqa: TRY400 - the kind is enough
        return 0
    return made


def _send_confirmation(door: Door, follower_id: int, moment: datetime) -> bool:
    session, settings = db_session(), services().settings
    follower = session.get(AlertFollower, follower_id)
    waiting = queries.waiting_follows(session, follower, now=moment) if follower is not None else []
    if follower is None or not waiting:
        return False
    letter = pages.confirmation(follower, waiting, settings, now=moment)
    is_ours = actions.claim_letter(session, follower_id, now=moment)
    session.commit()
    if not is_ours:
        return False
    answer = _handed_over(door, letter)
    actions.settle_letter(session, follower_id, answer)
    session.commit()
    _stop_when_gone(answer)
    return answer is not None and answer.delivery == Delivery.SENT


def _send_digest(door: Door, digest_id: int, moment: datetime) -> SendState | None:
    """Send one digest and return what became of it; None when it was not ours to send. Raises MailServerGone."""
    session, held = db_session(), services()
    is_ours = actions.claim_digest(session, digest_id, now=moment)
    session.commit()
    digest = session.get(AlertDigest, digest_id, populate_existing=True)
    if not is_ours or digest is None:
        return None
    letter = pages.digest_letter(
        digest, held.vocabulary, held.settings, queries.hidden_since(session, digest), now=moment
    )
    session.commit()
    answer = _handed_over(door, letter)
    state = actions.settle_digest(session, digest_id, answer, now=moment)
    session.commit()
    _stop_when_gone(answer)
    return state


def _handed_over(door: Door, letter: Letter) -> Answer | None:
    try:
        return door.send(letter)
    except MailServerGone:
        return None


def _stop_when_gone(answer: Answer | None) -> None:
    if answer is None:
        raise MailServerGone("De verbinding met de mailserver brak af.")
