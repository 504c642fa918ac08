from dataclasses import replace
from datetime import date

import pytest

from helpdesk.advice import rules
from helpdesk.advice.rules import AdviceDraft, AdviceRejected
from helpdesk.core.roles import Role
from helpdesk.core.vocabulary import Code, CodeList, Vocabulary
from tests.helpdesk.advice.examples import an_advice_draft

TODAY = date(2026, 3, 2)
REGISTER_NUMBER = "85.07.30-033.28"  # the example of the national register itself


def refused(draft: AdviceDraft, vocabulary: Vocabulary) -> AdviceRejected:
    with pytest.raises(AdviceRejected) as raised:
        rules.check_draft(draft, vocabulary=vocabulary, today=TODAY)
    return raised.value


class TestScope:
    def test_a_complete_draft_passes(self, vocabulary: Vocabulary) -> None:
        rules.check_draft(an_advice_draft(), vocabulary=vocabulary, today=TODAY)

    def test_email_advice_outside_family_law_is_refused(self, vocabulary: Vocabulary) -> None:
        """The annual report limits e-mail advice to international family law (JR.2.1.3, A.1)."""
        draft = an_advice_draft(channel="email", themes=("gezinshereniging", "huwelijk"))

        broken = refused(draft, vocabulary)

        assert broken.problems == [
            (
                "E-mailadvies kan alleen over internationaal familierecht. Kies een hoofdthema onder ‘Internationaal "
                "privaatrecht en internationaal familierecht’, geef het advies langs een ander kanaal, of schrijf "
                "waarom dit een uitzondering is."
            )
        ]
        assert broken.broken[0].field == "channel"

    def test_email_advice_may_touch_other_branches_beside_family_law(self, vocabulary: Vocabulary) -> None:
        """Only the main theme decides: a refused foreign marriage act that blocks a visa is family law."""
        draft = an_advice_draft(channel="email", themes=("huwelijk", "gezinshereniging"))

        rules.check_draft(draft, vocabulary=vocabulary, today=TODAY)


class TestThemes:
    @pytest.mark.parametrize(
        ("themes", "sentence"),
        [
            ((), "Kies minstens één thema."),
            (("bestaat-niet",), "Kies een hoofdthema uit de lijst."),
            (("gezinshereniging", "bestaat-niet"), "Kies de andere thema's uit de lijst."),
            (("gezinshereniging", "gezinshereniging"), "Kies elk thema maar één keer."),
        ],
    )
    def test_themes_are_known_and_different(
        self, themes: tuple[str, ...], sentence: str, vocabulary: Vocabulary
    ) -> None:
        assert refused(an_advice_draft(themes=themes), vocabulary).problems == [sentence]

    def test_a_draft_with_every_theme_is_refused(self, vocabulary: Vocabulary) -> None:
        themes = tuple(theme.id for theme in vocabulary.themes.all)

        assert refused(an_advice_draft(themes=themes), vocabulary).problems == ["Kies ten hoogste 10 thema's."]


class TestSector:
    def test_a_professional_has_a_sector(self, vocabulary: Vocabulary) -> None:
        """Only so do the tables of 6 564 professionals and 6 654 sectors reconcile."""
        draft = an_advice_draft(caller_category="profit_professional", caller_sector=None)

        assert refused(draft, vocabulary).problems == [
            "Kies de sector van deze professional. Ken je hem niet, kies dan ‘Niet ingevulde sector bij professionals’."
        ]

    @pytest.mark.parametrize("sector", [None, "werk"])
    def test_the_sector_is_free_when_the_category_is_not_known(
        self, sector: str | None, vocabulary: Vocabulary
    ) -> None:
        draft = an_advice_draft(caller_category="niet_ingevuld", caller_sector=sector)

        rules.check_draft(draft, vocabulary=vocabulary, today=TODAY)

    def test_someone_who_calls_for_himself_has_no_sector(self, vocabulary: Vocabulary) -> None:
        draft = an_advice_draft(caller_category="betrokkene_zelf", caller_sector="werk")

        assert refused(draft, vocabulary).problems == ["Laat de sector leeg: ‘Betrokkene zelf’ is geen professional."]


class TestCodes:
    @pytest.mark.parametrize(
        ("field", "what"),
        [
            ("residence_situation", "een verblijfssituatie"),
            ("nationality", "een nationaliteit"),
            ("outcome", "een uitkomst"),
            ("caller_category", "een categorie"),
            ("caller_sector", "een sector"),
            ("caller_region", "een regio"),
            ("channel", "een kanaal"),
        ],
    )
    def test_a_code_outside_its_list_is_refused(self, field: str, what: str, vocabulary: Vocabulary) -> None:
        broken = refused(an_advice_draft(**{field: "onzin"}), vocabulary)

        assert broken.problems == [f"Kies {what} uit de lijst."]
        assert broken.broken[0].field == field

    def test_a_code_that_was_not_valid_on_the_day_of_the_advice_is_refused(self, vocabulary: Vocabulary) -> None:
        ended = Code("oud", "Oude regio", valid_to=date(2018, 1, 31))
        lists = {**vocabulary.lists, "regio_vraagsteller": CodeList("regio_vraagsteller", (ended,))}
        with_ended = replace(vocabulary, lists=lists)

        broken = refused(an_advice_draft(caller_region="oud"), with_ended)

        assert broken.problems == [
            "Kies een regio die bestond op de datum van het advies; ‘Oude regio’ bestond toen niet."
        ]
        rules.check_draft(
            an_advice_draft(caller_region="oud", given_on=date(2018, 1, 31)), vocabulary=with_ended, today=TODAY
        )


class TestDateAndTime:
    def test_advice_of_tomorrow_is_refused(self, vocabulary: Vocabulary) -> None:
        assert refused(an_advice_draft(given_on=date(2026, 3, 3)), vocabulary).problems == [
            "De datum van het advies ligt in de toekomst. Kies vandaag of een dag ervoor."
        ]

    def test_a_slip_of_the_pen_in_the_year_is_refused(self, vocabulary: Vocabulary) -> None:
        """A date typed as 0219 would otherwise drop out of every report unseen."""
        assert refused(an_advice_draft(given_on=date(219, 3, 3)), vocabulary).problems == [
            "Kijk de datum na: adviezen van voor 2015 staan hier niet."
        ]

    @pytest.mark.parametrize("minutes", [0, 481, -5])
    def test_time_outside_a_working_day_is_refused(self, minutes: int, vocabulary: Vocabulary) -> None:
        assert refused(an_advice_draft(time_spent_minutes=minutes), vocabulary).problems == [
            "Vul een bestede tijd in van 1 tot 480 minuten."
        ]

    @pytest.mark.parametrize("minutes", [1, 480])
    def test_time_within_a_working_day_passes(self, minutes: int, vocabulary: Vocabulary) -> None:
        rules.check_draft(an_advice_draft(time_spent_minutes=minutes), vocabulary=vocabulary, today=TODAY)


class TestFreeText:
    def test_a_question_is_required(self, vocabulary: Vocabulary) -> None:
        """The report does not count empty records."""
        assert refused(an_advice_draft(question=" \n "), vocabulary).problems == ["Schrijf de vraag op."]

    def test_a_question_fits_in_4000_characters(self, vocabulary: Vocabulary) -> None:
        rules.check_draft(an_advice_draft(question="a" * 4_000), vocabulary=vocabulary, today=TODAY)

        assert refused(an_advice_draft(question="a" * 4_001), vocabulary).problems == [
            "Maak de vraag korter: 4001 tekens, en er passen er 4000."
        ]

    def test_an_identity_in_the_question_is_refused_without_repeating_it(self, vocabulary: Vocabulary) -> None:
        """Professional secrecy: the record holds no identity, and neither does the message about it."""
        draft = an_advice_draft(question=f"Zij ({REGISTER_NUMBER}) mailt van an@voorbeeld.be.")

        broken = refused(draft, vocabulary)

        assert broken.problems == [
            (
                "In de vraag staat een rijksregisternummer en een e-mailadres. "
                "Haal dat weg en schrijf wie het is: ‘moeder’, ‘kind 1’."
            )
        ]
        assert broken.broken[0].field == "question"

    def test_an_identity_in_the_answer_is_refused(self, vocabulary: Vocabulary) -> None:
        broken = refused(an_advice_draft(answer="Zie dossier OV 8123456."), vocabulary)

        assert [problem.field for problem in broken.broken] == ["answer"]
        assert "een dossiernummer van DVZ" in broken.problems[0]


class TestOrder:
    def test_all_problems_come_at_once_in_the_order_of_the_form(self, vocabulary: Vocabulary) -> None:
        draft = an_advice_draft(
            time_spent_minutes=0, given_on=date(2027, 1, 1), channel="?", caller_sector=None, question="", themes=()
        )

        assert [problem.field for problem in refused(draft, vocabulary).broken] == [
            "question",
            "main_theme",
            "caller_sector",
            "channel",
            "given_on",
            "time_spent_minutes",
        ]


class TestReaders:
    def test_only_a_coordinator_lists_the_codes_of_all(self) -> None:
        assert rules.sees_all_codes({Role.COORDINATOR})
        assert not rules.sees_all_codes(set(Role) - {Role.COORDINATOR})


class TestDateOrNone:
    @pytest.mark.parametrize("text", [None, "", "2019-02-30", "gisteren", "1" * 400, "2019-01-01' OR 1=1"])
    def test_nonsense_is_none(self, text: str | None) -> None:
        assert rules.date_or_none(text) is None

    def test_a_date_is_read(self) -> None:
        assert rules.date_or_none("2019-01-31") == date(2019, 1, 31)
