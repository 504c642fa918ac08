"""Counters of the public pages: how often, never by whom.

No address is stored. A visitor is known for one day as a digest under a salt that is deleted when the day is over;
from then on nobody, we neither, can compute it again. What visitors say of a page is kept the same way.
"""

from datetime import date

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.core.db import Base


class CountedPage(Base):
    """A path that was opened at least once; its number keeps the counters small."""

    __tablename__ = "counted_page"

    id: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(String(300), unique=True)


class PageViews(Base):
    """How often one page was opened on one Brussels day."""

    __tablename__ = "page_views"

    page_id: Mapped[int] = mapped_column(ForeignKey("counted_page.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    views: Mapped[int]

    __table_args__ = (Index("ix_page_views_day", "day", "page_id", "views"), {"sqlite_with_rowid": False})


class DayVisitors(Base):
    """How many visitors one Brussels day had. Days must not be added: who comes back would count again."""

    __tablename__ = "day_visitors"

    day: Mapped[date] = mapped_column(primary_key=True)
    visitors: Mapped[int]


class DaySalt(Base):
    """The random salt of one day; the row is deleted when the day is over."""

    __tablename__ = "day_salt"

    day: Mapped[date] = mapped_column(primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary(32))


class SeenVisitor(Base):
    """A visitor already counted today; deleted together with the salt."""

    __tablename__ = "seen_visitor"

    day: Mapped[date] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)


class SearchCount(Base):
    """How often some words were searched in a month. Rare words are deleted when the month is over."""

    __tablename__ = "search_count"
    personal_data = frozenset({"words"})

    month_on: Mapped[date] = mapped_column(primary_key=True)  # its first day
    words: Mapped[str] = mapped_column(String(100), primary_key=True)
    searches: Mapped[int]
    without_result: Mapped[int]


class PageVerdict(Base):
    """Whether a visitor found a version of a text useful, and perhaps why; remarks are emptied after a year."""

    __tablename__ = "page_verdict"
    personal_data = frozenset({"remark"})

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[str] = mapped_column(String(300))
    version: Mapped[int]
    given_on: Mapped[date] = mapped_column(index=True)
    is_useful: Mapped[bool]
    remark: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (Index("ix_page_verdict_document_id", "document_id", "given_on"),)


class VerdictGiven(Base):
    """A visitor who judged a page today; deleted together with the salt. Each page has digests of its own."""

    __tablename__ = "verdict_given"

    day: Mapped[date] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
