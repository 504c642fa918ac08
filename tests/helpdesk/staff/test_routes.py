"""The administrator's screens: who has access, what changed about it, and the log."""

import csv
import io
from datetime import UTC, datetime
from re import search

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from helpdesk.accounts import actions, queries
from helpdesk.accounts.models import MailedLink, User, UserSession
from helpdesk.core import audit
from helpdesk.core.audit import AuditEntry
from helpdesk.core.errors import Rejected
from helpdesk.core.mail import Folder
from helpdesk.core.roles import Role
from helpdesk.second_factor.models import TotpKey
from helpdesk.staff.documents import accounts_csv
from helpdesk.staff.queries import AccountRow
from helpdesk.web.services import KEY as SERVICES
from tests.conftest import EMAILS, PASSWORD, House
from tests.pageclient import Visitor

NEW = "vier kraaien op een fietspad"
INVITED = {"name": "An Peeters", "email": "an.peeters@example.org", "roles": ["jurist", "redacteur"]}


def user_of(session: Session, role: Role) -> User:
    return queries.get_user_by_email(session, EMAILS[role])


def newest(session: Session) -> AuditEntry:
    return session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()


class TestInvite:
    def test_who_is_invited_chooses_a_password_and_signs_in(
        self, house: House, as_admin: Visitor, as_visitor: Visitor, session: Session
    ) -> None:
        folder = house.app.extensions[SERVICES].settings.mail_dir
        for path in folder.glob("*.eml"):
            path.unlink()

        page = as_admin.get("/beheer/accounts").follow("Iemand uitnodigen").fill(INVITED).submit()

        assert page.heading == "An Peeters"
        assert "uitgenodigd" in page.main
        [letter] = Folder(folder).letters()
        assert letter["To"] == INVITED["email"]
        found = search(r"http://127\.0\.0\.1:8000(/uitnodiging\S+)", str(letter.get_content()))
        assert found is not None
        as_visitor.get(found[1]).fill({"password": NEW, "again": NEW}).submit()
        answer = as_visitor.get("/aanmelden").fill({"email": INVITED["email"], "password": NEW}).submit()
        assert answer.path.startswith("/helpdesk/")
        link = session.scalars(select(MailedLink)).one()
        assert (link.expires_at - link.asked_at).days == 7
        as_visitor.get(found[1], expect=410)

    @pytest.mark.parametrize(
        ("values", "said"),
        [
            ({"roles": []}, "Kies minstens een rol."),
            ({"email": "geen adres"}, "Dit is geen e-mailadres."),
            ({"email": EMAILS[Role.JURIST].replace("voorbeeld.test", "example.org")}, ""),
            ({"name": ""}, "Vul de naam in."),
        ],
    )
    def test_what_will_not_do_is_explained_and_kept(
        self, as_admin: Visitor, session: Session, values: dict[str, object], said: str
    ) -> None:
        expect = 422 if said else 200

        page = as_admin.get("/beheer/accounts/nieuw").fill({**INVITED, **values}).submit(expect=expect)

        assert said in page.main
        if said:
            assert queries.find_user_by_email(session, str(INVITED["email"])) is None
            assert str(INVITED["email"]) in page.source or "email" in values

    def test_an_address_that_is_taken_is_told(self, as_admin: Visitor) -> None:
        as_admin.get("/beheer/accounts/nieuw").fill(INVITED).submit()

        page = as_admin.get("/beheer/accounts/nieuw").fill(INVITED).submit(expect=422)

        assert "Er is al een account" in page.main


class TestRoles:
    def test_a_change_is_noted_with_before_and_after(self, as_admin: Visitor, session: Session) -> None:
        user = user_of(session, Role.JURIST)

        page = as_admin.get(f"/beheer/accounts/{user.id}").fill({"roles": ["jurist", "coordinator"]}).submit()

        assert "De rollen zijn gewijzigd." in page.text
        entry = newest(session)
        assert (entry.act, entry.subject_id) == ("user.roles_changed", str(user.id))
        assert entry.user_id == user_of(session, Role.ADMIN).id
        assert entry.changes == {"roles": ["jurist", "coordinator,jurist"]}

    def test_one_cannot_take_one_s_own_administration(self, as_admin: Visitor, session: Session) -> None:
        """Nobody locks the house with the key inside."""
        user = user_of(session, Role.ADMIN)

        page = as_admin.get(f"/beheer/accounts/{user.id}").fill({"roles": ["jurist"]}).submit(expect=422)

        assert "Je kunt je eigen beheer niet afnemen." in page.main
        session.refresh(user)
        assert user.roles == {Role.ADMIN}

    def test_no_role_at_all_is_refused(self, as_admin: Visitor, session: Session) -> None:
        user = user_of(session, Role.JURIST)

        page = as_admin.get(f"/beheer/accounts/{user.id}").fill({"roles": []}).submit(expect=422)

        assert "Kies minstens een rol." in page.main

    def test_the_last_administrator_stays(self, session: Session) -> None:
        user = user_of(session, Role.ADMIN)

        with pytest.raises(Rejected, match="laatste beheerder"):
            actions.change_roles(session, user, [Role.JURIST], by=None, now=datetime.now(UTC))


class TestAccess:
    def act(self, as_admin: Visitor, user: User, what: str) -> str:
        page = as_admin.get(f"/beheer/accounts/{user.id}")
        return page.fill({}, action=f"/beheer/accounts/{user.id}/{what}").submit().text

    def test_closing_and_opening(self, as_admin: Visitor, as_jurist: Visitor, session: Session) -> None:
        user = user_of(session, Role.JURIST)

        said = self.act(as_admin, user, "afsluiten")

        assert "Het account is afgesloten." in said
        assert as_jurist.get("/helpdesk/adviezen").path.startswith("/aanmelden")
        assert newest(session).changes == {"is_active": [True, False]}
        self.act(as_admin, user, "openen")
        assert newest(session).changes == {"is_active": [False, True]}
        answer = as_jurist.get("/aanmelden").fill({"email": user.email, "password": PASSWORD}).submit()
        assert answer.path.startswith("/helpdesk/")

    def test_one_cannot_close_one_s_own_account(self, as_admin: Visitor, session: Session) -> None:
        user = user_of(session, Role.ADMIN)
        page = as_admin.get(f"/beheer/accounts/{user.id}")
        token = page.all("input")[0].get("value", "")

        as_admin.post(f"/beheer/accounts/{user.id}/afsluiten", {"csrf_token": token}, expect=422)

        session.refresh(user)
        assert user.is_active

    def test_sessions_are_ended(self, as_admin: Visitor, as_jurist: Visitor, session: Session) -> None:
        self.act(as_admin, user_of(session, Role.JURIST), "aanmeldingen/beeindigen")

        assert as_jurist.get("/helpdesk/adviezen").path.startswith("/aanmelden")
        assert newest(session).changes == {"open": [1, 0]}

    def test_one_s_own_present_session_is_not(self, as_admin: Visitor, session: Session) -> None:
        self.act(as_admin, user_of(session, Role.ADMIN), "aanmeldingen/beeindigen")

        assert as_admin.get("/beheer/accounts").path == "/beheer/accounts"

    def test_a_second_step_is_wiped(self, as_admin: Visitor, as_jurist: Visitor, session: Session) -> None:
        user, moment = user_of(session, Role.JURIST), datetime.now(UTC)
        session.add(TotpKey(user_id=user.id, locked_key="x", last_step=1, added_at=moment))
        user.second_factor_at = moment

        self.act(as_admin, user, "tweede-stap/wissen")

        assert session.scalars(select(User.second_factor_at).where(User.id == user.id)).one() is None
        assert as_jurist.get("/account/").path.startswith("/aanmelden")
        assert newest(session).changes == {"factors": [1, 0]}

    def test_an_account_that_does_not_exist_is_a_404(self, as_admin: Visitor) -> None:
        as_admin.get("/beheer/accounts/999999", expect=404)


class TestList:
    def test_persons_with_access_as_a_file(self, as_admin: Visitor, session: Session) -> None:
        session.execute(update(UserSession).values(last_seen_at=datetime.now(UTC)))

        answer = as_admin.fetch("/beheer/accounts.csv")

        rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
        assert rows[0][:3] == ["E-mailadres", "Naam", "Rollen"]
        assert {row[0] for row in rows[1:]} == set(EMAILS.values())
        assert "attachment" in answer.headers["Content-Disposition"]

    def test_no_cell_computes(self) -> None:
        """A name is typed by people; a spreadsheet must not run it."""
        row = AccountRow(1, "an@example.org", "=1+1", "jurist", "actief", has_second_factor=False, last_seen_at=None)

        assert b";'=1+1;" in accounts_csv([row])


class TestLog:
    def test_the_newest_entry_comes_first_in_words(self, as_admin: Visitor, session: Session) -> None:
        user = user_of(session, Role.JURIST)
        as_admin.get(f"/beheer/accounts/{user.id}").fill({"roles": ["redacteur"]}).submit()

        row = as_admin.get("/beheer/logboek").table()[1]

        assert row[2:] == [
            "Proef beheerder",
            "Rollen gewijzigd",
            "Proef jurist",
            "rollen: jurist → redacteur",
        ]

    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ("soort=proef", 3),
            ("soort=proef&record=8", 1),
            ("soort=proef&wie=2147483", 2),
            ("soort=proef&van=2026-03-02&tot=2026-03-02", 2),
            ("soort=proef&van=2026-03-03", 1),
            ("soort=pro", 0),
            ("soort=proef&van=gisteren&wie=x&pagina=-1", 3),
        ],
    )
    def test_it_is_filtered(self, as_admin: Visitor, session: Session, query: str, count: int) -> None:
        """A day is a day in Brussels: 23.30 UTC on the first of March is half past midnight on the second."""
        for subject, by, at in (
            (7, 2147483, datetime(2026, 3, 1, 23, 30, tzinfo=UTC)),
            (8, 2147483, datetime(2026, 3, 2, 22, 59, tzinfo=UTC)),
            (9, None, datetime(2026, 3, 2, 23, 0, tzinfo=UTC)),
        ):
            audit.note(session, "proef.gezien", subject_id=subject, by=by, at=at)

        page = as_admin.get(f"/beheer/logboek?{query}")

        assert (len(page.table()) - 1 if page.all("table") else 0) == count

    def test_a_long_log_has_pages(self, as_admin: Visitor, session: Session) -> None:
        for number in range(60):
            audit.note(session, "proef.gezien", subject_id=number, by=None, at=datetime.now(UTC))

        page = as_admin.get("/beheer/logboek?soort=proef").follow("Volgende")

        assert page.path.startswith("/beheer/logboek?soort=proef&pagina=2")
        assert len(page.table()) == 11


class TestCommand:
    def test_a_whole_chain_is_told_with_its_last_seal(self, house: House, session: Session) -> None:
        session.query(AuditEntry).delete()
        audit.note(session, "proef.gezien", subject_id=1, by=None, at=datetime.now(UTC))
        session.commit()

        done = house.app.test_cli_runner().invoke(args=["audit", "verify"])

        assert (done.exit_code, done.output) == (
            0,
            f"Het logboek is heel: 1 regel, laatste zegel {newest(session).seal}.\n",
        )

    def test_a_broken_one_fails_and_names_the_place(self, house: House, session: Session) -> None:
        session.query(AuditEntry).delete()
        for number in range(3):
            audit.note(session, "proef.gezien", subject_id=number, by=None, at=datetime.now(UTC))
        session.commit()
        session.execute(update(AuditEntry).where(AuditEntry.number == 2).values(subject_id="anders"))
        session.commit()

        done = house.app.test_cli_runner().invoke(args=["audit", "verify"])

        assert done.exit_code == 1
        assert "gebroken bij regel 2" in done.output
