"""From a visitor's text to a page of results, over a handful of fictitious documents."""

import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jurisprudence.search.engine import SearchEngine
from jurisprudence.search.results import FacetValue, Kind, SearchResults, Sort
from tests.jurisprudence.search.conftest import BGV, NewEngine, a_document, a_ruling

Found = Callable[..., list[str]]


class TestOrder:
    def test_without_words_everything_newest_first_undated_last(self, found: Found) -> None:
        assert found("") == [
            "thema/gh-belg",
            "rechtspraak/rvv-drie",
            "rechtspraak/rvv-een",
            "rechtspraak/hvj-twee",
            "lexicon/oekraine",
        ]

    @pytest.mark.parametrize("sort", Sort)
    @pytest.mark.parametrize("text", ["", "bestaansmiddelen", "gezinshereniging kind", "xqzw"])
    def test_all_ids_come_in_the_order_of_the_pages(self, engine: SearchEngine, text: str, sort: Sort) -> None:
        """A file of a result list holds what its pages show."""
        pages = [engine.search(text, sort=sort, page=number, per_page=2).hits for number in (1, 2, 3)]

        assert engine.all_ids(text, sort=sort) == [hit.id for page in pages for hit in page]

    def test_of_some_documents_one_asks_which_answer(self, engine: SearchEngine) -> None:
        """An alert is about what changed; a document with a part of the words is no answer."""
        some = ["rechtspraak/rvv-een", "thema/gh-belg", "rechtspraak/bestaat-niet"]
        every = engine.all_ids("")

        assert engine.answering(some) == ["thema/gh-belg", "rechtspraak/rvv-een"]
        assert engine.answering(some, filters={"soort": ["rechtspraak"]}) == ["rechtspraak/rvv-een"]
        assert engine.answering([]) == []
        assert engine.answering(every, "bestaansmiddelen xqzw") == []
        assert engine.answering(every, "bestaansmiddelen") == engine.all_ids("bestaansmiddelen", sort=Sort.NEWEST)

    def test_oldest_first_keeps_undated_last(self, found: Found) -> None:
        order = found("", sort=Sort.OLDEST)

        assert (order[0], order[-1]) == ("rechtspraak/hvj-twee", "lexicon/oekraine")

    def test_by_court_newest_first_within_one_without_court_last(self, found: Found) -> None:
        order = found("", sort=Sort.COURT)

        assert order[:3] == ["rechtspraak/hvj-twee", "rechtspraak/rvv-drie", "rechtspraak/rvv-een"]
        assert order[3:] == ["thema/gh-belg", "lexicon/oekraine"]

    def test_newest_first_holds_for_a_question_too(self, found: Found) -> None:
        assert found("bestaansmiddelen", sort=Sort.NEWEST) == ["thema/gh-belg", "rechtspraak/hvj-twee"]

    def test_the_documents_own_number_comes_before_one_that_cites_it(self, found: Found) -> None:
        assert found("C-978/08") == ["rechtspraak/hvj-twee", "rechtspraak/rvv-een"]

    def test_an_exact_title_comes_first(self, new_engine: NewEngine) -> None:
        engine = new_engine()
        often = "inreisverbod " * 40
        engine.index.replace_all(
            [
                a_document("pagina/vaak", title="Iets anders over inreisverbod", text=often, summary=often),
                a_document("pagina/titel", title="Inreisverbod", text="Kort."),
            ]
        )

        assert engine.search("inreisverbod").hits[0].id == "pagina/titel"

    def test_words_together_come_before_words_apart(self, new_engine: NewEngine) -> None:
        engine = new_engine()
        apart = a_document("pagina/apart", title="Openbare zaken en orde", text="Orde in openbare zaken. " * 9)
        together = a_document("pagina/samen", text="Dit gaat over de openbare orde en veel meer dan dat alleen.")
        engine.index.replace_all([apart, together])

        assert [hit.id for hit in engine.search("openbare orde").hits] == ["pagina/samen", "pagina/apart"]

    def test_typed_words_come_before_synonyms(self, new_engine: NewEngine) -> None:
        engine = new_engine(thesaurus=[("BGV", BGV)])
        engine.index.replace_all(
            [
                a_document("pagina/synoniem", title=f"Het {BGV}", text=f"Een {BGV}. " * 20),
                a_document("pagina/letterlijk", text="Ergens staat BGV tussen heel veel andere woorden."),
            ]
        )

        assert [hit.id for hit in engine.search("BGV").hits] == ["pagina/letterlijk", "pagina/synoniem"]

    def test_a_theme_page_about_it_in_our_words_comes_before_texts_that_mention_it(self, new_engine: NewEngine) -> None:
        """The page about "vasthouding" answers "detentie" better than a page that says the word once."""
        engine = new_engine(thesaurus=[("detentie", "vasthouding")])
        engine.index.replace_all(
            [
                a_document("pagina/ook", title="Vasthouding", text="Over vasthouding."),
                a_document("thema/terloops", kind=Kind.THEME, text="Detentie komt ook voor. " + "Iets anders. " * 50),
                a_document("thema/vasthouding", kind=Kind.THEME, title="Vasthouding", text="Over vasthouding."),
            ]
        )

        found = [hit.id for hit in engine.search("detentie").hits]

        assert found == ["thema/vasthouding", "thema/terloops", "pagina/ook"]
        assert [hit.id for hit in engine.search("detentie", expand=False).hits] == ["thema/terloops"]

    @pytest.mark.parametrize(
        "text", ["referentieadres", "wat is een referentieadres?", "Qu'est-ce que le Referentieadres"]
    )
    def test_a_term_comes_first_for_its_own_name_and_for_its_meaning_only(
        self, new_engine: NewEngine, text: str
    ) -> None:
        engine = new_engine()
        engine.index.replace_all(
            [
                a_document("lexicon/adres", kind=Kind.LEXICON, title="Referentieadres", text="Een adres."),
                a_document("thema/adres", kind=Kind.THEME, title="Een referentieadres vragen", text="Vraag het. " * 90),
            ]
        )

        assert next(hit.id for hit in engine.search(text).hits) == "lexicon/adres"
        assert next(hit.id for hit in engine.search("referentieadres vragen").hits) == "thema/adres"

    def test_rulings_of_the_court_that_is_named_come_before_a_page_that_names_it(self, new_engine: NewEngine) -> None:
        engine = new_engine()
        engine.index.replace_all(
            [
                a_document("thema/staatloos", kind=Kind.THEME, title="Staatloosheid", text="Staatloosheid bij de RvV."),
                a_ruling(
                    "rechtspraak/een", "1", court="RVV", text="Over staatloosheid. " + "De rest van het arrest. " * 20
                ),
                a_ruling("rechtspraak/twee", "2", court="HVJ", text="Over staatloosheid bij de RvV."),
            ]
        )

        assert next(hit.id for hit in engine.search("rvv staatloosheid").hits) == "rechtspraak/een"
        assert next(hit.id for hit in engine.search("staatloosheid").hits) == "thema/staatloos"

    def test_a_title_with_a_slip_of_the_finger_is_still_that_title(self, new_engine: NewEngine) -> None:
        engine = new_engine()
        engine.index.replace_all(
            [
                a_document("thema/alles", kind=Kind.THEME, title="Gezinshereniging", text="Alles over familie. " * 90),
                a_document("thema/kort", kind=Kind.THEME, title="Bijlage gezinshereniging", text="Gezinshereniging."),
            ]
        )

        assert [hit.id for hit in engine.search("gezinshereneging").hits] == ["thema/alles", "thema/kort"]


class TestWords:
    def test_inflection_and_compounds(self, found: Found) -> None:
        assert set(found("kinderen")) == {"thema/gh-belg", "rechtspraak/rvv-een"}
        assert found("kaart") == ["thema/gh-belg"]

    def test_french_texts_by_french_rules(self, found: Found) -> None:
        assert found("réfugiés asile") == ["rechtspraak/rvv-drie"]

    def test_negation_is_not_lost(self, found: Found) -> None:
        assert found('"geen recht op"') == ["rechtspraak/rvv-een"]
        assert "rechtspraak/hvj-twee" in found("recht op verblijf -geen")
        assert "rechtspraak/rvv-een" not in found("recht op verblijf -geen")

    def test_a_synonym_of_the_document_finds_it(self, found: Found) -> None:
        assert found("partner overkomen") == ["thema/gh-belg"]

    def test_phrases_follow_the_written_order(self, found: Found) -> None:
        assert found('"niet begeleide minderjarige"') == ["rechtspraak/rvv-een"]
        assert found('"belang hoger"~5') == ["rechtspraak/rvv-een"]

    def test_the_beginning_of_a_word(self, found: Found) -> None:
        assert set(found("gezinsher*")) == {"thema/gh-belg", "rechtspraak/hvj-twee"}

    def test_either_word(self, found: Found) -> None:
        assert set(found("verblijfskaart OF asile")) == {"thema/gh-belg", "rechtspraak/rvv-drie"}


class TestArticlesAndNumbers:
    @pytest.mark.parametrize("text", ["40ter", "art. 40ter Vw.", "artikel 40 ter", "artikel:40ter", "artikel:VW:40ter"])
    def test_an_article_finds_what_cites_it(self, found: Found, text: str) -> None:
        assert found(text) == ["thema/gh-belg"]

    def test_a_bare_article_number_needs_its_law(self, found: Found) -> None:
        assert found("artikel 8 EVRM") == ["rechtspraak/rvv-een"]

    @pytest.mark.parametrize(
        "text", ["910.433", "910 433", "910433", "RvV 910.433", "arrest nr. 910.433", "nummer:910433", "RvV nr 910433"]
    )
    def test_every_way_to_write_a_number_gives_the_ruling_directly(self, engine: SearchEngine, text: str) -> None:
        results = engine.search(text)

        assert [hit.id for hit in results.direct] == ["rechtspraak/rvv-een"]
        assert results.hits[0].id == "rechtspraak/rvv-een"

    def test_the_court_named_beside_a_number_decides_between_equal_numbers(self, new_engine: NewEngine) -> None:
        """The Council of State and the RvV number their rulings alike."""
        engine = new_engine()
        engine.index.replace_all([a_ruling("rvv", "900.042"), a_ruling("rvs", "900.042", court="RVS")])

        assert [hit.id for hit in engine.search("RvS nr. 900.042").direct] == ["rvs"]
        assert [hit.id for hit in engine.search("900.042").direct] == ["rvs", "rvv"]

    def test_an_ecli_gives_the_ruling_directly(self, engine: SearchEngine) -> None:
        assert engine.search("ecli:eu:c:2010:9117").direct[0].id == "rechtspraak/hvj-twee"

    def test_an_unknown_number_finds_nothing(self, engine: SearchEngine) -> None:
        """Better no ruling than another one: the words around the number do not count."""
        assert engine.search("RvV nr. 999.999").total == 0

    def test_an_article_between_quotation_marks_is_the_article_too(self, engine: SearchEngine) -> None:
        """Nobody writes "artikel 40ter vw" in those words, and the page about it was not found."""
        found = engine.search('"artikel 40ter Vw." bestaansmiddelen')

        assert "thema/gh-belg" in {hit.id for hit in found.hits}
        assert not found.relaxed

    @pytest.mark.parametrize(
        ("asked", "articles"),
        [
            ("40ter", (("40ter", None),)),
            ("art. 40ter Vw.", (("40ter", "VW"),)),
            ("art. 40ter Vw. bestaansmiddelen", ()),
            ("bestaansmiddelen", ()),
        ],
    )
    def test_a_question_that_is_an_article_says_so(
        self, engine: SearchEngine, asked: str, articles: tuple[tuple[str, str | None], ...]
    ) -> None:
        assert engine.search(asked).articles == articles


class TestOverruled:
    def test_what_was_overruled_comes_below_what_stands_and_says_so(self, new_engine: NewEngine) -> None:
        engine = new_engine()
        old = a_ruling("rechtspraak/oud", "900.001", title="Verzonnen arrest over de retributie", mark="Vernietigd")
        engine.index.replace_all(
            [
                replace(old, summary="retributie retributie retributie", is_overruled=True),
                a_ruling("rechtspraak/nieuw", "900.002", text="Dit gaat ook over de retributie."),
            ]
        )

        hits = engine.search("retributie arrest").hits
        assert [(hit.id, hit.mark) for hit in hits] == [("rechtspraak/nieuw", ""), ("rechtspraak/oud", "Vernietigd")]
        assert engine.search("900.001").hits[0].id == "rechtspraak/oud"


class TestFacets:
    def test_counts_come_largest_first_with_ancestors(self, engine: SearchEngine) -> None:
        themes = engine.search("bestaansmiddelen").facets["thema"]

        assert themes[:2] == (FacetValue("gezinshereniging", 2), FacetValue("verblijf", 2))

    def test_a_facet_is_counted_without_its_own_choice(self, engine: SearchEngine) -> None:
        results = engine.search("", filters={"hof": ["hvj"]})

        assert results.total == 1
        assert results.facets["hof"] == (FacetValue("rvv", 2), FacetValue("hvj", 1, selected=True))
        assert results.facets["jaar"] == (FacetValue("2010", 1),)

    def test_values_of_one_facet_widen_and_facets_narrow(self, found: Found) -> None:
        assert len(found("", filters={"hof": ["hvj", "rvv"]})) == 3
        assert found("", filters={"hof": ["hvj", "rvv"], "taal": ["fr"]}) == ["rechtspraak/rvv-drie"]

    def test_an_unknown_value_has_no_hits_but_stays_removable(self, engine: SearchEngine) -> None:
        results = engine.search("kind", filters={"hof": ["bestaat-niet"]})

        assert results.total == 0
        assert FacetValue("bestaat-niet", 0, selected=True) in results.facets["hof"]

    def test_typed_fields_are_choices(self, engine: SearchEngine) -> None:
        results = engine.search("hof:RVV jaar:2019..2020")

        assert [hit.id for hit in results.hits] == ["rechtspraak/rvv-een"]
        assert FacetValue("rvv", 1, selected=True) in results.facets["hof"]
        assert results.understood_as == "hof: rvv; jaar: 2019 of 2020"

    def test_an_unknown_facet_is_ignored(self, found: Found) -> None:
        assert len(found("", filters={"kleur": ["rood"]})) == 5


class TestPaging:
    def test_pages_do_not_overlap_and_the_total_is_exact(self, engine: SearchEngine) -> None:
        pages = [engine.search("", page=number, per_page=2) for number in (1, 2, 3, 4)]

        assert [page.total for page in pages] == [5, 5, 5, 5]
        assert [len(page.hits) for page in pages] == [2, 2, 1, 0]
        assert len({hit.id for page in pages for hit in page.hits}) == 5

    def test_a_page_far_past_the_end_is_empty(self, engine: SearchEngine) -> None:
        results = engine.search("kind", page=10**9)

        assert (results.hits, results.total) == ((), 2)

    def test_pages_agree_with_the_whole_list(self, new_engine: NewEngine) -> None:
        """Stock Whoosh with a limit loses hits; here the first ten are the first ten of all."""
        engine = new_engine()
        engine.index.replace_all(
            [a_document(f"pagina/{number}", text="visum " * (number % 7 + 1)) for number in range(60)]
        )
        everything = [hit.id for hit in engine.search("visum", per_page=100).hits]

        paged = [hit.id for page in range(1, 7) for hit in engine.search("visum", page=page).hits]

        assert paged == everything
        assert len(set(paged)) == 60


class TestSnippets:
    def test_matches_are_marked_and_labelled(self, engine: SearchEngine) -> None:
        (hit,) = engine.search("hoger belang schending").hits

        assert {snippet.label for snippet in hit.snippets} == {"samenvatting", "tekst"}
        assert hit.snippets[0].html == "Het <mark>hoger</mark> <mark>belang</mark> van het kind weegt door."

    def test_text_is_escaped(self, engine: SearchEngine) -> None:
        (hit,) = engine.search("tijdelijke bescherming").hits

        assert hit.snippets[0].html == (
            "<mark>Tijdelijke</mark> <mark>bescherming</mark> &lt;b&gt;x&lt;/b&gt; &amp; co."
        )

    def test_a_long_sentence_is_cut_around_the_match(self, new_engine: NewEngine) -> None:
        engine = new_engine()
        engine.index.replace_all([a_document("pagina/lang", text="woord " * 300 + "visum " + "woord " * 300)])

        (snippet,) = engine.search("visum").hits[0].snippets

        assert "<mark>visum</mark>" in snippet.html
        assert len(snippet.html) < 400
        assert snippet.html.startswith("… ")

    def test_without_a_match_in_the_text_the_beginning_is_shown(self, engine: SearchEngine) -> None:
        assert engine.search("910.433").hits[0].snippets[0].html == "Het hoger belang van het kind weegt door."


class TestExpansion:
    def test_synonyms_are_searched_and_said(self, engine: SearchEngine) -> None:
        results = engine.search("echtgenoot overkomen")

        assert [hit.id for hit in results.hits] == ["thema/gh-belg"]
        assert results.also_searched == ("partner",)

    def test_expansion_can_be_switched_off(self, engine: SearchEngine) -> None:
        results = engine.search("echtgenoot", expand=False)

        assert (results.total, results.also_searched) == (0, ())

    def test_a_compound_is_found_by_its_parts_written_apart(self, new_engine: NewEngine) -> None:
        engine = new_engine()
        engine.index.replace_all([a_document("pagina/een", text="Een aanvraag voor een visum.")])

        assert engine.search("visumaanvraag").total == 1


class TestFewHits:
    def test_any_word_when_no_document_has_all_and_it_is_said(self, engine: SearchEngine) -> None:
        results = engine.search("verblijfskaart grondgebied")

        assert results.relaxed
        assert {hit.id for hit in results.hits} == {"thema/gh-belg", "rechtspraak/rvv-een"}
        assert results.without_word == (("grondgebied", 1), ("verblijfskaart", 1))

    def test_a_phrase_nobody_wrote_is_loosened_and_it_is_said(self, engine: SearchEngine) -> None:
        results = engine.search('"belang hoger kind"')

        assert results.relaxed
        assert results.hits[0].id == "rechtspraak/rvv-een"

    def test_a_misspelling_is_respelled_from_our_own_words(self, engine: SearchEngine) -> None:
        assert engine.search("gezinshereneging").suggestion == "gezinshereniging"
        assert engine.search("gezinshereniging").suggestion is None

    def test_the_respelling_keeps_accents(self, engine: SearchEngine) -> None:
        assert engine.search("Oekrane").suggestion == "oekraïne"

    def test_nonsense_gives_nothing_and_no_suggestion(self, engine: SearchEngine) -> None:
        results = engine.search("xqzwvk")

        assert (results.total, results.suggestion, results.without_word) == (0, None, ())


class TestCompletion:
    def test_titles_come_before_words(self, engine: SearchEngine) -> None:
        completions = engine.complete("gez")

        assert (completions[0].text, completions[0].kind) == ("Gezinshereniging met een Belg", Kind.THEME)
        assert completions[1].text == "gezinshereniging"

    def test_accents_need_not_be_typed(self, engine: SearchEngine) -> None:
        assert engine.complete("oekrai")[0].address == "/lexicon/oekraine"

    def test_one_letter_completes_nothing(self, engine: SearchEngine) -> None:
        assert engine.complete("g") == []


HOSTILE = [
    "x" * 10_000,
    "woord " * 5_000,
    "***",
    "* *a ?b ~~ ^^",
    "\x00\x01\x1b[31m visum",
    "(((((" * 500,
    '"' * 999,
    "-" * 2_000,
    "a:b:c:d " * 300,
    "(a+)+$ .*.*.*.* [a-z]{9999}",
    "' OR 1=1; DROP TABLE x --",
    "<script>alert(1)</script>",
    "kind " + "OF " * 400,
    "\ud800 losse surrogaat",
    "1.1.1.1.1.1." * 150,
    "9/9/9/9/9/9/" * 150,
    "a'b-c'd-" * 240,
]


class TestHostileInput:
    @pytest.mark.parametrize("text", HOSTILE)
    def test_every_text_is_answered_fast(self, engine: SearchEngine, text: str) -> None:
        started = time.process_time()
        results = engine.search(text, filters={"hof": [text[:50]]}, page=10**9)

        assert isinstance(results, SearchResults)
        assert time.process_time() - started < 5

    def test_five_hundred_choices(self, engine: SearchEngine) -> None:
        assert engine.search("", filters={"thema": [f"t{number}" for number in range(500)]}).total == 0

    def test_odd_page_numbers_are_the_first_page(self, engine: SearchEngine) -> None:
        assert engine.search("", page=-3, per_page=-1).page == 1

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(text=st.text(max_size=80))
    def test_no_text_breaks_a_search(self, engine: SearchEngine, text: str) -> None:
        results = engine.search(text)

        assert len(results.hits) == min(results.total, 10)


class TestEmptyIndex:
    def test_an_index_without_documents_answers(self, new_engine: NewEngine) -> None:
        engine = new_engine()
        engine.index.replace_all([])

        assert engine.search("visum").total == 0
        assert engine.search("").hits == ()
        assert engine.complete("vis") == []

    def test_all_documents_removed(self, new_engine: NewEngine) -> None:
        engine = new_engine()
        engine.index.replace_all([a_ruling("rechtspraak/een", "900.001")])
        engine.index.update([], remove=["rechtspraak/een"])

        assert engine.search("").total == 0
