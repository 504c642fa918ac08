"""Commands of the one who keeps the house running: backup, restore, doctor."""

import shutil
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from helpdesk.advice import actions as advice
from helpdesk.core import erasures
from helpdesk.core.clock import now
from helpdesk.core.erasures import Entry
from helpdesk.core.errors import Rejected
from helpdesk.newsletters import actions as newsletters
from helpdesk.operations import actions, queries
from helpdesk.operations.actions import StillServing
from helpdesk.operations.rules import BackupUnreadable, Manifest, State
from helpdesk.persons import actions as persons
from helpdesk.retention import actions as retention
from helpdesk.retention import rules as retention_rules
from helpdesk.search import actions as search
from helpdesk.search.cli import node_index
from helpdesk.settings import Settings
from helpdesk.web.database import database_engine, db_session
from helpdesk.web.services import services

MARKS = {State.GOOD: "in orde", State.MIND: "let op ", State.BAD: "FOUT   "}


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--secrets",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write the secret key, to this file: keep it apart from the backup.",
)
@click.option("--check", is_flag=True, help="Read an existing backup whole and compare it with its manifest.")
@with_appcontext
def backup(file: Path, secrets: Path | None, *, check: bool) -> None:
    """Write database and uploads to FILE while the site serves. The file appears whole or not at all."""
    settings = services().settings
    try:
        if check:
            click.echo(f"De reservekopie is heel: {_size(actions.check_backup(file))}.")
            return
        manifest = actions.write_backup(database_engine(), settings.uploads_dir, file, now=now())
        actions.note_backup(settings.data_dir, manifest)
        if secrets is not None:
            actions.write_secret(settings.secret_key, secrets)
    except BackupUnreadable as broken:
        raise click.ClickException(str(broken)) from broken
    except OSError as failed:
        raise click.ClickException(f"De reservekopie is niet gemaakt: {failed.strerror or failed}.") from failed
    click.echo(f"Reservekopie {file}: {_size(manifest)}.")
    if secrets is not None:
        click.echo(f"Geheime sleutel {secrets}: bewaar haar apart van de reservekopie.")


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--secrets",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Also put this secret key back, so that nobody has to sign in again.",
)
@with_appcontext
def restore(file: Path, secrets: Path | None) -> None:
    """Put the backup FILE in place of what is there, remove again what had to be forgotten, and make the index anew.

    Who was erased after the backup was made is erased again, after the ledger in the data folder.

    The site and the job runner must be stopped. On SQLite the database of before stays, as `….before-<moment>`.
    """
    settings = services().settings
    try:
        with actions.in_use(settings.data_dir, alone=True):
            ledger = _ledger(settings)
            keys = [settings.secret_key]
            manifest = actions.restore(file, database_engine(), settings.uploads_dir, room=settings.data_dir, now=now())
            if secrets is not None:
                shutil.copyfile(secrets, settings.data_dir / "secret_key")
                (settings.data_dir / "secret_key").chmod(actions.OWNER_ONLY)
                keys.append(secrets.read_text(encoding="utf-8").strip())
            click.echo(f"Teruggezet van {manifest.made_at}: {_size(manifest)}.")
            _forget_again(settings, ledger, keys)
            _hold_mail()
            _index_again(settings)
    except StillServing as busy:
        raise click.ClickException(
            "De site of de taakuitvoerder loopt nog. Stop ze eerst, en probeer opnieuw."
        ) from busy
    except (BackupUnreadable, Rejected) as refused:
        raise click.ClickException(str(refused)) from refused
    except OSError as failed:
        raise click.ClickException(
            f"Het terugzetten brak af: {failed.strerror or failed}. Maak plaats en voer het opnieuw uit."
        ) from failed


@click.command("doctor")
@with_appcontext
def doctor() -> None:
    """Examine this node: database, index, disk, mail, jobs, clock, rights, secret; exit status 1 when one is broken."""
    settings = services().settings
    findings = queries.examine(db_session(), settings, node_index(), services().vocabulary, now=now())
    for finding in findings:
        click.echo(f"{MARKS[finding.state]}  {finding.subject:14} {finding.words}")
    click.echo("\nInstellingen:")
    for name, value in queries.settings_in_force(settings):
        click.echo(f"  HELPDESK_{name} = {value}")
    if any(finding.state is State.BAD for finding in findings):
        raise SystemExit(1)


def _size(manifest: Manifest) -> str:
    return f"{len(manifest.tables)} tabellen, {manifest.rows} rijen, {manifest.uploads} bestanden"


def _ledger(settings: Settings) -> list[Entry]:
    """Return who was erased, after the file beside the database and, while it can still be read, the database."""
    found = set(erasures.read_ledger(settings.data_dir / erasures.LEDGER))
    try:
        found.update(erasures.entries(db_session()))
    except SQLAlchemyError:
        click.echo("De databank van voordien is niet te lezen: enkel het bestand met wissingen telt.", err=True)
    db_session().close()
    return sorted(found)


def _forget_again(settings: Settings, ledger: Iterable[Entry], keys: Sequence[str]) -> None:
    """Remove what should have been forgotten since the backup was made: a backup must not bring it back."""
    session, moment = db_session(), now()
    count = persons.erase_again(session, ledger, keys=keys, now=moment)
    session.commit()
    erasures.keep_ledger(session, settings.data_dir / erasures.LEDGER)
    scope = retention.Scope(settings.advice_text_months, settings.mail_dir)
    names = {
        period.key: period.what for period in retention_rules.periods(advice_text_months=settings.advice_text_months)
    }
    removed: Counter[str] = Counter()
    for job in retention.JOBS:
        removed.update(retention.remove(session, job, scope, now=moment))
        session.commit()
    click.echo(f"Opnieuw gewist: {count} personen.")
    click.echo(f"Opnieuw verwijderd na de bewaartermijn: {sum(removed.values())}.")
    for key, rows in sorted(removed.items()):
        if rows:
            click.echo(f"  {rows} × {names[key]}")


def _hold_mail() -> None:
    """Let no newsletter leave by itself that may have left after the backup was made."""
    held = newsletters.hold_after_restore(db_session(), now=now())
    db_session().commit()
    if held:
        click.echo(
            f"Nieuwsbrieven die wachtten of vertrokken: {held}. Kijk na wat al vertrok voor je ze verder verstuurt."
        )


def _index_again(settings: Settings) -> None:
    shutil.rmtree(settings.own_advice_dir, ignore_errors=True)
    count = search.rebuild(db_session(), node_index(), services().vocabulary)
    advice.keep_all_up(db_session(), settings.own_advice_dir, services().vocabulary)
    click.echo(f"Index: {count} documenten.")
