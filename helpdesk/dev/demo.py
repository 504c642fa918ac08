"""Demo data for `helpdesk demo`: accounts and a year of advice, visibly fictitious, safe to repeat."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.accounts import actions as accounts
from helpdesk.accounts import queries as account_queries
from helpdesk.activities import actions as activities
from helpdesk.activities import queries as activity_queries
from helpdesk.advice import actions as advice
from helpdesk.advice import queries as advice_queries
from helpdesk.core.roles import Role
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.dev.demo_activities import demo_activities
from helpdesk.dev.demo_year import demo_year
from helpdesk.figures import actions as figures
from helpdesk.figures import queries as figure_queries
from helpdesk.figures.rules import calendar_year

DEMO_YEAR = 2019


@dataclass(frozen=True)
class DemoAccount:
    """An account that everyone may know: for a demonstration on one's own machine only."""

    email: str
    password: str
    display_name: str
    roles: tuple[Role, ...]


ACCOUNTS = tuple(
    [
        DemoAccount(f"{role.value}@demo.example", f"demo-{role.value}-2019", f"Demo {role.label}", (role,))
        for role in Role
    ]
    + [  # a text is approved by someone else than who wrote it: this one is a jurist too, and may sign for the check
        DemoAccount("redacteur2@demo.example", "demo-redacteur2-2019", "Demo eindredacteur", (Role.EDITOR, Role.JURIST))
    ]
)


def add_demo_accounts(session: Session, now: datetime) -> list[DemoAccount]:
    """Create the demo accounts that are absent, one per role and a second editor; return all with their passwords."""
    for account in ACCOUNTS:
        if account_queries.find_user_by_email(session, account.email) is None:
            accounts.add_user(
                session,
                email=account.email,
                display_name=account.display_name,
                password=account.password,
                roles=account.roles,
                now=now,
                is_demo=True,
            )
    return list(ACCOUNTS)


def demo_jurists(session: Session) -> list[int]:
    """Return the ids of the demo accounts that only answer questions. Raises NotFound before `add_demo_accounts`."""
    return [
        account_queries.get_user_by_email(session, account.email).id
        for account in ACCOUNTS
        if account.roles == (Role.JURIST,)
    ]


def load_demo_year(session: Session, vocabulary: Vocabulary, *, recorded_by: Sequence[int], now: datetime) -> int:
    """Store the demo year 2019; return how much advice was added, 0 when it is there already."""
    period = calendar_year(DEMO_YEAR)
    if advice_queries.demo_advice_exists(session, first_on=period.first_on, last_on=period.last_on):
        return 0
    year = demo_year(vocabulary, recorded_by=recorded_by)
    return advice.store_past_advice(session, year, is_demo=True, now=now)


def load_demo_activities(session: Session, vocabulary: Vocabulary, *, recorded_by: int, now: datetime) -> int:
    """Store the trainings, the guidance and the entered figures of 2019; return how many, 0 when they are there.

    What someone entered for the same year and figure stays as it is.
    """
    if activity_queries.demo_activities_exist(session):
        return 0
    made = demo_activities(vocabulary)
    activities.store_trainings(session, made.trainings, recorded_by=recorded_by, now=now, is_demo=True)
    activities.store_guidance(session, made.guidance, recorded_by=recorded_by, now=now, is_demo=True)
    known = {
        (one.series, one.code, one.year)
        for year in {draft.year for draft in made.entered}
        for one in figure_queries.entered_figures(session, year)
    }
    for draft in made.entered:
        if (draft.series, draft.code, draft.year) not in known:
            figures.enter_figure(session, draft, vocabulary=vocabulary, by=None, now=now)
    for part, lines in made.lines.items():
        if not figure_queries.entered_lines(session, DEMO_YEAR)[part]:
            figures.enter_lines(session, DEMO_YEAR, part, lines, by=None, now=now)
    return len(made.trainings) + len(made.guidance)
