"""A PostgreSQL server for as long as a program measures."""

import os
import sys
from pathlib import Path

POSTGRES = "HELPDESK_TEST_POSTGRES_URL"
WITH_POSTGRES = Path(__file__).resolve().parent.parent.parent / ".ci" / "with-postgres"
_TRIED = "HELPDESK_BENCH_SERVER_TRIED"


def start_again_with_server() -> None:
    """Start this program again with a throw-away server, when none is named; without PostgreSQL it goes on without."""
    if not os.environ.get(POSTGRES) and not os.environ.get(_TRIED):
        os.environ[_TRIED] = "1"
        sys.stdout.flush()
        os.execv(WITH_POSTGRES, [str(WITH_POSTGRES), sys.executable, *sys.argv])  # noqa: S606 -- our own program
