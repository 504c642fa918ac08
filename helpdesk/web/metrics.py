"""Counters of the web server for Prometheus: how many requests, how long, per route; never an address or a question.

With several worker processes each writes its counts to a file in the data folder, and the page adds them up.
"""

import os
import shutil
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, g, request

from helpdesk.settings import Settings

KEY = "helpdesk.metrics"
SHARED = "PROMETHEUS_MULTIPROC_DIR"  # the library looks for this when it is loaded
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
LOOPBACK = frozenset({"127.0.0.1", "::1"})
FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP")


@dataclass(frozen=True)
class Metrics:
    """What is counted in this process, and the library that counts it."""

    library: Any
    registry: Any
    requests: Any
    seconds: Any


def init_metrics(app: Flask, settings: Settings) -> None:
    """Count every request of the application."""
    if settings.workers > 1:
        os.environ[SHARED] = str(_folder_of_this_server(settings.data_dir / "metrics"))
    library = import_module("prometheus_client")
    registry = library.CollectorRegistry()
    app.extensions[KEY] = Metrics(
        library=library,
        registry=registry,
        requests=library.Counter(
            "helpdesk_requests", "Requests answered.", ["route", "method", "status"], registry=registry
        ),
        seconds=library.Histogram(
            "helpdesk_request_seconds", "Seconds to answer.", ["route"], buckets=SECONDS, registry=registry
        ),
    )
    app.before_request(_start)
    app.after_request(_count)


def _folder_of_this_server(folder: Path) -> Path:
    """Return an empty folder for the counts of this process and its workers; those of processes that are gone go."""
    folder.mkdir(exist_ok=True)
    for other in folder.iterdir():
        if other.name == str(os.getpid()) or not _is_running(int(other.name)):
            shutil.rmtree(other, ignore_errors=True)
    own = folder / str(os.getpid())
    own.mkdir()
    return own


def _is_running(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def is_asked_on_this_machine() -> bool:
    """Tell whether this request comes straight from this machine, not through a proxy on it."""
    return request.remote_addr in LOOPBACK and not any(name in request.headers for name in FORWARDED)


def exposition(gauges: Mapping[str, tuple[str, float]]) -> tuple[bytes, str]:
    """Return the counts of all processes and these gauges (name to help and value), and their media type."""
    metrics = _metrics()
    library, registry = metrics.library, metrics.registry
    if SHARED in os.environ:
        registry = library.CollectorRegistry()
        import_module("prometheus_client.multiprocess").MultiProcessCollector(registry)
    now = library.CollectorRegistry()
    now.register(_Gauges(library, gauges))
    return library.generate_latest(registry) + library.generate_latest(now), library.CONTENT_TYPE_LATEST


class _Gauges:
    """Values that are read when someone asks, not kept."""

    def __init__(self, library: Any, gauges: Mapping[str, tuple[str, float]]) -> None:  # noqa: ANN401 - loaded late
        self._family = library.metrics_core.GaugeMetricFamily
        self._gauges = gauges

    def collect(self) -> Iterable[object]:
        """Give each gauge."""
        return (self._family(name, text, value=value) for name, (text, value) in self._gauges.items())


def _metrics() -> Metrics:
    held = current_app.extensions[KEY]
    if not isinstance(held, Metrics):
        raise TypeError("init_metrics did not set the metrics")
    return held


def _start() -> None:
    g.metrics_started = time.perf_counter()


def _count(response: Response) -> Response:
    route = request.endpoint or "-"
    metrics = _metrics()
    metrics.requests.labels(route, request.method, response.status_code).inc()
    metrics.seconds.labels(route).observe(time.perf_counter() - g.get("metrics_started", time.perf_counter()))
    return response
