from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from helpdesk.activities import actions as activities
from helpdesk.activities.queries import TrainingCount
from helpdesk.advice.actions import PastAdvice, store_past_advice
from helpdesk.advice.models import Advice
from helpdesk.core.audit import AuditEntry
from helpdesk.core.plain import from_plain
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.figures import actions, queries, rules
from helpdesk.figures.actions import close_year
from helpdesk.figures.models import ClosedYear
from helpdesk.figures.rules import AnnualReport, ClosingRefused, EnteredDraft, FigureRejected
from tests.helpdesk.activities.examples import a_training
from tests.helpdesk.advice.examples import an_advice_draft
from tests.pageclient import Visitor

NOW = datetime(2027, 1, 5, 9, 0, tzinfo=UTC)
REPORT = "/helpdesk/cijfers/jaarverslag"


def an_entered_figure(**changes: object) -> EnteredDraft:
    """Return a number that may be entered, with these fields changed."""
    fields: dict[str, object] = {
        "series": "cijfer_publicaties",
        "code": "enieuwsbrieven",
        "year": 2024,
        "value": 9,
        "is_approximate": False,
        "source": "Jaarverslag 2024",
        "note": None,
    }
    return EnteredDraft(**{**fields, **changes})  # type: ignore[arg-type]


def add_training(session: Session, jurist: int, **changes: object) -> None:
    draft = a_training(held_on=date(2024, 5, 6), **changes)
    activities.store_trainings(session, [draft], recorded_by=jurist, now=NOW)


def close(session: Session, vocabulary: Vocabulary, by: int, reason: str = "") -> ClosedYear:
    closed = close_year(session, 2024, reason=reason, vocabulary=vocabulary, by=by, now=NOW)
    session.flush()
    return closed


class TestCloseYear:
    def test_a_closed_year_is_published_as_it_was(self, session: Session, vocabulary: Vocabulary, jurist: int) -> None:
        """What is noted afterwards changes the count of now, never the frozen figures."""
        add_training(session, jurist)
        close(session, vocabulary, jurist)
        add_training(session, jurist, title="Later genoteerd")

        frozen = queries.published_report(session, year=2024, vocabulary=vocabulary, number=None)
        counted = queries.annual_report(session, year=2024, vocabulary=vocabulary)

        assert (frozen.trainings.extern.vormingen, counted.trainings.extern.vormingen) == (1, 2)
        assert frozen.version is not None
        assert (frozen.version.number, frozen.version.closed_at) == (1, NOW.isoformat())

    def test_a_correction_is_a_new_version_and_both_can_be_printed(
        self, session: Session, vocabulary: Vocabulary, jurist: int
    ) -> None:
        add_training(session, jurist)
        close(session, vocabulary, jurist)
        add_training(session, jurist, title="Vergeten")
        close(session, vocabulary, jurist, "Eén vorming was vergeten.")

        reports = [
            queries.published_report(session, year=2024, vocabulary=vocabulary, number=number) for number in (1, 2)
        ]

        assert [report.trainings.extern.vormingen for report in reports] == [1, 2]
        assert [row.reason for row in queries.versions_of(session, 2024)] == ["", "Eén vorming was vergeten."]

    def test_a_year_can_be_corrected_when_only_its_channels_changed(
        self, session: Session, vocabulary: Vocabulary, jurist: int
    ) -> None:
        """The chapter as it was printed has no table of channels; the report has."""
        past = PastAdvice(draft=an_advice_draft(given_on=date(2024, 5, 6)), recorded_by=jurist, recorded_at=NOW)
        store_past_advice(session, [past], is_demo=False, now=NOW)
        close(session, vocabulary, jurist)
        session.execute(update(Advice).values(channel="email"))

        close(session, vocabulary, jurist, "Het kanaal was verkeerd.")

        assert [row.number for row in queries.versions_of(session, 2024)] == [1, 2]

    def test_a_frozen_report_comes_back_whole(self, session: Session, vocabulary: Vocabulary, jurist: int) -> None:
        add_training(session, jurist)
        before = queries.annual_report(session, year=2024, vocabulary=vocabulary)
        closed = close(session, vocabulary, jurist)
        session.expire(closed)

        assert from_plain(AnnualReport, closed.figures) == before

    def test_who_closed_it_is_noted(self, session: Session, vocabulary: Vocabulary, jurist: int) -> None:
        close(session, vocabulary, jurist)

        entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "year.closed")).one()
        assert (entry.subject_id, entry.user_id) == ("2024/1", jurist)

    def test_a_correction_needs_a_reason_and_a_difference(
        self, session: Session, vocabulary: Vocabulary, jurist: int
    ) -> None:
        close(session, vocabulary, jurist)

        with pytest.raises(ClosingRefused) as refused:
            close(session, vocabulary, jurist)

        assert len(refused.value.problems) == 2

    def test_a_year_that_is_not_over_stays_open(self, session: Session, vocabulary: Vocabulary, jurist: int) -> None:
        with pytest.raises(ClosingRefused):
            close_year(session, 2027, reason="", vocabulary=vocabulary, by=jurist, now=NOW)


class TestClosedYearInLaterReports:
    def past(self, session: Session, jurist: int, n: int, given_on: date) -> None:
        entry = PastAdvice(draft=an_advice_draft(given_on=given_on), recorded_by=jurist, recorded_at=NOW)
        store_past_advice(session, [entry] * n, is_demo=False, now=NOW)

    def test_the_column_of_a_closed_year_is_its_frozen_version(
        self, session: Session, vocabulary: Vocabulary, jurist: int
    ) -> None:
        """Two reports that say another number of the same closed year would both be doubted."""
        self.past(session, jurist, 6, date(2024, 5, 6))
        self.past(session, jurist, 7, date(2025, 5, 6))
        add_training(session, jurist, participants=9)
        close(session, vocabulary, jurist)
        self.past(session, jurist, 1, date(2024, 5, 7))
        self.past(session, jurist, 1, date(2025, 5, 7))
        add_training(session, jurist, title="Later genoteerd", participants=5)

        later = queries.annual_report(session, year=2026, vocabulary=vocabulary)

        assert (later.series.totals or [])[2:4] == [6, 8]
        overview = {row.code: [figure.n for figure in row.figures] for row in later.overview.rows}
        assert overview["helpdeskvragen"][2:4] == [6, 8]
        assert (overview["vormingen_extern"][2], overview["deelnemers_extern"][2]) == (1, 9)

    def test_a_correction_of_the_closed_year_reaches_later_reports(
        self, session: Session, vocabulary: Vocabulary, jurist: int
    ) -> None:
        self.past(session, jurist, 6, date(2024, 5, 6))
        close(session, vocabulary, jurist)
        self.past(session, jurist, 1, date(2024, 5, 7))
        close(session, vocabulary, jurist, "Eén advies was vergeten.")

        later = queries.annual_report(session, year=2026, vocabulary=vocabulary)

        assert (later.series.totals or [])[2] == 7

    def test_the_report_of_the_closed_year_itself_counts_what_there_is_now(
        self, session: Session, vocabulary: Vocabulary, jurist: int
    ) -> None:
        """Otherwise no correction could be seen, or made."""
        self.past(session, jurist, 6, date(2024, 5, 6))
        close(session, vocabulary, jurist)
        self.past(session, jurist, 1, date(2024, 5, 7))

        counted = queries.annual_report(session, year=2024, vocabulary=vocabulary)

        assert (counted.total, (counted.series.totals or [])[-1]) == (7, 7)

    def test_growth_compares_with_the_frozen_number(
        self, session: Session, vocabulary: Vocabulary, jurist: int
    ) -> None:
        for year, value in ((2024, 10), (2025, 15)):
            draft = an_entered_figure(year=year, value=value)
            actions.enter_figure(session, draft, vocabulary=vocabulary, by=None, now=NOW)
        session.flush()
        close(session, vocabulary, jurist)
        actions.enter_figure(session, an_entered_figure(value=30), vocabulary=vocabulary, by=None, now=NOW)
        session.flush()

        report = queries.annual_report(session, year=2025, vocabulary=vocabulary)

        assert {one.code: one.growth_pct for one in report.publications}["enieuwsbrieven"] == 50


class TestDemoAdvice:
    def store(self, session: Session, jurist: int, *, is_demo: bool) -> None:
        draft = an_advice_draft(given_on=date(2024, 5, 6))
        entry = PastAdvice(draft=draft, recorded_by=jurist, recorded_at=NOW)
        store_past_advice(session, [entry], is_demo=is_demo, now=NOW)

    def test_a_real_year_with_demo_advice_cannot_be_closed(
        self, session: Session, vocabulary: Vocabulary, jurist: int
    ) -> None:
        self.store(session, jurist, is_demo=True)
        self.store(session, jurist, is_demo=False)

        with pytest.raises(ClosingRefused) as refused:
            close(session, vocabulary, jurist)

        [problem] = refused.value.problems
        assert problem.startswith("In 2024 staan demo-adviezen tussen de echte.")
        assert problem.endswith("sluit het jaar af op een site zonder demogegevens.")

    @pytest.mark.parametrize("is_demo", [True, False])
    def test_a_demo_year_and_a_real_year_can(
        self, session: Session, vocabulary: Vocabulary, jurist: int, *, is_demo: bool
    ) -> None:
        """A demonstration shows closing too."""
        self.store(session, jurist, is_demo=is_demo)

        assert close(session, vocabulary, jurist).number == 1

    def test_the_coordinator_is_told_on_the_screen(
        self, as_coordinator: Visitor, session: Session, jurist: int
    ) -> None:
        for is_demo in (True, False):
            self.store(session, jurist, is_demo=is_demo)

        page = as_coordinator.get(f"{REPORT}/2024").fill({}, action=f"{REPORT}/2024/afsluiten").submit(expect=422)

        assert "In 2024 staan demo-adviezen tussen de echte." in page.main


class TestEnteredFigures:
    def test_an_entered_figure_stands_before_a_counted_one_and_is_marked(
        self, session: Session, vocabulary: Vocabulary
    ) -> None:
        draft = an_entered_figure(series="werkingsgebied_helpdesk", code="oost_west_vlaanderen", value=754)
        actions.enter_figure(session, draft, vocabulary=vocabulary, by=None, now=NOW)
        session.flush()

        report = queries.annual_report(session, year=2024, vocabulary=vocabulary)

        [row] = report.series.rows
        assert (row.code, row.figures[-1].n, row.figures[-1].source) == (
            "oost_west_vlaanderen",
            754,
            "Jaarverslag 2024",
        )

    def test_a_second_one_replaces_the_first(self, session: Session, vocabulary: Vocabulary) -> None:
        for value in (9, 10):
            actions.enter_figure(session, an_entered_figure(value=value), vocabulary=vocabulary, by=None, now=NOW)
            session.flush()

        [entered] = queries.entered_figures(session, 2024)
        assert entered.value == 10

    @pytest.mark.parametrize(
        "changes",
        [{"series": "kanaal", "code": "email"}, {"code": "x"}, {"year": 1999}, {"value": -1}, {"source": " "}],
    )
    def test_what_nobody_can_trace_is_refused(self, changes: dict[str, object], vocabulary: Vocabulary) -> None:
        with pytest.raises(FigureRejected):
            rules.check_entered(an_entered_figure(**changes), vocabulary=vocabulary)


class TestSmallNumbers:
    def test_few_participants_are_hidden_also_in_totals(self, vocabulary: Vocabulary) -> None:
        """Three people at the only course of a sector are three people; how many courses there were is nobody."""
        counted = [
            TrainingCount("extern_op_vraag", "welzijn", 1, 3),
            TrainingCount("extern_op_vraag", "werk", 2, 30),
            TrainingCount("extern_op_vraag", "onderwijs", 2, 40),
            TrainingCount("extern_open", None, 3, 50),
        ]

        found = rules.training_figures(counted, vocabulary.lists["vorming_sector"])

        shown = {row.code: (row.vormingen, row.deelnemers) for row in found.op_vraag_per_sector}
        assert (shown["welzijn"], shown["werk"], shown["onderwijs"]) == ((1, None), (2, None), (2, 40))
        assert found.extern == rules.TrainingTotals(8, 123)

    def test_a_hidden_kind_is_not_told_by_the_sum_of_the_external_ones(self, vocabulary: Vocabulary) -> None:
        """80 external minus 78 open would tell the two on demand."""
        counted = [
            TrainingCount("extern_open", None, 3, 78),
            TrainingCount("extern_op_vraag", "werk", 1, 2),
            TrainingCount("intern", None, 1, 12),
        ]

        found = rules.training_figures(counted, vocabulary.lists["vorming_sector"])

        assert found.extern_op_vraag.deelnemers is None
        assert found.intern.deelnemers is None
        assert found.extern.deelnemers is None

    @pytest.mark.parametrize(
        ("now", "before", "percent"), [(117, 100, 17), (95, 100, -5), (1, 0, None), (None, 5, None), (1005, 1000, 1)]
    )
    def test_growth_is_in_whole_percent(self, now: int | None, before: int, percent: int | None) -> None:
        assert rules.growth(now, before) == percent


class TestReportPages:
    def test_each_table_has_its_definition_and_chart(self, as_jurist: Visitor) -> None:
        page = as_jurist.get(f"{REPORT}/2024")

        assert "Voorlopige cijfers: 2024 is niet afgesloten." in page.main
        assert "Begrippen" in page.texts("h2")
        assert "Aantal adviezen. Aandeel van alle 0 adviezen." in page.main

    def test_a_coordinator_closes_a_year_and_corrects_it(self, as_coordinator: Visitor) -> None:
        closed = as_coordinator.get(f"{REPORT}/2024").fill({}, action=f"{REPORT}/2024/afsluiten").submit()
        assert "Vastgelegde cijfers, versie 1" in closed.main

        as_coordinator.get(f"{REPORT}/2024/invoer").fill(
            {"which": "cijfer_publicaties/enieuwsbrieven", "value": "9", "source": "Eigen telling"}
        ).submit()
        page = as_coordinator.get(f"{REPORT}/2024")
        assert "publicaties › enieuwsbrieven" in page.main
        refused = page.fill({"reason": ""}).submit(expect=422)
        assert "Schrijf waarom de cijfers verbeterd worden" in refused.main
        corrected = page.fill({"reason": "Nieuwsbrieven toegevoegd."}).submit()

        assert "Vastgelegde cijfers, versie 2" in corrected.main
        assert "Nieuwsbrieven toegevoegd." in corrected.main
        assert "versie 1" in corrected.follow("Versie 1").main

    @pytest.mark.parametrize("path", ["afsluiten", "regels"])
    def test_a_jurist_closes_nothing(self, path: str, as_jurist: Visitor) -> None:
        token = as_jurist.get("/helpdesk/vormingen/nieuw").fill({}, action="/helpdesk/vormingen/nieuw")
        answer = as_jurist.fetch(f"{REPORT}/2024/{path}", method="POST", data={"csrf_token": token.data["csrf_token"]})

        assert answer.status_code == 403
        as_jurist.get(f"{REPORT}/2024/invoer", expect=403)

    def test_lines_are_part_of_the_report(self, as_coordinator: Visitor) -> None:
        as_coordinator.get(f"{REPORT}/2024/invoer").fill({"acties": "Kwaliteitskader vernieuwd"}).submit()

        page = as_coordinator.get(f"{REPORT}/2024")

        assert "B. Acties" in page.texts("h2")
        assert "Kwaliteitskader vernieuwd" in page.main

    def test_an_entered_figure_is_removed(self, as_coordinator: Visitor, session: Session) -> None:
        page = (
            as_coordinator.get(f"{REPORT}/2024/invoer")
            .fill({"which": "cijfer_publicaties/enieuwsbrieven", "value": "9", "source": "Eigen telling"})
            .submit()
        )
        [entered] = queries.entered_figures(session, 2024)

        page.fill({}, action=f"/helpdesk/cijfers/ingevoerd/{entered.id}/verwijderen").submit()

        assert not queries.entered_figures(session, 2024)

    def test_a_figure_without_source_is_refused_and_stays_typed(self, as_coordinator: Visitor) -> None:
        page = as_coordinator.get(f"{REPORT}/2024/invoer").fill({"value": "77", "source": ""}).submit(expect=422)

        assert "Schrijf de bron op." in page.main
        assert page.fill({"value": "77"}).data["value"] == "77"

    @pytest.mark.parametrize(
        ("form", "begins"), [("csv", b"\xef\xbb\xbftabel;"), ("docx", b"PK"), ("xlsx", b"PK"), ("json", b"{")]
    )
    def test_each_form_is_handed_out_as_a_file(self, form: str, begins: bytes, as_jurist: Visitor) -> None:
        answer = as_jurist.fetch(f"{REPORT}/2024/{form}")

        assert answer.data.startswith(begins)
        assert answer.headers["Content-Disposition"] == f'attachment; filename="jaarverslag-2024-voorlopig.{form}"'

    def test_a_version_that_does_not_exist_is_a_404(self, as_jurist: Visitor) -> None:
        as_jurist.get(f"{REPORT}/2024/json?versie=7", expect=404)
