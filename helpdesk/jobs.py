"""The background queue: wakes actions at their hour, owns no state. A task lost in a crash is simply due again."""

from collections.abc import Callable
from pathlib import Path

import structlog
from flask import Flask
from huey import Huey, SqliteHuey, crontab

from helpdesk.accounts import actions as accounts
from helpdesk.advice import actions as advice
from helpdesk.core.clock import brussels_date, now
from helpdesk.core.mail import MailServerRefused
from helpdesk.newsletters import actions as newsletters
from helpdesk.newsletters import letters as newsletter_letters
from helpdesk.newsletters import queries as newsletter_queries
from helpdesk.newsletters import sending as newsletter_sending
from helpdesk.search import actions as search
from helpdesk.search.cli import questions_file
from helpdesk.settings import SettingRefused, Settings
from helpdesk.visits import actions as visits
from helpdesk.web.database import db_session
from helpdesk.web.services import services

log = structlog.get_logger()

NEWSLETTER_SECONDS = 40.0
MOST_SEGMENTS = 8
"""Pieces of the index, one per publication, that a search may have to look through."""


def make_queue(app: Flask, settings: Settings) -> Huey:
    """Return the queue with the periodic tasks of the house.

    Raises:
        SettingRefused: QUEUE_URL names a kind of queue that is not built in.
    """
    queue = SqliteHuey("helpdesk", filename=queue_file(settings))
    queue.periodic_task(crontab(minute="*"))(_in(app, follow_outbox))
    queue.periodic_task(crontab(minute="*"))(_in(app, follow_advice))
    queue.periodic_task(crontab(minute="*/10"))(_in(app, tidy_index))
    queue.periodic_task(crontab(minute="43", hour="2"))(_in(app, merge_index))
    queue.periodic_task(crontab(minute="3", hour="3"))(_in(app, measure_search))
    queue.periodic_task(crontab(minute="17", hour="3"))(_in(app, forget_old_logins))
    queue.periodic_task(crontab(minute="31", hour="3"))(_in(app, forget_old_drafts))
    queue.periodic_task(crontab(minute="33", hour="3"))(_in(app, forget_call_backs))
    queue.periodic_task(crontab(minute="37", hour="3"))(_in(app, remove_old_text))
    queue.periodic_task(crontab(minute="2", hour="0"))(_in(app, forget_visitors))
    queue.periodic_task(crontab(minute="*"))(_in(app, send_newsletter_letters))
    queue.periodic_task(crontab(minute="*"))(_in(app, send_newsletters))
    queue.periodic_task(crontab(minute="*/10"))(_in(app, read_newsletter_bounces))
    queue.periodic_task(crontab(minute="41", hour="3"))(_in(app, forget_newsletter_readers))
    return queue


def queue_file(settings: Settings) -> str:
    """Return the file the queue keeps its tasks in.

    Raises:
        SettingRefused: QUEUE_URL names a kind of queue that is not built in.
    """
    kind, _, file = settings.queue_url.partition(":///")
    if kind != "sqlite" or not file:
        raise SettingRefused(
            "HELPDESK_QUEUE_URL moet sqlite:///<bestand> zijn: een andere soort wachtrij is niet ingebouwd."
        )
    return file


def run_jobs(app: Flask, settings: Settings) -> None:
    """Run the job runner in this process until it is told to stop."""
    make_queue(app, settings).create_consumer(workers=1, periodic=True).run()


def follow_outbox() -> None:
    """Bring the index of this node up to date, also when nobody searches."""
    count = search.keep_up(db_session(), _node_index(), services().vocabulary)
    if count:
        log.info("index_followed", entries=count)


def follow_advice() -> None:
    """Bring the indexes of own advice on this node up to date."""
    advice.keep_all_up(db_session(), services().settings.own_advice_dir, services().vocabulary)


def tidy_index() -> None:
    """Take the pieces of the index together when a busy day left many."""
    search.merge(_node_index(), most_segments=MOST_SEGMENTS)


def merge_index() -> None:
    """Take the pieces of the index together and let go of what was replaced."""
    log.info("index_merged", pieces=search.merge(_node_index()))


def measure_search() -> None:
    """Ask the judged questions, so that the page about searching shows how it does today."""
    search.measure_quality(services().search, _node_index(), questions_file(), now=now())


def forget_old_logins() -> None:
    """Remove failed logins and sessions that no longer matter."""
    count = accounts.forget_old_logins(db_session(), now=now())
    db_session().commit()
    log.info("old_logins_forgotten", rows=count)


def forget_old_drafts() -> None:
    """Remove what jurists began and left for two weeks."""
    count = advice.forget_old_drafts(db_session(), now=now())
    db_session().commit()
    log.info("old_drafts_forgotten", rows=count)


def forget_call_backs() -> None:
    """Remove how to reach callers of a month ago."""
    count = advice.forget_call_backs(db_session(), now=now())
    db_session().commit()
    log.info("call_backs_forgotten", rows=count)


def remove_old_text() -> None:
    """Empty the free text of advice that is older than the setting says."""
    removed = advice.remove_old_text(db_session(), months=services().settings.advice_text_months, now=now())
    db_session().commit()
    log.info("old_text_removed", advice=removed.advice, corrections=removed.revisions)


def forget_visitors() -> None:
    """Delete yesterday's salt, with which visitors could be told apart, and the rare searches of past months."""
    today = brussels_date(now())
    count = visits.forget_visitors(db_session(), before=today)
    rare = visits.forget_rare_searches(db_session(), today=today)
    db_session().commit()
    log.info("visitors_forgotten", rows=count, searches=rare)


def send_newsletter_letters() -> None:
    """Send the letters to single readers that could not go at once."""
    newsletter_letters.send_waiting_letters(db_session(), services().settings, clock=now)


def send_newsletters() -> None:
    """Begin the issues that are due and go on with those being sent, for part of a minute: other tasks wait behind."""
    session = db_session()
    for issue_id in newsletter_queries.due_issues(session, now=now()):
        issue = newsletter_queries.get_issue(session, issue_id)
        if issue.number is None:
            newsletters.begin(session, issue, now=now())
            session.commit()
        sender = newsletter_letters.sender_of(
            session, issue, services().settings, clock=now, seconds=NEWSLETTER_SECONDS
        )
        try:
            did = sender.run()
        except MailServerRefused as refused:
            log.warning("newsletter_not_sent", issue=issue_id, why=str(refused))
            continue
        log.info("newsletter_sent_on", issue=issue_id, sent=did.sent, rejected=did.rejected, unknown=did.unknown)


def read_newsletter_bounces() -> None:
    """Take in the copies that came back."""
    settings = services().settings
    if settings.bounce_mailbox and (place := Path(settings.bounce_mailbox)).exists():
        count = newsletter_sending.read_bounces(db_session(), place, now=now(), key=settings.secret_key)
        log.info("newsletter_bounces_read", copies=count)


def forget_newsletter_readers() -> None:
    """Delete who never confirmed and who left a month ago, and the traces of the form."""
    count = newsletters.forget(db_session(), now=now())
    db_session().commit()
    log.info("newsletter_readers_forgotten", rows=count)


def _node_index() -> search.NodeIndex:
    held = services()
    return search.NodeIndex(held.search.index, held.settings.index_dir)


def _in(app: Flask, task: Callable[[], None]) -> Callable[[], None]:
    """Run a task inside the application."""

    def run() -> None:
        with app.app_context():
            task()

    run.__name__ = task.__name__
    return run
