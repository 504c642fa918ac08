"""The published ruling records of content/rechtspraak: each one must be readable by the registers."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from jurisprudence.citation import CitedRuling, cite_va
from jurisprudence.courts import load_courts
from jurisprudence.identifiers import ecli_fits, parse_ecli, parse_ruling_number, ruling_slug
from jurisprudence.keywords import SegmentKind, load_outcomes, parse_keywords
from jurisprudence.legislation import load_laws, parse_source
from tests.shipped import RULINGS

CONTENT = Path(__file__).parents[2] / "content"
LISTS = CONTENT / "lijsten"
FIELDS = [
    "court", "division", "historic_court_name", "number", "role_numbers", "decided_on", "ecli", "ecli_status",
    "language", "parties", "keywords", "outcome", "themes", "articles", "treatments", "source_url", "sources",
    "unverified", "quality",
]  # fmt: skip
REQUIRED = {"court", "number", "decided_on", "language", "keywords", "themes", "quality"}
WITH_PARTIES = {"HVJ", "EHRM", "GWH", "RVS"}


@dataclass(frozen=True)
class Record:
    path: Path
    fields: dict[str, Any]
    summary: str


def read(path: Path) -> Record:
    _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
    return Record(path, yaml.safe_load(front), body.strip())


RECORDS = [read(path) for path in sorted(CONTENT.glob("rechtspraak/*/*.md"))]
every_record = pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.path.stem)

courts = load_courts(LISTS / "hoven.yaml")
laws = load_laws(LISTS / "wetgeving.yaml")
outcomes = load_outcomes(LISTS / "uitkomsten.yaml")
themes = {entry["id"] for entry in yaml.safe_load((LISTS / "themas.yaml").read_text(encoding="utf-8"))["themes"]}


def test_all_rulings_of_sufficient_quality_are_there() -> None:
    assert len(RECORDS) == RULINGS


@every_record
class TestRulingRecord:
    def test_the_fields_are_known_and_in_order(self, record: Record) -> None:
        assert list(record.fields) == [field for field in FIELDS if field in record.fields]
        assert set(record.fields) >= REQUIRED
        assert all(record.fields.values())

    def test_the_file_lies_where_its_address_says(self, record: Record) -> None:
        court = courts.get_court(record.fields["court"])
        number = parse_ruling_number(court.id, record.fields["number"])
        slug = ruling_slug(number, record.fields["decided_on"])

        assert slug == f"{record.path.parent.name}-{record.path.stem}"
        assert number.display == record.fields["number"]

    def test_the_ecli_belongs_to_court_and_day(self, record: Record) -> None:
        """The RvV has no confirmed ECLI, so a record that claims one would be invented."""
        assert ("ecli" in record.fields) == ("ecli_status" in record.fields)
        if "ecli" in record.fields:
            ecli = parse_ecli(record.fields["ecli"])
            assert courts.court_of_ecli(ecli) == courts.get_court(record.fields["court"])
            assert ecli_fits(ecli, record.fields["decided_on"])
            is_sure = record.fields["ecli_status"] == "verified"
            assert is_sure or record.fields["ecli_status"] in {"from_format_rule", "mapped"}
            assert is_sure == ("ecli" not in record.fields.get("unverified", []))

    def test_articles_and_themes_exist(self, record: Record) -> None:
        """An article is stored the way it is shown, only with ordinary spaces."""
        articles = record.fields.get("articles", [])

        assert [parse_source(text, laws).display.replace("\u00a0", " ") for text in articles] == articles
        assert set(record.fields["themes"]) <= themes

    def test_the_chain_holds_the_articles_and_ends_with_the_outcome(self, record: Record) -> None:
        chain = parse_keywords(record.fields["keywords"], outcomes)

        assert chain.text == record.fields["keywords"]
        assert set(record.fields.get("articles", [])) <= {segment.text for segment in chain.segments}
        assert chain.outcome == record.fields.get("outcome")
        assert all(segment.kind is SegmentKind.DISPOSITION for segment in chain.segments[-1:]) == bool(chain.outcome)

    def test_the_rest_is_honest(self, record: Record) -> None:
        unverified = set(record.fields.get("unverified", []))

        assert record.fields["quality"] in {"full", "good"}
        assert unverified <= {"parties", "language", "articles", "ecli", "summary"}
        assert record.fields["decided_on"] <= date(2026, 11, 25)
        assert record.fields["court"] in WITH_PARTIES or "parties" not in record.fields
        assert record.summary.endswith((".", ")."))
        assert record.fields.get("source_url", "https://").startswith(("http://", "https://"))

    def test_it_can_be_cited(self, record: Record) -> None:
        court = courts.get_court(record.fields["court"])
        ruling = CitedRuling(court, record.fields["number"], record.fields["decided_on"])

        assert str(record.fields["decided_on"].year) in cite_va(ruling)
