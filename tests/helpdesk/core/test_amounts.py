from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.core import amounts
from helpdesk.core.amounts import Period, read_register, with_new_period
from helpdesk.core.errors import Rejected
from helpdesk.settings import PROJECT

SOURCE = """# Opmerking bovenaan
amounts:
  - id: leefloon   # opmerking
    label: Leefloon
    unit: euro
    values:
      - value: 1288.46
        valid_from: 2024-05-01
        valid_to: null
        source: "één bron"
      - value: 1263.17
        valid_from: 2023-11-01
        valid_to: 2024-04-30
        source: bron
        url: https://voorbeeld.be/a
  - id: termijn
    label: Termijn
    unit: maanden
    values:
      - {value: 6, valid_from: 2020-01-01, valid_to: null, source: wet}
"""
NEW = Period(Decimal("1314.2"), date(2025, 2, 1), None, 'Bericht "x"', "https://voorbeeld.be/b")


class TestRegister:
    def test_a_day_gives_the_amount_of_that_day(self) -> None:
        register, problems = read_register(SOURCE)

        assert problems == []
        assert register.printed_on(date(2024, 4, 30))("leefloon") == "1.263,17\u00a0euro"
        assert register.printed_on(date(2024, 5, 1))("leefloon") == "1.288,46\u00a0euro"
        assert register.printed_on(date(2023, 10, 31))("leefloon") is None
        assert register.printed_on(date(2024, 5, 1))("bestaat-niet") is None

    @pytest.mark.parametrize(
        ("value", "unit", "words"),
        [
            ("1288.46", "euro", "1.288,46 euro"),
            ("1000", "euro", "1.000 euro"),
            ("62.5", "euro", "62,50 euro"),
            ("120", "procent", "120 %"),
            ("2.5", "procent", "2,5 %"),
            ("1", "maanden", "1 maand"),
            ("30", "dagen", "30 dagen"),
        ],
    )
    def test_numbers_are_written_the_belgian_way(self, value: str, unit: str, words: str) -> None:
        assert amounts.written(Decimal(value), unit) == words.replace(" ", "\u00a0")

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("1288.46", "1288.463", "twee cijfers"),
            ("1288.46", "-3", "boven nul"),
            ("1288.46", '"veel"', "boven nul"),
            ("unit: euro", "unit: dollar", "'unit' is een van"),
            ('source: "één bron"', 'source: ""', "bron"),
            ("valid_to: 2024-04-30", "valid_to: 2024-05-01", "moet eindigen voor"),
            ("valid_to: 2024-04-30", "valid_to: null", "moet eindigen voor"),
            ("valid_to: 2024-04-30", "valid_to: 2023-10-01", "eindigt voor ze begint"),
            ('        valid_to: null\n        source: "één', '        source: "één', "valid_to"),
            ("url: https://voorbeeld.be/a", "url: javascript:alert(1)", "https://"),
            ("url: https://voorbeeld.be/a", "prijs: 3", "'prijs'"),
            ("id: termijn", "id: leefloon", "al in de lijst"),
            ("id: termijn", "id: Ter_mijn", "kleine letters"),
            ("label: Termijn", "label: Termijn\n    kleur: rood", "'kleur'"),
        ],
    )
    def test_what_is_wrong_is_named_with_its_line(self, old: str, new: str, said: str) -> None:
        assert old in SOURCE

        _, problems = read_register(SOURCE.replace(old, new, 1))

        assert any(said in problem.message and problem.line > 1 for problem in problems), problems

    def test_the_shipped_register_is_in_order(self) -> None:
        register, problems = read_register((PROJECT / "content" / amounts.PATH).read_text("utf-8"))

        assert problems == []
        assert all(period.source for amount in register for period in amount.periods)


class TestNewPeriod:
    def test_only_the_new_lines_and_the_last_day_of_the_one_before_change(self) -> None:
        """Comments and the hand of the editor stay: export gives back what was written."""
        changed = with_new_period(SOURCE, "leefloon", NEW)

        added = (
            "      - value: 1314.2\n        valid_from: 2025-02-01\n        valid_to: null\n"
            '        source: "Bericht \\"x\\""\n        url: "https://voorbeeld.be/b"\n'
        )
        assert changed == SOURCE.replace("valid_to: null", "valid_to: 2025-01-31", 1).replace(
            "      - value: 1288.46", f"{added}      - value: 1288.46", 1
        )

    def test_line_ends_of_windows_stay(self) -> None:
        changed = with_new_period(SOURCE.replace("\n", "\r\n"), "leefloon", NEW)

        assert changed == with_new_period(SOURCE, "leefloon", NEW).replace("\n", "\r\n")

    @pytest.mark.parametrize(
        "period",
        [
            Period(Decimal(1), date(2024, 5, 1), None, "bron"),
            Period(Decimal(0), date(2025, 1, 1), None, "bron"),
            Period(Decimal("1.234"), date(2025, 1, 1), None, "bron"),
            Period(Decimal(1), date(2025, 1, 1), None, " "),
            Period(Decimal(1), date(2025, 1, 1), None, "bron", "ftp://x"),
        ],
    )
    def test_a_period_that_breaks_a_rule_is_refused(self, period: Period) -> None:
        with pytest.raises(Rejected):
            with_new_period(SOURCE, "leefloon", period)

    @pytest.mark.parametrize("amount_id", ["termijn", "bestaat-niet"])
    def test_a_file_in_another_style_is_not_damaged(self, amount_id: str) -> None:
        with pytest.raises(Rejected):
            with_new_period(SOURCE, amount_id, NEW)

    @given(
        cents=st.integers(1, 9_999_999),
        days=st.integers(1, 3_000),
        source=st.text(min_size=1, max_size=80).filter(lambda text: bool(" ".join(text.split()).strip())),
    )
    def test_what_is_added_is_read_back(self, cents: int, days: int, source: str) -> None:
        period = Period(
            Decimal(cents) / 100, date.fromordinal(date(2024, 5, 1).toordinal() + days), None, " ".join(source.split())
        )
        try:
            changed = with_new_period(SOURCE, "leefloon", period)
        except Rejected:
            assert not period.source.isprintable()  # a sign that YAML takes no part of: nothing was damaged
            return

        amount = read_register(changed)[0].find("leefloon")
        assert amount is not None
        assert amount.periods[0] == period
        assert amount.on(period.valid_from) == period
