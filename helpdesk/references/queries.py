"""Reading the graph together with what it points to."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from helpdesk.core.references import ADVICE, NotedReference, Origin, ReferenceSource, referring_to_article
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.references.rules import SERIES, KnownNumber
from helpdesk.rulings import queries as ruling_queries
from helpdesk.rulings.models import Ruling, RulingIdentifier, RulingTreatment
from helpdesk.rulings.rules.naming import ruling_title
from helpdesk.texts import queries as text_queries
from helpdesk.texts.models import PublishedText, TextVersion
from jurisprudence.legislation import ArticleReference, InvalidSource, Law, article_order_key
from jurisprudence.official import official_address
from jurisprudence.references.found import Kind, Reference
from jurisprudence.references.trees import alternation


@dataclass(frozen=True)
class LawCount:
    """How many sources refer to a law, and to how many of its articles."""

    sources: int
    articles: int


@dataclass(frozen=True)
class OpenTarget:
    """A ruling that is cited but that we do not hold: by how many sources, with the dates they give."""

    normal: str
    sources: int
    dates: tuple[date, ...]
    example_title: str
    example_address: str


ARTICLES, RULINGS, TERMS = "Artikelen", "Uitspraken", "Documenten en begrippen"
SHORTEST_NAME, SHORT_NAME = 2, 4  # characters
MOST_TERMS = 40
_IN_BRACKETS = re.compile(r"\s*\([^)]*\)")
_ANNEX = re.compile(
    r"\b(?:bijlage|annexe)\s+(?P<number>\d{1,2})\s?(?P<suffix>bis|ter|quater|quinquies|sexies|septies|octies|decies)?\b",
    re.IGNORECASE,
)
_PUBLIC = (NotedReference.origin != Origin.SUPPRESSED, ReferenceSource.kind != ADVICE)


def counts_per_law(session: Session) -> dict[str, LawCount]:
    """Return the counts of every law somebody refers to."""
    query = (
        select(
            NotedReference.law,
            func.count(distinct(NotedReference.source_id)),
            func.count(distinct(NotedReference.number)),
        )
        .join(NotedReference.source)
        .where(NotedReference.law.is_not(None), *_PUBLIC)
        .group_by(NotedReference.law)
    )
    return {law: LawCount(sources, articles) for law, sources, articles in session.execute(query) if law is not None}


def articles_of_law(session: Session, law: str) -> list[tuple[str, int]]:
    """Return the articles of a law somebody refers to with the number of sources, in the order of the law.

    A range counts for its first article; a number that is no article number comes last.
    """
    query = (
        select(NotedReference.number, func.count(distinct(NotedReference.source_id)))
        .join(NotedReference.source)
        .where(NotedReference.law == law, NotedReference.number.is_not(None), *_PUBLIC)
        .group_by(NotedReference.number)
    )
    counted = [(number, count) for number, count in session.execute(query) if number is not None]
    return sorted(counted, key=lambda pair: _order(pair[0]))


@dataclass(frozen=True)
class ArticleCount:
    """How many themes and rulings rest on an article of one law."""

    law: str
    themes: int
    rulings: int


def count_article(session: Session, number: str, law: str | None = None) -> list[ArticleCount]:
    """Count what rests on an article, per law that has one with this number; of one law when it is given."""
    query = (
        select(NotedReference.law, ReferenceSource.kind, func.count(distinct(NotedReference.source_id)))
        .join(NotedReference.source)
        .where(NotedReference.number == number, NotedReference.law.is_not(None), *_PUBLIC)
        .group_by(NotedReference.law, ReferenceSource.kind)
        .order_by(NotedReference.law)
    )
    counts: dict[str, Counter[str]] = {}
    for one, kind, count in session.execute(query if law is None else query.where(NotedReference.law == law)):
        counts.setdefault(one or "", Counter())[kind] = count
    return [ArticleCount(one, kinds["thema"], kinds["rechtspraak"]) for one, kinds in counts.items()]


def sources_of_whole_law(session: Session, law: str) -> list[NotedReference]:
    """Return the public references to a law that name no article, by title of the source."""
    query = (
        select(NotedReference)
        .join(NotedReference.source)
        .where(NotedReference.law == law, NotedReference.number.is_(None), *_PUBLIC)
        .order_by(ReferenceSource.title, NotedReference.id)
    )
    return list(session.scalars(query))


@dataclass(frozen=True)
class GatheredArticle:
    """An article with everything that rests on it.

    `rulings` are in the order to show them: those that name the article in their record first, then the newest.
    `before` and `after` are the nearest articles of the law with something, by number.
    """

    article: ArticleReference
    rows: Sequence[NotedReference]
    rulings: Sequence[Ruling]
    before: str | None
    after: str | None


def find_article(session: Session, law: Law, number: str) -> GatheredArticle | None:
    """Return what rests on the article with this number, in any case; None when nothing does or it is no number."""
    written = number.lower() if number[:1].isdigit() else number  # a Roman book number keeps its capitals
    try:
        order = article_order_key(written)
    except InvalidSource:
        return None
    rows = referring_to_article(session, law.id, written)
    if not rows:
        return None
    others = [one for one, _ in articles_of_law(session, law.id) if one != written]
    return GatheredArticle(
        article=ArticleReference(law, written),
        rows=rows,
        rulings=_rulings_of(session, rows),
        before=next((one for one in reversed(others) if _order(one) < (False, order)), None),
        after=next((one for one in others if _order(one) > (False, order)), None),
    )


def _rulings_of(session: Session, rows: Sequence[NotedReference]) -> list[Ruling]:
    named = {row.source_id for row in rows if row.origin == Origin.RECORD}
    ids = dict.fromkeys(row.source_id for row in rows if row.source.kind == "rechtspraak")
    rulings = ruling_queries.listed_rulings(session, [source_id.partition("/")[2] for source_id in ids])
    newest_first = sorted(rulings, key=lambda ruling: (-ruling.decided_on.toordinal(), ruling.slug))
    return sorted(newest_first, key=lambda ruling: ruling.document_id not in named)


def open_targets(session: Session, *, limit: int) -> list[OpenTarget]:
    """Return the rulings most cited that we do not hold, most sources first."""
    held = select(RulingIdentifier.normal)
    count = func.count(distinct(NotedReference.source_id))
    query = (
        select(NotedReference.target, count)
        .join(NotedReference.source)
        .where(NotedReference.law.is_(None), NotedReference.target.not_in(held), *_PUBLIC)
        .group_by(NotedReference.target)
        .order_by(count.desc(), NotedReference.target)
        .limit(limit)
    )
    counted = dict(session.execute(query).all())
    rows = session.execute(
        select(NotedReference.target, NotedReference.decided_on, ReferenceSource.title, ReferenceSource.address)
        .join(NotedReference.source)
        .where(NotedReference.target.in_(counted), ReferenceSource.kind != ADVICE)
        .order_by(NotedReference.target, ReferenceSource.title)
    )
    dates: dict[str, set[date]] = {}
    examples: dict[str, tuple[str, str]] = {}
    for target, decided_on, title, address in rows:
        dates.setdefault(target, set()).update({decided_on} if decided_on else ())
        examples.setdefault(target, (title, address))
    return [OpenTarget(one, number, tuple(sorted(dates[one])), *examples[one]) for one, number in counted.items()]


def dated_ruling_references(session: Session) -> list[tuple[str, date | None, str, str]]:
    """Return target, date, title and address of every public reference to a ruling, by target."""
    query = (
        select(NotedReference.target, NotedReference.decided_on, ReferenceSource.title, ReferenceSource.address)
        .join(NotedReference.source)
        .where(NotedReference.law.is_(None), *_PUBLIC)
        .order_by(NotedReference.target, ReferenceSource.title, NotedReference.id)
    )
    return [(target, decided_on, title, address) for target, decided_on, title, address in session.execute(query)]


def known_numbers(session: Session) -> dict[str, list[KnownNumber]]:
    """Return number and date of the rulings we hold of the courts with a running series, by date."""
    query = select(Ruling.court, Ruling.number_normal, Ruling.decided_on).where(
        Ruling.court.in_(SERIES), Ruling.published_at.is_not(None)
    )
    known: dict[str, list[KnownNumber]] = {}
    for court, normal, decided_on in session.execute(query.order_by(Ruling.decided_on, Ruling.number_normal)):
        number = normal.partition(":")[2]
        if number.isdigit():
            known.setdefault(court, []).append(KnownNumber(int(number), decided_on))
    return known


def moments(session: Session, source_ids: Collection[str]) -> dict[str, datetime]:
    """Return when each of these documents was last published or changed (UTC)."""
    texts = (
        select(PublishedText.kind, PublishedText.slug, TextVersion.published_at)
        .join(TextVersion, TextVersion.text_id == PublishedText.id)
        .where(TextVersion.number == PublishedText.live_number)
    )
    found = {f"{kind}/{slug}": moment for kind, slug, moment in session.execute(texts)}
    rulings = select(Ruling.slug, Ruling.updated_at).where(Ruling.published_at.is_not(None))
    found |= {f"rechtspraak/{slug}": moment for slug, moment in session.execute(rulings)}
    return {one: found[one] for one in source_ids if one in found}


def all_treatments(session: Session) -> list[RulingTreatment]:
    """Return every treatment, newest first."""
    query = select(RulingTreatment).order_by(RulingTreatment.treated_on.desc(), RulingTreatment.id.desc())
    return list(session.scalars(query))


def slugs_of_rulings(session: Session, wanted: Sequence[str | None]) -> list[str]:
    """Return which of these are addresses of published rulings."""
    query = select(Ruling.slug).where(Ruling.slug.in_([one for one in wanted if one]), Ruling.published_at.is_not(None))
    return list(session.scalars(query.order_by(Ruling.slug)))


@dataclass(frozen=True)
class LetterFinding:
    """Something a letter names: an article, a ruling, a document or a term, and what the site has on it.

    `address` is "" when there is nothing to lead to; `is_external` when it leads to another site.
    """

    group: str
    label: str
    address: str
    note: str = ""
    is_external: bool = False


def letter_findings(session: Session, text: str, vocabulary: Vocabulary) -> list[LetterFinding]:
    """Return what a letter names, each once, in the order of the letter: articles, rulings, documents and terms."""
    found = vocabulary.recogniser.find(text)
    return [
        *_articles_in(session, found),
        *_rulings_in(session, found, vocabulary),
        *_terms_in(session, text, vocabulary),
    ]


def _articles_in(session: Session, found: Sequence[Reference]) -> list[LetterFinding]:
    counts = _counts_by_kind(session, {one.article.law.id for one in found if one.article})
    findings: dict[str, LetterFinding] = {}
    for one in found:
        if one.article is not None:
            article = ArticleReference(one.article.law, one.article.number, one.article.to)
            findings.setdefault(article.normal, _article_finding(article, counts))
        elif one.kind == Kind.ARTICLE:
            label = f"art. {one.target.partition(':')[2]}"
            note = "De brief zegt hier niet van welke wet. Vaak is het de Vreemdelingenwet."
            findings.setdefault(label, LetterFinding(ARTICLES, label, "", note))
    return list(findings.values())


def _article_finding(article: ArticleReference, counts: Mapping[tuple[str, str | None, str], int]) -> LetterFinding:
    themes = counts.get((article.law.id, article.number, "thema"), 0)
    rulings = counts.get((article.law.id, article.number, "rechtspraak"), 0)
    if not themes + rulings:
        note = f"Over dit artikel hebben we niets. {article.law.title}"
        return LetterFinding(ARTICLES, article.display, article.law.address, note)
    how_many_themes = f"{themes} {'thema' if themes == 1 else 'thema’s'}"
    how_many_rulings = f"{rulings} {'uitspraak' if rulings == 1 else 'uitspraken'}"
    return LetterFinding(ARTICLES, article.display, article.address, f"{how_many_themes}, {how_many_rulings}")


def _rulings_in(session: Session, found: Sequence[Reference], vocabulary: Vocabulary) -> list[LetterFinding]:
    normals = list(dict.fromkeys(one.target for one in found if one.kind != Kind.ARTICLE))
    held = ruling_queries.held(session, normals)
    findings = []
    for normal in normals:
        slugs = held.get(normal, [])
        if slugs:
            ruling = ruling_queries.get_ruling(session, slugs[0])
            title = ruling_title(ruling, vocabulary)
            findings.append(LetterFinding(RULINGS, title, f"/rechtspraak/{slugs[0]}", ruling.summary[:200]))
        else:
            official = official_address(normal)
            label = next(one.text for one in found if one.target == normal)
            note = "Niet in onze databank." + (" Je vindt ze bij het rechtscollege." if official else "")
            findings.append(LetterFinding(RULINGS, label, official or "", note, is_external=official is not None))
    return findings


def _terms_in(session: Session, text: str, vocabulary: Vocabulary) -> list[LetterFinding]:
    """Find documents, terms and themes by their names; an annex nobody describes is named all the same."""
    names = _names(session, vocabulary)
    pattern = re.compile(alternation([name for name in names if len(name) >= SHORTEST_NAME], ignore_case=True))
    plain = " ".join(text.split())
    findings: dict[str, LetterFinding] = {}
    for named in pattern.finditer(plain):
        if len(named[0]) > SHORT_NAME or named[0] != named[0].lower():  # "AI" is a document, "ai" a cry
            finding = names[" ".join(named[0].split()).casefold()]
            findings.setdefault(finding.address, finding)
    for annex in _ANNEX.finditer(plain):
        label = f"bijlage {annex['number']}{(annex['suffix'] or '').lower()}"
        if label not in names:
            note = "Over deze bijlage hebben we geen eigen pagina; zoek erop."
            address = f"/zoeken?{urlencode({'q': label})}"
            findings.setdefault(address, LetterFinding(TERMS, label.capitalize(), address, note))
    return list(findings.values())[:MOST_TERMS]


def _names(session: Session, vocabulary: Vocabulary) -> dict[str, LetterFinding]:
    """Return what each name in a letter leads to, in small letters; a term of the lexicon goes before a theme."""
    names: dict[str, LetterFinding] = {}
    for theme in vocabulary.themes.all:
        finding = LetterFinding(TERMS, theme.title, f"/themas/{theme.path}", theme.description)
        synonyms = [word for words in theme.synonyms.values() for word in words]
        for name in (_IN_BRACKETS.sub("", theme.title).strip(), *synonyms):
            names.setdefault(name.casefold(), finding)
    for text, version in text_queries.terms(session):
        finding = LetterFinding(TERMS, version.title, f"/lexicon/{text.slug}", version.summary)
        names |= dict.fromkeys(
            (name.casefold() for name in (version.title, *version.abbreviations, *version.synonyms)), finding
        )
    return names


def _counts_by_kind(session: Session, laws: Collection[str]) -> dict[tuple[str, str | None, str], int]:
    query = (
        select(
            NotedReference.law,
            NotedReference.number,
            ReferenceSource.kind,
            func.count(distinct(NotedReference.source_id)),
        )
        .join(NotedReference.source)
        .where(NotedReference.law.in_(laws), *_PUBLIC)
        .group_by(NotedReference.law, NotedReference.number, ReferenceSource.kind)
    )
    return {(law, number, kind): count for law, number, kind, count in session.execute(query) if law is not None}


def _order(number: str) -> tuple[bool, Any]:
    try:
        return False, article_order_key(number)
    except InvalidSource:
        return True, number
