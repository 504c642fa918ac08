"""The background queue: wakes actions at their hour, owns no state. A task lost in a crash is simply due again."""

from collections.abc import Callable
from pathlib import Path

import psycopg
import structlog
from flask import Flask
from huey import Huey, MemoryHuey, PostgresHuey, RedisHuey, SqliteHuey, crontab
from huey.exceptions import ConfigurationError
from sqlalchemy.exc import SQLAlchemyError

from helpdesk.accounts.routes import send_letters
from helpdesk.advice import actions as advice
from helpdesk.alerts.cli import send_what_is_due
from helpdesk.core import audit, erasures
from helpdesk.core.clock import brussels_date, now
from helpdesk.core.fetching import Fetcher
from helpdesk.core.mail import MailServerRefused
from helpdesk.core.pdf_writer import PdfUnavailable
from helpdesk.links import actions as links
from helpdesk.links import queries as link_queries
from helpdesk.newsletters import actions as newsletters
from helpdesk.newsletters import letters as newsletter_letters
from helpdesk.newsletters import queries as newsletter_queries
from helpdesk.newsletters import sending as newsletter_sending
from helpdesk.operations.rules import PULSE
from helpdesk.publications.cli import build_editions
from helpdesk.retention import actions as retention
from helpdesk.search import actions as search
from helpdesk.search.cli import questions_file
from helpdesk.settings import SettingRefused, Settings
from helpdesk.text_editor import actions as text_editor
from helpdesk.text_editor import queries as work_queries
from helpdesk.texts import actions as texts
from helpdesk.texts import queries as text_queries
from helpdesk.web.database import db_session
from helpdesk.web.services import services

log = structlog.get_logger()

NEWSLETTER_SECONDS = 40.0
MOST_SEGMENTS = 8
"""Pieces of the index, one per publication, that a search may have to look through."""

MOST_LINKS_AT_ONCE = 5
"""Hosts asked in one round: a round lasts twenty seconds at most, since the other tasks wait for it."""


def make_queue(app: Flask, settings: Settings, *, of_node_only: bool = False) -> Huey:
    """Return the queue with the periodic tasks: those every node does for itself, and those of the whole house.

    Beside a first job runner for the house, further nodes run one `of_node_only`: it keeps their own index up to date.

    Raises:
        SettingRefused: QUEUE_URL names a kind of queue that is not built in.
    """
    queue = MemoryHuey("helpdesk") if of_node_only else open_queue(settings)
    queue.periodic_task(crontab(minute="*"))(_in(app, leave_sign))
    queue.periodic_task(crontab(minute="*"))(_in(app, follow_outbox))
    queue.periodic_task(crontab(minute="*"))(_in(app, follow_advice))
    queue.periodic_task(crontab(minute="*/10"))(_in(app, tidy_index))
    queue.periodic_task(crontab(minute="43", hour="2"))(_in(app, merge_index))
    queue.periodic_task(crontab(minute="3", hour="3"))(_in(app, measure_search))
    if of_node_only:
        return queue
    queue.periodic_task(crontab(minute="11", hour="3"))(_in(app, verify_audit_log))
    queue.periodic_task(crontab(minute="*"))(_in(app, send_account_letters))
    queue.periodic_task(crontab(minute="*"))(_in(app, send_alerts))
    queue.periodic_task(crontab(minute="*"))(_in(app, publish_planned_texts))
    queue.periodic_task(crontab(minute="*/5"))(_in(app, expire_texts))
    queue.periodic_task(crontab(minute="2", hour="0"))(_in(app, keep_periods))
    queue.periodic_task(crontab(minute="*"))(_in(app, keep_erasures))
    queue.periodic_task(crontab(minute="5"))(_in(app, show_amounts_of_today))
    queue.periodic_task(crontab(minute="11", hour="2"))(_in(app, render_texts))
    queue.periodic_task(crontab(minute="*"))(_in(app, print_first_editions))
    queue.periodic_task(crontab(minute="31", hour="2"))(_in(app, print_editions))
    queue.periodic_task(crontab(minute="7"))(_in(app, collect_links))
    queue.periodic_task(crontab(minute="*"))(_in(app, look_at_links))
    queue.periodic_task(crontab(minute="*"))(_in(app, send_newsletter_letters))
    queue.periodic_task(crontab(minute="*"))(_in(app, send_newsletters))
    queue.periodic_task(crontab(minute="*/10"))(_in(app, read_newsletter_bounces))
    return queue


def open_queue(settings: Settings) -> Huey:
    """Return the queue of the settings: a file, PostgreSQL or Redis. It holds what is due, never what must not be lost.

    Raises:
        SettingRefused: another kind, or Redis without its library.
    """
    kind, _, place = settings.queue_url.partition("://")
    if kind == "sqlite" and place.startswith("/") and len(place) > 1:
        return SqliteHuey("helpdesk", filename=place[1:])
    try:
        if kind == "postgresql" and place:
            return PostgresHuey("helpdesk", dsn=settings.queue_url)
        if kind == "redis" and place:
            return RedisHuey("helpdesk", url=settings.queue_url)
    except ConfigurationError as missing:
        raise SettingRefused("Een wachtrij op Redis vraagt het pakket 'redis': pip install redis.") from missing
    except psycopg.OperationalError as gone:
        raise SettingRefused("De databank van HELPDESK_QUEUE_URL is niet te bereiken.") from gone
    raise SettingRefused(
        "HELPDESK_QUEUE_URL moet sqlite:///<bestand>, postgresql://… of redis://… zijn: "
        "een andere soort wachtrij is niet ingebouwd."
    )


def run_jobs(app: Flask, settings: Settings, *, of_node_only: bool = False) -> None:
    """Run the job runner in this process until it is told to stop."""
    make_queue(app, settings, of_node_only=of_node_only).create_consumer(workers=1, periodic=True).run()


def leave_sign() -> None:
    """Show that a job runner works on this node, for `helpdesk doctor`."""
    (services().settings.data_dir / PULSE).touch()


def follow_outbox() -> None:
    """Bring the index of this node up to date, also when nobody searches."""
    count = search.keep_up(db_session(), _node_index(), services().vocabulary)
    if count:
        log.info("index_followed", entries=count)


def follow_advice() -> None:
    """Bring the indexes of own advice on this node up to date."""
    advice.keep_all_up(db_session(), services().settings.own_advice_dir, services().vocabulary)


def send_alerts() -> None:
    """Ask who wants to follow something to confirm, and send the digests that are due."""
    try:
        run = send_what_is_due(now())
    except MailServerRefused as refused:
        log.error("alerts_not_sent", reason=str(refused))  # noqa: TRY400 - the sentence says it all
        return
    if run.confirmations or run.digests or run.sent or run.is_server_gone:
        log.info("alerts_sent", **vars(run))


def publish_planned_texts() -> None:
    """Publish the texts whose moment has come, each in a transaction of its own: one that fails stops no other."""
    session = db_session()
    for work_id in [work.id for work in work_queries.due_works(session, now())]:
        work = work_queries.find_work_by_id(session, work_id)
        if work is None:
            continue
        try:
            is_published = text_editor.publish_due(session, work, services().vocabulary, now=now())
        except text_editor.EditedMeanwhile:  # an editor has it in hand: the next minute looks again
            session.rollback()
            continue
        session.commit()
        log.info("planned_text", work=work_id, published=is_published)


def expire_texts() -> None:
    """Take the texts off the site whose last day has passed."""
    session, moment = db_session(), now()
    expired = text_queries.expired_texts(session, brussels_date(moment))
    for text in expired:
        text_editor.expire(session, text, now=moment)
    session.commit()
    if expired:
        log.info("texts_expired", count=len(expired))


def tidy_index() -> None:
    """Take the pieces of the index together when a busy day left many."""
    search.merge(_node_index(), most_segments=MOST_SEGMENTS)


def merge_index() -> None:
    """Take the pieces of the index together and let go of what was replaced."""
    log.info("index_merged", pieces=search.merge(_node_index()))


def measure_search() -> None:
    """Ask the judged questions, so that the page about searching shows how it does today."""
    search.measure_quality(services().search, _node_index(), questions_file(), now=now())


def send_account_letters() -> None:
    """Mail the links to choose a password that could not leave when they were asked for."""
    count = send_letters()
    if count:
        log.info("account_letters_sent", letters=count)


def verify_audit_log() -> None:
    """Check the chain of the audit log, and keep its last seal where the database cannot change it: in the log."""
    chain = audit.read_chain(db_session())
    if chain.broken is None:
        log.info("audit_log_whole", entries=chain.entries, seal=chain.last_seal)
    else:
        log.error("audit_log_broken", number=chain.broken.number, entry=chain.broken.entry_id, why=chain.broken.why)


def keep_periods() -> None:
    """Remove what was kept long enough, and note how much; a job that fails stops no other."""
    session, settings = db_session(), services().settings
    scope = retention.Scope(settings.advice_text_months, settings.mail_dir)
    for job in retention.JOBS:
        try:
            removed = retention.remove(session, job, scope, now=now())
            session.commit()
        except (SQLAlchemyError, OSError) as failed:
            session.rollback()
            log.error("periods_not_kept", job=job, kind=type(failed).__name__)  # noqa: TRY400 - its words may quote data
            continue
        log.info("periods_kept", job=job, **removed)
    follow_advice()  # at once: the words must not stay behind in an index


def keep_erasures() -> None:
    """Write who was erased beside the database too, for the day a backup is put back."""
    count = erasures.keep_ledger(db_session(), services().settings.data_dir / erasures.LEDGER)
    if count:
        log.info("erasures_kept", entries=count)


def show_amounts_of_today() -> None:
    """Let a period of an amount start on its pages: at midnight in Brussels, summer and winter, so every hour."""
    changed = texts.render_live(db_session(), services().vocabulary, now=now(), with_amounts_only=True)
    db_session().commit()
    if changed:
        log.info("amounts_shown", texts=len(changed))


def render_texts() -> None:
    """Let every text follow the lexicon, which may have changed on the site."""
    changed = texts.render_live(db_session(), services().vocabulary, now=now())
    db_session().commit()
    if changed:
        log.info("texts_rendered", texts=len(changed))


def print_first_editions() -> None:
    """Print the publications that are put together from pages and have no edition yet."""
    _print(only_missing=True)


def print_editions() -> None:
    """Print the publications whose pages changed: once a night, so that a day of corrections makes one edition."""
    _print(only_missing=False)


def _print(*, only_missing: bool) -> None:
    try:
        run = build_editions(now(), only_missing=only_missing)
    except PdfUnavailable as missing:
        log.warning("publications_not_printed", why=str(missing))
        return
    if run.made or (run.problems and not only_missing):
        log.info("publications_printed", made=len(run.made), problems=run.problems)


def collect_links() -> None:
    """Bring the list of links to other sites in line with our pages."""
    count = links.collect(db_session(), services().vocabulary, now=now())
    db_session().commit()
    if count:
        log.info("links_collected", new=count)


def look_at_links() -> None:
    """Look at some links whose week is over, of each host one."""
    settings = services().settings
    addresses = link_queries.due(db_session(), most=MOST_LINKS_AT_ONCE, now=now())
    db_session().rollback()  # nothing is held open while others answer
    if not addresses:
        return
    seen = Fetcher(f"{settings.link_agent} (+{settings.base_url})").look_at_all(addresses)
    links.note(db_session(), seen, now=now())
    db_session().commit()
    log.info("links_seen", looked=len(seen), failed=sum(one.status is None for one in seen.values()))


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
