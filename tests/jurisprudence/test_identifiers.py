from datetime import date

import pytest

from jurisprudence.identifiers import (
    Ecli,
    InvalidEcli,
    InvalidRulingNumber,
    ecli_fits,
    parse_ecli,
    parse_ruling_number,
    plain_text,
    ruling_slug,
)


class TestParseEcli:
    def test_the_parts_are_read(self) -> None:
        ecli = parse_ecli("ECLI:BE:CASS:2021:ARR.20210302.2N.22")

        assert ecli == Ecli(country="BE", court="CASS", year=2021, ordinal="ARR.20210302.2N.22")

    @pytest.mark.parametrize(
        "text",
        [
            "ECLI:BE:RVSCE:2024:ARR.259.259",
            "ECLI:BE:GHCC:2020:ARR.081",
            "ECLI:BE:CASS:2008:ARR.20080620.4",
            "ECLI:BE:CASS:2025:ARR.20250715.VAK.5",
            "ECLI:EU:C:2017:354",
            "ECLI:EU:T:2019:324",
            "ECLI:CE:ECHR:2023:0718JUD004925522",
        ],
    )
    def test_real_identifiers_survive_the_round_trip(self, text: str) -> None:
        assert str(parse_ecli(text)) == text

    def test_blanks_and_lower_case_are_accepted(self) -> None:
        """People paste identifiers from mails and pages."""
        assert str(parse_ecli("\u00a0ecli:eu:c:2017:354 \n")) == "ECLI:EU:C:2017:354"

    @pytest.mark.parametrize(
        ("text", "word"),
        [
            ("BE:CASS:2021:ARR.1", "vijf delen"),
            ("ECLI:BE:CASS:2021:ARR.1:EXTRA", "vijf delen"),
            ("ECLI:BEL:CASS:2021:ARR.1", "land"),
            ("ECLI:BE:TOOLONGCOURT:2021:ARR.1", "hof"),
            ("ECLI:BE:CASS:2104:ARR.1", "jaar"),
            ("ECLI:BE:CASS:21:ARR.1", "jaar"),
            ("ECLI:BE:CASS:2021:" + "1" * 26, "volgnummer"),
            ("ECLI:BE:CASS:2021:ARR 1", "volgnummer"),
        ],
    )
    def test_the_message_names_the_part_that_failed(self, text: str, word: str) -> None:
        with pytest.raises(InvalidEcli, match=word):
            parse_ecli(text)

    def test_the_type_of_a_belgian_decision_is_known(self) -> None:
        assert parse_ecli("ECLI:BE:RVSCE:2025:ORD.16.382").kind == "ORD"
        assert parse_ecli("ECLI:EU:C:2017:354").kind is None


class TestEcliFits:
    @pytest.mark.parametrize(
        ("text", "day", "fits"),
        [
            ("ECLI:BE:CASS:2021:ARR.20210302.2N.22", date(2021, 3, 2), True),
            ("ECLI:BE:CASS:2021:ARR.20210302.2N.22", date(2021, 3, 3), False),
            ("ECLI:CE:ECHR:2023:0718JUD004925522", date(2023, 7, 18), True),
            ("ECLI:CE:ECHR:2023:0718JUD004925522", date(2023, 7, 19), False),
            ("ECLI:EU:C:2017:354", date(2017, 5, 10), True),
            ("ECLI:BE:RVSCE:2048:ARR.259.259", date(2024, 3, 26), False),
            ("ECLI:BE:CASS:2021:ARR.20211399.2N.22", date(2021, 3, 2), True),
        ],
    )
    def test_year_and_date_must_agree_with_the_decision(self, text: str, day: date, *, fits: bool) -> None:
        """Official lists hold impossible years; an impossible date inside the ordinal proves nothing."""
        assert ecli_fits(parse_ecli(text), day) is fits


NUMBERS = [
    # court, as written, normal form, shown, part of the address
    ("RVV", "246433", "RVV:246433", "246.433", "246-433"),
    ("RVV", "nr. 246.433", "RVV:246433", "246.433", "246-433"),
    ("RVV", "nr.\u00a0246\u00a0433", "RVV:246433", "246.433", "246-433"),
    ("RVV", "arrest nr. 242.762", "RVV:242762", "242.762", "242-762"),
    ("RVV", "arrest nummer 219.546", "RVV:219546", "219.546", "219-546"),
    ("RVV", "n° 274 095", "RVV:274095", "274.095", "274-095"),
    ("RVS", "252.042", "RVS:252042", "252.042", "252-042"),
    ("RVS", "beschikking nr. 16.382", "RVS:16382", "16.382", "16-382"),
    ("GWH", "187/2021", "GWH:187/2021", "187/2021", "187-2021"),
    ("GWH", "nr. 081/2020", "GWH:81/2020", "81/2020", "81-2020"),
    ("CASS", "C.19.0159.N", "CASS:C.19.0159.N", "C.19.0159.N", "c-19-0159-n"),
    ("CASS", "AR C.19.0159.N", "CASS:C.19.0159.N", "C.19.0159.N", "c-19-0159-n"),
    ("CASS", "C050057F", "CASS:C.05.0057.F", "C.05.0057.F", "c-05-0057-f"),
    ("CASS", "p.24.1568.n", "CASS:P.24.1568.N", "P.24.1568.N", "p-24-1568-n"),
    ("CASS", "26/CAS/0418", "CASS:26/CAS/0418", "26/CAS/0418", "26-cas-0418"),
    ("CASS", "75/5348", "CASS:75/5348", "75/5348", "75-5348"),
    ("HVJ", "C-718/19", "HVJ:C-718/19", "C-718/19", "c-718-19"),
    ("HVJ", "C\u2011638/16\u00a0PPU", "HVJ:C-638/16", "C-638/16 PPU", "c-638-16-ppu"),
    ("HVJ", "zaak C\u201334/09", "HVJ:C-34/09", "C-34/09", "c-34-09"),
    ("HVJ", "120/78", "HVJ:120/78", "120/78", "120-78"),
    ("HVJ", "gevoegde zaken C-758/24 en C-759/24", "HVJ:C-758/24", "C-758/24 en C-759/24", "c-758-24-en-c-759-24"),
    ("EHRM", "41738/10", "EHRM:41738/10", "41738/10", "41738-10"),
    ("EHRM", "nr. 30696/09", "EHRM:30696/09", "30696/09", "30696-09"),
    ("ARANT", "15/3105/A", "ARANT:15/3105/A", "15/3105/A", "15-3105-a"),
    ("ARANT", "231787", "ARANT:231787", "231787", "231787"),
    ("ARBRL", "9521\u201109", "ARBRL:9521-09", "9521-09", "9521-09"),
    ("AHANT", "2015/AA/135", "AHANT:2015/AA/135", "2015/AA/135", "2015-aa-135"),
    ("CABRL", "nr. 2014/7124", "CABRL:2014/7124", "2014/7124", "2014-7124"),
    ("FAMRB", "vonnis nr. 21/875/b", "FAMRB:21/875/B", "21/875/B", "21-875-b"),
    ("ARRONDRB", "06/108/E", "ARRONDRB:06/108/E", "06/108/E", "06-108-e"),
]


class TestParseRulingNumber:
    @pytest.mark.parametrize(("court", "text", "normal", "display", "slug"), NUMBERS)
    def test_every_way_of_writing_leads_to_one_form(
        self, court: str, text: str, normal: str, display: str, slug: str
    ) -> None:
        number = parse_ruling_number(court, text)

        assert (number.normal, number.display, number.slug) == (normal, display, slug)

    @pytest.mark.parametrize(("court", "text", "display"), [(row[0], row[1], row[3]) for row in NUMBERS])
    def test_what_is_shown_can_be_read_again(self, court: str, text: str, display: str) -> None:
        assert parse_ruling_number(court, display) == parse_ruling_number(court, text)

    def test_joined_cases_are_all_known(self) -> None:
        number = parse_ruling_number("HVJ", "C-402/19, C-233/19 en C-1/20")

        assert number.normals == ("HVJ:C-402/19", "HVJ:C-233/19", "HVJ:C-1/20")
        assert number.display == "C-402/19, C-233/19 en C-1/20"

    def test_the_same_digits_of_two_courts_differ(self) -> None:
        """RvV 245.404 and RvS 245.404 can both exist: a number without its court means nothing."""
        assert parse_ruling_number("RVV", "245.404").normal != parse_ruling_number("RVS", "245.404").normal

    @pytest.mark.parametrize(
        ("court", "text"),
        [
            ("RVV", "C-718/19"),
            ("RVV", "12"),
            ("RVV", "000.000"),
            ("RVV", ""),
            ("RVS", "1.252.042"),
            ("GWH", "41738/10"),
            ("GWH", "0/2020"),
            ("CASS", "X.19.0159.N"),
            ("HVJ", "C-758/24 en iets"),
            ("EHRM", "187/2021"),
            ("ARANT", "zonder nummer"),
        ],
    )
    def test_a_number_of_another_form_is_refused_with_an_example(self, court: str, text: str) -> None:
        with pytest.raises(InvalidRulingNumber, match="Schrijf het zoals"):
            parse_ruling_number(court, text)


class TestRulingSlug:
    def test_the_address_is_court_date_and_number(self) -> None:
        number = parse_ruling_number("RVV", "246.433")

        assert ruling_slug(number, date(2020, 12, 18)) == "rvv-2020-12-18-246-433"


def test_hyphens_and_blanks_become_plain() -> None:
    assert plain_text("\u00a0C\u2011718/19 \u2013\u202fart.\u2009 8 ") == "C-718/19 - art. 8"
