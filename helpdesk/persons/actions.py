"""Erasing what is held about an address, now and again after a backup was put back; never commits."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Table, delete, select
from sqlalchemy.orm import Session

from helpdesk.accounts import actions as accounts
from helpdesk.accounts.models import User
from helpdesk.accounts.rules import keyed_digest
from helpdesk.alerts import actions as alerts
from helpdesk.alerts.models import AlertFollower
from helpdesk.core import audit, erasures
from helpdesk.core.erasures import Entry, PersonKind
from helpdesk.newsletters import actions as newsletters
from helpdesk.newsletters.models import Subscriber
from helpdesk.persons import queries
from helpdesk.persons.queries import Held


def note_use(session: Session, act: str, held: Held, *, by: int | None, now: datetime) -> None:
    """Note in the audit log that somebody looked up or exported what is held; never about whom."""
    kinds = ",".join(kind.value for kind in held.kinds) or "niets"
    audit.note(session, f"person.{act}", subject_id=kinds, by=by, at=now)


def erase(
    session: Session,
    spellings: Sequence[str],
    kinds: Collection[PersonKind],
    *,
    key: str,
    by: int | None,
    now: datetime,
) -> list[PersonKind]:
    """Erase what is held about an address in these kinds; return in which it was held.

    Followers and readers are deleted. The records a colleague made stay, under a number whose name is "voormalig
    medewerker". The ledger notes every kind that was asked, held or not: an old backup may hold it.

    Raises:
        Rejected: it is one's own account, or nobody would administer the accounts; undo what was begun.
    """
    held = queries.find_held(session, spellings)
    erased = [kind for kind in held.kinds if kind in kinds]
    if PersonKind.ACCOUNT in erased and held.account is not None:
        _erase_account(session, held.account, by=by, now=now)
    if PersonKind.FOLLOWER in erased and held.follower is not None:
        alerts.erase(session, held.follower, keyed_digest(held.follower.address, key=key), now=now)
    if PersonKind.SUBSCRIBER in erased and held.subscriber is not None:
        newsletters.erase(session, held.subscriber, now=now, key=key, by=by)
    for address in spellings:
        for kind in sorted(kinds):
            erasures.note(session, keyed_digest(address, key=key), [kind], at=now)
    audit.note(session, "person.erased", subject_id=",".join(sorted(kinds)), by=by, at=now)
    return erased


def erase_again(session: Session, ledger: Iterable[Entry], *, keys: Sequence[str], now: datetime) -> int:
    """Erase again who was erased after the backup that was put back; return how many.

    Each entry concerns what was known before its moment: who came back later stays. `keys` are the secrets under which
    entries may have been written. The entries themselves are put back in the database too.
    """
    erasures.add(session, ledger)
    entries = _by_digest(erasures.entries(session))
    count = 0
    for follower in session.scalars(select(AlertFollower).order_by(AlertFollower.id)).all():
        found = _entry_of(entries, PersonKind.FOLLOWER, follower.address, follower.asked_at, keys)
        if found is not None:
            alerts.erase(session, follower, found.address_digest, now=found.erased_at)
            count += 1
    for reader in session.scalars(select(Subscriber).order_by(Subscriber.id)).all():
        found = _entry_of(entries, PersonKind.SUBSCRIBER, reader.email, reader.asked_at, keys)
        if found is not None:
            newsletters.erase(session, reader, now=found.erased_at, key=keys[0])
            count += 1
    for user in session.scalars(select(User).order_by(User.id)).all():
        if _entry_of(entries, PersonKind.ACCOUNT, user.email, user.created_at, keys) is not None:
            _erase_account(session, user, by=None, now=now)
            count += 1
    return count


def _by_digest(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.address_digest, []).append(entry)
    return found


def _entry_of(
    entries: Mapping[str, Sequence[Entry]],
    kind: PersonKind,
    address: str,
    known_since: datetime,
    keys: Sequence[str],
) -> Entry | None:
    """Return the last entry of the ledger that concerns what is known under an address since a moment, or None."""
    of_address = (entry for key in keys for entry in entries.get(keyed_digest(address, key=key), ()))
    fitting = (entry for entry in of_address if kind in entry.kinds and known_since <= entry.erased_at)
    return max(fitting, default=None)


def _erase_account(session: Session, user: User, *, by: int | None, now: datetime) -> None:
    """Take a colleague's name off the account and delete what only that colleague had here."""
    accounts.make_former(session, user, by=by, now=now)
    session.flush()
    table = User.__table__
    if isinstance(table, Table):
        for own, key in queries.own_tables(table):
            if key.ondelete == "CASCADE":
                session.execute(delete(own).where(key.parent == user.id))
    session.flush()
    session.expire_all()
