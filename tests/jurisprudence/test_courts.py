from pathlib import Path

import pytest

from jurisprudence.courts import CourtRegister, UnknownCourt, load_courts
from jurisprudence.identifiers import parse_ecli, parse_ruling_number

LISTS = Path(__file__).parents[2] / "content" / "lijsten"


@pytest.fixture(scope="module")
def courts() -> CourtRegister:
    return load_courts(LISTS / "hoven.yaml")


class TestLoadCourts:
    def test_the_leading_courts_come_first(self, courts: CourtRegister) -> None:
        assert [court.id for court in courts.courts][:6] == ["RVV", "RVS", "GWH", "CASS", "HVJ", "EHRM"]

    def test_ids_and_places_are_unique(self, courts: CourtRegister) -> None:
        assert len({court.id for court in courts.courts}) == len({court.order for court in courts.courts}) == 54

    def test_every_example_number_of_the_list_is_read(self, courts: CourtRegister) -> None:
        """An editor who copies an example from the list must not be refused."""
        refused = [
            (court.id, text)
            for court in courts.courts
            for text in court.number_formats
            if not parse_ruling_number(court.id, text).normal.startswith(f"{court.id}:")
        ]

        assert refused == []

    def test_a_missing_field_is_named(self, tmp_path: Path) -> None:
        broken = tmp_path / "hoven.yaml"
        broken.write_text("courts:\n  - {id: RVV, kind: bestuursrechter, order: 1}\n", encoding="utf-8")

        with pytest.raises(KeyError, match="label"):
            load_courts(broken)


class TestCourtRegister:
    def test_an_id_is_found_in_any_case(self, courts: CourtRegister) -> None:
        assert courts.get_court("rvv").label == "Raad voor Vreemdelingenbetwistingen"

    def test_an_unknown_id_is_refused(self, courts: CourtRegister) -> None:
        with pytest.raises(UnknownCourt, match="Onbekend hof: 'XYZ'"):
            courts.get_court("XYZ")

    @pytest.mark.parametrize(
        ("name", "court_id"),
        [
            ("RvV", "RVV"),
            ("CCE", "RVV"),
            ("raad van state", "RVS"),
            ("Conseil d'État", "RVS"),
            ("GwH", "GWH"),
            ("Cass.", "CASS"),
            ("HvB\u00a0Brussel", "CABRL"),
            ("Arbeidsrechtbank Antwerpen", "ARANT"),
            ("CGVS", "CGVS"),
        ],
    )
    def test_names_and_abbreviations_lead_to_a_court(self, courts: CourtRegister, name: str, court_id: str) -> None:
        found = courts.find_court(name)

        assert found is not None
        assert found.id == court_id

    def test_a_dutch_court_from_the_netherlands_is_not_found(self, courts: CourtRegister) -> None:
        assert courts.find_court("Hoge Raad") is None

    def test_authorities_are_no_courts(self, courts: CourtRegister) -> None:
        assert courts.get_court("DVZ").is_authority
        assert not courts.get_court("RVV").is_authority

    @pytest.mark.parametrize(
        ("ecli", "court_id"),
        [
            ("ECLI:BE:CASS:2021:ARR.20210302.2N.22", "CASS"),
            ("ECLI:BE:RSCE:2019:ARR.245.403", "RVS"),
            ("ECLI:EU:C:2017:354", "HVJ"),
            ("ECLI:CE:ECHR:2023:0718JUD004925522", "EHRM"),
        ],
    )
    def test_an_ecli_names_its_court(self, courts: CourtRegister, ecli: str, court_id: str) -> None:
        """RSCE is an older code of the Raad van State that still circulates."""
        found = courts.court_of_ecli(parse_ecli(ecli))

        assert found is not None
        assert found.id == court_id

    def test_an_ecli_of_a_foreign_court_names_none(self, courts: CourtRegister) -> None:
        """ECLI:NL:CASS would be Dutch: the country counts."""
        assert courts.court_of_ecli(parse_ecli("ECLI:NL:CASS:2021:ARR.1")) is None
