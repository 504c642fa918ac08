from datetime import UTC, date, datetime

import pytest

from helpdesk.alerts import rules
from helpdesk.alerts.models import FollowKind
from helpdesk.alerts.rules import Found, NotFollowable
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.texts.models import TextVersion

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def a_found(number: int, *, decided_on: date = date(2026, 11, 1), kind: str = "rechtspraak") -> Found:
    return Found(
        document_id=f"{kind}/{number:05}",
        version="nieuw",
        label="",
        title="",
        address="",
        changed_at=NOW,
        dated_on=decided_on,
    )


class TestWantedAt:
    @pytest.mark.parametrize(
        ("address", "kind", "key"),
        [
            ("/themas/verblijfsrecht/terugkeer/bgv", FollowKind.THEME, "bgv"),
            ("/wetgeving/vw/40ter", FollowKind.ARTICLE, "VW:40ter"),
            ("/wetgeving/VW/40TER", FollowKind.ARTICLE, "VW:40ter"),
            ("/wetgeving/vw/57/6", FollowKind.ARTICLE, "VW:57/6"),
            ("/rechtspraak/rvv-2022-02-28-269-083", FollowKind.RULING, "rvv-2022-02-28-269-083"),
            ("/nieuws/iets", FollowKind.NEWS, "iets"),
            ("/zoeken?q=bgv", FollowKind.SEARCH, "/zoeken?q=bgv"),
            ("/rechtspraak", FollowKind.SEARCH, "/zoeken?soort=rechtspraak"),
        ],
    )
    def test_a_page_of_ours_says_what_is_followed(
        self, vocabulary: Vocabulary, address: str, kind: FollowKind, key: str
    ) -> None:
        assert rules.wanted_at(address, vocabulary) == rules.Wanted(kind, key)

    def test_the_same_search_is_one_key_whatever_its_order_sorting_and_page(self, vocabulary: Vocabulary) -> None:
        """Following the same thing twice is one follow."""
        typed = "/zoeken?sorteer=nieuwste&pagina=3&jaar=2026&hof=rvv&q=%20bgv%20%20inreisverbod"
        other = "/rechtspraak?q=bgv+inreisverbod&hof=rvv&jaar=2026"

        assert rules.wanted_at(typed, vocabulary).key == "/zoeken?q=bgv+inreisverbod&hof=rvv&jaar=2026"
        assert rules.wanted_at(other, vocabulary).key.endswith("jaar=2026&soort=rechtspraak")

    @pytest.mark.parametrize(
        ("address", "says"),
        [
            ("https://elders.test/themas/x", "op deze site"),
            ("//elders.test/zoeken?q=x", "op deze site"),
            ("themas/x", "op deze site"),
            ("/zoeken", "vraagt niets"),
            ("/zoeken?q=%22%22", "staat geen woord"),
            ("/zoeken?q=OF", "vraagt niets"),
            ("/zoeken?q=" + "langwoord+" * 80, "te lang"),
            ("/zoeken?q=jan%40voorbeeld.be", "persoonsgegeven"),
            ("/zoeken?" + "&".join(["x=1"] * 600), "niet te lezen"),
            ("/wetgeving/vw", "één artikel"),
            ("/wetgeving/bestaat-niet/3", "één artikel"),
            ("/themas/bestaat-niet", "niet volgen"),
            ("/over", "niet volgen"),
            ("/[", "niet"),
            ("/zoeken?q=a\0b", "op deze site"),
        ],
    )
    def test_what_cannot_be_followed_says_why(self, vocabulary: Vocabulary, address: str, says: str) -> None:
        with pytest.raises(NotFollowable, match=says):
            rules.wanted_at(address, vocabulary)


class TestDueOn:
    @pytest.mark.parametrize(
        ("rhythm", "moment", "day"),
        [
            ("dagelijks", datetime(2026, 11, 25, 4, 59, tzinfo=UTC), date(2026, 11, 24)),  # 5.59 in Brussels
            ("dagelijks", datetime(2026, 11, 25, 5, 0, tzinfo=UTC), date(2026, 11, 25)),
            ("dagelijks", datetime(2026, 7, 25, 4, 0, tzinfo=UTC), date(2026, 7, 25)),  # summer time
            ("wekelijks", datetime(2026, 11, 25, 12, tzinfo=UTC), date(2026, 11, 23)),
            ("wekelijks", datetime(2026, 11, 30, 4, 0, tzinfo=UTC), date(2026, 11, 23)),
            ("wekelijks", datetime(2026, 11, 30, 6, 0, tzinfo=UTC), date(2026, 11, 30)),
        ],
    )
    def test_the_day_begins_at_the_hour_in_brussels(self, rhythm: str, moment: datetime, day: date) -> None:
        assert rules.due_on(rhythm, moment, hour=6, weekday=1) == day


class TestWithinReason:
    def test_an_import_of_old_rulings_is_a_number(self) -> None:
        """Taking in the rulings of ten years must not fill a mailbox."""
        old = [a_found(number, decided_on=date(2015, 1, 1)) for number in range(300)]
        new = [a_found(1000), a_found(1001, kind="thema", decided_on=date(2015, 1, 1))]

        listed = rules.within_reason([*old, *new], today=NOW.date())

        assert {one.document_id for one in listed.lines} == {"rechtspraak/01000", "thema/01001"}
        assert rules.counted_lines(listed) == {"oudere": "Er kwamen 300 oudere uitspraken bij."}

    def test_a_few_old_rulings_are_listed(self) -> None:
        """An editor who adds one important old ruling wants it read."""
        listed = rules.within_reason([a_found(1, decided_on=date(2015, 1, 1))], today=NOW.date())

        assert (len(listed.lines), listed.older) == (1, 0)

    def test_of_very_many_new_ones_the_newest_are_listed(self) -> None:
        found = [a_found(number, decided_on=date(2026, 1, 1 + number % 28)) for number in range(45)]

        listed = rules.within_reason(found, today=NOW.date())

        assert len(listed.lines) == rules.MOST_LISTED
        assert [one.dated_on for one in listed.lines] == sorted((one.dated_on for one in listed.lines), reverse=True)  # type: ignore[type-var]
        assert rules.counted_lines(listed) == {"andere": "Er kwamen er nog 5 bij."}


class TestIsSubstantive:
    BEFORE = TextVersion(title="A", is_substantive=False)

    def test_a_first_version_is(self) -> None:
        assert rules.is_substantive(self.BEFORE, None)

    def test_after_that_who_published_it_said_so(self) -> None:
        """An editor who says “nog juist”, or mends a slip of the pen, says that nothing changed."""
        assert not rules.is_substantive(TextVersion(title="A", is_substantive=False), self.BEFORE)
        assert rules.is_substantive(TextVersion(title="A", is_substantive=True), self.BEFORE)


def test_an_address_is_shown_masked() -> None:
    assert rules.masked("lezer@voorbeeld.be") == "l…@voorbeeld.be"


def test_a_letter_is_tried_four_times_more_and_then_no_more() -> None:
    assert [rules.retry_at(number, NOW) is None for number in range(1, 6)] == [False, False, False, False, True]
