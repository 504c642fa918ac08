"""Put the application together: settings, database, search, blueprints; nothing else."""

from datetime import timedelta

from flask import Flask
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from helpdesk import cli
from helpdesk.accounts import cli as accounts_cli, routes as accounts_routes
from helpdesk.advice import routes as advice_routes
from helpdesk.core.vocabulary import load_vocabulary
from helpdesk.figures import cli as figures_cli, routes as figures_routes
from helpdesk.rulings import cli as rulings_cli, routes as rulings_routes
from helpdesk.search import cli as search_cli, routes as search_routes
from helpdesk.settings import PROJECT, Settings, read_settings
from helpdesk.texts import cli as texts_cli, routes as texts_routes
from helpdesk.web import audiences, database, errors, filters, headers, logs, services, shell, transaction
from jurisprudence.search.engine import SearchEngine
