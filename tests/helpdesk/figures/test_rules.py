import pytest

from helpdesk.figures import rules
from helpdesk.figures.rules import CodeCount, Misprint


def counted(*numbers: int) -> list[CodeCount]:
    return [CodeCount(f"c{place}", f"Code {place}", n) for place, n in enumerate(numbers)]


class TestShare:
    @pytest.mark.parametrize(
        ("part", "whole", "percent"),
        [(1, 200, 1), (1, 201, 0), (1, 8, 13), (3, 8, 38), (0, 5, 0), (5, 5, 100), (10_341, 7, 147_729)],
    )
    def test_a_half_is_rounded_up(self, part: int, whole: int, percent: int) -> None:
        """1 of 8 is 12.5 %: Python's own rounding would go to the even 12."""
        assert rules.share(part, whole) == percent

    def test_there_is_no_share_of_nothing(self) -> None:
        assert rules.share(0, 0) is None


class TestHideSmallCells:
    @pytest.mark.parametrize(
        ("counts", "shown"),
        [
            ([5, 6, 100], [5, 6, 100]),
            ([0, 10, 20], [0, 10, 20]),
            ([3, 10, 20], [None, None, 20]),
            ([3, 4, 20], [None, None, 20]),
            ([1, 1, 20, 30], [None, None, None, 30]),
            ([4, 0, 0], [None, 0, 0]),
            ([], []),
        ],
    )
    def test_nothing_under_five_can_be_read_or_computed_from_the_total(
        self, counts: list[int], shown: list[int | None]
    ) -> None:
        """Small cells identify people; one hidden cell is told by the total, so a second one goes with it."""
        assert rules.hide_small_cells(counts) == shown

    @pytest.mark.parametrize(("total", "shown"), [(0, 0), (1, None), (4, None), (5, 5)])
    def test_a_small_total_is_hidden_too(self, total: int, shown: int | None) -> None:
        assert rules.shown_total(total) == shown


class TestReportTable:
    def test_a_hidden_cell_has_no_share(self) -> None:
        table = rules.report_table("t", "T", counted(2, 8, 90), share_of=100)

        assert [(row.n, row.share_pct) for row in table.rows] == [(None, None), (None, None), (90, 90)]
        assert table.total == 100

    def test_advice_outside_the_rows_is_a_cell_too(self) -> None:
        """Of 100 pieces of advice 98 have a sector: printing both would tell that two callers had none."""
        table = rules.report_table("t", "T", counted(38, 60), share_of=100)

        assert [row.n for row in table.rows] == [None, 60]
        assert table.total is None

    def test_mentions_may_add_to_more_than_all_advice(self) -> None:
        table = rules.mentions_table("t", "T", counted(76, 60), share_of=100)

        assert (table.total, table.share_of, table.counts) == (136, 100, "vermeldingen")
        assert [row.share_pct for row in table.rows] == [76, 60]


class TestRankNationalities:
    def test_the_ranking_leaves_out_the_unknown_and_the_few(self) -> None:
        rows = [CodeCount("XX", "onbekend", 90), CodeCount("MA", "Marokko", 9), CodeCount("VA", "Vaticaanstad", 4)]

        assert [(place.rank, place.code) for place in rules.rank_nationalities(rows)] == [(1, "MA")]

    def test_of_equals_the_alphabet_decides_and_five_are_ranked(self) -> None:
        rows = [CodeCount(label, label, 7) for label in "GFEDCBA"]

        assert [place.label for place in rules.rank_nationalities(rows)] == list("ABCDE")


class TestBesideOurs:
    def test_a_misprint_stands_beside_our_share_or_our_total(self) -> None:
        table = rules.report_table("t", "T", counted(27, 73), share_of=100)

        overview = rules.YearSeries([2019], [], None)

        of_row = rules.beside_ours(Misprint("I4", "t", "c0", 26, "…"), {"t": table}, overview)
        of_total = rules.beside_ours(Misprint("I5", "t", None, 101, "…"), {"t": table}, overview)

        assert (of_row.what, of_row.printed, of_row.ours) == ("share_pct", 26, 27)
        assert (of_total.what, of_total.printed, of_total.ours) == ("total", 101, 100)
