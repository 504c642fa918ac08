"""The session of the database for pages: the only module that knows Flask-SQLAlchemy-Lite."""

import sqlite3
from collections.abc import Mapping
from inspect import iscoroutinefunction
from typing import Any

from flask import Flask
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from helpdesk.settings import Settings

BUSY_TIMEOUT_MS = 1_500  # a writer that waits longer would hold a thread: the visitor gets a clear message instead

_database = SQLAlchemy()


def init_database(app: Flask, settings: Settings) -> None:
    """Bind the application to the database of the settings."""
    app.config["SQLALCHEMY_ENGINES"] = {"default": engine_options(settings.database_url)}
    _database.init_app(app)
    # we have no asynchronous sessions; looking for them would start an event loop after every request, a millisecond
    app.teardown_appcontext_funcs[:] = [ends for ends in app.teardown_appcontext_funcs if not iscoroutinefunction(ends)]
    with app.app_context():
        is_sqlite = _database.engine.dialect.name == "sqlite"
        event.listen(_database.engine, "connect", prepare_sqlite if is_sqlite else prepare_postgresql)


def engine_options(url: str) -> Mapping[str, Any]:
    """Return the options of an engine on this address, for SQLAlchemy's create_engine."""
    common = {"url": url, "hide_parameters": True}  # an error message must not quote what someone typed
    if url.startswith("sqlite"):
        return {**common, "connect_args": {"timeout": BUSY_TIMEOUT_MS / 1_000}}
    return {**common, "pool_pre_ping": True}


def prepare_sqlite(connection: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
    """Make SQLite keep its promises: foreign keys, and the rollback journal, synced.

    The rollback journal and not WAL: SQLite before 3.51.3 can damage a WAL database when two processes write and
    checkpoint at once.
    """
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA journal_mode = DELETE")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()


def prepare_postgresql(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    """Do without compiled plans: our questions take a millisecond, and compiling one tens of milliseconds.

    Until the server has counted a freshly filled table it takes small questions for dear ones, and compiles them.
    """
    cursor = connection.cursor()
    cursor.execute("SET jit = off")
    cursor.close()
    connection.commit()  # undone otherwise, when what runs first is rolled back


def db_session() -> Session:
    """Return the database session of this request or command."""
    return _database.session


def database_engine() -> Engine:
    """Return the engine of this application, for migrations."""
    return _database.engine
