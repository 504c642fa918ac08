from helpdesk.web.charts import Bar, bar_chart


class TestBarChart:
    def test_the_largest_bar_is_full_and_the_others_follow(self) -> None:
        chart = bar_chart("regio", "Per regio", [Bar("A", 50, "50"), Bar("B", 200, "200"), Bar("C", 0, "0")])

        assert [bar.width_percent for bar in chart.bars] == [25.0, 100.0, 0.0]
        assert [bar.label for bar in chart.bars] == ["A", "B", "C"]

    def test_bars_lie_below_each_other_within_the_height(self) -> None:
        chart = bar_chart("regio", "Per regio", [Bar("A", 1, "1"), Bar("B", 1, "1")])

        first, second = chart.bars
        assert first.label_y < first.bar_y < second.label_y < second.bar_y < chart.height_px

    def test_only_zeros_draw_nothing(self) -> None:
        assert bar_chart("leeg", "Leeg", [Bar("A", 0, "0")]).bars[0].width_percent == 0.0
        assert bar_chart("niets", "Niets", []).height_px == 0
