"""The draft of a ruling: what an editor writes of it, and how two drafts differ."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any

from helpdesk.core import privacy
from helpdesk.rulings.models import Ruling

FOLDER = "rechtspraak"
FIELD_NAMES: Mapping[str, str] = {
    "court": "Rechtscollege",
    "division": "Afdeling",
    "historic_court_name": "Naam op het moment van de uitspraak",
    "number": "Nummer",
    "role_numbers": "Rolnummers",
    "decided_on": "Datum van de uitspraak",
    "ecli": "ECLI",
    "ecli_status": "Zekerheid van de ECLI",
    "language": "Taal",
    "parties": "Partijen",
    "keywords": "Trefwoordenketen",
    "outcome": "Uitkomst",
    "summary": "Samenvatting",
    "full_text": "Volledige tekst",
    "articles": "Artikelen",
    "themes": "Thema's",
    "source_url": "Bronadres",
    "sources": "Bronnen",
    "unverified": "Nog niet bevestigd",
    "quality": "Nagekeken",
}  # what an editor fills in, in the order of the form


@dataclass(frozen=True, kw_only=True)
class TreatmentDraft:
    """One treatment, each side a ruling of ours by its address or words for what we do not hold."""

    kind: str
    treating_slug: str | None
    treating_text: str | None
    treated_slug: str | None
    treated_text: str | None
    note: str
    treated_on: date


@dataclass(frozen=True, kw_only=True)
class RulingDraft:
    """One ruling as an editor wrote it down, checked and in normal form.

    `articles` holds (normal form, label) pairs: ("VW:40ter", "art. 40ter, § 2 Vw.").
    """

    slug: str
    court: str
    division: str | None
    historic_court_name: str | None
    number: str
    number_normal: str
    role_numbers: list[str]
    decided_on: date
    ecli: str | None
    ecli_status: str | None
    language: str
    parties: str | None
    keywords: str
    outcome: str | None
    summary: str
    source_url: str | None
    sources: list[str]
    unverified: list[str]
    quality: str | None
    themes: list[str]
    articles: list[tuple[str, str]]
    treatments: list[TreatmentDraft] | None = None  # None says nothing of them
    full_text: str | None = None
    content_path: str | None = None
    content_source: str | None = None
    aliases: list[str] = field(default_factory=list)  # addresses and ECLIs this ruling had before


def draft_of(ruling: Ruling) -> RulingDraft:
    """Return a stored ruling as a draft."""
    names = (item.name for item in fields(RulingDraft) if item.name != "treatments")
    values: dict[str, Any] = {name: getattr(ruling, name) for name in names}
    values["themes"] = [theme.node for theme in ruling.themes]
    values["articles"] = [(article.normal, article.label) for article in ruling.articles]
    values["treatments"] = _told(ruling)
    return RulingDraft(**values)


def moved_treatments(old: RulingDraft, new: RulingDraft) -> list[TreatmentDraft]:
    """Return what a file says of treatments once its ruling has another address or date."""

    def moved(slug: str | None) -> str | None:
        return new.slug if slug == old.slug else slug

    def dated(one: TreatmentDraft) -> date:
        is_own_date = one.treating_slug == old.slug and one.treated_on == old.decided_on
        return new.decided_on if is_own_date else one.treated_on

    return [
        replace(
            one,
            treating_slug=moved(one.treating_slug),
            treated_slug=moved(one.treated_slug),
            treated_on=dated(one),
        )
        for one in old.treatments or []
    ]


def values_of(draft: RulingDraft) -> dict[str, str | list[str]]:
    """Return what an editor writes of a ruling, by field, in the order of the form; "" or [] when there is nothing."""
    written = {name: getattr(draft, name) for name in FIELD_NAMES}
    written |= {"decided_on": draft.decided_on.isoformat(), "articles": [label for _, label in draft.articles]}
    return {name: value or "" for name, value in written.items()}


def differences(old: RulingDraft, new: RulingDraft) -> dict[str, str | list[str]]:
    """Return the old values of the fields that say something else in the new draft.

    Traces of a person that were taken out are not kept: that is why they were taken out.
    """
    now = values_of(new)
    return {
        name: value if isinstance(value, list) else privacy.without_traces(value, kept_in=str(now[name]))
        for name, value in values_of(old).items()
        if value != now[name]
    }


def completed(draft: RulingDraft, ruling: Ruling) -> RulingDraft:
    """Return a draft that says what the ruling says wherever the draft itself says nothing.

    The address stays as it is, and so does how the record names its articles when they are the same ones.
    """
    kept = {
        item.name: getattr(ruling, item.name)
        for item in fields(draft)
        if item.name not in {"themes", "articles", "treatments"} and getattr(draft, item.name) in (None, "", [])
    }
    articles = [(row.normal, row.label) for row in ruling.articles]
    are_same = list(dict.fromkeys(normal for normal, _ in articles)) == [normal for normal, _ in draft.articles]
    kept["slug"] = ruling.slug
    kept["treatments"] = _told(ruling) if ruling.content_path else None
    kept["themes"] = draft.themes or [row.node for row in ruling.themes]
    kept["articles"] = articles if are_same or not draft.articles else draft.articles
    if draft.ecli not in {None, ruling.ecli}:
        kept["ecli_status"] = None
    return replace(draft, **kept)


def _told(ruling: Ruling) -> list[TreatmentDraft]:
    """Return what the content file of a ruling says of treatments."""
    names = [item.name for item in fields(TreatmentDraft)]
    return [TreatmentDraft(**{name: getattr(told, name) for name in names}) for told in ruling.told_treatments]
