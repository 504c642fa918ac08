"""What templates need to print dates and numbers the Belgian way."""

from datetime import date, datetime

from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Flask

from helpdesk.core.clock import BRUSSELS

NO_BREAK = "\u00a0"


def init_filters(app: Flask) -> None:
    """Give the filters to the templates."""
    app.jinja_env.filters.update(long_date=long_date, short_date=short_date, moment=moment, number=number, share=share)


def long_date(value: date) -> str:
    """28 februari 2022, day and month kept on one line."""
    return format_date(value, "d MMMM y", locale="nl_BE").replace(" ", NO_BREAK, 1)


def short_date(value: date) -> str:
    """28-02-2022, fit for tables."""
    return format_date(value, "dd-MM-y", locale="nl_BE")


def moment(value: datetime) -> str:
    """28 februari 2022 om 14.05 uur, in Brussels."""
    local = value.astimezone(BRUSSELS)
    return f"{long_date(local.date())} om {local:%H.%M} uur"


def number(value: float) -> str:
    """10 341, with a no-break space between thousands and a comma before decimals."""
    if isinstance(value, int) and 0 <= value < 1000:  # noqa: PLR2004 - nothing to group; a page of facets has forty of these
        return str(value)
    return format_decimal(value, locale="nl_BE").replace(".", NO_BREAK).replace("\u202f", NO_BREAK)


def share(value: float | None) -> str:
    """21 %, from a whole percentage; a dash when there is nothing to take a share of."""
    return "–" if value is None else f"{number(value)}{NO_BREAK}%"
