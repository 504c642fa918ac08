from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from helpdesk.accounts.models import User
from helpdesk.advice import actions as advice
from helpdesk.advice.actions import PastAdvice
from helpdesk.aftercare.models import Proposal
from helpdesk.core import amount_store
from helpdesk.core.amounts import Period
from helpdesk.core.audit import AuditEntry
from helpdesk.core.clock import brussels_date, now
from helpdesk.core.references import NotedReference, Origin, ReferenceSource
from helpdesk.core.roles import Role
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.links.models import CheckedLink, LinkState
from helpdesk.radar import queries
from helpdesk.radar.models import PutAway
from helpdesk.radar.rules import Sign, SignKind
from helpdesk.rulings.models import Ruling, RulingTreatment
from helpdesk.texts.models import PublishedText, TextVersion
from helpdesk.visits import actions as visits
from helpdesk.visits.models import PageVerdict, SearchCount
from helpdesk.visits.rules import Batch
from tests.conftest import EMAILS
from tests.helpdesk.advice.examples import an_advice_draft
from tests.pageclient import Visitor

THEME = "thema/gh-belg"
LATER = timedelta(minutes=5)


def today() -> date:
    return brussels_date(now())


def signs_of(session: Session, vocabulary: Vocabulary, kind: SignKind, *, day: date | None = None) -> list[Sign]:
    session.flush()
    found = queries.signs(session, queries.live_pages(session), vocabulary, today=day or today())
    return sorted((one for one in found if one.kind == kind), key=lambda one: one.subject)


def text(session: Session, document_id: str) -> PublishedText:
    kind, _, slug = document_id.partition("/")
    query = select(PublishedText).where(PublishedText.kind == kind, PublishedText.slug == slug)
    return session.scalars(query).one()


def settled(session: Session, document_id: str) -> datetime:
    return queries.live_pages(session)[document_id].settled_at


def relied_on(session: Session, document_id: str) -> NotedReference:
    """Return an article that a text names as its source."""
    query = select(NotedReference).where(
        NotedReference.source_id == document_id,
        NotedReference.origin == Origin.RECORD,
        NotedReference.number.is_not(None),
        NotedReference.to_number.is_(None),
    )
    return session.scalars(query.order_by(NotedReference.id)).first() or pytest.fail("no article in a field")


def publish_ruling_about(session: Session, document_id: str, *, at: datetime) -> Ruling:
    """Let a ruling that names an article of a text be published at a moment."""
    article = relied_on(session, document_id)
    ruling = session.scalars(select(Ruling).where(Ruling.published_at.is_not(None)).order_by(Ruling.id).limit(1)).one()
    ruling.published_at = at
    session.execute(
        update(NotedReference).where(NotedReference.source_id == ruling.document_id).values(origin=Origin.SUPPRESSED)
    )
    if session.get(ReferenceSource, ruling.document_id) is None:
        session.add(
            ReferenceSource(id=ruling.document_id, kind="rechtspraak", address=f"/rechtspraak/{ruling.slug}", title="x")
        )
    session.flush()
    session.add(
        NotedReference(
            source_id=ruling.document_id, target=article.target, precise=article.precise, law=article.law,
            number=article.number, position=1, context="", origin=Origin.AUTOMATIC,
        )
    )  # fmt: skip
    session.flush()
    return ruling


def verdict(session: Session, document_id: str, remark: str | None = None, **other: Any) -> None:  # noqa: ANN401 - any column
    number = text(session, document_id).live_number
    given = {"version": number, "given_on": today(), "is_useful": False, **other}
    session.add(PageVerdict(document_id=document_id, remark=remark, **given))
    session.flush()


class TestOverdue:
    def test_a_text_that_had_to_be_read_again_says_since_when(self, session: Session, vocabulary: Vocabulary) -> None:
        text(session, THEME).review_on = today() - timedelta(days=1)

        found = [one for one in signs_of(session, vocabulary, SignKind.OVERDUE) if one.subject == THEME]

        assert [one.reasons for one in found] == [(f"moest op {today() - timedelta(days=1):%d-%m-%Y} nagelezen zijn",)]

    def test_one_that_is_due_later_is_not_there(self, session: Session, vocabulary: Vocabulary) -> None:
        text(session, THEME).review_on = today() + timedelta(days=1)

        assert THEME not in [one.subject for one in signs_of(session, vocabulary, SignKind.OVERDUE)]


class TestTouched:
    def test_nothing_is_touched_right_after_the_installation(self, session: Session, vocabulary: Vocabulary) -> None:
        """Texts and rulings come in at the same moment: none is newer than the other."""
        assert signs_of(session, vocabulary, SignKind.TOUCHED) == []

    def test_a_ruling_published_after_a_page_touches_the_pages_on_its_article(
        self, session: Session, vocabulary: Vocabulary
    ) -> None:
        ruling = publish_ruling_about(session, THEME, at=settled(session, THEME) + LATER)

        found = {one.subject: one for one in signs_of(session, vocabulary, SignKind.TOUCHED)}

        assert found[THEME].evidence == {ruling.document_id}
        assert found[THEME].reasons[0].startswith("nieuwe uitspraak: ")
        assert all(relied_on(session, THEME).number in _numbers(session, subject) for subject in found)

    def test_a_page_called_still_right_since_is_left_in_peace(self, session: Session, vocabulary: Vocabulary) -> None:
        at = settled(session, THEME) + LATER
        publish_ruling_about(session, THEME, at=at)
        session.add(AuditEntry(act="text.confirmed", subject_id=THEME, user_id=1, noted_at=at + LATER))

        assert THEME not in [one.subject for one in signs_of(session, vocabulary, SignKind.TOUCHED)]

    def test_an_article_mentioned_in_passing_does_not_count(self, session: Session, vocabulary: Vocabulary) -> None:
        publish_ruling_about(session, THEME, at=settled(session, THEME) + LATER)
        session.execute(
            update(NotedReference)
            .where(NotedReference.source_id == THEME, NotedReference.origin == Origin.RECORD)
            .values(origin=Origin.AUTOMATIC)
        )

        assert THEME not in [one.subject for one in signs_of(session, vocabulary, SignKind.TOUCHED)]

    def test_a_new_treatment_of_a_ruling_touches_the_pages_on_its_articles(
        self, session: Session, vocabulary: Vocabulary
    ) -> None:
        start = settled(session, THEME)
        ruling = publish_ruling_about(session, THEME, at=start)
        session.add(
            RulingTreatment(
                kind="overruled", treating_text="Een wet", treated_slug=ruling.slug, note="", treated_on=today(),
                entered_at=start + LATER,
            )
        )  # fmt: skip

        found = {one.subject: one for one in signs_of(session, vocabulary, SignKind.TOUCHED)}

        assert found[THEME].reasons[0].startswith("nieuwe behandeling van ")
        assert found[THEME].evidence == {f"behandeling/overruled/Een wet/{ruling.slug}"}

    def test_an_amount_that_changed_touches_the_pages_that_show_it(
        self, session: Session, vocabulary: Vocabulary, jurist: int
    ) -> None:
        version = session.scalars(
            select(TextVersion)
            .join(PublishedText, PublishedText.id == TextVersion.text_id)
            .where(TextVersion.source.contains("{{bedrag:visum-c}}"), PublishedText.kind == "thema")
            .order_by(TextVersion.id)
        ).first()
        if version is None:
            version = session.scalars(select(TextVersion).where(TextVersion.text_id == text(session, THEME).id)).one()
            version.source += "\n{{bedrag:visum-c}}\n"
        live, register = amount_store.live_version(session), amount_store.live_register(session)
        amount = register.find("visum-c")
        assert live is not None
        assert amount is not None
        start = today() + timedelta(days=2)
        period = Period(amount.periods[0].value + 1, start, None, "Een besluit")
        amount_store.add_period(session, "visum-c", period, seen=live.number, by=jurist, now=now())

        before = signs_of(session, vocabulary, SignKind.TOUCHED, day=start - timedelta(days=1))
        found = signs_of(session, vocabulary, SignKind.TOUCHED, day=start)

        owner = session.get_one(PublishedText, version.text_id).document_id
        assert before == []
        assert owner in [one.subject for one in found]
        assert all(one.reasons[0].startswith(f"nieuw bedrag: {amount.label} is ") for one in found)


class TestBrokenLinks:
    def test_a_broken_link_is_named_at_its_page(self, session: Session, vocabulary: Vocabulary) -> None:
        page = text(session, THEME)
        version = session.scalars(select(TextVersion).where(TextVersion.text_id == page.id)).one()
        version.html += '<p><a href="https://voorbeeld.test/a?b=1&amp;c=2#d">x</a></p>'
        session.add_all(
            CheckedLink(
                address=address, host="voorbeeld.test", state=state, reason="", failures=3, failed_since_at=now(),
                next_check_at=now(),
            )
            for address, state in (
                ("https://voorbeeld.test/a?b=1&c=2", LinkState.BROKEN),
                ("https://voorbeeld.test/nergens", LinkState.BROKEN),
                ("https://voorbeeld.test/twijfel", LinkState.DOUBTFUL),
            )
        )  # fmt: skip

        other, own = signs_of(session, vocabulary, SignKind.LINK)

        assert (own.subject, own.reasons) == (THEME, ("link stuk: https://voorbeeld.test/a?b=1&c=2",))
        assert (other.subject, other.reasons) == ("andere", ("1 link is stuk",))


class TestNotUseful:
    def test_a_remark_is_enough(self, session: Session, vocabulary: Vocabulary) -> None:
        verdict(session, THEME, "De termijn ontbreekt.")

        [found] = signs_of(session, vocabulary, SignKind.NOT_USEFUL)

        assert found.reasons == ("1 lezer vond dit niet nuttig", "‘De termijn ontbreekt.’")

    def test_without_a_word_it_takes_three(self, session: Session, vocabulary: Vocabulary) -> None:
        for _ in range(2):
            verdict(session, THEME)
        assert signs_of(session, vocabulary, SignKind.NOT_USEFUL) == []
        verdict(session, THEME)

        assert [one.subject for one in signs_of(session, vocabulary, SignKind.NOT_USEFUL)] == [THEME]

    def test_what_was_said_of_an_older_version_is_over(self, session: Session, vocabulary: Vocabulary) -> None:
        verdict(session, THEME, "Fout", version=0)

        assert signs_of(session, vocabulary, SignKind.NOT_USEFUL) == []


class TestOtherSigns:
    def test_proposals_of_the_helpdesk_wait(self, session: Session, vocabulary: Vocabulary, jurist: int) -> None:
        for title, handled_at in (("Nieuw", None), ("Gedaan", now())):
            session.add(
                Proposal(
                    kind="pagina", title=title, text="", node="gh-belg", proposed_by_id=jurist, proposed_at=now(),
                    handled_at=handled_at,
                )
            )  # fmt: skip

        assert [one.title for one in signs_of(session, vocabulary, SignKind.PROPOSAL)] == ["Nieuw"]

    def test_searches_in_vain_show_from_five_times_on(self, session: Session, vocabulary: Vocabulary) -> None:
        month_on = today().replace(day=1)
        for words, failed in (("vaak", 5), ("zelden", 4)):
            session.add(SearchCount(month_on=month_on, words=words, searches=9, without_result=failed))

        [found] = signs_of(session, vocabulary, SignKind.NOT_FOUND)

        assert (found.title, found.reasons) == ("vaak", ("5 keer gezocht zonder resultaat",))


class TestRadarPage:
    def test_an_editor_comes_here_first(self, as_editor: Visitor) -> None:
        page = as_editor.get("/redactie")

        assert page.heading == "Redactie"
        assert "Wat kan verouderd zijn" in page.main

    def test_what_is_read_and_asked_most_comes_first(
        self, as_editor: Visitor, session: Session, vocabulary: Vocabulary, jurist: int
    ) -> None:
        verdict(session, "lexicon/bgv", "Onduidelijk")
        verdict(session, THEME, "Te kort")
        past = PastAdvice(
            draft=an_advice_draft(themes=("gh-belg",), given_on=today()), recorded_by=jurist, recorded_at=now()
        )
        advice.store_past_advice(session, [past] * 5, is_demo=False, now=now())
        path = f"/themas/{vocabulary.themes['gh-belg'].path}"
        visits.store(session, Batch(views=Counter({(today(), path): 4, (today(), "/lexicon/bgv"): 4})))

        page = as_editor.get("/redactie?soort=niet-nuttig")

        titles = page.texts("h3", class_="entry__title")
        assert [title.strip() for title in titles] == [
            "Gezinshereniging met een Belg",
            "Bevel om het grondgebied te verlaten",
        ]
        assert "4 weergaven en 5 adviezen in een jaar" in page.main
        assert "4 weergaven en 0 adviezen in een jaar" in page.main

    def test_an_editor_puts_something_away_and_it_comes_back_with_a_new_remark(
        self, as_editor: Visitor, session: Session
    ) -> None:
        verdict(session, THEME, "Te kort")
        page = as_editor.get("/redactie?soort=niet-nuttig")

        after = page.fill({"reason": "Bewust kort"}, action="/redactie/wegleggen?soort=niet-nuttig").submit(
            "Wegleggen tot er iets bij komt"
        )
        assert "Weggelegd. Het komt terug als er iets bij komt." in after.text
        assert "Te kort" not in as_editor.get("/redactie?soort=niet-nuttig").main
        assert "Bewust kort" in as_editor.get("/redactie/weggelegd").main

        verdict(session, THEME, "Ook fout")
        assert "Ook fout" in as_editor.get("/redactie?soort=niet-nuttig").main
        assert "Bewust kort" not in as_editor.get("/redactie/weggelegd").main

    def test_an_empty_reason_is_asked_again_and_nothing_is_put_away(self, as_editor: Visitor, session: Session) -> None:
        verdict(session, THEME, "Te kort")
        page = as_editor.get("/redactie?soort=niet-nuttig")

        again = page.fill({"reason": " "}, action="/redactie/wegleggen?soort=niet-nuttig").submit(
            "Wegleggen tot er iets bij komt", expect=422
        )

        assert "Schrijf waarom dit niet nodig is." in again.main
        assert session.scalars(select(PutAway)).all() == []

    def test_what_changed_since_the_editor_looked_is_not_put_away(self, as_editor: Visitor, session: Session) -> None:
        verdict(session, THEME, "Te kort")
        page = as_editor.get("/redactie?soort=niet-nuttig")
        verdict(session, THEME, "Ook fout")

        after = page.fill({}, action="/redactie/wegleggen?soort=niet-nuttig").submit("Wegleggen tot er iets bij komt")

        assert "Hier is intussen iets aan veranderd" in after.text
        assert session.scalars(select(PutAway)).all() == []

    def test_what_was_put_away_is_taken_back(self, as_editor: Visitor, session: Session) -> None:
        verdict(session, THEME, "Te kort")
        as_editor.get("/redactie?soort=niet-nuttig").fill({}, action="/redactie/wegleggen?soort=niet-nuttig").submit(
            "Wegleggen tot er iets bij komt"
        )

        as_editor.get("/redactie/weggelegd").fill({}).submit("Terugzetten")

        assert session.scalars(select(PutAway)).all() == []
        assert "Te kort" in as_editor.get("/redactie?soort=niet-nuttig").main

    def test_only_what_i_keep_true(self, as_editor: Visitor, session: Session) -> None:
        """A verdict reaches the owner of the page."""
        verdict(session, THEME, "Te kort")
        verdict(session, "lexicon/bgv", "Onduidelijk")
        text(session, THEME).owner_id = session.scalars(select(User.id).where(User.email == EMAILS[Role.EDITOR])).one()
        session.flush()

        page = as_editor.get("/redactie?van=mij")

        assert "Te kort" in page.main
        assert "Onduidelijk" not in page.main


def _numbers(session: Session, source_id: str) -> set[str | None]:
    query = select(NotedReference.number).where(NotedReference.source_id == source_id)
    return set(session.scalars(query))
