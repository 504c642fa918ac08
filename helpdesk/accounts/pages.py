"""What the pages about accounts hand to their templates."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Self

from helpdesk.accounts.forms import AskLinkForm, ChangePasswordForm, NewPasswordForm, SignInForm
from helpdesk.accounts.models import User, UserSession
from helpdesk.accounts.rules import OBLIGED
from helpdesk.web.views import PageBase


@dataclass(frozen=True, kw_only=True)
class SignInPage(PageBase):
    """The page to sign in; `problem` is one Dutch sentence when the last try failed.

    `organisation` holds the words on the link to single sign-on, None when there is none.
    """

    template: ClassVar[str] = "accounts/sign_in.html"

    form: SignInForm
    organisation: str | None = None
    problem: str | None = None
    title: str = "Aanmelden"
    may_be_indexed: bool = False
    is_counted: bool = False


@dataclass(frozen=True, kw_only=True)
class AskLinkPage(PageBase):
    """The page of someone who forgot a password; `is_asked` when the form was sent."""

    template: ClassVar[str] = "accounts/ask_link.html"

    form: AskLinkForm
    is_asked: bool = False
    problem: str | None = None
    title: str = "Wachtwoord vergeten"
    may_be_indexed: bool = False


@dataclass(frozen=True, kw_only=True)
class UseLinkPage(PageBase):
    """The page where someone with a link from a mail chooses a password; without a form the link is good no more."""

    template: ClassVar[str] = "accounts/use_link.html"

    action: str
    form: NewPasswordForm | None = None
    email: str = ""
    problems: Sequence[str] = ()
    title: str = "Kies een wachtwoord"
    may_be_indexed: bool = False


@dataclass(frozen=True, kw_only=True)
class ChangePasswordPage(PageBase):
    """The page to change one's own password."""

    template: ClassVar[str] = "accounts/change_password.html"

    form: ChangePasswordForm
    email: str
    problems: Sequence[str] = ()
    title: str = "Wachtwoord wijzigen"
    may_be_indexed: bool = False


@dataclass(frozen=True)
class SessionRow:
    """One session of one's own: on which browser, since when, and whether it is the present one."""

    id: int
    browser: str
    started_at: datetime
    last_seen_at: datetime
    is_here: bool

    @classmethod
    def of(cls, session: UserSession, *, here: int | None = None) -> Self:
        """Describe a session."""
        seen = session.last_seen_at or session.started_at
        return cls(session.id, session.browser or "Een browser", session.started_at, seen, session.id == here)


@dataclass(frozen=True, kw_only=True)
class AccountPage(PageBase):
    """One's own account: roles, password, second step, and where one is signed in."""

    template: ClassVar[str] = "accounts/account.html"

    email: str
    display_name: str
    roles: str
    password_set_at: datetime | None
    second_factor_at: datetime | None
    is_exempt: bool
    sessions: list[SessionRow] = field(default_factory=list)
    title: str = "Mijn account"
    may_be_indexed: bool = False

    @classmethod
    def of(cls, user: User, sessions: Sequence[UserSession], *, here: int, demo_is_exempt: bool) -> Self:
        """Describe the account of who asks."""
        return cls(
            email=user.email,
            display_name=user.display_name,
            roles=", ".join(sorted(role.label for role in user.roles)),
            password_set_at=user.password_set_at,
            second_factor_at=user.second_factor_at,
            is_exempt=bool(user.is_demo and demo_is_exempt and OBLIGED & user.roles and not user.second_factor_at),
            sessions=[SessionRow.of(one, here=here) for one in sessions],
        )
