"""What the pages about visits hand to their templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from helpdesk.core.markup import fold
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.texts.models import TextKind
from helpdesk.visits.forms import VerdictForm
from helpdesk.visits.models import PageVerdict
from helpdesk.visits.queries import CheckedTheme, Judged, PathCount, WordsCount
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


@dataclass(frozen=True, kw_only=True)
class VerdictPage(PageBase):
    """The question whether a page was useful once more, with what was typed; or the thanks when there is no form."""

    template: ClassVar[str] = "visits/verdict.html"

    told: str  # the sealed path
    back: str | None
    version: str = ""
    form: VerdictForm | None = None
    may_be_indexed: bool = False
    is_counted: bool = False


@dataclass(frozen=True)
class KnowledgeLine:
    """One theme page. `days_unchecked` is None when it was never checked; `weight` sorts, the most urgent first."""

    title: str
    address: str
    advice: str
    answered: str
    views: int
    not_found: int
    not_useful: int
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
        judged: Mapping[str, Judged],
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
            days = None if theme.checked_on is None else (today - theme.checked_on).days
            asked, seen = advice.get(theme.node, 0), by_path.get(f"/themas/{node.path}", 0)
            not_useful = judged[key].not_useful if (key := f"{TextKind.THEME}/{theme.node}") in judged else 0
            age = NEVER_CHECKED_DAYS if days is None else days
            lines.append(
                KnowledgeLine(
                    title=theme.title,
                    address=f"/themas/{node.path}",
                    advice=few_hidden(asked),
                    answered=_share(answered.get(theme.node, 0), asked),
                    views=seen,
                    not_found=missed,
                    not_useful=not_useful,
                    days_unchecked=days,
                    weight=((asked if asked >= LEAST_SHOWN else 0) + missed + not_useful) * age,
                )
            )
        ordered = sorted(lines, key=lambda line: (-line.weight, -line.views, line.title))
        return cls(lines=ordered, confirmed=confirmed)


@dataclass(frozen=True)
class AdviceOfYear:
    """How much advice a year brought about a theme, or with a text beside it; in words when it is little."""

    year: int
    about: str | None  # None for a text that is no theme page
    beside: str


@dataclass(frozen=True, kw_only=True)
class TextUsePage(PageBase):
    """How one text is used: opened, judged, and asked about at the helpdesk."""

    template: ClassVar[str] = "visits/text_use.html"

    address: str
    edit_address: str | None
    first_on: date
    views: int
    judged: Judged
    years: Sequence[AdviceOfYear]
    remarks: Sequence[PageVerdict]
    may_be_indexed: bool = False


def few_hidden(count: int) -> str:
    """Return a number of pieces of advice as editors may see it."""
    return TOO_FEW if 0 < count < LEAST_SHOWN else number(count)


def _share(part: int, whole: int) -> str:
    """Return how large a part is, as a percentage; words when it would tell of single pieces of advice."""
    if whole < LEAST_SHOWN:
        return "–"
    is_telling = 0 < part < LEAST_SHOWN or 0 < whole - part < LEAST_SHOWN
    return TOO_FEW if is_telling else f"{round(100 * part / whole)} %"
