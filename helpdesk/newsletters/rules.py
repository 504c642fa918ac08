"""Decisions about the newsletter: pure, no database, no clock."""

import csv
import hashlib
import hmac
import io
import ipaddress
import re
import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from enum import StrEnum

from flufl.bounce import all_failures

from helpdesk.core.errors import Problem
from helpdesk.core.mail import NoAddress, normal_address
from helpdesk.core.vocabulary import ThemeTree
from helpdesk.newsletters.models import Issue, IssueState

READER_LINK = "newsletter.reader"  # what links to preferences, leaving, returning and erasing are signed for
CONFIRM_LINK = "newsletter.confirm"
CONSENT_WORDS = (
    "Stuur mij de nieuwsbrief over vreemdelingenrecht en internationaal familierecht, ongeveer één keer per maand. "
    "Jullie bewaren hiervoor mijn e-mailadres en de takken die ik koos, tot ik me uitschrijf. "
    "Uitschrijven kan op elk moment met één klik onderaan elke nieuwsbrief."
)
MOST_REQUESTS = 10  # uses of the public form by one source in an hour; a training room shares one address
REQUEST_WINDOW = timedelta(hours=1)
LETTER_PAUSE = timedelta(days=1)  # one letter to one reader
CONFIRM_WITHIN = timedelta(days=7)
RETURN_WITHIN = timedelta(days=30)
SUBJECT_LENGTHS = range(10, 91)
LEAST_CAPITALS_JUDGED = 10  # letters: a short subject may be an abbreviation
MOST_CAPITALS = 0.6
MOST_ITEMS = 40
MOST_TITLE = 300
MOST_TEASER = 1_500
MOST_INTRO = 4_000
MOST_IMPORT_ROWS = 20_000
MOST_IMPORT_BYTES = 2_000_000
MOST_ATTEMPTS = 12  # of one copy; with these pauses about a day and a half
PATIENCE = timedelta(days=2)  # after it a domain that still puts off is given up, however many readers it has
LEAST_ATTEMPTS = 2
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 60, 240))
LONGEST_TROUBLE = timedelta(minutes=10)
LEASE = timedelta(minutes=10)  # longer than the slowest conversation; after it a claimed copy is given up
SOFT_LIMIT = 3  # issues in a row that did not arrive
TOKEN = re.compile(r"\+([0-9a-f]{20})@")
MAILBOX_FULL = re.compile(r"^Status:\s*[45]\.2\.2\b", re.MULTILINE | re.IGNORECASE)
SHOUTING = re.compile(r"[!?]{2,}")
ANSWERING = re.compile(r"^\s*(?:re|fw|fwd|antw)\s*:", re.IGNORECASE)


class Step(StrEnum):
    """What an editor can do with an issue; the value is what its button sends."""

    SUBMIT = "voorleggen"
    GIVE_BACK = "teruggeven"
    APPROVE = "goedkeuren"
    PLAN = "plannen"
    UNPLAN = "uitstellen"
    SEND = "versturen"
    PAUSE = "pauzeren"
    RESUME = "hervatten"
    DISCARD = "weggooien"


STEPS: dict[Step, frozenset[IssueState]] = {
    Step.SUBMIT: frozenset({IssueState.DRAFT}),
    Step.GIVE_BACK: frozenset({IssueState.REVIEW, IssueState.APPROVED}),
    Step.APPROVE: frozenset({IssueState.REVIEW}),
    Step.PLAN: frozenset({IssueState.APPROVED}),
    Step.UNPLAN: frozenset({IssueState.SCHEDULED}),
    Step.SEND: frozenset({IssueState.APPROVED, IssueState.SCHEDULED}),
    Step.PAUSE: frozenset({IssueState.SENDING}),
    Step.RESUME: frozenset({IssueState.PAUSED}),
    Step.DISCARD: frozenset({IssueState.DRAFT, IssueState.REVIEW, IssueState.APPROVED}),
}
EDITABLE = frozenset({IssueState.DRAFT, IssueState.REVIEW, IssueState.APPROVED})
FROZEN = frozenset({IssueState.SENDING, IssueState.PAUSED, IssueState.SENT})


class BounceKind(StrEnum):
    """Whether an address is gone, or only could not take the letter now."""

    HARD = "hard"
    SOFT = "soft"


@dataclass(frozen=True)
class DraftItem:
    """One item as composed; `address` is a path on this site."""

    source: str
    kind: str
    title: str
    teaser: str
    address: str
    branches: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class IssueDraft:
    """What an editor composes, the items in their order."""

    subject: str
    intro: str
    items: tuple[DraftItem, ...]


@dataclass(frozen=True)
class ImportedReader:
    """One line of an import; no branches means all."""

    email: str
    branches: tuple[str, ...]
    agreed_on: date | None


# Readers ----------------------------------------------------------------------------------------------------------


def new_key() -> str:
    """Return what stands for a reader in links."""
    return secrets.token_urlsafe(18)


def address_digest(email: str, *, key: str) -> str:
    """Return by which an address is recognised once it is erased; without the secret nobody can compute it."""
    return hmac.new(key.encode(), f"newsletter address {email}".encode(), hashlib.sha256).hexdigest()


def source_digest(source: str, day: date, *, key: str) -> str:
    """Return by which a source is recognised for one day; of an IPv6 address the network counts, one home has many."""
    return hmac.new(key.encode(), f"newsletter source {day} {_network(source)}".encode(), hashlib.sha256).hexdigest()


def _network(source: str) -> str:
    try:
        address = ipaddress.ip_address(source)
    except ValueError:
        return source
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else source  # noqa: PLR2004 - a version


def read_branches(chosen: Collection[str], themes: ThemeTree) -> tuple[str, ...]:
    """Return the chosen branches that exist, in the order of the site; none when all of them are chosen."""
    known = tuple(branch.id for branch in themes.branches if branch.id in chosen)
    return () if len(known) == len(themes.branches) else known


def wants(branches: Collection[str], of_item: Collection[str]) -> bool:
    """Tell whether a reader of these branches gets an item about those; an item about none is for everybody."""
    return not branches or not of_item or not set(branches).isdisjoint(of_item)


def branches_of(nodes: Sequence[str], themes: ThemeTree) -> tuple[str, ...]:
    """Return the branches these nodes lie under, each once; a node the tree no longer knows is left out."""
    return tuple(dict.fromkeys(themes.branch(node).id for node in nodes if node in themes))


def read_import(text: str, themes: ThemeTree) -> tuple[list[ImportedReader], list[str]]:
    """Read a list of readers: CSV with the columns e-mailadres, takken, toestemming_op; a comma or a semicolon between.

    Returns the readers and one Dutch sentence per wrong line. Takken are ids with a blank between; none means all.
    """
    lines = text.removeprefix("\ufeff").splitlines()
    if not lines or len(lines) > MOST_IMPORT_ROWS:
        return [], [f"Het bestand moet 2 tot {MOST_IMPORT_ROWS} regels tellen, met op de eerste de kolomnamen."]
    delimiter = ";" if ";" in lines[0] else ","
    rows = csv.DictReader(io.StringIO("\n".join(lines)), delimiter=delimiter)
    if "e-mailadres" not in (rows.fieldnames or ()):
        return [], ["Regel 1: de kolom ‘e-mailadres’ ontbreekt."]
    readers: list[ImportedReader] = []
    problems: list[str] = []
    seen: dict[str, int] = {}
    try:
        for number, row in enumerate(rows, start=2):
            reader, wrong = _read_row(row, themes)
            if reader is not None and reader.email in seen:
                wrong = [f"dit adres staat ook op regel {seen[reader.email]}"]
            problems += [f"Regel {number}: {sentence}." for sentence in wrong]
            if reader is not None and not wrong:
                seen[reader.email] = number
                readers.append(reader)
    except csv.Error:
        problems.append("Het bestand is geen CSV. Bewaar het in je rekenblad als ‘CSV (UTF-8)’.")
    return readers, problems


def _read_row(row: dict[str, str], themes: ThemeTree) -> tuple[ImportedReader | None, list[str]]:
    wrong: list[str] = []
    email = ""
    try:
        email = normal_address(row.get("e-mailadres") or "")
    except NoAddress:
        wrong.append("het e-mailadres klopt niet")
    chosen = (row.get("takken") or "").split()
    known = {branch.id for branch in themes.branches}
    wrong += [f"de tak ‘{branch[:40]}’ bestaat niet" for branch in chosen if branch not in known]
    agreed = (row.get("toestemming_op") or "").strip()
    try:
        agreed_on = date.fromisoformat(agreed) if agreed else None
    except ValueError:
        agreed_on = None
        wrong.append("schrijf de datum van toestemming als 2026-11-25")
    if None in row or None in row.values():
        wrong.append("het aantal kolommen klopt niet")
    return (None if wrong else ImportedReader(email, read_branches(chosen, themes), agreed_on)), wrong


# Issues -----------------------------------------------------------------------------------------------------------


def check_subject(subject: str) -> list[str]:
    """Return what readers and spam filters would hold against a subject, one Dutch sentence each."""
    letters = [sign for sign in subject if sign.isalpha()]
    capitals = sum(sign.isupper() for sign in letters)
    found = []
    if len(subject) not in SUBJECT_LENGTHS:
        found.append(f"Een onderwerp telt {SUBJECT_LENGTHS[0]} tot {SUBJECT_LENGTHS[-1]} tekens; dit {len(subject)}.")
    if len(letters) >= LEAST_CAPITALS_JUDGED and capitals > MOST_CAPITALS * len(letters):
        found.append("Schrijf het onderwerp niet in hoofdletters.")
    if SHOUTING.search(subject):
        found.append("Gebruik in het onderwerp hoogstens één uitroepteken of vraagteken na elkaar.")
    if ANSWERING.search(subject):
        found.append("Laat ‘Re:’ of ‘Fw:’ weg uit het onderwerp: dit is geen antwoord.")
    return found


def check_issue(draft: IssueDraft) -> list[Problem]:
    """Return what keeps an issue from being read by someone else and sent; empty when nothing does."""
    problems = [Problem("subject", sentence) for sentence in check_subject(draft.subject)]
    problems += check_stored(draft)
    if not draft.items:
        problems.append(Problem("items", "Kies minstens één bericht."))
    return problems


def check_stored(draft: IssueDraft) -> list[Problem]:
    """Return what keeps a draft from being stored: what does not fit, and items without words."""
    problems = []
    if len(draft.intro) > MOST_INTRO:
        problems.append(Problem("intro", f"De inleiding telt hoogstens {MOST_INTRO} tekens."))
    if len(draft.subject) > max(SUBJECT_LENGTHS):
        problems.append(Problem("subject", f"Een onderwerp telt hoogstens {max(SUBJECT_LENGTHS)} tekens."))
    if len(draft.items) > MOST_ITEMS:
        problems.append(Problem("items", f"Een nieuwsbrief telt hoogstens {MOST_ITEMS} berichten."))
    for place, item in enumerate(draft.items, start=1):
        if not 1 <= len(item.title) <= MOST_TITLE:
            problems.append(Problem("items", f"De titel van bericht {place} moet 1 tot {MOST_TITLE} tekens tellen."))
        if not 1 <= len(item.teaser) <= MOST_TEASER:
            problems.append(Problem("items", f"De tekst van bericht {place} moet 1 tot {MOST_TEASER} tekens tellen."))
    return list(dict.fromkeys(problems))


def moved(items: Sequence[DraftItem], place: int, step: int) -> tuple[DraftItem, ...]:
    """Return the items with the one at a place (from 0) moved up (-1) or down (1); at the edge nothing moves."""
    target = place + step
    order = list(items)
    if 0 <= place < len(order) and 0 <= target < len(order):
        order[place], order[target] = order[target], order[place]
    return tuple(order)


def shortened(text: str, most: int = 600) -> str:
    """Return a teaser: the text on one line, cut after a sentence or else a word when it is too long."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    cut = line[:most]
    sentence = max(cut.rfind(". "), cut.rfind("? "), cut.rfind("! "))
    return cut[: sentence + 1] if sentence > most // 3 else f"{cut[: cut.rfind(' ')]} …"


def may_take(issue: Issue, step: Step) -> bool:
    """Tell whether a step fits where an issue stands."""
    return issue.state in STEPS[step]


def may_approve(issue: Issue, user_id: int, *, four_eyes: bool) -> bool:
    """Tell whether a colleague may approve: whoever composed it may not, unless the team is too small for that."""
    return not four_eyes or issue.composed_by_id != user_id


# Sending ----------------------------------------------------------------------------------------------------------


def new_token() -> str:
    """Return what recognises one copy when it comes back; lower case, since addresses are folded on the way."""
    return secrets.token_hex(10)


def return_path(address: str, token: str) -> str:
    """Return the address to which one copy comes back: terug@… becomes terug+<token>@…."""
    name, _, domain = address.rpartition("@")
    return f"{name}+{token}@{domain}"


def pause_after(attempts: int) -> timedelta:
    """Return how long a domain is left alone after it put off a copy for the so-manieth time, counted from 1."""
    return PAUSES[min(max(attempts, 1), len(PAUSES)) - 1]


def is_given_up(attempts: int, *, waited: timedelta) -> bool:
    """Tell whether a copy that was put off so many times is refused for good; `waited` since the issue began."""
    return attempts >= MOST_ATTEMPTS or (waited > PATIENCE and attempts >= LEAST_ATTEMPTS)


def trouble_pause(troubles: int) -> timedelta:
    """Return how long to wait when the mail server was gone so often: 1, 2, 4 … seconds, at most 10 minutes."""
    return min(timedelta(seconds=2 ** min(max(troubles, 1) - 1, 12)), LONGEST_TROUBLE)


def is_gone(sender: str | None, claimed_at: datetime, *, now: datetime, host: str, runs: Callable[[int], bool]) -> bool:
    """Tell whether the sender that claimed a copy no longer works on it: its process is gone, or its time is up.

    Being wrong does no harm: the copy is marked unknown, and a sender that was slow still writes down what it knows.
    """
    its_host, _, rest = (sender or "").partition(":")
    number = rest.partition(":")[0]
    if its_host == host and number.isdigit() and not runs(int(number)):
        return True
    return claimed_at < now - LEASE


def read_bounce(wire: bytes) -> tuple[str, BounceKind] | None:
    """Return which copy came back and how; None when this is no copy of ours, or no bounce but an answer.

    A full mailbox counts as soft, whatever the server calls it.
    """
    message = message_from_bytes(wire, policy=policy.compat32)
    token = _token_in(message_from_bytes(wire, policy=policy.default))
    if token is None:
        return None
    try:
        temporary, permanent = all_failures(message)
    except Exception:  # noqa: BLE001 - a detector of the library may stumble over any stranger's mail
        return None
    if permanent and not MAILBOX_FULL.search(wire.decode("latin-1")):
        return token, BounceKind.HARD
    return (token, BounceKind.SOFT) if temporary or permanent else None


def _token_in(message: object) -> str | None:
    if not isinstance(message, EmailMessage):
        return None
    for name in ("Delivered-To", "X-Original-To", "Envelope-To", "To"):
        for header in message.get_all(name, []):
            if found := TOKEN.search(str(header)):
                return found.group(1)
    return None


def items_for(items: Sequence[DraftItem], branches: Collection[str]) -> tuple[DraftItem, ...]:
    """Return the items a reader of these branches gets, in their order."""
    return tuple(item for item in items if wants(branches, item.branches))


def draft_of(issue: Issue) -> IssueDraft:
    """Return what is stored of an issue."""
    return IssueDraft(
        subject=issue.subject,
        intro=issue.intro,
        items=tuple(
            DraftItem(item.source, item.kind, item.title, item.teaser, item.address, tuple(item.branches))
            for item in issue.items
        ),
    )


def withholding(draft: IssueDraft, sources: Collection[str]) -> IssueDraft:
    """Return a draft in which these items say no more than where the text is."""
    withheld = "Wat hier stond, tonen we niet meer. De link leidt naar de tekst zoals ze nu is."
    items = (
        replace(item, title="Niet meer getoond", teaser=withheld) if item.source in sources else item
        for item in draft.items
    )
    return replace(draft, items=tuple(items))


def without(draft: IssueDraft, source: str) -> IssueDraft:
    """Return a draft without one item."""
    return replace(draft, items=tuple(item for item in draft.items if item.source != source))
