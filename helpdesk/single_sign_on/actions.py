"""Starting a session for whom the identity provider vouches; never commits, and makes no account or role."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from helpdesk.accounts import actions as accounts
from helpdesk.accounts import queries as account_queries
from helpdesk.accounts.actions import LoginRefused
from helpdesk.accounts.rules import TWO_FACTORS
from helpdesk.single_sign_on.rules import Person, Question


class NoAccount(LoginRefused):
    """The provider knows this person and we do not, or the account is closed."""


def sign_in_by_provider(
    session: Session, person: Person, question: Question, *, now: datetime, lasts: timedelta, browser: str
) -> str:
    """Start a session and return its token.

    Raises:
        NoAccount: nobody here has this address.
        LoginRefused: this answer of the provider was used before.
    """
    user = account_queries.find_user_by_email(session, person.email)
    if user is None or not user.is_active or user.is_demo:
        raise NoAccount
    factors = TWO_FACTORS if person.is_strong else 1
    return accounts.start_session(
        session, user, now=now, lasts=lasts, browser=browser, factors=factors, proof=question.nonce
    )
