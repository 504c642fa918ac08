"""What the page about links to other sites hands to its template."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Self

from helpdesk.links.models import CheckedLink, LinkState
from helpdesk.links.queries import Holder
from helpdesk.web.views import PageBase

MOST_HOLDERS = 10
STATES: Mapping[str, str] = {
    LinkState.BROKEN: "stuk",
    LinkState.DOUBTFUL: "antwoordt niet, nog niet zeker",
    LinkState.CLOSED: "niet na te kijken: de site laat geen programma's toe",
    LinkState.UNSEEN: "nog niet nagekeken",
    LinkState.ALIVE: "in orde",
}


@dataclass(frozen=True)
class LinkRow:
    """One link that asks for attention, with the pages that hold it."""

    id: int
    address: str
    state: str
    is_broken: bool
    said: str
    moved_to: str | None
    checked_at: datetime | None
    next_check_at: datetime
    held_by: Sequence[Holder]
    more: int


@dataclass(frozen=True, kw_only=True)
class LinksPage(PageBase):
    """The links to other sites: what is broken, in doubt, closed or moved; the rest is counted."""

    template: ClassVar[str] = "links/list.html"

    rows: Sequence[LinkRow]
    total: int
    counts: Sequence[tuple[str, int]]
    title: str = "Koppelingen"
    may_be_indexed: bool = False

    @classmethod
    def of(cls, links: Sequence[CheckedLink], held: Mapping[str, Sequence[Holder]]) -> Self:
        """Return the page of every link; `held` are the pages by address."""
        counts = [(label, sum(link.state == state for link in links)) for state, label in STATES.items()]
        shown = [link for link in links if link.moved_to or link.state not in {LinkState.ALIVE, LinkState.UNSEEN}]
        return cls(
            rows=[_row(link, held.get(link.address, ())) for link in shown],
            total=len(links),
            counts=[(label, count) for label, count in counts if count],
        )


def _row(link: CheckedLink, held_by: Sequence[Holder]) -> LinkRow:
    return LinkRow(
        id=link.id,
        address=link.address,
        state=STATES[link.state],
        is_broken=link.state == LinkState.BROKEN,
        said=link.reason or (f"Antwoord {link.status}" if link.status else ""),
        moved_to=link.moved_to,
        checked_at=link.checked_at,
        next_check_at=link.next_check_at,
        held_by=held_by[:MOST_HOLDERS],
        more=max(0, len(held_by) - MOST_HOLDERS),
    )
