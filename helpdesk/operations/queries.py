"""Examining a node: every check reads only, and tells what to do in Dutch."""

import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from helpdesk.core import audit, mail, migrate, outbox
from helpdesk.core.audit import AuditEntry
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.newsletters.models import Delivery
from helpdesk.operations import rules
from helpdesk.operations.rules import Finding, State
from helpdesk.search import actions as search
from helpdesk.search import queries as search_queries
from helpdesk.settings import Settings

SECRET = frozenset({"secret_key", "smtp_url"})
OTHERS_MAY_READ = 0o077


def examine(
    session: Session, settings: Settings, index: search.NodeIndex, vocabulary: Vocabulary, *, now: datetime
) -> list[Finding]:
    """Return one finding per subject, in the order one would look at them; a check that fails is a finding too."""
    checks: Sequence[tuple[str, Callable[[], Finding]]] = (
        ("databank", lambda: _database(session)),
        ("journaal", lambda: _journal(session)),
        ("migraties", lambda: _migrations(session)),
        ("index", lambda: _index(session, index, vocabulary)),
        ("schijf", lambda: rules.check_room(_free_bytes(settings), "schijf")),
        ("mail", lambda: _mail(settings)),
        ("taken", lambda: rules.check_pulse(_moment_of(settings.data_dir / rules.PULSE), now)),
        ("klok", lambda: _clock(session, now)),
        ("logboek", lambda: _audit(session)),
        ("post", lambda: _letters(session)),
        ("rechten", lambda: _rights(settings)),
        ("pdf", _pdf),
        ("geheim", lambda: rules.check_secret(settings.secret_key)),
        ("reservekopie", lambda: rules.check_backup_age(_last_backup(settings.data_dir), now)),
    )
    return [_safely(subject, check) for subject, check in checks]


def settings_in_force(settings: Settings) -> Iterator[tuple[str, str]]:
    """Give name and value of each setting; of a secret only whether it is set."""
    for field in fields(settings):
        value = getattr(settings, field.name)
        if field.name == "database_url":
            value = _without_password(str(value))
        yield field.name.upper(), ("(ingesteld)" if value else "(leeg)") if field.name in SECRET else str(value)


def _safely(subject: str, check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except (SQLAlchemyError, OSError) as failed:
        return Finding(subject, State.BAD, f"niet te onderzoeken: {type(failed).__name__}.")


def _database(session: Session) -> Finding:
    if session.get_bind().dialect.name != "sqlite":
        version = session.scalar(text("SHOW server_version"))
        return Finding("databank", State.GOOD, f"PostgreSQL {version} antwoordt")
    answer = session.scalar(text("PRAGMA quick_check"))
    dangling = session.execute(text("PRAGMA foreign_key_check")).first()
    if answer != "ok" or dangling is not None:
        return Finding("databank", State.BAD, "de databank is beschadigd. Zet de laatste reservekopie terug.")
    return Finding("databank", State.GOOD, "SQLite is heel")


def _journal(session: Session) -> Finding:
    if session.get_bind().dialect.name != "sqlite":
        return Finding("journaal", State.GOOD, "van PostgreSQL zelf")
    return rules.check_journal(sqlite3.sqlite_version_info, str(session.scalar(text("PRAGMA journal_mode"))))


def _migrations(session: Session) -> Finding:
    applied, newest = migrate.applied(session.connection()), migrate.newest()
    if applied != newest:
        return Finding("migraties", State.BAD, f"{applied} in plaats van {newest}. Draai helpdesk init.")
    return Finding("migraties", State.GOOD, newest)


def _index(session: Session, index: search.NodeIndex, vocabulary: Vocabulary) -> Finding:
    if not index.documents.is_usable:
        return Finding("index", State.BAD, "onbruikbaar. Draai helpdesk index rebuild.")
    held = index.documents.versions()
    behind = outbox.last_entry(session) - (search.applied_entry(index) or 0)
    found = search_queries.index_difference(session, held, vocabulary)
    if found.is_none and not behind:
        return Finding("index", State.GOOD, f"{len(held)} documenten, gelijk aan de databank")
    if behind:
        return Finding("index", State.MIND, f"loopt {behind} wijzigingen achter op de databank.")
    count = len(found.missing) + len(found.stale) + len(found.superfluous)
    return Finding("index", State.BAD, f"{count} documenten verschillen van de databank. Draai helpdesk index rebuild.")


def _mail(settings: Settings) -> Finding:
    if not settings.smtp_url:
        return Finding("mail", State.MIND, "geen mailserver ingesteld: brieven blijven in de gegevensmap staan.")
    try:
        with mail.Conversation(settings.smtp_url, timeout_seconds=5):
            return Finding("mail", State.GOOD, "de mailserver antwoordt")
    except (mail.MailServerGone, mail.MailServerRefused) as failed:
        return Finding("mail", State.BAD, str(failed))


def _audit(session: Session) -> Finding:
    broken = audit.verify(session)
    if broken is not None:
        return Finding("logboek", State.BAD, f"regel {broken.number}: {broken.why}. Iemand wijzigde het buiten ons om.")
    return Finding("logboek", State.GOOD, "de keten is heel")


def _letters(session: Session) -> Finding:
    counted = deliveries(session)
    if counted.get("unknown"):
        words = f"van {counted['unknown']} nieuwsbrieven is niet geweten of ze aankwamen: beslis op de statuspagina."
        return Finding("post", State.MIND, words)
    return Finding("post", State.GOOD, f"{counted.get('queued', 0)} nieuwsbrieven wachten")


def deliveries(session: Session) -> Mapping[str, int]:
    """Return how many copies of newsletters are in each state."""
    return dict(session.execute(select(Delivery.state, func.count()).group_by(Delivery.state)).all())


def _clock(session: Session, now: datetime) -> Finding:
    newest = max(
        filter(None, (session.scalar(select(func.max(AuditEntry.noted_at))), _newest_announcement(session))),
        default=None,
    )
    server = session.scalar(text("SELECT clock_timestamp()")) if session.get_bind().dialect.name != "sqlite" else None
    return rules.check_clock(newest, now, server)


def _newest_announcement(session: Session) -> datetime | None:
    return session.scalar(select(func.max(outbox.OutboxEntry.noted_at)))


def _rights(settings: Settings) -> Finding:
    if not os.access(settings.data_dir, os.W_OK):
        return Finding("rechten", State.BAD, f"in {settings.data_dir} kan niet geschreven worden.")
    if not settings.data_dir.stat().st_mode & OTHERS_MAY_READ:
        return Finding("rechten", State.GOOD, "alleen de eigenaar komt in de gegevensmap")
    files = [settings.data_dir / "secret_key", *settings.data_dir.glob("*.sqlite")]
    open_to_others = [path.name for path in files if path.exists() and path.stat().st_mode & OTHERS_MAY_READ]
    if "secret_key" in open_to_others:
        return Finding("rechten", State.BAD, "anderen kunnen secret_key lezen: chmod 600, en maak een nieuwe sleutel.")
    if open_to_others:
        names = ", ".join(open_to_others)
        return Finding("rechten", State.MIND, f"andere gebruikers van deze machine kunnen {names} lezen: chmod 600.")
    return Finding("rechten", State.GOOD, "alleen de eigenaar leest en schrijft")


def _pdf() -> Finding:
    try:
        import_module("weasyprint")
    except (ImportError, OSError):
        return Finding("pdf", State.MIND, "Pango ontbreekt: er worden geen PDF's gemaakt. De rest werkt.")
    return Finding("pdf", State.GOOD, "Pango is er")


def _moment_of(file: Path) -> datetime | None:
    return datetime.fromtimestamp(file.stat().st_mtime, UTC) if file.exists() else None


def _last_backup(data_dir: Path) -> datetime | None:
    note = data_dir / rules.LAST_BACKUP
    return datetime.fromisoformat(json.loads(note.read_text(encoding="utf-8"))["made_at"]) if note.exists() else None


def _without_password(url: str) -> str:
    head, at, tail = url.rpartition("@")
    return f"{head.rpartition(':')[0]}:…{at}{tail}" if at and ":" in head.partition("//")[2] else url


def gauges(
    session: Session, settings: Settings, index: search.NodeIndex, *, now: datetime
) -> Mapping[str, tuple[str, float]]:
    """Return what a monitor watches, name to help and value: how far the index and the job runner are behind."""
    beat = _moment_of(settings.data_dir / rules.PULSE)
    found = {
        "helpdesk_index_lag": (
            "Changes in the database that this index has not seen.",
            float(outbox.last_entry(session) - (search.applied_entry(index) or 0)),
        ),
        "helpdesk_index_usable": ("1 when the index answers.", float(index.documents.is_usable)),
        "helpdesk_disk_free_bytes": ("Room on the disk of the data folder.", float(_free_bytes(settings))),
    }
    for state, count in deliveries(session).items():
        found[f"helpdesk_newsletter_{state}"] = (f"Copies of newsletters that are {state}.", float(count))
    if beat is not None:
        quiet = (now - beat).total_seconds()
        found["helpdesk_worker_quiet_seconds"] = ("Seconds since the job runner gave a sign.", quiet)
    return found


def _free_bytes(settings: Settings) -> int:
    return shutil.disk_usage(settings.data_dir).free
