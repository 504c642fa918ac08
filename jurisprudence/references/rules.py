"""The table of what is recognised: a rule per form, with what it must read and what it must leave alone.

`find_articles` and `find_rulings` read on from these patterns: the parts and the law behind an article, the court
beside a number. Each pattern starts with a literal or a small set of signs, so that a text without references costs
next to nothing, and none repeats something that can match in two ways, so that no text makes it run away.
"""

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Rule:
    """One form of reference.

    `normal_form` says how it is written down. `examples` pair a text with the normal forms it must give, in order;
    from a text of `counter_examples` nothing may come.
    """

    name: str
    pattern: re.Pattern[str]
    normal_form: str
    examples: tuple[tuple[str, tuple[str, ...]], ...]
    counter_examples: tuple[str, ...] = ()


ARTICLE: Final = Rule(
    name="article",
    pattern=re.compile(
        r"[Aa][Rr][Tt](?<![\w-]...)(?:ikel(?:en|s)?|icles?|t?\.?|s\.|IKEL(?:EN)?|ICLES?)\.?\s*"
        r"(?:nrs?\.?\s*)?(?=\d|§|[IVXLC]{1,6}\.\s?\d|[Pp]remier\b|1er\b)"
    ),
    normal_form="WET:artikel[..tot][|sectie][|§paragraaf][|llid][|punt°][|letter)], ?:artikel zonder wet",
    examples=(
        ("art. 9bis Vw.", ("VW:9bis",)),
        ("artikel 9 bis van de Vreemdelingenwet", ("VW:9bis",)),
        ("artikelen 10, 10bis en 40ter Vw.", ("VW:10", "VW:10bis", "VW:40ter")),
        ("artikelen 27 t.e.m. 29 WIPR", ("WIPR:27..29",)),
        ("art. 48/2-48/4 Vw.", ("VW:48/2..48/4",)),
        ("art. 61/25-1 Vw.", ("VW:61/25-1",)),
        ("art. 51/5 juncto art. 62 Vw.", ("VW:51/5", "VW:62")),
        ("art. 40ter, § 2, eerste lid, 1° Vw.", ("VW:40ter|§2|l1|1°",)),
        ("artikel 7, lid 1, onder c), van Richtlijn 2003/86/EG", ("R2003_86:7|l1|c)",)),
        ("artikel 5.1.f EVRM", ("EVRM:5|l1|f)",)),
        ("artikel 74/13 van de wet van 15 december 1980", ("VW:74/13",)),
        ("de artikelen 2 en 3 van de wet van 29 juli 1991", ("WMOTIV:2", "WMOTIV:3")),
        ("artikelen 10 en 11 van de Grondwet, 6.1 EVRM en 47 Handvest", ("GW:10", "GW:11", "EVRM:6|l1", "HANDVEST:47")),
        ("artikel 17 van Verordening (EU) nr. 604/2013", ("V604_2013:17",)),
        ("artikel 20 van de Terugkeerrichtlijn", ("R2008_115:20",)),
        ("l'article 9ter de la loi du 15 décembre 1980", ("VW:9ter",)),
        ("art. 8 de la CEDH", ("EVRM:8",)),
        ("l'article 1er, § 2, alinéa 1er, du Code judiciaire", ("GERW:1|§2|l1",)),
        ("art.\u00a09bis\u00a0Vw.", ("VW:9bis",)),
        ("de Vreemdelingenwet bepaalt in artikel 9bis", ("VW:9bis",)),
        ("wet van 15 december 1980, art. 9 en 10", ("VW:9", "VW:10")),
        ("artikel 9bis", ("?:9bis",)),
        ("art. 3 van de Vreemdelingenwet; dat artikel 3 EVRM", ("VW:3", "EVRM:3")),
        ("De Vreemdelingenwet geldt. Artikel 62 van die wet", ("VW:62",)),
        ("artikel 1 A van het Vluchtelingenverdrag", ("GENEVE:1|A",)),
        ("De artikelen 149 Grondwet (1) en 780, eerste lid, Gerechtelijk Wetboek", ("GW:149", "GERW:780|l1")),
        ("artikelen 39/82, § 1, eerste lid, en § 2, 39/84 en 63 Vw.", ("VW:39/82|§1|l1+§2", "VW:39/84", "VW:63")),
        ("artikelen 6.1 en 6.3,c, van het EVRM", ("EVRM:6|l1", "EVRM:6|l3|c)")),
        ("l'article 6, par. 3-b de la CEDH", ("EVRM:6|§3|b)",)),
        ("art. 2 van dat koninklijk besluit", ("?:2",)),
        ("articles 144bis, § 2 et 3, 764 et 838 du Code judiciaire", ("GERW:144bis|§2+3", "GERW:764", "GERW:838")),
        ("art. 12, § 1 en 14 Vw.", ("VW:12|§1", "VW:14")),
        (
            "art. 62 de la loi du 15 décembre 1980 sur l'accès, des articles 2 et 3 de la loi du 29 juillet 1991",
            ("VW:62", "WMOTIV:2", "WMOTIV:3"),
        ),
        ("artikel 577-4, § 1/1, eerste lid, Oud Burgerlijk Wetboek", ("OUDBW:577-4|§1/1|l1",)),
        ("l'article 1er, section A, § 2, de la Convention de Genève", ("GENEVE:1|A|§2",)),
        ("artikel 45 van de gecoordineerde wetten op de Raad van State", ("RVSWET:45",)),
    ),
    counter_examples=(
        "een artikel van de krant",
        "artikel 5 van de krant",
        "nr. 12 van de straat",
        "art director 5",
        "op 12 oktober 2020, tel. 02 123 45 67",
        "artikel 4.3.1 VCRO",
        "artikel 149 van het Wetboek van Strafvordering",
        "artikel 12 van de wet van 5 mei 1999",
        "artikel 29 Vreemdelingenwet 2000",
        "artikel 3 van het huishoudelijk reglement",
        "artikel 17 van het Handvest van de sociaal verzekerde",
        "artikel 10 dagen na de betekening",
        "artikel 578 Gw.",
        "l'article 1er de la loi maritime",
        "Kunstart. 5 Vw.",
        "artikel 4.1 zevende aanvullend protocol EVRM",
        "Wegcode van 10 december 1958, art. 15 en 16",
    ),
)
ECLI: Final = Rule(
    name="ecli",
    pattern=re.compile(
        r"[Ee](?i:CLI)(?<!\w....)(?i:\s?[:;]\s?(?P<country>[A-Z]{2})\s?[:;]\s?(?P<court>[A-Z][A-Z0-9]{0,6})"
        r"\s?[:;]\s?(?P<year>(?:1[89]|20)\d\d)\s?[:;]\s?(?P<ordinal>[A-Z0-9]+(?:\.\s?(?=[A-Z]*\d|[A-Z]{2,4}\.\d)[A-Z0-9]+){0,5}))"
    ),
    normal_form="ECLI:LAND:HOF:JAAR:VOLGNUMMER",
    examples=(
        ("ECLI:BE:CASS:2021:ARR.20210302.2N.22.", ("ECLI:BE:CASS:2021:ARR.20210302.2N.22",)),
        ("ecli:be:ghcc:2020:arr.081", ("ECLI:BE:GHCC:2020:ARR.081",)),
        ("ECLI : BE : CASS : 2025 : ARR.20250715.VAK.5", ("ECLI:BE:CASS:2025:ARR.20250715.VAK.5",)),
        ("ECLI;EU;C;2017;354", ("ECLI:EU:C:2017:354",)),
        ("ECLI:BE:RSCE:2024:ARR.259.259", ("ECLI:BE:RVSCE:2024:ARR.259.259",)),
        ("ECLI:CE:\u00adECHR:2023:0718JUD004925522", ("ECLI:CE:ECHR:2023:0718JUD004925522",)),
    ),
    counter_examples=("de ECLI van het arrest", "ECLI:BE:CASS", "ECLI:BE:CASS:1721:ARR.1"),
)
BARE_ECLI: Final = Rule(
    name="ecli without its prefix",
    pattern=re.compile(
        r"(?P<country>BE|EU|CE|NL)(?<![\w:;]..)\s?:\s?(?P<court>[A-Z][A-Z0-9]{0,6})\s?:\s?(?P<year>(?:1[89]|20)\d\d)\s?:\s?"
        r"(?P<ordinal>[A-Z0-9]+(?:\.(?=[A-Z]*\d|[A-Z]{2,4}\.\d)[A-Z0-9]+){0,5})"
    ),
    normal_form="ECLI:LAND:HOF:JAAR:VOLGNUMMER",
    examples=(
        ("BE:GHCC:2020:ARR.081", ("ECLI:BE:GHCC:2020:ARR.081",)),
        ("(EU:C:2017:354)", ("ECLI:EU:C:2017:354",)),
    ),
    counter_examples=("BE: 2020: nieuws", "de EU: Raad"),
)
EU_CASE: Final = Rule(
    name="case of the Court of Justice",
    pattern=re.compile(r"(?P<number>[CTF]\s?-\s?\d{1,4}/\d{2}(?!\d)(?:\s?(?:PPU|P|REV|RX)\b)?)(?![/\w])"),
    normal_form="HVJ:C-nummer/jaar",
    examples=(
        ("HvJ 10 mei 2017, C-133/15", ("HVJ:C-133/15",)),
        ("C\u2011578/08", ("HVJ:C-578/08",)),
        ("gevoegde zaken C-758/24 en C-759/24", ("HVJ:C-758/24", "HVJ:C-759/24")),
        ("C-638/16 PPU", ("HVJ:C-638/16",)),
    ),
    counter_examples=("ABC-133/15", "C-133/2015", "dossier C-12"),
)
OLD_EU_CASE: Final = Rule(
    name="case of the Court of Justice before 1989",
    pattern=re.compile(r"(?P<number>\d{1,3}/[5-8]\d)(?!\d|/)"),
    normal_form="HVJ:nummer/jaar",
    examples=(("het Hof van Justitie in zaak 120/78", ("HVJ:120/78",)),),
    counter_examples=("zaak 120/78", "huisnummer 120/78 bij het Hof van Justitie"),
)
CASSATION: Final = Rule(
    name="roll number of the Court of Cassation",
    pattern=re.compile(r"(?P<number>[CPSFDGH]\.(?<![\w.]..)\s?\d{2}\.\s?\d{4}\.\s?[NF])(?!\w)"),
    normal_form="CASS:letter.jaar.nummer.taal",
    examples=(("Cass. 27 juni 2016, C.15.0014.N", ("CASS:C.15.0014.N",)), ("P.20. 1057.F", ("CASS:P.20.1057.F",))),
    counter_examples=("A.C.15.0014.N", "X.15.0014.N", "C.15.0014.NL"),
)
CASSATION_PLAIN: Final = Rule(
    name="old roll number of the Court of Cassation",
    pattern=re.compile(r"(?P<number>[CPSFDGH](?<![\w.].)\d{6}[NF])(?!\w)"),
    normal_form="CASS:letter.jaar.nummer.taal",
    examples=(("Cass. 1 december 2005, C050057F", ("CASS:C.05.0057.F",)),),
    counter_examples=("kenteken C050057F",),
)
CASSATION_OLD: Final = Rule(
    name="plain roll number of the Court of Cassation, before 1990",
    pattern=re.compile(
        r"A(?<!\w.)\.?R\.?\s?(?:nrs?\.?\s*|n°\s*)?(?P<number>(?!(?:1[89]|20)\d\d\b)[1-9]\d{3})(?![\w/]|[.,-]\d)"
    ),
    normal_form="CASS:nummer",
    examples=(
        ("Cass. 9 juni 1988, A.R. 8012, A.C. 1987-88", ("CASS:8012",)),
        ("Cass., 14 mei 1991, AR nr. 5630", ("CASS:5630",)),
    ),
    counter_examples=("A.R. 8012", "Cass. 9 juni 1988 over het A.R. 1967", "RvS, A.R. 8012", "Cass. AR 8012/2"),
)
CASSATION_2026: Final = Rule(
    name="roll number of the Court of Cassation since June 2026",
    pattern=re.compile(r"(?P<number>\d{2}/CAS/\d{4,6})(?!\w)"),
    normal_form="CASS:jaar/CAS/nummer",
    examples=(("Cass. 4 augustus 2026, 26/CAS/0418", ("CASS:26/CAS/0418",)),),
    counter_examples=("26/CAT/0418",),
)
GWH: Final = Rule(
    name="number of the Constitutional Court",
    pattern=re.compile(r"(?P<number>0{0,2}[1-9]\d{0,2}/(?:19[89]|20[0-4])\d)(?![\w/-])"),
    normal_form="GWH:nummer/jaar",
    examples=(
        ("GwH 4 juni 2020, nr. 81/2020", ("GWH:81/2020",)),
        ("arrest nr. 081/2020 van het Grondwettelijk Hof", ("GWH:81/2020",)),
        ("l'arrêt n° 121/2013 de la Cour constitutionnelle", ("GWH:121/2013",)),
    ),
    counter_examples=("maand 12/2020", "het Grondwettelijk Hof op 12/10/2020", "nr. 81/2020"),
)
ECHR: Final = Rule(
    name="application to the European Court of Human Rights",
    pattern=re.compile(r"(?P<number>(?:\d{3,6}|\d{1,3}\.\d{3})/\s?\d{2})(?![\w/-])"),
    normal_form="EHRM:nummer/jaar",
    examples=(
        ("EHRM 13 december 2016, nr. 41738/10, Paposhvili t. België", ("EHRM:41738/10",)),
        ("Cour eur. D.H., n° 30696/09", ("EHRM:30696/09",)),
        ("EHRM 26 juni 2018, nr. 56.396/12", ("EHRM:56396/12",)),
        ("EHRM 14 oktober 2014, nr. 45440/ 04", ("EHRM:45440/04",)),
    ),
    counter_examples=("dossier 41738/10", "rolnummer 41738/10 (EHRM)"),
)
SERIES: Final = Rule(
    name="number of the Raad voor Vreemdelingenbetwistingen or the Raad van State",
    pattern=re.compile(
        r"(?P<number>[1-9](?:\d{0,2}[. ]\d{3}|\d{4,5}))(?<!\d{4}[. ]\d{3})"
        r"(?![\d/]|[.,]\d|-\w|\s?(?:euro|EUR|frank|BEF|€|%))"
    ),
    normal_form="RVV:nummer, RVS:nummer",
    examples=(
        ("RvV 28 februari 2022, nr. 269.083", ("RVV:269083",)),
        ("RvV arrest nr. 242 762 van 22-10-2020", ("RVV:242762",)),
        ("arrest nummer 219.546 van 8 april 2019 (RvV)", ("RVV:219546",)),
        ("RvS 26 maart 2024, 259.259", ("RVS:259259",)),
        ("arrest nr. 235.038 van de Raad van State", ("RVS:235038",)),
        ("Bij arrest nr. 252.999 van 16 februari 2022, heeft de Raad van State geoordeeld", ("RVS:252999",)),
        ("RvV nrs. 218.123, 218.124 en 218.125", ("RVV:218123", "RVV:218124", "RVV:218125")),
        ("l'arrêt n° 218 123 du Conseil du contentieux des étrangers", ("RVV:218123",)),
    ),
    counter_examples=(
        "arrest nr. 218.123",
        "de Raad van State kent 259.259 euro toe",
        "RvS, rolnummer 245.067",
        "RvV: tel. nr. 02 123 456",
        "De RvS; R.Stvb. 10 november 2015, nr. 2.568",
    ),
)
ROLL: Final = Rule(
    name="roll number of a court of first instance or appeal",
    pattern=re.compile(r"(?P<number>(?:19|20)\d{2}/(?:[A-Z]{2}/\d{1,5}|\d{3,5})|\d{2}/\d{1,5}/[A-E]\b)(?![\w/])"),
    normal_form="HOF:rolnummer",
    examples=(
        ("Arbeidsrechtbank Antwerpen 10 maart 2016, 15/3105/A", ("ARANT:15/3105/A",)),
        ("Arbeidshof Antwerpen - 2015/AA/135 - 1-04-2015", ("AHANT:2015/AA/135",)),
        ("Hof van beroep Brussel - 2014/7124 - 17-09-2014", ("CABRL:2014/7124",)),
        ("familierechtbank Dendermonde, vonnis nr. 21/875/B", ("FAMRB:21/875/B",)),
    ),
    counter_examples=("dossier 15/3105/A", "Richtlijn 2014/7124"),
)
RULES: Final = (
    ARTICLE, ECLI, BARE_ECLI, EU_CASE, OLD_EU_CASE, CASSATION, CASSATION_PLAIN, CASSATION_OLD, CASSATION_2026, GWH,
    ECHR, SERIES, ROLL,
)  # fmt: skip
