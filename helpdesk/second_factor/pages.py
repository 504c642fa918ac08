"""What the pages about the second step hand to their templates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from helpdesk.second_factor.forms import NewPasskeyForm, PasskeyForm, StepForm, TotpForm
from helpdesk.second_factor.rules import Picture
from helpdesk.web.views import PageBase


@dataclass(frozen=True)
class PasskeyRow:
    """One passkey in the list of its owner."""

    id: int
    name: str
    added_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class SecondFactorPage(PageBase):
    """One's own second factors; `must_set_up` when nothing else is open until there is one."""

    template: ClassVar[str] = "second_factor/overview.html"

    must_set_up: bool
    is_obliged: bool
    has_app: bool
    passkeys: Sequence[PasskeyRow]
    codes_left: int
    problems: Sequence[str] = ()
    title: str = "Tweede stap bij het aanmelden"
    may_be_indexed: bool = False


@dataclass(frozen=True, kw_only=True)
class AddTotpPage(PageBase):
    """The page to take an authenticator app into use: its key as a picture, to type, and as an address."""

    template: ClassVar[str] = "second_factor/add_totp.html"

    form: TotpForm
    key_in_groups: str
    app_address: str
    picture: Picture
    problems: Sequence[str] = ()
    title: str = "Een app instellen"
    may_be_indexed: bool = False


@dataclass(frozen=True, kw_only=True)
class AddPasskeyPage(PageBase):
    """The page to make a passkey; `options` is what the browser needs, None where the address allows no passkeys."""

    template: ClassVar[str] = "second_factor/add_passkey.html"

    form: NewPasskeyForm
    options: str | None
    problems: Sequence[str] = ()
    title: str = "Een passkey maken"
    may_be_indexed: bool = False


@dataclass(frozen=True, kw_only=True)
class RecoveryCodesPage(PageBase):
    """The recovery codes, shown this once."""

    template: ClassVar[str] = "second_factor/recovery_codes.html"

    codes: Sequence[str]
    done: str
    title: str = "Je herstelcodes"
    may_be_indexed: bool = False


@dataclass(frozen=True, kw_only=True)
class SecondStepPage(PageBase):
    """The second step of signing in: a code, or a passkey when the account has one."""

    template: ClassVar[str] = "second_factor/second_step.html"

    form: StepForm
    passkey_form: PasskeyForm
    options: str | None
    problem: str | None = None
    title: str = "Tweede stap"
    may_be_indexed: bool = False


@dataclass(frozen=True, kw_only=True)
class PasskeySignInPage(PageBase):
    """The page to sign in with a passkey and nothing else."""

    template: ClassVar[str] = "second_factor/passkey_sign_in.html"

    form: PasskeyForm
    options: str | None
    problem: str | None = None
    title: str = "Aanmelden met een passkey"
    may_be_indexed: bool = False
