import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from helpdesk.core.errors import Rejected
from helpdesk.second_factor import rules

KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NOW = datetime(2026, 3, 2, 9, 0, 10, tzinfo=UTC)
STEP = int(NOW.timestamp()) // 30


def code_at(moment: datetime) -> str:
    return pyotp.TOTP(KEY).at(moment)


class TestPicture:
    def test_the_code_is_a_square_with_its_three_corners_and_white_around_it(self) -> None:
        """ISO/IEC 18004: four modules of white, and a finder of seven modules in three corners."""
        picture = rules.picture_of(rules.app_address(KEY, account="proef@voorbeeld.test", site="Helpdesk"))
        dark = {(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", picture.path)}
        last = picture.modules - 5

        assert (picture.modules - 8 - 21) % 4 == 0
        assert min(min(place) for place in dark) == 4
        assert max(max(place) for place in dark) == last
        for x, y in ((4, 4), (last - 6, 4), (4, last - 6)):
            assert {(x + step, y) for step in range(7)} <= dark
            assert (x + 1, y + 1) not in dark
            assert (x + 3, y + 3) in dark


class TestCodes:
    def test_rfc_6238_s_own_example(self) -> None:
        """Appendix B, SHA-1 at 59 seconds, the last six of its eight digits."""
        key = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

        assert rules.find_step(key, "287082", now=datetime.fromtimestamp(59, UTC), after=0) == 1

    @pytest.mark.parametrize("seconds", [-30, 0, 30])
    def test_a_clock_may_be_half_a_minute_off(self, seconds: int) -> None:
        code = code_at(NOW + timedelta(seconds=seconds))

        assert rules.find_step(KEY, code, now=NOW, after=0) == STEP + seconds // 30

    @pytest.mark.parametrize("seconds", [-60, 60])
    def test_but_not_a_minute(self, seconds: int) -> None:
        assert rules.find_step(KEY, code_at(NOW + timedelta(seconds=seconds)), now=NOW, after=0) is None

    def test_a_code_is_not_good_again(self) -> None:
        assert rules.find_step(KEY, code_at(NOW), now=NOW, after=STEP) is None

    @pytest.mark.parametrize("typed", ["", "abcdef", "٤٢٣١٥٦", "0" * 5000])
    def test_nonsense_is_no_code(self, typed: str) -> None:
        assert rules.find_step(KEY, typed, now=NOW, after=0) is None

    def test_a_code_may_be_typed_with_a_blank(self) -> None:
        code = code_at(NOW)

        assert rules.find_step(KEY, f" {code[:3]} {code[3:]}", now=NOW, after=0) == STEP


class TestLock:
    def test_a_key_is_read_with_the_same_secret_only(self) -> None:
        locked = rules.lock(KEY, secret="a" * 32)

        assert KEY not in locked
        assert rules.unlock(locked, secret="a" * 32) == KEY
        assert rules.unlock(locked, secret="b" * 32) is None
        assert rules.unlock("verzonnen", secret="a" * 32) is None

    def test_it_fits_its_column(self) -> None:
        assert len(rules.lock(rules.new_totp_key(), secret="a" * 32)) <= 200


class TestRecoveryCodes:
    def test_ten_that_differ(self) -> None:
        codes = rules.new_recovery_codes()

        assert len(set(codes)) == 10
        assert all(len(code) == 19 for code in codes)

    def test_how_it_is_typed_does_not_matter(self) -> None:
        code = rules.new_recovery_codes()[0]

        assert rules.code_digest(code.lower().replace(" ", "-")) == rules.code_digest(code)
        assert rules.code_digest(code.replace(" ", "")) == rules.code_digest(code)

    @pytest.mark.parametrize("typed", ["", "123456", "OOOO OOOO OOOO OOOO", "ABCD EFGH JKMN PQRS T"])
    def test_what_cannot_be_one_has_no_digest(self, typed: str) -> None:
        assert rules.code_digest(typed) is None


class TestNames:
    @pytest.mark.parametrize("name", ["", "  ", "x" * 61])
    def test_a_passkey_needs_a_name(self, name: str) -> None:
        with pytest.raises(Rejected, match="naam van 1 tot 60"):
            rules.check_passkey_name(name, held=0)

    def test_twenty_are_enough(self) -> None:
        with pytest.raises(Rejected, match="al 20 passkeys"):
            rules.check_passkey_name("laptop", held=20)
