"""Where the words of a question stand in a text that is shown as a whole."""

from collections.abc import Callable, Mapping

from jurisprudence.search.analysis import Marker
from jurisprudence.search.query import parse
from jurisprudence.search.snippets import literal_terms

Spans = Callable[[str], list[tuple[int, int]]]


def spans_of(question: str, laws: Mapping[str, str], *, language: str = "nl") -> Spans | None:
    """Return a function that finds what was typed in a text: (start, end) pairs in order; None when there are no words.

    The same terms are marked as in the snippets of the result list, synonyms not included.
    """
    wanted = literal_terms(parse(question, laws))
    return Marker(wanted, language).spans if wanted else None
