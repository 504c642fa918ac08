from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from helpdesk.amounts.forms import read_number
from helpdesk.core import amount_store, amounts, outbox
from helpdesk.core.amount_store import RegisterVersion
from helpdesk.core.amounts import AmountRegister, Period
from helpdesk.core.clock import brussels_date
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.settings import PROJECT
from helpdesk.texts import actions, queries, rendering
from helpdesk.texts.models import TextKind
from tests.pageclient import Visitor

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
TODAY = brussels_date(datetime.now(UTC))
SHIPPED = (PROJECT / "content" / amounts.PATH).read_text("utf-8")


def a_period(**changes: object) -> dict[str, object]:
    return {
        "value": "95,50",
        "valid_from": TODAY.isoformat(),
        "source": "Verordening (EU) van vandaag",
    } | changes


class TestPublicPage:
    def test_the_public_reads_amount_period_and_source(self, as_visitor: Visitor) -> None:
        page = as_visitor.get("/bedragen")

        assert page.table()[1][:3] == ["90 euro", "11-06-2024", "geen einddatum"]
        assert "2024/1415" in page.table()[1][3]
        assert page.table()[2][:3] == ["80 euro", "02-02-2020", "10-06-2024"]

    def test_an_amount_that_is_not_confirmed_for_today_says_so(self, as_visitor: Visitor) -> None:
        assert "Voor vandaag konden we geen bedrag bevestigen" in as_visitor.get("/bedragen").main

    def test_a_text_shows_the_amount_and_leads_to_its_source(self, as_visitor: Visitor) -> None:
        page = as_visitor.get("/lexicon/visum-c")

        assert page.links()["90 euro"] == "/bedragen#visum-c"


class TestAddPeriod:
    def test_one_edit_changes_every_page_that_shows_the_amount(self, as_editor: Visitor, session: Session) -> None:
        last = outbox.last_entry(session)
        form = as_editor.get("/redactie/bedragen/visum-c")
        assert "Visum C" in form.links()

        page = form.fill(a_period()).submit()

        assert "1 pagina is meteen aangepast" in page.main
        assert "95,50 euro" in as_editor.get("/lexicon/visum-c").main
        assert "lexicon/visum-c" in {entry.document_id for entry in outbox.entries_after(session, last)}
        row = page.table()[1]
        assert row[0] == "95,50 euro"
        assert page.table()[2][2] == (TODAY - timedelta(days=1)).strftime("%d-%m-%Y")

    def test_a_period_of_tomorrow_changes_nothing_until_it_starts(
        self, as_editor: Visitor, session: Session, vocabulary: Vocabulary
    ) -> None:
        tomorrow = TODAY + timedelta(days=1)
        page = as_editor.get("/redactie/bedragen/visum-c").fill(a_period(valid_from=tomorrow.isoformat()))

        assert "nog geen pagina" in page.submit().main
        assert "90 euro" in as_editor.get("/lexicon/visum-c").main

        changed = actions.render_live(session, vocabulary, now=datetime.now(UTC) + timedelta(days=1))

        assert [text.document_id for text in changed] == ["lexicon/visum-c"]
        assert "95,50 euro" in as_editor.get("/lexicon/visum-c").main

    @pytest.mark.parametrize(
        ("field", "typed", "said"),
        [
            ("value", "veel", "in cijfers"),
            ("value", "0", "boven nul"),
            ("value", "1,234", "twee cijfers"),
            ("valid_from", "2020-01-01", "begint na"),
            ("source", " ", "Schrijf de bron"),
            ("url", "ftp://voorbeeld.be/x", "https://"),
        ],
    )
    def test_what_cannot_be_is_explained_and_kept(
        self, as_editor: Visitor, session: Session, field: str, typed: str, said: str
    ) -> None:
        form = as_editor.get("/redactie/bedragen/visum-c").fill(a_period(**{field: typed}))

        page = form.submit(expect=422)

        assert said in page.main
        assert session.query(RegisterVersion).count() == 1

    def test_two_editors_at_once_is_told_and_nothing_is_lost(self, as_editor: Visitor) -> None:
        form = as_editor.get("/redactie/bedragen/visum-c-kind").fill(a_period())
        as_editor.get("/redactie/bedragen/visum-c").fill(a_period()).submit()

        page = form.submit(expect=409)

        assert "Iemand wijzigde de bedragen" in page.main
        assert "95,50" in page.source
        assert "1 pagina is meteen" in page.fill({}).submit().main

    def test_an_unknown_amount_is_not_found(self, as_editor: Visitor) -> None:
        as_editor.get("/redactie/bedragen/bestaat-niet", expect=404)

    @pytest.mark.parametrize(
        ("typed", "value"), [("1.288,46", "1288.46"), ("1288.46", "1288.46"), ("1.288", "1288"), ("€ 90", "90")]
    )
    def test_numbers_are_read_as_they_are_written_here(self, typed: str, value: str) -> None:
        assert read_number(typed) == Decimal(value)


class TestTruth:
    def test_what_editors_add_is_exported_and_survives_an_import(
        self, session: Session, vocabulary: Vocabulary, tmp_path: Path
    ) -> None:
        live = amount_store.live_version(session)
        assert live is not None
        period = Period(Decimal(99), date(2026, 10, 1), None, "bron")
        amount_store.add_period(session, "visum-c", period, seen=live.number, by=1, now=NOW)
        shipped = actions.read_library(PROJECT / "content", vocabulary, on=NOW.date())

        actions.import_library(session, shipped, vocabulary, now=NOW, overwrite=False)
        actions.export_library(session, tmp_path)

        assert (tmp_path / amounts.PATH).read_text("utf-8") == amounts.with_new_period(SHIPPED, "visum-c", period)
        assert "99 euro" in queries.get_text(session, TextKind.LEXICON, "visum-c").version.plain

    def test_a_changed_file_does_not_overwrite_what_editors_added(self, session: Session) -> None:
        live = amount_store.live_version(session)
        assert live is not None
        amount_store.add_period(
            session, "visum-c", Period(Decimal(99), date(2026, 10, 1), None, "bron"), seen=live.number, by=1, now=NOW
        )
        other = AmountRegister((), SHIPPED.replace("value: 80", "value: 81"))

        kept = amount_store.import_register(session, other, now=NOW, overwrite=False)
        taken = amount_store.import_register(session, other, now=NOW, overwrite=True)

        assert (kept.is_edited_on_site, kept.is_changed) == (True, False)
        assert taken.is_changed
        assert amount_store.live_register(session).source == other.source

    def test_an_old_version_shows_the_old_amount(self, session: Session, vocabulary: Vocabulary) -> None:
        text, version = queries.get_text(session, TextKind.LEXICON, "visum-c")

        then, problems = rendering.render(session, text.content_path, version.source, vocabulary, on=date(2022, 3, 1))

        assert problems == []
        assert "80 euro" in then.plain

    def test_a_dead_amount_and_a_day_without_value_are_named(self, session: Session, vocabulary: Vocabulary) -> None:
        text, version = queries.get_text(session, TextKind.LEXICON, "visum-c")
        source = version.source + "\n{{bedrag:bestaat-niet}} {{bedrag:registratierecht-nationaliteit}}\n"

        rendered, problems = rendering.render(session, text.content_path, source, vocabulary, on=NOW.date())

        assert [problem.message for problem in problems] == [
            "Het bedrag 'bestaat-niet' staat niet in lijsten/bedragen.yaml.",
            "Het bedrag 'registratierecht-nationaliteit' heeft geen waarde op 25-11-2026.",
        ]
        assert "{{bedrag:bestaat-niet}}" in rendered.plain
