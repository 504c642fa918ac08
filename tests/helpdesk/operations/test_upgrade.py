"""An upgrade loses nothing: databases as earlier releases left them, and a row in every table before each migration."""

import gzip
import json
import os
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from flask import Flask
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    create_engine,
    inspect,
    select,
)
from sqlalchemy.types import TypeEngine

from helpdesk.app import create_app
from helpdesk.cli import main
from helpdesk.core import migrate
from helpdesk.core.frontmatter import checksum
from helpdesk.operations import actions, rules
from helpdesk.settings import PROJECT
from helpdesk.web.database import database_engine, engine_options
from tests.conftest import PASSWORD, POSTGRES, settings_for
from tests.helpdesk.advice.examples import advice_form_values
from tests.pageclient import Visitor

pytestmark = pytest.mark.stored

RELEASES = sorted((Path(__file__).parent / "releases").glob("*.sql.gz"))
STEPS = [script.revision for script in migrate.scripts().walk_revisions()][::-1]
DATABASE = "helpdesk_upgrade"
THEMES_KEPT = 6  # as in releases/fill.py: theme pages are most of the library
NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
GONE = {("0007_references", "ruling_mention")}  # derived from the texts; the graph of references took its place
DERIVED = {  # from texts and rulings, read and rendered again with the lists of the new release
    "library_state",
    "reference",
    "reference_source",
    "ruling_identifier",
}
FOLLOWS_A_FILE = {  # columns that an import fills
    "text": {"content_path", "live_number", "imported_checksum"},
    "text_version": {"html", "plain", "contents"},
}

MOVED, WITHDRAWN = "rvv-2022-02-28-269-084", "ehrm-2014-07-08-29179-13"
PUBLIC_PAGES = (
    "/",
    "/themas",
    "/nieuws",
    "/nieuws/cassatie-overmacht-ocmw-steun",
    "/lexicon/bgv",
    "/lexicon/bgv?versie=1",
    "/over",
    "/rechtspraak",
    "/rechtspraak/rvv-2022-03-14-269-999",
    "/rechtspraak/rvv-2022-02-28-269-083",
    "/wetgeving/vw/40ter",
    "/zoeken?q=bevel om het grondgebied te verlaten",
)
NEW_ADVICE = "/helpdesk/adviezen/nieuw"
DESK_PAGES = {  # what was entered stands there, by words that only those who entered it wrote
    "/helpdesk/adviezen": "Mag de partner werken",
    "/helpdesk/adviezen/10344": "Verkeerde regio.",
    "/helpdesk/adviezen/ontwerpen": "Mag de partner werken",
    "/helpdesk/wacht-op-mij": "advies 10344 van",
    "/helpdesk/voorkeuren": "Bel gerust terug.",
    "/helpdesk/vormingen?jaar=2026": "Basis verblijfsrecht",
    "/helpdesk/begeleidingen?jaar=2026": "Lerend netwerk ziekenhuizen",
    "/helpdesk/cijfers?van=2019-01-01&tot=2019-12-31": "40 adviezen",
    "/helpdesk/cijfers/verkennen": "Kanalen",
    "/helpdesk/cijfers/jaarverslag/2019": "Kwaliteitskader vernieuwd",
}

Row = Mapping[str, object]
Stored = Mapping[str, Sequence[Row]]


def postgres_database(name: str) -> Iterator[str]:
    """Give the address of an empty database of its own on the PostgreSQL of the tests, dropped afterwards."""
    server = os.environ.get(POSTGRES, "")
    if not server:
        pytest.skip(f"no PostgreSQL: {POSTGRES} is not set")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
    yield urlsplit(server)._replace(scheme="postgresql+psycopg", path=f"/{name}").geturl()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'helpdesk.sqlite'}"
    else:
        yield from postgres_database(DATABASE)


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """An engine on it."""
    engine = create_engine(**engine_options(url))
    yield engine
    engine.dispose()


def tables_of(engine: Engine) -> list[Table]:
    """Return the tables of a database, those that are pointed at first."""
    found = MetaData()
    found.reflect(engine)
    for column in (column for table in found.tables.values() for column in table.columns):
        if isinstance(column.type, JSON):
            column.type.none_as_null = True
    return [table for table in found.sorted_tables if rules.is_kept(table.name)]


def stored(engine: Engine) -> Stored:
    """Return every row of every table, its values fit to be compared."""
    with engine.connect() as connection:
        return {
            table.name: [
                {name: _comparable(value) for name, value in row.items()}
                for row in connection.execute(select(table)).mappings()
            ]
            for table in tables_of(engine)
        }


def as_they_stand(engine: Engine) -> Stored:
    """Return every row of every table as the driver gives it: quick, to be compared within one database only."""
    with engine.connect() as connection:
        return {
            name: [dict(row) for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"').mappings()]  # noqa: S608
            for name in inspect(connection).get_table_names()
            if rules.is_kept(name)
        }


def _comparable(value: object) -> object:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)
    if isinstance(value, memoryview):
        return bytes(value)
    return json.dumps(value, sort_keys=True) if isinstance(value, list | dict) else value


def lost(before: Stored, after: Stored, *, but: Mapping[str, set[str]] | None = None) -> list[str]:
    """Return the rows of before that are not there after with the same values in the columns that both have.

    `but` names the columns of a table that may change.
    """
    found = []
    for table, rows in before.items():
        kept = after.get(table)
        if kept is None:
            found.append(f"{table}: gone")
            continue
        columns = sorted((rows[0].keys() if rows else set()) - (but or {}).get(table, set()))
        if kept and (missing := set(columns) - kept[0].keys()):
            found.append(f"{table}: without {sorted(missing)}")
            continue
        left = Counter(_values(row, columns) for row in rows) - Counter(_values(row, columns) for row in kept)
        found += [f"{table}: {dict(zip(columns, values, strict=True))}" for values in left.elements()]
    return found


def _values(row: Row, columns: Sequence[str]) -> tuple[object, ...]:
    values = (row[column] for column in columns)
    return tuple(str(value) if isinstance(value, list | dict) else value for value in values)


@dataclass(frozen=True)
class Release:
    """The database a release left, as a SQLite file with an engine on it."""

    file: Path
    revision: str
    engine: Engine

    def put_in(self, url: str) -> None:
        """Put it in an empty database of any kind, without upgrading it."""
        if url.startswith("sqlite"):
            shutil.copyfile(self.file, url.removeprefix("sqlite:///"))
            return
        target = create_engine(url)
        migrate.upgrade(target, to=self.revision)
        source = {table.name: table for table in tables_of(self.engine)}
        with self.engine.connect() as old, target.begin() as new:
            for table in tables_of(target):
                columns = [column.name for column in source[table.name].columns]
                types = {column.name: column.type for column in table.columns}
                lines = [rules.write_row(row) for row in old.execute(select(source[table.name]))]
                new.execute(table.insert(), [rules.read_row(line, columns, types) for line in lines])
        target.dispose()


@pytest.fixture(params=RELEASES, ids=lambda path: path.name.partition(".")[0])
def release(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Release]:
    """A database filled by an earlier release."""
    file = tmp_path / "release.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(gzip.decompress(request.param.read_bytes()).decode())
    engine = create_engine(f"sqlite:///{file}")
    yield Release(file, request.param.name.partition(".")[0], engine)
    engine.dispose()


class TestRelease:
    def test_it_holds_a_row_in_every_table(self, release: Release) -> None:
        """Else its upgrade proves nothing about that table."""
        assert [table for table, rows in stored(release.engine).items() if not rows] == []

    def test_each_migration_keeps_every_row(self, release: Release, url: str, engine: Engine) -> None:
        release.put_in(url)
        assert lost(stored(release.engine), stored(engine)) == []
        before = as_they_stand(engine)

        for step in STEPS[STEPS.index(release.revision) + 1 :]:
            migrate.upgrade(engine, to=step)
            assert lost(before, as_they_stand(engine)) == [], step

        with engine.connect() as connection:
            assert migrate.applied(connection) == migrate.newest()

    def test_going_back_keeps_every_row(self, release: Release, url: str, engine: Engine) -> None:
        """A release that fails in its first minute goes back without a backup."""
        release.put_in(url)
        before = as_they_stand(engine)
        migrate.upgrade(engine)

        migrate.downgrade(engine, to=release.revision)

        assert as_they_stand(engine).keys() == before.keys()
        assert lost(before, as_they_stand(engine)) == []


class TestInstallation:
    """What a user does: `helpdesk init` on the database of the release before, and go on working."""

    @pytest.fixture
    def before(self, release: Release, url: str) -> Stored:
        """What the release left, put in the database: on PostgreSQL by a restore, which also moves the numbering."""
        if url.startswith("sqlite"):
            release.put_in(url)
        else:
            file = release.file.with_name("kopie.tar.gz")
            actions.write_backup(release.engine, Path("nothing handed in"), file, now=NOW)
            target = create_engine(url)
            actions.restore(file, target, release.file.with_name("uploads"), room=release.file.parent, now=NOW)
            target.dispose()
        return stored(release.engine)

    @pytest.fixture
    def app(self, before: Stored, url: str, tmp_path: Path) -> Iterator[Flask]:
        """The site of now on that database, after `helpdesk init`."""
        assert before
        content = tmp_path / "content"
        shutil.copytree(PROJECT / "content", content)
        for page in sorted((content / "themas").rglob("*.md"))[THEMES_KEPT:]:
            page.unlink()
        shutil.rmtree(content / "publicaties")  # they are put together from those pages
        settings = settings_for(tmp_path, database_url=url)
        app = create_app(replace(settings, content_dir=content))
        done = app.test_cli_runner().invoke(main, ["init"])
        assert done.exit_code == 0, done.output
        yield app
        with app.app_context():
            database_engine().dispose()

    def test_what_people_entered_is_there_and_the_site_serves(self, app: Flask, before: Stored, engine: Engine) -> None:
        assert lost(entered(before), stored(engine), but=FOLLOWS_A_FILE) == []

        done = app.test_cli_runner().invoke(main, ["doctor"])
        wrong = [line for line in done.output.splitlines() if line.startswith("FOUT")]
        # a machine whose clock is behind the day the release was filled is told so, and rightly
        assert [line for line in wrong if "klok" not in line] == []

        reader, jurist = Visitor(app.test_client()), Visitor(app.test_client())
        for path in PUBLIC_PAGES:
            reader.get(path)
        assert "Vernietigd door de Raad van State." in reader.get(f"/rechtspraak/{WITHDRAWN}", expect=410).main
        assert "Beter gezegd." in reader.get(f"/rechtspraak/{MOVED}").main
        signing_in = {"email": "jurist@voorbeeld.test", "password": PASSWORD}
        jurist.get("/aanmelden").fill(signing_in).submit()
        for path, words in DESK_PAGES.items():
            assert words in jurist.get(path).main, path
        jurist.get(NEW_ADVICE).fill(advice_form_values(question="Na de upgrade?")).submit("Bewaren")
        assert "Na de upgrade?" in jurist.get("/helpdesk/adviezen").main


def entered(before: Stored) -> Stored:
    """Return the rows no import may touch: all but what is derived, and rulings that still are as their file was."""
    as_their_file = {
        row["id"]
        for row in before["ruling"]
        if row["imported_checksum"] == checksum(str(row["content_source"])) and row["withdrawn_reason"] is None
    }
    rulings = {table: "ruling_id" for table in before if table.startswith("ruling_")} | {"ruling": "id"}
    mine = {
        table: [row for row in rows if table not in rulings or row.get(rulings[table]) not in as_their_file]
        for table, rows in before.items()
        if table not in DERIVED
    }
    mine["ruling_treatment"] = [row for row in mine["ruling_treatment"] if row["content_slug"] is None]
    return mine


ROWS = 2
EXAMPLES: Mapping[type[TypeEngine[Any]], Callable[[int], object]] = {  # the first that fits
    JSON: lambda number: [f"w{number}"],
    Boolean: lambda _number: True,
    DateTime: lambda number: NOW + timedelta(hours=number),
    Date: lambda number: date(2026, 1, 1 + number),
    Integer: lambda number: 1 + number,
    LargeBinary: lambda number: bytes([number]),
    String: lambda number: f"w{number}",
}


def an_example(column: Column[object], number: int, *, parents: int) -> object:
    """Return a value a column takes, another for each number; `parents` counts columns that point at the same table."""
    if column.foreign_keys:
        return _key(next(iter(column.foreign_keys)).column, (number + parents) % ROWS)
    return _key(column, number)


def _key(column: Column[object], number: int) -> object:
    return next(make(number) for kind, make in EXAMPLES.items() if isinstance(column.type, kind))


def fill_every_table(engine: Engine) -> None:
    """Put rows in every table in place of what is there, no column left empty."""
    tables = tables_of(engine)
    with engine.begin() as connection:
        for table in reversed(tables):
            connection.execute(table.delete())
        for table in tables:
            for number in range(ROWS):
                seen: Counter[str] = Counter()
                row = {}
                for column in table.columns:
                    pointed = next((key.column.table.name for key in column.foreign_keys), "")
                    row[column.name] = an_example(column, number, parents=seen[pointed])
                    seen[pointed] += bool(pointed)
                connection.execute(table.insert(), row)


class TestEveryMigration:
    def test_with_a_row_in_every_table_none_is_lost(self, engine: Engine) -> None:
        """Up, back and up again, from the first migration on; all columns filled."""
        for before, step in zip([None, *STEPS], STEPS, strict=False):
            fill_every_table(engine)
            there = as_they_stand(engine)
            gone = {table for revision, table in GONE if revision == step}
            kept = {table: rows for table, rows in there.items() if table not in gone}
            assert all(there.values())

            migrate.upgrade(engine, to=step)
            assert lost(kept, as_they_stand(engine)) == [], f"up to {step}"
            migrate.downgrade(engine, to=before or "base")
            assert lost(kept, as_they_stand(engine)) == [], f"back from {step}"
            migrate.upgrade(engine, to=step)
