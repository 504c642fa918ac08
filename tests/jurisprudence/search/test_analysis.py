"""Which question finds which text: the promises of the legal analysis, pair by pair."""

import pytest

from jurisprudence.search import analysis
from jurisprudence.search.compounds import compound_parts
from jurisprudence.search.stems import fold, stem

STUDIED = [
    # inflection
    ("vreemdeling", "de vreemdelingen", True),
    ("beslissing", "de bestreden beslissingen", True),
    ("verblijven", "het verblijf", True),
    ("bewijs", "de bewijzen", True),
    ("motief", "de motieven", True),
    ("kind", "de kinderen", True),
    ("geweigerd", "de weigering om te weigeren", True),
    ("procedure", "de procedures", True),
    ("aanvraag", "zijn aanvragen", True),
    ("echtgenoot", "haar echtgenoten", True),
    ("minderjarige", "minderjarigen", True),
    ("omstandigheid", "buitengewone omstandigheden", True),
    ("visum", "de visa", True),
    ("asielzoeker", "asielzoekers", True),
    ("wet", "de wetten", True),
    # no overstemming
    ("gezin", "in de zin van artikel 1", False),
    ("middel", "de middelbare school", False),
    ("gemachtigde", "tien gemmen", False),
    ("eerste", "één", False),
    ("leden", "hij heeft geleden pijn te lijden", False),
    ("recht", "zij recht toe", True),
    # compound
    ("gezinshereniging", "een gezinsherenigingsaanvraag", True),
    ("aanvraag", "een gezinsherenigingsaanvraag", True),
    ("verblijfsvergunning", "een verblijfsvergunningsaanvraag", True),
    ("motiveringsplicht", "formele motiveringsplichten", True),
    ("vreemdeling", "de vreemdelingenwet", True),
    ("asiel", "de asielprocedure", True),
    ("terugkeer", "een terugkeerbesluit", True),
    ("onderzoek", "het leeftijdsonderzoek", True),
    ("visum", "een visumaanvraag", True),
    ("student", "een studentenvisum", True),
    ("bank", "de rechtbank", False),
    ("gezin", "gezinshereniging", True),
    # diacritics
    ("Oekraine", "Oekraïne", True),
    ("Oekraïne", "Oekraine", True),
    ("prive", "privéleven en privé", True),
    ("coordinatie", "coördinatie", True),
    ("etranger", "un étranger", True),
    ("refugie", "le réfugié", True),
    ("\ufb01nanciering", "financiering", True),
    # hyphen
    ("niet-begeleide", "een niet begeleide minderjarige", True),
    ("niet begeleide", "een niet-begeleide minderjarige", True),
    ("nietbegeleide", "een niet-begeleide minderjarige", True),
    ('"niet-begeleide minderjarige"', "de niet-begeleide minderjarige vreemdeling", True),
    ("EU-burger", "een EU burger", True),
    ("commissaris-generaal", "de Commissaris-generaal", True),
    ("begeleide", "niet\u2011begeleide", True),
    # article
    ("9bis", "artikel 9bis van de wet", True),
    ("9 bis", "artikel 9bis van de wet", True),
    ("9bis", "artikel 9 bis van de wet", True),
    ("9bis", "artikel 9 van de wet", False),
    ("9", "artikel 9bis van de wet", False),
    ("40ter", "art. 40ter, § 2", True),
    ("57/6/1", "artikel 57/6/1, eerste lid", True),
    ("57/6", "artikel 57/6/1, eerste lid", False),
    ("57/6", "artikel 57/6 van de wet", True),
    ('"artikel 9bis"', "op grond van artikel 9 bis van de wet", True),
    ("8 EVRM", "artikel 8 EVRM", True),
    ("39/2", "artikel 39/2, § 1, 2°", True),
    ("62", "op 62 ter zitting", True),
    # number
    ("218.123", "arrest nr. 218 123 van 13 maart", True),
    ("218 123", "arrest nr. 218.123 van 13 maart", True),
    ("218123", "arrest nr. 218.123 van 13 maart", True),
    ("nr. 218 123", "nr. 218.123", True),
    ("218.123", "arrest 218 en 123 bladzijden", False),
    ("218", "arrest nr. 218.123", False),
    ("2016/690", "rolnummer 2016/690", True),
    ("P.17.1232.F", "Cass. 20 december 2017, P.17.1232.F", True),
    ("C-578/08", "HvJ, C-578/08, Chakroun", True),
    ("C578/08", "HvJ, C-578/08, Chakroun", True),
    # ecli
    ("ECLI:BE:RVSCE:2019:ARR.218.123", "zie ECLI:BE:RVSCE:2019:ARR.218.123.", True),
    ("ecli:be:rvsce:2019:arr.218.123", "zie ECLI:BE:RVSCE:2019:ARR.218.123", True),
    ("218.123", "zie ECLI:BE:RVSCE:2019:ARR.218.123", True),
    ("ECLI:BE:RVSCE:2019:ARR.218.124", "zie ECLI:BE:RVSCE:2019:ARR.218.123", False),
    # abbreviation
    ("DVZ", "de D.V.Z. stelt", True),
    ("EVRM", "artikel 3 E.V.R.M.", True),
    ("D.V.Z.", "de DVZ stelt", True),
    # french
    ("étranger", "la loi sur les étrangers", True),
    ("asile", "le droit d'asile", True),
    ("asile", "la demande d\u2019asile", True),
    ("regroupement familial", "des demandes de regroupements familiaux", True),
    ("réfugiés", "le statut de réfugié", True),
    ("article", "l\u2019article 9bis", True),
    ("régularisation", "les régularisations", True),
]

OWN = [
    # inflection
    ("vonnis", "de vonnissen van de rechtbank", True),
    ("kinderen", "het hoger belang van het kind", True),
    ("motieven", "een afdoend motief", True),
    ("geschorst", "de schorsing van de beslissing", True),
    ("vernietigd", "een vernietiging van het bevel", True),
    ("afgewezen", "de afwijzing van de aanvraag", True),
    ("betekend", "de betekening van het bevel", True),
    ("erkenning", "hij werd erkend als vluchteling", True),
    ("ingetrokken", "de intrekking van de kaart", True),
    ("minderjarige", "niet-begeleide minderjarigen", True),
    ("staatloze", "de staatlozen", True),
    ("advocaten", "zijn advocaat", True),
    ("aangevraagd", "een aanvraag tot verblijf", True),
    ("voorwaarden", "de voorwaarde is vervuld", True),
    ("echtgenote", "de echtgenoot van mevrouw", True),
    ("huwelijken", "het huwelijk", True),
    ("vluchtelingen", "de vluchteling", True),
    ("verlengd", "de verlenging van het verblijf", True),
    ("toegekend", "de toekenning van de status", True),
    ("verloren", "het verlies van de nationaliteit", True),
    # no overstemming, nothing lost
    ("geen", "er is geen recht op verblijf", True),
    ("geen", "er is een recht op verblijf", False),
    ("niet", "dit is niet bewezen", True),
    ("middel", "een gemiddelde wachttijd", False),
    ("land", "een andere landing", False),
    ("partij", "een partituur", False),
    ("raad", "de raadsman pleit", False),
    # compounds
    ("bank", "de arbeidsrechtbank", False),
    ("rechtbank", "de arbeidsrechtbank", True),
    ("middel", "een middelbaar diploma", False),
    ("verbod", "een inreisverbod van twee jaar", True),
    ("verblijf", "de verblijfskaart", True),
    ("kaart", "de verblijfskaart", True),
    ("huwelijk", "een schijnhuwelijk", True),
    ("leeftijd", "de leeftijdstest", True),
    ("hulp", "voedselhulp", True),
    ("nationaliteit", "de nationaliteitsverklaring", True),
    ("termijn", "de beroepstermijn", True),
    ("zorgvuldigheid", "het zorgvuldigheidsbeginsel", True),
    ("taal", "het totaal bedrag", False),
    ("eis", "een reis naar huis", False),
    # hyphens, invisible characters, accents
    ("gezinshereniging", "gezins\u00adhereniging", True),
    ("niet-begeleide", "een nietbegeleide minderjarige", True),
    ("ambtenaar-geneesheer", "de ambtenaar geneesheer", True),
    ("geneesheer", "de ambtenaar\u2011geneesheer", True),
    ("Chaïb", "het arrest Chaib", True),
    ("coöperatie", "een cooperatie", True),
    ("café", "cafe\u0301", True),
    ("œuvre", "une oeuvre", True),
    # articles
    ("40 ter", "art. 40ter Vw.", True),
    ("9ter", "artikel 9bis van de wet", False),
    ("74/13", "art. 74/13 Vw.", True),
    ("74/1", "art. 74/13 Vw.", False),
    ("61/25-1", "artikel 61/25-1 van de wet", True),
    ("61/25", "artikel 61/25-1 van de wet", False),
    ("13sexies", "bijlage 13sexies", True),
    ("9BIS", "artikel 9bis", True),
    ("9\u00a0bis", "artikel 9bis", True),
    # numbers and identifiers
    ("246433", "RvV nr. 246.433", True),
    ("246.433", "RvV nr. 246.434", False),
    ("246 433", "RvV nr. 246\u00a0433", True),
    ("C\u2011578/08", "HvJ C-578/08", True),
    ("c-578/08", "HvJ C 578/08, Chakroun", True),
    ("C-578/08", "HvJ C-578/09", False),
    ("P.24.1568.N", "Cass. nr. P.24.1568.N", True),
    ("41738/10", "EHRM 41738/10, Paposhvili", True),
    ("121/2013", "ECLI:BE:GHCC:2013:ARR.121", True),
    ("ECLI:EU:C:2010:117", "zie ecli:eu:c:2010:117", True),
    # abbreviations
    ("OCMW", "het O.C.M.W. weigert", True),
    ("R.v.V.", "de RvV oordeelt", True),
    ("k.b.", "het KB van 8 oktober 1981", True),
    # French
    ("étrangères", "les autorités \u00e9trang\u00e8res", True),
    ("éloignement", "la mesure d'éloignement", True),
    ("recours", "le recours est rejeté", True),
    ("demandeur", "les demandeurs d'asile", True),
    ("décision", "les décisions attaquées", True),
    # found wanting or confirmed later
    ("vluchteling", "de vluchtelingen", True),
    ("ouder", "de ouders", True),
    ("vader", "de vaders", True),
    ("besluiten", "het besluit", True),
    ("verblijfstitel", "de verblijfstitels", True),
    ("terugkeerbesluiten", "een terugkeerbesluit", True),
    ("kaart", "identiteitskaarten", True),
    ("inreisverboden", "een inreisverbod", True),
    ("bevelen", "het bevel", True),
    ("vervolging", "vervolgd wegens ras", True),
    ("geloofwaardig", "de geloofwaardigheid", True),
    ("ontvankelijk", "de ontvankelijkheid", True),
    ("motivering", "gemotiveerd", True),
    ("weigeren", "weigert", True),
    ("weigering", "geweigerd", True),
    ("verwijdering", "verwijderd", True),
    ("afstamming", "afstammingsband", True),
    ("erkennen", "erkend", True),
    ("adoptie", "adoptiekind", True),
    ("adopteren", "geadopteerd", True),
    ("huwen", "gehuwd", True),
    ("scheiding", "echtscheiding", True),
    ("opvang", "opvangcentrum", True),
    ("centrum", "opvangcentra", True),
    ("wet", "opvangwet", True),
    ("hulp", "rechtshulp", True),
    ("hulpverlening", "dienstverlening", False),
    ("bescherming", "beschermd", True),
    ("land", "landen", True),
    ("land", "herkomstland", True),
    ("herkomst", "herkomstlanden", True),
    ("arts", "artsen", True),
    ("medisch", "medische", True),
    ("ziekte", "ziekten", True),
    ("student", "studenten", True),
    ("studie", "studies", True),
    ("werk", "werkgever", True),
    ("werkgever", "werkgevers", True),
    ("vergunning", "arbeidsvergunning", True),
    ("kind", "kinderbijslag", True),
    ("kind", "pleegkinderen", True),
    ("familie", "families", True),
    ("gezinslid", "gezinsleden", True),
    ("lid", "gezinsleden", True),
    ("lidstaten", "een lidstaat", True),
    ("grens", "grenzen", True),
    ("reis", "reizen", True),
    ("prijs", "prijzen", True),
    ("brief", "brieven", True),
    ("bewijs", "bewijzen", True),
    ("huis", "huizen", True),
    ("dief", "dieven", True),
    ("raad", "raden", True),
    ("vonnissen", "het vonnis", True),
    ("betekenissen", "de betekenis", True),
    ("gevangenis", "gevangenissen", True),
    ("moeder", "moeders", True),
    ("politie", "politiediensten", True),
    ("dienst", "politiediensten", True),
    ("ambassade", "ambassades", True),
    ("visa", "het visum", True),
    ("visumplicht", "visum", False),
    ("paspoorten", "het paspoort", True),
    ("ambtenaren", "de ambtenaar", True),
    ("taal", "talen", True),
    ("zaak", "zaken", True),
    ("maatregel", "maatregelen", True),
    ("regel", "maatregel", False),
    ("recht", "rechten", True),
    ("mens", "mensen", True),
    ("mensenrecht", "mensenrechten", True),
    ("mensenhandel", "slachtoffer van mensenhandel", True),
    ("handel", "mensenhandel", True),
    ("beginsel", "redelijkheidsbeginsel", True),
    ("verplichting", "verplichtingen", True),
    ("plicht", "hoorplicht", True),
    ("hoorrecht", "recht", False),
    ("schorsen", "schorsing", True),
    ("schorst", "schorsing", True),
    ("vernietigen", "vernietiging", True),
    ("vernietigt", "vernietigd", True),
    ("beslissen", "beslissing", True),
    ("uitwijzen", "uitgewezen", True),
    ("vrijheidsberoving", "vrijheid", False),
    ("vrijheid", "vrijheidsberoving", True),
    ("détention", "détentions", True),
    ("étrangers", "l\u2019étranger", True),
    ("mineurs", "un mineur", True),
    ("régulariser", "la régularisation", True),
    ("l'asile", "demande d'asile", True),
    ("enfant", "les enfants", True),
    ("familiale", "la vie familiale et familial", True),
    ("rent", "trente", False),
    ("ras", "terras", False),
    ("eis", "vereiste", False),
    ("arts", "artsenij", False),
    ("tolk", "de tolken", True),
    ("termijn", "termijnen", True),
    ("dag", "dagen", True),
    ("week", "weken", True),
    ("maand", "maanden", True),
    ("jaar", "jaren", True),
    ("10bis", "artikel 10 bis", True),
    ("10", "artikel 10bis", False),
    ("48/3", "artikel 48/3", True),
    ("48/3", "artikel 48/3bis", False),
    ("252042", "RvS nr. 252.042", True),
    ("12", "arrest 12.345", False),
    ("RVV", "R.v.V.", True),
    ("KB", "K.B. van 8 oktober", True),
    ("BGV", "B.G.V.", True),
]


def finds(question: str, text: str) -> bool:
    """Tell whether every word of the question (or the phrase in quotes) stands in the text, as the index sees it."""
    positions: dict[bytes, list[int]] = {}
    for token in analysis.tokens(text, analysis.guess_language(text)):
        positions.setdefault(token.term.encode(), []).append(token.position)
    words = analysis.query_words(question.strip('"'))
    if question.startswith('"'):
        steps = [step for word in words for step in word.steps]
        places = [{place for term in step for place in positions.get(term, ())} for step in steps]
        return any(all(first + number in found for number, found in enumerate(places)) for first in places[0])
    telling = [word for word in words if not word.is_function_word] or words
    return all(_holds(word, positions) for word in telling)


def _holds(word: analysis.QueryWord, positions: dict[bytes, list[int]]) -> bool:
    stands = all(any(term in positions for term in step) for step in word.steps)
    return stands or any(term in positions for term in word.joined)


@pytest.mark.parametrize(("question", "text", "expected"), [*STUDIED, *OWN])
def test_a_question_finds_the_texts_it_should_and_no_others(question: str, text: str, *, expected: bool) -> None:
    assert finds(question, text) is expected


class TestClean:
    def test_invisible_and_control_characters_disappear(self) -> None:
        """Word processors leave soft hyphens in pasted rulings; a NUL breaks databases."""
        assert analysis.clean("ge\u00adzin\u200b \x00kind") == "gezin  kind"

    def test_line_breaks_stay_because_they_end_sentences(self) -> None:
        assert analysis.clean("een\ntwee") == "een\ntwee"


class TestSentenceStarts:
    def test_a_full_stop_before_a_capital_ends_a_sentence(self) -> None:
        text = "De Raad verwerpt. Het beroep is laat."

        assert [text[start:][:7] for start in analysis.sentence_starts(text)] == ["De Raad", "Het ber"]

    def test_an_abbreviation_does_not_end_a_sentence(self) -> None:
        assert analysis.sentence_starts("Zie art. 40ter en nr. 12 van de wet.") == [0]


class TestTokens:
    def test_offsets_point_at_the_written_word(self) -> None:
        text = "artikel 9 bis, nr. 218.123"

        assert [text[token.start : token.end] for token in analysis.tokens(text)] == [
            "artikel",
            "9 bis",
            "nr",
            "218.123",
        ]

    def test_the_parts_of_a_compound_share_its_position(self) -> None:
        found = [token for token in analysis.tokens("visumaanvraag") if token.position == 0]

        assert {"visum", "aanvrag"} <= {token.term for token in found}


class TestGuessLanguage:
    @pytest.mark.parametrize(
        ("text", "language"),
        [("De Raad verwerpt het beroep", "nl"), ("Le Conseil rejette la requête", "fr"), ("", "nl"), ("EVRM", "nl")],
    )
    def test_function_words_decide(self, text: str, language: str) -> None:
        assert analysis.guess_language(text) == language


class TestNormalNumber:
    @pytest.mark.parametrize(
        ("written", "normal"),
        [
            ("218.123", "218123"),
            ("218 123", "218123"),
            ("C-578/08", "c-578/08"),
            ("P.24.1568.N", "p.24.1568.n"),
            ("ECLI:EU:C:2010:117", "ecli:eu:c:2010:117"),
            ("121/2013", "121/2013"),
            ("", ""),
        ],
    )
    def test_all_ways_to_write_a_number_are_one(self, written: str, normal: str) -> None:
        assert analysis.normal_number(written) == normal


class TestCompoundParts:
    def test_parts_of_parts_are_given_too(self) -> None:
        stems = {stem(part, "nl") for part in compound_parts("gezinsherenigingsaanvraag")}

        assert {stem(part, "nl") for part in ("gezinshereniging", "aanvraag", "gezin", "hereniging")} <= stems

    @pytest.mark.parametrize("word", ["rechtbank", "middelbaar", "middelbare", "advocaat", "handtekening", "asiel"])
    def test_words_that_only_look_like_compounds_stay_whole(self, word: str) -> None:
        assert compound_parts(word) == ()


class TestStem:
    def test_folding_comes_before_stemming(self) -> None:
        """So that "réfugié" and "refugie" are one term."""
        assert stem(fold("Réfugiés"), "fr") == stem(fold("refugie"), "fr")

    def test_other_languages_stay_as_written(self) -> None:
        assert stem("refugees", "en") == "refugees"
