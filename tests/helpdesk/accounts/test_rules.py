import pytest

from helpdesk.accounts import rules
from helpdesk.core.errors import Rejected

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

    @pytest.mark.parametrize("length", [12, 200])
    def test_the_limits_themselves_are_good(self, length: int) -> None:
        rules.check_password("x" * length)


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
