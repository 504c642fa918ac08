"""What the pages about single sign-on hand to their templates."""

from dataclasses import dataclass
from typing import ClassVar

from helpdesk.single_sign_on.forms import ReturnForm
from helpdesk.web.views import PageBase


@dataclass(frozen=True, kw_only=True)
class ReturnPage(PageBase):
    """The page on which one comes back from the provider: sending its form signs in, looking at it changes nothing."""

    template: ClassVar[str] = "single_sign_on/return.html"

    form: ReturnForm
    title: str = "Aanmelden"
    may_be_indexed: bool = False


@dataclass(frozen=True, kw_only=True)
class RefusedPage(PageBase):
    """The page that says why one is not signed in and what to do."""

    template: ClassVar[str] = "single_sign_on/refused.html"

    advice: str
    title: str = "Aanmelden met je organisatie lukte niet"
    may_be_indexed: bool = False
