import html
import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from helpdesk.core.vocabulary import Vocabulary
from helpdesk.texts import queries as text_queries
from helpdesk.texts.models import TextKind
from helpdesk.visits import actions, rules
from helpdesk.visits.models import PageVerdict, VerdictGiven
from helpdesk.visits.rules import Verdict
from tests.helpdesk.visits.test_visits import FIREFOX, today
from tests.pageclient import Visitor

PAGE = "/lexicon/bgv"
DAY = date(2026, 3, 2)


def told_by(visitor: Visitor, path: str) -> str:
    """Return the sealed path in the form of a page; "" of a page without the question."""
    found = re.search(r'name="pad"\s+value="([^"]+)"', visitor.fetch(path).text)
    return html.unescape(found[1]) if found else ""


def judge(
    visitor: Visitor, path: str = PAGE, *, address: str = "192.0.2.1", told: str | None = None, **said: str
) -> TestResponse:
    return visitor.fetch(
        "/nuttig",
        method="POST",
        data={"pad": told_by(visitor, path) if told is None else told, "oordeel": "nee", **said},
        headers={"User-Agent": FIREFOX, **({"Sec-GPC": "1"} if address == "gpc" else {})},
        environ_base={"REMOTE_ADDR": "192.0.2.9" if address == "gpc" else address},
    )


def kept(session: Session) -> list[PageVerdict]:
    return list(session.scalars(select(PageVerdict).order_by(PageVerdict.id)))


class TestPlaceOf:
    def test_each_kind_of_page_that_can_be_judged_is_found(self, vocabulary: Vocabulary) -> None:
        theme = vocabulary.themes["gh-belg"]
        found = [
            rules.place_of(path, vocabulary.themes)
            for path in (f"/themas/{theme.path}", "/nieuws/a", "/lexicon/b", "/wegwijzer/c", "/publicaties/d")
        ]

        assert found == [
            (TextKind.THEME, "gh-belg"),
            (TextKind.NEWS, "a"),
            (TextKind.LEXICON, "b"),
            (TextKind.TREE, "c"),
            (TextKind.PUBLICATION, "d"),
        ]

    @pytest.mark.parametrize(
        "path", ["/", "", "/themas", "/themas/bestaat-niet", "/nieuws", "/lexicon/a/geschiedenis", "/zoeken", "/over"]
    )
    def test_other_pages_are_not_judged(self, path: str, vocabulary: Vocabulary) -> None:
        assert rules.place_of(path, vocabulary.themes) is None


class TestRemarks:
    def test_a_remark_names_nobody(self) -> None:
        """What is certainly someone's number is refused; what is probably a name is left out."""
        [problem] = rules.remark_problems("Mail me op an@voorbeeld.be")

        assert problem.startswith("In je opmerking staat een e-mailadres.")
        assert rules.kept_remark("Mevrouw Peeters vindt dit fout") == "[weggelaten] vindt dit fout"
        assert rules.kept_remark("  ") is None

    def test_twelve_months_also_on_the_last_of_a_month(self) -> None:
        assert rules.remarks_end_on(date(2028, 2, 29)) == date(2027, 2, 28)
        assert rules.remarks_end_on(date(2026, 1, 5)) == date(2025, 1, 5)

    def test_old_remarks_are_emptied_and_the_verdict_stays(self, session: Session) -> None:
        for day, remark in ((DAY, "oud"), (DAY + timedelta(days=1), "jonger")):
            session.add(PageVerdict(document_id="lexicon/bgv", version=1, given_on=day, is_useful=False, remark=remark))
        session.flush()

        count = actions.forget_remarks(session, today=DAY.replace(year=2027) + timedelta(days=1))

        assert (count, [one.remark for one in kept(session)]) == (1, [None, "jonger"])


class TestJudgePage:
    def test_a_visitor_says_a_page_was_not_useful_and_why(self, as_visitor: Visitor, session: Session) -> None:
        page = as_visitor.get(PAGE)
        answer = judge(as_visitor, opmerking="De termijn ontbreekt.", versie="1")

        [verdict] = kept(session)
        assert "Was dit nuttig?" in page.main
        assert (answer.status_code, answer.headers.get("Set-Cookie")) == (303, None)
        assert (verdict.document_id, verdict.version, verdict.given_on) == ("lexicon/bgv", 1, today())
        assert (verdict.is_useful, verdict.remark) == (False, "De termijn ontbreekt.")

    def test_the_thanks_lead_back_to_the_page_and_nowhere_else(self, as_visitor: Visitor) -> None:
        back = as_visitor.get(judge(as_visitor, oordeel="ja").headers["Location"])
        elsewhere = as_visitor.get("/nuttig?pad=" + "0" * 20 + "//kwaad.example")

        assert "Terug naar de pagina" in back.main
        assert f'href="{PAGE}"' in as_visitor.fetch(judge(as_visitor).headers["Location"]).text
        assert "kwaad.example" not in elsewhere.main

    def test_a_visitor_is_heard_once_a_day_on_each_page(self, as_visitor: Visitor, session: Session) -> None:
        for path, address in ((PAGE, "192.0.2.1"), (PAGE, "192.0.2.1"), (PAGE, "192.0.2.2")):
            judge(as_visitor, path, address=address)
        judge(as_visitor, "/wegwijzer/gezinshereniging")

        assert [one.document_id for one in kept(session)] == ["lexicon/bgv"] * 2 + ["wegwijzer/gezinshereniging"]
        assert {len(digest) for digest in session.scalars(select(VerdictGiven.digest))} == {16}

    def test_who_asks_not_to_be_recognised_is_heard_and_not_kept(self, as_visitor: Visitor, session: Session) -> None:
        judge(as_visitor, address="gpc")

        assert len(kept(session)) == 1
        assert session.scalars(select(VerdictGiven)).all() == []

    def test_a_page_hears_so_many_a_day_and_no_more(self, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(actions, "MOST_VERDICTS_A_DAY", 2)
        live = text_queries.get_text(session, TextKind.LEXICON, "bgv")
        verdict = Verdict(is_useful=True, remark="", version=None)

        stored = [actions.keep_verdict(session, live, verdict, visitor=None, today=DAY) for _ in range(3)]

        assert [one is not None for one in stored] == [True, True, False]

    def test_who_judged_is_forgotten_with_the_salt_of_the_day(self, session: Session) -> None:
        session.add(VerdictGiven(day=DAY, digest=b"x" * 16))
        session.flush()

        actions.forget_visitors(session, before=DAY + timedelta(days=1))

        assert session.scalars(select(VerdictGiven)).all() == []

    @pytest.mark.parametrize(
        ("said", "sentence"),
        [
            ({"opmerking": "x" * 501}, "Maak je opmerking korter"),
            ({"opmerking": "Bel mij: BE68 5390 0754 7034"}, "een rekeningnummer"),
            ({"oordeel": "misschien", "opmerking": "Fout"}, "Kies Ja of Nee."),
        ],
    )
    def test_what_cannot_be_kept_stands_in_the_form_again(
        self, said: dict[str, str], sentence: str, as_visitor: Visitor, session: Session
    ) -> None:
        answer = judge(as_visitor, **said)

        assert (answer.status_code, kept(session)) == (422, [])
        assert sentence in answer.text
        assert said["opmerking"] in answer.text

    @pytest.mark.parametrize("told", ["", "0" * 20 + PAGE, "é" * 20 + PAGE])
    def test_a_page_we_did_not_seal_is_not_judged(self, told: str, as_visitor: Visitor, session: Session) -> None:
        assert (judge(as_visitor, told=told).status_code, kept(session)) == (404, [])

    def test_a_version_that_never_was_counts_for_the_live_one(self, as_visitor: Visitor, session: Session) -> None:
        judge(as_visitor, versie="999999")

        assert [one.version for one in kept(session)] == [1]

    def test_robots_and_colleagues_are_not_counted(
        self, as_visitor: Visitor, as_editor: Visitor, session: Session
    ) -> None:
        told = told_by(as_visitor, PAGE)
        judge(as_editor, told=told)
        as_visitor.fetch("/nuttig", method="POST", data={"pad": told, "oordeel": "ja"}, headers={"User-Agent": "bot/1"})

        assert kept(session) == []

    def test_old_versions_and_pages_for_colleagues_do_not_ask(self, as_visitor: Visitor, as_editor: Visitor) -> None:
        assert [told_by(as_visitor, f"{PAGE}?versie=1"), told_by(as_visitor, "/over"), told_by(as_editor, PAGE)] == [
            ""
        ] * 3

    @pytest.mark.parametrize("path", ["/wegwijzer/gezinshereniging", "/themas/verblijfsrecht"])
    def test_other_kinds_of_page_ask_too(self, path: str, as_visitor: Visitor) -> None:
        assert told_by(as_visitor, path).endswith(path)
