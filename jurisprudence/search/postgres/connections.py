"""Connections to PostgreSQL: kept open for reading, one of its own for each change."""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from queue import Empty, Full, LifoQueue
from typing import Any

import psycopg

from jurisprudence.search.generations import IndexBusy, IndexDamaged

MOST_IDLE = 8
"""Connections a process keeps open when nobody asks anything."""

CONNECT_SECONDS = 3
"""How long a visitor waits for a server that does not answer, before the page says that searching is out of order."""

_SCHEMA = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_DRIVER = "postgresql+psycopg://"

Row = tuple[Any, ...]
Cursor = psycopg.Cursor[Row]


class Connections:
    """The connections of one process to one schema; shared by its threads, never with a process it forked from."""

    def __init__(self, url: str, schema: str) -> None:
        """Take an address as libpq or SQLAlchemy writes it. Raises ValueError for a name that needs quoting."""
        if not _SCHEMA.fullmatch(schema):
            raise ValueError(f"{schema!r} is no name of a schema.")
        self.schema = schema
        self._url = url.replace(_DRIVER, "postgresql://", 1)
        self._idle: LifoQueue[psycopg.Connection[Row]] = LifoQueue(MOST_IDLE)
        self._process = os.getpid()

    def rows(self, query: str, values: Sequence[object] = ()) -> list[Row]:
        """Return the rows of a query. Raises IndexDamaged when the server or the tables are not there.

        A connection that the server closed while it was idle is replaced once.
        """
        try:
            try:
                return self._rows(self._idle_one() or self._connected(), query, values)
            except (psycopg.OperationalError, psycopg.InterfaceError):
                return self._rows(self._connected(), query, values)
        except psycopg.Error as error:
            raise IndexDamaged(f"The search index in PostgreSQL cannot be read: {type(error).__name__}") from error

    @contextmanager
    def writing(self, wait_seconds: float) -> Iterator[Cursor]:
        """Give a transaction of the only writer: all of it happens, or nothing.

        Raises:
            IndexBusy: another writer is at work for too long, or the server cannot be reached or written to.
        """
        try:
            with self._connected() as connection, connection.transaction():
                cursor = connection.cursor(binary=True)
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{int(wait_seconds * 1_000)}ms"])
                cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"search index {self.schema}"])
                yield cursor
        except psycopg.OperationalError as error:
            raise IndexBusy("De zoekindex wordt net bijgewerkt of is niet bereikbaar.") from error

    def close(self) -> None:
        """Close the connections that nobody uses."""
        while (connection := self._idle_one()) is not None:
            connection.close()

    def _rows(self, connection: psycopg.Connection[Row], query: str, values: Sequence[object]) -> list[Row]:
        """Ask on a connection and keep it open afterwards; one on which something failed is closed."""
        try:
            found = connection.execute(query, values, prepare=True, binary=True).fetchall()
        except psycopg.Error:
            connection.close()
            raise
        try:
            self._idle.put_nowait(connection)
        except Full:
            connection.close()
        return found

    def _idle_one(self) -> psycopg.Connection[Row] | None:
        if self._process != os.getpid():  # they belong to the process that forked this one
            self._idle, self._process = LifoQueue(MOST_IDLE), os.getpid()
        with suppress(Empty):
            return self._idle.get_nowait()
        return None

    def _connected(self) -> psycopg.Connection[Row]:
        # plans are simple and many: compiling them costs more than running them
        options = f"-c search_path={self.schema} -c jit=off"
        return psycopg.connect(self._url, autocommit=True, options=options, connect_timeout=CONNECT_SECONDS)
