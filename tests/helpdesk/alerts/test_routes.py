import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from xml.etree.ElementTree import fromstring

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from helpdesk.alerts.cli import Run, alerts, send_what_is_due
from helpdesk.alerts.models import AlertAttempt, AlertDigest, AlertFollow, AlertFollower, SendState
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.texts import queries, rules
from helpdesk.texts.models import TextKind
from tests.helpdesk.alerts.examples import (
    ADDRESS,
    ARTICLE,
    RULING,
    THEME,
    a_living_item,
    a_ruling,
    an_article,
    refers,
)
from tests.mailserver import HANG_UP, MailServer
from tests.pageclient import Visitor

ATOM = "{http://www.w3.org/2005/Atom}"
TOMORROW = datetime.now(UTC) + timedelta(days=1)
Send = Callable[..., Run]


@pytest.fixture
def send(house_app: Flask, session: Session) -> Send:
    """Do what the job runner does at a moment, by default now."""

    def run(moment: datetime | None = None) -> Run:
        session.commit()
        with house_app.app_context():
            done = send_what_is_due(moment or datetime.now(UTC))
        session.expire_all()
        return done

    return run


def link_in(message: EmailMessage, part: str) -> str:
    """Return the path of the link in a mail that holds these words."""
    body = message.get_body(("plain",))
    assert body is not None
    found = re.search(rf"https?://[^/\s]+(/volgen/{part}/\S+)", body.get_content())
    assert found is not None, body.get_content()
    return found[1]


def ask(visitor: Visitor, page: str = THEME, address: str = ADDRESS, rhythm: str = "dagelijks") -> str:
    """Fill in the form of a page to follow; return the heading of the answer."""
    form = visitor.get(f"/volgen?pagina={page}").fill({"adres": address, "ritme": rhythm}, action=None)
    return form.submit().heading


@pytest.fixture
def followed(as_visitor: Visitor, post: MailServer, send: Send) -> str:
    """Somebody who follows article 40ter and confirmed it; the address of his own page."""
    ask(as_visitor, ARTICLE)
    send()
    page = as_visitor.get(link_in(post.letters[-1].message, "bevestigen")).fill({"ritme": "dagelijks"}).submit()
    return page.path


class TestFollow:
    @pytest.mark.parametrize(
        ("page", "words"),
        [
            (THEME, "Volg dit thema per e-mail"),
            (ARTICLE, "Volg dit artikel per e-mail"),
            (f"/rechtspraak/{RULING}", "Volg deze uitspraak per e-mail"),
            ("/zoeken?q=bgv&hof=rvv", "Volg deze zoekopdracht per e-mail"),
            ("/rechtspraak", "Volg deze zoekopdracht per e-mail"),
        ],
    )
    def test_a_page_leads_to_its_form(self, as_visitor: Visitor, page: str, words: str) -> None:
        form = as_visitor.get(page).follow(words)

        assert form.heading == "Volg per e-mail"
        assert "noindex" in form.source

    def test_living_news_can_be_followed_and_other_news_cannot(self, as_visitor: Visitor, session: Session) -> None:
        slug = a_living_item(session)

        assert as_visitor.get(f"/nieuws/{slug}").follow("Volg dit bericht per e-mail").status == 200
        session.rollback()
        items = [live for live in queries.texts(session, kind=TextKind.NEWS) if live.text.slug != slug]
        other = next(
            f"/nieuws/{live.text.slug}"
            for live in items
            if not rules.is_living(live.version.news_kind, live.version.updated_on)
        )
        assert "Volg dit bericht per e-mail" not in as_visitor.get(other).links()
        assert "niet bijgewerkt" in as_visitor.get(f"/volgen?pagina={other}", expect=422).main

    def test_a_form_names_what_is_followed(self, as_visitor: Visitor) -> None:
        page = as_visitor.get("/volgen?pagina=%2Fzoeken%3Fq%3Dbgv%26hof%3Drvv")

        assert "de zoekopdracht “bgv” (Rechtscollege: " in page.main

    def test_the_answer_is_the_same_for_a_known_and_an_unknown_address(
        self, as_visitor: Visitor, followed: str
    ) -> None:
        """Nobody learns from us who reads what."""
        known = as_visitor.get(f"/volgen?pagina={ARTICLE}").fill({"adres": ADDRESS}).submit()
        unknown = as_visitor.get(f"/volgen?pagina={ARTICLE}").fill({"adres": "nieuw@voorbeeld.be"}).submit()

        assert followed
        assert (known.path, known.main) == (unknown.path, unknown.main)

    @pytest.mark.parametrize("address", ["", "geen adres", "a@b", "x" * 400 + "@voorbeeld.be", "a@b.be\r\nBcc: c@d.be"])
    def test_what_is_no_address_is_refused_and_kept(self, as_visitor: Visitor, session: Session, address: str) -> None:
        page = as_visitor.get(f"/volgen?pagina={THEME}").fill({"adres": address}).submit(expect=422)

        assert "e-mailadres" in page.texts("p", class_="error")[0]
        assert session.scalar(select(func.count(AlertFollower.id))) == 0

    @pytest.mark.parametrize("page", ["/over", "https://elders.test/", "/zoeken?q=%22%22", "/rechtspraak/bestaat-niet"])
    def test_what_cannot_be_followed_says_so(self, as_visitor: Visitor, page: str) -> None:
        shown = as_visitor.get(f"/volgen?pagina={page.replace('%', '%25')}", expect=422)

        assert shown.heading == "Dit kun je niet volgen"

    def test_a_flood_from_one_source_is_stopped(self, as_visitor: Visitor, session: Session) -> None:
        for number in range(10):
            assert ask(as_visitor, address=f"n{number}@voorbeeld.be") == "Kijk in je mailbox"

        page = as_visitor.get(f"/volgen?pagina={THEME}").fill({"adres": "n11@voorbeeld.be"}).submit(expect=429)

        assert "over een uur" in page.main
        assert session.scalar(select(func.count(AlertFollower.id))) == 10
        assert all(len(found) == 64 for found in session.scalars(select(AlertAttempt.source_digest)))


class TestConfirm:
    def test_opening_the_link_changes_nothing(
        self, as_visitor: Visitor, session: Session, post: MailServer, send: Send
    ) -> None:
        """Mail scanners follow every link (user demand 34)."""
        ask(as_visitor)
        assert send().confirmations == 1
        link = link_in(post.letters[0].message, "bevestigen")

        for _ in range(3):
            as_visitor.get(link)

        assert session.scalars(select(AlertFollow.confirmed_at)).one() is None

    def test_confirming_leads_to_what_one_follows(
        self, as_visitor: Visitor, session: Session, post: MailServer, send: Send
    ) -> None:
        ask(as_visitor)
        send()
        page = as_visitor.get(link_in(post.letters[0].message, "bevestigen")).fill({"ritme": "wekelijks"}).submit()

        assert page.heading == "Wat je volgt"
        assert "l…@voorbeeld.be" in page.main
        assert ADDRESS not in page.source
        follower = session.scalars(select(AlertFollower)).one()
        assert (follower.rhythm, follower.confirmed_at is not None) == ("wekelijks", True)

    def test_confirming_twice_shows_what_one_follows(
        self, as_visitor: Visitor, followed: str, post: MailServer
    ) -> None:
        again = as_visitor.get(link_in(post.letters[0].message, "bevestigen"))

        assert again.path == followed

    def test_what_one_does_not_tick_is_forgotten(
        self, as_visitor: Visitor, session: Session, post: MailServer, send: Send
    ) -> None:
        """A stranger may have added something in between."""
        ask(as_visitor)
        ask(as_visitor, ARTICLE)
        send()
        form = as_visitor.get(link_in(post.letters[0].message, "bevestigen"))
        first = session.scalars(select(AlertFollow.id).order_by(AlertFollow.id)).first()

        form.fill({"volgt": [str(first)]}).submit()

        assert session.scalars(select(AlertFollow.id)).all() == [first]

    def test_a_link_of_more_than_a_week_has_expired(
        self, as_visitor: Visitor, session: Session, post: MailServer, send: Send
    ) -> None:
        ask(as_visitor)
        send()
        session.execute(update(AlertFollow).values(asked_at=datetime.now(UTC) - timedelta(days=7, minutes=1)))
        link = link_in(post.letters[0].message, "bevestigen")

        assert as_visitor.get(link, expect=410).heading == "Deze link is verlopen"
        assert as_visitor.fetch(link, method="POST").status_code in {400, 410}
        assert session.scalars(select(AlertFollow.confirmed_at)).one() is None

    @pytest.mark.parametrize("part", ["bevestigen", "beheer", "afmelden", "zending"])
    def test_a_forged_link_says_so(self, as_visitor: Visitor, part: str) -> None:
        assert as_visitor.get(f"/volgen/{part}/verzonnen", expect=404).heading == "Deze link klopt niet"

    def test_a_link_of_one_kind_does_not_serve_as_another(
        self, as_visitor: Visitor, followed: str, post: MailServer
    ) -> None:
        token = link_in(post.letters[0].message, "bevestigen").rpartition("/")[2]

        assert followed
        assert as_visitor.fetch(f"/volgen/beheer/{token}").status_code == 404


class TestManage:
    def test_one_stops_one_follow(self, as_visitor: Visitor, session: Session, followed: str) -> None:
        number = session.scalars(select(AlertFollow.id)).one()

        page = as_visitor.get(followed).fill({"doe": "stop", "volgt": str(number)}).submit()

        assert "Je volgt niets" in page.main

    def test_one_changes_the_rhythm(self, as_visitor: Visitor, session: Session, followed: str) -> None:
        as_visitor.get(followed).fill({"ritme": "wekelijks"}).submit()

        assert session.scalars(select(AlertFollower.rhythm)).one() == "wekelijks"

    def test_one_is_erased(self, as_visitor: Visitor, session: Session, followed: str) -> None:
        page = as_visitor.get(followed)
        form = next(form for form in page.all("form") if "Wis alles" in "".join(form.itertext()))
        token = next(one.get("value") for one in form.iter() if one.get("name") == "csrf_token")

        answer = as_visitor.post(followed, {"doe": "wis", "csrf_token": token})

        assert answer.heading == "Je gegevens zijn gewist"
        assert session.scalar(select(func.count(AlertFollower.id))) == 0
        assert as_visitor.get(followed, expect=410).heading == "Deze gegevens zijn er niet meer"

    def test_nobody_keeps_the_page(self, as_visitor: Visitor, followed: str) -> None:
        answer = as_visitor.fetch(followed)

        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "same-origin"


class TestDigest:
    @pytest.fixture
    def new(self, session: Session, followed: str) -> str:
        """A ruling on the article that came after somebody followed it; its document id."""
        assert followed
        ruling = a_ruling(session, 999_001, at=datetime.now(UTC))
        refers(session, ruling, an_article())
        session.commit()
        return ruling.document_id

    def test_one_mail_names_the_follow_and_leads_to_exactly_what_it_tells(
        self, as_visitor: Visitor, session: Session, new: str, post: MailServer, send: Send
    ) -> None:
        assert send(TOMORROW).sent == 1
        message = post.letters[-1].message
        later = a_ruling(session, 999_002, at=datetime.now(UTC))
        refers(session, later, an_article())

        page = as_visitor.get(link_in(message, "zending"))

        assert message["Subject"].startswith("Nieuw over art.")
        assert f"/{new}" in page.source
        assert later.slug not in page.source

    def test_a_second_run_sends_nothing(self, new: str, post: MailServer, send: Send) -> None:
        assert new
        send(TOMORROW)
        before = len(post.letters)

        again = send(TOMORROW + timedelta(minutes=1))

        assert (again.digests, again.sent, len(post.letters)) == (0, 0, before)

    def test_the_one_click_headers_are_raw_and_work(
        self, as_visitor: Visitor, session: Session, new: str, post: MailServer, send: Send
    ) -> None:
        """RFC 8058; a header over 77 characters must not be encoded."""
        assert new
        send(TOMORROW)
        wire = post.letters[-1].wire
        found = re.search(rb"^List-Unsubscribe: <https?://[^/]+(/volgen/afmelden/[^>\s]+)>\r?$", wire, re.MULTILINE)
        assert found is not None
        assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in wire
        path = found[1].decode()

        assert as_visitor.get(path).heading == "Stop alle meldingen"
        assert session.scalars(select(AlertFollow.stopped_at)).one() is None
        answer = as_visitor.fetch(path, method="POST", data={"List-Unsubscribe": "One-Click"})

        assert answer.status_code == 200
        session.expire_all()
        assert session.scalars(select(AlertFollow.stopped_at)).one() is not None

    def test_the_address_is_in_no_log(self, new: str, send: Send, capfd: pytest.CaptureFixture[str]) -> None:
        assert new
        send(TOMORROW)

        said = capfd.readouterr()
        assert ADDRESS not in said.out + said.err

    def test_a_lost_answer_is_unknown_and_stays_so(
        self, session: Session, new: str, post: MailServer, send: Send
    ) -> None:
        assert new
        post.at_letter = lambda _: HANG_UP
        assert send(TOMORROW).unknown == 1
        post.at_letter = lambda _: "250 OK"

        assert send(TOMORROW + timedelta(days=3)).sent == 0
        assert session.scalars(select(AlertDigest.state)).one() == SendState.UNKNOWN

    @pytest.mark.parametrize(
        ("answer", "after"), [("451 later", 1), ("550 onbekend", 0)], ids=["postponed", "rejected"]
    )
    def test_a_refusal_is_tried_later_or_never(
        self, new: str, post: MailServer, send: Send, answer: str, after: int
    ) -> None:
        assert new
        post.at_recipient = lambda _: answer
        send(TOMORROW)
        post.at_recipient = lambda _: "250 OK"

        assert send(TOMORROW + timedelta(minutes=1)).sent == 0
        assert send(TOMORROW + timedelta(minutes=30)).sent == after

    def test_a_server_that_hangs_up_before_the_letter_gets_it_later(
        self, new: str, post: MailServer, send: Send
    ) -> None:
        assert new
        post.at_recipient = lambda _: HANG_UP
        assert send(TOMORROW).is_server_gone
        post.at_recipient = lambda _: "250 OK"

        assert send(TOMORROW + timedelta(minutes=1)).sent == 1


class TestFeeds:
    @pytest.mark.parametrize(
        "address",
        [
            "/zoeken/atom.xml?q=kwikstaartje",
            f"/volgen/atom.xml?pagina={THEME}",
            "/volgen/atom.xml?pagina=/zoeken?q%3Dkwikstaartje",
            "/zoeken/atom.xml",
        ],
    )
    def test_a_feed_holds_what_a_follower_is_told(self, as_visitor: Visitor, session: Session, address: str) -> None:
        ruling = a_ruling(session, 999_001, summary="Een kwikstaartje.", at=datetime.now(UTC))

        answer = as_visitor.fetch(address)

        assert answer.mimetype == "application/atom+xml"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        links = [entry.find(f"{ATOM}link") for entry in fromstring(answer.data).findall(f"{ATOM}entry")]  # noqa: S314 - our own
        assert any(link is not None and link.get("href", "").endswith(ruling.slug) for link in links)
        assert len(links) <= 30

    def test_the_feed_of_a_ruling_holds_who_cites_it(self, as_visitor: Visitor) -> None:
        answer = as_visitor.fetch(f"/volgen/atom.xml?pagina=/rechtspraak/{RULING}")

        assert answer.status_code == 200
        assert b"Nieuw over de uitspraak" in answer.data

    def test_an_article_has_its_own_feed(self, as_visitor: Visitor) -> None:
        assert as_visitor.fetch(f"/volgen/atom.xml?pagina={ARTICLE}").location == f"{ARTICLE}/atom.xml"

    def test_what_has_no_feed_says_so(self, as_visitor: Visitor) -> None:
        assert as_visitor.get("/volgen/atom.xml?pagina=/over", expect=404).heading == "Dit kun je niet volgen"


class TestCommands:
    def test_sending_and_status_name_nobody(
        self, house_app: Flask, followed: str, session: Session, vocabulary: Vocabulary
    ) -> None:
        assert followed
        del vocabulary
        session.commit()
        runner = house_app.test_cli_runner()

        sent, status = runner.invoke(alerts, ["send"]), runner.invoke(alerts, ["status"])

        assert (sent.exit_code, status.exit_code) == (0, 0)
        assert "1 volgers, 0 adressen niet bevestigd\n  artikel: 1" in status.output
        assert ADDRESS not in sent.output + status.output
