"""What the pages about visits hand to their templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from helpdesk.core.markup import fold
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.visits.queries import CheckedTheme, PathCount, WordsCount
from helpdesk.visits.rules import LEAST_SHOWN
from helpdesk.web.filters import number
from helpdesk.web.views import PageBase

TOO_FEW = "minder dan 5"  # editors read no advice: few pieces of it could point at a person
NEVER_CHECKED_DAYS = 730  # a page that was never checked weighs as one of two years ago


@dataclass(frozen=True, kw_only=True)
class VisitsPage(PageBase):
    """How often the pages were opened in a year up to today, and what was searched."""

    template: ClassVar[str] = "visits/visits.html"

    first_on: date
    last_on: date
    views: int
    visitors_a_day: int | None
    pages: Sequence[PathCount]
    searches: Sequence[WordsCount]
    not_found: Sequence[WordsCount]
    title: str = "Bezoek"
    may_be_indexed: bool = False

    @property
    def in_words(self) -> str:
        """The two numbers with their nouns."""
        views = "1 paginaweergave" if self.views == 1 else f"{number(self.views)} paginaweergaven"
        if self.visitors_a_day is None:
            return views
        visitors = "1 bezoeker" if self.visitors_a_day == 1 else f"{number(self.visitors_a_day)} bezoekers"
        return f"{views}, gemiddeld {visitors} per dag"


@dataclass(frozen=True)
class KnowledgeLine:
    """One theme page. `days_unchecked` is None when it was never checked; `weight` sorts, the most urgent first."""

    title: str
    address: str
    advice: str
    answered: str
    views: int
    not_found: int
    days_unchecked: int | None
    weight: int


@dataclass(frozen=True, kw_only=True)
class KnowledgePage(PageBase):
    """The theme pages by what deserves work next; `confirmed` is None for whoever does not coordinate the helpdesk."""

    template: ClassVar[str] = "visits/knowledge.html"

    lines: Sequence[KnowledgeLine]
    confirmed: int | None = None
    title: str = "Kennislus"
    may_be_indexed: bool = False

    @classmethod
    def of(
        cls,
        themes: Sequence[CheckedTheme],
        *,
        advice: Mapping[str, int],
        answered: Mapping[str, int],
        views: Sequence[PathCount],
        searches: Sequence[WordsCount],
        vocabulary: Vocabulary,
        today: date,
        confirmed: int | None = None,
    ) -> "KnowledgePage":
        """Return the page; `answered` counts the advice that was given with one of our pages beside it.

        A search without result belongs to each theme whose title or synonym it names.
        """
        by_path = {one.path: one.views for one in views}
        lines = []
        for theme in themes:
            node = vocabulary.themes.find(theme.node)
            if node is None:
                continue
            names = {fold(name) for name in (node.title, *node.words)}
            missed = sum(one.without_result for one in searches if fold(one.words) in names)
            days = None if theme.reviewed_on is None else (today - theme.reviewed_on).days
            asked, seen = advice.get(theme.node, 0), by_path.get(f"/themas/{node.path}", 0)
            age = NEVER_CHECKED_DAYS if days is None else days
            lines.append(
                KnowledgeLine(
                    title=theme.title,
                    address=f"/themas/{node.path}",
                    advice=TOO_FEW if 0 < asked < LEAST_SHOWN else number(asked),
                    answered=_share(answered.get(theme.node, 0), asked),
                    views=seen,
                    not_found=missed,
                    days_unchecked=days,
                    weight=((asked if asked >= LEAST_SHOWN else 0) + missed) * age,
                )
            )
        ordered = sorted(lines, key=lambda line: (-line.weight, -line.views, line.title))
        return cls(lines=ordered, confirmed=confirmed)


def _share(part: int, whole: int) -> str:
    """Return how large a part is, as a percentage; words when it would tell of single pieces of advice."""
    if whole < LEAST_SHOWN:
        return "–"
    is_telling = 0 < part < LEAST_SHOWN or 0 < whole - part < LEAST_SHOWN
    return TOO_FEW if is_telling else f"{round(100 * part / whole)} %"
