"""Several senders at the same moment, on connections of their own: nobody gets a digest twice, nobody none."""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete, select

from helpdesk.alerts import actions, rules
from helpdesk.alerts.actions import Asked
from helpdesk.alerts.cli import Run, send_what_is_due
from helpdesk.alerts.models import AlertAttempt, AlertDigest, AlertFollow, AlertFollower, SendState
from helpdesk.core.vocabulary import Vocabulary
from tests.conftest import House
from tests.helpdesk.alerts.examples import LATER, NOW, THEME, a_library
from tests.mailserver import MailServer

PEOPLE = 12


@pytest.fixture
def people(house: House, vocabulary: Vocabulary) -> Iterator[list[str]]:
    """People who follow a theme from the very beginning, so that all of it is new to them; stored for real."""
    addresses = [f"lezer{number}@voorbeeld.be" for number in range(PEOPLE)]
    with house.sessions() as session:
        library = a_library(house.app, session, vocabulary)
        for address in addresses:
            wanted = rules.wanted_at(THEME, vocabulary)
            asked = Asked(
                address=address,
                address_digest=address,
                wanted=wanted,
                title="het thema",
                rhythm="dagelijks",
                source_digest=f"bron van {address}",
            )
            actions.ask(session, asked, library, now=NOW)
        for follower in session.scalars(select(AlertFollower)):
            follower.confirmed_at, follower.letter_state = NOW, SendState.SENT
        for follow in session.scalars(select(AlertFollow)):
            follow.confirmed_at, follow.after_entry = NOW, 0
        session.commit()
    yield addresses
    with house.sessions() as session:
        session.execute(delete(AlertFollower))
        session.execute(delete(AlertAttempt))
        session.commit()


def test_three_senders_at_once_send_each_digest_once(house: House, people: list[str], post: MailServer) -> None:
    ready = threading.Barrier(3)

    def send(_number: int) -> Run:
        with house.app.app_context():
            ready.wait()
            return send_what_is_due(LATER)

    with ThreadPoolExecutor(3) as pool:
        runs = list(pool.map(send, range(3)))
    while sum(run.sent for run in runs) < PEOPLE and len(runs) < 10:  # what one left to another that was done already
        with house.app.app_context():
            runs.append(send_what_is_due(LATER))

    assert Counter(letter.recipient for letter in post.letters) == Counter(people)
    assert sum(run.digests for run in runs) == PEOPLE
    with house.sessions() as session:
        assert set(session.scalars(select(AlertDigest.state))) == {SendState.SENT}
