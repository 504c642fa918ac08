"""What a visitor's text is taken to mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jurisprudence.search.query import MOST_PHRASES, MOST_PREFIXES, MOST_WORDS, parse
from jurisprudence.search.question import Article, Identifier, Phrase, Prefix, Question, Tagged, Term, Word


def required(question: Question) -> list[list[Term]]:
    return [list(clause.alternatives) for clause in question.required]


def only_term(text: str) -> Term:
    ((term,),) = required(parse(text))
    return term


class TestPhrases:
    @pytest.mark.parametrize(
        "text",
        ['"hoger belang"', "“hoger belang”", "„hoger belang”", "«hoger belang»", "'hoger belang'", "‘hoger belang’"],
    )
    def test_all_quotation_marks_make_a_phrase(self, text: str) -> None:
        term = only_term(text)

        assert isinstance(term, Phrase)
        assert len(term.steps) == 2

    def test_a_lonely_opening_quote_is_closed_and_said(self) -> None:
        question = parse('kind "hoger belang')

        assert [type(term) for clause in required(question) for term in clause] == [Word, Phrase]
        assert question.notes == ("Er ontbrak een aanhalingsteken; het is aangevuld.",)

    def test_a_lonely_closing_quote_is_dropped(self) -> None:
        assert all(isinstance(term, Word) for clause in required(parse('hoger belang"')) for term in clause)

    def test_an_apostrophe_makes_no_phrase(self) -> None:
        assert all(isinstance(term, Word) for clause in required(parse("droit d'asile l'étranger")) for term in clause)

    def test_nearness_is_read(self) -> None:
        term = only_term('"kind belang"~10')

        assert isinstance(term, Phrase)
        assert term.slop == 10


class TestOperators:
    def test_of_joins_alternatives(self) -> None:
        (clause,) = required(parse("visum OF paspoort"))

        assert [term.text for term in clause] == ["visum", "paspoort"]

    @pytest.mark.parametrize("text", ["kind -visum", "kind NIET visum", "kind NOT visum", 'kind -"visum"'])
    def test_what_may_not_occur(self, text: str) -> None:
        question = parse(text)

        assert [term.text.strip("“”") for term in question.excluded] == ["visum"]
        assert [clause.text for clause in question.required] == ["kind"]

    def test_small_letters_are_words(self) -> None:
        """Negation must survive: "geen recht" and "niet begeleide" are words, only capitals are operators."""
        assert not parse("niet begeleide of geen").excluded

    def test_a_hyphen_inside_a_word_excludes_nothing(self) -> None:
        assert not parse("niet-begeleide minderjarige").excluded

    def test_an_operator_without_a_word_is_explained(self) -> None:
        assert parse("kind OF").notes == ("Na OF of NIET volgt geen woord; dat teken is overgeslagen.",)

    def test_a_star_needs_three_letters(self) -> None:
        assert isinstance(only_term("gezins*"), Prefix)
        assert parse("g*").notes == ("Voor een sterretje zijn minstens 3 letters nodig.",)


class TestFields:
    def test_years_are_a_range(self) -> None:
        assert parse("jaar:2019..2021").filters == {"jaar": ("2019", "2020", "2021")}

    def test_an_impossible_year_is_explained(self) -> None:
        question = parse("jaar:gisteren visum")

        assert question.notes == ("“gisteren” is geen jaar; schrijf jaar:2021 of jaar:2019..2021.",)
        assert [clause.text for clause in question.required] == ["visum"]

    def test_an_endless_range_stays_small(self) -> None:
        assert len(parse("jaar:0001..9999").filters["jaar"]) <= 201

    def test_fields_become_choices(self) -> None:
        assert parse('hof:rvv taal:fr thema:"gh-belg"').filters == {
            "hof": ("rvv",),
            "taal": ("fr",),
            "thema": ("gh-belg",),
        }

    def test_an_unknown_field_is_explained_and_its_words_searched(self) -> None:
        question = parse("auteur:jansen")

        assert question.notes == ("Het veld “auteur” bestaat niet; er is op de woorden zelf gezocht.",)
        assert [clause.text for clause in question.required] == ["auteur", "jansen"]

    def test_number_and_article_fields(self) -> None:
        assert isinstance(only_term("nummer:246.433"), Identifier)
        assert isinstance(only_term("artikel:40ter"), Article)
        assert "is geen nummer" in parse("nummer:abc").notes[0]


class TestIdentifiers:
    @pytest.mark.parametrize(
        ("text", "normal"),
        [
            ("246.433", "246433"),
            ("246 433", "246433"),
            ("246433", "246433"),
            ("RvV nr. 246.433", "246433"),
            ("arrest 246.433", "246433"),
            ("C-578/08", "c-578/08"),
            ("c\u2011578/08", "c-578/08"),
            ("ECLI:BE:RVSCE:2019:ARR.218.123", "ecli:be:rvsce:2019:arr.218.123"),
            ("P.24.1568.N", "p.24.1568.n"),
            ("GwH 121/2013", "121/2013"),
            ("41738/10", "41738/10"),
        ],
    )
    def test_every_way_to_write_a_number(self, text: str, normal: str) -> None:
        """The words around a number ("RvV", "nr.") need not stand in the document."""
        term = only_term(text)

        assert isinstance(term, Identifier)
        assert term.normal == normal

    def test_a_year_is_a_word_and_the_year_of_a_document(self) -> None:
        (clause,) = parse("2021").clauses

        assert [type(term) for term in clause.alternatives] == [Word, Tagged]

    def test_the_year_of_a_date_is_only_a_word(self) -> None:
        assert [
            clause.alternatives[1:] for clause in parse("wet van 18 juli 2025").clauses if clause.text == "2025"
        ] == [()]


class TestArticles:
    @pytest.mark.parametrize(
        ("text", "law", "number"),
        [
            ("40ter", None, "40ter"),
            ("art. 40ter Vw.", "VW", "40ter"),
            ("artikel 9 bis", None, "9bis"),
            ("57/6/1", None, "57/6/1"),
            ("artikel 8 EVRM", "EVRM", "8"),
            ("8 EVRM", "EVRM", "8"),
            ("art. 3 van het EVRM", "EVRM", "3"),
            ("artikel 62", None, "62"),
        ],
    )
    def test_an_article_with_or_without_its_law(self, text: str, law: str | None, number: str) -> None:
        term = only_term(text)

        assert isinstance(term, Article)
        assert (term.law, term.number) == (law, number)

    def test_a_bare_number_is_no_article(self) -> None:
        assert isinstance(only_term("62"), Word)


class TestWords:
    def test_small_words_are_not_required(self) -> None:
        assert [clause.text for clause in parse("het recht op een visum").required] == ["recht", "visum"]

    def test_only_small_words_are_all_required(self) -> None:
        assert [clause.text for clause in parse("de het").required] == ["de", "het"]

    def test_words_written_apart_may_be_one(self) -> None:
        ((word,), _) = required(parse("gezins hereniging"))

        assert isinstance(word, Word)
        assert word.joined


class TestLimits:
    def test_only_some_phrases_are_searched_as_such(self) -> None:
        """Nine phrases of small words took over 100 ms at 3,294 rulings: a visitor cannot hold a worker that long."""
        question = parse(" ".join(f'"van de {word}"' for word in ("wet", "raad", "staat", "kamer", "zaak", "eis")))

        phrases = [term for clause in question.clauses for term in clause.alternatives if isinstance(term, Phrase)]
        assert len(phrases) == MOST_PHRASES
        assert any("woordgroepen" in note for note in question.notes)

    def test_only_some_beginnings_are_searched_as_such(self) -> None:
        question = parse("bev* gez* ver* aan* uit* ter*")

        prefixes = [term for clause in question.clauses for term in clause.alternatives if isinstance(term, Prefix)]
        assert len(prefixes) == MOST_PREFIXES
        assert any("sterretjes" in note for note in question.notes)

    def test_a_long_text_is_cut_and_said(self) -> None:
        question = parse("woord " * 5_000)

        assert len(question.clauses) <= MOST_WORDS
        assert question.notes == ("De zoekvraag is ingekort tot 300 woorden of 2000 tekens.",)

    def test_control_characters_disappear(self) -> None:
        assert parse("vi\x00sum\x1b").text == "vi sum"

    @pytest.mark.parametrize("text", ["", " ", "***", '"', '""', "()", "-", "OF", ":", "::", "§", "\x00", "(a+)+$"])
    def test_signs_alone_are_no_question_and_no_error(self, text: str) -> None:
        assert len(parse(text).clauses) <= 1

    @given(st.text(alphabet=st.sampled_from("ab9. -\"“~:*/'()OFNIET\x00é§"), max_size=60))
    def test_no_text_breaks_the_parser(self, text: str) -> None:
        question = parse(text)

        assert all(clause.alternatives for clause in question.clauses)
        assert all(step for clause in question.clauses for term in clause.alternatives for step in steps_of(term))


def steps_of(term: Term) -> tuple[tuple[bytes, ...], ...]:
    match term:
        case Word(steps=steps) | Phrase(steps=steps):
            return steps
        case Article(step=step) | Identifier(step=step):
            return (step,)
        case Prefix(start=start):
            return ((start.encode(),),)
        case Tagged(values=values):
            return (tuple(value.encode() for value in values),)
