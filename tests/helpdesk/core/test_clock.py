from datetime import UTC, date, datetime

from helpdesk.core.clock import brussels_date, now


class TestBrusselsDate:
    def test_late_in_the_evening_in_utc_it_is_the_next_day_in_brussels(self) -> None:
        assert brussels_date(datetime(2026, 3, 1, 23, 30, tzinfo=UTC)) == date(2026, 3, 2)

    def test_in_summer_the_day_begins_two_hours_before_utc(self) -> None:
        assert brussels_date(datetime(2026, 6, 30, 22, 0, tzinfo=UTC)) == date(2026, 7, 1)
        assert brussels_date(datetime(2026, 6, 30, 21, 59, tzinfo=UTC)) == date(2026, 6, 30)


class TestNow:
    def test_it_is_in_utc(self) -> None:
        assert now().tzinfo is UTC
