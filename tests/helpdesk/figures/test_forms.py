from datetime import date

import pytest

from helpdesk.figures.forms import read_period
from helpdesk.figures.rules import Period, calendar_year

YEAR = calendar_year(2025)


class TestReadPeriod:
    def test_a_period_is_read(self) -> None:
        wanted = {"van": "2019-02-01", "tot": "2019-02-28"}

        assert read_period(wanted, default=YEAR) == Period(date(2019, 2, 1), date(2019, 2, 28))

    @pytest.mark.parametrize("wanted", [{}, {"van": "x", "tot": ""}, {"van": "2019-03-01", "tot": "2019-02-01"}])
    def test_nonsense_gives_the_default(self, wanted: dict[str, str]) -> None:
        assert read_period(wanted, default=YEAR) == YEAR
