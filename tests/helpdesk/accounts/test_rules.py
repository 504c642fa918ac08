import pytest

from helpdesk.accounts import rules
from helpdesk.accounts.rules import Owed
from helpdesk.core.errors import Rejected
from helpdesk.core.roles import Role

PASSWORD = "een lang proefwachtwoord"


class TestPasswords:
    def test_a_password_fits_its_own_hash_only(self) -> None:
        kept = rules.hash_password(PASSWORD)

        assert rules.is_password(PASSWORD, kept)
        assert not rules.is_password(PASSWORD + " ", kept)

    def test_the_hash_is_argon2id_with_at_least_owasp_s_minimum(self) -> None:
        """OWASP password storage: argon2id, 19 MiB, two passes. Werkzeug's own default is under it."""
        assert rules.hash_password(PASSWORD).startswith("$argon2id$v=19$m=19456,t=2,p=1$")

    def test_two_hashes_of_one_password_differ(self) -> None:
        assert rules.hash_password(PASSWORD) != rules.hash_password(PASSWORD)

    def test_nobody_has_no_password(self) -> None:
        assert not rules.is_password(PASSWORD, None)

    def test_a_damaged_hash_refuses(self) -> None:
        assert not rules.is_password(PASSWORD, "$argon2id$kapot")

    @pytest.mark.parametrize("length", [0, 11, 201])
    def test_a_length_out_of_range_is_refused_in_words(self, length: int) -> None:
        with pytest.raises(Rejected) as refused:
            rules.check_password("x" * length)

        assert refused.value.problems == ["Kies een wachtwoord van 12 tot 200 tekens."]

    @pytest.mark.parametrize("password", ["kW7 zee-duin", "een lang proefwachtwoord " * 8], ids=["12", "200"])
    def test_the_limits_themselves_are_good(self, password: str) -> None:
        rules.check_password(password)

    @pytest.mark.parametrize(
        "password", ["wachtwoordwachtwoord", "aaaaaaaaaaaaaaaaaaaa", "qwertyuiopas", "123456789012345"]
    )
    def test_what_is_easily_guessed_is_refused_in_words(self, password: str) -> None:
        with pytest.raises(Rejected, match="te makkelijk te raden"):
            rules.check_password(password)

    @pytest.mark.parametrize("password", ["an.peeters2026", "annelies peeters", "Peeters Annelies", "helpdesk-peeters"])
    def test_one_s_own_name_and_address_make_no_password(self, password: str) -> None:
        with pytest.raises(Rejected, match="te makkelijk te raden"):
            rules.check_password(password, own_words=("an.peeters@voorbeeld.be", "Annelies Peeters"))

    @pytest.mark.parametrize(
        "password", ["paardenbloem en twee regenjassen", "ΔΔ zeehond 日本 fiets", "    zes spaties vooraan"]
    )
    def test_every_character_counts_and_none_is_asked_for(self, password: str) -> None:
        """NIST SP 800-63B-4, 3.1.1.2: no rules of composition, blanks and all of Unicode allowed."""
        rules.check_password(password)

        assert rules.is_password(password, rules.hash_password(password))

    def test_a_letter_typed_in_two_ways_is_one_letter(self) -> None:
        """A Mac sends "é" as two characters where Windows sends one."""
        assert rules.is_password("cafe\u0301 aan de leie", rules.hash_password("caf\u00e9 aan de leie"))

    def test_the_longest_password_is_judged_in_time(self) -> None:
        """Zxcvbn is slow on long texts and refuses more than 72 characters."""
        rules.check_password("ab1 " * 20 + "zeehond met een hoed op een dinsdag" * 3)

    def test_an_account_without_a_password_lets_nobody_in(self) -> None:
        assert not rules.is_password("", "")
        assert not rules.is_password(PASSWORD, "")


class TestAddresses:
    @pytest.mark.parametrize("email", ["", "an", "an@", "@be", "an@be", "an peeters@voorbeeld.be", "a" * 250 + "@b.be"])
    def test_what_is_no_address_is_refused(self, email: str) -> None:
        with pytest.raises(Rejected, match="is geen e-mailadres"):
            rules.check_email(email)

    def test_an_address_is_compared_without_case_and_blanks(self) -> None:
        assert rules.normal_email(" An.Peeters@Voorbeeld.BE ") == "an.peeters@voorbeeld.be"


class TestTokens:
    def test_no_two_are_the_same(self) -> None:
        assert len({rules.new_token() for _ in range(100)}) == 100

    def test_the_database_keeps_a_digest_that_says_nothing(self) -> None:
        token = rules.new_token()

        assert len(rules.token_digest(token)) == 64
        assert token not in rules.token_digest(token)

    def test_a_keyed_digest_needs_the_key(self) -> None:
        """Without the secret nobody can test which address failed to sign in."""
        assert rules.keyed_digest("an@voorbeeld.be", key="a") != rules.keyed_digest("an@voorbeeld.be", key="b")


class TestOwed:
    @pytest.mark.parametrize(
        ("roles", "has_second_factor", "factors", "is_exempt", "owed"),
        [
            ({Role.JURIST}, False, 1, False, Owed.NOTHING),
            ({Role.JURIST}, True, 1, False, Owed.SECOND_STEP),
            ({Role.JURIST}, True, 2, False, Owed.NOTHING),
            ({Role.ADMIN}, False, 1, False, Owed.SET_UP),
            ({Role.COORDINATOR, Role.JURIST}, False, 1, False, Owed.SET_UP),
            ({Role.ADMIN}, False, 1, True, Owed.NOTHING),
            ({Role.ADMIN}, True, 1, True, Owed.SECOND_STEP),
            ({Role.ADMIN}, False, 2, False, Owed.NOTHING),
        ],
    )
    def test_what_a_session_still_owes(
        self, roles: set[Role], *, has_second_factor: bool, factors: int, is_exempt: bool, owed: Owed
    ) -> None:
        found = rules.owed_step(roles, has_second_factor=has_second_factor, factors=factors, is_exempt=is_exempt)

        assert found is owed

    @pytest.mark.parametrize(
        ("address", "is_own"),
        [
            ("http://127.0.0.1:8000", True),
            ("http://localhost", True),
            ("http://[::1]:8000", True),
            ("https://helpdesk.example.org", False),
            ("http://127.0.0.1.example.org", False),
            ("http://10.0.0.7:8000", False),
        ],
    )
    def test_only_one_s_own_machine_frees_demo_accounts(self, address: str, *, is_own: bool) -> None:
        assert rules.is_on_own_machine(address) is is_own


class TestBrowserName:
    @pytest.mark.parametrize(
        ("sent", "shown"),
        [
            ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:131.0) Gecko/20100101 Firefox/131.0", "Firefox op Windows"),
            (
                "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0.0.0 Safari/537.36 Edg/130.0",
                "Edge op Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18 Safari/604.1",
                "Safari op iPhone",
            ),
            (
                "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36",
                "Chrome op Android",
            ),
            ("", "Een browser"),
            ("<script>" * 100, "Een browser"),
        ],
    )
    def test_it_is_coarse(self, sent: str, shown: str) -> None:
        """No version, no model: enough to know one's own, too little to know someone by."""
        assert rules.browser_name(sent) == shown
