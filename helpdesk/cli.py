"""`helpdesk …`: the commands of the house, with those of each feature."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import click
from flask import current_app
from flask.cli import FlaskGroup, ScriptInfo, with_appcontext
from sqlalchemy.exc import OperationalError

from helpdesk.advice import actions as advice
from helpdesk.app import create_app
from helpdesk.core import migrate
from helpdesk.core.clock import now
from helpdesk.core.errors import ContentBroken
from helpdesk.core.mail import Folder
from helpdesk.dev import demo as demo_data
from helpdesk.jobs import open_queue, run_jobs
from helpdesk.operations.actions import StillServing, in_use
from helpdesk.search import actions as search
from helpdesk.search.cli import node_index, questions_file
from helpdesk.settings import SettingRefused, Settings, read_settings
from helpdesk.texts import actions as texts
from helpdesk.texts.cli import import_folder
from helpdesk.web.database import database_engine, db_session
from helpdesk.web.server import WebServer, has_sockets, is_free, run_together
from helpdesk.web.services import services

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class HouseGroup(FlaskGroup):
    """The commands of the house; what cannot start says why, also when help is asked."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands. Raises ClickException when the settings or the lists are broken."""
        ctx.ensure_object(ScriptInfo).load_app()
        return super().list_commands(ctx)


def _app() -> object:
    try:
        return create_app(read_settings())
    except SettingRefused as refused:
        raise click.ClickException(str(refused)) from refused
    except ContentBroken as broken:
        raise _broken_lists(broken) from broken


def _broken_lists(broken: ContentBroken) -> click.ClickException:
    for problem in broken.problems:
        click.echo(str(problem), err=True)
    return click.ClickException(f"{broken.how_many} in de lijsten; er is niets gedaan.")


@click.group(cls=HouseGroup, create_app=_app, add_default_commands=False, add_version_option=False)
def main() -> None:
    """Legal helpdesk and case-law search on immigration law and international family law."""


@main.command("init")
@with_appcontext
def init() -> None:
    """Create or upgrade the database, import content/ and bring the index up to date. Safe to repeat."""
    _init()


@main.command("demo")
@with_appcontext
def demo() -> None:
    """Do what init does and add demo accounts and a demo year of advice (2019), marked as demo. Safe to repeat."""
    _demo()


@main.command("outbox")
@with_appcontext
def outbox() -> None:
    """Show the mails that were written to the data folder because no mail server is set, the oldest first."""
    for letter in Folder(services().settings.mail_dir).letters():
        click.echo(f"{letter['Date']}\tAan: {letter['To']}\t{letter['Subject']}")
        body = letter.get_body(("plain",))
        click.echo(f"{body.get_content() if body is not None else ''}\n")


@main.command("serve")
@click.option("--with-worker", is_flag=True, help="Run the job runner beside the web server.")
@click.option("--demo", "with_demo", is_flag=True, help="First do what the command demo does.")
@with_appcontext
def serve(*, with_worker: bool, with_demo: bool) -> None:
    """Serve the site until stopped; Ctrl-C stops web server and job runner cleanly."""
    settings = services().settings
    if with_worker:
        _check_queue(settings)
    if with_demo:
        _demo()
    if not has_sockets() and not is_free(settings):
        raise click.ClickException(
            f"{settings.host}:{settings.port} is al in gebruik. Stop het andere programma of kies een andere poort: "
            "HELPDESK_PORT=8001."
        )
    _check_database()
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's documented way
    tasks = [lambda: WebServer(app, settings).run()]
    if with_worker:
        tasks.append(lambda: run_jobs(app, settings))
    db_session().close()
    database_engine().dispose()  # no connection is shared with the processes to come
    with _using(settings):
        raise SystemExit(run_together(tasks))


@main.command("worker")
@click.option("--this-node", is_flag=True, help="Only keep the index of this node up to date: for a second web node.")
@with_appcontext
def worker(*, this_node: bool) -> None:
    """Run the job runner until stopped. One runs for the whole house; further nodes run theirs with --this-node."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's documented way
    _check_queue(services().settings)
    with _using(services().settings):
        run_jobs(app, services().settings, of_node_only=this_node)


@contextmanager
def _using(settings: Settings) -> Iterator[None]:
    """Use the data folder, unless a backup is being put back into it."""
    try:
        with in_use(settings.data_dir):
            yield
    except StillServing as busy:
        raise click.ClickException("Er wordt net een reservekopie teruggezet. Wacht tot dat klaar is.") from busy


def _check_database() -> None:
    """Refuse to serve an empty database; one that does not answer may come back while we serve."""
    with suppress(OperationalError), database_engine().connect() as connection:
        if migrate.applied(connection) is None:
            raise click.ClickException("De databank is nog leeg. Voer eerst helpdesk init uit.")


def _check_queue(settings: Settings) -> None:
    """Refuse a queue that is not built in before anything else is started."""
    try:
        open_queue(settings)
    except SettingRefused as refused:
        raise click.ClickException(str(refused)) from refused


def _demo() -> None:
    settings = services().settings
    if settings.is_https or settings.host not in LOOPBACK:
        raise click.ClickException(
            "De demo maakt accounts met een wachtwoord dat iedereen kent. Ze kan alleen op je eigen computer: "
            "laat HELPDESK_HOST en HELPDESK_BASE_URL weg."
        )
    _init()
    accounts = demo_data.add_demo_accounts(db_session(), now())
    db_session().commit()
    jurists = demo_data.demo_jurists(db_session())
    count = demo_data.load_demo_year(db_session(), services().vocabulary, recorded_by=jurists, now=now())
    db_session().commit()
    advice.keep_all_up(db_session(), services().settings.own_advice_dir, services().vocabulary)
    click.echo(f"Demojaar 2019: {count} adviezen toegevoegd." if count else "Het demojaar 2019 stond er al.")
    activities = demo_data.load_demo_activities(db_session(), services().vocabulary, recorded_by=jurists[0], now=now())
    db_session().commit()
    if activities:
        click.echo(f"Demojaar 2019: {activities} vormingen en begeleidingen toegevoegd.")
    click.echo("\nDemo, niet voor echt gebruik: de adviezen van 2019 zijn verzonnen en beginnen met [DEMO]. Accounts:")
    for account in accounts:
        click.echo(f"  {account.email:26} {account.password:26} {', '.join(role.label for role in account.roles)}")
    click.echo()


def _init() -> None:
    engine = database_engine()
    before, after = migrate.upgrade(engine)
    click.echo(f"Databank: {after}" + (f" (was {before})" if before != after else ""))
    held = services()
    follows_new_lists = False
    if texts.is_as_imported(db_session(), held.settings.content_dir, held.vocabulary):
        click.echo("Inhoud: ongewijzigd")
    else:
        follows_new_lists = import_folder().follows_new_lists
    if follows_new_lists or search.applied_entry(node_index()) is None:
        search.rebuild(db_session(), node_index(), held.vocabulary)  # a site that runs still knows the old lists
    search.keep_up(db_session(), node_index(), held.vocabulary)
    if follows_new_lists or search.find_quality(node_index()) is None:
        search.measure_quality(held.search, node_index(), questions_file(), now=now())
    click.echo(f"Zoekindex: {held.search.index.document_count()} documenten")
