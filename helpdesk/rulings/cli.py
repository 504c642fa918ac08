"""Commands about rulings: take them in, hand them out."""

import gzip
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import click
from flask.cli import AppGroup
from sqlalchemy.exc import IntegrityError, OperationalError

from helpdesk.core.clock import now
from helpdesk.rulings import queries
from helpdesk.rulings.actions import importing
from helpdesk.rulings.actions.importing import RecordsCount
from helpdesk.rulings.rules.records import record_of
from helpdesk.web.database import db_session
from helpdesk.web.services import services
from jurisprudence.exchange.formats import FORMATS
from jurisprudence.exchange.json_lines import read_json_lines
from jurisprudence.exchange.record import InvalidRecord, RulingRecord, UnreadableFile
from jurisprudence.exchange.sheets import read_csv

Numbered = tuple[int, RulingRecord | InvalidRecord]
READERS: dict[str, Callable[[BinaryIO], Iterator[Numbered]]] = {".jsonl": read_json_lines, ".csv": read_csv}
AT_A_TIME = 100  # records in one transaction: short enough for a site that is read and written meanwhile
MANY = 500  # changed rulings: from here on the first search afterwards would take long
MOST_REASON = 500  # characters of one line of the report

rulings = AppGroup("rulings", help="The rulings: take them in, hand them out.")


@rulings.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Report what would change, write nothing.")
def import_rulings(file: Path, *, dry_run: bool) -> None:
    """Take in rulings from JSON Lines (.jsonl, .jsonl.gz) or CSV (.csv), and publish them.

    A ruling that is known (court, number, date) is updated, one that is the same is left alone, one that is wrong is
    reported with its line and stops no other. Safe to repeat. Exit status 1 when something was refused.
    """
    run = ImportRun(file, dry_run=dry_run)
    try:
        with file.open("rb") as raw, closing(gzip.GzipFile(fileobj=raw) if file.suffix == ".gz" else raw) as stream:
            run.take_in(_reader(file)(stream), raw)  # type: ignore[arg-type]  # GzipFile reads as a BinaryIO
    except UnreadableFile as broken:
        run.refuse(broken.line, str(broken))
    except OSError as failed:
        raise click.ClickException(f"{file} kan niet gelezen worden: {failed.strerror}.") from failed
    except OperationalError as failed:
        raise click.ClickException(
            "De databank is bezet of onbereikbaar. Wat bewaard is, blijft bewaard: voer het bestand later opnieuw in."
        ) from failed
    run.tell()


@rulings.command("export")
@click.option("--format", "name", type=click.Choice(list(FORMATS)), required=True, help="The form to write.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="File to write; without it the screen.")
def export_rulings(name: str, output: Path | None) -> None:
    """Write all published rulings, by address: jsonl and csv can be taken in again."""
    held = services()
    found = queries.stream_rulings(db_session())
    records = (record_of(ruling, held.vocabulary, base_url=held.settings.base_url) for ruling in found)
    counted = _Counted(record for record in records if name != "ecli" or record.stated_ecli)
    pieces = FORMATS[name].write(counted)
    _write(pieces, output)
    click.echo(f"{counted.count} uitspraken geschreven", err=True)


class _Counted:
    """Records on their way, counted."""

    def __init__(self, records: Iterator[RulingRecord]) -> None:
        self._records = records
        self.count = 0

    def __iter__(self) -> Iterator[RulingRecord]:
        for record in self._records:
            self.count += 1
            yield record


def _write(pieces: Iterator[str], output: Path | None) -> None:
    """Write to the screen, or to a file that is replaced only when the new one is complete."""
    if output is None:
        for piece in pieces:
            click.echo(piece.encode(), nl=False)
        return
    fresh = output.with_name(f"{output.name}.new")
    try:
        with fresh.open("wb") as stream:
            for piece in pieces:
                stream.write(piece.encode())
        fresh.replace(output)
    except OSError as failed:
        raise click.ClickException(f"{output} kan niet geschreven worden: {failed.strerror}.") from failed
    finally:
        with suppress(OSError):  # there is no such folder
            fresh.unlink(missing_ok=True)


class ImportRun:
    """One file being taken in: stores a hundred records at a time, tells what is refused as it comes."""

    def __init__(self, file: Path, *, dry_run: bool) -> None:
        self.file = file
        self.dry_run = dry_run
        self.added = self.changed = self.unchanged = self.refused = 0

    def take_in(self, lines: Iterator[Numbered], raw: BinaryIO) -> None:
        """Store what the lines hold. Raises UnreadableFile when they break off, after storing what came before."""
        with click.progressbar(length=self.file.stat().st_size, label=self.file.name, file=sys.stderr) as bar:
            while True:
                batch, broken = _next_batch(lines)
                self._store(batch)
                bar.update(raw.tell() - bar.pos)
                if broken:
                    raise broken
                if not batch:
                    return

    def refuse(self, line: int, reason: str) -> None:
        """Count and tell that a line is not stored."""
        self.refused += 1
        shown = reason if len(reason) <= MOST_REASON else f"{reason[:MOST_REASON]}…"
        start = "\r\x1b[K" if sys.stderr.isatty() else ""  # over the progress bar
        click.echo(f"{start}{self.file.name}:{line}: {shown}", err=True)

    def tell(self) -> None:
        """Tell what was done. Raises SystemExit with status 1 when something was refused or nothing was there."""
        read = self.added + self.changed + self.unchanged
        counts = f"{self.added} nieuw, {self.changed} gewijzigd, {self.unchanged} ongewijzigd, {self.refused} geweigerd"
        click.echo(counts + (" (proef: er is niets bewaard)" if self.dry_run else ""))
        if not read and not self.refused:
            click.echo(f"{self.file.name}: er staat geen enkele uitspraak in dit bestand.", err=True)
        if self.added + self.changed >= MANY and not self.dry_run:
            click.echo("De zoekindex volgt bij de eerste zoekvraag, die dan lang duurt.", err=True)
            click.echo("Voer daarom nu uit: helpdesk index rebuild", err=True)
        if self.refused or not read:
            raise SystemExit(1)

    def _store(self, batch: list[Numbered]) -> None:
        records = [(number, read) for number, read in batch if isinstance(read, RulingRecord)]
        try:
            done = self._import(records)
        except IntegrityError:  # someone else stored one of them in the meantime: now it is known
            db_session().rollback()
            done = self._import(records)
        self.added += done.added
        self.changed += done.changed
        self.unchanged += done.unchanged
        broken = [(number, str(read)) for number, read in batch if isinstance(read, InvalidRecord)]
        for number, reason in sorted(broken + done.refused):
            self.refuse(number, reason)

    def _import(self, records: list[tuple[int, RulingRecord]]) -> RecordsCount:
        session = db_session()
        done = importing.import_records(session, records, services().vocabulary, now=now(), dry_run=self.dry_run)
        session.commit()
        session.expunge_all()
        return done


def _reader(file: Path) -> Callable[[BinaryIO], Iterator[Numbered]]:
    kind = Path(file.stem).suffix if file.suffix == ".gz" else file.suffix
    if kind not in READERS:
        raise click.ClickException(f"{file.name} is van een onbekende soort: geef een .jsonl, .jsonl.gz of .csv.")
    return READERS[kind]


def _next_batch(lines: Iterator[Numbered]) -> tuple[list[Numbered], UnreadableFile | None]:
    """Return the next records, none at the end, and why the file breaks off behind them when it does."""
    batch: list[Numbered] = []
    try:
        batch.extend(islice(lines, AT_A_TIME))
    except UnreadableFile as broken:
        return batch, broken
    return batch, None
