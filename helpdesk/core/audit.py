"""The audit log: who did what to which record, never the text itself. Append only, and sealed as one chain.

Each entry gets a number and a seal when its transaction commits: a digest of the seal before it and of its own
content. Whoever changes, removes or adds an entry behind the back of the application breaks the chain there, and
`verify` finds it. What it cannot see is that the newest entries were cut off: note the last seal elsewhere for that.

There is one chain, whatever the number of nodes. Sealing is the last thing a transaction does, so the lock that keeps
two nodes from taking the same number is held for the commit only and nothing can wait crosswise for it.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import JSON, String, event, func, select, text
from sqlalchemy.orm import Mapped, Mapper, Session, mapped_column
from sqlalchemy.orm.attributes import get_history

from helpdesk.core.db import Base

NO_SEAL = "0" * 64
_LOCK = 7_405_214  # any constant of ours, beside the one of migrations: who seals next on PostgreSQL
_UNSEALED = "audit_unsealed"
_CODE = re.compile(r"[\w.,:+/-]{0,80}")
_AT_A_TIME = 500

Value = str | int | bool | None
Changes = Mapping[str, tuple[Value, Value]]


class FreeText(ValueError):
    """A change was noted with words in it: the log keeps codes, numbers and yes or no."""


class AppendOnly(RuntimeError):
    """An entry that is sealed was about to be changed or removed."""


class AuditEntry(Base):
    """One act of a colleague or a command. Append only."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    act: Mapped[str] = mapped_column(String(60), index=True)
    subject_id: Mapped[str] = mapped_column(String(200))
    user_id: Mapped[int | None] = mapped_column(index=True)
    noted_at: Mapped[datetime] = mapped_column(index=True)
    detail: Mapped[str | None] = mapped_column(String(300))  # the reason someone gave, never data of a person
    changes: Mapped[dict[str, list[Value]] | None] = mapped_column(JSON(none_as_null=True))  # field: [before, after]
    number: Mapped[int | None] = mapped_column(unique=True)  # place in the chain, from 1; none until it is sealed
    seal: Mapped[str | None] = mapped_column(String(64))


@dataclass(frozen=True)
class Broken:
    """Where the chain does not hold: the number, the entry that stands there (None when there is none), and why."""

    number: int
    entry_id: int | None
    why: str


@dataclass(frozen=True)
class Chain:
    """The whole chain as it was read: how many entries, the last seal, and the first place where it is broken."""

    entries: int
    last_seal: str
    broken: Broken | None


def note(
    session: Session,
    act: str,
    *,
    subject_id: object,
    by: int | None,
    at: datetime,
    detail: str | None = None,
    changes: Changes | None = None,
) -> None:
    """Add one entry to the audit log; `act` reads "advice.recorded", `by` is a user id or None for a command.

    Raises:
        FreeText: a change holds more than a code, a number or yes or no.
    """
    kept = {field: [_code(before), _code(after)] for field, (before, after) in changes.items()} if changes else None
    session.add(AuditEntry(act=act, subject_id=str(subject_id), user_id=by, noted_at=at, detail=detail, changes=kept))
    session.info[_UNSEALED] = True


def verify(session: Session) -> Broken | None:
    """Return the first entry that breaks the chain, or None when it is whole."""
    return read_chain(session).broken


def read_chain(session: Session) -> Chain:
    """Read all entries in the order of the chain and check each seal."""
    number, seal = 0, NO_SEAL
    for entry in _in_order(session):
        number += 1
        if entry.number != number:
            return Chain(number - 1, seal, Broken(number, None, "deze regel ontbreekt"))
        if entry.seal != (due := seal_of(entry, after=seal)):
            return Chain(number - 1, seal, Broken(number, entry.id, "de inhoud past niet bij het zegel"))
        seal = due
    loose = session.scalars(select(AuditEntry.id).where(AuditEntry.number.is_(None)).order_by(AuditEntry.id)).first()
    broken = Broken(number + 1, loose, "deze regel heeft geen zegel") if loose is not None else None
    return Chain(number, seal, broken)


def seal_of(entry: AuditEntry, *, after: str) -> str:
    """Return the seal an entry must carry when it comes after the one with that seal."""
    content = [
        after,
        entry.number,
        entry.act,
        entry.subject_id,
        entry.user_id,
        entry.noted_at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.detail,
        entry.changes,
    ]
    written = json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode("ascii")).hexdigest()


def _in_order(session: Session) -> Iterator[AuditEntry]:
    """Read the sealed entries a few hundred at a time: a log of years does not fit in memory."""
    last = 0
    query = select(AuditEntry).order_by(AuditEntry.number).limit(_AT_A_TIME)
    while entries := session.scalars(query.where(AuditEntry.number > last)).all():
        yield from entries
        last = entries[-1].number or last
        for entry in entries:
            session.expunge(entry)


def _code(value: Value) -> Value:
    if isinstance(value, str) and not _CODE.fullmatch(value):
        raise FreeText
    return value


@event.listens_for(Session, "before_commit")
def _seal(session: Session) -> None:
    """Give the new entries their numbers and seals, right before the transaction ends."""
    if session.in_nested_transaction() or not session.info.pop(_UNSEALED, False):
        return
    session.flush()  # on SQLite this takes the lock of the one writer
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    number = session.scalar(select(func.max(AuditEntry.number))) or 0
    seal = session.scalar(select(AuditEntry.seal).where(AuditEntry.number == number)) or NO_SEAL
    loose = select(AuditEntry).where(AuditEntry.number.is_(None)).order_by(AuditEntry.id)
    for entry in session.scalars(loose).all():
        number += 1
        entry.number = number
        entry.seal = seal = seal_of(entry, after=seal)
    session.flush()


@event.listens_for(AuditEntry, "before_update")
def _refuse_change(_mapper: Mapper[AuditEntry], _connection: object, entry: AuditEntry) -> None:
    if "number" not in _changed(entry) or get_history(entry, "number").deleted not in ([None], ()):
        raise AppendOnly(entry.id)


@event.listens_for(AuditEntry, "before_delete")
def _refuse_removal(_mapper: Mapper[AuditEntry], _connection: object, entry: AuditEntry) -> None:
    raise AppendOnly(entry.id)


def _changed(entry: AuditEntry) -> set[str]:
    return {name for name in entry.__mapper__.columns.keys() if get_history(entry, name).has_changes()}  # noqa: SIM118 - a collection of columns, no mapping
