"""Paper notes: recorded one by one under their day, or read in from a file."""

import io
import time
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.advice.forms import read_rows
from helpdesk.advice.models import Advice
from helpdesk.core.vocabulary import Vocabulary
from tests.helpdesk.advice.examples import advice_form_values
from tests.pageclient import Page, Visitor

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
NEW = "/helpdesk/adviezen/nieuw"
LIST = "/helpdesk/adviezen"
IMPORT = "/helpdesk/adviezen/inlezen"
HEADER = (
    "datum;vraag;antwoord;hoofdthema;andere_themas;verblijfssituatie;nationaliteit;uitkomst;"
    "categorie;sector;regio;minuten"
)
GOOD = "2026-03-02;Mag hij werken?;Ja.;gezinshereniging;huwelijk|bgv;4;MA;2;1;wel;1;12"


def record(visitor: Visitor, **changes: object) -> Page:
    return visitor.get(NEW).fill(advice_form_values(**changes)).submit("Bewaren")


def stored(session: Session) -> Advice:
    return session.scalars(select(Advice)).one()


class TestImport:
    def send(self, visitor: Visitor, *lines: str, expect: int = 200, looked_at: bool = False) -> Page:
        form = visitor.get(IMPORT).fill({}, action=IMPORT)
        data = {**form.data.to_dict(), "file": (io.BytesIO("\n".join((HEADER, *lines)).encode()), "papier.csv")}
        if looked_at:
            data["looked_at"] = "y"
        answer = visitor.fetch(
            IMPORT, method="POST", data=data, content_type="multipart/form-data", follow_redirects=True
        )
        return visitor._page(answer, expect)

    def test_a_file_is_read_in_with_the_codes_of_the_form(self, as_jurist: Visitor, session: Session) -> None:
        page = self.send(as_jurist, GOOD, GOOD.replace("Mag hij", "Mag zij"))

        assert "2 adviezen ingelezen." in page.text
        advice = session.scalars(select(Advice).order_by(Advice.id)).all()[0]
        assert [theme.node for theme in advice.themes] == ["gezinshereniging", "huwelijk", "bgv"]
        assert (advice.residence_situation, advice.channel, advice.given_on) == ("onwettig", "telefoon", TODAY)

    def test_wrong_codes_are_told_by_line_and_nothing_is_changed(self, as_jurist: Visitor, session: Session) -> None:
        wrong = GOOD.replace(";MA;", ";zz;").replace(";12", ";lang")
        mail = GOOD.replace("Ja.", "Mail naar an@voorbeeld.be.")

        page = self.send(as_jurist, GOOD, wrong, mail, expect=422)

        assert "Regel 3, nationaliteit: Kies een nationaliteit uit de lijst." in page.main
        assert "Regel 3, minuten: Schrijf de tijd als een geheel aantal minuten" in page.main
        assert "Regel 4, antwoord: In het antwoord staat een e-mailadres." in page.main
        assert session.scalar(select(func.count()).select_from(Advice)) == 0

    def test_a_file_sent_twice_is_one_import(self, as_jurist: Visitor, session: Session) -> None:
        self.send(as_jurist, GOOD)

        page = self.send(as_jurist, GOOD, expect=422)

        assert "Regel 2, vraag: Deze vraag van die dag staat er al." in page.main
        assert session.scalar(select(func.count()).select_from(Advice)) == 1

    def test_a_line_that_repeats_another_is_told_and_nothing_is_changed(
        self, as_jurist: Visitor, session: Session
    ) -> None:
        """Two codes for the same thing are the same line; another question, or another code, is another call."""
        same = GOOD.replace(";4;", ";onwettig;")
        other = GOOD.replace(";12", ";15")

        page = self.send(as_jurist, GOOD, other, same, expect=422)

        assert "Regel 4: Deze regel zegt hetzelfde als regel 2." in page.main
        assert "Regel 3" not in page.main
        assert session.scalar(select(func.count()).select_from(Advice)) == 0
        assert "2 adviezen ingelezen." in self.send(as_jurist, GOOD, other).text

    def test_a_line_with_thousands_of_themes_is_refused_at_once(
        self, as_jurist: Visitor, vocabulary: Vocabulary
    ) -> None:
        """Each theme would be looked for among all: that took seconds a line."""
        many = GOOD.replace("huwelijk|bgv", "|".join(["huwelijk"] * 10_000))
        started = time.process_time()

        with as_jurist.client.application.test_request_context():
            _, problems = read_rows(f"{HEADER}\n{many}".encode(), vocabulary, today=TODAY, looked_at=False)

        assert [(one.column, one.sentence) for one in problems] == [("andere_themas", "Kies ten hoogste 10 thema's.")]
        assert time.process_time() - started < 1

    def test_a_name_is_read_in_only_when_somebody_looked_at_it(self, as_jurist: Visitor) -> None:
        named = GOOD.replace("hij", "Mevr. Peeters")

        assert "In de vraag staat misschien een naam." in self.send(as_jurist, named, expect=422).main
        assert "1 advies ingelezen." in self.send(as_jurist, named, looked_at=True).text

    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            (b"\xff\xfe", "Bewaar het bestand als UTF-8."),
            (b"a;b\n1;2", "Deze kolom kennen we niet."),
            (b"", "Deze kolom ontbreekt."),
            (f"{HEADER}\n{GOOD};te;veel".encode(), "Deze regel heeft niet evenveel velden als de eerste."),
            (f"{HEADER}\n2026-03-02;Vraag".encode(), "Deze regel heeft niet evenveel velden als de eerste."),
            (f'{HEADER}\n"x'.encode(), "Dit is geen leesbaar csv-bestand."),
            ("\n".join([HEADER, *[GOOD] * 2_001]).encode(), "Een bestand heeft hoogstens 2000 regels."),
        ],
    )
    def test_what_is_no_such_file_is_said(
        self, content: bytes, sentence: str, as_jurist: Visitor, vocabulary: Vocabulary
    ) -> None:
        with as_jurist.client.application.test_request_context():
            _, problems = read_rows(content, vocabulary, today=TODAY, looked_at=False)

        assert sentence in [problem.sentence for problem in problems]


class TestRetroactive:
    def test_a_paper_note_of_last_year_is_recorded_under_its_day(self, as_jurist: Visitor, session: Session) -> None:
        record(as_jurist, given_on="14-03-2025")

        assert stored(session).given_on == date(2025, 3, 14)
