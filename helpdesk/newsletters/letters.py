"""What readers find in their mailbox: an issue in HTML and in plain text, and the letters about being a reader."""

import textwrap
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, datetime
from email.headerregistry import Address
from typing import ClassVar

import structlog
from css_inline import CSSInliner
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from helpdesk.core import signing
from helpdesk.core.mail import Door, Letter, MailServerRefused, Stencil, message_id, open_door
from helpdesk.newsletters import rules
from helpdesk.newsletters.models import Issue, LetterKind, SingleLetter, Subscriber
from helpdesk.newsletters.rules import DraftItem, IssueDraft
from helpdesk.newsletters.sending import Pace, Recipient, Sender, send_single_letters
from helpdesk.settings import Settings
from helpdesk.web.filters import long_date
from helpdesk.web.shell import SITE_NAME, STATIC, assets
from helpdesk.web.views import PageBase, show_alone

log = structlog.get_logger()

STYLESHEET = "newsletter.css"
LEAVE_BLANK = "Uitschrijflink0f3b9ac4d1"  # words that stand in no text
SETTINGS_BLANK = "Voorkeurlink7e21c5d08b"
READER_BLANK = "Lezeradres5bd2907fe6"
MESSAGE_BLANK = "Briefnummer3c8a41e97d"
LINE = 72  # characters of a line of plain text


@dataclass(frozen=True)
class Masthead:
    """What an issue is called: its number within the year and its day."""

    number: int
    year: int
    sent_on: date

    def __str__(self) -> str:
        """Return "nr. 9 | 20 december 2019", the one way it is printed."""
        return f"nr. {self.number} | {long_date(self.sent_on)}"

    @property
    def archive_path(self) -> str:
        """Where the issue stands in the archive."""
        return f"/nieuwsbrief/archief/{self.year}/{self.number}"


@dataclass(frozen=True, kw_only=True)
class MailPage(PageBase):
    """An issue as it stands in a mail; `stylesheet` is its address on the site, "" in a mail where it is inlined."""

    template: ClassVar[str] = "newsletters/mail.html"

    site_name: str
    masthead: str
    intro: Sequence[str]
    items: Sequence[DraftItem]
    base_url: str
    archive_url: str
    leave_url: str
    settings_url: str
    stylesheet: str = ""
    may_be_indexed: bool = False


class Edition:
    """One issue, ready to go to any reader. What readers of the same branches get is made once."""

    def __init__(self, draft: IssueDraft, masthead: Masthead, settings: Settings, *, name: str) -> None:
        """Prepare an issue; `name` tells it apart from every other ("issue 12")."""
        self._draft = draft
        self._masthead = masthead
        self._settings = settings
        self._name = name
        self._reader_blank = f"{READER_BLANK}@{domain_of(settings)}"
        self._stencils: dict[tuple[DraftItem, ...], Stencil] = {}

    @classmethod
    def of(cls, issue: Issue, settings: Settings) -> "Edition":
        """Prepare an issue whose sending began. Raises ValueError: it did not."""
        if issue.number is None or issue.year is None or issue.sent_on is None:
            raise ValueError("an issue has no number before its sending begins")
        return cls(
            rules.draft_of(issue),
            Masthead(issue.number, issue.year, issue.sent_on),
            settings,
            name=f"issue {issue.id}",
        )

    def letter_to(self, recipient: Recipient, sent_at: datetime) -> Letter:
        """Return the copy of one reader: what he wants, with his own links and his own way back."""
        items = rules.items_for(self._draft.items, recipient.branches)
        if items not in self._stencils:
            self._stencils[items] = self._stencil(items, sent_at)
        identity = message_id(f"{self._name} {recipient.token}", domain_of(self._settings))
        return self._stencils[items].filled(
            to=recipient.email,
            message_id=identity,
            return_path=rules.return_path(bounce_address(self._settings), recipient.token),
            values={
                self._reader_blank: recipient.email,
                MESSAGE_BLANK: identity.strip("<>").partition("@")[0],
                LEAVE_BLANK: reader_token(self._settings, recipient.key),
                SETTINGS_BLANK: reader_token(self._settings, recipient.key),
            },
        )

    def letter_for_proof(self, email: str, sent_at: datetime) -> Letter:
        """Return a copy for the editor: the whole issue, marked as a proof, without links of a reader."""
        page = self._page(self._draft.items, leave=self._url("/nieuwsbrief"), settings=self._url("/nieuwsbrief"))
        return Letter(
            to=email,
            subject=f"[Proef] {self._draft.subject}",
            text=plain_text(page),
            html=inlined(page),
            sender=self._settings.mail_from,
            message_id=message_id(f"{self._name} proof {sent_at.isoformat()}", domain_of(self._settings)),
            sent_at=sent_at,
        )

    def preview(self) -> MailPage:
        """Return the mail as a page of the site, its style beside it: the rules of the site allow none inside."""
        page = self._page(self._draft.items, leave=self._url("/nieuwsbrief"), settings=self._url("/nieuwsbrief"))
        return replace(page, stylesheet=assets()[STYLESHEET])

    def preview_text(self) -> str:
        """Return the plain text of the mail."""
        return plain_text(self.preview())

    def _stencil(self, items: tuple[DraftItem, ...], sent_at: datetime) -> Stencil:
        leave = self._url(f"/nieuwsbrief/uitschrijven/{LEAVE_BLANK}")
        page = self._page(items, leave=leave, settings=self._url(f"/nieuwsbrief/voorkeuren/{SETTINGS_BLANK}"))
        letter = Letter(
            to=self._reader_blank,
            subject=self._draft.subject,
            text=plain_text(page),
            html=inlined(page),
            sender=self._settings.mail_from,
            message_id=f"<{MESSAGE_BLANK}@{domain_of(self._settings)}>",
            sent_at=sent_at,
            unsubscribe_url=leave,
            list_id=f"<nieuwsbrief.{domain_of(self._settings)}>",
        )
        return Stencil(letter, (self._reader_blank, MESSAGE_BLANK, LEAVE_BLANK, SETTINGS_BLANK))

    def _page(self, items: Sequence[DraftItem], *, leave: str, settings: str) -> MailPage:
        return MailPage(
            title=self._draft.subject,
            site_name=SITE_NAME,
            masthead=str(self._masthead),
            intro=paragraphs(self._draft.intro),
            items=items,
            base_url=self._settings.base_url,
            archive_url=self._url(self._masthead.archive_path),
            leave_url=leave,
            settings_url=settings,
        )

    def _url(self, path: str) -> str:
        return f"{self._settings.base_url}{path}"


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text: what stands between empty lines, on one line each."""
    return [" ".join(part.split()) for part in text.replace("\r", "").split("\n\n") if part.strip()]


def inlined(page: MailPage) -> str:
    """Return a mail with its style on each element, as old mail programs want it; that for dark screens stays apart."""
    style = (STATIC / STYLESHEET).read_text(encoding="utf-8")
    inliner = CSSInliner(extra_css=style, keep_at_rules=True, keep_style_tags=False, load_remote_stylesheets=False)
    return str(inliner.inline(show_alone(page)))


def plain_text(page: MailPage) -> str:
    """Return a mail as plain text that reads well by itself: lines of 72 characters, addresses on their own line."""
    parts = [f"{page.site_name}\nNieuwsbrief {page.masthead}", _wrapped(page.title), *map(_wrapped, page.intro)]
    parts += [
        "\n\n".join([f"{number}. {item.kind}: {item.title}", _wrapped(item.teaser), page.base_url + item.address])
        for number, item in enumerate(page.items, start=1)
    ]
    parts.append(
        "-- \n"
        f"Je kreeg deze nieuwsbrief omdat je je inschreef op {page.base_url}.\n\n"
        f"Online lezen:\n{page.archive_url}\n\n"
        f"Je voorkeuren:\n{page.settings_url}\n\n"
        f"Uitschrijven:\n{page.leave_url}"
    )
    return "\n\n\n".join(parts) + "\n"


def _wrapped(text: str) -> str:
    return textwrap.fill(text, LINE, break_long_words=False, break_on_hyphens=False)


# Letters to one reader --------------------------------------------------------------------------------------------


def single_letter(reader: Subscriber, letter: SingleLetter, settings: Settings, *, now: datetime) -> Letter:
    """Return a letter about being a reader: one link, and what happens when one does nothing."""
    subject, text = {
        LetterKind.CONFIRM: _confirm_words,
        LetterKind.KNOWN: _known_words,
        LetterKind.GOODBYE: _goodbye_words,
    }[LetterKind(letter.kind)](reader, settings)
    return Letter(
        to=reader.email,
        subject=subject,
        text="\n\n".join([text, f"-- \n{SITE_NAME}\n{settings.base_url}\n"]),
        sender=settings.mail_from,
        message_id=message_id(f"letter {letter.id} {letter.asked_at.isoformat()}", domain_of(settings)),
        sent_at=now,
    )


def _confirm_words(reader: Subscriber, settings: Settings) -> tuple[str, str]:
    token = signing.sign(settings.secret_key, rules.CONFIRM_LINK, reader.key)
    text = (
        "Dag\n\nIemand vroeg de nieuwsbrief aan voor dit e-mailadres. Was jij dat? Open deze pagina en\n"
        "druk op de knop:\n\n"
        f"{settings.base_url}/nieuwsbrief/bevestigen/{token}\n\n"
        f"Dat kan {rules.CONFIRM_WITHIN.days} dagen lang. Was jij het niet? Dan hoef je niets te doen: je krijgt geen\n"
        "nieuwsbrief en we wissen je adres."
    )
    return "Bevestig je inschrijving op de nieuwsbrief", text


def _known_words(reader: Subscriber, settings: Settings) -> tuple[str, str]:
    token = reader_token(settings, reader.key)
    text = (
        "Dag\n\nIemand vroeg de nieuwsbrief aan voor dit e-mailadres, maar je krijgt hem al. Je hoeft\n"
        "niets te doen. Wil je kiezen waarover je leest, of je uitschrijven?\n\n"
        f"{settings.base_url}/nieuwsbrief/voorkeuren/{token}"
    )
    return "Je bent al ingeschreven op de nieuwsbrief", text


def _goodbye_words(reader: Subscriber, settings: Settings) -> tuple[str, str]:
    token = reader_token(settings, reader.key)
    text = (
        "Dag\n\nJe krijgt de nieuwsbrief niet meer. Was dat een vergissing? Op deze pagina kom je terug\n"
        f"met één klik, {rules.RETURN_WITHIN.days} dagen lang. Daarna wissen we je adres:\n\n"
        f"{settings.base_url}/nieuwsbrief/terug/{token}\n\n"
        "Wil je dat we je adres nu al wissen?\n\n"
        f"{settings.base_url}/nieuwsbrief/wissen/{token}"
    )
    return "Je bent uitgeschreven", text


def reader_token(settings: Settings, key: str) -> str:
    """Return what a reader's own links carry."""
    return signing.sign(settings.secret_key, rules.READER_LINK, key)


def domain_of(settings: Settings) -> str:
    """Return the domain we write from."""
    return address_in(settings.mail_from).domain or "localhost"


def bounce_address(settings: Settings) -> str:
    """Return the address copies come back to, without its tag."""
    return settings.bounce_address or address_in(settings.mail_from).addr_spec


def address_in(sender: str) -> Address:
    """Return the address in "Naam <adres>"."""
    return Address(addr_spec=sender[sender.rfind("<") + 1 :].rstrip("> ").strip())


def door_of(settings: Settings) -> Callable[[], AbstractContextManager[Door]]:
    """Return what opens the mail server of the settings, or the folder when there is none."""
    return lambda: open_door(settings.smtp_url, settings.mail_dir)


def sender_of(
    session: Session, issue: Issue, settings: Settings, *, clock: Callable[[], datetime], seconds: float | None = None
) -> Sender:
    """Return what sends an issue by the settings, for so many seconds at most. Raises ValueError: it was not begun."""
    edition = Edition.of(issue, settings)
    return Sender(
        session,
        issue.id,
        letter_to=lambda recipient: edition.letter_to(recipient, clock()),
        open_door=door_of(settings),
        clock=clock,
        key=settings.secret_key,
        pace=Pace(settings.newsletter_per_minute, seconds),
    )


def send_waiting_letters(session: Session, settings: Settings, *, clock: Callable[[], datetime]) -> int:
    """Send the letters to single readers that wait, by the settings; return how many went.

    What cannot go now (no mail server, a busy database) waits for the next time.
    """
    try:
        return send_single_letters(
            session,
            letter_to=lambda reader, letter: single_letter(reader, letter, settings, now=clock()),
            open_door=door_of(settings),
            clock=clock,
        )
    except (MailServerRefused, OperationalError) as failed:
        session.rollback()
        log.warning("newsletter_letters_wait", why=type(failed).__name__)
        return 0
