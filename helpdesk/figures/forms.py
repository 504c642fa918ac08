"""What the address of a figures page asks."""

from collections.abc import Mapping

from helpdesk.advice.rules import date_or_none
from helpdesk.figures.rules import Period


def read_period(arguments: Mapping[str, str], *, default: Period) -> Period:
    """Read the period of an address; the default where it names no day or ends before it begins."""
    first_on = date_or_none(arguments.get("van")) or default.first_on
    last_on = date_or_none(arguments.get("tot")) or default.last_on
    return Period(first_on, last_on) if first_on <= last_on else default
