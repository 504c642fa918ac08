"""Charts as inline SVG: the geometry here, the drawing in templates/_chart.html, the table always beside it.

Drawn by ourselves and not by Altair: its renderer takes half a second to start and 30 ms a chart, four charts are
a whole page's time, and its drawing has a fixed width that becomes unreadable on a telephone. Here widths are shares
of the space there is, letters keep the size of the page, and nothing but presentation attributes is used, so the
strict content security policy holds.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

ROW_HEIGHT_PX = 44
LABEL_BASELINE_PX = 16
BAR_OFFSET_PX = 22
BAR_HEIGHT_PX = 12
DOT_OFFSET_PX = 30
MOST_ON_A_LINE = 34  # letters that fit beside a year on a narrow telephone


@dataclass(frozen=True)
class Bar:
    """What one bar shows: its label, its value, and the value in words."""

    label: str
    value: int
    text: str


@dataclass(frozen=True)
class DrawnBar:
    """One bar in place: heights in pixels from the top, width in percent of the chart."""

    label: str
    text: str
    label_y: int
    bar_y: int
    width_percent: float


@dataclass(frozen=True)
class BarChart:
    """A horizontal bar chart, ready to draw. `name` is unique on its page."""

    name: str
    title: str
    bars: list[DrawnBar]

    @property
    def height_px(self) -> int:
        """The height of the whole chart."""
        return ROW_HEIGHT_PX * len(self.bars)


def bar_chart(name: str, title: str, bars: Sequence[Bar]) -> BarChart:
    """Lay out a horizontal bar chart: bars from zero, in the order given, the largest over the full width."""
    largest = max((bar.value for bar in bars), default=0)
    drawn = [
        DrawnBar(
            label=bar.label,
            text=bar.text,
            label_y=ROW_HEIGHT_PX * number + LABEL_BASELINE_PX,
            bar_y=ROW_HEIGHT_PX * number + BAR_OFFSET_PX,
            width_percent=round(100 * bar.value / largest, 2) if largest else 0.0,
        )
        for number, bar in enumerate(bars)
    ]
    return BarChart(name=name, title=title, bars=drawn)


@dataclass(frozen=True)
class Moment:
    """What happened on a day, for a timeline; `is_this` is the one the page is about."""

    label: str
    on: date
    is_this: bool = False


@dataclass(frozen=True)
class DrawnMoment:
    """One moment in place: heights in pixels from the top, its place in time in percent of the chart."""

    label: str
    text: str
    label_y: int
    dot_y: int
    place_percent: float
    is_this: bool


@dataclass(frozen=True)
class Timeline:
    """A timeline, one row per moment, ready to draw. `name` is unique on its page."""

    name: str
    title: str
    moments: list[DrawnMoment]

    @property
    def height_px(self) -> int:
        """The height of the whole chart."""
        return ROW_HEIGHT_PX * len(self.moments)


def timeline(name: str, title: str, moments: Sequence[Moment]) -> Timeline:
    """Lay out a timeline: the order given, places in proportion to the days; dots stay whole at both ends.

    A label too long for a telephone is cut: the table beside the chart says it in full.
    """
    first = min((moment.on for moment in moments), default=date.min)
    days = max(((moment.on - first).days for moment in moments), default=0)
    return Timeline(
        name=name,
        title=title,
        moments=[
            DrawnMoment(
                label=textwrap.shorten(moment.label, MOST_ON_A_LINE, placeholder=" …"),
                text=str(moment.on.year),
                label_y=ROW_HEIGHT_PX * number + LABEL_BASELINE_PX,
                dot_y=ROW_HEIGHT_PX * number + DOT_OFFSET_PX,
                place_percent=round(2 + 96 * (moment.on - first).days / days, 2) if days else 50.0,
                is_this=moment.is_this,
            )
            for number, moment in enumerate(moments)
        ],
    )
