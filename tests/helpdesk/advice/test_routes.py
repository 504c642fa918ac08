import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.accounts.models import User
from helpdesk.advice.models import Advice
from helpdesk.core.audit import AuditEntry
from helpdesk.core.roles import Role
from tests.conftest import EMAILS
from tests.helpdesk.advice.examples import EXAMPLE, advice_form_values
from tests.pageclient import Visitor

NEW = "/helpdesk/adviezen/nieuw"
LIST = "/helpdesk/adviezen"


def recorded(session: Session) -> Advice:
    return session.scalars(select(Advice)).one()


class TestRecordAdvice:
    def test_a_jurist_records_advice(self, as_jurist: Visitor, session: Session) -> None:
        """Saving a complete form stores the advice and leads to its page."""
        page = as_jurist.get(NEW)

        answer = page.fill(advice_form_values(other_themes=["huwelijk"])).submit("Bewaren")

        advice = recorded(session)
        assert answer.path == f"{LIST}/{advice.id}"
        assert advice.question == EXAMPLE.question
        assert [theme.node for theme in advice.themes] == ["gezinshereniging", "huwelijk"]
        assert EXAMPLE.question in answer.main

    def test_saving_can_open_the_next_form(self, as_jurist: Visitor, session: Session) -> None:
        answer = as_jurist.get(NEW).fill(advice_form_values()).submit("Bewaren en volgende")

        assert answer.path.startswith(f"{NEW}?ontwerp=")
        assert f"Advies {recorded(session).id} is bewaard." in answer.text
        assert EXAMPLE.question not in answer.main

    def test_the_main_theme_ticked_again_counts_once(self, as_jurist: Visitor, session: Session) -> None:
        as_jurist.get(NEW).fill(advice_form_values(other_themes=["gezinshereniging"])).submit("Bewaren")

        assert [theme.node for theme in recorded(session).themes] == ["gezinshereniging"]

    def test_a_refusal_keeps_everything_typed_and_explains(self, as_jurist: Visitor, session: Session) -> None:
        typed = advice_form_values(channel="email", other_themes=["huwelijk"], time_spent_minutes="33")

        answer = as_jurist.get(NEW).fill(typed).submit("Bewaren", expect=422)

        again = answer.fill({}, action=NEW).data
        assert "E-mailadvies kan alleen over internationaal familierecht." in answer.main
        assert again["question"] == EXAMPLE.question
        assert again["main_theme"] == "gezinshereniging"
        assert again.getlist("other_themes") == ["huwelijk"]
        assert (again["channel"], again["time_spent_minutes"], again["nationality"]) == ("email", "33", "MA")
        assert session.scalar(select(func.count()).select_from(Advice)) == 0

    def test_the_cursor_goes_where_something_is_missing(self, as_jurist: Visitor) -> None:
        answer = as_jurist.get(NEW).fill(advice_form_values(nationality=None)).submit("Bewaren", expect=422)

        focused = [element.get("name") for element in answer.root.iter() if element.get("autofocus") is not None]
        assert focused == ["nationality"]

    def test_a_blank_form_starts_in_the_question(self, as_jurist: Visitor) -> None:
        page = as_jurist.get(NEW)

        focused = [element.get("name") for element in page.root.iter() if element.get("autofocus") is not None]
        assert focused == ["question"]

    @pytest.mark.parametrize(
        ("field", "value", "sentence"),
        [
            ("question", "", "Schrijf de vraag op."),
            ("given_on", "31-02-2026", "Schrijf de datum als 14-03-2026."),
            ("time_spent_minutes", "een uur", "Schrijf de tijd als een geheel aantal minuten, bijvoorbeeld 12."),
            ("question", "Zij mailt van an@voorbeeld.be", "In de vraag staat een e-mailadres."),
        ],
    )
    def test_what_is_wrong_is_said_in_dutch(self, field: str, value: str, sentence: str, as_jurist: Visitor) -> None:
        answer = as_jurist.get(NEW).fill(advice_form_values(**{field: value})).submit("Bewaren", expect=422)

        assert sentence in answer.main

    def test_an_editor_cannot_record(self, as_editor: Visitor) -> None:
        as_editor.get(NEW, expect=403)


class TestShowAdvice:
    def test_reading_a_record_is_noted_although_a_get_stores_nothing_else(
        self, as_jurist: Visitor, session: Session
    ) -> None:
        as_jurist.get(NEW).fill(advice_form_values()).submit("Bewaren en volgende")
        advice = recorded(session)

        as_jurist.get(f"{LIST}/{advice.id}")

        reads = session.scalars(select(AuditEntry).where(AuditEntry.act == "advice.read")).all()
        assert [(read.subject_id, read.user_id) for read in reads] == [(str(advice.id), advice.recorded_by_id)]

    def test_the_record_of_a_colleague_is_not_found_and_not_noted(
        self, as_jurist: Visitor, as_coordinator: Visitor, session: Session
    ) -> None:
        as_jurist.get(NEW).fill(advice_form_values()).submit("Bewaren en volgende")

        as_coordinator.get(f"{LIST}/{recorded(session).id}", expect=404)

        assert session.scalars(select(AuditEntry).where(AuditEntry.act == "advice.read")).all() == []

    @pytest.mark.parametrize("number", ["0", "999999999", "99999999999999999999999"])
    def test_an_unknown_number_is_not_found(self, number: str, as_jurist: Visitor) -> None:
        as_jurist.get(f"{LIST}/{number}", expect=404)


class TestListAdvice:
    def test_a_jurist_sees_only_own_records(self, as_jurist: Visitor, session: Session) -> None:
        as_jurist.get(NEW).fill(advice_form_values()).submit("Bewaren")
        other = session.scalars(select(User).where(User.email == "coordinator@voorbeeld.test")).one()
        recorded(session).recorded_by_id = other.id

        assert "0 adviezen" in as_jurist.get(LIST).main

    def test_a_coordinator_sees_the_codes_of_all_and_no_text(self, as_jurist: Visitor, as_coordinator: Visitor) -> None:
        as_jurist.get(NEW).fill(advice_form_values()).submit("Bewaren")

        page = as_coordinator.get(LIST)

        assert "Provincie Antwerpen" in page.table()[1]
        assert EXAMPLE.question not in page.source

    def test_a_list_that_opens_questions_is_noted_once_and_one_with_codes_only_is_not(
        self, as_jurist: Visitor, as_coordinator: Visitor, session: Session
    ) -> None:
        """The list shows how a question begins: decision 6."""
        for _ in range(2):
            as_jurist.get(NEW).fill(advice_form_values()).submit("Bewaren")

        as_jurist.get(LIST)
        as_coordinator.get(LIST)

        notes = session.scalars(select(AuditEntry).where(AuditEntry.act == "advice.listed")).all()
        jurist = session.scalars(select(User).where(User.email == EMAILS[Role.JURIST])).one()
        assert [(note.subject_id, note.user_id) for note in notes] == [("1", jurist.id)]

    def test_a_filter_stays_chosen(self, as_jurist: Visitor) -> None:
        as_jurist.get(NEW).fill(advice_form_values()).submit("Bewaren")

        page = as_jurist.get(LIST).fill({"thema": "verblijfsrecht", "regio": "antwerpen"}).submit("Filteren")

        assert "1 advies" in page.main
        assert page.fill({}, action=LIST).data["thema"] == "verblijfsrecht"

    @pytest.mark.parametrize(
        "query",
        [
            "pagina=-1",
            "pagina=999999999999999999999",
            "van=gisteren&tot=2019-13-01",
            "regio=%00&thema=bestaat-niet&kanaal[]=x",
            "van=2026-01-01&tot=2019-01-01",
        ],
    )
    def test_wrong_parameters_give_the_page_with_defaults(self, query: str, as_jurist: Visitor) -> None:
        assert as_jurist.get(f"{LIST}?{query}").heading == "Adviezen"
