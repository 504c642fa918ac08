"""What an application holds for as long as it runs: its settings, its vocabulary, its search."""

from dataclasses import dataclass

from flask import current_app

from helpdesk.core.vocabulary import Vocabulary
from helpdesk.settings import Settings
from jurisprudence.search.engine import SearchEngine

KEY = "helpdesk"


@dataclass(frozen=True)
class Services:
    """Shared by all requests of one process; made once in create_app."""

    settings: Settings
    vocabulary: Vocabulary
    search: SearchEngine


def services() -> Services:
    """Return the services of the running application."""
    held = current_app.extensions[KEY]
    if not isinstance(held, Services):
        raise TypeError("create_app did not set the services")
    return held
