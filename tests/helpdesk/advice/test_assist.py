import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.accounts.models import User
from helpdesk.advice import actions, queries, rules
from helpdesk.advice.actions import OwnIndex
from helpdesk.advice.models import Advice, AdviceSource
from helpdesk.advice.routes import OWN_ADVICE
from helpdesk.advice.rules import Person
from helpdesk.aftercare.actions import remove_old_text
from helpdesk.core.audit import AuditEntry
from helpdesk.core.roles import Role
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.web.services import KEY
from jurisprudence.search.engine import SearchEngine
from jurisprudence.search.index import SearchIndex
from tests.conftest import EMAILS
from tests.helpdesk.advice.examples import advice_form_values, an_advice_draft
from tests.pageclient import Page, Visitor

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NEW = "/helpdesk/adviezen/nieuw"
LIST = "/helpdesk/adviezen"
ASSIST = "/helpdesk/adviezen/meelezen"
REGISTER_NUMBER = "85.07.30-033.28"  # the example of the national register itself


@pytest.fixture(autouse=True)
def _no_index_of_a_test_before(request: pytest.FixtureRequest) -> None:
    """What a test stored is undone in the database, but not in the folder of its index."""
    if "as_jurist" in request.fixturenames:
        app = request.getfixturevalue("house_app")
        app.extensions.pop(OWN_ADVICE, None)
        shutil.rmtree(app.extensions[KEY].settings.own_advice_dir, ignore_errors=True)


def filled(page: Page, command: str, **typed: object) -> Page:
    """Press a button beside the form, as a browser without scripts does."""
    form = page.fill(typed, action=NEW)
    form.data.update({"vul": command})
    return form.submit()


class TestFindings:
    def test_names_are_to_be_looked_at_and_numbers_are_certain(self) -> None:
        found = rules.findings({"question": f"Mevr. Peeters ({REGISTER_NUMBER}), bel 0475 12 34 56", "answer": ""})

        assert [(one.words, one.is_certain) for one in found] == [
            ("Mevr. Peeters", False),
            (REGISTER_NUMBER, True),
            ("0475 12 34 56", False),
        ]

    def test_what_was_looked_at_may_be_recorded_but_a_number_never(self, vocabulary: Vocabulary) -> None:
        texts = frozenset({"Mevr. Peeters", REGISTER_NUMBER})
        name = an_advice_draft(question="Wat zei Mevr. Peeters?", confirmed=texts)
        number = an_advice_draft(question=f"Nummer {REGISTER_NUMBER}", confirmed=texts)

        assert rules.broken_rules(name, vocabulary=vocabulary, today=date(2026, 3, 2)) == []
        assert len(rules.broken_rules(number, vocabulary=vocabulary, today=date(2026, 3, 2))) == 1

    def test_without_scripts_a_trace_is_replaced_by_a_button_and_confirmed_by_a_box(
        self, as_jurist: Visitor, session: Session
    ) -> None:
        page = (
            as_jurist.get(NEW)
            .fill(advice_form_values(question="Wat met Mevr. Peeters en dhr. Jansens?"))
            .submit("Bewaren", expect=422)
        )
        assert "In de vraag staat misschien een naam." in page.main

        after = filled(page, "vervang:question:moeder:Mevr. Peeters")
        assert after.fill({}, action=NEW).data["question"] == "Wat met moeder en dhr. Jansens?"

        form = after.fill({}, action=NEW)
        form.data.update({"confirmed": "dhr. Jansens"})
        form.submit("Bewaren")
        assert session.scalars(select(Advice.question)).one() == "Wat met moeder en dhr. Jansens?"
        acts = session.scalars(select(AuditEntry.act)).all()
        assert "advice.traces_confirmed" in acts


class TestThemes:
    @pytest.mark.parametrize(
        ("question", "node"),
        [
            ("Hij kreeg een BGV", "bgv"),
            ("Zij wil gezinshereniging met een Belg", "gh-belg"),
            ("Kan ze 9bis vragen?", "humanitaire-regularisatie-9bis"),
        ],
    )
    def test_a_question_that_names_a_theme_suggests_it(self, question: str, node: str, vocabulary: Vocabulary) -> None:
        assert node in rules.named_themes(question, vocabulary.themes)[:3]

    def test_a_question_of_any_size_is_read_quickly(self, vocabulary: Vocabulary) -> None:
        assert rules.named_themes("gezinshereniging " * 5_000, vocabulary.themes)
        assert rules.named_themes("", vocabulary.themes) == []

    def test_a_suggested_theme_is_taken_over_by_a_button(self, as_jurist: Visitor) -> None:
        page = filled(as_jurist.get(NEW), "thema:bgv", question="Hij kreeg een bevel")
        again = filled(page, "thema:huwelijk")

        data = again.fill({}, action=NEW).data
        assert data["main_theme"] == "Bevel om het grondgebied te verlaten (BGV)"
        assert data.getlist("other_themes") == ["huwelijk"]


class TestPersons:
    def test_several_persons_each_have_their_codes_and_the_advice_counts_once(
        self, as_jurist: Visitor, session: Session
    ) -> None:
        typed = advice_form_values(
            residence_situation_2="4", nationality_2="BE", residence_situation_3="2", nationality_3="SY"
        )

        page = as_jurist.get(NEW).fill(typed).submit("Bewaren")

        advice = session.scalars(select(Advice)).one()
        assert [(one.position, one.residence_situation, one.nationality) for one in advice.other_persons] == [
            (1, "onwettig", "BE"),
            (2, "buitenland", "SY"),
        ]
        assert "onwettig verblijf, België" in page.main

    def test_half_a_person_is_asked_for_the_other_half(self, as_jurist: Visitor) -> None:
        page = as_jurist.get(NEW).fill(advice_form_values(nationality_2="BE")).submit("Bewaren", expect=422)

        assert "Persoon 2: kies een verblijfssituatie uit de lijst." in page.main

    def test_past_advice_keeps_its_persons(self, session: Session, jurist: int) -> None:
        draft = an_advice_draft(other_persons=(Person("onwettig", "BE"),))
        entry = actions.PastAdvice(draft=draft, recorded_by=jurist, recorded_at=NOW)

        actions.store_past_advice(session, [entry], is_demo=False, now=NOW)

        assert len(session.scalars(select(Advice)).one().other_persons) == 1


class TestOutcome:
    def test_a_referral_says_to_whom(self, as_jurist: Visitor, session: Session) -> None:
        page = as_jurist.get(NEW).fill(advice_form_values(outcome="3")).submit("Bewaren", expect=422)
        assert "Kies naar wie je doorverwijst uit de lijst." in page.main

        page.fill({"referred_to": "advocaat"}, action=NEW).submit("Bewaren")
        assert session.scalars(select(Advice.referred_to)).one() == "advocaat"

    def test_no_other_outcome_does(self, vocabulary: Vocabulary) -> None:
        broken = rules.broken_rules(
            an_advice_draft(outcome="advies", referred_to="unia"), vocabulary=vocabulary, today=date(2026, 3, 2)
        )

        assert [problem.field for problem in broken] == ["referred_to"]


class TestScopeException:
    def test_an_exception_has_a_reason_and_is_counted_apart(self, as_jurist: Visitor) -> None:
        typed = advice_form_values(channel="email", scope_exception="Dove beller, enkel per e-mail bereikbaar.")

        page = as_jurist.get(NEW).fill(typed).submit("Bewaren")

        assert "Dove beller, enkel per e-mail bereikbaar." in page.main
        assert "Waarvan 1 per e-mail als uitzondering" in as_jurist.get(LIST).main

    def test_a_word_is_no_reason(self, as_jurist: Visitor) -> None:
        typed = advice_form_values(channel="email", scope_exception="zomaar")

        page = as_jurist.get(NEW).fill(typed).submit("Bewaren", expect=422)

        assert "Schrijf in een zin waarom dit toch per e-mail ging." in page.main

    def test_what_is_within_the_scope_is_no_exception(self, as_jurist: Visitor, session: Session) -> None:
        typed = advice_form_values(channel="telefoon", scope_exception="Een reden die niet nodig was.")

        as_jurist.get(NEW).fill(typed).submit("Bewaren")

        assert session.scalars(select(Advice.scope_exception)).one() is None


class TestSources:
    def test_a_source_is_kept_with_its_version_and_the_day(self, as_jurist: Visitor, session: Session) -> None:
        page = filled(as_jurist.get(NEW), "bron:thema/gh-belg", **advice_form_values())
        form = page.fill({}, action=NEW)
        form.data.setlist("sources", ["thema/gh-belg", "thema/bestaat-niet", "rommel", "advies/99999999999999"])

        shown = form.submit("Bewaren")

        source = session.scalars(select(AdviceSource)).one()
        assert (source.document_id, source.version, source.attached_on) == ("thema/gh-belg", 1, date.today())  # noqa: DTZ011
        assert "versie 1, bijgevoegd op" in shown.main

    def test_beside_the_form_stand_pages_rulings_and_own_advice(self, as_jurist: Visitor, session: Session) -> None:
        before = advice_form_values(question="Mag een zelfstandige kapper uit Marokko blijven?")
        as_jurist.get(NEW).fill(before).submit("Bewaren")
        number = session.scalars(select(Advice.id)).one()

        page = filled(as_jurist.get(NEW), "zoek", question="Vraag over gezinshereniging van een zelfstandige kapper")

        buttons = {button.get("data-source") for button in page.all("button") if button.get("data-source")}
        assert f"advies/{number}" in buttons
        assert any(one.startswith("thema/") for one in buttons if one)
        assert any(one.startswith("rechtspraak/") for one in buttons if one)
        assert page.text.count("Alt+4") == 1

    def test_each_piece_of_own_advice_that_is_shown_is_noted_once_per_page(
        self, as_jurist: Visitor, session: Session
    ) -> None:
        as_jurist.get(NEW).fill(advice_form_values(question="Mag een kapper uit Marokko blijven?")).submit("Bewaren")
        number = session.scalars(select(Advice.id)).one()
        form = as_jurist.get(NEW).fill({"question": "Mag een kapper uit Marokko blijven?"}, action=NEW)

        as_jurist.fetch(ASSIST, method="POST", data=form.data)
        form.data.update({"gezien": str(number)})
        as_jurist.fetch(ASSIST, method="POST", data=form.data)

        noted = session.scalars(select(AuditEntry.subject_id).where(AuditEntry.act == "advice.suggested")).all()
        assert noted == [str(number)]

    def test_a_colleague_is_never_shown_this_advice(self, as_jurist: Visitor, as_coordinator: Visitor) -> None:
        as_jurist.get(NEW).fill(advice_form_values(question="Mag een kapper uit Marokko blijven?")).submit("Bewaren")

        page = filled(as_coordinator.get(NEW), "zoek", question="Mag een kapper uit Marokko blijven?")

        assert 'data-source="advies/' not in page.source


def found_in_files(folder: Path, word: str) -> bool:
    """Tell whether a word stands in any file below a folder, in narrow or in wide characters."""
    whole = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    return any(word.encode(form) in content.lower() for content in whole for form in ("utf-8", "utf-32-le"))


class TestOwnIndex:
    @pytest.fixture
    def own(self, tmp_path: Path, jurist: int) -> tuple[SearchEngine, OwnIndex]:
        engine = SearchEngine(tmp_path / str(jurist))
        return engine, OwnIndex(engine.index, tmp_path / str(jurist), jurist)

    def test_it_follows_what_is_recorded_and_what_is_gone(
        self, session: Session, vocabulary: Vocabulary, jurist: int, own: tuple[SearchEngine, OwnIndex]
    ) -> None:
        engine, index = own
        first = actions.record_advice(
            session, an_advice_draft(question="Een kapper uit Gent"), vocabulary=vocabulary, recorded_by=jurist, now=NOW
        )
        actions.keep_up(session, index, vocabulary)
        actions.record_advice(
            session, an_advice_draft(question="Een bakker uit Gent"), vocabulary=vocabulary, recorded_by=jurist, now=NOW
        )
        first.question = ""
        actions.announce(session, jurist, [first.id])
        session.flush()

        actions.keep_up(session, index, vocabulary)

        assert [hit.title for hit in engine.search("Gent").hits] == ["Een bakker uit Gent"]

    def test_it_holds_nothing_of_a_colleague(
        self, session: Session, vocabulary: Vocabulary, own: tuple[SearchEngine, OwnIndex]
    ) -> None:
        other = session.scalars(select(User.id).where(User.email == EMAILS[Role.COORDINATOR])).one()
        actions.record_advice(
            session, an_advice_draft(question="Een kapper uit Gent"), vocabulary=vocabulary, recorded_by=other, now=NOW
        )
        actions.keep_up(session, own[1], vocabulary)

        assert own[0].search("kapper").total == 0
        assert queries.find_sources(session, ["advies/1"], owner=own[1].owner, vocabulary=vocabulary) == []

    def test_a_word_that_is_removed_leaves_every_file(
        self, session: Session, vocabulary: Vocabulary, jurist: int, tmp_path: Path
    ) -> None:
        """A mark of removal would leave it on the disk, in backups, for whoever reads the files."""
        texts = ("Een hoefsmid uit Gent", "Een bakker uit Gent", "Een kapper uit Gent")
        first, second, _ = (
            actions.record_advice(
                session, an_advice_draft(question=text), vocabulary=vocabulary, recorded_by=jurist, now=NOW
            )
            for text in texts
        )
        actions.keep_all_up(session, tmp_path, vocabulary)
        assert [found_in_files(tmp_path, word) for word in ("hoefsmid", "bakker", "kapper")] == [True, True, True]
        first.question, second.question = "Een smid uit Gent", ""
        actions.announce(session, jurist, [first.id, second.id])
        session.flush()

        own = OwnIndex(SearchIndex(tmp_path / str(jurist)), tmp_path / str(jurist), jurist)
        actions.keep_up(session, own, vocabulary)
        assert [found_in_files(tmp_path, word) for word in ("hoefsmid", "bakker")] == [True, True]

        actions.keep_all_up(session, tmp_path, vocabulary)
        assert [found_in_files(tmp_path, word) for word in ("hoefsmid", "bakker", "kapper")] == [False, False, True]

    def test_text_that_is_removed_after_its_time_leaves_every_file(
        self, session: Session, vocabulary: Vocabulary, jurist: int, tmp_path: Path
    ) -> None:
        for question, given_on in (("Een hoefsmid uit Gent", date(2020, 1, 6)), ("Een kapper uit Gent", NOW.date())):
            draft = an_advice_draft(question=question, given_on=given_on)
            actions.record_advice(session, draft, vocabulary=vocabulary, recorded_by=jurist, now=NOW)
        actions.keep_all_up(session, tmp_path, vocabulary)

        remove_old_text(session, months=18, now=NOW)
        actions.keep_all_up(session, tmp_path, vocabulary)

        assert [found_in_files(tmp_path, word) for word in ("hoefsmid", "kapper")] == [False, True]

    def test_the_job_runner_keeps_all_of_them_up(
        self, session: Session, vocabulary: Vocabulary, jurist: int, tmp_path: Path, own: tuple[SearchEngine, OwnIndex]
    ) -> None:
        entry = actions.PastAdvice(draft=an_advice_draft(), recorded_by=jurist, recorded_at=NOW)
        actions.store_past_advice(session, [entry], is_demo=False, now=NOW)
        session.flush()

        actions.keep_all_up(session, tmp_path, vocabulary)

        assert own[0].search("partner").total == 1
