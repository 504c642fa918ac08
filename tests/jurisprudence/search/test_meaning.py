"""What a question means: spoken questions, courts and years, names of cases, articles, other words, misspellings."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from jurisprudence.search.engine import SearchEngine
from jurisprudence.search.named import case_key, names_of_case
from jurisprudence.search.query import parse
from jurisprudence.search.question import Clause, Tagged, Word
from jurisprudence.search.respelling import with_respellings
from jurisprudence.search.results import Kind
from jurisprudence.search.sentences import reads_as_sentence
from jurisprudence.search.thesaurus import Thesaurus
from tests.jurisprudence.search.conftest import NewEngine, a_document, a_ruling

Ids = Callable[..., list[str]]


@pytest.fixture(scope="module")
def library(new_engine: NewEngine) -> SearchEngine:
    """Return an engine over a theme page about each of two articles, rulings of two courts, and news of two years."""
    engine = new_engine(
        leads=[(["huisbaas", "landlord"], ["verhuurder"]), (["laten komen"], ["gezinshereniging"])],
    )
    news = {"kind": Kind.NEWS, "title": "Nieuws over opvang", "text": "opvang"}
    engine.index.replace_all(
        [
            a_document(
                "thema/een", kind=Kind.THEME, title="Huren", titles=("Wonen en huur",),
                text="De verhuurder en de huur.",
                articles=("VW:9bis", "VW:9"), own_articles=("VW:9bis",),
            ),
            a_document(
                "thema/twee", kind=Kind.THEME, title="Opvang", text="De opvang van wie asiel vraagt. " * 3,
                articles=("VW:9",), own_articles=("VW:9",),
            ),
            a_document("thema/drie", kind=Kind.THEME, title="Gezin", text="Wat is gezinshereniging?",
                articles=("VW:9",), own_articles=("VW:9",)),
            a_ruling("rechtspraak/rvv", "910.001", court="RVV", case_names=("Voorbeeld",), text="Over opvang."),
            a_ruling("rechtspraak/cass", "S.21.0001.N", court="CASS", text="Over opvang.", dated_on=date(2021, 3, 1)),
            a_document("nieuws/oud", dated_on=date(2022, 1, 1), **news),
            a_document("nieuws/nieuw", dated_on=date(2026, 1, 1), **news),
        ]
    )  # fmt: skip
    return engine


@pytest.fixture
def ids(library: SearchEngine) -> Ids:
    """Return a function that gives the ids found, in order."""
    return lambda text, **options: [hit.id for hit in library.search(text, **options).hits]


class TestSpokenQuestions:
    @pytest.mark.parametrize(
        "text", ["mag mijn vrouw komen", "how can I stay", "ik ben ziek", "kind de achternaam van mama geven"]
    )
    def test_who_speaks_asks_in_a_sentence(self, text: str) -> None:
        assert reads_as_sentence(text)

    @pytest.mark.parametrize(
        "text",
        [
            "geen recht op verblijf",
            "mijn kind",
            "bevel om het grondgebied te verlaten",
            "beroep tegen een bevel na twee jaar",
            "hof:rvv een kind de naam geven",
            "een kind de naam geven -adoptie",
        ],
    )
    def test_words_of_the_law_are_no_sentence(self, text: str) -> None:
        assert not reads_as_sentence(text)

    def test_only_the_telling_words_are_required(self) -> None:
        question = parse("kan ik niet meer terecht bij mijn huisbaas")

        assert [clause.text for clause in question.required] == ["terecht", "huisbaas"]

    def test_negation_counts_in_search_words(self) -> None:
        """A text about a right to stay is no answer to "geen recht op verblijf"."""
        assert "geen" in [clause.text for clause in parse("geen recht op verblijf").required]

    def test_missing_words_do_not_hide_the_page(self, ids: Ids) -> None:
        assert ids("wat kan ik doen als mijn huisbaas mij zomaar wegjaagt")[0] == "thema/een"

    def test_a_page_about_all_of_it_comes_before_one_that_mentions_it(self, new_engine: NewEngine) -> None:
        """However often a text mentions them, the page whose own words they are answers."""
        engine = new_engine()
        mentioned = "Het kleinkind heeft een paspoort. "
        engine.index.replace_all(
            [
                a_document("thema/over", kind=Kind.THEME, synonyms=("paspoort van een kleinkind",)),
                a_document("thema/vermeld", kind=Kind.THEME, summary=mentioned, text=mentioned * 9),
                *(a_document(f"thema/{number}", text="Paspoort.") for number in range(3)),
            ]
        )

        found = [hit.id for hit in engine.search("mag mijn kleinkind een paspoort").hits]

        assert found[:2] == ["thema/over", "thema/vermeld"]

    def test_without_any_telling_word_the_light_ones_are_searched(self, ids: Ids) -> None:
        assert ids("waar vraagt mijn xqzwvk")[0] == "thema/twee"


class TestOtherWords:
    def test_a_lead_goes_one_way(self, library: SearchEngine) -> None:
        assert library.search("landlord").also_searched == ("verhuurder",)
        assert library.search("verhuurder").also_searched == ()

    def test_small_words_do_not_break_an_expression(self) -> None:
        thesaurus = Thesaurus(leads=[(["recours au CCE"], ["beroep"])])

        assert [term.text for term in thesaurus.expand(parse("recours CCE"))[1]] == ["beroep"]

    @pytest.mark.parametrize(
        ("text", "meant"),
        [
            ("ik heb geen papieren", ["zonder verblijf"]),
            ("welke papieren heb ik nodig", []),
            ("wij zijn getrouwd", ["huwelijk"]),
            ("wij zijn nog niet getrouwd", ["partner"]),
            ("kan mijn zus niet laten komen want niet getrouwd", ["gezinshereniging", "partner"]),
            ("mijn moeder is Belg", []),
            ("hoe kan ik Belg worden", ["nationaliteitsverklaring"]),
        ],
    )
    def test_an_expression_that_is_one_word_without_its_small_words_keeps_them(
        self, text: str, meant: list[str]
    ) -> None:
        """Else every question about papers is about people without, and whoever did not marry gets the weddings."""
        thesaurus = Thesaurus(
            leads=[
                (["geen papieren"], ["zonder verblijf"]),
                (["getrouwd"], ["huwelijk"]),
                (["niet getrouwd"], ["partner"]),
                (["laten komen"], ["gezinshereniging"]),
                (["Belg worden"], ["nationaliteitsverklaring"]),
            ]
        )

        assert [term.text for term in thesaurus.expand(parse(text))[1]] == meant

    def test_words_as_typed_have_no_leads(self, library: SearchEngine) -> None:
        assert library.search("landlord", expand=False).total == 0


class TestCourtsAndYears:
    def test_a_court_in_passing_is_the_court_of_the_ruling(self, ids: Ids) -> None:
        assert ids("opvang hof van cassatie")[0] == "rechtspraak/cass"
        assert ids("opvang rvv")[0] == "rechtspraak/rvv"

    def test_a_year_is_that_of_the_ruling_too(self, ids: Ids) -> None:
        assert ids("opvang 2021")[0] == "rechtspraak/cass"

    def test_a_court_alone_names_no_document(self, library: SearchEngine) -> None:
        assert library.search("cassatie").direct == ()

    def test_several_courts_may_bear_a_name(self) -> None:
        (clause,) = parse("arbeidshof", courts={"arbeidshof": ("A", "B")}).clauses

        assert clause.alternatives[1] == Tagged("arbeidshof", "hof", ("A", "B"))


class TestNamesOfCases:
    @pytest.mark.parametrize(
        ("parties", "names"),
        [
            ("H.C. Voorbeeld-Naam e.a. t. Raad van bestuur", ("voorbeeldnaam",)),
            ("M.S.S. t. België", ("mss",)),
            ("V.M.A. (Voorbeeld)", ("vma", "voorbeeld")),
            ("Belgische Staat t. A.B.", ()),
            ("X t. Belgische Staat", ()),
        ],
    )
    def test_the_first_party_names_the_case(self, parties: str, names: tuple[str, ...]) -> None:
        assert names_of_case(parties) == names

    @pytest.mark.parametrize("text", ["voorbeeld", "arrest Voorbeeld", "Voorbeeld t. België", "het arrest voorbeeld"])
    def test_a_name_alone_leads_to_the_ruling(self, library: SearchEngine, text: str) -> None:
        assert case_key(text) == "voorbeeld"
        assert [hit.id for hit in library.search(text).direct] == ["rechtspraak/rvv"]

    def test_a_name_among_other_words_is_a_word(self, library: SearchEngine) -> None:
        assert library.search("voorbeeld opvang").direct == ()


class TestArticles:
    def test_the_page_about_an_article_comes_straight(self, library: SearchEngine) -> None:
        assert [hit.id for hit in library.search("art. 9bis Vw.").direct] == ["thema/een"]

    def test_two_pages_about_an_article_are_no_card(self, library: SearchEngine) -> None:
        """A wrong link is worse than none."""
        assert library.search("art. 9 Vw.").direct == ()


class TestOrder:
    def test_another_title_of_a_page_is_an_exact_title(self, ids: Ids) -> None:
        assert ids("wonen en huur")[0] == "thema/een"

    def test_news_ages(self, ids: Ids) -> None:
        news = [found for found in ids("opvang") if found.startswith("nieuws/")]

        assert news == ["nieuws/nieuw", "nieuws/oud"]

    def test_few_answers_are_followed_by_those_with_a_part_and_it_is_said(self, library: SearchEngine) -> None:
        results = library.search("asiel opvang")

        assert results.hits[0].id == "thema/twee"
        assert (results.total > 1, results.relaxed) == (True, False)
        assert results.notes == ("Eén document bevat alle woorden; daaronder staan documenten met een deel ervan.",)

    def test_words_as_typed_are_not_followed_by_others(self, library: SearchEngine) -> None:
        assert library.search("asiel opvang", expand=False).total == 1


class TestSlipsOfTheFinger:
    def test_a_word_nobody_wrote_may_be_its_likely_spelling(self, library: SearchEngine) -> None:
        results = library.search("verhuurdr")

        assert results.hits[0].id == "thema/een"
        assert (results.also_searched, results.suggestion) == (("verhuurder",), "verhuurder")

    def test_a_word_that_is_found_stays_as_it_is(self) -> None:
        question = parse("visum")

        assert with_respellings(question, lambda _term: True, lambda _word: "museum") == (question, ())

    def test_a_number_is_not_respelled(self) -> None:
        (clause,) = with_respellings(parse("12345"), lambda _term: False, lambda _word: "12346")[0].clauses

        assert not any(isinstance(term, Word) for term in clause.alternatives)
        assert clause == Clause(clause.alternatives)


def test_an_index_of_another_folder_is_independent(tmp_path: Path) -> None:
    """Thesaurus and laws belong to an engine, not to the module."""
    engine = SearchEngine(tmp_path)
    engine.index.replace_all([a_document("pagina/een", text="verhuurder")])

    assert engine.search("landlord").total == 0
