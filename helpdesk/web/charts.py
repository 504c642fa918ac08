"""Bar charts as inline SVG: the geometry here, the drawing in templates/_chart.html, the table always beside it.

Drawn by ourselves and not by Altair: its renderer takes half a second to start and 30 ms a chart, four charts are
a whole page's time, and its drawing has a fixed width that becomes unreadable on a telephone. Here widths are shares
of the space there is, letters keep the size of the page, and nothing but presentation attributes is used, so the
strict content security policy holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass

ROW_HEIGHT_PX = 44
LABEL_BASELINE_PX = 16
BAR_OFFSET_PX = 22
BAR_HEIGHT_PX = 12


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
