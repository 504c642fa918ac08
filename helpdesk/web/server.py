"""Serving on one machine: gunicorn around the application, and the processes that live and stop together."""

import contextlib
import ctypes
import multiprocessing
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess

import click
import structlog
from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from helpdesk.settings import Settings

STOP_SECONDS = 10
THREADS = 4
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PR_SET_PDEATHSIG = 1  # Linux: send this signal when the parent ends

log = structlog.get_logger()


class DiscreetLogger(Logger):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn's messages without their arguments: those quote addresses of visitors and what they sent."""

    def warning(self, msg: str, *_args: object, **_options: object) -> None:
        """Log what happened."""
        log.warning("web_server", what=msg)

    def error(self, msg: str, *_args: object, **_options: object) -> None:
        """Log what went wrong."""
        log.error("web_server", what=msg)

    exception = error


class WebServer(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn with the application that was made before it forks its workers."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self.flask_app = app
        self.options = {
            "bind": f"{settings.host}:{settings.port}",
            "workers": settings.workers,
            "threads": THREADS,
            "worker_class": "gthread",
            "graceful_timeout": STOP_SECONDS,
            "loglevel": "warning",
            "proc_name": "helpdesk",
            "control_socket_disable": True,
            "logger_class": DiscreetLogger,
            "when_ready": lambda _server: announce(settings),
        }
        _take_sockets()
        super().__init__()

    def load_config(self) -> None:
        """Hand gunicorn its settings; those it does not know (an older release) are left out."""
        for name, value in self.options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Flask:
        """Return the application."""
        return self.flask_app


def has_sockets() -> bool:
    """Tell whether systemd listens for us: its sockets stay open while the site restarts, so nobody is refused."""
    return os.environ.get("LISTEN_PID") == str(os.getpid()) and os.environ.get("LISTEN_FDS", "0") != "0"


def _take_sockets() -> None:
    """Let this process use the sockets that systemd opened for its parent, the command."""
    if os.environ.get("LISTEN_PID") == str(os.getppid()):
        os.environ["LISTEN_PID"] = str(os.getpid())


def announce(settings: Settings) -> None:
    """Tell where the site can be visited, once it can."""
    click.echo(f"De site staat op http://{settings.host}:{settings.port}/ (Ctrl-C stopt alles).", err=True)


def is_free(settings: Settings) -> bool:
    """Tell whether the address of the settings can be used."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError:
            return False
    return True


def run_together(tasks: Sequence[Callable[[], object]]) -> int:
    """Run each task in a process of its own until one ends or we are told to stop; then stop all.

    Returns the exit status of the process that ended by itself, 0 when we were told to stop.
    """
    fork = multiprocessing.get_context("fork")
    processes = [fork.Process(target=_run, args=(task,)) for task in tasks]
    with _stopping() as told_to_stop:
        for process in processes:
            process.start()
        while not told_to_stop and all(process.is_alive() for process in processes):
            wait([process.sentinel for process in processes], timeout=0.5)
        ended = next((process for process in processes if not process.is_alive()), None)
        status = 0 if told_to_stop or ended is None else abs(ended.exitcode or 0)
        for process in processes:
            _stop(process)
    return status


def _run(task: Callable[[], object]) -> None:
    """Run a task as the child it is: signals mean what they usually mean, and it does not outlive its parent."""
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    task()


def _stop(process: BaseProcess) -> None:
    process.terminate()
    process.join(STOP_SECONDS + 2)
    if process.is_alive():
        process.kill()
        process.join()


@contextlib.contextmanager
def _stopping() -> Iterator[list[int]]:
    """Collect the signals that ask us to stop; the children set their own answers to them."""
    received: list[int] = []
    before = {
        number: signal.signal(number, lambda received_number, _frame: received.append(received_number))
        for number in STOP_SIGNALS
    }
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
