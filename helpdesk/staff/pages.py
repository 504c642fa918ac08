"""What the pages about colleagues and the log hand to their templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Self

from helpdesk.accounts.models import User, UserSession
from helpdesk.accounts.pages import SessionRow
from helpdesk.core.audit import AuditEntry
from helpdesk.core.paging import Page
from helpdesk.staff import rules
from helpdesk.staff.forms import InviteForm, RolesForm
from helpdesk.staff.queries import AccountRow, Wanted
from helpdesk.web.views import PageBase


@dataclass(frozen=True, kw_only=True)
class AccountsPage(PageBase):
    """The list of accounts: who has access."""

    template: ClassVar[str] = "staff/list.html"

    accounts: Sequence[AccountRow]
    title: str = "Accounts"
    may_be_indexed: bool = False


@dataclass(frozen=True, kw_only=True)
class InvitePage(PageBase):
    """The form to invite a colleague."""

    template: ClassVar[str] = "staff/invite.html"

    form: InviteForm
    problems: Sequence[str] = ()
    title: str = "Iemand uitnodigen"
    may_be_indexed: bool = False


@dataclass(frozen=True, kw_only=True)
class ColleaguePage(PageBase):
    """One account, with what an administrator can do about it."""

    template: ClassVar[str] = "staff/colleague.html"

    account: AccountRow
    created_at: datetime
    is_active: bool
    is_invited: bool
    is_own: bool
    form: RolesForm
    sessions: Sequence[SessionRow]
    problems: Sequence[str] = ()
    may_be_indexed: bool = False

    @classmethod
    def of(
        cls,
        user: User,
        form: RolesForm,
        sessions: Sequence[UserSession],
        *,
        last_seen_at: datetime | None,
        reader: int,
        problems: Sequence[str] = (),
    ) -> Self:
        """Describe an account to an administrator."""
        return cls(
            title=user.display_name,
            account=AccountRow.of(user, last_seen_at),
            created_at=user.created_at,
            is_active=user.is_active,
            is_invited=not user.password_hash,
            is_own=user.id == reader,
            form=form,
            sessions=[SessionRow.of(one) for one in sessions],
            problems=problems,
        )


@dataclass(frozen=True)
class EntryRow:
    """One line of the log."""

    number: int | None
    noted_at: datetime
    who: str
    act: str
    subject: str
    changes: Sequence[str]
    detail: str

    @classmethod
    def of(cls, entry: AuditEntry, names: Mapping[int, str]) -> Self:
        """Describe an entry; who is no longer known keeps a number."""
        who = "een commando" if entry.user_id is None else names.get(entry.user_id, f"account {entry.user_id}")
        is_user = entry.act.startswith("user.") and entry.subject_id.isdigit()
        subject = names.get(int(entry.subject_id), entry.subject_id) if is_user else entry.subject_id
        return cls(
            number=entry.number,
            noted_at=entry.noted_at,
            who=who,
            act=rules.act_label(entry.act),
            subject=subject,
            changes=rules.changes_in_words(entry.changes),
            detail=entry.detail or "",
        )


@dataclass(frozen=True, kw_only=True)
class LogPage(PageBase):
    """A page of the audit log, with what it is filtered on."""

    template: ClassVar[str] = "staff/log.html"

    wanted: Wanted
    people: Sequence[tuple[int, str]]
    kinds: Sequence[tuple[str, str]]
    lines: Sequence[EntryRow]
    total: int
    number: int
    pages: int
    previous_address: str | None
    next_address: str | None
    title: str = "Logboek"
    may_be_indexed: bool = False

    @classmethod
    def of(
        cls,
        found: Page[AuditEntry],
        wanted: Wanted,
        *,
        names: Mapping[int, str],
        kinds: Sequence[str],
        previous_address: str | None,
        next_address: str | None,
    ) -> Self:
        """Describe a page of the log."""
        return cls(
            wanted=wanted,
            people=sorted(names.items(), key=lambda one: (one[1].lower(), one[0])),
            kinds=[(kind, rules.KINDS.get(kind, kind)) for kind in kinds],
            lines=[EntryRow.of(entry, names) for entry in found.items],
            total=found.total,
            number=found.number,
            pages=found.count,
            previous_address=previous_address,
            next_address=next_address,
        )
