"""The clock is read at the edge (routes, commands, jobs) and passed on; nothing below reads it itself."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

BRUSSELS = ZoneInfo("Europe/Brussels")


def now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)


def brussels_date(moment: datetime) -> date:
    """Return the calendar date in Brussels at a moment."""
    return moment.astimezone(BRUSSELS).date()
