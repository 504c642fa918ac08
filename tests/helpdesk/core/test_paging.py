import pytest

from helpdesk.core.paging import Page, page_number


def a_page(*, number: int = 1, total: int = 45, per_page: int = 20) -> Page[int]:
    return Page(items=[], number=number, per_page=per_page, total=total)


class TestPage:
    @pytest.mark.parametrize(("total", "count"), [(0, 1), (1, 1), (20, 1), (21, 2), (45, 3)])
    def test_the_last_page_may_be_shorter(self, total: int, count: int) -> None:
        assert a_page(total=total).count == count

    def test_the_first_page_has_none_before_it(self) -> None:
        assert (a_page(number=1).previous, a_page(number=1).next) == (None, 2)

    def test_the_last_page_has_none_after_it(self) -> None:
        assert (a_page(number=3).previous, a_page(number=3).next) == (2, None)

    def test_a_page_past_the_end_leads_back_to_the_last(self) -> None:
        assert (a_page(number=99).previous, a_page(number=99).next) == (3, None)


class TestPageNumber:
    @pytest.mark.parametrize(("text", "number"), [("1", 1), ("7", 7), ("007", 7), ("999999999", 1_000_000)])
    def test_a_number_is_read_and_capped(self, text: str, number: int) -> None:
        assert page_number(text) == number

    @pytest.mark.parametrize("text", [None, "", "0", "-1", "1.5", "twee", "٣", "²", "9" * 30, "1 OR 1=1"])
    def test_nonsense_is_the_first_page(self, text: str | None) -> None:
        """Wrong query parameters show the page with defaults, never an error."""
        assert page_number(text) == 1
