"""What the pages about accounts hand to their templates."""

from dataclasses import dataclass
from typing import ClassVar

from helpdesk.accounts.forms import SignInForm
from helpdesk.web.views import PageBase


@dataclass(frozen=True, kw_only=True)
class SignInPage(PageBase):
    """The page to sign in; `problem` is one Dutch sentence when the last try failed."""

    template: ClassVar[str] = "accounts/sign_in.html"

    form: SignInForm
    problem: str | None = None
    title: str = "Aanmelden"
    may_be_indexed: bool = False
    is_counted: bool = False


@dataclass(frozen=True)
class AccountRow:
    """One account in the list of the administrator."""

    email: str
    display_name: str
    roles: str
    is_active: bool
    is_demo: bool


@dataclass(frozen=True, kw_only=True)
class AccountsPage(PageBase):
    """The list of accounts: who has access."""

    template: ClassVar[str] = "accounts/list.html"

    accounts: list[AccountRow]
    title: str = "Accounts"
    may_be_indexed: bool = False
