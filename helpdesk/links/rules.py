"""When a link counts as broken and when it is looked at again: pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

from helpdesk.core.fetching import Seen
from helpdesk.links.models import LinkState

MOST_ADDRESS = 1_000  # characters
EVERY = timedelta(days=7)
FAILURES_OF_BROKEN = 3
LEAST_TIME_BROKEN = timedelta(days=2)
FIRST_RETRY = timedelta(days=1)
CLOSED_TO_PROGRAMS = frozenset(
    {
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.NOT_ACCEPTABLE,
        HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS,
    }
)
TOO_BUSY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})


@dataclass(frozen=True)
class Verdict:
    """What is known about a link after a look."""

    state: LinkState
    failures: int
    failed_since_at: datetime | None
    next_check_at: datetime


def judge(seen: Seen, *, state: LinkState, failures: int, failed_since_at: datetime | None, now: datetime) -> Verdict:
    """Say what is known after one more look.

    A page counts as broken after three looks in a row that failed, over two days at least: a site that is down for a
    weekend is none of our editors' business. The next look comes after one day, two, four, then every week. Who says
    to be too busy is asked again later and not counted; who lets no program in is no broken link.
    """
    if seen.status in TOO_BUSY:
        wait = min(max(timedelta(seconds=seen.retry_after_seconds or 0), FIRST_RETRY), EVERY)
        return Verdict(state, failures, failed_since_at, now + wait)
    if seen.status in CLOSED_TO_PROGRAMS:
        return Verdict(LinkState.CLOSED, 0, None, now + EVERY)
    if seen.status is not None and seen.status < HTTPStatus.BAD_REQUEST:
        return Verdict(LinkState.ALIVE, 0, None, now + EVERY)
    failures, since = failures + 1, failed_since_at or now
    is_broken = not seen.is_public or (failures >= FAILURES_OF_BROKEN and now - since >= LEAST_TIME_BROKEN)
    wait = min(FIRST_RETRY * 2 ** min(failures - 1, 3), EVERY)
    return Verdict(LinkState.BROKEN if is_broken else LinkState.DOUBTFUL, failures, since, now + wait)


def host_of(address: str) -> str:
    """Return the host of an address, "" when it has none."""
    try:
        return (urlsplit(address).hostname or "")[:255]
    except ValueError:
        return ""
