"""The words of a search go along into the page that was found."""

from collections.abc import Callable

from flask import request
from markupsafe import Markup

from helpdesk.core import markup
from helpdesk.core.markup import Highlighter
from helpdesk.web.services import services
from helpdesk.web.views import Highlight
from jurisprudence.search.highlight import spans_of

PARAMETER = "zoek"
MOST_CHARACTERS = 300


class Highlighting:
    """Marks the words of the search this request came from; without one nothing is marked.

    `settle` gives stored HTML its last touch first: where its links lead now.
    """

    def __init__(self, settle: Callable[[str], str] = str) -> None:
        self._settle = settle
        self.question = request.args.get(PARAMETER, "")[:MOST_CHARACTERS].strip()
        spans = spans_of(self.question, services().vocabulary.law_names) if self.question else None
        self._highlighter = Highlighter(spans) if spans else None

    @property
    def html(self) -> Callable[[str], Markup]:
        """Return what turns stored HTML into markup for the page."""
        to_markup = self._highlighter.html if self._highlighter else markup.stored
        return lambda safe_html: to_markup(self._settle(safe_html))

    @property
    def text(self) -> Callable[[str], Markup]:
        """Return what turns plain text into markup for the page."""
        return self._highlighter.text if self._highlighter else markup.escaped

    def result(self) -> Highlight | None:
        """Return what was marked, once the page is made; None without a search."""
        if self._highlighter is None:
            return None
        return Highlight(self.question, self._highlighter.count, request.path)
