"""What tests of the editor's screens need: two editors, and texts that pass the rules."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.accounts import actions as accounts
from helpdesk.accounts.models import User, UserSession
from helpdesk.accounts.routes import TOKEN
from helpdesk.accounts.rules import new_token, token_digest
from helpdesk.core.audit import AuditEntry
from helpdesk.core.roles import Role
from tests.conftest import PASSWORD, House
from tests.pageclient import Visitor

TERM_BODY = "Dit is de uitleg van een begrip (art. 7 Vw.). Lees [BGV](lexicon:bgv)."


def term_values(**other: Any) -> dict[str, Any]:  # noqa: ANN401 - any field of the form
    """Return a complete form of a lexicon term."""
    return {
        "title": "Proefbegrip",
        "summary": "Een woord om mee te proberen.",
        "themes": ["bgv"],
        "stand_of_law": "2026-11-25",
        "sources": "art. 7 Vw.",
        "body": TERM_BODY,
        **other,
    }


def add_editor(session: Session, *, roles: list[Role], name: str = "Proef eindredacteur") -> tuple[int, str]:
    """Store one more colleague with an open session; return the id and the token."""
    now = datetime.now(UTC)
    email = f"{name.replace(' ', '.').lower()}@voorbeeld.test"
    user = accounts.add_user(session, email=email, display_name=name, password=PASSWORD, roles=roles, now=now)
    token = new_token()
    session.add(
        UserSession(
            user_id=user.id, token_digest=token_digest(token), started_at=now, expires_at=now + timedelta(days=1)
        )
    )
    session.commit()
    return user.id, token


def visitor_of(house: House, session: Session, token: str) -> Visitor:
    """Return a visitor who is signed in with a token."""
    client = house.app.test_client()
    with client.session_transaction() as cookie:
        cookie[TOKEN] = token
    return Visitor(client, before_request=session.commit)


def id_of(session: Session, email: str) -> int:
    """Return the id of a colleague."""
    return session.scalars(select(User.id).where(User.email == email)).one()


def acts(session: Session, subject: str) -> list[str]:
    """Return what was noted of a text, in order."""
    query = select(AuditEntry.act).where(AuditEntry.subject_id == subject).order_by(AuditEntry.id)
    return list(session.scalars(query))
