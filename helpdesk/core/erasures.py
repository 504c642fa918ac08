"""The ledger of erasures: whose data had to go, known by a keyed digest of the address only.

A backup made before an erasure still holds the person. So each erasure is an entry of the database and, within a
minute, a line of a file beside it that is only added to: whoever puts a backup back erases everybody of both again.
Entries are never removed: they name nobody, and nobody knows how long a backup lives.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy import JSON, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from helpdesk.core.db import Base

LEDGER = "erasures.jsonl"
"""The name of the file in the data folder."""

_OWNER_ONLY = 0o600


class PersonKind(StrEnum):
    """As what an address is known; the value stands in the ledger, in exports and in forms."""

    FOLLOWER = "volger"
    SUBSCRIBER = "abonnee"
    ACCOUNT = "account"


class Erasure(Base):
    """One erasure of one address. Append only."""

    __tablename__ = "erasure"

    id: Mapped[int] = mapped_column(primary_key=True)
    address_digest: Mapped[str] = mapped_column(String(64), index=True)
    kinds: Mapped[list[str]] = mapped_column(JSON)  # of PersonKind, in their order
    erased_at: Mapped[datetime]


@dataclass(frozen=True, order=True)
class Entry:
    """One line of the ledger: what was known before `erased_at` under an address with this digest is gone."""

    erased_at: datetime
    address_digest: str
    kinds: tuple[str, ...]

    def as_line(self) -> str:
        """Return the line of the file, with its end."""
        values = {
            "erased_at": self.erased_at.isoformat(),
            "address_digest": self.address_digest,
            "kinds": list(self.kinds),
        }
        return f"{json.dumps(values)}\n"


def note(session: Session, address_digest: str, kinds: Iterable[PersonKind], *, at: datetime) -> None:
    """Add an entry to the ledger, unless it is there."""
    entry = Entry(at, address_digest, tuple(sorted(kind.value for kind in kinds)))
    add(session, [entry])


def add(session: Session, given: Iterable[Entry]) -> int:
    """Add the entries that are not in the database yet; return how many."""
    missing = sorted(set(given) - set(entries(session)))
    session.add_all(
        Erasure(address_digest=one.address_digest, kinds=list(one.kinds), erased_at=one.erased_at) for one in missing
    )
    session.flush()
    return len(missing)


def entries(session: Session) -> list[Entry]:
    """Return the entries of the database, the oldest first."""
    rows = session.scalars(select(Erasure).order_by(Erasure.erased_at, Erasure.id))
    return [Entry(row.erased_at, row.address_digest, tuple(row.kinds)) for row in rows]


def read_ledger(file: Path) -> list[Entry]:
    """Return the entries of the file, the oldest first; a last line that was cut off by a crash is no entry."""
    if not file.exists():
        return []
    found = set()
    for line in file.read_text(encoding="ascii").splitlines():
        try:
            values = json.loads(line)
            moment = datetime.fromisoformat(values["erased_at"])
            found.add(Entry(moment, str(values["address_digest"]), tuple(map(str, values["kinds"]))))
        except (ValueError, KeyError, TypeError):
            continue
    return sorted(found)


def keep_ledger(session: Session, file: Path) -> int:
    """Add to the file what the database has more, and see it safely on the disk; return how many lines.

    Raises:
        OSError: the disk is full; the lines follow at the next call.
    """
    missing = sorted(set(entries(session)) - set(read_ledger(file)))
    if not missing:
        return 0
    with os.fdopen(os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT, _OWNER_ONLY), "r+", encoding="ascii") as lines:
        whole = lines.read()
        start = "" if whole.endswith("\n") or not whole else "\n"  # a crash left half a line
        lines.write(start + "".join(one.as_line() for one in missing))
        lines.flush()
        os.fsync(lines.fileno())
    return len(missing)
