from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.alerts import actions, pages, queries, rules
from helpdesk.alerts.actions import Asked
from helpdesk.alerts.models import AlertAttempt, AlertDigest, AlertFollow, AlertFollower, AlertItem, SendState
from helpdesk.alerts.queries import Library
from helpdesk.alerts.rules import TooManyAttempts
from helpdesk.core import outbox
from helpdesk.core.mail import Answer, Delivery
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.references import actions as reference_actions
from helpdesk.rulings.models import Ruling
from helpdesk.rulings.rules.drafts import TreatmentDraft
from tests.helpdesk.alerts.examples import (
    ADDRESS,
    ARTICLE,
    LATER,
    NOW,
    RULING,
    THEME,
    a_digest,
    a_follow,
    a_library,
    a_living_item,
    a_ruling,
    a_version,
    an_article,
    documents,
    refers,
)

DAY = timedelta(days=1)


@pytest.fixture
def library(house_app: Flask, session: Session, vocabulary: Vocabulary) -> Library:
    """The shipped library before anything new came."""
    return a_library(house_app, session, vocabulary)


def asked(address: str = ADDRESS, *, source: str = "bron", page: str = THEME, vocabulary: Vocabulary) -> Asked:
    wanted = rules.wanted_at(page, vocabulary)
    return Asked(
        address=address,
        address_digest=f"d{address}",
        wanted=wanted,
        title="Iets",
        rhythm="dagelijks",
        source_digest=source,
    )


def follower_of(session: Session, address: str = ADDRESS) -> AlertFollower:
    return session.scalars(select(AlertFollower).where(AlertFollower.address == address)).one()


class TestAsk:
    def test_following_the_same_thing_twice_is_one_follow_and_one_letter(
        self, session: Session, library: Library, vocabulary: Vocabulary
    ) -> None:
        for _ in range(2):
            actions.ask(session, asked(vocabulary=vocabulary), library, now=NOW)

        assert session.scalar(select(func.count(AlertFollow.id))) == 1
        assert queries.letters_due(session, now=NOW) == [follower_of(session).id]

    def test_a_stranger_gets_one_letter_a_day(self, session: Session, library: Library, vocabulary: Vocabulary) -> None:
        """Whoever types the address of somebody else must not fill his mailbox."""
        actions.ask(session, asked(vocabulary=vocabulary), library, now=NOW)
        follower = follower_of(session)
        assert actions.claim_letter(session, follower.id, now=NOW)
        actions.settle_letter(session, follower.id, Answer(Delivery.SENT))
        session.expire_all()

        other = asked(page=ARTICLE, source="andere", vocabulary=vocabulary)
        actions.ask(session, other, library, now=NOW + timedelta(hours=23))
        assert queries.letters_due(session, now=NOW + DAY) == []
        assert len(queries.waiting_follows(session, follower, now=NOW + DAY)) == 2

        actions.ask(session, other, library, now=NOW + timedelta(hours=25))
        assert queries.letters_due(session, now=NOW + 2 * DAY) == [follower.id]

    def test_a_source_may_ask_ten_times_an_hour(
        self, session: Session, library: Library, vocabulary: Vocabulary
    ) -> None:
        for number in range(10):
            actions.ask(session, asked(f"n{number}@voorbeeld.be", vocabulary=vocabulary), library, now=NOW)

        with pytest.raises(TooManyAttempts):
            actions.ask(session, asked("n11@voorbeeld.be", vocabulary=vocabulary), library, now=NOW)
        assert session.scalar(select(func.count(AlertFollower.id))) == 10
        actions.ask(session, asked("n11@voorbeeld.be", vocabulary=vocabulary), library, now=NOW + timedelta(hours=2))

    def test_somebody_who_follows_it_already_gets_no_letter(self, session: Session, library: Library) -> None:
        follow = a_follow(library, THEME)
        follower = follower_of(session)
        follower.letter_state, follower.letter_at = SendState.SENT, NOW - 2 * DAY

        actions.ask(session, asked(vocabulary=library.vocabulary), library, now=LATER)

        assert follow.confirmed_at == NOW
        assert queries.letters_due(session, now=LATER) == []

    def test_who_was_erased_is_left_alone_for_a_day(
        self, session: Session, library: Library, vocabulary: Vocabulary
    ) -> None:
        actions.ask(session, asked(vocabulary=vocabulary), library, now=NOW)
        actions.erase(session, follower_of(session), f"d{ADDRESS}", now=NOW)

        actions.ask(session, asked(vocabulary=vocabulary), library, now=NOW + timedelta(hours=1))

        assert queries.find_follower(session, ADDRESS) is None


class TestDigest:
    def test_a_theme_tells_what_is_new_under_it(self, house_app: Flask, session: Session, library: Library) -> None:
        a_follow(library, "/themas/verblijfsrecht/terugkeer")
        ruling = a_ruling(session, 999_001)
        a_ruling(session, 999_002, node="nationaliteitsverklaring")
        a_version(session, "thema/bgv", title="Het bevel, herschreven")

        digest = a_digest(a_library(house_app, session, library.vocabulary))

        assert sorted(documents(digest)) == [ruling.document_id, "thema/bgv"]
        assert digest is not None
        assert digest.state == SendState.QUEUED

    def test_what_was_hidden_since_is_told_no_more(self, house_app: Flask, session: Session, library: Library) -> None:
        """A digest may wait for the mail server, and its page stays: both say where the text is and nothing of it."""
        a_follow(library, THEME)
        hidden = a_version(session, "thema/bgv", title="Het bevel van iemand", update_note="Over iemand.")
        digest = a_digest(a_library(house_app, session, library.vocabulary))
        assert digest is not None
        [before] = pages.told_by(digest, library.vocabulary, queries.hidden_since(session, digest))
        assert (before.lines[0].title, before.lines[0].note) == ("Het bevel van iemand", "Over iemand.")

        a_version(session, "thema/bgv", title="Het bevel")
        session.merge(hidden).hidden_reason = "Er stond iets in dat er niet hoort."
        session.flush()

        [after] = pages.told_by(digest, library.vocabulary, queries.hidden_since(session, digest))
        assert (after.lines[0].title, after.lines[0].address) == ("Niet meer getoond", before.lines[0].address)
        assert "iemand" not in after.lines[0].note

    def test_a_search_tells_only_what_answers_it(self, house_app: Flask, session: Session, library: Library) -> None:
        a_follow(library, "/zoeken?q=kwikstaartje&hof=rvv")
        ruling = a_ruling(session, 999_001, summary="Over een kwikstaartje.")
        a_ruling(session, 999_002, summary="Over iets anders.")

        digest = a_digest(a_library(house_app, session, library.vocabulary))

        assert documents(digest) == [ruling.document_id]

    def test_nothing_new_is_no_mail(self, house_app: Flask, session: Session, library: Library) -> None:
        a_follow(library, THEME)
        outbox.announce(session, ["thema/bgv"], at=LATER)  # rendered again: it says the same
        session.flush()

        assert a_digest(a_library(house_app, session, library.vocabulary)) is None
        assert session.scalar(select(func.count(AlertDigest.id))) == 0
        assert follower_of(session).looked_on == LATER.date()

    def test_a_date_of_review_and_a_corrected_ruling_are_no_news(
        self, house_app: Flask, session: Session, library: Library
    ) -> None:
        a_follow(library, THEME)
        version = a_version(session, "thema/bgv", reviewed_on=date(2037, 11, 26))
        version.source = version.source.replace("---\n", "---\nreviewed_on: 2026-11-26\n", 1)
        version.is_substantive = False
        ruling = session.scalars(select(Ruling).where(Ruling.themes.any(node="bgv")).limit(1)).one()
        ruling.updated_at = LATER
        outbox.announce(session, [ruling.document_id], at=LATER)
        session.flush()

        assert a_digest(a_library(house_app, session, library.vocabulary)) is None

    def test_nothing_is_told_twice_and_nothing_skipped(
        self, house_app: Flask, session: Session, library: Library
    ) -> None:
        a_follow(library, THEME)
        first = a_ruling(session, 999_001)
        told = documents(a_digest(a_library(house_app, session, library.vocabulary)))
        second = a_ruling(session, 999_002, at=LATER + timedelta(hours=1))
        again = a_library(house_app, session, library.vocabulary)

        assert told == [first.document_id]
        assert a_digest(again) is None  # the same day once more
        assert documents(a_digest(again, on=LATER + DAY)) == [second.document_id]
        assert a_digest(again, on=LATER + 2 * DAY) is None

    def test_a_ruling_that_left_and_came_back_is_not_told_again(
        self, house_app: Flask, session: Session, library: Library
    ) -> None:
        a_follow(library, THEME)
        ruling = a_ruling(session, 999_001)
        assert a_digest(a_library(house_app, session, library.vocabulary)) is not None
        ruling.published_at = LATER + DAY
        outbox.announce(session, [ruling.document_id], at=LATER + DAY)
        session.flush()

        assert a_digest(a_library(house_app, session, library.vocabulary), on=LATER + 2 * DAY) is None

    def test_an_article_tells_who_names_it_now(self, house_app: Flask, session: Session, library: Library) -> None:
        a_follow(library, ARTICLE)
        ruling = a_ruling(session, 999_001)
        refers(session, ruling, an_article())
        other = a_ruling(session, 999_002)
        refers(session, other, an_article("74/13"))

        digest = a_digest(a_library(house_app, session, library.vocabulary))

        assert documents(digest) == [ruling.document_id]
        assert a_digest(a_library(house_app, session, library.vocabulary), on=LATER + DAY) is None

    def test_an_article_tells_that_a_text_on_it_changed(
        self, house_app: Flask, session: Session, library: Library
    ) -> None:
        a_follow(library, "/wetgeving/vw/7")
        a_version(session, "thema/bgv", title="Het bevel, herschreven")

        assert documents(a_digest(a_library(house_app, session, library.vocabulary))) == ["thema/bgv"]

    def test_a_ruling_tells_who_treats_it(
        self, house_app: Flask, session: Session, library: Library, jurist: int
    ) -> None:
        a_follow(library, f"/rechtspraak/{RULING}")
        treating = a_ruling(session, 999_001)
        draft = TreatmentDraft(
            kind="departs_from",
            treating_slug=treating.slug,
            treating_text=None,
            treated_slug=RULING,
            treated_text=None,
            note="Volgt deze uitspraak niet.",
            treated_on=treating.decided_on,
        )
        reference_actions.enter_treatment(session, draft, entered_by=jurist, now=LATER)

        digest = a_digest(a_library(house_app, session, library.vocabulary))

        assert digest is not None
        assert [(item.document_id, item.label) for item in digest.items] == [
            (treating.document_id, "Niet gevolgd door")
        ]

    def test_living_news_tells_that_it_was_updated(self, house_app: Flask, session: Session, library: Library) -> None:
        slug = a_living_item(session)
        a_follow(a_library(house_app, session, library.vocabulary), f"/nieuws/{slug}")
        a_version(session, f"nieuws/{slug}", update_note="De wet is aangenomen.")

        digest = a_digest(a_library(house_app, session, library.vocabulary))

        assert digest is not None
        assert [item.note for item in digest.items] == ["De wet is aangenomen."]

    def test_an_import_of_old_rulings_is_one_line(self, house_app: Flask, session: Session, library: Library) -> None:
        a_follow(library, "/zoeken?q=kwikstaartje")
        for number in range(999_001, 999_013):
            a_ruling(session, number, summary="Een kwikstaartje.", decided_on=date(2015, 3, 4))

        digest = a_digest(a_library(house_app, session, library.vocabulary))

        assert digest is not None
        assert [(item.title, item.address) for item in digest.items] == [
            ("Er kwamen 12 oudere uitspraken bij.", "/zoeken?q=kwikstaartje")
        ]

    def test_a_week_is_one_digest(self, house_app: Flask, session: Session, library: Library) -> None:
        a_follow(library, THEME, rhythm="wekelijks")
        a_ruling(session, 999_001)
        now_full = a_library(house_app, session, library.vocabulary)

        assert queries.followers_due(session, "wekelijks", date(2037, 11, 23)) == []
        assert queries.followers_due(session, "dagelijks", date(2037, 11, 30)) == []
        assert len(queries.followers_due(session, "wekelijks", date(2037, 11, 30))) == 1
        assert a_digest(now_full, on=NOW + 5 * DAY) is not None

    def test_what_somebody_stopped_is_not_sent_any_more(
        self, house_app: Flask, session: Session, library: Library
    ) -> None:
        """Stopping takes effect at once, also for a mail that waits."""
        a_follow(library, THEME)
        a_ruling(session, 999_001)
        assert a_digest(a_library(house_app, session, library.vocabulary)) is not None

        assert actions.stop_all(session, follower_of(session), now=LATER) == 1

        assert queries.digests_due(session, now=LATER) == []
        assert session.scalar(select(func.count(AlertItem.id))) == 0


class TestSending:
    @pytest.fixture
    def digest(self, house_app: Flask, session: Session, library: Library) -> AlertDigest:
        a_follow(library, THEME)
        a_ruling(session, 999_001)
        digest = a_digest(a_library(house_app, session, library.vocabulary))
        assert digest is not None
        return digest

    def test_one_sender_gets_it(self, session: Session, digest: AlertDigest) -> None:
        assert actions.claim_digest(session, digest.id, now=LATER)
        assert not actions.claim_digest(session, digest.id, now=LATER)

    def test_what_a_sender_died_with_is_unknown_and_never_sent_again(
        self, session: Session, digest: AlertDigest
    ) -> None:
        actions.claim_digest(session, digest.id, now=LATER)

        assert actions.note_lost(session, now=LATER + timedelta(minutes=9)) == 0
        assert actions.note_lost(session, now=LATER + timedelta(minutes=11)) == 1
        session.expire_all()
        assert digest.state == SendState.UNKNOWN
        assert queries.digests_due(session, now=LATER + 30 * DAY) == []
        assert queries.status(session).unknown == [(digest.id, digest.due_on)]

    def test_what_is_postponed_is_tried_later_and_at_last_given_up(self, session: Session, digest: AlertDigest) -> None:
        moment, states = LATER, []
        for _ in range(5):
            assert actions.claim_digest(session, digest.id, now=moment)
            states.append(actions.settle_digest(session, digest.id, Answer(Delivery.POSTPONED, 451), now=moment))
            assert queries.digests_due(session, now=moment) == []
            moment += DAY

        assert states == [SendState.QUEUED] * 4 + [SendState.REJECTED]

    def test_what_was_not_sent_goes_again_at_once(self, session: Session, digest: AlertDigest) -> None:
        actions.claim_digest(session, digest.id, now=LATER)
        actions.settle_digest(session, digest.id, None, now=LATER)

        assert queries.digests_due(session, now=LATER) == [digest.id]


class TestForget:
    def test_what_was_not_confirmed_in_a_week_goes(
        self, session: Session, library: Library, vocabulary: Vocabulary
    ) -> None:
        actions.ask(session, asked(vocabulary=vocabulary), library, now=NOW)
        assert actions.forget(session, now=NOW + 6 * DAY).followers == 0

        forgotten = actions.forget(session, now=NOW + 7 * DAY)

        assert (forgotten.followers, forgotten.follows) == (1, 1)
        assert session.scalar(select(func.count(AlertFollower.id))) == 0
        assert session.scalar(select(func.count(AlertAttempt.id))) == 0

    def test_who_stopped_everything_goes_after_a_month(self, session: Session, library: Library) -> None:
        a_follow(library, THEME)
        actions.stop_all(session, follower_of(session), now=LATER)

        assert actions.forget(session, now=LATER + 29 * DAY).followers == 0
        assert actions.forget(session, now=LATER + 30 * DAY).followers == 1

    def test_who_follows_something_stays(self, session: Session, library: Library) -> None:
        a_follow(library, THEME)

        assert actions.forget(session, now=NOW + 400 * DAY).followers == 0


def test_personal_data_is_declared() -> None:
    assert AlertFollower.personal_data == {"address"}
    assert AlertFollow.personal_data == {"key", "title"}
