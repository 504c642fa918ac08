import pytest

from helpdesk.visits import rules

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


class TestIsPerson:
    @pytest.mark.parametrize(
        "agent",
        [
            FIREFOX,
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1",
        ],
    )
    def test_a_browser_is_a_person(self, agent: str) -> None:
        assert rules.is_person({"User-Agent": agent})

    @pytest.mark.parametrize(
        "agent",
        [
            "",
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2)",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/142.0.0.0 Safari/537.36",
            "curl/8.5.0",
            "python-requests/2.32",
            "facebookexternalhit/1.1",
            "UptimeRobot/2.0",
        ],
    )
    def test_a_robot_is_none(self, agent: str) -> None:
        """Log files count robots: eighteen times too many."""
        assert not rules.is_person({"User-Agent": agent})

    @pytest.mark.parametrize("header", ["Sec-Purpose", "Purpose", "X-Moz"])
    def test_what_is_loaded_ahead_is_seen_by_nobody(self, header: str) -> None:
        assert not rules.is_person({"User-Agent": FIREFOX, header: "prefetch"})


class TestVisitorDigest:
    def test_another_day_is_another_visitor(self) -> None:
        """The salt decides: without it the address cannot be found back by trying all addresses."""
        one, other = (rules.visitor_digest(salt * 32, "192.0.2.1", FIREFOX) for salt in (b"a", b"b"))

        assert one != other
        assert len(one) == rules.DIGEST_BYTES

    def test_global_privacy_control_is_respected(self) -> None:
        assert rules.may_be_recognised({})
        assert not rules.may_be_recognised({"Sec-GPC": "1"})


class TestSearchWords:
    def test_case_and_blanks_make_no_other_words(self) -> None:
        assert rules.search_words("  Gezins  Hereniging ") == "gezins hereniging"

    @pytest.mark.parametrize("text", ["", "x" * 101, "an@voorbeeld.be", "85.07.30-033.28", "246433 7654321", "a\x00b"])
    def test_what_could_name_someone_is_not_kept(self, text: str) -> None:
        assert rules.search_words(text) is None
