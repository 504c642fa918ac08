"""Article and ruling references as jurists write them, each with the normal form it must give."""

import re
from datetime import date

import pytest

from jurisprudence.references.recogniser import Recogniser

ARTICLES = [
    ("artikel 9ter van de Vreemdelingenwet", ["VW:9ter"]),
    ("art. 10 Vw.", ["VW:10"]),
    ("art. 40ter, § 2, eerste lid, 1° Vw.", ["VW:40ter|§2|l1|1°"]),
    ("art. 40bis, §2, 1e lid, 3° Vw.", ["VW:40bis|§2|l1|3°"]),
    ("artikelen 40bis, § 2, eerste lid, 3°, en 40ter, § 1 Vw.", ["VW:40bis|§2|l1|3°", "VW:40ter|§1"]),
    ("art. 57/6, § 3, eerste lid, 3° Vw.", ["VW:57/6|§3|l1|3°"]),
    ("art. 48/3 Vw.", ["VW:48/3"]),
    ("artikelen 48/3 en 48/4 van de Verblijfswet", ["VW:48/3", "VW:48/4"]),
    ("art. 48/2 t.e.m. 48/9 Vw.", ["VW:48/2..48/9"]),
    ("art. 74/13 Vw.", ["VW:74/13"]),
    ("art. 74/11, § 1, tweede lid Vw.", ["VW:74/11|§1|l2"]),
    ("art. 7, 1ste lid, 3° Vw.", ["VW:7|l1|3°"]),
    ("art. 44bis Vw.", ["VW:44bis"]),
    ("art. 42quinquies, §1 Vw.", ["VW:42quinquies|§1"]),
    ("art. 61/25-1 Vw.", ["VW:61/25-1"]),
    ("art. 61/25-5, § 1 Vw.", ["VW:61/25-5|§1"]),
    ("art. 74-4bis Vw.", ["VW:74/4bis"]),
    ("art. 39/57, § 1 Vw.", ["VW:39/57|§1"]),
    ("art. 51/5 Vw. jo. art. 3 EVRM", ["VW:51/5", "EVRM:3"]),
    ("art. 55/3/1, § 2, 2° Vw.", ["VW:55/3/1|§2|2°"]),
    ("art. 62, § 2 Vw.", ["VW:62|§2"]),
    ("artikelen 71 en 72 Vw.", ["VW:71", "VW:72"]),
    ("artt. 75-76 Vw.", ["VW:75..76"]),
    ("art. 1, § 2 Vw.", ["VW:1|§2"]),
    ("art. 12bis, §§ 5 en 6 Vw.", ["VW:12bis|§5+6"]),
    ("art. 26/3 Vb.", ["VB:26/3"]),
    ("art. 98, eerste lid, Vreemdelingenbesluit", ["VB:98|l1"]),
    ("art. 27 WIPR", ["WIPR:27"]),
    ("art. 27, § 1, vierde lid WIPR", ["WIPR:27|§1|l4"]),
    ("artikelen 27 en 31 Wetboek IPR", ["WIPR:27", "WIPR:31"]),
    ("art. 25, § 1, 8° WIPR", ["WIPR:25|§1|8°"]),
    ("art. 27-29 WIPR", ["WIPR:27..29"]),
    ("art. 12bis, § 1, 2° WBN", ["WBN:12bis|§1|2°"]),
    ("art. 23/1, § 1, 1° WBN", ["WBN:23/1|§1|1°"]),
    ("art. 15, § 1, vierde lid WBN", ["WBN:15|§1|l4"]),
    ("art. 57, § 2, eerste lid, 1° OCMW-wet", ["OCMWWET:57|§2|l1|1°"]),
    ("art. 3, 3° Leefloonwet", ["LEEFLOONWET:3|3°"]),
    ("art. 11, § 3, laatste lid Opvangwet", ["OPVANGWET:11|§3"]),
    ("art. 7, § 3 Opvangwet", ["OPVANGWET:7|§3"]),
    ("artikelen 10 en 11 van de Grondwet", ["GW:10", "GW:11"]),
    ("art. 22bis Gw.", ["GW:22bis"]),
    ("art. 8 EVRM", ["EVRM:8"]),
    ("art. 5, § 4 EVRM", ["EVRM:5|§4"]),
    ("art. 3 en 13 EVRM", ["EVRM:3", "EVRM:13"]),
    ("art. 20 VWEU", ["VWEU:20"]),
    ("art. 24 Handvest", ["HANDVEST:24"]),
    ("art. 7, lid 1, onder c), Richtlijn 2003/86/EG", ["R2003_86:7|l1|c)"]),
    ("artikel 7.1 van Richtlijn 2004/38/EG", ["R2004_38:7|l1"]),
    ("art. 3, lid 2, a) Burgerschapsrichtlijn", ["R2004_38:3|l2|a)"]),
    ("art. 42, lid 1, e) Verordening (EU) 2024/1348", ["V2024_1348:42|l1|e)"]),
    ("art. 17, lid 1, Dublin III-verordening", ["V604_2013:17|l1"]),
    ("artikel 3 Brussel IIter", ["V2019_1111:3"]),
    ("art. 25, lid 1, a) Visumcode", ["V810_2009:25|l1|a)"]),
    ("art. 146bis Oud BW", ["OUDBW:146bis"]),
    ("art. 330/1 Oud BW", ["OUDBW:330/1"]),
    ("art. 4.17 BW", ["BW:4.17"]),
    ("art. 433quinquies Sw.", ["SW:433quinquies"]),
    ("art. 508/1 Ger.W.", ["GERW:508/1"]),
    ("art. 9, lid 2, g) AVG", ["AVG:9|l2|g)"]),
    ("art. 10 en 10bis Vw. en art. 40ter Vw.", ["VW:10", "VW:10bis", "VW:40ter"]),
    ("Schending van art. 74/13 Vw., art. 8 EVRM en art. 24 Handvest", ["VW:74/13", "EVRM:8", "HANDVEST:24"]),
    ("art. 9bis", ["?:9bis"]),
]
RULINGS = [
    ("RvV arrest nr. 242.762 van 22-10-2020", ["RVV:242762"], date(2020, 10, 22)),
    ("arrest nummer 219.546 van 8 april 2019 (RvV)", ["RVV:219546"], date(2019, 4, 8)),
    (
        "RvS 26 maart 2024, 259.259, ECLI:BE:RVSCE:2024:ARR.259.259",
        ["RVS:259259", "ECLI:BE:RVSCE:2024:ARR.259.259"],
        date(2024, 3, 26),
    ),
    ("RvS beschikking nr. 16.382 van 11 augustus 2025", ["RVS:16382"], date(2025, 8, 11)),
    ("Cass. 27 juni 2016, C.15.0014.N", ["CASS:C.15.0014.N"], date(2016, 6, 27)),
    ("Cass. 4 augustus 2026, 26/CAS/0418", ["CASS:26/CAS/0418"], date(2026, 8, 4)),
    ("HvJ 7 maart 2017, C‑638/16 PPU, X en X t. België", ["HVJ:C-638/16"], date(2017, 3, 7)),
    (
        "HvJ (Grote kamer) 1 augustus 2025, gevoegde zaken C-758/24 en C-759/24",
        ["HVJ:C-758/24", "HVJ:C-759/24"],
        date(2025, 8, 1),
    ),
    ("EHRM 13 december 2016, nr. 41738/10, Paposhvili t. België", ["EHRM:41738/10"], date(2016, 12, 13)),
    ("Arbeidsrechtbank Antwerpen 10 maart 2016, 15/3105/A", ["ARANT:15/3105/A"], date(2016, 3, 10)),
    ("Arbeidshof Antwerpen - 2015/AA/135 - 1-04-2015", ["AHANT:2015/AA/135"], date(2015, 4, 1)),
    ("Hof van beroep Brussel - 2014/7124 - 17-09-2014", ["CABRL:2014/7124"], date(2014, 9, 17)),
    ("familierechtbank Dendermonde, vonnis nr. 21/875/B van 21 september 2022", ["FAMRB:21/875/B"], date(2022, 9, 21)),
]


@pytest.mark.parametrize(("text", "normals"), ARTICLES)
def test_articles_are_recognised(recogniser: Recogniser, text: str, normals: list[str]) -> None:
    assert [found.normal for found in recogniser.find(text)] == normals


@pytest.mark.parametrize("text", [text for text, normals in ARTICLES if ":" in normals[0]])
def test_the_place_covers_head_and_law(recogniser: Recogniser, text: str) -> None:
    """What is underlined on a page runs from the head of the first article to the end of the law."""
    found = recogniser.find(text)

    covered = text[found[0].start : found[-1].end]
    assert re.match(r"[Aa]rt", covered)
    assert text.endswith(covered)


@pytest.mark.parametrize(("text", "normals", "decided_on"), RULINGS)
def test_rulings_are_recognised(recogniser: Recogniser, text: str, normals: list[str], decided_on: date) -> None:
    found = recogniser.find(text)

    assert [one.normal for one in found] == normals
    assert found[0].decided_on == decided_on


def test_a_case_of_a_european_court_has_its_parties(recogniser: Recogniser) -> None:
    (found,) = recogniser.find("EHRM 13 december 2016, nr. 41738/10, Paposhvili t. België")

    assert found.parties == "Paposhvili t. België"


def test_a_family_court_has_its_division(recogniser: Recogniser) -> None:
    """One court sits in several towns; a number without its town could be of any of them."""
    first, second = recogniser.find(
        "Familierechtbank Dendermonde, nr. 21/875/B van 3 mei 2021, en familierechtbank Gent, nr. 22/11/A."
    )

    assert (first.division, second.division) == ("Dendermonde", "Gent")
