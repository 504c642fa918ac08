"""Gathering what deserves a look; reads only what is short of each text, so that the page is there at once."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session, defer, lazyload, load_only

from helpdesk.aftercare import queries as aftercare_queries
from helpdesk.core import amount_store, markup
from helpdesk.core.audit import AuditEntry
from helpdesk.core.clock import brussels_date
from helpdesk.core.references import NotedReference, Origin
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.links import queries as link_queries
from helpdesk.links.models import CheckedLink, LinkState
from helpdesk.radar import rules
from helpdesk.radar.models import PutAway
from helpdesk.radar.rules import ArticleIndex, Range, Sign, SignKind, Touch
from helpdesk.rulings.models import Ruling, RulingTreatment
from helpdesk.rulings.rules.naming import ruling_title
from helpdesk.texts import rules as text_rules
from helpdesk.texts.models import PublishedText, TextKind, TextVersion
from helpdesk.visits import queries as visit_queries
from helpdesk.visits.models import PageVerdict, SearchCount
from helpdesk.visits.rules import LEAST_SHOWN, first_of_month

PERIOD_DAYS = 365
MOST_NEW = 500  # rulings or treatments looked at: more at once is an import, no news
LEAST_NOT_USEFUL = 3  # verdicts without a word; one with a remark is enough
FOUND_RIGHT = ("text.confirmed", "text.checked")
AMOUNT_SIGN = "{{bedrag:"
RULING = "rechtspraak"


@dataclass(frozen=True, kw_only=True)
class LivePage:
    """What the radar must know of a live text. `settled_at` is when it was published or last called still right."""

    document_id: str
    kind: str
    slug: str
    title: str
    number: int
    settled_at: datetime
    right_on: date
    review_on: date
    owner_id: int | None
    rulings: tuple[str, ...]
    keeps_changing: bool  # False of news that stands as it was written


def live_pages(session: Session) -> dict[str, LivePage]:
    """Return every live text by its document id."""
    found_right = select(AuditEntry.subject_id, func.max(AuditEntry.noted_at)).where(AuditEntry.act.in_(FOUND_RIGHT))
    confirmed = dict(session.execute(found_right.group_by(AuditEntry.subject_id)).all())
    short = load_only(
        TextVersion.number, TextVersion.title, TextVersion.published_at, TextVersion.reviewed_on,
        TextVersion.stand_of_law, TextVersion.review_after_months, TextVersion.rulings, TextVersion.news_kind,
        TextVersion.updated_on,
    )  # fmt: skip
    is_live = (TextVersion.text_id == PublishedText.id) & (TextVersion.number == PublishedText.live_number)
    query = select(PublishedText, TextVersion).join(TextVersion, is_live).order_by(PublishedText.id)
    pages = {}
    for text, version in session.execute(query.options(short, lazyload(PublishedText.themes))):
        settled_at = max(version.published_at, confirmed.get(text.document_id, version.published_at))
        days = (version.reviewed_on, text.confirmed_on, version.stand_of_law)
        pages[text.document_id] = LivePage(
            document_id=text.document_id,
            kind=text.kind,
            slug=text.slug,
            title=version.title,
            number=version.number,
            settled_at=settled_at,
            right_on=max(filter(None, days), default=brussels_date(version.published_at)),
            review_on=text_rules.next_review_on(text, version),
            owner_id=text.owner_id,
            rulings=tuple(version.rulings),
            keeps_changing=text.kind != TextKind.NEWS or text_rules.is_living(version.news_kind, version.updated_on),
        )
    return pages


def signs(session: Session, pages: Mapping[str, LivePage], vocabulary: Vocabulary, *, today: date) -> list[Sign]:
    """Return all that deserves a look today, put away or not, in no order that matters."""
    return [
        *_overdue(pages.values(), today),
        *_touched(session, pages, vocabulary, today),
        *_broken_links(session, pages),
        *_not_useful(session, pages, today),
        *_proposals(session),
        *_not_found(session, today),
    ]


def put_away(session: Session) -> dict[tuple[str, str], PutAway]:
    """Return what was put away, by kind and subject."""
    return {(one.kind, one.subject): one for one in session.scalars(select(PutAway).order_by(PutAway.id))}


def find_put_away(session: Session, put_away_id: int) -> PutAway | None:
    """Return one thing that was put away, None when it is back."""
    return session.get(PutAway, put_away_id)


def _of_page(page: LivePage, kind: SignKind, reasons: tuple[str, ...], evidence: Iterable[str]) -> Sign:
    return Sign(
        kind=kind,
        subject=page.document_id,
        title=page.title,
        reasons=reasons,
        evidence=frozenset(evidence),
        right_on=page.right_on,
        document_id=page.document_id,
        owner_id=page.owner_id,
    )


def _overdue(pages: Iterable[LivePage], today: date) -> Iterator[Sign]:
    for page in pages:
        if page.review_on <= today:
            reason = f"moest op {rules.day_words(page.review_on)} nagelezen zijn"
            evidence = f"versie {page.number}, {page.review_on.isoformat()}"
            yield _of_page(page, SignKind.OVERDUE, (reason,), [evidence])


def _touched(session: Session, pages: Mapping[str, LivePage], vocabulary: Vocabulary, today: date) -> Iterator[Sign]:
    living = {key: page for key, page in pages.items() if page.keeps_changing}
    if not living:
        return
    index = _articles_of(session, living)
    touches = [
        *_new_rulings(session, living, index, vocabulary),
        *_new_treatments(session, living, index, vocabulary),
        *_new_amounts(session, living, today),
    ]
    for key, found in rules.grouped(touches).items():
        yield _of_page(living[key], SignKind.TOUCHED, rules.touched_reasons(found), (one.evidence for one in found))


def _articles_of(session: Session, pages: Mapping[str, LivePage]) -> ArticleIndex:
    """Index the articles that pages name as their source; one only mentioned in passing does not count."""
    index = ArticleIndex()
    columns = NotedReference.source_id, NotedReference.law, NotedReference.number, NotedReference.to_number
    query = select(*columns).where(
        NotedReference.origin == Origin.RECORD,
        NotedReference.law.is_not(None),
        NotedReference.number.is_not(None),
        NotedReference.source_id.not_like(f"{RULING}/%"),
    )
    for source_id, law, number, last in session.execute(query):
        if source_id in pages and law is not None and number is not None:
            index.add(Range(law, number, last), source_id)
    return index


def _new_rulings(
    session: Session, pages: Mapping[str, LivePage], index: ArticleIndex, vocabulary: Vocabulary
) -> Iterator[Touch]:
    since = min(page.settled_at for page in pages.values())
    query = select(Ruling).where(Ruling.published_at > since).options(*_SHORT_RULING)
    newest = session.scalars(query.order_by(Ruling.published_at.desc(), Ruling.id.desc()).limit(MOST_NEW)).all()
    named = _articles_named_by(session, [ruling.slug for ruling in newest])
    for ruling in newest:
        concerned = {page for one in named.get(ruling.slug, ()) for page in index.pages(one)}
        for key in sorted(concerned):
            if ruling.published_at is not None and ruling.published_at > pages[key].settled_at:
                words = f"nieuwe uitspraak: {ruling_title(ruling, vocabulary)}"
                yield Touch(page=key, evidence=f"{RULING}/{ruling.slug}", words=words, on=ruling.decided_on)


def _new_treatments(
    session: Session, pages: Mapping[str, LivePage], index: ArticleIndex, vocabulary: Vocabulary
) -> Iterator[Touch]:
    since = min(page.settled_at for page in pages.values())
    query = (
        select(RulingTreatment, Ruling)
        .join(Ruling, Ruling.slug == RulingTreatment.treated_slug)
        .where(RulingTreatment.entered_at > since, Ruling.published_at.is_not(None))
        .options(*_SHORT_RULING)
        .order_by(RulingTreatment.entered_at.desc(), RulingTreatment.id.desc())
    )
    newest = session.execute(query.limit(MOST_NEW)).all()
    named = _articles_named_by(session, [ruling.slug for _, ruling in newest])
    for treatment, ruling in newest:
        concerned = {page for one in named.get(ruling.slug, ()) for page in index.pages(one)}
        concerned |= {key for key, page in pages.items() if ruling.slug in page.rulings}
        treating = treatment.treating_slug or treatment.treating_text
        for key in sorted(concerned):
            if treatment.entered_at > pages[key].settled_at:
                words = f"nieuwe behandeling van {ruling_title(ruling, vocabulary)}"
                evidence = f"behandeling/{treatment.kind}/{treating}/{ruling.slug}"
                yield Touch(page=key, evidence=evidence, words=words, on=treatment.treated_on)


def _articles_named_by(session: Session, slugs: list[str]) -> dict[str, list[Range]]:
    """Return the articles that public rulings name, in their record or their words, by slug."""
    named: dict[str, list[Range]] = {}
    for place in range(0, len(slugs), MOST_NEW):
        query = (
            select(NotedReference.source_id, NotedReference.law, NotedReference.number, NotedReference.to_number)
            .where(
                NotedReference.source_id.in_([f"{RULING}/{slug}" for slug in slugs[place : place + MOST_NEW]]),
                NotedReference.origin != Origin.SUPPRESSED,
                NotedReference.law.is_not(None),
                NotedReference.number.is_not(None),
            )
            .distinct()
        )
        for source_id, law, number, last in session.execute(query):
            if law is not None and number is not None:
                named.setdefault(source_id.removeprefix(f"{RULING}/"), []).append(Range(law, number, last))
    return named


def _new_amounts(session: Session, pages: Mapping[str, LivePage], today: date) -> Iterator[Touch]:
    is_live = (TextVersion.text_id == PublishedText.id) & (TextVersion.number == PublishedText.live_number)
    document_id = PublishedText.kind + literal("/") + PublishedText.slug
    query = select(document_id, TextVersion.source).join(TextVersion, is_live)
    shown = session.execute(query.where(TextVersion.source.contains(AMOUNT_SIGN, autoescape=True))).all()
    register = amount_store.live_register(session) if shown else None
    for key, source in shown:
        for amount_id in markup.amount_ids(source) if key in pages else ():
            amount = register.find(amount_id) if register is not None else None
            for period in amount.periods if amount is not None else ():
                if amount is not None and brussels_date(pages[key].settled_at) < period.valid_from <= today:
                    day = rules.day_words(period.valid_from)
                    words = f"nieuw bedrag: {amount.label} is {amount.words(period)} sinds {day}"
                    evidence = f"bedrag/{amount_id}/{period.valid_from.isoformat()}/{period.value}"
                    yield Touch(page=key, evidence=evidence, words=words, on=period.valid_from)


def _broken_links(session: Session, pages: Mapping[str, LivePage]) -> Iterator[Sign]:
    query = select(CheckedLink).where(CheckedLink.state == LinkState.BROKEN).order_by(CheckedLink.address)
    broken = {link.address: link for link in session.scalars(query)}
    if not broken:
        return
    elsewhere = set(broken)
    for key, addresses in sorted(link_queries.links_of_texts(session, set(broken)).items()):
        elsewhere -= set(addresses)
        if key in pages:
            reasons = tuple(f"link stuk: {address}" for address in addresses[: rules.MOST_NAMED])
            rest = len(addresses) - rules.MOST_NAMED
            yield _of_page(pages[key], SignKind.LINK, (*reasons, *([f"en nog {rest}"] if rest > 0 else [])), addresses)
    if elsewhere:
        since = min((at for one in elsewhere if (at := broken[one].failed_since_at) is not None), default=None)
        yield Sign(
            kind=SignKind.LINK,
            subject="andere",
            title="Links bij uitspraken, wetten of bedragen",
            reasons=(rules.counted(len(elsewhere), "link is stuk", "links zijn stuk"),),
            evidence=frozenset(elsewhere),
            right_on=brussels_date(since) if since is not None else date.max,
        )


def _not_useful(session: Session, pages: Mapping[str, LivePage], today: date) -> Iterator[Sign]:
    """Give the pages that readers of the live version did not find useful since it was last called right."""
    query = (
        select(PageVerdict)
        .where(~PageVerdict.is_useful, PageVerdict.given_on > today - timedelta(days=PERIOD_DAYS))
        .order_by(PageVerdict.given_on.desc(), PageVerdict.id.desc())
    )
    moved = visit_queries.moved_documents(session)
    found: dict[str, list[PageVerdict]] = {}
    for one in session.scalars(query):
        page = pages.get(moved.get(one.document_id, one.document_id))
        if page is None or one.version != page.number:
            continue
        settled_on = brussels_date(page.settled_at)
        if one.given_on >= settled_on:
            found.setdefault(page.document_id, []).append(one)
    for key, verdicts in sorted(found.items()):
        remarks = [one.remark for one in verdicts if one.remark]
        if remarks or len(verdicts) >= LEAST_NOT_USEFUL:
            reasons = (
                rules.counted(len(verdicts), "lezer vond dit niet nuttig", "lezers vonden dit niet nuttig"),
                *(f"‘{remark}’" for remark in remarks[: rules.MOST_NAMED]),
            )
            yield _of_page(pages[key], SignKind.NOT_USEFUL, reasons, (f"oordeel/{one.id}" for one in verdicts))


def _proposals(session: Session) -> Iterator[Sign]:
    for one in aftercare_queries.proposals(session, most=0):
        yield Sign(
            kind=SignKind.PROPOSAL,
            subject=f"voorstel/{one.id}",
            title=one.title,
            reasons=(f"voorgesteld door de helpdesk op {rules.day_words(brussels_date(one.proposed_at))}",),
            evidence=frozenset({f"voorstel/{one.id}"}),
            right_on=brussels_date(one.proposed_at),
            node=one.node,
        )


def _not_found(session: Session, today: date) -> Iterator[Sign]:
    """Give what was searched without result, from five times on, in a year."""
    since = first_of_month(date(today.year - 1, today.month, 1))
    query = (
        select(SearchCount.words, SearchCount.month_on, SearchCount.without_result)
        .where(SearchCount.month_on.between(since, today), SearchCount.without_result > 0)
        .order_by(SearchCount.words, SearchCount.month_on)
    )
    months: dict[str, list[tuple[date, int]]] = {}
    for words, month_on, failed in session.execute(query):
        months.setdefault(words, []).append((month_on, failed))
    for words, found in months.items():
        total = sum(failed for _, failed in found)
        if total >= LEAST_SHOWN:
            yield Sign(
                kind=SignKind.NOT_FOUND,
                subject=words,
                title=words,
                reasons=(f"{total} keer gezocht zonder resultaat",),
                evidence=frozenset(month_on.isoformat() for month_on, _ in found),
                right_on=found[0][0],
            )


_SHORT_RULING = (
    defer(Ruling.full_text),
    defer(Ruling.content_source),
    defer(Ruling.summary),
    lazyload(Ruling.themes),
    lazyload(Ruling.articles),
    lazyload(Ruling.treated_by),
)
