"""Storing the counters in batches, and forgetting who came; never commits."""

import secrets
from datetime import date

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from helpdesk.core.db import Base
from helpdesk.visits import queries
from helpdesk.visits.models import CountedPage, DaySalt, DayVisitors, PageViews, SearchCount, SeenVisitor
from helpdesk.visits.rules import LEAST_SHOWN, MOST_PAGES, MOST_WORDS_A_MONTH, SALT_BYTES, Batch, first_of_month


def salt_of(session: Session, day: date) -> bytes:
    """Return the salt of today, made at random when it is the first time it is asked; the days before are forgotten."""
    salt = queries.find_salt(session, day)
    if salt is None:
        forget_visitors(session, before=day)
        # two processes may be first at once: the one that comes second takes the salt that is there
        session.execute(
            _insert(session, DaySalt).values(day=day, salt=secrets.token_bytes(SALT_BYTES)).on_conflict_do_nothing()
        )
        salt = queries.find_salt(session, day)
    if salt is None:
        raise LookupError("the salt of today was not stored")
    return salt


def forget_visitors(session: Session, *, before: date) -> int:
    """Delete the salts and digests of the days before, so that nobody can be recognised any more; return how many."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("PRAGMA secure_delete = ON"))  # overwritten, not only marked as free
    session.execute(delete(DaySalt).where(DaySalt.day < before))
    return len(session.execute(delete(SeenVisitor).where(SeenVisitor.day < before).returning(SeenVisitor.day)).all())


def forget_rare_searches(session: Session, *, today: date) -> int:
    """Delete words of the months before that were searched fewer than five times; return how many."""
    rare = SearchCount.month_on < first_of_month(today), SearchCount.searches < LEAST_SHOWN
    return len(session.execute(delete(SearchCount).where(*rare).returning(SearchCount.words)).all())


def forget_empty_pages(session: Session) -> int:
    """Delete the paths that hold no views, so that the table has place for pages that are read; return how many."""
    is_read = select(PageViews.page_id).where(PageViews.page_id == CountedPage.id).exists()
    return len(session.execute(delete(CountedPage).where(~is_read).returning(CountedPage.id)).all())


def store(session: Session, batch: Batch) -> None:
    """Add a batch to the counters: an upsert per page and day, per visitor not seen yet, per words and month."""
    pages = _pages(session, {path for _, path in batch.views})
    for (day, path), views in sorted(batch.views.items()):
        if path in pages:
            added = _insert(session, PageViews).values(page_id=pages[path], day=day, views=views)
            session.execute(
                added.on_conflict_do_update(
                    index_elements=["page_id", "day"], set_={"views": PageViews.views + added.excluded.views}
                )
            )
    for day in sorted({day for day, _ in batch.seen}):
        _store_visitors(session, day, {digest for of, digest in batch.seen if of == day})
    room = {
        month_on: _searches_that_fit(session, month_on) for month_on in {month_on for month_on, _ in batch.searches}
    }
    for (month_on, words), searches in sorted(batch.searches.items()):
        if session.get(SearchCount, (month_on, words)) is None:
            room[month_on] -= 1
            if room[month_on] < 0:
                continue
        failed = batch.without_result[month_on, words]
        counted = _insert(session, SearchCount).values(
            month_on=month_on, words=words, searches=searches, without_result=failed
        )
        session.execute(
            counted.on_conflict_do_update(
                index_elements=["month_on", "words"],
                set_={
                    "searches": SearchCount.searches + counted.excluded.searches,
                    "without_result": SearchCount.without_result + counted.excluded.without_result,
                },
            )
        )


def _searches_that_fit(session: Session, month_on: date) -> int:
    """Return how many searches not seen before a month still takes."""
    held = session.scalar(select(func.count()).select_from(SearchCount).where(SearchCount.month_on == month_on)) or 0
    return MOST_WORDS_A_MONTH - held


def _pages(session: Session, paths: set[str]) -> dict[str, int]:
    """Return the number of each path; a path that is new gets one, unless there are too many already."""
    if not paths:
        return {}
    known = select(CountedPage.path, CountedPage.id).where(CountedPage.path.in_(paths))
    known = known.with_for_update(read=True, key_share=True)  # the nightly job deletes none until this is stored
    found = dict(session.execute(known).all())
    fresh = sorted(paths - set(found))
    if fresh and (session.scalar(select(func.count()).select_from(CountedPage)) or 0) + len(fresh) <= MOST_PAGES:
        session.execute(
            _insert(session, CountedPage).values([{"path": path} for path in fresh]).on_conflict_do_nothing()
        )
        found = dict(session.execute(known).all())
    return found


def _store_visitors(session: Session, day: date, digests: set[bytes]) -> None:
    if queries.find_salt(session, day) is None:
        return  # the day is over and its salt is gone: nobody of it is known any more
    rows = [{"day": day, "digest": digest} for digest in sorted(digests)]
    fresh = _insert(session, SeenVisitor).values(rows).on_conflict_do_nothing().returning(SeenVisitor.day)
    visitors = len(session.execute(fresh).all())
    if visitors:
        added = _insert(session, DayVisitors).values(day=day, visitors=visitors)
        session.execute(
            added.on_conflict_do_update(
                index_elements=["day"], set_={"visitors": DayVisitors.visitors + added.excluded.visitors}
            )
        )


def _insert(session: Session, table: type[Base]) -> sqlite.Insert | postgresql.Insert:
    """Return an insert that knows conflicts; both databases speak the same words for it."""
    of_postgres = session.get_bind().dialect.name == "postgresql"
    return postgresql.insert(table) if of_postgres else sqlite.insert(table)
