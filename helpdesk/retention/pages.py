"""What the page about periods hands to its template."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Self

from helpdesk.retention import rules
from helpdesk.retention.models import RetentionRun
from helpdesk.retention.queries import Total
from helpdesk.retention.rules import Kept, Period
from helpdesk.web.views import PageBase


@dataclass(frozen=True)
class PeriodRow:
    """One period, with what it removed in the last year and when it was applied last (None: not yet)."""

    what: str
    how_long: str
    removed: int
    last_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class RetentionPage(PageBase):
    """How long everything is kept, and what was removed."""

    template: ClassVar[str] = "retention/periods.html"

    periods: Sequence[PeriodRow]
    removals: Sequence[tuple[date, str, int]]
    kept: Sequence[Kept] = rules.KEPT
    title: str = "Bewaartermijnen"
    may_be_indexed: bool = False

    @classmethod
    def of(cls, periods: Sequence[Period], totals: Mapping[str, Total], removals: Sequence[RetentionRun]) -> Self:
        """Join the periods with what they did."""
        names = {period.key: period.what for period in periods}
        return cls(
            periods=[
                PeriodRow(period.what, period.how_long, total.removed if total else 0, total.last_at if total else None)
                for period in periods
                for total in [totals.get(period.key)]
            ],
            removals=[(run.run_on, names.get(run.kind, run.kind), run.removed) for run in removals],
        )
