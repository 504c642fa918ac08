from pathlib import Path

import pytest

from jurisprudence.legislation import (
    InvalidSource,
    LawRegister,
    UnknownLaw,
    article_order_key,
    load_laws,
    parse_normal,
    parse_source,
)

LISTS = Path(__file__).parents[2] / "content" / "lijsten"


@pytest.fixture(scope="module")
def laws() -> LawRegister:
    return load_laws(LISTS / "wetgeving.yaml")


REFERENCES = [
    ("artikel 9ter van de Vreemdelingenwet", "VW:9ter"),
    ("art. 10 Vw.", "VW:10"),
    ("art. 40ter, § 2, eerste lid, 1° Vw.", "VW:40ter|§2|l1|1°"),
    ("art. 40bis, §2, 1e lid, 3° Vw.", "VW:40bis|§2|l1|3°"),
    ("art. 57/6, § 3, eerste lid, 3° Vw.", "VW:57/6|§3|l1|3°"),
    ("art. 48/3 Vw.", "VW:48/3"),
    ("art. 48/2 t.e.m. 48/9 Vw.", "VW:48/2..48/9"),
    ("art. 74/13 Vw.", "VW:74/13"),
    ("art. 74/11, § 1, tweede lid Vw.", "VW:74/11|§1|l2"),
    ("art. 7, 1ste lid, 3° Vw.", "VW:7|l1|3°"),
    ("art. 44bis Vw.", "VW:44bis"),
    ("art. 42quinquies, §1 Vw.", "VW:42quinquies|§1"),
    ("art. 61/25-1 Vw.", "VW:61/25-1"),
    ("art. 61/25-5, § 1 Vw.", "VW:61/25-5|§1"),
    ("art. 74-4bis Vw.", "VW:74/4bis"),
    ("art. 39/57, § 1 Vw.", "VW:39/57|§1"),
    ("art. 55/3/1, § 2, 2° Vw.", "VW:55/3/1|§2|2°"),
    ("art. 62, § 2 Vw.", "VW:62|§2"),
    ("artt. 75-76 Vw.", "VW:75..76"),
    ("art. 1, § 2 Vw.", "VW:1|§2"),
    ("art. 12bis, §§ 5 en 6 Vw.", "VW:12bis|§5+6"),
    ("art. 26/3 Vb.", "VB:26/3"),
    ("art. 98, eerste lid, Vreemdelingenbesluit", "VB:98|l1"),
    ("art. 27 WIPR", "WIPR:27"),
    ("art. 27, § 1, vierde lid WIPR", "WIPR:27|§1|l4"),
    ("art. 25, § 1, 8° WIPR", "WIPR:25|§1|8°"),
    ("art. 27-29 WIPR", "WIPR:27..29"),
    ("art. 12bis, § 1, 2° WBN", "WBN:12bis|§1|2°"),
    ("art. 23/1, § 1, 1° WBN", "WBN:23/1|§1|1°"),
    ("art. 15, § 1, vierde lid WBN", "WBN:15|§1|l4"),
    ("art. 57, § 2, eerste lid, 1° OCMW-wet", "OCMWWET:57|§2|l1|1°"),
    ("art. 3, 3° Leefloonwet", "LEEFLOONWET:3|3°"),
    ("art. 11, § 3, laatste lid Opvangwet", "OPVANGWET:11|§3"),
    ("art. 7, § 3 Opvangwet", "OPVANGWET:7|§3"),
    ("art. 22bis Gw.", "GW:22bis"),
    ("art. 8 EVRM", "EVRM:8"),
    ("art. 5, § 4 EVRM", "EVRM:5|§4"),
    ("art. 20 VWEU", "VWEU:20"),
    ("art. 20-21 VWEU", "VWEU:20..21"),
    ("art. 24 Handvest", "HANDVEST:24"),
    ("art. 7, lid 1, onder c), Richtlijn 2003/86/EG", "R2003_86:7|l1|c)"),
    ("artikel 7.1 van Richtlijn 2004/38/EG", "R2004_38:7|l1"),
    ("art. 3, lid 2, a) Burgerschapsrichtlijn", "R2004_38:3|l2|a)"),
    ("art. 42, lid 1, e) Verordening (EU) 2024/1348", "V2024_1348:42|l1|e)"),
    ("art. 17, lid 1, Dublin III-verordening", "V604_2013:17|l1"),
    ("artikel 3 Brussel IIter", "V2019_1111:3"),
    ("art. 25, lid 1, a) Visumcode", "V810_2009:25|l1|a)"),
    ("art. 146bis Oud BW", "OUDBW:146bis"),
    ("art. 330/1 Oud BW", "OUDBW:330/1"),
    ("art. 4.17 BW", "BW:4.17"),
    ("art. 433quinquies Sw.", "SW:433quinquies"),
    ("art. 508/1 Ger.W.", "GERW:508/1"),
    ("art. 9, lid 2, g) AVG", "AVG:9|l2|g)"),
    ("art. 1 A (2) Vluchtelingenverdrag", "GENEVE:1|A2"),
    ("art. 44novies Vw.", "VW:44nonies"),
    ("art. 10 wet van 15 december 1980", "VW:10"),
    ("Vw.", "VW"),
    ("Dublin III-verordening", "V604_2013"),
]


class TestParseSource:
    @pytest.mark.parametrize(("text", "precise"), REFERENCES)
    def test_a_reference_is_read(self, laws: LawRegister, text: str, precise: str) -> None:
        assert parse_source(text, laws).precise == precise

    @pytest.mark.parametrize("text", [text for text, _ in REFERENCES])
    def test_what_is_shown_can_be_read_again(self, laws: LawRegister, text: str) -> None:
        """The display form is also the form in which an editor writes a source."""
        reference = parse_source(text, laws)

        assert parse_source(reference.display, laws) == reference

    @pytest.mark.parametrize(("text", "precise"), REFERENCES)
    def test_the_normal_form_leads_back_to_the_article(self, laws: LawRegister, text: str, precise: str) -> None:
        reference = parse_source(text, laws)

        assert parse_normal(reference.normal, laws).normal == reference.normal == precise.partition("|")[0]

    @pytest.mark.parametrize(
        "text",
        ["art. 9bis", "artikel 5 Wetboek van Iets", "Vreemdelingenwet 2000", "art. 3 xVw.", ""],
    )
    def test_an_unknown_law_is_refused(self, laws: LawRegister, text: str) -> None:
        """The Vreemdelingenwet 2000 is Dutch law of the Netherlands and must never be taken for ours."""
        with pytest.raises(UnknownLaw, match="Onbekende wet in"):
            parse_source(text, laws)

    @pytest.mark.parametrize(
        "text",
        ["art. 10 en 11 Vw.", "bijlagen Vb.", "art. 3, soms Vw.", "art. 4, § 1, § 2 Vw.", "10 Vw.", "art. tien Vw."],
    )
    def test_what_is_not_one_article_is_refused(self, laws: LawRegister, text: str) -> None:
        with pytest.raises(InvalidSource):
            parse_source(text, laws)


class TestArticleReference:
    @pytest.mark.parametrize(
        ("text", "display"),
        [
            ("art. 40ter, §2, 1e lid, 1° Vw", "art.\u00a040ter, §\u00a02, eerste lid, 1°\u00a0Vw."),
            ("artikel 9bis van de Verblijfswet", "art.\u00a09bis\u00a0Vw."),
            ("art. 12bis, §§ 5 en 6 Vw.", "art.\u00a012bis, §§\u00a05 en 6\u00a0Vw."),
            ("art. 12bis, §§ 5-6 Vw.", "art.\u00a012bis, §§\u00a05-6\u00a0Vw."),
            ("artikel 7.1 van Richtlijn 2004/38/EG", "art.\u00a07, lid 1\u00a0Burgerschapsrichtlijn"),
            ("art. 27 t.e.m. 29 WIPR", "art.\u00a027-29\u00a0WIPR"),
            ("Vreemdelingenwet", "Vw."),
        ],
    )
    def test_a_reader_sees_one_form_with_fixed_spaces(self, laws: LawRegister, text: str, display: str) -> None:
        assert parse_source(text, laws).display == display

    @pytest.mark.parametrize(
        ("text", "address"),
        [
            ("art. 40ter, § 2 Vw.", "/wetgeving/vw/40ter"),
            ("art. 57/6/1 Vw.", "/wetgeving/vw/57/6/1"),
            ("Gezinsherenigingsrichtlijn", "/wetgeving/r2003-86"),
        ],
    )
    def test_it_knows_the_address_of_its_page(self, laws: LawRegister, text: str, address: str) -> None:
        assert parse_source(text, laws).address == address

    def test_references_sort_by_article_then_paragraph(self, laws: LawRegister) -> None:
        texts = ["art. 40ter Vw.", "art. 10, § 10 Vw.", "art. 10, § 2 Vw.", "Vw.", "art. 9ter Vw.", "art. 10 Vw."]

        in_order = sorted((parse_source(text, laws) for text in texts), key=lambda reference: reference.order_key)

        assert [reference.precise for reference in in_order] == [
            "VW", "VW:9ter", "VW:10", "VW:10|§2", "VW:10|§10", "VW:40ter",
        ]  # fmt: skip


class TestArticleOrderKey:
    def test_articles_sort_as_a_code_prints_them(self) -> None:
        printed = ["1/1", "1/1/1", "9", "9bis", "9ter", "10", "40", "40bis", "57/6", "57/6/1", "61/25", "61/25-1",
                   "61/26", "110terdecies"]  # fmt: skip

        assert sorted(set(printed), key=article_order_key) == printed

    def test_books_and_dotted_numbers_count_as_numbers(self) -> None:
        assert sorted(["VII.57", "VI.2", "IX.1", "4.17", "4.2"], key=article_order_key) == [
            "4.2", "4.17", "VI.2", "VII.57", "IX.1",
        ]  # fmt: skip

    def test_what_is_no_article_number_is_refused(self) -> None:
        with pytest.raises(InvalidSource, match="geen artikelnummer"):
            article_order_key("9foo")


class TestParseNormal:
    def test_an_unknown_id_is_refused(self, laws: LawRegister) -> None:
        with pytest.raises(UnknownLaw, match="'XW'"):
            parse_normal("XW:1", laws)

    def test_what_is_no_article_number_is_refused(self, laws: LawRegister) -> None:
        with pytest.raises(InvalidSource, match="'x'"):
            parse_normal("VW:x", laws)


class TestLawRegister:
    @pytest.mark.parametrize(
        "alias", ["Vw.", "vw", "Vreemdelingenwet", "Wet van 15 december\u00a01980", "verblijfswet"]
    )
    def test_every_name_finds_the_law(self, laws: LawRegister, alias: str) -> None:
        found = laws.find_law(alias)

        assert found is not None
        assert found.id == "VW"

    def test_old_and_new_civil_code_stay_apart(self, laws: LawRegister) -> None:
        assert [laws.find_law(name).id for name in ("BW", "Oud BW")] == ["BW", "OUDBW"]  # type: ignore[union-attr]

    def test_slugs_are_unique_and_lead_back(self, laws: LawRegister) -> None:
        assert len(laws.laws) >= 91
        assert [laws.find_law_by_slug(law.slug) for law in laws.laws] == list(laws.laws)

    def test_a_name_belongs_to_one_law(self, laws: LawRegister) -> None:
        """Two laws with one abbreviation would make every reference to the second one wrong."""
        names = [
            name.casefold() for law in laws.laws for name in {law.abbreviation, *law.aliases, law.long_form} if name
        ]
        owners = {(name, law.id) for law in laws.laws for name in map(str.casefold, (law.abbreviation, *law.aliases))}

        assert len({name for name, _ in owners}) == len(owners)
        assert all(laws.find_law(name) for name in names)
