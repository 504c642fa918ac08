"""The beacon of the public pages, and what editors see of it."""

import threading
import time
from datetime import date, timedelta
from multiprocessing.util import Finalize

from flask import Flask, current_app, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from helpdesk.accounts.routes import signed_in
from helpdesk.advice.queries import traces_confirmed
from helpdesk.advice.rules import sees_all_codes
from helpdesk.core.clock import brussels_date, now
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.visits import actions, queries, rules
from helpdesk.visits.pages import KnowledgePage, VisitsPage
from helpdesk.visits.rules import Batch
from helpdesk.web.audiences import editing, public
from helpdesk.web.counting import SEAL_CHARACTERS, is_sealed
from helpdesk.web.database import db_session
from helpdesk.web.services import services
from helpdesk.web.views import show

KEY = "helpdesk.visits"
FLUSH_SECONDS = 10  # what a crash loses at most
FLUSH_ROWS = 200
MOST_TOP = 50
PERIOD_DAYS = 365


class Counting:
    """The counts of one process until they are stored; threads share it."""

    def __init__(self, *, flush_seconds: float) -> None:
        self.flush_seconds = flush_seconds
        self._lock = threading.Lock()
        self._batch = Batch()
        self._stored_at = time.monotonic()
        self._at_end: Finalize | None = None

    def store_rest_of(self, app: Flask) -> None:
        """Store what is left when this process ends, whether or not multiprocessing started it."""
        if self._at_end is None:
            self._at_end = Finalize(None, _store_rest, args=(app, self), exitpriority=0)

    def add(self, day: date, path: str, *, visitor: bytes | None, words: str | None, found: bool) -> None:
        """Count one view, and when words are given one search."""
        with self._lock:
            self._batch.views[day, path] += 1
            if visitor is not None:
                self._batch.seen.add((day, visitor))
            if words is not None:
                month_on = rules.first_of_month(day)
                self._batch.searches[month_on, words] += 1
                self._batch.without_result[month_on, words] += not found

    def due(self) -> Batch | None:
        """Return what is to be stored now and begin anew; None when it can wait."""
        with self._lock:
            waited = time.monotonic() - self._stored_at
            if not self._batch.size or (waited < self.flush_seconds and self._batch.size < FLUSH_ROWS):
                return None
            return self._take()

    def rest(self) -> Batch:
        """Return all that is not stored yet and begin anew."""
        with self._lock:
            return self._take()

    def _take(self) -> Batch:
        batch, self._batch, self._stored_at = self._batch, Batch(), time.monotonic()
        return batch


def init_visits(app: Flask) -> None:
    """Let this process count."""
    app.extensions[KEY] = Counting(flush_seconds=0 if app.testing else FLUSH_SECONDS)


def _store_rest(app: Flask, counting: Counting) -> None:
    batch = counting.rest()
    if batch.size:
        with app.app_context():
            actions.store(db_session(), batch)
            db_session().commit()


@public.post("/telling")
def count_view() -> ResponseReturnValue:
    """Count one view of a public page: not of robots, not of colleagues, nothing of who it was.

    The answer is always the same and empty; a path without the seal of its page is not counted.
    """
    path = _sealed_path(request.form.get("pad", ""))
    if path is None or current_user.is_authenticated or not rules.is_person(request.headers):
        return "", 204
    counting: Counting = current_app.extensions[KEY]
    day = brussels_date(now())
    visitor = None
    if rules.may_be_recognised(request.headers):
        agent = request.headers.get("User-Agent", "")
        visitor = rules.visitor_digest(actions.salt_of(db_session(), day), request.remote_addr or "", agent)
    words = rules.search_words(request.form.get("zoek", "")) if path == "/zoeken" else None
    counting.add(day, path, visitor=visitor, words=words, found=request.form.get("gevonden") != "0")
    counting.store_rest_of(current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's way
    batch = counting.due()
    if batch is not None:
        actions.store(db_session(), batch)
    return "", 204


def _sealed_path(told: str) -> str | None:
    """Return the path of a page that exists and that we handed out; None of anything else."""
    seal, path = told[:SEAL_CHARACTERS], told[SEAL_CHARACTERS:]
    if len(path) > rules.MOST_PATH or not is_sealed(path, seal, secret=services().settings.secret_key):
        return None
    return path


@editing.get("/bezoek")
def show_visits() -> ResponseReturnValue:
    """Show editors how often the pages are opened, what is searched and what is not found."""
    last = brussels_date(now())
    first = last - timedelta(days=PERIOD_DAYS - 1)
    session = db_session()
    return show(
        VisitsPage(
            first_on=first,
            last_on=last,
            views=queries.views_between(session, first, last),
            visitors_a_day=queries.visitors_a_day(session, first, last),
            pages=queries.top_pages(session, first, last, limit=MOST_TOP),
            searches=queries.top_searches(session, first, last, limit=MOST_TOP),
            not_found=queries.top_searches(session, first, last, limit=MOST_TOP, without_result=True),
        )
    )


@editing.get("/kennislus")
def show_knowledge() -> ResponseReturnValue:
    """Show per theme page what deserves work next."""
    vocabulary: Vocabulary = services().vocabulary
    today, session = brussels_date(now()), db_session()
    first = today - timedelta(days=PERIOD_DAYS - 1)
    return show(
        KnowledgePage.of(
            queries.checked_themes(session),
            advice=queries.advice_by_node(session, first, today),
            answered=queries.advice_by_node(session, first, today, with_our_pages=True),
            views=queries.top_pages(session, first, today, limit=rules.MOST_PAGES, under="/themas/"),
            searches=queries.top_searches(session, first, today, limit=rules.MOST_PAGES, without_result=True),
            confirmed=traces_confirmed(session, first_on=first, last_on=today) if _is_coordinator() else None,
            vocabulary=vocabulary,
            today=today,
        )
    )


def _is_coordinator() -> bool:
    return sees_all_codes(signed_in().roles)
