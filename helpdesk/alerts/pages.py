"""What the pages and the letters of alerts hand to their templates."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Self
from urllib.parse import urlencode

from helpdesk.alerts import rules
from helpdesk.alerts.forms import FollowForm, RhythmForm
from helpdesk.alerts.models import AlertDigest, AlertFollow, AlertFollower, FollowKind
from helpdesk.alerts.queries import Named, address_of_follow
from helpdesk.alerts.rules import Wanted
from helpdesk.core import mail, signing
from helpdesk.core.clock import brussels_date
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.rulings.pages import Link
from helpdesk.search.pages import FACET_LABELS, label_of
from helpdesk.settings import Settings
from helpdesk.web.filters import long_date
from helpdesk.web.views import PageBase, show_alone

CONFIRM, MANAGE, LEAVE, DIGEST = "alerts.confirm", "alerts.manage", "alerts.leave", "alerts.digest"
KIND_WORDS: Mapping[str, str] = {
    FollowKind.SEARCH: "de zoekopdracht",
    FollowKind.THEME: "het thema",
    FollowKind.ARTICLE: "",
    FollowKind.RULING: "de uitspraak",
    FollowKind.NEWS: "het nieuwsbericht",
}
TELLS: Mapping[str, str] = {
    FollowKind.SEARCH: (
        "Je krijgt bericht als er een tekst of uitspraak bijkomt of verandert die bij deze zoekopdracht past."
    ),
    FollowKind.THEME: (
        "Je krijgt bericht over nieuwe teksten, nieuws en uitspraken over dit thema en alles eronder, en "
        "als een tekst inhoudelijk verandert."
    ),
    FollowKind.ARTICLE: (
        "Je krijgt bericht als een thema, nieuwsbericht of uitspraak dit artikel voor het eerst noemt, "
        "en als een tekst erover inhoudelijk verandert."
    ),
    FollowKind.RULING: (
        "Je krijgt bericht als een andere uitspraak of tekst deze uitspraak aanhaalt, bevestigt, ervan "
        "afwijkt of ze achterhaalt."
    ),
    FollowKind.NEWS: "Je krijgt bericht als dit nieuwsbericht wordt bijgewerkt.",
}
MOST_NOTE = 300  # characters of what a mail quotes
WITHHELD = "Niet meer getoond"
WITHHELD_NOTE = "Wat hier stond, tonen we niet meer. De link leidt naar de tekst zoals ze nu is."


def name_of(wanted: Wanted, named: Named, vocabulary: Vocabulary) -> str:
    """Return what is followed as screens and mails name it: "de zoekopdracht “bgv” (Rechtscollege: RvV)"."""
    title = named.title
    if wanted.kind == FollowKind.SEARCH:
        asked = rules.search_of(wanted.key)
        chosen = [f"{FACET_LABELS[name]}: {label_of(name, value, vocabulary)}" for name, value in asked.chosen_filters]
        title = f"“{asked.question}”" if asked.question else "alles"
        title += f" ({'; '.join(chosen)})" if chosen else ""
    return f"{KIND_WORDS[wanted.kind]} {title}".strip()[: rules.MOST_TITLE]


def feed_of(wanted: Wanted, address: str) -> str:
    """Return the address of the Atom feed of what can be followed."""
    if wanted.kind == FollowKind.SEARCH:
        return wanted.key.replace("/zoeken", "/zoeken/atom.xml", 1)
    if wanted.kind == FollowKind.ARTICLE:
        return f"{address}/atom.xml"
    return f"/volgen/atom.xml?{urlencode({'pagina': address})}"


@dataclass(frozen=True, kw_only=True)
class PersonalPage(PageBase):
    """A page of one reader: no search engine keeps it. `form_address` is where its forms are sent."""

    form_address: str = ""
    may_be_indexed: bool = False
    is_counted: bool = False  # its path is a key to what one reader follows


@dataclass(frozen=True, kw_only=True)
class FollowPage(PersonalPage):
    """The form to follow one page."""

    template: ClassVar[str] = "alerts/follow.html"

    form: FollowForm
    name: str
    tells: str
    address: str
    feed_address: str
    problems: Sequence[str] = ()
    title: str = "Volg per e-mail"

    @classmethod
    def of(
        cls,
        form: FollowForm,
        wanted: Wanted,
        named: Named,
        vocabulary: Vocabulary,
        *,
        form_address: str,
        problems: Sequence[str] = (),
    ) -> Self:
        """Return the form for something that can be followed."""
        return cls(
            form=form,
            name=name_of(wanted, named, vocabulary),
            tells=TELLS[wanted.kind],
            address=named.address,
            feed_address=feed_of(wanted, named.address),
            problems=problems,
            form_address=form_address,
        )


@dataclass(frozen=True, kw_only=True)
class WordsPage(PersonalPage):
    """A page that only says something: what can be followed, that a mail is under way, that a link is no good."""

    template: ClassVar[str] = "alerts/words.html"

    paragraphs: Sequence[str]
    links: Sequence[Link] = ()


HOW_PAGE = WordsPage(
    title="Volgen per e-mail",
    paragraphs=(
        (
            "Je kunt een zoekopdracht, een thema, een artikel, een uitspraak of een dossier in het nieuws "
            "volgen. Je hebt geen account nodig."
        ),
        (
            "Open de pagina die je wilt volgen en kies daar ‘Volg per e-mail’. Je krijgt hoogstens één mail "
            "per dag of per week, en alleen als er iets veranderde."
        ),
        "In elke mail staat een link om te stoppen, je keuzes te veranderen of je gegevens te wissen.",
    ),
    links=(Link("Zoeken", "/zoeken"), Link("Thema's", "/themas"), Link("Wetgeving", "/wetgeving")),
)
ASKED_PAGE = WordsPage(
    title="Kijk in je mailbox",
    paragraphs=(
        "We sturen een mail met een link om te bevestigen. Doe dat binnen zeven dagen: daarna wissen we de aanvraag.",
        (
            "Een adres krijgt hoogstens één zulke mail per dag. Vroeg je vandaag al iets aan? Dan staat ook "
            "dit klaar onder de link in die mail."
        ),
        (
            "Volgde je dit al, dan verandert er niets en komt er geen mail. Geen mail gekregen? Kijk bij de "
            "ongewenste berichten."
        ),
    ),
)
EXPIRED_PAGE = WordsPage(
    title="Deze link is verlopen",
    paragraphs=(
        (
            "Bevestigen kan tot zeven dagen na je aanvraag, en niet meer nadat de gegevens gewist zijn. Er "
            "is niets veranderd."
        ),
        "Wil je nog volgen? Open de pagina opnieuw en kies ‘Volg per e-mail’.",
    ),
    links=(Link("Hoe volgen werkt", "/volgen"),),
)
GONE_PAGE = WordsPage(
    title="Deze gegevens zijn er niet meer",
    paragraphs=("Wat bij deze link hoorde, is gewist. Je krijgt er geen mails meer over.",),
    links=(Link("Hoe volgen werkt", "/volgen"),),
)
ERASED_PAGE = WordsPage(
    title="Je gegevens zijn gewist",
    paragraphs=(
        "We bewaren je adres niet meer, en ook niet wat je volgde of kreeg. De links in oude mails werken niet meer.",
    ),
    links=(Link("Naar de eerste pagina", "/"),),
)
LEFT_PAGE = WordsPage(
    title="Je krijgt geen meldingen meer",
    paragraphs=("Alles wat je volgde, is gestopt. Wat je volgde en kreeg, wissen we na een maand.",),
    links=(Link("Hoe volgen werkt", "/volgen"),),
)


def forged_page(words: str) -> WordsPage:
    """Return the page for a link we did not make."""
    return WordsPage(title="Deze link klopt niet", paragraphs=(words,), links=(Link("Hoe volgen werkt", "/volgen"),))


def refused_page(words: str) -> WordsPage:
    """Return the page for something that cannot be followed."""
    return WordsPage(title="Dit kun je niet volgen", paragraphs=(words,), links=HOW_PAGE.links)


@dataclass(frozen=True)
class FollowRow:
    """One thing someone follows, or is asked to confirm."""

    id: int
    name: str
    address: str
    asked_on: date

    @classmethod
    def of(cls, follow: AlertFollow, vocabulary: Vocabulary) -> Self:
        """Return the row of a follow."""
        wanted = Wanted(FollowKind(follow.kind), follow.key)
        return cls(follow.id, follow.title, address_of_follow(wanted, vocabulary), brussels_date(follow.asked_at))


@dataclass(frozen=True, kw_only=True)
class ConfirmPage(PersonalPage):
    """What waits for confirmation, with the button that does it."""

    template: ClassVar[str] = "alerts/confirm.html"

    form: RhythmForm
    address: str
    rows: Sequence[FollowRow]
    title: str = "Bevestig wat je wilt volgen"


@dataclass(frozen=True, kw_only=True)
class ManagePage(PersonalPage):
    """Everything one address follows, and how to change it."""

    template: ClassVar[str] = "alerts/manage.html"

    form: RhythmForm
    address: str
    rows: Sequence[FollowRow]
    waiting: int
    confirm_address: str
    title: str = "Wat je volgt"


@dataclass(frozen=True, kw_only=True)
class LeavePage(PersonalPage):
    """The button that stops everything."""

    template: ClassVar[str] = "alerts/leave.html"

    address: str
    title: str = "Stop alle meldingen"


@dataclass(frozen=True)
class Line:
    """One line of a digest; `label` is "" for a line that only counts. `address` is whole in a mail."""

    label: str
    title: str
    address: str
    note: str
    dated_on: date | None


@dataclass(frozen=True)
class Told:
    """What one follow tells."""

    name: str
    address: str
    lines: Sequence[Line]


def told_by(
    digest: AlertDigest, vocabulary: Vocabulary, hidden: Collection[int] = (), *, base_url: str = ""
) -> list[Told]:
    """Return the items of a digest by follow, exactly as the ledger has them; of those `hidden` only where the text is.

    `hidden` are ids of items.
    """
    grouped: dict[int, list[Line]] = {}
    follows: dict[int, AlertFollow] = {}
    for item in digest.items:
        follows[item.follow_id] = item.follow
        title, note = (WITHHELD, WITHHELD_NOTE) if item.id in hidden else (item.title, _short(item.note))
        line = Line(item.label, title, base_url + item.address, note, item.dated_on)
        grouped.setdefault(item.follow_id, []).append(line)
    return [
        Told(
            follow.title,
            base_url + address_of_follow(Wanted(FollowKind(follow.kind), follow.key), vocabulary),
            grouped[follow_id],
        )
        for follow_id, follow in follows.items()
    ]


def _short(note: str) -> str:
    words = " ".join(note.split())
    return words if len(words) <= MOST_NOTE else f"{words[:MOST_NOTE].rsplit(' ', 1)[0]} …"


@dataclass(frozen=True, kw_only=True)
class SentPage(PersonalPage):
    """Exactly what one mail told, also after more came."""

    template: ClassVar[str] = "alerts/sent.html"

    told: Sequence[Told]
    made_at: datetime
    manage_address: str

    @classmethod
    def of(cls, digest: AlertDigest, vocabulary: Vocabulary, hidden: Collection[int], *, secret: str) -> Self:
        """Return the page of a digest; `hidden` are the items whose words were hidden since."""
        return cls(
            title=f"Melding van {long_date(digest.due_on)}",
            told=told_by(digest, vocabulary, hidden),
            made_at=digest.made_at,
            manage_address=manage_address(digest.follower, secret),
        )


@dataclass(frozen=True, kw_only=True)
class ConfirmLetter(PageBase):
    """The letter that asks to confirm; it names what was asked."""

    template: ClassVar[str] = "alerts/confirm_mail.txt"

    names: Sequence[str]
    confirm_address: str


@dataclass(frozen=True, kw_only=True)
class DigestLetter(PageBase):
    """The words of a digest as plain text."""

    template: ClassVar[str] = "alerts/digest_mail.txt"

    told: Sequence[Told]
    sent_address: str
    manage_address: str
    leave_address: str


@dataclass(frozen=True, kw_only=True)
class DigestMarkup(DigestLetter):
    """The same digest for mail programs that show HTML."""

    template: ClassVar[str] = "alerts/digest_mail.html"


def manage_address(follower: AlertFollower, secret: str) -> str:
    """Return the page on which someone changes what he follows."""
    return f"/volgen/beheer/{signing.sign(secret, MANAGE, follower.handle)}"


def confirm_address(follower: AlertFollower, secret: str) -> str:
    """Return the page on which someone confirms."""
    return f"/volgen/bevestigen/{signing.sign(secret, CONFIRM, follower.handle)}"


def confirmation(
    follower: AlertFollower, waiting: Sequence[AlertFollow], settings: Settings, *, now: datetime
) -> mail.Letter:
    """Return the letter that asks someone to confirm what waits."""
    page = ConfirmLetter(
        title="Bevestig dat je wilt volgen",
        names=[follow.title for follow in waiting],
        confirm_address=settings.base_url + confirm_address(follower, settings.secret_key),
    )
    return mail.Letter(
        to=follower.address,
        subject=page.title,
        text=show_alone(page),
        sender=settings.mail_from,
        message_id=mail.message_id(f"alert confirmation {follower.handle} {now.isoformat()}", _domain(settings)),
        sent_at=now,
    )


def digest_letter(
    digest: AlertDigest, vocabulary: Vocabulary, settings: Settings, hidden: Collection[int], *, now: datetime
) -> mail.Letter:
    """Return the letter of a digest; a second attempt carries the same identity. `hidden` as in `told_by`."""
    base_url, secret = settings.base_url, settings.secret_key
    told = told_by(digest, vocabulary, hidden, base_url=base_url)
    leave = f"{base_url}/volgen/afmelden/{signing.sign(secret, LEAVE, digest.follower.handle)}"
    words = DigestLetter(
        title=_subject(told),
        told=told,
        sent_address=f"{base_url}/volgen/zending/{signing.sign(secret, DIGEST, digest.handle)}",
        manage_address=base_url + manage_address(digest.follower, secret),
        leave_address=leave,
    )
    return mail.Letter(
        to=digest.follower.address,
        subject=words.title,
        text=show_alone(words),
        html=show_alone(DigestMarkup(**vars(words))),
        sender=settings.mail_from,
        message_id=mail.message_id(f"alert digest {digest.handle}", _domain(settings)),
        sent_at=now,
        unsubscribe_url=leave,
        list_id=f"<meldingen.{_domain(settings)}>",
    )


def _subject(told: Sequence[Told]) -> str:
    """Return a subject that names the follow, or says how many have news."""
    if len(told) == 1:
        return f"Nieuw over {told[0].name}"[:150]
    return f"Nieuw over {told[0].name[:80]} en {len(told) - 1} andere"


def _domain(settings: Settings) -> str:
    return settings.mail_from.rpartition("@")[2].rstrip("> ")
