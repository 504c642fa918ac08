"""What tests may ask for. A test that names none of these has no database: using one raises.

Three speeds, marked by what a test asks for: plain (nothing), stored (`session` or a visitor; each test runs in
a savepoint on SQLite and, when HELPDESK_TEST_POSTGRES_URL is set, on PostgreSQL), browser (tests/browser/, opt-in by
`-m browser`).
"""

import gc
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest import mock

import psycopg
import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, MetaData, create_engine, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from helpdesk.accounts import actions as accounts
from helpdesk.accounts.models import User, UserSession
from helpdesk.accounts.routes import TOKEN
from helpdesk.accounts.rules import new_token, token_digest
from helpdesk.app import create_app
from helpdesk.cli import main
from helpdesk.core import outbox, pdf_writer
from helpdesk.core.outbox import OutboxEntry
from helpdesk.core.pdf_writer import PdfUnavailable
from helpdesk.core.roles import Role
from helpdesk.core.vocabulary import Vocabulary, load_vocabulary
from helpdesk.jobs import MOST_SEGMENTS
from helpdesk.search.actions import NodeIndex, applied_entry, keep_up, merge, note_applied_number
from helpdesk.search.queries import find_documents
from helpdesk.settings import PROJECT, Settings
from helpdesk.web.services import services
from tests.pageclient import Visitor

POSTGRES = "HELPDESK_TEST_POSTGRES_URL"
PASSWORD = "een lang proefwachtwoord"
EMAILS = {role: f"{role.value}@voorbeeld.test" for role in Role}


class NoDatabase(RuntimeError):
    """A plain test used the database: ask for the `session` fixture, or mark the test `stored`."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark each test by its speed and its database; leave out the browser journeys unless they are asked for."""
    for item in items:
        if "browser" in item.path.relative_to(PROJECT / "tests").parts:
            item.add_marker(pytest.mark.browser)
        elif "house" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.stored)
        params = getattr(getattr(item, "callspec", None), "params", {}).values()
        if "postgresql" in params or "postgres_url" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.postgresql)
    if "browser" not in config.option.markexpr:
        browser = [item for item in items if item.get_closest_marker("browser")]
        config.hook.pytest_deselected(items=browser)
        items[:] = [item for item in items if not item.get_closest_marker("browser")]


@pytest.fixture(autouse=True)
def _plain_tests_have_no_database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.node.get_closest_marker("stored") or request.node.get_closest_marker("browser"):
        return

    def refuse(_engine: Engine) -> None:
        raise NoDatabase

    monkeypatch.setattr(Engine, "raw_connection", refuse)


def settings_for(data_dir: Path, *, database_url: str | None = None) -> Settings:
    """Return settings for tests: the shipped content, everything else in a folder of its own."""
    return Settings(
        data_dir=data_dir,
        content_dir=PROJECT / "content",
        database_url=database_url or f"sqlite:///{data_dir / 'helpdesk.sqlite'}",
        secret_key=secrets.token_hex(),
        queue_url=f"sqlite:///{data_dir / 'queue.sqlite'}",
        security_contact="mailto:veilig@example.org",
        testing=True,
    )


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with an empty data folder; nothing has been made in it."""
    return settings_for(tmp_path)


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    """The registers and code lists of content/lijsten/."""
    return load_vocabulary(PROJECT / "content" / "lijsten")


@pytest.fixture(scope="session")
def bare_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An application without content or tables: for its addresses, commands and templates."""
    return create_app(settings_for(tmp_path_factory.mktemp("bare")))


@dataclass(frozen=True)
class House:
    """One application with the shipped content stored and indexed, and one signed-in colleague per role."""

    app: Flask
    engine: Engine
    sessions: sessionmaker[Session]
    tokens: dict[Role, str]


def _postgres_url() -> str:
    """Return the address of an emptied PostgreSQL database, or skip."""
    url = os.environ.get(POSTGRES, "").replace("postgresql://", "postgresql+psycopg://", 1)
    if not url:
        pytest.skip(f"no PostgreSQL: {POSTGRES} is not set")
    engine = create_engine(url)
    empty(engine)
    engine.dispose()
    return url


@pytest.fixture
def has_pango() -> None:
    """Skip where the system has no Pango: what prints then says so, and tests of their own look at that."""
    try:
        pdf_writer.write_pdf("<!DOCTYPE html><html lang='nl'><title>x</title><p>x</p></html>")
    except PdfUnavailable:
        pytest.skip("Pango is not installed")


@pytest.fixture
def postgres_url() -> str:
    """Return the address of the PostgreSQL database of the tests, as libpq writes it; who asks it is marked so."""
    url = os.environ.get(POSTGRES, "")
    if not url:
        pytest.skip(f"no PostgreSQL: {POSTGRES} is not set")
    return url


@pytest.fixture
def search_schema(postgres_url: str) -> Iterator[str]:
    """Return the name of a schema of PostgreSQL that does not exist yet, for an index; it is removed afterwards."""
    name = f"search_{secrets.token_hex(8)}"
    yield name
    with psycopg.connect(postgres_url, autocommit=True) as database:
        database.execute(f"DROP SCHEMA IF EXISTS {name} CASCADE")


def empty(engine: Engine) -> None:
    """Drop every table of a test database."""
    tables = MetaData()
    tables.reflect(engine)
    tables.drop_all(engine)


def _colleagues(session: Session) -> dict[Role, str]:
    """Store one account per role with an open session; return the tokens."""
    now = datetime.now(UTC)
    tokens = {}
    for role in Role:
        user = accounts.add_user(
            session, email=EMAILS[role], display_name=f"Proef {role.label}", password=PASSWORD, roles=[role], now=now
        )
        tokens[role] = new_token()
        session.add(
            UserSession(
                user_id=user.id,
                token_digest=token_digest(tokens[role]),
                started_at=now,
                expires_at=now + timedelta(days=1),
                last_seen_at=now + timedelta(hours=1),  # a test waits for no note of when it was seen
                factors=2,
            )
        )
    session.commit()
    return tokens


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The application with the shipped content, made once per database by the command that installs it."""
    url = _postgres_url() if request.param == "postgresql" else None
    app = create_app(settings_for(tmp_path_factory.mktemp(request.param), database_url=url))
    done = app.test_cli_runner().invoke(main, ["init"])
    if done.exit_code:
        pytest.fail(f"helpdesk init failed: {done.output}\n{done.exception!r}")
    with app.app_context():
        database = app.extensions["sqlalchemy"]
        with database.sessionmaker() as session:
            tokens = _colleagues(session)
        made = House(app=app, engine=database.engine, sessions=database.sessionmaker, tokens=tokens)
    gc.freeze()  # the house stays: looking through it for garbage takes a tenth of the time of all tests
    yield made
    made.engine.dispose()


@pytest.fixture
def house_app(house: House) -> Flask:
    """The application with the shipped content. For pages ask for a visitor, for the database a session."""
    return house.app


def _begin(connection: Connection) -> None:
    """Start a transaction that savepoints can live in: Python's SQLite driver starts none by itself."""
    if connection.dialect.name == "sqlite":
        connection.connection.driver_connection.isolation_level = None  # type: ignore[union-attr]
    connection.begin()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN")


@pytest.fixture
def session(house: House) -> Iterator[Session]:
    """A session in a transaction that is undone after the test; pages fetched in the test use the same one.

    An index that followed what is undone is put right at once, document by document: SQLite gives the numbers of outbox
    entries again, and building a whole library anew after every such test would take most of the time of all tests.
    """
    with house.engine.connect() as connection:
        _begin(connection)
        options = {"bind": connection, "join_transaction_mode": "create_savepoint"}
        with mock.patch.dict(house.sessions.kw, options), house.sessions() as session:
            before = outbox.last_entry(session)
            yield session
        undone = _announced(connection, after=before)
        connection.rollback()
        connection.invalidate()
    with house.app.app_context(), house.sessions() as session:
        here = NodeIndex(services().search.index, services().settings.index_dir)
        applied = applied_entry(here)
        if undone and applied is not None and applied > before:
            as_it_was = find_documents(session, undone, services().vocabulary)
            here.documents.update(list(as_it_was.values()), remove=sorted(undone - as_it_was.keys()))
            note_applied_number(here.folder, outbox.last_entry(session))
            merge(here, most_segments=MOST_SEGMENTS)
        keep_up(session, here, services().vocabulary)


def _announced(connection: Connection, *, after: int) -> set[str]:
    """Return the documents a test announced; none when its transaction is broken: then the index is built anew."""
    try:
        return set(connection.scalars(select(OutboxEntry.document_id).where(OutboxEntry.id > after)))
    except SQLAlchemyError:
        return set()


@pytest.fixture
def jurist(session: Session) -> int:
    """The id of a jurist, the one who is signed in as `as_jurist`."""
    return session.scalars(select(User.id).where(User.email == EMAILS[Role.JURIST])).one()


def _visitor(house: House, session: Session, role: Role | None = None) -> Visitor:
    client = house.app.test_client()
    if role is not None:
        with client.session_transaction() as cookie:
            cookie[TOKEN] = house.tokens[role]
    return Visitor(client, before_request=session.commit)


@pytest.fixture
def as_visitor(house: House, session: Session) -> Visitor:
    """Someone who is not signed in."""
    return _visitor(house, session)


@pytest.fixture
def as_jurist(house: House, session: Session) -> Visitor:
    """A jurist who is signed in."""
    return _visitor(house, session, Role.JURIST)


@pytest.fixture
def as_editor(house: House, session: Session) -> Visitor:
    """An editor who is signed in."""
    return _visitor(house, session, Role.EDITOR)


@pytest.fixture
def as_coordinator(house: House, session: Session) -> Visitor:
    """A coordinator who is signed in."""
    return _visitor(house, session, Role.COORDINATOR)


@pytest.fixture
def as_admin(house: House, session: Session) -> Visitor:
    """An administrator who is signed in."""
    return _visitor(house, session, Role.ADMIN)
