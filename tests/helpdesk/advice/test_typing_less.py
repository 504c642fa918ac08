import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.advice import rules
from helpdesk.advice.models import Advice, CallerPreset, Snippet
from helpdesk.advice.rules import Choice
from helpdesk.core.vocabulary import Vocabulary
from tests.helpdesk.advice.examples import advice_form_values
from tests.pageclient import Visitor

NEW = "/helpdesk/adviezen/nieuw"
PREFERENCES = "/helpdesk/voorkeuren"


def meant(typed: str, code_list: str, vocabulary: Vocabulary) -> list[str]:
    choices = [Choice(code.code, code.label) for code in vocabulary.lists[code_list]]
    return [choice.code for choice in rules.matching(typed, choices)]


class TestMatching:
    @pytest.mark.parametrize(
        ("typed", "code_list", "code"),
        [
            ("MA", "nationaliteit", "MA"),
            ("ma", "nationaliteit", "MA"),
            ("Marokko", "nationaliteit", "MA"),
            ("marok", "nationaliteit", "MA"),
            ("ethiopie", "nationaliteit", "ET"),
            ("congo-ki", "nationaliteit", "CD"),
            ("4", "verblijfssituatie", "onwettig"),
            ("onw", "verblijfssituatie", "onwettig"),
            ("betr zelf", "categorie_vraagsteller", "betrokkene_zelf"),
            ("limburg", "regio_vraagsteller", "limburg"),
            ("oost", "regio_vraagsteller", "oost_vlaanderen"),
            ("11", "sector_vraagsteller", "niet_ingevuld_professional"),
        ],
    )
    def test_a_code_a_number_or_first_letters_are_understood(
        self, typed: str, code_list: str, code: str, vocabulary: Vocabulary
    ) -> None:
        assert meant(typed, code_list, vocabulary) == [code]

    @pytest.mark.parametrize("typed", ["", "  ", "0", "7", "99999999999999999999", "9" * 5_000, "zzz", "::", "%"])
    def test_what_means_nothing_finds_nothing(self, typed: str, vocabulary: Vocabulary) -> None:
        assert meant(typed, "verblijfssituatie", vocabulary) == []

    def test_what_fits_several_gives_all_of_them(self, vocabulary: Vocabulary) -> None:
        assert meant("verblijf", "verblijfssituatie", vocabulary) == ["buitenland", "niet_relevant"]

    def test_a_theme_is_found_by_an_everyday_word(self, vocabulary: Vocabulary) -> None:
        choices = [Choice(theme.id, theme.title, theme.words) for theme in vocabulary.themes.all]
        theme = next(theme for theme in vocabulary.themes.all if theme.everyday_terms)

        assert theme.id in [choice.code for choice in rules.matching(theme.everyday_terms[0], choices)]


class TestTypedCodes:
    def test_first_letters_are_recorded_as_codes(self, as_jurist: Visitor, session: Session) -> None:
        typed = advice_form_values(
            main_theme="gezinshereniging",
            residence_situation="4",
            nationality="marok",
            outcome="2",
            caller_category="1",
            caller_sector="wel",
            caller_region="west",
            channel="1",
        )

        as_jurist.get(NEW).fill(typed).submit("Bewaren")

        advice = session.scalars(select(Advice)).one()
        assert (advice.residence_situation, advice.nationality, advice.outcome) == ("onwettig", "MA", "advies")
        assert advice.caller_category == "non_profit_professional"
        assert (advice.caller_sector, advice.caller_region) == ("welzijn", "west_vlaanderen")

    def test_what_fits_several_is_asked_again_with_their_names(self, as_jurist: Visitor) -> None:
        page = as_jurist.get(NEW).fill(advice_form_values(residence_situation="verblijf")).submit("Bewaren", expect=422)

        assert "Dit past bij ‘verblijf in het buitenland’, ‘verblijfssituatie van de persoon" in page.main
        assert page.fill({}, action=NEW).data["residence_situation"] == "verblijf"

    def test_missing_fields_and_broken_rules_are_told_in_one_round(self, as_jurist: Visitor) -> None:
        typed = advice_form_values(
            question="Zij mailt van an@voorbeeld.be",
            nationality="",
            caller_sector="",
            time_spent_minutes="",
            given_on="",
        )

        page = as_jurist.get(NEW).fill(typed).submit("Bewaren", expect=422)

        for sentence in (
            "In de vraag staat een e-mailadres.",
            "Kies een nationaliteit.",
            "Kies de sector van deze professional.",
            "Kies de datum van het advies.",
            "Vul de bestede tijd in.",
        ):
            assert sentence in page.main
        focused = [element.get("name") for element in page.root.iter() if element.get("autofocus") is not None]
        assert focused == ["question"]

    def test_one_field_has_one_sentence(self, as_jurist: Visitor) -> None:
        page = as_jurist.get(NEW).fill(advice_form_values(question="")).submit("Bewaren", expect=422)

        assert page.texts("p", class_="error") == ["Schrijf de vraag op."]


class TestSameAsBefore:
    def test_the_codes_of_the_caller_before_are_one_button_away(self, as_jurist: Visitor) -> None:
        """Without scripts too."""
        as_jurist.get(NEW).fill(advice_form_values(caller_region="limburg")).submit("Bewaren")

        page = as_jurist.get(NEW).fill({"question": "Tweede vraag?"}, action=NEW)
        page.data.update({"vul": "vorige"})
        after = page.submit()

        data = after.fill({}, action=NEW).data
        assert (data["caller_category"], data["caller_sector"]) == ("Non-profit professional", "Welzijn")
        assert (data["caller_region"], data["question"]) == ("Provincie Limburg", "Tweede vraag?")

    def test_there_is_no_such_button_before_the_first(self, as_jurist: Visitor) -> None:
        assert "Zelfde als vorige oproep" not in as_jurist.get(NEW).main


class TestPreferences:
    def test_a_preset_is_kept_replaced_used_and_removed(self, as_jurist: Visitor, session: Session) -> None:
        for region in ("limburg", "west"):
            typed = {"name": "OCMW", "caller_category": "3", "caller_sector": "wel", "caller_region": region}
            page = as_jurist.get(PREFERENCES).fill(typed).submit("Beller bewaren")

        preset = session.scalars(select(CallerPreset)).one()
        assert preset.caller_region == "west_vlaanderen"
        assert "OCMW" in page.main
        assert "OCMW" in as_jurist.get(NEW).main

        form = page.fill({}, action=f"{PREFERENCES}/bellers")
        form.data.update({"weg": str(preset.id)})
        assert "OCMW:" not in form.submit().main

    def test_a_preset_keeps_the_rules_of_an_advice(self, as_jurist: Visitor) -> None:
        typed = {"name": "mevr. Peeters", "caller_category": "1", "caller_sector": "", "caller_region": "1"}

        page = as_jurist.get(PREFERENCES).fill(typed).submit("Beller bewaren", expect=422)

        assert "Kies een naam die niemand aanwijst" in page.main
        assert "Kies de sector van deze professional." in page.main

    def test_snippets_are_inserted_several_in_one_answer(self, as_jurist: Visitor, session: Session) -> None:
        """The browser does so while typing; without scripts the server does when saving."""
        for name, text in (("termijn", "De termijn staat in de beslissing."), ("slot", "Bel gerust terug.")):
            as_jurist.get(PREFERENCES).fill({"name": name, "text": text}).submit("Tekst bewaren")

        answer = "Ja. ::termijn ::slot\n::onbekend a::slot"
        as_jurist.get(NEW).fill(advice_form_values(answer=answer)).submit("Bewaren")

        assert session.scalars(select(Advice.answer)).one() == (
            "Ja. De termijn staat in de beslissing. Bel gerust terug.\n::onbekend a::slot"
        )

    @pytest.mark.parametrize(
        ("name", "text"), [("Met Hoofdletters", "x"), ("goed", "mail naar an@voorbeeld.be"), ("", "x")]
    )
    def test_a_snippet_that_cannot_be_used_is_refused(
        self, name: str, text: str, as_jurist: Visitor, session: Session
    ) -> None:
        as_jurist.get(PREFERENCES).fill({"name": name, "text": text}).submit("Tekst bewaren", expect=422)

        assert session.scalars(select(Snippet)).all() == []

    def test_what_a_colleague_keeps_is_not_shown(self, as_jurist: Visitor, as_coordinator: Visitor) -> None:
        as_jurist.get(PREFERENCES).fill({"name": "slot", "text": "Bel gerust terug."}).submit("Tekst bewaren")

        assert "Bel gerust terug." not in as_coordinator.get(PREFERENCES).source
