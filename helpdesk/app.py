"""Put the application together: settings, database, search, blueprints; nothing else."""

from datetime import timedelta

from flask import Flask
from flask_wtf.csrf import CSRFProtect
from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from helpdesk.accounts import routes as accounts_routes
from helpdesk.activities import routes as activities_routes
from helpdesk.advice import routes as advice_routes
from helpdesk.aftercare import routes as aftercare_routes
from helpdesk.alerts import cli as alerts_cli
from helpdesk.alerts import routes as alerts_routes
from helpdesk.amounts import routes as amounts_routes
from helpdesk.api import routes as api_routes
from helpdesk.core.vocabulary import load_vocabulary
from helpdesk.explorer import routes as explorer_routes
from helpdesk.figures import cli as figures_cli
from helpdesk.figures import routes as figures_routes
from helpdesk.links import routes as links_routes
from helpdesk.newsletters import cli as newsletters_cli
from helpdesk.newsletters import routes as newsletters_routes
from helpdesk.operations import cli as operations_cli
from helpdesk.operations import routes as operations_routes
from helpdesk.pathways import routes as pathways_routes
from helpdesk.persons import cli as persons_cli
from helpdesk.persons import routes as persons_routes
from helpdesk.publications import cli as publications_cli
from helpdesk.publications import routes as publications_routes
from helpdesk.radar import routes as radar_routes
from helpdesk.references import routes as references_routes
from helpdesk.retention import routes as retention_routes
from helpdesk.ruling_editor import routes as ruling_editor_routes
from helpdesk.rulings import cli as rulings_cli
from helpdesk.rulings import routes as rulings_routes
from helpdesk.search import cli as search_cli
from helpdesk.search import routes as search_routes
from helpdesk.second_factor import cli as second_factor_cli
from helpdesk.second_factor import routes as second_factor_routes
from helpdesk.settings import PROJECT, Settings, read_settings
from helpdesk.single_sign_on import routes as single_sign_on_routes
from helpdesk.staff import cli as staff_cli
from helpdesk.staff import routes as staff_routes
from helpdesk.text_editor import routes as text_editor_routes
from helpdesk.texts import cli as texts_cli
from helpdesk.texts import routes as texts_routes
from helpdesk.visits import routes as visits_routes
from helpdesk.web import (
    audiences,
    database,
    errors,
    filters,
    headers,
    incoming,
    logs,
    metrics,
    rate_limits,
    services,
    shell,
    transaction,
)
from jurisprudence.search.engine import SearchEngine
from jurisprudence.search.named import DEFAULT_COURTS
from jurisprudence.search.postgres.index import PostgresIndex

FEATURES = (
    "accounts",
    "second_factor",
    "single_sign_on",
    "staff",
    "texts",
    "amounts",
    "pathways",
    "links",
    "rulings",
    "ruling_editor",
    "text_editor",
    "references",
    "search",
    "advice",
    "aftercare",
    "activities",
    "alerts",
    "newsletters",
    "visits",
    "persons",
    "retention",
    "publications",
    "radar",
    "figures",
    "explorer",
)
ROUTES = (
    accounts_routes,
    second_factor_routes,
    single_sign_on_routes,
    staff_routes,
    texts_routes,
    amounts_routes,
    pathways_routes,
    links_routes,
    rulings_routes,
    ruling_editor_routes,
    text_editor_routes,
    references_routes,
    search_routes,
    advice_routes,
    aftercare_routes,
    activities_routes,
    alerts_routes,
    newsletters_routes,
    visits_routes,
    persons_routes,
    retention_routes,
    publications_routes,
    radar_routes,
    figures_routes,
    explorer_routes,
    operations_routes,
    api_routes,
)  # register on import
COMMANDS = (
    second_factor_cli.users,
    staff_cli.log,
    texts_cli.content,
    rulings_cli.rulings,
    search_cli.index,
    figures_cli.figures,
    operations_cli.backup,
    operations_cli.restore,
    operations_cli.doctor,
    alerts_cli.alerts,
    persons_cli.persons,
    newsletters_cli.newsletter,
    publications_cli.publications,
)
MOST_BODY_BYTES = 1_000_000
MOST_SECONDS_OF_A_QUESTION = 1.0
STATIC = PROJECT / "helpdesk" / "web" / "static"
A_YEAR = 31_536_000


def create_app(settings: Settings | None = None) -> Flask:
    """Return the application of these settings, by default those of the environment."""
    settings = settings or read_settings()
    logs.configure_logs(testing=settings.testing)
    app = Flask("helpdesk", static_folder=None, template_folder=None)
    _configure(app, settings)
    vocabulary = load_vocabulary(settings.content_dir / "lijsten")
    search = SearchEngine(
        PostgresIndex(settings.search_url) if settings.search_url else settings.index_dir,
        thesaurus=vocabulary.thesaurus,
        leads=vocabulary.leads,
        laws=vocabulary.law_names,
        courts={**DEFAULT_COURTS, **vocabulary.court_names},
        seconds=MOST_SECONDS_OF_A_QUESTION,
    )
    app.extensions[services.KEY] = services.Services(settings=settings, vocabulary=vocabulary, search=search)
    logs.init_logs(app)
    metrics.init_metrics(app, settings)
    headers.init_headers(app, settings)
    incoming.init_incoming(app)
    rate_limits.init_rate_limits(app, settings)
    database.init_database(app, settings)
    advice_routes.init_drafts(app)
    csrf = CSRFProtect(app)
    csrf.exempt(api_routes.read_references)  # it changes nothing, and programs have no form
    csrf.exempt(alerts_routes.leave_alerts)  # a mail program posts for its reader (RFC 8058); the link is the proof
    csrf.exempt(visits_routes.count_view)  # it adds to a counter on behalf of nobody
    csrf.exempt(visits_routes.judge_page)  # so does this, for a visitor without a cookie; the page carries the proof
    csrf.exempt(newsletters_routes.leave)  # a mail program asks it (RFC 8058); the link itself is the proof
    csrf.exempt(operations_routes.report_violation)  # a browser reports by itself; it writes a line in the log
    accounts_routes.init_accounts(app)
    transaction.init_transaction(app)
    errors.init_errors(app)
    search_routes.init_not_found(app)
    filters.init_filters(app)
    shell.init_shell(app)
    visits_routes.init_visits(app)
    audiences.init_audiences(app)
    for command in COMMANDS:
        app.cli.add_command(command)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_key,
        TESTING=settings.testing,
        MAX_CONTENT_LENGTH=MOST_BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=MOST_BODY_BYTES,
        SESSION_COOKIE_NAME="__Host-helpdesk" if settings.is_https else "helpdesk",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.session_hours),
        WTF_CSRF_TIME_LIMIT=None,  # a form stays good as long as its session, so nobody loses an hour of typing
    )
    folders = [PROJECT / "helpdesk" / name / "templates" for name in ("web", *FEATURES)]
    app.jinja_loader = ChoiceLoader([FileSystemLoader(folder) for folder in folders])
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=STATIC,
        prefix="static/",
        max_age=A_YEAR if not settings.testing else 0,
        allow_all_origins=False,
        add_headers_function=headers.protect_file(settings),
    )
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies, x_proto=1, x_host=1)  # type: ignore[method-assign]
