"""Reading who has access, and the audit log."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Self

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from helpdesk.accounts import queries as accounts
from helpdesk.accounts.models import User
from helpdesk.core.audit import AuditEntry
from helpdesk.core.clock import BRUSSELS
from helpdesk.core.paging import Page

PER_PAGE = 50


@dataclass(frozen=True)
class AccountRow:
    """One account in the list of the administrator."""

    id: int
    email: str
    display_name: str
    roles: str
    state: str
    has_second_factor: bool
    last_seen_at: datetime | None

    @classmethod
    def of(cls, user: User, last_seen_at: datetime | None) -> Self:
        """Describe an account."""
        return cls(
            id=user.id,
            email=user.email,
            display_name=user.display_name,
            roles=", ".join(sorted(role.label for role in user.roles)),
            state=state_of(user),
            has_second_factor=user.second_factor_at is not None,
            last_seen_at=last_seen_at,
        )


def state_of(user: User) -> str:
    """Return in words whether an account can be used."""
    state = "gesloten" if not user.is_active else "actief" if user.password_hash else "uitgenodigd"
    return f"{state} (demo)" if user.is_demo else state


@dataclass(frozen=True)
class Wanted:
    """Which entries of the log: of one account, of one kind, about one record, within days in Brussels."""

    user_id: int | None = None
    kind: str = ""
    subject_id: str = ""
    first_on: date | None = None
    last_on: date | None = None


def persons_with_access(session: Session) -> list[AccountRow]:
    """Return all accounts by address, closed ones too."""
    seen = accounts.last_seen(session)
    return [AccountRow.of(user, seen.get(user.id)) for user in accounts.users(session)]


def entries(session: Session, wanted: Wanted, *, number: int) -> Page[AuditEntry]:
    """Return one page of the log, the newest entry first."""
    where = _conditions(wanted)
    total = session.scalar(select(func.count()).select_from(AuditEntry).where(*where)) or 0
    query = select(AuditEntry).where(*where).order_by(AuditEntry.noted_at.desc(), AuditEntry.id.desc())
    found = session.scalars(query.limit(PER_PAGE).offset((number - 1) * PER_PAGE)).all()
    return Page(items=found, number=number, per_page=PER_PAGE, total=total)


def kinds(session: Session) -> list[str]:
    """Return the kinds of record the log speaks of ("advice" of "advice.read"), by name."""
    acts = session.scalars(select(AuditEntry.act).distinct())
    return sorted({act.partition(".")[0] for act in acts})


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.user_id is not None:
        found.append(AuditEntry.user_id == wanted.user_id)
    if wanted.kind:
        found.append(AuditEntry.act.startswith(f"{wanted.kind}.", autoescape=True))
    if wanted.subject_id:
        found.append(AuditEntry.subject_id == wanted.subject_id)
    if wanted.first_on is not None:
        found.append(AuditEntry.noted_at >= _midnight(wanted.first_on))
    if wanted.last_on is not None:
        found.append(AuditEntry.noted_at < _midnight(wanted.last_on + timedelta(days=1)))
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=BRUSSELS)
