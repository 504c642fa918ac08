"""What a visitor asks in the address of a search: read leniently, nonsense becomes the default."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, Self
from urllib.parse import urlencode

from helpdesk.core.paging import page_number
from jurisprudence.search.results import Kind, Sort

FILTERS = ("soort", "hof", "thema", "jaar", "taal", "uitkomst", "artikel")
MOST_QUESTION = 2_000
MOST_VALUES = 30
MOST_VALUE_LENGTH = 120


class Parameters(Protocol):
    """The parameters of an address, several values per name."""

    def getlist(self, key: str) -> list[str]:
        """Return all values of a name."""


@dataclass(frozen=True)
class SearchRequest:
    """One search as the address describes it. `fixed_kind` is the kind the page is limited to (/rechtspraak)."""

    address: str
    question: str
    filters: Mapping[str, Sequence[str]]
    sort: Sort
    page: int
    is_literal: bool
    fixed_kind: Kind | None = None

    @classmethod
    def read(cls, parameters: Parameters, *, address: str, fixed_kind: Kind | None = None) -> Self:
        """Read the parameters of an address."""

        def first(name: str) -> str:
            return next(iter(parameters.getlist(name)), "")

        filters = {name: _values(parameters.getlist(name)) for name in FILTERS}
        if fixed_kind:
            filters["soort"] = [fixed_kind.value]
        sort = first("sorteer")
        return cls(
            address=address,
            question=_printable(first("q")[:MOST_QUESTION]),
            filters={name: values for name, values in filters.items() if values},
            sort=Sort(sort) if sort in set(Sort) else Sort.RELEVANCE,
            page=page_number(first("pagina")),
            is_literal=first("letterlijk") == "1",
            fixed_kind=fixed_kind,
        )

    @property
    def order(self) -> Sort:
        """The order of the list: without a question relevance means nothing, so the newest comes first."""
        return Sort.NEWEST if self.sort is Sort.RELEVANCE and not self.question else self.sort

    @property
    def chosen_filters(self) -> list[tuple[str, str]]:
        """The filters the visitor chose, in the order of the facets."""
        return [
            (name, value)
            for name, values in self.filters.items()
            for value in values
            if not (name == "soort" and self.fixed_kind)
        ]

    def link(
        self,
        *,
        address: str | None = None,
        question: str | None = None,
        without: tuple[str, str] | None = None,
        page: int = 1,
        literal: bool | None = None,
    ) -> str:
        """Return the address of this search with something changed; the page starts again at 1 unless given."""
        changed = replace(self, question=self.question if question is None else question, page=page)
        pairs = [("q", changed.question)] if changed.question else []
        pairs += [pair for pair in self.chosen_filters if pair != without]
        if self.sort != Sort.RELEVANCE:
            pairs.append(("sorteer", self.sort.value))
        if self.is_literal if literal is None else literal:
            pairs.append(("letterlijk", "1"))
        if page > 1:
            pairs.append(("pagina", str(page)))
        return (address or self.address) + (f"?{urlencode(pairs)}" if pairs else "")


def _printable(text: str) -> str:
    """Return a text without control characters: no page can show them."""
    return "".join(sign if sign.isprintable() else " " for sign in text).strip()


def _values(given: Sequence[str]) -> list[str]:
    """Return the distinct, non-empty values, at most thirty."""
    kept = [_printable(value[:MOST_VALUE_LENGTH]) for value in given[: MOST_VALUES * 4]]
    return [value for value in dict.fromkeys(kept) if value][:MOST_VALUES]
