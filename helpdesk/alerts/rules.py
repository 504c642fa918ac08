"""Decisions about alerts: pure. What can be followed, what is news to a follower, when a digest is due."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

from helpdesk.alerts.models import FollowKind, Rhythm
from helpdesk.core import privacy
from helpdesk.core.clock import BRUSSELS
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.search.forms import SearchRequest
from helpdesk.texts.models import TextVersion
from jurisprudence.legislation import InvalidSource, article_order_key
from jurisprudence.search.query import parse
from jurisprudence.search.results import Kind

CONFIRM_WITHIN = timedelta(days=7)
BETWEEN_LETTERS = timedelta(days=1)  # an address that did not ask for it gets no second mail sooner
ATTEMPTS_WINDOW = timedelta(hours=1)
MOST_ATTEMPTS = 10  # requests of one source in an hour
MOST_FOLLOWS = 30  # of one address
MOST_SEARCH = 500  # characters of a search that can be followed
MOST_TITLE = 300
KEPT_AFTER_STOPPING = timedelta(days=30)  # so that the links in the last mails still lead somewhere

OLD_AFTER = timedelta(days=365)  # a ruling decided longer ago is no news when it enters
MOST_OLD = 5  # of those one follow lists; more are counted in one line
MOST_LISTED = 40  # lines of one follow in one digest

LOST_AFTER = timedelta(minutes=10)  # a conversation with the mail server never takes so long
RETRY_AFTER = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6), timedelta(hours=24))


class NotFollowable(ValueError):
    """What someone wants to follow cannot be followed; the message says in Dutch why and what to do."""


class TooManyAttempts(ValueError):
    """One source asked too often in an hour."""


@dataclass(frozen=True)
class Wanted:
    """What someone wants to follow: its kind and its key in normal form."""

    kind: FollowKind
    key: str

    @property
    def digest(self) -> str:
        """What tells this from everything else that can be followed."""
        return hashlib.sha256(f"{self.kind} {self.key}".encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Found:
    """Something new for a follower: a document in a version, and how it is told. `nodes` are its themes."""

    document_id: str
    version: str
    label: str
    title: str
    address: str
    changed_at: datetime
    note: str = ""
    dated_on: date | None = None
    nodes: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        """What the ledger knows it by."""
        return f"{self.document_id} {self.version}"

    def is_old_ruling(self, today: date) -> bool:
        """Tell whether this is a ruling decided more than a year ago."""
        is_ruling = self.document_id.startswith(f"{Kind.RULING}/")
        return is_ruling and self.dated_on is not None and self.dated_on < today - OLD_AFTER


@dataclass(frozen=True)
class Listed:
    """What a follow tells: its lines, newest first, and how many older rulings and other documents are only counted."""

    lines: Sequence[Found]
    older: int = 0
    further: int = 0


class _Parameters:
    def __init__(self, query: str) -> None:
        self._values = parse_qs(query, max_num_fields=500)

    def getlist(self, key: str) -> list[str]:
        return self._values.get(key, [])


def wanted_at(address: str, vocabulary: Vocabulary) -> Wanted:
    """Return what the page at an address of ours shows, as it can be followed; whether it exists is not looked at.

    Raises:
        NotFollowable: it is no such page, or a search that asks nothing or cannot be kept.
    """
    try:
        parts = urlsplit(address)
        first, _, rest = parts.path.strip("/").partition("/")
        if parts.scheme or parts.netloc or not address.isprintable() or not parts.path.startswith("/"):
            raise NotFollowable("Open de pagina die je wilt volgen op deze site en kies daar ‘Volg’.")
        if parts.path in {"/zoeken", "/rechtspraak"}:
            return Wanted(FollowKind.SEARCH, _search(parts.query, fixed=parts.path == "/rechtspraak"))
    except ValueError as wrong:
        if isinstance(wrong, NotFollowable):
            raise
        raise NotFollowable("De zoekopdracht in dit adres is niet te lezen. Zoek opnieuw en kies ‘Volg’.") from wrong
    if rest and first == "themas":
        theme = next((one for one in vocabulary.themes.all if one.path == rest), None)
        if theme is not None:
            return Wanted(FollowKind.THEME, theme.id)
    if rest and first == "wetgeving":
        return Wanted(FollowKind.ARTICLE, _article(rest, vocabulary))
    if rest and "/" not in rest and first in {"rechtspraak", "nieuws"}:
        return Wanted(FollowKind.RULING if first == "rechtspraak" else FollowKind.NEWS, rest)
    raise NotFollowable("Deze pagina kun je niet volgen. Je kunt een zoekopdracht, thema, artikel of uitspraak volgen.")


def search_of(key: str) -> SearchRequest:
    """Return the search a key stands for."""
    return SearchRequest.read(_Parameters(urlsplit(key).query), address="/zoeken")


def _search(query: str, *, fixed: bool) -> str:
    """Return the one address of a search: its words and filters in a fixed order, without page and sorting."""
    asked = SearchRequest.read(_Parameters(query), address="/zoeken", fixed_kind=Kind.RULING if fixed else None)
    question = " ".join(asked.question.split())
    filters = sorted((name, value) for name, values in asked.filters.items() for value in values)
    understood = parse(question)
    if not (understood.clauses or understood.filters or filters):
        why = f" {' '.join(understood.notes)}" if understood.notes else ""
        raise NotFollowable(f"Deze zoekopdracht vraagt niets.{why} Typ eerst een zoekvraag of kies een filter.")
    if privacy.find_traces(question):
        raise NotFollowable("In deze zoekopdracht staat een persoonsgegeven. Zoek zonder dat gegeven en volg dat.")
    pairs = [*([("q", question)] if question else []), *filters, *([("letterlijk", "1")] if asked.is_literal else [])]
    address = f"/zoeken?{urlencode(pairs)}"
    if len(address) > MOST_SEARCH:
        raise NotFollowable("Deze zoekopdracht is te lang om te volgen. Gebruik minder woorden of filters.")
    return address


def _article(rest: str, vocabulary: Vocabulary) -> str:
    slug, _, number = rest.partition("/")
    law = vocabulary.laws.find_law_by_slug(slug.lower())
    written = number.lower() if number[:1].isdigit() else number
    try:
        article_order_key(written)
    except InvalidSource:
        written = ""
    if law is None or not written:
        raise NotFollowable("Kies één artikel van een wet en volg dat: op de pagina van een artikel staat ‘Volg’.")
    return f"{law.id}:{written}"


def due_on(rhythm: str, now: datetime, *, hour: int, weekday: int) -> date:
    """Return the last day on which a digest was due: today from the hour on; with weeks, the last such weekday.

    `weekday` is 1 for Monday to 7 for Sunday, `hour` an hour in Brussels.
    """
    local = now.astimezone(BRUSSELS)
    day = local.date() if local.hour >= hour else local.date() - timedelta(days=1)
    return day - timedelta(days=(day.isoweekday() - weekday) % 7) if rhythm == Rhythm.WEEKLY else day


def is_substantive(version: TextVersion, before: TextVersion | None) -> bool:
    """Tell whether a version of a text says something else to its reader than the version before it.

    A first version is new to whoever follows; of the others whoever published it said so.
    """
    return before is None or version.is_substantive


def within_reason(found: Sequence[Found], *, today: date) -> Listed:
    """Return what is listed and what is only counted.

    An import of old rulings is no news: more than `MOST_OLD` rulings decided over a year ago become a number. Of the
    rest, the newest `MOST_LISTED` are listed.
    """
    ordered = sorted(found, key=lambda one: one.key)
    ordered.sort(key=lambda one: (one.changed_at, one.dated_on or date.min), reverse=True)
    older = [one for one in ordered if one.is_old_ruling(today)]
    kept = ordered if len(older) <= MOST_OLD else [one for one in ordered if not one.is_old_ruling(today)]
    return Listed(kept[:MOST_LISTED], len(ordered) - len(kept), max(0, len(kept) - MOST_LISTED))


def counted_lines(listed: Listed) -> Mapping[str, str]:
    """Return a sentence for what is only counted, by what it stands for in the ledger."""
    lines = {}
    if listed.older:
        lines["oudere"] = f"Er kwamen {listed.older} oudere uitspraken bij."
    if listed.further:
        lines["andere"] = (
            "Er kwam nog 1 document bij." if listed.further == 1 else f"Er kwamen er nog {listed.further} bij."
        )
    return lines


def masked(address: str) -> str:
    """Return an address as a page shows it to whoever has the link, perhaps by a forwarded mail: "j…@voorbeeld.be"."""
    name, _, domain = address.partition("@")
    return f"{name[:1]}…@{domain}"


def retry_at(attempts: int, now: datetime) -> datetime | None:
    """Return when to try a letter again that the server postponed for the so-manieth time; None: not any more."""
    return now + RETRY_AFTER[attempts - 1] if attempts <= len(RETRY_AFTER) else None
