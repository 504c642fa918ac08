from collections.abc import Mapping
from datetime import date

import pytest

from helpdesk.radar import rules
from helpdesk.radar.rules import ArticleIndex, Range, Sign, SignKind, Touch, Weighed

DAY = date(2026, 3, 2)


AWAY: Mapping[tuple[str, str], frozenset[str]] = {(SignKind.TOUCHED, "thema/x"): frozenset({"a", "b"})}


def a_sign(*evidence: str, title: str = "Studenten", kind: SignKind = SignKind.TOUCHED) -> Sign:
    return Sign(
        kind=kind, subject="thema/x", title=title, reasons=("omdat",), evidence=frozenset(evidence), right_on=DAY
    )


class TestWeight:
    def test_views_by_age_by_advice(self) -> None:
        assert Weighed(a_sign(), views=9, age_days=99, advice=7).weight == 10 * 100 * 8

    def test_few_pieces_of_advice_neither_count_nor_show_in_the_order(self) -> None:
        """Four pieces of advice that lift a page would tell that there were some."""
        assert Weighed(a_sign(), 9, 99, 4).weight == Weighed(a_sign(), 9, 99, 0).weight

    def test_a_day_in_the_future_weighs_nothing_less_than_one(self) -> None:
        assert Weighed(a_sign(), 0, -3, 0).weight == 1

    def test_equal_weights_stand_by_title(self) -> None:
        ordered = rules.by_weight([Weighed(a_sign(title=title), 1, 1, 0) for title in ("b", "A", "c")])

        assert [one.sign.title for one in ordered] == ["A", "b", "c"]


class TestPutAway:
    def test_what_is_put_away_stays_away_when_a_part_of_it_is_mended(self) -> None:
        assert rules.is_away(a_sign("a", "b"), AWAY)
        assert rules.is_away(a_sign("b"), AWAY)

    def test_it_comes_back_as_soon_as_something_new_touches_it(self) -> None:
        assert not rules.is_away(a_sign("b", "c"), AWAY)
        assert not rules.is_away(a_sign("a", kind=SignKind.LINK), AWAY)

    def test_the_mark_follows_the_evidence(self) -> None:
        assert a_sign("a", "b").mark == a_sign("b", "a").mark != a_sign("a").mark

    @pytest.mark.parametrize(
        ("reason", "sentence"),
        [
            ("  ", "Schrijf waarom dit niet nodig is."),
            ("x" * 301, "Maak de reden korter: 301 tekens, en er passen er 300."),
            ("vraag an@voorbeeld.be", "Haal uit de reden wat iemand aanwijst: een nummer, een adres."),
        ],
    )
    def test_a_reason_is_asked_and_names_nobody(self, reason: str, sentence: str) -> None:
        assert rules.reason_problems(reason) == [sentence]


class TestArticleIndex:
    def test_single_articles_and_ranges_meet(self) -> None:
        index = ArticleIndex()
        index.add(Range("VW", "40ter"), "een")
        index.add(Range("VW", "48/2", "48/9"), "reeks")
        index.add(Range("GW", "22"), "ander")

        assert index.pages(Range("VW", "40ter")) == {"een"}
        assert index.pages(Range("VW", "48/3")) == {"reeks"}
        assert index.pages(Range("VW", "40", "48/2")) == {"een", "reeks"}
        assert index.pages(Range("VW", "22")) == set()


class TestReasons:
    def test_the_newest_comes_first_and_the_rest_is_counted(self) -> None:
        touches = [
            Touch(page="p", evidence=str(day), words=f"uitspraak {day}", on=DAY.replace(day=day)) for day in range(1, 6)
        ]

        assert rules.touched_reasons([*touches, touches[0]]) == (
            "uitspraak 5",
            "uitspraak 4",
            "uitspraak 3",
            "en nog 2",
        )
