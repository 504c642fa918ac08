"""How large a year of 3.17 million page views is on disk, and how long its reports take, on SQLite.

Run with `make bench`. 1 300 pages are opened every day of the year: more than the site has, so the worst a year can be.
Our claim: under 25 MB with its indexes, and any report under 300 ms.
"""

import random
import sqlite3
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import create_engine, insert
from sqlalchemy.orm import Session

from helpdesk.core import migrate
from helpdesk.visits import queries
from helpdesk.visits.models import CountedPage, DayVisitors, PageViews

PAGES, VIEWS = 1_300, 3_170_000
FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)
LIMIT_MB, LIMIT_MS = 25, 300


def main() -> None:
    """Print the size and a line per report."""
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{Path(folder) / 'visits.sqlite'}")
        migrate.upgrade(engine)
        before = _size(folder)
        with Session(engine) as session:
            _fill(session)
            session.commit()
            megabytes = (_size(folder) - before) / 1_000_000
            print(f"{PAGES * 365} rows, {VIEWS} views: {megabytes:.1f} MB")
            reports: dict[str, Callable[[], object]] = {
                "views of a year": lambda: queries.views_between(session, FIRST, LAST),
                "visitors a day": lambda: queries.visitors_a_day(session, FIRST, LAST),
                "top pages of a year": lambda: queries.top_pages(session, FIRST, LAST, limit=50),
            }
            slowest = max(_report(name, report) for name, report in reports.items())
        engine.dispose()
    if megabytes > LIMIT_MB or slowest > LIMIT_MS:
        raise SystemExit(f"Over the limit: {megabytes:.1f} MB, {slowest:.0f} ms")


def _fill(session: Session) -> None:
    rng = random.Random(1)  # noqa: S311 - repeatable, not secret
    session.execute(
        insert(CountedPage),
        [{"id": number, "path": f"/themas/een-pad-zoals-er-vele-zijn/{number}"} for number in range(1, PAGES + 1)],
    )
    each = VIEWS / (PAGES * 365)
    for number in range(365):
        day = FIRST + timedelta(days=number)
        views = [
            {"page_id": page, "day": day, "views": 1 + int(rng.expovariate(1 / each))} for page in range(1, PAGES + 1)
        ]
        session.execute(insert(PageViews), views)
        session.execute(insert(DayVisitors), [{"day": day, "visitors": 1_200}])


def _report(name: str, report: Callable[[], object]) -> float:
    times = []
    for _ in range(5):
        started = time.perf_counter()
        report()
        times.append((time.perf_counter() - started) * 1_000)
    print(f"{name:30} {sorted(times)[2]:8.1f} ms")
    return sorted(times)[2]


def _size(folder: str) -> int:
    with sqlite3.connect(Path(folder) / "visits.sqlite") as connection:
        pages, each = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    return int(pages * each)


if __name__ == "__main__":
    main()
