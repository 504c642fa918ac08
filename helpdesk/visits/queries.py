"""Reading the counters."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.advice.models import Advice, AdviceSource, AdviceTheme
from helpdesk.core import references
from helpdesk.texts.models import PublishedText, TextKind, TextVersion
from helpdesk.visits.models import CountedPage, DaySalt, DayVisitors, PageViews, SearchCount
from helpdesk.visits.rules import LEAST_SHOWN, first_of_month


@dataclass(frozen=True)
class PathCount:
    """How often a page was opened in a period."""

    path: str
    views: int


@dataclass(frozen=True)
class WordsCount:
    """How often some words were searched in a period, and how often that found nothing."""

    words: str
    searches: int
    without_result: int


@dataclass(frozen=True)
class CheckedTheme:
    """A live theme page: the node it belongs to, its title and the day it was last checked, None when never."""

    node: str
    title: str
    reviewed_on: date | None


def find_salt(session: Session, day: date) -> bytes | None:
    """Return the salt of a day, None when there is none."""
    return session.scalar(select(DaySalt.salt).where(DaySalt.day == day))


def views_between(session: Session, first_on: date, last_on: date) -> int:
    """Count the page views of a period, both days included."""
    query = select(func.sum(PageViews.views)).where(PageViews.day.between(first_on, last_on))
    return int(session.scalar(query) or 0)


def visitors_a_day(session: Session, first_on: date, last_on: date) -> int | None:
    """Return how many visitors a counted day had on average, rounded; None without a counted day.

    The days are never added: who comes back the next day would count twice.
    """
    query = select(func.avg(DayVisitors.visitors)).where(DayVisitors.day.between(first_on, last_on))
    average = session.scalar(query)
    return None if average is None else round(float(average))


def top_pages(session: Session, first_on: date, last_on: date, *, limit: int, under: str = "") -> list[PathCount]:
    """Return the pages that were opened most in a period, the most first; `under` limits to paths that begin so."""
    in_period = PageViews.day.between(first_on, last_on)
    added = func.sum(PageViews.views).label("views")
    counted = select(PageViews.page_id, added).where(in_period).group_by(PageViews.page_id).subquery()
    query = (
        select(CountedPage.path, counted.c.views)
        .join(counted, counted.c.page_id == CountedPage.id)
        .where(CountedPage.path.startswith(under, autoescape=True))
        .order_by(counted.c.views.desc(), CountedPage.path)
        .limit(limit)
    )
    return [PathCount(path, int(n)) for path, n in session.execute(query).all()]


def top_searches(
    session: Session, first_on: date, last_on: date, *, limit: int, without_result: bool = False
) -> list[WordsCount]:
    """Return what was searched most in the months a period touches, from five times on."""
    searches, failed = func.sum(SearchCount.searches), func.sum(SearchCount.without_result)
    wanted = failed if without_result else searches
    query = (
        select(SearchCount.words, searches, failed)
        .where(SearchCount.month_on.between(first_of_month(first_on), last_on))
        .group_by(SearchCount.words)
        .having(wanted >= LEAST_SHOWN)
        .order_by(wanted.desc(), SearchCount.words)
        .limit(limit)
    )
    return [WordsCount(words, int(n), int(none)) for words, n, none in session.execute(query).all()]


def checked_themes(session: Session) -> list[CheckedTheme]:
    """Return the live theme pages with the day they were last checked, by node."""
    rows = session.execute(
        select(PublishedText.slug, TextVersion.title, TextVersion.reviewed_on)
        .join(
            TextVersion,
            (TextVersion.text_id == PublishedText.id) & (TextVersion.number == PublishedText.live_number),
        )
        .where(PublishedText.kind == TextKind.THEME.value)
        .order_by(PublishedText.slug)
    ).all()
    return [CheckedTheme(node, title, reviewed_on) for node, title, reviewed_on in rows]


def advice_by_node(session: Session, first_on: date, last_on: date, *, with_our_pages: bool = False) -> dict[str, int]:
    """Count the advice of a period by the node of the taxonomy it is about; an advice counts once for each node.

    `with_our_pages`: only what was answered with a text or ruling of the site beside it.
    """
    query = (
        select(AdviceTheme.node, func.count())
        .join(Advice, Advice.id == AdviceTheme.advice_id)
        .where(Advice.given_on.between(first_on, last_on))
        .group_by(AdviceTheme.node)
        .order_by(AdviceTheme.node)
    )
    if with_our_pages:
        of_ours = AdviceSource.document_id.not_like(f"{references.ADVICE}/%")
        query = query.where(Advice.id.in_(select(AdviceSource.advice_id).where(of_ours)))
    return dict(session.execute(query).all())
