from pathlib import Path

import pytest

from jurisprudence.keywords import OutcomeRegister, SegmentKind, load_outcomes, parse_keywords, split_chain
from jurisprudence.legislation import load_laws

LISTS = Path(__file__).parents[2] / "content" / "lijsten"


@pytest.fixture(scope="module")
def outcomes() -> OutcomeRegister:
    return load_outcomes(LISTS / "uitkomsten.yaml")


class TestSplitChain:
    @pytest.mark.parametrize(
        ("text", "pieces"),
        [
            ("BGV \u2013 openbare orde \u2013 verwerping", ("BGV", "openbare orde", "verwerping")),
            ("BGV - openbare orde - verwerping", ("BGV", "openbare orde", "verwerping")),
            ("gezinsleven \u2013contactverbod\u2014verwerping", ("gezinsleven", "contactverbod", "verwerping")),
            ("gezinsleven -contactverbod", ("gezinsleven", "contactverbod")),
            ("bijlage 13 \u2013 3 kinderen", ("bijlage 13", "3 kinderen")),
            ("art. 27\u201329 WIPR \u2013 9bis-aanvraag", ("art. 27\u201329 WIPR", "9bis-aanvraag")),
            ("in- en uitreis - art. 75-76 Vw.", ("in- en uitreis", "art. 75-76 Vw.")),
            ("\u2013 \u2013 ", ()),
            ("", ()),
        ],
    )
    def test_dashes_separate_and_hyphens_inside_words_do_not(self, text: str, pieces: tuple[str, ...]) -> None:
        assert split_chain(text) == pieces


class TestParseKeywords:
    def test_each_segment_gets_its_kind(self, outcomes: OutcomeRegister) -> None:
        chain = parse_keywords(
            "BGV \u2013 bijlage 13septies \u2013 openbare orde \u2013 art. 74/13 Vw. \u2013 hoger belang van het kind"
            " \u2013 art. 24 Handvest \u2013 verwerping",
            outcomes,
        )

        assert [segment.kind for segment in chain.segments] == [
            SegmentKind.SUBJECT,
            SegmentKind.DOCUMENT,
            SegmentKind.FACT,
            SegmentKind.ARTICLE,
            SegmentKind.REASONING,
            SegmentKind.ARTICLE,
            SegmentKind.DISPOSITION,
        ]
        assert chain.outcome == "dismissed"
        assert chain.of_kind(SegmentKind.ARTICLE) == ("art. 74/13 Vw.", "art. 24 Handvest")

    @pytest.mark.parametrize(
        ("text", "outcome"),
        [
            ("Einde verblijf \u2013 motiveringsplicht \u2013 vernietiging", "annulled"),
            ("Retributie - KB - gegrond - vernietiging", "annulled"),
            ("Verblijf - x \u2013 vernietiging voor zover y \u2013 verwerping van de beroepen voor het overige",
             "partly_annulled"),
            ("Steun \u2013 weigering \u2013 art. 57 OCMW-wet \u2013 veroordeling OCMW tot steun", "ordered"),
            ("Dublin \u2013 schorsing UDN", "suspended"),
            ("BGV \u2013 geen schending", "no_violation"),
            ("Asiel \u2013 erkenning vluchtelingenstatus", "refugee_status_granted"),
            ("BGV \u2013 schorsing in het verleden \u2013 gezinsleven", None),
            ("Beroep \u2013 schorsende werking", None),
            ("Verwerping", None),
            ("", None),
        ],
    )  # fmt: skip
    def test_the_outcome_is_the_first_disposition_at_the_end(
        self, outcomes: OutcomeRegister, text: str, outcome: str | None
    ) -> None:
        assert parse_keywords(text, outcomes).outcome == outcome

    def test_strasbourg_dispositions_may_come_first(self, outcomes: OutcomeRegister) -> None:
        chain = parse_keywords(
            "(Sabani t. België) Schending art. 8 EVRM \u2013 handboeien \u2013 geen schending art. 5 § 4 EVRM"
            " \u2013 5000 euro",
            outcomes,
        )

        assert chain.parties == "Sabani t. België"
        assert chain.of_kind(SegmentKind.DISPOSITION) == ("Schending art. 8 EVRM", "geen schending art. 5 § 4 EVRM")
        assert chain.outcome == "violation"

    def test_a_violation_pleaded_in_a_dismissed_case_is_no_disposition(self, outcomes: OutcomeRegister) -> None:
        chain = parse_keywords("BGV \u2013 schending art. 8 EVRM \u2013 verwerping", outcomes)

        assert chain.of_kind(SegmentKind.DISPOSITION) == ("verwerping",)

    def test_the_bare_name_of_a_law_counts_as_an_article_when_the_laws_are_given(
        self, outcomes: OutcomeRegister
    ) -> None:
        text = "Dublin \u2013 Spanje \u2013 Dublin III-verordening \u2013 opvang niet onderzocht"
        laws = load_laws(LISTS / "wetgeving.yaml")

        assert parse_keywords(text, outcomes, laws).of_kind(SegmentKind.ARTICLE) == ("Dublin III-verordening",)
        assert parse_keywords(text, outcomes).of_kind(SegmentKind.ARTICLE) == ()

    @pytest.mark.parametrize("text", ["bijlage 13", "attest van immatriculatie", "F+ kaart", "huwelijksakte"])
    def test_a_document_is_known_by_its_name(self, outcomes: OutcomeRegister, text: str) -> None:
        chain = parse_keywords(f"Verblijf \u2013 {text} \u2013 {text} door de gemeente geweigerd", outcomes)

        assert [segment.kind for segment in chain.segments[1:]] == [SegmentKind.DOCUMENT, SegmentKind.FACT]

    def test_words_in_brackets_are_only_parties_when_two_sides_stand_in_them(self, outcomes: OutcomeRegister) -> None:
        chain = parse_keywords("(zoals gewijzigd) BGV \u2013 verwerping", outcomes)

        assert chain.parties is None
        assert chain.segments[0].text == "(zoals gewijzigd) BGV"

    def test_a_word_broken_over_two_lines_is_joined(self, outcomes: OutcomeRegister) -> None:
        chain = parse_keywords("BGV \u2013 gezins-\n  leven \u2013\nverwerping", outcomes)

        assert [segment.text for segment in chain.segments] == ["BGV", "gezinsleven", "verwerping"]

    @pytest.mark.parametrize(
        "text",
        ["BGV \u2013 art. 74/13 Vw. \u2013 verwerping", "(A t. B) Gezinsleven \u2013 schending art. 8 EVRM", ""],
    )
    def test_a_chain_written_our_way_is_given_back_unchanged(self, outcomes: OutcomeRegister, text: str) -> None:
        assert parse_keywords(text, outcomes).text == text


class TestOutcomeRegister:
    def test_codes_are_unique_and_found(self, outcomes: OutcomeRegister) -> None:
        codes = [outcome.code for outcome in outcomes.outcomes]

        assert len(set(codes)) == len(codes)
        assert [outcomes.find_outcome(code) for code in codes] == list(outcomes.outcomes)
        assert outcomes.find_outcome("won") is None

    def test_every_disposition_leads_to_its_own_outcome(self, outcomes: OutcomeRegister) -> None:
        wrong = [
            words
            for outcome in outcomes.outcomes
            for words in outcome.dispositions
            if outcomes.outcome_of(words) != outcome
        ]

        assert wrong == []
