"""What a backup looks like inside: pure, no database.

A backup is a gzipped tar: `manifest.json`, `tables/<table>.jsonl` with one row a line, `uploads/…`. It names no kind of
database, so what was written on SQLite can be restored on PostgreSQL and the other way round.
"""

import base64
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, DateTime, LargeBinary
from sqlalchemy.types import TypeEngine

FORMAT = 1
PULSE = "worker.alive"  # file the job runner touches every minute
LAST_BACKUP = "last-backup.json"  # file that tells when the last one was made
MANIFEST = "manifest.json"
TABLES = "tables/"
UPLOADS = "uploads/"
SAFE_WAL = (3, 51, 3)
LEAST_ROOM_BYTES, LITTLE_ROOM_BYTES = 200_000_000, 2_000_000_000
LEAST_SECRET, LEAST_DIFFERENT_SIGNS = 32, 10
OLD_BACKUP_HOURS = 50  # a night may fail once
CLOCK_SECONDS = 60
QUIET_MINUTES = 5
CONTACT_LASTS = timedelta(days=180)
MOST_VIOLATIONS = 10  # of one report; a page that breaks once breaks often
_DIRECTIVE = re.compile(r"[a-z-]{1,40}")
_ORIGIN = re.compile(r"https?://[a-z0-9.-]{1,100}(?::\d{1,5})?(?=[/?#]|$)")


class BackupUnreadable(ValueError):
    """A file is no backup of ours, or was damaged; the message says so in Dutch and nothing was changed."""


@dataclass(frozen=True)
class TableNote:
    """What must be found again of one table: its rows and the digest of its lines."""

    rows: int
    sha256: str
    columns: Sequence[str]


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. `migration` is the one its database had; `uploads` counts the files."""

    format: int
    made_at: str
    migration: str
    tables: Mapping[str, TableNote]
    uploads: int

    def as_json(self) -> str:
        """Return the manifest as it stands in the file."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True)

    @property
    def rows(self) -> int:
        """The rows of all tables together."""
        return sum(table.rows for table in self.tables.values())


def is_kept(table: str) -> bool:
    """Tell whether a table belongs in a backup: not the migration, which the manifest names, nor the job queue."""
    return table != "alembic_version" and not table.startswith("huey_")


def read_manifest(text: str) -> Manifest:
    """Read a manifest.

    Raises:
        BackupUnreadable: it is none, or of a format this version does not know.
    """
    try:
        fields = json.loads(text)
        tables = {name: TableNote(**note) for name, note in fields.pop("tables").items()}
        manifest = Manifest(tables=tables, **fields)
    except (ValueError, TypeError, KeyError, AttributeError) as wrong:
        raise BackupUnreadable("Dit is geen reservekopie van de helpdesk, of ze is beschadigd.") from wrong
    if manifest.format != FORMAT:
        raise BackupUnreadable("Deze reservekopie komt van een nieuwere versie. Werk eerst de helpdesk bij.")
    return manifest


def write_row(row: Sequence[Any]) -> str:
    """Return one row as one line: moments in UTC, dates, bytes and all that JSON knows."""
    return json.dumps([_plain(value) for value in row], ensure_ascii=False, separators=(",", ":"))


def read_row(line: str, columns: Sequence[str], types: Mapping[str, TypeEngine[Any]]) -> dict[str, Any]:
    """Return the values of one line by column, as the driver of any database takes them.

    Raises:
        BackupUnreadable: the line is no row of this table.
    """
    try:
        values = json.loads(line)
        return {name: _typed(value, types[name]) for name, value in zip(columns, values, strict=True)}
    except (ValueError, TypeError, KeyError) as wrong:
        raise BackupUnreadable(
            "Een rij van de reservekopie past niet bij haar tabel; er is niets gewijzigd."
        ) from wrong


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode("ascii")
    return value


def _typed(value: Any, kind: TypeEngine[Any]) -> Any:  # noqa: ANN401 - whatever a column holds
    if value is None:
        return None
    if isinstance(kind, DateTime):
        return datetime.fromisoformat(value)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    if isinstance(kind, LargeBinary):
        return base64.b64decode(value)
    return value


class State(StrEnum):
    """How one part of the house does."""

    GOOD = "good"
    MIND = "mind"  # works, and asks for attention
    BAD = "bad"  # does not work, or will lose something


@dataclass(frozen=True)
class Finding:
    """What an examination found about one subject, and what to do, in Dutch."""

    subject: str
    state: State
    words: str


def check_journal(version: tuple[int, ...], mode: str) -> Finding:
    """Judge how SQLite writes: WAL is not safe for two processes before 3.51.3 (decision 3)."""
    words = f"SQLite {'.'.join(map(str, version))}, journaal '{mode}'"
    if mode == "wal" and version < SAFE_WAL:
        return Finding("journaal", State.BAD, f"{words}: deze versie kan de databank beschadigen. Zet het op 'delete'.")
    return Finding("journaal", State.GOOD, words)


def check_room(free_bytes: int, subject: str) -> Finding:
    """Judge how much room a disk has left."""
    words = f"{free_bytes / 1e9:.1f} GB vrij"
    if free_bytes < LEAST_ROOM_BYTES:
        return Finding(subject, State.BAD, f"{words}: bijna vol. Maak plaats, of er gaat schrijfwerk mislukken.")
    if free_bytes < LITTLE_ROOM_BYTES:
        return Finding(subject, State.MIND, f"{words}: maak binnenkort plaats.")
    return Finding(subject, State.GOOD, words)


def check_secret(secret: str) -> Finding:
    """Judge whether the key that signs cookies can be guessed."""
    if len(secret) < LEAST_SECRET or len(set(secret)) < LEAST_DIFFERENT_SIGNS:
        return Finding("geheim", State.BAD, "HELPDESK_SECRET_KEY is te raden. Maak een nieuwe, willekeurige sleutel.")
    return Finding("geheim", State.GOOD, f"{len(secret)} tekens")


def check_backup_age(made_at: datetime | None, now: datetime) -> Finding:
    """Judge when the last backup of this node was made."""
    if made_at is None:
        return Finding("reservekopie", State.MIND, "op deze machine is er nog geen gemaakt: helpdesk backup BESTAND.")
    hours = (now - made_at).total_seconds() / 3_600
    words = f"de laatste is van {made_at:%Y-%m-%d %H:%M} UTC"
    return Finding("reservekopie", State.GOOD if hours <= OLD_BACKUP_HOURS else State.MIND, words)


def check_clock(newest: datetime | None, now: datetime, server: datetime | None) -> Finding:
    """Judge the clock of this machine against the newest moment in the database and the clock of its server."""
    if server is not None and abs((server - now).total_seconds()) > CLOCK_SECONDS:
        return Finding("klok", State.BAD, "de klok van deze machine verschilt van die van de databank. Zet NTP aan.")
    if newest is not None and (newest - now).total_seconds() > CLOCK_SECONDS:
        return Finding(
            "klok", State.BAD, "de databank bevat een tijdstip in de toekomst: de klok liep voor of staat achter."
        )
    return Finding("klok", State.GOOD, "loopt gelijk met de databank")


def check_pulse(beat_at: datetime | None, now: datetime) -> Finding:
    """Judge whether a job runner works: it leaves a sign every minute."""
    if beat_at is None:
        return Finding("taken", State.MIND, "op deze machine liep nog geen taakuitvoerder: helpdesk worker.")
    minutes = (now - beat_at).total_seconds() / 60
    if minutes > QUIET_MINUTES:
        return Finding(
            "taken", State.BAD, f"de taakuitvoerder zweeg {minutes:.0f} minuten. Start hem: helpdesk worker."
        )
    return Finding("taken", State.GOOD, "de taakuitvoerder werkt")


@dataclass(frozen=True)
class Violation:
    """What a browser refused to load: the rule that forbade it, and where it came from. Never a page or a path."""

    directive: str
    blocked: str


def read_violations(body: bytes, own_origin: str) -> list[Violation]:
    """Read what browsers report about the policy for content, in either form; nothing of anything else.

    `blocked` is "self", an origin such as https://elders.test, or a word such as inline; "-" when it is none of these.
    """
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return []
    told = told[:MOST_VIOLATIONS] if isinstance(told, list) else [told]
    found = [_violation(one, own_origin) for one in told if isinstance(one, dict)]
    return [one for one in found if one is not None]


def _violation(told: Mapping[str, Any], own_origin: str) -> Violation | None:
    """Read a report of the older form (csp-report) or the newer one (body); None when it is neither."""
    fields = told.get("csp-report", told.get("body"))
    if not isinstance(fields, dict):
        return None
    directive = fields.get("effectiveDirective", fields.get("effective-directive", fields.get("violated-directive")))
    blocked = fields.get("blockedURL", fields.get("blocked-uri"))
    if not isinstance(directive, str) or not _DIRECTIVE.fullmatch(directive):
        return None
    return Violation(directive, _origin(blocked, own_origin) if isinstance(blocked, str) else "-")


def _origin(blocked: str, own_origin: str) -> str:
    found = _ORIGIN.match(blocked.lower())
    if found is not None:
        return "self" if found[0] == own_origin else found[0]
    return blocked if _DIRECTIVE.fullmatch(blocked) else "-"
