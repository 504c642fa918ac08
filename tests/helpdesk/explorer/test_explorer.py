import io
from datetime import UTC, date, datetime

import pytest
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.advice import actions as advice
from helpdesk.advice.actions import PastAdvice
from helpdesk.advice.models import Advice
from helpdesk.advice.rules import Person
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.explorer import queries, rules
from helpdesk.explorer.models import SavedView
from helpdesk.explorer.pages import drill_query
from helpdesk.explorer.rules import Question
from helpdesk.figures.documents import without_formula
from helpdesk.figures.queries import advice_by_code
from helpdesk.figures.rules import Period, calendar_year
from tests.helpdesk.advice.examples import an_advice_draft
from tests.pageclient import Visitor

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
EXPLORE = "/helpdesk/cijfers/verkennen"
YEAR = "van=2026-01-01&tot=2026-12-31"


@pytest.fixture
def _four_calls(session: Session, jurist: int) -> None:
    """Three pieces of advice in 2026, one of them on two branches, and one in 2025."""
    drafts = [
        an_advice_draft(),
        an_advice_draft(caller_region="brussel", themes=("huwelijk", "gezinshereniging")),
        an_advice_draft(caller_category="betrokkene_zelf", caller_sector=None, nationality="SY"),
        an_advice_draft(given_on=date(2025, 3, 3)),
    ]
    entries = [PastAdvice(draft=draft, recorded_by=jurist, recorded_at=NOW) for draft in drafts]
    advice.store_past_advice(session, entries, is_demo=False, now=NOW)


def a_question(**changes: object) -> Question:
    """Return the region of the advice of 2026, with these parts changed."""
    parts: dict[str, object] = {"period": calendar_year(2026), "row": "regio", "column": None, "filters": {}}
    return Question(**{**parts, **changes})  # type: ignore[arg-type]


@pytest.mark.usefixtures("_four_calls")
class TestCrossTable:
    @pytest.mark.parametrize(
        ("row", "column"),
        [
            (row, column)
            for row in ("regio", "thema", "maand", "uitkomst")
            for column in (None, "categorie", "thema", "jaar", "maand", "nationaliteit", "sector")
            if row != column
        ],
    )
    def test_every_field_can_stand_against_every_other(
        self, row: str, column: str | None, session: Session, vocabulary: Vocabulary
    ) -> None:
        """Without the theme the cells add to all advice, with it to the mentions of a branch."""
        table = queries.cross_table(session, a_question(row=row, column=column), vocabulary)

        assert table.advice == 3
        assert sum(table.row_total(key) for key, _ in table.rows) == (4 if "thema" in {row, column} else 3)
        assert sum(table.counts.values()) == sum(table.row_total(key) for key, _ in table.rows)

    def test_each_row_stands_beside_the_year_before(self, session: Session, vocabulary: Vocabulary) -> None:
        table = queries.cross_table(session, a_question(), vocabulary)

        assert (table.row_total("antwerpen"), table.before["antwerpen"]) == (2, 1)
        assert table.advice_before == 1

    def test_advice_without_a_sector_is_a_row_too(self, session: Session, vocabulary: Vocabulary) -> None:
        table = queries.cross_table(session, a_question(row="sector"), vocabulary)

        assert table.rows[-1] == (queries.NOTHING, "Niet gevraagd")
        assert table.row_total(queries.NOTHING) == 1

    @pytest.mark.parametrize(
        ("filters", "advice"),
        [({"nationaliteit": "SY"}, 1), ({"thema": "ipr"}, 1), ({"regio": "brussel", "thema": "verblijfsrecht"}, 1)],
    )
    def test_filters_limit_what_is_counted(
        self, filters: dict[str, str], advice: int, session: Session, vocabulary: Vocabulary
    ) -> None:
        assert queries.cross_table(session, a_question(filters=filters), vocabulary).advice == advice


@pytest.fixture
def _a_family(session: Session, jurist: int) -> None:
    """Advice about four persons, two of them alike, and advice about one."""
    family = (Person("onwettig", "SY"), Person("onwettig", "MA"), Person("onwettig", "SY"))
    drafts = [an_advice_draft(other_persons=family), an_advice_draft(nationality="SY")]
    entries = [PastAdvice(draft=draft, recorded_by=jurist, recorded_at=NOW) for draft in drafts]
    advice.store_past_advice(session, entries, is_demo=False, now=NOW)


@pytest.mark.usefixtures("_a_family")
class TestPersons:
    """The first person of both has a provisional stay; one is from Morocco, the other from Syria."""

    @pytest.mark.parametrize(
        ("filters", "advice"),
        [
            ({"nationaliteit": "SY"}, 2),
            ({"verblijf": "onwettig"}, 1),
            ({"verblijf": "onwettig", "nationaliteit": "MA"}, 1),
            ({"verblijf": "voorlopig_voorwaardelijk", "nationaliteit": "SY"}, 1),
            ({"verblijf": "onwettig", "nationaliteit": "BE"}, 0),
            ({"nationaliteit": "SY", "regio": "brussel"}, 0),
        ],
    )
    def test_a_filter_looks_at_every_person_and_counts_each_advice_once(
        self, filters: dict[str, str], advice: int, session: Session, vocabulary: Vocabulary
    ) -> None:
        assert queries.cross_table(session, a_question(filters=filters), vocabulary).advice == advice

    def test_an_advice_counts_once_per_code(self, session: Session, vocabulary: Vocabulary) -> None:
        nationalities = queries.cross_table(session, a_question(row="nationaliteit"), vocabulary)
        residence = queries.cross_table(session, a_question(row="verblijf"), vocabulary)

        assert {row: nationalities.row_total(row) for row, _ in nationalities.rows} == {"MA": 1, "SY": 2}
        assert (residence.row_total("onwettig"), residence.row_total("voorlopig_voorwaardelijk")) == (1, 2)
        assert (nationalities.advice, residence.advice) == (2, 2)

    def test_two_fields_of_persons_are_those_of_one_person(self, session: Session, vocabulary: Vocabulary) -> None:
        table = queries.cross_table(session, a_question(row="verblijf", column="nationaliteit"), vocabulary)

        assert table.counts == {
            ("voorlopig_voorwaardelijk", "MA"): 1,
            ("voorlopig_voorwaardelijk", "SY"): 1,
            ("onwettig", "SY"): 1,
            ("onwettig", "MA"): 1,
        }

    def test_only_persons_who_fit_the_filter_are_counted(self, session: Session, vocabulary: Vocabulary) -> None:
        question = a_question(row="nationaliteit", column="thema", filters={"verblijf": "voorlopig_voorwaardelijk"})

        table = queries.cross_table(session, question, vocabulary)

        assert table.counts == {("MA", "verblijfsrecht"): 1, ("SY", "verblijfsrecht"): 1}

    def test_the_page_says_so_beside_the_numbers(self, as_coordinator: Visitor) -> None:
        page = as_coordinator.get(f"{EXPLORE}?{YEAR}&rij=verblijf")
        other = as_coordinator.get(f"{EXPLORE}?{YEAR}&rij=regio")

        assert "een advies telt één keer per verblijfssituatie van de personen over wie het gaat." in page.main
        assert "Het jaarverslag telt alleen de eerste persoon." in page.main
        assert page.table()[-1][0] == "Totaal vermeldingen"
        assert "eerste persoon" not in other.main

    def test_a_row_leads_to_all_its_advice(self, as_coordinator: Visitor) -> None:
        page = as_coordinator.get(f"{EXPLORE}?{YEAR}&rij=verblijf").follow("Onwettig verblijf")

        assert "1 advies" in page.main

    def test_the_annual_report_counts_the_first_person(self, session: Session, vocabulary: Vocabulary) -> None:
        """The tables of 2019 count advice; a person more would make their shares incomparable."""
        counted = advice_by_code(
            session, calendar_year(2026), Advice.residence_situation, vocabulary.lists["verblijfssituatie"]
        )

        assert {row.code: row.n for row in counted if row.n} == {"voorlopig_voorwaardelijk": 2}


def test_a_leap_day_has_a_day_one_year_earlier() -> None:
    assert rules.year_earlier(Period(date(2024, 2, 29), date(2024, 3, 1))).first_on == date(2023, 2, 28)


class TestDrill:
    @pytest.mark.parametrize(
        ("question", "row", "query"),
        [
            ({"row": "thema"}, "ipr", {"van": "2026-01-01", "tot": "2026-12-31", "thema": "ipr"}),
            ({"row": "maand"}, "202602", {"van": "2026-02-01", "tot": "2026-02-28"}),
            ({"row": "nationaliteit"}, "MA", None),
            ({"filters": {"uitkomst": "advies"}}, "brussel", None),
            ({"row": "sector"}, queries.NOTHING, None),
        ],
    )
    def test_a_row_leads_to_its_advice_where_the_list_knows_the_field(
        self, question: dict[str, object], row: str, query: dict[str, str] | None, vocabulary: Vocabulary
    ) -> None:
        assert drill_query(a_question(**question), row, vocabulary) == query


@pytest.mark.usefixtures("_four_calls")
class TestExplore:
    def test_the_page_says_what_is_counted_and_the_change(self, as_coordinator: Visitor) -> None:
        page = as_coordinator.get(f"{EXPLORE}?{YEAR}&rij=thema&kolom=regio")

        assert "Een rij telt vermeldingen: een advies telt één keer per hoofdthema." in page.main
        assert "3 adviezen; een jaar eerder 1 (+200 %)." in page.main
        assert page.table()[-1][0] == "Totaal vermeldingen"

    def test_a_coordinator_follows_a_row_to_its_advice(self, as_coordinator: Visitor) -> None:
        page = as_coordinator.get(f"{EXPLORE}?{YEAR}").follow("Provincie Antwerpen")

        assert "2 adviezen" in page.main

    def test_files_hold_the_numbers_of_the_screen(self, as_jurist: Visitor) -> None:
        question = f"{YEAR}&rij=regio&kolom=categorie&kanaal=telefoon"
        shown = as_jurist.get(f"{EXPLORE}?{question}").table()

        sheet = as_jurist.fetch(f"{EXPLORE}/csv?{question}").get_data().decode("utf-8-sig").splitlines()
        book = load_workbook(io.BytesIO(as_jurist.fetch(f"{EXPLORE}/xlsx?{question}").data))

        assert [line.split(";")[:3] for line in sheet] == [row[:3] for row in shown]
        cells = list(book.worksheets[1].iter_rows(min_row=4, max_row=3 + len(shown), values_only=True))
        assert [[str(cell) for cell in row[:3]] for row in cells] == [row[:3] for row in shown]

    @pytest.mark.parametrize("query", ["rij=naam&kolom=x&regio=y", "van=x&rij=", "rij=regio&kolom=regio", "thema=Q"])
    def test_what_the_address_gets_wrong_is_left_out(self, query: str, as_jurist: Visitor) -> None:
        assert as_jurist.get(f"{EXPLORE}?{query}").table()[0][0] == "Regio"

    def test_a_question_is_kept_under_a_name_for_oneself(
        self, as_jurist: Visitor, as_coordinator: Visitor, session: Session
    ) -> None:
        page = as_jurist.get(f"{EXPLORE}?{YEAR}&rij=kanaal").fill({"name": "Kanalen"}).submit()
        assert page.follow("Kanalen").table()[0][0] == "Kanaal"
        assert "Je bewaarde nog geen vraag." in as_coordinator.get(EXPLORE).main
        view_id = session.scalars(select(SavedView.id)).one()
        as_coordinator.get(EXPLORE).fill({"name": "x"}).submit()

        page.fill({}, action=f"{EXPLORE}/bewaard/{view_id}/verwijderen").submit()

        assert session.scalars(select(SavedView.name)).all() == ["x"]

    def test_a_colleague_s_view_stays(self, as_jurist: Visitor, as_coordinator: Visitor, session: Session) -> None:
        as_jurist.get(EXPLORE).fill({"name": "Van mij"}).submit()
        view_id = session.scalars(select(SavedView.id)).one()
        token = as_coordinator.get(EXPLORE).fill({"name": "y"}).data["csrf_token"]

        as_coordinator.fetch(f"{EXPLORE}/bewaard/{view_id}/verwijderen", method="POST", data={"csrf_token": token})

        assert session.scalars(select(SavedView.name)).all() == ["Van mij"]

    def test_a_view_without_name_is_refused(self, as_jurist: Visitor) -> None:
        assert "Geef deze vraag een naam." in as_jurist.get(EXPLORE).fill({"name": ""}).submit(expect=422).main


@pytest.mark.parametrize("period", ["van=0001-01-01&tot=2026-12-31", "van=2026-01-01&tot=9999-12-31"])
def test_a_period_far_off_is_read_as_none(period: str, as_jurist: Visitor) -> None:
    as_jurist.get(f"{EXPLORE}?{period}")


def test_a_typed_source_iswithout_formula_in_a_spreadsheet() -> None:
    assert str(without_formula('=HYPERLINK("http://voorbeeld.test")')).startswith("'=")
    assert (without_formula(-5), without_formula("Bron: jaarverslag")) == (-5, "Bron: jaarverslag")
