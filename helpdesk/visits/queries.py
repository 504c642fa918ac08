"""Reading the counters."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from helpdesk.advice.models import Advice, AdviceSource, AdviceTheme
from helpdesk.core import references
from helpdesk.texts import queries as text_queries
from helpdesk.texts.models import PublishedText, TextKind, TextVersion
from helpdesk.visits.models import CountedPage, DaySalt, DayVisitors, PageVerdict, PageViews, SearchCount
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
    """A live theme page: the node it belongs to, its title and the day it was last found right, None when never."""

    node: str
    title: str
    checked_on: date | None


@dataclass(frozen=True)
class Judged:
    """How many visitors found a text useful in a period, and how many did not."""

    useful: int
    not_useful: int


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
    """Return the live theme pages by node, with the day a jurist checked them or an editor called them still right."""
    rows = session.execute(
        select(PublishedText.slug, TextVersion.title, TextVersion.reviewed_on, PublishedText.confirmed_on)
        .join(
            TextVersion,
            (TextVersion.text_id == PublishedText.id) & (TextVersion.number == PublishedText.live_number),
        )
        .where(PublishedText.kind == TextKind.THEME.value)
        .order_by(PublishedText.slug)
    ).all()
    return [
        CheckedTheme(node, title, max(filter(None, (reviewed_on, confirmed_on)), default=None))
        for node, title, reviewed_on, confirmed_on in rows
    ]


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


def advice_by_source(session: Session, first_on: date, last_on: date) -> dict[str, int]:
    """Count the advice of a period by the text or ruling of the site that stood beside it, by document id."""
    query = (
        select(AdviceSource.document_id, func.count(distinct(AdviceSource.advice_id)))
        .join(Advice, Advice.id == AdviceSource.advice_id)
        .where(Advice.given_on.between(first_on, last_on), AdviceSource.document_id.not_like(f"{references.ADVICE}/%"))
        .group_by(AdviceSource.document_id)
        .order_by(AdviceSource.document_id)
    )
    return dict(session.execute(query).all())


def views_of(session: Session, path: str, first_on: date, last_on: date) -> int:
    """Count how often one page was opened in a period, both days included."""
    query = (
        select(func.sum(PageViews.views))
        .join(CountedPage, CountedPage.id == PageViews.page_id)
        .where(CountedPage.path == path, PageViews.day.between(first_on, last_on))
    )
    return int(session.scalar(query) or 0)


def judged_between(session: Session, first_on: date, last_on: date) -> dict[str, Judged]:
    """Count what visitors found of each text in a period, by its present document id."""
    query = (
        select(PageVerdict.document_id, PageVerdict.is_useful, func.count())
        .where(PageVerdict.given_on.between(first_on, last_on))
        .group_by(PageVerdict.document_id, PageVerdict.is_useful)
        .order_by(PageVerdict.document_id)
    )
    moved = moved_documents(session)
    counts: dict[str, Judged] = {}
    for document_id, is_useful, count in session.execute(query):
        present = moved.get(document_id, document_id)
        before = counts.get(present, Judged(0, 0))
        counts[present] = Judged(before.useful + count * is_useful, before.not_useful + count * (not is_useful))
    return counts


def verdicts_on(session: Session, document_id: str, *, most: int) -> list[PageVerdict]:
    """Return what visitors said of a text in words, at its present address and those before, newest first."""
    ids = [document_id, *(old for old, present in moved_documents(session).items() if present == document_id)]
    query = select(PageVerdict).where(PageVerdict.document_id.in_(ids), PageVerdict.remark.is_not(None))
    return list(session.scalars(query.order_by(PageVerdict.given_on.desc(), PageVerdict.id.desc()).limit(most)))


def moved_documents(session: Session) -> dict[str, str]:
    """Return the present document id of each text by those it had before."""
    return {f"{kind}/{old}": f"{kind}/{new}" for (kind, old), new in text_queries.old_addresses(session).items()}
