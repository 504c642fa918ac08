"""Atom feeds: one writer for every list that can be followed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from feedgen.feed import FeedGenerator


@dataclass(frozen=True)
class FeedEntry:
    """One entry; `address` is a path on the site."""

    address: str
    title: str
    summary: str
    updated_at: datetime


def atom(title: str, *, address: str, about: str, entries: Sequence[FeedEntry], base_url: str) -> bytes:
    """Return an Atom feed, newest entry first; `address` is the feed's own path, `about` the page it follows."""
    feed = FeedGenerator()
    feed.id(base_url + address)
    feed.title(title)
    feed.author({"name": "Helpdesk vreemdelingenrecht en internationaal familierecht"})
    feed.link(href=base_url + address, rel="self")
    feed.link(href=base_url + about, rel="alternate")
    feed.language("nl")
    feed.updated(max((entry.updated_at for entry in entries), default=datetime(2026, 1, 1, tzinfo=UTC)))
    for entry in entries:
        item = feed.add_entry(order="append")
        item.id(base_url + entry.address)
        item.title(entry.title)
        item.link(href=base_url + entry.address)
        item.summary(entry.summary)
        item.updated(entry.updated_at)
    return bytes(feed.atom_str(pretty=True))
