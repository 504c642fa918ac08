import io

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from helpdesk.activities import actions, queries
from helpdesk.activities.models import Guidance, Training
from helpdesk.core.audit import AuditEntry
from tests.helpdesk.activities.examples import GUIDANCE, TRAINING, guidance_values, training_values
from tests.pageclient import Visitor

TRAININGS = "/helpdesk/vormingen"
GUIDANCES = "/helpdesk/begeleidingen"
HEADER = "soort;sector;onderwerp;datum;plaats;deelnemers;themas\n"
ROW = "extern_op_vraag;welzijn;Basis verblijfsrecht;10-02-2026;Gent;14;gezinshereniging\n"


def count(session: Session, table: type[Training | Guidance]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def take_in(visitor: Visitor, path: str, text: str) -> TestResponse:
    form = visitor.get(path).fill({}, action=path)
    data = {**form.data.to_dict(), "file": (io.BytesIO(text.encode()), "rijen.csv")}
    return visitor.fetch(path, method="POST", data=data, content_type="multipart/form-data", follow_redirects=True)


class TestTrainings:
    def test_a_colleague_notes_a_training(self, as_jurist: Visitor, session: Session, jurist: int) -> None:
        page = as_jurist.get(f"{TRAININGS}/nieuw").fill(training_values()).submit()

        assert page.path == f"{TRAININGS}?jaar=2026"
        assert "Samen 14 ingeschreven deelnemers." in page.main
        training = session.scalars(select(Training)).one()
        assert (actions.training_draft(training), training.recorded_by_id) == (TRAINING, jurist)

    def test_what_was_typed_stays_with_the_error(self, as_jurist: Visitor, session: Session) -> None:
        page = as_jurist.get(f"{TRAININGS}/nieuw").fill(training_values(sector="", held_on="morgen")).submit(expect=422)

        assert "Schrijf de datum als 14-03-2026." in page.main
        assert page.fill({}, action=f"{TRAININGS}/nieuw").data["title"] == TRAINING.title
        assert page.fill({}, action=f"{TRAININGS}/nieuw").data["held_on"] == "morgen"
        assert count(session, Training) == 0

    def test_a_training_is_corrected_and_the_change_noted(self, as_coordinator: Visitor, session: Session) -> None:
        as_coordinator.get(f"{TRAININGS}/nieuw").fill(training_values()).submit()

        page = as_coordinator.get(f"{TRAININGS}?jaar=2026").follow(TRAINING.title)
        page.fill({"participants": "15", "themes": ["studenten", "gezinshereniging"]}).submit()

        training = session.scalars(select(Training)).one()
        assert training.participants == 15
        assert {theme.node for theme in training.themes} == {"studenten", "gezinshereniging"}
        assert session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)).all()[-1] == "training.changed"

    def test_a_training_noted_by_mistake_is_removed(self, as_jurist: Visitor, session: Session) -> None:
        as_jurist.get(f"{TRAININGS}/nieuw").fill(training_values()).submit()
        page = as_jurist.get(f"{TRAININGS}?jaar=2026").follow(TRAINING.title)

        page.fill({}, action=f"{page.path}/verwijderen").submit()

        assert count(session, Training) == 0

    def test_an_unknown_training_is_a_404(self, as_jurist: Visitor) -> None:
        as_jurist.get(f"{TRAININGS}/999999", expect=404)

    def test_the_years_do_not_mix(self, as_jurist: Visitor) -> None:
        as_jurist.get(f"{TRAININGS}/nieuw").fill(training_values()).submit()

        assert "In 2025 is geen vorming genoteerd." in as_jurist.get(f"{TRAININGS}?jaar=2025").main
        assert "1 vorming in 2026" in as_jurist.get(f"{TRAININGS}?jaar=niets").main


class TestImportTrainings:
    def test_a_file_is_taken_in_once(self, as_jurist: Visitor, session: Session) -> None:
        """The second time every row is there already."""
        first = take_in(as_jurist, f"{TRAININGS}/invoer", HEADER + ROW)
        second = take_in(as_jurist, f"{TRAININGS}/invoer", HEADER + ROW)

        assert "1 vorming toegevoegd." in first.text
        assert "0 vormingen toegevoegd. 1 stonden er al." in second.text
        assert count(session, Training) == 1

    def test_one_wrong_code_keeps_the_whole_file_out(self, as_jurist: Visitor, session: Session) -> None:
        wrong = ROW.replace("welzijn", "justitie") + ROW.replace("extern_op_vraag", "webinar").replace("14", "veel")

        answer = take_in(as_jurist, f"{TRAININGS}/invoer", HEADER + ROW + wrong)

        assert answer.status_code == 422
        assert "Regel 3: Kies een sector uit de lijst. ‘justitie’ staat er niet in." in answer.text
        assert "Regel 4: Schrijf een geheel getal" in answer.text
        assert count(session, Training) == 0

    def test_without_a_file_one_is_asked(self, as_jurist: Visitor) -> None:
        page = as_jurist.get(f"{TRAININGS}/invoer").fill({}, action=f"{TRAININGS}/invoer").submit(expect=422)

        assert "Kies een bestand." in page.main


class TestGuidance:
    def test_a_colleague_notes_a_guidance(self, as_jurist: Visitor, session: Session) -> None:
        page = as_jurist.get(f"{GUIDANCES}/nieuw").fill(guidance_values()).submit()

        assert "1 begeleiding in 2026" in page.main
        guidance = session.scalars(select(Guidance)).one()
        assert actions.guidance_draft(guidance) == GUIDANCE

    def test_a_guidance_is_in_the_list_of_each_year_it_met(self, as_jurist: Visitor) -> None:
        as_jurist.get(f"{GUIDANCES}/nieuw").fill(guidance_values()).submit()

        assert "04-11-2025" in as_jurist.get(f"{GUIDANCES}?jaar=2025").main
        assert "04-11-2025" not in as_jurist.get(f"{GUIDANCES}?jaar=2026").main

    def test_what_was_typed_stays_with_the_error(self, as_jurist: Visitor) -> None:
        page = as_jurist.get(f"{GUIDANCES}/nieuw").fill(guidance_values(sessions="ooit")).submit(expect=422)

        assert "‘ooit’ is geen datum" in page.main
        assert page.fill({}, action=f"{GUIDANCES}/nieuw").data["sessions"].strip() == "ooit"

    def test_a_guidance_is_corrected(self, as_jurist: Visitor, session: Session) -> None:
        as_jurist.get(f"{GUIDANCES}/nieuw").fill(guidance_values()).submit()

        page = as_jurist.get(f"{GUIDANCES}?jaar=2026").follow(GUIDANCE.title)
        page.fill({"sessions": "3-2-2026\n4-2-2026"}).submit()

        assert queries.years_of_guidance(session) == [2026]

    def test_a_guidance_noted_by_mistake_is_removed(self, as_jurist: Visitor, session: Session) -> None:
        as_jurist.get(f"{GUIDANCES}/nieuw").fill(guidance_values()).submit()
        page = as_jurist.get(f"{GUIDANCES}?jaar=2026").follow(GUIDANCE.title)

        page.fill({}, action=f"{page.path}/verwijderen").submit()

        assert count(session, Guidance) == 0

    def test_a_file_is_taken_in_once(self, as_jurist: Visitor, session: Session) -> None:
        text = "soort;sector;onderwerp;organisaties;sessies\nlerend_netwerk;werk;VDAB;VDAB;03-02-2026\n"

        take_in(as_jurist, f"{GUIDANCES}/invoer", text)
        take_in(as_jurist, f"{GUIDANCES}/invoer", text)

        assert count(session, Guidance) == 1

    def test_one_wrong_code_keeps_the_whole_file_out(self, as_jurist: Visitor, session: Session) -> None:
        text = "soort;sector;onderwerp;organisaties;sessies\nlerend_netwerk;onderwijs;School;School;03-02-2026\n"

        answer = take_in(as_jurist, f"{GUIDANCES}/invoer", text)

        assert "Regel 2: Kies een sector uit de lijst. ‘onderwijs’ staat er niet in." in answer.text
        assert count(session, Guidance) == 0


def test_counts_are_per_kind_and_sector(as_jurist: Visitor, session: Session) -> None:
    as_jurist.get(f"{TRAININGS}/nieuw").fill(training_values()).submit()
    as_jurist.get(f"{TRAININGS}/nieuw").fill(training_values(participants="6")).submit()
    as_jurist.get(f"{GUIDANCES}/nieuw").fill(guidance_values()).submit()
    first_on, last_on = TRAINING.held_on.replace(month=1, day=1), TRAINING.held_on.replace(month=12, day=31)

    [trainings] = queries.count_trainings(session, first_on, last_on)
    [guidance] = queries.count_guidance(session, first_on, last_on)

    assert (trainings.kind, trainings.sector, trainings.trainings, trainings.participants) == (
        "extern_op_vraag",
        "welzijn",
        2,
        20,
    )
    assert (guidance.kind, guidance.sector, guidance.n) == ("lerend_netwerk", "gezondheid", 1)
