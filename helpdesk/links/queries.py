"""The addresses of other sites on our public pages, and what is known about them."""

import html
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from helpdesk.core import amount_store
from helpdesk.core.amounts import ADDRESS
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.links.models import CheckedLink, LinkState
from helpdesk.links.rules import MOST_ADDRESS
from helpdesk.rulings import queries as ruling_queries
from helpdesk.rulings.rules.naming import ruling_title
from helpdesk.texts import queries as text_queries
from helpdesk.texts import rules as text_rules

_EXTERNAL = re.compile(r'<a [^>]*href="(https?://[^"]+)"')
_ORDER = case(
    {LinkState.BROKEN.value: 0, LinkState.DOUBTFUL.value: 1, LinkState.CLOSED.value: 2, LinkState.UNSEEN.value: 3},
    value=CheckedLink.state,
    else_=4,
)


@dataclass(frozen=True)
class Holder:
    """A page of ours that links elsewhere."""

    title: str
    address: str


def holders(session: Session, vocabulary: Vocabulary) -> dict[str, list[Holder]]:
    """Return the pages that hold each address of another site: texts, the amounts, laws and rulings, each page once."""
    found: dict[str, dict[Holder, None]] = {}
    for address, holder in _links(session, vocabulary):
        if len(address) <= MOST_ADDRESS:
            found.setdefault(address.partition("#")[0], {})[holder] = None
    return {address: list(pages) for address, pages in found.items()}


def links(session: Session) -> list[CheckedLink]:
    """Return every link, what needs attention first, then by address."""
    return list(session.scalars(select(CheckedLink).order_by(_ORDER, CheckedLink.address)))


def due(session: Session, *, most: int, now: datetime) -> list[str]:
    """Return the addresses to look at now, waiting longest first, of each host one: nobody is asked twice a minute."""
    query = (
        select(CheckedLink.address, CheckedLink.host)
        .where(CheckedLink.next_check_at <= now)
        .order_by(CheckedLink.next_check_at, CheckedLink.id)
    )
    by_host: dict[str, str] = {}
    for address, host in session.execute(query):
        by_host.setdefault(host, address)
        if len(by_host) == most:
            break
    return list(by_host.values())


def _links(session: Session, vocabulary: Vocabulary) -> Iterator[tuple[str, Holder]]:
    for text, version in text_queries.all_texts(session):
        holder = Holder(version.title, text_rules.address_of(text.kind, text.slug, vocabulary))
        yield from ((html.unescape(address), holder) for address in _EXTERNAL.findall(version.html))
    for amount in amount_store.live_register(session):
        yield from ((period.url, Holder("Bedragen", ADDRESS)) for period in amount.periods if period.url)
    for law in vocabulary.laws.laws:
        if law.eli and law.eli.startswith("http"):
            yield law.eli, Holder(law.title, f"/wetgeving/{law.id.lower()}")
    for ruling in ruling_queries.all_rulings(session):
        if ruling.source_url:
            yield ruling.source_url, Holder(ruling_title(ruling, vocabulary), f"/rechtspraak/{ruling.slug}")


def links_of_texts(session: Session, addresses: Collection[str]) -> dict[str, list[str]]:
    """Return which of these addresses each live text links to, by its document id; texts with none are left out."""
    found: dict[str, list[str]] = {}
    for text, version in text_queries.all_texts(session):
        held = {html.unescape(address).partition("#")[0] for address in _EXTERNAL.findall(version.html)}
        if held & set(addresses):
            found[text.document_id] = sorted(held & set(addresses))
    return found
