import pytest

from helpdesk.core.plain_words import Avoided, average_words, find_avoided
from helpdesk.core.vocabulary import Vocabulary

POLITE = Avoided(("u",), "je")
OLD = Avoided(("asielzoeker", "asielzoekers"), "verzoeker om internationale bescherming", ("vroeger",))


class TestAverageWords:
    @pytest.mark.parametrize(
        ("markdown", "average"),
        [
            ("Een twee drie. Een twee drie vier vijf! Een?", 3.0),
            ("- een twee\n- een twee\n- een twee drie vier vijf", 3.0),
            ("1. Ga er heen.\n2. Vraag het.\n\nEen\nzin over vier regels\nhier nu.", 4.0),
            ("## Een heel lange kop die niet meetelt\n\nEen. Twee. Drie.", 1.0),
            ("| een | twee | drie |\n\nEen. Twee. Drie.", 1.0),
            ("Dat mag (art. 40, § 4 Vreemdelingenwet (Vw.)). Twee woorden. Nog twee.", 2.0),
            ("Lees [een twee drie](thema:gh-belg). Een twee drie vier. Een twee drie vier.", 4.0),
            ("Volgens art. 9 Vw. mag dat. Een twee drie vier vijf zes. Een twee drie vier vijf zes.", 6.0),
            ('Ze zegt "Kom binnen." Dan gaat ze. En weg.', 3.0),
        ],
    )
    def test_it_counts_as_a_reader_reads(self, markdown: str, average: float) -> None:
        assert average_words(markdown) == pytest.approx(average)

    @pytest.mark.parametrize("markdown", ["", "Eén zin maar.", "Eén. Twee.", "## Kop\n\n| a | b |"])
    def test_two_sentences_make_no_average(self, markdown: str) -> None:
        assert average_words(markdown) is None


class TestFindAvoided:
    def test_it_names_line_word_and_what_to_write(self) -> None:
        found = find_avoided("Goed.\n\nHier mag U niet in.", [POLITE])

        assert [(one.line, one.word, one.instead) for one in found] == [(2, "U", "je")]

    @pytest.mark.parametrize(
        "text",
        [
            "EU-burger",
            "de EU+ kaart",
            "hoogstens 20 u per week",
            "om 9.30 u.",
            "nu u-bocht",
            'Hij zei "u moet"',
            "“Komt u?”",
        ],
    )
    def test_only_whole_words_outside_quotations_count(self, text: str) -> None:
        assert find_avoided(text, [POLITE]) == []

    def test_an_old_word_may_be_named_as_old(self) -> None:
        text = "Een verzoeker (vroeger: asielzoeker) wacht. Een asielzoeker werkt."

        assert [one.word for one in find_avoided(text, [OLD])] == ["asielzoeker"]

    def test_a_heading_counts_and_the_target_of_a_link_does_not(self) -> None:
        text = "## De asielzoeker\n\n[lees](lexicon:asielzoeker)"

        assert [(one.line, one.word) for one in find_avoided(text, [OLD])] == [(0, "asielzoeker")]

    def test_several_in_one_sentence_come_in_their_order(self) -> None:
        found = find_avoided("Als asielzoeker mag u hier", [POLITE, OLD])

        assert [one.word for one in found] == ["asielzoeker", "u"]


class TestTheShippedGuide:
    @pytest.mark.parametrize(
        "text",
        [
            "Een illegaal mag dat niet.",
            "Vraag het aan uw gemeente.",
            "Een asielaanvraag duurt lang.",
            "Dat dient te gebeuren.",
        ],
    )
    def test_it_refuses_what_the_house_style_refuses(self, vocabulary: Vocabulary, text: str) -> None:
        assert len(find_avoided(text, vocabulary.avoided_words)) == 1

    @pytest.mark.parametrize(
        "text", ["Bij illegaal verblijf (art. 75 Vw.).", "Je dient de aanvraag in.", "Wie in de EU woont."]
    )
    def test_terms_of_the_law_stay(self, vocabulary: Vocabulary, text: str) -> None:
        assert find_avoided(text, vocabulary.avoided_words) == []

    def test_no_word_is_both_refused_and_proposed(self, vocabulary: Vocabulary) -> None:
        proposals = [one.instead for one in vocabulary.avoided_words]

        assert [text for text in proposals if find_avoided(text, vocabulary.avoided_words)] == []
