"""Structured logs: one line per request, never a question, a form or an address of a visitor."""

import logging
import secrets
import sys
import time

import structlog
from flask import Flask, Response, g, request

log = structlog.get_logger()


def configure_logs(*, testing: bool) -> None:
    """Write one JSON object a line to standard error; in tests nothing is printed below a warning."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING if testing else logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=not testing,
    )


def init_logs(app: Flask) -> None:
    """Number each request and log its route, status and duration."""
    app.before_request(_start)
    app.after_request(_finish)


def _start() -> None:
    g.request_id = secrets.token_hex(6)
    g.started = time.perf_counter()


def _finish(response: Response) -> Response:
    log.info(
        "request",
        request=g.get("request_id"),
        route=request.endpoint or "-",
        method=request.method,
        status=response.status_code,
        milliseconds=round((time.perf_counter() - g.get("started", time.perf_counter())) * 1_000, 1),
    )
    return response
