"""Which law an article belongs to when its name stands elsewhere, or nowhere."""

import pytest

from jurisprudence.legislation import LawRegister
from jurisprudence.references.recogniser import Recogniser


def normals(recogniser: Recogniser, text: str) -> list[str]:
    return [found.normal for found in recogniser.find(text)]


class TestParagraphs:
    def test_a_short_form_takes_the_law_named_last(self, recogniser: Recogniser) -> None:
        text = "De Grondwet en de wet van 29 juli 1991 gelden. Artikel 2 van die wet is duidelijk."

        assert normals(recogniser, text) == ["WMOTIV:2"]

    def test_a_short_form_takes_a_law_of_its_own_kind(self, recogniser: Recogniser) -> None:
        text = "De Vreemdelingenwet en het EVRM gelden. Artikel 62 van die wet, artikel 3 van dat verdrag."

        assert normals(recogniser, text) == ["VW:62", "EVRM:3"]

    @pytest.mark.parametrize("break_", ["\n\n", "\n \n", "\r\n\r\n", ".\n", ":\n"])
    def test_a_short_form_takes_no_law_from_another_paragraph(self, recogniser: Recogniser, break_: str) -> None:
        """What a paragraph above is about says nothing; a wrong law is worse than none."""
        text = f"De Vreemdelingenwet geldt{break_}Artikel 62 van die wet"

        assert normals(recogniser, text) == ["?:62"]

    def test_a_wrapped_line_is_no_paragraph(self, recogniser: Recogniser) -> None:
        text = "De Vreemdelingenwet geldt hier, en\nartikel 62 van die\nwet ook."

        assert normals(recogniser, text) == ["VW:62"]

    def test_a_line_that_ends_in_an_abbreviation_goes_on(self, recogniser: Recogniser) -> None:
        text = "De Vreemdelingenwet geldt, en volgens art.\n62 moet elke beslissing gemotiveerd zijn."

        assert normals(recogniser, text) == ["VW:62"]

    def test_lines_can_be_paragraphs(self, recogniser: Recogniser) -> None:
        """A list of sources has one on each line."""
        text = "De Vreemdelingenwet, en verder\nartikel 62 van die wet"

        assert [one.normal for one in recogniser.find(text, lines_are_paragraphs=True)] == ["?:62"]
        assert normals(recogniser, text) == ["VW:62"]


class TestUnregistered:
    @pytest.mark.parametrize(
        "text",
        [
            "artikel 3 van de wet van 5 mei 1999",
            "artikel 26 van de bijzondere wet van 6 januari 1989",
            "article 26 de la loi spéciale du 6 janvier 1989",
            "artikel 149 van het Wetboek van Strafvordering",
            "artikel 12 van het Sociaal Strafwetboek",
            "artikel 4 van richtlijn 1999/99/EG",
            "artikel 29 van de Vreemdelingenwet 2000",
            "artikel 3 van de Nederlandse Grondwet",
            "artikel 1 van het Eerste Protocol bij het EVRM",
        ],
    )
    def test_an_article_of_an_unregistered_act_is_no_reference(self, recogniser: Recogniser, text: str) -> None:
        assert normals(recogniser, text) == []

    def test_an_unregistered_act_hides_the_law_named_before_it(self, recogniser: Recogniser) -> None:
        text = "De Vreemdelingenwet wijkt af van de wet van 5 mei 1999. Artikel 3 van die wet is opgeheven."

        assert normals(recogniser, text) == []

    def test_a_law_has_no_article_beyond_its_last(self, recogniser: Recogniser) -> None:
        assert normals(recogniser, "artikel 400 EVRM") == []


class TestActs:
    @pytest.mark.parametrize(
        "act",
        [
            "de bijzondere wet van", "de organieke wet van", "de gewone wet van", "de samengeordende wetten van",
            "de gecoördineerde wetten van", "de gecoordineerde wetten van", "de wet van", "W.", "la loi du",
            "la loi spéciale du", "les lois coordonnées du", "L.", "het koninklijk besluit van", "het Kon. Besl. van",
            "het KB van", "het K.B. van", "het K. B. van", "l'arrêté royal du", "l'A.R. du", "l'AR du", "l'Arr. roy.,",
            "het ministerieel besluit van", "het MB van", "het M.B. van", "l'arrêté ministériel du", "l'A.M. du",
            "l'AM du", "het decreet van", "het bijzonder decreet van", "le décret du", "de ordonnantie van",
            "l'ordonnance du", "het besluit van de Vlaamse Regering van", "l'arrêté du", "l'arrêté-loi du",
            "het samenwerkingsakkoord van", "l'accord de coopération du", "de besluitwet van", "de programmawet van",
            "de programmawet (I) van", "la loi-programme du", "het verdrag van", "de overeenkomst van",
            "het protocol van", "la convention du", "le traité du", "le protocole du",
        ],
    )  # fmt: skip
    def test_an_act_named_by_its_date_is_seen_between_articles(self, recogniser: Recogniser, act: str) -> None:
        """The article behind it belongs to that act, which stands in no register, and not to the Vreemdelingenwet."""
        text = f"De Vreemdelingenwet en {act} 3 mei 1999 gelden; zie artikel 3 daarvan."

        assert normals(recogniser, text) == []


class TestDefaultLaw:
    def test_an_article_without_a_law_belongs_to_the_default(self, recogniser: Recogniser, laws: LawRegister) -> None:
        found = recogniser.find("Zie art. 9bis en artikel 3 EVRM.", default_law=laws.get_law("VW"))

        assert [one.normal for one in found] == ["VW:9bis", "EVRM:3"]

    def test_without_a_default_it_says_so(self, recogniser: Recogniser) -> None:
        (found,) = recogniser.find("Zie art. 9bis.")

        assert (found.normal, found.target, found.article, found.names_a_law) == ("?:9bis", "?:9bis", None, False)

    def test_the_default_is_no_answer_to_another_law(self, recogniser: Recogniser, laws: LawRegister) -> None:
        """An article of something that is named, but unknown, never becomes one of the Vreemdelingenwet."""
        assert recogniser.find("artikel 5 VCRO", default_law=laws.get_law("VW")) == []

    def test_the_default_takes_only_what_it_may_have(self, recogniser: Recogniser, laws: LawRegister) -> None:
        (found,) = recogniser.find("artikel 9bis", default_law=laws.get_law("EVRM"))

        assert found.normal == "?:9bis"


class TestSeveral:
    def test_each_article_has_a_place_of_its_own(self, recogniser: Recogniser) -> None:
        text = "De artikelen 10, 10bis, § 2, en 40ter Vw. gelden."

        assert [text[one.start : one.end] for one in recogniser.find(text)] == [
            "artikelen 10",
            "10bis, § 2",
            "40ter Vw.",
        ]

    def test_a_law_handed_back_reaches_every_article_it_is_joined_to(self, recogniser: Recogniser) -> None:
        text = "artikel 51/5 juncto artikel 52, gelezen in samenhang met artikel 62 Vw."

        assert normals(recogniser, text) == ["VW:51/5", "VW:52", "VW:62"]

    def test_a_second_paragraph_is_part_of_the_same_reference(self, recogniser: Recogniser) -> None:
        (found,) = recogniser.find("artikel 39/82, § 1, eerste lid, en § 2, tweede lid, Vw.")

        assert (found.normal, found.target) == ("VW:39/82|§1|l1+§2|l2", "VW:39/82")
        assert found.article is not None
        assert found.article.display == "art.\u00a039/82, §\u00a01, eerste lid, en §\u00a02, tweede lid\u00a0Vw."
        assert found.article.address == "/wetgeving/vw/39/82"
