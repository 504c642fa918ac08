"""Reading all that is held about an address."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Table, func, or_, select
from sqlalchemy.orm import Session

from helpdesk.accounts import queries as accounts
from helpdesk.accounts.models import User
from helpdesk.alerts import queries as alerts
from helpdesk.alerts.models import AlertFollower
from helpdesk.core.audit import AuditEntry
from helpdesk.core.db import Base
from helpdesk.core.erasures import PersonKind
from helpdesk.newsletters import queries as newsletters
from helpdesk.newsletters.models import Subscriber
from helpdesk.persons import rules

Json = dict[str, Any]


@dataclass(frozen=True)
class Held:
    """Who is known under an address."""

    follower: AlertFollower | None = None
    subscriber: Subscriber | None = None
    account: User | None = None

    @property
    def kinds(self) -> list[PersonKind]:
        """As what the address is known, in a fixed order."""
        known = {
            PersonKind.FOLLOWER: self.follower,
            PersonKind.SUBSCRIBER: self.subscriber,
            PersonKind.ACCOUNT: self.account,
        }
        return [kind for kind, row in known.items() if row is not None]

    @property
    def addresses(self) -> list[str]:
        """The address as each of them keeps it."""
        kept = [
            self.follower.address if self.follower else None,
            self.subscriber.email if self.subscriber else None,
            self.account.email if self.account else None,
        ]
        return list(dict.fromkeys(one for one in kept if one is not None))


def find_held(session: Session, spellings: Sequence[str]) -> Held:
    """Return who is known under an address, however it is kept."""
    return Held(
        follower=next(filter(None, (alerts.find_follower(session, one) for one in spellings)), None),
        subscriber=next(filter(None, (newsletters.find_by_email(session, one) for one in spellings)), None),
        account=next(filter(None, (accounts.find_user_by_email(session, one) for one in spellings)), None),
    )


def export(session: Session, held: Held, *, address: str, now: datetime) -> Json:
    """Return everything that is held about an address, as JSON can hold it; secrets are only named.

    Of an account: its own rows, how many records of the house carry its number, and its lines in the audit log. What a
    colleague wrote in those records is about callers and law, not about the colleague, and is not in it.
    """
    found: Json = {"adres": address, "gemaakt_op": now.isoformat(), "gekend_als": [kind.value for kind in held.kinds]}
    if held.follower is not None:
        found[PersonKind.FOLLOWER.value] = _with_own(session, AlertFollower, held.follower.id)
    if held.subscriber is not None:
        found[PersonKind.SUBSCRIBER.value] = _with_own(session, Subscriber, held.subscriber.id)
    if held.account is not None:
        found[PersonKind.ACCOUNT.value] = _with_own(session, User, held.account.id)
        found["werk"] = dict(_records_of(session, held.account.id))
        found["logboek"] = _log_of(session, held.account.id)
    return found


def own_tables(of: Table) -> list[tuple[Table, ForeignKey]]:
    """Return the tables whose rows belong to a row of another: they go, or let go, when it goes; by name."""
    return [
        (table, key)
        for table in _all_tables()
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name)
        if key.column.table is of and key.ondelete is not None and table.name not in rules.NOT_OF_THE_PERSON
    ]


def _with_own(session: Session, model: type[Base], row_id: int) -> dict[str, list[Json]]:
    """Return a row with all rows that belong to it and to those, by table."""
    top = _table(model)
    found = {top.name: _rows(session, top, "id", [row_id])}
    waiting = [top]
    while waiting:
        parent = waiting.pop(0)
        for table, key in own_tables(parent):
            numbers = [row[key.column.name] for row in found[parent.name]]
            rows = _rows(session, table, key.parent.name, numbers)
            if rows and table.name not in found:
                found[table.name] = rows
                waiting.append(table)
    return found


def _rows(session: Session, table: Table, column: str, values: Sequence[Any]) -> list[Json]:
    query = select(table).where(table.c[column].in_(values)).order_by(*table.primary_key.columns)
    return [
        {name: _shown(table.name, name, value) for name, value in row.items()}
        for row in session.execute(query).mappings()
    ]


def _shown(table: str, column: str, value: object) -> object:
    if (table, column) in rules.SECRETS:
        return rules.SECRET if value else None
    return value.isoformat() if isinstance(value, date) else value


def _records_of(session: Session, user_id: int) -> Iterator[tuple[str, int]]:
    """Give how many records of the house carry the number of an account, by column, without those of the log."""
    for table in _all_tables():
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name):
            if key.column.table is _table(User) and key.ondelete is None:
                count = session.scalar(select(func.count()).select_from(table).where(key.parent == user_id))
                if count:
                    yield f"{table.name}.{key.parent.name}", count


def _log_of(session: Session, user_id: int) -> list[Json]:
    """Return what an account did and what was done with it, the oldest first."""
    about = AuditEntry.act.startswith("user.", autoescape=True) & (AuditEntry.subject_id == str(user_id))
    entries = session.scalars(
        select(AuditEntry).where(or_(AuditEntry.user_id == user_id, about)).order_by(AuditEntry.id)
    )
    return [
        {"wat": entry.act, "record": entry.subject_id, "wanneer": entry.noted_at.isoformat(), "reden": entry.detail}
        for entry in entries
    ]


def _all_tables() -> list[Table]:
    return [table for _, table in sorted(Base.metadata.tables.items())]


def _table(model: type[Base]) -> Table:
    table = model.__table__
    if not isinstance(table, Table):
        raise TypeError(model)
    return table
