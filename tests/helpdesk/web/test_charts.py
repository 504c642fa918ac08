from datetime import date

from helpdesk.web.charts import Bar, Moment, bar_chart, timeline


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


class TestTimeline:
    def test_places_are_in_proportion_to_the_days_and_dots_stay_whole_at_the_ends(self) -> None:
        days = [date(2020, 1, 1), date(2020, 1, 26), date(2020, 4, 10)]

        drawn = timeline("lijn", "De lijn", [Moment(str(day), day) for day in days]).moments

        assert [moment.place_percent for moment in drawn] == [2.0, 26.0, 98.0]
        assert [moment.text for moment in drawn] == ["2020", "2020", "2020"]

    def test_what_happened_on_one_day_stands_in_the_middle(self) -> None:
        drawn = timeline("lijn", "De lijn", [Moment("Een", date(2020, 1, 1)), Moment("Twee", date(2020, 1, 1))]).moments

        assert [moment.place_percent for moment in drawn] == [50.0, 50.0]

    def test_a_long_label_is_cut_between_words(self) -> None:
        label = "HvJ 8 mei 2018, C-82/16, K.A. e.a. t. Belgische Staat"

        (moment,) = timeline("lijn", "De lijn", [Moment(label, date(2018, 5, 8), is_this=True)]).moments

        assert moment.label == "HvJ 8 mei 2018, C-82/16, K.A. …"
        assert moment.is_this

    def test_nothing_draws_nothing(self) -> None:
        assert timeline("leeg", "Leeg", []).height_px == 0
