from datetime import date
from pathlib import Path
from typing import Any

import pytest

from jurisprudence.citation import CitedRuling, cite_va, cite_vena, long_date
from jurisprudence.courts import CourtRegister, load_courts
from jurisprudence.identifiers import parse_ecli

LISTS = Path(__file__).parents[2] / "content" / "lijsten"


@pytest.fixture(scope="module")
def courts() -> CourtRegister:
    return load_courts(LISTS / "hoven.yaml")


ROWS: list[tuple[str, str, date, dict[str, Any], str, str]] = [
    # court, number, date, what else is known, V&A, VENA
    ("RVV", "269.083", date(2022, 2, 28), {},
     "RvV 28 februari 2022, nr. 269.083",
     "RvV 28 februari 2022, 269.083."),
    ("RVS", "259259", date(2024, 3, 26), {"ecli": "ECLI:BE:RVSCE:2024:ARR.259.259"},
     "RvS 26 maart 2024, nr. 259.259, ECLI:BE:RVSCE:2024:ARR.259.259",
     "RvS 26 maart 2024, 259.259, ECLI:BE:RVSCE:2024:ARR.259.259."),
    ("RVS", "16.382", date(2025, 8, 11), {"ecli": "ECLI:BE:RVSCE:2025:ORD.16.382"},
     "RvS (beschikking) 11 augustus 2025, nr. 16.382, ECLI:BE:RVSCE:2025:ORD.16.382",
     "RvS 11 augustus 2025, 16.382, ECLI:BE:RVSCE:2025:ORD.16.382."),
    ("GWH", "81/2020", date(2020, 6, 4), {"ecli": "ECLI:BE:GHCC:2020:ARR.081"},
     "GwH 4 juni 2020, nr. 81/2020",
     "GwH 4 juni 2020, 81/2020, ECLI:BE:GHCC:2020:ARR.081."),
    ("GWH", "46/2006", date(2006, 3, 22), {},
     "Arbitragehof 22 maart 2006, nr. 46/2006",
     "Arbitragehof 22 maart 2006, 46/2006."),
    ("CASS", "P.20.1057.N", date(2021, 3, 2), {"ecli": "ECLI:BE:CASS:2021:ARR.20210302.2N.22"},
     "Cass. 2 maart 2021, P.20.1057.N, ECLI:BE:CASS:2021:ARR.20210302.2N.22",
     "Cass. 2 maart 2021, P.20.1057.N, ECLI:BE:CASS:2021:ARR.20210302.2N.22."),
    ("CABRL", "2014/7124", date(2014, 9, 17), {},
     "Brussel 17 september 2014, 2014/7124",
     "HvB Brussel 17 september 2014, 2014/7124."),
    ("AHANT", "2015/AA/135", date(2015, 4, 1), {},
     "Arbh. Antwerpen 1 april 2015, 2015/AA/135",
     "Arbh. Antwerpen 1 april 2015, 2015/AA/135."),
    ("ARANT", "15/3105/A", date(2016, 3, 10), {},
     "Arbrb. Antwerpen 10 maart 2016, 15/3105/A",
     "Arbrb. Antwerpen 10 maart 2016, 15/3105/A."),
    ("FAMRB", "21/875/B", date(2022, 9, 21), {"division": "Dendermonde"},
     "Fam.rb. Oost-Vlaanderen (afd. Dendermonde) 21 september 2022, 21/875/B",
     "Fam.rb. Oost-Vlaanderen (afd. Dendermonde) 21 september 2022, 21/875/B."),
    ("FAMRB", "20/1603/A", date(2021, 6, 3), {"division": "Leuven"},
     "Fam.rb. Leuven 3 juni 2021, 20/1603/A",
     "Fam.rb. Leuven 3 juni 2021, 20/1603/A."),
    ("ARANT", "231787", date(2013, 12, 20), {"division": "Hasselt", "historic_court_name": "Arbeidsrechtbank Hasselt"},
     "Arbrb. Hasselt 20 december 2013, 231787",
     "Arbrb. Hasselt 20 december 2013, 231787."),
    ("HVJ", "C-133/15", date(2017, 5, 10), {"ecli": "ECLI:EU:C:2017:354", "parties": "Chavez-Vilchez e.a."},
     "HvJ 10 mei 2017, C-133/15, ECLI:EU:C:2017:354, Chavez-Vilchez e.a.",
     "HvJ 10 mei 2017, C-133/15, ECLI:EU:C:2017:354, 'Chavez-Vilchez'."),
    ("EHRM", "49255/22", date(2023, 7, 18),
     {"ecli": "ECLI:CE:ECHR:2023:0718JUD004925522", "parties": "Camara t. België"},
     "EHRM 18 juli 2023, nr. 49255/22, Camara t. België",
     "EHRM 18 juli 2023, 49255/22, ECLI:CE:ECHR:2023:0718JUD004925522."),
]  # fmt: skip


def a_ruling(courts: CourtRegister, court: str, number: str, day: date, more: dict[str, Any]) -> CitedRuling:
    ecli = parse_ecli(more["ecli"]) if "ecli" in more else None
    return CitedRuling(courts.get_court(court), number, day, **{**more, "ecli": ecli})


class TestCite:
    @pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} {row[1]}")
    def test_both_forms_follow_their_guide(
        self, courts: CourtRegister, row: tuple[str, str, date, dict[str, Any], str, str]
    ) -> None:
        court, number, day, more, va, vena = row

        ruling = a_ruling(courts, court, number, day, more)

        assert [cite_va(ruling).replace("\u00a0", " "), cite_vena(ruling).replace("\u00a0", " ")] == [va, vena]


class TestSpaces:
    def test_no_line_breaks_inside_date_or_number(self, courts: CourtRegister) -> None:
        ruling = a_ruling(courts, "RVV", "269.083", date(2022, 2, 28), {})

        assert cite_va(ruling) == "RvV 28\u00a0februari 2022, nr.\u00a0269.083"

    def test_a_dutch_date_is_written_in_words(self) -> None:
        assert long_date(date(2025, 8, 1)) == "1\u00a0augustus 2025"


class TestParties:
    def test_no_names_appear_for_belgian_courts(self, courts: CourtRegister) -> None:
        """A reference to a Belgian court never carries the parties, even when the record holds initials."""
        ruling = a_ruling(courts, "GWH", "81/2020", date(2020, 6, 4), {"parties": "L.Y. t. RKW"})

        assert "L.Y." not in cite_va(ruling) + cite_vena(ruling)

    def test_vena_names_the_first_party_only(self, courts: CourtRegister) -> None:
        ruling = a_ruling(courts, "HVJ", "C-82/16", date(2018, 5, 8), {"parties": "K.A. e.a. t. Belgische Staat"})

        assert cite_vena(ruling).endswith("C-82/16, 'K.A.'.")
