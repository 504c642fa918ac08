"""What is held about an address: handed over whole, erased for good, and erased again after an old backup."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from helpdesk.accounts import queries as accounts
from helpdesk.accounts.models import User, UserSession
from helpdesk.accounts.rules import keyed_digest
from helpdesk.advice import actions as advice
from helpdesk.advice.models import Advice, Snippet
from helpdesk.alerts.models import AlertFollow, AlertFollower
from helpdesk.core import audit, erasures
from helpdesk.core.audit import AuditEntry
from helpdesk.core.db import Base
from helpdesk.core.erasures import Entry, Erasure, PersonKind
from helpdesk.core.errors import Rejected
from helpdesk.core.mail import Folder, Letter
from helpdesk.core.roles import Role
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.newsletters import actions as newsletters
from helpdesk.newsletters import queries as newsletter_queries
from helpdesk.newsletters.models import Consent, Subscriber
from helpdesk.persons import actions, queries, rules
from helpdesk.web.services import KEY, Services
from tests.conftest import EMAILS, House
from tests.helpdesk.advice.examples import an_advice_draft
from tests.pageclient import Visitor

NOW = datetime(2037, 11, 25, 12, tzinfo=UTC)
ADDRESS = "lezer@voorbeeld.be"
SECRET = "een geheim voor de proef"
ALL = list(PersonKind)


@pytest.fixture
def secret(house_app: Flask) -> str:
    """The secret of the installation."""
    return held_by(house_app).settings.secret_key


def held_by(app: Flask) -> Services:
    found = app.extensions[KEY]
    assert isinstance(found, Services)
    return found


def a_follower(session: Session, address: str = ADDRESS, *, asked_at: datetime = NOW) -> AlertFollower:
    """Store someone who follows one search."""
    follower = AlertFollower(
        handle=f"h{address}"[:32], address=address, rhythm="dagelijks", asked_at=asked_at, confirmed_at=asked_at
    )
    session.add(follower)
    session.flush()
    session.add(
        AlertFollow(
            follower_id=follower.id,
            kind="zoekopdracht",
            key="/zoeken?q=leefloon",
            digest="d" * 64,
            title="leefloon",
            asked_at=asked_at,
            confirmed_at=asked_at,
            after_entry=0,
            seen=[],
        )
    )
    session.flush()
    return follower


def a_reader(session: Session, address: str = ADDRESS, *, asked_at: datetime = NOW, key: str = SECRET) -> Subscriber:
    """Store someone who reads the newsletter."""
    newsletters.ask(session, address, [], now=asked_at, key=key)
    reader = newsletter_queries.find_by_email(session, address)
    assert reader is not None
    assert newsletters.confirm(session, reader, now=asked_at, key=key)
    return reader


def count(session: Session, model: type[Base]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def jurist_of(session: Session) -> User:
    return accounts.get_user_by_email(session, EMAILS[Role.JURIST])


class TestSpellings:
    def test_an_address_is_sought_as_letters_go_to_it(self) -> None:
        assert rules.spellings(" Lezer@Voorbeeld.BE ") == [ADDRESS]

    def test_an_address_that_could_get_no_letter_is_sought_as_typed(self) -> None:
        """Accounts of a demo have such addresses."""
        assert rules.spellings("Beheer@demo.test") == ["beheer@demo.test"]

    @pytest.mark.parametrize("typed", ["", "lezer", "x@" + "y" * 400])
    def test_what_is_no_address_is_refused_in_words(self, typed: str) -> None:
        with pytest.raises(rules.NothingTyped, match=r"naam@voorbeeld\.be"):
            rules.spellings(typed)


@pytest.mark.stored
class TestExport:
    def test_a_follower_gets_every_row_and_no_key_to_act_with(self, session: Session) -> None:
        a_follower(session)
        held = queries.find_held(session, [ADDRESS])

        found = queries.export(session, held, address=ADDRESS, now=NOW)

        assert found["gekend_als"] == ["volger"]
        assert found["volger"]["alert_follower"][0]["address"] == ADDRESS
        assert found["volger"]["alert_follower"][0]["handle"] == rules.SECRET
        assert found["volger"]["alert_follow"][0]["key"] == "/zoeken?q=leefloon"
        assert json.loads(rules.written(found)) == found

    def test_a_reader_gets_the_proof_of_consent(self, session: Session) -> None:
        a_reader(session)

        found = queries.export(session, queries.find_held(session, [ADDRESS]), address=ADDRESS, now=NOW)

        assert [row["act"] for row in found["abonnee"]["newsletter_consent"]] == ["asked", "confirmed"]
        assert found["abonnee"]["newsletter_subscriber"][0]["key"] == rules.SECRET

    def test_a_colleague_gets_own_rows_counts_of_records_and_the_log(
        self, session: Session, jurist: int, vocabulary: Vocabulary
    ) -> None:
        advice.record_advice(session, an_advice_draft(), vocabulary=vocabulary, recorded_by=jurist, now=NOW)
        session.add(Snippet(owner_id=jurist, name="groet", text="Met vriendelijke groet"))
        session.flush()

        found = queries.export(session, queries.find_held(session, [EMAILS[Role.JURIST]]), address="x", now=NOW)
        whole = rules.written(found)

        assert found["account"]["user"][0]["password_hash"] == rules.SECRET
        assert found["account"]["advice_snippet"][0]["text"] == "Met vriendelijke groet"
        assert found["werk"]["advice.recorded_by_id"] == 1
        assert "advice.recorded" in {line["wat"] for line in found["logboek"]}
        assert an_advice_draft().question not in whole  # about a caller, not about the colleague
        assert "argon2" not in whole

    def test_no_column_that_proves_or_opens_something_is_shown(self, session: Session) -> None:
        """A new column with such a name must be kept out, or be looked at here."""
        harmless = {
            ("advice_draft", "key"),  # only its owner can open a draft
            ("alert_follow", "key"),  # what is followed
            ("alert_follow", "digest"),  # of what is followed; no secret in it
        }
        tables: list[Table] = [User.__table__, AlertFollower.__table__, Subscriber.__table__]  # type: ignore[list-item]
        for table in tables:
            tables += [own for own, _ in queries.own_tables(table) if own not in tables]
        telling = {
            (table.name, column.name)
            for table in tables
            for column in table.columns
            if not column.foreign_keys
            and any(
                word in column.name for word in ("digest", "token", "hash", "key", "handle", "credential", "secret")
            )
        }

        assert count(session, User)
        assert telling - harmless == rules.SECRETS


@pytest.mark.stored
class TestErase:
    def test_followers_and_readers_are_gone_and_the_ledger_knows_a_digest_only(self, session: Session) -> None:
        a_follower(session)
        a_reader(session)

        erased = actions.erase(session, [ADDRESS], ALL, key=SECRET, by=None, now=NOW)

        assert erased == [PersonKind.FOLLOWER, PersonKind.SUBSCRIBER]
        assert [count(session, model) for model in (AlertFollower, AlertFollow, Subscriber, Consent)] == [0, 0, 0, 0]
        rows = session.scalars(select(Erasure)).all()
        assert {row.address_digest for row in rows} == {keyed_digest(ADDRESS, key=SECRET)}
        assert {kind for row in rows for kind in row.kinds} == set(ALL)

    def test_a_colleague_becomes_a_former_one_and_the_log_stays_whole(
        self, session: Session, jurist: int, vocabulary: Vocabulary
    ) -> None:
        kept = advice.record_advice(session, an_advice_draft(), vocabulary=vocabulary, recorded_by=jurist, now=NOW)
        session.add(Snippet(owner_id=jurist, name="groet", text="x"))
        session.commit()

        actions.erase(session, [EMAILS[Role.JURIST]], ALL, key=SECRET, by=None, now=NOW)
        session.commit()

        former = accounts.get_user(session, jurist)
        assert former.display_name == "voormalig medewerker"
        assert former.email == f"voormalig-{jurist}@gewist.invalid"
        assert (former.is_active, former.roles, former.password_hash) == (False, frozenset(), "")
        assert session.get_one(Advice, kept.id).recorded_by_id == jurist
        assert not session.scalars(select(Snippet).where(Snippet.owner_id == jurist)).all()
        assert not session.scalars(select(UserSession).where(UserSession.user_id == jurist)).all()
        assert audit.verify(session) is None

    def test_nobody_erases_the_only_administrator_or_himself(self, session: Session) -> None:
        admin = accounts.get_user_by_email(session, EMAILS[Role.ADMIN])

        with pytest.raises(Rejected):
            actions.erase(session, [admin.email], ALL, key=SECRET, by=admin.id, now=NOW)

    def test_only_what_is_asked_goes(self, session: Session, jurist: int) -> None:
        """A colleague who stops following news keeps the account."""
        a_follower(session, EMAILS[Role.JURIST])

        actions.erase(session, [EMAILS[Role.JURIST]], [PersonKind.FOLLOWER], key=SECRET, by=None, now=NOW)

        assert count(session, AlertFollower) == 0
        assert accounts.get_user(session, jurist).is_active


@pytest.mark.stored
class TestEraseAgain:
    def test_who_was_erased_goes_and_who_came_back_later_stays(self, session: Session) -> None:
        digest = keyed_digest(ADDRESS, key=SECRET)
        ledger = [Entry(NOW, digest, ("volger",)), Entry(NOW, digest, ("abonnee",))]
        a_follower(session, asked_at=NOW - timedelta(days=1))
        a_reader(session, asked_at=NOW + timedelta(days=1))

        again = actions.erase_again(session, ledger, keys=[SECRET], now=NOW + timedelta(days=2))

        assert again == 1
        assert [count(session, AlertFollower), count(session, Subscriber)] == [0, 1]
        assert set(ledger) <= set(erasures.entries(session))

    def test_an_erasure_under_the_key_of_the_backup_counts_too(self, session: Session) -> None:
        a_reader(session, asked_at=NOW - timedelta(days=1))
        ledger = [Entry(NOW, keyed_digest(ADDRESS, key="de vorige sleutel"), ("abonnee",))]

        assert actions.erase_again(session, ledger, keys=[SECRET, "de vorige sleutel"], now=NOW) == 1
        assert count(session, Subscriber) == 0

    def test_an_erased_follower_who_has_an_account_keeps_it(self, session: Session, jurist: int) -> None:
        entry = Entry(NOW, keyed_digest(EMAILS[Role.JURIST], key=SECRET), ("volger",))

        assert actions.erase_again(session, [entry], keys=[SECRET], now=NOW) == 0
        assert accounts.get_user(session, jurist).email == EMAILS[Role.JURIST]


@pytest.mark.stored
class TestLedger:
    def test_the_file_gets_each_entry_once_and_survives_half_a_line(self, session: Session, tmp_path: Path) -> None:
        file = tmp_path / erasures.LEDGER
        erasures.note(session, "a" * 64, [PersonKind.FOLLOWER], at=NOW)
        erasures.note(session, "a" * 64, [PersonKind.FOLLOWER], at=NOW)
        first = erasures.keep_ledger(session, file)
        with file.open("a") as lines:
            lines.write('{"erased_at": "2037-')  # the power went
        erasures.note(session, "b" * 64, [PersonKind.ACCOUNT], at=NOW)

        assert [first, erasures.keep_ledger(session, file), erasures.keep_ledger(session, file)] == [1, 1, 0]
        assert erasures.read_ledger(file) == [Entry(NOW, "a" * 64, ("volger",)), Entry(NOW, "b" * 64, ("account",))]
        assert file.stat().st_mode & 0o777 == 0o600

    def test_who_erases_himself_by_a_link_in_a_mail_is_in_it(self, session: Session) -> None:
        newsletters.erase(session, a_reader(session), now=NOW, key=SECRET)

        assert erasures.entries(session) == [Entry(NOW, keyed_digest(ADDRESS, key=SECRET), ("abonnee",))]


class TestScreen:
    def test_an_administrator_sees_hands_over_and_erases(
        self, as_admin: Visitor, session: Session, house: House, secret: str
    ) -> None:
        a_follower(session)
        a_reader(session, key=secret)
        mails = Folder(held_by(house.app).settings.mail_dir)
        for to in (ADDRESS, "ander@voorbeeld.be"):
            mails.send(a_letter(to))

        page = as_admin.get("/beheer/personen").fill({"adres": "Lezer@voorbeeld.be"}).submit("Zoeken")
        form = page.fill({}, action="/beheer/personen/uitvoer")
        file = as_admin.fetch("/beheer/personen/uitvoer", method="POST", data=form.data)
        done = page.fill({"wat": ["volger", "abonnee"]}).submit("Wissen")

        assert "volgt iets per e-mail, leest de nieuwsbrief" in page.main
        assert file.json is not None
        assert file.json["volger"]["alert_follower"][0]["address"] == ADDRESS
        assert file.headers["Content-Disposition"].startswith("attachment")
        assert "Gewist: volger, abonnee." in done.text
        assert [count(session, AlertFollower), count(session, Subscriber)] == [0, 0]
        assert [str(letter["To"]) for letter in mails.letters()].count(ADDRESS) == 0
        assert "ander@voorbeeld.be" in [str(letter["To"]) for letter in mails.letters()]
        ledger = erasures.read_ledger(held_by(house.app).settings.data_dir / erasures.LEDGER)
        assert keyed_digest(ADDRESS, key=secret) in {entry.address_digest for entry in ledger}
        acts = session.scalars(select(AuditEntry.act).where(AuditEntry.act.startswith("person."))).all()
        assert set(acts) == {"person.looked_up", "person.exported", "person.erased"}

    def test_an_address_nobody_has_can_be_noted_for_old_backups(self, as_admin: Visitor, session: Session) -> None:
        page = as_admin.get("/beheer/personen").fill({"adres": "niemand@voorbeeld.be"}).submit("Zoeken")
        done = page.fill({"wat": ["volger"]}).submit("Wissen")

        assert "van dit adres bewaren we niets" in page.main
        assert "er was niets bewaard" in done.text
        assert count(session, Erasure) == 1

    def test_what_cannot_be_is_explained_and_changes_nothing(self, as_admin: Visitor, session: Session) -> None:
        nothing = as_admin.get("/beheer/personen").fill({"adres": "geen adres"}).submit("Zoeken", expect=422)
        own = as_admin.get("/beheer/personen").fill({"adres": EMAILS[Role.ADMIN]}).submit("Zoeken")
        refused = own.fill({"wat": ["account"]}).submit("Wissen", expect=422)
        unticked = own.fill({"wat": []}).submit("Wissen", expect=422)

        assert "Schrijf een e-mailadres" in nothing.main
        assert "Er is niets gewist" in refused.main
        assert "Vink aan wat gewist moet worden" in unticked.main
        assert accounts.get_user_by_email(session, EMAILS[Role.ADMIN]).is_active
        assert count(session, Erasure) == 0


def a_letter(to: str) -> Letter:
    return Letter(to=to, subject="Proef", text="Proef", sender="huis@voorbeeld.be", message_id=f"<{to}>", sent_at=NOW)


@pytest.mark.stored
class TestCommands:
    def test_the_address_comes_on_standard_input(self, house: House, session: Session) -> None:
        a_follower(session)
        session.commit()
        runner = house.app.test_cli_runner()

        shown = runner.invoke(args=["persons", "export"], input=f"{ADDRESS}\n")
        erased = runner.invoke(args=["persons", "erase", "--kind", "volger"], input=f"{ADDRESS}\n")
        refused = runner.invoke(args=["persons", "erase", ADDRESS], input="")

        session.expire_all()
        assert json.loads(shown.stdout)["gekend_als"] == ["volger"]
        assert erased.stdout == "Gewist: volger.\n"
        assert refused.exit_code == 2  # an argument is refused: others on the machine would see it
        assert count(session, AlertFollower) == 0
