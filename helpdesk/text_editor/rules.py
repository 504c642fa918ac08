"""What a working draft must be before it goes on, and the content file it becomes: pure, no database."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from helpdesk.core import frontmatter, privacy
from helpdesk.core.clock import BRUSSELS
from helpdesk.core.errors import Problem
from helpdesk.core.frontmatter import ContentFile, FieldReader
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.text_editor.models import WorkState
from helpdesk.texts import rules as text_rules
from helpdesk.texts.models import TextKind
from helpdesk.texts.rules import TextDraft
from jurisprudence.legislation import InvalidSource, UnknownLaw, parse_source

FIELD_NAMES: Mapping[str, str] = {
    "title": "Titel",
    "slug": "Laatste deel van het adres",
    "summary": "Samenvatting",
    "abbreviations": "Afkortingen",
    "synonyms": "Andere woorden",
    "themes": "Thema’s",
    "kind": "Soort nieuws",
    "published_on": "Datum van het bericht",
    "updated_on": "Bijgewerkt op",
    "update_note": "Wat is bijgewerkt",
    "stand_of_law": "Stand van het recht",
    "sources": "Bronnen",
    "rulings": "Uitspraken",
    "to_check": "Nog na te kijken",
    "review_after_months": "Nalezen na (maanden)",
    "body": "Tekst",
    "change_note": "Wat verandert er, en waarom",
    "is_substantive": "Soort wijziging",
    "owner": "Wie houdt deze tekst juist",
    "review_on": "Opnieuw nalezen op",
    "expires_on": "Laten vervallen op",
}
_ABOUT_ALL = ("title", "summary")
_ABOUT_LAW = ("themes", "stand_of_law", "sources", "rulings", "to_check", "review_after_months")
FIELDS: Mapping[str, Sequence[str]] = {
    TextKind.THEME: (*_ABOUT_ALL, *_ABOUT_LAW),
    TextKind.NEWS: (*_ABOUT_ALL, "themes", "kind", "published_on", "updated_on", "update_note", *_ABOUT_LAW[1:]),
    TextKind.LEXICON: (*_ABOUT_ALL, "abbreviations", "synonyms", *_ABOUT_LAW),
    TextKind.PAGE: (*_ABOUT_ALL, "to_check", "review_after_months"),
}  # of the front matter, in the order of a new file
LISTS = frozenset({"themes", "sources", "rulings", "to_check", "abbreviations", "synonyms"})
DAYS = frozenset({"published_on", "updated_on", "stand_of_law"})
OF_PUBLICATION = ("change_note", "is_substantive", "owner", "review_on", "expires_on")
SUBSTANTIVE, EDITORIAL = "inhoudelijk", "redactioneel"
MOVABLE = frozenset({TextKind.NEWS, TextKind.LEXICON})
MISSING = {
    "title": "Schrijf een titel.",
    "summary": "Schrijf een samenvatting.",
    "themes": "Vink minstens één thema aan.",
    "kind": "Kies het soort nieuws.",
    "published_on": "Vul de datum van het bericht in.",
    "stand_of_law": "Vul de dag in waarvan de tekst het recht beschrijft.",
    "sources": "Noem minstens één bron, bijvoorbeeld art. 40ter Vw.",
}
LEAST_REASON, MOST_REASON = 10, 500  # characters
MOST_NOTE, MOST_REMARK = 300, 1_000  # characters
MOST_AHEAD = timedelta(days=366)
_DUTCH_DATE = re.compile(r"(\d{1,2})[-/](\d{1,2})[-/](\d{4})")

Typed = Mapping[str, Any]


def typed_of(draft: TextDraft) -> dict[str, Any]:
    """Return the fields of a text as a form holds them: text by name, lists one item a line, themes as a list."""
    typed: dict[str, Any] = {"body": draft.body} | ({"slug": draft.slug} if draft.kind in MOVABLE else {})
    for name in FIELDS[draft.kind]:
        value = draft.file.fields.get(name)
        if name == "themes":
            typed[name] = list(value or [])
        elif name in LISTS:
            typed[name] = "\n".join(value or [])
        else:
            typed[name] = value.isoformat() if isinstance(value, date) else str(value if value is not None else "")
    return typed | dict.fromkeys(OF_PUBLICATION, "")


def source_of(kind: str, typed: Typed, base_source: str, *, old_slug: str | None = None) -> str:
    """Return the content file that says what was typed; what stayed the same keeps the bytes of the file before.

    `old_slug` is the present address of a text: when another was typed, the file remembers it.
    """
    body = str(typed.get("body", "")).replace("\r\n", "\n").replace("\r", "\n")
    body = body if body.strip() else ""
    values = {name: _value(name, typed.get(name)) for name in FIELDS[kind]}
    if old_slug is not None and kind in MOVABLE and typed.get("slug") not in (None, "", old_slug):
        values["aliases"] = _aliases(base_source, old_slug, str(typed["slug"]))
    if not base_source:
        lines = [f"{name}: {frontmatter.written(value)}" for name, value in values.items() if value or name == "title"]
        return "\n".join([frontmatter.FENCE, *lines, frontmatter.FENCE, "", body.strip("\n"), ""])
    before = frontmatter.split(base_source).fields
    differing = {name: value for name, value in values.items() if value != _comparable(before.get(name))}
    changes = {name: value if value or name == "title" else None for name, value in differing.items()}
    return frontmatter.rewrite(base_source, changes, body)


def content_path(kind: str, slug: str, typed: Typed, vocabulary: Vocabulary) -> str:
    """Return the file a text is exported to."""
    if kind == TextKind.THEME:
        theme = vocabulary.themes.find(slug)
        return f"themas/{theme.path if theme else slug}.md"
    if kind == TextKind.NEWS:
        day = read_day(str(typed.get("published_on", "")))
        return f"nieuws/{day.year}/{day.isoformat()}-{slug}.md" if day else f"nieuws/0000/0000-00-00-{slug}.md"
    return f"lexicon/{slug}.md" if kind == TextKind.LEXICON else f"paginas/{slug}.md"


def slug_of(kind: str, slug: str, typed: Typed) -> str:
    """Return the last part of the address a working draft asks for; only news and terms can move."""
    return str(typed.get("slug") or slug) if kind in MOVABLE else slug


def read_typed(
    kind: str, slug: str, typed: Typed, base_source: str, vocabulary: Vocabulary, *, is_known: bool
) -> tuple[TextDraft | None, list[Problem]]:
    """Read what was typed by the rules of a content file: a draft and every problem at its field.

    The draft is there, as far as it could be read, when there are problems too; None when no file can be made of it.
    """
    wanted = slug_of(kind, slug, typed)
    if not text_rules.is_slug(wanted):
        return None, [Problem("slug", "Gebruik in het adres alleen kleine letters, cijfers en streepjes.")]
    path = content_path(kind, wanted, typed, vocabulary)
    source = source_of(kind, typed, base_source, old_slug=slug if is_known else None)
    try:
        reader = _FormReader(path, frontmatter.split(source), typed)
    except frontmatter.FrontMatterBroken as broken:
        return None, [Problem("body", f"De velden kunnen niet als bestand bewaard worden: {broken}")]
    draft = text_rules.read_fields(reader, TextKind(kind), source, vocabulary)
    return draft, reader.broken


def readable(draft: TextDraft, vocabulary: Vocabulary) -> TextDraft:
    """Return a draft that may have problems as far as it can be shown: without sources that cannot be read."""
    sources = []
    for source in draft.sources:
        with suppress(UnknownLaw, InvalidSource):
            parse_source(source, vocabulary.laws)
            sources.append(source)
    return replace(draft, sources=sources)


def first_typed(kind: str, slug: str, title: str, *, today: date) -> dict[str, Any]:
    """Return the form of a text that is not there yet."""
    typed: dict[str, Any] = dict.fromkeys((*FIELDS[kind], "body", *OF_PUBLICATION), "")
    typed |= {"title": title, "review_after_months": str(text_rules.DEFAULT_REVIEW_MONTHS)}
    if "themes" in typed:
        typed["themes"] = [slug] if kind == TextKind.THEME else []
    if "published_on" in typed:
        typed["published_on"] = today.isoformat()
    return typed | ({"slug": slug} if kind in MOVABLE else {})


def check_publication(typed: Typed, *, is_first: bool, today: date) -> list[Problem]:
    """Return what is still to be said of a publication: the note, the kind of change, the dates."""
    broken = []
    note = str(typed.get("change_note", "")).strip()
    if not note and not is_first:
        broken.append(Problem("change_note", "Schrijf wat er verandert en waarom: lezers zien dat in de geschiedenis."))
    if len(note) > MOST_NOTE:
        broken.append(Problem("change_note", f"Maak de nota korter: {len(note)} tekens, en er passen er {MOST_NOTE}."))
    if typed.get("is_substantive") not in {SUBSTANTIVE, EDITORIAL} and not is_first:
        broken.append(Problem("is_substantive", "Kies of de wijziging inhoudelijk is of alleen redactioneel."))
    for name in ("review_on", "expires_on"):
        text = str(typed.get(name, "")).strip()
        day = read_day(text)
        if text and day is None:
            broken.append(Problem(name, f"‘{FIELD_NAMES[name]}’ is geen datum: schrijf ze als 14-03-2027."))
        elif day is not None and day <= today:
            broken.append(Problem(name, f"‘{FIELD_NAMES[name]}’ moet na vandaag liggen."))
    return broken


def is_substantive(typed: Typed, *, is_first: bool) -> bool:
    """Tell whether followers are told of a publication: always of the first."""
    return is_first or typed.get("is_substantive") != EDITORIAL


def may_approve(*, submitted_by: int | None, by: int, four_eyes: bool) -> bool:
    """Tell whether someone may approve a draft: not who submitted it, unless the house has one pair of eyes."""
    return not four_eyes or submitted_by != by


def may_publish(state: str, *, four_eyes: bool) -> bool:
    """Tell whether a draft may be published now or at a time."""
    return state in {WorkState.APPROVED, WorkState.PLANNED} or not four_eyes


def check_moment(publish_at: datetime | None, now: datetime) -> list[Problem]:
    """Return what is wrong with the moment a text is to be published."""
    if publish_at is None:
        return [Problem("publish_at", "Kies een dag en een uur, bijvoorbeeld 14-03-2027 en 08:30.")]
    if publish_at <= now:
        return [Problem("publish_at", "Dat moment is al voorbij: kies een later, of publiceer nu.")]
    if publish_at > now + MOST_AHEAD:
        return [Problem("publish_at", "Kies een moment binnen het jaar.")]
    return []


def brussels_moment(day: str, hour: str) -> datetime | None:
    """Return the moment of a day and an hour as typed, in Brussels; None when either cannot be read.

    An hour that the clock skips in March is read as the one after it, one that comes twice in October as the first.
    """
    found, time = read_day(day), re.fullmatch(r"([01]?\d|2[0-3])[:.u]([0-5]\d)", hour.strip())
    if found is None or time is None:
        return None
    return datetime(found.year, found.month, found.day, int(time[1]), int(time[2]), tzinfo=BRUSSELS)


def said_moment(moment: datetime) -> str:
    """Return a moment in Brussels in words: "14-03-2027 om 08:30"."""
    return f"{moment.astimezone(BRUSSELS):%d-%m-%Y om %H:%M}"


def check_words(text: str, *, what: str, field: str, most: int) -> list[Problem]:
    """Return what is wrong with a remark or reason: too short, too long."""
    if len(text) < LEAST_REASON:
        return [Problem(field, f"Schrijf {what}, in minstens {LEAST_REASON} tekens.")]
    if len(text) > most:
        return [Problem(field, f"Maak dit korter: {len(text)} tekens, en er passen er {most}.")]
    return []


def check_withdrawal(reason: str, *, linking: int, is_confirmed: bool) -> list[Problem]:
    """Return what is wrong with the reason the public will read, and whether links must be looked at first."""
    what = "waarom je de tekst intrekt en waar de lezer terechtkan: bezoekers lezen dat"
    broken = _check_reason(reason, what, field="reason")
    if linking and not is_confirmed:
        count = "1 tekst verwijst" if linking == 1 else f"{linking} teksten verwijzen"
        broken.append(Problem("confirm", f"{count} naar deze tekst: kijk ze na en bevestig het."))
    return broken


def check_hiding(reason: str, *, number: int | None) -> list[Problem]:
    """Return what is wrong with the reason why a version is no longer shown, and whether one is chosen."""
    broken = [] if number is not None else [Problem("number", "Kies welke versie je bedoelt.")]
    return broken + _check_reason(reason, "waarom je ze afschermt: bezoekers lezen dat", field="hidden_reason")


def _check_reason(reason: str, what: str, *, field: str) -> list[Problem]:
    broken = check_words(reason, what=what, field=field, most=MOST_REASON)
    if privacy.find_likely_traces(reason):
        broken.append(Problem(field, "Noem in de reden geen naam of ander persoonsgegeven: bezoekers lezen dat."))
    return broken


def initials(display_name: str) -> str:
    """Return how someone signs for a check: the first letter of each word, in lower case."""
    return "".join(word[0] for word in re.findall(r"\w+", display_name.lower()))[:80] or "?"


def read_day(text: str) -> date | None:
    """Read a date as the browser sends it or typed the Belgian way; None when it is none."""
    found = _DUTCH_DATE.fullmatch(text.strip())
    with suppress(ValueError):
        if found:
            return date(int(found[3]), int(found[2]), int(found[1]))
        return date.fromisoformat(text.strip())
    return None


def differing_fields(mine: Typed, theirs: Typed) -> list[str]:
    """Return the fields in which two typed forms differ, in the order of the form."""
    return [name for name in FIELD_NAMES if _plain(mine.get(name)) != _plain(theirs.get(name))]


def as_text(value: object) -> str:
    """Return a typed value as text: a list one item a line."""
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value or "")


def _plain(value: object) -> str:
    return as_text(value).replace("\r\n", "\n").strip()


def _value(name: str, typed: object) -> str | int | date | list[str]:
    """Return a typed field as a content file holds it; what is empty is "" or an empty list."""
    if name in LISTS:
        items = typed if isinstance(typed, list) else str(typed or "").splitlines()
        return [" ".join(str(item).split()) for item in items if str(item).strip()]
    text = " ".join(str(typed or "").split())
    if name in DAYS:
        return read_day(text) or text
    if name == "review_after_months":
        return int(text) if text.isascii() and text.isdigit() and len(text) < len("1000") else text
    return text


def _comparable(value: object) -> object:
    """Return what a file holds for comparing with what was typed: no field is an empty one."""
    if isinstance(value, str):
        return " ".join(value.split())
    return "" if value is None else value


def _aliases(base_source: str, old_slug: str, new_slug: str) -> list[str]:
    before = frontmatter.split(base_source).fields.get("aliases") if base_source else None
    known = [str(alias) for alias in before] if isinstance(before, list) else []
    return [alias for alias in dict.fromkeys([*known, old_slug]) if alias != new_slug]


class _FormReader(FieldReader):
    """Reads what was typed as the file it becomes, and says what is wrong in the words of the screen."""

    def __init__(self, path: str, file: ContentFile, typed: Typed) -> None:
        super().__init__(path, file)
        self.typed = typed
        self.broken: list[Problem] = []

    def problem(self, name: str, message: str) -> None:
        """Keep what is wrong at its field; a field that was left empty says what to do."""
        super().problem(name, message)
        field = name if name in FIELD_NAMES else "title"
        is_missing = name in MISSING and not _plain(self.typed.get(name))
        said = MISSING[name] if is_missing else message.replace(f"'{name}'", f"‘{FIELD_NAMES.get(name, name)}’")
        self._keep(Problem(field, said))

    def body_problem(self, message: str, below: int = 0) -> None:
        """Keep what is wrong with the text itself."""
        super().body_problem(message, below)
        self._keep(Problem("body", message))

    def _keep(self, problem: Problem) -> None:
        if problem not in self.broken:
            self.broken.append(problem)
