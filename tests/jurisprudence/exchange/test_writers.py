"""RIS, BibTeX, ECLI metadata and JSON-LD, of records with the signs that break such files."""

from dataclasses import replace
from datetime import date
from xml.etree import ElementTree as ET

import rispy
from bibtexparser.entrypoint import parse_string
from hypothesis import given
from hypothesis import strategies as st

from jurisprudence.exchange.bibtex import write_bibtex
from jurisprudence.exchange.ecli_metadata import dublin_core, write_ecli_metadata, write_ecli_sitemap
from jurisprudence.exchange.linked_data import linked_data
from jurisprudence.exchange.record import Publication, RulingRecord
from jurisprudence.exchange.ris import write_ris

DCTERMS = "{http://purl.org/dc/terms/}"
RECORD = RulingRecord(
    court="CASS",
    number="C.14.0295.N",
    decided_on=date(2015, 5, 15),
    ecli="ECLI:BE:CASS:2015:ARR.20150515.3",
    language="nl",
    keywords="Erkenning – buitenlandse akte – verwerping",
    summary="Een samenvatting.",
    articles=("WIPR:27",),
    published=Publication(
        slug="cass-2015-05-15-c-14-0295-n",
        address="https://voorbeeld.test/rechtspraak/cass-2015-05-15-c-14-0295-n",
        name="Cass. 15 mei 2015, C.14.0295.N",
        court_name="Hof van Cassatie",
        publisher="Helpdesk",
        published_on=date(2025, 12, 31),
        changed_on=date(2026, 1, 2),
        states_ecli=True,
        references=("art. 27 WIPR",),
        theme_titles=("Buitenlandse akten",),
    ),
)
OTHER = replace(RECORD, published=None, number="C.14.0296.N")
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=80)


class TestRis:
    @given(text=ANY_TEXT)
    def test_an_independent_reader_finds_the_fields_whatever_the_summary_holds(self, text: str) -> None:
        written = "".join(write_ris([replace(RECORD, summary=f"ER  - {text}\nTY  - {text}"), RECORD]))

        entries = rispy.loads(written)

        assert [entry["type_of_reference"] for entry in entries] == ["CASE", "CASE"]
        assert [entry["title"] for entry in entries] == ["Cass. 15 mei 2015, C.14.0295.N"] * 2
        assert entries[1]["keywords"] == ["Erkenning", "buitenlandse akte", "verwerping"]
        assert entries[1]["year"] == "2015"


class TestBibtex:
    @given(text=ANY_TEXT)
    def test_an_independent_reader_finds_every_entry_whatever_the_summary_holds(self, text: str) -> None:
        written = "".join(write_bibtex([replace(RECORD, published=None, summary=f"{{{text}}}}} @misc{{x,"), OTHER]))

        library = parse_string(written)

        assert library.failed_blocks == library.comments == []  # comments are what stands outside any entry
        assert len(library.blocks) == 2

    def test_what_latex_would_take_as_a_command_is_written_out(self) -> None:
        written = "".join(write_bibtex([replace(RECORD, summary=r"50 % van 10 € & {x}_1 #2 \input")]))

        assert r"50 \% van 10 € \& \textbraceleft{}x\textbraceright{}\_1 \#2 \textbackslash{}input" in written


class TestEcliMetadata:
    def test_the_nine_required_fields_are_there(self) -> None:
        """Council conclusions 2011/C 127/01, annex, section 2."""
        fields = dict(dublin_core(RECORD))

        assert {
            "identifier", "isVersionOf", "creator", "coverage", "date", "language", "publisher", "accessRights", "type",
        } <= fields.keys()  # fmt: skip
        assert fields["isVersionOf"] == "ECLI:BE:CASS:2015:ARR.20150515.3"
        assert (fields["coverage"], fields["accessRights"]) == ("BE", "public")
        assert fields["issued"] == "2025-12-31"

    def test_the_title_is_the_name_of_the_case_and_repeats_nothing(self) -> None:
        named = replace(RECORD, title="Chakroun")

        assert "title" not in dict(dublin_core(RECORD))
        assert dict(dublin_core(named))["title"] == "Chakroun"

    @given(text=ANY_TEXT)
    def test_any_text_gives_well_formed_xml(self, text: str) -> None:
        record = replace(RECORD, summary=text, keywords=text)

        document = ET.fromstring("".join(write_ecli_metadata([record])))  # noqa: S314 - we made it ourselves
        sitemap = ET.fromstring("".join(write_ecli_sitemap([record])))  # noqa: S314 - same

        assert document.tag == "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}RDF"
        assert [node.text for node in document.iter(f"{DCTERMS}isVersionOf")] == [RECORD.ecli]
        assert sitemap.tag == "{http://www.sitemaps.org/schemas/sitemap/0.9}urlset"
        assert [node.get("value") for node in sitemap.iter("{https://e-justice.europa.eu/ecli}isVersionOf")] == [
            RECORD.ecli
        ]

    def test_an_ecli_that_may_be_of_another_ruling_is_claimed_nowhere(self) -> None:
        assert RECORD.published is not None
        unsure = replace(RECORD, published=replace(RECORD.published, states_ecli=False))

        written = [
            *write_ecli_metadata([unsure]),
            *write_ecli_sitemap([unsure]),
            *write_ris([unsure]),
            *write_bibtex([unsure]),
        ]

        assert dublin_core(unsure) == []
        assert "ECLI:BE" not in written


class TestLinkedData:
    def test_it_says_what_the_page_is_without_empty_properties(self) -> None:
        data = linked_data(RECORD)

        assert data["@id"] == data["url"] == "https://voorbeeld.test/rechtspraak/cass-2015-05-15-c-14-0295-n"
        assert {"@type": "PropertyValue", "propertyID": "ECLI", "value": RECORD.ecli} in data["identifier"]
        assert data["citation"] == [{"@type": "Legislation", "name": "art. 27 WIPR"}]
        assert "isBasedOn" not in data

    def test_a_record_that_is_on_no_site_can_be_written_too(self) -> None:
        """From a notebook: nothing but the fields of the exchange."""
        bare = replace(RECORD, published=None)

        assert linked_data(bare)["name"] == "CASS 2015-05-15, C.14.0295.N"
        assert "TI  - CASS 2015-05-15, C.14.0295.N\r\n" in "".join(write_ris([bare]))
        assert "".join(write_bibtex([bare])).startswith("@misc{cass-2015-05-15-c-14-0295-n,")
