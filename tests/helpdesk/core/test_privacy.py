import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.core.privacy import find_likely_traces, find_traces, is_iban, is_register_number, without_traces

BORN_IN_1985 = "85.07.30-033.28"  # the example of the register's own documentation: 97 - 850730033 % 97 = 28
BORN_IN_2001 = "01.02.03-004.67"  # 97 - 2010203004 % 97
BANK_ACCOUNT = "BE68 5390 0754 7034"  # the example of ISO 13616's register for Belgium


def what_is_found(text: str) -> list[str]:
    return [trace.what for trace in find_traces(text)]


class TestRegisterNumbers:
    @pytest.mark.parametrize("text", [BORN_IN_1985, "85073003328", "85 07 30 033 28", BORN_IN_2001])
    def test_right_check_digits_are_a_register_number(self, text: str) -> None:
        assert what_is_found(f"Zijn nummer is {text}.") == ["een rijksregisternummer"]

    def test_the_check_of_births_before_2000_does_not_put_a_2_in_front(self) -> None:
        assert is_register_number("85073003328")
        assert not is_register_number("85073003329")

    @pytest.mark.parametrize("text", ["85.07.30-033.29", "arrest 246.433", "2019/AR/1234", "02 205 00 55"])
    def test_other_numbers_are_none(self, text: str) -> None:
        assert find_traces(text) == []

    def test_eleven_digits_inside_a_longer_number_are_none(self) -> None:
        assert find_traces("185073003328") == []


class TestBankAccounts:
    @pytest.mark.parametrize("text", [BANK_ACCOUNT, "BE68539007547034"])
    def test_an_iban_with_right_check_digits_is_found(self, text: str) -> None:
        assert what_is_found(f"Gestort op {text}.") == ["een rekeningnummer"]

    def test_an_iban_with_wrong_check_digits_is_none(self) -> None:
        assert not is_iban("BE69 5390 0754 7034")
        assert find_traces("BE69 5390 0754 7034") == []


class TestOtherTraces:
    def test_an_e_mail_address_is_found(self) -> None:
        assert what_is_found("Schrijf naar an.peeters@voorbeeld.be a.u.b.") == ["een e-mailadres"]

    @pytest.mark.parametrize("text", ["OV 1234567", "DVZ-nummer: 8123456", "sp 7654321"])
    def test_a_file_number_of_the_immigration_office_is_found(self, text: str) -> None:
        assert what_is_found(text) == ["een dossiernummer van DVZ"]

    @pytest.mark.parametrize("text", ["CG 19/12345", "CGVS: 1912345"])
    def test_a_file_number_of_the_commissioner_general_is_found(self, text: str) -> None:
        assert what_is_found(text) == ["een dossiernummer van het CGVS"]

    @pytest.mark.parametrize(
        "text", ["art. 40ter Vw.", "ECLI:BE:RVSCE:2021:ARR.252.042", "RVV 246.433 van 18 december"]
    )
    def test_references_to_the_law_are_no_identity(self, text: str) -> None:
        assert find_traces(text) == []

    def test_traces_come_in_the_order_of_the_text_with_their_place(self) -> None:
        text = f"a@b.be en {BORN_IN_1985}"

        assert [text[trace.start : trace.end] for trace in find_traces(text)] == ["a@b.be", BORN_IN_1985]

    @given(st.text(max_size=200))
    def test_any_text_can_be_looked_at(self, text: str) -> None:
        for trace in find_traces(text):
            assert 0 <= trace.start < trace.end <= len(text)


def what_is_likely(text: str) -> list[tuple[str, str]]:
    return [(text[trace.start : trace.end], trace.what) for trace in find_likely_traces(text)]


class TestLikelyTraces:
    @pytest.mark.parametrize(
        "name",
        [
            *(
                "mevr. Amina El Khatib",
                "dhr. J. Janssens",
                "mr. Peeters",
                "de heer DIALLO Mamadou",
                "De heer van den Berg",
            ),
            *("mevrouw Fatima", "Madame Traoré", "monsieur N’Diaye"),
        ],
    )
    def test_a_name_after_a_title_is_found(self, name: str) -> None:
        assert what_is_likely(f"Volgens {name} klopt dat.") == [(name, "een naam")]

    @pytest.mark.parametrize(
        "text",
        [
            "de heer X",
            "mevrouw X" + "X" * 4,
            "de heer A.B.",
            "mevrouw de voorzitter",
            "De heer verzoeker",
            "mr. nr. 12",
        ],
    )
    def test_what_courts_write_for_a_name_is_none(self, text: str) -> None:
        """The RvV writes X, others initials."""
        assert what_is_likely(f"Volgens {text} klopt dat.") == []

    @pytest.mark.parametrize(
        "text",
        [
            *("geboren op 12 maart 1985", "geboren te Conakry op 12.03.1985", "°12/3/85", "née le 3 mars 1988"),
            *("geboortedatum: 01-02-1990", "geboren te Kinshasa (Congo), op 1 mei 1990"),
        ],
    )
    def test_a_date_of_birth_is_found(self, text: str) -> None:
        assert what_is_likely(f"Zij is {text}.") == [(text, "een geboortedatum")]

    @pytest.mark.parametrize("text", ["02 205 00 55", "0475/12.34.56", "+32 475 12 34 56", "0032 2 205 00 55"])
    def test_a_telephone_number_is_found(self, text: str) -> None:
        assert what_is_likely(f"Bel {text}.") == [(text, "een telefoonnummer")]

    @pytest.mark.parametrize(
        "text",
        [
            *("het arrest van 12 maart 1985", "arrest 246.433", "2019/AR/1234", "C-758/24", "54273/00", "art. 57/6/1"),
            *("ECLI:BE:RVSCE:2021:ARR.252.042", "S.11.0067.F", "numac 2017012345", "van 02.03.2019 tot 04.05.2020"),
        ],
    )
    def test_references_and_dates_are_none(self, text: str) -> None:
        assert what_is_likely(text) == []

    def test_what_is_certain_is_found_as_well(self) -> None:
        text = f"mevr. Amina Voorbeeld, {BORN_IN_1985}, a@b.be, OV 1234567"

        assert [what for _, what in what_is_likely(text)] == [
            *("een naam", "een rijksregisternummer", "een e-mailadres", "een dossiernummer van DVZ"),
        ]

    def test_a_trace_that_is_kept_in_the_new_text_stays(self) -> None:
        old = "Dhr. Jan Raadsman en mevr. Amina Voorbeeld."

        assert without_traces(old, kept_in="Dhr. Jan Raadsman en zij.") == "Dhr. Jan Raadsman en [weggelaten]."

    @pytest.mark.parametrize(
        "unit", ["a@", "de heer A.A.A. van van ", "0475 12 34 5", "geboren te a", "mevr. Aa ", "1"]
    )
    def test_two_million_characters_are_read_in_time(self, unit: str) -> None:
        """As much as a full text may have; a hostile PDF must not hold a worker."""
        text = unit * (2_000_000 // len(unit))
        started = time.process_time()

        find_likely_traces(text)

        assert time.process_time() - started < 20

    @given(st.text(max_size=200))
    def test_no_trace_lies_inside_another(self, text: str) -> None:
        found = find_likely_traces(text)

        assert all(before.end <= after.start for before, after in pairwise(found))
